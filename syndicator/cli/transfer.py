"""syndicator import, syndicator export: lists of feeds in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import click

from syndicator.cli.carrying import (
    export_bag,
    export_config,
    export_jsonl,
    import_jsonl,
    import_warc,
)
from syndicator.cli.opml import MOST_BYTES, Listed, read_opml
from syndicator.cli.options import as_json, with_parts
from syndicator.cli.say import emit, emit_json, say
from syndicator.errors import ParseError, UsageError
from syndicator.model import Kind, SourceSettings

if TYPE_CHECKING:
    from syndicator.app import Parts


@click.group("import")
def import_() -> None:
    """Take over what other programs wrote."""


@click.group()
def export() -> None:
    """Write what other programs read."""


for _verb in (import_jsonl, import_warc):
    import_.add_command(_verb)
for _verb in (export_jsonl, export_bag, export_config):
    export.add_command(_verb)


# ------------------------------------------------------------------ in


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What becomes of one feed of a list."""

    result: str  # "new" | "known" | "refused"
    url: str
    id: str = ""
    settings: SourceSettings | None = None
    reason: str = ""


@import_.command("opml")
@click.argument("file", type=click.File("rb"))
@click.option("--theme", "themes", multiple=True, help="File all of it here; repeatable.")
@click.option("--dry-run", is_flag=True, help="Only show what would be added.")
@as_json
@with_parts()
def import_opml(
    parts: Parts, file: IO[bytes], *, themes: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Add the feeds of an OPML FILE ("-" reads standard input).

    A folder that is called like a theme files its feeds there. Feeds already known stay as they
    are. Nothing is fetched now: new feeds are due at once.
    """
    listed = _listed(parts, file)
    known_themes = {theme.slug for theme in parts.store.themes()}
    fixed = tuple(parts.store.theme(slug).slug for slug in themes)
    steps = list(_plan(parts, listed, themes=fixed, known_themes=known_themes))
    for step in steps:
        if step.settings is not None and not dry_run:
            parts.store.add_source(step.id, step.settings, now=parts.clock.now())
        _show(step, as_json=as_json)
    _summary(steps, dry_run=dry_run)
    _other_folders(listed, known_themes)


def _listed(parts: Parts, file: IO[bytes]) -> Sequence[Listed]:
    body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise UsageError(f"the list is larger than {MOST_BYTES // 2**20} MiB")
    try:
        return parts.sandbox.call(read_opml, body)
    except ParseError as error:
        raise UsageError(f"{file.name}: {error}") from error


def _plan(
    parts: Parts, listed: Sequence[Listed], *, themes: tuple[str, ...], known_themes: set[str]
) -> Iterator[_Step]:
    from syndicator.config import slug_from
    from syndicator.text.urls import strict

    taken = {source.id for source in parts.store.sources(retired=True)}
    met: set[str] = set()
    for one in listed:
        try:
            url = strict(one.url)
        except ValueError as error:
            yield _Step(result="refused", url=one.url, reason=str(error))
            continue
        if known := parts.store.source_with_url(url):
            yield _Step(result="known", url=url, id=known.id)
        elif url not in met:
            folders = {slug_from(folder) for folder in one.folders} & known_themes
            settings = SourceSettings(
                url=url,
                kind=Kind.FEED,
                title=one.title,
                themes=tuple(sorted({*themes, *folders})),
            )
            source_id = _free_id(slug_from(one.title) or slug_from(urlsplit(url).netloc), taken)
            taken.add(source_id)
            yield _Step(result="new", url=url, id=source_id, settings=settings)
        met.add(url)


def _free_id(wanted: str, taken: set[str]) -> str:
    wanted = wanted[:56] or "source"
    return next(
        name
        for number in count(1)
        if (name := wanted if number == 1 else f"{wanted}-{number}") not in taken
    )


def _show(step: _Step, *, as_json: bool) -> None:
    if as_json:
        emit_json(
            {"result": step.result, "id": step.id, "url": step.url, "reason": step.reason or None}
        )
    elif step.result == "new":
        emit(step.id)
    elif step.result == "refused":
        say(f"{step.url}: refused: {step.reason}")


def _summary(steps: Sequence[_Step], *, dry_run: bool) -> None:
    counts = Counter(step.result for step in steps)
    added = "would be added" if dry_run else "added"
    say(f"{counts['new']} {added}, {counts['known']} known already, {counts['refused']} refused")


def _other_folders(listed: Sequence[Listed], known_themes: set[str]) -> None:
    from syndicator.config import slug_from

    names = {folder for one in listed for folder in one.folders}
    other = sorted(name for name in names if slug_from(name) not in known_themes)
    if other:
        say(f"folders that are no theme: {', '.join(other)}")


# ------------------------------------------------------------------ out


@export.command("opml")
@click.option("--public", is_flag=True, help="Only sources that may be shown to everybody.")
@with_parts(write=False)
def export_opml(parts: Parts, *, public: bool) -> None:
    """Write all sources as an OPML list to standard output."""
    from syndicator.publishers.opml import public_sources, sources, write_opml

    known, site = parts.store.sources(), parts.config.site
    lines = sources(known)
    if public:
        themes = {theme.slug for theme in parts.store.themes() if not theme.private}
        lines = public_sources(known, base_url=site.base_url, public_themes=themes)
    click.echo(write_opml(lines, title=site.title), nl=False)
