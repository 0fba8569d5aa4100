"""Which way a source is read; for `auto`, finding that out (C2, C28, design section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from syndicator.errors import FetchError, ParseError, SandboxError
from syndicator.model import Kind, Link, Source
from syndicator.ports import ACCEPT_FEEDS, Answer
from syndicator.sources import feed, file, inside, page, sitemap
from syndicator.sources.reading import Desk, Reading, ask

_MOST_FEEDS = 4  # R9: with the page itself five requests, and no more
_WAYS: Mapping[Kind, Callable[[Source, Desk], Reading]] = {
    Kind.FEED: feed.read,
    Kind.PAGE: page.read,
    Kind.SITEMAP: sitemap.read,
    Kind.FILE: file.read,
}


def read(source: Source, desk: Desk) -> Reading:
    """What the source says now.

    Raises:
        SourceError: it could not be read.
        Stopped: the process is shutting down.
    """
    if source.kind in _WAYS:
        return _WAYS[source.kind](source, desk)
    if source.kind is Kind.AUTO:
        return _find_out(source, desk)
    raise ParseError(f"sources of kind {source.kind} cannot be read by this version")


def _find_out(source: Source, desk: Desk) -> Reading:
    answer = ask(source, desk, reason="discovery", accept=ACCEPT_FEEDS)
    if answer.status == 304:
        raise FetchError("HTTP 304 Not Modified without having been asked", status=304)
    nature = _look(source, answer, desk)
    if nature.is_feed:
        return feed.read_answer(source, answer, desk)
    if nature.is_sitemap:
        return sitemap.read_answer(replace(source, kind=Kind.SITEMAP), answer, desk)
    if nature.feeds:
        found = _announced(source, nature.feeds, desk)
        if found is not None:
            return found
    if nature.words >= inside.ARTICLE_WORDS or nature.listed >= inside.LISTED:
        return page.read_answer(replace(source, kind=Kind.PAGE), answer, desk)
    raise ParseError(
        f"{nature.why_not}; it announces no feed, shows no article of {inside.ARTICLE_WORDS} words "
        f"and lists no {inside.LISTED} articles; if it is a page to read nevertheless: --kind page"
    )


def _look(source: Source, answer: Answer, desk: Desk) -> inside.Nature:
    try:
        return desk.sandbox.call(
            inside.look,
            answer.body,
            url=answer.url,
            headers=dict(answer.headers),
            settings=source.settings,
            now=answer.at,
        )
    except SandboxError as error:
        raise ParseError(str(error)) from error


def _announced(source: Source, found: tuple[Link, ...], desk: Desk) -> Reading | None:
    """The first announced feed that can be read; None when none of them can."""
    for link in found[:_MOST_FEEDS]:
        there = replace(source, url=link.url, kind=Kind.FEED)
        try:
            return feed.read(there, desk)
        except (FetchError, ParseError):
            continue
    return None
