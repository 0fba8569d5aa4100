"""What is to be done about subscriptions now; decided here, done by `subscriber`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from syndicator.model import Source, Subscription, SubscriptionState
from syndicator.stages.hubs import HUB, TOPIC

RENEW_AT = 0.8  # of a lease (C30e)
PATIENCE = timedelta(hours=1)  # for a hub to call back
_MOST_LEAVES = 3  # times a hub is asked to let us go; then it is told by 410
_HOUR_S = 3600.0
_WEEK_S = 7 * 24 * _HOUR_S


class Verb(StrEnum):
    """What to do."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"  # ask the hub to end it
    LEAVE = "leave"  # it is not wanted any more: from now on, unsubscribe
    LAPSE = "lapse"  # its lease is over
    GIVE_UP = "give up"  # the hub has not called back, or does not let us go


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, about a subscription; a new one has none yet."""

    verb: Verb
    source_id: str
    subscription: Subscription | None = None
    hub: str = ""
    topic: str = ""
    failures: int = 0  # so far, of a new one


def steps(
    sources: Iterable[Source], subscriptions: Iterable[Subscription], *, now: datetime
) -> Iterator[Step]:
    """What to do now, source by source.

    Args:
        sources: that are read and name a hub or have a subscription; of others, we leave.
    """
    by_source: dict[str, list[Subscription]] = defaultdict(list)
    for each in subscriptions:
        by_source[each.source_id].append(each)
    wanted = {source.id: source for source in sources}
    for source_id in sorted({*by_source, *wanted}):
        mine = by_source[source_id]
        yield from _leaving(mine, now)
        yield from _of_source(source_id, wanted.get(source_id), mine, now)


def retry_after(failures: int) -> timedelta:
    """How long a hub that failed so often in a row is left alone: an hour, doubling to a week."""
    return timedelta(seconds=min(_HOUR_S * 2.0 ** min(failures - 1, 20), _WEEK_S))


def renew_at(subscription: Subscription) -> datetime | None:
    """When to ask for the next lease."""
    begun, ends = subscription.verified_at, subscription.lease_until
    return begun + RENEW_AT * (ends - begun) if begun and ends else None


# ------------------------------------------------------------------ one source


def _of_source(
    source_id: str, source: Source | None, mine: Sequence[Subscription], now: datetime
) -> Iterator[Step]:
    notes = source.notes if source else {}
    hub, topic = notes.get(HUB, ""), notes.get(TOPIC, "")
    if source and not hub and not source.body_sha256:
        return  # it is being read anew: what it names is not known at present
    for each in mine:
        open_ = each.state in (SubscriptionState.PENDING, SubscriptionState.ACTIVE)
        if open_ and (each.hub, each.topic) != (hub, topic):
            yield Step(verb=Verb.LEAVE, source_id=source_id, subscription=each)
    if hub:
        ours = [each for each in mine if (each.hub, each.topic) == (hub, topic)]
        yield from _wanted(source_id, hub, topic, ours, now)


def _wanted(
    source_id: str, hub: str, topic: str, mine: Sequence[Subscription], now: datetime
) -> Iterator[Step]:
    """Lease and renewal at the hub that a source names."""
    active = next((each for each in mine if each.state is SubscriptionState.ACTIVE), None)
    if active:
        if active.lease_until and active.lease_until <= now:
            yield Step(verb=Verb.LAPSE, source_id=source_id, subscription=active)
        elif now < (renew_at(active) or now):
            return
    newest = mine[-1] if mine else None
    match newest.state if newest else None:
        case SubscriptionState.DENIED:
            return
        case SubscriptionState.PENDING if newest:
            if newest.requested_at + PATIENCE <= now:
                yield Step(verb=Verb.GIVE_UP, source_id=source_id, subscription=newest)
            return
        case SubscriptionState.ENDED if newest:
            if newest.retry_at and newest.retry_at > now:
                return
    failures = newest.failures if newest and newest.state is SubscriptionState.ENDED else 0
    yield Step(verb=Verb.SUBSCRIBE, source_id=source_id, hub=hub, topic=topic, failures=failures)


def _leaving(mine: Iterable[Subscription], now: datetime) -> Iterator[Step]:
    for each in mine:
        if each.state is not SubscriptionState.LEAVING:
            continue
        if each.failures >= _MOST_LEAVES or (each.lease_until and each.lease_until <= now):
            yield Step(verb=Verb.GIVE_UP, source_id=each.source_id, subscription=each)
        elif each.retry_at is None or each.retry_at <= now:
            yield Step(verb=Verb.UNSUBSCRIBE, source_id=each.source_id, subscription=each)
