"""How often somebody may ask: a bucket that fills by the second, one for each and one for all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_REMEMBERED = 10_000  # askers; one that is forgotten begins with a full bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many at once, and then so many a second."""

    at_once: float
    a_second: float


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float

    def take(self, rate: Rate, now: float) -> bool:
        self.left = min(rate.at_once, self.left + max(now - self.at, 0.0) * rate.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Quota:
    """Counts requests by asker; safe for many threads.

    Args:
        monotonic: seconds, from anywhere on.
    """

    def __init__(self, *, each: Rate, together: Rate, monotonic: Callable[[], float]) -> None:
        self._each = each
        self._together = together
        self._monotonic = monotonic
        self._lock = Lock()
        self._all = _Bucket(together.at_once, monotonic())
        self._askers: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, asker: str) -> bool:
        """Whether one more request of this asker may be answered.

        Args:
            asker: its address; "" when it is not known, as behind a proxy.
        """
        with self._lock:
            now = self._monotonic()
            if asker and not self._of(asker, now).take(self._each, now):
                return False
            return self._all.take(self._together, now)

    def _of(self, asker: str, now: float) -> _Bucket:
        bucket = self._askers.setdefault(asker, _Bucket(self._each.at_once, now))
        self._askers.move_to_end(asker)
        if len(self._askers) > _REMEMBERED:
            self._askers.popitem(last=False)
        return bucket
