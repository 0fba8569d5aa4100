"""A newsroom whose configuration file is edited, with articles filed by its real rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs.parts import Parts
from syndicator.model import SourceSettings
from syndicator.stages.match import document, filed
from tests.conftest import FakeClock
from tests.store.conftest import FEED, change, claimed, decided

CONFIG = """
[site]
title = "The library"
contact = "desk@library.example"

[publish]
archive_entries = {archive_entries}

{themes}
"""
MALI = '[themes.mali]\ntitle = "Mali"\nmatch = "mali"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """Open parts, and short words for what is read and filed there."""

    folder: Path
    parts: Parts
    clock: FakeClock

    def read(
        self, *texts: str, source: str = "agency", at: datetime | None = None, **content: Any
    ) -> None:
        """Read articles of these words, a day apart, a minute later; the key is the first word."""
        self.clock.move(60)
        now, store = self.clock.now(), self.parts.store
        if source not in [each.id for each in store.sources()]:
            url = FEED if source == "agency" else f"https://{source}.example.net/feed"
            store.add_source(source, SourceSettings(url=url), now=now)
        claim = claimed(store, source, at=now)  # type: ignore[arg-type]
        reader = self.parts.reader()
        made = []
        for number, text in enumerate(texts):
            date = (at or now - timedelta(days=len(texts))) + timedelta(days=number)
            first_url = claim.source.first_url
            new = change(
                text.split()[0], text, first_url=first_url, **{"published_at": date, **content}
            )
            reasons = filed(
                document(new.content, source),
                reader.rules,
                versions=reader.versions,
                source_themes=claim.source.settings.themes,
            )
            made.append(replace(new, themes=reasons))
        assert store.save(decided(claim, *made, at=now))

    def keys(self, theme: str) -> set[str]:
        """Keys of the articles in a theme."""
        return {one.key for one in self.parts.store.articles(theme=theme)}

    def shown(self, feed: str) -> set[str]:
        """Keys of the articles that a feed shows."""
        known = {one.entry_id: one.key for one in self.parts.store.articles()}
        return {known[row.entry_id] for row in self.parts.store.members(feed)}

    def article(self, key: str) -> str:
        """The id of the article of a key."""
        return next(one.id for one in self.parts.store.articles() if one.key == key)

    def publish(self) -> dict[str, bytes]:
        """All files of feeds/ once it is up to date, by path."""
        jobs.publish(self.parts)
        feeds = self.folder / "feeds"
        return {
            str(path.relative_to(feeds)): path.read_bytes()
            for path in feeds.rglob("*")
            if path.is_file()
        }


@contextmanager
def opened(
    folder: Path, clock: FakeClock, themes: str = MALI, *, archive_entries: int = 50, **how: Any
) -> Iterator[Newsroom]:
    """The newsroom as its file now says."""
    text = CONFIG.format(themes=themes, archive_entries=archive_entries)
    (folder / "config.toml").write_text(text, "utf-8")
    for name in ("feeds", "store"):
        (folder / name).mkdir(exist_ok=True)
    with open_parts(folder / "config.toml", environ={}, clock=clock, **how) as parts:
        yield Newsroom(folder=folder, parts=parts, clock=clock)
