"""Sources and single articles added by hand: tried out first, stored only when they can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from syndicator.config import Checks, slug_from, source_from
from syndicator.config import slug as checked_slug
from syndicator.errors import FetchError, ParseError, UsageError
from syndicator.jobs.parts import Parts
from syndicator.model import (
    Article,
    Claim,
    Content,
    Kind,
    Outcome,
    Source,
    SourceSettings,
)
from syndicator.pipeline import decide
from syndicator.ports import Visit
from syndicator.sources import Desk, Reading, read
from syndicator.sources.reading import noting
from syndicator.text.pages import count_words
from syndicator.text.urls import strict

_LEASE_S = 15 * 60.0
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A source after `source add`; `new` is False when its address was known."""

    id: str
    kind: Kind
    articles: int = 0
    new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What would be read from an address."""

    url: str
    kind: Kind
    title: str
    entries: tuple[Content, ...]


def test_source(parts: Parts, url: str) -> Tried:
    """Read an address without storing anything.

    Raises:
        UsageError: it is no web address.
        SourceError: it cannot be read, and why.
    """
    source = _candidate(SourceSettings(url=_address(url)), "untried")
    visit = parts.net.visit(source, None)
    reading = read(source, _desk(parts, visit))
    return Tried(
        url=reading.source.url,
        kind=reading.source.kind,
        title=reading.source.title,
        entries=tuple(draft.content for draft in reading.drafts),
    )


test_source.__test__ = False  # type: ignore[attr-defined]  # no test of ours, pytest


def add_source(
    parts: Parts,
    url: str,
    *,
    id: str = "",  # noqa: A002 - the word of the command line
    title: str = "",
    kind: Kind = Kind.AUTO,
    themes: Sequence[str] = (),
    every: str = "",
) -> Added:
    """Read an address and keep it as a source, with all it says (C2: what discovery fetched is the
    first poll).

    Raises:
        UsageError: a bad address, id, theme or duration.
        SourceError: it cannot be read; nothing is stored.
    """
    address = str(PurePosixPath(url)) if kind is Kind.FILE else _address(url)
    said = {"url": address, "kind": kind.value, "title": title, "every": every}
    settings = _settings(parts, said | {"themes": ",".join(themes)})
    if known := parts.store.source_with_url(address):
        return Added(id=known.id, kind=known.kind, new=False)
    source_id = _chosen_id(parts, id) if id else _free_id(parts, title or _name_of(address))
    source = _candidate(settings, source_id)
    visit = parts.net.visit(source, None)
    reading = read(source, _desk(parts, visit))
    if known := parts.store.source_with_url(reading.source.url):
        return Added(id=known.id, kind=known.kind, new=False)
    outcome = _kept(parts, source_id, settings, visit, reading)
    source = outcome.source
    return Added(id=source.id, kind=source.kind, articles=len(outcome.changes))


def _settings(parts: Parts, said: Mapping[str, str]) -> SourceSettings:
    """What the command line says, held to what the file would be held to."""
    pairs = [f"{key}={text}" for key, text in said.items() if text]
    themes = [theme.slug for theme in parts.store.themes()]
    return source_from(pairs, around=parts.config.around(themes, Checks()))


def _kept(
    parts: Parts, source_id: str, settings: SourceSettings, visit: Visit, reading: Reading
) -> Outcome:
    """Store a source that was tried, with what the trial brought; one that was removed comes back
    under its own id."""
    stored = parts.store.add_source(source_id, settings, now=parts.clock.now())
    claim = _claim(parts, stored.id)
    learnt = replace(reading, source=_same_place(claim.source, reading))
    outcome = decide(claim, visit, learnt, parts.reader(), parts.rhythm(claim.source))
    parts.store.save(outcome)
    return outcome


def _same_place(stored: Source, reading: Reading) -> Source:
    """The stored source with what the trial taught."""
    tried = reading.source
    return replace(
        stored,
        url=tried.url,
        kind=tried.kind,
        title=tried.title,
        origin=tried.origin,
        validators=tried.validators,
        body_sha256=tried.body_sha256,
        floor_until=tried.floor_until,
        stated=tried.stated,
        notes=tried.notes,
    )


def _candidate(settings: SourceSettings, source_id: str) -> Source:
    return Source(
        id=source_id,
        settings=settings,
        first_url=settings.url,
        url=settings.url,
        kind=settings.kind,
        title=settings.title,
    )


def _desk(parts: Parts, visit: Visit) -> Desk:
    return Desk(
        visit=visit,
        articles=parts.store,
        sandbox=parts.sandbox,
        clock=parts.clock,
        files=parts.config.files.folder,
    )


def _claim(parts: Parts, source_id: str) -> Claim:
    """The new source, as soon as its host may be asked again."""
    ends_at = parts.clock.monotonic() + _PATIENCE_S
    while parts.clock.monotonic() < ends_at:
        claims = parts.store.claim_due(
            owner=parts.owner,
            now=parts.clock.now(),
            lease_s=_LEASE_S,
            limit=1,
            only=[source_id],
            forced=True,
        )
        if claims:
            return claims[0]
        parts.clock.sleep(0.05)
    raise FetchError(f"{source_id} was added, but its host is busy: it is read later")


# ------------------------------------------------------------------ words of the command line


def _address(url: str) -> str:
    try:
        return strict(url)
    except ValueError as error:
        raise UsageError(f"{url}: {error}") from error


def _chosen_id(parts: Parts, wanted: str) -> str:
    try:
        checked_slug(wanted)
    except ValueError as error:
        raise UsageError(f"--id {wanted}: {error}") from error
    if any(source.id == wanted for source in parts.store.sources(retired=True)):
        raise UsageError(f"there is a source {wanted} already")
    return wanted


def _name_of(url: str) -> str:
    host = urlsplit(url).hostname or PurePosixPath(url).stem
    return (host or "source").removeprefix("www.")


def _free_id(parts: Parts, name: str) -> str:
    taken = {source.id for source in parts.store.sources(retired=True)}
    stem = slug_from(name)[:56].strip("-") or "source"
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


# ------------------------------------------------------------------ a single article


def add_article(parts: Parts, url: str, theme: str) -> Article:
    """Keep the article at an address, and file it under a theme by hand.

    It becomes a page source of its own that is not looked at again by itself.

    Raises:
        UsageError: no web address, or no such theme.
        SourceError: no article can be read there; nothing is stored.
    """
    address = _address(url)
    slug = parts.store.theme(theme).slug
    source = parts.store.source_with_url(address)
    if source is None:
        settings = SourceSettings(url=address, kind=Kind.PAGE, public=False, every_s=_WEEKS_S)
        trial = noting(_candidate(settings, "untried"), shape="article")
        visit = parts.net.visit(trial, None)
        reading = read(trial, _desk(parts, visit))
        if len(reading.drafts) != 1 or count_words(reading.drafts[0].content.text) < _FEW_WORDS:
            raise ParseError(f"{address}: no article was found on the page")
        source_id = _free_id(parts, _name_of(address))
        source = _kept(parts, source_id, settings, visit, reading).source
    elif source.kind is not Kind.PAGE or source.notes.get("shape") != "article":
        raise UsageError(f"{address} is read as the source {source.id}, and is no single article")
    found = next(iter(parts.store.articles(source=source.id, limit=1)), None)
    if found is None:
        raise ParseError(f"{address}: no article was found on the page")
    parts.store.pin(slug, found.number, include=True, note="added by hand", now=parts.clock.now())
    return parts.store.article(found.id)


_FEW_WORDS = 25  # below that a page shows no article, whatever a person says
_WEEKS_S = int(timedelta(weeks=4).total_seconds())
