"""P35: a document as JSON Feed 1.1."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from syndicator.model import Enclosure, Image, Person
from syndicator.publishers.check import problems
from syndicator.publishers.documents import current
from syndicator.publishers.jsonfeed import render
from tests.publish.logs import BASE, NOON, RICH, STATE, days, drop, put, state


def _feed(rows: list, *, segment: int = 1, hub: str = "") -> Any:
    document = current(state(segment), rows, [], entries=50)
    body = render(document, base_url=f"{BASE}/", hub=hub).body
    assert problems(body) == []
    return json.loads(body)


def test_p35_the_head_says_who_what_and_where() -> None:
    rows = [RICH, drop(2, "gone", at=NOON - days(1))]
    feed = _feed(rows, segment=4, hub="https://hub.example/")

    del feed["items"]
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Mali",
        "home_page_url": f"{BASE}/themes/mali/",
        "feed_url": f"{BASE}/themes/mali/feed.json",
        "authors": [{"name": "The library"}],
        "language": "en",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "_syndicator": {
            "id": STATE.id,
            "updated": "2026-03-01T12:00:00Z",
            "prev_archive": f"{BASE}/themes/mali/archive/3.xml",
            "deleted": [{"ref": "urn:example:gone", "when": "2026-02-28T12:00:00Z"}],
        },
    }


def test_p35_an_item_says_it_all_and_where_it_comes_from() -> None:
    picture = Image(url="https://press.example/a.jpg", caption="The well")
    row = replace(RICH, entry=replace(RICH.entry, image=picture))

    assert _feed([row])["items"] == [
        {
            "id": "urn:example:rich",
            "url": "https://press.example/rich",
            "title": "Talks & <tea>",
            "content_html": RICH.entry.html,
            "summary": "They met.",
            "image": "https://press.example/a.jpg",
            "date_published": "2026-02-27T12:00:00Z",
            "date_modified": "2026-03-01T12:00:00Z",
            "authors": [{"name": "A", "url": "https://a.example/"}, {"name": "B"}],
            "tags": ["Mali", "La paix"],
            "language": "fr",
            "attachments": [
                {
                    "url": "https://press.example/a.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 42,
                }
            ],
            "_syndicator": {
                "archived": f"{BASE}/articles/{RICH.entry.article_id}/",
                "source": {
                    "id": "https://press.example/feed",
                    "title": "The Press",
                    "url": "https://press.example/",
                    "feed_url": "https://press.example/feed",
                    "updated": "2026-03-01T12:00:00Z",
                    "rights": "© The Press",
                },
                "rights": "© Press",
                "license": "https://creativecommons.org/licenses/by/4.0/",
                "via": ["https://other.example/same"],
                "contributors": [{"name": "C"}],
                "categories": [
                    {"term": "mali", "scheme": f"{BASE}/themes/", "label": "Mali"},
                    {
                        "term": "Peace",
                        "scheme": "https://press.example/tags/",
                        "label": "La paix",
                    },
                ],
            },
        }
    ]


def test_p35_an_item_is_never_without_author_address_or_words() -> None:
    (item,) = _feed([put(1, "bare", url="", authors=(Person(name=""),), html="")])["items"]

    assert item["authors"] == [{"name": "The Press"}]
    assert item["url"] == item["_syndicator"]["archived"]
    assert item["content_text"] == "About bare"
    assert "content_html" not in item


def test_p35_a_size_of_nothing_is_a_size_and_an_unknown_one_is_none() -> None:
    some = (
        Enclosure(url="https://press.example/a", length=0),
        Enclosure(url="https://press.example/b"),
        Enclosure(url="https://press.example/c", length=-1),
    )
    (item,) = _feed([put(1, "a", enclosures=some)])["items"]

    assert [one.get("size_in_bytes") for one in item["attachments"]] == [0, None, None]
    assert {one["mime_type"] for one in item["attachments"]} == {"application/octet-stream"}


def test_p35_what_utf_8_cannot_say_is_left_out_and_named() -> None:
    rows = [put(1, "good"), put(2, "bad", title="\ud800")]
    rendered = render(current(state(), rows, [], entries=50), base_url=BASE)

    assert rendered.left_out == ("urn:example:bad",)
    assert [one["id"] for one in json.loads(rendered.body)["items"]] == ["urn:example:good"]
