"""Feeds, honest and not."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

RSS_TYPE = {"Content-Type": "application/rss+xml"}
HTML_TYPE = {"Content-Type": "text/html; charset=utf-8"}
SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:xi="http://www.w3.org/2001/XInclude"'
)


def rss(inside: str, *, prolog: str = "", head: str = "") -> bytes:
    """RSS 2.0 around ready-made items."""
    return (
        f'{prolog}<rss version="2.0" {SPACES}><channel><title>The Courier</title>'
        f"<link>https://courier.example/</link>{head}{inside}</channel></rss>"
    ).encode()


def item(guid: object, title: str = "", more: str = "") -> str:
    """An ordinary item."""
    return (
        f'<item><guid isPermaLink="false">{guid}</guid><title>{escape(title or f"Story {guid}")}'
        f"</title><link>https://courier.example/{guid}</link>{more}</item>"
    )


def honest(numbers: Iterable[int]) -> bytes:
    """A feed of some stories."""
    return rss("".join(item(n) for n in numbers))


def page(body: str, *, head: str = "") -> bytes:
    """A page with this body."""
    return (
        f'<!doctype html><html lang="en"><head><title>A page</title>{head}</head>'
        f"<body>{body}</body></html>"
    ).encode("utf-8", "surrogatepass")


WORDS = (
    "The villages along the river share three wells, and every spring the elders meet to decide "
    "who draws water first. This year the rains came late and the meeting took two days. "
)
ARTICLE = f"<article><h1>Three wells</h1>{f'<p>{WORDS}</p>' * 8}</article>"
