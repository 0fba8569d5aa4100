"""What every part of the store is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from syndicator.model import Pictured, Republish
from syndicator.ports import Clock
from syndicator.stores.database import Database

T = TypeVar("T")

CHUNK = 500  # values in one IN (...): far below every database's limit


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What every feed says of its publisher, from [site] and [publish]."""

    title: str
    author: str = ""
    language: str = ""
    republish: Republish = Republish.FULL  # where a source does not say


class Part:
    """A part of the store: its database, and what the rows it writes depend on.

    Args:
        pictured: the pictures of new and changed articles that are to be kept.
    """

    def __init__(
        self,
        database: Database,
        *,
        site: SiteFacts,
        base_url: str,
        archive_entries: int,
        pictured: Pictured = Pictured.NONE,
        clock: Clock | None = None,
    ) -> None:
        self.database = database
        self.site = site
        self.base_url = base_url
        self.archive_entries = archive_entries
        self.pictured = pictured
        self._clock = clock

    def now(self) -> datetime:
        """For the few verbs that are not told the time."""
        return self._clock.now() if self._clock else datetime.now(UTC)


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk
