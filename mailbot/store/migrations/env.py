"""How Alembic runs our migrations: in the transaction that ``Store.migrate`` has begun."""

from __future__ import annotations

from alembic import context

from mailbot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can, once BEGIN is ours (engine.py); Alembic assumes that it cannot
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
