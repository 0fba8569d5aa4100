"""R14: whatever comes in, what goes on can be written and read as XML."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from syndicator.text.clean import clean, lines, shorten, single_spaced, squash, writable

any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@given(any_text)
def test_r14_any_text_once_clean_is_encoded_and_parsed_by_expat_and_libxml2(text: str) -> None:
    document = f"<a>{escape(clean(text))}</a>".encode()

    assert ElementTree.fromstring(document).tag == "a"
    assert etree.fromstring(document).tag == "a"


@given(any_text)
def test_clean_text_stays_as_it_is_when_cleaned_again(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert squash(squash(text)) == squash(text)


@given(
    st.text(st.sampled_from("ab \n\t\r\x0b\x1c\x85\xa0\u2003\u2028\u3000\u200b\xad"), max_size=12)
)
def test_white_space_of_any_kind_becomes_one_space(text: str) -> None:
    assert single_spaced(text) == " ".join(text.split())


@given(any_text | st.text("a \t\r\n\xa0\u2028", max_size=20))
def test_lines_are_single_spaced_and_none_is_empty(text: str) -> None:
    split = (" ".join(line.split()) for line in clean(text).split("\n"))
    assert lines(clean(text)) == [line for line in split if line]


@given(any_text)
def test_r14_a_whole_document_holds_nothing_an_xml_parser_stops_at(text: str) -> None:
    document = f"<a>&#11;&#xD800;&#x110000;&#65;{escape(text)}</a>"

    assert etree.fromstring(writable(document).encode()).text is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a&#12;b&#x0C;c&#x0000000c;d&#12 e", "abcd e"),
        ("a&&#11;#12;b", "a&#12;b"),
        ("&#65;&#x1F600;&#000065;&#10;", "&#65;&#x1F600;&#000065;&#10;"),
        ("&#9999999999999;&#xD800;&#x110000;", ""),
    ],
    ids=["with and without their end", "nested", "legal", "beyond"],
)
def test_r14_numbers_of_illegal_characters_go(text: str, expected: str) -> None:
    """What is left in their place is dropped with the other controls."""
    written = writable(text)

    assert written.replace("\x7f", "") == expected
    assert "a&#12;b" not in written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tab\tand\nlines\r\n stay", "tab\tand\nlines\r\n stay"),
        ("\x00\x0b\x1b\ufffe\ud800gone\x85\x9f", "gone"),
        ("e\u0301", "\xe9"),
    ],
    ids=["line ends", "controls", "composed"],
)
def test_r14_what_xml_forbids_is_dropped_and_the_rest_composed(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_long_text_is_cut_after_a_whole_word() -> None:
    assert shorten("the peace accord of Algiers", 20) == "the peace accord of…"
    assert shorten("short", 20) == "short"
    assert len(shorten("x" * 99, 20)) == 20
