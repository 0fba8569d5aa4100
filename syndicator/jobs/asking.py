"""The public's search: its page and its feed, made of what the feed of all shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID, uuid5

from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.model import FeedData, LogRow, RowKind
from syndicator.ports import Shown
from syndicator.publishers import atom, site
from syndicator.publishers.documents import Document
from syndicator.text.markup import plain
from syndicator.text.rules import parse_rule
from syndicator.text.snippets import Wanted, snippet, wanted

PER_PAGE = 20
MOST_PAGES = 50
_PATIENCE_S = 2.0
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the time of a feed without entries
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A page or a feed as bytes.

    Args:
        updated: of the newest entry of a feed.
        refused: it says why the question cannot be answered.
    """

    body: bytes
    updated: datetime | None = None
    refused: bool = False


class PublicSearch:
    """What readers may ask. Takes time: not for the event loop."""

    def __init__(self, parts: Parts) -> None:
        config = parts.config
        self._store = parts.store
        self._entries = config.publish.entries
        self._site = site.Site(
            title=config.site.title, base_url=config.site.base_url, language=config.site.language
        )

    def page(self, query: str, number: int) -> Reply:
        """The page of hits, or of a question that is still to be asked or cannot be.

        Raises:
            SlowQueryError: it takes too long. StoreError: the store or its index fails.
        """
        query = " ".join(query.split())
        if not query:
            return Reply(body=site.search_page(self._site, ""))
        try:
            if not 1 <= number <= MOST_PAGES:
                raise UsageError(f"there are pages 1 to {MOST_PAGES}; ask for less to see the rest")
            found = self._found(query, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
        except UsageError as error:
            return Reply(body=site.search_page(self._site, query, error=str(error)), refused=True)
        looked_for = wanted(parse_rule(query))
        body = site.search_page(
            self._site,
            query,
            [_hit(one, looked_for) for one in found[:PER_PAGE]],
            page_number=number,
            more=len(found) > PER_PAGE and number < MOST_PAGES,
        )
        return Reply(body=body)

    def feed(self, query: str) -> Reply:
        """The newest hits as an Atom feed, with the same id whenever the same is asked (P3).

        Raises: as `page`.
        """
        query = " ".join(query.split())
        try:
            if not query:
                raise UsageError("say what to search for: ?q=")
            found = self._found(query, limit=self._entries, offset=0)
        except UsageError as error:
            return Reply(body=f"{error}\n".encode(), refused=True)
        document = self._document(query, found)
        rendered = atom.render(document, base_url=self._site.base_url)
        return Reply(body=rendered.body, updated=document.updated)

    def _found(self, query: str, *, limit: int, offset: int) -> Sequence[Shown]:
        numbers = self._store.find(
            query, public=True, limit=limit, offset=offset, patience_s=_PATIENCE_S
        )
        shown = {one.number: one for one in self._store.shown(numbers)}
        return [shown[number] for number in numbers if number in shown]

    def _document(self, query: str, found: Sequence[Shown]) -> Document:
        everything = self._store.feed_data(_ALL, upto_n=2**62)
        newest = sorted(sorted(found, key=_entry_id), key=_updated, reverse=True)
        title = f"{query} · {self._site.title}"
        asked = f"?q={quote(query, safe='')}"
        return Document(
            path=f"search/atom.xml{asked}",
            page=f"search{asked}",
            feed_id=uuid5(UUID(everything.id), query).urn,
            data=FeedData(title=title, author=everything.data.author),
            key="search",
            language="",
            updated=max(map(_updated, found), default=_NEVER),
            puts=tuple(map(_put, newest)),
            drops=(),
            is_archive=False,
            prev_archive=None,
            next_archive=None,
        )


def _entry_id(one: Shown) -> str:
    return one.entry.id


def _updated(one: Shown) -> datetime:
    return one.updated


def _put(one: Shown) -> LogRow:
    return LogRow(
        n=0,
        at=one.updated,
        kind=RowKind.PUT,
        segment=0,
        entry_id=one.entry.id,
        updated=one.updated,
        entry=one.entry,
    )


def _hit(one: Shown, looked_for: Wanted) -> site.Hit:
    """Shows no more of the text than the feeds do, though all of it was looked through."""
    entry = one.entry
    pieces = snippet((entry.standfirst, plain(entry.html)), looked_for)
    return site.Hit(
        article_id=one.article_id,
        title=entry.title or entry.url,
        language=entry.language,
        source=entry.source.title if entry.source else "",
        published_at=entry.published_at,
        snippet=[(piece.text, piece.hit) for piece in pieces],
    )
