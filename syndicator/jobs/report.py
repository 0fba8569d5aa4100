"""How it is going, for `status`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from syndicator.jobs.parts import Parts
from syndicator.jobs.upkeep import KEEP_POLLS
from syndicator.jobs.weekly import last_verified
from syndicator.stages.manners import Manners, Observer
from syndicator.text.urls import scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of the whole service."""

    sources: dict[str, int]  # by state
    due: int
    next_check_at: datetime | None
    last_success_at: datetime | None
    articles: int
    revisions: int
    themes: int
    feeds: int
    articles_to_index: int = 0  # that no search finds yet
    feeds_to_publish: list[str] = field(default_factory=list)
    rules_to_apply: list[str] = field(default_factory=list)  # themes whose past waits
    failing: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)  # cut or skipped while reading (R13)
    alarms: dict[str, list[str]] = field(default_factory=dict)  # kind -> ids of sources
    hub: dict[str, int] = field(default_factory=dict)  # followers, and what they wait for
    verified_at: datetime | None = None  # archive, store and feeds/, against each other
    faults: int = 0  # found then


def status(parts: Parts) -> Status:
    """Everything `status` tells, read afresh."""
    now = parts.clock.now()
    verified_at, faults = last_verified(parts)
    sources = parts.store.sources()
    counts = parts.store.counts()
    active = [one for one in sources if one.state in ("ok", "failing", "held")]
    times = [one.next_check_at for one in active if one.next_check_at]
    left_out: Counter[str] = Counter()
    alarms: dict[str, list[str]] = {}
    for source in sources:
        left_out.update(source.counts)
        for alarm in source.alarms:
            alarms.setdefault(alarm.kind, []).append(source.id)
    return Status(
        sources=dict(Counter(source.state.value for source in sources)),
        due=sum(1 for at in times if at <= now),
        next_check_at=min(times, default=None),
        last_success_at=max((one.success_at for one in sources if one.success_at), default=None),
        articles=counts["articles"],
        revisions=counts["revisions"],
        themes=counts["themes"],
        feeds=counts["feeds"],
        articles_to_index=parts.store.unindexed(),
        feeds_to_publish=[feed.key for feed in parts.store.stale_feeds()],
        rules_to_apply=[theme.slug for theme in parts.store.themes() if theme.past_pending],
        failing=[source.id for source in sources if source.state == "failing"],
        left_out=dict(left_out),
        alarms=alarms,
        verified_at=verified_at,
        faults=faults,
        hub=dict(parts.store.hub_counts(now=now)),
    )


def politeness(parts: Parts) -> dict[str, Manners]:
    """How each source was asked, by id, from the requests on record (C33)."""
    kept_since = parts.clock.now() - KEEP_POLLS
    every = parts.store.sources(retired=True)
    older = {one.id for one in every if (one.added_at or kept_since) <= kept_since}
    observer = Observer(older)
    for source_id, request in parts.store.poll_log():
        observer.note(
            source_id,
            request,
            scope=scope(request.url),
            gap_s=parts.config.fetch.gap_for(request.url),
        )
    return observer.manners()
