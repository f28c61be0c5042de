"""Alembic's entry: the connection comes from ``server.db.migrate``, there is no ini file."""

from __future__ import annotations

from alembic import context

from server.db.models_management import Base  # with the tables of both modules

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
    compare_type=True,
)
# The transaction is the caller's: all revisions together, or none.
context.run_migrations()
