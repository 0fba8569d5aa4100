"""`source history`: everything a source still offers, as one polite job that can be interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syndicator.errors import FetchError, SourceError, Stopped, UsageError
from syndicator.jobs.parts import Parts
from syndicator.jobs.reading import pull
from syndicator.model import Claim, Source
from syndicator.pipeline.recall import recall
from syndicator.sources.past import begun
from syndicator.sources.past import progress as past_of

_LEASE_S = 15 * 60.0
_PATIENCE_S = 15 * 60.0  # for a host that others use, or that asked for quiet
_NAP_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """How far a history is: in all of this run, and whether anything is left."""

    source_id: str
    pieces: int = 0
    read: int = 0  # documents and pages
    new: int = 0
    changed: int = 0
    more: bool = True
    note: str = ""  # what kept it from its end


def history(
    parts: Parts, source_id: str, *, progress: Callable[[Recalled], None] = lambda _: None
) -> Recalled:
    """Fetch the whole past of a source; an interrupted one goes on where it was.

    Raises:
        UsageError: no such source, or it is paused or gone.
        SourceError: it cannot be read now; what came before is kept.
    """
    source = parts.store.source(source_id)
    if source.paused_at or source.gone_at or source.retired_at or not source.settings.enabled:
        raise UsageError(f"{source_id} is {source.state}: resume it first")
    if source.success_at is None:
        _first_reading(parts, source_id)
    begun(parts.store.source(source_id))  # refuses what has no past
    told = Recalled(source_id=source_id)
    reader = parts.reader()
    while told.more:
        claim = _claimed(parts, source_id)
        try:
            outcome, error = recall(claim, reader)
        except Stopped:
            parts.store.free_claim(claim)
            raise
        parts.store.save(outcome)
        if error is not None:
            raise SourceError(f"{source_id}: {error}; start again to go on") from error
        new = sum(1 for change in outcome.changes if change.is_new)
        told = Recalled(
            source_id=source_id,
            pieces=told.pieces + 1,
            read=told.read + len(outcome.requests),
            new=told.new + new,
            changed=told.changed + len(outcome.changes) - new,
            more=outcome.more,
            note=past_of(outcome.source).note,
        )
        progress(told)
    return told


def _first_reading(parts: Parts, source_id: str) -> Source:
    (pulled,) = pull(parts, [source_id])
    if pulled.result == "failed":
        raise SourceError(f"{source_id}: {pulled.error}")
    return parts.store.source(source_id)


def _claimed(parts: Parts, source_id: str) -> Claim:
    """The source, as soon as nobody else talks to its host."""
    ends_at = parts.clock.monotonic() + _PATIENCE_S
    while parts.clock.monotonic() < ends_at:
        claims = parts.store.claim_due(
            owner=parts.owner,
            now=parts.clock.now(),
            lease_s=_LEASE_S,
            limit=1,
            only=[source_id],
            forced=True,
        )
        if claims:
            return claims[0]
        parts.clock.sleep(_NAP_S)
    raise FetchError(f"{source_id}: its host is busy or wants quiet; start again later")
