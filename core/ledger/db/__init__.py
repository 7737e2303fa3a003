"""The database: its engine, schema, migrations and transactions."""
