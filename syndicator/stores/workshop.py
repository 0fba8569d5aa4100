"""Stores by themselves, which nobody works with: made from a ledger, looked through, compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from syndicator.errors import StoreError
from syndicator.stores.codec import digest
from syndicator.stores.comparing import Difference, differences
from syndicator.stores.database import Database, translated
from syndicator.stores.outbox import HEAD, noting_all
from syndicator.stores.records import STORE_ID
from syndicator.stores.remaking import Remaking, Row
from syndicator.stores.sqlite import attached, faults_of, open_engine, open_plain
from syndicator.stores.upgrade import upgrade


class Workshop:
    """ports.Workshop over SQLite files."""

    def remake(self, path: Path, rows: Iterable[Row]) -> None:
        """Make a store from rows as the ledger tells them, in its order.

        Raises:
            StoreError: the file cannot be written, or a row is none of this version.
        """
        with _told(path):
            database = Database(open_engine(path), name=f"the store {path}")
            try:
                upgrade(database)
            finally:
                database.close()
            with closing(open_plain(path)) as db:
                db.execute("PRAGMA foreign_keys=OFF")  # checked at the end
                db.execute("PRAGMA synchronous=OFF")  # half a store is of no use
                db.execute("BEGIN")
                Remaking(db).all(rows)
                db.execute("COMMIT")
                broken = {row[0] for row in db.execute("PRAGMA foreign_key_check")}
                db.execute("PRAGMA synchronous=FULL")
        if broken:
            raise StoreError(f"the ledger tells of rows that point nowhere: {sorted(broken)}")

    def settle(self, path: Path, *, store: str, head: str, out: int) -> None:
        """Let a store that was made anew go on with the ledger it was made from.

        Args:
            store: its id.
            head: where the ledger ends.
            out: the last change that it tells of.
        """
        with _told(path), closing(open_plain(path)) as db:
            db.execute("BEGIN")
            db.execute("DELETE FROM outbox")
            db.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (out,))
            for fact in ((STORE_ID, store), (HEAD, head)):
                db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", fact)
            db.execute("COMMIT")

    def begin(self, path: Path, *, store: str) -> None:
        """Let a store that was made begin a ledger of its own, in which it tells everything.

        Args:
            store: its id.
        """
        self.settle(path, store=store, head="", out=0)
        with _told(path), closing(open_plain(path)) as db:
            db.execute("BEGIN")
            for statement in noting_all():
                db.execute(statement)
            db.execute("COMMIT")

    def faults(self, path: Path) -> list[str]:
        """What is wrong with a store's file by itself (R26)."""
        with _told(path):
            return faults_of(path, digest=digest)

    def differences(self, found: Path, wanted: Path) -> Sequence[Difference]:
        """What `found` holds otherwise than `wanted`; changes it has still to tell left out.

        Raises:
            StoreError: one of them cannot be read.
        """
        with _told(found), closing(attached(found, wanted)) as db:
            return list(differences(db))


def _told(path: Path) -> AbstractContextManager[None]:
    return translated(f"the store {path}", path=path)
