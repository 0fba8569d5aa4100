"""JSON Lines: one article a line, each a JSON object. All fields are optional, null is as none.

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

A line in which a field is of another kind (a list as a title) is not guessed at: who writes such a
line means something else by the field, and half of what it says would be an odd article.
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
_TEXTS = (
    *("id", "entry_id", "url", "external_url", "title", "summary", "standfirst"),
    *("html", "text", "content_html", "content_text", "lang", "language", "banner_image"),
    *("published", "updated", "date", "date_published", "date_modified"),
)
_PEOPLE, _WORDS = ("authors", "author"), ("categories", "tags")
_FILES = ("enclosures", "attachments")
_OF_OBJECTS = ("name", "url", "label", "term", "caption", "credit", "alt", "type", "mime_type")
_KINDS = {dict: "an object", list: "a list", bool: "true or false", str: "text"}


def parse_lines(text: str) -> ParsedFeed:
    """What the lines of `text` say; those that hold no article are counted in `cut`.

    Raises:
        ParseError: none of them holds one; it says why the first does not.
    """
    entries: list[ParsedEntry] = []
    unreadable = 0
    first_error: ParseError | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(_of_kinds(loaded(line))))
        except ParseError as error:
            unreadable += 1
            first_error = first_error or ParseError(f"line {number}: {error}")
    if first_error and not entries:
        raise first_error
    cut = {"lines unreadable": unreadable}
    return ParsedFeed(version="jsonl", entries=tuple(entries), cut=cut)


def _of_kinds(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """The line itself. Raises ParseError: a field that we read is of another kind."""
    for name in _TEXTS:
        _is(line.get(name), name, str)
    for name in (*_PEOPLE, *_WORDS):
        for each in _many(line.get(name)):
            _is(each, name, str, dict)
    for name in _FILES:
        for each in _many(line.get(name)):
            _is(each, name, dict)
    _is(line.get("image"), "image", str, dict)
    return line


def _is(value: Any, name: str, *kinds: type) -> None:
    """A number is a text too: ids and years are often written so."""
    if isinstance(value, dict) and dict in kinds:
        for inside in _OF_OBJECTS:
            _is(value.get(inside), f"{inside} in {name}", str)
    number = isinstance(value, int | float) and not isinstance(value, bool) and str in kinds
    if value is not None and not number and not isinstance(value, kinds):
        found = _KINDS.get(type(value), "a number")
        raise ParseError(f"{name} is {found}, not {' or '.join(_KINDS[kind] for kind in kinds)}")


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
        entry = replace(entry_of(item), images=tuple(_image(image)))
    else:
        entry = entry_of(item)
    shown = (entry.title, entry.summary, entry.content, entry.link, entry.enclosures, entry.images)
    if not any(shown):
        raise ParseError("says nothing: no title, text, address, picture or file")
    return entry


def _many(value: Any) -> Iterable[Any]:
    if isinstance(value, list):
        return [each for each in value if each is not None]
    return () if value is None else (value,)


def _person(value: Any) -> Any:
    return value if isinstance(value, dict) else {"name": value}


def _word(value: Any) -> str:
    word = value.get("label") or value.get("term") if isinstance(value, dict) else value
    return "" if word is None else str(word)


def _enclosure(value: Mapping[str, Any]) -> Mapping[str, Any]:
    named = {name: value.get(name, value.get(ours)) for name, ours in _OF_ENCLOSURES.items()}
    return {**value, **named}


def _image(value: Mapping[str, Any]) -> Iterable[Image]:
    said = {name: value.get(name) for name in ("url", "caption", "credit", "alt")}
    words = {name: text for name, text in said.items() if isinstance(text, str)}
    if words.get("url"):
        yield Image(**words)
