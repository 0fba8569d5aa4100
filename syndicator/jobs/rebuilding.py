"""A store made anew from the archive, where there is none."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from syndicator.archive.folder import files_below, named
from syndicator.archive.making import clear_unfinished, discard, unfinished
from syndicator.archive.objects import Objects
from syndicator.archive.place import ledger_folder, objects_folder
from syndicator.archive.proof import Chain
from syndicator.archive.replay import Replay
from syndicator.config import Config
from syndicator.errors import ArchiveError, StoreError, UsageError
from syndicator.jobs.keeping import told
from syndicator.jobs.parts import Parts
from syndicator.ports import Guard, Progress, Workshop, unwatched

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A store that was made."""

    file: Path
    lines: int


def rebuild(
    config: Config, workshop: Workshop, alone: Guard, *, progress: Progress = unwatched
) -> Rebuilt:
    """Make the store of a configuration from the archive of that configuration.

    Sources are due at once, as nothing is known of their last poll; feeds/ follows by publishing.

    Args:
        alone: what whoever makes a store holds.

    Raises:
        UsageError: there is a store, or no ledger.
        ArchiveError: the archive is not whole; its faults are named and nothing is made.
        LockedError: a daemon is running, or another process makes a store.
    """
    store = config.store.file
    if store is None:
        raise UsageError(f"[store] url = {config.store.url!r}: only sqlite:///FILE can be made")
    chain = Chain(ledger_folder(config.store.archive), progress=progress)
    replay = Replay(chain, Objects(objects_folder(config.store.archive)))
    made = unfinished(store)
    with alone.hold(), named(store):
        if store.exists():
            raise UsageError(f"{store} is there: move it away, or name another folder with --into")
        clear_unfinished(store, config.store.archive)
        try:
            try:
                workshop.remake(made, replay.rows())
            except StoreError:
                if not replay.faults:
                    raise  # what is missing or damaged says more than what it led to
            if faults := replay.faults:
                raise ArchiveError(f"the archive is not whole: {told(faults)}")
            if not chain.end.n:
                raise UsageError(f"{chain.folder} holds no ledger to make a store from")
            end = chain.end
            workshop.settle(made, store=chain.store, head=end.written, out=end.out)
            os.link(made, store)  # unlike a rename, it replaces nothing
        finally:
            discard(made)
    return Rebuilt(file=store, lines=end.n)


def remove_unfinished(parts: Parts) -> None:
    """At the start of a daemon, which has its lock by then: what a rebuild, a restore or an import
    that was killed left beside store and archive; no redaction would reach the texts in it."""
    store = parts.config.store.file
    assert store is not None  # or there would be no parts
    for path in clear_unfinished(store, parts.config.store.archive):
        logger.info("%s: removed; a command that was killed left it unfinished", path)


def copy_archive(config: Config, to: Path) -> None:
    """Put a copy of a configuration's whole archive into a folder in which nothing is.

    Raises:
        UsageError: something is there, or it lies in the archive or among what is published.
        ArchiveError: it cannot be copied.
    """
    archive = config.store.archive
    if next(files_below(to), None) is not None:
        raise UsageError(f"{to} is not empty: name another folder")
    for taken in (archive, config.publish.dir):
        if to.resolve().is_relative_to(taken.resolve()):
            raise UsageError(f"{to} lies inside {taken}: name a folder outside of it")
    with named(to):
        shutil.copytree(archive, to, dirs_exist_ok=True)
