"""Who does the work, and when: clock, hands, locks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Clock(Protocol):
    """Where time comes from; tests move it by hand."""

    def now(self) -> datetime:
        """Aware, UTC."""

    def monotonic(self) -> float:
        """Seconds, for durations only."""

    def sleep(self, seconds: float) -> None:
        """Wait. Raises Stopped when the process is told to end meanwhile."""


class Sandbox(Protocol):
    """Runs a module-level function in a worker process that can be killed (R12)."""

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            SandboxError: it took too long or too much memory, or the process died.
        """

    def close(self) -> None:
        """End all workers; calls in hand raise Stopped."""


class Executor(Protocol):
    """Who does the work."""

    @property
    def places(self) -> int:
        """Tasks at once."""

    @property
    def free(self) -> int:
        """How many tasks could start now."""

    def submit(self, task: Callable[[], None]) -> None:
        """Have it done; its errors end with it."""

    def wait(self, seconds: float, *, free: int = 1) -> bool:
        """Wait until a task has ended and so many places are free, or the time is over; whether
        all are done."""

    def close(self) -> None:
        """Take nothing more, and wait for what is running."""


class Guard(Protocol):
    """A lock between processes that ends with its holder, however it ends."""

    def hold(self) -> AbstractContextManager[Any]:
        """Raises LockedError when another process has it."""
