"""What every format says of an entry, so that no two of them differ."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from syndicator.model import Category, EntryView, LogRow, Person
from syndicator.publishers.documents import Document
from syndicator.text.clean import squash
from syndicator.text.urls import is_iri


def view_of(row: LogRow) -> EntryView:
    """What the entry of a row shows.

    Raises:
        ValueError: it is none that can stand in a feed (P5).
    """
    if row.entry is None or not is_iri(row.entry_id):
        raise ValueError(f"{row.entry_id!r} is no entry of a feed")
    return row.entry


def updated_of(row: LogRow) -> datetime:
    """RFC 4287 updated, of the put."""
    return row.updated or row.at


def page_of(view: EntryView, base_url: str) -> str:
    """The page of our archived copy, "" where it has none (R50)."""
    return f"{base_url}/articles/{view.article_id}/" if view.article_id else ""


def address_of(view: EntryView, base_url: str) -> str:
    """The original (P14), or our copy of what has no address."""
    return view.url if is_iri(view.url) else page_of(view, base_url)


def authors_of(view: EntryView) -> list[Person]:
    """P4: never nobody, never the theme's author."""
    named = [who for who in view.authors if who.name.strip()]
    stand_in = view.source.title.strip() if view.source else ""
    return named or [Person(name=stand_in or _host(view.url) or "Unknown")]


def contributors_of(view: EntryView) -> list[Person]:
    """Those who have a name."""
    return [who for who in view.contributors if who.name.strip()]


def words_of(view: EntryView, base_url: str) -> str:
    """The standfirst; P4: where there is no body either, something to read all the same."""
    words = view.standfirst.strip()
    if words or view.html.strip():
        return words
    return view.title.strip() or view.url.strip() or page_of(view, base_url) or view.id


def theme_of(document: Document, base_url: str) -> tuple[Category, ...]:
    """The subject that everything in a document is filed under, if it is a theme's (P15)."""
    data = document.data
    if not data.theme:
        return ()
    scheme = f"{base_url}/themes/"
    return (Category(term=data.theme, scheme=scheme, label=squash(data.title)),)


def head_author(document: Document) -> str:
    """P2: of the feed; its title where nobody is named."""
    return squash(document.data.author) or squash(document.data.title)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
