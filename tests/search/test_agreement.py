"""The index and the matcher in memory find the same articles for every rule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.errors import SyndicatorError
from syndicator.model import Category, Person, SourceSettings
from syndicator.stages.match import Rule, document
from syndicator.stores.store import SqlStore
from syndicator.text.rules import parse_rule
from tests.conftest import FakeClock
from tests.search.house import take_up
from tests.store.conftest import NOON, change, claimed, decided, open_at

WORDS = (
    *("mali", "Mali", "paix", "peace", "peacebuilding", "l'accord", "cease-fire", "d'Ivoire"),
    *("Ébola", "ebola", "straße", "STRASSE", "co₂", "3.14", "U.N.", "ﬁn", "u.n"),
    *("мир", "Мира", "ёлка", "елка", "ειρήνη", "ΕΙΡΗΝΗ", "سلام", "السَّلام", "शांति", "מו״מ"),
    *("和平协议", "和平", "平协", "カタカナ", "สันติภาพ", "សន្តិភាព", "한국어", "ꦱ", "𐐷𐐯", "Ꭰꭰ"),
    *("in", "the", "of", "a", "|", '"', "*", "-", "x|y", "foo_bar", "a:b", "ıi", "İ"),
)
TAGS = ("en", "fr", "fr-BE", "zh-Hans", "")
PLACES = ("https://www.example.org/Mali/1", "https://example.net/été", "http://x.org/?q=a b")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """120 articles of few words in many scripts."""
    store = open_at(tmp_path_factory.mktemp("full"), FakeClock(NOON))
    draw = random.Random(7)
    for source in ("agency", "Other"):
        url = f"https://www.{source.lower()}.example/feed"
        store.add_source(source, SourceSettings(url=url), now=NOON)
        changes = [_random(draw, f"{source}{n}") for n in range(60)]
        store.save(decided(claimed(store, source), *changes))
    take_up(store)
    yield store
    store.close()


def _random(draw: random.Random, key: str):
    def some(most: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(0, most)))

    return change(
        key,
        some(12),
        first_url=f"https://{key}.example/",
        title=some(4),
        standfirst=some(4),
        categories=tuple(Category(term=some(2), label=some(2)) for _ in range(draw.randint(0, 3))),
        authors=tuple(Person(name=some(2)) for _ in range(draw.randint(0, 2))),
        language=draw.choice(TAGS),
        url=draw.choice(PLACES),
        published_at=NOON - timedelta(hours=draw.randint(0, 50)),
    )


# ------------------------------------------------------------------ rules

WORD = st.sampled_from([word for word in WORDS if word.isalnum() or word[0].isalpha()])
PHRASE = st.lists(WORD, min_size=1, max_size=3).map(lambda some: '"{}"'.format(" ".join(some)))
NEAR = st.builds(
    lambda some, far: '"{}"~{}'.format(" ".join(some), far),
    st.lists(WORD, min_size=2, max_size=3),
    st.integers(0, 8),
)
PREFIX = st.builds(lambda word, size: f"{word[:size]}*", WORD, st.integers(2, 6))
TEXT = st.one_of(WORD.map(lambda word: f'"{word}"'), PHRASE, NEAR, PREFIX)
FIELD = st.sampled_from(["title", "text", "standfirst", "category", "author"])
LEAF = st.one_of(
    TEXT,
    st.builds("{}:{}".format, FIELD, TEXT),
    st.sampled_from(["source:agency", "source:other", "lang:fr", "lang:fr-be", "lang:zh"]),
    st.sampled_from(['url:"mali"', 'url:"example."', 'url:"ÉT"', 'url:"a b"']),
)
RULE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("({} AND NOT {})".format, inner, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(RULE)
def test_index_and_memory_find_the_same(full: SqlStore, text: str) -> None:
    try:
        tree = parse_rule(text)
    except SyndicatorError:
        return
    rule = Rule(text=text, tree=tree)
    kept = list(full.articles())
    wanted = {
        one.number for one in kept if rule.match(document(one.content, one.source_id)) is not None
    }

    numbers = full.find(text, limit=1000, patience_s=30)

    assert set(numbers) == wanted
    assert len(numbers) == len(wanted)
    dates = {one.number: one.published_at for one in kept}
    assert [dates[n] for n in numbers] == sorted((dates[n] for n in numbers), reverse=True)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_r45_any_text_finds_something_or_says_what_is_wrong(full: SqlStore, text: str) -> None:
    with suppress(SyndicatorError):
        full.find(text, limit=10, patience_s=30)
