"""Transactions: many readers, one writer; here alone the driver's errors become ours."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from syndicator.errors import StoreError
from syndicator.stores.sqlite import DriverError, begin


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
        self._name = name
        self._way_out = way_out
        self._lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot to read from.

        Raises:
            StoreError: the database failed.
        """
        with translated(self._name, way_out=self._way_out), self.engine.connect() as db, db.begin():
            begin(db, writes=False)
            yield db

    def watch(self, statements: Iterable[str]) -> None:
        """Run these once on each connection that writes, before it first does."""
        self._watching = tuple(statements)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The right to write; commits at the end, and rolls all back on any exception.

        Raises:
            StoreError: the database failed, or another process kept it locked for too long.
        """
        with translated(self._name, way_out=self._way_out), self._lock, self.engine.connect() as db:
            self._prepare(db)
            with db.begin():
                begin(db, writes=True)
                yield db

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
        with translated(self._name, way_out=self._way_out), self._lock, self.engine.connect() as db:
            db.exec_driver_sql("VACUUM")
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def translated(name: str = "the store", *, way_out: str = "") -> Iterator[None]:
    """Errors of the driver, and of what stands between us and it, become StoreError.

    Args:
        way_out: what to do when the file is damaged.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_said(name, error.orig, way_out)) from error
    except DriverError as error:
        raise StoreError(_said(name, error, way_out)) from error
    except SQLAlchemyError as error:
        raise StoreError(_said(name, error, way_out)) from error


def _said(name: str, error: object, way_out: str) -> str:
    words = f"{name}: {error}"
    is_damaged = any(sign in words for sign in ("malformed", "not a database"))
    return f"{words}; {way_out}" if is_damaged and way_out else words
