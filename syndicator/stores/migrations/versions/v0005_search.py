"""Notes for the search index, withdrawals, and documents rewritten by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
NOTED = "BEGIN INSERT OR REPLACE INTO unindexed (article) VALUES (new.number); END"


def upgrade() -> None:
    op.add_column("articles", sa.Column("withdrawn_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "articles_withdrawn",
        "articles",
        ["story"],
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
    )
    op.create_table(
        "withdrawals",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("withdrawals_article", "withdrawals", ["article"])
    op.create_index("log_erased", "log", ["feed", "n"], sqlite_where=sa.text("erase"))
    op.create_table(
        "rewritten",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed", NUMBER, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("old_sha256", sa.Text(), nullable=False),
        sa.Column("new_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("rewritten_feed", "rewritten", ["feed"])
    op.create_table(
        "unindexed",
        sa.Column("n", NUMBER, autoincrement=True, nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("article"),
        sqlite_autoincrement=True,
    )
    op.execute(f"CREATE TRIGGER articles_new AFTER INSERT ON articles {NOTED}")
    op.execute(
        "CREATE TRIGGER articles_revised AFTER UPDATE OF revision, withdrawn_at, source"
        f" ON articles {NOTED}"
    )
