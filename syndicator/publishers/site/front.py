"""The front page: every theme with its size, last change and how it went through the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syndicator.ports import Listed
from syndicator.publishers.site import charts
from syndicator.publishers.site.frame import Site, page


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLine:
    """A theme as the front page lists it."""

    slug: str
    title: str
    description: str = ""
    articles: int = 0
    updated: datetime | None = None  # its last change
    years: Mapping[int, int] = field(default_factory=dict)  # year -> articles


def front_page(site: Site, themes: Sequence[ThemeLine], newest: Sequence[Listed] = ()) -> bytes:
    """The page of all themes.

    Args:
        newest: the newest articles of all, newest first.
    """
    known = {year for theme in themes for year in theme.years}
    span = range(min(known), max(known) + 1) if known else range(0)
    facts = {
        "themes": [(theme, charts.of_years(theme.years, span)) for theme in themes],
        "newest": newest,
        "updated": max((theme.updated for theme in themes if theme.updated), default=None),
    }
    return page("front.html", site, facts)
