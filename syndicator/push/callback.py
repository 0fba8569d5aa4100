"""Our side of a subscription's callback: its address, and what a hub that calls there is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicator.model import Subscription, SubscriptionState
from syndicator.ports import Clock, Subscriptions

MOST_BYTES = 2**20  # of a push; none needs more, for none is kept
LONGEST_LEASE = timedelta(days=14)  # C30e
_SHORTEST_LEASE = timedelta(hours=1)  # or a hub could have us renew all day (R49)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_SIGNATURE = re.compile(r"(sha256|sha384|sha512)=([0-9A-Fa-f]+)")  # sha1 is no signature any more
_TELLING = (SubscriptionState.ACTIVE, SubscriptionState.LEAVING)


def new_key() -> str:
    """32 random bytes (C30b)."""
    return secrets.token_urlsafe(32)


def token_of(key: str) -> str:
    """The unguessable part of the callback's address; the key cannot be found from it."""
    made = hmac.digest(key.encode(), b"callback", "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def mark_of(token: str) -> str:
    """What a callback is looked up by."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one who calls us is answered."""

    status: int
    body: str = ""
    wait_s: int = 0  # Retry-After; 0: not said


class Delivery:
    """A push on its way in: fed piece by piece, so that none of it is kept."""

    def __init__(self, subscription: Subscription, signature: str) -> None:
        self.callback = subscription.callback
        self._received = 0
        self._said = b""
        self._mac: hmac.HMAC | None = None
        self._needed = subscription.signed
        found = _SIGNATURE.fullmatch(signature.strip())
        if self._needed and found:
            self._said = found[2].lower().encode()
            self._mac = hmac.new(subscription.key.encode(), digestmod=found[1])

    def feed(self, piece: bytes) -> bool:
        """Take the next piece of the body; False when it has become too long."""
        self._received += len(piece)
        if self._mac is not None:
            self._mac.update(piece)
        return self._received <= MOST_BYTES

    def is_genuine(self) -> bool:
        """Whether it is signed as agreed; where no secret was given, the address has to do."""
        if not self._needed:
            return True
        mac = self._mac
        return mac is not None and hmac.compare_digest(mac.hexdigest().encode(), self._said)


class Callbacks:
    """Answers to hubs that call; safe for many threads."""

    def __init__(self, store: Subscriptions, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def verify(self, token: str, said: Mapping[str, str]) -> Reply:
        """A hub asks whether we meant it, or says that it will not have us (C30c).

        Args:
            said: the parameters of its GET.
        """
        known = self._known(token)
        if known is None or said.get("hub.topic") != known.topic:
            return Reply(status=404)
        match said.get("hub.mode"):
            case "subscribe":
                agreed = self._subscribed(known, said)
            case "unsubscribe":
                agreed = self._left(known)
            case "denied":
                return Reply(status=200 if self._denied(known) else 404)
            case _:
                agreed = False
        challenge = said.get("hub.challenge", "")
        return Reply(status=200, body=challenge) if agreed else Reply(status=404)

    def expected(self, token: str, *, signature: str) -> Delivery | None:
        """A push that begins to arrive; None: nobody asked for it (410)."""
        known = self._known(token)
        if known is None or known.state not in _TELLING:
            return None
        return Delivery(known, signature)

    def arrived(self, delivery: Delivery) -> None:
        """A genuine push is whole: its source is to be polled."""
        self._store.hub_told(delivery.callback, now=self._clock.now())

    def _known(self, token: str) -> Subscription | None:
        if not _TOKEN.fullmatch(token):
            return None
        return self._store.subscription_at(mark_of(token))

    def _subscribed(self, known: Subscription, said: Mapping[str, str]) -> bool:
        now = self._clock.now()
        until = lease_until(said.get("hub.lease_seconds", ""), now=now)
        found = self._store.confirm_subscription(known.callback, lease_until=until, now=now)
        return found is not None

    def _left(self, known: Subscription) -> bool:
        ended, leaving = SubscriptionState.ENDED, SubscriptionState.LEAVING
        return self._store.change_subscription(known.callback, ended, was=[leaving])

    def _denied(self, known: Subscription) -> bool:
        states = (SubscriptionState.PENDING, *_TELLING)
        return self._store.change_subscription(
            known.callback, SubscriptionState.DENIED, was=states, error="the hub denied it"
        )


def lease_until(said: str, *, now: datetime) -> datetime:
    """The end of a lease of so many seconds; a hub that says none grants what we asked for."""
    if not re.fullmatch(r"[0-9]{1,12}", said):
        return now + LONGEST_LEASE
    lease = timedelta(seconds=min(int(said), LONGEST_LEASE.total_seconds()))
    return now + max(lease, _SHORTEST_LEASE)
