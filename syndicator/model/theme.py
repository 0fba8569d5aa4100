"""Themes, and why an article is in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A named subject with a rule; its feeds are its log's public face."""

    slug: str
    title: str
    match: str = ""
    description: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)  # by language
    matches: Mapping[str, str] = field(default_factory=dict)
    private: bool = False
    finite: bool = False
    renamed_from: tuple[str, ...] = ()
    declared: bool = False
    rule_version: int = 1
    past_pending: bool = False  # the rule changed and `theme apply` has not run on the past

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have a feed of their own beside the one of all."""
        return tuple(sorted({*self.titles, *self.matches}))

    def decides_as(self, other: Theme) -> bool:
        """Whether the same rules decide."""
        return (self.match, dict(self.matches)) == (other.match, dict(other.matches))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A word or phrase of a rule, and the field of the article it stands in."""

    field: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an article belongs to a theme, or was kept out of it."""

    how: str  # "rule" | "source" (themes = [...]) | "include" | "exclude"
    rule_version: int = 0
    found: tuple[Found, ...] = ()
    note: str = ""  # the words a person gave with include or exclude
    by: str = ""  # who that was


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """An article of the past as rules now decide about it.

    Args:
        revision: the one that was looked at; about a later one its own reading has decided.
        reasons: slug -> why it is in, of the themes that were looked at.
    """

    number: int
    revision: int
    reasons: Mapping[str, Reason]
