"""Work done by a pool of threads: most of a refresh is waiting for others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from syndicator.errors import SyndicatorError
from syndicator.turn import computing

logger = logging.getLogger(__name__)


class Threads:
    """Does up to `places` tasks at once (ports.Executor), in threads of this name."""

    def __init__(self, places: int, *, name: str = "work") -> None:
        self.places = places
        self._pool = ThreadPoolExecutor(places, thread_name_prefix=name)
        self._changed = threading.Condition()
        self._running = 0
        self._awaited: list[int] = []  # below so many running, somebody is to be woken

    @property
    def free(self) -> int:
        """How many tasks could start at once."""
        with self._changed:
            return max(self.places - self._running, 0)

    def submit(self, task: Callable[[], None]) -> None:
        """Do it as soon as a thread is free; what it raises is logged and ends there (R34).

        An error of ours in its line, a bug with its trace.
        """
        with self._changed:
            self._running += 1
        try:
            self._pool.submit(self._do, task)
        except RuntimeError:
            self._done()
            raise

    def wait(self, seconds: float, *, free: int = 1) -> bool:
        """Wait until a task has ended and so many places are free, or the time is over; whether
        all are done."""
        with self._changed:
            before = min(self._running, self.places - free + 1)
            if before:
                self._awaited.append(before)
                try:
                    self._changed.wait_for(lambda: self._running < before, seconds)
                finally:
                    self._awaited.remove(before)
            return self._running == 0

    def close(self) -> None:
        """Take nothing more, and wait for what is running."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(self, task: Callable[[], None]) -> None:
        try:
            with computing():
                task()
        except SyndicatorError as error:
            logger.error("%s", error)
        except Exception:
            logger.exception("a task failed")
        finally:
            self._done()

    def _done(self) -> None:
        with self._changed:
            self._running -= 1
            if self._running < max(self._awaited, default=0):  # to be woken for nothing is dear
                self._changed.notify_all()
