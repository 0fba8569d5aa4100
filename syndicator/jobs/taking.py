"""Other people's material taken in: articles as JSON Lines, pages of WARC files.

It is read as a source of its own, like a local file: its ids cannot meet those of another source,
dates that cannot be are not believed, rules file it under themes. The source says where it came
from and when, and is not read again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from syndicator.archive.pages import pages_of
from syndicator.config.sections import FilesSettings
from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.jobs.reading import pull
from syndicator.model import Kind, SourceSettings

MOST = 10_000  # articles of one import: what is read of one source at first


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of an import."""

    source_id: str
    articles: int
    error: str
    left_out: dict[str, int]  # by reason


def take_lines(parts: Parts, file: Path, source_id: str, themes: Sequence[str]) -> Taken:
    """Take in articles as JSON Lines.

    Raises:
        UsageError: the source is there already, or they are too many.
    """
    with file.open("rb") as lines:
        many = sum(1 for line in lines if line.strip())
    if many > MOST:
        raise UsageError(f"{file} holds {many} articles; {MOST} go into one import: split it")
    with tempfile.TemporaryDirectory(prefix="syndicator-import-") as folder:
        shutil.copyfile(file, Path(folder, f"{source_id}.jsonl"))
        return _taken(parts, Path(folder), f"{source_id}.jsonl", file, source_id, themes)


def take_warc(parts: Parts, file: Path, source_id: str, themes: Sequence[str]) -> Taken:
    """Take in the pages of a WARC file that show articles; of several of an address, the last.

    Raises:
        UsageError: the source is there already, or they are too many, or there is none.
        ArchiveError: the file is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="syndicator-import-") as folder:
        pages = Path(folder, source_id)
        pages.mkdir()
        many = pages_of(file, pages, most_bytes=parts.config.fetch.max_decoded_bytes)
        if not many:
            raise UsageError(f"{file} holds no page")
        if many > MOST:
            raise UsageError(f"{file} holds {many} pages; {MOST} go into one import: split it")
        return _taken(parts, Path(folder), source_id, file, source_id, themes)


def _taken(
    parts: Parts, folder: Path, url: str, file: Path, source_id: str, themes: Sequence[str]
) -> Taken:
    now = parts.clock.now()
    settings = SourceSettings(
        url=url,
        kind=Kind.FILE,
        title=f"{file.name}, imported {now:%Y-%m-%d}",
        themes=tuple(parts.store.theme(slug).slug for slug in themes),
    )
    parts.store.add_source(source_id, settings, now=now)
    there = replace(parts, config=replace(parts.config, files=FilesSettings(folder=folder)))
    try:
        results = pull(there, [source_id], force=True)
    finally:
        parts.store.change_source(source_id, replace(settings, enabled=False))
    counts = parts.store.source(source_id).counts
    articles = sum(one.new for one in results)
    if not articles:  # the next try may have the same id
        parts.store.remove_source(source_id, now=parts.clock.now())
    return Taken(
        source_id=source_id,
        articles=articles,
        error="; ".join(one.error for one in results if one.error),
        left_out=dict(counts),
    )
