"""Subscription lists as others write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from syndicator.cli.opml import Listed, read_opml
from syndicator.errors import ParseError

LIST = """<?xml version="1.0" encoding="{}"?>
<opml version="2.0"><head><title>Présidence</title></head><body>
<outline text="Sécurité &amp; paix">
  <outline text="L’Éclair – été" type="rss" xmlUrl="https://a.example/feed?a=1&amp;b=2"/>
  <outline title="B" type="rss" xmlUrl="https://b.example/feed" category="/Mali/North,Aid"/>
</outline>
<outline text="C" xmlUrl="https://c.example/feed"/>
<outline text="A again" xmlUrl="https://a.example/feed?a=1&amp;b=2"/>
</body></opml>"""


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "no-such-encoding"]
)
def test_feeds_come_in_order_with_folders_in_any_encoding(encoding: str) -> None:
    named = "UTF-8" if encoding == "utf-8-sig" else encoding
    written = "utf-8" if encoding.startswith("no-") else encoding
    body = LIST.format(named).encode(written)

    assert read_opml(body) == (
        Listed(
            url="https://a.example/feed?a=1&b=2",
            title="L’Éclair – été",
            folders=("Sécurité & paix",),
        ),
        Listed(
            url="https://b.example/feed",
            title="B",
            folders=("Mali", "North", "Aid", "Sécurité & paix"),
        ),
        Listed(url="https://c.example/feed", title="C"),
    )


def test_a_list_with_unescaped_marks_and_missing_ends_is_still_read() -> None:
    body = b'<opml><body><outline text="A & B" xmlUrl="http://a.example/?x=1&y=2"><outline'

    assert [one.url for one in read_opml(body)] == ["http://a.example/?x=1&y=2"]


def test_names_come_without_characters_that_cannot_be_shown() -> None:
    body = (
        b'<opml version="2.0"><body><outline text="A&#7; &#x1b;b\n c" xmlUrl="http://a.example/"/>'
    )

    assert [one.title for one in read_opml(body)] == ["A b c"]


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"<html><body>x</body></html>", b"http://127.0.0.1:9/x", b"/etc/hosts"]
)
def test_r47_what_is_no_list_is_refused_and_never_fetched_or_opened(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_opml(body)


def test_r47_entities_are_neither_opened_nor_blown_up(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("marker")
    bomb = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};&e{n - 1};">' for n in range(1, 30))
    body = (
        f'<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY e0 "lol">{bomb}]>'
        '<opml><body><outline text="&x;&e29;" xmlUrl="http://a.example/&x;"/></body></opml>'
    )

    assert "marker" not in str(read_opml(body.encode()))


@pytest.mark.corpus
def test_every_list_of_the_corpus_names_its_feeds(corpus: Path) -> None:
    lists = sorted(corpus.glob("feed-lists/**/*.opml"))

    assert lists
    for path in lists:
        body = path.read_bytes()
        addresses = {one.url for one in read_opml(body)}
        assert len(addresses) > 0, path
