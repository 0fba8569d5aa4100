"""The whole text behind the entries of a feed (`full_text = true`).

Only entries that are new or have changed are looked after, a bounded number in one refresh and at
the host's pace; those that are left wait as documents for the next. The feed's own text stays
beside the page's, and stands in for it where the page cannot be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from syndicator.errors import BusyError, FetchError, ParseError, Stopped
from syndicator.model import Article, Content, Document, Draft, Source
from syndicator.ports import ACCEPT_PAGES
from syndicator.sources.reading import Desk, Reading
from syndicator.sources.robots import Robots
from syndicator.sources.round import AT_ONCE, LONGEST, read_article
from syndicator.text.urls import scope

ROLE = "full text"  # of a Document: a page that is read once
FEED_HTML = "feed_html"  # in Content.extra: what the feed itself said at length
_TRIES = 3
_TRY_AGAIN = timedelta(hours=6)


def with_full_text(reading: Reading, desk: Desk) -> Reading:
    """The reading with the text of the linked pages in the place of what the feed says.

    A page that cannot be read leaves the feed's text, with a note that says why.
    """
    source = reading.source
    waiting = {
        each.article_key: each
        for each in desk.articles.documents(source.id)
        if each.role == ROLE and each.article_key
    }
    late = _late(source, waiting, reading, desk)
    drafts = {draft.key: draft for draft in (*late, *reading.drafts)}
    if not drafts:
        return reading
    pull = _Pull(source=source, desk=desk, robots=Robots(desk, desk.articles.documents(source.id)))
    known = desk.articles.articles_by_key(source.id, drafts)
    done = [pull.one(draft, waiting.get(key), known.get(key)) for key, draft in drafts.items()]
    return replace(
        reading,
        drafts=tuple(done),
        documents=(*reading.documents, *pull.documents.values(), *pull.robots.documents),
        more=reading.more or pull.left > 0,
        counts=dict(Counter(reading.counts) + pull.counts),
    )


def _late(
    source: Source, waiting: Mapping[str, Document], reading: Reading, desk: Desk
) -> list[Draft]:
    """Articles kept with the feed's text whose pages wait to be read, as drafts again."""
    now = desk.clock.now()
    ready = [
        key for key, each in waiting.items() if each.next_check_at and each.next_check_at <= now
    ]
    here = {draft.key for draft in reading.drafts}
    kept = desk.articles.articles_by_key(source.id, [key for key in ready if key not in here])
    return [_again(article) for article in kept.values()][:AT_ONCE]


def _again(article: Article) -> Draft:
    return Draft(
        key=article.key,
        guid="",
        seen_hash=article.seen_hash,
        content=article.content,
    )


@dataclass(slots=True, kw_only=True)
class _Pull:
    """The pages of one refresh."""

    source: Source
    desk: Desk
    robots: Robots
    documents: dict[str, Document] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    left: int = 0  # pages for the next refresh
    _asked: int = 0
    _until: datetime | None = None
    _closed: set[str] = field(default_factory=set)  # hosts to be left alone for now

    def one(self, draft: Draft, waiting: Document | None, known: Article | None) -> Draft:
        """The draft with its page's text, or as it is."""
        url = draft.content.url
        document = waiting or Document(url=url, role=ROLE, article_key=draft.key)
        document = replace(document, url=url)
        if self._is_over():
            self.left += 1
            return self._later(draft, document, known)
        if scope(url) in self._closed:
            return self._later(draft, document, known)
        self._asked += 1
        try:
            self.robots.require(url)
            answer = self.desk.visit.get(url, reason="full text", accept=ACCEPT_PAGES)
            page = read_article(self.source, answer, self.desk).content
        except (BusyError, Stopped):
            self._closed.add(scope(url))
            return self._later(draft, document, known)
        except (FetchError, ParseError) as error:
            return self._failed(draft, document, known, error)
        read = replace(document, fetched_at=answer.at, next_check_at=None, failures=0, error="")
        self.documents[url] = read
        return replace(draft, content=_joined(draft.content, page))

    def _is_over(self) -> bool:
        now = self.desk.clock.now()
        self._until = self._until or now + LONGEST
        return self._asked >= AT_ONCE or now >= self._until

    def _later(self, draft: Draft, document: Document, known: Article | None) -> Draft:
        now = self.desk.clock.now()
        self.documents[document.url] = replace(document, next_check_at=now)
        return _kept_whole(draft, known)

    def _failed(
        self,
        draft: Draft,
        document: Document,
        known: Article | None,
        error: FetchError | ParseError,
    ) -> Draft:
        failures = document.failures + 1
        now = self.desk.clock.now()
        self.counts["full texts not had"] += 1
        self.documents[document.url] = replace(
            document,
            fetched_at=now,
            failures=failures,
            error=str(error),
            next_check_at=now + _TRY_AGAIN * failures if failures < _TRIES else None,
        )
        note = f"full text not had, the feed's own text stands: {error}"
        whole = _kept_whole(draft, known)
        return replace(whole, notes=(*whole.notes, note))


def _joined(feed: Content, page: Content) -> Content:
    """What the feed says, with the page's text and what the feed does not say at all."""
    own = feed.extra.get(FEED_HTML, feed.html)
    if len(page.text) <= len(feed.text) and FEED_HTML not in feed.extra:
        return feed  # the feed has all of it already
    return replace(
        feed,
        html=page.html,
        text=page.text,
        standfirst=feed.standfirst or page.standfirst,
        image=feed.image or page.image,
        categories=feed.categories or page.categories,
        translations=feed.translations or page.translations,
        section=feed.section or page.section,
        pager=feed.pager or page.pager,
        license=feed.license or page.license,
        extra={**feed.extra, FEED_HTML: own},
    )


def _kept_whole(draft: Draft, known: Article | None) -> Draft:
    """Where the page cannot be read now, the text it gave before, if the feed still says the
    same."""
    before = known.content if known else None
    if before is None or before.extra.get(FEED_HTML) != draft.content.html:
        return draft
    return replace(draft, content=_joined(draft.content, before))
