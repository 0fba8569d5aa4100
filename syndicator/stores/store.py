"""The store as one thing, and how it is opened."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError

from syndicator.errors import StoreError, UsageError, refusal
from syndicator.model import Pictured
from syndicator.ports import Clock
from syndicator.stores import sqlite
from syndicator.stores.articles import Articles
from syndicator.stores.bands import Banding
from syndicator.stores.base import SiteFacts
from syndicator.stores.captures import Captures
from syndicator.stores.claims import Claims
from syndicator.stores.copying import Copying
from syndicator.stores.corrections import Corrections
from syndicator.stores.database import Database, translated
from syndicator.stores.feeds import Feeds
from syndicator.stores.followers import Followers
from syndicator.stores.intents import Intents
from syndicator.stores.logs import Logs
from syndicator.stores.months import Months
from syndicator.stores.order import Order
from syndicator.stores.outbox import Outbox, watching
from syndicator.stores.outcomes import Outcomes
from syndicator.stores.pages import Pages
from syndicator.stores.past import Past
from syndicator.stores.past_pictures import PastPictures
from syndicator.stores.pictures import Pictures
from syndicator.stores.pings import Pings
from syndicator.stores.reconcile import Reconciling
from syndicator.stores.records import STORE_ID, Records
from syndicator.stores.redacting import Redacting
from syndicator.stores.relating import Relating
from syndicator.stores.schema import VERSION, facts, feeds
from syndicator.stores.search.finding import Finding
from syndicator.stores.signposts import Signposts
from syndicator.stores.sources import Sources
from syndicator.stores.sqlite import insert_missing
from syndicator.stores.stories import Stories
from syndicator.stores.subscriptions import Subscriptions
from syndicator.stores.themes import Themes, describe_all
from syndicator.stores.upgrade import alone, upgrade, version_of
from syndicator.stores.withdrawing import Withdrawing

logger = logging.getLogger(__name__)


class SqlStore(
    Sources,
    Claims,
    Outcomes,
    Articles,
    Banding,
    Relating,
    Stories,
    Themes,
    Reconciling,
    Past,
    Feeds,
    Logs,
    Corrections,
    Pages,
    Pictures,
    PastPictures,
    Order,
    Months,
    Records,
    Signposts,
    Subscriptions,
    Intents,
    Followers,
    Pings,
    Copying,
    Captures,
    Redacting,
    Outbox,
    Finding,
    Withdrawing,
):
    """ports.Store over SQL: one part per noun, all on one database."""

    def close(self) -> None:
        """Let go of the database's files."""
        if "index_file" in vars(self):
            self.index_file.close()
        self.database.close()

    def store_at(self, path: Path) -> SqlStore:
        """A store of another file, for the same site; to be closed."""
        return open_store(
            f"sqlite:///{path}",
            folder=path.parent,
            base_url=self.base_url,
            site=self.site,
            archive_entries=self.archive_entries,
            pictured=self.pictured,
            clock=self._clock,
        )


_WAY_OUT = (
    "it is damaged: stop the daemon, move the file away with those beside it that have its name and"
    " -wal or -shm, then make it anew from the archive with `archive rebuild`, or move away the"
    " archive as well and take a backup with `archive restore FILE`"
)


def open_store(
    url: str,
    *,
    folder: Path,
    base_url: str,
    site: SiteFacts,
    archive_entries: int = 100,
    pictured: Pictured = Pictured.NONE,
    clock: Clock | None = None,
) -> SqlStore:
    """Open a store, made or brought to the newest schema if need be.

    Args:
        url: as in [store]; a relative path starts at `folder`.
        base_url: of the site; goes into what puts show.
        archive_entries: different ids that close a segment (design 9.4).
        pictured: the pictures of new and changed articles that are to be kept.

    Raises:
        UsageError: the URL names no database we know.
        StoreError: it cannot be opened.
    """
    path = _path(url, folder)
    try:
        engine = sqlite.open_engine(path)
    except OSError as error:
        raise StoreError(f"{path}: {refusal(error)}") from error
    name = f"the store {path}"
    database = Database(engine, name=name, way_out=_WAY_OUT)
    try:
        with translated(name, path=path, way_out=_WAY_OUT):
            _make_sound(database, path)
        database.watch(watching())
    except BaseException:
        database.close()
        raise
    store = SqlStore(
        database,
        site=site,
        base_url=base_url,
        archive_entries=archive_entries,
        pictured=pictured,
        clock=clock,
    )
    _ensure_beginnings(store)
    return store


def _path(url: str, folder: Path) -> Path:
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise UsageError(f"[store] url = {url!r} is no database URL") from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError("[store] url must be sqlite:///PATH")
    return folder / parsed.database


def _make_sound(database: Database, path: Path) -> None:
    """Journal mode and schema; both are only changed by one process at a time."""
    version = sqlite.library_version()
    mode = sqlite.journal_mode(version)
    if not sqlite.sound_in_wal(version):
        logger.warning("SQLite %s may not use WAL: slower journal in use (R27)", version)
    found = sqlite.settings(database.engine)["journal_mode"]
    if found == mode and version_of(database) == VERSION:
        return
    with alone(path):
        sqlite.set_journal(database.engine, mode)
        upgrade(database)


def _ensure_beginnings(store: SqlStore) -> None:
    """A store has an id, and the feed of all articles."""
    with store.database.read() as db:
        known = db.scalar(select(facts.c.value).where(facts.c.name == STORE_ID))
        if known and db.scalar(select(feeds.c.number).where(feeds.c.theme.is_(None))) is not None:
            return
    with store.database.write() as db:
        db.execute(insert_missing(facts), {"name": STORE_ID, "value": uuid4().hex})
        describe_all(db, store, now=store.now())
