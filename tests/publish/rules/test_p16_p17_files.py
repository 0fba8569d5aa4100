"""P16, P17 through the store, the pipeline and the files: what is closed rests, whatever comes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

import pytest
from lxml import etree

from syndicator.model import Theme
from syndicator.publishers.check import problems
from syndicator.publishers.elements import ATOM, TOMBSTONES
from tests.publish.conftest import Open
from tests.publish.house import CONFIG, Library, dated, fill

SMALL = CONFIG.replace("archive_entries = 50", "archive_entries = 7\nentries = 5")
KEYS = ("all", "mali", "mali/fr")
LANGUAGES = Theme(slug="mali", title="Mali", match="title:mali", titles={"fr": "Le Mali"})


def walk(files: Mapping[str, bytes], key: str) -> dict[str, str]:
    """Id -> title, by a reader who follows prev-archive and takes the first it meets."""
    met: dict[str, str | None] = {}
    path = f"themes/{key}/atom.xml"
    while path:
        feed = etree.fromstring(files[path])
        for tomb in feed.findall(f"{{{TOMBSTONES}}}deleted-entry"):
            met.setdefault(tomb.get("ref", ""), None)
        for entry in feed.findall(f"{{{ATOM}}}entry"):
            met.setdefault(entry.findtext(f"{{{ATOM}}}id", ""), entry.findtext(f"{{{ATOM}}}title"))
        links = feed.findall(f"{{{ATOM}}}link")
        path = next((_path(one) for one in links if one.get("rel") == "prev-archive"), "")
    return {name: title for name, title in met.items() if title is not None}


def _path(link: etree._Element) -> str:
    return "/".join(link.get("href", "").split("/")[3:])


def members(library: Library, key: str) -> dict[str, str]:
    """Id -> title of what the store says that a feed holds."""
    rows = library.parts.store.members(key)
    return {row.entry_id: row.entry.title for row in rows if row.entry}


def closed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Archives that have a successor."""
    return {name: body for name, body in files.items() if b'rel="next-archive"' in body}


@dataclass(slots=True)
class Hand:
    """Does something at random to a library, always the same for the same seed."""

    library: Library
    random: Random
    articles: int = 0
    revisions: int = 0

    def act(self, *more: Callable[[], None]) -> None:
        """A new article, an edit, a deletion, a pin, time that passes; published or not."""
        acts = [self.write, self.write, self.edit, self.edit, self.remove, self.move, self.wait]
        self.random.choice([*acts, *more])()
        if self.random.random() < 0.6:
            self.library.publish()

    def write(self) -> None:
        some = [self._article(self.articles + n) for n in range(self.random.choice([1, 1, 3, 11]))]
        self.articles += len(some)
        self.library.read(*some, past=self.random.random() < 0.2)

    def edit(self) -> None:
        self.revisions += 1
        number, text = self.random.randrange(self.articles), f"revision {self.revisions}"
        self.library.read(self._article(number, text=text, title=f"Mali, {text}"))

    def remove(self) -> None:
        self.library.read(gone=(f"a{self.random.randrange(self.articles)}",))

    def move(self) -> None:
        store, now = self.library.parts.store, self.library.clock.now()
        number = store.article(self._article(self.random.randrange(self.articles)).id).number
        include = self.random.random() < 0.5
        store.pin("mali", number, include=include, note="", now=now)

    def withdraw(self) -> None:
        store, number = self.library.parts.store, self.random.randrange(self.articles)
        article = store.article(self._article(number).id)
        now = self.library.clock.now()
        if self.random.random() < 0.7:
            store.withdraw(article.number, reason="why not", by="a test", now=now)
        else:
            store.give_back(article.number, by="a test", now=now)

    def wait(self) -> None:
        self.library.clock.move(self.random.choice([60, 8 * 86_400, 95 * 86_400]))

    def _article(self, number: int, **what: str):
        themes = ("mali",) if number % 3 else ("peace",)
        language = "fr" if number % 2 else "en"
        return dated(number, *themes, language=language, **{"text": "", **what})


@pytest.fixture
def hand(open_library: Open, request: pytest.FixtureRequest) -> Hand:
    library = open_library(config=SMALL)
    library.parts.store.remove_theme("mali", now=library.clock.now())
    library.parts.store.add_theme(LANGUAGES, now=library.clock.now())
    made = Hand(library=library, random=Random(request.param))
    while made.articles < 40:
        made.write()
    return made


SEEDS = pytest.mark.parametrize("hand", [1, 2], indirect=True)


@SEEDS
def test_p16_walking_the_files_back_yields_what_the_store_holds(hand: Hand) -> None:
    for _ in range(40):
        hand.act(hand.withdraw, hand.withdraw)
    hand.library.publish()

    files = hand.library.files()
    assert "themes/mali/fr/archive/1.xml" in files
    for key in KEYS:
        assert walk(files, key) == members(hand.library, key)
        assert len(members(hand.library, key)) > 3
    documents = [name for name in files if re.search(r"\.xml$|\.json$", name) and "/" in name]
    assert {name: problems(files[name]) for name in documents if problems(files[name])} == {}


@SEEDS
def test_p17_closed_archives_rest_through_edits_deletions_and_news(hand: Hand) -> None:
    for _ in range(25):
        hand.act()
    hand.library.publish()
    before = closed(hand.library.files())
    stamps = hand.library.stamps()
    assert len(before) > 3

    for _ in range(20):
        hand.act()
    hand.library.publish()
    hand.library.publish(everything=True)

    after = hand.library.files()
    assert {name: after[name] for name in before} == before
    assert {name: hand.library.stamps()[name] for name in before} == {
        name: stamps[name] for name in before
    }


@SEEDS
def test_p08_two_copies_of_one_store_give_the_same_tree(hand: Hand, open_library: Open) -> None:
    for _ in range(25):
        hand.act()
    for name in ("one", "two"):
        folder = hand.library.folder.with_name(name)
        shutil.copytree(hand.library.folder, folder)
        shutil.rmtree(folder / "feeds")
    one, two = open_library("one", SMALL), open_library("two", SMALL)

    one.publish()
    two.publish(everything=True)
    assert one.files() == two.files()
    hand.library.publish()
    assert hand.library.files() == one.files()


def test_p08_a_tree_made_anew_is_the_one_that_grew(library: Library) -> None:
    fill(library, 130, "mali", "peace")
    library.publish()
    library.read(dated(3, "mali", text="between"))
    library.publish()

    made = library.files()
    assert library.from_scratch() == made


@SEEDS
def test_p17_an_address_that_changes_is_followed_to_the_oldest_archive(
    hand: Hand, open_library: Open
) -> None:
    for _ in range(20):
        hand.act(hand.withdraw)
    hand.library.publish()
    name = hand.library.folder.name

    moved = open_library(name, SMALL.replace("[site]", '[site]\nbase_url = "https://new.example"'))
    moved.publish_stale()

    files = moved.files()
    documents = [name for name in files if name.endswith((".xml", ".json", ".opml", ".atom"))]
    old = hand.library.parts.config.site.base_url.encode()
    assert [name for name in documents if old in files[name]] == []
    for key in KEYS:
        assert walk(files, key) == members(moved, key)
    assert not moved.stale()
    assert moved.touched(lambda: moved.publish(everything=True)) == set()
    assert moved.from_scratch() == files
