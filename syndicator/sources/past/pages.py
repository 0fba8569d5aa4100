"""The past of a site that has no feed: listing pages, its sitemap, article after article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from syndicator.errors import BusyError, FetchError, ParseError, SandboxError
from syndicator.model import Document, Draft, Source
from syndicator.ports import ACCEPT_PAGES, ACCEPT_SITEMAPS
from syndicator.sources import inside
from syndicator.sources.past.state import REASON, Past, to
from syndicator.sources.reading import Desk, Reading
from syndicator.sources.robots import ROLE as ROBOTS
from syndicator.sources.robots import Robots
from syndicator.sources.round import ARTICLE, LONGEST, Round, due
from syndicator.stages.sitemap import read_sitemap
from syndicator.text.urls import canonical, scope

_AT_ONCE = 1  # documents of one piece: an interruption costs one request at most
_PAGES_AT_ONCE = 3  # article pages of one piece
_MOST_PAGES = 1000  # of a listing
_MOST_SITEMAPS = 500
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def _kept(source: Source, desk: Desk) -> tuple[dict[str, Document], Robots]:
    every = desk.articles.documents(source.id)
    return {each.url: each for each in every}, Robots(desk, every)


def _articles(known: Mapping[str, Document]) -> dict[str, Document]:
    return {url: each for url, each in known.items() if each.role == ARTICLE}


def _new(urls: Iterable[str], known: Mapping[str, Document]) -> list[Document]:
    """Article pages that were not known of; one under another spelling is known."""
    spelt = {canonical(url) for url in known}
    found = {canonical(url): url for url in urls}
    return [Document(url=url, role=ARTICLE) for key, url in found.items() if key not in spelt]


# ------------------------------------------------------------------ the listing's pager


def pager(source: Source, past: Past, desk: Desk) -> Reading:
    """The listing's further pages, to the last; a later time, to the first that has nothing new."""
    known, robots = _kept(source, desk)
    named: dict[str, None] = {}
    at, read, note = past.at, 0, past.note
    while at and read < _AT_ONCE and past.read + read < _MOST_PAGES:
        try:
            robots.require(at)
            answer = desk.visit.get(at, reason=REASON, accept=ACCEPT_PAGES)
            listing = desk.sandbox.call(
                inside.read_listing,
                answer.body,
                url=answer.url,
                headers=dict(answer.headers),
                select=source.settings.select,
            )
        except BusyError:
            if not read:
                raise
            break
        except (FetchError, ParseError, SandboxError) as error:
            at, note = "", str(error)
            break
        read += 1
        here = [link.url for link in listing.articles]
        nothing_new = all(url in known or url in named for url in here)
        named |= dict.fromkeys(here)
        at = "" if nothing_new and (past.before or not here) else listing.next_url
    reading = Reading(
        source=source,
        documents=(*_new(named, _articles(known)), *robots.documents),
    )
    going_on = bool(at) and past.read + read < _MOST_PAGES
    after = Past(way="pager", at=at, read=past.read + read) if going_on else Past(way="sitemaps")
    return to(reading, replace(after, before=past.before, note=note))


# ------------------------------------------------------------------ the site's sitemap


def sitemaps(source: Source, past: Past, desk: Desk) -> Reading:
    """Articles that the site's sitemaps name beside those the listing names.

    Only addresses built like those of known articles are taken: a sitemap names everything.
    """
    known, robots = _kept(source, desk)
    waiting = past.at.split() if past.read else _announced(source, known)
    shapes = {_shape(url) for url, each in known.items() if each.role == ARTICLE}
    named: list[str] = []
    read = 0
    while waiting and read < _AT_ONCE and past.read + read < _MOST_SITEMAPS:
        at = waiting.pop(0)
        read += 1
        try:
            robots.require(at)
            answer = desk.visit.get(at, reason=REASON, accept=ACCEPT_SITEMAPS)
            found = desk.sandbox.call(read_sitemap, answer.body, url=answer.url, now=answer.at)
        except BusyError:
            waiting.insert(0, at)
            break
        except (FetchError, ParseError, SandboxError):
            continue  # many sites have none, or one that is broken
        named += [page.url for page in found.pages if _shape(page.url) in shapes]
        room = max(_MOST_SITEMAPS - past.read - read - len(waiting), 0)
        waiting += [each.url for each in found.sitemaps][:room]
    reading = Reading(
        source=source,
        documents=(*_new(named, _articles(known)), *robots.documents),
    )
    if waiting and past.read + read < _MOST_SITEMAPS:
        return to(reading, replace(past, at=" ".join(waiting), read=past.read + max(read, 1)))
    return to(reading, replace(past, way="articles", at="", read=0))


def _announced(source: Source, known: Mapping[str, Document]) -> list[str]:
    """The sitemaps that robots.txt names, else the usual place."""
    rules = "\n".join(each.said.get("rules", "") for each in known.values() if each.role == ROBOTS)
    told = [urljoin(source.url, url) for url in _SITEMAP_LINE.findall(rules)]
    return told or [urljoin(source.url, "/sitemap.xml")]


def _shape(url: str) -> str:
    """An address without its last part and without its numbers: what articles of a site share."""
    parts = urlsplit(url)
    return re.sub(r"\d+", "0", f"{parts.netloc}{parts.path.rstrip('/').rpartition('/')[0]}")


# ------------------------------------------------------------------ article after article


def articles(source: Source, past: Past, desk: Desk) -> Reading:
    """The article pages that wait, and those that they name as the next one."""
    known, robots = _kept(source, desk)
    pages = _articles(known)
    tour = Round(source=source, desk=desk, robots=robots)
    fresh = [each for each in due(pages.values(), desk.clock.now()) if each.fetched_at is None]
    tour.read(fresh[:_PAGES_AT_ONCE], until=desk.clock.now() + LONGEST)
    if fresh and not tour.documents:
        raise BusyError("the host is to be left alone for now")
    named = [*_next_articles(source, tour.drafts)]
    if not past.read:
        named += _next_of_kept(source, desk)
    new = _new(named, {**pages, **tour.documents})
    reading = Reading(
        source=source,
        drafts=tuple(tour.drafts),
        documents=(*new, *tour.documents.values(), *robots.documents),
        counts=Counter(tour.counts),
    )
    more = bool(new) or tour.left(pages)
    read = past.read + max(len(tour.documents), 1)
    return to(reading, replace(past, way="articles" if more else "", read=read))


def _next_articles(source: Source, drafts: Iterable[Draft]) -> Iterable[str]:
    """Where articles lead to, on the source's own site."""
    for draft in drafts:
        place = draft.content.pager
        if place and place.next_url and _same_site(place.next_url, source.url):
            yield place.next_url


def _next_of_kept(source: Source, desk: Desk) -> list[str]:
    """Where articles that were read before lead to; looked up once a history."""
    kept = desk.articles.articles_by_key(source.id, desk.articles.seen(source.id))
    places = (article.content.pager for article in kept.values())
    return [
        place.next_url
        for place in places
        if place and place.next_url and _same_site(place.next_url, source.url)
    ]


def _same_site(url: str, other: str) -> bool:
    try:
        return scope(url) == scope(other)
    except ValueError:
        return False
