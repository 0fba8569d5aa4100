"""What we keep under a field, and when it is the same as what was expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from lxml import html as lxml_html

from syndicator.model import Article, Link, Person, Source

Same = Callable[[Any, Any], bool]
Of = Callable[[Any], Iterable[Any]]


# ------------------------------------------------------------------ when two values are the same


def words(value: Any, *, without: Iterable[str] = ()) -> str:
    """Text without markup, by another parser than ours; without what is in some elements."""
    text = str(value)
    if "<" in text or "&" in text:
        tree: Any = lxml_html.document_fromstring(f"<html><body><div>{text}</div></body></html>")
        for part in [one for one in tree.iter() if one.tag in without]:
            part.drop_tree()
        text = str(tree.text_content())
    return text


def same_words(one: Any, ours: Any) -> bool:
    """The same text, whether the expected one was HTML or plain; white space aside."""
    return letters(ours) in (letters(one), letters(words(one)))


def letters(text: Any) -> str:
    """What counts of a text."""
    return unicodedata.normalize("NFC", "".join(str(text).split()))


def same_tag(one: Any, ours: Any) -> bool:
    """Language tags: case says nothing (RFC 5646 section 2.1.1)."""
    return str(one).replace("_", "-").casefold() == str(ours).casefold()


def same_text(one: Any, ours: Any) -> bool:
    """But for white space around and inside."""
    return " ".join(str(one).split()) == " ".join(str(ours).split())


def same_time(one: Any, ours: Any) -> bool:
    """To the second."""
    if not isinstance(one, datetime) or not isinstance(ours, datetime):
        return False
    return one.replace(microsecond=0) == ours.replace(microsecond=0)


def same_list(one: Any, ours: Any) -> bool:
    """The same values in the same order, each once."""
    wanted = dict.fromkeys(map(letters, map(words, one)))
    return [*wanted] in ([*dict.fromkeys(map(letters, ours))], [*map(letters, ours)])


def same_numbers(one: Any, ours: Any) -> bool:
    """Coordinates: the same numbers, latitude first or longitude first, whatever their form."""
    found = [*map(float, re.findall(r"-?\d+(?:\.\d+)?", str(ours)))]
    asked = [*map(float, re.findall(r"-?\d+(?:\.\d+)?", str(one)))]
    return bool(asked) and sorted(asked) == sorted(found[: len(asked)])


def one_of(one: Any, ours: Any) -> bool:
    """Our one text is among several."""
    return any(same_words(text, ours) for text in one)


def among(one: Any, ours: Any) -> bool:
    """Our one address is among several."""
    return any(same_text(text, ours) for text in one)


# ------------------------------------------------------------------ what is kept of an entry


def _links(article: Article, *rels: str) -> list[str]:
    content = article.content
    every: tuple[Link, ...] = (*content.links, *content.translations)
    return [link.url for link in every if not rels or link.rel in rels]


def _addresses(article: Article) -> list[str]:
    content = article.content
    media = [one.url for one in content.enclosures]
    picture = [content.image.url] if content.image else []
    return [content.url, *_links(article), *media, *picture, content.license, article.key]


def _media(article: Article) -> list[str]:
    content = article.content
    media = [one.url for one in content.enclosures]
    return [*media, *([content.image.url] if content.image else [])]


def _origin(article: Article, name: str) -> list[Any]:
    return [getattr(article.content.origin, name)] if article.content.origin else []


def _origin_authors(article: Article) -> tuple[Person, ...]:
    return article.content.origin.authors if article.content.origin else ()


def _relations(article: Article) -> list[str]:
    """The article's page and its enclosures are kept as fields of their own."""
    content = article.content
    own = ["alternate"] if content.url else []
    return [
        *own,
        *(["enclosure"] if content.enclosures else []),
        *(one.rel for one in content.links),
    ]


def _of_people(people: Iterable[Person], part: str) -> list[str]:
    return [getattr(person, part) for person in people]


def _bylines(people: Iterable[Person]) -> list[str]:
    """As feedparser and RSS write one or several people."""
    shown = [f"{one.name} ({one.email})" for one in people if one.email]
    shown += [f"{one.email} ({one.name})" for one in people if one.email]
    both = [text for one in people for text in (one.name, one.email) if text]
    return [*shown, *both, ", ".join(one.name for one in people)]


def _extra(name: str) -> Of:
    return lambda article: [article.content.extra.get(name, "")]


def _place(article: Article) -> list[str]:
    extra = article.content.extra
    both = f"{extra.get('geo:lat', '')} {extra.get('geo:long', '')}"
    return [*(text for name, text in extra.items() if name.startswith("georss:")), both]


ENTRY: Mapping[str, tuple[Same, Of]] = {
    "title": (same_words, lambda a: [a.content.title]),
    "link": (same_text, lambda a: [a.content.url]),
    "id": (same_text, lambda a: [a.key.partition("#")[0], a.key]),
    "published": (same_time, lambda a: [a.content.published_at]),
    "updated": (same_time, lambda a: [a.content.updated_at]),
    "any date": (same_time, lambda a: [a.content.published_at, a.content.updated_at]),
    "date": (same_text, lambda a: [a.content.date_raw]),
    "summary": (same_words, lambda a: [a.content.standfirst, a.content.text]),
    "content": (same_words, lambda a: [a.content.text, a.content.standfirst]),
    "words": (one_of, lambda a: [a.content.text]),
    "rights": (same_words, lambda a: [a.content.rights]),
    "language": (same_tag, lambda a: [a.content.language]),
    "license": (same_text, lambda a: [a.content.license]),
    "author": (same_words, lambda a: _bylines(a.content.authors)),
    "author.names": (same_list, lambda a: [_of_people(a.content.authors, "name")]),
    "author.name": (same_words, lambda a: _of_people(a.content.authors, "name")),
    "author.email": (same_text, lambda a: _of_people(a.content.authors, "email")),
    "author.uri": (same_text, lambda a: _of_people(a.content.authors, "uri")),
    "contributor.names": (same_list, lambda a: [_of_people(a.content.contributors, "name")]),
    "contributor.name": (same_words, lambda a: _of_people(a.content.contributors, "name")),
    "contributor.email": (same_text, lambda a: _of_people(a.content.contributors, "email")),
    "contributor.uri": (same_text, lambda a: _of_people(a.content.contributors, "uri")),
    "categories": (same_list, lambda a: [[one.term for one in a.content.categories]]),
    "category": (same_words, lambda a: [one.term for one in a.content.categories]),
    "category.scheme": (same_text, lambda a: [one.scheme for one in a.content.categories]),
    "category.label": (same_words, lambda a: [one.label for one in a.content.categories]),
    "enclosure": (same_text, lambda a: [one.url for one in a.content.enclosures]),
    "enclosure.type": (same_text, lambda a: [one.type for one in a.content.enclosures]),
    "enclosure.length": (same_text, lambda a: [one.length for one in a.content.enclosures]),
    "media": (same_text, _media),
    "image": (same_text, lambda a: [a.content.image.url] if a.content.image else []),
    "picture": (among, lambda a: [a.content.image.url] if a.content.image else []),
    "credit": (same_words, lambda a: a.content.image.credit.split(", ") if a.content.image else []),
    "address": (same_text, _addresses),
    "relation": (same_text, _relations),
    "link.title": (same_text, lambda a: [link.title for link in a.content.links]),
    "link.type": (same_text, lambda a: [link.type for link in a.content.links]),
    "link.language": (same_text, lambda a: [link.language for link in a.content.links]),
    "replies": (same_text, lambda a: _links(a, "replies")),
    "in-reply-to": (same_text, lambda a: _links(a, "in-reply-to")),
    "transcript": (same_text, lambda a: _links(a, "transcript")),
    "place": (same_numbers, _place),
    "itunes:duration": (same_text, _extra("itunes:duration")),
    "itunes:episode": (same_text, _extra("itunes:episode")),
    "itunes:season": (same_text, _extra("itunes:season")),
    "itunes:episodetype": (same_text, _extra("itunes:episodetype")),
    "origin.title": (same_words, lambda a: _origin(a, "title")),
    "origin.link": (same_text, lambda a: _origin(a, "url")),
    "origin.id": (same_text, lambda a: _origin(a, "id")),
    "origin.rights": (same_words, lambda a: _origin(a, "rights")),
    "origin.icon": (same_text, lambda a: _origin(a, "icon")),
    "origin.updated": (same_time, lambda a: _origin(a, "updated_at")),
    "origin.category": (
        same_words,
        lambda a: [one.term for some in _origin(a, "categories") for one in some],
    ),
    "origin.author": (same_words, lambda a: _bylines(_origin_authors(a))),
    "origin.author.name": (same_words, lambda a: _of_people(_origin_authors(a), "name")),
    "origin.author.email": (same_text, lambda a: _of_people(_origin_authors(a), "email")),
    "origin.author.uri": (same_text, lambda a: _of_people(_origin_authors(a), "uri")),
}


# ------------------------------------------------------------------ what is kept of a document


def _told(name: str) -> Of:
    return lambda source: [getattr(source.origin, name)] if source.origin else []


def _authors(part: str) -> Of:
    return lambda source: _of_people(source.origin.authors, part) if source.origin else []


def _subjects(part: str) -> Of:
    return lambda s: [getattr(one, part) for one in s.origin.categories] if s.origin else []


HEAD: Mapping[str, tuple[Same, Of]] = {
    "title": (same_words, lambda s: [s.title]),
    "link": (same_text, _told("url")),
    "id": (same_text, _told("id")),
    "rights": (same_words, _told("rights")),
    "updated": (same_time, _told("updated_at")),
    "icon": (same_text, _told("icon")),
    "author": (same_words, lambda s: _bylines(s.origin.authors) if s.origin else []),
    "author.names": (same_list, lambda s: [_authors("name")(s)]),
    "author.name": (same_words, _authors("name")),
    "author.email": (same_text, _authors("email")),
    "author.uri": (same_text, _authors("uri")),
    "category": (same_words, _subjects("term")),
    "category.scheme": (same_text, _subjects("scheme")),
    "ttl": (same_text, lambda s: [s.stated.ttl_s // 60] if s.stated.ttl_s else []),
}


def kept(field: str, holder: Article | Source) -> tuple[Same, list[Any]]:
    """How to compare a field, and the values of ours that may stand for it."""
    same, of = (ENTRY if isinstance(holder, Article) else HEAD)[field]
    found = [value for value in of(holder) if value not in (None, "")]
    return same, found or ([""] if same in (same_words, one_of) else [])
