"""Rules in memory: an index of many rules finds what a plain reading of each would find."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.themes import MOST, run
from syndicator.errors import RuleError
from syndicator.model import Category, Content, Found, Person, Theme
from syndicator.stages.match import RuleSet, compile_rule, compile_theme, document
from syndicator.text.rules import And, Near, Node, Not, Or, Phrase, Same, parse_rule
from syndicator.text.words import words

# ------------------------------------------------------------------ the rule language


def article(**facts: object) -> Content:
    """An article about little."""
    said = {"url": "https://press.example/Some/Page", "title": "", "text": "", "language": "fr-BE"}
    return Content(**{**said, **facts})  # type: ignore[arg-type]


def holds(rule: str, content: Content, source: str = "press") -> bool:
    return compile_rule(rule).match(document(content, source)) is not None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("mali", True),
        ("MALI", True),
        ("title:mali", False),
        ("text:mali", True),
        ("bamako", False),
        ("mali bamako", False),
        ("mali OR bamako", True),
        ("mali NOT paix", False),
        ("mali -guerre", True),
        ('"accord de paix"', True),
        ('"paix de accord"', False),
        ('"paix accord"~1', True),
        ('"paix signe"~2', False),
        ('"paix signe"~3', True),
        ("acc*", True),
        ("title:acc*", False),
        ('"accord de pa"', False),
        ("l'accord", True),
        ("category:afrique", True),
        ('category:"ouest sahel"', False),
        ("author:diarra", True),
        ("diarra", False),
        ("source:press", True),
        ("source:pre", False),
        ("lang:fr", True),
        ("lang:fr-be", True),
        ("lang:nl", False),
        ('url:"press.example/some"', True),
        ("standfirst:resume", True),
        ("résumé", True),
    ],
)
def test_the_rule_language(rule: str, expected: bool) -> None:
    content = article(
        title="Une nouvelle",
        text="L'accord de paix au Mali est signé.",
        standfirst="Résumé court",
        categories=(Category(term="Afrique de l'Ouest"), Category(term="Sahel")),
        authors=(Person(name="Awa Diarra"),),
    )

    assert holds(rule, content) is expected


def test_a_phrase_stays_within_one_value() -> None:
    content = article(categories=(Category(term="west"), Category(term="africa")))

    assert not holds('category:"west africa"', content)
    assert holds("category:(west africa)", content)


@pytest.mark.parametrize(
    "rule",
    [
        *("mali~", "[a TO b]", "mali^2", "/mali/", "*", "colour:red", "NOT mali", "a OR NOT b"),
        *("(mali", '"unfinished', "m*", "ma?i", "", "   ", "title:", "AND", "url:http"),
    ],
)
def test_r46_what_the_language_does_not_take_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        compile_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("/(a+)+$/", id="regular expression"),
        pytest.param("(" * 400 + "a" + ")" * 400, id="depth"),
        pytest.param(" OR ".join(f"w{n}" for n in range(3000)), id="width"),
        pytest.param('"' + "a " * 2000 + '"~900', id="near"),
        pytest.param("a*" * 500, id="stars"),
        pytest.param(" ".join(["aa*"] * 400), id="prefixes"),
        pytest.param('title:"' + "x y " * 500 + '"', id="phrase"),
    ],
)
def test_r46_evil_rules_end_soon(rule: str) -> None:
    content = article(text="a " * 5_000 + "aab " * 5_000)
    began = time.process_time()
    with suppress(RuleError):
        holds(rule, content)

    assert time.process_time() - began < 2


def test_the_rule_of_the_nearest_language_decides() -> None:
    theme = Theme(
        slug="t", title="T", match="peace", matches={"fr": "paix", "fr-BE": "accord", "nl": "vrede"}
    )
    rule = compile_theme(theme)
    assert rule is not None

    def found(text: str, language: str) -> bool:
        return rule.match(document(article(text=text, language=language), "s")) is not None

    assert [found("paix", tag) for tag in ("fr", "fr-CA", "fr-BE", "en", "")] == [
        *(True, True, False, False, False)
    ]
    assert [found("accord", tag) for tag in ("fr", "fr-be", "nl")] == [False, True, False]
    assert [found("peace", tag) for tag in ("fr", "de", "")] == [False, True, True]


def test_a_hundred_times_the_themes_cost_three_times_as_much_at_most() -> None:
    few, many = run(articles=60, rounds=5)

    assert many.us < MOST * few.us


# ------------------------------------------------------------------ against a plain reading


VOCABULARY = ["mali", "malien", "paix", "accord", "nord", "eau", "x1"]
a_word = st.sampled_from(VOCABULARY)
texts = st.lists(a_word, max_size=8).map(" ".join)
contents = st.builds(
    article,
    title=texts,
    text=texts,
    standfirst=texts,
    categories=st.lists(texts.map(lambda t: Category(term=t)), max_size=2).map(tuple),
    authors=st.lists(texts.map(lambda t: Person(name=t)), max_size=2).map(tuple),
    language=st.sampled_from(["fr", "fr-BE", "en", ""]),
)
fields = st.sampled_from(["", "title:", "text:", "category:", "author:", "standfirst:"])
leaves = st.one_of(
    st.tuples(fields, a_word).map("".join),
    st.tuples(fields, st.sampled_from(["ma*", "mali*", "pa*"])).map("".join),
    st.tuples(fields, st.lists(a_word, min_size=2, max_size=3)).map(
        lambda pair: f'{pair[0]}"{" ".join(pair[1])}"'
    ),
    st.tuples(a_word, a_word, st.integers(0, 3)).map(lambda t: f'"{t[0]} {t[1]}"~{t[2]}'),
    st.sampled_from(["source:s1", "lang:fr", 'url:"some"']),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} AND {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} OR {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} NOT {p[1]})"),
    ),
    max_leaves=6,
)


def naive(node: Node, content: Content, source: str) -> bool:
    """The meaning of a rule, as one would explain it: no index, no sets, no order of trying."""
    if isinstance(node, And):
        return all(naive(part, content, source) for part in node.parts)
    if isinstance(node, Or):
        return any(naive(part, content, source) for part in node.parts)
    if isinstance(node, Not):
        return not naive(node.part, content, source)
    if isinstance(node, Same):
        return {
            "source": source.lower() == node.value,
            "lang": f"{content.language.lower()}-".startswith(f"{node.value}-"),
            "url": node.value in content.url.lower(),
        }[node.field]
    values = [words(text) for field in node.fields for text in values_of(content, field)]
    return any(naive_value(node, value) for value in values)


def values_of(content: Content, field: str) -> list[str]:
    if field == "category":
        return [one.term for one in content.categories]
    if field == "author":
        return [one.name for one in content.authors]
    return [getattr(content, field)]


def naive_value(node: Phrase | Near, value: list[str]) -> bool:
    if isinstance(node, Phrase):
        size = len(node.words)
        windows = [tuple(value[at : at + size]) for at in range(len(value) - size + 1)]
        if node.prefix:
            *most, last = node.words
            return any(w[:-1] == tuple(most) and w[-1].startswith(last) for w in windows)
        return tuple(node.words) in windows
    spots = [
        [at for at in range(len(value)) if tuple(value[at : at + len(p)]) == p]
        for p in node.phrases
    ]
    return any(fits(node, place) for place in combinations(spots))


def combinations(spots: list[list[int]]) -> list[list[int]]:
    found: list[list[int]] = [[]]
    for some in spots:
        found = [[*place, at] for place in found for at in some]
    return found


def fits(node: Near, place: list[int]) -> bool:
    """From the end of each phrase to the start of the last at most so many words between."""
    last = max(place)
    return all(
        last - (at + len(phrase)) <= node.distance
        for at, phrase in zip(place, node.phrases, strict=True)
    )


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(rules, min_size=1, max_size=8), contents)
def test_the_index_finds_what_a_plain_reading_finds(some: list[str], content: Content) -> None:
    compiled = {f"t{n}": compile_rule(rule) for n, rule in enumerate(some)}
    expected = {f"t{n}" for n, rule in enumerate(some) if naive(parse_rule(rule), content, "s1")}

    assert set(RuleSet(compiled).match(document(content, "s1"))) == expected


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rules, contents)
def test_each_reason_stands_in_the_field_it_names(rule: str, content: Content) -> None:
    found = compile_rule(rule).match(document(content, "s1")) or ()

    for one in found:
        assert is_there(one, content)


def is_there(found: Found, content: Content) -> bool:
    if found.field in ("source", "lang", "url"):
        return True
    wanted = found.words.split()
    held = [words(text) for text in values_of(content, found.field)]
    return any(set(wanted) <= set(value) for value in held)
