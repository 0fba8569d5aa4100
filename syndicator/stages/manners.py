"""How politely a source was asked, from the record of its requests (C33)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from syndicator.model import Request, Validators

_POLLS = ("poll", "discovery", "poll after an upgrade")
_WITH_REASON = "poll after an upgrade"  # without validators on purpose (C4)
_GRAIN = timedelta(milliseconds=50)  # clocks are read a moment before a request starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What one source was asked; the middle four are to be zero.

    `shortest_gap_s` is between two starts in one scope, whoever asked, and `shortest_wait_s`
    between two polls of one URL that nobody asked for by hand; None with fewer than two.
    """

    requests: int = 0
    unconditional: int = 0  # although the URL had given us validators
    invented: int = 0  # validators that the URL never gave
    early: int = 0  # polls inside max-age or Retry-After
    hasty: int = 0  # starts sooner after another than the host's gap
    shortest_gap_s: float | None = None
    shortest_wait_s: float | None = None


@dataclass(slots=True)
class Observer:
    """Watches requests go by, oldest first; keeps a little of each URL and scope.

    Args:
        older: sources whose first requests are no longer on record: what they send to a URL that
            was not met yet is taken as given there.
    """

    older: Container[str] = ()
    _given: dict[str, Validators] = field(default_factory=dict)  # by URL
    _fresh: dict[str, datetime] = field(default_factory=dict)  # by source
    _quiet: dict[str, datetime] = field(default_factory=dict)  # by scope
    _last: dict[str, datetime] = field(default_factory=dict)  # by scope
    _polled: dict[str, datetime] = field(default_factory=dict)  # by URL
    _manners: dict[str, Manners] = field(default_factory=dict)  # by source

    def note(self, source_id: str, request: Request, *, scope: str, gap_s: float) -> None:
        """One more request.

        Args:
            scope: of its URL (C11). gap_s: the pause that holds there.
        """
        before = self._manners.get(source_id, Manners())
        given = self._given.get(request.url)
        if given is None:
            given = request.sent if source_id in self.older else Validators()
        gap = self._gap(scope, request.at)
        self._manners[source_id] = Manners(
            requests=before.requests + 1,
            unconditional=before.unconditional + _is_unconditional(request, given),
            invented=before.invented + _is_invented(request.sent, given),
            early=before.early + self._is_early(source_id, scope, request),
            hasty=before.hasty + (gap is not None and gap < gap_s - _GRAIN.total_seconds()),
            shortest_gap_s=_shorter(before.shortest_gap_s, gap),
            shortest_wait_s=_shorter(before.shortest_wait_s, self._wait(request)),
        )
        self._remember(source_id, scope, request, given)

    def manners(self) -> dict[str, Manners]:
        """By source, as seen so far."""
        return dict(self._manners)

    def _gap(self, scope: str, at: datetime) -> float | None:
        last = self._last.get(scope)
        return None if last is None else (at - last).total_seconds()

    def _wait(self, request: Request) -> float | None:
        last = self._polled.get(request.url)
        if last is None or not _is_poll(request):
            return None
        return (request.at - last).total_seconds()

    def _is_early(self, source_id: str, scope: str, request: Request) -> bool:
        quiet = self._quiet.get(scope)
        if quiet and request.at < quiet - _GRAIN:
            return True
        fresh = self._fresh.get(source_id)
        return bool(_is_poll(request) and fresh and request.at < fresh - _GRAIN)

    def _remember(self, source_id: str, scope: str, request: Request, given: Validators) -> None:
        self._last[scope] = request.at
        if request.reason in _POLLS:
            self._polled[request.url] = request.at
        if request.status == 200:
            self._given[request.url] = request.received
        else:  # a 304 sets what it carries (C4), an error nothing
            self._given[request.url] = _updated(given, request)
        if request.fresh_until:
            self._fresh[source_id] = request.fresh_until
        if request.quiet_until:
            self._quiet[scope] = request.quiet_until


def _shorter(one: float | None, other: float | None) -> float | None:
    return min((gap for gap in (one, other) if gap is not None), default=None)


def _is_poll(request: Request) -> bool:
    """Whether the schedule alone led to it."""
    return request.reason in _POLLS and not request.manual


def _is_unconditional(request: Request, given: Validators) -> bool:
    return bool(given) and not request.sent and request.reason != _WITH_REASON


def _updated(given: Validators, request: Request) -> Validators:
    if request.status != 304:
        leads_on = request.status is not None and 300 <= request.status < 400
        return Validators() if leads_on else given  # C5: another URL's count from then on
    return Validators(
        etag=request.received.etag or given.etag,
        last_modified=request.received.last_modified or given.last_modified,
    )


def _is_invented(sent: Validators, given: Validators) -> bool:
    return any(
        ours and ours != theirs
        for ours, theirs in ((sent.etag, given.etag), (sent.last_modified, given.last_modified))
    )


def total(all_: Iterable[Manners]) -> Manners:
    """Everything together."""
    every = list(all_)
    gaps = [one.shortest_gap_s for one in every if one.shortest_gap_s is not None]
    waits = [one.shortest_wait_s for one in every if one.shortest_wait_s is not None]
    return Manners(
        requests=sum(one.requests for one in every),
        unconditional=sum(one.unconditional for one in every),
        invented=sum(one.invented for one in every),
        early=sum(one.early for one in every),
        hasty=sum(one.hasty for one in every),
        shortest_gap_s=min(gaps, default=None),
        shortest_wait_s=min(waits, default=None),
    )
