"""Text cut into words, the same for rules, memory and indexes, whichever way it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.text.words import MAX_WORD, fold, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Peace-building, at last.", ["peace", "building", "at", "last"]),
        ("Don't: d'Ivoire", ["don", "t", "d", "ivoire"]),
        ("The U.N. said 1,000 of 3.14;5 at a.org:", "the u.n said 1,000 of 3.14;5 at a.org"),
        ("snake_case _ _start end_", ["snake_case", "_start", "end_"]),
        ("a.b,c:d 1:2 3.x", ["a.b", "c:d", "1", "2", "3", "x"]),
        ("one\ntwo\x1cthree\r\nfour.five", ["one", "two", "three", "four.five"]),
        ("", []),
    ],
)
def test_ascii_text_is_cut_where_unicode_says(text: str, expected: list[str] | str) -> None:
    assert words(text) == (expected if isinstance(expected, list) else expected.split())


@given(st.text("ab19.,:;_'- \n\t\x1c/", max_size=20))
def test_a_line_alone_is_cut_as_it_is_beside_others(text: str) -> None:
    beside = words(f"example.org snake_case {text} example.org")

    assert words(f"{text} x")[:-1] == beside[2:-1]


@given(st.text("ab19.,:;_'- \n\t/", max_size=20))
def test_ascii_is_cut_as_the_same_text_among_letters_that_are_not(text: str) -> None:
    among = words(f"ж {text} ж")

    assert words(text) == among[1:-1]


@given(st.text() | st.text("aÉß.,_'-\u00ad\u0301\ufb01 和平协议กำแพงмарийский مُحَمَّدהרצ״ל12"))
def test_each_word_stands_in_the_folded_text(text: str) -> None:
    folded = fold(text)

    assert [word for word in words(text) if word not in folded] == []


def test_an_endless_word_is_cut() -> None:
    assert words("a" * 1000) == ["a" * MAX_WORD]
