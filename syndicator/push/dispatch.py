"""Who is told now: bounded numbers at once, one thing at a time for a host, nobody behind the slow.

The store is the queue; in memory is only what is under way. Each lane has places of its own, so
that hosts which hang hold up others that hang, and not those that take what they are told at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock

from syndicator.errors import Stopped, SyndicatorError
from syndicator.ports import Executor

logger = logging.getLogger(__name__)

BRISK, SLOW, CONFIRMING, PINGING = 16, 4, 4, 4  # places
PLACES = max(BRISK + SLOW + CONFIRMING, PINGING)  # a hub of ours, or of others


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One thing to do.

    Args:
        key: whom it concerns; nothing else with this key is done meanwhile.
        run: gives one word for what came of it.
    """

    key: str
    run: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Errands of one sort.

    Args:
        due: the first so many of what is due, but for these keys.
    """

    name: str
    places: int
    due: Callable[[int, Collection[str]], Sequence[Errand]]


@dataclass(slots=True)
class _State:
    running: dict[str, int] = field(default_factory=dict)  # by lane
    busy: set[str] = field(default_factory=set)  # keys
    resting: set[str] = field(default_factory=set)  # keys of errands that failed by a fault of ours
    pumping: bool = False
    again: bool = False
    closed: bool = False


class Dispatcher:
    """Hands out what is due; safe for many threads.

    Args:
        hands: who does it, PLACES at once.
        count: told the lane, and what came of each errand.
    """

    def __init__(
        self, hands: Executor, *, count: Callable[[str, str], None] = lambda *_: None
    ) -> None:
        self._hands = hands
        self._count = count
        self._lanes: Sequence[Lane] = ()
        self._state = _State()
        self._lock = Lock()

    def pump(self, lanes: Sequence[Lane]) -> None:
        """Start what is due and has a place; what is started starts the next when it ends.

        Raises:
            StoreError: what is due cannot be read.
        """
        self._lanes = lanes
        with self._lock:
            self._state.resting.clear()
        self._pump()

    def close(self) -> None:
        """Start nothing more."""
        with self._lock:
            self._state.closed = True

    def _pump(self) -> None:
        with self._lock:
            if self._state.pumping or self._state.closed:
                self._state.again = True
                return
            self._state.pumping = True
        try:
            while self._start_some() or self._goes_on():
                pass
        except BaseException:
            with self._lock:
                self._state.pumping = False
            raise

    def _goes_on(self) -> bool:
        """Whether places were given back meanwhile; else whoever comes next looks anew."""
        with self._lock:
            again, self._state.again = self._state.again, False
            self._state.pumping = again and not self._state.closed
            return self._state.pumping

    def _start_some(self) -> int:
        started = 0
        for lane in self._lanes:
            with self._lock:
                free = lane.places - self._state.running.get(lane.name, 0)
                busy = self._state.busy | self._state.resting
            for errand in lane.due(free, busy) if free > 0 else ():
                started += self._start(lane.name, errand)
        return started

    def _start(self, lane: str, errand: Errand) -> bool:
        """False when something else with its key is under way, or we are closing."""
        with self._lock:
            if errand.key in self._state.busy or self._state.closed:
                return False
            self._state.busy.add(errand.key)
            self._state.running[lane] = self._state.running.get(lane, 0) + 1
        try:
            self._hands.submit(lambda: self._do(lane, errand))
        except RuntimeError:  # they take nothing more
            self._end(lane, errand)
            return False
        return True

    def _do(self, lane: str, errand: Errand) -> None:
        result = "error"
        try:
            result = errand.run()
        except Stopped:
            self.close()
            return
        except SyndicatorError as error:
            logger.error("hub: %s", error)
        finally:
            self._end(lane, errand, rests=result == "error")
            self._count(lane, result)
        self._next()

    def _end(self, lane: str, errand: Errand, *, rests: bool = False) -> None:
        """Give the place back; `rests`: it is still due, and is not tried again at once."""
        with self._lock:
            self._state.busy.discard(errand.key)
            self._state.running[lane] -= 1
            if rests:
                self._state.resting.add(errand.key)

    def _next(self) -> None:
        try:
            self._pump()
        except SyndicatorError as error:
            logger.error("hub: %s", error)
