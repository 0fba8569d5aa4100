"""A document as JSON Feed 1.1 (P35).

What the format has no word for stands under `_syndicator`, in the words of RFC 4287: where an entry
comes from, rights and licence, other copies, and of the feed its archives and tombstones.
Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from syndicator.model import Category, Enclosure, EntryView, LogRow, Origin, Person
from syndicator.publishers.documents import Document
from syndicator.publishers.elements import stamp
from syndicator.publishers.facts import (
    address_of,
    authors_of,
    contributors_of,
    head_author,
    page_of,
    theme_of,
    updated_of,
    view_of,
    words_of,
)
from syndicator.publishers.rendering import Rendered, rendered
from syndicator.text.clean import squash
from syndicator.text.urls import is_iri

NAME = "feed.json"
JSON_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
OURS = "_syndicator"

_ANY_TYPE = "application/octet-stream"

Json = dict[str, Any]


def render(document: Document, *, base_url: str, hub: str = "") -> Rendered:
    """The subscription document as JSON Feed; the same document gives the same bytes.

    Args:
        base_url: of our site, as configured.
        hub: address of the WebSub hub that tells of changes, if there is one (P30).

    Raises:
        PublishError: the feed itself cannot be written, with or without its entries.
    """
    base_url = base_url.rstrip("/")
    return rendered(document, lambda rows: _written(document, rows, base_url, hub))


def _written(document: Document, rows: Sequence[LogRow], base_url: str, hub: str) -> bytes:
    """Raises ValueError for what JSON in UTF-8 cannot say."""
    theme = theme_of(document, base_url)
    feed = _head(document, base_url, hub)
    feed["items"] = [_item(row, theme, base_url) for row in rows]
    # Readers that take the document for text find a line for each value.
    return (json.dumps(feed, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _head(document: Document, base_url: str, hub: str) -> Json:
    data = document.data
    place = f"{base_url}/{document.folder}"
    return _said(
        {
            "version": VERSION,
            "title": squash(data.title),
            "home_page_url": f"{place}/",
            "feed_url": f"{place}/{NAME}",
            "description": squash(data.subtitle),
            "authors": [{"name": head_author(document)}],
            "language": document.language,
            "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
            OURS: _of_feed(document, place),
        }
    )


def _of_feed(document: Document, place: str) -> Json:
    newest = document.prev_archive
    return _said(
        {
            "id": document.feed_id,
            "updated": stamp(document.updated),
            "rights": squash(document.data.rights),
            "complete": document.complete,
            "prev_archive": f"{place}/archive/{newest}.xml" if newest else "",
            "deleted": [
                {"ref": row.entry_id, "when": stamp(row.when or row.at)} for row in document.drops
            ],
        }
    )


def _item(row: LogRow, theme: Iterable[Category], base_url: str) -> Json:
    view = view_of(row)
    html = view.html if view.html.strip() else ""
    words = words_of(view, base_url)
    subjects = [*theme, *view.categories]
    return _said(
        {
            "id": view.id,
            "url": address_of(view, base_url),
            "title": view.title,
            "content_html": html,
            "content_text": "" if html else words,
            "summary": words if html else "",
            "image": view.image.url if view.image and is_iri(view.image.url) else "",
            "date_published": stamp(view.published_at) if view.published_at else "",
            "date_modified": stamp(updated_of(row)),
            "authors": [_person(who) for who in authors_of(view)],
            "tags": _once(one.label or one.term for one in subjects),
            "language": view.language,
            "attachments": [_attachment(one) for one in view.enclosures if is_iri(one.url)],
            OURS: _of_item(view, subjects, base_url),
        }
    )


def _of_item(view: EntryView, subjects: Iterable[Category], base_url: str) -> Json:
    return _said(
        {
            "archived": page_of(view, base_url),
            "source": _origin(view.source) if view.source else {},
            "rights": view.rights,
            "license": view.license if is_iri(view.license) else "",
            "via": [url for url in view.via if is_iri(url)],
            "contributors": [_person(who) for who in contributors_of(view)],
            "categories": _once_each(_category(one) for one in subjects if one.term),
        }
    )


def _origin(origin: Origin) -> Json:
    return _said(
        {
            "id": origin.id if is_iri(origin.id) else "",
            "title": origin.title,
            "url": origin.url if is_iri(origin.url) else "",
            "feed_url": origin.self_url if is_iri(origin.self_url) else "",
            "updated": stamp(origin.updated_at) if origin.updated_at else "",
            "rights": origin.rights,
            "authors": [_person(who) for who in origin.authors if who.name.strip()],
        }
    )


def _person(who: Person) -> Json:
    return _said({"name": who.name, "url": who.uri if is_iri(who.uri) else ""})


def _category(one: Category) -> Json:
    scheme = one.scheme if is_iri(one.scheme) else ""
    return _said({"term": one.term, "scheme": scheme, "label": one.label})


def _attachment(one: Enclosure) -> Json:
    size = one.length if one.length is not None and one.length >= 0 else None
    said = {"url": one.url, "mime_type": one.type or _ANY_TYPE, "title": one.title}
    return _said({**said, "size_in_bytes": size})


def _said(facts: Mapping[str, Any]) -> Json:
    """Without what has nothing to say; a size of 0 says something."""
    return {name: value for name, value in facts.items() if value or type(value) is int}


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for word in words if word.strip()))


def _once_each(facts: Iterable[Json]) -> list[Json]:
    found: list[Json] = []
    for one in facts:
        if one not in found:
            found.append(one)
    return found
