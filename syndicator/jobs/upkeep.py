"""Upkeep: what dead processes and wrong clocks left, records that have served their time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from syndicator.archive.captures import sweep
from syndicator.archive.place import captures_folder
from syndicator.jobs.parts import Parts
from syndicator.jobs.recording import close_days
from syndicator.jobs.redacting import finish_redactions
from syndicator.jobs.telling import mend_hub

KEEP_POLLS = timedelta(days=90)
_FURTHEST_S = 8 * 24 * 3600.0  # no rule of ours waits longer than a week and its jitter
_SOON_S = 3600.0  # claims, and the pauses that hosts ask for (C22), are minutes


def void_dead(parts: Parts) -> int:
    """Free what processes that are gone still hold, so that nobody waits for them; how many."""
    return parts.store.void_dead_leases(parts.alive)


def spread_overdue(parts: Parts) -> int:
    """At the start of a daemon: what a pause left overdue comes one after the other (C16)."""
    floor_s = parts.config.schedule.default_interval_s
    now = parts.clock.now()
    return parts.store.spread(now=now, late_s=floor_s, over_s=floor_s)


def upkeep(
    parts: Parts, *, do: Callable[[Callable[[], None]], object] = lambda duty: duty()
) -> None:
    """Once an hour, and at the start of a daemon.

    Args:
        do: does each duty; where it takes what one raises, the others are done all the same.
    """
    for duty in (
        _tidy_store,
        close_days,
        finish_redactions,
        _sweep_captures,
        mend_hub,
        _sweep_published,
    ):
        do(partial(duty, parts))


def _tidy_store(parts: Parts) -> None:
    now = parts.clock.now()
    void_dead(parts)
    parts.store.pull_back(now, _FURTHEST_S, _longest_pause_s(parts))
    parts.store.trim_polls(before=now - KEEP_POLLS)
    parts.store.keep_held(now)


def _sweep_captures(parts: Parts) -> None:
    sweep(captures_folder(parts.archive.folder), ends=parts.store.capture_end)


def _sweep_published(parts: Parts) -> None:
    with parts.publishing.hold():  # nobody else's file in the making is taken away
        parts.tree.sweep()
        parts.shelf.sweep()


def _longest_pause_s(parts: Parts) -> float:
    fetch = parts.config.fetch
    return max(_SOON_S, fetch.gap_s, *(host.gap_s or 0.0 for host in fetch.hosts.values()))
