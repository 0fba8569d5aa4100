"""What tests share: a site to read, a clock that moves when told, the corpus of real data."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from syndicator import app
from syndicator.sandbox import Sandbox
from tests.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So it is where the tests run in the background of a shell; what they start is to heed Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class FakeClock:
    """A clock (ports.Clock) that moves only by move() and by sleep(), which does not wait."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._elapsed = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def move(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._elapsed += seconds

    def set(self, now: datetime) -> None:
        """Be put right, or wrong: the time of day jumps, and no time passes."""
        self._now = now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(max(seconds, 0.0))


class _Lent(Sandbox):
    """The sandbox of all tests of this process; whoever closes it only gives it back."""

    def close(self) -> None:
        pass

    def end(self) -> None:
        super().close()


@pytest.fixture(scope="session", autouse=True)
def workers_stay_warm() -> Iterator[None]:
    """Parts that tests open in this process share worker processes: each takes half a second
    to start, and would be used for one document or two."""
    lent: list[_Lent] = []

    def lend(*, workers: int, preload: tuple[str, ...]) -> Sandbox:
        if not lent:
            lent.append(_Lent(workers=workers, preload=preload))
        return lent[0]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app, "Sandbox", lend)
        yield
    for each in lent:
        each.end()


@pytest.fixture
def clock() -> FakeClock:
    """It is 2026-03-01, noon UTC."""
    return FakeClock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on 127.0.0.1 without pages."""
    with Site() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; not for longer, since its event loop would be in the way of others."""
    from tests.browser.chromium import launched

    with launched() as running:
        yield running


@pytest.fixture
def corpus() -> Path:
    """The folder of real-world test data, which is not part of this repository."""
    folder = os.environ.get("SYNDICATOR_CORPUS", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SYNDICATOR_CORPUS does not point to the corpus")
    return Path(folder)
