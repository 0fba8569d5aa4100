"""Hubs: subscriptions brought in line with what sources name, and hints followed (C30)."""

from __future__ import annotations

from syndicator.errors import Stopped
from syndicator.jobs.parts import Parts
from syndicator.push import Subscriber, public_base


def subscribe(parts: Parts, *, base: str | None = None) -> int:
    """Ask hubs for what is due: leases, renewals, leaves; how many steps.

    Args:
        base: where hubs reach us; by default [site] base_url, if it is public, else nobody asks.
    """
    reachable = public_base(parts.config.site.base_url) if base is None else base
    if not reachable:
        return 0
    try:
        return Subscriber(parts.store, parts.net, parts.clock, base=reachable).settle()
    except Stopped:
        return 0  # what was asked is remembered, and asked again when it is not confirmed


def follow_hints(parts: Parts) -> int:
    """Make due what hubs told of and had to wait a minute; how many sources."""
    return parts.store.follow_hints(parts.clock.now())
