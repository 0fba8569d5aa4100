"""The grammars take what we publish, and find planted mistakes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from syndicator.publishers import atom, jsonfeed
from syndicator.publishers.documents import Document, archive, current
from tests.publish.grammar import grammar_faults
from tests.publish.logs import BASE, NOON, RICH, STATE, days, drop, put, state

WHOLE = replace(STATE, data=replace(STATE.data, complete=True, subtitle="All.", rights="© us"))
DOCUMENTS = {
    "current": current(state(4), [RICH, put(2, "b"), drop(3, "gone")], [], entries=50),
    "finite": current(WHOLE, [RICH], [], entries=50),
    "empty": current(state(), [], [], entries=50),
    "oldest archive": archive(state(), [RICH, drop(2, "gone")], k=1, has_next=True),
    "newest archive": archive(state(), [put(1, "a", url="", html="")], k=2, has_next=False),
}
RENDER = {
    "atom": partial(atom.render, base_url=BASE, hub="https://hub.example/"),
    "json": partial(jsonfeed.render, base_url=BASE, hub="https://hub.example/"),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("how", RENDER)
def test_the_grammar_takes_what_we_write(document: Document, how: str) -> None:
    assert grammar_faults(RENDER[how](document).body) == []


ATOM = RENDER["atom"](DOCUMENTS["current"]).body.decode()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("<generator", "<logo>x:y</logo><generator", id="an element we do not use"),
        pytest.param('rel="self"', 'rel="me"', id="no self link"),
        pytest.param('type="html"', 'type="xhtml"', id="another content"),
        pytest.param("12:00:00Z", "12:00:00.5Z", id="parts of a second"),
        pytest.param("2026-03-01T", "2026-02-30T", id="no such day"),
        pytest.param("2026-03-01T", "26-03-01T", id="no such year"),
        pytest.param("<title ", "<rights type='text'>x</rights><title ", id="order of a head"),
        pytest.param("<name>A</name>", "<name> </name>", id="nobody"),
        pytest.param('term="mali"', 'term=""', id="a subject without a name"),
        pytest.param('href="https://press.example/a.mp3"', 'href="/a.mp3"', id="a relative link"),
        pytest.param('length="42"', 'length="-1"', id="a negative length"),
        pytest.param('ref="urn:example:', 'ref="', id="a tombstone of nothing"),
    ],
)
def test_the_grammar_of_atom_finds_a_planted_mistake(right: str, wrong: str) -> None:
    assert right in ATOM
    assert grammar_faults(ATOM.replace(right, wrong, 1).encode())


def _planted(*path: str | int, value: Any) -> bytes:
    feed = json.loads(RENDER["json"](DOCUMENTS["current"]).body)
    *way, last = path
    place = feed
    for step in way:
        place = place[step]
    place[last] = value
    return json.dumps(feed).encode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_planted("version", value="https://jsonfeed.org/version/1"), id="version"),
        pytest.param(_planted("items", 0, "id", value=42), id="a number for an id"),
        pytest.param(_planted("items", 0, "authors", value=[]), id="nobody"),
        pytest.param(_planted("items", 0, "author", value={"name": "A"}), id="author of 1.0"),
        pytest.param(_planted("items", 0, "date_modified", value="2026-03-01"), id="a day"),
        pytest.param(_planted("items", 0, "content_html", value=" "), id="no words"),
        pytest.param(_planted("items", 1, "_syndicator", "via", value=["x"]), id="no address"),
        pytest.param(_planted("items", 1, "tags", value=["a", "a"]), id="a tag twice"),
        pytest.param(_planted("_syndicator", "complete", value=True), id="complete and paged"),
        pytest.param(_planted("expired", value=True), id="more than we say"),
    ],
)
def test_the_schema_of_json_feed_finds_a_planted_mistake(body: bytes) -> None:
    assert grammar_faults(body)


def test_dates_before_and_after_are_no_mistake() -> None:
    rows = [put(1, "old", updated=NOON - days(40_000)), put(2, "new")]
    document = current(state(), rows, [], entries=50)

    assert [grammar_faults(render(document).body) for render in RENDER.values()] == [[], []]
