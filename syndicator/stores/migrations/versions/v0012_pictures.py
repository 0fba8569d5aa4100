"""Copies of the pictures that articles show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("raster", sa.Text(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False, server_default=""),
        sa.Column("last_modified", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["article"], ["articles.number"]),
        sa.PrimaryKeyConstraint("article", "no"),
        sa.UniqueConstraint("article", "url"),
    )
    op.create_index("ix_pictures_sha256", "pictures", ["sha256"])
    op.create_index("pictures_url", "pictures", ["url", "at"])
    op.create_index("pictures_answered_by", "pictures", ["answered_by"])
    op.create_table(
        "wanted_pictures",
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", sa.BigInteger()),
        sa.Column("claimed_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["article"], ["articles.number"]),
        sa.ForeignKeyConstraint(["source"], ["sources.number"]),
        sa.PrimaryKeyConstraint("article", "url"),
    )
    op.create_index(
        "wanted_pictures_due",
        "wanted_pictures",
        ["next_try_at"],
        sqlite_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        "wanted_pictures_claimed",
        "wanted_pictures",
        ["claimed_by"],
        sqlite_where=sa.text("claimed_by != ''"),
    )
    op.create_table(
        "picture_news",
        sa.Column("n", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"]),
        sqlite_autoincrement=True,
    )
