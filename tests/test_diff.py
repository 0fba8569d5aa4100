"""What changed between two revisions: exact, readable, and soon done whatever is compared."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.model import Category, Content, Image, Person
from syndicator.publishers.revisions import changes_html
from syndicator.stages.diff import Op, Piece, brief, compare, diff, shortened


def told(pieces: tuple[Piece, ...]) -> str:
    marks = {Op.SAME: "{}", Op.GONE: "[-{}-]", Op.CAME: "[+{}+]"}
    return "".join(marks[one.op].format(one.text) for one in pieces)


def content(**facts: object) -> Content:
    return Content(**{"url": "https://p.example/1", "title": "A title", **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("one two three", "one 2 three", "one [-two -][+2 +]three", id="a word"),
        pytest.param("one two", "one two three", "one two [+three+]", id="more at the end"),
        pytest.param("a\nb\nc\n", "a\nB\nc\n", "a\n[-b\n-][+B\n+]c\n", id="a line among others"),
        pytest.param("", "new", "[+new+]", id="from nothing"),
        pytest.param("old", "", "[-old-]", id="to nothing"),
        pytest.param("twelve, dead", "thirteen, dead", "[-twelve-][+thirteen+], dead", id="comma"),
        pytest.param("和平协议", "和平条约", "和平[-协议-][+条约+]", id="script without blanks"),
        pytest.param("same", "same", "same", id="nothing"),
    ],
)
def test_texts_are_compared_by_words(old: str, new: str, expected: str) -> None:
    assert told(compare(old, new)) == expected


texts = st.text(st.sampled_from("ab c\n,é和"), max_size=60)


@given(texts, texts)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = compare(old, new)

    was = "".join(one.text for one in pieces if one.op is not Op.CAME)
    now = "".join(one.text for one in pieces if one.op is not Op.GONE)
    assert [bare(was), bare(now)] == [bare(old), bare(new)]


def bare(text: str) -> str:
    return "".join(text.split())


def test_every_field_a_reader_sees_is_compared_in_the_order_of_a_page() -> None:
    new = content(
        title="Another title",
        authors=(Person(name="Awa Diarra"),),
        published_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        standfirst="In short",
        text="All of it",
        image=Image(url="https://p.example/1.jpg", caption="A well", credit="Ada"),
        categories=(Category(term="Mali"),),
        rights="CC0",
    )
    changes = diff(content(), new)

    assert [one.field for one in changes] == [
        *("title", "authors", "published", "standfirst", "text", "image", "caption"),
        *("categories", "rights"),
    ]
    assert brief(changes[:5]).endswith("standfirst (+2 -0 words), text (+3 -0 words)")


def test_white_space_and_queries_of_pictures_are_no_change() -> None:
    old = content(text="one  two", image=Image(url="https://p.example/1.jpg?w=1"))
    new = content(text="one two ", image=Image(url="https://p.example/1.jpg?w=2"))

    assert diff(old, new) == ()


def test_long_unchanged_stretches_are_cut() -> None:
    words = " ".join(f"w{n}" for n in range(60))
    pieces = shortened(compare(f"{words} old {words}", f"{words} new {words}"), around=3)

    assert told(pieces) == "… w57 w58 w59 [-old -][+new +]w0 w1 w2 …"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("a " * 400_000, "b " * 400_000, id="many words"),
        pytest.param("a b " * 450, "b a a " * 300, id="few different words"),
        pytest.param("a\n" * 300_000, "b\n" * 300_000, id="many lines"),
        pytest.param(
            "\n".join(f"{n} x" for n in range(1990)),
            "\n".join(f"{n} y" for n in range(1990)),
            id="every line",
        ),
        pytest.param("w" * 900_000, "v" * 900_000, id="one word"),
    ],
)
def test_r12_comparing_ends_soon(old: str, new: str) -> None:
    began = time.process_time()
    compare(old, new)

    assert time.process_time() - began < 5


def test_r17_changes_are_safe_html() -> None:
    evil = '<script>alert(1)</script> & "quotes" <img src=x onerror=y>'
    html = changes_html(diff(content(), content(title=evil, text=f"{evil}\nmore")))

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "<b>Title</b>" in html
    assert "<br>" in html
