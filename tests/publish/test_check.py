"""The checker finds planted mistakes, one each."""

from __future__ import annotations

import pytest

from syndicator.publishers import jsonfeed, rss
from syndicator.publishers.atom import render
from syndicator.publishers.check import problems
from syndicator.publishers.documents import current
from syndicator.publishers.elements import HISTORY
from tests.publish.logs import BASE, NOON, days, drop, put, state

ROWS = [put(1, "a"), put(2, "b", updated=NOON - days(1)), drop(3, "gone")]
DOCUMENT = current(state(4), ROWS, [], entries=50)
SOUND = render(current(state(), ROWS, [], entries=50), base_url=BASE).body.decode()
RSS = rss.render(DOCUMENT, base_url=BASE, max_age_s=900).body.decode()
JSON = jsonfeed.render(DOCUMENT, base_url=BASE).body.decode()


def _without(start: str, end: str) -> str:
    """The document without its first piece from `start` to `end`."""
    at = SOUND.index(start)
    return SOUND[:at] + SOUND[SOUND.index(end, at) + len(end) :]


def _entries_swapped() -> str:
    head, first, second = SOUND.split("<entry>")
    return f"{head}<entry>{second.removesuffix('</feed>' + chr(10))}<entry>{first}</feed>"


def test_a_sound_document_has_no_problems() -> None:
    assert problems(SOUND.encode()) == []


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        pytest.param(SOUND[:-9], "not well-formed", id="cut short"),
        pytest.param("<html/>", "no feed", id="another format"),
        pytest.param("\ufeff" + SOUND, "byte order mark", id="BOM"),
        pytest.param(SOUND.replace("?>", "?><!DOCTYPE feed>", 1), "document type", id="DTD"),
        pytest.param(SOUND.replace("?>", "?><?x y?>", 1), "processing instruction", id="PI"),
        pytest.param(_without("<id>", "</id>"), "0 times id", id="feed id"),
        pytest.param(_without("<author>", "</author>"), "no author", id="feed author"),
        pytest.param(_without('<link rel="self"', "/>"), "0 self links", id="self"),
        pytest.param(
            SOUND.replace("<generator", '<generator version="1"'), "version", id="generator"
        ),
        pytest.param(SOUND.replace("urn:example:b", "urn:example:a"), "more than one", id="id"),
        pytest.param(
            SOUND.replace("urn:example:gone", "urn:example:a"), "its tombstone", id="both"
        ),
        pytest.param(SOUND.replace("02-28T12:00:00Z", "02-28T12:00:00+00:00"), "RFC 3339", id="Z"),
        pytest.param(SOUND.replace("2026-02-28", "2026-02-30"), "RFC 3339", id="no such day"),
        pytest.param(SOUND.replace("2026-02-28", "2026-03-02"), "out of order", id="order"),
        pytest.param(_entries_swapped(), "out of order", id="swapped"),
        pytest.param(SOUND.replace("https://press.example/a", "/a"), "not absolute", id="relative"),
        pytest.param(
            SOUND.replace(
                '<link rel="alternate" href',
                '<link rel="alternate" href="a:b"/><link rel="alternate" href',
            ),
            "two alternates",
            id="alternates",
        ),
        pytest.param(SOUND.replace('type="html"', 'type="text"'), "escaped HTML", id="content"),
        pytest.param(
            SOUND.replace("&lt;p&gt;", "&lt;p onclick=x&gt;&lt;script&gt;"), "run", id="script"
        ),
        pytest.param(_without("<content", "</content>"), "neither", id="no words"),
        pytest.param(SOUND.replace("<entry>", '<entry xml:base="/">', 1), "base", id="base"),
    ],
)
def test_a_planted_mistake_is_found(document: str, fault: str) -> None:
    found = problems(document.encode())

    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("sound", "right", "wrong", "fault"),
    [
        pytest.param(RSS, 'version="2.0"', 'version="0.91"', "no RSS 2.0", id="RSS: version"),
        pytest.param(RSS, "<ttl>15</ttl>", "<ttl>0</ttl>", "ttl", id="RSS: ttl"),
        pytest.param(RSS, 'rel="self"', 'rel="me"', "0 self links", id="RSS: self"),
        pytest.param(RSS, "12:00:00 GMT", "12:00:00 +0000", "RFC 822", id="RSS: date"),
        pytest.param(RSS, '"false"', '"true"', "passes for an address", id="RSS: guid"),
        pytest.param(RSS, "urn:example:b", "urn:example:a", "more than one", id="RSS: id"),
        pytest.param(RSS, "02-28T12:00:00Z", "03-02T12:00:00Z", "out of order", id="RSS: order"),
        pytest.param(RSS, "https://press.example/a", "/a", "no absolute", id="RSS: relative"),
        pytest.param(RSS, "dc:creator>", "dc:title>", "no author", id="RSS: author"),
        pytest.param(RSS, "&lt;p&gt;", "&lt;script&gt;", "run", id="RSS: script"),
        pytest.param(
            RSS,
            "<ttl>",
            "<fh:complete xmlns:fh='" + HISTORY + "'/><ttl>",
            "paged",
            id="RSS: complete",
        ),
        pytest.param(JSON, "version/1.1", "version/1", "no JSON Feed 1.1", id="JSON: version"),
        pytest.param(JSON, "{", "{,", "not JSON", id="JSON: cut"),
        pytest.param(JSON, '"title": "Mali"', '"title": ""', "no title", id="JSON: title"),
        pytest.param(JSON, "urn:example:b", "urn:example:a", "more than one", id="JSON: id"),
        pytest.param(JSON, "urn:example:gone", "urn:example:a", "tombstone", id="JSON: both"),
        pytest.param(JSON, "02-28T12:00:00Z", "03-02T12:00:00Z", "out of order", id="JSON: order"),
        pytest.param(JSON, "00:00Z", "00:00", "RFC 3339", id="JSON: date"),
        pytest.param(JSON, "https://press.example/a", "/a", "no absolute", id="JSON: relative"),
        pytest.param(JSON, "<p>", "<p onclick=x>", "run", id="JSON: script"),
        pytest.param(JSON, "content_html", "content", "neither", id="JSON: no words"),
        pytest.param(
            JSON, '"prev_archive"', '"complete": true, "prev_archive"', "paged", id="JSON: complete"
        ),
    ],
)
def test_a_planted_mistake_is_found_in_other_formats(
    sound: str, right: str, wrong: str, fault: str
) -> None:
    assert problems(sound.encode()) == []
    assert right in sound
    found = problems(sound.replace(right, wrong).encode())

    assert any(fault in one for one in found), found
