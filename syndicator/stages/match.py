"""Which themes an article belongs to, and why: rules are evaluated here, in memory.

An article is cut into words once (`document`), each field when first asked for; a RuleSet then
tries only the rules of which the article holds a key, so that thousands of themes cost little more
than dozens.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, KeysView, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from syndicator.errors import RuleError
from syndicator.model import Found, Reason, Theme
from syndicator.text.rules import And, Key, Near, Node, Not, Or, Phrase, Same, keys, parse_rule
from syndicator.text.rules.article import Document, Field, Value, document, within
from syndicator.text.rules.tree import WORD_FIELDS

__all__ = ["Document", "Rule", "RuleSet", "compile_rule", "compile_theme", "document", "filed"]

MAX_ENDINGS = 5  # words found by one prefix that are told as a reason
MAX_FOUND = 50  # reasons kept of one match

# ------------------------------------------------------------------ one rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a theme wants, ready to be matched; immutable, can be sent to another process.

    Args:
        text: as the operator wrote it.
        tree: None when there are only rules for some languages.
        languages: trees for articles of these languages, the most exact tag first.
    """

    text: str
    tree: Node | None
    languages: tuple[tuple[str, Node], ...] = ()

    def match(self, document: Document) -> tuple[Found, ...] | None:
        """The words found and where, or None when the article does not belong."""
        tree = self._tree_for(document.language)
        found = None if tree is None else _found(tree, document)
        if found is None or len(found) < 2:
            return None if found is None else tuple(found)
        return tuple(dict.fromkeys(found))[:MAX_FOUND]

    def candidates(self) -> frozenset[Key]:
        """What an article must hold one of; see text.rules.keys."""
        trees = [tree for _, tree in self.languages] + ([self.tree] if self.tree else [])
        return frozenset[Key]().union(*map(keys, trees))

    def _tree_for(self, language: str) -> Node | None:
        if not self.languages:
            return self.tree
        fitting = (tree for tag, tree in self.languages if within(language, tag))
        return next(fitting, self.tree)


def compile_rule(text: str) -> Rule:
    """A rule as the operator writes it (design section 5).

    Raises:
        RuleError: it cannot be taken; with the column.
    """
    return Rule(text=text, tree=parse_rule(text))


def compile_theme(theme: Theme) -> Rule | None:
    """The rules of a theme, those per language included; None when it has no rule at all.

    Raises:
        RuleError: naming the language of a rule that cannot be taken.
    """
    tags = sorted(theme.matches, key=lambda tag: (-len(tag), tag))
    languages = tuple((tag.lower(), _parsed(theme.matches[tag], tag)) for tag in tags)
    if not theme.match and not languages:
        return None
    tree = parse_rule(theme.match) if theme.match else None
    return Rule(text=theme.match, tree=tree, languages=languages)


def _parsed(text: str, language: str) -> Node:
    try:
        return parse_rule(text)
    except RuleError as error:
        raise RuleError(f"{language}: {error.message}", column=error.column) from error


# ------------------------------------------------------------------ evaluating


def _found(node: Node, document: Document) -> list[Found] | None:
    """What makes the node true, or None when it is not."""
    return _BY_NODE[type(node)](node, document)


def _any(node: Or, document: Document) -> list[Found] | None:
    found: list[Found] = []
    holds = False
    for part in node.parts:
        here = _found(part, document)
        if here is not None:
            holds = True
            found += here
    return found if holds else None


def _all(node: And, document: Document) -> list[Found] | None:
    found: list[Found] = []
    for part in node.parts:
        here = _found(part, document)
        if here is None:
            return None
        found += here
    return found


def _not(node: Not, document: Document) -> list[Found] | None:
    return [] if _found(node.part, document) is None else None


def _phrase(node: Phrase, document: Document) -> list[Found] | None:
    fields = document.fields
    if len(node.words) == 1 and not node.prefix:  # what most rules are made of
        word = node.words[0]
        return [Found(field=f, words=word) for f in node.fields if word in fields[f].words] or None
    found = [Found(field=f, words=each) for f in node.fields for each in _wordings(node, fields[f])]
    return found or None


def _wordings(node: Phrase, field: Field) -> Iterable[str]:
    """The phrase as it stands in the field; several by a prefix, none when it is not there."""
    if len(node.words) == 1:
        return _endings(node.words[0], field)
    whole = node.words[:-1] if node.prefix else node.words
    if not field.words.issuperset(whole):
        return []
    size = len(node.words)
    places = ((v, at) for v in field.values for at in v.starts(node.words, prefix=node.prefix))
    found = dict.fromkeys(" ".join(value.words[at : at + size]) for value, at in places)
    return list(found)[:MAX_ENDINGS]


def _endings(prefix: str, field: Field) -> list[str]:
    at = bisect_left(field.sorted, prefix)
    near = field.sorted[at : at + MAX_ENDINGS]
    return [word for word in near if word.startswith(prefix)]


def _near(node: Near, document: Document) -> list[Found] | None:
    text = " ".join(" ".join(phrase) for phrase in node.phrases)
    names = [name for name in node.fields if _is_near(node, document.fields[name])]
    return [Found(field=name, words=text) for name in names] or None


def _is_near(node: Near, field: Field) -> bool:
    wanted = {word for phrase in node.phrases for word in phrase}
    return field.words.issuperset(wanted) and any(_clump(node, value) for value in field.values)


def _clump(node: Near, value: Value) -> bool:
    """FTS5's NEAR: for some place of the last phrase all others start no more than `distance` and
    their own length before it."""
    starts = [value.starts(phrase) for phrase in node.phrases]
    reach = [len(phrase) + node.distance for phrase in node.phrases]
    return all(starts) and any(
        all(_between(each, last - far, last) for each, far in zip(starts, reach, strict=True))
        for last in sorted({at for each in starts for at in each})
    )


def _between(places: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(places, low)
    return at < len(places) and places[at] <= high


def _same(node: Same, document: Document) -> list[Found] | None:
    value = {
        "source": document.source if document.source.lower() == node.value else "",
        "lang": document.language if within(document.language, node.value) else "",
        "url": node.value if any(node.value in url for url in document.urls) else "",
    }[node.field]
    return [Found(field=node.field, words=value)] if value else None


_BY_NODE: Mapping[type, Callable[[Any, Document], list[Found] | None]] = {
    Phrase: _phrase,
    Near: _near,
    Same: _same,
    And: _all,
    Or: _any,
    Not: _not,
}


# ------------------------------------------------------------------ many rules


class RuleSet:
    """The rules of all themes, found by the words of an article instead of one after the other."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = list(rules.items())
        self._by: dict[str, dict[str, list[int]]] = {}
        for number, (_, rule) in enumerate(self._rules):
            for key in rule.candidates():
                self._by.setdefault(key.kind, {}).setdefault(key.value, []).append(number)
        self._prefix_lengths = sorted({len(prefix) for prefix in self._by.get("prefix", {})})

    def match(self, document: Document) -> Mapping[str, tuple[Found, ...]]:
        """Slug -> what was found, for every theme the article belongs to, in the given order."""
        matched: dict[str, tuple[Found, ...]] = {}
        for number in sorted(self._candidates(document)):
            slug, rule = self._rules[number]
            found = rule.match(document)
            if found is not None:
                matched[slug] = found
        return matched

    def _candidates(self, document: Document) -> set[int]:
        numbers: set[int] = set()
        for kind, rules in self._by.items():
            for value in self._held(kind, document, rules.keys()):
                numbers.update(rules[value])
        return numbers

    def _held(self, kind: str, document: Document, wanted: KeysView[str]) -> AbstractSet[str]:
        """What the article has of the wanted values of this kind (text.rules.keys)."""
        if kind in WORD_FIELDS:
            return document.fields[kind].among(wanted)
        if kind == "prefix":
            return wanted & {
                word[:size] for size in self._prefix_lengths for word in document.words
            }
        held = {"source": {document.source.lower()}, "lang": document.tags, "any": {""}}
        return wanted & held[kind]


def filed(
    article: Document,
    rules: RuleSet,
    *,
    versions: Mapping[str, int],
    source_themes: Iterable[str],
) -> Mapping[str, Reason]:
    """The themes an article belongs to, and why: what its source says goes before the rules.

    Args:
        versions: slug -> version of the rule.
        source_themes: slugs of `themes = [...]` of its source.
    """
    reasons = {
        slug: Reason(how="rule", rule_version=versions[slug], found=found)
        for slug, found in rules.match(article).items()
    }
    return reasons | {slug: Reason(how="source") for slug in source_themes}
