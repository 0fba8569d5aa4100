"""One text from several sources is one story, shown once; what only looks alike is not."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from syndicator.errors import UsageError
from syndicator.model import Outcome
from syndicator.pipeline import refresh
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, Room
from tests.safety.documents import RSS_TYPE, item, rss
from tests.site import Asked, Reply, Site

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
def other_host() -> Iterator[Site]:
    """So that two can be read at the same moment: each host is asked one thing at a time."""
    with Site("127.0.0.2") as second:
        yield second


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


# ------------------------------------------------------------------ read at the same moment


@pytest.fixture
def pair(open_room: OpenRoom, site: Site, other_host: Site, clock: FakeClock) -> Room:
    urls = {"agency": site.url("/feed"), "courier": other_host.url("/feed")}
    return open_room(urls, clock=clock, hands="inline")


def decided(room: Room, *ids: str) -> list[Outcome]:
    """What refreshes decide of which none knows what another has found."""
    parts, outcomes = room.parts, []
    now = parts.clock.now()
    for one in ids:
        (claim,) = parts.store.claim_due(
            owner=parts.owner, now=now, lease_s=900, limit=1, only={one}, forced=True
        )
        outcomes.append(refresh(claim, parts.reader(), parts.rhythm(claim.source)))
    return outcomes


def entry_ids(room: Room) -> list[str]:
    return [one.entry_id for one in room.parts.store.articles()]


def same_words() -> tuple[Reply, Reply]:
    return feed(Wells=BODY), feed(Wells=BODY)


def nearly_the_same() -> tuple[Reply, Reply]:
    return feed(Wells=f"BAMAKO - {BODY}"), feed(They_dig=f"BAMAKO (Agency) - {BODY} More.")


def same_address() -> tuple[Reply, Reply]:
    one, other = (f"<description>{text}</description>" for text in (BODY[:300], OTHER[:500]))
    return tuple(
        Reply(body=rss(item("id-1", "Wells are dug", more)), headers=RSS_TYPE)
        for more in (one, other)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("told", [same_words, nearly_the_same, same_address])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first first", "last first"])
def test_sources_read_at_the_same_moment_tell_one_story(
    pair: Room, site: Site, other_host: Site, told, order: tuple[int, int]
) -> None:
    site.pages["/feed"], other_host.pages["/feed"] = told()
    outcomes = decided(pair, "agency", "courier")
    assert [change.story == change.id for one in outcomes for change in one.changes] == [True] * 2

    for n in order:
        pair.parts.store.save(outcomes[n])

    first = outcomes[order[0]].changes[0]
    assert {one.story for one in pair.parts.store.articles()} == {first.id}
    assert shown(pair) == {first.content.title}


def test_what_one_tells_twice_at_the_same_moment_is_two_stories(
    pair: Room, site: Site, other_host: Site
) -> None:
    site.pages["/feed"] = feed(Wells=BODY)
    other_host.pages["/feed"] = feed(Morning=f"{BODY} Good morning.", Evening=f"{BODY} Good night.")
    for outcome in decided(pair, "agency", "courier"):
        pair.parts.store.save(outcome)

    assert sorted(stories(pair).values()) == ["Evening", "Wells", "Wells"]


def test_languages_and_split_copies_stay_apart_at_the_same_moment(
    pair: Room, site: Site, other_host: Site
) -> None:
    site.pages["/feed"] = feed(Wells=BODY)
    other_host.pages["/feed"] = replace(
        feed(Wells=BODY),
        body=feed(Wells=BODY).body.replace(b"<language>en<", b"<language>fr<"),
    )
    for outcome in decided(pair, "agency", "courier"):
        pair.parts.store.save(outcome)
    assert len({one.story for one in pair.parts.store.articles()}) == 2

    other_host.pages["/feed"] = feed(Wells_again=f"{BODY} More.")
    site.pages["/feed"] = feed(Wells=BODY, Gao=OTHER)
    outcomes = decided(pair, "agency", "courier")
    pair.parts.store.save(outcomes[1])
    (copy,) = [one for one in pair.articles("courier") if one.content.title == "Wells again"]
    pair.parts.store.split(copy.number, now=pair.parts.clock.now())
    pair.parts.store.save(outcomes[0])
    assert pair.parts.store.article(copy.id).story == copy.id
    assert len({one.story for one in pair.parts.store.articles()}) == 4


def test_one_id_for_different_texts_at_the_same_moment_is_two_ids(
    pair: Room, site: Site, other_host: Site
) -> None:
    """R22: in a feed an id stands for one text."""
    for one, text in ((site, BODY), (other_host, OTHER)):
        more = f"<description>{text}</description>"
        body = rss(item("urn:x:1", f"On {text[:9]}", more).replace("courier.example", text[:5]))
        one.pages["/feed"] = Reply(body=body, headers=RSS_TYPE)
    for outcome in decided(pair, "agency", "courier"):
        pair.parts.store.save(outcome)

    assert len({one.story for one in pair.parts.store.articles()}) == 2
    assert len(set(entry_ids(pair))) == 2
    assert "urn:x:1" in entry_ids(pair)


def test_many_hands_at_once_find_one_story_each(
    open_room: OpenRoom, site: Site, other_host: Site
) -> None:
    both_asked = threading.Barrier(2)
    texts = {f"Report_{n}": " ".join(_DRAW.choices(_WORDS, k=200)) for n in range(20)}

    def held(reply: Reply):
        def answer(_: Asked) -> Reply:
            both_asked.wait(60)
            return reply

        return answer

    site.pages["/feed"] = held(feed(**texts))
    other_host.pages["/feed"] = held(feed(**{f"Our_{n}": f"{t} Ours." for n, t in texts.items()}))
    urls = {"agency": site.url("/feed"), "courier": other_host.url("/feed")}
    room = open_room(urls)
    assert {one.result for one in room.pull().values()} == {"changed"}

    told = [one.story for one in room.parts.store.articles()]
    assert len(told) == 40
    assert len(set(told)) == 20
