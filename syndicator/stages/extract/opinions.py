"""Every family of markup asked about one page, in the order in which they are trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from syndicator.model import SourceSettings
from syndicator.stages.extract import (
    guess,
    header,
    jsonld,
    meta,
    microdata,
    selected,
    subjects,
    titles,
    visible,
)
from syndicator.stages.extract.said import Said
from syndicator.text import languages
from syndicator.text.clean import shorten, squash
from syndicator.text.pages import Node, Page, brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """All that was said, in order of trust, and what reading it needs to know."""

    page: Page
    settings: SourceSettings
    now: datetime
    language: str
    said: tuple[Said, ...]
    sites: tuple[str, ...]
    title: str
    heading: Node | None

    def texts(self, field: str) -> list[str]:
        """Statements of one field, the most trusted first."""
        return [text for said in self.said for text in getattr(said, field)]


def ask(page: Page, settings: SourceSettings, now: datetime) -> Opinions:
    """Every family, in order of trust; the lines around the title need the title first."""
    own = selected.read(page, settings.select)
    marked = (jsonld.read(page), meta.read(page), microdata.read(page))
    seen, guessed = visible.read(page), guess.read(page)
    sites = _site_names(marked, page)
    title = _title(page, own, marked, seen, sites)
    heading = _heading(page, title)
    tags = (languages.tag(text) for said in reversed(marked) for text in said.languages)
    language = next(filter(None, tags), "") or languages.tag(settings.language)
    around = header.read(page, heading, language=language, now=now)
    return Opinions(
        page=page,
        settings=settings,
        now=now,
        language=language,
        said=(own, *marked, seen, subjects.read(page), around, guessed),
        sites=sites,
        title=title,
        heading=heading,
    )


def _site_names(said: Iterable[Said], page: Page) -> tuple[str, ...]:
    """Names of the site: as it says, its host, and the host's own part ("glo" of www.glo.be)."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    named = [name for each in said for name in each.site_names]
    return tuple(dict.fromkeys(name for name in [*named, host, host.partition(".")[0]] if name))


def _title(
    page: Page, own: Said, marked: tuple[Said, Said, Said], seen: Said, sites: tuple[str, ...]
) -> str:
    """As chosen among all; what microdata calls the headline stands on the page as one."""
    if own.titles:
        return shorten(own.titles[0], titles.LIMIT)
    structured, head, micro = marked
    lesser = [words for node in page.root.iter("h2", "h3") if (words := brief(node, 300))]
    return titles.choose(
        (*structured.titles, *head.titles, *micro.titles),
        headings=(*micro.titles[:1], *seen.titles),
        lesser=tuple(lesser[:20]),
        page_title=_page_title(page),
        sites=sites,
    )


def _page_title(page: Page) -> str:
    return next((squash(node.text or "") for node in page.root.iter("title") if node.text), "")


def _heading(page: Page, title: str) -> Node | None:
    """The element that shows the title."""
    wanted = titles.key(title)
    for node in page.root.iter("h1", "h2", "h3", "h4", "p", "div", "span", "td", "b", "strong"):
        if wanted and titles.key(brief(node, 2 * titles.LIMIT)) == wanted:
            return node
    return next(iter(visible.headings(page)), None)
