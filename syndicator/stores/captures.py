"""Where raw answers are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from syndicator.model import Capture, Request
from syndicator.stores.base import Part
from syndicator.stores.schema import captures


class Captures(Part):
    """What the archive asks of its own records."""

    def captured(self, url: str, digest: str) -> datetime | None:
        """When an answer of this address with this body was kept in full, if it was."""
        mine = (captures.c.url == url) & (captures.c.digest == digest) & ~captures.c.revisit
        query = select(captures.c.at).where(mine).order_by(captures.c.number).limit(1)
        with self.database.read() as db:
            return db.scalar(query)

    def capture_end(self, file: str) -> int:
        """Up to where captures are known in a file, in bytes; 0 for none."""
        with self.database.read() as db:
            return db.scalar(select(func.max(captures.c.ends)).where(captures.c.file == file)) or 0

    def captures(
        self,
        *,
        file: str | None = None,
        source: int | None = None,
        addresses: Collection[str] | None = None,
    ) -> Iterator[tuple[int, Capture]]:
        """(number, capture) of all, of those in one file, of one source (by number), or of these
        addresses, in the order of their places."""
        query = select(captures).order_by(captures.c.file, captures.c.begins)
        if file is not None:
            query = query.where(captures.c.file == file)
        if source is not None:
            query = query.where(captures.c.source == source)
        if addresses is not None:
            query = query.where(captures.c.url.in_(addresses))
        with self.database.read() as db:
            for row in db.execute(query).mappings():
                yield row["number"], _capture(row)

    def recapture(self, moved: Mapping[int, Capture], *, lost: Iterable[int]) -> None:
        """A file was rewritten: captures now lie elsewhere, by number, and some are no more."""
        with self.database.write() as db:
            db.execute(delete(captures).where(captures.c.number.in_(list(lost))))
            for number, capture in moved.items():
                this = update(captures).where(captures.c.number == number)
                db.execute(this, asdict(capture))


def keep_captures(db: Connection, source: int, requests: Iterable[Request]) -> None:
    """Note where the raw answers to these requests are kept."""
    rows = [
        {"source": source, "reason": request.reason, **asdict(request.capture)}
        for request in requests
        if request.capture is not None
    ]
    if rows:
        db.execute(_CAPTURE, rows)


_CAPTURE = insert(captures)


def _capture(row: RowMapping) -> Capture:
    return Capture(**{name: row[name] for name in Capture.__dataclass_fields__})
