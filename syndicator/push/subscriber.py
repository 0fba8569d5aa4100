"""Subscribes, renews and leaves, by asking hubs through the gate."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol
from urllib.parse import urlsplit

from syndicator.addresses import is_local_name
from syndicator.errors import BusyError, FetchError
from syndicator.model import HostLease, Source, Subscription, SubscriptionState
from syndicator.ports import Clock, Subscriptions, Visit
from syndicator.push.callback import LONGEST_LEASE, mark_of, new_key, token_of
from syndicator.push.plan import PATIENCE, Step, Verb, retry_after, steps

logger = logging.getLogger(__name__)

_AT_ONCE = 20  # steps a run, so that a run ends
_KEPT = timedelta(days=30)  # what is over, so that `status` can tell of it
_PENDING, _ACTIVE = SubscriptionState.PENDING, SubscriptionState.ACTIVE
_LEAVING, _ENDED = SubscriptionState.LEAVING, SubscriptionState.ENDED


class Sources(Subscriptions, Protocol):
    """The store, as far as it is needed here."""

    def source(self, source_id: str) -> Source: ...


class Visits(Protocol):
    """Who gives permission to ask: the gate `net.Net`."""

    def visit(self, source: Source, lease: HostLease | None) -> Visit: ...


def public_base(base_url: str) -> str:
    """Where hubs can reach us, "" when only this machine or its network can."""
    host = urlsplit(base_url).hostname or ""
    return "" if is_local_name(host) else base_url.rstrip("/")


class Subscriber:
    """Brings subscriptions in line with what sources name; one thread at a time.

    Args:
        base: our public address without a slash at its end; callbacks are below it.
    """

    def __init__(self, store: Sources, net: Visits, clock: Clock, *, base: str) -> None:
        self._store = store
        self._net = net
        self._clock = clock
        self._base = base

    def settle(self) -> int:
        """Do what is due, in part if it is much; how many steps.

        Raises:
            Stopped: the process is shutting down.
        """
        now = self._clock.now()
        sources = self._store.hub_sources()
        known = self._store.subscriptions()
        if not sources and not known:
            return 0
        due = list(islice(steps(sources, known, now=now), _AT_ONCE))
        for step in due:
            self._take(step, {each.id: each for each in sources})
        self._store.forget_subscriptions(before=now - _KEPT)
        return len(due)

    def _take(self, step: Step, sources: dict[str, Source]) -> None:
        known = step.subscription
        if known is None:
            self._subscribe(step, sources[step.source_id])
            return
        match step.verb:
            case Verb.UNSUBSCRIBE:
                self._unsubscribe(known)
            case Verb.LEAVE:
                self._leave(known)
            case Verb.LAPSE:
                self._change(known, _ENDED, error="its lease is over")
            case Verb.GIVE_UP:
                self._give_up(known)

    # ------------------------------------------------------------------ asking

    def _subscribe(self, step: Step, source: Source) -> None:
        """Ask for a lease. What is asked is remembered first: a hub may call back at once."""
        key = new_key()
        wanted = Subscription(
            source_id=source.id,
            topic=step.topic,
            hub=step.hub,
            key=key,
            callback=mark_of(token_of(key)),
            requested_at=self._clock.now(),
            failures=step.failures,
        )
        if not self._store.add_subscription(wanted):
            return
        lease_s = f"{LONGEST_LEASE.total_seconds():.0f}"
        form = {"hub.lease_seconds": lease_s} | ({"hub.secret": key} if wanted.signed else {})
        error = self._ask(wanted, source, "subscribe", form)
        if error is not None:
            self._failed(wanted, error)

    def _unsubscribe(self, known: Subscription) -> None:
        """Ask to be left alone; whatever becomes of it, not again within the hour."""
        now = self._clock.now()
        self._change(known, _LEAVING, retry_at=now + PATIENCE, failures=known.failures + 1)
        error = self._ask(known, self._store.source(known.source_id), "unsubscribe", {})
        if error is not None:
            logger.info("%s: its hub cannot be left: %s", known.source_id, error)

    def _ask(
        self, subscription: Subscription, source: Source, mode: str, more: dict[str, str]
    ) -> FetchError | None:
        callback = f"{self._base}/websub/{token_of(subscription.key)}"
        form = {"hub.mode": mode, "hub.topic": subscription.topic, "hub.callback": callback}
        visit = self._net.visit(source, None)
        try:
            visit.post(subscription.hub, form=form | more, reason=mode)
        except FetchError as error:
            return error
        finally:
            self._store.keep_requests(source.id, visit.requests)
        return None

    # ------------------------------------------------------------------ what follows

    def _failed(self, wanted: Subscription, error: FetchError) -> None:
        """The hub was not asked, or said no: again later, and later each time."""
        now = self._clock.now()
        failures = wanted.failures + (not isinstance(error, BusyError))
        retry_at = now + retry_after(failures)
        if error.not_before is not None:
            retry_at = max(retry_at, error.not_before)
        logger.info("%s: its hub cannot be subscribed to: %s", wanted.source_id, error)
        self._change(wanted, _ENDED, retry_at=retry_at, failures=failures, error=str(error))

    def _leave(self, known: Subscription) -> None:
        """Not wanted any more. What the hub has not confirmed, it will be refused."""
        if known.state is _PENDING:
            self._change(known, _ENDED, error="not wanted any more")
        else:
            self._change(known, _LEAVING, retry_at=self._clock.now())

    def _give_up(self, known: Subscription) -> None:
        if known.state is _LEAVING:
            self._change(known, _ENDED, error="its hub did not confirm that it ends")
            return
        failures = known.failures + 1
        self._change(
            known,
            _ENDED,
            retry_at=self._clock.now() + retry_after(failures),
            failures=failures,
            error="its hub did not call back",
        )

    def _change(
        self,
        known: Subscription,
        to: SubscriptionState,
        *,
        retry_at: datetime | None = None,
        failures: int = 0,
        error: str = "",
    ) -> None:
        """Unless the hub has moved it on meanwhile."""
        self._store.change_subscription(
            known.callback,
            to,
            was=[known.state],
            retry_at=retry_at,
            failures=failures,
            error=error,
        )
