"""R7, R15: what a server and a feed say of time is a hint, and nonsense is nothing."""

from __future__ import annotations

from calendar import day_name
from datetime import datetime, timedelta

import pytest

from syndicator import jobs
from syndicator.model import Article
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, loopback
from tests.safety.documents import RSS_TYPE, honest, item, rss
from tests.site import Reply, Site

WEEK = timedelta(days=7)
ODD = ["1e11", "-1e309", "1" * 400, "-1", "inf", "nan", "0x10", "\u0661", "", "10 000", "1,1"]
DATES = [
    "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0000 00:00:00",
    "Sun, 01 Mar 2026 12:00:00 +9999", "0", "-1", "99999-01-01", "Sun, 99 Foo 2026 99:99:99 GMT",
    "Tue, 19 Jan 2038 03:14:08 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "2026-03-01" + "0" * 5000,
]  # fmt: skip
HEADERS = [
    {"Cache-Control": "max-age=315360000000"},
    {"Cache-Control": "max-age=1, max-age=99999999999999999999"},
    {"Cache-Control": f"max-age={'9' * 400}"},
    {"Cache-Control": "max-age=86400", "Age": "-99999999999"},
    *({"Cache-Control": f"max-age={text}"} for text in ODD if text.isascii()),
    *({"Expires": date} for date in DATES),
    *({"Expires": DATES[0], "Date": date} for date in DATES),
    *({"Last-Modified": date} for date in DATES),
]
WORDS = [
    "<ttl>999999999</ttl>",
    f"<ttl>{'9' * 400}</ttl>",
    "<ttl>-60</ttl>",
    "<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
    f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(25))}</skipHours>",
    f"<skipDays>{''.join(f'<day>{name}</day>' for name in day_name)}</skipDays>",
]


def test_r07_no_caching_header_keeps_us_away_for_more_than_a_week(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    told = [Reply(body=honest([1]), headers={**RSS_TYPE, **headers}) for headers in HEADERS]
    assert_polled_within_a_week(open_room, site, clock, told)


def test_r07_no_retry_after_keeps_us_away_for_more_than_a_week(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    waits = [*filter(str.isascii, ODD), *DATES]
    told = [
        Reply(status=status, headers={"Retry-After": text, "Date": date})
        for text in waits
        for status, date in ((429, ""), (503, DATES[1]))
    ]
    assert_polled_within_a_week(open_room, site, clock, told)


def test_r07_nothing_in_a_feed_keeps_us_away_for_more_than_a_week(
    open_room: OpenRoom, site: Site, clock: FakeClock
) -> None:
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    told = [
        Reply(body=rss(item(1), head=words).replace(b"<rss ", f"<rss {space} ".encode()))
        for words in WORDS
    ]
    assert_polled_within_a_week(open_room, site, clock, told)


def assert_polled_within_a_week(
    open_room: OpenRoom, site: Site, clock: FakeClock, replies: list[Reply]
) -> None:
    """Each reply is a source on a host of its own; it is polled again in a week and its jitter."""
    sources = {}
    for number, reply in enumerate(replies):
        site.pages[f"/{number}"] = reply
        sources[f"s{number}"] = f"http://s{number}.example:{site.port}/{number}"
    room = open_room(sources, clock=clock, hands="inline", resolve=loopback)
    for _ in range(2):
        for one in room.pull().values():
            assert "a fault of ours" not in one.error
        for number, name in enumerate(sources):
            at = room.source(name).next_check_at
            assert at is not None
            wait = at - clock.now()
            assert timedelta(0) <= wait <= WEEK, (replies[number].headers, wait)
    clock.move(WEEK.total_seconds() * 1.1)
    site.forget()
    jobs.read_due(room.parts)

    assert {asked.path for asked in site.asked} == {f"/{n}" for n in range(len(replies))}


# ------------------------------------------------------------------ R15


def dated(open_room: OpenRoom, site: Site, clock: FakeClock, date: str) -> Article:
    """The article of an item of this date; another one of the same feed is there as well."""
    stated = (
        f"<pubDate>{date}</pubDate><dc:date>{date}</dc:date>"
        f"<atom:published>{date}</atom:published><atom:updated>{date}</atom:updated>"
    )
    site.pages["/feed"] = Reply(body=rss(item("odd", "Odd", stated) + item("plain", "Plain")))
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    pulled = room.pull()["press"]
    (odd,) = (one for one in room.articles("press") if one.content.title == "Odd")

    assert (pulled.new, pulled.error) == (2, "")
    return odd


@pytest.mark.parametrize(
    "date",
    [
        "0000-00-00T00:00:00Z", "0000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        "99999-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "1970-01-01T00:00:00Z",
        "2038-01-19T03:14:08Z", "1" * 10_000, "\u0661" * 500, "Sun, 30 Feb 2020 25:61:61 GMT",
    ],
    ids=lambda date: ascii(date[:26]),
)  # fmt: skip
def test_r15_a_date_that_cannot_be_is_unknown(
    open_room: OpenRoom, site: Site, clock: FakeClock, date: str
) -> None:
    """What the article is ordered by is then the time of first sight."""
    odd = dated(open_room, site, clock, date)

    assert odd.published_at == odd.first_seen_at == clock.now()


@pytest.mark.parametrize(
    ("date", "day"),
    [
        pytest.param("2016-12-31T23:59:60Z", "2016-12-31", id="a leap second"),
        pytest.param("Wed, 01 Jan 2020 00:00:00 " + "X" * 10_000, "2020-01-01", id="a 10 kB zone"),
        pytest.param("2020-01-01T00:00:00+99:99", "2019-12-31", id="an offset of four days"),
    ],
)
def test_r15_an_odd_date_is_read_as_far_as_it_can_be(
    open_room: OpenRoom, site: Site, clock: FakeClock, date: str, day: str
) -> None:
    odd = dated(open_room, site, clock, date)

    assert abs(odd.published_at - datetime.fromisoformat(f"{day}T12Z")) < timedelta(days=8)
