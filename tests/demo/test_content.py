"""The press site of the demo: every piece is whole, and what its publishers say fits together."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import etree, html

from syndicator.demo.pieces import AGENCIES, LANGUAGES, PUBLISHERS, editions, release_titles, world
from syndicator.demo.site import PressSite

BASES = {publisher: f"http://127.0.0.1:{9001 + n}" for n, publisher in enumerate(PUBLISHERS)}
LATER = [datetime(2026, 11, 24, 9, n, tzinfo=UTC) for n in range(len(release_titles()))]

FIRST = PressSite(BASES)
WHOLE = PressSite(BASES, LATER)


def _tree(site: PressSite, publisher: str, target: str) -> html.HtmlElement:
    page = site.page(publisher, target)
    assert page, target
    return html.document_fromstring(page.body.decode())


def _articles(site: PressSite, language: str) -> Iterator[tuple[str, html.HtmlElement]]:
    word = editions()[language].phrases["article_path"]
    for target in site.targets(language):
        if target.startswith(f"/{language}/{word}/"):
            yield target, _tree(site, language, target)


def _one(tree: html.HtmlElement, css: str) -> str:
    (found,) = tree.cssselect(css)
    return str(found.text_content()).strip()


# ------------------------------------------------------------------ the magazine


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_says_everything_an_article_says(language: str) -> None:
    for target, tree in _articles(WHOLE, language):
        assert tree.get("lang") == language, target
        assert len(_one(tree, "h1")) > 10, target
        assert len(_one(tree, ".standfirst")) > 60, target
        assert _one(tree, ".byline"), target
        assert re.search(r"\b20[12]\d$", _one(tree, ".date")), target
        assert len(_one(tree, "figcaption")) > 20, target
        assert _one(tree, ".credit").startswith("© "), target
        assert tree.cssselect("figure img")[0].get("src", "").endswith(".png"), target
        assert tree.cssselect("a[rel=tag]"), target
        assert tree.cssselect(".back a"), target
        assert 180 <= len(_one(tree, ".article-body").split()) <= 400, target


def test_the_editions_hold_what_the_demo_promises() -> None:
    first, whole = world(), world(LATER)

    filed = [p for p in first.edition("en") if "peacebuilding" in p.themes]
    both = [p for p in filed if "mali" in p.themes]
    in_three = [p for p in whole.pieces if len(p.tellings) == 3]

    assert len(filed) == 19
    assert len(both) >= 5
    assert len(in_three) >= 7
    assert {len(p.authors) for p in whole.pieces} == {1, 2, 3}


@pytest.mark.parametrize(
    ("language", "byline", "day", "pager"),
    [
        pytest.param(
            "en",
            "Aïssata Diarra & Pieter Claes",
            "08 February 2018",
            "About the same theme - Article 9 /19",
            id="English",
        ),
        pytest.param(
            "nl",
            "Door Aïssata Diarra & Pieter Claes",
            "8 februari 2018",
            "Over hetzelfde thema - Artikel 7 /10",
            id="Dutch",
        ),
        pytest.param(
            "fr",
            "Par Aïssata Diarra et Pieter Claes",
            "8 février 2018",
            "Sur le même thème - Article 8 /12",
            id="French",
        ),
    ],
)
def test_an_article_is_told_in_each_language(
    language: str, byline: str, day: str, pager: str
) -> None:
    (piece,) = [p for p in world().pieces if p.id == "2018-cattle-market"]
    word = editions()[language].phrases["article_path"]

    tree = _tree(FIRST, language, f"/{language}/{word}/{piece.tellings[language].slug}")

    assert _one(tree, ".byline") == byline
    assert _one(tree, ".date") == day
    assert _one(tree, ".same-theme h2") == pager
    assert {a.get("hreflang") for a in tree.cssselect("link[hreflang]")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_following_the_pager_from_article_one_meets_every_article_of_the_theme(
    language: str,
) -> None:
    pages = dict(_articles(FIRST, language))
    labels = {target: _one(tree, ".same-theme h2") for target, tree in pages.items()}
    at = next(t for t in pages if re.search(r" 1 /1\d$", labels[t]))
    total = int(labels[at].rpartition("/")[2])

    for position in range(1, total + 1):
        assert labels[at].endswith(f" {position} /{total}")
        following = pages[at].cssselect(".same-theme a")
        assert bool(following) == (position < total)
        at = following[0].get("href", "") if following else at


def test_a_release_moves_the_pager_of_every_older_article() -> None:
    target = "/en/article/peace-begins-at-the-cattle-market"

    moved = _one(_tree(WHOLE, "en", target), ".same-theme h2")

    assert moved == "About the same theme - Article 11 /21"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_listing_reaches_every_article_over_its_pages(language: str) -> None:
    target = f"/{language}/{editions()[language].phrases['listing'][0]}"
    reached: set[str] = set()
    pages = 0
    while target:
        tree = _tree(FIRST, language, target)
        reached.update(a.get("href", "") for a in tree.cssselect(".teaser h2 a"))
        older = tree.cssselect(".pager a[rel=next]")
        target = older[0].get("href", "") if older else ""
        pages += 1

    assert reached == {target for target, _ in _articles(FIRST, language)}
    assert pages >= 2


def test_most_pages_have_no_structured_data_and_none_announces_a_feed() -> None:
    pages = [tree for language in LANGUAGES for _, tree in _articles(FIRST, language)]

    with_data = [tree for tree in pages if tree.cssselect("script")]

    assert 0 < len(with_data) < len(pages) / 3
    assert not [t for t in pages if t.cssselect("link[type*=xml], link[type*=json]")]


@pytest.mark.parametrize("publisher", PUBLISHERS)
def test_every_link_and_picture_leads_somewhere(publisher: str) -> None:
    origins = {base: name for name, base in BASES.items()}
    for target in WHOLE.targets(publisher):
        page = WHOLE.page(publisher, target)
        if not page or not page.type.startswith("text/html"):
            continue
        tree = html.document_fromstring(page.body.decode())
        for node in tree.cssselect("[href], [src]"):
            url = urlsplit(urljoin(BASES[publisher] + target, node.get("href") or node.get("src")))
            path = url.path + (f"?{url.query}" if url.query else "")
            assert WHOLE.page(origins[f"http://{url.netloc}"], path), f"{target} -> {path}"


# ------------------------------------------------------------------ those with a feed


@pytest.mark.parametrize("publisher", ["agency", "blog"])
def test_the_xml_feeds_are_whole(publisher: str) -> None:
    target = {"agency": "/rss.xml", "blog": "/atom.xml"}[publisher]
    page = WHOLE.page(publisher, target)
    assert page
    etree.fromstring(page.body)

    feed = feedparser.parse(io.BytesIO(page.body))

    assert not feed.bozo
    assert feed.version == {"agency": "rss20", "blog": "atom10"}[publisher]
    assert len(feed.entries) == len(world(LATER).items[publisher])
    for entry in feed.entries:
        assert entry.id
        assert entry.title
        assert entry.link.startswith(BASES[publisher])
        assert entry.published_parsed
        assert entry.authors
        assert entry.tags
        assert entry.summary
        assert len(entry.content[0].value) > 300


def test_the_agency_credits_its_photos() -> None:
    page = WHOLE.page("agency", "/rss.xml")
    assert page

    feed = feedparser.parse(io.BytesIO(page.body))

    assert all(entry.media_content[0]["url"].endswith(".png") for entry in feed.entries)
    assert all(entry.media_credit[0]["content"] for entry in feed.entries)


def test_the_json_feed_is_whole() -> None:
    page = WHOLE.page("lab", "/feed.json")
    assert page

    feed = json.loads(page.body)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == len(world(LATER).items["lab"])
    for item in feed["items"]:
        assert {"id", "url", "title", "summary", "content_html", "authors", "tags"} <= set(item)
    attachments = [a for item in feed["items"] for a in item.get("attachments", [])]
    assert attachments
    for attachment in attachments:
        table = WHOLE.page("lab", urlsplit(attachment["url"]).path)
        assert table
        assert len(table.body) == attachment["size_in_bytes"]


@pytest.mark.parametrize("agency", AGENCIES)
def test_each_feed_has_items_that_no_theme_wants(agency: str) -> None:
    items = world().items[agency]

    wanted = [i for i in items if {"Mali", "Peacebuilding"} & set(i.categories)]

    assert 8 <= len(items) <= 12
    assert 0 < len(wanted) < len(items)


def test_nothing_is_dated_in_the_future_of_its_release() -> None:
    start = world()
    dates = [piece.at for piece in start.pieces]
    dates += [item.at for items in start.items.values() for item in items]

    assert max(dates) < LATER[0]


def test_the_same_releases_give_the_same_bytes() -> None:
    again = PressSite(BASES, LATER)

    for publisher in PUBLISHERS:
        for target in WHOLE.targets(publisher):
            assert again.page(publisher, target) == WHOLE.page(publisher, target)
