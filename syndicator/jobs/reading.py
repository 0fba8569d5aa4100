"""Sources read: claimed, refreshed by whoever has a hand free, and saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from syndicator.errors import SourceError, StaleOutcome, Stopped, StoreError
from syndicator.jobs.alerting import alert
from syndicator.jobs.parts import Parts
from syndicator.model import Claim, Outcome, Source, State
from syndicator.pipeline import WAITING, Reader, failed, refresh
from syndicator.turn import computing

logger = logging.getLogger(__name__)

FRESH_S = 15 * 60  # C32
_LEASE_S = 15 * 60.0  # of a claim: above any refresh, 20 article pages and their pauses included
_GLANCE_S = 0.05
_AMONG = 64  # sources that a claim chooses from; of thousands it would cost more than reading them
_PATIENCE_S = 90.0  # for a host that others hold; longer than any of our own pauses
_SKIPPED = (State.PAUSED, State.GONE, State.HELD)

WhenRead = Callable[["Pulled"], None]
Refused = Callable[[StoreError], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What became of one source: changed, unchanged, fresh, failed, skipped or busy."""

    source_id: str
    result: str
    new: int = 0
    changed: int = 0
    error: str = ""


def pull(
    parts: Parts,
    ids: Sequence[str] | None = None,
    *,
    force: bool = False,
    progress: WhenRead = lambda _: None,
) -> list[Pulled]:
    """Read sources now, due or not: all that are enabled, or those named.

    Args:
        force: also those read less than 15 minutes ago (C32).
        progress: told each result as it comes.

    Raises:
        UsageError: an id that no source has; nothing was read.
        StoreError: something could not be saved; what was not begun by then was left.
    """
    chosen = parts.store.sources() if ids is None else [parts.store.source(i) for i in ids]
    now = parts.clock.now()
    results: list[Pulled] = []
    wanted: list[str] = []
    for source in {each.id: each for each in chosen}.values():
        result = _not_now(source, now, force=force)
        if result:
            results.append(Pulled(source_id=source.id, result=result))
            progress(results[-1])
        else:
            wanted.append(source.id)
    return results + _Drain(parts, progress, forced=True).run(wanted)


def _not_now(source: Source, now: datetime, *, force: bool) -> str:
    """Why a source is not read, "" when it is."""
    if source.state is State.HELD and source.held_until and source.held_until <= now:
        return ""
    if source.state in _SKIPPED or source.retired_at:
        return "skipped"
    waits = source.next_check_why == WAITING
    fresh = source.polled_at and _is_fresh(now - source.polled_at)
    return "fresh" if fresh and not force and not waits else ""


def _is_fresh(age: timedelta) -> bool:
    """A poll that lies ahead of us is none: the clock was wrong then, or is now (R36)."""
    return timedelta(0) <= age < timedelta(seconds=FRESH_S)


def read_due(parts: Parts, *, progress: WhenRead = lambda _: None) -> list[Pulled]:
    """Read everything that is due now, article pages that wait included (`run --once`).

    What falls due meanwhile is left to the next run, or a long one might never end.

    Raises:
        Stopped: the process is shutting down; what was claimed was given back.
        StoreError: as of `pull`.
    """
    now = parts.clock.now()
    due = [source for source in parts.store.sources() if _is_due(source, now)]
    due.sort(key=lambda source: source.next_check_at or now)
    return _Drain(parts, progress, forced=False).run(source.id for source in due)


def _raise(error: StoreError) -> None:
    raise error


@computing()
def take_due(parts: Parts, done: WhenRead, *, refused: Refused = _raise) -> int:
    """Hand due sources to the executor, as many as it has places; how many (the daemon's tick).

    Args:
        refused: told why an outcome could not be saved.
    """
    places = parts.executor.free
    if places <= 0:
        return 0
    claims = parts.store.claim_due(
        owner=parts.owner, now=parts.clock.now(), lease_s=_LEASE_S, limit=places
    )
    if claims:
        reader = parts.reader()
        for claim in claims:
            _hand_over(parts, reader, claim, done, refused=refused)
    return len(claims)


# ------------------------------------------------------------------ one after the other


class _Drain:
    """Reads until nothing is left of what was wanted.

    Args:
        forced: due or not; else what others read meanwhile is no longer wanted.
    """

    def __init__(self, parts: Parts, progress: WhenRead, *, forced: bool) -> None:
        self._parts = parts
        self._progress = progress
        self._forced = forced
        self._lock = Lock()
        self._sums: dict[str, Pulled] = {}
        self._again: set[str] = set()
        self._stopped = False
        self._refusal: StoreError | None = None

    def run(self, wanted: Iterable[str]) -> list[Pulled]:
        """Read these sources, each until it has no pages that wait.

        Raises:
            Stopped: the process is shutting down; what was claimed was given back.
            StoreError: an outcome could not be saved. Nobody is asked any more for what is likely
                to be lost as well.
        """
        parts = self._parts
        waiting = dict.fromkeys(wanted)
        idle_since = parts.clock.monotonic()
        while not self._ends() and (not self._idle() or waiting or self._again):
            claimed = self._claim(list(waiting))
            if claimed:
                idle_since = parts.clock.monotonic()
                for each in claimed:
                    del waiting[each]
            elif self._idle() and self._nothing_left(waiting):
                break
            elif self._idle() and (quiet := self._quiet(waiting)):
                self._give_up(quiet, "its host asked for quiet")
                for each in quiet:
                    del waiting[each]
            elif self._idle() and parts.clock.monotonic() - idle_since > _PATIENCE_S:
                self._give_up(waiting, "its host is taken")
                break
            else:
                self._pause()
            waiting |= dict.fromkeys(self._take_again())
        while not parts.executor.wait(1.0):
            pass
        if self._stopped:
            raise Stopped("shutting down")
        if self._refusal:
            raise self._refusal
        return list(self._sums.values())

    @computing()
    def _claim(self, waiting: Sequence[str]) -> set[str]:
        """Claim as many of them as can start at once, of those that stand first where possible."""
        limit = self._parts.executor.free
        claimed: set[str] = set()
        for some in (waiting[:_AMONG], waiting[_AMONG:]):
            if some and len(claimed) < limit:
                claims = self._claimed(some, limit - len(claimed))
                self._begin(claims)
                claimed.update(claim.source.id for claim in claims)
        return claimed

    def _begin(self, claims: Sequence[Claim]) -> None:
        if claims:
            reader = self._parts.reader()
            for claim in claims:
                _hand_over(
                    self._parts, reader, claim, self._done, stopped=self._stop, refused=self._refuse
                )

    def _claimed(self, only: Sequence[str], limit: int) -> Sequence[Claim]:
        return self._parts.store.claim_due(
            owner=self._parts.owner,
            now=self._parts.clock.now(),
            lease_s=_LEASE_S,
            limit=limit,
            only=only,
            forced=self._forced,
        )

    def _idle(self) -> bool:
        return self._parts.executor.free == self._parts.executor.places

    def _nothing_left(self, waiting: Collection[str]) -> bool:
        if self._again:
            return False
        if self._forced or not waiting:
            return not waiting
        # Pages that wait come due at their host's pace; what others have read meanwhile, far later.
        soon = self._parts.clock.now() + timedelta(seconds=_PATIENCE_S)
        sources = self._parts.store.sources()
        return not any(each.id in waiting and _is_due(each, soon) for each in sources)

    def _pause(self) -> None:
        if self._idle():
            self._parts.clock.sleep(_GLANCE_S)
        else:
            # A claim of several sources costs little more than one of a single source.
            self._parts.executor.wait(_GLANCE_S, free=self._parts.executor.places // 2)

    def _quiet(self, waiting: Iterable[str]) -> set[str]:
        return set(self._parts.store.silenced(waiting, now=self._parts.clock.now()))

    def _give_up(self, ids: Iterable[str], why: str) -> None:
        for source_id in sorted(ids):
            self._done(Pulled(source_id=source_id, result="busy", error=why))

    def _take_again(self) -> set[str]:
        with self._lock:
            again, self._again = self._again, set()
        return again

    def _ends(self) -> bool:
        return self._stopped or self._refusal is not None

    def _stop(self) -> None:
        self._stopped = True

    def _refuse(self, error: StoreError) -> None:
        self._refusal = self._refusal or error

    def _done(self, pulled: Pulled, *, more: bool = False) -> None:
        """Add up what several refreshes of one source brought; told when it has no more."""
        with self._lock:
            before = self._sums.get(pulled.source_id)
            if before:
                pulled = Pulled(
                    source_id=pulled.source_id,
                    result=_worse(before.result, pulled.result),
                    new=before.new + pulled.new,
                    changed=before.changed + pulled.changed,
                    error=pulled.error,
                )
            self._sums[pulled.source_id] = pulled
            if more:
                self._again.add(pulled.source_id)
                return
        self._progress(pulled)


_RANK = ("failed", "busy", "changed", "unchanged")


def _worse(one: str, other: str) -> str:
    return min(one, other, key=_RANK.index)


def _is_due(source: Source, now: datetime) -> bool:
    if source.next_check_at is None or source.next_check_at > now:
        return False
    if source.held_until and source.held_until > now:
        return False
    return not (source.paused_at or source.gone_at or source.retired_at) and source.settings.enabled


# ------------------------------------------------------------------ one source


def _hand_over(
    parts: Parts,
    reader: Reader,
    claim: Claim,
    done: Callable[..., None],
    *,
    stopped: Callable[[], None] = lambda: None,
    refused: Refused,
) -> None:
    def task() -> None:
        try:
            pulled, more = read_one(parts, reader, claim)
        except Stopped:
            try:
                parts.store.free_claim(claim)
            except StoreError as error:
                refused(error)  # and it is void once we are gone
            stopped()
            return
        except StoreError as error:
            refused(error)  # and the claim runs out by itself: its host is not asked all the time
            return
        if more:
            done(pulled, more=True)
        else:
            done(pulled)

    parts.executor.submit(task)


def read_one(parts: Parts, reader: Reader, claim: Claim) -> tuple[Pulled, bool]:
    """Refresh one claimed source and save the outcome; whether more of it waits.

    Whatever goes wrong inside ends at this source (R34): a bug is logged whole and recorded as its
    failure.

    Raises:
        Stopped: the process is shutting down.
        StoreError: the store said no; nothing of it is saved.
    """
    rhythm = parts.rhythm(claim.source)
    try:
        outcome = refresh(claim, reader, rhythm)
    except (Stopped, StoreError):
        raise
    except Exception as error:
        logger.exception("reading %s failed through a fault of ours", claim.source.id)
        visit = reader.net.visit(claim.source, claim.lease)
        ours = SourceError(f"a fault of ours: {type(error).__name__}")
        outcome = failed(claim, visit, ours, rhythm, now=parts.clock.now())
    try:
        parts.store.save(outcome)
    except StaleOutcome as error:
        logger.warning("%s: %s", claim.source.id, error)
        return Pulled(source_id=claim.source.id, result="busy", error=str(error)), False
    alert(parts.config.alerts.command, claim.source, outcome.source)
    return _pulled(outcome), outcome.more


def _pulled(outcome: Outcome) -> Pulled:
    new = sum(1 for change in outcome.changes if change.is_new)
    return Pulled(
        source_id=outcome.source.id,
        result="busy" if outcome.result == "postponed" else outcome.result,
        new=new,
        changed=len(outcome.changes) - new,
        error=outcome.source.error
        or ("" if outcome.result != "postponed" else outcome.source.next_check_why),
    )
