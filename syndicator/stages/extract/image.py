"""The lead image, with its caption and its credit as two things."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from syndicator.model import Image
from syndicator.stages.extract.credits import bare_credit, split_credit
from syndicator.stages.extract.figures import Figure


def lead(images: tuple[Image, ...], found: list[Figure]) -> tuple[Image | None, Figure | None]:
    """The lead image, and the figure on the page that shows it.

    What metadata names is the lead; the page's figure of the same picture gives the words. A first
    figure of a page whose metadata shows another file leads only when nothing is named.
    """
    named = images[0] if images else None
    figure = next(
        (each for each in found if named and same_picture(each.image.url, named.url)), None
    )
    leading = next((each for each in found if each.is_lead), None)
    if named is None:
        figure = leading
        return (figure.image, figure) if figure else (None, None)
    said = next((image for image in images if image.caption or image.credit), None)
    shown = figure.image if figure else None
    if figure is None and leading and (leading.image.caption or leading.image.credit):
        figure, shown = leading, leading.image  # another crop of it, as a rule
    words = _merged(shown, said if said and same_picture(said.url, named.url) else None)
    return replace(words, url=named.url, alt=words.alt or named.alt), figure


def _merged(shown: Image | None, said: Image | None) -> Image:
    """Words as shown, completed by what metadata says."""
    shown = shown or Image(url="")
    caption, credit = split_credit(said.caption) if said else ("", "")
    return replace(
        shown,
        caption=shown.caption or caption,
        credit=shown.credit or bare_credit(said.credit if said else "") or credit,
    )


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses show one picture: equal, or equal names but for sizes."""
    return one == other or (bool(_stem(one)) and _stem(one) == _stem(other))


def _stem(url: str) -> str:
    name = unquote(urlsplit(url).path.rpartition("/")[2]).lower().partition(".")[0]
    name = re.sub(
        r"(?:[-_](?:\d{2,4}x\d{2,4}|\d{3,4}|small|medium|large|thumb|scaled|[sml]))+$", "", name
    )
    return name if len(name) > 3 else ""
