"""Who is told now: places, one thing at a time for a host, and whatever happens the newest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicator.errors import FetchError, Stopped, StoreError
from syndicator.executors import Inline, Threads
from syndicator.push import Dispatcher, Errand, Lane, Teller
from syndicator.turn import waiting
from tests.hub.conftest import Library


@pytest.fixture
def hands() -> Iterator[Threads]:
    running = Threads(8)
    yield running
    running.close()


class Queue:
    """What is due, as a store would tell it."""

    def __init__(self, *errands: tuple[str, Callable[[], str]]) -> None:
        self.left = list(errands)
        self.running: list[str] = []
        self.most = 0
        self._lock = threading.Lock()

    def lane(self, places: int) -> Lane:
        return Lane(name="any", places=places, due=self.due)

    def due(self, limit: int, busy: Collection[str]) -> Sequence[Errand]:
        with self._lock:
            found = [each for each in self.left if each[0] not in busy][:limit]
            return [Errand(key=each[0], run=self._run(each)) for each in found]

    def _run(self, errand: tuple[str, Callable[[], str]]) -> Callable[[], str]:
        key, act = errand

        def run() -> str:
            with self._lock:
                assert key not in self.running, "two things at once for one host"
                if errand not in self.left:
                    return "over"
                self.running.append(key)
                self.most = max(self.most, len(self.running))
            try:
                result = act()
                with self._lock:
                    self.left.remove(errand)
                return result
            finally:
                with self._lock:
                    self.running.remove(key)

        return run


def test_p31_there_are_so_many_places_and_one_for_each_host(hands: Threads) -> None:
    go_on = threading.Event()

    def wait() -> str:
        with waiting():
            go_on.wait(10)
        return "ok"

    queue = Queue(*((f"host{n % 5}", wait) for n in range(20)))
    Dispatcher(hands).pump([queue.lane(3)])
    ends_at = time.monotonic() + 10
    while len(queue.running) < 3 and time.monotonic() < ends_at:
        time.sleep(0.01)
    assert len(queue.running) <= 3
    go_on.set()
    while not hands.wait(5):
        pass

    assert queue.left == []
    assert queue.most == 3


def test_r34_a_fault_of_ours_does_not_turn_in_a_circle() -> None:
    tries: list[str] = []

    def fail() -> str:
        tries.append("x")
        raise StoreError("no")

    queue = Queue(("bad", fail), ("good", lambda: "ok"))
    results: list[tuple[str, str]] = []
    dispatcher = Dispatcher(Inline(), count=lambda *what: results.append(what))
    dispatcher.pump([queue.lane(2)])

    assert (len(tries), sorted(results)) == (1, [("any", "error"), ("any", "ok")])
    dispatcher.pump([queue.lane(2)])
    assert len(tries) == 2


def test_r37_nothing_is_begun_once_we_stop() -> None:
    def stop() -> str:
        raise Stopped("shutting down")

    begun: list[str] = []

    def begin() -> str:
        begun.append("x")
        return "ok"

    queue = Queue(("first", stop), ("second", begin))
    dispatcher = Dispatcher(Inline())
    dispatcher.pump([queue.lane(1)])
    dispatcher.pump([queue.lane(1)])
    assert begun == []


class Moody:
    """Callbacks that do as they are told; what they took is kept (ports.Caller)."""

    def __init__(self) -> None:
        self.mood: Callable[[], None] = lambda: None
        self.took: dict[str, bytes] = {}

    def ask(self, url: str, *, seconds: float) -> bytes:
        raise FetchError("nobody asks here")

    def tell(self, url: str, *, body: bytes, headers: object, seconds: float) -> None:
        self.mood()
        self.took[url] = body


@given(
    steps=st.lists(st.sampled_from(["news", "tell", "fail", "crash", "move", "wait"]), max_size=15)
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_p31_whatever_happens_the_newest_arrives(quiet: Library, steps: list[str]) -> None:
    """Publishing, telling, failing, crashing at the worst moment, moving on while it is told."""
    library, caller, store = quiet, Moody(), quiet.parts.store
    path = "private/property/atom.xml"
    newest = b""

    def write() -> None:
        nonlocal newest
        newest = uuid4().bytes
        library.parts.tree.write(path, newest, modified=None)
        store.note_news([path], now=library.clock.now())

    def crash() -> None:
        raise KeyboardInterrupt

    def fail() -> None:
        raise FetchError("no answer")

    teller = Teller(
        store=store,
        caller=caller,
        files=library.parts.tree,
        clock=library.clock,
        topics=library.door.topics,
    )

    def tell(mood: Callable[[], None]) -> None:
        caller.mood = mood
        now = library.clock.now()
        for slow in (False, True):
            for one in store.due_followers(now=now, slow=slow, limit=5, busy=()):
                try:
                    teller.deliver(one.number)
                except KeyboardInterrupt:
                    return

    write()
    for name in ("a", "b"):
        form = {
            "hub.mode": ["subscribe"],
            "hub.topic": [library.door.topics.address(path)],
            "hub.callback": [f"http://{name}.example.org/"],
        }
        library.door.ask(form)
    for intent in store.waiting_intents(limit=9, busy=()):
        assert store.confirm_intent(intent, now=library.clock.now())

    moods = {"tell": lambda: None, "fail": fail, "crash": crash, "move": write}
    for step in steps:
        library.clock.move(1)
        if step == "news":
            write()
        elif step == "wait":
            library.clock.move(7 * 3600)
        else:
            tell(moods[step])
    write()
    for _ in range(3):
        library.clock.move(7 * 3600)
        tell(lambda: None)

    assert set(caller.took.values()) == {newest}
    assert len(caller.took) == 2
    assert library.counts()["due"] == 0
