"""What the core needs from outside, in its own words. Adapters implement these Protocols.

Storage, the engine, Teams and the CRM meet only here.
"""
