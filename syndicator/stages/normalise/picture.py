"""The lead image of an entry, caption and credit apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syndicator.model import Image, ParsedEntry
from syndicator.text import urls
from syndicator.text.clean import squash
from syndicator.text.pictures import first_picture, split_credit


def lead_image(entry: ParsedEntry, html: str, *, base: str) -> Image | None:
    """What the entry names as its picture, else an enclosed one, else the first of the body.

    Where the body shows the same picture with a caption, that is its caption.
    """
    inside = first_picture(html)
    named = next(_named(entry, base), None)
    if named and inside and not named.caption and _same(named, inside):
        return replace(inside, credit=named.credit or inside.credit, alt=named.alt or inside.alt)
    return named or inside


def _named(entry: ParsedEntry, base: str) -> Iterator[Image]:
    for image in (*entry.images, *_enclosed(entry)):
        if url := urls.absolute(image.url, base):
            caption, credit = split_credit(image.caption)
            yield Image(
                url=url,
                caption=caption,
                credit=squash(image.credit) or credit,
                alt=squash(image.alt),
            )


def _enclosed(entry: ParsedEntry) -> Iterator[Image]:
    return (Image(url=one.url) for one in entry.enclosures if one.type.startswith("image/"))


def _same(one: Image, other: Image) -> bool:
    return one.url.partition("?")[0] == other.url.partition("?")[0]
