"""Pictures, sound and film of an item, each with the words that belong to it.

Source: Media RSS 1.5.1; iTunes podcast tags; `image` as some sites put it into RSS items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from syndicator.model import Enclosure, Image, Link
from syndicator.stages.parse.tree import Child, all_text, children, name_of, number
from syndicator.text.markup import strip_title

_SPACES = tuple(
    f"{{{scheme}://search.yahoo.com/mrss{end}}}"
    for scheme in ("http", "https")
    for end in ("", "/")
)
_MEDIA = tuple(f"{space}*" for space in _SPACES)
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_OF_PICTURES = ("", _ITUNES, "{http://purl.org/rss/1.0/}")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#]|$)", re.IGNORECASE)
_PORTRAIT = re.compile(r"gravatar\.com/avatar", re.IGNORECASE)  # of the author, by WordPress


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What the media elements of an item say; `texts` are their descriptions as written."""

    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    texts: tuple[str, ...] = ()
    rights: str = ""


_NONE = Media()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What is said of a picture at one level: on it, on its group, on the item."""

    caption: str = ""
    credit: str = ""
    alt: str = ""

    def over(self, outer: _Words) -> _Words:
        return _Words(
            caption=self.caption or outer.caption,
            credit=self.credit or outer.credit,
            alt=self.alt or outer.alt,
        )


def read(item: etree._Element, parts: Sequence[Child]) -> Media:
    """All media of an item or entry, large pictures before small ones.

    Args:
        parts: its children by their names.
    """
    inside = [*item.iter(*_MEDIA)]
    if not inside:
        images = _unique(_other_pictures(parts))
        return Media(images=images) if images else _NONE
    described = [part for part in inside if _named(part) == "description"]
    contents = [*_contents(item, _words(item))]
    levels = [item, *(part for part in inside if _named(part) == "group")]
    pictures = [content for content in contents if _is_picture(content[0])]
    return Media(
        images=_unique([*_by_width(pictures), *_thumbnails(item), *_other_pictures(parts)]),
        enclosures=tuple(_enclosure(part) for part, _ in contents if _is_recording(part)),
        links=tuple(link for part in levels for link in _licenses(part)),
        texts=tuple(all_text(part) for part in described),
        rights=next(filter(None, (_first_text(part, "copyright") for part in levels)), ""),
    )


def _named(part: etree._Element) -> str:
    """The name of a media element, "" for all others."""
    space, name = name_of(part)
    return name if space in _SPACES else ""


def _contents(part: etree._Element, outer: _Words) -> Iterator[tuple[etree._Element, _Words]]:
    """`media:content` here and in groups, with what is said of each."""
    for child in children(part):
        name = _named(child)
        if name == "group":
            yield from _contents(child, _words(child).over(outer))
        elif name == "content":
            yield child, _words(child).over(outer)


def _words(part: etree._Element) -> _Words:
    credited = [all_text(child) for child in children(part) if _named(child) == "credit"]
    return _Words(
        caption=_first_text(part, "description") or _first_text(part, "text"),
        credit=", ".join(dict.fromkeys(strip_title(one, True) for one in credited if one)),
        alt=_first_text(part, "title") if _named(part) else "",
    )


def _first_text(part: etree._Element, name: str) -> str:
    for child in children(part):
        if _named(child) == name:
            return strip_title(all_text(child), True)
    return ""


def _is_picture(part: etree._Element) -> bool:
    kind = part.get("medium") or part.get("type") or ""
    url = part.get("url") or ""
    if _PORTRAIT.search(url):
        return False
    return kind.startswith("image") or (not kind and bool(_PICTURE.search(url)))


def _is_recording(part: etree._Element) -> bool:
    kind = part.get("medium") or part.get("type") or ""
    return bool(part.get("url")) and kind.startswith(("audio", "video"))


def _by_width(pictures: Iterable[tuple[etree._Element, _Words]]) -> Iterator[Image]:
    for part, words in sorted(pictures, key=lambda one: -(number(one[0].get("width") or "") or 0)):
        yield Image(
            url=part.get("url") or "", caption=words.caption, credit=words.credit, alt=words.alt
        )


def _thumbnails(item: etree._Element) -> Iterator[Image]:
    words = _words(item)
    for part in item.iter(*_MEDIA):
        if _named(part) == "thumbnail":
            yield Image(url=part.get("url") or all_text(part), credit=words.credit)


def _other_pictures(parts: Iterable[Child]) -> Iterator[Image]:
    for child, space, name in parts:
        old = name == "link" and space.lower() == _ITUNES and child.get("rel") == "image"
        if old or (name == "image" and space.lower() in _OF_PICTURES):
            inner = child.find("{*}url")
            url = child.get("href") or child.get("url")
            yield Image(url=url or all_text(child if inner is None else inner))


def _unique(images: Iterable[Image]) -> tuple[Image, ...]:
    by_url: dict[str, Image] = {}
    for image in images:
        if image.url:
            by_url.setdefault(image.url, image)
    return tuple(by_url.values())


def _enclosure(part: etree._Element) -> Enclosure:
    return Enclosure(
        url=part.get("url") or "",
        type=part.get("type") or "",
        length=number(part.get("fileSize") or ""),
        title=_first_text(part, "title"),
    )


def _licenses(item: etree._Element) -> Iterator[Link]:
    for child in children(item):
        if _named(child) == "license" and child.get("href"):
            yield Link(url=child.get("href") or "", rel="license", title=all_text(child))
