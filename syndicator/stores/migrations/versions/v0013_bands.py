"""Texts are found again though some of their words are others; members in fewer steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "bands",
        sa.Column("band", NUMBER, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"]),
        sa.PrimaryKeyConstraint("band", "day", "article"),
        sqlite_with_rowid=False,
    )
    op.create_index("bands_article", "bands", ["article"])

    # Members are found by their story, and fresh ones among a feed full of the past.
    op.drop_index("members_story", "members")
    op.create_index("members_story", "members", ["story", "feed"])
    op.drop_index("members_at", "members")
    op.create_index("members_at", "members", ["feed", "kind", "past", sa.literal_column("at DESC")])
