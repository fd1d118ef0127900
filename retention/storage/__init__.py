"""SQL, on SQLite or PostgreSQL: implements the storage ports of `retention.services.ports`."""
