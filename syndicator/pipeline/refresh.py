"""A source, read: fetch, parse, dedupe, extract, normalise; the rest is `decide`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from syndicator.errors import FetchError, SourceError
from syndicator.model import Claim, Outcome, Source
from syndicator.pipeline.decide import decide, moved, recorded
from syndicator.pipeline.reader import Reader
from syndicator.ports import Visit
from syndicator.sources import Desk, Unread, read
from syndicator.stages.alarms import alarms
from syndicator.stages.cadence import Rhythm, after_failure

_NOT_THERE = (404, 410)


def refresh(claim: Claim, reader: Reader, rhythm: Rhythm) -> Outcome:
    """Read a source and decide what follows; nothing is written here.

    A failure of the source is an outcome too. Anything else is a bug and stays loud.

    Raises:
        Stopped: the process is shutting down; give the claim back.
        StoreError: the store could not be asked.
    """
    source = claim.source
    visit = reader.net.visit(source, claim.lease, subscribers=_subscribers(source, reader))
    desk = Desk(
        visit=visit,
        articles=reader.articles,
        sandbox=reader.sandbox,
        clock=reader.clock,
        files=reader.files,
    )
    try:
        reading = read(source, desk)
    except SourceError as error:
        return failed(claim, visit, error, rhythm, now=reader.clock.now())
    return decide(claim, visit, reading, reader, rhythm)


def _subscribers(source: Source, reader: Reader) -> int:
    """Themes that may use the source (C1): those it is set to, else all that have a rule."""
    return len({*source.settings.themes, *reader.versions})


# ------------------------------------------------------------------ a failure


def failed(
    claim: Claim, visit: Visit, error: SourceError, rhythm: Rhythm, *, now: datetime
) -> Outcome:
    """What a failure leads to: it is recorded on the source, what was published stays (C9).

    A host that was busy or asked for quiet before anything was sent only postpones.
    """
    before = claim.source
    if error.not_before is not None and not visit.requests:
        at = max(error.not_before, now)
        later = replace(before, next_check_at=at, next_check_why=str(error))
        return _ended(claim, visit, later, "postponed", now)
    learnt = replace(
        error.source if isinstance(error, Unread) else before,
        polled_at=now,
        failures=before.failures + 1,
        failing_since=before.failing_since or now,
        error=str(error),
    )
    status = error.status if isinstance(error, FetchError) else None
    due = after_failure(learnt, rhythm, now=now, status=status, not_before=error.not_before)
    found = {alarm.kind: alarm.words for alarm in before.alarms}
    if before.move and status in _NOT_THERE and visit.requests[-1].url == before.url:
        return _ended(claim, visit, moved(learnt, before.move.url, now=now), "failed", now)
    if due.gone:
        found["gone"] = "its server says 410, gone for good: source resume asks it again"
    learnt = replace(
        learnt,
        next_check_at=due.at,
        next_check_why=due.why,
        held_until=due.held_until,
        gone_at=now if due.gone else None,
        alarms=alarms(before.alarms, found, now=now),
    )
    return _ended(claim, visit, learnt, "failed", now)


def _ended(claim: Claim, visit: Visit, source: Source, result: str, now: datetime) -> Outcome:
    quiet_until = source.held_until or visit.silent_until
    return Outcome(
        id=uuid4().hex,
        at=now,
        lease=claim.lease,
        source=source,
        result=result,
        requests=recorded(visit, claim, source),
        host_free_at=visit.free_at(),
        host_silent_until=quiet_until,
    )
