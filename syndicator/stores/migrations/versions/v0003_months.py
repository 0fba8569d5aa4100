"""Members know their dates, and feeds count their months."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("members", sa.Column("published_at", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE members SET published_at ="
        " (SELECT published_at FROM articles WHERE articles.number = members.article)"
    )
    op.execute("CREATE INDEX members_dated ON members (feed, kind, published_at DESC, article)")
    op.create_table(
        "months",
        sa.Column("feed", NUMBER, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("n", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["feed"], ["feeds.number"]),
        sa.PrimaryKeyConstraint("feed", "month"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO months (feed, month, articles, n)"
        " SELECT feed, CAST(strftime('%Y%m', published_at / 1000000, 'unixepoch') AS INTEGER),"
        " count(*), max(n) FROM members"
        " WHERE kind = 'put' AND published_at IS NOT NULL GROUP BY 1, 2"
    )
