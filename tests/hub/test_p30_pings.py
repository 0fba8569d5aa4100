"""P30: a hub of others is told of each document that changed, once, and until it has heard."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from syndicator import jobs
from tests.hub.conftest import BASE, CONFIG, MALI, Library
from tests.hub.reader import Reader


@pytest.fixture
def config(reader: Reader) -> str:
    return CONFIG + f'url = "{reader.url("/hub")}"\n'


def pinged(reader: Reader) -> list[str]:
    """The topics of the pings, each of which is whole."""
    found = []
    for call in reader.told("/hub"):
        assert call.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(call.body.decode(), strict_parsing=True)
        assert form["hub.mode"] == ["publish"]
        assert form["hub.url"] == form["hub.topic"]
        found += form["hub.topic"]
    reader.calls.clear()
    return sorted(topic.removeprefix(f"{BASE}/") for topic in found)


def documents(library: Library, *feeds: str) -> list[str]:
    root = library.parts.config.publish.dir
    names = ("atom.xml", "feed.json", "rss.xml")
    every = [f"themes/{feed}/{name}" for feed in feeds for name in names]
    return sorted(path for path in every if (root / path).exists())


def test_p30_one_ping_for_each_document_that_changed(library: Library, reader: Reader) -> None:
    library.tell()
    assert pinged(reader) == documents(library, "all", "mali")

    library.write("none")
    library.tell()
    assert pinged(reader) == documents(library, "all")

    jobs.publish(library.parts)
    library.tell()
    assert pinged(reader) == []


def test_p30_news_of_two_moments_is_one_ping(library: Library, reader: Reader) -> None:
    library.tell()
    pinged(reader)
    library.write()
    library.write()
    library.tell()
    assert pinged(reader) == documents(library, "all", "mali")


def test_p30_a_ping_that_fails_is_sent_again(library: Library, reader: Reader) -> None:
    reader.on_post["/hub"] = lambda _: (503, {}, b"")
    library.tell()
    first = pinged(reader)
    assert library.tell() == []
    assert library.counts()["pings"] == len(first)

    del reader.on_post["/hub"]
    library.tell(after_s=11)
    assert pinged(reader) == first
    assert library.counts()["pings"] == 0


def test_p30_a_feed_that_went_away_is_not_told_of(library: Library, reader: Reader) -> None:
    library.parts.store.remove_theme("mali", now=library.clock.now())
    jobs.publish(library.parts)
    library.tell()
    assert pinged(reader) == documents(library, "all")


def test_p30_with_a_hub_of_others_there_is_none_here(library: Library, reader: Reader) -> None:
    assert library.ask("https://reader.example/").status_code in (404, 405)
    links = jobs.topics(library.parts).links(MALI)
    assert links == f'<{reader.url("/hub")}>; rel="hub", <{BASE}/{MALI}>; rel="self"'


def test_r50_a_hub_of_others_learns_no_private_address(library: Library, reader: Reader) -> None:
    library.tell()
    pinged(reader)
    topic = "private/t0ken/atom.xml"
    path = library.parts.config.publish.dir / topic
    path.parent.mkdir(parents=True)
    path.write_bytes(b"<feed/>")

    assert jobs.topics(library.parts).links(topic) == ""
    jobs.telling.note_news(library.parts, ["private/t0ken"])
    library.tell()
    assert pinged(reader) == []
