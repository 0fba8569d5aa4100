"""Pages of sites that have no feed: a listing whose articles are pages, or one article page.

Which of the two is decided at the first reading and remembered. A listing is followed to its
further pages while they name articles that are not known yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicator.errors import FetchError, ParseError, SandboxError
from syndicator.model import Document, Kind, Source
from syndicator.ports import ACCEPT_PAGES, Answer
from syndicator.sources import inside
from syndicator.sources.reading import OLDER, Desk, Reading, answered, ask, noting
from syndicator.sources.robots import Robots
from syndicator.sources.round import (
    ARTICLE,
    ASKED_AT,
    LONGEST,
    Round,
    article_keys,
    asked_lately,
    due,
    read_article,
    unread,
)
from syndicator.stages.listing import Listing

SHAPE = "shape"  # note: "listing" or "article"
PAGER_AT = "pager_at"  # note: the listing page to go on with
_PAGER_READ = "pager_read"  # note: how many further pages were read for it
_ROT = "rot"  # note: what was amiss with the listing when it was last read
_AT_ONCE = 10  # listing pages in one refresh, the first included (R9)
_MOST = 50  # further pages followed in a row of refreshes (C27)


def read(source: Source, desk: Desk) -> Reading:
    """One refresh: the page itself, then article pages that wait.

    Raises:
        SourceError: the page could not be read, or robots.txt forbids it.
    """
    trip = _begun(source, desk)
    trip.robots.require(source.url)
    waits = unread(trip.known.values()) > 0 or PAGER_AT in source.notes
    if waits and asked_lately(source, desk.clock.now()):
        return _kept(_listing(source, None, trip), trip)
    answer = ask(source, desk, reason="poll", accept=ACCEPT_PAGES)
    return _read(source, answer, trip)


def read_answer(source: Source, answer: Answer, desk: Desk) -> Reading:
    """The same for an answer in hand, as discovery has it (C2)."""
    trip = _begun(source, desk)
    trip.robots.require(source.url)
    return _read(source, answer, trip)


@dataclass(slots=True, kw_only=True)
class _Trip:
    """One refresh: what is known of the source's pages, and until when more may be asked."""

    desk: Desk
    known: dict[str, Document]  # article pages, by URL
    robots: Robots
    until: datetime


def _begun(source: Source, desk: Desk) -> _Trip:
    kept = desk.articles.documents(source.id)
    return _Trip(
        desk=desk,
        known={each.url: each for each in kept if each.role == ARTICLE},
        robots=Robots(desk, kept),
        until=desk.clock.now() + LONGEST,
    )


def _read(source: Source, answer: Answer, trip: _Trip) -> Reading:
    learnt, is_new = answered(source, answer)
    learnt = replace(
        noting(learnt, **{ASKED_AT: answer.at.isoformat()}),
        kind=Kind.PAGE,
        title=source.settings.title or source.title or urlsplit(source.url).netloc,
    )
    shape = source.notes.get(SHAPE, "")
    if is_new and not shape:
        shape = _shape(learnt, answer, trip.desk)
        learnt = noting(learnt, **{SHAPE: shape})
    if shape == "article":
        reading = _single(learnt, answer, trip) if is_new else Reading(source=learnt)
    else:
        reading = _listing(learnt, answer if is_new else None, trip)
    return _kept(reading, trip)


def _kept(reading: Reading, trip: _Trip) -> Reading:
    return replace(reading, documents=(*reading.documents, *trip.robots.documents))


def _shape(source: Source, answer: Answer, desk: Desk) -> str:
    """Design section 6: a listing if `select.item` is set or no article is found on the page."""
    if source.settings.select.item:
        return "listing"
    try:
        read_article(source, answer, desk)
    except ParseError:
        return "listing"
    return "article"


def _single(source: Source, answer: Answer, trip: _Trip) -> Reading:
    draft = read_article(source, answer, trip.desk)
    return Reading(source=source, drafts=(draft,), listed=1, keys=frozenset({draft.key}))


# ------------------------------------------------------------------ a listing


def _listing(source: Source, answer: Answer | None, trip: _Trip) -> Reading:
    walk = _Walk(source=source, trip=trip)
    if answer is not None:
        walk.begin(answer)
    walk.go_on()
    named, source = walk.found, walk.remembered()
    pages = {**trip.known, **{url: _page(url) for url in named if url not in trip.known}}
    if not pages:
        raise ParseError("the page names no articles; select.item can say where they are")
    tour = Round(source=source, desk=trip.desk, robots=trip.robots)
    tour.read(due(pages.values(), trip.desk.clock.now()), until=trip.until)
    new = [page for url, page in pages.items() if url not in trip.known]
    return Reading(
        source=source,
        drafts=tuple(tour.drafts),
        documents=tuple({**{page.url: page for page in new}, **tour.documents}.values()),
        more=tour.left(pages) or PAGER_AT in source.notes,
        listed=len(named),
        keys=article_keys(trip.known[url] for url in named or trip.known if url in trip.known),
        troubles={"rot": walk.rot} if walk.rot else {},
        counts=tour.counts,
    )


def _page(url: str) -> Document:
    return Document(url=url, role=ARTICLE)


class _Walk:
    """A walk through the pages of a listing: its pager's, or those behind "load more".

    It goes on while most of what a page names is new, a bounded number of pages in one refresh,
    and where it was in the next.
    """

    def __init__(self, *, source: Source, trip: _Trip) -> None:
        self.found: dict[str, None] = {}  # article addresses in their order
        self.rot = source.notes.get(_ROT, "")
        self._source = source
        self._trip = trip
        self._next_url = source.notes.get(PAGER_AT, "")
        self._read = int(source.notes.get(_PAGER_READ, "0"))  # further pages, in all
        self._left = _AT_ONCE - 1
        self._visited = {source.url}
        self._older = source.notes.get(OLDER, "")

    def begin(self, answer: Answer) -> None:
        """Take the first page, and follow those behind it."""
        unfinished = self._next_url
        listing = self._take(answer)
        self._older = listing.next_url
        lost = not listing.articles and self._trip.known
        self.rot = "the page names no articles any more; select.item can say where" if lost else ""
        self.go_on()
        self._next_url = self._next_url or unfinished

    def go_on(self) -> None:
        """Follow further pages until nothing is new there, or the next refresh is to go on."""
        while self._next_url and self._left and self._trip.desk.clock.now() < self._trip.until:
            if self._next_url in self._visited or self._read >= _MOST:
                self._next_url = ""
                return
            self._visited.add(self._next_url)
            self._left -= 1
            self._read += 1
            try:
                self._take(self._ask(self._next_url))
            except (FetchError, ParseError):
                self._next_url = ""  # the articles named so far are worth having

    def remembered(self) -> Source:
        """The source, with where the next refresh goes on."""
        return noting(
            self._source,
            **{
                OLDER: self._older,
                PAGER_AT: self._next_url,
                _PAGER_READ: str(self._read) if self._next_url else "",
                _ROT: self.rot,
            },
        )

    def _ask(self, url: str) -> Answer:
        self._trip.robots.require(url)
        return self._trip.desk.visit.get(url, reason="next page", accept=ACCEPT_PAGES)

    def _take(self, answer: Answer) -> Listing:
        listing = _read_listing(self._source, answer, self._trip.desk)
        here = [link.url for link in listing.articles]
        goes_on = _mostly_new(here, self.found, self._trip.known)
        self._next_url = listing.next_url if goes_on else ""
        self.found.update(dict.fromkeys(here))
        return listing


def _mostly_new(
    here: Collection[str], found: Collection[str], known: Mapping[str, Document]
) -> bool:
    """Whether there may be more behind a page: an article that stands on top of every page must
    not end the walk, nor may one that brings nothing new go on."""
    new = sum(1 for url in here if url not in found and url not in known)
    old = sum(1 for url in here if url in known and url not in found)
    return new > old


def _read_listing(source: Source, answer: Answer, desk: Desk) -> Listing:
    try:
        return desk.sandbox.call(
            inside.read_listing,
            answer.body,
            url=answer.url,
            headers=dict(answer.headers),
            select=source.settings.select,
        )
    except SandboxError as error:
        raise ParseError(str(error)) from error
