"""Time stamps for the ledger: an authority of others signs the manifest of each day that closed.

Nothing waits for it. As long as the authority cannot be reached that is said once, and tried again
with each upkeep.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from syndicator.archive import stamps
from syndicator.archive.folder import named, write_whole
from syndicator.archive.ledger import manifests
from syndicator.archive.place import ledger_folder
from syndicator.errors import ArchiveError, FetchError, Stopped
from syndicator.jobs.parts import Parts
from syndicator.redaction import redacted

logger = logging.getLogger(__name__)

_AT_ONCE = 31  # days
_PATIENCE_S = 20.0  # with the authority, for each
_TROUBLE = "time stamps"
_NOT_BEFORE = "time stamps not before"  # fact: no request before this
_LONGEST = timedelta(days=8)
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def stamp_days(parts: Parts) -> int:
    """Have the manifests stamped that closed since the last stamp; how many.

    Where there is no stamp yet, the newest manifest gets the first: the chain it ends proves those
    before it.
    """
    if not parts.config.store.timestamps or _is_quiet(parts):
        return 0
    done = 0
    try:
        for path in _waiting(parts)[:_AT_ONCE]:
            _stamp(parts, path)
            done += 1
    except Stopped:
        return done
    except FetchError as error:
        _said(parts, f"{redacted(parts.config.store.timestamps)}: {error}")
        if error.not_before is not None:
            parts.store.set_meta(_NOT_BEFORE, error.not_before.isoformat())
    except ArchiveError as error:
        _said(parts, str(error))
    else:
        _said(parts, "")
    return done


def _is_quiet(parts: Parts) -> bool:
    """Whether the authority asked for quiet (C10); what no rule of ours waits for is not believed
    (R36)."""
    said = parts.store.get_meta(_NOT_BEFORE)
    now = parts.clock.now()
    return bool(said) and now < datetime.fromisoformat(said) < now + _LONGEST


def _waiting(parts: Parts) -> Sequence[Path]:
    paths = manifests(ledger_folder(parts.archive.folder))
    for place in range(len(paths) - 1, -1, -1):
        if parts.store.get_meta(stamps.fact_of(_body(paths[place]))):
            return paths[place + 1 :]
    return paths[-1:]


def _stamp(parts: Parts, path: Path) -> None:
    """The file first: a crash before the store knows of it costs one more request."""
    manifest = _body(path)
    asked = stamps.request(manifest)
    answer = parts.authority.ask(
        parts.config.store.timestamps, seconds=_PATIENCE_S, body=asked.as_bytes(), headers=_HEADERS
    )
    stamps.check(answer, manifest, asked)
    write_whole(stamps.stamp_of(path), answer)
    parts.store.set_meta(stamps.fact_of(manifest), sha256(answer).hexdigest())


def _body(path: Path) -> bytes:
    with named(path):
        return path.read_bytes()


def _said(parts: Parts, trouble: str) -> None:
    before, parts.troubles[_TROUBLE] = parts.troubles.get(_TROUBLE, ""), trouble
    if trouble and trouble != before:
        logger.warning("no time stamps for now, all else goes on: %s", trouble)
    elif before and not trouble:
        logger.info("time stamps are given again")
