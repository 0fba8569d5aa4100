"""A newsroom with one good source and one odd one, read by the real parts into a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import Article, Source
from syndicator.publishers.check import problems
from tests.cli.conftest import Said
from tests.reading.documents import rss
from tests.site import Reply, Site

CONFIG = """
[site]
title = "Newsroom"
contact = "desk@newsroom.example"

[fetch]
allow_private = true
timeout = "20s"
starts_per_s = 1000

[fetch.hosts."{good.host}:{good.port}"]
gap = 0

[fetch.hosts."{odd.host}:{odd.port}"]
gap = 0

[sources.good]
url = "{good.base}/feed.xml"

[sources.odd]
url = "{odd.base}/feed.xml"
kind = "{kind}"

[themes.news]
title = "News"
match = 'source:(good OR odd)'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The open parts; `site` is where the odd source lives."""

    folder: Path
    parts: Parts
    site: Site

    def serve(self, body: bytes | Reply) -> None:
        """What the odd source answers from now on."""
        reply = body if isinstance(body, Reply) else Reply(body=body, headers=RSS_TYPE)
        self.site.pages["/feed.xml"] = reply

    def poll(self) -> dict[str, jobs.Pulled]:
        """Read both sources now, and publish."""
        pulled = {one.source_id: one for one in jobs.pull(self.parts, force=True)}
        jobs.publish(self.parts)
        assert not [fault for body in self.feeds().values() for fault in problems(body)]
        return pulled

    def source(self, source_id: str = "odd") -> Source:
        return self.parts.store.source(source_id)

    def articles(self, source_id: str = "odd") -> list[Article]:
        """Oldest first."""
        return [*self.parts.store.articles(source=source_id)][::-1]

    def titles(self, source_id: str = "odd") -> list[str]:
        return [article.content.title for article in self.articles(source_id)]

    def files(self) -> dict[str, bytes]:
        """All that is published."""
        feeds = self.folder / "feeds"
        return {
            str(path.relative_to(feeds)): path.read_bytes()
            for path in feeds.rglob("*")
            if path.is_file()
        }

    def feeds(self) -> dict[str, bytes]:
        """The published feeds, and what they were before."""
        return {
            name: body
            for name, body in self.files().items()
            if name.endswith(("/atom.xml", "/rss.xml")) or "/archive/" in name
        }


RSS_TYPE = {"Content-Type": "application/rss+xml"}
OpenRoom = Callable[..., Room]


@pytest.fixture
def open_room(tmp_path: Path, site: Site) -> Iterator[OpenRoom]:
    """Opens the newsroom; `kind` is that of the odd source."""
    with ExitStack() as stack:
        odd = stack.enter_context(Site())
        path = tmp_path / "config.toml"

        def one(kind: str = "feed") -> Room:
            site.pages["/feed.xml"] = Reply(
                body=rss(("g-1", "Talks resume in Bamako"), ("g-2", "Harvest begins")),
                headers={"Content-Type": "application/rss+xml", "ETag": '"good"'},
                conditional=True,
            )
            path.write_text(CONFIG.format(good=site, odd=odd, kind=kind), "utf-8")
            parts = stack.enter_context(open_parts(path, environ={}))
            return Room(folder=tmp_path, parts=parts, site=odd)

        yield one


@pytest.fixture
def room(open_room: OpenRoom) -> Room:
    """The newsroom whose odd source is a feed."""
    return open_room()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """The command line on the same configuration; another exit code than `code` is a failure."""
    from syndicator.cli.main import main

    def one(*words: str, code: int = 0) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(["-c", str(tmp_path / "config.toml"), *words])
        written = capsys.readouterr()
        assert left.value.code == code, written.err + written.out
        return Said(code=code, out=written.out, err=written.err)

    return one


def shown(run: Callable[..., Said], source_id: str) -> dict[str, Any]:
    """A source as `source list --json` tells it."""
    rows = {row["id"]: row for row in run("source", "list", "--json").rows}
    found: dict[str, Any] = rows[source_id]
    return found
