"""Transactions: many readers, one writer; here alone the driver's errors become ours."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from syndicator.errors import StoreError
from syndicator.stores.sqlite import DriverError, begin, commit, roll_back
from syndicator.turn import locked, pausing

_READERS = 8  # connections kept open; more are opened when needed and closed again


class Database:
    """An engine with our habits.

    Writers of this process queue on a lock of ours, those of others on SQLite's; ours is fair
    enough and costs no polling.

    Args:
        name: what errors call it.
        way_out: what they say to do when it is damaged.
    """

    def __init__(self, engine: Engine, *, name: str = "the store", way_out: str = "") -> None:
        self.engine = engine
        self._watching: tuple[str, ...] = ()
        self._told = partial(translated, name, path=_file_of(engine), way_out=way_out)
        self._lock = threading.Lock()
        self._kept = 0 if isinstance(engine.pool, NullPool) else _READERS
        self._idle: list[Connection] = []
        self._writer: Connection | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot to read from.

        Raises:
            StoreError: the database failed.
        """
        with self._told():
            db = self._reader()
            try:
                begin(db, writes=False)
                yield db
                roll_back(db)
            except BaseException:
                db.close()
                raise
            self._keep(db)

    def _reader(self) -> Connection:
        """To take one out of the engine's pool, and to give it back, costs more than most reads."""
        try:
            return self._idle.pop()
        except IndexError:
            return self.engine.connect()

    def _keep(self, db: Connection) -> None:
        if len(self._idle) < self._kept:
            self._idle.append(db)
        else:
            db.close()

    def watch(self, statements: Iterable[str]) -> None:
        """Run these once on each connection that writes, before it first does."""
        self._watching = tuple(statements)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The right to write; commits at the end, and rolls all back on any exception.

        Raises:
            StoreError: the database failed, or another process kept it locked for too long.
        """
        with self._told(), pausing() as pause, locked(self._lock):
            db = self._writer or self.engine.connect()
            self._writer = None
            try:
                self._prepare(db)
                begin(db, writes=True)
                yield db
                pause()
                commit(db)
            except BaseException:
                db.close()
                raise
            if self._kept:
                self._writer = db
            else:
                db.close()

    def _prepare(self, db: Connection) -> None:
        """Outside of any transaction: one that is rolled back would take it away again."""
        raw, known = db.connection.driver_connection, db.connection.info
        if self._watching and "watched" not in known:
            assert raw is not None
            for statement in self._watching:
                raw.execute(statement)
            known["watched"] = True

    def vacuum(self) -> None:
        """Write the file anew: nothing is left in it, or in its journal, but what rows say now.

        Rows that were moved leave copies in the room between others, whatever `secure_delete` says.

        Raises:
            StoreError: the disk is full, or another process kept it locked for too long.
        """
        with self._told(), self._lock, self.engine.connect() as db:
            db.exec_driver_sql("VACUUM")
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._kept = 0
        while self._idle:
            self._idle.pop().close()
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


def _file_of(engine: Engine) -> Path | None:
    return Path(engine.url.database) if engine.url.database else None


@contextmanager
def translated(
    name: str = "the store", *, path: Path | None = None, way_out: str = ""
) -> Iterator[None]:
    """Errors of the driver, and of what stands between us and it, become StoreError.

    Args:
        path: of the file, to see whether its disk is full.
        way_out: what to do when the file is damaged.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_said(name, error.orig, path, way_out)) from error
    except DriverError as error:
        raise StoreError(_said(name, error, path, way_out)) from error
    except SQLAlchemyError as error:
        raise StoreError(_said(name, error, path, way_out)) from error


_DAMAGED = ("malformed", "not a database")
_FULL = ("disk is full", "disk I/O error")  # the second too where the file beside it has no room
_CLOSED = ("readonly database", "unable to open database")
_TAKEN = ("database is locked",)
_LITTLE = 1 << 20  # bytes left


def _said(name: str, error: object, path: Path | None, way_out: str) -> str:
    words = str(error)
    way = ""
    if any(sign in words for sign in _DAMAGED):
        way = way_out
    elif any(sign in words for sign in _FULL) and (_is_full(path) or _FULL[0] in words):
        way = "its disk is full: make room there; what was kept before stays"
    elif any(sign in words for sign in _CLOSED):
        way = "look at whose the file and its folder are, and who may write there"
    elif any(sign in words for sign in _TAKEN):
        way = "another process kept it for too long: try again when that has ended"
    return f"{name}: {words}; {way}" if way else f"{name}: {words}"


def _is_full(path: Path | None) -> bool:
    try:
        return path is not None and shutil.disk_usage(path.parent).free < _LITTLE
    except OSError:
        return False
