"""Themes, their members and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Filed, Reason, Theme


class ThemeCount(Protocol):
    """A theme and how much is in it."""

    @property
    def theme(self) -> Theme: ...
    @property
    def articles(self) -> int: ...
    @property
    def changed_at(self) -> datetime | None:
        """When its log got its last row."""


class Themes(Protocol):
    """Subjects with their rules and members."""

    def themes(self) -> Sequence[Theme]: ...
    def theme_overview(self) -> Sequence[ThemeCount]:
        """Every theme with its size and last change, by slug."""

    def theme(self, slug: str) -> Theme: ...
    def add_theme(self, theme: Theme, *, now: datetime) -> None: ...
    def rename_theme(self, slug: str, new: str, *, now: datetime) -> None:
        """Call it otherwise; its feeds keep ids and logs, its old addresses lead on (P32)."""

    def theme_token(self, slug: str, *, renew: bool = False, now: datetime) -> str:
        """The token of a private theme's address, with `renew` another one from now on."""

    def remove_theme(self, slug: str, *, now: datetime) -> None: ...
    def standing(
        self, numbers: Sequence[int], slugs: Iterable[str]
    ) -> Mapping[int, Mapping[str, Reason]]:
        """Article number -> slug -> why it is in these themes now, or pinned out of them."""

    def file_past(
        self,
        decided: Sequence[Filed],
        versions: Mapping[str, int],
        *,
        note: tuple[str, str],
        now: datetime,
    ) -> int:
        """Make these articles members of just the themes that were decided; how many moved.

        Args:
            versions: slug -> version of the rule, of every theme that was looked at.
            note: name and text of what to remember, in the same transaction.
        """

    def past_filed(self, versions: Mapping[str, int]) -> None:
        """The past of these themes no longer waits, unless a rule has changed again."""

    def unpin(self, slug: str, decided: Filed, *, how: str, now: datetime) -> bool:
        """Take back a decision by hand ("include" or "exclude"); False when there was none."""

    def pin(
        self, slug: str, number: int, *, include: bool, note: str, now: datetime, by: str = ""
    ) -> bool:
        """Include or exclude by hand; wins over the rule. False when it stood so already."""
