"""Work on untrusted documents, done in processes that can be killed (R12).

Every parser is superlinear somewhere and a thread cannot be stopped, so parsing and extraction run
in a few long-lived worker processes under limits of CPU, memory and wall time. A poisonous document
costs one worker and one failed call; the next call finds a fresh worker.

    Sandbox         the pool: threads borrow a worker each      worker    one process, from outside
    InlineSandbox   the same promise without a process          child     the same, from inside
    crosses         for values that cross in numbers            crossing  how these are pickled

Imports: `errors` and `turn`. What is called must be a function of a module, and its arguments and
result must pickle. Turned down: `multiprocessing.Pool` and `concurrent.futures`, which cannot kill
one worker alone and replay `__main__` in each; fork without exec, which is not safe beside threads;
a death signal by prctl, which fires when the starting thread ends, not the process.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from syndicator.errors import SandboxError, Stopped
from syndicator.sandbox.crossing import crosses
from syndicator.sandbox.worker import Limits, Worker
from syndicator.turn import waiting

__all__ = ["InlineSandbox", "Limits", "Sandbox", "crosses"]

P = ParamSpec("P")
T = TypeVar("T")

_PATIENCE_S = 0.05  # several short documents
_GLANCE_S = 0.5  # how soon a call that waits for a worker notices that we close


class Sandbox:
    """A pool of worker processes (ports.Sandbox), for any number of threads.

    Workers start when they are first needed. They end with `close`, and by themselves when this
    process is gone, however it went.

    Args:
        workers: processes at most, and so calls at once.
        preload: modules that workers import at their start, so that no job pays for it.
    """

    def __init__(
        self,
        workers: int = 2,
        cpu_s: float = 5.0,
        memory_bytes: int = 512 * 2**20,
        wall_s: float = 15.0,
        *,
        max_jobs: int = 2000,
        preload: tuple[str, ...] = (),
    ) -> None:
        self._limits = Limits(
            cpu_s=cpu_s, memory_bytes=memory_bytes, wall_s=wall_s, max_jobs=max_jobs
        )
        self._preload = preload
        self._closed = False
        self._lock = threading.Lock()
        self._alive: set[Worker] = set()
        # One at a time: a worker that goes on is in the processor's caches, a second one is not,
        # and is woken for each call. Whoever has waited long enough takes another all the same.
        self._queue = threading.Lock()
        # Last in, first out: a quiet pool keeps one worker warm and leaves the others unstarted.
        self._places: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception; waits for a free worker first.

        Raises:
            SandboxError: it took too long or too much memory, or the process died.
            Stopped: the pool is closed, or was while this ran.
        """
        # Around all of it: who took the turn again within would keep the others from the worker.
        with waiting(), self._borrowed() as worker:
            return worker.run(function, *args, **kwargs)

    def close(self) -> None:
        """End all workers, busy or not; calls in hand raise Stopped."""
        with self._lock:
            self._closed = True
            alive = list(self._alive)
            self._alive.clear()
        for worker in alive:
            worker.kill()
        with contextlib.suppress(queue.Empty):
            while True:
                if idle := self._places.get_nowait():
                    idle.end()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[Worker]:
        with self._queued():
            worker = self._take_place()
            try:
                if worker is None or not worker.is_fit():
                    worker = self._replace(worker)
                yield worker
            except Exception as error:
                if self._closed:
                    raise Stopped("shutting down") from error
                raise
            finally:
                self._places.put(worker)

    @contextlib.contextmanager
    def _queued(self) -> Iterator[None]:
        came = self._queue.acquire(timeout=_PATIENCE_S)
        try:
            yield
        finally:
            if came:
                self._queue.release()

    def _take_place(self) -> Worker | None:
        while not self._closed:
            with contextlib.suppress(queue.Empty):
                return self._places.get(timeout=_GLANCE_S)
        raise Stopped("shutting down")

    def _replace(self, old: Worker | None) -> Worker:
        if old is not None:
            old.end()
        new = Worker(self._limits, self._preload)
        with self._lock:  # from here on `close` ends it, and we need not wait for its start
            self._alive = (self._alive - {old}) | {new}
            closed = self._closed
        try:
            if closed:
                raise Stopped("shutting down")
            new.wait_until_ready()
        except (SandboxError, Stopped):
            with self._lock:
                self._alive.discard(new)
            new.end()
            raise
        return new


class InlineSandbox:
    """The same without a process and without limits: for tests and for documents of our own."""

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception."""
        return function(*args, **kwargs)

    def close(self) -> None:
        """Nothing is kept."""
