"""JSON Feed, and R16."""

from __future__ import annotations

import json
from typing import Any

import pytest

from syndicator.errors import ParseError
from tests.feeds.documents import read

KEYS = (
    "id url external_url title summary content_html content_text image banner_image tags "
    "date_published date_modified author authors language attachments hubs next_url icon"
)
VERSION = "https://jsonfeed.org/version/1.1"


def feed_of(*items: dict[str, Any], **head: Any) -> str:
    return json.dumps({"version": VERSION, "title": "J", "items": list(items), **head})


def test_every_part_of_a_json_feed_is_read() -> None:
    feed = read(
        feed_of(
            {
                "id": 7,
                "url": "https://example.org/7",
                "external_url": "https://other.org/7",
                "title": "Seven",
                "summary": "Short",
                "content_html": "<p>Long</p>",
                "image": "https://example.org/i.png",
                "banner_image": "https://example.org/b.png",
                "date_published": "2026-01-02T03:04:05Z",
                "date_modified": "2026-01-03T00:00:00Z",
                "authors": [{"name": "Jane Doe & John Roe"}, {"name": "Ann Poe", "url": "/ann"}],
                "tags": ["Mali", "Peace", 3],
                "language": "fr",
                "attachments": [
                    {"url": "/7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9, "title": "S"}
                ],
            },
            home_page_url="https://example.org/",
            feed_url="https://example.org/f.json",
            next_url="https://example.org/f.json?p=2",
            hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
            icon="https://example.org/icon.png",
            language="en",
            expired=True,
        )
    )
    (one,) = feed.entries

    assert (feed.version, feed.title, feed.url) == ("json11", "J", "https://example.org/")
    assert {(link.rel, link.url) for link in feed.links} >= {
        ("next", "https://example.org/f.json?p=2"),
        ("hub", "https://hub.example/"),
    }
    assert feed.notes == ("the feed says it is finished (expired)",)
    assert (one.guid, one.link, one.title) == ("7", "https://example.org/7", "Seven")
    assert (one.content, one.content_is_html, one.summary) == ("<p>Long</p>", True, "Short")
    assert [p.name for p in one.authors] == ["Jane Doe", "John Roe", "Ann Poe"]
    assert [c.term for c in one.categories] == ["Mali", "Peace"]
    assert [i.url for i in one.images] == [
        "https://example.org/i.png",
        "https://example.org/b.png",
    ]
    assert [(e.url, e.type, e.length, e.title) for e in one.enclosures] == [
        ("/7.mp3", "audio/mpeg", 9, "S")
    ]
    assert [(link.rel, link.url) for link in one.links] == [("related", "https://other.org/7")]
    assert (one.language, one.published) == ("fr", "2026-01-02T03:04:05Z")


@pytest.mark.parametrize(
    ("version", "expected"), [("1.1", "json11"), ("1.0", "json1"), ("1", "json1")]
)
def test_a_version_written_without_its_address_is_believed_where_there_are_items(
    version: str, expected: str
) -> None:
    assert read(json.dumps({"version": version, "items": [{"id": "1"}]})).version == expected
    with pytest.raises(ParseError):
        read(json.dumps({"version": version, "packages": []}))


def test_version_1_has_one_author_and_text_bodies() -> None:
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1",
                "author": {"name": "Jane Doe"},
                "items": [{"id": "1", "content_text": "a < b"}],
            }
        )
    )

    assert feed.version == "json1"
    assert [person.name for person in feed.authors] == ["Jane Doe"]
    assert (feed.entries[0].content, feed.entries[0].content_is_html) == ("a < b", False)


@pytest.mark.parametrize(
    "body",
    [
        '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 500_000,
        '{"version": "https://jsonfeed.org/version/1", "x": ' + "9" * 2_000_000 + "}",
        '{"version": "https://jsonfeed.org/version/1", "x": NaN}',
        '{"version": "https://jsonfeed.org/version/1", "x": ',
        '{"items": []}',
        '{"version": 1}',
        "[]",
        "{}",
    ],
    ids=["deep", "long number", "NaN", "cut", "no version", "other version", "list", "empty"],
)
def test_r16_other_json_is_a_parse_error(body: str) -> None:
    with pytest.raises(ParseError, match="JSON"):
        read(body)


def test_r16_brackets_inside_strings_do_not_nest() -> None:
    assert read(feed_of({"id": "1", "content_text": '[{\\"' * 200})).entries


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, True, [[]], [None], [{"name": []}]])
def test_any_value_in_any_place_is_read_past(value: object) -> None:
    keys = KEYS.split()
    feed = read(json.dumps({**dict.fromkeys(keys, value), "version": VERSION, "items": [value]}))
    assert feed.version == "json11"
    read(feed_of(dict.fromkeys(keys, value)))


def test_items_that_are_no_objects_or_hold_no_text_where_it_should_be_are_counted() -> None:
    odd = [{"id": "2", "title": ["a"], "content_text": {}}, {"id": "3", "title": True}]
    text = json.dumps({"version": VERSION, "items": [{"id": "1", "title": 7}, "x", [2], *odd]})

    feed = read(text)

    assert [entry.title for entry in feed.entries] == ["7"]
    assert feed.cut == {"items unreadable": 4}


def test_r14_a_lone_surrogate_is_dropped() -> None:
    feed = read(
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1\\ud800",'
        ' "title": "\\udfffx\\u0000"}]}'
    )

    assert (feed.entries[0].guid, feed.entries[0].title) == ("1", "x")
