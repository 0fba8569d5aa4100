"""What is to be told to the ledger; of a store made before, that is everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# In an order in which nothing points ahead.
KEPT = (
    ("source", "sources", "number"),
    ("theme", "themes", "number"),
    ("feed", "feeds", "number"),
    ("article", "articles", "number"),
    ("revision", "revisions", "article, no"),
    ("membership", "memberships", "theme, article"),
    ("entry", "payloads", "number"),
    ("row", "log", "feed, n"),
    ("member", "members", "feed, entry_id"),
    ("month", "months", "feed, month"),
    ("document", "closed_documents", "feed, path"),
)


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO outbox (kind, key) SELECT 'fact', json_array(name) FROM facts"
        " WHERE name = 'themes to fill'"
    )
    for kind, table, key in KEPT:
        op.execute(
            f"INSERT INTO outbox (kind, key) SELECT '{kind}', json_array({key})"  # noqa: S608
            f" FROM {table} ORDER BY {key}"
        )
