"""Threads that compute take turns: one computes, the others wait for servers, disks and workers.

The interpreter's lock already lets one thread at a time run, but it is let go of at each statement
to the database and each byte to a socket. Threads that all have something to compute take it from
one another there, and to be woken for it costs more than most of what was asked. So whoever works
on a task holds the turn, and gives it up only where he waits.

It is a courtesy and guards nothing: who has waited for it long enough goes on without it to the end
of his task. So nobody is held up by a huge document, or by a wait that forgot to say so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE_S = 0.2  # many short polls

_turn = threading.Lock()


class _Mine(threading.local):
    """Whether this thread has the turn."""

    has = False


_mine = _Mine()


@contextmanager
def computing() -> Iterator[None]:
    """Within, this thread has the turn, or was too impatient for it; nothing, when it has it."""
    if _mine.has:
        yield
        return
    try:
        _take()
        yield
    finally:
        _give_up()


class waiting:  # noqa: N801 - used as a function; a generator would cost as much as the wait
    """Within, this thread waits for others, and they may compute."""

    __slots__ = ("_had",)

    def __enter__(self) -> None:
        self._had = _give_up()

    def __exit__(self, *_: object) -> None:
        if self._had:
            _take()


@contextmanager
def locked(lock: threading.Lock) -> Iterator[None]:
    """Hold a lock; while it is waited for, others may compute."""
    if lock.acquire(blocking=False):
        try:
            yield
        finally:
            lock.release()
        return
    had = _give_up()
    with lock:  # before the turn: whoever is interrupted while he waits for that lets go of it
        if had:
            _take()
        yield


@contextmanager
def pausing() -> Iterator[Callable[[], object]]:
    """Gives a way to give up the turn within; it is taken again at the end.

    For a wait under locks, which are not to be held for the turn as well: take them within.
    """
    had = _mine.has
    try:
        yield _give_up
    finally:
        if had and not _mine.has:
            _take()


def _take() -> None:
    _mine.has = _turn.acquire(timeout=_PATIENCE_S)


def _give_up() -> bool:
    """Whether this thread had it."""
    had = _mine.has
    if had:
        _mine.has = False
        _turn.release()
    return had
