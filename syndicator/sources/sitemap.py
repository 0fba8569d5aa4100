"""Sitemaps: which pages a site has, and when each last changed.

The source's own document may be an index of further sitemaps, which are kept as documents with
validators of their own. An index's lastmod decides which of them are asked, and a sitemap's which
pages; a page whose lastmod has not moved is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from syndicator.errors import BusyError, FetchError, ParseError, SandboxError
from syndicator.model import Document, Draft, Kind, Source
from syndicator.ports import ACCEPT_SITEMAPS, Answer
from syndicator.redaction import redacted
from syndicator.sources.inside import ARTICLE_WORDS
from syndicator.sources.reading import (
    UNREAD,
    Desk,
    Reading,
    answered,
    ask,
    noting,
    still_unread,
    unread,
)
from syndicator.sources.robots import Robots
from syndicator.sources.round import (
    ARTICLE,
    ASKED_AT,
    LASTMOD,
    LONGEST,
    SITEMAP,
    TRY_AGAIN,
    Round,
    article_keys,
    asked_lately,
    due,
)
from syndicator.sources.round import unread as waiting
from syndicator.stages.sitemap import MOST, Listed, Sitemap, completed, read_sitemap
from syndicator.text.pages import count_words
from syndicator.text.urls import scope

_AT_ONCE = 10  # further sitemaps read in one refresh (R9)
_MOST_SITEMAPS = 500
_DEEPEST = 3  # sitemaps below the source's own document, each in the one before
_DEPTH = "depth"  # in `said` of a further sitemap
_FIRST_LOOK_AGAIN = timedelta(hours=1)
_LAST_LOOK_AGAIN = timedelta(days=7)  # also where a lastmod stands still: it may be forgotten


def read(source: Source, desk: Desk) -> Reading:
    """One refresh: the sitemap, those below it that may have changed, then pages that wait.

    Raises:
        SourceError: the sitemap could not be read, or robots.txt forbids it.
    """
    trip = _Trip(source, desk)
    trip.robots.require(source.url)
    if trip.waits and asked_lately(source, desk.clock.now()):
        return _reading(source, trip)
    answer = ask(source, desk, reason="poll", accept=ACCEPT_SITEMAPS)
    return _read(source, answer, trip)


def read_answer(source: Source, answer: Answer, desk: Desk) -> Reading:
    """The same for an answer in hand, as discovery has it (C2)."""
    trip = _Trip(source, desk)
    trip.robots.require(source.url)
    return _read(source, answer, trip)


def _read(source: Source, answer: Answer, trip: _Trip) -> Reading:
    learnt, is_new = answered(source, answer)
    learnt = replace(
        noting(learnt, **{ASKED_AT: answer.at.isoformat()}),
        kind=Kind.SITEMAP,
        title=source.settings.title or source.title or urlsplit(source.url).netloc,
    )
    if is_new:
        try:
            found = _parsed(answer, trip.desk)
        except ParseError as error:
            raise unread(learnt, error) from error
        trip.take(found, url=answer.url, depth=0)
    elif still_unread(learnt):
        raise unread(learnt, ParseError(source.error or "the document cannot be read"))
    reading = _reading(noting(learnt, **{UNREAD: ""}), trip)
    return replace(reading, moved_to=answer.moved_to)


def _parsed(answer: Answer, desk: Desk) -> Sitemap:
    try:
        return desk.sandbox.call(read_sitemap, answer.body, url=answer.url, now=answer.at)
    except SandboxError as error:
        raise ParseError(str(error)) from error


def _reading(source: Source, trip: _Trip) -> Reading:
    trip.descend()
    if not trip.pages and not trip.waits:
        raise ParseError(trip.why_nothing)
    now = trip.desk.clock.now()

    def finish(page: Document, draft: Draft) -> Draft:
        content = completed(draft.content, page.said, now=now)
        if content.published_at is None and count_words(content.text) < ARTICLE_WORDS:
            raise ParseError("a page without a date and of few words is no article")
        return replace(draft, content=content)

    tour = Round(source=source, desk=trip.desk, robots=trip.robots, finish=finish)
    tour.read(due(trip.known.values(), now), until=trip.until)
    changed = {**trip.changed, **tour.documents}
    return Reading(
        source=source,
        drafts=tuple(tour.drafts),
        documents=(*changed.values(), *trip.robots.documents),
        more=tour.left(trip.known),
        keys=article_keys(trip.known.values()),
        counts=trip.counts + tour.counts,
    )


# ------------------------------------------------------------------ what is known


@dataclass(slots=True)
class _Trip:
    """One refresh: the documents of the source as they stand, and those that changed."""

    source: Source
    desk: Desk
    known: dict[str, Document] = field(init=False)  # pages and sitemaps, by URL
    changed: dict[str, Document] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    robots: Robots = field(init=False)
    until: datetime = field(init=False)
    _error: str = ""

    def __post_init__(self) -> None:
        kept = self.desk.articles.documents(self.source.id)
        self.known = {each.url: each for each in kept if each.role in (ARTICLE, SITEMAP)}
        self.robots = Robots(self.desk, kept)
        self.until = self.desk.clock.now() + LONGEST

    @property
    def pages(self) -> bool:
        return any(each.role == ARTICLE for each in self.known.values())

    @property
    def waits(self) -> bool:
        return waiting(self.known.values()) > 0

    @property
    def why_nothing(self) -> str:
        if self._error:
            return f"none of its sitemaps could be read: {self._error}"
        return "the sitemap names no article of its site"

    def _keep(self, document: Document) -> None:
        self.known[document.url] = self.changed[document.url] = document

    # -------------------------------------------------------------- what a sitemap says

    def take(self, found: Sitemap, *, url: str, depth: int) -> None:
        """Note what a sitemap lists: what is new, and what changed since it was last read.

        Args:
            url: of the sitemap. depth: 0 for the source's own document.
        """
        self.counts.update(found.cut)
        own = _Site(self.source.url, url)
        self._take_sitemaps([each for each in found.sitemaps if own.has(each.url)], depth + 1)
        self._take_pages([each for each in found.pages if own.has(each.url)])
        self._count("sitemaps elsewhere", sum(not own.has(each.url) for each in found.sitemaps))
        self._count("addresses elsewhere", sum(not own.has(each.url) for each in found.pages))

    def _take_sitemaps(self, listed: list[Listed], depth: int) -> None:
        if depth > _DEEPEST:
            self._count("sitemaps too deep", len(listed))
            return
        new = [each for each in listed if each.url not in self.known]
        room = _MOST_SITEMAPS - sum(each.role == SITEMAP for each in self.known.values())
        self._count("sitemaps", len(new) - max(room, 0))
        for each in _newest(new, room):
            if each.url != self.source.url:
                said = {**_lastmod(each), _DEPTH: str(depth)}
                self._keep(Document(url=each.url, role=SITEMAP, said=said))
        self._compare(listed, SITEMAP)

    def _take_pages(self, listed: list[Listed]) -> None:
        new = [each for each in listed if each.url not in self.known]
        room = MOST - waiting(self.known.values())
        self._count("addresses", len(new) - max(room, 0))
        for each in _newest(new, room):
            self._keep(Document(url=each.url, role=ARTICLE, said=each.said))
        self._compare(listed, ARTICLE)

    def _compare(self, listed: Iterable[Listed], role: str) -> None:
        """Have those read whose lastmod has moved since they were last read."""
        for each in listed:
            before = self.known.get(each.url)
            stated = each.said.get(LASTMOD, "")
            if before is None or before.role != role or not stated:
                continue
            if stated != before.said.get(LASTMOD):
                said = {**before.said, **each.said} if role == ARTICLE else dict(before.said)
                rest = None if role == ARTICLE else before.next_check_at
                is_due = before.fetched_at is not None and not _seen_since(before, each)
                at = self.desk.clock.now() if is_due else rest
                self._keep(replace(before, said={**said, LASTMOD: stated}, next_check_at=at))

    def _count(self, name: str, number: int) -> None:
        if number > 0:
            self.counts[name] += number

    # -------------------------------------------------------------- further sitemaps

    def descend(self) -> None:
        """Read the sitemaps below that are new or may have changed, a bounded number."""
        for document in self._to_read():
            try:
                self.robots.require(document.url)
                answer = self.desk.visit.get(
                    document.url,
                    validators=document.validators,
                    reason="sitemap",
                    accept=ACCEPT_SITEMAPS,
                )
                self._answered(document, answer)
            except BusyError:
                return
            except (FetchError, ParseError) as error:
                self._failed(document, error)

    def _to_read(self) -> Iterator[Document]:
        """One after the other, as each may bring more: those never read, then the latest changed,
        then those longest waited for."""
        for _ in range(_AT_ONCE):
            now = self.desk.clock.now()
            ready = [each for each in self.known.values() if _is_due(each, now)]
            if not ready or now >= self.until:
                return
            yield max(ready, key=lambda each: _urgency(each, now))

    def _answered(self, document: Document, answer: Answer) -> None:
        digest = sha256(answer.body).hexdigest() if answer.status == 200 else document.body_sha256
        is_new = digest != document.body_sha256
        read = replace(
            document,
            validators=answer.validators,
            body_sha256=digest,
            fetched_at=answer.at,
            next_check_at=_next_look(document, answer.at, changed=is_new),
        )
        if is_new or document.failures:
            try:
                found = _parsed(answer, self.desk) if answer.status == 200 else None
            except ParseError as error:
                self._failed(read, error)
                return
            if found is None:  # as unreadable as it was
                self._failed(read, ParseError(document.error))
                return
            self.take(found, url=answer.url, depth=int(document.said.get(_DEPTH, "1")))
        self._keep(replace(read, failures=0, error=""))

    def _failed(self, document: Document, error: FetchError | ParseError) -> None:
        now = self.desk.clock.now()
        wait = min(TRY_AGAIN * 2 ** min(document.failures, 10), _LAST_LOOK_AGAIN)
        self._error = self._error or f"{redacted(document.url)}: {error}"
        self._count("sitemaps unreadable", 1)
        self._keep(
            replace(
                document,
                fetched_at=document.fetched_at or now,
                failures=document.failures + 1,
                error=str(error),
                next_check_at=now + wait,
            )
        )


def _is_due(document: Document, now: datetime) -> bool:
    if document.role != SITEMAP:
        return False
    if document.fetched_at is None:
        return True
    return document.next_check_at is not None and document.next_check_at <= now


def _urgency(document: Document, now: datetime) -> tuple[bool, str, float]:
    at = document.next_check_at or now
    return document.fetched_at is None, document.said.get(LASTMOD, ""), (now - at).total_seconds()


def _next_look(document: Document, now: datetime, *, changed: bool) -> datetime:
    """One that changes is looked at every time; one that stays as it is, ever more rarely."""
    if LASTMOD in document.said:
        return now + _LAST_LOOK_AGAIN
    if changed or document.fetched_at is None or document.next_check_at is None:
        return now + _FIRST_LOOK_AGAIN
    wait = (document.next_check_at - document.fetched_at) * 2
    return now + min(max(wait, _FIRST_LOOK_AGAIN), _LAST_LOOK_AGAIN)


# ------------------------------------------------------------------ what a sitemap lists


class _Site:
    """Whose addresses count: a sitemap speaks for its own site, not for others (C11)."""

    def __init__(self, *urls: str) -> None:
        self._scopes = {scope(url) for url in urls}
        self._known: dict[str, bool] = {}

    def has(self, url: str) -> bool:
        """Whether this address belongs to the site."""
        place = urlsplit(url).netloc
        if place not in self._known:
            self._known[place] = self._is_own(url)
        return self._known[place]

    def _is_own(self, url: str) -> bool:
        try:
            return scope(url) in self._scopes
        except ValueError:
            return False


def _newest(listed: list[Listed], room: int) -> list[Listed]:
    """As many as there is room for; where they are too many, the latest."""
    if len(listed) <= room:
        return listed
    dated = sorted(
        listed, key=lambda each: each.at.timestamp() if each.at else float("-inf"), reverse=True
    )
    return dated[: max(room, 0)]


def _lastmod(listed: Listed) -> dict[str, str]:
    return {LASTMOD: listed.said[LASTMOD]} if LASTMOD in listed.said else {}


def _seen_since(document: Document, listed: Listed) -> bool:
    """Whether the page was read after a change that is only now told, when nothing was before."""
    if LASTMOD in document.said or listed.at is None or document.fetched_at is None:
        return False
    return document.fetched_at >= listed.at
