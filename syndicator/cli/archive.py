"""syndicator archive: what is kept for good, proved, copied and brought back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syndicator.cli.options import as_json, opened, with_parts
from syndicator.cli.progress import progress_shown
from syndicator.cli.say import emit, emit_json, facts, say
from syndicator.cli.shapes import plain

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.archive.proof import Fault


@click.group()
def archive() -> None:
    """The archive: how much it holds, whether it is whole, backups of it."""


@archive.command()
@as_json
@with_parts(write=False)
def stats(parts: Parts, *, as_json: bool) -> None:
    """Show how much is kept, and the room it takes up."""
    from syndicator import jobs

    found = plain(jobs.archive_stats(parts))
    if as_json:
        emit_json(found)
        return
    for name in ("files", "sizes"):
        found |= {f"{part} ({name})": number for part, number in found.pop(name).items()}
    facts({name.replace("_", " "): number for name, number in found.items()})


@archive.command()
@click.option(
    "--compare",
    "other",
    metavar="CONFIG",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Only compare the store with that of another configuration file.",
)
@as_json
@with_parts(write=False)
def verify(parts: Parts, *, other: Path | None, as_json: bool) -> None:
    """Hold archive, store and published folder against each other; exit code 1 if they disagree.

    The store and the published folder are made anew from the archive, beside the real ones, and
    compared with them: that takes as much room again. Each fault is named with its file, and its
    record or article. The daemon does it once a week.
    """
    faults = _compared(parts, other) if other else _verified(parts, quiet=as_json)
    for fault in faults:
        if as_json:
            emit_json(plain(fault))
        else:
            emit(str(fault))
    if faults:
        click.get_current_context().exit(1)


def _compared(parts: Parts, other: Path) -> Sequence[Fault]:
    from syndicator import jobs

    with opened(other, write=False) as others:
        faults = jobs.compare(parts, others)
    say(f"{len(faults) or 'no'} differences")
    return faults


def _verified(parts: Parts, *, quiet: bool) -> Sequence[Fault]:
    from syndicator import jobs
    from syndicator.archive.stamps import WAY_OUT, can_stamp

    with progress_shown(quiet=quiet) as progress:
        found = jobs.verify(parts, progress=progress)
    say(
        f"{found.lines} lines of the ledger, {found.objects} objects and {found.files} published "
        f"files looked at; faults: {len(found.faults)}"
    )
    if found.stamps:
        say(f"{found.stamps} time stamps of days looked at")
    if found.stamps and not found.signers:
        named = "name the authority's certificates as timestamp_roots in [store]"
        say(f"who signed them was not checked: {named if can_stamp() else WAY_OUT}")
    for name in found.strangers:
        say(f"{name}: belongs to nothing that is published; no fault, but readers may be handed it")
    if len(found.strangers) == jobs.MOST_STRANGERS:
        say("and maybe more")
    return found.faults


@archive.command()
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Make store, archive and published folder in another place, beside what is there.",
)
@click.pass_obj
def rebuild(config: Path, into: Path | None) -> None:
    """Make the store from the archive alone, and publish all of it.

    Without --into there must be no store: move it away first. What sources last answered is not in
    the archive, so that each is due at once; what is known of them stays known.
    """
    from syndicator import jobs
    from syndicator.app import WORKSHOP, load_config, maker_guard

    environ = {**os.environ, **_places(into)}
    loaded = load_config(config, environ)
    if into is not None:
        jobs.copy_archive(load_config(config, os.environ), loaded.store.archive)
    with progress_shown() as progress:
        made = jobs.rebuild(loaded, WORKSHOP, maker_guard(loaded), progress=progress)
        with opened(config, write=True, environ=environ) as parts:
            published = jobs.publish(parts, everything=True, progress=progress)
    say(f"{made.file}: made from {made.lines} lines; {len(published)} feeds published")


def _places(into: Path | None) -> dict[str, str]:
    """Settings that move everything to another folder."""
    if into is None:
        return {}
    home = into.resolve()
    return {
        "SYNDICATOR_STORE__URL": f"sqlite:///{home}/store/syndicator.db",
        "SYNDICATOR_STORE__ARCHIVE": f"{home}/store/archive",
        "SYNDICATOR_PUBLISH__DIR": f"{home}/feeds",
    }


@archive.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_parts(write=False)
def backup(parts: Parts, file: Path) -> None:
    """Write the store and the archive into a new FILE, also while the daemon runs.

    The backup is read back and compared before it gets its name. It holds all that is kept; the
    published folder follows from it, and config.toml and files with passwords are yours to keep.
    """
    from syndicator import jobs

    with progress_shown() as progress:
        kept = jobs.backup(parts, file, progress=progress)
    say(f"{file}: {kept.files} files, {kept.size} bytes, read back and whole")


@archive.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def restore(config: Path, file: Path) -> None:
    """Make the store and the archive from the backup FILE.

    Nothing is overwritten: move away what is there first. Afterwards `publish --all` makes the
    published folder again.
    """
    from syndicator import jobs
    from syndicator.app import load_config, maker_guard

    loaded = load_config(config, os.environ)
    with progress_shown() as progress:
        kept = jobs.restore(loaded, maker_guard(loaded), file, progress=progress)
    say(f"{file}: {kept.files} files restored, as they were on {kept.at}")
