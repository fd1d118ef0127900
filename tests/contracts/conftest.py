from tests.databases import postgres_url, sqlite_url  # noqa: F401 - fixtures
