"""A feed reader that we did not write subscribes, and keeps to its validators."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import requests

from syndicator.demo.server import PressServer
from tests.daemon.conftest import Build
from tests.daemon.house import patient_config, served, titles

pytestmark = [
    pytest.mark.newsboat,
    pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed"),
]


class Newsboat:
    """The program with urls, cache and settings of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir()
        (folder / "urls").write_text(f"{url}\n")
        (folder / "config").write_text("download-timeout 10\ndownload-retries 1\n")
        self._folder = folder

    def reload(self) -> None:
        """Ask the feed once, as its own timer would."""
        files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
        words = [word for flag, name in files.items() for word in (flag, str(self._folder / name))]
        done = subprocess.run(
            ["newsboat", *words, "-x", "reload"],
            env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done

    def ask(self, query: str) -> list[tuple[str, ...]]:
        """Rows of its cache."""
        with contextlib.closing(sqlite3.connect(self._folder / "cache.db")) as db:
            return list(db.execute(query))


def _answers(address: str, status: int) -> int:
    """How many answers with this status the server counts."""
    text = requests.get(f"{address}/metrics", timeout=10).text
    found = re.search(rf'syndicator_requests_total{{status="{status}"}} (\d+)', text)
    return int(found[1]) if found else 0


def test_newsboat_takes_the_articles_and_then_304(
    build: Build, press: PressServer, tmp_path: Path
) -> None:
    house = build(patient_config(press))
    house.run("run", "--once")
    server = house.start("serve")
    address, path = server.address, "/themes/peacebuilding/atom.xml"
    newsboat = Newsboat(tmp_path / "newsboat", address + path)

    newsboat.reload()
    shown = titles(served(address, path))
    taken = newsboat.ask("select title, author, content, url from rss_item")
    assert len(shown) > 40
    assert sorted(row[0] for row in taken) == sorted(shown)
    assert all(all(row) for row in taken)
    assert newsboat.ask("select title from rss_feed") == [("Peacebuilding",)]

    # It knows an item by its id alone, so the other format goes into a cache of its own.
    other = Newsboat(tmp_path / "by-rss", address + path.replace("atom.xml", "rss.xml"))
    other.reload()
    same = "select title, content, url from rss_item"  # of several dc:creator it keeps one
    assert sorted(other.ask(same)) == sorted(newsboat.ask(same))

    newsboat.reload()  # its second request is still without validators
    before = _answers(address, 304)
    for _ in range(2):
        newsboat.reload()
    assert _answers(address, 304) == before + 2

    press.release_next()
    house.run("pull", "--force")
    house.run("publish")
    newsboat.reload()
    news = titles(served(address, path))
    assert len(news) > len(shown)
    assert {row[0] for row in newsboat.ask("select title from rss_item")} == {*news, *shown}
    assert _answers(address, 304) == before + 2
    assert server.stop() == 0
