"""Where we differ on purpose, and why: each reason is a class, and is checked, not believed.

A reason holds only if our value is what it says it must be; anything else is a difference. None
names a file or its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from bench.suites.claims import FEED, Claim
from bench.suites.documents import Document
from bench.suites.stored import (
    Same,
    among,
    letters,
    one_of,
    same_list,
    same_text,
    same_words,
    words,
)
from syndicator.model import Article, Source

REPEATED = "an item that repeats another of its document is one article with it; the last is kept"


@dataclass(frozen=True, slots=True)
class Case:
    """A value that is not as expected."""

    claim: Claim
    ours: tuple[Any, ...]
    same: Same
    holder: Article | Source
    source: Source
    document: Document

    @property
    def texts(self) -> list[str]:
        """The expected value as texts."""
        value = self.claim.value
        return [str(one) for one in value] if isinstance(value, tuple) else [str(value)]

    @property
    def is_address(self) -> bool:
        """Whether the field holds one."""
        return self.same in (same_text, among)

    @property
    def is_prose(self) -> bool:
        """Whether the field holds text that may be marked up."""
        return self.same in (same_words, one_of)


def purpose(case: Case) -> str:
    """The first reason that holds, "" for none."""
    return next((reason for reason, holds in _PURPOSES.items() if holds(case)), "")


# ------------------------------------------------------------------ addresses


def _absolute(case: Case) -> bool:
    """The same address once it is absolute and both are written alike."""
    if not case.is_address:
        return False
    base = _xml_base(case)
    wanted = {_plainly(urljoin(base, text.strip())) for text in case.texts}
    return any(_plainly(str(one)) in wanted for one in case.ours)


def _xml_base(case: Case) -> str:
    """The document's own base, where it states one for all of it."""
    stated = re.search(rb"xml:base=[\"']([^\"']*)", case.document.body)
    return urljoin(case.source.url, stated[1].decode()) if stated else case.source.url


def _plainly(url: str) -> str:
    """Host in ASCII and without an empty port, nothing escaped, no fragment's odd marks."""
    parts = urlsplit(url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url
    rest = unquote(f"{parts.path or '/'}?{parts.query}#{parts.fragment}")
    return f"{parts.scheme.lower()}://{host}{port}{rest}"


def _of_their_server(case: Case) -> bool:
    """feedparser's tests run on a server of their own, 127.0.0.1:8097; ours is another."""
    own = urlsplit(case.source.url).netloc
    moved = [text.replace("127.0.0.1:8097", own) for text in case.texts]
    short = [re.sub(r"(//[^/]+)/feed/", r"\1/", text) for text in moved]
    return moved != case.texts and any(same_text(m, o) for m in moved + short for o in case.ours)


def _content_location(case: Case) -> bool:
    """Our value is what the expected one is without the header."""
    stated = case.document.headers.get("Content-Location", "")
    if not stated.startswith("http"):
        return False
    own = [text.replace(stated, urljoin(case.source.url, "/")) for text in case.texts]
    bare = [text.replace(stated, "/") for text in case.texts]
    return any(same_text(want, one) for want in own + bare for one in case.ours)


def _no_web_address(case: Case) -> bool:
    """feedparser takes the id for a link; one that a reader cannot open is none."""
    return (
        case.claim.field == "link"
        and all(not re.match(r"https?:", text.strip()) for text in case.texts)
        and not any(text.strip() == one for text in case.texts for one in case.ours)
    )


def _of_machinery(case: Case) -> bool:
    value = str(case.claim.value)
    if case.claim.field == "relation":
        return value in ("self", "edit")
    rel = rf"<link[^>]*rel=[\"'](?:self|edit)[\"'][^>]*href=[\"']{re.escape(value)}"
    return case.claim.field == "address" and bool(
        re.search(rel.encode(), case.document.body.replace(b"&amp;", b"&"))
    )


def _own_page(case: Case) -> bool:
    return case.claim.field == "link.type" and case.claim.value == "text/html"


def _kind_unsaid(case: Case) -> bool:
    """Neither its type nor its name says whether it is a picture, sound or film."""
    if case.claim.field != "media":
        return False
    url = str(case.claim.value).rstrip("/").encode()
    parts = re.findall(rb"<media:(?:content|player)[^>]*>", case.document.body)
    own = [part for part in parts if url in part]
    return bool(own) and not any(b"medium=" in part or b"type=" in part for part in own)


def _relative_id(case: Case) -> bool:
    """An id is an absolute IRI; where it is not, it is read as feedparser reads it."""
    stated = re.search(rb"xml:base=[\"']([^\"']*)", case.document.body)
    wanted = urljoin(stated[1].decode(), case.texts[0]) if stated else ""
    return case.claim.field == "id" and bool(wanted) and wanted in case.ours


# ------------------------------------------------------------------ people


def _taken_apart(case: Case) -> bool:
    """Each of our names stands in the by-line, and nothing is left of it but what joins names."""
    if not case.claim.field.startswith(("author", "contributor")):
        return False
    byline = " ".join(words(text) for text in case.texts)
    told = [name for one in case.ours for name in ([one] if isinstance(one, str) else one)]
    names = [name for name in told if name in byline]
    if not names or (case.same is same_list and len(names) < len(told)):
        return False
    for name in sorted(names, key=len, reverse=True):
        byline = byline.replace(name, " ")
    return not re.sub(r"\band\b|\bet\b|\by\b|\bund\b|[\s,;&/()]", "", byline)


def _without_what_follows(case: Case) -> bool:
    """The name is the beginning of the by-line; a mark parts it from the rest."""
    if not case.claim.field.startswith(("author", "contributor")):
        return False
    byline = words(case.texts[0]).strip()
    names = [name for one in case.ours for name in ([one] if isinstance(one, str) else one)]
    return any(re.match(rf"{re.escape(name)}\s*[-|(,\u2013]", byline) for name in names if name)


def _newer_words(case: Case) -> bool:
    """JSON Feed 1.1: `authors` takes the place of `author`, which is 1.0's."""
    if case.claim.field != "author.names" or not case.document.is_json:
        return False
    names = case.ours[0] if case.ours else []
    left = {one for one in case.texts if one not in names}
    return set(names) < set(case.texts) and all(
        re.search(rf'"author":\s*{{\s*"name":\s*"{re.escape(one)}"', case.document.body.decode())
        for one in left
    )


def _named_after_its_element(case: Case) -> bool:
    return (
        case.claim.field == "author.names" and case.claim.value == ("author",) and bool(case.ours)
    )


def _technical(case: Case) -> bool:
    """RSS: the webMaster is asked about the server, not about what it says."""
    if not case.claim.field.startswith("author") or case.claim.at != FEED:
        return False
    stated = re.search(rb"<webMaster>(.*?)</webMaster>", case.document.body, re.DOTALL)
    return bool(stated) and case.texts[0].encode() in stated[1]  # type: ignore[index]


def _podcast_owner(case: Case) -> bool:
    """Whoever is paid for a podcast's hosting did not write it; itunes:author did."""
    if not case.claim.field.startswith("author") or case.claim.at != FEED:
        return False
    owned = re.search(rb"<itunes:owner>(.*?)</itunes:owner>", case.document.body, re.DOTALL)
    told = re.findall(rb"<itunes:(?:email|name)>\s*(.*?)\s*</itunes:", owned[1]) if owned else []
    return any(one in case.claim.value.encode() for one in told)


def _credit_of_nothing(case: Case) -> bool:
    """A credit is kept with a picture; that of a recording is its author's name again."""
    if case.claim.field != "credit" or not isinstance(case.holder, Article):
        return False
    names = " ".join(person.name for person in case.holder.content.authors)
    told = all(part in names for part in re.split(r",\s*", case.texts[0]))
    return case.holder.content.image is None or told


# ------------------------------------------------------------------ words

_LIVE = (
    *("script", "style", "object", "embed", "svg", "math", "iframe", "meta", "applet", "title"),
    *("template", "noscript", "form", "textarea", "select", "button"),
)


def _harmless(case: Case) -> bool:
    """What can run, draw or submit is taken out with what is inside."""
    return case.is_prose and any(
        letters(words(text, without=_LIVE)) == letters(one)
        for text in case.texts
        for one in case.ours
    )


def _plain_by_type(case: Case) -> bool:
    """Text that its type calls plain loses tags, and keeps the rest as written (R18)."""
    return case.is_prose and any(
        letters(re.sub(r"</?[a-z][^<>]*>", "", text)) == letters(one)
        for text in case.texts
        for one in case.ours
    )


def _clean(case: Case) -> bool:
    """C1 characters, which only a wrong decoding brings about, are dropped (R14)."""
    if not case.is_prose:
        return False
    wanted = [_without_controls(words(text, without=_LIVE)) for text in case.texts]
    return any(letters(one) in map(letters, wanted) for one in case.ours)


def _without_controls(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) != "Cc" or one.isspace())


def _broken_markup(case: Case) -> bool:
    """A tag that never ends shows nothing in a browser either."""
    return (
        case.is_prose
        and any(re.fullmatch(r"\s*<[!?a-z][^>]*", text) for text in case.texts)
        and (case.ours == ("",))
    )


def _undeclared(case: Case) -> bool:
    """Neither header nor document says an encoding: ours is what one of these two makes of it."""
    body = case.document.body
    stated = "charset" in case.document.headers["Content-Type"]
    if not case.is_prose or stated or re.search(rb"<\?xml[^>]*encoding", body):
        return False
    readings = [letters(words(body.decode(name, "replace"))) for name in ("utf-8", "cp1252")]
    return any(one and letters(one) in text for one in case.ours for text in readings)


def _decoded_wrongly(case: Case) -> bool:
    """The suite has U+FFFD where we have a letter."""
    for text in case.texts:
        if "\ufffd" in text:
            wanted = ".{0,2}".join(map(re.escape, letters(words(text)).split("\ufffd")))
            if any(re.fullmatch(wanted, letters(one), re.DOTALL) for one in case.ours):
                return True
    return False


def _shuffled(case: Case) -> bool:
    """A reader that keeps XHTML as a tree of XML loses the order of text and elements."""
    markup = any("http://www.w3.org/1999/xhtml" in text for text in case.texts)
    return markup and any(
        Counter(letters(words(text))) == Counter(letters(one))
        for text in case.texts
        for one in case.ours
    )


def _excerpt(case: Case) -> bool:
    """A summary that is cut short gives way to a whole one of another element."""
    if case.claim.field != "summary" or not isinstance(case.holder, Article):
        return False
    start = letters(words(case.texts[0])).rstrip(".\u2026")
    return any(letters(one).startswith(start) for one in case.ours)


# ------------------------------------------------------------------ dates, subjects


def _unbelievable(case: Case) -> bool:
    at = case.claim.value
    if not isinstance(at, datetime):
        return False
    soon = at > datetime.now(UTC)
    return soon or at.year < 1900 or at == datetime(1970, 1, 1, tzinfo=UTC)


def _never_updated(case: Case) -> bool:
    """RSS has no date of change: one that repeats the date of publication says nothing."""
    if case.claim.field != "updated" or not isinstance(case.holder, Article):
        return False
    content = case.holder.content
    return content.updated_at is None and content.published_at == case.claim.value


def _more_subjects(case: Case) -> bool:
    """Ours are all of theirs, and more: those of other elements."""
    if case.claim.field != "categories" or case.same is not same_list:
        return False
    wanted = [letters(words(text)) for text in case.texts]
    ours = [letters(one) for one in case.ours[0]] if case.ours else []
    return len(ours) > len(wanted) and set(wanted) <= set(ours)


_PURPOSES: dict[str, Callable[[Case], bool]] = {
    "addresses are absolute, and written as RFC 3986 has it": _absolute,
    "the suite's own test server is another than ours": _of_their_server,
    "Content-Location is no base for addresses (RFC 9110, B.3)": _content_location,
    "a link is an address of the web; an id that is none stands for nothing": _no_web_address,
    "links of the source's own machinery (self, edit) are not the article's": _of_machinery,
    "the article's own page is kept as an address alone": _own_page,
    "a medium that does not say what it is is left out": _kind_unsaid,
    "a relative id counts as feedparser reads it": _relative_id,
    "a by-line of several people is several people": _taken_apart,
    "what follows a name (a house, a place) is left off": _without_what_follows,
    "a webMaster is no author": _technical,
    "authors (JSON Feed 1.1) take the place of author (1.0)": _newer_words,
    "the suite names a person after the element": _named_after_its_element,
    "the owner of a podcast is no author where one is named": _podcast_owner,
    "a credit belongs to a picture": _credit_of_nothing,
    "what can run, draw or submit is taken out (R17)": _harmless,
    "text called plain by its type is kept as written, without tags (R18)": _plain_by_type,
    "characters that only mistakes make are dropped (R14)": _clean,
    "a tag that never ends shows nothing": _broken_markup,
    "the suite read the document in a wrong encoding": _decoded_wrongly,
    "without a declaration it is UTF-8 or windows-1252 (C24); others guess": _undeclared,
    "the suite lost the order of text and elements": _shuffled,
    "a whole summary goes before one that is cut short": _excerpt,
    "dates before 1900, of the epoch, or to come are not believed (C25)": _unbelievable,
    "RSS has no date of change; the date of publication is not taken for one": _never_updated,
    "subjects of all elements count, iTunes' keywords too": _more_subjects,
}
