"""Durable side effects, on DBOS in the database of the cases. Nothing else knows the engine."""
