"""Alembic's entry: runs the migrations on the connection that `core.ledger.migrate` hands over."""

from alembic import context

from core.ledger.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite's changes of tables are transactional too, once the driver doesn't begin and commit on its own.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
