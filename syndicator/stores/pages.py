"""What pages for people are made of: articles as they are shown.

A page follows from the logs alone as long as a public feed shows its article, so that it need be
made anew only for rows of these logs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
    tuple_,
)

from syndicator.model import Content, EntryView, Picture, RowKind
from syndicator.redaction import secrets_in, without
from syndicator.stores.base import Part, chunks
from syndicator.stores.codec import value_of
from syndicator.stores.columns import Number, among
from syndicator.stores.feeds import feed_row
from syndicator.stores.payloads import views
from syndicator.stores.pictures import pictures_of
from syndicator.stores.schema import (
    articles,
    feeds,
    log,
    members,
    memberships,
    payloads,
    revisions,
    sources,
    themes,
    withdrawals,
)

COMPARED = 11  # revisions that an article's page compares with each other, the newest
_ROW_S = timedelta(seconds=1)  # rows of the log are timed in whole seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Why an article was withdrawn, and when; for those that their source deleted no reason."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An article as its page shows it."""

    number: int
    article_id: str
    entry: EntryView
    updated: datetime
    first_seen_at: datetime
    themes: Sequence[str]  # slugs of the public ones whose feed shows it
    revisions: Sequence[tuple[int, datetime]]
    said: Mapping[int, Content]  # what the last of them say, where there are several
    pictures: Sequence[Picture]  # of which there is a copy, those of earlier revisions too
    first_copy: str  # article id of the story's first copy, where the feed of all shows that one
    notice: Notice | None  # stands in its place
    hidden: bool  # only private themes hold it: it has no page (R50)


class Pages(Part):
    """What publishing asks about articles and their themes."""

    def touched(self, key: str, *, after_n: int, upto_n: int) -> Sequence[int]:
        """Numbers of the articles that these rows of a feed's log put or drop; and with what was
        withdrawn all copies of its story, since any of them may have had a page."""
        with self.database.read() as db:
            asked = {"feed": feed_row(db, key)["number"], "after": after_n, "upto": upto_n}
            found = db.scalars(_TOUCHED, asked).all()
            return sorted({*found, *db.scalars(_ERASED_COPIES, asked)})

    def says_anew(self, key: str, *, after_n: int, upto_n: int) -> bool:
        """Whether these rows tell something else of the feed itself, such as another title."""
        with self.database.read() as db:
            asked = {"feed": feed_row(db, key)["number"], "after": after_n, "upto": upto_n}
            return db.scalar(_SAYS_ANEW, asked) is not None

    def held(self, key: str, *, limit: int | None = None) -> Sequence[int]:
        """Numbers of the articles that a feed shows (or showed last, if it is retired)."""
        with self.database.read() as db:
            query = _HELD.limit(limit)
            return db.scalars(query, {"feed": feed_row(db, key)["number"]}).all()

    def shown(self, numbers: Sequence[int]) -> Sequence[Shown]:
        """Articles as their pages show them: as the logs have it, or where no public feed shows
        one any more, as it was when last read."""
        with self.database.read() as db:
            kept = {row["number"]: row for row in _mappings(db, _KEPT, numbers)}
            rows = _showing(db, numbers)
            entries = _entries(db, {row["payload"] for some in rows.values() for row in some[:1]})
            left = views(db, self, [number for number in kept if number not in rows])
            notices = _notices(db, left)
            hidden = set(db.scalars(_PRIVATE, {"numbers": list(left)})) if left else set()
            hidden -= set(db.scalars(_WAS_PUBLIC, {"numbers": list(notices)}))
            told = defaultdict(list)
            for number, no, at in db.execute(_TOLD, {"numbers": list(numbers)}):
                told[number].append((no, at))
            seen = {number: _seen(told[number], rows.get(number, ())) for number in kept}
            said = _said(db, seen)
            pictures = pictures_of(db, kept)
        found = []
        for number, article in kept.items():
            some = rows.get(number, [])
            entry = entries[some[0]["payload"]] if some else left[number]
            hides, notice = number in hidden, notices.get(number)
            one = _shown(article, some, entry, seen[number], said[number], notice, hidden=hides)
            found.append(replace(one, pictures=pictures.get(number, ())))
        return found

    def last_number(self) -> int:
        """The largest number of an article, 0 without any."""
        with self.database.read() as db:
            return db.scalar(_LAST_NUMBER) or 0

    def mapped(self, first: int, last: int) -> Sequence[tuple[str, datetime]]:
        """(article id, last change) of the articles from one number to another that the feed of
        all shows, by number."""
        with self.database.read() as db:
            rows = db.execute(_MAPPED, {"first": first, "last": last})
            return [(article_id, at) for article_id, at in rows if at is not None]


def _seen(
    told: Sequence[tuple[int, datetime]], rows: Sequence[RowMapping]
) -> Sequence[tuple[int, datetime]]:
    """The revisions that a page knows of: one that made no row shows nothing new."""
    return [(no, at) for no, at in told if not rows or at < rows[0]["at"] + _ROW_S]


def _said(
    db: Connection, seen: Mapping[int, Sequence[tuple[int, datetime]]]
) -> Mapping[int, Mapping[int, Content]]:
    """Article number -> what the last of its revisions say, where there are several."""
    wanted = [
        (number, no) for number, some in seen.items() if len(some) > 1 for no, _ in some[-COMPARED:]
    ]
    found: dict[int, dict[int, Content]] = defaultdict(dict)
    for pairs in chunks(wanted):
        this = tuple_(revisions.c.article, revisions.c.no).in_(pairs)
        for article, no, text, first_url, url in db.execute(_SAID.where(this)):
            content = value_of(Content, text)
            found[article][no] = without(content, secrets_in((first_url, url)))  # R42
    return found


def _shown(
    article: RowMapping,
    rows: Sequence[RowMapping],
    entry: EntryView,
    seen: Sequence[tuple[int, datetime]],
    said: Mapping[int, Content],
    notice: Notice | None,
    *,
    hidden: bool,
) -> Shown:
    in_all = bool(rows) and rows[0]["theme"] is None
    is_copy = article["story"] != article["id"]
    return Shown(
        number=article["number"],
        article_id=article["id"],
        entry=entry,
        updated=rows[0]["updated"] if rows else article["updated_at"],
        first_seen_at=article["first_seen_at"],
        themes=sorted(row["slug"] for row in rows if row["slug"] and not row["language"]),
        revisions=seen,
        said=said,
        pictures=(),
        first_copy=article["story"] if is_copy and not in_all else "",
        notice=notice,
        hidden=hidden,
    )


def _notices(db: Connection, numbers: Iterable[int]) -> Mapping[int, Notice]:
    """For those of the articles that no feed shows because their source deleted them (C26), or
    because they, or another copy of their story, were withdrawn."""
    asked = {"numbers": list(numbers)}
    deleted = {number: Notice(reason="", at=at) for number, at in db.execute(_DELETED, asked)}
    rows = db.execute(_WITHDRAWN, asked)
    return deleted | {number: Notice(reason=reason, at=at) for number, reason, at in rows}


# ------------------------------------------------------------------ rows of logs


_WINDOW = and_(
    log.c.feed == bindparam("feed", type_=Number),
    log.c.n > bindparam("after", type_=Number),
    log.c.n <= bindparam("upto", type_=Number),
)
_SAME_ENTRY = and_(members.c.feed == log.c.feed, members.c.entry_id == log.c.entry_id)
_TOUCHED = (
    select(members.c.article)
    .select_from(log.join(members, _SAME_ENTRY))
    .where(_WINDOW, members.c.article.is_not(None))
    .distinct()
)
_COPY = articles.alias("copy")
_ERASED_COPIES = (
    select(_COPY.c.number)
    .select_from(log.join(members, _SAME_ENTRY))
    .join(articles, articles.c.number == members.c.article)
    .join(_COPY, _COPY.c.story == articles.c.story)
    .where(_WINDOW, log.c.erase)
)
_SAYS_ANEW = select(log.c.n).where(_WINDOW, log.c.kind == RowKind.META.value).limit(1)
_HELD = select(members.c.article).where(
    members.c.feed == bindparam("feed", type_=Number), members.c.kind == RowKind.PUT.value
)
_TOLD = (
    select(revisions.c.article, revisions.c.no, revisions.c.at)
    .where(revisions.c.article.in_(among("numbers")))
    .order_by(revisions.c.article, revisions.c.no)
)
_SAID = (
    select(
        revisions.c.article,
        revisions.c.no,
        revisions.c.content,
        sources.c.first_url,
        sources.c.url,
    )
    .join(articles, articles.c.number == revisions.c.article)
    .join(sources, sources.c.number == articles.c.source)
    .order_by(revisions.c.article, revisions.c.no)
)


# ------------------------------------------------------------------ what is shown


_KEPT = select(
    articles.c.number,
    articles.c.id,
    articles.c.story,
    articles.c.updated_at,
    articles.c.first_seen_at,
).where(articles.c.number.in_(among("numbers")))
_PRIVATE = (
    select(memberships.c.article)
    .join(feeds, feeds.c.theme == memberships.c.theme)
    .where(memberships.c.article.in_(among("numbers")), feeds.c.private)
    .distinct()
)
# Not a join, for which SQLite would read the feed of all from its start.
_OF_ALL = select(feeds.c.number).where(feeds.c.theme.is_(None)).scalar_subquery()
_WAS_PUBLIC = select(articles.c.number).where(
    articles.c.number.in_(among("numbers")),
    exists().where(members.c.feed == _OF_ALL, members.c.entry_id == articles.c.entry_id),
)
_DELETED = select(articles.c.number, articles.c.gone_at).where(
    articles.c.number.in_(among("numbers")), articles.c.gone_at.is_not(None)
)
_TAKEN_BACK = articles.alias("taken_back")
_WITHDRAWN = (
    select(articles.c.number, withdrawals.c.reason, withdrawals.c.at)
    .join(_TAKEN_BACK, _TAKEN_BACK.c.story == articles.c.story)
    .join(withdrawals, withdrawals.c.article == _TAKEN_BACK.c.number)
    .where(
        articles.c.number.in_(among("numbers")),
        _TAKEN_BACK.c.withdrawn_at.is_not(None),
        withdrawals.c.undone_at.is_(None),
    )
)
_SHOWS = and_(
    members.c.feed == feeds.c.number,
    members.c.entry_id == articles.c.entry_id,
    members.c.article == articles.c.number,
    members.c.kind == RowKind.PUT.value,
)
_PUBLIC = and_(feeds.c.retired_at.is_(None), ~feeds.c.private)
_FACTS = (
    articles.c.number,
    feeds.c.key,
    feeds.c.theme,
    feeds.c.language,
    members.c.payload,
    members.c.updated,
    members.c.at,
)
# Two queries: joined by OR, SQLite would walk all feeds for each article.
_IN_ALL = (
    select(*_FACTS, themes.c.slug)
    .select_from(articles)
    .join(feeds, feeds.c.theme.is_(None))
    .join(members, _SHOWS)
    .outerjoin(themes, themes.c.number == feeds.c.theme)
    .where(articles.c.number.in_(among("numbers")), _PUBLIC)
)
_IN_THEMES = (
    select(*_FACTS, themes.c.slug)
    .select_from(articles)
    .join(memberships, memberships.c.article == articles.c.number)
    .join(feeds, feeds.c.theme == memberships.c.theme)
    .join(members, _SHOWS)
    .join(themes, themes.c.number == feeds.c.theme)
    .where(articles.c.number.in_(among("numbers")), memberships.c.present, _PUBLIC)
    .order_by(feeds.c.key)
)
_LAST_NUMBER = select(func.max(articles.c.number))
_LAST_PUT = (
    select(members.c.at)
    .where(
        members.c.feed == _OF_ALL,
        members.c.entry_id == articles.c.entry_id,
        members.c.article == articles.c.number,
        members.c.kind == RowKind.PUT.value,
    )
    .correlate(articles)
    .scalar_subquery()
)
_MAPPED = (
    select(articles.c.id, _LAST_PUT)
    .where(articles.c.number.between(bindparam("first"), bindparam("last")))
    .order_by(articles.c.number)
)
_BODIES = select(payloads.c.number, payloads.c.body).where(payloads.c.number.in_(among("numbers")))


def _mappings(db: Connection, query: Select[Any], numbers: Iterable[int]) -> Sequence[RowMapping]:
    return db.execute(query, {"numbers": list(numbers)}).mappings().all()


def _showing(db: Connection, numbers: Iterable[int]) -> Mapping[int, list[RowMapping]]:
    """Article number -> what public feeds hold of it, the feed of all first, then by key."""
    rows: dict[int, list[RowMapping]] = defaultdict(list)
    for query in (_IN_ALL, _IN_THEMES):
        for row in _mappings(db, query, numbers):
            rows[row["number"]].append(row)
    return dict(rows)


def _entries(db: Connection, numbers: Iterable[int]) -> Mapping[int, EntryView]:
    rows = db.execute(_BODIES, {"numbers": list(numbers)})
    return {number: value_of(EntryView, body) for number, body in rows}
