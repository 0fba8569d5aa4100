"""Articles, their revisions and stories; how they are found and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Article, Content, Reason, Withdrawal


class Articles(Protocol):
    """What is kept of what sources said."""

    def article(self, ref: str) -> Article:
        """By article id, unique prefix of 6 or more, or entry id. Raises UsageError."""

    def articles(
        self,
        *,
        theme: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Article]:
        """Newest first by published, then id."""

    def oldest_first(self, after: tuple[datetime, str] | None, *, limit: int) -> Sequence[Article]:
        """The next articles by date of publication, those of one date by id, the last id first.

        Args:
            after: date and id of the last one already read.
        """

    def articles_of(self, numbers: Sequence[int]) -> Sequence[Article]:
        """Articles by number, in the order given; those that are not there are left out."""

    def article_reasons(self, number: int) -> Mapping[str, Reason]:
        """theme slug -> why it is in (or pinned out)."""

    def revisions(self, number: int) -> Sequence[tuple[int, datetime, Content]]: ...

    def copies(self, number: int) -> Sequence[Article]:
        """All articles that tell the story of this one, itself included, first seen first."""

    def split(self, number: int, *, now: datetime) -> Sequence[str]:
        """Make an article a story of its own, for good; ids of the copies it leaves."""

    def join(self, number: int, to: int, *, now: datetime) -> str:
        """Make an article, and all that tell its story, copies of another's, for good; the story's
        id."""


class Withdrawals(Protocol):
    """What was taken back, and given back."""

    def withdraw(self, number: int, *, reason: str, by: str, now: datetime) -> int:
        """Take an article back with all copies of its story; how many there are, 0 if it was."""

    def give_back(self, number: int, *, by: str, now: datetime) -> bool:
        """Undo it. False when it was not withdrawn."""

    def withdrawals(self, number: int) -> Sequence[Withdrawal]:
        """When and why an article, or another copy of its story, was taken back; oldest first."""


class Search(Protocol):
    """The index of words."""

    def find(
        self,
        query: str,
        *,
        theme: str | None = None,
        source: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        public: bool = False,
        rank: bool = False,
        limit: int,
        offset: int = 0,
        patience_s: float,
    ) -> Sequence[int]:
        """Numbers of the articles for which a query holds, newest first, or best first.

        Args:
            public: only what the feed of all shows, each story once.

        Raises:
            RuleError: the query cannot be taken; with the column.
            SlowQueryError: it took longer than `patience_s`.
        """

    def unindexed(self) -> int:
        """How many articles the search index has yet to take up."""

    def index_some(self) -> int:
        """Take a few into the index, the latest first; how many. Raises IndexDamagedError."""

    def index_anew(self) -> int:
        """Throw the index away; how many articles are to be taken up again."""

    def purge_index(self) -> None:
        """Leave nothing in the index's file of what was taken out of it."""

    def index_faults(self, *, deep: bool = True) -> Sequence[str]:
        """What is wrong with the index, in words; nothing when it is sound, or still to be made.

        Args:
            deep: look through all of it as well.
        """
