"""What pages for people are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Content, EntryView, Picture


class Beside(Protocol):
    """An article as its neighbours name it."""

    @property
    def number(self) -> int: ...
    @property
    def article_id(self) -> str: ...
    @property
    def title(self) -> str:
        """Or its address, where it has none."""


class Listed(Protocol):
    """An article as lists show it."""

    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime:
        """The date it stands under."""

    @property
    def entry(self) -> EntryView: ...


class Month(Protocol):
    """A month in a feed."""

    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int: ...
    @property
    def articles(self) -> int: ...
    @property
    def n(self) -> int:
        """The last row of the feed's log that changed who is in it, or where."""


class Notice(Protocol):
    """Why an article is no longer shown, for everybody to read."""

    @property
    def reason(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Shown(Protocol):
    """An article as its page shows it."""

    @property
    def number(self) -> int: ...
    @property
    def article_id(self) -> str: ...
    @property
    def entry(self) -> EntryView: ...
    @property
    def updated(self) -> datetime: ...
    @property
    def first_seen_at(self) -> datetime: ...
    @property
    def themes(self) -> Sequence[str]:
        """Slugs of the public themes whose feed shows it."""

    @property
    def revisions(self) -> Sequence[tuple[int, datetime]]: ...
    @property
    def said(self) -> Mapping[int, Content]:
        """What the last revisions say, by their number, where there are several."""

    @property
    def pictures(self) -> Sequence[Picture]:
        """Those of which there is a copy, of earlier revisions too."""

    @property
    def notice(self) -> Notice | None:
        """What stands in its place: it was withdrawn, or its source deleted it."""

    @property
    def first_copy(self) -> str:
        """Article id of the story's first copy, if this one is not in the feed of all."""

    @property
    def hidden(self) -> bool:
        """Only private themes hold it: it has no page (R50)."""


class Pages(Protocol):
    """Articles as their pages show them."""

    def touched(self, key: str, *, after_n: int, upto_n: int) -> Sequence[int]:
        """Numbers of the articles that these rows of a feed's log put or drop."""

    def says_anew(self, key: str, *, after_n: int, upto_n: int) -> bool:
        """Whether these rows tell something else of the feed itself, such as another title."""

    def held(self, key: str, *, limit: int | None = None) -> Sequence[int]:
        """Numbers of the articles that a feed shows (or showed last, if it is retired)."""

    def shown(self, numbers: Sequence[int]) -> Sequence[Shown]:
        """Articles as their pages show them: as the logs have it, or where no public feed shows
        one any more, as it was when last read."""

    def last_number(self) -> int:
        """The largest number of an article, 0 without any."""

    def mapped(self, first: int, last: int) -> Sequence[tuple[str, datetime]]:
        """(article id, last change) of the articles from one number to another that the feed of
        all shows, by number."""


class Order(Protocol):
    """The order of a feed's articles: by date, those of one date by number."""

    def dated(self, numbers: Iterable[int]) -> Mapping[int, Sequence[datetime]]:
        """Article number -> the dates it has or had, whose places it takes or took in feeds."""

    def line(self, key: str, *, limit: int) -> Sequence[Beside]:
        """The first `limit` articles that a feed shows, oldest first."""

    def beside(
        self, key: str, places: Iterable[tuple[int, datetime | None]]
    ) -> Sequence[tuple[Beside | None, Beside | None]]:
        """Who comes before and after each of these places in a feed.

        Args:
            places: article number and date, None for the one it has there.
        """

    def newest(self, key: str, *, limit: int) -> Sequence[Listed]:
        """The newest articles that a feed shows, newest first."""

    def listed(
        self, key: str, *, since: datetime, before: datetime, skip: int = 0
    ) -> Iterator[Listed]:
        """Articles of a span of time, oldest first, but for the first `skip` of them."""

    def newer(self, key: str, place: tuple[int, datetime], *, before: datetime) -> int:
        """How many articles of a feed stand after a place, up to a time."""

    def months(self, key: str) -> Sequence[Month]:
        """The months in which a feed has, or had, articles; oldest first."""

    def years_of_themes(self) -> Mapping[str, Mapping[int, int]]:
        """Slug -> year -> articles, for every theme that is not retired."""
