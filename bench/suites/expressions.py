"""feedparser's tests: one Python expression over its result, read as claims."""

from __future__ import annotations

import ast
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bench.suites.claims import FEED, Claim

_ENTRY = {
    "title": "title",
    "title_detail.value": "title",
    "link": "link",
    "id": "id",
    "guid": "id",
    "published": "date",
    "updated": "date",
    "published_parsed": "published",
    "updated_parsed": "updated",
    "summary": "summary",
    "description": "summary",
    "summary_detail.value": "summary",
    "content.value": "content",
    "content.src": "address",
    "content.language": "language",
    "title_detail.language": "language",
    "summary_detail.language": "language",
    "rights": "rights",
    "rights_detail.value": "rights",
    "copyright": "rights",
    "author": "author",
    "category": "category",
    "tags.term": "category",
    "tags.scheme": "category.scheme",
    "tags.label": "category.label",
    "links.href": "address",
    "links.rel": "relation",
    "links.title": "link.title",
    "links.type": "link.type",
    "links.hreflang": "link.language",
    "links.length": "enclosure.length",
    "enclosures.url": "enclosure",
    "enclosures.href": "enclosure",
    "enclosures.type": "enclosure.type",
    "enclosures.length": "enclosure.length",
    "license": "license",
    "media_license.href": "license",
    "comments": "replies",
    "wfw_commentrss": "replies",
    "image.href": "image",
    "media_credit.content": "credit",
    "media_thumbnail.url": "image",
    "media_content.url": "media",
    "thr_in-reply-to.href": "in-reply-to",
    "itunes_duration": "itunes:duration",
    "itunes_episode": "itunes:episode",
    "itunes_season": "itunes:season",
    "where.coordinates": "place",
    "source.title": "origin.title",
    "source.link": "origin.link",
    "source.id": "origin.id",
    "source.rights": "origin.rights",
    "source.icon": "origin.icon",
    "source.updated_parsed": "origin.updated",
    "source.logo": "origin.icon",
    "source.tags.term": "origin.category",
    "source.author": "origin.author",
}
_PERSON = {"name": "name", "email": "email", "url": "uri", "href": "uri"}
for _part, _field in _PERSON.items():
    for _whose in ("author_detail", "authors", "contributors"):
        _role = "contributor" if _whose == "contributors" else "author"
        _ENTRY[f"{_whose}.{_part}"] = f"{_role}.{_field}"
    for _whose in ("source.author_detail", "source.authors"):
        _ENTRY[f"{_whose}.{_part}"] = f"origin.author.{_field}"
_HEAD = {
    "title": "title",
    "title_detail.value": "title",
    "link": "link",
    "id": "id",
    "guid": "id",
    "rights": "rights",
    "copyright": "rights",
    "updated_parsed": "updated",
    "tags.term": "category",
    "category": "category",
    "tags.scheme": "category.scheme",
    "author": "author",
    "ttl": "ttl",
    "icon": "icon",
    "logo": "icon",
    "image.href": "icon",
    "image.url": "icon",
    **{f"{whose}.{part}": f"author.{_PERSON[part]}" for whose in ("author_detail", "authors")
       for part in _PERSON},
}  # fmt: skip


def claims(expression: str) -> tuple[list[Claim], list[str]]:
    """What an expression says of fields of ours; and its parts that say something else.

    Whether a document is well-formed is a note of ours and no field: it is passed over.
    """
    found: list[Claim] = []
    others: list[str] = []
    tree = ast.parse(expression.strip(), mode="eval").body
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    for part in parts:
        said = list(_compared(part))
        found += said
        if not said and not isinstance(part, ast.Constant) and "bozo" not in ast.unparse(part):
            others.append(ast.unparse(part))
    return found, others


def _compared(part: ast.expr) -> Iterator[Claim]:
    """`path == value`, or several paths that all equal it."""
    if not isinstance(part, ast.Compare) or not all(isinstance(op, ast.Eq) for op in part.ops):
        return
    *paths, last = [part.left, *part.comparators]
    try:
        value = ast.literal_eval(last)
    except ValueError:
        return
    for path in map(_path, paths):
        yield from _of_path(path, value) if path else ()


def _path(node: ast.expr) -> list[str | int]:
    """entries[0]['title'] as ["entries", 0, "title"]; nothing for what is no path."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (path := _path(node.value)):
        return [*path, node.attr]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        path = _path(node.value)
        return [*path, node.slice.value] if path else []  # type: ignore[list-item]
    return []


def _of_path(path: list[str | int], value: Any) -> Iterator[Claim]:
    names = ".".join(one for one in path[1:] if isinstance(one, str))
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_path([*path, key], inner)
    elif value in (None, "", {}):
        return
    elif path[0] == "feed" and names in _HEAD:
        yield Claim(FEED, _HEAD[names], _value(_HEAD[names], value))
    elif path[0] == "entries" and isinstance(path[1], int) and names in _ENTRY:
        yield Claim(path[1], _ENTRY[names], _value(_ENTRY[names], value))


def _value(field: str, value: Any) -> Any:
    if field in ("published", "updated", "origin.updated"):
        return datetime.fromtimestamp(timegm(value), UTC)
    return value
