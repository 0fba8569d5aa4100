"""Sources: what the operator said of them, what reading taught us, how they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syndicator.model.capture import Capture
from syndicator.model.parts import Origin


class Kind(StrEnum):
    """How a source is read."""

    AUTO = "auto"
    FEED = "feed"
    PAGE = "page"
    SITEMAP = "sitemap"
    FILE = "file"


class Republish(StrEnum):
    """How much of an article its entries and pages show."""

    FULL = "full"
    SUMMARY = "summary"
    LINK = "link"


class State(StrEnum):
    """How a source is doing."""

    OK = "ok"
    FAILING = "failing"
    HELD = "held"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified exactly as received (C3)."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """CSS selectors that override automatic extraction; each may be empty."""

    item: str = ""
    next: str = ""
    more: str = ""
    title: str = ""
    authors: str = ""
    date: str = ""
    standfirst: str = ""
    body: str = ""
    image: str = ""
    caption: str = ""
    credit: str = ""
    categories: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What the operator said about a source; the same in config.toml and in the store."""

    url: str
    kind: Kind = Kind.AUTO
    title: str = ""
    language: str = ""
    every_s: int | None = None
    full_text: bool = False
    enabled: bool = True
    themes: tuple[str, ...] = ()
    rights: str = ""
    republish: Republish | None = None
    author: str = ""
    homepage: str = ""
    public: bool = True
    timezone: str = ""
    date_order: str = ""
    username: str = ""
    password_file: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    max_age_override_s: int | None = None
    allow_private: bool | tuple[str, ...] | None = None  # None: as [fetch] says
    select: Select = Select()


CADENCE_HALF_LIFE_S = 21 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often a source speaks, as far as we saw it (C15).

    Counts and time decay with a half-life of CADENCE_HALF_LIFE_S, `at` is when they were last
    brought up to date. Entries within ten minutes are one event.
    """

    at: datetime | None = None
    events: float = 0.0
    seconds: float = 0.0  # of watching
    hours: tuple[float, ...] = ()  # events by hour of the day, UTC; () before the first
    weekend: float = 0.0  # events on Saturdays and Sundays
    haste: float = 1.0  # what the floor is multiplied with after a poll that was late (C29)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a feed says about when to ask (C13); it holds until the next document says otherwise."""

    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # 0 is Monday
    max_age_s: int | None = None  # of the last answer that said so (C14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A permanent redirect that was seen, and how often (C8)."""

    url: str
    since: datetime
    polls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about a source that a person should look at; it ends when it is over."""

    kind: str  # "gap" | "silent" | "rot" | "moved" | "gone" | "churn"
    since: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place we read from: what the operator said, and what reading it taught us."""

    id: str
    settings: SourceSettings
    first_url: str  # the URL as first added: the root of article ids, never changes
    url: str  # where it is read now (after discovery and moves)
    kind: Kind  # resolved; AUTO until the first successful read
    declared: bool = False
    added_at: datetime | None = None
    title: str = ""  # settings.title, else what the source says of itself, else its host
    origin: Origin | None = None  # as the last document described it
    validators: Validators = Validators()
    body_sha256: str = ""
    next_check_at: datetime | None = None
    next_check_why: str = ""
    polled_at: datetime | None = None
    success_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str = ""
    paused_at: datetime | None = None
    gone_at: datetime | None = None
    retired_at: datetime | None = None
    held_until: datetime | None = None  # its host asked for quiet (429, 503)
    floor_until: datetime | None = None  # max-age, Expires: not before
    poll_seq: int = 0  # counts saved outcomes; guards against late ones
    notes: Mapping[str, str] = field(default_factory=dict)  # the reader's own memory
    counts: Mapping[str, int] = field(default_factory=dict)  # cut or skipped so far, by name (R13)
    cadence: Cadence = Cadence()
    stated: Stated = Stated()
    move: Move | None = None
    alarms: tuple[Alarm, ...] = ()  # one of a kind

    @property
    def state(self) -> State:
        """One word for how it is doing, as the CLI shows it."""
        if self.gone_at:
            return State.GONE
        if self.paused_at or not self.settings.enabled:
            return State.PAUSED
        if self.held_until:
            return State.HELD
        return State.FAILING if self.failures else State.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A page or file that a source consists of, with validators of its own.

    `said` is what a sitemap says of the page (its lastmod before all), or of robots.txt its rules.
    """

    url: str
    role: str  # "listing" | "article" | "sitemap" | "robots" | "file"
    validators: Validators = Validators()
    body_sha256: str = ""
    article_key: str = ""
    fetched_at: datetime | None = None  # None: known of, not read yet
    next_check_at: datetime | None = None
    failures: int = 0
    error: str = ""
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLease:
    """The right to talk to one host; a later lease has a larger token (fencing)."""

    scope: str
    owner: str
    token: int
    next_start_at: datetime | None = None  # no request before this


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A due source taken by a worker, with the lease of its host."""

    source: Source
    lease: HostLease
    manual: bool = False  # a person asked, due or not (C32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it went over the wire, for the politeness report (C33)."""

    url: str
    at: datetime
    reason: str  # "poll", "push", "discovery", "article", "next page" ...
    sent: Validators = Validators()
    status: int | None = None  # None: no answer
    received: Validators = Validators()
    wire_bytes: int = 0
    elapsed_s: float = 0.0
    error: str = ""
    manual: bool = False  # a person asked, due or not (C32)
    fresh_until: datetime | None = None  # what the answer's caching asked for (C12)
    quiet_until: datetime | None = None  # what a 429 or 503 asked for (C10)
    capture: Capture | None = None  # where the raw answer is kept


class SubscriptionState(StrEnum):
    """How it stands between a hub and us."""

    PENDING = "pending"  # asked for, not confirmed yet
    ACTIVE = "active"
    LEAVING = "leaving"  # the hub is to confirm that it ends
    DENIED = "denied"
    ENDED = "ended"  # left, lapsed, or never came about


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """An arrangement with a hub that tells us when a source has news (WebSub, C30).

    A renewal is a new one, which takes over the hub's record when the hub confirms it.
    """

    source_id: str
    topic: str  # the feed's own `self`
    hub: str
    key: str  # 32 random bytes; the callback's token follows from it, an https hub signs with it
    callback: str  # SHA-256 of that token, in hex
    requested_at: datetime
    state: SubscriptionState = SubscriptionState.PENDING
    verified_at: datetime | None = None  # when this lease began
    lease_until: datetime | None = None
    retry_at: datetime | None = None  # not to be asked again before
    failures: int = 0  # in a row, to be asked or to confirm
    error: str = ""
    since: datetime | None = None  # when the hub's first lease began: its record
    pushed_at: datetime | None = None
    hinted_at: datetime | None = None  # when a push last made the source due
    resume_at: datetime | None = None  # when it would have been due without
    missed: int = 0  # polls since the last push that found what the hub had not told of

    @property
    def signed(self) -> bool:
        """Whether the hub was given a secret to sign with: never over plain http (C30b)."""
        return self.hub.startswith("https:")
