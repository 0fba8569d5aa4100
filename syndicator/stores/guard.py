"""Locks between processes on the data folder; they end with their holder, however it ends (R30)."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from syndicator.errors import LockedError, StoreError, refusal
from syndicator.ports import Guard

_NAP_S = 0.05


class FileGuard:
    """A lock (ports.Guard) that is a file's; the file itself stays and says nothing.

    Args:
        patience_s: how long to wait for another holder.
        taken: what to say when it has not let go by then.
    """

    def __init__(self, path: Path, *, patience_s: float = 0.0, taken: str) -> None:
        self._path = path
        self._patience_s = patience_s
        self._taken = taken

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            LockedError: another process has it.
            StoreError: the file cannot be made.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(f"{self._path}: {refusal(error)}") from error
        try:
            self._lock(handle)
            yield
        finally:
            os.close(handle)

    def _lock(self, handle: int) -> None:
        ends_at = time.monotonic() + self._patience_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= ends_at:
                    raise LockedError(self._taken) from error
                time.sleep(_NAP_S)
            else:
                return


class Guards:
    """Several locks as one, taken in their order."""

    def __init__(self, *guards: Guard) -> None:
        self._guards = guards

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold all of them. Raises as they do; then none is held."""
        with ExitStack() as held:
            for guard in self._guards:
                held.enter_context(guard.hold())
            yield
