"""Who wrote it: a by-line as the people in it (design section 4).

A by-line is split only where both sides look like the name of a person, so that "Doctors and Nurses
for Peace" stays one author; where we cannot tell, it stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from syndicator.model import Person
from syndicator.text.clean import shorten, squash
from syndicator.text.markup import strip_title

LIMIT = 500  # characters of a by-line, R13
_MOST = 50

_BEGINNING = re.compile(
    r"(?:(?:written|story|words|text|report(?:ing)?|posted|published|analysis|opinion)\s+by|by|door|par"
    r"|(?:beitrag|geschrieben|ver\u00f6ffentlicht|artikel|bericht)\s+von|(?:geplaatst|gepost)\s+door"
    r"|(?:publi\u00e9|post\u00e9|\u00e9crit)\s+par|(?:publicado|escrito)\s+por|(?:scritto|pubblicato)\s+da"
    r"|propos\s+recueillis\s+par|recueilli\s+par|por|texte?\s+von|geschreven\s+door"
    r"|(?:text|texte|textes|texto|tekst|testo|words|story|authors?|auteurs?|autore?s?|autoren|byline"
    r"|door|par|von|by|por)\s*:)\s+(?=\S)",
    re.IGNORECASE,
)
_VON = re.compile(r"^Von\s+(?=[^\W\d_a-zß-ÿ]\S*\s)")  # "Von Hans Weber", not "Von der Leyen"
_DI = re.compile(r"^(?:di|de)\s+(?=\w\S*\s)", re.IGNORECASE)  # by-lines in Italian and Spanish
_OTHER_CRAFT = re.compile(
    r"[\s,;|/(\-\u2013]*\b(?:photos?|photographs?|fotos?|foto's|images?|illustrations?|video|videos)"
    r"(?:\s+(?:by|par|door|von|por))?\s*:.*",
    re.IGNORECASE,
)
_MAIL = r"[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+"
_MAIL_THEN_NAME = re.compile(rf"(?:mailto:)?({_MAIL})\s*[(<\[]\s*([^()<>\[\]]+?)\s*[)>\]]")
_NAME_THEN_MAIL = re.compile(rf"([^()<>\[\]@]+?)\s*[(<\[]\s*(?:mailto:)?({_MAIL})\s*[)>\]]")
_HANDLE = re.compile(r"(?<!\S)@\w+")
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_STROKE = re.compile(r"\s+[|\u2022\u00b7\u2013\u2014\-]\s+|\s*\|\s*")
_PLACE = re.compile(r"\s(?:in|for|at|from|pour|voor|f\u00fcr|aus|desde|para)\s+(?=[^\W\d_a-z]).*")
_NUMBERS = re.compile(r"[\s,|]+\S*\d.*$")
_NUMBERED = re.compile(r"[^\W\d_][^\d,;:&|/<>@()]* \d{1,3}")
_AND_OTHERS = re.compile(r"\s*(?:,\s*)?(?:et al\.?|and others|e\.a\.)\s*$", re.IGNORECASE)
_JOINER = re.compile(
    r"\s*[&+]\s*|\s+(?:and|et|en|und|y|e|ed|og|och|ja|with|avec|met|mit)\s+", re.IGNORECASE
)
_BARE_JOINER = re.compile(r"^(?:&|and|et|en|und|y|e|og|och)\s+", re.IGNORECASE)
_LISTED = re.compile(r"\s*[;/\u2022\u00b7]\s*")
_COMMA = re.compile(r"\s*[,\uff0c\u3001]\s*")
# Two or three words with a capital: most by-lines. With nothing in them to split at or leave out,
# they are a name as they stand, a person's or not.
_CAPITALISED = r"[A-Z\u00c0-\u00d6\u00d8-\u00de][a-z\u00df-\u00f6\u00f8-\u00ff]{1,40}"
_NAME = re.compile(rf"{_CAPITALISED}(?: {_CAPITALISED}){{1,2}}")
_BEGINS = re.compile(
    f"(?i:{'|'.join(one.pattern for one in (_BEGINNING, _DI, _BARE_JOINER))})|{_VON.pattern}"
)
_PARTS = re.compile(f"(?i:{_JOINER.pattern}|{_AND_OTHERS.pattern})")

PARTICLES = {
    *("van", "von", "der", "den", "de", "da", "di", "du", "del", "della", "la", "le", "el", "al"),
    *("bin", "ben", "ibn", "bint", "ter", "ten", "te", "dos", "das", "do", "zu", "zum", "zur"),
    *("af", "av", "'t", "\u2019t", "op", "d'", "des", "vander", "vanden", "ould", "ag", "o'"),
}
_ARTICLES = {"the", "het", "les", "le", "la", "de", "die", "der", "das", "el", "los", "il", "a"}
_NOT_PERSONAL = re.compile(
    r"\b(?:institut\w*|cent(?:er|re|rum|ro)|group\w*|groep|studies|minist\w+|universit\w+|college"
    r"|committee|comit\w+|council|conseil|foundation|fondation|stichting|stiftung|agen(?:cy|ce|tur)"
    r"|press\w*|news\w*|media|m\u00e9dias?|team|staff|redacti\w+|redak\w+|r\u00e9daction|office|bureau"
    r"|department|services?|network|r\u00e9seau|associa\w+|international|global|rights|watch|forum"
    r"|society|soci\u00e9t\u00e9|union|nations|fund|bank|project|programme?|times|post|herald|tribune"
    r"|magazine|journal|radio|tv|television|correspond\w+|editor\w*|reporter|journalis\w+"
    r"|director|directeur|directrice|redacteur|writer|columnist|analyst|contributor|freelance"
    r"|school|research|security|development|community|company|inc|ltd|gmbh|ngo|asbl|vzw)\b",
    re.IGNORECASE,
)


def people(byline: str, language: str = "") -> tuple[Person, ...]:
    """The people a by-line names, in its order, each once.

    Left out: "By", "Door", "Par", "Texte :"; what follows a name (its newspaper, its place, a
    date, a handle); photographers named as such.

    Args:
        byline: plain text or HTML, also as RSS writes it, "mail@example.org (Name)".
        language: of the page, as a tag; "di" and "de" begin a by-line only in some.
    """
    if _NAME.fullmatch(byline) and not _BEGINS.match(byline) and not _PARTS.search(byline):
        return (Person(name=byline),)
    text = strip_title(byline, True) if "<" in byline and "@" not in byline else squash(byline)
    text = shorten(text, LIMIT)
    mailed = [*_mailed(text)]
    return unique(mailed or [Person(name=name) for name in _names(text, language)])


@lru_cache(maxsize=2048)  # the same few people write most of a source
def credited(name: str, *, uri: str = "", email: str = "") -> tuple[Person, ...]:
    """As `people`, for a name that came with an address; several people cannot share one."""
    if _NUMBERED.fullmatch(name):  # "Radio 4", "Author 2"
        return (Person(name=squash(name), uri=uri, email=email),)
    found = people(name)
    if not found:
        stand_in = email or uri
        return (Person(name=stand_in, email=email, uri=uri),) if stand_in else ()
    if len(found) > 1 or not (uri or email):
        return found
    return (Person(name=found[0].name, uri=uri, email=email or found[0].email),)


def _mailed(text: str) -> Iterator[Person]:
    for mail, name in _MAIL_THEN_NAME.findall(text):
        yield Person(name=name, email=mail)
    if not _MAIL_THEN_NAME.search(text):
        for name, mail in _NAME_THEN_MAIL.findall(text):
            yield Person(name=name.strip(" ,;&\"'"), email=mail)


def unique(found: Iterable[Person]) -> tuple[Person, ...]:
    """Each name once, the first with it winning, and no more than 50."""
    by_name: dict[str, Person] = {}
    for person in found:
        if person.name:
            by_name.setdefault(person.name.casefold(), person)
    return tuple(by_name.values())[:_MOST]


def _names(text: str, language: str) -> Iterator[str]:
    text = _HANDLE.sub("", _OTHER_CRAFT.sub("", _without_beginning(text, language)))
    text = _AND_OTHERS.sub("", text)
    for part in _LISTED.split(text) if _all_personal(_LISTED.split(text)) else [text]:
        yield from _chunk(part)


def _without_beginning(text: str, language: str) -> str:
    start = _BEGINNING.match(text)
    text = _VON.sub("", text[start.end() :] if start else text)
    return _DI.sub("", text) if language[:2] in ("it", "es") else text


def _chunk(text: str) -> Iterator[str]:
    """Names in a text that has no separators but commas and words for "and"."""
    text = _without_surroundings(text)
    parts = [_BARE_JOINER.sub("", part, count=1) for part in _COMMA.split(text)]
    surname = parts[0].partition(" ")[0] in PARTICLES  # "de Montety, Etienne"
    if len(parts) > 1 and (surname or not _joined(parts[0])):  # "Doe, Jane"; "Ministry, Mali"
        yield _tidy(text)
        return
    for number, part in enumerate(parts):
        names = _joined(_without_surroundings(part))
        if names and (number == 0 or not _is_affiliation(part)):
            yield from names
        elif number == 0:
            yield _tidy(part)


def _without_surroundings(text: str) -> str:
    """Without newspaper, place and date, as long as a name remains before them."""
    text = _BRACKETED.sub("", text)
    for ending in (_STROKE, _NUMBERS, _PLACE):
        found = ending.search(text)
        if found and _joined(head := _tidy(text[: found.start()])):
            text = head
        elif found and ending is _STROKE and "|" in found[0] and found.start():
            text = text[: found.start()]
    return text


def _joined(text: str) -> list[str]:
    """The names on both sides of each "and"; nothing where one of them is not a person's."""
    names = [_tidy(name) for name in _JOINER.split(text)]
    names = [name for name in names if name]
    return names if _all_personal(names) else [_tidy(text)] if is_personal(text) else []


def _all_personal(names: list[str]) -> bool:
    return bool(names) and all(is_personal(name) for name in names)


def _is_affiliation(text: str) -> bool:
    words = text.split()
    return len(words) < 3 and words[0].lower() in _ARTICLES


def is_personal(text: str) -> bool:
    """Whether this looks like one person's name: an initial, or two to five names and particles."""
    words = _tidy(text).split()
    if len(words) == 1:
        return _is_short_name(words[0])
    if not 2 <= len(words) <= 6 or _NOT_PERSONAL.search(text):
        return False
    return words[0].lower() != "the" and all(map(_is_name, words)) and any(map(_is_proper, words))


def _is_short_name(word: str) -> bool:
    """An initial, or a name in a script that has no capitals and often no spaces."""
    if word[0].isupper():
        return len(word.rstrip(".")) == 1
    return word.isalpha() and not word[0].islower() and 2 <= len(word) <= 12


def _is_name(word: str) -> bool:
    return word.lower() in PARTICLES or _is_proper(word)


def _is_proper(word: str) -> bool:
    bare = re.sub(r"[.'\u2019\u2018\-\u2010\u00b7]", "", word)
    starts_low = word[0].islower() and not re.match(r"[a-z]{1,2}['\u2019\-][A-Z]", word)
    return bare.isalpha() and not starts_low


def _tidy(text: str) -> str:
    start = "/" if re.match(r"/[^\W\d_]+/", text) else ""  # "/u/somebody" is an account
    return start + text.strip(' \t,;:|&/"\u201c\u201d\u2013\u2014')
