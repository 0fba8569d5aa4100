"""Small real parts around a Net: a source, a table of host leases, and short time limits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from syndicator.model import HostLease, Source, SourceSettings
from syndicator.net import FetchRules, Net, Visit
from syndicator.ports import Clock
from syndicator.text.urls import scope


class Hosts:
    """Host leases in memory, with the promises of ports.HostLeases."""

    def __init__(self) -> None:
        self.free_from: dict[str, datetime] = {}
        self.held: dict[str, HostLease] = {}
        self._lock = threading.Lock()
        self._tokens = 0

    def take_host(self, scope: str, *, owner: str, now: datetime) -> HostLease | datetime:
        with self._lock:
            if scope in self.held:
                return now + timedelta(seconds=5)
            free_from = self.free_from.get(scope, now)
            if free_from > now:
                return free_from
            self._tokens += 1
            lease = HostLease(scope=scope, owner=owner, token=self._tokens, next_start_at=free_from)
            self.held[scope] = lease
            return lease

    def free_host(self, lease: HostLease, *, next_start_at: datetime) -> None:
        with self._lock:
            if self.held.get(lease.scope) == lease:
                del self.held[lease.scope]
                self.free_from[lease.scope] = next_start_at


def source(url: str, **settings: Any) -> Source:
    """A source with nothing learnt yet."""
    return Source(
        id="s",
        settings=SourceSettings(url=url, **settings),
        first_url=url,
        url=url,
        kind=SourceSettings(url=url).kind,
    )


class World:
    """A Net on loopback and what it was built from."""

    def __init__(self, clock: Clock, rules: Mapping[str, Any], **net: Any) -> None:
        defaults = {"allow_private": True, "starts_per_s": 1000.0, "timeout_s": 5.0}
        self.clock = clock
        self.hosts = Hosts()
        self.net = Net(FetchRules(**{**defaults, **rules}), self.hosts, clock, "test", **net)

    def visit(self, url: str, *, subscribers: int = 0, **settings: Any) -> Visit:
        """A visit of a source at `url` that holds its host's lease."""
        lease = self.hosts.take_host(scope(url), owner="test", now=self.clock.now())
        assert isinstance(lease, HostLease)
        return self.net.visit(source(url, **settings), lease, subscribers=subscribers)


@contextmanager
def world(clock: Clock, *, net: Mapping[str, Any] | None = None, **rules: Any) -> Iterator[World]:
    """A World whose sockets are closed at the end."""
    made = World(clock, rules, **(net or {}))
    try:
        yield made
    finally:
        made.net.close()
