"""Sources and the work on them: what is due, who may ask whom, what a refresh decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import (
    Article,
    Claim,
    Document,
    HostLease,
    Likely,
    Outcome,
    Request,
    Source,
    SourceSettings,
    Subscription,
    Telling,
    Theme,
)


class HostLeases(Protocol):
    """The store's side of politeness: one open request per host, across all workers."""

    def take_host(self, scope: str, *, owner: str, now: datetime) -> HostLease | datetime:
        """The lease, or the time at which it is worth asking again."""

    def free_host(self, lease: HostLease, *, next_start_at: datetime) -> None:
        """Give it back; a lease that was overtaken is left alone."""


class ArticleReader(Protocol):
    """What a refresh has to know of its source's past."""

    def seen(self, source_id: str, keys: Iterable[str] | None = None) -> Mapping[str, str]:
        """key -> seen_hash of the source's articles: of those under these keys, or of all."""

    def items(self, source_id: str) -> Mapping[str, str]:
        """mark -> key of the raw items of the source's last document."""

    def articles_by_key(self, source_id: str, keys: Iterable[str]) -> Mapping[str, Article]:
        """The articles of one source under these keys."""

    def retold(self, source_id: str, text_hashes: Iterable[str]) -> Mapping[str, str]:
        """text_hash -> key of the first article of the source that told this text."""

    def documents(self, source_id: str) -> Sequence[Document]:
        """The pages a page source consists of, oldest knowledge first."""

    def subscription_of(self, source_id: str) -> Subscription | None:
        """The one under which the source's hub tells us of news now."""

    def newest_article(self) -> int:
        """The number of the article that was kept last, of whatever source; 0: there is none."""

    def related(
        self, tellings: Mapping[str, Telling], entry_ids: Mapping[str, str]
    ) -> Collection[str]:
        """Keys of the new articles about which the store may know more: of which any article kept
        may tell the same story, or has the entry id. About the others there is nothing to ask.

        Args:
            tellings: key -> how each is known.
            entry_ids: key -> the entry id it brings, of those that bring one.
        """

    def entry_id_stories(self, entry_ids: Iterable[str]) -> Mapping[str, str]:
        """Entry id -> story of the article that first used it, of whatever source."""

    def stories_told(
        self, tellings: Iterable[Telling], *, not_source: str
    ) -> Mapping[Telling, str]:
        """The story of the first article of another source that tells the very same, by its words
        or by address and title. What one source tells twice is two stories: none that holds an
        article of this one.
        """

    def stories_likely(
        self, tellings: Iterable[Telling], *, not_source: str
    ) -> Mapping[Telling, Sequence[Likely]]:
        """Articles that may tell nearly the same, of about the same date, the likeliest first."""


class Sources(Protocol):
    """The places that are read."""

    def reconcile(
        self,
        sources: Mapping[str, SourceSettings],
        themes: Mapping[str, Theme],
        *,
        now: datetime,
    ) -> object:
        """Make declared sources and themes what the file says; those no longer declared retire.

        Returns: what changed, to be told.
        """

    def add_source(self, source_id: str, settings: SourceSettings, *, now: datetime) -> Source: ...
    def change_source(self, source_id: str, settings: SourceSettings) -> Source: ...
    def remove_source(self, source_id: str, *, now: datetime) -> None: ...
    def pause_source(self, source_id: str, *, at: datetime | None) -> None: ...
    def source(self, source_id: str) -> Source: ...
    def sources(self, *, retired: bool = False) -> Sequence[Source]: ...
    def sources_state(self) -> str:
        """Another word whenever a source came, went, or is called or found otherwise."""

    def source_with_url(self, url: str) -> Source | None: ...
    def polls(self, source_id: str | None = None, *, limit: int = 50) -> Sequence[Request]: ...
    def poll_log(self) -> Iterator[tuple[str, Request]]:
        """(source id, request) of every request kept, oldest first."""

    def spread(self, *, now: datetime, late_s: float, over_s: float) -> int:
        """Spread sources that are overdue by more than `late_s` over the next `over_s` seconds
        (C16); how many."""


class Work(Protocol):
    """Claims of what is due, and outcomes of what was done."""

    def claim_due(
        self,
        *,
        owner: str,
        now: datetime,
        lease_s: float,
        limit: int,
        only: Iterable[str] | None = None,
        forced: bool = False,
    ) -> Sequence[Claim]:
        """Take due sources whose hosts are free, at most one per host, with the hosts' leases.

        Args:
            only: look at these sources alone.
            forced: due or not; held, paused, gone and retired ones never.
        """

    def silenced(self, ids: Iterable[str], *, now: datetime) -> Sequence[str]:
        """Those of the sources whose host asked for quiet beyond now."""

    def free_claim(self, claim: Claim) -> None:
        """Give a claim back untouched; the source is due as before."""

    def save(self, outcome: Outcome) -> bool:
        """Write everything an outcome decided, and the log rows that follow, in one transaction.

        Returns: False when this very outcome was saved before.
        Raises:
            StaleOutcome: the source has moved on, or the host's lease was overtaken.
        """

    def band_some(self) -> int:
        """Note by what the next few articles of an earlier version are found again; how many.

        0: there are none, and what is saved from now on is noted with it.
        """

    def keep_held(self, now: datetime) -> int:
        """Make revisions of the edits that were held back before today (R24); how many."""
