"""Odd feeds of issue 3, each with its stated behaviour (R22, R23, C25)."""

from __future__ import annotations

from itertools import count

import pytest

from syndicator import jobs
from syndicator.publishers.check import problems
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom
from tests.safety.documents import RSS_TYPE, item, rss
from tests.site import Asked, Reply, Site

WORDS = "The elders of village number {} met for two days to share the wells of the river."
TEXT = f"<description>{WORDS}</description>"
SAME_DATE = "<pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"


def stories(numbers: range, mark: object = "") -> Reply:
    """Stories that keep their texts whatever their ids are; `mark` goes into the ids."""
    items = (
        f'<item><guid isPermaLink="false">{mark}-{n}</guid><title>Story {n}</title>'
        f"<link>https://courier.example/{mark}/{n}</link>{TEXT.format(n)}</item>"
        for n in numbers
    )
    return Reply(body=rss("".join(items)), headers=RSS_TYPE)


def test_r23_ids_that_change_at_every_poll_bring_one_copy_of_each_text(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """500 new ids at each of 20 polls; a person is told, and a really new story still comes in."""
    polls = count()
    last = [500]

    def feed(asked: Asked) -> Reply:
        return stories(range(last[0]), mark=next(polls))

    site.pages["/feed"] = feed
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    for _ in range(19):
        room.pull()
        clock.move(3 * 3600)
    size = room.path.parent.joinpath("store", "syndicator.db").stat().st_size
    last[0] = 503
    room.pull()
    press = room.source("press")

    assert len(room.articles("press")) == 503
    assert size < 10_000_000
    assert press.counts["known texts under new ids"] == 19 * 500
    assert "churn" in {alarm.kind for alarm in press.alarms}


def test_r23_a_source_whose_address_is_another_now_brings_what_is_kept_no_second_time(
    open_room: OpenRoom, site: Site
) -> None:
    """A site that moves to another program has other addresses and other ids for what it told."""
    site.pages["/feed"] = stories(range(20), mark="old")
    site.pages["/new/feed"] = stories(range(5, 23), mark="new")
    open_room({"press": site.url("/feed")}).pull()
    room = open_room({"press": site.url("/new/feed")})
    room.pull()

    assert len(room.articles("press")) == 23
    assert room.source("press").counts["known texts under new ids"] == 15


def test_r23_a_flood_of_new_texts_is_held_back_and_told(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    """20,000 new articles a day are not taken: 2,000 are, and the rest is counted."""
    polls = count()

    def flood(asked: Asked) -> Reply:
        first = next(polls) * 800
        return stories(range(first, first + 800), mark="x")

    site.pages["/feed"] = flood
    site.pages["/calm"] = stories(range(3))
    room = open_room(
        {"press": site.url("/feed"), "calm": site.url("/calm")}, clock=clock, hands="inline"
    )
    for _ in range(5):
        room.pull()
        clock.move(2 * 3600)
    kept = len(room.articles("press"))

    assert kept == 800 + 2000
    assert room.source("press").counts["new articles over a day's limit"] == 4 * 800 - 2000
    assert len(room.articles("calm")) == 3


def test_one_id_for_all_entries_is_one_article_for_each_link_and_title(
    open_room: OpenRoom, site: Site
) -> None:
    """A second poll changes nothing: what tells them apart is the same again."""
    items = "".join(
        f'<item><guid isPermaLink="false">same</guid><title>Story {n}</title>'
        f"<link>https://courier.example/{n}</link></item>"
        for n in range(300)
    )
    site.pages["/feed"] = Reply(body=rss(items), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})

    assert room.pull()["press"].new == 300
    assert room.titles("press") == {f"Story {n}" for n in range(300)}
    assert len({article.entry_id for article in room.articles("press")}) == 300
    site.pages["/feed"] = Reply(body=rss(items + "<!-- -->"), headers=RSS_TYPE)
    assert room.pull()["press"].result == "unchanged"


def test_one_id_and_nothing_to_tell_entries_apart_is_one_article(
    open_room: OpenRoom, site: Site
) -> None:
    """Of items that share id and title, or id and link, the last counts."""
    items = "".join(item("same", "One title", TEXT.format(n)) for n in range(300))
    site.pages["/feed"] = Reply(body=rss(items), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})

    assert room.pull()["press"].new == 1
    assert "village number 299" in room.articles("press")[0].content.text


@pytest.mark.parametrize("date", ["", SAME_DATE], ids=["none", "one for all"])
def test_entries_of_one_date_are_all_kept_and_in_an_order_that_stays(
    open_room: OpenRoom, site: Site, date: str
) -> None:
    items = "".join(item(n, more=date) for n in range(120))
    site.pages["/feed"] = Reply(body=rss(items), headers=RSS_TYPE)
    room = open_room({"press": site.url("/feed")})

    assert room.pull()["press"].new == 120
    jobs.publish(room.parts)
    feed = room.path.parent / "feeds" / "themes" / "all" / "atom.xml"
    before, order = feed.read_bytes(), [one.id for one in room.articles("press")]
    jobs.publish(room.parts, everything=True)

    assert problems(before) == []
    assert before.count(b"<entry") >= 50
    assert feed.read_bytes() == before
    assert [one.id for one in room.articles("press")] == order
