"""syndicator source: the places we read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import as_json, with_parts
from syndicator.cli.say import emit, emit_json, facts, say, stamp, table, when
from syndicator.cli.shapes import plain, request_json, source_json
from syndicator.errors import UsageError
from syndicator.model import Cadence, Kind, Source
from syndicator.redaction import redacted

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Recalled

_KINDS = click.Choice([kind.value for kind in Kind])


@click.group()
def source() -> None:
    """Sources: the feeds and pages that are read."""


@source.command()
@click.argument("url")
@click.option("--id", "source_id", default="", help="Its id; made from the address when not given.")
@click.option("--title", default="", help="Its name; else what it says of itself.")
@click.option("--kind", type=_KINDS, default="auto", show_default=True, help="How to read it.")
@click.option("--theme", "themes", multiple=True, help="File all its articles here; repeatable.")
@click.option("--every", default="", metavar="DURATION", help="How often to look, such as 2h.")
@with_parts()
def add(
    parts: Parts,
    url: str,
    *,
    source_id: str,
    title: str,
    kind: str,
    themes: tuple[str, ...],
    every: str,
) -> None:
    """Read URL from now on; prints its id.

    URL may be a feed, a page that announces one, a list of articles, or one article. It is read
    once at once; what it says appears in the feeds with the next publish.
    """
    from syndicator import jobs

    added = jobs.add_source(
        parts,
        url,
        id=source_id,
        title=title,
        kind=Kind(kind),
        themes=themes,
        every=every,
    )
    emit(added.id)
    if added.new:
        say(f"{added.id}: added as {added.kind}, {added.articles} articles")
    else:
        say(f"{added.id}: known already, nothing changed")


@source.command("list")
@as_json
@with_parts()
def list_(parts: Parts, *, as_json: bool) -> None:
    """List all sources and how they are doing."""
    sources = parts.store.sources()
    if as_json:
        for one in sources:
            emit_json(source_json(one))
        return
    table(
        ["id", "kind", "state", "last success", "next check", "title", "what is wrong"],
        map(_row, sources),
    )


def _row(one: Source) -> tuple[object, ...]:
    times = when(one.success_at), when(one.next_check_at)
    return (one.id, one.kind, one.state, *times, one.title, one.error)


@source.command()
@click.argument("source_id")
@as_json
@with_parts()
def show(parts: Parts, source_id: str, *, as_json: bool) -> None:
    """Show one source, with the last requests it cost."""
    found = parts.store.source(source_id)
    requests = parts.store.polls(source_id, limit=10)
    if as_json:
        emit_json(source_json(found) | {"requests": [request_json(one) for one in requests]})
        return
    facts(_facts(found))
    for request in requests:
        answer = request.error or request.status or "no answer"
        emit(f"  {when(request.at)}  {request.reason}  {answer}  {redacted(request.url)}")


def _facts(found: Source) -> dict[str, object]:
    known = source_json(found)
    known["themes"] = ", ".join(found.settings.themes)
    known["declared"] = "in the configuration file" if found.declared else "in the store"
    known["next_check_at"] = f"{known['next_check_at']} ({known.pop('next_check_why')})"
    known["speaks"] = _rhythm(found.cadence)
    for kind, words in known.pop("alarms").items():
        known[f"alarm, {kind}"] = words
    known["left_out"] = ", ".join(f"{name}: {count}" for name, count in found.counts.items())
    return known


def _rhythm(cadence: Cadence) -> str:
    """How often it says something new, in words."""
    if cadence.events < 0.5 or not cadence.seconds:
        return "too little seen to tell how often"
    hours = cadence.seconds / cadence.events / 3600
    return f"every {hours / 24:.1f} days" if hours >= 48 else f"every {hours:.1f} hours"


@source.command("set")
@click.argument("source_id")
@click.argument("changes", metavar="KEY=VALUE...", nargs=-1, required=True)
@with_parts()
def set_(parts: Parts, source_id: str, changes: tuple[str, ...]) -> None:
    """Change settings of a source, with the keys of a [sources.X] table.

    Lists are parted by commas; an empty value goes back to the default. Example:

    syndicator source set glo-be every=2h themes=mali,peacebuilding select.item="article a"
    """
    from syndicator.app import CHECKS
    from syndicator.config import source_from

    found = _undeclared(parts, source_id)
    themes = [theme.slug for theme in parts.store.themes()]
    settings = source_from(
        changes, start=found.settings, around=parts.config.around(themes, CHECKS)
    )
    parts.store.change_source(source_id, settings)
    say(f"{source_id}: {', '.join(changes)}")


@source.command()
@click.argument("source_id")
@with_parts()
def remove(parts: Parts, source_id: str) -> None:
    """Stop reading a source for good. Its articles stay."""
    _undeclared(parts, source_id)
    parts.store.remove_source(source_id, now=parts.clock.now())
    say(f"{source_id}: removed; its articles stay")


def _undeclared(parts: Parts, source_id: str) -> Source:
    """The source, if it may be changed here. Raises UsageError: the file declares it."""
    found = parts.store.source(source_id)
    if found.declared:
        raise UsageError(
            f"{source_id} is declared in {parts.config.path}: change [sources.{source_id}] there"
        )
    return found


@source.command()
@click.argument("source_id")
@with_parts()
def pause(parts: Parts, source_id: str) -> None:
    """Stop reading a source until it is resumed. Its articles stay."""
    parts.store.pause_source(source_id, at=parts.clock.now())
    say(f"{source_id}: paused")


@source.command()
@click.argument("source_id")
@with_parts()
def resume(parts: Parts, source_id: str) -> None:
    """Read a paused source again, or one that said it is gone."""
    parts.store.pause_source(source_id, at=None)
    say(f"{source_id}: resumed")


@source.command()
@click.argument("source_id")
@as_json
@with_parts()
def history(parts: Parts, source_id: str, *, as_json: bool) -> None:
    """Fetch everything a source still offers: archives, older pages, its sitemap.

    It keeps to the host's pace, so a large past takes its time. Interrupted with Ctrl-C or
    otherwise, it goes on where it was when it is started again; later it reads only what is new.
    """
    from syndicator import jobs

    told = jobs.history(parts, source_id, progress=_recalled)
    if as_json:
        emit_json(plain(told))
        return
    emit(f"{source_id}: {told.new} new, {told.changed} revised, {told.read} requests")
    if told.note:
        say(f"{source_id}: it ended where it could not go on: {told.note}")


def _recalled(told: Recalled) -> None:
    say(f"{told.source_id}: {told.read} requests, {told.new} new articles so far")


@source.command()
@click.argument("url")
@as_json
@with_parts(write=False)
def test(parts: Parts, url: str, *, as_json: bool) -> None:
    """Show what would be read from URL. Nothing is stored."""
    from syndicator import jobs

    reading = jobs.test_source(parts, url)
    entries = [_entry(entry) for entry in reading.entries]
    address = redacted(reading.url)
    if as_json:
        emit_json(
            {"url": address, "kind": reading.kind, "title": reading.title, "entries": entries}
        )
        return
    facts({"url": address, "kind": reading.kind, "title": reading.title})
    table(
        ["published", "authors", "title"],
        [(one["published"] or "", ", ".join(one["authors"]), one["title"]) for one in entries],
    )


def _entry(content: Any) -> dict[str, Any]:
    return {
        "title": content.title,
        "authors": [person.name for person in content.authors],
        "published": stamp(content.published_at),
        "date_raw": content.date_raw,
        "date_basis": content.date_basis.value,
        "url": content.url,
        "lang": content.language,
        "standfirst": content.standfirst,
        "words": len(content.text.split()),
        "categories": [category.label or category.term for category in content.categories],
        "image": content.image.url if content.image else None,
    }
