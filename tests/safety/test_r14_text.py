"""R14: any text, by any way a document can carry it, is clean when it leaves the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from syndicator.errors import ParseError
from syndicator.model import Kind, Select, SourceSettings
from syndicator.sources import inside
from tests.safety.conftest import OpenRoom
from tests.safety.documents import HTML_TYPE, page, rss
from tests.site import Reply, Site

URL = "https://courier.example/feed"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
any_text = st.text(st.characters(exclude_categories=()), max_size=20) | st.text(
    "\x00\x0b\x1b\x7f\x85\x9f\ud800\udfff\ufffe\uffff\ufdd0\u0338\u0301<>&\"' ;#x", max_size=20
)


def written(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def references(text: str) -> str:
    """Each character by its number, now one way and now the other."""
    return "".join(f"&#{ord(c)};" if ord(c) % 2 else f"&#x{ord(c):X};" for c in text)


def documents(text: str) -> Iterator[bytes]:
    for told in (escape(text), references(text), f"<![CDATA[{text}]]>", escape(references(text))):
        quoted = quoteattr(text)
        yield written(
            f"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel>"
            f"<title>{told}</title><item><guid>{told}</guid><title>{told}</title>"
            f"<link>https://courier.example/{told}</link><author>{told}</author>"
            f"<category domain={quoted}>{told}</category><description>{told}</description>"
            f"<enclosure url={quoted} type={quoted}/><media:credit>{told}</media:credit>"
            "</item></channel></rss>"
        )
        yield written(
            f"<feed xmlns='http://www.w3.org/2005/Atom'><id>{told}</id><entry><id>{told}</id>"
            f"<title type='html'>{told}</title><author><name>{told}</name><uri>{told}</uri>"
            f"</author><link href={quoted} title={quoted}/><rights>{told}</rights>"
            f"<content type='html'>&lt;p title={escape(quoted)}&gt;{told}&lt;/p&gt;</content>"
            f"<source><title>{told}</title><id>{told}</id></source></entry></feed>"
        )
    item = dict.fromkeys(
        ("id", "url", "title", "summary", "content_html", "language", "date_published"), text
    )
    about = {"version": "https://jsonfeed.org/version/1.1", "title": text, "items": [item]}
    item |= {"tags": [text], "authors": [{"name": text}], "attachments": [{"url": text}]}  # type: ignore[dict-item]
    yield json.dumps(about).encode()


def strings(value: Any) -> Iterator[str]:
    """Every text in a value of ours."""
    if isinstance(value, str):
        yield str(value)
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name))
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from strings(one)


def assert_clean(value: Any) -> None:
    for text in strings(value):
        document = f"<a b={quoteattr(text)}>{escape(text)}</a>".encode()
        assert ElementTree.fromstring(document).tag == "a"
        assert etree.fromstring(document).tag == "a"


@settings(max_examples=60, deadline=None)
@given(any_text)
def test_r14_whatever_a_feed_carries_comes_out_clean(text: str) -> None:
    about: dict[str, Any] = {"url": URL, "headers": {}, "settings": SourceSettings(url=URL)}
    for body in documents(text):
        try:
            digest = inside.digest_feed(body, seen={}, now=NOW, **about)
        except ParseError as error:
            assert_clean(str(error))
            continue
        assert_clean((digest.feed, digest.drafts, *digest.keys))


@settings(max_examples=40, deadline=None)
@given(any_text)
def test_r14_whatever_a_page_carries_comes_out_clean(text: str) -> None:
    stated = {"@type": "NewsArticle", "headline": text, "author": {"name": text}, "keywords": text}
    told = f"{escape(text)}{references(text)} and words enough to be an article of the Courier"
    body = page(
        f"<article><h1>{told}</h1><p class=byline>By {told}</p><p>{told}</p>{'<p>words</p>' * 99}"
        f"<figure><img src={quoteattr(text)} alt={quoteattr(text)}><figcaption>{told}</figcaption>"
        f"</figure></article>",
        head=f"<meta property='og:title' content={quoteattr(text)}>"
        f"<script type='application/ld+json'>{json.dumps(stated)}</script>",
    )
    about: dict[str, Any] = {"url": URL, "headers": {}, "settings": SourceSettings(url=URL)}
    try:
        assert_clean(inside.draft_article(body, now=NOW, **about))
    except ParseError as error:  # with enough controls it is taken for binary data
        assert_clean(str(error))


def test_r14_a_document_of_nothing_but_illegal_characters_is_a_parse_error() -> None:
    about: dict[str, Any] = {"url": URL, "headers": {}, "settings": SourceSettings(url=URL)}
    for body in (b"\x00" * 1000, b"\x0b<rss/>", written("\ud800" * 50), rss("\x1b" * 1000)):
        try:
            assert not inside.digest_feed(body, seen={}, now=NOW, **about).drafts
        except ParseError as error:
            assert_clean(str(error))


def test_r14_one_page_that_breaks_a_library_does_not_stop_its_listing(
    open_room: OpenRoom, site: Site
) -> None:
    """A form feed by its number once broke the extraction of the page, and so of all behind it."""
    words = "<p>The villages along the river share three wells.</p>" * 30
    for name, odd in (("first", ""), ("second", "&#12;&#x0B"), ("third", "")):
        site.pages[f"/{name}"] = Reply(
            body=page(f"<article><h1>The {name}{odd} story</h1>{words}{odd}</article>"),
            headers=HTML_TYPE,
        )
    rows = "".join(f'<li><a href="/{n}">Read it</a></li>' for n in ("first", "second", "third"))
    site.pages["/"] = Reply(body=page(f"<ul>{rows}</ul>"), headers=HTML_TYPE)
    room = open_room(
        {"press": SourceSettings(url=site.url(), kind=Kind.PAGE, select=Select(item="li"))}
    )

    assert not room.pull()["press"].error
    assert room.titles("press") == {"The first story", "The second story", "The third story"}
