"""Which feeds a page announces (C28)."""

from __future__ import annotations

from collections.abc import Mapping

from syndicator.errors import ParseError
from syndicator.model import Link
from syndicator.text.clean import squash
from syndicator.text.pages import Node, Page, open_page, tokens

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
    "text/rss+xml",
    "text/atom+xml",
    "application/rss",
    "application/atom",
    "application/x-rss+xml",
}
_MAX_LINKS = 100  # R9: a page with thousands of feed links is not a page with feeds


def feed_links(body: bytes, *, url: str, headers: Mapping[str, str]) -> tuple[Link, ...]:
    """The feeds that `body`'s link elements name, in order, absolute, each once.

    A link counts with rel `alternate` or `feed` and the media type of a feed. Addresses are never
    guessed. A body that is no page names none.
    """
    try:
        page = open_page(body, url=url, headers=headers)
    except ParseError:
        return ()
    found: dict[str, Link] = {}
    for element in page.root.iter("link"):
        if link := _feed_link(element, page):
            found.setdefault(link.url, link)
    return tuple(found.values())[:_MAX_LINKS]


def _feed_link(element: Node, page: Page) -> Link | None:
    if not tokens(element, "rel") & {"alternate", "feed"}:
        return None
    media_type = element.get("type", "").partition(";")[0].strip().lower()
    url = page.onward(element.get("href"))
    if media_type not in _FEED_TYPES or not url:
        return None
    return Link(
        url=url,
        rel="alternate",
        title=squash(element.get("title", "")),
        language=squash(element.get("hreflang", "")),
        type=media_type,
    )
