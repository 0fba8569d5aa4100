"""Hubs (WebSub): which one a feed names, and whether it keeps its word (C30a, C30e)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from syndicator.model import Link, ParsedFeed, Subscription, SubscriptionState
from syndicator.text.urls import strict

HUB = "hub"  # note of a source: the hub its feed names
TOPIC = "topic"  # note of a source: what to ask that hub for
HINT_WHY = "a hub told of news"  # what set a source's next poll, after a push
MISSES = 2  # polls that find what the hub did not tell of, and it is trusted no more


# ------------------------------------------------------------------ discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The hub to ask, and the topic to ask it for."""

    hub: str
    topic: str


def named(header: Sequence[Link], feed: ParsedFeed, *, url: str) -> Named | None:
    """What a feed says of its hub; None unless it names both a hub and itself.

    Link headers go before links of the document, and the first counts; of several hubs in one
    place, the first over https.

    Args:
        header: the answer's Link headers.
        url: of the answer, for relative addresses.
    """
    document = [*feed.links, Link(url=feed.self_url, rel="self")]
    hubs = _addresses(header, "hub", url) or _addresses(document, "hub", url)
    topics = _addresses(header, "self", url) or _addresses(document, "self", url)
    if not hubs or not topics:
        return None
    secure = [hub for hub in hubs if hub.startswith("https:")]
    return Named(hub=(secure or hubs)[0], topic=topics[0])


def _addresses(links: Iterable[Link], rel: str, base: str) -> list[str]:
    """Web addresses of a relation, as written but absolute: a topic is compared by its letters."""
    found = []
    for link in links:
        if link.url and rel in link.rel.lower().split():
            try:
                address = urljoin(base, link.url.strip())
                strict(address)
            except ValueError:
                continue
            found.append(address)
    return found


# ------------------------------------------------------------------ its word


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a hub means for the schedule of its source.

    Args:
        trusted: it tells of news, so the longest interval is enough.
        resume_at: when the source would have been due, had no push come between.
    """

    trusted: bool = False
    resume_at: datetime | None = None


def untold(subscription: Subscription, *, polled_at: datetime | None) -> bool:
    """Whether news that a poll found should have been told of since the poll before, and was not.

    Args:
        polled_at: the poll before.
    """
    if polled_at is None or subscription.since is None or subscription.since > polled_at:
        return False
    told = [at for at in (subscription.pushed_at, subscription.hinted_at) if at]
    return not told or max(told) < polled_at


def standing(
    subscription: Subscription | None, *, polled_at: datetime | None, news: bool, now: datetime
) -> Standing:
    """Whether the hub is trusted after a poll (C30e), and the schedule that a push interrupted.

    Args:
        polled_at: the poll before this one.
        news: the feed itself has changed, and articles with it.
    """
    if subscription is None or subscription.state is not SubscriptionState.ACTIVE:
        return Standing()
    missed = subscription.missed + (news and untold(subscription, polled_at=polled_at))
    lasts = subscription.lease_until is not None and subscription.lease_until > now
    resume_at = subscription.resume_at
    return Standing(
        trusted=lasts and missed < MISSES,
        resume_at=resume_at if resume_at and resume_at > now else None,
    )


def resumed(
    at: datetime, hub: Standing, *, now: datetime, least_s: float, floor_until: datetime | None
) -> datetime:
    """The next poll, no later than it was to be before a push came: a push moves no schedule.

    Args:
        at: what was decided as if this had been a poll like others.
        least_s: between any two polls.
        floor_until: the server's max-age.
    """
    if not hub.trusted or hub.resume_at is None:
        return at
    soonest = max(hub.resume_at, now + timedelta(seconds=least_s), floor_until or now)
    return min(at, soonest)
