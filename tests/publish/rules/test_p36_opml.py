"""P36: lists of feeds, read back by listparser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import listparser
import pytest
from lxml import etree

from syndicator.model import Kind, Origin, Source, SourceSettings, Theme
from syndicator.publishers import opml
from tests.publish.house import Library
from tests.publish.logs import BASE, STATE, state

URL = "https://press.example/feed"


def _source(url: str = URL, kind: Kind = Kind.FEED, **settings: Any) -> Source:
    return Source(
        id="press",
        settings=SourceSettings(url=url, kind=kind, **settings),
        first_url=url,
        url=url,
        kind=kind,
        title="The Press",
        origin=Origin(id=url, title="The Press", url="https://press.example/"),
    )


def _public(source: Source, base_url: str = BASE) -> list[Mapping[str, str]]:
    lines = opml.public_sources([source], base_url=base_url, public_themes={"mali"})
    return _outlines(opml.write_opml(lines, title="Sources"))


def _outlines(body: bytes) -> list[Mapping[str, str]]:
    root = etree.fromstring(body)
    assert root.tag == "opml"
    assert root.get("version") == "2.0"
    return [dict(one.attrib) for one in root.findall("body/outline")]


def test_p36_a_feed_has_text_type_and_both_addresses() -> None:
    assert _public(_source(themes=("mali", "hidden"))) == [
        {
            "text": "The Press",
            "title": "The Press",
            "type": "rss",
            "xmlUrl": URL,
            "htmlUrl": "https://press.example/",
            "category": "/mali",
        }
    ]


def test_p36_a_page_without_a_feed_is_a_link() -> None:
    (line,) = _public(_source("https://press.example/news", Kind.PAGE))

    assert (line["type"], line["url"]) == ("link", "https://press.example/news")
    assert "xmlUrl" not in line


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(_source(public=False), id="not public"),
        pytest.param(_source(f"{URL}?token=s3cr3t-s3cr3t"), id="a token in its address"),
        pytest.param(_source("https://me:s3cr3t@press.example/feed"), id="a password in it"),
        pytest.param(_source(username="me", password_file="secret"), id="read with a password"),
        pytest.param(_source(headers={"X-Key": "s3cr3t"}), id="read with a header"),
        pytest.param(_source("http://127.0.0.1:9000/feed"), id="this machine"),
        pytest.param(_source("http://10.1.2.3/feed"), id="a private address"),
        pytest.param(_source("http://news.intranet/feed"), id="a private name"),
        pytest.param(_source("http://[fd00::1]/feed"), id="a private address of IPv6"),
        pytest.param(_source("feeds/today.xml", Kind.FILE), id="a file"),
    ],
)
def test_p36_what_is_not_for_strangers_is_left_out(source: Source) -> None:
    assert _public(source) == []


def test_p36_a_private_home_page_is_left_out_of_a_public_source() -> None:
    (line,) = _public(_source(homepage="http://10.1.2.3/"))

    assert "htmlUrl" not in line


def test_p36_a_site_that_is_itself_inside_lists_what_is_inside() -> None:
    assert _public(_source("http://10.1.2.3/feed"), base_url="http://library.intranet")


def test_p36_hostile_names_come_back_as_they_were() -> None:
    evil = 'A & B <b> "quoted" \' ]]> é 日本'
    body = opml.write_opml([opml.Outline(text=evil, url=URL)], title=evil)
    read = listparser.parse(body.decode().encode("ascii", "xmlcharrefreplace"))

    assert [(one.title, one.url) for one in read.feeds] == [(evil, URL)]
    assert read.meta.title == evil


def test_p36_feeds_of_languages_say_which() -> None:
    french = replace(STATE, key="mali/fr", language="fr")
    outlines = _outlines(
        opml.write_opml(opml.feeds([state(), french], base_url=f"{BASE}/"), title="x")
    )

    assert [(one["text"], one["xmlUrl"], one["language"]) for one in outlines] == [
        ("Mali", f"{BASE}/themes/mali/atom.xml", "en"),
        ("Mali (fr)", f"{BASE}/themes/mali/fr/atom.xml", "fr"),
    ]


# ------------------------------------------------------------------ as they are published


def test_p36_both_lists_follow_what_they_list(library: Library) -> None:
    store, now = library.parts.store, library.clock.now()
    store.add_theme(Theme(slug="third", title="Third", titles={"fr": "Troisième"}), now=now)
    store.add_theme(Theme(slug="secret", title="Secret", private=True), now=now)
    store.add_source("press", SourceSettings(url=URL, title="The Press"), now=now)
    library.publish()

    feeds = listparser.parse(library.files()["feeds.opml"])
    base = library.parts.config.site.base_url
    assert [one.url.removeprefix(base) for one in feeds.feeds] == [
        f"/themes/{key}/atom.xml" for key in ("all", "mali", "peace", "third", "third/fr")
    ]
    assert {one.url.removeprefix(f"{base}/") for one in feeds.feeds} <= library.files().keys()
    assert _listed(library) == ["The Press"]

    store.change_source("press", SourceSettings(url=URL, title="The other Press"))
    assert library.stale()
    assert library.touched(library.publish_stale) == {"sources.opml"}
    assert _listed(library) == ["The other Press"]

    store.change_source("press", SourceSettings(url=URL, title="The Press", public=False))
    library.publish_stale()
    assert _listed(library) == []
    assert not library.stale()


def test_p36_the_title_that_a_source_is_found_to_have_is_listed(library: Library) -> None:
    library.publish()
    library.read()
    claim_title = library.parts.store.source("agency").title
    library.publish_stale()

    assert _listed(library) == [claim_title]


def _listed(library: Library) -> list[str]:
    return [one.title for one in listparser.parse(library.files()["sources.opml"]).feeds]
