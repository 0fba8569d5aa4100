"""A library with real parts, into which articles are put by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from syndicator import jobs
from syndicator.jobs.parts import Parts
from syndicator.model import ArticleChange, SourceSettings, Theme
from tests.conftest import FakeClock
from tests.store.conftest import FEED, NOON, change, claimed, decided

CONFIG = """
[site]
title = "The library"
contact = "desk@library.example"

[publish]
archive_entries = 50
"""
FORMATS = ["atom.xml", "rss.xml", "feed.json"]
MALI = Theme(slug="mali", title="Mali", match="title:mali")
PEACE = Theme(slug="peace", title="Peace", match="title:peace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Open parts with two themes, into which articles are put by hand."""

    folder: Path
    parts: Parts
    clock: FakeClock

    def read(self, *changes: ArticleChange, source: str = "agency", **what: Any) -> None:
        """Save what a refresh decided, a minute later."""
        self.clock.move(60)
        store, now = self.parts.store, self.clock.now()
        if source not in [each.id for each in store.sources()]:
            url = FEED if source == "agency" else f"https://{source}.example.net/feed"
            store.add_source(source, SourceSettings(url=url), now=now)
        claim = claimed(store, source, at=now)  # type: ignore[arg-type]
        assert store.save(decided(claim, *changes, at=now, **what))

    def publish(self, *themes: str, everything: bool = False) -> None:
        jobs.publish(self.parts, themes or None, everything=everything)

    def stale(self) -> bool:
        """Whether the daemon would publish; it does not."""
        before = self.files()
        due = jobs.publish_due(self.parts)
        assert self.files() == before
        return due

    def publish_stale(self) -> None:
        """As the daemon does it."""
        assert jobs.publish_stale(self.parts) is not None

    @property
    def feeds(self) -> Path:
        return self.folder / "feeds"

    def files(self) -> dict[str, bytes]:
        return {name: path.read_bytes() for name, path in self._paths()}

    def stamps(self) -> dict[str, tuple[int, int]]:
        """What tells whether a file was touched."""
        found = {}
        for name, path in self._paths():
            status = path.stat()
            found[name] = (status.st_ino, status.st_mtime_ns)
        return found

    def _paths(self) -> Iterator[tuple[str, Path]]:
        for path in sorted(self.feeds.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(self.feeds)), path

    def touched(self, act: Callable[[], object]) -> set[str]:
        """The files that something changes, makes or takes away."""
        before = self.stamps()
        act()
        after = self.stamps()
        return {name for name in {*before, *after} if before.get(name) != after.get(name)}

    def from_scratch(self) -> dict[str, bytes]:
        """What `publish --all` makes of the store in an empty folder."""
        kept = self.files()
        shutil.rmtree(self.feeds)
        self.feeds.mkdir()
        self.publish(everything=True)
        made = self.files()
        assert made.keys() == kept.keys()
        return made

    def page(self, key: str) -> str:
        return self.files()[page_of(key)].decode()


def page_of(key: str) -> str:
    return f"articles/{change(key).id}/index.html"


def dated(n: int, *themes: str, text: str = "", **what: Any) -> ArticleChange:
    """The n-th article, of the n-th hour."""
    at = NOON - timedelta(days=90) + timedelta(hours=n)
    return change(f"a{n}", text, themes=themes, published_at=at, updated_at=at, **what)


def fill(library: Library, number: int, *themes: str) -> None:
    """Articles in every second hour, so that there is room between them."""
    library.read(*(dated(2 * n, *themes) for n in range(number)), past=True)
