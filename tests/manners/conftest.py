"""A house with a movable clock that reads sites on loopback and can be shut and opened again.

The host's pause of two seconds and all other manners are in force: the clock moves, nobody waits.
Whatever a test does, the politeness report (C33) must be zero at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import Article, Request, Source, State
from syndicator.sandbox import Sandbox
from tests.conftest import FakeClock
from tests.site import Asked, Site

CONFIG = """
[site]
title = "Newsroom"
contact = "https://newsroom.example/about"

[fetch]
allow_private = {private}

[executor]
kind = "inline"

[themes.news]
title = "News"
match = 'title:article'

{more}
"""


class House:
    """The parts on a folder of their own, and what a test asks of them."""

    def __init__(self, folder: Path, clock: FakeClock, site: Site) -> None:
        self.clock = clock
        self.site = site
        self.clock_was_wrong = False
        self.path = folder / "config.toml"
        self._stack = ExitStack()
        self.parts: Parts

    def open(self, *sources: str, private: str = "true", more: str = "", **settings: Any) -> None:
        """Open it on these sources: paths of the site, or whole URLs; ids are s0, s1 ...

        Args:
            more: lines of configuration. settings: of every source, and [fetch] tables aside.
        """
        keys = "".join(
            f"{name} = {value}\n" for name, value in {"kind": '"feed"', **settings}.items()
        )
        tables = "".join(
            f'[sources.s{n}]\nurl = "{self.site.url(url) if url[0] == "/" else url}"\n{keys}\n'
            for n, url in enumerate(sources)
        )
        self.path.write_text(CONFIG.format(private=private, more=more + tables), "utf-8")
        self._open()

    def restart(self) -> None:
        """End the process, and begin another on the same folder."""
        self.close()
        self._open()

    def _open(self) -> None:
        self._stack = ExitStack()
        self.parts = self._stack.enter_context(open_parts(self.path, environ={}, clock=self.clock))

    def close(self) -> None:
        self._stack.close()

    # ------------------------------------------------------------------ reading

    def pull(self, *ids: str, force: bool = True) -> str:
        """Read sources as a person asks for it; what became of the last one."""
        return jobs.pull(self.parts, ids or None, force=force)[-1].result

    def run(self) -> dict[str, str]:
        """What the daemon does for half a minute; what became of each source that was read."""
        results: dict[str, str] = {}

        def done(pulled: jobs.Pulled, **_: bool) -> None:
            results[pulled.source_id] = pulled.result

        for _ in range(30):
            while jobs.take_due(self.parts, done):
                pass
            if not self._waiting():
                break
            self.clock.move(1)
        return results

    def _waiting(self) -> bool:
        """Whether anything is due and could not be read, its host not being free."""
        return any(
            one.next_check_at and one.next_check_at <= self.clock.now()
            for one in self.parts.store.sources()
            if one.state in (State.OK, State.FAILING, State.HELD)
        )

    def next(self, source_id: str = "s0") -> str:
        """Let time pass until the source is due, and read what is due; what became of it."""
        due = self.source(source_id).next_check_at
        assert due is not None
        self.clock.move(max((due - self.clock.now()).total_seconds(), 0.0))
        return self.run().get(source_id, "")

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.clock.move(timedelta(**time).total_seconds())

    # ------------------------------------------------------------------ what came of it

    def source(self, source_id: str = "s0") -> Source:
        return self.parts.store.source(source_id)

    def due_in(self, source_id: str = "s0") -> timedelta:
        """Time until the next poll."""
        due = self.source(source_id).next_check_at
        assert due is not None
        return due - self.clock.now()

    def articles(self, source_id: str = "s0") -> dict[str, Article]:
        """By title."""
        found = self.parts.store.articles(source=source_id)
        return {article.content.title: article for article in found}

    def alarms(self, source_id: str = "s0") -> dict[str, str]:
        """What a person should look at, by kind."""
        return {alarm.kind: alarm.words for alarm in self.source(source_id).alarms}

    def record(self, source_id: str = "s0") -> list[Request]:
        """Its requests, oldest first."""
        return [one for name, one in self.parts.store.poll_log() if name == source_id]

    def asked(self, path: str = "") -> list[Asked]:
        """Requests that reached the site."""
        return [one for one in self.site.asked if not path or one.path == path]

    def now(self) -> datetime:
        return self.clock.now()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One for all these tests: starting its process takes longer than any of them."""
    shared = Sandbox(workers=1, preload=("syndicator.sources.inside",))
    yield shared
    shared.close()


class _Lent:
    """A sandbox that outlives the house it is lent to."""

    def __init__(self, shared: Sandbox) -> None:
        self.call = shared.call

    def close(self) -> None:
        """It stays open for the next."""


@pytest.fixture
def house(
    tmp_path: Path,
    clock: FakeClock,
    site: Site,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    """Not open yet; at the end it must have been polite."""
    monkeypatch.setattr("syndicator.app.Sandbox", lambda **_: _Lent(sandbox))
    made = House(tmp_path, clock, site)
    yield made
    manners = jobs.politeness(made.parts)
    made.close()
    if made.clock_was_wrong:
        return  # the record is in no order, and proves nothing
    for source_id, one in manners.items():
        faults = (one.unconditional, one.invented, one.early, one.hasty)
        assert faults == (0, 0, 0, 0), f"{source_id} was asked impolitely: {one}"
        assert one.shortest_wait_s is None or one.shortest_wait_s >= 900, source_id


def spread(span: timedelta, least: timedelta) -> bool:
    """C16: a tenth more at most, and never less; the seconds of our own requests aside."""
    return least - timedelta(seconds=10) <= span <= least * 1.1
