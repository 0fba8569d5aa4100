"""Rows of a small log, written as short as they can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from syndicator.model import (
    Category,
    Enclosure,
    EntryView,
    FeedData,
    FeedState,
    Link,
    LogRow,
    Origin,
    Person,
    RowKind,
)

BASE = "https://library.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATE = FeedState(
    key="mali",
    id="urn:uuid:4e9a5c1e-1c1a-5d43-9f61-5f2b0c7a9d10",
    theme="mali",
    data=FeedData(title="Mali", author="The library", language="en", theme="mali"),
    last_n=1,
    last_at=NOON,
)
ORIGIN = Origin(
    id="https://press.example/feed",
    title="The Press",
    url="https://press.example/",
    self_url="https://press.example/feed",
    updated_at=NOON,
    rights="© The Press",
)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def view(name: str, **facts: object) -> EntryView:
    entry = EntryView(
        id=f"urn:example:{name}",
        article_id=name.encode().hex().rjust(32, "0"),
        title=f"About {name}",
        url=f"https://press.example/{name}",
        authors=(Person(name="Awa Diallo"),),
        html=f"<p>All of {name}.</p>",
        source=ORIGIN,
    )
    return replace(entry, **facts)  # type: ignore[arg-type]


def put(n: int, name: str, *, at=NOON, updated=None, segment=1, past=False, **facts) -> LogRow:
    entry = view(name, **facts)
    return LogRow(
        n=n,
        at=at,
        kind=RowKind.PUT,
        segment=segment,
        entry_id=entry.id,
        updated=updated or at,
        past=past,
        entry=entry,
    )


def drop(n: int, name: str, *, at=NOON, segment=1, erase=False) -> LogRow:
    return LogRow(
        n=n,
        at=at,
        kind=RowKind.DROP,
        segment=segment,
        entry_id=f"urn:example:{name}",
        when=at,
        erase=erase,
    )


def close(n: int, *, at=NOON, segment=1) -> LogRow:
    return LogRow(n=n, at=at, kind=RowKind.CLOSE, segment=segment, past=True)


def state(segment: int = 1, **facts: object) -> FeedState:
    return replace(STATE, segment=segment, **facts)  # type: ignore[arg-type]


RICH = put(
    1,
    "rich",
    title="Talks & <tea>",
    standfirst="They met.",
    html='<p>A <a href="https://press.example/x?a=1&amp;b=2">link</a></p>',
    authors=(Person(name="A", uri="https://a.example/", email="a@a.example"), Person(name="B")),
    contributors=(Person(name="C"),),
    published_at=NOON - days(2),
    categories=(Category(term="Peace", scheme="https://press.example/tags/", label="La paix"),),
    rights="© Press",
    license="https://creativecommons.org/licenses/by/4.0/",
    enclosures=(Enclosure(url="https://press.example/a.mp3", type="audio/mpeg", length=42),),
    language="fr",
    via=("https://other.example/same",),
    links=(Link(url="https://press.example/en", rel="alternate", language="en", title="English"),),
)
