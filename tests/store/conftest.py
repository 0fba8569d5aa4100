"""A real store in tmp_path, and short ways to say what a refresh decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from syndicator.model import (
    ArticleChange,
    Claim,
    Content,
    Outcome,
    Reason,
    SourceSettings,
    Theme,
)
from syndicator.stores.store import SiteFacts, SqlStore, open_store
from syndicator.text.ids import article_id
from tests.conftest import FakeClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = "https://www.example.org/feed"
SITE = SiteFacts(title="Press of the South", author="The library", language="en")

MALI = Theme(slug="mali", title="Mali", match="mali")
PEACE = Theme(slug="peacebuilding", title="Peacebuilding", match="peace*", description="Of peace.")


def open_at(folder: Path, clock: FakeClock | None = None, **how: Any) -> SqlStore:
    """A store in a folder, with segments of 5 where not said otherwise."""
    how = {"site": SITE, "archive_entries": 5, "base_url": "http://127.0.0.1:8080", **how}
    return open_store("sqlite:///store/syndicator.db", folder=folder, clock=clock, **how)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[SqlStore]:
    """An empty store."""
    with_feeds = open_at(tmp_path, clock)
    yield with_feeds
    with_feeds.close()


def change(
    key: str,
    text: str = "",
    *,
    first_url: str = FEED,
    themes: tuple[str, ...] = (),
    story: str = "",
    entry_id: str = "",
    story_hash: str = "",
    is_new: bool = True,
    **content: Any,
) -> ArticleChange:
    """An article as decided: a new one, or a revision when its text is another."""
    mine = article_id(first_url, key)
    what = {"url": f"https://www.example.org/{key}", "title": f"Title of {key}", "text": text}
    return ArticleChange(
        id=mine,
        key=key,
        entry_id=entry_id or f"https://www.example.org/id/{key}",
        seen_hash=f"seen {key} {text}",
        fingerprint=f"print {key} {text}",
        story=story or mine,
        story_hash=story_hash,
        is_new=is_new,
        content=Content(**{**what, "html": f"<p>{text}</p>", **content}),
        themes={slug: Reason(how="rule", rule_version=1) for slug in themes},
    )


def claimed(store: SqlStore, source_id: str, *, at: datetime = NOON, owner: str = "me") -> Claim:
    """A source claimed, due or not."""
    found = store.claim_due(owner=owner, now=at, lease_s=60, limit=1, only=[source_id], forced=True)
    assert found, f"{source_id} cannot be claimed at {at}"
    return found[0]


def decided(claim: Claim, *changes: ArticleChange, at: datetime = NOON, **what: Any) -> Outcome:
    """The outcome of a refresh that went well."""
    source = replace(
        claim.source,
        polled_at=at,
        success_at=at,
        next_check_at=at + timedelta(hours=1),
        next_check_why="every hour",
    )
    standard: dict[str, Any] = {
        "id": uuid4().hex,
        "at": at,
        "lease": claim.lease,
        "source": source,
        "result": "changed" if changes else "unchanged",
        "changes": changes,
        "host_free_at": at + timedelta(seconds=2),
    }
    return Outcome(**{**standard, **what})


Refresh = Callable[..., Outcome]


@pytest.fixture
def refresh(store: SqlStore) -> Refresh:
    """Save what a refresh of a source decided; the source is added if need be."""

    def run(*changes: ArticleChange, source: str = "agency", at: datetime = NOON, **what: Any):
        if source not in [each.id for each in store.sources()]:
            url = FEED if source == "agency" else f"https://{source}.example.net/feed"
            store.add_source(source, SourceSettings(url=url), now=at)
        outcome = decided(claimed(store, source, at=at), *changes, at=at, **what)
        assert store.save(outcome)
        return outcome

    return run


def after(minutes: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=minutes)


def shown(store: SqlStore, key: str = "all") -> list[str]:
    """Titles of what a feed holds, newest first."""
    return [row.entry.title for row in store.members(key) if row.entry]


def story(store: SqlStore, key: str = "all") -> list[str]:
    """The log of a feed, a word or two a row."""
    kept = store.feed_data(key, upto_n=10**9)
    rows = [row for k in range(1, kept.segment + 1) for row in store.segment_rows(key, k)]
    return [f"{row.kind} {row.entry_id.rpartition('/')[2]}".strip() for row in rows]


def settings(url: str = FEED, **what: Any) -> SourceSettings:
    """What an operator says."""
    return SourceSettings(url=url, **what)


def declared(*themes: Theme) -> Mapping[str, Theme]:
    """As the configuration file holds them."""
    return {theme.slug: theme for theme in themes}
