"""The part of a text that shows why it was found, as it is written, with the words marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from syndicator.text.rules import And, Near, Node, Not, Or, Phrase
from syndicator.text.words import PAIRED, words

LENGTH = 240  # characters
_PARAGRAPHS = 500  # looked through for the best

# What may hold a word: words begin and end within it. Letters that are cut into pairs are apart.
_CHUNK = regex.compile(
    rf"""
    (?P<run>(?:{PAIRED}\p{{M}}*+)++)
  | [[\p{{L}}\p{{N}}\p{{M}}\p{{Cf}}_.:,;\u05f3\u05f4]--{PAIRED}]++
    """,
    regex.VERBOSE | regex.VERSION1,
)
_LETTER = regex.compile(r"\P{M}\p{M}*")
_AROUND = ".:,;_"
_BLANK = regex.compile(r"\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The words that a query wants, whatever their field.

    Args:
        beginnings: of words that may go on.
    """

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()

    def has(self, word: str) -> bool:
        return word in self.words or word.startswith(self.beginnings)

    def among(self, some: Iterable[str]) -> set[str]:
        return {word for word in some if self.has(word)}


def wanted(node: Node) -> Wanted:
    """The words of a query; not those it does not want."""
    whole: set[str] = set()
    begun: set[str] = set()
    for leaf in _leaves(node):
        if isinstance(leaf, Near):
            whole.update(word for phrase in leaf.phrases for word in phrase)
        else:
            whole.update(leaf.words[:-1] if leaf.prefix else leaf.words)
            begun.update(leaf.words[-1:] if leaf.prefix else ())
    return Wanted(words=frozenset(whole), beginnings=tuple(sorted(begun)))


def _leaves(node: Node) -> Iterator[Phrase | Near]:
    if isinstance(node, And | Or):
        for part in node.parts:
            if not isinstance(part, Not):
                yield from _leaves(part)
    elif isinstance(node, Phrase | Near):
        yield node


def marked(text: str, wanted: Wanted) -> tuple[Piece, ...]:
    """All of a text, with the words marked."""
    return _pieces(text, list(_hits(text, wanted)))


def snippet(texts: Sequence[str], wanted: Wanted, *, length: int = LENGTH) -> tuple[Piece, ...]:
    """About `length` characters around the words, of the paragraph that has most of them.

    Args:
        texts: the first is taken where none of them has any of the words.
    """
    best, most = "", 0
    for paragraph in _paragraphs(texts):
        count = len(wanted.among(set(words(paragraph))))
        if count > most or not best:
            best, most = paragraph, max(count, most)
    return _window(best, wanted, length)


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    left = _PARAGRAPHS
    for text in texts:
        for line in text.splitlines():
            if left and (paragraph := " ".join(line.split())):
                left -= 1
                yield paragraph


def _window(text: str, wanted: Wanted, length: int) -> tuple[Piece, ...]:
    hits = _hits(text, wanted)
    first = next(hits, (0, 0))
    begin = _at_blank(text, first[0] - length // 3, first[0]) if len(text) > length else 0
    end = (
        len(text) if begin + length >= len(text) else _back_to_blank(text, begin + length, first[1])
    )
    inside = [(start - begin, stop - begin) for start, stop in _upto(end, first, hits)]
    pieces = _pieces(text[begin:end], inside)
    before = (Piece(text="… "),) if begin else ()
    after = (Piece(text=" …"),) if end < len(text) else ()
    return (*before, *pieces, *after)


def _upto(
    end: int, first: tuple[int, int], others: Iterator[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    here: tuple[int, int] | None = first
    while here is not None and here[1] <= end:
        yield here
        here = next(others, None)


def _at_blank(text: str, near: int, last: int) -> int:
    """Where a word begins, from `near` on; where none does up to `last`, `near` itself."""
    if near <= 0:
        return 0
    blank = _BLANK.search(text, near, last)
    return blank.end() if blank else near


def _back_to_blank(text: str, near: int, first: int) -> int:
    """Where a word ends, before `near`; where none does after `first`, `near` itself."""
    blank = text.rfind(" ", first, near)
    return blank if blank > 0 else max(near, first)


def _pieces(text: str, hits: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    at = 0
    for start, stop in hits:
        if start > at:
            found.append(Piece(text=text[at:start]))
        if stop > start:
            found.append(Piece(text=text[start:stop], hit=True))
        at = max(at, stop)
    if at < len(text):
        found.append(Piece(text=text[at:]))
    return tuple(found)


# ------------------------------------------------------------------ where words stand


def _hits(text: str, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Where the words stand, ascending and apart from each other."""
    for chunk in _CHUNK.finditer(text):
        if chunk["run"]:
            yield from _pairs(chunk[0], chunk.start(), wanted)
        elif wanted.among(words(chunk[0])):
            inner = chunk[0].strip(_AROUND)
            start = chunk.start() + chunk[0].index(inner)
            yield start, start + len(inner)


def _pairs(run: str, at: int, wanted: Wanted) -> Iterator[tuple[int, int]]:
    """Pairs that follow on each other are one hit."""
    letters = [(m.start() + at, m.end() + at) for m in _LETTER.finditer(run)]
    size = 2 if len(letters) > 1 else 1
    begin = end = -1
    for first, last in zip(letters, letters[size - 1 :], strict=False):
        if not wanted.among(words(run[first[0] - at : last[1] - at])):
            continue
        if first[0] > end:
            if end > begin:
                yield begin, end
            begin = first[0]
        end = last[1]
    if end > begin:
        yield begin, end
