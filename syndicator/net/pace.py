"""When a request may start: one open per scope, a gap between starts, a limit for the process."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from syndicator.errors import BusyError, Stopped
from syndicator.model import HostLease
from syndicator.net.errand import Watch
from syndicator.net.rules import FetchRules
from syndicator.ports import Clock, HostLeases
from syndicator.turn import waiting

PATIENCE_S = 30.0  # for a host that another visit holds
_NAP_S = 0.5  # how soon a sleeper notices that we stop
_GRAIN_S = 1e-6
_PORTS = {"http": 80, "https": 443}


class Pace:
    """The waiting side of politeness (C17), shared by all visits of a process."""

    def __init__(
        self, rules: FetchRules, hosts: HostLeases, clock: Clock, watch: Watch, owner: str
    ) -> None:
        self._rules = rules
        self._hosts = hosts
        self._clock = clock
        self._watch = watch
        self._owner = owner
        self._lock = threading.Lock()
        self._next_start = 0.0

    def gap_s(self, url: str, scope: str) -> float:
        """Seconds between two starts: the operator's word for the host, else the general one."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        for name in (f"{host}:{parts.port or _PORTS[parts.scheme]}", host, scope):
            rule = self._rules.hosts.get(name)
            if rule is not None and rule.gap_s is not None:
                return rule.gap_s
        return self._rules.gap_s

    def wait_until(self, when: datetime, *, scope: str, gap_s: float) -> None:
        """Sleep until `when`; a wait past our patience, and past the gap, is a BusyError."""
        seconds = (when - self._clock.now()).total_seconds()
        if seconds > max(PATIENCE_S, gap_s):
            raise BusyError(f"{scope} is to be left alone for now", not_before=when)
        self._sleep(seconds)

    def wait_for_start(self) -> None:
        """Sleep until the whole process may start one more request."""
        with self._lock:
            at = max(self._clock.monotonic(), self._next_start)
            self._next_start = at + 1 / self._rules.starts_per_s
        self._sleep(at - self._clock.monotonic())

    def take(self, scope: str) -> HostLease:
        """The lease of a host, waiting for it if need be.

        Raises:
            BusyError: others held it for as long as we were willing to wait.
        """
        give_up_at = self._clock.now() + timedelta(seconds=PATIENCE_S)
        while True:
            now = self._clock.now()
            taken = self._hosts.take_host(scope, owner=self._owner, now=now)
            if isinstance(taken, HostLease):
                return taken
            if max(taken, now) >= give_up_at:
                raise BusyError(f"{scope} is busy", not_before=taken)
            self._sleep(max((taken - now).total_seconds(), 0.1))

    def give_back(self, lease: HostLease, *, free_at: datetime) -> None:
        """Let others have the host, from `free_at` on."""
        self._hosts.free_host(lease, next_start_at=free_at)

    def _sleep(self, seconds: float) -> None:
        ends_at = self._clock.monotonic() + seconds
        while (left := ends_at - self._clock.monotonic()) > _GRAIN_S:
            if self._watch.stopped:
                raise Stopped("shutting down")
            with waiting():
                self._clock.sleep(min(left, _NAP_S))
