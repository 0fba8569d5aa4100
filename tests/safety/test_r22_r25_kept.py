"""R22, R25: no source touches another's articles, and nothing that was kept vanishes by itself."""

from __future__ import annotations

import pytest

from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom
from tests.safety.documents import RSS_TYPE, rss
from tests.site import Reply, Site

TEXT = "The elders of the village met for two days to share the wells of the river. " * 4


def entry(key: str, title: str, text: str, link: str) -> str:
    return (
        f'<item><guid isPermaLink="true">{key}</guid><title>{title}</title><link>{link}</link>'
        f"<description>{text}</description></item>"
    )


def feed(*items: str) -> Reply:
    return Reply(body=rss("".join(items)), headers=RSS_TYPE)


@pytest.mark.parametrize("links", ["of its own", "of the other"])
def test_r22_ids_and_links_of_another_source_take_nothing_over(
    open_room: OpenRoom, site: Site, clock: FakeClock, links: str
) -> None:
    """A thief lists the ids of an honest source, and its links or some of its own, with new titles
    and texts: it gets ids of its own."""
    at = "https://honest.example/"
    other = at if links == "of the other" else "https://thief.example/"
    honest = [entry(f"{at}{n}", f"Story {n}", f"{TEXT} {n}", f"{at}{n}") for n in range(3)]
    stolen = [entry(f"{at}{n}", f"Buy {n}", f"Pills {n}. {TEXT}", f"{other}{n}") for n in range(3)]
    site.pages["/honest"], site.pages["/thief"] = feed(*honest), feed(*stolen)
    urls = {"honest": site.url("/honest"), "thief": site.url("/thief")}
    room = open_room(urls, clock=clock, hands="inline")
    room.pull("honest")
    before, shown = room.articles("honest"), [*room.parts.store.members("all")]
    for words in ("Pills", "Other pills"):
        site.pages["/thief"] = feed(*(one.replace("Pills", words) for one in stolen))
        room.pull("thief")
        clock.move(3 * 3600)

    assert room.articles("honest") == before
    theirs = room.articles("thief")
    assert {one.id for one in before}.isdisjoint(one.id for one in theirs)
    after = {row.entry_id: row for row in room.parts.store.members("all")}
    assert [after[row.entry_id] for row in shown] == shown
    assert len(after) == 6


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(feed(), id="an empty feed"),
        pytest.param(feed(entry("urn:x:0", "Story 0", TEXT, "https://h.example/0")), id="shrunk"),
        pytest.param(Reply(body=b'<rss version="2.0"><channel><item>', headers=RSS_TYPE), id="cut"),
        pytest.param(Reply(status=404, body=b"not found"), id="404"),
        pytest.param(Reply(status=410, body=b"gone"), id="410"),
        pytest.param(Reply(status=500, body=b"broken"), id="500"),
        pytest.param(Reply(body=b"<html><body>Moved</body></html>"), id="HTML"),
    ],
)
def test_r25_whatever_a_source_answers_its_articles_stay(
    open_room: OpenRoom, site: Site, clock: FakeClock, later: Reply
) -> None:
    items = (
        entry(f"urn:x:{n}", f"Story {n}", f"{TEXT} {n}", f"https://h.example/{n}") for n in range(5)
    )
    site.pages["/feed"] = feed(*items)
    room = open_room({"press": site.url("/feed")}, clock=clock, hands="inline")
    room.pull()
    shown = [row.entry_id for row in room.parts.store.members("all")]
    site.pages["/feed"] = later
    for _ in range(3):
        clock.move(30 * 3600)
        room.pull()

    assert room.titles("press") >= {f"Story {n}" for n in range(5)}
    assert not [one for one in room.articles("press") if one.gone_at]
    assert {row.entry_id for row in room.parts.store.members("all")} >= set(shown)
