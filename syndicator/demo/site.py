"""The whole press site without a socket: what stands at which address, after which releases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicator.demo.houses import HOUSES, Front
from syndicator.demo.magazine import Magazine
from syndicator.demo.pictures import picture
from syndicator.demo.pieces import (
    AGENCIES,
    LANGUAGES,
    PUBLISHERS,
    Item,
    Piece,
    editions,
    release_titles,
    world,
)
from syndicator.demo.rendering import render

__all__ = ["PUBLISHERS", "Page", "PressSite", "release_titles"]

ROBOTS = b"User-agent: *\nDisallow: /search\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands at an address."""

    body: bytes
    type: str
    modified: datetime


class PressSite:
    """Six publishers at one moment; equal arguments give equal bytes.

    Args:
        bases: publisher -> origin such as "http://127.0.0.1:9001", without a slash at the end.
        releases: when the first, second, third ... later piece came out. None of them: what is
            there from the start. `len(release_titles())` of them: everything.
    """

    def __init__(self, bases: Mapping[str, str], releases: Sequence[datetime] = ()) -> None:
        self.world = world(releases)
        self._bases = bases
        self._pages: dict[str, Mapping[str, Callable[[], Page]]] = {}

    def page(self, publisher: str, target: str) -> Page | None:
        """What a publisher has at this path and query, or None."""
        if publisher not in self._pages:
            self._pages[publisher] = self._build(publisher)
        make = self._pages[publisher].get(target)
        return make() if make else None

    def targets(self, publisher: str) -> tuple[str, ...]:
        """Every path and query at which this publisher has something."""
        self.page(publisher, "/")
        return tuple(self._pages[publisher])

    def _build(self, publisher: str) -> dict[str, Callable[[], Page]]:
        """All addresses of a publisher; pictures are painted only when asked for."""
        found = self._magazine(publisher) if publisher in LANGUAGES else self._house(publisher)
        at = self._entries(publisher)[0].at
        found["/robots.txt"] = _page(ROBOTS, "text/plain; charset=utf-8", at)
        found["/style.css"] = _page(render("style.css"), "text/css; charset=utf-8", at)
        for entry in self._entries(publisher):
            name = entry.id if isinstance(entry, Piece) else entry.slug
            found[f"/photos/{name}.png"] = _photo(name, entry.at)
        return found

    def _entries(self, publisher: str) -> Sequence[Piece | Item]:
        if publisher in AGENCIES:
            return self.world.items[publisher]
        return self.world.edition(publisher)

    def _magazine(self, language: str) -> dict[str, Callable[[], Page]]:
        edition = Magazine(edition=editions()[language], bases=self._bases, world=self.world)
        at = self._entries(language)[0].at  # every page shows a pager or the newest titles
        return {
            target: _page(body, "text/html; charset=utf-8", at)
            for target, body in edition.pages().items()
        }

    def _house(self, agency: str) -> dict[str, Callable[[], Page]]:
        front = Front(
            house=HOUSES[agency], base=self._bases[agency], items=self.world.items[agency]
        )
        at = front.updated
        found = {
            target: _page(body, "text/html; charset=utf-8", at)
            for target, body in front.pages().items()
        }
        for target, body in front.tables().items():
            found[target] = _page(body, "text/csv; charset=utf-8", at)
        kind = f"{front.house.feed_type}; charset=utf-8"
        found[front.house.feed_path] = _page(front.feed(), kind, at)
        return found


def _page(body: bytes, kind: str, at: datetime) -> Callable[[], Page]:
    page = Page(body=body, type=kind, modified=at)
    return lambda: page


def _photo(name: str, at: datetime) -> Callable[[], Page]:
    return lambda: Page(body=picture(name), type="image/png", modified=at)
