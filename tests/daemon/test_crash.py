"""kill -9 at any moment costs time and nothing else (design 1.1, R28, R30)."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from lxml import etree

from syndicator.demo.pieces import release_titles
from syndicator.demo.server import PressServer
from syndicator.publishers.check import problems
from syndicator.publishers.site import PER_PAGE
from tests.daemon.conftest import Build
from tests.daemon.house import ATOM, SOURCE, House, press_config, rss, until
from tests.site import Reply, Site

KILLS = int(os.environ.get("SYNDICATOR_TEST_KILLS", "25"))  # more of them for a long night
SEED = int(os.environ.get("SYNDICATOR_TEST_SEED", "1"))

CHAIN = (("pull", "--force"), ("publish",))
ONCE = (("run", "--once"),)


@dataclass(slots=True)
class World:
    """The press site, and a wire that has something new in every round."""

    press: PressServer
    wire: Site
    rounds: int = 0

    def move_on(self) -> None:
        """Something new comes out; now and then at the press site too."""
        self.rounds += 1
        if self.rounds % 4 == 0:
            self.press.release_next()
        names = [f"Mali and the peace agreement, part {n}" for n in range(self.rounds)]
        self.wire.pages["/wire.xml"] = Reply(body=rss(self.wire.base, *names))

    def config(self) -> str:
        host = self.wire.base.removeprefix("http://")
        return (
            press_config(self.press, every="1s")
            + f'\n[fetch.hosts."{host}"]\ngap = 0\nmin_interval = "1s"\n'
            + SOURCE.format(id="wire", url=self.wire.url("/wire.xml"), every="1s")
        )


def _kill_after(house: House, seconds: float, commands: tuple[tuple[str, ...], ...]) -> float:
    """Run commands one after the other, and kill -9 what runs then; 0.

    When all had ended before: the seconds that they took.
    """
    began = time.monotonic()
    for words in commands:
        process = house.start(*words)
        while not process.ended and time.monotonic() < began + seconds:
            time.sleep(0.005)
        if process.kill() < 0:
            return 0.0
        assert process.wait(0) == 0, process.err
    return time.monotonic() - began


def _timed(house: House, commands: tuple[tuple[str, ...], ...]) -> float:
    return sum(house.run(*words).took_s for words in commands)


# ------------------------------------------------------------------ what must be the same


def _articles(house: House) -> list[tuple[str, str]]:
    """(source, article id) of all that are kept."""
    rows = house.ask(
        "select sources.id, articles.id from articles"
        " join sources on sources.number = articles.source order by 1, 2"
    )
    return [(source, article) for source, article in rows]


def _logged(house: House) -> dict[str, list[str]]:
    """feed -> the entry ids of its log's rows, sorted; each log whole and of puts alone."""
    found: dict[str, list[str]] = {}
    rows = house.ask(
        "select feeds.key, log.n, log.kind, log.entry_id from log"
        " join feeds on feeds.number = log.feed where log.kind <> 'meta' order by 1, 2"
    )
    for feed, _, kind, entry_id in rows:
        assert kind in ("put", "close")
        if kind == "put":
            found.setdefault(feed, []).append(entry_id)
    for feed, last_n in house.ask("select number, last_n from feeds"):
        numbers = [n for (n,) in house.ask(f"select n from log where feed = {feed} order by n")]
        assert numbers == [*range(1, last_n + 1)]
    return {feed: sorted(ids) for feed, ids in found.items()}


def _documents(house: House) -> Iterator[tuple[str, list[bytes]]]:
    """Each feed's documents in the order in which a reader walks them (design 9.8)."""
    files = house.files()
    for name in files:
        if name.endswith("/atom.xml"):
            folder = name.removesuffix("atom.xml") + "archive/"
            archives = [other for other in files if other.startswith(folder)]
            archives.sort(key=_number, reverse=True)
            assert [_number(each) for each in archives] == [*range(len(archives), 0, -1)]
            yield name, [files[each] for each in (name, *archives)]


def _number(path: str) -> int:
    return int(path.rpartition("/")[2].removesuffix(".xml"))


def _walked(documents: list[bytes]) -> dict[str, bytes]:
    """entry id -> its entry, as a walk over a feed's documents meets it first.

    What an entry says of its source is left out: that tells of the moment of reading.
    """
    found: dict[str, bytes] = {}
    for body in documents:
        for entry in etree.fromstring(body).iter(f"{ATOM}entry"):
            for source in entry.findall(f"{ATOM}source"):
                entry.remove(source)
            entry.tail = None
            found.setdefault(
                entry.findtext(f"{ATOM}id") or "",
                etree.tostring(entry, method="c14n", exclusive=True),
            )
    return found


def _entries(house: House) -> dict[str, dict[str, bytes]]:
    return {name: _walked(documents) for name, documents in _documents(house)}


def _pages_due(house: House) -> set[str]:
    """The pages that follow from what public feeds hold: of the site, of feeds and their years, of
    articles."""
    articles = house.ask(
        "select distinct articles.id from members"
        " join articles on articles.number = members.article"
        " join feeds on feeds.number = members.feed"
        " where members.kind = 'put' and feeds.retired_at is null and not feeds.private"
    )
    feeds = house.ask("select key from feeds where retired_at is null and not private")
    years = house.ask(
        "select feeds.key, months.month / 100, sum(months.articles) from months"
        " join feeds on feeds.number = months.feed"
        " where feeds.retired_at is null and not feeds.private"
        " group by 1, 2 having sum(months.articles) > 0"
    )
    return {
        *("index.html", "style.css"),
        *(f"themes/{key}/index.html" for (key,) in feeds),
        *(f"themes/{key}/{year}/index.html" for key, year, _ in years),
        *(
            f"themes/{key}/{year}/{page}/index.html"
            for key, year, count in years
            for page in range(1, (count - 1) // PER_PAGE + 1)
        ),
        *(f"articles/{article}/index.html" for (article,) in articles),
    }


def _pages(house: House) -> dict[str, bytes]:
    return {name: body for name, body in house.files().items() if name.endswith((".html", ".css"))}


def _check_whole(house: House) -> None:
    """The store is sound, and every published file is whole and fit to publish."""
    assert house.ask("pragma integrity_check") == [("ok",)]
    assert house.ask("pragma foreign_key_check") == []
    for name, body in house.files().items():
        if name.endswith(".xml"):
            root = etree.fromstring(body)
            assert name.startswith("sitemap") or problems(body) == [], (name, root.tag)
        elif name.endswith(".html"):
            assert body.rstrip().endswith(b"</html>"), name
    assert [path for path in house.folder.rglob("*") if path.name.endswith(".tmp")] == []


# ------------------------------------------------------------------ the test


@pytest.mark.timeout(120 + 10 * KILLS)
def test_whatever_is_killed_is_made_up_for_and_nothing_comes_twice(
    build: Build, press: PressServer, site: Site
) -> None:
    world = World(press, site)
    world.move_on()
    calm, torn = build(world.config(), "calm"), build(world.config(), "torn")
    whole_s = _timed(calm, CHAIN)  # with everything to be read
    world.move_on()
    usual_s = _timed(calm, CHAIN)

    chance = random.Random(SEED)
    killed = 0
    moments: list[float] = []
    for turn in range(3 * KILLS):
        if killed == KILLS:
            break
        if not moments:  # spread over the whole of a run
            moments = [(n + chance.random()) / KILLS for n in range(KILLS)]
            chance.shuffle(moments)
        world.move_on()
        lasts_s = whole_s if turn < 3 else usual_s
        ended_s = _kill_after(torn, moments.pop() * lasts_s, (CHAIN, ONCE)[turn % 2])
        killed += not ended_s
        usual_s = ended_s or usual_s
    assert killed == KILLS
    until(lambda: not torn.alive(), within_s=10, what="the workers of the killed have ended")
    while press.release_next():
        pass

    time.sleep(1.2)  # until every source is due, as configured
    asked = len(press.requests)
    last = torn.run("run", "--once", within_s=30)
    assert {one.publisher for one in press.requests[asked:]} == set(press.bases), last.err

    _timed(calm, CHAIN)
    _check_whole(torn)
    pages = _pages(torn)
    assert pages.keys() == _pages_due(torn)
    assert pages.keys() == _pages(calm).keys()
    assert torn.run("publish", "--all").code == 0
    assert [name for name, body in _pages(torn).items() if pages[name] != body] == []
    assert _articles(torn) == _articles(calm)
    assert len(set(_articles(torn))) == len(_articles(torn))
    assert len(_articles(torn)) > 78 + len(release_titles()) + world.rounds - 1
    assert _logged(torn) == _logged(calm)
    assert all(len(set(ids)) == len(ids) for ids in _logged(torn).values())
    for name, entries in _entries(torn).items():
        other = _entries(calm)[name]
        assert entries.keys() == other.keys(), name
        assert [one for one in entries if entries[one] != other[one]] == [], name
    assert {feed: len(ids) for feed, ids in _logged(torn).items()} == {
        name.removeprefix("themes/").removesuffix("/atom.xml"): len(entries)
        for name, entries in _entries(torn).items()
    }
