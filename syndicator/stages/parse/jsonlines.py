"""JSON Lines: one article a line, each a JSON object. All fields are optional.

    id                                   else the address stands for it, else title and date
    url                                  where the article stands on the web
    title                                plain text
    authors, author                      names, or objects with name and url; a list or one
    published, updated                   RFC 3339, or any date that can be read
    standfirst, summary                  plain text
    html, text                           the body
    categories, tags                     a list of words
    lang, language                       such as "fr-BE"
    image                                an address, or an object with url, caption, credit, alt
    enclosures                           objects with url, type, length

The names of JSON Feed's items (`content_html`, `date_published` ...) are understood as well. What
`article list --json` and `article show --json` print can be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from syndicator.errors import ParseError
from syndicator.model import Image, ParsedEntry, ParsedFeed
from syndicator.stages.parse.jsonfeed import entry_of, loaded

_OTHER_NAMES = {
    "content_html": ("html",),
    "content_text": ("text",),
    "date_published": ("published", "date"),
    "date_modified": ("updated",),
    "summary": ("standfirst",),
    "tags": ("categories",),
    "language": ("lang",),
    "authors": ("author",),
    "attachments": ("enclosures",),
    "id": ("entry_id",),
}
_OF_ENCLOSURES = {"mime_type": "type", "size_in_bytes": "length"}


def parse_lines(text: str) -> tuple[ParsedFeed, int]:
    """What the lines of `text` say, and how many of them hold no object.

    Raises:
        ParseError: none of them holds one.
    """
    entries: list[ParsedEntry] = []
    unreadable = 0
    first_error: ParseError | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(loaded(line)))
        except ParseError as error:
            unreadable += 1
            first_error = first_error or ParseError(f"line {number}: {error}")
    if first_error and not entries:
        raise first_error
    return ParsedFeed(version="jsonl", entries=tuple(entries)), unreadable


def _entry(line: Mapping[str, Any]) -> ParsedEntry:
    item = dict(line)
    for name, others in _OTHER_NAMES.items():
        found = (line[each] for each in (name, *others) if line.get(each))
        item[name] = next(found, None)
    item["authors"] = [_person(each) for each in _many(item["authors"])]
    item["tags"] = [_word(each) for each in _many(item["tags"])]
    item["attachments"] = [_enclosure(each) for each in _many(item["attachments"])]
    image = line.get("image")
    if isinstance(image, dict):
        item["image"] = None
        return replace(entry_of(item), images=tuple(_image(image)))
    return entry_of(item)


def _many(value: Any) -> Iterable[Any]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _person(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _word(value: Any) -> Any:
    return value.get("label") or value.get("term") if isinstance(value, dict) else value


def _enclosure(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return value | {name: value.get(name, value.get(ours)) for name, ours in _OF_ENCLOSURES.items()}


def _image(value: Mapping[str, Any]) -> Iterable[Image]:
    said = {name: value.get(name) for name in ("url", "caption", "credit", "alt")}
    words = {name: text for name, text in said.items() if isinstance(text, str)}
    if words.get("url"):
        yield Image(**words)
