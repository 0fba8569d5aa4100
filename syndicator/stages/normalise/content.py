"""All of an article together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicator.model import (
    Category,
    Content,
    Enclosure,
    Link,
    Origin,
    ParsedEntry,
    ParsedFeed,
    Person,
    SourceSettings,
)
from syndicator.stages.normalise.body import Body, read_body
from syndicator.stages.normalise.dates import Dates, read_dates
from syndicator.stages.normalise.picture import lead_image
from syndicator.text import languages, urls
from syndicator.text.clean import shorten, squash
from syndicator.text.markup import strip_title

TOO_DEEP = "elements nested too deep"  # in a note: R13 wants them counted
_STAND_IN = 80  # characters of a title made of first words
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+\-]+", re.IGNORECASE)
_FIELDS_OF_THEIR_OWN = {"alternate", "license", "enclosure", "self"}


def normalise(
    entry: ParsedEntry, *, feed: ParsedFeed, settings: SourceSettings, url: str, now: datetime
) -> tuple[Content, tuple[str, ...]]:
    """The article that an entry is, with notes on what had to be guessed or left out.

    Args:
        feed: what the entry inherits from: people, language, rights, and notes (C24).
        url: of the document, for what is relative and has no xml:base.
        now: dates later than this are not believed.
    """
    base = urls.absolute(entry.base, url) or url
    body = read_body(entry, base=base)
    language, guessed = _language(entry, feed, settings, body.text)
    dates = read_dates(entry, language=language, settings=settings, now=now)
    link, link_note = _url(entry, feed, url)
    title, title_note = _title(entry, body, dates, link)
    links = tuple(_links(entry.links, url))
    content = Content(
        url=link,
        canonical_url=urls.canonical(link),
        title=title,
        authors=_authors(entry, feed, settings, url),
        contributors=tuple(_people(entry.contributors, url)),
        published_at=dates.published_at,
        updated_at=dates.updated_at,
        date_raw=dates.raw,
        date_basis=dates.basis,
        date_precision=dates.precision,
        standfirst=body.standfirst,
        html=body.html,
        text=body.text,
        image=lead_image(entry, body.html, base=base),
        enclosures=tuple(_enclosures(entry, url)),
        categories=tuple(_categories(entry.categories)),
        language=language,
        translations=tuple(one for one in links if one.rel == "alternate"),
        rights=squash(entry.rights or feed.rights or settings.rights),
        license=next((one.url for one in links if one.rel == "license"), ""),
        links=tuple(one for one in links if one.rel not in _FIELDS_OF_THEIR_OWN),
        origin=_origin(entry.origin, url),
        extra=entry.extra,
    )
    notes = (link_note, title_note, guessed, *dates.notes, _flattened(body), *feed.notes)
    return content, tuple(note for note in notes if note)


def _flattened(body: Body) -> str:
    return f"{body.flattened} {TOO_DEEP}, flattened" if body.flattened else ""


# ------------------------------------------------------------------ address, title, language


def _url(entry: ParsedEntry, feed: ParsedFeed, url: str) -> tuple[str, str]:
    """Where the article is to be read; a reader must be able to go somewhere."""
    if link := _web(entry.link, url):
        return link, ""
    if link := _web(entry.guid, "") or next(
        filter(None, (_web(one.url, url) for one in entry.enclosures)), ""
    ):
        return link, ""
    return _web(feed.url, url) or url, "no link: that of its feed stands in"


def _web(link: str, base: str) -> str:
    found = urls.absolute(link, base)
    return "" if found.startswith("mailto:") else found


def _title(entry: ParsedEntry, body: Body, dates: Dates, link: str) -> tuple[str, str]:
    if title := strip_title(entry.title, entry.title_is_html):
        return title, ""
    words = body.standfirst or body.text or strip_title(entry.summary, entry.summary_is_html)
    if words:
        return shorten(squash(words), _STAND_IN), "no title: its first words stand in"
    if dates.published_at:
        return dates.published_at.strftime("%Y-%m-%d"), "no title: its date stands in"
    return link, "no title: its address stands in"


def _language(
    entry: ParsedEntry, feed: ParsedFeed, settings: SourceSettings, text: str
) -> tuple[str, str]:
    declared = map(languages.tag, (entry.language, feed.language, settings.language))
    if language := next(filter(None, declared), ""):
        return language, ""
    guess = languages.detect(text) or languages.tag(feed.served_language)
    return guess, f"language guessed: {guess}" if guess else ""


# ------------------------------------------------------------------ people


def _authors(
    entry: ParsedEntry, feed: ParsedFeed, settings: SourceSettings, url: str
) -> tuple[Person, ...]:
    """RFC 4287 section 4.2.1: the entry's, else its source's, else the feed's; then as P4 says."""
    stated = entry.authors or (entry.origin.authors if entry.origin else ()) or feed.authors
    if people := tuple(_people(stated, url)):
        return people
    host = urlsplit(url).hostname or url
    return (Person(name=squash(settings.author or settings.title or feed.title or host)),)


def _people(people: tuple[Person, ...], url: str) -> Iterator[Person]:
    for person in people:
        if name := strip_title(person.name, True):
            yield Person(name=name, uri=urls.absolute(person.uri, url), email=squash(person.email))


# ------------------------------------------------------------------ lists


def _enclosures(entry: ParsedEntry, url: str) -> Iterator[Enclosure]:
    for one in entry.enclosures:
        if link := _web(one.url, url):
            kind = one.type.strip().lower()
            yield replace(
                one,
                url=link,
                type=kind if _MEDIA_TYPE.fullmatch(kind) else "",
                title=squash(one.title),
            )


def _categories(categories: tuple[Category, ...]) -> Iterator[Category]:
    for one in dict.fromkeys(categories):
        if term := strip_title(one.term, True):
            yield Category(term=term, scheme=squash(one.scheme), label=strip_title(one.label, True))


def _links(links: tuple[Link, ...], url: str) -> Iterator[Link]:
    for one in links:
        if link := urls.absolute(one.url, url):
            yield replace(
                one, url=link, title=squash(one.title), language=languages.tag(one.language)
            )


def _origin(origin: Origin | None, url: str) -> Origin | None:
    if not origin:
        return None
    return replace(
        origin,
        title=squash(origin.title),
        url=urls.absolute(origin.url, url),
        self_url=urls.absolute(origin.self_url, url),
        icon=urls.absolute(origin.icon, url),
        authors=tuple(_people(origin.authors, url)),
        categories=tuple(_categories(origin.categories)),
    )
