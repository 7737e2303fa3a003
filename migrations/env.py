"""Alembic's entry: runs the migrations on the connection that `prunesweep.core.ledger.db.migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    # SQLite's changes of tables are transactional too, once the driver doesn't begin and commit on its own.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
