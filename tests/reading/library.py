"""One source of a kind, read by the real parts into a real store, under a clock that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.model import Article, Document, Source
from tests.conftest import FakeClock
from tests.site import Asked, Reply, Site

CONFIG = """
[site]
title = "The library"
contact = "desk@library.example"

[fetch]
allow_private = true
starts_per_s = 1000

[fetch.hosts."{host}:{port}"]
gap = "2s"
min_interval = "1m"

[executor]
kind = "inline"

{rest}
"""
HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The open parts, with one source named "one"."""

    folder: Path
    parts: Parts
    site: Site
    clock: FakeClock

    def pull(self) -> jobs.Pulled:
        """Read the source now, and all its pages that wait."""
        (pulled,) = jobs.pull(self.parts, ["one"], force=True)
        return pulled

    @property
    def source(self) -> Source:
        return self.parts.store.source("one")

    def articles(self) -> list[Article]:
        """Oldest first."""
        return [*self.parts.store.articles(source="one")][::-1]

    def titles(self) -> set[str]:
        return {article.content.title for article in self.articles()}

    def documents(self, role: str) -> dict[str, Document]:
        """What is kept of the source's documents of one role, by path."""
        kept = self.parts.store.documents("one")
        return {one.url.removeprefix(self.site.base): one for one in kept if one.role == role}

    def asked(self) -> list[str]:
        """Paths in the order in which they were asked; counting begins anew."""
        paths = [each.path for each in self.site.asked]
        self.site.forget()
        return paths

    def last(self, path: str) -> Asked:
        """The last request for a path."""
        return next(each for each in reversed(self.site.asked) if each.path == path)


@contextmanager
def opened(
    folder: Path, site: Site, clock: FakeClock, patch: pytest.MonkeyPatch, source: str
) -> Iterator[Library]:
    """A library whose configuration ends with `source`; {base} in it is the site."""
    patch.setattr("syndicator.app.SystemClock", lambda: clock)
    text = CONFIG.format(host=site.host, port=site.port, rest=source.replace("{base}", site.base))
    (folder / "config.toml").write_text(text, "utf-8")
    with open_parts(folder / "config.toml", environ={}) as parts:
        yield Library(folder=folder, parts=parts, site=site, clock=clock)


def html(body: bytes, tag: str = "") -> Reply:
    """A page that honours its tag."""
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Reply(body=body, headers=headers | ({"ETag": tag} if tag else {}), conditional=bool(tag))
