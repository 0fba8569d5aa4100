"""Feeds: their logs, documents and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import EntryView, FeedState, FolderLeft, LogRow, Signpost


class Corrected(Protocol):
    """What an entry of a feed showed, and what it showed from row `n` of the log on."""

    @property
    def n(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def old(self) -> EntryView: ...
    @property
    def new(self) -> EntryView: ...


class Feeds(Protocol):
    """The logs of feeds, and what of them is published where."""

    def feeds(self, *, retired: bool = False) -> Sequence[FeedState]:
        """All feeds by key; with `retired`, only those whose theme was removed."""

    def stale_feeds(self) -> Sequence[FeedState]:
        """Feeds whose log is ahead of what is published."""

    def segment_rows(self, key: str, segment: int) -> Sequence[LogRow]:
        """All rows of one segment, by n."""

    def tail_rows(
        self, key: str, *, entries: int, since: datetime, drops_since: datetime
    ) -> Sequence[LogRow]:
        """Last rows of: the newest `entries` members; members put after `since` and not past;
        drops after `drops_since`."""

    def feed_data(self, key: str, *, upto_n: int) -> FeedState:
        """The feed as its last meta row at or before `upto_n` describes it."""

    def erasing_rows(self, key: str, segment: int) -> Sequence[LogRow]:
        """The later drops that erase what a segment puts, the first for each entry."""

    def erased_segments(self, key: str, *, after_n: int) -> Sequence[int]:
        """The segments that put what rows after `after_n` erase, before these rows."""

    def members(self, key: str) -> Iterator[LogRow]:
        """The last put of every present member, newest first by updated, then id."""

    def mark_published(
        self,
        key: str,
        folder: str,
        *,
        n: int,
        files: Mapping[str, str],
        rewritten: Iterable[str] = (),
        outdated: Iterable[str] = (),
        retired: bool = False,
    ) -> None:
        """Record what feeds/ shows: log position, and sha256 of documents closed by their name.

        A feed that was moved, removed or brought back meanwhile is left to be published anew.

        Args:
            folder: where it was published.
            rewritten: those of the files that lost what was withdrawn: the hashes before and
                after go on record (design 9.9).
            outdated: files that are kept no more, and would be made anew.
            retired: it is a retired one, and what it published was taken away.
        """

    def unpublish(self) -> None:
        """Every feed counts as not published yet, and is to be made anew with all its pages."""

    def closed_documents(self, key: str) -> Mapping[str, str]:
        """Name on the shelf, below the feed's id, -> sha256 of closed archive documents."""

    def signposts(self) -> Sequence[Signpost]:
        """All that stand, by path; of two that hold for an address the longer one counts."""

    def folders_left(self) -> Sequence[FolderLeft]:
        """Folders whose files are still to be taken away, by path."""

    def folder_cleared(self, path: str) -> None:
        """Its files are gone, unless it is in use again."""

    def corrects(self, key: str, *, after_n: int, upto_n: int) -> bool:
        """Whether these rows of a feed's log correct an entry, or take one away."""

    def corrections(self, key: str, *, limit: int) -> tuple[Sequence[Corrected], datetime | None]:
        """The newest corrections of entries that did not leave the feed since, newest first; and
        when the newest of all was made, or else the log began."""
