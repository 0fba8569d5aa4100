"""Feeds that a page announces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from syndicator.stages.discover import feed_links

URL = "https://example.org/blog/"


def found(html: str) -> list[str]:
    return [link.url for link in feed_links(html.encode(), url=URL, headers={})]


def test_c28_links_are_read_in_order_against_the_base() -> None:
    assert found(
        """<base href="/other/"><link rel="stylesheet alternate" type="text/css" href="x.css">
        <link rel="Feed" type="application/atom+xml" href="a.atom" title="A">
        <link rel="alternate" type="application/rss+xml; charset=utf-8" href="//cdn.example/b">
        <link rel="alternate" type="application/feed+json" href="?f=json">
        <link rel="alternate" type="application/atom+xml" href="a.atom">"""
    ) == [
        "https://example.org/other/a.atom",
        "https://cdn.example/b",
        "https://example.org/other/?f=json",
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="text/html" href="/nl/">',
        '<link rel="alternate" type="application/json+oembed" href="/o">',
        '<link rel="alternate" type="application/json" href="/wp-json/posts/1">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rev="alternate" type="application/rss+xml" href="/x">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/x"> -->',
        '<a rel="alternate" type="application/rss+xml" href="/x">RSS</a>',
        "",
    ],
)
def test_c28_nothing_else_is_a_feed_and_no_address_is_guessed(link: str) -> None:
    assert found(f"{link}<p>text</p>" if link else "") == []


def test_r9_a_page_with_thousands_of_feeds_names_a_hundred() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/{}">'
    assert len(found("".join(link.format(n) for n in range(5000)))) == 100


@pytest.mark.corpus
def test_c28_every_page_of_the_autodiscovery_corpus_names_its_feed_and_no_other(
    corpus: Path,
) -> None:
    pages = sorted((corpus / "autodiscovery").glob("*.html"))
    assert pages
    for page in pages:
        names = [
            link.url.rpartition("/")[2]
            for link in feed_links(page.read_bytes(), url=f"{URL}{page.name}", headers={})
        ]
        assert names == [f"{page.stem}.xml"], page.name


@pytest.mark.corpus
@pytest.mark.parametrize("stem", ["html4-049", "html4-050"])
def test_c28_links_of_the_corpus_are_read_against_the_base_of_their_page(
    corpus: Path, stem: str
) -> None:
    body = (corpus / "autodiscovery" / f"{stem}.html").read_bytes()

    (link,) = feed_links(body, url=URL, headers={})

    assert link.url == f"http://www.ragingplatypus.com/tests/client/autodiscovery/{stem}.xml"


@pytest.mark.corpus
def test_c28_the_pages_of_the_corpus_give_nothing_without_their_link_elements(
    corpus: Path,
) -> None:
    for page in sorted((corpus / "autodiscovery").glob("*.html")):
        body = page.read_bytes()
        text = body.decode("utf-16" if body[:1] in b"\xfe\xff" else "utf-8", "replace")
        bare = re.sub(r"<link\b[^>]*>", "", text, flags=re.IGNORECASE).encode()
        assert feed_links(bare, url=f"{URL}{page.name}", headers={}) == (), page.name
