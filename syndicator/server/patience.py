"""Readers that ask too often are asked to wait (P33); off unless [serve] rate_limit says so.

Polite is: with the validators one was given, or once an hour; and at most four times in the time
that caches may keep a feed. A reader is its network address and the name it gives itself, so that
those behind one router are not taken for one. What stands behind a proxy is not judged at all.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

_HOUR_S = 3600.0
_POLLS = 4
_MOST_KNOWN = 10_000  # readers of a feed each; the one that was longest away is forgotten first
_NAME = 100  # characters of the name a reader gives itself


@dataclass(slots=True)
class _Habit:
    polls: deque[float] = field(default_factory=lambda: deque(maxlen=_POLLS))
    full_at: float | None = None  # when it last took everything


class Patience:
    """How often each reader has asked for each feed, in bounded memory.

    Args:
        max_age_s: how long caches may keep a feed.
    """

    def __init__(self, *, max_age_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_age_s = max_age_s
        self._clock = clock
        self._habits: OrderedDict[tuple[str, str, str], _Habit] = OrderedDict()

    def wait_s(self, address: str, name: str, place: str, *, conditional: bool) -> int:
        """Seconds that a reader should wait before it asks again; 0: it is to be answered.

        Args:
            name: its User-Agent.
            conditional: it sent validators.
        """
        now = self._clock()
        habit = self._habit((network_of(address), name[:_NAME], place))
        wait = self._too_soon(habit, now, conditional=conditional)
        if wait <= 0:
            habit.polls.append(now)
            if not conditional:
                habit.full_at = now
        return max(ceil(wait), 0)

    def _habit(self, key: tuple[str, str, str]) -> _Habit:
        habit = self._habits.pop(key, None) or _Habit()
        self._habits[key] = habit
        if len(self._habits) > _MOST_KNOWN:
            self._habits.popitem(last=False)
        return habit

    def _too_soon(self, habit: _Habit, now: float, *, conditional: bool) -> float:
        waits = [0.0]
        if len(habit.polls) == _POLLS:
            waits.append(habit.polls[0] + self._max_age_s - now)
        if not conditional and habit.full_at is not None:
            waits.append(habit.full_at + _HOUR_S - now)
        return max(waits)


def network_of(address: str) -> str:
    """Who an address stands for: IPv6 gives one reader 2**64 addresses."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if read.version == 6:
        return str(ipaddress.ip_network((read, 64), strict=False))
    return address
