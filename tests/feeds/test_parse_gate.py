"""What a body is, in which encoding, and within which bounds (C23, C24, R10, R11, R13)."""

from __future__ import annotations

import builtins
import codecs
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.errors import ParseError
from syndicator.stages.parse import parse_feed
from tests.feeds.documents import URL, atom, entry, read, rss


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<!DOCTYPE html><html><body>Moved</body></html>", "an HTML page, not a feed"),
        ("\n <HTML><head></head></HTML>", "an HTML page, not a feed"),
        (
            '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"><html/>',
            "an HTML page, not a feed",
        ),
        ("<!-- a --><p>Not found</p>", "an HTML page, not a feed"),
        ("<opml><body/></opml>", "OPML"),
        ("<urlset/>", "a sitemap"),
        ("<thing/>", "<thing>, which is no feed"),
        ("", "empty"),
        (" \n ", "empty"),
        ("Bad gateway", "without any element"),
    ],
)
def test_c23_what_is_no_feed_is_refused_with_what_it_is(body: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(body, {"content-type": "application/rss+xml"})


def test_c23_the_media_type_says_nothing() -> None:
    assert read(rss(""), {"content-type": "text/html"}).version == "rss20"
    assert read(rss(""), {"content-type": "application/json"}).version == "rss20"


WORD = "Мали"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (codecs.BOM_UTF8 + rss(f"<item><title>{WORD}</title></item>").encode(), ""),
        (rss(f"<item><title>{WORD}</title></item>").encode("utf-16"), ""),
        (
            rss(f"<item><title>{WORD}</title></item>")
            .replace('"1.0"?>', '"1.0" encoding="utf-16"?>')
            .encode("utf-16-le"),
            "",
        ),
        (
            rss(f"<item><title>{WORD}</title></item>")
            .replace('"1.0"?>', '"1.0" encoding="koi8-r"?>', 1)
            .encode("koi8-r"),
            "text/xml",
        ),
        (rss(f"<item><title>{WORD}</title></item>").encode("koi8-r"), "text/xml; charset=KOI8-R"),
        (
            codecs.BOM_UTF8 + rss(f"<item><title>{WORD}</title></item>").encode(),
            "text/xml; charset=koi8-r",
        ),
        (rss(f"<item><title>{WORD}</title></item>").encode(), "text/xml"),
        (
            rss(f"<item><title>{WORD}</title></item>")
            .replace('"1.0"?>', '"1.0" encoding="utf-16"?>', 1)
            .encode(),
            "text/xml; charset=utf-32",
        ),
    ],
    ids=[
        "BOM",
        "UTF-16 BOM",
        "UTF-16 without BOM",
        "declared",
        "charset",
        "BOM over charset",
        "text/xml is UTF-8",
        "impossible names",
    ],
)
def test_c24_the_encoding_is_found_in_order(body: bytes, content_type: str) -> None:
    feed = read(body, {"content-type": content_type})

    assert feed.entries[0].title == WORD
    assert feed.notes == ()


@pytest.mark.parametrize(
    ("encoding", "content_type", "guess"),
    [
        ("cp1252", "", "cp1252"),
        ("cp1252", "text/xml; charset=utf-8", "cp1252"),
        ("utf-8", "text/xml; charset=us-ascii", "utf-8"),
        ("cp1252", "text/xml; charset=zlib", "cp1252"),
        ("cp1252", "text/xml; charset=utf-7", "cp1252"),
    ],
)
def test_c24_a_wrong_encoding_is_guessed_and_noted(
    encoding: str, content_type: str, guess: str
) -> None:
    body = rss("<item><title>“été”</title></item>").encode(encoding)
    feed = read(body, {"content-type": content_type})

    assert feed.entries[0].title == "“été”"
    assert feed.notes == (() if guess == "utf-8" and not content_type else feed.notes)
    assert guess in "".join(feed.notes)


def test_broken_xml_that_yields_entries_is_accepted_with_a_note() -> None:
    whole = rss("<item><title>One</title></item><item><title>Two & three</title></item>")
    feed = read(whole.removesuffix("</channel>\n</rss>"))

    assert [one.title for one in feed.entries] == ["One", "Two & three"]
    assert "not well-formed XML" in feed.notes[0]


@pytest.mark.parametrize(
    "junk", ["\x0b", "&#11;", "&nbsp;", "&eacute;", "\x85"], ids=lambda junk: ascii(junk)
)
def test_r14_odd_characters_and_html_entities_do_not_break_the_document(junk: str) -> None:
    feed = read(rss(f"<item><title>a{junk}b</title></item>"))

    assert feed.notes == ()
    assert feed.entries[0].title.startswith("a")


@pytest.mark.parametrize("body", ["/etc/hostname", "/dev/zero", "file:///etc/passwd", URL])
def test_r10_a_body_that_is_a_path_or_url_opens_nothing(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(rss(""))  # whatever is loaded on first use is loaded now

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(ParseError):
        read(body)


BILLION = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY j SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
        '<!DOCTYPE rss SYSTEM "/dev/zero">',
        BILLION,
        f'<!DOCTYPE rss [<!ENTITY j "{"x" * 100_000}">]>',
        '<!DOCTYPE rss [<!ENTITY j "&j;">]>',
    ],
    ids=["file", "http", "parameter", "external", "billion", "quadratic", "recursive"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_r11_no_entity_is_loaded_or_blown_up(
    prolog: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"{prolog}<rss version='2.0'><channel><title>{'&j;' * 1000}</title></channel></rss>"
    read(rss(""))

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "socket", refuse)
    began = time.process_time()
    feed = read(body.encode(encoding))

    assert "root:" not in feed.title
    assert len(feed.title) < 100_000
    assert time.process_time() - began < 1


def test_r11_an_honest_feed_may_declare_entities() -> None:
    prolog = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY org "Example">]>'
    feed = read(f"{prolog}<rss version='2.0'><channel><title>A&nbsp;&org;</title></channel></rss>")

    assert feed.title == "A Example"
    assert feed.notes == ()


def test_r13_what_is_too_much_is_cut_and_counted() -> None:
    many = "".join(f"<category>c{n}</category>" for n in range(150))
    sounds = "".join(f"<enclosure url='https://e.org/{n}' type='a/b'/>" for n in range(30))
    feed = read(
        rss(
            f"<item><title>{'t' * 2000}</title><guid>{'g' * 5000}</guid>{many}{sounds}"
            f"<link>https://e.org/{'l' * 5000}</link></item>"
        )
    )
    (one,) = feed.entries

    assert (len(one.title), one.guid, one.link) == (1000, "", "")
    assert (len(one.categories), len(one.enclosures)) == (100, 20)
    assert feed.cut == {"title": 1, "id": 1, "url": 1, "categories": 50, "enclosures": 10}


def test_r13_items_after_the_ten_thousandth_are_cut_and_counted() -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(10_050))
    feed = read(rss(items))

    assert len(feed.entries) == 10_000
    assert feed.entries[-1].guid == "9999"
    assert feed.cut == {"items": 50}
    assert feed.notes == ()


@pytest.mark.parametrize(
    "date",
    [
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59+14:00",
        "99999-01-01",
        "2016-12-31T23:59:60Z",
        "Mon, 32 Foo 2020 99:99:99 GMT",
        "-1",
        "1970-01-01T00:00:00Z",
        "Mon, 01 Jan 2020 00:00:00 " + "X" * 10_000,
    ],
)
def test_r15_no_date_stops_a_feed(date: str) -> None:
    feed = read(rss(f"<item><title>x</title><pubDate>{date}</pubDate></item>"))
    assert feed.entries[0].title == "x"
    feed = read(atom(entry(f"<updated>{date}</updated><published>{date}</published>")))
    assert feed.entries[0].title == "A title"


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_give_a_feed_or_a_parse_error(body: bytes) -> None:
    for prefix in (b"", b"<rss>", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", b"{"):
        with suppress(ParseError):
            parse_feed(prefix + body, headers={}, url=URL)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["quadratic.xml", "dtd.xml", "xmlbomb2.xml"])
def test_r11_bombs_of_the_corpus_are_refused_in_time(name: str, corpus: Path) -> None:
    began = time.process_time()
    with pytest.raises(ParseError):
        read((corpus / "xml-bombs" / name).read_bytes())
    assert time.process_time() - began < 1
