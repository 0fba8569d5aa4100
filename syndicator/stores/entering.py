"""Takes articles into the logs of their feeds and out of them (design section 9).

Whatever happened (an outcome, a pin, a new theme), the way is one: compare what each feed should
hold of the touched articles with what its log says it holds, and append the difference. A story
stands in a feed once: its later copies write no row while another copy is present, and take over
when that one leaves.

The feed of all holds every article but those that only private themes have claimed (R50). What is
public stays so when a private theme claims it as well, else each such claim would show itself by
what vanishes; it leaves when the last public theme that holds it is made private, for that is said
to hide it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from syndicator.model import Article, FeedState, LogRow, RowKind
from syndicator.stages.append import Change, Last, advance, append
from syndicator.stores.articles import base_language, is_withdrawn
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Number, among
from syndicator.stores.months import count_months
from syndicator.stores.payloads import put_payloads
from syndicator.stores.prepared import Columns, Query, Write
from syndicator.stores.rows import feed_of
from syndicator.stores.schema import articles, feeds, log, members, memberships
from syndicator.stores.sqlite import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a log has to know of an article."""

    number: int
    entry_id: str
    story: str
    first: bool  # the first copy of its story
    language: str
    published_at: datetime  # as given, else first seen
    updated_at: datetime  # as given, else published, else first seen
    gone: bool  # deleted at its source, or withdrawn
    withdrawn: bool
    themes: frozenset[int]
    claimed: bool  # by a private theme, even if pinned out of it, and by no public one


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is to happen to an article in one feed."""

    kept: Kept
    kind: RowKind
    shown: int | None = None  # the payload its last put shows, when it is present
    erase: bool = False  # closed documents lose it too (design 9.9)


def enter(
    db: Connection,
    part: Part,
    numbers: Sequence[int],
    into: Sequence[Columns],
    *,
    now: datetime,
    past: bool = False,
    hides: bool = False,
    fresh: Mapping[int, Article] | None = None,
) -> None:
    """Bring the logs of the feeds `into` up to date about these articles.

    Args:
        numbers: articles that are new, changed, gone, or whose themes changed.
        past: they enter as the past (a first refresh, history, a new theme).
        hides: a theme was made private, and what only private themes claim is to leave.
        fresh: articles that the caller has in hand, by number; others are read.
    """
    if not numbers or not into:
        return
    kept = sorted(kept_articles(db, numbers), key=lambda each: (not each.first, each.number))
    shelves = _shelves(db, into, kept)
    for shelf in shelves.values():
        shelf.hides = hides
    moves = {number: shelf.moves(db, kept) for number, shelf in shelves.items()}
    shown = put_payloads(db, part, _shown(moves.values()), fresh or {})
    for number, shelf in shelves.items():
        changed = [each for each in moves[number] if _shows_news(each, shown)]
        shelf.write(db, part, changed, shown, now=now, past=past)


def write_meta(db: Connection, part: Part, feed: Columns, data: Any, *, now: datetime) -> None:
    """Append what a feed says of itself from now on."""
    change = Change(kind=RowKind.META, entry_id="", entry=None, updated=None, data=data)
    db.execute(update(feeds).where(feeds.c.number == feed["number"]), {"data": data})
    shelf = next(iter(_shelves(db, [feed], []).values()))
    shelf.append(db, part, [change], {}, {}, now=now, past=False)


def _shown(moves: Iterable[Sequence[Move]]) -> list[int]:
    """Numbers of the articles that a put may show."""
    puts = {move.kept.number for some in moves for move in some if move.kind is RowKind.PUT}
    return sorted(puts)


def _shows_news(move: Move, shown: Mapping[int, int]) -> bool:
    """Not so for a put that would show what stands there already."""
    return move.kind is not RowKind.PUT or move.shown != shown[move.kept.number]


# ------------------------------------------------------------------ articles


_KEPT = (
    articles.c.number,
    articles.c.id,
    articles.c.entry_id,
    articles.c.story,
    articles.c.language,
    articles.c.published_at,
    articles.c.updated_at,
    articles.c.gone_at,
    is_withdrawn().label("withdrawn"),
)


def kept_articles(db: Connection, numbers: Iterable[int]) -> list[Kept]:
    """Articles by number, as a log has to know them."""
    found: list[Kept] = []
    for some in chunks(numbers):
        found += _with_themes(db, _KEPT_ARTICLES.rows(db, {"numbers": some}))
    return found


_KEPT_ARTICLES = Query(select(*_KEPT).where(articles.c.number.in_(among("numbers"))))


def _with_themes(db: Connection, rows: Sequence[Any]) -> list[Kept]:
    inside: dict[int, set[int]] = defaultdict(set)
    private: set[int] = set()
    public: set[int] = set()
    mine = {"articles": [row.number for row in rows]}
    for article, theme, present, is_private in _CLAIMS.rows(db, mine):
        if is_private:
            private.add(article)
        elif present:
            public.add(article)
        if present:
            inside[article].add(theme)
    claimed = private - public
    return [_kept(row, frozenset(inside[row.number]), row.number in claimed) for row in rows]


# A theme is as private as its feed of all languages, also when it has retired.
_CLAIMS = Query(
    select(memberships.c.article, memberships.c.theme, memberships.c.present, feeds.c.private)
    .join(feeds, (feeds.c.theme == memberships.c.theme) & (feeds.c.language == ""))
    .where(memberships.c.article.in_(among("articles")))
)


def _kept(row: Any, themes: frozenset[int], claimed: bool) -> Kept:
    return Kept(
        number=row.number,
        entry_id=row.entry_id,
        story=row.story,
        first=row.story == row.id,
        language=base_language(row.language),
        published_at=row.published_at,
        updated_at=row.updated_at,
        gone=row.gone_at is not None or row.withdrawn,
        withdrawn=row.withdrawn,
        themes=themes,
        claimed=claimed,
    )


def _copies(db: Connection, kept: Kept) -> list[Kept]:
    """Other articles of the same story, the first of them first."""
    others = select(*_KEPT).where(
        articles.c.story == kept.story,
        articles.c.number != kept.number,
        articles.c.gone_at.is_(None),
    )
    return _with_themes(db, db.execute(others.order_by(articles.c.number)).all())


# ------------------------------------------------------------------ one feed


class _Shelf:
    """A feed while articles enter it: its state and what it holds of them."""

    def __init__(self, feed: Columns) -> None:
        self.number: int = feed["number"]
        self.theme: int | None = feed["theme"]
        self.state: FeedState = feed_of(feed)
        self.language = base_language(self.state.language)
        self.by_entry: dict[str, Columns] = {}
        self.by_story: dict[str, int] = {}  # story -> article present
        self.hides = False

    def holds(self, row: Columns) -> None:
        """Note the last row of an entry."""
        self.by_entry[row["entry_id"]] = row
        if row["kind"] == RowKind.PUT:
            present = self.by_story.setdefault(row["story"], row["article"])
            self.by_story[row["story"]] = min(present, row["article"])

    def wants(self, kept: Kept, *, held: bool = False) -> bool:
        """Whether an article belongs here.

        Args:
            held: it is here now.
        """
        if kept.gone or self.language not in ("", kept.language):
            return False
        if self.theme is not None:
            return self.theme in kept.themes
        return not kept.claimed or (held and not self.hides)

    def moves(self, db: Connection, kept: Iterable[Kept]) -> list[Move]:
        """What is to happen here to these articles."""
        found: dict[str, Move] = {}
        for each in kept:
            for move in self._moves(db, each):
                found[move.kept.entry_id] = move
        return list(found.values())

    def _moves(self, db: Connection, kept: Kept) -> list[Move]:
        last = self.by_entry.get(kept.entry_id)
        present = last is not None and last["kind"] == RowKind.PUT
        mine = last is not None and present and last["article"] == kept.number
        if self.wants(kept, held=mine):
            if (
                mine and self.by_story.get(kept.story, kept.number) != kept.number
            ):  # joined by hand since
                return [Move(kept=kept, kind=RowKind.DROP)]
            if mine:
                return [Move(kept=kept, kind=RowKind.PUT, shown=last["payload"] if last else None)]
            if present or self.by_story.setdefault(kept.story, kept.number) != kept.number:
                return []
            return [Move(kept=kept, kind=RowKind.PUT)]
        if kept.withdrawn:
            return self._erase(db, kept, last)
        return self._leave(db, kept) if mine else []

    def _erase(self, db: Connection, kept: Kept, last: Columns | None) -> list[Move]:
        """A drop for what is here or was once: it may stand in closed documents."""
        if last is None or last["article"] != kept.number:
            return []
        self.by_story.pop(kept.story, None)
        this = {"feed": self.number, "n": last["n"]}
        if last["kind"] == RowKind.DROP and db.scalar(_ERASED, this):
            return []
        return [Move(kept=kept, kind=RowKind.DROP, erase=True)]

    def _leave(self, db: Connection, kept: Kept) -> list[Move]:
        """A drop, and the put of the copy that takes its place."""
        drop = Move(kept=kept, kind=RowKind.DROP)
        for other in _copies(db, kept):
            if self.wants(other):
                self.by_story[kept.story] = other.number
                return [drop, Move(kept=other, kind=RowKind.PUT)]
        self.by_story.pop(kept.story, None)
        return [drop]

    def write(
        self,
        db: Connection,
        part: Part,
        moves: Sequence[Move],
        shown: Mapping[int, int],
        *,
        now: datetime,
        past: bool,
    ) -> None:
        """Append the rows that these moves make."""
        if moves:
            kept = {move.kept.entry_id: move.kept for move in moves}
            changes = [_change(move) for move in moves]
            self.append(db, part, changes, kept, shown, now=now, past=past)

    def append(
        self,
        db: Connection,
        part: Part,
        changes: Sequence[Change],
        kept: Mapping[str, Kept],
        shown: Mapping[int, int],
        *,
        now: datetime,
        past: bool,
    ) -> None:
        """Append to the log and bring what is derived from it up to date."""
        last = {each: _last(row) for each, row in self.by_entry.items()}
        most = part.archive_entries
        rows = append(self.state, changes, last=last, now=now, past=past, archive_entries=most)
        if rows:
            written = _write_rows(db, self.number, rows, kept, shown)
            count_months(db, self.number, self.by_entry, written)
            self.state = advance(self.state, rows, last=last, archive_entries=most)
            stands = {name: getattr(self.state, name) for name in _STANDS}
            _ADVANCE.run(db, [{"of": self.number, **stands}])


_ERASED = select(log.c.erase).where(
    log.c.feed == bindparam("feed", type_=Number), log.c.n == bindparam("n", type_=Number)
)
_STANDS = ("last_n", "last_at", "segment", "segment_ids")
_ADVANCE = Write(update(feeds).where(feeds.c.number == bindparam("of", type_=Number)), _STANDS)


def _change(move: Move) -> Change:
    updated = move.kept.updated_at if move.kind is RowKind.PUT else None
    return Change(
        kind=move.kind,
        entry_id=move.kept.entry_id,
        entry=None,
        updated=updated,
        erase=move.erase,
    )


def _last(row: Columns) -> Last:
    names = ("updated", "when", "n", "segment")
    return Last(kind=RowKind(row["kind"]), **{name: row[name] for name in names})


def _shelves(db: Connection, into: Sequence[Columns], kept: Sequence[Kept]) -> dict[int, _Shelf]:
    """The feeds with what they hold of these articles and stories, by number."""
    shelves = {feed["number"]: _Shelf(feed) for feed in into}
    mine = {"feeds": list(shelves)}
    for some in chunks(kept):
        # Two queries: joined by OR, SQLite would walk all members of each feed.
        for query, values in (
            (_HOLDING_ENTRIES, [each.entry_id for each in some]),
            (_HOLDING_STORIES, list({each.story for each in some})),
        ):
            for row in query.maps(db, {**mine, "values": values}):
                shelves[row["feed"]].holds(row)
    return shelves


_OF_FEEDS = members.c.feed.in_(among("feeds"))
_HOLDING_ENTRIES = Query(select(members).where(_OF_FEEDS, members.c.entry_id.in_(among("values"))))
# By the story (a sum has no index): of two lists SQLite would take the feeds', and walk them whole.
_HOLDING_STORIES = Query(
    select(members).where(
        (members.c.feed + 0).in_(among("feeds")), members.c.story.in_(among("values"))
    )
)


# ------------------------------------------------------------------ rows


_LOG = Write(insert(log), [column.name for column in log.columns])
_MEMBERS = Write(upsert(members, *members.columns.keys()), members.columns.keys())


def _write_rows(
    db: Connection,
    feed: int,
    rows: Sequence[LogRow],
    kept: Mapping[str, Kept],
    shown: Mapping[int, int],
) -> Sequence[Mapping[str, Any]]:
    """Write them, and the members that follow from them, which are returned."""
    written = [_log_row(feed, row, kept, shown) for row in rows]
    _LOG.run(db, written)
    last = {row["entry_id"]: row for row in written if row["entry_id"]}
    found = [_member(row, kept[entry_id]) for entry_id, row in last.items()]
    _MEMBERS.run(db, found)
    return found


def _log_row(
    feed: int, row: LogRow, kept: Mapping[str, Kept], shown: Mapping[int, int]
) -> dict[str, Any]:
    is_put = row.kind is RowKind.PUT
    return {
        "feed": feed,
        "n": row.n,
        "at": row.at,
        "kind": row.kind.value,
        "segment": row.segment,
        "entry_id": row.entry_id,
        "updated": row.updated,
        "when": row.when,
        "past": row.past,
        "erase": row.erase,
        "payload": shown[kept[row.entry_id].number] if is_put else None,
        "data": row.data,
    }


def _member(row: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    names = ("feed", "entry_id", "n", "kind", "segment", "at", "updated", "when", "past", "payload")
    mine = {"article": kept.number, "story": kept.story, "published_at": kept.published_at}
    return {name: row[name] for name in names} | mine
