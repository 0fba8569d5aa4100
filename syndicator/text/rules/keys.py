"""What an article must hold for a rule to have a chance, so that most rules are not tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syndicator.text.rules.tree import And, Near, Node, Or, Phrase, Same


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One thing an article may hold.

    Args:
        kind: the field of a word, "prefix" of a word in any field, "source", "lang"; "any" is held
            by every article.
    """

    kind: str
    value: str = ""


def keys(node: Node) -> frozenset[Key]:
    """An article for which the rule holds has one of these at least.

    Of the parts of an AND one is enough: the one that fewest articles are likely to hold.
    """
    if isinstance(node, Or):
        return frozenset().union(*map(keys, node.parts))
    if isinstance(node, And):
        return min((keys(part) for part in node.parts), key=_breadth)
    if isinstance(node, Phrase):
        whole = node.words[:-1] if node.prefix else node.words
        return _longest(node, whole) if whole else _one("prefix", node.words[0])
    if isinstance(node, Near):
        return _longest(node, (word for phrase in node.phrases for word in phrase))
    if isinstance(node, Same) and node.field != "url":
        return _one(node.field, node.value)
    return _one("any", "")


def _one(kind: str, value: str) -> frozenset[Key]:
    return frozenset([Key(kind=kind, value=value)])


def _longest(node: Phrase | Near, words: Iterable[str]) -> frozenset[Key]:
    """In each of its fields; long words are rare words, near enough."""
    longest = max(words, key=lambda word: (len(word), word))
    return frozenset(Key(kind=field, value=longest) for field in node.fields)


def _breadth(found: frozenset[Key]) -> tuple[int, int, int, int]:
    """Smaller is better: nothing open, then few wide keys, then few keys, then long words."""
    kinds = [key.kind for key in found]
    wide = sum(kind in ("source", "lang") for kind in kinds)
    shortest = min(len(key.value) for key in found)
    return kinds.count("any"), wide, kinds.count("prefix") * 8 + len(kinds), -shortest
