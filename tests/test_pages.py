"""Pages in any encoding, true to their word or not, and pages made to hurt."""

from __future__ import annotations

import contextlib
import time

import pytest

from syndicator.errors import ParseError
from syndicator.text.pages import decode, open_page, words_of

WORDS = "Été à Orléans – l’accord de paix, dix ans déjà; où étions-nous près de la forêt ?"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WORDS.encode(), ""),
        (WORDS.encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        (WORDS.encode("utf-16"), "text/html"),
        (WORDS.encode("cp1252"), "text/html; charset=windows-1252"),
        (WORDS.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (b'<meta charset="windows-1252">' + WORDS.encode("cp1252"), "text/html"),
        (WORDS.encode(), "text/html; charset=iso-8859-1"),
        (b'<meta charset="iso-8859-1">' + WORDS.encode(), "text/html"),
        (WORDS.encode("cp1252") * 9, "text/html; charset=utf-8"),
        (WORDS.encode("cp1252"), "text/html; charset=no-such-thing"),
    ],
    ids=[
        "undeclared",
        "mark over header",
        "utf-16",
        "header",
        "latin-1 is cp1252",
        "meta",
        "header lies",
        "meta lies",
        "claims utf-8",
        "unknown name",
    ],
)
def test_a_page_is_decoded_whatever_it_says_of_itself(body: bytes, content_type: str) -> None:
    assert WORDS in decode(body, {"Content-Type": content_type})


def test_seven_bit_encodings_are_believed() -> None:
    body = "日本語の記事".encode("iso-2022-jp")
    assert decode(body, {"content-type": "text/html; charset=iso-2022-jp"}) == "日本語の記事"


def test_one_bad_byte_does_not_change_the_encoding() -> None:
    body = (WORDS * 20).encode() + b"\xff" + WORDS.encode()
    assert WORDS in decode(body, {"content-type": "text/html; charset=utf-8"})


def test_words_of_blocks_do_not_run_together() -> None:
    page = open_page(
        b"<h1>One</h1><p>two<br>three</p><script>no()</script><i>fo</i>ur",
        url="https://x.example/",
        headers={},
    )
    assert words_of(page.root) == "One two three four"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x00"])
def test_nothing_is_not_a_page(body: bytes) -> None:
    with pytest.raises(ParseError):
        open_page(body, url="https://x.example/", headers={})


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 200_000,
        b"<a><b>" * 200_000,
        b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">x",
        b"<p " + b"".join(b"a%d='1'" % n for n in range(100_000)) + b">x",
        b"<table>" * 100_000,
        b"<" * 1_000_000,
    ],
    ids=["nested", "mixed", "attributes", "attributes without spaces", "tables", "open brackets"],
)
def test_r13_a_page_made_to_hurt_is_read_in_bounded_time(body: bytes) -> None:
    started = time.perf_counter()
    with contextlib.suppress(ParseError):
        open_page(body, url="https://x.example/", headers={})
    assert time.perf_counter() - started < 20
