"""Pictures of articles, fetched and kept ([store] capture_images), beside all reading.

Saving an article notes which pictures it shows; here they are asked for, a few of one source at a
time, at the pace of each host and as its robots.txt permits. Those of articles that were kept
before pictures were are noted here, a few whenever none of their source waits. The bytes are on the
disk before the store knows of them, so that a crash in between costs one request and doubles
nothing. One that cannot be had keeps nothing else from being kept, and is asked for again a few
times.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import TypedDict

from syndicator.errors import (
    ArchiveError,
    BusyError,
    FetchError,
    LockedError,
    ParseError,
    SourceError,
    Stopped,
    StoreError,
)
from syndicator.jobs.parts import Parts
from syndicator.model import Document, Picture, Request, WantedPicture
from syndicator.redaction import redacted
from syndicator.sources import Desk
from syndicator.sources.picture import Copy, read_picture
from syndicator.sources.robots import Robots
from syndicator.text.urls import scope

logger = logging.getLogger(__name__)

MOST_TRIES = 3
AT_ONCE = 20  # pictures of one source that one hand takes
REUSED = timedelta(days=1)  # what an address shows is not asked for again by another article
_TRY_AGAIN = timedelta(hours=6)
_SOON = timedelta(minutes=1)
_WITHOUT_ROOM = timedelta(minutes=10)
_GONE = (404, 410)
_GLANCE_S = 0.5


class _Asked(TypedDict):
    """What was asked, for the record."""

    requests: Sequence[Request]
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """What became of pictures that were asked for."""

    kept: int = 0
    missed: int = 0


class Tally:
    """What becomes of them, counted by all hands."""

    def __init__(self) -> None:
        self.had = Had()
        self.stopped = False  # the process is shutting down
        self.refusal: StoreError | None = None  # why something could not be saved
        self._lock = Lock()

    def count(self, *, kept: bool) -> None:
        """One more."""
        with self._lock:
            had = self.had
            self.had = Had(kept=had.kept + kept, missed=had.missed + (not kept))

    @property
    def ends(self) -> bool:
        """Whether nothing more is to be taken."""
        return self.stopped or self.refusal is not None

    def stop(self) -> None:
        """Nothing more is to be taken."""
        self.stopped = True

    def refuse(self, error: StoreError) -> None:
        """Nor when the store says no."""
        self.refusal = self.refusal or error


def take_pictures(
    parts: Parts,
    tally: Tally | None = None,
    *,
    only: Collection[str] | None = None,
    refused: Callable[[StoreError], None] | None = None,
) -> int:
    """Hand pictures that are due to the executor; how many.

    Half of its places are left to those who read.

    Args:
        only: those of these sources.
        refused: told why something could not be saved, instead of the tally.
    """
    tally, taken = tally or Tally(), 0
    for _ in range(parts.executor.free - parts.executor.places // 2):
        if tally.ends:
            break
        some = parts.store.claim_pictures(
            owner=parts.owner, now=parts.clock.now(), limit=AT_ONCE, only=only
        )
        if not some:
            break
        taken += len(some)
        parts.executor.submit(partial(_ask_for, parts, some, tally, refused or tally.refuse))
    return taken


def want_past_pictures(parts: Parts) -> None:
    """Note a few pictures of articles kept before, where none waits; the daemon's way."""
    now = parts.clock.now()
    for source_id in parts.store.pictures_past(now=now, limit=1):
        parts.store.want_past(source_id, now=now)


def fetch_pictures(parts: Parts, *, only: Collection[str] | None = None) -> Had:
    """Fetch whatever is due, until nothing is, and then a few of the past of each source.

    Args:
        only: pictures of these sources.

    Raises:
        Stopped: the process is shutting down; what was claimed was given back.
        StoreError: something could not be saved; what was not begun by then was left.
    """
    tally, now = Tally(), parts.clock.now()
    _fetch_due(parts, tally, only)
    for source_id in parts.store.pictures_past(now=now, only=only):
        while not parts.store.want_past(source_id, now=now):
            pass
    _fetch_due(parts, tally, only)
    return tally.had


def _fetch_due(parts: Parts, tally: Tally, only: Collection[str] | None) -> None:
    idle = False
    while not tally.ends:
        # While a hand is busy, its source has nothing else to give: only then is it over.
        if not take_pictures(parts, tally, only=only) and idle:
            break
        idle = parts.executor.wait(_GLANCE_S)
    if tally.stopped:
        raise Stopped("shutting down")
    if tally.refusal:
        raise tally.refusal


def _ask_for(
    parts: Parts,
    wanted: Sequence[WantedPicture],
    tally: Tally,
    refused: Callable[[StoreError], None],
) -> None:
    """Ask for each."""
    try:
        with _in_hand(parts, wanted) as left:
            batch = _Batch(parts, wanted[0].source_id, tally)
            while left:
                batch.one(left[0])
                left.popleft()
    except Stopped:
        tally.stop()
    except StoreError as error:
        refused(error)


@contextmanager
def _in_hand(parts: Parts, wanted: Sequence[WantedPicture]) -> Iterator[deque[WantedPicture]]:
    """What is left to be asked for; at the end, however it comes, that is due as it was."""
    left = deque(wanted)
    try:
        yield left
    finally:
        parts.store.free_pictures(left)


class _Batch:
    """Some pictures of one source, one after the other."""

    def __init__(self, parts: Parts, source_id: str, tally: Tally) -> None:
        self._parts = parts
        self._tally = tally
        reader, source = parts.reader(), parts.store.source(source_id)
        themes = {*source.settings.themes, *reader.versions}
        self._visit = parts.net.visit(source, None, subscribers=len(themes), tried=False)
        self._desk = Desk(
            visit=self._visit, articles=parts.store, sandbox=parts.sandbox, clock=parts.clock
        )
        self._robots = Robots(self._desk, parts.store.documents(source.id))
        self._closed: dict[str, datetime] = {}  # hosts to be left alone until then
        self._noted = 0  # requests on record
        self._documents: tuple[Document, ...] = ()  # likewise

    def one(self, wanted: WantedPicture) -> None:
        """Have a picture, or note why not. Raises Stopped, StoreError."""
        now = self._parts.clock.now()
        try:
            host = scope(wanted.url)
            if (until := self._closed.get(host)) is not None:
                self._postpone(wanted, until)
                return
            self._tally.count(kept=self._had(wanted))
        except BusyError as error:
            until = self._closed[host] = max(error.not_before or now, now + _SOON)
            self._postpone(wanted, until)
        except (ArchiveError, LockedError) as error:
            self._postpone(wanted, now + _WITHOUT_ROOM, why=str(error))
        except (SourceError, ValueError) as error:
            self._missed(wanted, error)
        except (Stopped, StoreError):
            raise
        except Exception as error:
            logger.exception("a picture of %s failed through a fault of ours", wanted.source_id)
            self._missed(wanted, SourceError(f"a fault of ours: {type(error).__name__}"))

    # ------------------------------------------------------------------ had

    def _had(self, wanted: WantedPicture) -> bool:
        """False: the article does not want it any more."""
        known = self._known(wanted.url)
        if known and known.at >= self._parts.clock.now() - REUSED:
            copy = Copy(picture=known, body=None)
        else:
            copy = read_picture(wanted.url, self._desk, self._robots, known)
        # Nobody purges what no row names yet while we hold this.
        with self._parts.archive.alone.hold():
            return self._keep(wanted, copy)

    def _known(self, url: str) -> Picture | None:
        """What the address showed when it was asked last, if the copy is whole."""
        known = self._parts.store.picture_at(url)
        whole = known and self._parts.archive.media.get_whole(known.sha256) is not None
        return known if whole else None

    def _keep(self, wanted: WantedPicture, copy: Copy) -> bool:
        media, name = self._parts.archive.media, copy.picture.sha256
        if copy.body is not None:
            media.put({name: copy.body})
        elif media.get(name) is None:
            raise ArchiveError(f"{media.path(name)} was purged meanwhile")
        self._say("")
        kept = self._noted_as(wanted, copy.picture)
        if not kept and not self._parts.store.pictures_kept([name]):
            media.purge(name)
        return kept

    def _noted_as(self, wanted: WantedPicture, picture: Picture) -> bool:
        return self._parts.store.keep_picture(wanted, picture, **self._asked())

    # ------------------------------------------------------------------ not had

    def _postpone(self, wanted: WantedPicture, until: datetime, *, why: str = "") -> None:
        """It is no fault of the picture's: this was no try."""
        self._say(why)
        later = replace(wanted, next_try_at=until)
        self._parts.store.miss_picture(later, **self._asked())

    def _missed(self, wanted: WantedPicture, error: Exception) -> None:
        tries, now = wanted.tries + 1, self._parts.clock.now()
        over = tries >= MOST_TRIES or _is_final(error)
        missed = replace(
            wanted,
            tries=tries,
            error=str(error),
            next_try_at=None if over else now + _TRY_AGAIN * tries,
        )
        self._parts.store.miss_picture(missed, **self._asked())
        again = "" if over else "; it is asked for again"
        told = (wanted.source_id, redacted(wanted.url), error, again)
        logger.warning("%s: the picture %s was not had: %s%s", *told)
        self._tally.count(kept=False)

    def _asked(self) -> _Asked:
        """Since the last time."""
        requests = self._visit.requests[self._noted :]
        documents = () if self._robots.documents == self._documents else self._robots.documents
        self._noted, self._documents = len(self._visit.requests), self._robots.documents
        return {"requests": requests, "documents": documents}

    def _say(self, trouble: str) -> None:
        """Once for each trouble."""
        if trouble and self._parts.troubles.get("pictures") != trouble:
            logger.error("pictures wait, reading goes on: %s", trouble)
        self._parts.troubles["pictures"] = trouble


def _is_final(error: Exception) -> bool:
    """Whether asking again would be for nothing."""
    gone = isinstance(error, FetchError) and error.status in _GONE
    return gone or isinstance(error, (ParseError, ValueError))
