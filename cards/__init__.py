"""The bot's whole voice: every word a person reads, and every card they press."""
