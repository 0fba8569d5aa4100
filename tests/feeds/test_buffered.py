"""Feeds whose texts come in one piece are read as feedparser reads them by itself."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import feedparser
import feedparser.api
import pytest

from bench.feeds import feeds
from syndicator.stages.parse import buffered
from tests.feeds.test_corpus import SETS

ITS_OWN = ["drv_libxml2"]  # feedparser's own list: not there, so Python's reader as it is
ITEM = "<item><title>{}</title><description>{}</description></item>"

ODD = {
    "references": ITEM.format(
        "a &amp;amp; b&#233;&#x1f600;", "&lt;p&gt;x &amp;lt; y&lt;/p&gt;\n\n"
    ),
    "cdata": ITEM.format("<![CDATA[a]]> b <![CDATA[<i>c</i>]]>", "x<![CDATA[ ]]>\r\ny&#13;z"),
    "markup": ITEM.format(
        "a <b>c</b> d", "<div xmlns='http://www.w3.org/1999/xhtml'>a<p>b</p></div>"
    ),
    "long": ITEM.format("t", "word &amp; " * 20_000),
    "comments": ITEM.format("a<!-- x -->b<?p q?>c", " <!-- --> "),
    "undeclared": ITEM.format("a", "<x:y>b</x:y>"),
    "broken": ITEM.format("a & b", "c < d"),
    "unknown": ITEM.format("a &nbsp; b", "c &unknown; d"),
    "cut": ITEM.format("a", "b")[:-20],
    "external": "&file;" + ITEM.format("a", "&file;"),
}
DOCTYPE = '<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY short "s">]>'


def read(body: bytes, drivers: list[str], **how: bool) -> dict[str, Any]:
    """All that feedparser says, with its error in words."""
    before = list(feedparser.api.PREFERRED_XML_PARSERS)
    feedparser.api.PREFERRED_XML_PARSERS[:] = drivers
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = dict(feedparser.parse(io.BytesIO(body), **how))
    except Exception as error:
        result = {"raised": repr(error)}
    finally:
        feedparser.api.PREFERRED_XML_PARSERS[:] = before
    return {**result, "bozo_exception": repr(result.get("bozo_exception"))}


def same(body: bytes) -> bool:
    """Whether nothing differs, sanitised by feedparser or not."""
    return all(
        read(body, ITS_OWN, sanitize_html=how, resolve_relative_uris=how)
        == read(body, [buffered.__name__], sanitize_html=how, resolve_relative_uris=how)
        for how in (False, True)
    )


def test_feedparser_reads_with_it() -> None:
    assert [buffered.__name__] == feedparser.api.PREFERRED_XML_PARSERS


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("doctype", ["", DOCTYPE], ids=["plain", "doctype"])
def test_odd_documents_give_the_same(name: str, doctype: str) -> None:
    rss = f"{doctype}<rss version='2.0'><channel><title>t</title>{ODD[name]}</channel></rss>"
    atom = rss.replace("item>", "entry>").replace("description>", "content>")
    assert same(rss.encode())
    assert same(
        atom.replace("rss version='2.0'", "feed xmlns='http://www.w3.org/2005/Atom'").encode()
    )


def test_invented_feeds_of_all_kinds_give_the_same() -> None:
    some = [each for each in feeds(100) if each.number % 9 == 0 or not each.well_formed]
    assert {each.format for each in some} == {"rss", "atom", "rdf"}
    assert [each.name for each in some if not same(each.document())] == []


@pytest.mark.corpus
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SETS)
def test_every_document_of_the_corpus_gives_the_same(corpus: Path, name: str) -> None:
    files = sorted(path for path in (corpus / name).rglob("*") if path.is_file())
    assert files
    assert [path.name for path in files if not same(path.read_bytes())] == []
