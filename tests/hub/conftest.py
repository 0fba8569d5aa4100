"""A library with a hub of its own: real store, gate and web server, and a reader that follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs import Parts
from syndicator.model import Shares, SourceSettings, Theme
from syndicator.server import Health, Hub, Server, build
from tests.conftest import FakeClock
from tests.hub.reader import Reader
from tests.store.conftest import FEED, NOON, change, claimed, decided

BASE = "https://library.example"
MALI = "themes/mali/atom.xml"
CONFIG = f"""
[site]
base_url = "{BASE}"
contact = "https://library.example/about"
[executor]
kind = "inline"
[hub]
allow_private = true
"""


_SHARES = Shares()


class Library:
    """Parts on a clock that moves when told; what is to be told is told when told to."""

    def __init__(self, parts: Parts, clock: FakeClock, **hub: Any) -> None:
        self.parts = parts
        self.clock = clock
        self.dispatcher = jobs.Dispatcher(parts.hands, count=self._count)
        self.results: list[tuple[str, str]] = []
        self._articles = 0
        parts.store.add_theme(Theme(slug="mali", title="Mali", match="title:mali"), now=clock.now())
        parts.store.add_source("agency", SourceSettings(url=FEED), now=clock.now())
        door = jobs.door(parts)
        if door is not None:
            self.door = replace(door, **hub)
        app = build(
            parts.config.publish.dir,
            status=Health,
            metrics=None,
            publish_max_age_s=60,
            topics=jobs.topics(parts),
            hub=Hub(self.door) if door else None,
        )
        self.server = Server(app, host="127.0.0.1", port=0)
        self.write()

    def _count(self, call: str, result: str) -> None:
        self.results.append((call, result))

    def write(self, *themes: str) -> None:
        """One more article, published."""
        self.clock.move(60)
        self._articles += 1
        at = NOON - timedelta(days=90) + timedelta(hours=self._articles)
        now = self.clock.now()
        claim = claimed(self.parts.store, "agency", at=now)  # type: ignore[arg-type]
        new = change(
            f"a{self._articles}", themes=themes or ("mali",), published_at=at, updated_at=at
        )
        assert self.parts.store.save(decided(claim, new, at=now))
        jobs.publish(self.parts)

    def body(self, topic: str = MALI) -> bytes:
        return (self.parts.config.publish.dir / topic).read_bytes()

    def ask(
        self, callback: str, *, topic: str = MALI, mode: str = "subscribe", **more: str
    ) -> requests.Response:
        """One request to the hub."""
        form = {
            "hub.mode": mode,
            "hub.topic": f"{BASE}/{topic}",
            "hub.callback": callback,
        } | {f"hub.{name}": value for name, value in more.items()}
        return self.post(form)

    def post(self, form: Any, **headers: str) -> requests.Response:
        return requests.post(f"{self.server.address}/hub", data=form, headers=headers, timeout=10)

    def tell(self, *, after_s: float = 0.0) -> list[tuple[str, str]]:
        """Tell whoever is due now; what came of it."""
        self.clock.move(after_s)
        self.results.clear()
        jobs.tell(self.parts, self.dispatcher)
        return list(self.results)

    def follow(self, callback: str, *, topic: str = MALI, **more: str) -> None:
        """Ask, and be confirmed."""
        assert self.ask(callback, topic=topic, **more).status_code == 202
        assert ("confirm", "ok") in self.tell()

    def counts(self) -> dict[str, int]:
        return dict(self.parts.store.hub_counts(now=self.clock.now()))


@pytest.fixture
def shares() -> Shares:
    return _SHARES


@pytest.fixture
def config() -> str:
    return CONFIG


@contextmanager
def opened(
    folder: Path, clock: FakeClock, config: str = CONFIG, shares: Shares = _SHARES
) -> Iterator[Library]:
    """A library in this folder, and its web server."""
    (folder / "config.toml").write_text(config)
    with open_parts(folder / "config.toml", environ={}, clock=clock) as parts:
        library = Library(parts, clock, shares=shares)
        with library.server:
            yield library


@pytest.fixture
def library(tmp_path: Path, clock: FakeClock, config: str, shares: Shares) -> Iterator[Library]:
    with opened(tmp_path, clock, config, shares) as library:
        yield library


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One for many tests, in which nothing comes about."""
    with opened(tmp_path_factory.mktemp("quiet"), FakeClock(NOON)) as library:
        yield library


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader() as running:
        yield running
