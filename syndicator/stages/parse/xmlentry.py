"""One item of RSS or one entry of Atom as a ParsedEntry."""

from __future__ import annotations

from collections.abc import Iterator

from syndicator.model import Enclosure, Image, Link, ParsedEntry
from syndicator.stages.parse import fields
from syndicator.stages.parse.bodies import Part, bodies
from syndicator.stages.parse.extras import ItemExtras
from syndicator.text import urls


def read_entry(entry: fields.Raw, extras: ItemExtras, *, url: str, atom: bool) -> ParsedEntry:
    """What the source says of one article.

    Args:
        extras: what lxml found in the same item.
        url: of the document, for a relative xml:base.
    """
    summary, content = bodies(entry, extras, atom=atom)
    links = (*fields.links(entry),)
    link = _link(entry, links)
    published = "published" if fields.raw(entry, "published") else "created"
    return ParsedEntry(
        guid=fields.text(entry, "id"),
        link=link,
        title=fields.text(entry, "title"),
        title_is_html=fields.is_html(entry, "title"),
        summary=summary.value,
        summary_is_html=summary.is_html,
        content=content.value,
        content_is_html=content.is_html,
        authors=fields.persons(entry, "authors"),
        contributors=fields.persons(entry, "contributors"),
        published=fields.text(entry, published),
        published_at=fields.moment(entry, published),
        updated=fields.text(entry, "updated"),
        updated_at=fields.moment(entry, "updated"),
        categories=fields.categories(entry),
        enclosures=tuple(_enclosures(entry, extras)),
        images=extras.images or tuple(_images(entry)),
        links=tuple(_links(entry, (*links, *extras.links), link)),
        language=_language(entry, summary, content),
        base=_base(entry, summary, content, url),
        rights=fields.plain(entry, "rights") or extras.rights,
        origin=fields.origin(entry),
        extra=extras.extra,
    )


def _link(entry: fields.Raw, links: tuple[Link, ...]) -> str:
    """The article's own page, or its content elsewhere (Atom's `content src`).

    feedparser gives the last alternate, which may be a translation, and an id where there is none.
    """
    alternates = [one for one in links if one.rel == "alternate"]
    link = fields.text(entry, "link")
    same = [one for one in alternates if one.url == link]
    if any(one.language for one in same) or (alternates and not same):
        link = next((one.url for one in alternates if not one.language), link)
    if link and (alternates or not _elsewhere(entry)):
        return link
    return next(iter([*(one.url for one in alternates), *_elsewhere(entry)]), "")


def _elsewhere(entry: fields.Raw) -> list[str]:
    contents = fields.raw(entry, "content") or ()
    return [src for src in (fields.text(content, "src") for content in contents) if src]


def _enclosures(entry: fields.Raw, extras: ItemExtras) -> Iterator[Enclosure]:
    seen: set[str] = set()
    for one in (*fields.enclosures(entry), *extras.enclosures):
        if one.url not in seen:
            seen.add(one.url)
            yield one


def _images(entry: fields.Raw) -> Iterator[Image]:
    """For documents too broken for lxml to count along."""
    for key in ("media_content", "media_thumbnail"):
        for one in fields.raw(entry, key) or ():
            if one.get("url") and (key == "media_thumbnail" or one.get("medium") == "image"):
                yield Image(url=one["url"])


def _links(entry: fields.Raw, links: tuple[Link, ...], link: str) -> Iterator[Link]:
    """Those that are no field of their own: via, related, license, replies, translations."""
    for one in links:
        plain_alternate = one.rel == "alternate" and (one.url == link or not one.language)
        if one.url and one.rel not in ("enclosure", "self", "edit") and not plain_alternate:
            yield one
    for src in _elsewhere(entry):
        if src != link:
            yield Link(url=src, rel="related")


def _language(entry: fields.Raw, *parts: Part) -> str:
    stated = [fields.text(entry, "language"), *(part.language for part in reversed(parts))]
    title = fields.raw(entry, "title_detail") or {}
    return next((one for one in (*stated, title.get("language")) if one), "")


def _base(entry: fields.Raw, summary: Part, content: Part, url: str) -> str:
    """xml:base in force for the body, absolute; "" where there is none or a bad one."""
    title = fields.raw(entry, "title_detail") or {}
    stated = content.base or summary.base or title.get("base") or ""
    return urls.absolute(stated, url) if stated else ""
