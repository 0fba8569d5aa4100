"""A hub of our own: who follows our feeds, and who else is told of their news."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "followers",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        _text("secret"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        _count("news"),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        _flag("slow"),
        _count("failures"),
        _text("error"),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("topic", "callback"),
    )
    op.create_index("followers_host", "followers", ["host"])
    op.create_index("followers_scope", "followers", ["scope"])
    due = sa.column("due_at").is_not(None)
    op.create_index("followers_due", "followers", ["slow", "due_at"], sqlite_where=due)
    op.create_table(
        "intents",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        _text("secret"),
        sa.Column("lease_s", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        _flag("over"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("intents_scope", "intents", ["scope"])
    waiting = sa.not_(sa.column("over", sa.Boolean()))
    op.create_index("intents_waiting", "intents", ["number"], sqlite_where=waiting)
    op.create_table(
        "pings",
        sa.Column("topic", sa.Text(), nullable=False),
        _count("news"),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        _count("failures"),
        _text("error"),
        sa.PrimaryKeyConstraint("topic"),
    )
    op.create_index("ix_pings_due_at", "pings", ["due_at"])
