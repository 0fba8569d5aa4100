"""Pictures of articles that were kept before pictures were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "past_pictures",
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("which", sa.Text(), nullable=False),
        sa.Column("last_at", sa.BigInteger()),
        sa.Column("last_id", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["source"], ["sources.number"]),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_index(
        "wanted_pictures_source",
        "wanted_pictures",
        ["source", "next_try_at"],
        sqlite_where=sa.text("next_try_at IS NOT NULL"),
    )
