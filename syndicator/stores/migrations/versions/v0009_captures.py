"""Where raw answers are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("mime", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revisit", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("begins", NUMBER, nullable=False),
        sa.Column("ends", NUMBER, nullable=False),
        sa.Column("offset", NUMBER, nullable=False),
        sa.Column("length", NUMBER, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("captures_url", "captures", ["url", "digest"])
    op.create_index("captures_file", "captures", ["file", "begins"])
