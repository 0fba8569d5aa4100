"""What an entry showed before is found without reading the log."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("log_entry", "log", ["feed", "entry_id", "n"])
