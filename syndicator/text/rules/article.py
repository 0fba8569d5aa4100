"""An article as rules see it: fields of values of words."""

from __future__ import annotations

from collections.abc import Iterable, KeysView, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from syndicator.model import Content
from syndicator.text.rules.tree import WORD_FIELDS
from syndicator.text.words import fold, words_of

_FEW = 32  # words that are looked for one by one before a text is cut


class Value:
    """One value of a field as words: a title, a text, one of the categories; cut when need be."""

    def __init__(self, text: str) -> None:
        self._folded = fold(text)

    @cached_property
    def words(self) -> Sequence[str]:
        """In their order."""
        return words_of(self._folded)

    def may_hold(self, wanted: KeysView[str]) -> bool:
        """Whether any of the words can be among its own: to look for a few costs far less than to
        cut a long text."""
        return len(wanted) > _FEW or any(word in self._folded for word in wanted)

    @cached_property
    def places(self) -> Mapping[str, Sequence[int]]:
        """Word -> its places, ascending."""
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(word, []).append(place)
        return found

    def starts(self, phrase: tuple[str, ...], *, prefix: bool = False) -> list[int]:
        """Where the phrase begins, ascending."""
        if len(phrase) == 1 and not prefix:
            return list(self.places.get(phrase[0], ()))
        return [at for at in self.places.get(phrase[0], ()) if self._stands(phrase, at, prefix)]

    def _stands(self, phrase: tuple[str, ...], at: int, prefix: bool) -> bool:
        here, last = self.words[at : at + len(phrase)], len(phrase) - 1
        if len(here) <= last or tuple(here[:last]) != phrase[:last]:
            return False
        return here[last].startswith(phrase[last]) if prefix else here[last] == phrase[last]


class Field:
    """A field of an article: its values, and the set of all their words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.values = [Value(text) for text in dict.fromkeys(texts) if text]

    def among(self, wanted: KeysView[str]) -> AbstractSet[str]:
        """Those of the wanted words that it holds; cheaper than the set of all, few being wanted
        or many."""
        held = (wanted & value.words for value in self.values if value.may_hold(wanted))
        return set[str]().union(*held)

    @cached_property
    def words(self) -> frozenset[str]:
        """Each word once."""
        return frozenset[str]().union(*(value.words for value in self.values))

    @cached_property
    def sorted(self) -> Sequence[str]:
        """The words in order, for prefixes."""
        return sorted(self.words)


class _Fields(dict[str, Field]):
    """Fields made of words (tree.WORD_FIELDS) by name, each made when first asked for."""

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content

    def __missing__(self, name: str) -> Field:
        made = self[name] = Field(_texts(self._content, name))
        return made


class Document:
    """An article cut into words, each field when first asked for."""

    def __init__(self, content: Content, source_id: str) -> None:
        self.fields: Mapping[str, Field] = _Fields(content)
        self.source = source_id
        self.language = content.language
        self.urls = tuple({u.lower() for u in (content.url, content.canonical_url) if u})

    @cached_property
    def tags(self) -> frozenset[str]:
        """The language and those it is within, in lower case: fr-be, fr."""
        parts = self.language.lower().split("-")
        return frozenset("-".join(parts[:end]) for end in range(1, len(parts) + 1))

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of all fields."""
        return frozenset[str]().union(*(self.fields[name].words for name in WORD_FIELDS))


def document(content: Content, source_id: str) -> Document:
    """An article, ready to be matched by any number of rules."""
    return Document(content, source_id)


def _texts(content: Content, name: str) -> Iterable[str]:
    if name == "category":
        return [text for each in content.categories for text in (each.term, each.label)]
    if name == "author":
        return [person.name for person in content.authors]
    return [{"title": content.title, "text": content.text, "standfirst": content.standfirst}[name]]


def within(language: str, tag: str) -> bool:
    """fr-BE is within fr; a tag is given in lower case."""
    return language.lower() == tag or language.lower().startswith(f"{tag}-")
