"""Whole stores carried from one place to another, as JSON Lines, and what was declared."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from syndicator.archive.folder import files_below, named
from syndicator.archive.lines import Lines, Row, written
from syndicator.archive.making import clear_unfinished, discard, unfinished
from syndicator.config import Config
from syndicator.errors import ArchiveError, RowError, UsageError
from syndicator.jobs.parts import Parts
from syndicator.model import SourceSettings, Theme
from syndicator.ports import Guard, Progress, Workshop, unwatched

_TOLD_EVERY = 1000  # rows


def carry_out(parts: Parts) -> Iterator[bytes]:
    """Everything that is kept, a line each.

    Raises:
        StoreError, ArchiveError: something cannot be read.
    """
    store = parts.store.get_meta("store id")
    return written(store, parts.store.kept_rows(), parts.archive.folder)


def carry_in(
    config: Config,
    workshop: Workshop,
    alone: Guard,
    file: IO[bytes],
    name: str,
    *,
    progress: Progress = unwatched,
) -> Path:
    """Make store and archive from what `carry_out` gave, where there are none; the store's file.

    Args:
        alone: what whoever makes a store holds.

    Raises:
        UsageError: something is there.
        ArchiveError, StoreError: it is not whole; nothing is left of it.
        LockedError: a daemon is running, or another process makes a store.
    """
    store, archive = config.store.file, config.store.archive
    if store is None:
        raise UsageError(f"[store] url = {config.store.url!r}: only sqlite:///FILE can be made")
    made, scratch = unfinished(store), unfinished(archive)
    with alone.hold(), named(store):
        for path in (*([store] if store.exists() else []), *files_below(archive)):
            raise UsageError(f"{path} is there: a whole store is only taken where there is none")
        clear_unfinished(store, archive)
        try:
            lines = Lines(file, name, scratch)
            try:
                workshop.remake(made, _watched(lines, file, progress))
            except RowError as error:
                raise ArchiveError(lines.unreadable(error)) from error
            workshop.begin(made, store=lines.store)
            archive.mkdir(parents=True, exist_ok=True)
            for part in sorted(scratch.iterdir()) if scratch.is_dir() else ():
                part.rename(archive / part.name)
            os.link(made, store)  # unlike a rename, it replaces nothing
        finally:
            discard(scratch)
            discard(made)
    return store


def _watched(lines: Lines, file: IO[bytes], progress: Progress) -> Iterator[Row]:
    size = os.fstat(file.fileno()).st_size
    for place, row in enumerate(lines.rows()):
        if place % _TOLD_EVERY == 0:
            progress("reading the export", file.tell(), size)
        yield row


# ------------------------------------------------------------------ what a file would declare


def all_sources(parts: Parts) -> Mapping[str, SourceSettings]:
    """id -> what is said of each source: those of the file as it stands, which the store need not
    have heard of yet, and those added by hand that it does not take over."""
    declared, known = parts.config.sources, parts.store.sources(retired=True)
    ids = {one.id for one in known}
    renamed = {settings.url for name, settings in declared.items() if name not in ids}
    by_hand = {
        one.id: one.settings
        for one in known
        if not one.declared and not one.retired_at and one.first_url not in renamed
    }
    return dict(sorted({**by_hand, **declared}.items()))


def all_themes(parts: Parts) -> Mapping[str, Theme]:
    """slug -> theme, in the same way."""
    declared, known = parts.config.themes, parts.store.themes()
    slugs = {one.slug for one in known}
    renamed = {
        old for slug, one in declared.items() if slug not in slugs for old in one.renamed_from
    }
    by_hand = {one.slug: one for one in known if not one.declared and one.slug not in renamed}
    return dict(sorted({**by_hand, **declared}.items()))
