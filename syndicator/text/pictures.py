"""Pictures inside a body, and captions apart from credits."""

from __future__ import annotations

import re

from syndicator.model import Image
from syndicator.text.clean import squash
from syndicator.text.markup import attribute, unmarked

_FIGURE = re.compile(r"<figure\b[^>]*>(.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption>", re.DOTALL)
_IMG = re.compile(r"<img\b[^>]*>")
# Where a credit begins: a mark that is never anything else, or a label with its colon.
_MARK = re.compile(
    r"[(\[]?\s*(?:\u00a9|\u24d2|\bcopyright\b|\(c\)\s(?=[^\W\d_a-z])"
    r"|\b(?:photo(?:s|graph(?:er|ie|y)?)?|foto(?:'?s|graf(?:ie)?)?|image|beeld|bild|imagen|picture"
    r"|illustration|cr\u00e9dits?(?:\s+photos?)?|credits?|cr\u00e9ditos?|bron)"
    r"\s*(?::|\u00a9|(?:by|par|door|von|por)\b(?=\s+[^\W\d_a-z])))",
    re.IGNORECASE,
)
_CAPITAL_AFTER_BY = re.compile(r"\b(?:by|par|door|von|por)$", re.IGNORECASE)
_LONGEST_CREDIT = 160


def split_credit(text: str) -> tuple[str, str]:
    """A caption and the credit at its end, without mark and label.

    "A market. \u00a9 Jane Doe / Agency" is ("A market.", "Jane Doe / Agency").
    """
    text = squash(text)
    if not text:
        return "", ""
    for mark in _MARK.finditer(text):
        rest = text[mark.start() :]
        if len(rest) > _LONGEST_CREDIT or not _is_credit(mark, text):
            continue
        credit = _bare(rest)
        if credit:
            return text[: mark.start()].rstrip(" ([|\u2013\u2014-/"), credit
    return text, ""


def _is_credit(mark: re.Match[str], text: str) -> bool:
    """After "by" a name must follow; "a photo by the river" is no credit."""
    if not _CAPITAL_AFTER_BY.search(mark[0]):
        return True
    following = text[mark.end() :].lstrip()
    return bool(following) and not following[0].islower()


def _bare(credit: str) -> str:
    while mark := _MARK.match(credit):
        credit = credit[mark.end() :].lstrip(" :")
    return credit.strip(" ()[]|:").removesuffix(".")


def pictures_in(sanitised: str) -> list[str]:
    """Addresses of the pictures of a sanitised body, in its order."""
    found = (attribute(tag, "src") for tag in _IMG.findall(sanitised))
    return [url for url in found if url]


def first_picture(sanitised: str) -> Image | None:
    """The first picture of a sanitised body, with the caption and credit of its figure."""
    found = _IMG.search(sanitised)
    if not found:
        return None
    caption, credit = split_credit(_caption_around(sanitised, found.start()))
    url, alt = attribute(found[0], "src"), squash(attribute(found[0], "alt"))
    return Image(url=url, caption=caption, credit=credit, alt=alt) if url else None


def _caption_around(html: str, at: int) -> str:
    for figure in _FIGURE.finditer(html) if "<figure" in html else ():
        if figure.start() <= at < figure.end():
            captions = (unmarked(caption) for caption in _CAPTION.findall(figure[1]))
            return " ".join(captions)
    return ""
