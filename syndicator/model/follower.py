"""Those who follow our feeds by our hub (WebSub, P31)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit


class Mode(StrEnum):
    """What a reader asks of our hub."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


class Taken(StrEnum):
    """What became of a request to our hub."""

    TAKEN = "taken"  # to be confirmed
    UNKNOWN = "unknown"  # nobody to let go
    MANY = "many"  # requests or followers of one scope
    FULL = "full"  # of everybody together


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much of our hub is there to be had.

    Args:
        strange: requests an hour that a scope may leave unconfirmed which follows nothing yet.
        known: and one that follows something; also what one callback may ask an hour.
        waiting: requests of all that are to be confirmed.
        a_scope, all: followers.
    """

    strange: int = 10
    known: int = 100
    waiting: int = 1_000
    a_scope: int = 2_000
    all: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A request to our hub that its callback has yet to confirm; until then it changes nothing."""

    mode: Mode
    topic: str  # place below feeds/, "themes/mali/atom.xml"
    callback: str = field(repr=False)  # its address is often a key
    scope: str  # whose the callback is: what too many requests are counted by
    secret: str = field(default="", repr=False)
    lease_s: int
    told: str  # sha256 of what the topic said when this was asked
    asked_at: datetime
    number: int = 0  # in the store; 0: not there yet

    @property
    def host(self) -> str:
        """Host and port of the callback: what is asked one thing at a time."""
        return urlsplit(self.callback).netloc


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A callback that is told what a topic says whenever it says something else."""

    number: int
    topic: str
    callback: str = field(repr=False)
    host: str
    secret: str = field(repr=False)  # "": deliveries are not signed
    lease_until: datetime
    told: str  # sha256 of the bytes it took last
    news: int  # counts the changes of the topic
    due_at: datetime | None  # None: it knows the newest
    failures: int = 0  # in a row

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be told now."""
        return self.due_at is not None and self.due_at <= now < self.lease_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A change of a topic that another hub is still to be told of (P30)."""

    topic: str
    news: int  # counts the changes
    failures: int = 0  # in a row
