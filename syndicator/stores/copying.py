"""Copies of the whole database, made while others work with it."""

from __future__ import annotations

import os
from pathlib import Path

from syndicator.errors import StoreError, refusal
from syndicator.stores.base import Part
from syndicator.stores.database import translated
from syndicator.stores.sqlite import copy_database


class Copying(Part):
    """What backups and verifications ask."""

    def copy_to(self, path: Path) -> None:
        """Write a copy to a new file, as of one moment. Raises StoreError."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(f"{path}: {refusal(error)}") from error
        with translated(f"the copy {path}", path=path):
            copy_database(self.database.engine, path)
