"""Themes: named subjects with their rules, feeds and members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from syndicator.errors import UsageError
from syndicator.model import FeedData, Reason, RowKind, Theme
from syndicator.stores.base import Part
from syndicator.stores.columns import Number
from syndicator.stores.entering import enter, write_meta
from syndicator.stores.feeds import (
    ALL,
    data_of,
    insert_feed,
    key_of,
    live_feeds,
    retire_feeds,
)
from syndicator.stores.filing import pin_article
from syndicator.stores.prepared import Columns, Query
from syndicator.stores.rows import theme_of
from syndicator.stores.schema import articles, feeds, members, memberships, months, themes
from syndicator.stores.signposts import folder_of, leave_folder, new_token, take_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """A theme and how many articles its feed shows: a story counts once, what is gone not."""

    theme: Theme
    articles: int
    changed_at: datetime | None  # of its log's last row


_ALL_THEMES = Query(select(themes).where(themes.c.retired_at.is_(None)).order_by(themes.c.slug))


class Themes(Part):
    """The verbs of `theme` on the command line."""

    def themes(self) -> Sequence[Theme]:
        """All themes by slug."""
        with self.database.read() as db:
            return [theme_of(row) for row in _ALL_THEMES.maps(db)]

    def theme(self, slug: str) -> Theme:
        """Raises UsageError when there is none of that slug."""
        with self.database.read() as db:
            return theme_of(needed_theme(db, slug))

    def add_theme(self, theme: Theme, *, now: datetime) -> None:
        """Add a theme with its feeds; one that was removed comes back with its feeds' ids.

        Raises:
            UsageError: the slug is taken.
        """
        with self.database.write() as db:
            row = theme_row(db, theme.slug)
            if theme.slug == ALL or (row and row["retired_at"] is None):
                raise UsageError(f"there is a theme {theme.slug} already")
            put_theme(db, self, row, theme, now=now)

    def rename_theme(self, slug: str, new: str, *, now: datetime) -> None:
        """Call a theme otherwise; its feeds keep ids and logs, its old addresses lead on (P32).

        Raises:
            UsageError: no such theme, it is declared in the configuration file, or the new slug
                is another theme's, or was.
        """
        with self.database.write() as db:
            row = needed_theme(db, slug)
            _undeclared(row)
            if new == ALL or theme_row(db, new) is not None:
                raise UsageError(f"there is or was a theme {new} already")
            put_theme(db, self, row, replace(theme_of(row), slug=new), now=now)

    def theme_token(self, slug: str, *, renew: bool = False, now: datetime) -> str:
        """The token of a private theme's address.

        Args:
            renew: give it another one; what lies at the old address is taken away.

        Raises:
            UsageError: there is no such theme, or it is public.
        """
        with self.database.write() as db:
            row = needed_theme(db, slug)
            if not row["theme"].private:
                raise UsageError(f"theme {slug} is public: it has an address, and no token")
            return _renewed(db, row, now=now) if renew else str(row["token"])

    def remove_theme(self, slug: str, *, now: datetime) -> None:
        """Take a theme and its feeds out of publication; articles and logs stay.

        Raises:
            UsageError: no such theme, or it is declared in the configuration file.
        """
        with self.database.write() as db:
            row = needed_theme(db, slug)
            _undeclared(row)
            retire_theme(db, row, now=now)

    def pin(
        self, slug: str, number: int, *, include: bool, note: str, now: datetime, by: str = ""
    ) -> bool:
        """Include or exclude by hand; wins over the rule. False when it stood so already.

        Args:
            note: why. by: who says so.

        Raises:
            UsageError: there is no such theme or article.
        """
        reason = Reason(how="include" if include else "exclude", note=note, by=by)
        with self.database.write() as db:
            theme = needed_theme(db, slug)["number"]
            if db.scalar(select(articles.c.id).where(articles.c.number == number)) is None:
                raise UsageError(f"there is no article number {number}")
            return pin_article(db, self, theme, number, reason, now=now)

    def theme_overview(self) -> Sequence[ThemeCount]:
        """Every theme with its number of articles and last change, by slug."""
        with self.database.read() as db:
            rows = db.execute(_OVERVIEW).mappings().all()
        return [
            ThemeCount(theme=theme_of(row), articles=row["held"], changed_at=row["last_at"])
            for row in rows
        ]


_HELD = (
    select(func.coalesce(func.sum(months.c.articles), 0))
    .where(months.c.feed == feeds.c.number)
    .scalar_subquery()
)
_OVERVIEW = (
    select(themes, _HELD.label("held"), feeds.c.last_at)
    .outerjoin(feeds, (feeds.c.theme == themes.c.number) & (feeds.c.language == ""))
    .where(themes.c.retired_at.is_(None))
    .order_by(themes.c.slug)
)


# ------------------------------------------------------------------ rows


def theme_row(db: Connection, slug: str) -> RowMapping | None:
    """The row of a slug, retired or not."""
    return db.execute(select(themes).where(themes.c.slug == slug)).mappings().first()


def needed_theme(db: Connection, slug: str) -> RowMapping:
    """The row of a theme that is in use, or UsageError."""
    row = theme_row(db, slug)
    if row is None or row["retired_at"] is not None:
        raise UsageError(f"there is no theme {slug!r}: `syndicator theme list` names all")
    return row


def _undeclared(row: RowMapping) -> None:
    if row["theme"].declared:
        raise UsageError(
            f"theme {row['slug']} is declared in the configuration file; change it there"
        )


def put_theme(
    db: Connection, part: Part, row: RowMapping | None, theme: Theme, *, now: datetime
) -> None:
    """Write a theme, new or as it now is, and bring its feeds in line.

    Raises:
        UsageError: its slug was another theme's.
    """
    token = (row["token"] if row else "") or (new_token() if theme.private else "")
    values: dict[str, Any] = {"slug": theme.slug, "theme": theme, "retired_at": None}
    values |= {"token": token}
    take_folder(db, _folder(theme, token), row["number"] if row else None)
    if row is None:
        new = insert(themes).returning(themes.c.number)
        number: int = db.execute(new, values | {"added_at": now}).scalar_one()
    else:
        number = row["number"]
        db.execute(update(themes).where(themes.c.number == number), values)
        before = _folder(theme_of(row), row["token"])
        if before != _folder(theme, token):
            leave_folder(db, before, number, now=now)
    put_feeds(db, part, number, theme, now=now)
    if row and row["theme"].private != theme.private:
        inside = db.scalars(_INSIDE, {"theme": number}).all()
        into = live_feeds(db, [], with_all=True)
        enter(db, part, inside, into, now=now, past=True, hides=theme.private)


_INSIDE = (
    select(memberships.c.article)
    .where(memberships.c.theme == bindparam("theme", type_=Number))
    .order_by(memberships.c.article)
)


def _folder(theme: Theme, token: str) -> str:
    return folder_of(theme.slug, private=theme.private, token=token)


def _renewed(db: Connection, row: RowMapping, *, now: datetime) -> str:
    """Another token; all of the theme's feeds are to be published anew."""
    leave_folder(db, _folder(row["theme"], row["token"]), row["number"], now=now)
    token = new_token()
    db.execute(update(themes).where(themes.c.number == row["number"]), {"token": token})
    db.execute(update(feeds).where(feeds.c.theme == row["number"]), {"published_n": 0})
    return token


def retire_theme(db: Connection, row: RowMapping, *, now: datetime) -> None:
    """Take a theme and its feeds out of use."""
    db.execute(update(themes).where(themes.c.number == row["number"]), {"retired_at": now})
    retire_feeds(db, [feed["number"] for feed in live_feeds(db, [row["number"]])], at=now)


def put_feeds(db: Connection, part: Part, number: int, theme: Theme, *, now: datetime) -> None:
    """Make a theme's feeds those of its languages, saying of themselves what it says now.

    A feed that is new or comes back takes all that its theme holds.
    """
    known = _feeds_of(db, number)
    wanted = {language: data_of(part.site, theme, language) for language in ("", *theme.languages)}
    ending = [row for lang, row in known.items() if lang not in wanted and not row["retired_at"]]
    retire_feeds(db, [row["number"] for row in ending], at=now)
    for language in sorted(known.keys() | wanted.keys()):
        _put_feed(db, known.get(language), number, theme, language, wanted.get(language))
    for feed in live_feeds(db, [number]):
        _describe(db, part, feed, wanted[feed["language"]], now=now)
    asleep = {lang for lang, row in known.items() if row["retired_at"] is not None}
    waking = {lang for lang in wanted if lang not in known or lang in asleep}
    into = [feed for feed in live_feeds(db, [number]) if feed["language"] in waking]
    enter(db, part, _held(db, number, into), into, now=now, past=True)


def _feeds_of(db: Connection, number: int) -> dict[str, RowMapping]:
    """Of a theme by language, retired ones too."""
    rows = db.execute(select(feeds).where(feeds.c.theme == number)).mappings()
    return {row["language"]: row for row in rows}


def _put_feed(
    db: Connection,
    row: RowMapping | None,
    number: int,
    theme: Theme,
    language: str,
    data: FeedData | None,
) -> None:
    """A feed with its address and secrecy; where they move, all is to be published anew.

    Args:
        data: what it says of itself; None for one that has retired.
    """
    key = key_of(theme.slug, language)
    if row is None:
        assert data is not None
        private = theme.private
        insert_feed(db, theme=number, key=key, language=language, data=data, private=private)
        return
    wanted: dict[str, Any] = {"key": key, "private": theme.private}
    wanted |= {"retired_at": None} if data is not None else {}
    if any(row[name] != value for name, value in wanted.items()):
        this = update(feeds).where(feeds.c.number == row["number"])
        db.execute(this, wanted | {"published_n": 0})


def _describe(db: Connection, part: Part, feed: Columns, data: FeedData, *, now: datetime) -> None:
    """A meta row when the log is new or the feed has something else to say of itself."""
    if feed["last_n"] == 0 or feed["data"] != data:
        write_meta(db, part, feed, data, now=now)


def _held(db: Connection, number: int, into: Sequence[Columns]) -> list[int]:
    """Articles that are in a theme or that these feeds of it show."""
    inside = select(memberships.c.article).where(memberships.c.theme == number)
    shown = select(members.c.article).where(
        members.c.feed.in_([feed["number"] for feed in into]), members.c.kind == RowKind.PUT
    )
    return sorted(db.scalars(inside.union(shown))) if into else []


def describe_all(db: Connection, part: Part, *, now: datetime) -> None:
    """Bring what feeds say of the site up to date; the feed of all is made if it is missing."""
    if db.scalar(select(feeds.c.number).where(feeds.c.theme.is_(None))) is None:
        data = data_of(part.site, None, "")
        insert_feed(db, theme=None, key=ALL, language="", data=data, private=False)
    query = select(themes).where(themes.c.retired_at.is_(None))
    known = {row["number"]: theme_of(row) for row in db.execute(query).mappings()}
    for feed in live_feeds(db, known, with_all=True):
        data = data_of(part.site, known.get(feed["theme"]), feed["language"])
        _describe(db, part, feed, data, now=now)


# ------------------------------------------------------------------ as the file says


def with_rule_of(theme: Theme, was: Theme | None, *, past_waits: bool) -> Theme:
    """The declared theme with the version of its rule.

    Args:
        past_waits: a changed rule leaves the past to `theme apply`.
    """
    declared = replace(theme, declared=True)
    if was is None:
        return declared
    if not theme.decides_as(was):
        return replace(declared, rule_version=was.rule_version + 1, past_pending=past_waits)
    return replace(declared, rule_version=was.rule_version, past_pending=was.past_pending)
