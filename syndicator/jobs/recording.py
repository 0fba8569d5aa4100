"""What was kept, recorded in the ledger: after it was saved, by one process at a time.

Saving notes what it changed, in the same transaction; here the notes become lines. Nothing waits
for it: as long as the archive cannot be written, notes gather in the store and reading goes on.
"""

from __future__ import annotations

import json
import logging

from syndicator.archive.ledger import Head, Told
from syndicator.errors import ArchiveError, LockedError
from syndicator.jobs.parts import Parts

logger = logging.getLogger(__name__)

_AT_ONCE = 500  # lines
_CONFIGURATION = "configuration"  # fact
_LONGEST_S = 2.0  # of a round of the daemon; the next goes on


def record_all(parts: Parts) -> int:
    """Record whatever waits; how many lines. The caller holds `parts.archive.writing`.

    Raises:
        ArchiveError: the archive cannot be written, or is not that of this store.
    """
    lines = 0
    while told := _record_some(parts):
        lines += told
    return lines


def record(parts: Parts, *, seconds: float = _LONGEST_S) -> None:
    """Record what waits, for so long at most; leave it to whoever is at it already.

    An archive that cannot be written is said once, and once that it can be again.
    """
    if not parts.store.to_tell(1):
        return
    ends_at = parts.clock.monotonic() + seconds
    try:
        with parts.archive.writing.hold():
            while _record_some(parts) and parts.clock.monotonic() < ends_at:
                pass
    except LockedError:
        return
    except ArchiveError as error:
        _said(parts, str(error))
    else:
        _said(parts, "")


def _record_some(parts: Parts) -> int:
    notes = parts.store.to_tell(_AT_ONCE)
    if not notes:
        return 0
    archive = parts.archive
    archive.objects.put({note.sha256: note.body.encode() for note in notes if note.body})
    told = [
        Told(out=note.out, kind=note.kind, key=note.key, row=note.row, object=note.sha256)
        for note in notes
    ]
    head = Head.read(parts.store.ledger_head())
    last = parts.store.last_to_tell()
    head = archive.ledger.append(head, told, last=last, now=parts.clock.now())
    parts.store.told(upto=notes[-1].out, head=head.written)
    return len(notes)


def note_configuration(parts: Parts) -> None:
    """Keep what the configuration says of the publisher and of publishing, when it has changed.

    Sources and themes are kept one by one. Paths and secrets have no place in the ledger.
    """
    config = parts.config
    said = {
        "site": config.site.model_dump(),
        "store": config.store.model_dump(include={"capture", "capture_images"}),
        "publish": config.publish.model_dump(exclude={"dir"}),
        "schedule": config.schedule.model_dump(),
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    if parts.store.get_meta(_CONFIGURATION) != text:
        parts.store.set_meta(_CONFIGURATION, text)


def close_days(parts: Parts) -> None:
    """Close the ledger's file of a day that is over; nothing waits for it, as above."""
    try:
        with parts.archive.writing.hold():
            head = Head.read(parts.store.ledger_head())
            parts.archive.ledger.close_past(head, now=parts.clock.now())
    except LockedError:
        return
    except ArchiveError as error:
        _said(parts, str(error), of="the end of a day in the ledger")
    else:
        _said(parts, "", of="the end of a day in the ledger")


def _said(parts: Parts, trouble: str, *, of: str = "the ledger") -> None:
    before, parts.troubles[of] = parts.troubles.get(of, ""), trouble
    if trouble and trouble != before:
        logger.error("%s waits, reading goes on: %s", of, trouble)
    elif before and not trouble:
        logger.info("%s is written again", of)
