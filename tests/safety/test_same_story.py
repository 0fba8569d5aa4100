"""One text from several sources is one story, shown once; what only looks alike is not."""

from __future__ import annotations

import random

import pytest

from syndicator.errors import UsageError
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, Room
from tests.safety.documents import RSS_TYPE, item, rss
from tests.site import Reply, Site

_DRAW = random.Random(7)
_WORDS = ["".join(_DRAW.choices("aeioustrnlm", k=_DRAW.randint(3, 8))) for _ in range(500)]
BODY = " ".join(_DRAW.choices(_WORDS, k=200))
OTHER = " ".join(_DRAW.choices(_WORDS, k=200))
DATE = "<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"


def feed(**texts: str) -> Reply:
    """Articles by title."""
    items = (
        item(f"id-{n}-{title}", title.replace("_", " "), f"{DATE}<description>{text}</description>")
        for n, (title, text) in enumerate(texts.items())
    )
    return Reply(body=rss("".join(items), head="<language>en</language>"), headers=RSS_TYPE)


@pytest.fixture
def room(open_room: OpenRoom, site: Site, clock: FakeClock) -> Room:
    names = ("agency", "courier", "monitor")
    return open_room({name: site.url(f"/{name}") for name in names}, clock=clock, hands="inline")


def stories(room: Room) -> dict[str, str]:
    """Title -> title of the article that told its story first."""
    told = {one.id: one for one in room.parts.store.articles()}
    return {one.content.title: told[one.story].content.title for one in told.values()}


def shown(room: Room) -> set[str]:
    return {row.entry.title for row in room.parts.store.members("all") if row.entry}


def read(room: Room, *ids: str) -> None:
    for one in ids:
        room.pull(one)


def test_p06_nearly_the_same_text_is_shown_once(room: Room, site: Site) -> None:
    site.pages["/agency"] = feed(Wells_dug=f"BAMAKO - {BODY}", Gao_41=f"{OTHER} 41 {OTHER[:90]}")
    site.pages["/courier"] = feed(They_dig=f"BAMAKO (Agency) - {BODY} Read the Courier.")
    site.pages["/monitor"] = feed(Gao_42=f"{OTHER} 42 {OTHER[:90]}", Cut=BODY[: len(BODY) * 2 // 3])
    read(room, "agency", "courier", "monitor")

    told = stories(room)
    assert told["They dig"] == told["Cut"] == "Wells dug"
    assert told["Gao 41"] == "Gao 41"
    assert told["Gao 42"] == "Gao 42"
    assert shown(room) == {"Wells dug", "Gao 41", "Gao 42"}


def test_what_one_source_tells_twice_is_two_stories(room: Room, site: Site) -> None:
    site.pages["/agency"] = feed(Wells=BODY)
    site.pages["/courier"] = feed(Morning=f"{BODY} Good morning.", Evening=f"{BODY} Good night.")
    read(room, "agency", "courier")

    assert sorted(stories(room).values()) == ["Evening", "Wells", "Wells"]


def test_short_texts_are_told_apart_by_their_headlines(room: Room, site: Site) -> None:
    short = " ".join(BODY.split()[:60])
    site.pages["/agency"] = feed(Wells_dug=short)
    site.pages["/courier"] = feed(They_dig=short)
    site.pages["/monitor"] = feed(Wells_dug=short)
    read(room, "agency", "courier", "monitor")

    assert [one.story == one.id for one in room.articles("courier")] == [True]
    assert room.articles("monitor")[0].story == room.articles("agency")[0].id


def test_a_correction_by_hand_outlives_edits_and_new_copies(room: Room, site: Site) -> None:
    site.pages["/agency"] = feed(Wells=BODY)
    site.pages["/courier"] = feed(Dug=f"{BODY} More.")
    read(room, "agency", "courier")
    (copy,) = room.articles("courier")
    room.parts.store.split(copy.number, now=room.parts.clock.now())
    site.pages["/courier"] = feed(Dug=f"{BODY} More and more.")
    site.pages["/monitor"] = feed(Wells=BODY)
    read(room, "courier", "monitor")

    (agency,), (courier,), (monitor,) = map(room.articles, ("agency", "courier", "monitor"))
    assert courier.revision == 2
    assert (courier.story, monitor.story) == (courier.id, agency.id)
    with pytest.raises(UsageError, match="only one"):
        room.parts.store.split(courier.number, now=room.parts.clock.now())
