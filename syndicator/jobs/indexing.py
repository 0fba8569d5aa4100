"""What makes articles be found kept up, beside and not within what reads and publishes: the search
index, and what tells copies of a text, for articles that were kept before it was noted."""

from __future__ import annotations

import logging
from collections.abc import Callable

from syndicator.errors import IndexDamagedError
from syndicator.jobs.parts import Parts

logger = logging.getLogger(__name__)

BESIDES_S = 10.0  # what a command that does something else spends on it


def index(
    parts: Parts,
    *,
    within_s: float | None = None,
    pause: Callable[[float], bool] = lambda _: False,
) -> int:
    """Take up what is new or has changed; how many articles are left.

    An index that is damaged is made anew: all that is in it is kept in the store.

    Args:
        within_s: leave the rest to the next one when the time is over.
        pause: called between batches with the seconds that the last one took; True ends it.
    """
    _by_and_by(parts, lambda: _some(parts), within_s, pause)
    return parts.store.unindexed()


def band(
    parts: Parts,
    *,
    within_s: float | None = None,
    pause: Callable[[float], bool] = lambda _: False,
) -> None:
    """Note by what older articles are found again when another source tells nearly the same.

    Args: as of `index`.
    """
    _by_and_by(parts, parts.store.band_some, within_s, pause)


def _by_and_by(
    parts: Parts,
    some: Callable[[], int],
    within_s: float | None,
    pause: Callable[[float], bool],
) -> None:
    """Batch after batch, until there is none, the time is over, or a pause ends it."""
    began = last = parts.clock.monotonic()
    while some():
        now = parts.clock.monotonic()
        if within_s is not None and now - began >= within_s:
            break
        if pause(now - last):
            break
        last = parts.clock.monotonic()


def _some(parts: Parts) -> int:
    try:
        return parts.store.index_some()
    except IndexDamagedError as error:
        logger.warning("%s; it is made anew", error)
        return parts.store.index_anew()


def index_anew(parts: Parts, *, progress: Callable[[int, int], None]) -> int:
    """Throw the index away and make it again; how many articles are in it.

    Args:
        progress: told how many articles are left, and of how many.
    """
    total = left = parts.store.index_anew()
    while left:
        progress(left, total)
        parts.store.index_some()
        left = parts.store.unindexed()
    return total
