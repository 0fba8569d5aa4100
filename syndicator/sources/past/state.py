"""How far the history of a source has come: a note on it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from syndicator.model import Source
from syndicator.sources.reading import Reading, noting

PAST = "past"  # note: where the history is
REASON = "history"  # of requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How far a history has come.

    Args:
        way: how it goes on: "archives", "paged" ...; "" when it is done.
        at: the next address or number of that way.
        read: documents read so far on that way.
        before: it was done before, so what is known to the end ends it.
        note: what kept a way from its end.
    """

    way: str = ""
    at: str = ""
    read: int = 0
    before: bool = False
    note: str = ""


def progress(source: Source) -> Past:
    """Where the history of a source is."""
    return Past(**json.loads(source.notes[PAST])) if PAST in source.notes else Past()


def noted(source: Source, past: Past) -> Source:
    """The source with this as its history's state."""
    return noting(source, **{PAST: json.dumps(asdict(past), sort_keys=True)})


def to(reading: Reading, past: Past) -> Reading:
    """The reading, with where the history goes on after it."""
    return replace(reading, source=noted(reading.source, past), more=bool(past.way))
