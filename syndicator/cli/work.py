"""syndicator pull, syndicator publish: the daemon's work, done by hand."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from syndicator.cli.options import as_json, with_parts
from syndicator.cli.progress import progress_shown
from syndicator.cli.say import emit, emit_json, say

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Pulled

SOME_FAILED = 3
_WORDS = {
    "changed": "changed",
    "unchanged": "not changed",
    "fresh": "read just now",
    "failed": "failed",
    "skipped": "left out",
    "busy": "host busy",
}


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--force", is_flag=True, help="Also what was read less than 15 minutes ago.")
@as_json
@with_parts()
def pull(parts: Parts, sources: tuple[str, ...], *, force: bool, as_json: bool) -> None:
    """Read sources now, due or not: all, or those named.

    Every request stays conditional and polite. What is paused, held or gone is left out. Nothing is
    published; a running daemon does that within a second. Exit code 3: some sources failed.
    """
    from syndicator import jobs

    total = len(sources) or len(parts.store.sources())
    with _progress(total, as_json=as_json) as seen:
        results = jobs.pull(parts, sources or None, force=force, progress=seen)
    read = {one.source_id for one in results if one.result not in ("fresh", "skipped")}
    pictures = jobs.fetch_pictures(parts, only=read)
    jobs.index(parts, within_s=jobs.BESIDES_S)
    jobs.band(parts, within_s=jobs.BESIDES_S)
    counts = Counter(pulled.result for pulled in results)
    said = ", ".join(f"{counts[key]} {words}" for key, words in _WORDS.items() if counts[key])
    say(said or "no source to read")
    if pictures != jobs.Had():
        say(f"{pictures.kept} pictures kept, {pictures.missed} not had")
    if counts["failed"]:
        click.get_current_context().exit(SOME_FAILED)


@contextmanager
def _progress(total: int, *, as_json: bool) -> Generator[Callable[[Pulled], None], None, None]:
    """Prints each result as it comes; on a terminal with a bar below."""
    show = _emit_json if as_json else _emit_line
    if as_json or not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield show
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)

        def advance(pulled: Pulled) -> None:
            show(pulled)  # rich puts it above the bar
            bar.advance(task)

        yield advance


def _emit_line(pulled: Pulled) -> None:
    emit(_line(pulled))


def _line(pulled: Pulled) -> str:
    line = f"{pulled.source_id}: {_WORDS.get(pulled.result, pulled.result)}"
    if pulled.new or pulled.changed:
        line += f", {pulled.new} new, {pulled.changed} revised"
    return f"{line}: {pulled.error}" if pulled.error else line


def _emit_json(pulled: Pulled) -> None:
    emit_json(
        {
            "source": pulled.source_id,
            "result": pulled.result,
            "new": pulled.new,
            "changed": pulled.changed,
            "error": pulled.error,
        }
    )


@click.command()
@click.argument("themes", metavar="[THEME]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Render everything anew.")
@as_json
@with_parts()
def publish(parts: Parts, themes: tuple[str, ...], *, everything: bool, as_json: bool) -> None:
    """Bring the published folder up to date: all themes, or those named.

    A file whose bytes would not change is not touched. A theme's folder or document that somebody
    deleted comes back; with --all, every lost or damaged file.
    """
    from syndicator import jobs
    from syndicator.redaction import unaddressed

    with progress_shown(quiet=as_json) as told:
        done = jobs.publish(parts, themes or None, everything=everything, progress=told)
    for one in done:
        if as_json:
            emit_json(
                {
                    "feed": one.key,
                    "path": unaddressed(one.path),
                    "entries": one.entries,
                    "written": one.written,
                }
            )
        elif one.written:
            emit(f"{unaddressed(one.path)}: {one.entries} entries")
    feeds, files = sum(one.written for one in done), parts.tree.written
    say(f"{feeds} feeds written, {files} files in all" if files else "nothing to write")
    jobs.index(parts, within_s=jobs.BESIDES_S)
