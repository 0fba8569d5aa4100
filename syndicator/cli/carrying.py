"""syndicator export jsonl, export bag, export config, import jsonl, import warc."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import opened, with_parts
from syndicator.cli.progress import progress_shown
from syndicator.cli.say import say
from syndicator.errors import UsageError
from syndicator.ports import counted

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Taken

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_themes = click.option("--theme", "themes", multiple=True, help="File all of it here; repeatable.")


@click.command("jsonl")
@with_parts(write=False)
def export_jsonl(parts: Parts) -> None:
    """Write everything that is kept to standard output, as JSON Lines.

    `import jsonl` makes the same store of it in another place.
    """
    from syndicator import jobs

    with progress_shown(quiet=sys.stdout.isatty()) as progress:
        for line in counted(jobs.carry_out(parts), progress, "writing lines"):
            sys.stdout.buffer.write(line)
    sys.stdout.flush()


@click.command("bag")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--theme", help="Of this theme alone.")
@with_parts(write=False)
def export_bag(parts: Parts, folder: Path, *, theme: str | None) -> None:
    """Write a BagIt package for other archives into the new folder DIR: all, or a theme.

    It holds the ledger with its texts, raw answers, feeds and pages, and a README for people who
    know nothing of this program.
    """
    from syndicator import jobs

    with progress_shown() as progress:
        files = jobs.bag(parts, folder, theme, progress=progress)
    say(f"{folder}: {files} files, valid")


@click.command("config")
@with_parts(write=False)
def export_config(parts: Parts) -> None:
    """Write a configuration file that declares all sources and themes to standard output.

    Those of the file are in it as the file has them now, whether or not they were ever read, and
    those that were added by hand; the other sections say what the file says.
    It can be used as it is. Where a secret would stand it has ***, to be replaced by hand, which is
    told of; a source that lacks one is not read before. What only the store knows is not in it:
    pauses, what was filed by hand, addresses of private themes.
    """
    from syndicator import jobs
    from syndicator.config import export, parsed, read_text
    from syndicator.config.problems import dotted

    path = parts.config.path
    given = parsed(path, read_text(path))
    written = export(given, jobs.all_sources(parts), jobs.all_themes(parts))
    click.echo(written.text, nl=False)
    for key in written.left_out:
        say(f"{dotted(key)}: a secret is left out, *** stands for it; put it in by hand")


@click.command("jsonl")
@click.argument("file", type=_FILE)
@click.option("--source", metavar="ID", help="Id of the source that the articles will have.")
@_themes
@click.pass_obj
def import_jsonl(config: Path, file: Path, *, source: str | None, themes: tuple[str, ...]) -> None:
    """Take in FILE: what `export jsonl` wrote, or articles of others.

    A whole store is taken only where there is none. Articles of others, one JSON object a line with
    url, title, authors, published, html or text, become those of a new source --source ID, which
    says where they came from and when.
    """
    from syndicator import jobs
    from syndicator.app import WORKSHOP, load_config, maker_guard
    from syndicator.archive.lines import FORMAT

    with file.open("rb") as lines:
        whole = FORMAT.encode() in lines.readline(200)
        lines.seek(0)
        if whole and source is None:
            loaded = load_config(config, os.environ)
            guard = maker_guard(loaded)
            with progress_shown() as progress:
                made = jobs.carry_in(loaded, WORKSHOP, guard, lines, str(file), progress=progress)
            say(f"{made}: made from {file}; `publish --all` publishes it")
            return
    source_id = _named(source)
    with opened(config, write=True) as parts:
        _tell(_watched(lambda: jobs.take_lines(parts, file, source_id, themes)))


@click.command("warc")
@click.argument("file", type=_FILE)
@click.option("--source", metavar="ID", required=True, help="Id of the source they will have.")
@_themes
@with_parts()
def import_warc(parts: Parts, file: Path, *, source: str, themes: tuple[str, ...]) -> None:
    """Take in the articles that the pages of the WARC FILE show, as those of a new source."""
    from syndicator import jobs

    source_id = _named(source)
    _tell(_watched(lambda: jobs.take_warc(parts, file, source_id, themes)))


def _watched(take: Callable[[], Taken]) -> Taken:
    """Articles of others are read as one source is: how far that is, nobody knows."""
    with progress_shown() as progress:
        progress("taking in articles", 0, 0)
        return take()


def _named(source: str | None) -> str:
    from syndicator.config import slug_from

    if source is None:
        raise UsageError("name the source that these articles will have: --source ID")
    if slug_from(source) != source:
        raise UsageError(f"{source!r} is no id; such as {slug_from(source) or 'their-paper'!r}")
    return source


def _tell(taken: Taken) -> None:
    said: dict[str, Any] = {"left out": 0, **taken.left_out}
    more = ", ".join(f"{number} {name}" for name, number in said.items() if number)
    say(f"{taken.source_id}: {taken.articles} articles taken in{', ' + more if more else ''}")
    if not taken.articles:
        say(f"so no source {taken.source_id} is kept")
    if taken.error:
        say(taken.error)
        click.get_current_context().exit(1)
