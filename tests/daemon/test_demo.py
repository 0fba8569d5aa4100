"""`syndicator demo`: what a newcomer sees of it all in half a minute."""

from __future__ import annotations

import re
import signal
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree, html

from syndicator.publishers.check import problems
from tests.daemon.conftest import Build
from tests.daemon.house import ATOM, House, served, titles, until

pytestmark = pytest.mark.timeout(300)  # for a machine that has much else to do

Node = etree._Element

SOURCES = {
    "Between Shores",  # pages, in three languages
    "Tussen Oevers",
    "Entre Rives",
    "Kestrel Newswire",  # RSS
    "Notes from the Barrier",  # Atom
    "Lowland Policy Lab",  # JSON Feed
}


@pytest.fixture
def house(build: Build) -> House:
    """Only a place to start from; the demo makes its own configuration."""
    return build("")


def _entries(folder: Path, theme: str) -> list[Node]:
    body = (folder / "feeds" / "themes" / theme / "atom.xml").read_bytes()
    assert problems(body) == []
    return list(etree.fromstring(body).iter(f"{ATOM}entry"))


def _languages(entries: list[Node]) -> set[str]:
    named = (entry.get("{http://www.w3.org/XML/1998/namespace}lang", "") for entry in entries)
    return {language.partition("-")[0] for language in named}


def _text(node: Node, path: str) -> str:
    return node.findtext(_path(path)) or ""


def _texts(node: Node, path: str) -> list[str]:
    return [one.text or "" for one in node.findall(_path(path))]


def _path(names: str) -> str:
    return "/".join(ATOM + name for name in names.split("/"))


def _check_whole(entry: Node) -> None:
    """All that there is to an article, each in its place."""
    title = _text(entry, "title")
    assert title
    assert all(_texts(entry, "author/name")), title
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", _text(entry, "published")), title
    summary, content = _text(entry, "summary"), html.fromstring(_text(entry, "content"))
    body = content.text_content()
    assert 20 < len(summary) < len(body), title
    assert len(body.split()) > 90, title
    (figure,) = content.iter("figure")
    caption = figure.findtext("figcaption") or ""
    assert figure.find("img").get("src", "").endswith(".png"), title
    assert re.fullmatch(r".{10,} © .{4,}", caption), (title, caption)
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")], title
    assert _text(entry, "source/title") in SOURCES, title


def test_the_demo_publishes_both_themes_from_every_kind_of_source(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    said = house.run_bare("demo", "--once", "--dir", str(folder))

    rows = re.findall(r"^(\S+) +(\d+) +(\d+)  ([a-z, ]+)$", said.out, re.MULTILINE)
    table = {feed: (int(count), int(sources), words) for feed, count, sources, words in rows}
    assert table["peacebuilding"][1:] == (6, "en, fr, nl")
    assert table["mali"][1:] == (6, "en, fr, nl")
    for theme in ("peacebuilding", "mali"):
        entries = _entries(folder, theme)
        assert len(entries) == table[theme][0] > 30
        assert {_text(entry, "source/title") for entry in entries} == SOURCES
        assert _languages(entries) == {"en", "fr", "nl"}
        for entry in entries:
            _check_whole(entry)

    jointly = Counter(len(_texts(entry, "author/name")) for entry in _entries(folder, "mali"))
    assert max(jointly) >= 2

    again = house.run_bare("demo", "--once", "--dir", str(folder))
    assert "failed" not in again.out
    assert len(_entries(folder, "mali")) == table["mali"][0]


def test_a_folder_with_something_else_in_it_is_refused(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")

    said = house.run_bare("demo", "--once", "--dir", str(folder), code=2)

    assert said.err == (
        f"syndicator: {folder} is not empty and holds no earlier demo; name another folder\n"
    )
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_the_demo_stays_up_with_news_until_ctrl_c(house: House, tmp_path: Path) -> None:
    demo = house.start_bare("demo", "--dir", str(tmp_path / "demo"))
    address = demo.address
    assert re.search(r"^peacebuilding +\d+ +6  en, fr, nl$", demo.out, re.MULTILINE)
    until(lambda: f"{address}/themes/mali/atom.xml" in demo.out, within_s=5, what="addresses")
    for path in ("/", "/themes/peacebuilding/", "/themes/mali/"):
        assert f"  {address}{path}\n" in demo.out
        assert served(address, path)
    before = titles(served(address, "/themes/all/atom.xml"))

    def released() -> re.Match[str] | None:
        return re.search(r"has published “(.+)”", demo.out)

    title = until(released, within_s=30, what="a new article comes out")[1]
    assert title not in before
    until(
        lambda: title in titles(served(address, "/themes/all/atom.xml")),
        within_s=20,
        what=f"{title!r} is served",
    )
    assert demo.stop(signal.SIGINT) == 0
    assert "Traceback" not in demo.err
    until(lambda: not house.alive(), within_s=5, what="its workers have ended")
