"""Backups, and how much the archive holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syndicator.archive.backup import Kept, refuse_taken, restore_backup, write_backup
from syndicator.archive.folder import files_below, named
from syndicator.archive.workplace import workplace
from syndicator.config import Config
from syndicator.errors import ArchiveError, UsageError
from syndicator.jobs.parts import Parts
from syndicator.ports import Guard, Progress, unwatched

_NAMED = 5


def backup(parts: Parts, file: Path, *, progress: Progress = unwatched) -> Kept:
    """Write store and archive into one new file, beside whatever goes on; it is read back.

    Publishing waits meanwhile: the documents that closed are to be those that the store knows.

    Raises:
        UsageError: the file exists, or lies in what it is to keep.
        ArchiveError: it cannot be written, or the store is damaged (R33).
    """
    archive = parts.config.store.archive
    try:
        refuse_taken(file, archive)
    except ArchiveError as error:
        raise UsageError(str(error)) from error
    with (
        parts.publishing.hold(),
        named(file.parent),
        workplace(file.parent, "backup") as place,
    ):
        progress("copying the store", 0, 0)
        copy = place / "store.db"
        parts.store.copy_to(copy)
        if faults := parts.workshop.faults(copy):
            raise ArchiveError(f"the store is damaged: {told(faults)}")
        now = parts.clock.now()
        return write_backup(
            file, place=place, store=copy, archive=archive, now=now, progress=progress
        )


def restore(config: Config, alone: Guard, file: Path, *, progress: Progress = unwatched) -> Kept:
    """Make store and archive from a backup, where there are none; feeds/ follows by publishing.

    Args:
        alone: what whoever makes a store holds.

    Raises:
        UsageError: there is no such file.
        ArchiveError: it is no whole backup, or something would be overwritten.
        LockedError: a daemon is running, or another process makes a store.
    """
    store = config.store.file
    if store is None:
        raise UsageError(f"[store] url = {config.store.url!r}: only sqlite:///FILE can be restored")
    if not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    with alone.hold():
        archive = config.store.archive
        return restore_backup(file, store=store, archive=archive, progress=progress)


def told(faults: Sequence[object]) -> str:
    """Faults in a line; of many the first few."""
    more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return "; ".join(map(str, faults[:_NAMED])) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How much is kept, and what it takes up; sizes in bytes."""

    articles: int
    revisions: int
    log_rows: int
    store_size: int
    files: dict[str, int]  # by part of the archive
    sizes: dict[str, int]


def stats(parts: Parts) -> Stats:
    """Counted afresh."""
    counts = parts.store.counts()
    archive = parts.config.store.archive
    files: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for path in files_below(archive):
        part = path.relative_to(archive).parts[0]
        files[part] = files.get(part, 0) + 1
        sizes[part] = sizes.get(part, 0) + path.stat().st_size
    file = parts.config.store.file
    beside = [] if file is None else file.parent.glob(f"{file.name}*")
    return Stats(
        articles=counts["articles"],
        revisions=counts["revisions"],
        log_rows=counts["log_rows"],
        store_size=sum(path.stat().st_size for path in beside),
        files=files,
        sizes=sizes,
    )
