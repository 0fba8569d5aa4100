"""What several threads write at once, in one transaction.

A commit costs more than a small write: whoever comes while another is writing waits, and the next
to write takes all that wait with it. When one of them fails, which is rare, each is written again
in a transaction of its own. Turned down: a savepoint for each, which costs two statements always.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection

from syndicator.stores.database import Database
from syndicator.turn import waiting

T = TypeVar("T")
R = TypeVar("R")

MOST = 50  # in one transaction: others wait for its end


class _OneFailedError(Exception):
    """One of several could not be written; the transaction is to be undone."""


@dataclass(slots=True, eq=False)
class _Place(Generic[T, R]):
    item: T
    result: R | None = None
    error: BaseException | None = None
    done: bool = False


class Together(Generic[T, R]):
    """Writes items by `write`, in the order in which they came.

    Args:
        write: one item, within the transaction it is given.
    """

    def __init__(self, database: Database, write: Callable[[Connection, T], R]) -> None:
        self._database = database
        self._write = write
        self._writing = threading.Lock()
        self._changing = threading.Lock()
        self._waiting: list[_Place[T, R]] = []

    def do(self, item: T) -> R:
        """Write one item, alone or with others; returns when it is committed.

        Raises: what `write` raised for it.
            StoreError: the transaction failed as a whole.
        """
        place: _Place[T, R] = _Place(item)
        with self._changing:
            self._waiting.append(place)
        while not place.done:
            if self._writing.acquire(blocking=False):
                try:
                    if not place.done:
                        self._lead()
                finally:
                    self._writing.release()
            else:
                with waiting(), self._writing:
                    pass  # mostly it is written by then, together with others
        if place.error is not None:
            raise place.error
        return place.result  # type: ignore[return-value]  # set where there was no error

    def _lead(self) -> None:
        with self._changing:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._all(batch)
        except _OneFailedError:
            for place in batch:
                self._alone(place)
        except BaseException as error:
            for place in batch:
                place.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for place in batch:
                place.done = True

    def _all(self, batch: Sequence[_Place[T, R]]) -> None:
        with self._database.write() as db:
            for place in batch:
                try:
                    place.result = self._write(db, place.item)
                except Exception as error:
                    if len(batch) == 1:
                        raise
                    raise _OneFailedError from error

    def _alone(self, place: _Place[T, R]) -> None:
        try:
            self._all([place])
        except Exception as error:
            place.error = error
