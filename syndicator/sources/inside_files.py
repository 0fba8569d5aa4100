"""What is done with the bytes of local files, in a sandbox worker (R12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicator.errors import ParseError
from syndicator.model import Draft, SourceSettings
from syndicator.sources.inside import FeedDigest, digest_feed, draft_article, drafted
from syndicator.stages.identify import identify
from syndicator.stages.parse import parse_jsonl
from syndicator.text.pages import Page, open_page, tokens

# Browsers write so into the pages they save: <!-- saved from url=(0024)https://example.org/a -->
_SAVED = re.compile(rb"<!--\s*saved from url=\(\d{4}\)(https?://[^\s>]{1,4000})", re.IGNORECASE)
_START = 4096  # bytes
_OPML = "answered a list of feeds (OPML)"


def digest_file(
    body: bytes,
    *,
    jsonl: bool,
    url: str,
    settings: SourceSettings,
    seen: Mapping[str, str],
    now: datetime,
) -> FeedDigest:
    """The entries of a feed file or of JSON Lines that are new or changed.

    Args:
        url: what relative links are relative to; may be "".

    Raises:
        ParseError: it is neither.
    """
    if jsonl:
        return _digest_lines(body, url=url, settings=settings, seen=seen, now=now)
    try:
        return digest_feed(body, headers={}, url=url, settings=settings, seen=seen, now=now)
    except ParseError as error:
        words = str(error)
        if words.startswith(_OPML):
            raise ParseError(
                "this is a list of feeds (OPML), not one of them: `syndicator import opml FILE` "
                "adds those that it names"
            ) from error
        raise ParseError(words.replace("answered", "this is", 1)) from error


def _digest_lines(
    body: bytes, *, url: str, settings: SourceSettings, seen: Mapping[str, str], now: datetime
) -> FeedDigest:
    feed = parse_jsonl(body)
    entries = identify(feed.entries, base=url)
    bare = replace(feed, entries=())
    return drafted(entries, bare, settings=settings, seen=seen, url=url, now=now)


def draft_page(
    body: bytes, *, name: str, url: str, settings: SourceSettings, now: datetime
) -> Draft:
    """The article in an HTML file, whose key is the file's name.

    Args:
        url: where the file stands on the web, unless it says so itself; may be "".

    Raises:
        ParseError: it shows none.
    """
    address = _stated_address(body) or url
    draft = draft_article(body, url=address, headers={}, settings=settings, now=now)
    return replace(draft, key=name, notes=tuple(note for note in draft.notes if note))


def _stated_address(body: bytes) -> str:
    """Where a saved page came from, as it says; front pages say nothing of it."""
    if saved := _SAVED.search(body[:_START]):
        return saved[1].decode("utf-8", "replace")
    page = open_page(body, url="", headers={})
    for stated in _canonicals(page):
        if stated.startswith("http") and urlsplit(stated).path not in ("", "/"):
            return stated
    return ""


def _canonicals(page: Page) -> list[str]:
    links = [e.get("href", "") for e in page.root.iter("link") if "canonical" in tokens(e, "rel")]
    metas = [e.get("content", "") for e in page.root.iter("meta") if e.get("property") == "og:url"]
    return [page.link(url) for url in (*links, *metas)]
