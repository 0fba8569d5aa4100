"""A piece of a source's past, read: the same way as a refresh, with the schedule left alone."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from syndicator.errors import SourceError
from syndicator.model import Claim, Outcome
from syndicator.pipeline.changes import sorted_out
from syndicator.pipeline.decide import recorded
from syndicator.pipeline.reader import Reader
from syndicator.ports import Visit
from syndicator.sources import Desk, Reading
from syndicator.sources.past import begun
from syndicator.sources.past import recall as read_past

MOST_AT_ONCE = 10_000  # articles of one piece


def recall(claim: Claim, reader: Reader) -> tuple[Outcome, SourceError | None]:
    """The next piece of the past of a claimed source; its rows enter the logs as the past.

    Returns: the outcome, and what ended the piece before its time. Then the outcome holds the
        record of what was asked, and the history stays where it was.

    Raises:
        Stopped: the process is shutting down; give the claim back.
    """
    visit = reader.net.visit(claim.source, claim.lease, subscribers=len(reader.versions))
    desk = Desk(visit=visit, articles=reader.articles, sandbox=reader.sandbox, clock=reader.clock)
    source = begun(claim.source)
    try:
        return _outcome(claim, visit, read_past(source, desk), reader), None
    except SourceError as error:
        stayed = Reading(source=source, more=True)
        return _outcome(claim, visit, stayed, reader), error


def _outcome(claim: Claim, visit: Visit, reading: Reading, reader: Reader) -> Outcome:
    found = sorted_out(reading, reader, room=MOST_AT_ONCE)
    return Outcome(
        id=uuid4().hex,
        at=reader.clock.now(),
        lease=claim.lease,
        source=replace(claim.source, notes=reading.source.notes),
        result="changed" if found.changes else "unchanged",
        past=True,
        more=reading.more,
        changes=tuple(found.changes.values()),
        known_to=found.known_to,
        seen=found.seen,
        pagers=found.pagers,
        documents=reading.documents,
        requests=recorded(visit, claim, claim.source),
        host_free_at=visit.free_at(),
        host_silent_until=visit.silent_until,
        counts=reading.counts,
    )
