"""Sources: what the operator says of them, and how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, or_, select, update

from syndicator.errors import UsageError
from syndicator.model import Cadence, Kind, Source, SourceSettings, Stated
from syndicator.stores.base import Part
from syndicator.stores.filing import file_source, past_waits
from syndicator.stores.prepared import Query, Write
from syndicator.stores.rows import source_of
from syndicator.stores.schema import articles, documents, facts, items, sources
from syndicator.stores.sqlite import upsert
from syndicator.text.urls import scope

NEW_WHY = "never read yet"


class Sources(Part):
    """The verbs of `source` on the command line."""

    def add_source(self, source_id: str, settings: SourceSettings, *, now: datetime) -> Source:
        """Add a source, due at once. One that was removed and had this URL comes back as it was,
        under its own id: its articles' ids hang on it.

        Raises:
            UsageError: the id or the URL is another source's.
        """
        with self.database.write() as db:
            found = row_of(db, source_id) or _row_with_first_url(db, settings.url)
            if found is None:
                number = insert_source(db, source_id, settings, declared=False, now=now)
            else:
                _refuse_other(found, source_id, settings)
                number = found["number"]
                revive(db, found, settings, declared=False, now=now)
            file_source(db, self, number, settings.themes, now=now)
            return source_of(row_numbered(db, number))

    def change_source(self, source_id: str, settings: SourceSettings) -> Source:
        """Store new settings; a new URL is read at once and without the old one's validators.

        Raises:
            UsageError: no such source, or it is declared in the configuration file.
        """
        now = self.now()
        with self.database.write() as db:
            row = _own_row(db, source_id)
            apply_settings(db, row, settings, now=now)
            before, after = set(row["settings"].themes), set(settings.themes)
            file_source(db, self, row["number"], after - before, now=now)
            past_waits(db, before - after)
            return source_of(row_numbered(db, row["number"]))

    def remove_source(self, source_id: str, *, now: datetime) -> None:
        """Stop reading a source for good; it retires and its articles stay (R25)."""
        with self.database.write() as db:
            row = _own_row(db, source_id)
            if row["retired_at"] is not None:
                raise UsageError(f"the source {source_id} was removed already")
            set_source(db, row["number"], retired_at=now)
            sources_changed(db)

    def pause_source(self, source_id: str, *, at: datetime | None) -> None:
        """Pause, or with None resume: then also one that said 410 is asked again (C9)."""
        with self.database.write() as db:
            row = needed_row(db, source_id)
            state: dict[str, Any] = {"paused_at": at}
            if at is None and row["gone_at"]:
                state |= {"gone_at": None, "next_check_at": self.now(), "next_check_why": "resumed"}
            set_source(db, row["number"], **state)

    def source(self, source_id: str) -> Source:
        """Raises UsageError when there is none of that id."""
        with self.database.read() as db:
            return source_of(needed_row(db, source_id))

    def sources(self, *, retired: bool = False) -> Sequence[Source]:
        """All sources by id; `retired` adds those no longer read."""
        query = select(sources).order_by(sources.c.id)
        if not retired:
            query = query.where(sources.c.retired_at.is_(None))
        with self.database.read() as db:
            return [source_of(row) for row in db.execute(query).mappings()]

    def sources_state(self) -> str:
        """Another word whenever a source came, went, or is called or found otherwise."""
        with self.database.read() as db:
            return _STATE.value(db) or ""

    def source_with_url(self, url: str) -> Source | None:
        """The source that is read there, or was first added so."""
        match = or_(sources.c.url == url, sources.c.first_url == url)
        query = select(sources).where(match, sources.c.retired_at.is_(None))
        with self.database.read() as db:
            row = db.execute(query.order_by(sources.c.number)).mappings().first()
        return source_of(row) if row else None


# ------------------------------------------------------------------ rows


_BY_ID = select(sources).where(sources.c.id == bindparam("id"))


def row_of(db: Connection, source_id: str) -> RowMapping | None:
    """The row of an id, retired or not."""
    return db.execute(_BY_ID, {"id": source_id}).mappings().first()


def row_numbered(db: Connection, number: int) -> RowMapping:
    """The row of a number that is known to exist."""
    return db.execute(select(sources).where(sources.c.number == number)).mappings().one()


def needed_row(db: Connection, source_id: str) -> RowMapping:
    """`row_of`, or UsageError."""
    row = row_of(db, source_id)
    if row is None:
        raise UsageError(f"there is no source {source_id!r}: `syndicator source list` names all")
    return row


def _own_row(db: Connection, source_id: str) -> RowMapping:
    row = needed_row(db, source_id)
    if row["declared"] and row["retired_at"] is None:
        raise UsageError(
            f"source {source_id} is declared in the configuration file; change it there"
        )
    return row


def _row_with_first_url(db: Connection, url: str) -> RowMapping | None:
    return db.execute(select(sources).where(sources.c.first_url == url)).mappings().first()


def _refuse_other(row: RowMapping, source_id: str, settings: SourceSettings) -> None:
    if row["retired_at"] is None:
        name = "id" if row["id"] == source_id else "first address"
        raise UsageError(f"source {row['id']} has this {name} already")
    if settings.url not in (row["first_url"], row["url"]):
        raise UsageError(
            f"{source_id} was the id of a source at {row['first_url']}, whose articles are kept: "
            "choose another id"
        )


# ------------------------------------------------------------------ writing


_CHANGES = "sources changed"
_STATE = Query(select(facts.c.value).where(facts.c.name == _CHANGES))
_KEEP_STATE = Write(upsert(facts, "name", "value"), ("name", "value"))


def sources_changed(db: Connection) -> None:
    """Note that something is to be said anew of the sources there are."""
    number = int(_STATE.value(db) or 0) + 1
    _KEEP_STATE.run(db, [{"name": _CHANGES, "value": str(number)}])


def insert_source(
    db: Connection, source_id: str, settings: SourceSettings, *, declared: bool, now: datetime
) -> int:
    """A new row, due at once; its number."""
    row = {
        "id": source_id,
        "first_url": settings.url,
        "declared": declared,
        "added_at": now,
        "counts": {},
        "cadence": Cadence(),
        **_as_said(source_id, settings),
        **_read_anew(now),
    }
    number: int = db.execute(insert(sources).returning(sources.c.number), row).scalar_one()
    sources_changed(db)
    return number


def apply_settings(
    db: Connection, row: RowMapping, settings: SourceSettings, *, now: datetime
) -> None:
    """Make a source what the operator now says of it."""
    was: SourceSettings = row["settings"]
    if settings == was:
        return
    said: dict[str, Any] = {"settings": settings, "enabled": settings.enabled}
    if settings.url != was.url or settings.kind is not was.kind:
        _refuse_taken(db, row, settings.url)
        said |= _as_said(row["id"], settings) | _read_anew(now)
        said["poll_seq"] = row["poll_seq"] + 1  # what is being read now was decided on the old URL
    elif _reading_habits(settings) != _reading_habits(was):
        said |= _look_again(db, row, now)
    elif settings.every_s != was.every_s:
        said["next_check_at"] = _sooner(row, settings.every_s)
    said["title"] = settings.title or row["title"]
    set_source(db, row["number"], **said)
    sources_changed(db)


def _refuse_taken(db: Connection, row: RowMapping, url: str) -> None:
    """Two sources of one address would double its requests."""
    there = or_(sources.c.url == url, sources.c.first_url == url)
    query = select(sources.c.id).where(
        there, sources.c.number != row["number"], sources.c.retired_at.is_(None)
    )
    if (other := db.scalar(query)) is not None:
        raise UsageError(f"the source {other} reads {url} already")


def revive(
    db: Connection, row: RowMapping, settings: SourceSettings, *, declared: bool, now: datetime
) -> None:
    """Read a retired source again, from where it was left."""
    apply_settings(db, row, settings, now=now)
    set_source(
        db,
        row["number"],
        declared=declared,
        retired_at=None,
        paused_at=None,
        next_check_at=now,
        next_check_why="added again",
    )
    sources_changed(db)


_SET = update(sources).where(sources.c.number == bindparam("of"))


def set_source(db: Connection, number: int, **columns: Any) -> None:
    """Write columns of one source."""
    db.execute(_SET, {"of": number, **columns})


def scope_of(source_id: str, kind: Kind, url: str) -> str:
    """What the host lease of a source is taken on (C11); a local file has one of its own."""
    if kind is Kind.FILE or urlsplit(url).scheme not in ("http", "https"):
        return f"file:{source_id}"
    return scope(url)


def _as_said(source_id: str, settings: SourceSettings) -> dict[str, Any]:
    return {
        "settings": settings,
        "enabled": settings.enabled,
        "url": settings.url,
        "kind": settings.kind,
        "scope": scope_of(source_id, settings.kind, settings.url),
        "title": settings.title or urlsplit(settings.url).hostname or source_id,
    }


def _read_anew(now: datetime) -> dict[str, Any]:
    """The state of a source of which nothing has been read at its present URL."""
    return {
        "etag": "",
        "last_modified": "",
        "body_sha256": "",
        "next_check_at": now,
        "next_check_why": NEW_WHY,
        "failures": 0,
        "failing_since": None,
        "error": "",
        "success_at": None,  # what is read there first is the past (design 9.2)
        "gone_at": None,
        "floor_until": None,
        "notes": {},
        "stated": Stated(),
        "move": None,
        "alarms": (),
        "claimed_by": "",
        "claimed_from": None,
        "claimed_token": None,
        "claimed_until": None,
    }


def _reading_habits(settings: SourceSettings) -> tuple[object, ...]:
    """What decides how a document is understood."""
    return (settings.select, settings.language, settings.timezone, settings.date_order)


def _look_again(db: Connection, row: RowMapping, now: datetime) -> dict[str, Any]:
    """All that the source still shows is to be understood anew; fingerprints tell what changed."""
    anew = {"etag": "", "last_modified": "", "body_sha256": ""}
    mine = documents.c.source == row["number"]
    db.execute(update(documents).where(mine), anew | {"next_check_at": now})
    db.execute(update(articles).where(articles.c.source == row["number"]), {"seen_hash": ""})
    db.execute(delete(items).where(items.c.source == row["number"]))
    return anew | {"next_check_at": now, "next_check_why": "its settings have changed", "notes": {}}


def _sooner(row: RowMapping, every_s: int | None) -> datetime | None:
    """The due time after `every` was changed: not later than the new rhythm, nor before a floor."""
    due: datetime | None = row["next_check_at"]
    if due is None or every_s is None or row["polled_at"] is None:
        return due
    wanted: datetime = row["polled_at"] + timedelta(seconds=every_s)
    floors = [at for at in (row["floor_until"], row["held_until"]) if at]
    soonest: datetime = min(due, max([wanted, *floors]))
    return soonest
