"""The index file: its tables, its place beside the store, and the numbers of its rows."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from syndicator.errors import IndexDamagedError, StoreError, refusal
from syndicator.stores import sqlite
from syndicator.stores.database import Database, translated
from syndicator.stores.search.expression import COLUMNS
from syndicator.text.words import WORDS_VERSION

_NAME = "the search index"
SHAPE = 2
VERSION = SHAPE * 1000 + WORDS_VERSION
"""Kept as user_version: an index of another one is made anew."""

# Whatever `words` may leave in a word belongs to it; blanks alone separate.
_SIGNS = "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~"
_FOUND = f"""
CREATE VIRTUAL TABLE found USING fts5(
  {", ".join(COLUMNS)},
  content='', contentless_delete=1, tokenize="ascii tokenchars '{_SIGNS}'"
)"""
_PLACED = """
CREATE TABLE placed (
  place INTEGER PRIMARY KEY,
  article INTEGER NOT NULL UNIQUE,
  urls TEXT NOT NULL  -- in lower case, one a line: they are looked through letter by letter
)"""
_TERMS = """
CREATE TABLE terms (  -- the words of `found`, each once, and perhaps some that were
  word TEXT PRIMARY KEY
) WITHOUT ROWID"""
_TERMS_ANEW = (
    "CREATE VIRTUAL TABLE temp.told USING fts5vocab('main', 'found', 'row')",
    "DELETE FROM terms",
    "INSERT INTO terms SELECT term FROM told",
    "DROP TABLE told",
)
_WEIGHTS = {"title": 10, "standfirst": 5, "category": 3, "author": 2, "text": 1}
RANK = f"bm25(found, {', '.join(str(_WEIGHTS.get(column, 0)) for column in COLUMNS)})"


class IndexFile:
    """The index beside a store's file, which may be thrown away at any time.

    So writers open it anew each time, alone, and readers look whether it is still the file they
    know.
    """

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.stem}.search{store.suffix}")
        self._store = store
        self._lock = threading.Lock()
        self._reader: tuple[tuple[int, int], Database] | None = None

    def close(self) -> None:
        """Let go of what readers hold open."""
        with self._lock:
            if self._reader is not None:
                self._reader[1].close()
            self._reader = None

    @property
    def is_there(self) -> bool:
        """Whether there is an index of today's shape."""
        if not self.path.exists():
            return False
        with self.read() as db:
            return _version(db) == VERSION

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The right to write to the index.

        Raises:
            IndexDamagedError: it is damaged. StoreError: another fault.
        """
        with _told(), self._opened() as database, database.write() as db:
            yield db

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot of the index, and of the store, whose tables go by their names.

        Raises:
            IndexDamagedError: it is damaged. StoreError: another fault.
        """
        with _told(), self._of_readers().read() as db:
            yield db

    def make(self) -> None:
        """Make the tables of an empty index, whatever was there before. Raises StoreError."""
        with self._opened() as database:
            with translated(_NAME):
                sqlite.set_journal(database.engine, sqlite.journal_mode(sqlite.library_version()))
            with database.write() as db:
                for name in ("found", "placed", "terms"):
                    db.execute(text(f"DROP TABLE IF EXISTS {name}"))
                for statement in (_FOUND, _PLACED, _TERMS):
                    db.exec_driver_sql(statement)
                db.exec_driver_sql(f"PRAGMA user_version={VERSION}")

    def purge(self) -> None:
        """Merge all lists into one, and overwrite what they were. Raises StoreError."""
        with _told(), self._opened() as database:
            with database.write() as db:
                db.exec_driver_sql("PRAGMA secure_delete=ON")
                db.exec_driver_sql("INSERT INTO found (found) VALUES ('optimize')")
                for statement in _TERMS_ANEW:
                    db.exec_driver_sql(statement)
            database.vacuum()

    def remove(self) -> None:
        """Throw the file away. Raises StoreError."""
        try:
            for ending in ("", "-wal", "-shm", "-journal"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{error.filename}: {refusal(error)}") from error

    def _of_readers(self) -> Database:
        """Connections kept open, as long as the file is what they opened."""
        with self._lock:
            if self._reader is None or self._reader[0] != self._identity():
                if self._reader is not None:
                    self._reader[1].close()
                engine = self._engine(pooled=True)
                _attach(engine, self._store)
                self._reader = self._identity(), Database(engine, name=_NAME)
            return self._reader[1]

    def _identity(self) -> tuple[int, int]:
        """Of the file as it is now; while a reader has it open, no other gets the same."""
        try:
            file = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (file.st_dev, file.st_ino)

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        database = Database(self._engine(pooled=False), name=_NAME)
        try:
            yield database
        finally:
            database.close()

    def _engine(self, *, pooled: bool) -> Engine:
        try:
            return sqlite.open_engine(self.path, pooled=pooled)
        except OSError as error:
            raise StoreError(f"{self.path}: {refusal(error)}") from error


_DAMAGE = ("malformed", "not a database", "corrupt", "no such table", "constructor failed")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        if any(sign in str(error) for sign in _DAMAGE):
            raise IndexDamagedError(str(error)) from error
        raise


def _attach(engine: Engine, store: Path) -> None:
    def attach(connection: Any, _record: object) -> None:
        connection.execute("ATTACH ? AS store", (os.fspath(store),))

    event.listen(engine, "connect", attach)


def _version(db: Connection) -> int:
    return int(db.exec_driver_sql("PRAGMA user_version").scalar() or 0)


# ------------------------------------------------------------------ places

_LAST = datetime(2400, 1, 1, tzinfo=UTC)
_PLACES = 1024  # for articles of one second, before they spill into the seconds after it
SPILL_S = 86_400


def place_of(published: datetime) -> int:
    """The first place of an article of that date: the newer, the smaller, and never negative.

    Places lie close together on purpose: FTS5 keeps their differences.
    """
    seconds = int((_LAST - published).total_seconds())
    return max(seconds, 0) * _PLACES


def next_place(place: int) -> int:
    """The first place of the second after that of this place."""
    return (place // _PLACES + 1) * _PLACES


def places_of(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The places between which articles of these dates lie, and a few others."""
    first = place_of(until) - _PLACES if until else 0
    last = place_of(since) + (SPILL_S + 1) * _PLACES if since else 2**62
    return first, last
