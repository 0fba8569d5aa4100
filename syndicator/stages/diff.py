"""What changed between two revisions, word by word.

First the lines that differ are found, then the words within them, so that a long text costs little
more than its changed part. What differs beyond the bounds is told as taken out and put in whole:
somebody who wants us to compare for minutes gets a coarser answer instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from difflib import SequenceMatcher
from enum import StrEnum

from syndicator.model import Content, Precision

MOST_LINES = 2_000  # that differ at the top level
MOST_WORDS = 1_000  # of one changed stretch
MOST_COMPARED = 20_000  # words of one text

# Scripts without blanks go letter by letter; a word takes the blanks after it along.
_TOKEN = re.compile(
    r"(?:[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|\w+|[^\w\s])\s*|\s+"
)
_WORD = re.compile(r"\w")


class Op(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    GONE = "gone"
    CAME = "came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text, and what became of it."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field of an article that says something else now."""

    field: str  # a key of FIELDS
    pieces: tuple[Piece, ...]

    def words(self, op: Op) -> int:
        """How many words came, or are gone."""
        texts = (piece.text for piece in self.pieces if piece.op is op)
        return sum(1 for text in texts for token in _TOKEN.findall(text) if _WORD.match(token))


def diff(old: Content, new: Content) -> tuple[FieldChange, ...]:
    """The fields of an article that a reader would find changed, in the order of a page."""
    pairs = ((name, said(old), said(new)) for name, said in FIELDS.items())
    return tuple(
        FieldChange(field=name, pieces=compare(before, after))
        for name, before, after in pairs
        if before.split() != after.split()
    )


def brief(changes: Iterable[FieldChange]) -> str:
    """The changes on one line: "title, text (+12 -3 words)"."""
    return ", ".join(_brief(change) for change in changes)


def _brief(change: FieldChange) -> str:
    if change.field not in ("text", "standfirst"):
        return change.field
    return f"{change.field} (+{change.words(Op.CAME)} -{change.words(Op.GONE)} words)"


def shortened(pieces: Sequence[Piece], *, around: int) -> tuple[Piece, ...]:
    """The same with long unchanged stretches cut down to so many words beside the changes."""
    last = len(pieces) - 1
    return tuple(
        _cut(piece, before=around if at else 0, after=around if at < last else 0)
        if piece.op is Op.SAME
        else piece
        for at, piece in enumerate(pieces)
    )


def _cut(piece: Piece, *, before: int, after: int) -> Piece:
    words = _TOKEN.findall(piece.text)
    if len(words) <= before + after + 1:
        return piece
    head, tail = "".join(words[:before]), "".join(words[len(words) - after :]) if after else ""
    return Piece(op=Op.SAME, text=f"{head}… {tail}" if tail else f"{head}…")


# ------------------------------------------------------------------ what fields say


def _published(content: Content) -> str:
    if content.published_at is None:
        return ""
    at = content.published_at.astimezone(UTC)
    if content.date_precision is Precision.DAY:
        return at.strftime("%Y-%m-%d")
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _image(content: Content) -> str:
    return content.image.url.partition("?")[0] if content.image else ""


def _picture_words(content: Content) -> str:
    image = content.image
    return " - ".join(filter(None, (image.caption, image.credit))) if image else ""


FIELDS: dict[str, Callable[[Content], str]] = {
    "title": lambda content: content.title,
    "authors": lambda content: "; ".join(one.name for one in content.authors),
    "contributors": lambda content: "; ".join(one.name for one in content.contributors),
    "published": _published,
    "standfirst": lambda content: content.standfirst,
    "text": lambda content: content.text,
    "image": _image,
    "caption": _picture_words,
    "files": lambda content: "; ".join(one.url.partition("?")[0] for one in content.enclosures),
    "categories": lambda content: "; ".join(sorted(c.label or c.term for c in content.categories)),
    "language": lambda content: content.language,
    "rights": lambda content: " ".join(filter(None, (content.rights, content.license))),
}
"""What is compared of an article, in the order of a page."""


# ------------------------------------------------------------------ comparing


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """One text against another: pieces that, the gone left out, make the new one."""
    room = _Room()
    lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    for op, before, after in _steps(*lines, most=MOST_LINES):
        if op is Op.SAME:
            found.append(Piece(op=op, text=_same(before, after)))
        else:
            found += _words("".join(before), "".join(after), room)
    return tuple(_joined(found))


@dataclass(slots=True)
class _Room:
    """How many words may still be compared."""

    left: int = MOST_COMPARED


def _words(old: str, new: str, room: _Room) -> Iterator[Piece]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    room.left -= len(before) + len(after)
    most = MOST_WORDS if room.left >= 0 else 0
    for op, gone, came in _steps(before, after, most=most):
        if op is Op.SAME:
            yield Piece(op=op, text=_same(gone, came))
            continue
        if gone:
            yield Piece(op=Op.GONE, text="".join(gone))
        if came:
            yield Piece(op=Op.CAME, text="".join(came))


def _steps(
    old: Sequence[str], new: Sequence[str], *, most: int
) -> Iterator[tuple[Op, Sequence[str], Sequence[str]]]:
    """Stretches that are the same, and stretches that took each other's place."""
    head, tail = _alike(old, new)
    if head:
        yield Op.SAME, old[:head], new[:head]
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(before) > most or len(after) > most:
        yield Op.GONE, before, after
    elif before or after:
        keys = [one.strip() for one in before], [one.strip() for one in after]
        for tag, i, j, k, end in SequenceMatcher(None, *keys).get_opcodes():
            yield (Op.SAME if tag == "equal" else Op.GONE), before[i:j], after[k:end]
    if tail:
        yield Op.SAME, old[len(old) - tail :], new[len(new) - tail :]


def _same(old: Sequence[str], new: Sequence[str]) -> str:
    """The same words, with the wider of the blanks, so that none run together."""
    return "".join(map(_longer, old, new))


def _longer(old: str, new: str) -> str:
    return old if len(old) > len(new) else new


def _alike(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many tokens are the same at the beginning, and how many at the end."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head].strip() == new[head].strip():
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail].strip() == new[-1 - tail].strip():
        tail += 1
    return head, tail


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.op is piece.op:
            last = Piece(op=last.op, text=last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
