"""Which article an entry is: its key within the source (design section 4, C25)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from syndicator.model import ParsedEntry
from syndicator.text import urls
from syndicator.text.clean import clean, squash
from syndicator.text.markup import SANITISER_VERSION, plain, strip_title

_Placed = tuple[int, ParsedEntry]  # an entry with its place in the document


def identify(entries: Sequence[ParsedEntry], *, base: str) -> tuple[tuple[str, ParsedEntry], ...]:
    """Each article of a document once, under its key, in document order.

    The key is the id as given, else the canonical URL, else a hash of title and date. Items that
    share it but differ in link and in title are articles of their own; else the last one wins.

    Args:
        base: address of the document, for relative links.
    """
    same: dict[str, list[_Placed]] = {}
    for place, entry in enumerate(entries):
        same.setdefault(_key(entry, base), []).append((place, entry))
    found: list[tuple[int, str, ParsedEntry]] = []
    for key, placed in same.items():
        articles = _apart(placed, base) if len(placed) > 1 else placed
        for place, entry in articles:
            own = key if len(articles) == 1 else f"{key}#{_hash(*_marks(entry, base))}"
            found.append((place, own, entry))
    return tuple((key, entry) for _, key, entry in sorted(found, key=lambda one: one[0]))


def seen_hash(entry: ParsedEntry) -> str:
    """A hash of all that the source said of the item; equal means there is nothing to do.

    It changes with the sanitiser's version too, so that what a source still shows is redone.
    """
    stated = f"{SANITISER_VERSION}\n{entry!r}"
    return hashlib.sha256(stated.encode("utf-8", "surrogatepass")).hexdigest()


def _key(entry: ParsedEntry, base: str) -> str:
    guid = clean(entry.guid).strip()
    if guid:
        return guid
    link = urls.absolute(entry.link, base)
    return urls.canonical(link) if link else f"hash:{_hash(*_content_marks(entry))}"


def _content_marks(entry: ParsedEntry) -> tuple[str, str]:
    return _title(entry), squash(entry.published or entry.updated)


def _title(entry: ParsedEntry) -> str:
    """The words of an entry that has no title stand for it."""
    title = strip_title(entry.title, entry.title_is_html)
    return title or plain(entry.content or entry.summary)


def _apart(placed: Iterable[_Placed], base: str) -> list[_Placed]:
    """The articles among items of one key: each item replaces those that share link or title.

    What is kept differs in both, so each link and each title has one holder.
    """
    by_link: dict[str, tuple[_Placed, str]] = {}  # with its title
    by_title: dict[str, str] = {}  # title -> link
    for one in placed:
        link, title = _marks(one[1], base)
        if title in by_title:
            by_link.pop(by_title[title])
        if link in by_link:
            by_title.pop(by_link[link][1])
        by_link[link] = one, title
        by_title[title] = link
    return [one for one, _ in by_link.values()]


def _marks(entry: ParsedEntry, base: str) -> tuple[str, str]:
    return urls.absolute(entry.link, base), _title(entry).casefold()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
