"""Tells: confirms what was asked of our hub, delivers news, pings another hub (P30, P31).

Each verb is one errand to one other side, whole, and may be done again: what is interrupted is due
as before. A delivery sends what the topic says at that moment, so nothing but the newest is kept.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from syndicator.errors import FetchError
from syndicator.model import FeedState, Follower, Intent, Mode, Ping
from syndicator.ports import Caller, Clock, Followers, Pings
from syndicator.push.door import Files
from syndicator.push.topics import Topics, media_type

logger = logging.getLogger(__name__)

PATIENCE_S = 10.0  # for one call; hubs and their subscribers answer first and work later
SHORT_S = 3.0  # for a delivery where others wait behind it
_SLOW_S = 2.0  # who takes longer to take a delivery waits where it delays no other
_GONE = 410
_FIRST_WAIT_S = 10.0
_LONGEST_WAIT_S = 6 * 3600.0


class Store(Followers, Pings, Protocol):
    """The store, as far as it is needed here."""

    def feeds(self) -> Sequence[FeedState]: ...


def is_over(topic: str, store: Store) -> bool:
    """Whether there is no such feed any more. That its file is not there does not say so: the
    folder may have been emptied, to be filled again."""
    folder = topic.rpartition("/")[0]
    return all(feed.folder != folder for feed in store.feeds())


def retry_after(failures: int) -> timedelta:
    """How long who failed so often in a row is left alone: 10 s, doubling to 6 hours."""
    return timedelta(seconds=min(_FIRST_WAIT_S * 2.0 ** min(failures - 1, 20), _LONGEST_WAIT_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Safe for many threads; each verb returns one word for what came of it, or raises Stopped.

    Args:
        files: feeds/, where the topics lie.
    """

    store: Store
    caller: Caller
    files: Files
    clock: Clock
    topics: Topics

    def confirm(self, intent: Intent) -> str:
        """Ask the callback whether it meant what was asked of the hub."""
        if self.files.read(intent.topic) is None and is_over(intent.topic, self.store):
            result = self._deny(intent.callback, intent.topic)
            self.store.refuse_intent(intent)
            return result
        challenge = secrets.token_urlsafe(32)
        said = {"hub.mode": intent.mode.value, "hub.topic": self.topics.address(intent.topic)}
        said |= {"hub.challenge": challenge}
        if intent.mode is Mode.SUBSCRIBE:
            said |= {"hub.lease_seconds": str(intent.lease_s)}
        try:
            answer = self.caller.ask(_with_query(intent.callback, said), seconds=PATIENCE_S)
        except FetchError as error:
            logger.info("hub: %s did not confirm: %s", intent.host, error)
            self.store.refuse_intent(intent)
            return "failed"
        if not hmac.compare_digest(answer, challenge.encode()):
            logger.info("hub: %s did not repeat the challenge", intent.host)
            self.store.refuse_intent(intent)
            return "refused"
        return "ok" if self.store.confirm_intent(intent, now=self.clock.now()) else "overtaken"

    def deliver(self, number: int, *, seconds: float = PATIENCE_S) -> str:
        """Send a follower what its topic says now, if it does not know that already.

        Args:
            seconds: that it has to take it.
        """
        follower = self.store.follower(number)
        if follower is None or not follower.is_due(self.clock.now()):
            return "over"  # since it was found to be due
        body = self.files.read(follower.topic)
        if body is None:
            return self._without(follower)
        digest = sha256(body).hexdigest()
        if digest == follower.told:
            self.store.follower_told(follower, digest, now=self.clock.now(), sent=False)
            return "known"
        began = self.clock.monotonic()
        headers = self._headers(follower, body)
        try:
            self.caller.tell(follower.callback, body=body, headers=headers, seconds=seconds)
        except FetchError as error:
            return self._not_taken(follower, error)
        slow = self.clock.monotonic() - began > _SLOW_S
        self.store.follower_told(follower, digest, now=self.clock.now(), slow=slow)
        return "ok"

    def ping(self, ping: Ping) -> str:
        """Tell another hub that a topic says something else."""
        if self.files.read(ping.topic) is None:
            self.store.pinged(ping, now=self.clock.now())
            return "over"
        address = self.topics.address(ping.topic)
        form = {"hub.mode": "publish", "hub.url": address, "hub.topic": address}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            body = urlencode(form).encode()
            self.caller.tell(self.topics.hub, body=body, headers=headers, seconds=PATIENCE_S)
        except FetchError as error:
            logger.info("hub: it cannot be told of %s: %s", ping.topic, error)
            retry_at = self._retry_at(ping.failures + 1, error)
            self.store.not_pinged(ping, str(error), retry_at=retry_at)
            return "failed"
        self.store.pinged(ping, now=self.clock.now())
        return "ok"

    # ------------------------------------------------------------------ what follows

    def _headers(self, follower: Follower, body: bytes) -> Mapping[str, str]:
        headers = {
            "Content-Type": media_type(follower.topic),
            "Link": self.topics.links(follower.topic),
        }
        if follower.secret:
            key = follower.secret.encode("utf-8", "surrogatepass")
            headers["X-Hub-Signature"] = f"sha256={hmac.new(key, body, sha256).hexdigest()}"
        return headers

    def _without(self, follower: Follower) -> str:
        """There is nothing to send: for now, or for good."""
        if is_over(follower.topic, self.store):
            result = self._deny(follower.callback, follower.topic)
            self.store.drop_follower(follower.number)
            return result
        retry_at = self.clock.now() + retry_after(follower.failures + 1)
        self.store.follower_not_told(follower, "not published now", retry_at=retry_at)
        return "missing"

    def _not_taken(self, follower: Follower, error: FetchError) -> str:
        if error.status == _GONE:
            self.store.drop_follower(follower.number)
            return "gone"
        logger.info("hub: %s cannot be told: %s", follower.host, error)
        retry_at = self._retry_at(follower.failures + 1, error)
        silent = error.status is None
        self.store.follower_not_told(follower, str(error), retry_at=retry_at, silent=silent)
        return "failed"

    def _retry_at(self, failures: int, error: FetchError) -> datetime:
        at = self.clock.now() + retry_after(failures)
        return max(at, error.not_before) if error.not_before else at

    def _deny(self, callback: str, topic: str) -> str:
        """Tell a callback that there is nothing to follow (WebSub section 5.2), once."""
        said = {
            "hub.mode": "denied",
            "hub.topic": self.topics.address(topic),
            "hub.reason": "there is no such feed any more",
        }
        try:
            self.caller.ask(_with_query(callback, said), seconds=SHORT_S)
        except FetchError as error:
            logger.info("hub: a callback cannot be told that its topic is gone: %s", error)
        return "denied"


def _with_query(callback: str, said: Mapping[str, str]) -> str:
    """The callback with these parameters after its own, which stay as they are."""
    joint = "&" if urlsplit(callback).query else "?"
    return f"{callback.removesuffix('?')}{joint}{urlencode(said)}"
