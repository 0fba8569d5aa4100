"""Items that are as they were, cut out before the parser sees them.

A feed that has one new item of 25 costs a parse of one. Items are found by their tags alone, so a
document in which that is not sure (tags within CDATA, items within items, counts that differ) is
parsed whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from syndicator.stages.parse.prolog import Opened
from syndicator.text.markup import SANITISER_VERSION

MOST = 2000  # items; longer feeds are parsed whole
_NAME = r"(?:[A-Za-z_][\w.\-]*+:)?(?:item|entry)"
_TAG = re.compile(rf"<(?:({_NAME})(?=[\s>/])|/({_NAME})\s*>)")


Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """A document without known items; marks of what was left in, and of what was taken out.

    `spans` says where in the document the items that were left begin and end.
    """

    document: Opened
    spans: tuple[Span, ...]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]


def sift(document: Opened, known: Container[str]) -> Sifted | None:
    """Take out the items whose marks are known; None when items cannot be told for sure."""
    body = document.body
    found = item_spans(body)
    if not 0 < len(found) <= MOST:
        return None
    marks = [_mark(body[start:end]) for start, end in found]
    if len(set(marks)) < len(marks):
        return None  # the same item twice: which of them counts is not ours to say
    dropped = [span for span, mark in zip(found, marks, strict=True) if mark in known]
    return Sifted(
        document=replace(document, body=without(body, dropped)) if dropped else document,
        spans=tuple(_left(found, dropped)),
        kept=tuple(mark for mark in marks if mark not in known),
        dropped=tuple(mark for mark in marks if mark in known),
    )


def root_tag(document: Opened) -> str:
    """The first element's start tag: its language and base hold for all items."""
    return document.body[: document.body.find(">") + 1]


def item_spans(body: str) -> list[Span]:
    """Where each item begins and ends; none unless starts and ends of one name take turns."""
    found: list[Span] = []
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(body):
        if opened is None and tag[1]:
            opened = tag
        elif opened is not None and tag[2] == opened[1]:
            found.append((opened.start(), tag.end()))
            opened = None
        else:
            return []
    return found if opened is None else []


def without(body: str, spans: Iterable[Span]) -> str:
    """The document without these stretches of it, which are in order."""
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces.append(body[at:start])
        at = end
    return "".join([*pieces, body[at:]])


def _left(spans: Iterable[Span], dropped: Iterable[Span]) -> Iterator[Span]:
    """Where the others are once these are out."""
    out, shorter = set(dropped), 0
    for start, end in spans:
        if (start, end) in out:
            shorter += end - start
        else:
            yield start - shorter, end - shorter


def _mark(item: str) -> str:
    said = f"{SANITISER_VERSION}\n{item}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=8).hexdigest()
