"""R2, R3, R4, end to end: however an inner address reaches us, nobody there hears of it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest

from syndicator import jobs
from syndicator.errors import FetchError, UsageError
from syndicator.model import Kind, Select, SourceSettings
from tests.conftest import FakeClock
from tests.safety.conftest import OpenRoom, naming
from tests.safety.documents import HTML_TYPE, RSS_TYPE, honest, page
from tests.site import RawServer, Reply, Site

PRESS = "127.0.0.2"  # the one private address that these newsrooms may read
NAMES = {
    "press.example": PRESS,
    "localhost": "127.0.0.1",
    "foo.localhost": "127.0.0.1",
    "localhost.localdomain": "127.0.0.1",
    "ip6-localhost": "::1",
    "127.0.0.1.nip.io": "127.0.0.1",
    "localtest.me": "127.0.0.1",
    "metadata.google.internal": "169.254.169.254",
    "example.com": "192.168.0.1",  # in this world every name of the corpus leads inside
}
OPEN = {"allow": f'["{PRESS}/32"]', "resolve": naming(NAMES), "hands": "inline"}


@pytest.fixture
def denied(corpus: Path) -> list[str]:
    """The corpus' addresses that may never be asked."""
    rows = (corpus / "ssrf" / "addresses.tsv").read_text("utf-8").splitlines()[1:]
    table = (row.split("\t") for row in rows)
    urls = [url for verdict, url, _ in table if verdict == "deny"]
    return [url.replace(r"\t", "\t").replace(r"\n", "\n").replace(r"\\", "\\") for url in urls]


def called(connects: list[Any]) -> set[str]:
    return {address[0] for address in connects}


@pytest.mark.corpus
def test_r02_r04_no_redirect_leads_inside(
    open_room: OpenRoom, clock: FakeClock, denied: list[str], connects: list[Any]
) -> None:
    with Site(PRESS) as press:
        base = f"http://press.example:{press.port}"
        sources = {}
        for number, url in enumerate(denied):
            if "\n" not in url:  # no header can carry it
                location = url.encode().decode("latin-1")
                press.pages[f"/{number}"] = Reply(status=301, headers={"Location": location})
                sources[f"s{number}"] = f"{base}/{number}"
        room = open_room(sources, clock=clock, **OPEN)
        done = room.pull()

        assert {one.result for one in done.values()} == {"failed"}
        assert called(connects) == {PRESS}
        assert {room.source(name).url for name in sources} == set(sources.values())


@pytest.mark.corpus
def test_r02_no_link_of_a_page_leads_inside(
    open_room: OpenRoom, clock: FakeClock, denied: list[str], connects: list[Any]
) -> None:
    rows = "".join(f'<li><a href="{escape(url)}">A story of five words</a></li>' for url in denied)
    with Site(PRESS) as press:
        base = f"http://press.example:{press.port}"
        press.pages["/list"] = Reply(body=page(f"<ul>{rows}</ul>"), headers=HTML_TYPE)
        room = open_room(
            {"list": SourceSettings(url=f"{base}/list", kind=Kind.PAGE, select=Select(item="li"))},
            clock=clock,
            **OPEN,
        )
        room.pull()

        counts = room.source("list").counts
        assert sum(n for what, n in counts.items() if what.startswith("article pages")) > 50
        assert called(connects) == {PRESS}


@pytest.mark.corpus
def test_r02_no_feed_that_a_page_announces_is_inside(
    open_room: OpenRoom, clock: FakeClock, denied: list[str], connects: list[Any]
) -> None:
    with Site(PRESS) as press:
        base = f"http://press.example:{press.port}"
        sources = {}
        for number in range(0, len(denied), 4):
            links = "".join(
                f'<link rel="alternate" type="application/rss+xml" href="{escape(url)}">'
                for url in denied[number : number + 4]
            )
            press.pages[f"/{number}"] = Reply(body=page("", head=links), headers=HTML_TYPE)
            sources[f"s{number}"] = SourceSettings(url=f"{base}/{number}")
        done = open_room(sources, clock=clock, **OPEN).pull()

        assert {one.result for one in done.values()} == {"failed"}
        assert called(connects) == {PRESS}


@pytest.mark.corpus
def test_r02_r03_no_inner_address_can_be_added(
    open_room: OpenRoom, clock: FakeClock, denied: list[str], connects: list[Any]
) -> None:
    room = open_room({}, clock=clock, allow="false", resolve=naming(NAMES))
    for url in denied:
        for attempt in (jobs.add_source, jobs.test_source):
            with pytest.raises((UsageError, FetchError), match=r"\w"):
                attempt(room.parts, url)

    assert room.parts.store.sources(retired=True) == []
    assert connects == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://press.example/", "only http and https"),
        ("http://me:pw@press.example/", "name or password"),
        ("http://press.example/a b", "space or control"),
        ("http://press.example/\x1b[2J", "space or control"),
        ("http://press.example\\@127.0.0.1/", "backslash"),
        ("http://0x7f.1/", "odd way"),
        ("http://press.example:0/", "port 0"),
        ("http://press.example/" + "x" * 4096, "longer than 4096"),
        ("http://xn--a.xn--a.\u0660/", "odd way|not an international name"),
        ("press.example/feed", "bare name"),
    ],
)
def test_r03_an_odd_address_is_refused_with_its_reason(
    open_room: OpenRoom, connects: list[Any], url: str, reason: str
) -> None:
    room = open_room({}, resolve=naming(NAMES))
    with pytest.raises(UsageError, match=reason):
        jobs.add_source(room.parts, url)

    assert room.parts.store.sources(retired=True) == []
    assert connects == []


def test_r04_loops_and_long_chains_end_as_failures(open_room: OpenRoom, site: Site) -> None:
    def growing(asked: Any) -> Reply:
        return Reply(status=302, headers={"Location": f"{asked.path}x" + "y" * len(asked.path)})

    site.pages["/loop"] = Reply(status=302, headers={"Location": "/loop"})
    site.pages["/a"] = Reply(status=301, headers={"Location": "/b"})
    site.pages["/b"] = Reply(status=301, headers={"Location": "/a"})
    for n in range(50):
        site.pages[f"/chain/{n}"] = Reply(status=307, headers={"Location": f"/chain/{n + 1}"})
        site.pages[f"/grow{'x' * n}"] = growing
    names = {"loop": "/loop", "pair": "/a", "chain": "/chain/0", "grow": "/grow"}
    room = open_room({name: site.url(path) for name, path in names.items()})
    done = room.pull()

    assert {name: one.error for name, one in done.items()} == {
        "loop": "redirects in a circle",
        "pair": "redirects in a circle",
        "chain": "more than 5 redirects",
        "grow": "HTTP 404 Not Found",
    }
    assert max(map(site.times_asked, ("/loop", "/a", "/b", "/chain/5"))) == 1
    assert site.times_asked("/chain/6") == 0


def test_r04_a_permanent_move_inside_moves_nothing(open_room: OpenRoom, clock: FakeClock) -> None:
    """301 to a canary, seen for weeks: the address as added stays, and the canary is not called."""
    with RawServer() as canary, Site(PRESS) as press:
        url = f"http://press.example:{press.port}/feed"
        press.pages["/feed"] = Reply(body=honest(range(3)), headers=RSS_TYPE)
        room = open_room({"press": url}, clock=clock, **OPEN)
        room.pull()
        press.pages["/feed"] = Reply(status=301, headers={"Location": canary.url("/feed")})
        for _ in range(4):
            clock.move(3 * 86400)
            assert "not a public address" in room.pull()["press"].error

        assert canary.connections == 0
    assert (room.source("press").url, len(room.articles("press"))) == (url, 3)
