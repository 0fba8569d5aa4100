"""When a source has moved for good (C8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicator.model import Move

_POLLS = 3
_LONG = timedelta(days=7)


def move(before: Move | None, *, url: str, target: str, now: datetime) -> tuple[Move | None, bool]:
    """What is remembered of a move, and whether it is to be believed now.

    A move is believed when it was seen on 3 polls over 7 days; at once from http to https of the
    same address.

    Args:
        url: where the source is read. target: where permanent redirects alone led, "" nowhere.
    """
    if not target or target == url:
        return None, False
    if before is None or before.url != target:
        seen = Move(url=target, since=now)
    else:
        seen = Move(url=target, since=before.since, polls=before.polls + 1)
    at_once = url.startswith("http://") and target == f"https://{url.removeprefix('http://')}"
    return seen, at_once or (seen.polls >= _POLLS and now - seen.since >= _LONG)
