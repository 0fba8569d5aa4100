"""Work done by the caller, one thing after the other."""

from __future__ import annotations

from collections.abc import Callable


class Inline:
    """Does each task before `submit` returns (ports.Executor)."""

    places = 1
    free = 1

    def submit(self, task: Callable[[], None]) -> None:
        """Do it now."""
        task()

    def wait(self, seconds: float, *, free: int = 1) -> bool:  # noqa: ARG002 - nothing is under way
        """Whether all tasks are done: they always are."""
        return True

    def close(self) -> None:
        """Nothing is kept."""
