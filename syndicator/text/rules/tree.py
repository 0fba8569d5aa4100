"""What a rule says, as immutable values; words are already folded (`words`)."""

from __future__ import annotations

from dataclasses import dataclass

WORD_FIELDS = ("title", "text", "standfirst", "category", "author")
EXACT_FIELDS = ("source", "lang", "url")
FIELDS = WORD_FIELDS + EXACT_FIELDS
NO_FIELD = ("title", "standfirst", "text", "category")
"""Where a word without a field is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words one after the other within one value of any of the fields; most often one word.

    Args:
        prefix: the last word may go on.
    """

    fields: tuple[str, ...]
    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Phrases in any order within one value, at most `distance` words between first and last."""

    fields: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A field without words: `source` is equal, `lang` equal or wider, `url` contains it.

    Args:
        value: in lower case.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All parts hold; at least one is not a Not."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any part holds; none is a Not."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold; stands within And only."""

    part: Node


Leaf = Phrase | Near | Same
Node = Phrase | Near | Same | And | Or | Not
