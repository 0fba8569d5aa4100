"""What a reader would notice of an article, as a hash; and what makes two articles one story.

A revision is kept, and an entry put anew, only when the fingerprint moves. In it: title, people,
standfirst, words of the body, date of publication, lead picture with caption and credit,
enclosures, subjects, language, rights. Not in it: markup, white space and invisible characters;
lines that only count (views, comments) or tell how long ago something was; query strings of
pictures and tracking or session parameters of addresses, which some sites renew at each request;
where links in the body lead, for the same reason; the date of update, and a date of publication
that is only a copy of it; the pager.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from syndicator.model import Content, Image, Person
from syndicator.text import urls
from syndicator.text.bands import bands
from syndicator.text.clean import single_spaced
from syndicator.text.plain import INVISIBLE, plain_words, unspaced

_STORY_WORDS = 40
_TELLING = 60  # characters of text that are no coincidence within one source


def fingerprint(content: Content) -> str:
    """SHA-256, in hex, over what a reader would notice."""
    return _hash(_noticed(content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an article tells, as hashes that are equal for equal texts under equal titles.

    Args:
        bands: some of them are the same for texts that are nearly the same, see `text.bands`.
        story: the same in whatever source, if the language is the same; "" for texts under 40
            words, which are too often equal by chance.
        retelling: the same within one source, which may rename its items (R23). Where there are
            hardly any words the address has to be the same too.
    """

    story: str
    retelling: str
    bands: tuple[int, ...] = ()


def told(content: Content) -> Told:
    """All hashes: they are of the same words."""
    found = plain_words(content.text)
    words = " ".join(found)
    title = " ".join(plain_words(content.title))
    language = content.language.partition("-")[0]
    short = len(found) < _STORY_WORDS and len(found) + unspaced(content.text) < _STORY_WORDS
    place = "" if len(words) >= _TELLING else urls.canonical(content.url)
    return Told(
        story="" if short else _hash(iter((language, title, words))),
        retelling=_hash(iter((title, words, place))),
        bands=bands(found, language.lower()),
    )


def _noticed(content: Content) -> Iterator[str]:
    yield _settled(content.title)
    yield _settled(content.standfirst)
    yield _settled(_without_counters(content.text))
    yield from _people("by", content.authors)
    yield from _people("with", content.contributors)
    if content.published_at and content.published_at != content.updated_at:
        yield content.published_at.isoformat()
    if content.image:
        yield from _picture(content.image)
    for enclosure in content.enclosures:
        yield f"enclosure {_without_query(enclosure.url)}"
    for category in sorted({f"{one.scheme} {one.term}" for one in content.categories}):
        yield f"category {category}"
    yield f"{content.language} {content.license} {_settled(content.rights)}"


_NUMBER = r"\d[\d.,\u00a0\u202f' ]*[kKmM]?"
_COUNTED = (
    r"(?:views?|page\s?views?|reads?|shares?|likes?|claps?|votes?|clicks?|downloads?|comments?"
    r"|reactions?|replies|responses?|visits?|visitors?|retweets?"
    r"|vues?|lectures?|partages?|commentaires?|r\u00e9actions?|r\u00e9ponses?|visites?"
    r"|weergaven?|keer\s+(?:gelezen|bekeken|gedeeld)|reacties?|aufrufe|kommentare?"
    r"|vistas?|visitas|comentarios?|visualizza\w+|commenti)"
)
_AGO = (
    r"(?:\d+|an?|une?)\s+(?:seconds?|minutes?|mins?|hours?|days?|weeks?)\s+ago"
    r"|il\s+y\s+a\s+\d+\s+(?:secondes?|minutes?|heures?|jours?|semaines?)"
    r"|\d+\s+(?:minuten|uur|uren|dagen|weken)\s+geleden"
    r"|vor\s+\d+\s+(?:minuten?|stunden?|tagen?|wochen?)"
)
# A whole line and nothing else: "12 comments" within a sentence is what an article says.
_COUNTER = re.compile(
    rf"\W*(?:{_NUMBER}\s*{_COUNTED}|{_COUNTED}\s*[:(\[]?\s*{_NUMBER}"
    rf"|(?:(?:last\s+)?(?:posted|published|updated)\s*:?\s*)?(?:{_AGO}))\W*",
    re.IGNORECASE,
)
_LONGEST_COUNTER = 60


def _without_counters(text: str) -> str:
    """The lines that say something; a number that only grows is no news."""
    return "\n".join(
        line
        for line in text.splitlines()
        if len(line) > _LONGEST_COUNTER or not _COUNTER.fullmatch(line)
    )


def _people(role: str, people: tuple[Person, ...]) -> Iterator[str]:
    for person in people:
        yield f"{role} {_settled(person.name)}"


def _picture(image: Image) -> Iterator[str]:
    yield f"image {_without_query(image.url)}"
    yield _settled(image.caption)
    yield _settled(image.credit)


def _without_query(url: str) -> str:
    return urls.canonical(url.partition("?")[0])


def _settled(text: str) -> str:
    return single_spaced(text if text.isascii() else INVISIBLE.sub("", text))


def _hash(parts: Iterator[str]) -> str:
    """Each part on a line of its own; none of them can contain a line end."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
