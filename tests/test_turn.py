"""The turn: had by one thread, given up where it waits, and never a reason to stand still."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress

import pytest

from syndicator import turn
from syndicator.turn import computing, locked, pausing, waiting

_SOON_S = 20.0
_GLANCE_S = 0.05

Enter = Callable[[], Future[None]]


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Another thread that computes, for a moment."""

    def once() -> None:
        with computing():
            pass

    with ThreadPoolExecutor(4) as pool:
        yield lambda: pool.submit(once)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "_PATIENCE_S", 3 * _SOON_S)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "_PATIENCE_S", _GLANCE_S)


def _waits(other: Future[None]) -> bool:
    time.sleep(_GLANCE_S)
    return not other.done()


@pytest.mark.usefixtures("patient")
def test_one_computes_while_another_waits_for_the_turn(enter: Enter) -> None:
    with computing():
        other = enter()
        assert _waits(other)
    other.result(_SOON_S)


@pytest.mark.usefixtures("patient")
def test_whoever_waits_lets_others_compute_and_has_the_turn_again_then(enter: Enter) -> None:
    with computing():
        with waiting():
            enter().result(_SOON_S)
        assert _waits(enter())


@pytest.mark.usefixtures("patient")
def test_a_task_within_a_task_keeps_the_turn(enter: Enter) -> None:
    with computing():
        with computing(), waiting():
            enter().result(_SOON_S)
        assert _waits(enter())


@pytest.mark.usefixtures("impatient")
def test_the_impatient_go_on_without_it(enter: Enter) -> None:
    with computing():
        enter().result(_SOON_S)


@pytest.mark.usefixtures("impatient")
def test_who_went_on_without_it_takes_it_from_nobody(enter: Enter) -> None:
    go_on = threading.Event()

    def task() -> None:
        with computing(), waiting():
            go_on.wait(_SOON_S)

    with computing():
        without = threading.Thread(target=task)
        without.start()
        time.sleep(4 * _GLANCE_S)
        go_on.set()
        without.join(_SOON_S)
        assert turn._turn.locked()
    assert not turn._turn.locked()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("within", [computing, waiting])
def test_an_error_leaves_nobody_with_the_turn(
    within: Callable[[], AbstractContextManager[None]], enter: Enter
) -> None:
    with pytest.raises(ValueError), computing(), within():
        raise ValueError("of the task")

    enter().result(_SOON_S)


@pytest.mark.usefixtures("patient")
def test_who_has_no_turn_gives_none_up(enter: Enter) -> None:
    with waiting():
        enter().result(_SOON_S)


@pytest.mark.usefixtures("patient")
def test_others_compute_while_a_lock_is_waited_for(enter: Enter) -> None:
    lock = threading.Lock()

    def task() -> None:
        with computing(), locked(lock):
            pass

    with lock:
        other = threading.Thread(target=task)
        other.start()
        time.sleep(_GLANCE_S)
        enter().result(_SOON_S)
    other.join(_SOON_S)
    assert not lock.locked()


_INTERRUPTED = """
import os, signal, threading, time
from syndicator import turn
lock, waits = threading.Lock(), threading.Event()
turn._PATIENCE_S = 60

def interrupt():
    waits.wait()
    time.sleep(0.2)
    with turn.computing():
        lock.release()
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)  # is the main thread's
        time.sleep(0.2)

lock.acquire()
other = threading.Thread(target=interrupt)
other.start()
try:
    with turn.computing():
        waits.set()
        with turn.locked(lock):
            print("inside")
except KeyboardInterrupt:
    other.join()
    print(lock.locked(), turn._turn.locked())
"""


def test_whoever_is_interrupted_on_the_way_to_a_lock_does_not_hold_it() -> None:
    words = [sys.executable, "-c", _INTERRUPTED]
    run = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)

    assert run.stdout == "False False\n"


@pytest.mark.usefixtures("patient")
def test_a_turn_given_up_under_a_lock_is_taken_again_outside_of_it(enter: Enter) -> None:
    lock = threading.Lock()
    with computing():
        with pausing() as pause, locked(lock):
            other = enter()
            assert _waits(other)
            pause()
            other.result(_SOON_S)
        assert _waits(enter())


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("paused", [True, False])
def test_an_error_after_or_before_a_pause_leaves_the_turn_with_its_task(
    paused: bool, enter: Enter
) -> None:
    with computing():
        with suppress(ValueError), pausing() as pause:
            if paused:
                pause()
            raise ValueError("of the task")
        assert _waits(enter())
    enter().result(_SOON_S)
