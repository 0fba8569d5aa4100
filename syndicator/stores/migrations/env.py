"""How Alembic runs our steps: on the connection it is handed, inside that one's transaction."""

from __future__ import annotations

from alembic import context

from syndicator.stores.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
