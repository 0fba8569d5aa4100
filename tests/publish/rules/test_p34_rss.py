"""P34: a document as RSS 2.0, read back strictly and by feedparser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from lxml import etree

from syndicator.model import Enclosure, FeedData, Person
from syndicator.publishers.check import problems
from syndicator.publishers.documents import current
from syndicator.publishers.elements import ATOM, HISTORY
from syndicator.publishers.rss import CONTENT, DC, render
from tests.publish.logs import BASE, NOON, RICH, STATE, days, drop, put, state


def _body(rows: list, *, hub: str = "", segment: int = 1, **facts: object) -> bytes:
    document = replace(current(state(segment), rows, [], entries=50), **facts)  # type: ignore[arg-type]
    return render(document, base_url=BASE, max_age_s=900, hub=hub).body


def _channel(body: bytes) -> etree._Element:
    channel = etree.fromstring(body).find("channel")
    assert channel is not None
    return channel


def _item(body: bytes) -> etree._Element:
    item = _channel(body).find("item")
    assert item is not None
    return item


def test_p34_the_channel_says_who_what_where_and_how_often_to_come() -> None:
    channel = _channel(_body([RICH], hub="https://hub.example/", segment=4))

    said = {child.tag: child.text for child in channel if child.tag != "item" and child.text}
    assert said == {
        "title": "Mali",
        "link": f"{BASE}/themes/mali/",
        "description": "Mali",
        "language": "en",
        "lastBuildDate": "Sun, 01 Mar 2026 12:00:00 GMT",
        "category": "Mali",
        "generator": "syndicator",
        "ttl": "15",
    }
    assert [dict(link.attrib) for link in channel.findall(f"{{{ATOM}}}link")] == [
        {"rel": "self", "href": f"{BASE}/themes/mali/rss.xml", "type": "application/rss+xml"},
        {"rel": "hub", "href": "https://hub.example/"},
        {
            "rel": "prev-archive",
            "href": f"{BASE}/themes/mali/archive/3.xml",
            "type": "application/atom+xml",
        },
    ]


def test_p34_an_item_says_all_that_rss_has_words_for() -> None:
    second = Enclosure(url="https://press.example/b.mp3", type="audio/mpeg")
    row = replace(RICH, entry=replace(RICH.entry, enclosures=(*RICH.entry.enclosures, second)))
    body = _body([row])
    item = _item(body)

    assert dict(item.find("guid").attrib) == {"isPermaLink": "false"}
    assert item.findtext("guid") == RICH.entry_id
    assert item.findtext("link") == RICH.entry.url
    assert item.findtext("pubDate") == "Fri, 27 Feb 2026 12:00:00 GMT"
    assert item.findtext(f"{{{ATOM}}}updated") == "2026-03-01T12:00:00Z"
    assert [one.text for one in item.findall(f"{{{DC}}}creator")] == ["A", "B"]
    assert item.findtext("description") == "They met."
    assert item.findtext(f"{{{CONTENT}}}encoded") == RICH.entry.html
    assert [dict(one.attrib) for one in item.findall("enclosure")] == [
        {"url": "https://press.example/a.mp3", "length": "42", "type": "audio/mpeg"}
    ]
    source = item.find("source")
    assert (source.get("url"), source.text) == ("https://press.example/feed", "The Press")
    assert [(one.get("domain"), one.text) for one in item.findall("category")] == [
        (f"{BASE}/themes/", "Mali"),
        ("https://press.example/tags/", "La paix"),
    ]
    assert problems(body) == []


def test_p34_plain_words_stay_plain_for_readers_that_expect_html() -> None:
    row = put(1, "a", standfirst="if a < b & c")

    assert _item(_body([row])).findtext("description") == "if a &lt; b &amp; c"
    assert feedparser.parse(_body([row])).entries[0].summary == "if a &lt; b &amp; c"


def test_p34_an_item_is_never_without_author_link_or_words() -> None:
    bare = put(1, "bare", url="", authors=(Person(name=""),), html="")
    item = _item(_body([bare]))

    assert item.findtext(f"{{{DC}}}creator") == "The Press"
    assert item.findtext("link") == f"{BASE}/articles/{bare.entry.article_id}/"
    assert item.findtext("description") == "About bare"


def test_p34_an_enclosure_of_unknown_length_and_type_is_still_one() -> None:
    row = put(1, "a", enclosures=(Enclosure(url="https://press.example/a"),))

    assert dict(_item(_body([row])).find("enclosure").attrib) == {
        "url": "https://press.example/a",
        "length": "0",
        "type": "application/octet-stream",
    }


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        pytest.param(datetime(2026, 3, 1, tzinfo=UTC), "Sun, 01 Mar 2026 00:00:00 GMT", id="UTC"),
        pytest.param(
            datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "Sat, 28 Feb 2026 19:30:00 GMT",
            id="elsewhere",
        ),
        pytest.param(datetime(1901, 1, 1, tzinfo=UTC), "Tue, 01 Jan 1901 00:00:00 GMT", id="old"),
    ],
)
def test_p34_dates_are_rfc_822_in_gmt_with_four_digits(moment: datetime, said: str) -> None:
    assert _item(_body([put(1, "a", published_at=moment)])).findtext("pubDate") == said


def test_p34_without_a_date_of_publication_the_last_change_stands_in() -> None:
    row = put(1, "a", updated=NOON - days(1))

    assert _item(_body([row])).findtext("pubDate") == "Sat, 28 Feb 2026 12:00:00 GMT"


def test_p34_a_finite_theme_says_that_this_is_all() -> None:
    whole = replace(STATE, segment=3, data=replace(STATE.data, complete=True))
    body = render(current(whole, [RICH], [], entries=50), base_url=BASE, max_age_s=1).body
    channel = _channel(body)

    assert channel.find(f"{{{HISTORY}}}complete") is not None
    assert [one.get("rel") for one in channel.findall(f"{{{ATOM}}}link")] == ["self"]
    assert channel.findtext("ttl") == "1"


def test_p34_deletions_are_merely_missing() -> None:
    body = _body([put(1, "a"), drop(2, "b")])

    assert b"urn:example:b" not in body
    assert problems(body) == []


def test_p34_hostile_text_stays_text() -> None:
    evil = "]]><script>alert(1)</script>&amp;<!-- \" ' {{ 7*7 }}"
    row = put(1, "evil", title=evil, standfirst=evil, authors=(Person(name=evil),))
    body = _body([row], data=FeedData(title=evil, subtitle=evil))

    assert _channel(body).findtext("title") == evil
    assert _item(body).findtext("title") == evil
    assert "<" not in _item(body).findtext("description")
    assert problems(body) == []
