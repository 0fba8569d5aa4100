"""The archive as one thing: where its parts lie, and the lock of whoever writes to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from syndicator.archive.captures import Captures
from syndicator.archive.ledger import Ledger
from syndicator.archive.objects import Objects
from syndicator.ports import Guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What lies below [store] archive, the closed documents aside."""

    folder: Path
    ledger: Ledger
    objects: Objects
    media: Objects  # pictures
    captures: Captures
    writing: Guard  # one writer of the ledger at a time, across processes
    alone: Guard  # the same lock, for those who wait for it


def open_archive(
    folder: Path, *, store: str, captures: Captures, writing: Guard, alone: Guard
) -> Archive:
    """The archive of a store.

    Args:
        store: its id.
        captures: where raw answers go.
    """
    return Archive(
        folder=folder,
        ledger=Ledger(ledger_folder(folder), store=store),
        objects=Objects(objects_folder(folder)),
        media=Objects(media_folder(folder)),
        captures=captures,
        writing=writing,
        alone=alone,
    )


def ledger_folder(archive: Path) -> Path:
    return archive / "ledger"


def objects_folder(archive: Path) -> Path:
    return archive / "objects"


def media_folder(archive: Path) -> Path:
    return archive / "media"


def captures_folder(archive: Path) -> Path:
    return archive / "captures"
