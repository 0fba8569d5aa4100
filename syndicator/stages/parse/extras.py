"""What feedparser merges or loses, read from the same document by lxml.

feedparser keeps one caption of several pictures, takes `media:description` and `itunes:summary` for
a body where there is none yet, keeps the last tombstone and the last skipped hour only. The tree
costs a thirtieth of its time, so it is simply read a second time. Where lxml counts other items
than feedparser (broken documents) what it says of items is left aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from syndicator.model import Enclosure, Image, Link, Tombstone
from syndicator.stages.parse import media
from syndicator.stages.parse.tree import Child, Tree, all_text, children, name_of, number

_TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_COMPLETE = "{http://purl.org/syndication/history/1.0}complete"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_THREADS = "{http://purl.org/syndication/thread/1.0}in-reply-to"
_COMMENT_FEED = ("{http://wellformedweb.org/CommentAPI/}", "commentrss")
_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_PLACES = ("{http://www.georss.org/georss}", "{http://www.w3.org/2003/01/geo/wgs84_pos#}")
_GML = "{http://www.opengis.net/gml}"
_SHAPES = {"Point": "point", "LineString": "line", "Polygon": "polygon", "Envelope": "box"}
_FORMATS = ("", "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/}")
_ITUNES_DATA = {"duration", "episode", "season", "episodetype", "explicit"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS_S = {
    "hourly": 3600,
    "daily": 86_400,
    "weekly": 7 * 86_400,
    "monthly": 30 * 86_400,
    "yearly": 365 * 86_400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExtras:
    """Of one item; `asides` are texts that are not its body, though feedparser may take them so."""

    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    asides: frozenset[str] = frozenset()
    has_encoded: bool = False  # content:encoded
    rights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """Of one document."""

    items: tuple[ItemExtras, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    complete: bool = False
    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    podcast_authors: tuple[str, ...] = ()
    podcast_owner: str = ""  # the address of whoever runs it, who is no author


def read_extras(tree: Tree | None) -> Extras:
    """What the document says beside what feedparser finds."""
    if tree is None:
        return Extras()
    root = tree.root
    return Extras(
        items=tuple(map(_item, tree.items)),
        tombstones=tuple(_tombstones(root)),
        complete=root.find(f".//{_COMPLETE}") is not None,
        ttl_s=_ttl(root),
        skip_hours=frozenset(_skipped_hours(root)),
        skip_days=frozenset(_skipped_days(root)),
        podcast_authors=tuple(_of_podcast(root, "author")),
        podcast_owner=next(_of_podcast(root, "email"), ""),
    )


# ------------------------------------------------------------------ of an item


def _item(item: etree._Element) -> ItemExtras:
    parts = [(child, *name_of(child)) for child in children(item)]
    others = [part for part in parts if part[1] not in _FORMATS]
    pictures = media.read(item, parts)
    return ItemExtras(
        images=pictures.images,
        enclosures=pictures.enclosures,
        links=tuple(_links(parts)) + pictures.links,
        extra=dict(_data(others)),
        asides=_asides({*pictures.texts, *_itunes_texts(others)} - {""}, parts),
        has_encoded=any(child.tag == _ENCODED for child, _, _ in others),
        rights=pictures.rights,
    )


def _links(parts: Iterable[Child]) -> Iterator[Link]:
    for child, space, name in parts:
        if child.tag == _THREADS:
            yield Link(url=child.get("href") or child.get("ref") or "", rel="in-reply-to")
        elif (space, name) == _COMMENT_FEED:
            yield Link(url=all_text(child), rel="replies", type="application/rss+xml")
        elif name == "comments" and not space:
            yield Link(url=all_text(child), rel="replies", type="text/html")
        elif name == "transcript" and "podcast" in space:
            yield Link(
                url=child.get("url", ""),
                rel="transcript",
                type=child.get("type", ""),
                language=child.get("language", ""),
            )


def _data(parts: Iterable[Child]) -> Iterator[tuple[str, str]]:
    for child, space, name in parts:
        if space in _PLACES:
            yield from _place(child, "georss" if "georss" in space else "geo", name)
        elif space.lower() == _ITUNES and name in _ITUNES_DATA:
            yield f"itunes:{name}", all_text(child)


def _place(child: etree._Element, prefix: str, name: str) -> Iterator[tuple[str, str]]:
    if name == "where":
        yield from _shapes(child)
    elif all_text(child):
        yield f"{prefix}:{name}", all_text(child)


def _shapes(where: etree._Element) -> Iterator[tuple[str, str]]:
    """GML in the words of GeoRSS Simple: the same numbers in the same order."""
    for name, simple in _SHAPES.items():
        for shape in where.findall(f"{_GML}{name}"):
            numbers = " ".join(all_text(part) for part in shape.iter() if _is_position(part))
            if numbers:
                yield f"georss:{simple}", numbers


def _is_position(part: etree._Element) -> bool:
    names = ("pos", "posList", "lowerCorner", "upperCorner")
    return part.tag in {f"{_GML}{name}" for name in names}


def _asides(texts: set[str], parts: Iterable[Child]) -> frozenset[str]:
    return frozenset(texts - {*_own_texts(parts)}) if texts else frozenset()


def _own_texts(parts: Iterable[Child]) -> Iterator[str]:
    for child, space, name in parts:
        if child.tag == _ENCODED or (name in ("description", "summary") and space in _FORMATS):
            yield all_text(child)


def _itunes_texts(parts: Iterable[Child]) -> Iterator[str]:
    for child, space, name in parts:
        if space.lower() == _ITUNES and name in ("summary", "subtitle"):
            yield all_text(child)


# ------------------------------------------------------------------ of the feed


def _tombstones(root: etree._Element) -> Iterator[Tombstone]:
    for deleted in root.iter(_TOMBSTONE):
        if ref := (deleted.get("ref") or "").strip():
            yield Tombstone(ref=ref, when=_moment(deleted.get("when") or ""))


def _moment(text: str) -> datetime | None:
    """RFC 3339, without which RFC 6721 has no tombstone; nonsense is no time."""
    try:
        at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _ttl(root: etree._Element) -> int | None:
    minutes = number(_feed_text(root, "{*}ttl"))
    period = _PERIODS_S.get(_feed_text(root, f"{_SYNDICATION}updatePeriod").lower())
    times = number(_feed_text(root, f"{_SYNDICATION}updateFrequency")) or 1
    stated = [minutes * 60] if minutes else []
    return max([*stated, period // times] if period else stated, default=None)


def _feed_text(root: etree._Element, tag: str) -> str:
    found = root.find(f"./{{*}}channel/{tag}")
    found = found if found is not None else root.find(f"./{tag}")
    return all_text(found) if found is not None else ""


def _of_podcast(root: etree._Element, name: str) -> Iterator[str]:
    """What iTunes' tags say of the channel: its authors, and its owner's address."""
    for channel in root.findall("./{*}channel"):
        own = [part for part in children(channel) if name_of(part)[0].lower() == _ITUNES]
        owners = [part for part in own if name_of(part)[1] == "owner"]
        for part in [*own, *(inner for owner in owners for inner in children(owner))]:
            if name_of(part)[1] == name and (text := all_text(part)):
                yield text


def _skipped_hours(root: etree._Element) -> Iterator[int]:
    for hour in root.findall(".//{*}skipHours/{*}hour")[:48]:
        value = number(all_text(hour))
        if value is not None and value <= 24:  # RSS 0.91 counts 1 to 24
            yield value % 24


def _skipped_days(root: etree._Element) -> Iterator[int]:
    for day in root.findall(".//{*}skipDays/{*}day")[:14]:
        name = all_text(day)[:3].lower()
        if name in _DAYS:
            yield _DAYS.index(name)
