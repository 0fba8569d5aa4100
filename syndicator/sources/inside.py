"""What is done with untrusted bytes: functions that run in a sandbox worker (R12).

Each takes bytes and plain values and returns plain values, and calls the stages in their order, so
that a document crosses the process border once each way.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from syndicator.errors import ParseError
from syndicator.model import (
    Category,
    Content,
    Draft,
    Enclosure,
    Image,
    Link,
    Origin,
    ParsedEntry,
    ParsedFeed,
    Person,
    Select,
    SourceSettings,
    Tombstone,
)
from syndicator.sandbox import crosses
from syndicator.stages.discover import feed_links
from syndicator.stages.identify import identify, seen_hash
from syndicator.stages.listing import Listing, links
from syndicator.stages.normalise import TOO_DEEP, normalise
from syndicator.stages.parse import parse_feed
from syndicator.stages.sitemap import is_sitemap
from syndicator.text.clean import shorten, squash
from syndicator.text.urls import canonical

if TYPE_CHECKING:
    from syndicator.stages.extract import Extracted

ARTICLE_WORDS = 120  # design section 6: from here on an unknown page counts as an article
_STAND_IN = 80  # characters of a title made of first words
LISTED = 3  # ... and with so many article links as a listing
# What libraries raise on a document that breaks them, which is the document's fault.
_BROKEN = (
    ValueError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    AttributeError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDigest:
    """A feed document once everything was done with it; `feed` has no entries any more."""

    feed: ParsedFeed
    drafts: tuple[Draft, ...] = ()
    seen: Mapping[str, str] = field(default_factory=dict)  # items that are as they were
    keys: frozenset[str] = frozenset()
    tombstones: tuple[Tombstone, ...] = ()
    cut: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)  # mark -> key of raw items


crosses(FeedDigest, ParsedFeed, Draft, Content, SourceSettings, Select)
crosses(Person, Category, Image, Enclosure, Link, Origin)

INHERITED = ""  # in `items`: what entries take from the document, as a hash


def digest_feed(
    body: bytes,
    *,
    headers: Mapping[str, str],
    url: str,
    settings: SourceSettings,
    seen: Mapping[str, str],
    now: datetime,
    items: Mapping[str, str] | None = None,
) -> FeedDigest:
    """Parse a feed, drop the items that are as before, bring the others into our terms.

    Args:
        seen: key -> hash of what is known.
        items: mark -> key of the raw items of the last document; those are not parsed again.

    Raises:
        ParseError: it is no feed.
    """
    known = {mark: key for mark, key in (items or {}).items() if key in seen}
    feed = parse_feed(body, headers=headers, url=url, known=known)
    entries = identify(feed.entries, base=url)
    if feed.dropped and not _holds(feed, entries, known, items or {}):
        feed = parse_feed(body, headers=headers, url=url)
        entries = identify(feed.entries, base=url)
    bare = replace(feed, entries=(), tombstones=(), marks=(), dropped=())
    same = {known[mark]: seen[known[mark]] for mark in feed.dropped}
    made = drafted(entries, bare, settings=settings, seen=seen, url=url, now=now)
    return replace(
        made,
        seen={**same, **made.seen},
        keys=made.keys | frozenset(same),
        tombstones=feed.tombstones,
        items=_items(feed, entries, known),
    )


def drafted(
    entries: Iterable[tuple[str, ParsedEntry]],
    feed: ParsedFeed,
    *,
    settings: SourceSettings,
    seen: Mapping[str, str],
    url: str,
    now: datetime,
) -> FeedDigest:
    """The entries that are new or changed in our terms; what cannot be one is counted.

    Args:
        entries: each under its key.
        feed: what they inherit from, without entries.
        seen: key -> hash of what is known.
    """
    drafts: list[Draft] = []
    same: dict[str, str] = {}
    keys: set[str] = set()
    cut = Counter(feed.cut)
    for key, entry in entries:
        keys.add(key)
        mark = seen_hash(entry)
        if seen.get(key) == mark:
            same[key] = mark
            continue
        try:
            drafts.append(_draft(key, mark, entry, feed, settings, url, now))
        except _BROKEN:  # it must not cost the others
            cut["items unreadable"] += 1
    cut[TOO_DEEP] = sum(1 for draft in drafts if any(TOO_DEEP in note for note in draft.notes))
    return FeedDigest(
        feed=feed,
        drafts=tuple(drafts),
        seen=same,
        keys=frozenset(keys),
        cut={name: number for name, number in cut.items() if number},
    )


def without_known(digest: FeedDigest, known: Mapping[str, str]) -> FeedDigest:
    """The digest without the drafts of items that are as they were after all.

    Args:
        known: key -> hash of what is kept, though it was not told of before.
    """
    same = {d.key: d.seen_hash for d in digest.drafts if known.get(d.key) == d.seen_hash}
    drafts = tuple(draft for draft in digest.drafts if draft.key not in same)
    return replace(digest, drafts=drafts, seen={**digest.seen, **same})


def _holds(
    feed: ParsedFeed,
    entries: Iterable[tuple[str, ParsedEntry]],
    known: Mapping[str, str],
    items: Mapping[str, str],
) -> bool:
    """Whether leaving items out changes nothing: what they inherit is as before, and no new item
    shares the id of one that was left out."""
    out = {known[mark].partition("#")[0] for mark in feed.dropped}
    shared = any(key.partition("#")[0] in out for key, _ in entries)
    return items.get(INHERITED) == feed.inherited and not shared


def _items(
    feed: ParsedFeed, entries: Iterable[tuple[str, ParsedEntry]], known: Mapping[str, str]
) -> Mapping[str, str]:
    """mark -> key for the next time; nothing where items cannot be told for sure."""
    if not feed.inherited:
        return {}
    marks = {id(entry): mark for entry, mark in zip(feed.entries, feed.marks, strict=True)}
    found = {marks[id(entry)]: key for key, entry in entries}
    found |= {mark: known[mark] for mark in feed.dropped}
    return found | {INHERITED: feed.inherited}


def _draft(
    key: str,
    mark: str,
    entry: ParsedEntry,
    feed: ParsedFeed,
    settings: SourceSettings,
    url: str,
    now: datetime,
) -> Draft:
    content, notes = normalise(entry, feed=feed, settings=settings, url=url, now=now)
    return Draft(key=key, guid=entry.guid.strip(), seen_hash=mark, content=content, notes=notes)


# ------------------------------------------------------------------ pages


def draft_article(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str],
    settings: SourceSettings,
    now: datetime,
) -> Draft:
    """The article that a page shows.

    Raises:
        ParseError: it shows none.
    """
    found = _extracted(body, url=url, headers=headers, settings=settings, now=now)
    content = _titled(found.content)
    return Draft(
        key=canonical(content.canonical_url or content.url),
        guid="",
        seen_hash=_mark(content),
        content=content,
        notes=found.notes,
    )


def _titled(content: Content) -> Content:
    """An article whose page gives it no title has its first words for one."""
    if content.title:
        return content
    words = squash(content.standfirst or content.text)
    return replace(content, title=shorten(words, _STAND_IN) or content.url)


def _extracted(body: bytes, **about: Any) -> Extracted:
    """As `extract`; a page that breaks a library costs itself alone, not its listing (R34)."""
    from syndicator.stages.extract import extract  # 0.4 s, and only workers ever need it

    try:
        return extract(body, **about)
    except _BROKEN as error:
        raise ParseError(f"the page breaks its reader ({type(error).__name__})") from error


def _mark(content: Content) -> str:
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()


def read_listing(body: bytes, *, url: str, headers: Mapping[str, str], select: Select) -> Listing:
    """The articles that a listing page names. Raises ParseError: it is no page."""
    return links(body, url=url, headers=headers, select=select)


# ------------------------------------------------------------------ what is it?


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a document turned out to be: a feed, a sitemap, or a page with what it offers."""

    is_feed: bool = False
    is_sitemap: bool = False
    feeds: tuple[Link, ...] = ()  # that the page announces
    words: int = 0  # of the article it shows
    listed: int = 0  # article links on its own host
    why_not: str = ""  # it is no feed because ...


def look(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str],
    settings: SourceSettings,
    now: datetime,
) -> Nature:
    """What the body of an unknown address is. Never raises ParseError."""
    try:
        parse_feed(body, headers=headers, url=url)
    except ParseError as error:
        why_not = str(error)
    else:
        return Nature(is_feed=True)
    if is_sitemap(body):
        return Nature(is_sitemap=True)
    return Nature(
        feeds=feed_links(body, url=url, headers=headers),
        words=_words(body, url=url, headers=headers, settings=settings, now=now),
        listed=_listed(body, url=url, headers=headers, settings=settings),
        why_not=why_not,
    )


def _words(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str],
    settings: SourceSettings,
    now: datetime,
) -> int:
    try:
        return _extracted(body, url=url, headers=headers, settings=settings, now=now).words
    except ParseError:
        return 0


def _listed(body: bytes, *, url: str, headers: Mapping[str, str], settings: SourceSettings) -> int:
    try:
        return len(links(body, url=url, headers=headers, select=settings.select).articles)
    except ParseError:
        return 0
