"""The article pages of one refresh: a bounded number, new ones first, at the host's pace.

Pages of a listing and of a sitemap are read alike. Known ones are asked with the validators they
gave: when a sitemap's lastmod has moved, and where no sitemap says, ever more rarely.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from syndicator.errors import BusyError, FetchError, ParseError, RefusedError, SandboxError, Stopped
from syndicator.model import Document, Draft, Source, Validators
from syndicator.ports import ACCEPT_PAGES, Answer
from syndicator.sources import inside
from syndicator.sources.reading import Desk
from syndicator.sources.robots import ROLE as ROBOTS
from syndicator.sources.robots import Robots

ARTICLE, SITEMAP = "article", "sitemap"  # roles of a Document
ASKED_AT = "asked_at"  # note of a Source: when its own document was last asked
LASTMOD = "lastmod"  # in `said`: when the page last changed, as a sitemap has it
AT_ONCE = 20  # article pages read in one refresh; the rest waits for the next
LONGEST = timedelta(minutes=8)  # a refresh ends sooner where a host asks for long pauses (C22)
_NOT_AGAIN = timedelta(hours=1)  # the source's own document, while its pages are being read (C14)
TRY_AGAIN = timedelta(hours=6)
_AGAIN_AT_ONCE = 5  # known ones among them, where no sitemap says that they changed
_FIRST_LOOK_AGAIN = timedelta(days=1)
_LAST_LOOK_AGAIN = timedelta(days=30)
_GONE = (404, 410)


def read_article(source: Source, answer: Answer, desk: Desk) -> Draft:
    """The article on a page. Raises ParseError: there is none."""
    try:
        return desk.sandbox.call(
            inside.draft_article,
            answer.body,
            url=answer.url,
            headers=dict(answer.headers),
            settings=source.settings,
            now=answer.at,
        )
    except SandboxError as error:
        raise ParseError(str(error)) from error


def due(documents: Iterable[Document], now: datetime) -> list[Document]:
    """Pages to be read now: those never read, then those that changed, then those whose time has
    come."""
    new: list[Document] = []
    changed: list[Document] = []
    again: list[Document] = []
    for each in documents:
        if each.role != ARTICLE or (each.next_check_at and each.next_check_at > now):
            continue
        if each.fetched_at is None:
            new.append(each)
        elif each.next_check_at is not None:
            (changed if LASTMOD in each.said else again).append(each)
    new.sort(key=_stated_date, reverse=True)
    changed.sort(key=lambda each: each.said[LASTMOD], reverse=True)
    again.sort(key=lambda each: each.next_check_at or now)
    return [*new, *changed, *again[:_AGAIN_AT_ONCE]][:AT_ONCE]


def _stated_date(document: Document) -> str:
    return document.said.get(LASTMOD) or document.said.get("published", "")


def asked_lately(source: Source, now: datetime) -> bool:
    """Whether the source's own document was asked a short while ago, or is fresh still (C12): while
    pages wait that it named, a refresh only reads on in them."""
    asked_at = source.notes.get(ASKED_AT, "")
    if not asked_at:
        return False
    again_at = datetime.fromisoformat(asked_at) + _NOT_AGAIN
    return now < max(again_at, source.floor_until or again_at)


def unread(documents: Iterable[Document]) -> int:
    """How many article pages, and sitemaps that name them, were never asked."""
    return sum(1 for each in documents if each.role != ROBOTS and each.fetched_at is None)


def article_keys(documents: Iterable[Document]) -> frozenset[str]:
    """Keys of the articles that these pages showed."""
    return frozenset(each.article_key for each in documents if each.article_key)


def _as_read(_: Document, draft: Draft) -> Draft:
    return draft


@dataclass(slots=True, kw_only=True)
class Round:
    """What reading article pages brings.

    Args:
        finish: completes a draft with what is known of its page from elsewhere.
    """

    source: Source
    desk: Desk
    robots: Robots
    finish: Callable[[Document, Draft], Draft] = _as_read
    drafts: list[Draft] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)  # by URL, as they stand now
    counts: Counter[str] = field(default_factory=Counter)

    def read(self, documents: Iterable[Document], *, until: datetime) -> None:
        """Read these pages, until the time is over or the host is to be left alone."""
        for document in documents:
            if self.desk.clock.now() >= until or not self._look(document):
                return

    def left(self, known: Mapping[str, Document]) -> bool:
        """Whether pages that were never read wait for the next refresh."""
        return unread({**known, **self.documents}.values()) > 0

    def _look(self, document: Document) -> bool:
        """Read one page; False when the host is not to be asked further for now."""
        try:
            self.robots.require(document.url)
            answer = self.desk.visit.get(
                document.url,
                validators=document.validators,
                reason="article",
                accept=ACCEPT_PAGES,
            )
        except (BusyError, Stopped):
            return False  # what was read so far is kept
        except FetchError as error:
            self._failed(document, error)
            return error.status not in (429, 503)
        self._answered(document, answer)
        return True

    def _answered(self, document: Document, answer: Answer) -> None:
        digest = sha256(answer.body).hexdigest() if answer.status == 200 else document.body_sha256
        read = replace(
            document,
            validators=answer.validators,
            body_sha256=digest,
            fetched_at=answer.at,
            failures=0,
            error="",
        )
        draft: Draft | None = None
        if digest == document.body_sha256 and not document.article_key:
            self._failed(
                replace(read, failures=document.failures),
                ParseError(document.error or "no article was found on the page"),
            )
            return
        if digest != document.body_sha256:
            try:
                draft = self.finish(document, read_article(self.source, answer, self.desk))
            except ParseError as error:
                self._failed(read, error)
                return
            self.drafts.append(draft)
            read = replace(read, article_key=draft.key)
        self._keep(replace(read, next_check_at=_next_look(document, draft, answer.at)))

    def _failed(self, document: Document, error: FetchError | ParseError) -> None:
        """The page is tried again ever more rarely; its article, if there is one, stays (R25)."""
        failures = document.failures + 1
        gone = isinstance(error, FetchError) and error.status in _GONE
        no_article = isinstance(error, ParseError) and LASTMOD in document.said
        wait = min(TRY_AGAIN * 2 ** min(failures - 1, 10), _LAST_LOOK_AGAIN)
        now = self.desk.clock.now()
        failed = replace(
            document,
            failures=failures,
            error=str(error),
            fetched_at=document.fetched_at or now,
            next_check_at=None if gone or no_article else now + wait,
        )
        if gone:
            failed = replace(failed, validators=Validators())
        self._keep(failed)
        self.counts[f"article pages {_fate(error, gone=gone)}"] += 1

    def _keep(self, document: Document) -> None:
        """What a sitemap said of the article has been used; when it changed is still needed."""
        said = {name: text for name, text in document.said.items() if name == LASTMOD}
        if document.article_key or document.next_check_at is None:
            document = replace(document, said=said)
        self.documents[document.url] = document


def _fate(error: FetchError | ParseError, *, gone: bool) -> str:
    if isinstance(error, RefusedError):
        return "refused"
    return "gone" if gone else "unreadable"


def _next_look(document: Document, draft: Draft | None, now: datetime) -> datetime | None:
    """Never, where a sitemap will say; else a young article soon again, an old one rarely."""
    if LASTMOD in document.said:
        return None
    born = draft.content.published_at if draft else None
    if born is None and document.fetched_at and document.next_check_at:
        wait = (document.next_check_at - document.fetched_at) * 2
    else:
        wait = (now - born) / 4 if born else _FIRST_LOOK_AGAIN
    return now + min(max(wait, _FIRST_LOOK_AGAIN), _LAST_LOOK_AGAIN)
