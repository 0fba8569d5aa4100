"""What a sitemap lists: pages with the time of their last change, or further sitemaps.

Source: sitemaps.org protocol 0.9; Google's news extension; `xhtml:link` for translations. Pictures
and films are passed over. Broken XML yields what can be read of it.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from syndicator.errors import ParseError
from syndicator.model import Category, Content, DateBasis, Link
from syndicator.text import languages
from syndicator.text.clean import clean, squash
from syndicator.text.dates import read_date
from syndicator.text.places import may_be_article
from syndicator.text.urls import absolute, canonical

MOST = 10_000  # addresses taken of one document
_MOST_ELEMENTS = 50_000  # what the protocol allows; the latest changed are chosen among them
_MOST_TRANSLATIONS = 20
_LONGEST_FACT = 500  # characters
_AHEAD = timedelta(days=2)  # a clock may be that wrong, and days begin earlier elsewhere
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?(?:urlset|sitemapindex)[\s>/]")
_START = 4096  # bytes in which the first element stands
_GZIP = b"\x1f\x8b"
MOST_UNPACKED = 32 * 2**20  # bytes (C18)
_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*https?://", re.IGNORECASE)
_OTHERS = {
    "rss": 'a feed, not a sitemap; its kind is "feed"',
    "feed": 'a feed, not a sitemap; its kind is "feed"',
    "rdf": 'a feed, not a sitemap; its kind is "feed"',
    "html": "an HTML page, not a sitemap",
}

Node = etree._Element
_Said = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One address, and what the sitemap says of it.

    Args:
        said: under "lastmod", "title", "published", "keywords", "language" and "translations" (a
            language and an address on each line); only what was said.
        at: when it last changed or was published, as far as that can be read.
    """

    url: str
    said: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap lists, each address once, in its order; `cut` counts what was left out."""

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()
    cut: Mapping[str, int] = field(default_factory=dict)


def is_sitemap(body: bytes) -> bool:
    """Whether the first element of a document, packed or not, is a sitemap's."""
    try:
        head = _inflated(body, _START)[0] if body.startswith(_GZIP) else body[:_START]
    except zlib.error:
        return False
    return bool(_ROOT.search(head))


def read_sitemap(body: bytes, *, url: str, now: datetime) -> Sitemap:
    """What the sitemap in `body` lists; plain text with an address on each line is one too, and
    either may be a gzip file.

    Args:
        url: of the document.
        now: what dates are held against.

    Raises:
        ParseError: it is no sitemap; the text says what it is instead.
    """
    cut: Counter[str] = Counter()
    if body.startswith(_GZIP):
        body = _unpacked(body)
    if _LINES.match(body):
        found = [("url", {"loc": line}) for line in _lines(body)]
    else:
        found = _elements(body, cut)
    pages = _once((said for name, said in found if name == "url"), url, now, cut)
    sitemaps = _once((said for name, said in found if name == "sitemap"), url, now, cut)
    kept = [each for each in pages if may_be_article(each.url)]
    cut["addresses of no article"] += len(pages) - len(kept)
    return Sitemap(
        pages=tuple(kept),
        sitemaps=tuple(sitemaps),
        cut={name: number for name, number in cut.items() if number},
    )


def _unpacked(body: bytes) -> bytes:
    try:
        plain, is_whole = _inflated(body, MOST_UNPACKED)
    except zlib.error as error:
        raise ParseError("answered a gzip file that is broken") from error
    if len(plain) >= MOST_UNPACKED:
        raise ParseError(f"answered a gzip file of more than {MOST_UNPACKED} bytes inside")
    if not is_whole:
        raise ParseError("answered a gzip file that is cut short")
    return plain


def _inflated(body: bytes, most: int) -> tuple[bytes, bool]:
    """At most so many bytes of a gzip file, and whether that is all of it."""
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    return unpacking.decompress(body, most), unpacking.eof


def _lines(body: bytes) -> list[str]:
    return [line for line in body.decode("utf-8-sig", "replace").split() if "://" in line]


def _once(said: Iterable[_Said], base: str, now: datetime, cut: Counter[str]) -> list[Listed]:
    """Each address once, absolute; those that cannot be asked, or are too many, are counted."""
    found: dict[str, Listed] = {}
    for each in _newest(list(said), cut):
        address = absolute(each.get("loc", ""), base).partition("#")[0]
        if address.startswith("http"):
            found.setdefault(canonical(address), _listed(address, each, now))
        else:
            cut["addresses unreadable"] += 1
    return list(found.values())


def _newest(said: list[_Said], cut: Counter[str]) -> list[_Said]:
    """As many as are taken, in their order; where they are too many, the latest changed."""
    if len(said) <= MOST:
        return said
    cut["addresses"] += len(said) - MOST
    by_date = sorted(range(len(said)), key=lambda n: said[n].get("lastmod", ""), reverse=True)
    return [said[n] for n in sorted(by_date[:MOST])]


def _listed(address: str, said: _Said, now: datetime) -> Listed:
    facts = {name: text for name, text in said.items() if name != "loc"}
    changed = _moment(facts.get("lastmod", ""), now)
    published = _moment(facts.get("published", ""), now)
    if changed:
        facts["lastmod"] = changed.isoformat()  # however it is written the next time
    at = max(filter(None, (changed, published)), default=None)
    return Listed(url=address, said=facts, at=at)


def _moment(raw: str, now: datetime) -> datetime | None:
    found = read_date(raw, now=now + _AHEAD) if raw else None
    return found.at.astimezone(UTC) if found else None


# ------------------------------------------------------------------ beside the page itself


def completed(content: Content, said: Mapping[str, str], *, now: datetime) -> Content:
    """The article with what its page lacks and the sitemap says of it (`Listed.said`)."""
    missing: dict[str, Any] = {}
    if not content.title:
        missing["title"] = said.get("title", "")
    if not content.language:
        missing["language"] = languages.tag(said.get("language", ""))
    if content.published_at is None and (date := read_date(said.get("published", ""), now=now)):
        missing["published_at"] = date.at
        missing["date_precision"] = date.precision
        missing["date_basis"] = DateBasis.SOURCE
        missing["date_raw"] = said["published"]
    if not content.categories:
        terms = dict.fromkeys(squash(term) for term in said.get("keywords", "").split(","))
        missing["categories"] = tuple(Category(term=term) for term in terms if term)
    if not content.translations:
        missing["translations"] = tuple(_translations(said, content))
    return replace(content, **missing)


def _translations(said: Mapping[str, str], content: Content) -> Iterator[Link]:
    for line in said.get("translations", "").splitlines():
        language, _, url = line.partition(" ")
        if canonical(url) != canonical(content.url):
            yield Link(url=url, rel="alternate", language=language)


# ------------------------------------------------------------------ XML


def _elements(body: bytes, cut: Counter[str]) -> list[tuple[str, _Said]]:
    """Every `url` and `sitemap` element, by name. Nothing is loaded or expanded for it (R11)."""
    walk = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    found: list[tuple[str, _Said]] = []
    try:
        for _, element in walk:
            if len(found) < _MOST_ELEMENTS:
                found.append((_name(element), dict(_facts(element))))
            else:
                cut["addresses"] += 1
            _forget(element)
    except etree.XMLSyntaxError as error:
        if not found:
            raise ParseError(f"answered what cannot be read as XML: {error.msg}") from error
    _refuse_others("" if walk.root is None else _name(walk.root))
    if b">" not in body.rstrip()[-4:]:
        cut["sitemaps cut short"] += 1
        del found[-1:]  # half an address, perhaps
    return found


def _refuse_others(root: str) -> None:
    if root not in ("urlset", "sitemapindex"):
        raise ParseError(f"answered {_OTHERS.get(root, 'no sitemap')}")


def _forget(element: Node) -> None:
    """Let go of what was read, so that the tree does not grow."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _name(element: Node) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _facts(element: Node) -> Iterator[tuple[str, str]]:
    space = etree.QName(element).namespace
    translations: list[str] = []
    for child in element.iterchildren(etree.Element):
        name, own = _name(child), etree.QName(child).namespace == space
        if own and name in ("loc", "lastmod"):
            if text := _text(child, 4096 if name == "loc" else _LONGEST_FACT):
                yield name, text
        elif name == "news":
            yield from _news(child)
        elif name == "link" and "alternate" in child.get("rel", "").lower().split():
            translations += _translated(child)
    if translations:
        yield "translations", "\n".join(translations[:_MOST_TRANSLATIONS])


_OF_NEWS = {
    "title": "title",
    "publication_date": "published",
    "keywords": "keywords",
    "language": "language",
}


def _news(element: Node) -> Iterator[tuple[str, str]]:
    """Source: Google News sitemaps; the language stands inside `publication`."""
    for child in element.iter(etree.Element):
        known = _OF_NEWS.get(_name(child))
        if known and (text := _text(child, _LONGEST_FACT)):
            yield known, text


def _translated(link: Node) -> list[str]:
    language, href = squash(link.get("hreflang", "")), absolute(link.get("href", ""), "")
    if not href or not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", language):
        return []  # x-default names no language
    return [f"{language} {href}"]


def _text(element: Node, limit: int) -> str:
    return squash(clean("".join(str(part) for part in element.itertext())))[:limit]
