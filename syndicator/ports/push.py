"""WebSub, both ways: hubs that tell us, followers whom we tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from syndicator.model import (
    Follower,
    Intent,
    Ping,
    Request,
    Shares,
    Source,
    Subscription,
    SubscriptionState,
    Taken,
)


class Subscriptions(Protocol):
    """Arrangements with hubs (C30a to C30e); a callback is named by the hash of its token."""

    def hub_sources(self) -> Sequence[Source]:
        """Sources that are read and name a hub, or have a subscription that is not over."""

    def subscriptions(self) -> Sequence[Subscription]:
        """All that are remembered, oldest first."""

    def subscription_of(self, source_id: str) -> Subscription | None:
        """The one under which the source's hub tells us of news now."""

    def subscription_at(self, callback: str) -> Subscription | None: ...
    def add_subscription(self, subscription: Subscription) -> bool:
        """Before a hub is asked. False: it has been asked for this source and has not answered."""

    def change_subscription(
        self,
        callback: str,
        to: SubscriptionState,
        *,
        was: Iterable[SubscriptionState],
        retry_at: datetime | None = None,
        failures: int = 0,
        error: str = "",
    ) -> bool:
        """Move on, if it still stands as it `was`; whether it did."""

    def confirm_subscription(
        self, callback: str, *, lease_until: datetime, now: datetime
    ) -> Subscription | None:
        """The hub confirms what is pending: it is active, and what it renews is to be left."""

    def hub_told(self, callback: str, *, now: datetime) -> None:
        """A good push: the source is due now, once a minute at most."""

    def follow_hints(self, now: datetime) -> int:
        """Make due what pushes asked for less than a minute after others; how many sources."""

    def keep_requests(self, source_id: str, requests: Iterable[Request]) -> None:
        """Record what was asked of hubs (C33)."""

    def forget_subscriptions(self, *, before: datetime) -> int:
        """Drop those that ended long ago; how many."""


class Followers(Protocol):
    """Those who follow our feeds by our hub (P31). A topic is a place below feeds/."""

    def add_intent(self, intent: Intent, *, shares: Shares) -> Taken:
        """Take a request, unless too many wait; an earlier one for the same is over."""

    def waiting_intents(self, *, limit: int, busy: Iterable[str]) -> Sequence[Intent]:
        """Requests to be confirmed, oldest first, but of no busy host."""

    def confirm_intent(self, intent: Intent, *, now: datetime) -> bool:
        """The callback has confirmed: it follows from now on, or not any more.

        Returns: False when it has been overtaken by a later request.
        """

    def refuse_intent(self, intent: Intent) -> None:
        """The callback has not confirmed."""

    def forget_intents(self, *, now: datetime) -> int:
        """Drop what need not be remembered any more; how many."""

    def note_news(self, topics: Iterable[str], *, now: datetime) -> int:
        """These topics say something else now; how many followers are to be told."""

    def due_followers(
        self, *, now: datetime, slow: bool, limit: int, busy: Iterable[str]
    ) -> Sequence[Follower]:
        """Those to be told now, longest due first, but of no busy host; leases that ended aside.

        Args:
            slow: those that failed or took their time, or those that did not.
        """

    def follower(self, number: int) -> Follower | None:
        """As it stands now."""

    def follower_told(
        self, follower: Follower, sha256: str, *, now: datetime, sent: bool = ..., slow: bool = ...
    ) -> None:
        """It knows what has this hash; it stays due if the topic has moved on since it was read.

        Args:
            sent: False: it knew already.
            slow: it took its time.
        """

    def follower_not_told(
        self, follower: Follower, error: str, *, retry_at: datetime, silent: bool = ...
    ) -> None:
        """It could not be told; then again.

        Args:
            silent: its host did not answer at all, so nobody there is told sooner.
        """

    def drop_follower(self, number: int) -> None:
        """It wants nothing any more, or there is nothing left to follow."""

    def forget_followers(self, *, now: datetime, longest: timedelta) -> int:
        """Drop those whose lease has ended; how many. Times further ahead than the longest lease
        are brought back (R36)."""

    def followed_topics(self) -> Sequence[str]:
        """Every topic that has a follower."""

    def mend_followers(self, topic: str, sha256: str, *, now: datetime) -> int:
        """Make due those who know something else than what has this hash; how many."""

    def hub_counts(self, *, now: datetime) -> Mapping[str, int]:
        """How our hub does, or how telling another does, by name."""


class Pings(Protocol):
    """Topics that a hub of others is still to be told of (P30)."""

    def note_pings(self, topics: Iterable[str], *, now: datetime) -> None:
        """These topics say something else now; one that waits already keeps its time."""

    def due_pings(self, *, now: datetime, limit: int, busy: Iterable[str]) -> Sequence[Ping]:
        """Those to be sent now, longest due first, but for no busy topic."""

    def pinged(self, ping: Ping, *, now: datetime) -> None:
        """The hub knows; the ping stays due if the topic has moved on meanwhile."""

    def not_pinged(self, ping: Ping, error: str, *, retry_at: datetime) -> None:
        """The hub could not be told; then again."""

    def forget_pings(self) -> int:
        """Drop all: nobody is to be told any more; how many."""
