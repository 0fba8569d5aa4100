"""Copies of the pictures that articles show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Document, Picture, PictureNews, Request, WantedPicture


class PictureFiles(Protocol):
    """The copies themselves."""

    def get_whole(self, name: str) -> bytes | None:
        """The bytes of this SHA-256; None when they are not there, or are others.

        Raises:
            ArchiveError: they cannot be read.
        """


class Pictures(Protocol):
    """Those that are kept, and those that are still to be had."""

    def claim_pictures(
        self, *, owner: str, now: datetime, limit: int, only: Collection[str] | None = None
    ) -> Sequence[WantedPicture]:
        """Take some that are due, all of one source, of which nobody else takes any meanwhile; none
        where no pictures are to be kept.

        Args:
            only: of these sources, by id.
        """

    def follow_pictured(self) -> None:
        """Bring what is to be had in line with the configuration, where that says another thing
        than before: what waits is forgotten, and what is kept is to be looked through anew."""

    def pictures_past(
        self, *, now: datetime, only: Collection[str] | None = None, limit: int | None = None
    ) -> Sequence[str]:
        """Ids of sources with articles to be looked through, which may be asked and of which no
        picture waits for its first try.

        Args:
            only: of these.
        """

    def want_past(self, source_id: str, *, now: datetime) -> bool:
        """Note the pictures of the next older articles of a source, until a few wait. False: none
        was found yet and there are more articles."""

    def free_pictures(self, some: Iterable[WantedPicture]) -> None:
        """Give back what was not asked for; it is due as it was."""

    def keep_picture(
        self,
        wanted: WantedPicture,
        picture: Picture,
        *,
        requests: Sequence[Request],
        documents: Sequence[Document],
    ) -> bool:
        """Note a copy that is on the disk, and what was asked for it. False: the article does not
        want it any more."""

    def miss_picture(
        self,
        wanted: WantedPicture,
        *,
        requests: Sequence[Request],
        documents: Sequence[Document],
    ) -> None:
        """Note that it was not had: how often, why, and when it is asked for again."""

    def wanted_pictures(self, article: int) -> Sequence[WantedPicture]:
        """Those of an article, by its number, of which there is no copy."""

    def picture_at(self, url: str) -> Picture | None:
        """The newest copy of what an address shows."""

    def pictures_of(self, numbers: Iterable[int]) -> Mapping[int, Sequence[Picture]]:
        """Article number -> copies of its pictures."""

    def all_pictures(self) -> Iterator[tuple[str, Picture]]:
        """(article id, picture) of all copies."""

    def picturing(self, path: str) -> Sequence[int]:
        """Numbers of the articles of which this is a picture, by its path below feeds/."""

    def pictures_kept(self, names: Iterable[str]) -> set[str]:
        """Those of the SHA-256 that are of a copy of an article."""

    def pictures_read_at(self, addresses: Iterable[str]) -> set[str]:
        """Those of the addresses where a picture was read that an article has."""

    def picture_news(self) -> Sequence[PictureNews]:
        """Copies that came or were purged and that pages have not followed yet, oldest first."""

    def picture_news_told(self, some: Iterable[PictureNews]) -> None:
        """Pages have followed."""
