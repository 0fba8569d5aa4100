"""A document as Atom (P1 to P15), read back strictly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicator.errors import PublishError
from syndicator.model import Category, Enclosure, FeedData, Link, Person
from syndicator.publishers import jsonfeed, rss
from syndicator.publishers.atom import render
from syndicator.publishers.check import problems
from syndicator.publishers.documents import archive, current
from syndicator.publishers.elements import HISTORY, TOMBSTONES
from tests.publish.grammar import grammar_faults
from tests.publish.logs import BASE, NOON, RICH, days, drop, put, state

A = "{http://www.w3.org/2005/Atom}"


def _body(rows: list, **facts: object) -> bytes:
    return render(replace(current(state(), rows, [], entries=50), **facts), base_url=BASE).body


def _links(node: etree._Element) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in node.findall(f"{A}link")]


def test_p02_the_head_says_who_what_and_where() -> None:
    body = render(
        current(state(4), [RICH], [], entries=50), base_url=f"{BASE}/", hub="https://hub.example/"
    ).body
    feed = etree.fromstring(body)

    assert [etree.QName(child).localname for child in feed] == [
        *("id", "title", "updated", "author", "link", "link", "link", "link", "category"),
        *("generator", "entry"),
    ]
    assert _links(feed) == [
        {"rel": "alternate", "href": f"{BASE}/themes/mali/", "type": "text/html"},
        {"rel": "self", "href": f"{BASE}/themes/mali/atom.xml", "type": "application/atom+xml"},
        {"rel": "hub", "href": "https://hub.example/"},
        {"rel": "prev-archive", "href": f"{BASE}/themes/mali/archive/3.xml"},
    ]
    assert dict(feed.find(f"{A}generator").attrib) == {"uri": f"{BASE}/"}
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert problems(body) == []


def test_p10_p14_an_entry_keeps_its_order_and_every_link_its_attributes() -> None:
    entry = etree.fromstring(_body([RICH])).find(f"{A}entry")

    assert [etree.QName(child).localname for child in entry] == [
        *("id", "title", "link", "link", "link", "link", "link", "link", "updated", "published"),
        *("author", "author", "contributor", "category", "category", "rights", "summary"),
        *("content", "source"),
    ]
    own = f"{BASE}/articles/{RICH.entry.article_id}/"
    assert _links(entry) == [
        {"rel": "alternate", "href": "https://press.example/rich"},
        {"rel": "via", "href": "https://other.example/same"},
        {"rel": "related", "href": own, "type": "text/html"},
        {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
        {
            "rel": "enclosure",
            "href": "https://press.example/a.mp3",
            "type": "audio/mpeg",
            "length": "42",
        },
        {
            "rel": "related",
            "href": "https://press.example/en",
            "hreflang": "en",
            "title": "English",
        },
    ]
    assert [dict(one.attrib) for one in entry.findall(f"{A}category")] == [
        {"term": "mali", "scheme": f"{BASE}/themes/", "label": "Mali"},
        {"term": "Peace", "scheme": "https://press.example/tags/", "label": "La paix"},
    ]


def test_p13_the_source_is_told_in_atoms_own_namespace() -> None:
    body = _body([RICH])
    source = etree.fromstring(body).find(f"{A}entry/{A}source")

    assert b"ns0:" not in body
    assert source.findtext(f"{A}id") == "https://press.example/feed"
    assert source.findtext(f"{A}rights") == "© The Press"
    assert [link["rel"] for link in _links(source)] == ["alternate", "self"]


def test_a_feed_reader_finds_what_we_meant() -> None:
    entry = feedparser.parse(_body([RICH])).entries[0]

    assert entry.link == "https://press.example/rich"
    assert entry.title == "Talks & <tea>"
    assert [who.name for who in entry.authors] == ["A", "B"]
    assert entry.content[0].value == RICH.entry.html
    assert entry.enclosures[0].length == "42"


def test_p08_the_same_data_gives_the_same_bytes() -> None:
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    moved = replace(RICH, at=NOON.astimezone(elsewhere), updated=NOON.astimezone(elsewhere))

    assert _body([RICH]) == _body([RICH]) == _body([moved], updated=NOON.astimezone(elsewhere))
    assert b"2026-03-01T12:00:00Z" in _body([RICH])


def test_p19_tombstones_stand_before_the_entries() -> None:
    body = _body([put(1, "a"), drop(2, "b"), drop(3, "c", at=NOON - days(1))])
    feed = etree.fromstring(body)

    tombs = [dict(one.attrib) for one in feed.findall(f"{{{TOMBSTONES}}}deleted-entry")]
    assert tombs == [
        {"ref": "urn:example:b", "when": "2026-03-01T12:00:00Z"},
        {"ref": "urn:example:c", "when": "2026-02-28T12:00:00Z"},
    ]
    assert problems(body) == []


def test_p16_an_archive_says_so_and_points_on() -> None:
    document = archive(state(), [put(1, "a")], k=2, has_next=True)
    body = render(document, base_url=BASE).body
    feed = etree.fromstring(body)

    assert feed.find(f"{{{HISTORY}}}archive") is not None
    assert {link["rel"]: link["href"].removeprefix(BASE) for link in _links(feed)} == {
        "alternate": "/themes/mali/",
        "self": "/themes/mali/archive/2.xml",
        "current": "/themes/mali/atom.xml",
        "prev-archive": "/themes/mali/archive/1.xml",
        "next-archive": "/themes/mali/archive/3.xml",
    }
    assert problems(body) == []


def test_p04_an_entry_is_never_without_author_link_or_words() -> None:
    bare = put(1, "bare", url="", authors=(Person(name=""),), html="")
    body = _body([bare])
    entry = etree.fromstring(body).find(f"{A}entry")

    assert entry.findtext(f"{A}author/{A}name") == "The Press"
    assert _links(entry)[0]["href"] == f"{BASE}/articles/{bare.entry.article_id}/"
    assert entry.findtext(f"{A}summary") == "About bare"
    assert problems(body) == []


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"title": "a\x0bb"}, id="a control character in a title"),
        pytest.param({"html": "<p>\ufffe</p>"}, id="a non-character in a body"),
        pytest.param({"language": "x\x00"}, id="NUL in an attribute"),
        pytest.param({"html": f"<p>{'x' * 10_000_001}</p>"}, id="more than parsers take"),
    ],
)
def test_r20_an_entry_that_cannot_be_written_is_left_out_and_named(facts: dict) -> None:
    rows = [put(1, "good"), put(2, "bad", **facts)]

    rendered = render(current(state(), rows, [], entries=50), base_url=BASE)

    assert rendered.left_out == ("urn:example:bad",)
    assert problems(rendered.body) == []
    assert b"About good" in rendered.body


def test_hostile_text_stays_text() -> None:
    evil = "]]><script>alert(1)</script>&amp;<!-- \" ' %s {{ 7*7 }}"
    odd = Link(url="javascript:alert(1)", rel="related")
    row = put(
        1,
        "evil",
        title=evil,
        standfirst=evil,
        authors=(Person(name=evil, uri="javascript:x"),),
        categories=(Category(term=evil, scheme="not an iri"),),
        links=(odd, Link(url="https://ok.example/", rel='"><x')),
    )
    body = _body([row], data=FeedData(title=evil, subtitle=evil))
    feed = etree.fromstring(body)

    assert feed.findtext(f"{A}title") == evil
    assert feed.findtext(f"{A}entry/{A}title") == evil
    assert b"javascript:" not in body
    assert problems(body) == []


def test_a_feed_that_cannot_be_written_at_all_says_which() -> None:
    with pytest.raises(PublishError, match=r"themes/mali/atom\.xml"):
        _body([], feed_id="urn:\x00")


ANY = st.text(st.characters(codec="utf-16", exclude_categories=()), max_size=30) | st.text()


@settings(deadline=None)
@given(title=ANY, words=ANY, html=ANY, name=ANY, term=ANY, url=ANY, language=ANY)
def test_r20_whatever_strangers_say_the_feed_is_sound(
    title: str, words: str, html: str, name: str, term: str, url: str, language: str
) -> None:
    odd = put(
        2,
        "odd",
        title=title,
        standfirst=words,
        html=html,
        authors=(Person(name=name, uri=url, email=words),),
        categories=(Category(term=term, scheme=url, label=words),),
        links=(Link(url=url, rel=term, type=words, language=language),),
        enclosures=(Enclosure(url=url, type=term, length=-1),),
        url=url,
        via=(url,),
        language=language,
    )
    document = current(state(), [put(1, "good"), odd], [], entries=50)

    for rendered in (
        render(document, base_url=BASE),
        rss.render(document, base_url=BASE, max_age_s=900),
        jsonfeed.render(document, base_url=BASE),
    ):
        assert [*problems(rendered.body), *grammar_faults(rendered.body)] == []
        assert b"About good" in rendered.body
