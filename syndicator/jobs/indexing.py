"""The search index kept up, beside and not within what reads and publishes."""

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
    began = last = parts.clock.monotonic()
    while _some(parts):
        now = parts.clock.monotonic()
        if within_s is not None and now - began >= within_s:
            break
        if pause(now - last):
            break
        last = parts.clock.monotonic()
    return parts.store.unindexed()


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
