"""/themes/{slug}/changes.atom: what readers would notice to have changed after it was published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from syndicator import jobs
from syndicator.model import Person
from syndicator.publishers.check import problems
from tests.conftest import FakeClock
from tests.store.conftest import NOON
from tests.themes.house import MALI, Newsroom, opened

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def room(tmp_path: Path, clock: FakeClock) -> Iterator[Newsroom]:
    with opened(tmp_path, clock) as room:
        yield room


def published(room: Newsroom, feed: str = "mali") -> etree._Element:
    """The corrections of a feed, without fault."""
    body = room.publish()[f"themes/{feed}/changes.atom"]
    assert problems(body) == []
    return etree.fromstring(body)


def said(element: etree._Element, path: str) -> list[str]:
    return [str(one) for one in element.xpath(path, namespaces=ATOM)]


def test_it_is_there_and_empty_before_anything_is_corrected(room: Newsroom) -> None:
    room.read("a about mali", at=NOON)

    for feed in ("mali", "all"):
        found = published(room, feed)
        assert said(found, "a:entry") == []
        assert said(found, "a:link[@rel='self']/@href") == [
            f"http://127.0.0.1:8080/themes/{feed}/changes.atom"
        ]
    assert said(published(room), "a:title/text()") == ["Mali: Corrections"]


def test_a_change_a_reader_would_notice_is_told_word_by_word(room: Newsroom) -> None:
    room.read("a about mali", at=NOON)
    room.publish()
    room.read("a about mali and its lakes", at=NOON, title="Another", authors=(Person(name="Ada"),))
    (entry,) = published(room).xpath("a:entry", namespaces=ATOM)

    assert said(entry, "a:title/text()") == ["Another"]
    assert said(entry, "a:author/a:name/text()") == ["Ada"]
    assert said(entry, "a:summary/text()") == ["title, authors, text (+3 -0 words)"]
    (content,) = said(entry, "a:content/text()")
    assert "<ins>and its lakes</ins>" in content
    assert "<del>Title of a</del>" in content
    assert said(entry, "a:link[@rel='alternate']/@href") == ["https://www.example.org/a"]
    (page,) = said(entry, "a:link[@rel='related']/@href")
    assert page.endswith(f"/articles/{room.article('a')}/")


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        pytest.param("a about mali", {"rights": "CC0"}, id="rights"),
        pytest.param("a  about\nmali", {}, id="white space"),
    ],
)
def test_what_no_reader_would_notice_is_not_told(
    room: Newsroom, words: str, facts: dict[str, Any]
) -> None:
    room.read("a about mali", at=NOON)
    room.publish()
    room.read(words, at=NOON, **facts)

    assert said(published(room), "a:entry") == []


def test_ids_stay_and_the_document_changes_only_with_a_correction(room: Newsroom) -> None:
    room.read("a about mali", "b about mali", at=NOON)
    room.read("a about mali twice", at=NOON)
    first = published(room)
    before = (room.folder / "feeds/themes/mali/changes.atom").read_bytes()
    room.read("c about mali", at=NOON)
    room.publish()
    assert (room.folder / "feeds/themes/mali/changes.atom").read_bytes() == before

    room.read("b about mali twice", at=NOON)
    second = published(room)
    ids = said(second, "a:entry/a:id/text()")
    assert ids[1:] == said(first, "a:entry/a:id/text()")
    assert said(second, "a:id/text()") == said(first, "a:id/text()")
    assert len(set(ids)) == 2
    after = (room.folder / "feeds/themes/mali/changes.atom").read_bytes()
    (room.folder / "feeds/themes/mali/changes.atom").unlink()

    jobs.publish(room.parts, everything=True)
    assert (room.folder / "feeds/themes/mali/changes.atom").read_bytes() == after


def test_an_article_that_leaves_takes_its_corrections_along(room: Newsroom) -> None:
    room.read("a about mali", at=NOON)
    room.read("a about mali twice", at=NOON)
    assert len(said(published(room), "a:entry/a:id")) == 1
    number = room.parts.store.article(room.article("a")).number
    room.parts.store.pin("mali", number, include=False, note="", now=room.clock.now())

    assert said(published(room), "a:entry") == []
    assert len(published(room, "all").xpath("a:entry", namespaces=ATOM)) == 1
    room.parts.store.pin("mali", number, include=True, note="", now=room.clock.now())
    assert said(published(room), "a:entry") == []  # what happened before it left is past


def test_there_are_a_hundred_at_most_newest_first(room: Newsroom) -> None:
    keys = [f"k{n}" for n in range(105)]
    room.read(*[f"{key} about mali" for key in keys], at=NOON)
    for key in keys:
        room.read(f"{key} about mali anew", at=NOON)
    found = published(room)

    assert len(said(found, "a:entry/a:id/text()")) == 100
    times = said(found, "a:entry/a:updated/text()")
    assert times == sorted(times, reverse=True)
    assert said(found, "a:entry/a:title/text()")[0] == "Title of k104"


def test_r50_a_private_theme_tells_its_readers_alone(tmp_path: Path, clock: FakeClock) -> None:
    with opened(tmp_path, clock, f"{MALI}private = true\n") as room:
        room.read("a about mali", at=NOON)
        room.read("a about mali twice", at=NOON)

        (path,) = [
            path
            for path in room.publish()
            if path.endswith("changes.atom") and "themes/all" not in path
        ]
        assert path.startswith("private/")
