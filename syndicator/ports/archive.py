"""What the archive asks of a store: captures, the ledger, redaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Capture


class Note(Protocol):
    """A row that changed and is to be told to the ledger, as it is now."""

    @property
    def out(self) -> int:
        """Its place among all changes."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str:
        """What names the row, a JSON array."""

    @property
    def row(self) -> str:
        """What is told openly, a JSON object; "null" when it is there no more."""

    @property
    def body(self) -> str:
        """What is told beside the line, "" for nothing."""

    @property
    def sha256(self) -> str:
        """Of `body`, "" for nothing."""


class Redaction(Protocol):
    """An article whose text has left the store and has still to leave the archive."""

    @property
    def number(self) -> int: ...
    @property
    def article(self) -> int: ...
    @property
    def source(self) -> int: ...
    @property
    def entries(self) -> Sequence[int]:
        """Numbers of what rows of logs showed of it."""

    @property
    def addresses(self) -> Sequence[str]:
        """Where it was read."""

    @property
    def signs(self) -> Sequence[str]:
        """By these it is known in what else was captured of its source."""

    @property
    def pictures(self) -> Sequence[str]:
        """Where its pictures were read."""

    @property
    def media(self) -> Sequence[str]:
        """SHA-256 of their copies."""

    @property
    def neighbours(self) -> Sequence[int]:
        """Articles, by number, whose pager led to it."""

    @property
    def lost(self) -> Sequence[tuple[int, str, str]]:
        """Captures that are to go, noted before they do: number, SHA-256, file."""


class Difference(Protocol):
    """A row that two stores do not hold alike."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str:
        """What names the row, a JSON array."""

    @property
    def how(self) -> str: ...
    @property
    def article(self) -> str:
        """Id of the article it is of, or ""."""


class Captures(Protocol):
    """Where raw answers lie."""

    def captured(self, url: str, digest: str) -> datetime | None:
        """When an answer of this address with this body was kept in full, if it was."""

    def capture_end(self, file: str) -> int:
        """Up to where captures are known in a file, in bytes; 0 for none."""

    def captures(
        self,
        *,
        file: str | None = None,
        source: int | None = None,
        addresses: Collection[str] | None = None,
    ) -> Iterator[tuple[int, Capture]]:
        """(number, capture) of all, of those in one file, of one source (by number), or of these
        addresses, in the order of their places."""

    def recapture(self, moved: Mapping[int, Capture], *, lost: Iterable[int]) -> None:
        """A file was rewritten: captures now lie elsewhere, by number, and some are no more."""


class Redactions(Protocol):
    """What was taken back for good."""

    def redact(self, number: int, *, now: datetime) -> int:
        """Blank whatever a withdrawn article and the copies of its story say; how many."""

    def redactions_to_do(self) -> Sequence[Redaction]:
        """Those that the archive has still to follow."""

    def scrub(self) -> None:
        """Leave on the disk only what rows say now: none of what was overwritten or moved."""

    def losing(self, number: int, lost: Sequence[tuple[int, str, str]]) -> None:
        """Note which captures are to go, by number, SHA-256 and file, before they do."""

    def redacted(
        self, number: int, *, objects: Sequence[str], captures: Sequence[str], now: datetime
    ) -> None:
        """The archive has followed; what it lost, by SHA-256, stays on record."""

    def is_redacted(self, url: str) -> bool:
        """Whether an article was taken back for good that was read there."""


class Ledger(Protocol):
    """Changes that the ledger has still to tell."""

    def to_tell(self, limit: int) -> Sequence[Note]:
        """The oldest changes that have not been told, a row once, in the order of `out`."""

    def kept_rows(self) -> Iterator[Note]:
        """Everything that the ledger tells, as it is now."""

    def told(self, *, upto: int, head: str) -> None:
        """Forget changes up to this place, and remember where the ledger ends."""

    def last_to_tell(self) -> int:
        """The greatest place that was ever given to a change, told or not."""

    def ledger_head(self) -> str:
        """Where the ledger ends, "" for one that has not begun."""
