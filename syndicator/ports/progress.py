"""How far a long job is, told to whoever watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

# What is done now, in words; how much of it is done, and of how much (0: nobody knows).
Progress = Callable[[str, int, int], None]

_EVERY = 100


def unwatched(doing: str, done: int, total: int) -> None:
    """Nobody watches."""


def counted(things: Iterable[T], progress: Progress, doing: str, *, total: int = 0) -> Iterator[T]:
    """The same things, told by number: at the first, and then at each hundredth."""
    for done, one in enumerate(things):
        if done % _EVERY == 0:
            progress(doing, done, total)
        yield one
