"""Feeds: the public faces of themes, their logs' state, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from syndicator.errors import UsageError
from syndicator.model import FeedData, FeedState, Theme
from syndicator.stores import schema
from syndicator.stores.base import Part, SiteFacts
from syndicator.stores.columns import Number, among
from syndicator.stores.prepared import Columns, Query
from syndicator.stores.rows import feed_of
from syndicator.stores.schema import (
    closed_documents,
    feeds,
    log,
    members,
    themes,
)
from syndicator.stores.sqlite import upsert

ALL = "all"

_FEEDS = select(feeds, themes.c.slug, themes.c.token).outerjoin(
    themes, themes.c.number == feeds.c.theme
)
_LIVE = _FEEDS.where(feeds.c.retired_at.is_(None))
_UNPUBLISH = update(feeds).where(feeds.c.retired_at.is_(None)).values(published_n=0)
_CLOSED = upsert(closed_documents, "feed", "path", "sha256")


class Feeds(Part):
    """What publishing asks, the rows of the logs aside."""

    def feeds(self, *, retired: bool = False) -> Sequence[FeedState]:
        """All feeds by key; with `retired`, only those whose theme was removed."""
        which = _FEEDS.where(feeds.c.retired_at.is_not(None)) if retired else _LIVE
        return self._feeds(which)

    def stale_feeds(self) -> Sequence[FeedState]:
        """Feeds whose log is ahead of what is published."""
        return self._feeds(_LIVE.where(feeds.c.last_n > feeds.c.published_n))

    def _feeds(self, query: Select[Any]) -> Sequence[FeedState]:
        with self.database.read() as db:
            return [feed_of(row) for row in db.execute(query.order_by(feeds.c.key)).mappings()]

    def feed_data(self, key: str, *, upto_n: int) -> FeedState:
        """The feed as its last meta row at or before `upto_n` describes it."""
        with self.database.read() as db:
            row = feed_row(db, key)
            if upto_n >= row["last_n"]:  # as it stands: the log need not be searched
                return feed_of(row)
            data = db.scalar(
                select(log.c.data)
                .where(log.c.feed == row["number"], log.c.n <= upto_n, log.c.kind == "meta")
                .order_by(log.c.n.desc())
                .limit(1)
            )
        return feed_of({**row, "data": data or row["data"]})

    def mark_published(
        self,
        key: str,
        folder: str,
        *,
        n: int,
        files: Mapping[str, str],
        rewritten: Iterable[str] = (),
        outdated: Iterable[str] = (),
        retired: bool = False,
    ) -> None:
        """Record what feeds/ shows: log position, and sha256 of documents closed by their name.

        A feed that was moved, removed or brought back meanwhile is left to be published anew.

        Args:
            folder: where it was published.
            rewritten: those of the files that lost what was withdrawn: the hashes before and
                after go on record (design 9.9).
            outdated: files that are kept no more, and would be made anew.
            retired: it is a retired one, and what it published was taken away.
        """
        with self.database.write() as db:
            row = db.execute(_FEEDS.where(feeds.c.key == key)).mappings().first()
            if row is None or feed_of(row).folder != folder or bool(row["retired_at"]) != retired:
                return
            number = row["number"]
            db.execute(update(feeds).where(feeds.c.number == number), {"published_n": n})
            if names := sorted(outdated):
                db.execute(_FORGET, {"feed": number, "names": names})
            _record(db, number, {name: files[name] for name in rewritten}, now=self.now())
            if files:
                rows = [{"feed": number, "path": p, "sha256": sha} for p, sha in files.items()]
                db.execute(_CLOSED, rows)

    def unpublish(self) -> None:
        """Every feed counts as not published yet, and is to be made anew with all its pages."""
        with self.database.write() as db:
            db.execute(_UNPUBLISH)

    def closed_documents(self, key: str) -> Mapping[str, str]:
        """Name on the shelf -> sha256 of closed archive documents."""
        columns = (closed_documents.c.path, closed_documents.c.sha256)
        with self.database.read() as db:
            mine = closed_documents.c.feed == feed_row(db, key)["number"]
            return dict(db.execute(select(*columns).where(mine)).all())


_MINE = closed_documents.c.feed == bindparam("feed", type_=Number)
_OF_NAMES = closed_documents.c.path.in_(among("names"))
_FORGET = delete(closed_documents).where(_MINE, _OF_NAMES)
_HASHES = select(closed_documents.c.path, closed_documents.c.sha256).where(_MINE, _OF_NAMES)


def _record(db: Connection, feed: int, new: Mapping[str, str], *, now: datetime) -> None:
    """Keep what a withdrawal made of documents that were closed before."""
    if not new:
        return
    old = dict(db.execute(_HASHES, {"feed": feed, "names": sorted(new)}).all())
    rows = [
        {"feed": feed, "path": name, "at": now, "old_sha256": old[name], "new_sha256": sha}
        for name, sha in sorted(new.items())
        if name in old and old[name] != sha
    ]
    if rows:
        db.execute(insert(schema.rewritten), rows)


# ------------------------------------------------------------------ rows


def feed_row(db: Connection, key: str) -> RowMapping:
    """The row of a feed with the slug of its theme. Raises UsageError."""
    row = db.execute(_FEEDS.where(feeds.c.key == key)).mappings().first()
    if row is None:
        raise UsageError(f"there is no feed {key!r}")
    return row


def feeds_that_held(db: Connection, entry_ids: Iterable[str]) -> Sequence[RowMapping]:
    """All feeds that hold or ever held any of these entries, retired ones too."""
    mine = members.c.entry_id.in_(list(entry_ids))
    held = exists().where(members.c.feed == feeds.c.number, mine)
    return db.execute(_FEEDS.where(held).order_by(feeds.c.number)).mappings().all()


def live_feeds(
    db: Connection, theme_numbers: Iterable[int], *, with_all: bool = False
) -> Sequence[Columns]:
    """The feeds of these themes, and with `with_all` the feed of every article."""
    query = _LIVE_AND_ALL if with_all else _LIVE_OF_THEMES
    return query.maps(db, {"themes": sorted(theme_numbers)})


_OF_THEMES = feeds.c.theme.in_(among("themes"))
_LIVE_OF_THEMES = Query(_LIVE.where(_OF_THEMES).order_by(feeds.c.number))
_LIVE_AND_ALL = Query(
    _LIVE.where(or_(_OF_THEMES, feeds.c.theme.is_(None))).order_by(feeds.c.number)
)


# ------------------------------------------------------------------ what a feed says of itself


def data_of(site: SiteFacts, theme: Theme | None, language: str) -> FeedData:
    """What a feed is to say of itself now."""
    if theme is None:
        return FeedData(title=site.title, author=site.author, language=site.language)
    return FeedData(
        title=theme.titles.get(language) or theme.title,
        subtitle=theme.description,
        author=site.author,
        language=language or site.language,
        theme=theme.slug,
        complete=theme.finite,
    )


def key_of(slug: str, language: str) -> str:
    """A feed's path under themes/."""
    return f"{slug}/{language}" if language else slug


def insert_feed(
    db: Connection,
    *,
    theme: int | None,
    key: str,
    language: str,
    data: FeedData,
    private: bool,
) -> None:
    """A new feed with an empty log and an id for good (P3)."""
    row = {
        "key": key,
        "id": uuid4().urn,
        "theme": theme,
        "language": language,
        "data": data,
        "private": private,
    }
    db.execute(insert(feeds), row)


def retire_feeds(db: Connection, numbers: Iterable[int], *, at: datetime | None) -> None:
    """Take feeds out of publication, or with None back into it; their logs stay."""
    which = feeds.c.number.in_(list(numbers))
    db.execute(update(feeds).where(which), {"retired_at": at, "published_n": 0})
