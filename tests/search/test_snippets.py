"""A snippet shows the text as it is written, with the words marked that the query means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.text.rules import parse_rule
from syndicator.text.snippets import Piece, marked, snippet, wanted

LONG = "Nothing of note was said that day. " * 30


def _marked(text: str, query: str) -> str:
    return _shown(marked(text, wanted(parse_rule(query))))


def _shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{one.text}]" if one.hit else one.text for one in pieces)


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Peace in Mali.", "mali", "Peace in [Mali]."),
        ("L'accord d'Alger", "accord", "L'[accord] d'Alger"),
        ("l’Ébola, l’ebola", "ebola", "l’[Ébola], l’[ebola]"),
        ("Peacebuilding and peace", "peaceb*", "[Peacebuilding] and peace"),
        ("a cease-fire", '"cease fire"', "a [cease]-[fire]"),
        ("(U.N.)", "u.n.", "([U.N].)"),
        ("Мира и мир", "мир", "Мира и [мир]"),
        ("签署和平协议。", "和平协议", "签署[和平协议]。"),
        ("สันติภาพ", "สันติ", "[สันติ]ภาพ"),
        ("STRASSE, Straße", "straße", "[STRASSE], [Straße]"),
        ("war and peace", "peace AND NOT war", "war and [peace]"),
        ("x", "lang:fr OR x", "[x]"),
    ],
)
def test_words_are_marked_where_they_stand(text: str, query: str, shown: str) -> None:
    assert _marked(text, query) == shown


def test_the_paragraph_with_most_of_the_words_is_shown() -> None:
    texts = ("A standfirst about wells.", f"{LONG}\nThe wells of Gao are dry.\n{LONG}")
    assert (
        _shown(snippet(texts, wanted(parse_rule("wells gao")))) == "The [wells] of [Gao] are dry."
    )


def test_a_long_paragraph_is_cut_around_the_words_at_blanks() -> None:
    shown = snippet((f"{LONG}The wells of Gao are dry. {LONG}",), wanted(parse_rule("gao")))
    words = _shown(shown)

    assert words.startswith("… ")
    assert words.endswith(" …")
    assert "The wells of [Gao] are dry." in words
    assert len(words) < 260
    assert words.strip("… ").split()[0] in LONG.split()


def test_where_no_word_stands_the_text_begins_it() -> None:
    looked_for = wanted(parse_rule('source:agency OR url:"x"'))
    assert _shown(snippet(("", "The first words."), looked_for)) == "The first words."
    assert snippet(("", ""), looked_for) == ()


def test_one_word_without_end_is_cut() -> None:
    shown = snippet(("x" * 5000 + " gao " + "y" * 5000,), wanted(parse_rule("gao")))
    assert len(_shown(shown)) < 300
    assert "[gao]" in _shown(shown)


@given(st.text(max_size=400), st.sampled_from(["gao", "ab*", "和平", '"a b"~3', "ส*ก OR สน"]))
def test_nothing_is_added_to_the_text(text: str, query: str) -> None:
    try:
        looked_for = wanted(parse_rule(query))
    except Exception:
        return
    assert "".join(piece.text for piece in marked(text, looked_for)) == text
    inside = "".join(piece.text for piece in snippet((text,), looked_for, length=50))
    assert inside.removeprefix("… ").removesuffix(" …") in " ".join(text.split()) or "…" in text
