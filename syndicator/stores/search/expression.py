"""From the tree of a query to the language of FTS5; every word goes into quotes (R45)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from syndicator.text.rules import And, Near, Node, Not, Or, Phrase, Same
from syndicator.text.rules.tree import WORD_FIELDS

COLUMNS = (*WORD_FIELDS, "source", "lang")
BETWEEN = "|"
"""Stands between the values of a field, so that no phrase goes from one into the next."""

_SEVERAL = ("category", "author")  # fields of several values


def is_tellable(node: Node) -> bool:
    """Whether FTS5 can tell; an address is looked for letter by letter, which it cannot."""
    if isinstance(node, Same):
        return node.field != "url"
    if isinstance(node, Not):
        return is_tellable(node.part)
    return not isinstance(node, And | Or) or all(map(is_tellable, node.parts))


def is_exact(node: Node) -> bool:
    """Whether `expression` finds just what the node says.

    It finds more where words may be near each other in a field of several values: to FTS5 these
    are one after the other.
    """
    if isinstance(node, Near):
        return not any(field in _SEVERAL for field in node.fields)
    if isinstance(node, Not):
        return is_exact(node.part)
    return not isinstance(node, And | Or) or all(map(is_exact, node.parts))


def expression(node: Node) -> str:
    """What FTS5 is to look for: all that the node says, and more where it is not exact.

    The node is tellable, and a part of it is wanted: FTS5 knows no NOT without something before.
    """
    return _said(node, surely=False) or _NOTHING


def spelled_out(node: Node, words_that_begin: Callable[[str], Sequence[str]]) -> Node:
    """The same, with the beginning of a word as all words that begin so, where these can be named.

    For the beginning of a word FTS5 puts the lists of all such words together before it tells the
    first hit; of words that are named it reads only as far as it is asked.
    """
    if isinstance(node, Phrase) and node.prefix:
        *before, begun = node.words
        named = tuple(
            replace(node, words=(*before, word), prefix=False) for word in words_that_begin(begun)
        )
        return Or(parts=named) if len(named) > 1 else next(iter(named), node)
    if isinstance(node, Not):
        return Not(part=spelled_out(node.part, words_that_begin))
    if isinstance(node, And | Or):
        return replace(
            node, parts=tuple(spelled_out(part, words_that_begin) for part in node.parts)
        )
    return node


def narrowly(node: Node) -> str:
    """The same, but only what the node says by all means: less, where it is not exact."""
    return _said(node, surely=True) or _NOTHING


_NOTHING = '""'  # FTS5 finds nothing for it
_NO_NAME = re.compile("[\x00-\x20\x7f]")  # no source or language has them, and they split words


def _said(node: Node, *, surely: bool) -> str | None:
    """None for what holds for no article.

    Args:
        surely: rather less than the node says, than more.
    """
    if isinstance(node, Phrase):
        star = " *" if node.prefix else ""
        return f"{_within(node.fields)} : {_quoted(node.words)}{star}"
    if isinstance(node, Same):
        return None if _NO_NAME.search(node.value) else _same(node)
    if isinstance(node, Near):
        return _near(node, surely=surely)
    if isinstance(node, Or):
        parts = [_said(part, surely=surely) for part in node.parts]
        return _joined(" OR ", filter(None, parts))
    assert isinstance(node, And)
    return _all(node, surely=surely)


def _all(node: And, *, surely: bool) -> str | None:
    wanted = [_said(p, surely=surely) for p in node.parts if not isinstance(p, Not)]
    if None in wanted:
        return None
    unwanted = [_said(p.part, surely=not surely) for p in node.parts if isinstance(p, Not)]
    kept, left_out = _joined(" AND ", filter(None, wanted)), _joined(" OR ", filter(None, unwanted))
    return f"({kept} NOT {left_out})" if left_out else kept


def _same(node: Same) -> str:
    return f"{_within([node.field])} : {_quoted([node.value])}"


def _near(node: Near, *, surely: bool) -> str | None:
    fields = [field for field in node.fields if not (surely and field in _SEVERAL)]
    phrases = " ".join(map(_quoted, node.phrases))
    return f"{_within(fields)} : NEAR({phrases}, {node.distance})" if fields else None


def _within(fields: Iterable[str]) -> str:
    return f"{{{' '.join(fields)}}}"


def _joined(operator: str, parts: Iterable[str]) -> str | None:
    some = list(dict.fromkeys(parts))
    return (f"({operator.join(some)})" if len(some) > 1 else some[0]) if some else None


def _quoted(words: Iterable[str]) -> str:
    return '"{}"'.format(" ".join(words).replace('"', '""'))
