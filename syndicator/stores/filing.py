"""Memberships: which article is in which theme, and why. A pin by hand wins over everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from syndicator.model import ArticleChange, Reason, Theme
from syndicator.stores.base import Part, chunks
from syndicator.stores.columns import Number, among
from syndicator.stores.entering import enter
from syndicator.stores.feeds import live_feeds
from syndicator.stores.prepared import Columns, Query, Write
from syndicator.stores.schema import articles, feeds, memberships, themes
from syndicator.stores.sqlite import upsert

PINS = ("include", "exclude")

_FILE = Write(upsert(memberships, *memberships.columns.keys()), memberships.columns.keys())


def theme_numbers(db: Connection, slugs: Iterable[str] | None = None) -> dict[str, int]:
    """slug -> number of the themes there are, or of those of them that are named."""
    return _NUMBERS.pairs(db) if slugs is None else _NUMBERS_OF.pairs(db, {"slugs": slugs})


_THERE = select(themes.c.slug, themes.c.number).where(themes.c.retired_at.is_(None))
_NUMBERS = Query(_THERE)
_NUMBERS_OF = Query(_THERE.where(themes.c.slug.in_(among("slugs"))))


def file_articles(
    db: Connection,
    part: Part,
    theme: int,
    reasons: Iterable[tuple[int, Reason]],
    *,
    now: datetime,
    past: bool,
) -> int:
    """Put articles into a theme and its logs; how many were new there. Pins stay."""
    new: list[int] = []
    for some in chunks(reasons):
        new += _file_some(db, theme, dict(some), now)
    enter(db, part, new, feeds_of(db, theme), now=now, past=past)
    return len(new)


def feeds_of(db: Connection, theme: int) -> Sequence[Columns]:
    """A theme's feeds, and the feed of all where private themes keep articles out of it: a public
    theme brings them in."""
    return live_feeds(db, [theme], with_all=db.scalar(_ANY_PRIVATE) is not None)


_ANY_PRIVATE = select(feeds.c.number).where(feeds.c.private).limit(1)


def _file_some(
    db: Connection, theme: int, reasons: Mapping[int, Reason], now: datetime
) -> list[int]:
    known = _reasons_why(db, theme, list(reasons))
    published = _published(db, [n for n in reasons if not _pinned(known.get(n))])
    put_memberships(db, theme, [(n, reasons[n], at) for n, at in published.items()], now=now)
    return [number for number in published if number not in known]


def put_memberships(
    db: Connection, theme: int, given: Iterable[tuple[int, Reason, datetime]], *, now: datetime
) -> None:
    """Write why articles are in a theme: (article, reason, its date of publication)."""
    rows = [_row(theme, number, reason, at, now) for number, reason, at in given]
    _FILE.run(db, rows)


def _reasons_why(db: Connection, theme: int, numbers: Sequence[int]) -> dict[int, str]:
    query = select(memberships.c.article, memberships.c.how).where(
        memberships.c.theme == theme, memberships.c.article.in_(numbers)
    )
    return dict(db.execute(query).all())


def _published(db: Connection, numbers: Sequence[int]) -> dict[int, datetime]:
    query = select(articles.c.number, articles.c.published_at).where(articles.c.number.in_(numbers))
    return dict(db.execute(query).all())


def _pinned(how: str | None) -> bool:
    return how in PINS


def _row(
    theme: int, article: int, reason: Reason, published_at: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "theme": theme,
        "article": article,
        "how": reason.how,
        "present": reason.how != "exclude",
        "reason": reason,
        "rule_version": reason.rule_version,
        "at": now,
        "published_at": published_at,
    }


def file_source(
    db: Connection, part: Part, source: int, slugs: Iterable[str], *, now: datetime
) -> None:
    """All articles of a source belong to these themes from now on (`themes = [...]`)."""
    numbers = theme_numbers(db, slugs)
    if not numbers:
        return
    kept = db.scalars(select(articles.c.number).where(articles.c.source == source)).all()
    for number in sorted(numbers.values()):
        reasons = ((article, Reason(how="source")) for article in kept)
        file_articles(db, part, number, reasons, now=now, past=True)


def past_waits(db: Connection, slugs: Iterable[str]) -> None:
    """What is kept may no longer belong to these themes: that waits for `theme apply`."""
    for number in theme_numbers(db, slugs).values():
        set_past_pending(db, number, waits=True)


def set_past_pending(db: Connection, theme: int, *, waits: bool) -> None:
    """Note whether a theme's past waits for `theme apply`."""
    mine = themes.c.number == theme
    known: Theme = db.scalars(select(themes.c.theme).where(mine)).one()
    db.execute(update(themes).where(mine), {"theme": replace(known, past_pending=waits)})


def pin_article(
    db: Connection, part: Part, theme: int, number: int, reason: Reason, *, now: datetime
) -> bool:
    """Include or exclude by hand. False when it stood so already; other words for it are kept."""
    stood = _reasons_why(db, theme, [number]).get(number) == reason.how
    if stood and not reason.note:
        return False
    published = _published(db, [number])[number]
    _FILE.run(db, [_row(theme, number, reason, published, now)])
    if not stood:
        enter(db, part, [number], feeds_of(db, theme), now=now)
    return not stood


def refile(
    db: Connection,
    changes: Mapping[int, ArticleChange],
    published: Mapping[int, datetime],
    *,
    now: datetime,
) -> set[int]:
    """Give changed articles the memberships that were decided for them; those no longer given
    end. Returns the themes that any of them is or was in."""
    numbers = theme_numbers(db) if _any_theme(changes) else {}
    before = memberships_of(db, list(changes))
    rows: list[dict[str, Any]] = []
    ended: list[tuple[int, int]] = []
    for article, change in changes.items():
        given = {numbers[slug]: why for slug, why in change.themes.items() if slug in numbers}
        for theme, reason in before.get(article, {}).items():
            if reason.how in PINS:
                given[theme] = reason
            elif theme not in given:
                ended.append((theme, article))
        at = published[article]
        rows += [_row(theme, article, why, at, now) for theme, why in given.items()]
    _FILE.run(db, rows)
    end_memberships(db, ended)
    return {row["theme"] for row in rows} | {theme for theme, _ in ended}


def _any_theme(changes: Mapping[int, ArticleChange]) -> bool:
    return any(change.themes for change in changes.values())


def memberships_of(
    db: Connection, numbers: Sequence[int], *, theme: int | None = None
) -> dict[int, dict[int, Reason]]:
    """article -> theme -> why it is in, or pinned out; of one theme or of all."""
    query = _STANDING if theme is None else _STANDING_IN
    found: dict[int, dict[int, Reason]] = {}
    for some in chunks(numbers):
        for article, number, reason in query.rows(db, {"articles": some, "theme": theme}):
            found.setdefault(article, {})[number] = reason
    return found


# What a removed theme held it holds when it returns; until then a private one still hides it.
_STANDS = (
    select(memberships.c.article, memberships.c.theme, memberships.c.reason)
    .join(themes, themes.c.number == memberships.c.theme)
    .where(memberships.c.article.in_(among("articles")), themes.c.retired_at.is_(None))
)
_STANDING = Query(_STANDS)
_STANDING_IN = Query(_STANDS.where(memberships.c.theme == bindparam("theme", type_=Number)))


def end_memberships(db: Connection, ended: Iterable[tuple[int, int]]) -> None:
    """These (theme, article) are members no longer."""
    for theme, article in ended:
        this = and_(memberships.c.theme == theme, memberships.c.article == article)
        db.execute(delete(memberships).where(this))


def themes_of(db: Connection, numbers: Iterable[int]) -> set[int]:
    """The themes that any of these articles is in."""
    found: set[int] = set()
    for some in chunks(numbers):
        inside = memberships.c.article.in_(some)
        found |= set(db.scalars(select(memberships.c.theme).where(inside).distinct()))
    return found
