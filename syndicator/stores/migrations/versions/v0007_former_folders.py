"""Former folders of themes, tokens of private ones; closed documents are named by their place on
the shelf, which no rename changes."""

from __future__ import annotations

import base64
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("themes", sa.Column("token", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "former_folders",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("theme", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cleared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["theme"], ["themes.number"]),
        sa.PrimaryKeyConstraint("path"),
    )
    _give_tokens()
    _name_by_shelf()


def _give_tokens() -> None:
    for number, theme in _rows("SELECT number, theme FROM themes"):
        if json.loads(theme).get("private"):
            token = base64.b32encode(secrets.token_bytes(20)).decode().lower()
            _run("UPDATE themes SET token = ? WHERE number = ?", token, number)
            _tell("theme", number)


def _name_by_shelf() -> None:
    """From themes/mali/archive/3.xml to 3.xml; what an earlier name left over counts no more."""
    rows = _rows(
        "SELECT closed_documents.feed, feeds.key, closed_documents.path, closed_documents.sha256"
        " FROM closed_documents JOIN feeds ON feeds.number = closed_documents.feed"
        " ORDER BY closed_documents.feed, closed_documents.path"
    )
    _run("DELETE FROM closed_documents")
    for feed, key, path, sha256 in rows:
        _tell("document", feed, path)
        if path.startswith(f"themes/{key}/archive/"):
            name = path.rpartition("/")[2]
            _run("INSERT INTO closed_documents VALUES (?, ?, ?)", feed, name, sha256)
            _tell("document", feed, name)


def _tell(kind: str, *key: object) -> None:
    """To the ledger."""
    _run("INSERT INTO outbox (kind, key) VALUES (?, ?)", kind, json.dumps(key))


def _rows(statement: str) -> list[tuple]:
    return [tuple(row) for row in op.get_bind().exec_driver_sql(statement)]


def _run(statement: str, *values: object) -> None:
    op.get_bind().exec_driver_sql(statement, values)
