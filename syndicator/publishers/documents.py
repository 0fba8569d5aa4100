"""What a feed document holds: rows of the log in, entries and tombstones in order out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from syndicator.errors import PublishError
from syndicator.model import FeedData, FeedState, LogRow, RowKind

RECENT_S = 7 * 86_400  # members put so lately stay in the current document (9.6)
DROPS_S = 90 * 86_400  # and tombstones so young (P19)
MOST_ENTRIES = 500
ALL_ENTRIES = MOST_ENTRIES + 1  # to be asked of a finite theme: one more would be too many

RESTS_S = 86_400  # P25: for so long caches keep an archive that has a successor
NEWEST_RESTS_S = 3_600  # and one that waits for it

# In kept documents of a private feed, for its token: no token looks like it.
STAND_IN = "private/-"

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the time of a log without rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One feed document, in any format: what it says of itself, its entries and tombstones.

    Entries are newest first, ties by id; tombstones latest first, ties by ref (9.5).
    """

    path: str  # below feeds/, "themes/mali/atom.xml" or "themes/mali/archive/3.xml"
    feed_id: str
    data: FeedData
    key: str
    language: str
    updated: datetime
    puts: tuple[LogRow, ...]
    drops: tuple[LogRow, ...]
    is_archive: bool
    prev_archive: int | None
    next_archive: int | None
    complete: bool = False  # fh:complete: all there is, so it has no archives (P18)
    page: str = ""  # for people, below feeds/, where it is not the folder's

    @property
    def folder(self) -> str:
        """Where the feed lives below feeds/, "themes/mali"."""
        folder = self.path.rpartition("/")[0]
        return folder.removesuffix("/archive") if self.is_archive else folder

    @property
    def is_private(self) -> bool:
        """Only its address lets readers in."""
        return self.path.startswith("private/")


def current(
    state: FeedState,
    open_rows: Sequence[LogRow],
    tail_rows: Sequence[LogRow],
    *,
    entries: int,
    folder: str = "",
) -> Document:
    """The subscription document (design 9.6), or that of a finite theme, which holds all (P18).

    Args:
        open_rows: all rows of the open segment.
        tail_rows: what the store gives as the tail, asked with `entries`, RECENT_S and DROPS_S;
            for a finite theme with ALL_ENTRIES.
        entries: how many of the newest members it holds at least.
        folder: where it lies below feeds/, if not where the feed is now.

    Raises:
        PublishError: the feed is private and has no token, or finite and holds too much.
    """
    last_at = state.last_at or _NEVER
    complete = state.data.complete
    opened = set(_last(open_rows))
    rows = _last([*tail_rows, *open_rows]).values()
    puts = _newest_first(rows)
    if complete and len(puts) > MOST_ENTRIES:
        raise PublishError(
            f"{state.key} is finite and holds more than {MOST_ENTRIES} articles: "
            "set finite = false, or narrow its rule"
        )
    if complete:
        entries = MOST_ENTRIES
    drops_since = last_at - timedelta(seconds=DROPS_S)
    drops = (r for r in rows if _is_drop(r) and (r.entry_id in opened or r.at >= drops_since))
    return Document(
        path=f"{folder or _folder(state)}/atom.xml",
        feed_id=state.id,
        data=state.data,
        key=state.key,
        language=state.language or state.data.language,
        updated=last_at,
        puts=_named(state, _shown(puts, opened, entries=entries, last_at=last_at)),
        drops=_latest_first(drops),
        is_archive=False,
        prev_archive=state.segment - 1 if state.segment > 1 and not complete else None,
        next_archive=None,
        complete=complete,
    )


def archive(
    state_at_its_last_row: FeedState,
    rows: Sequence[LogRow],
    *,
    k: int,
    has_next: bool,
    folder: str = "",
    erased: Iterable[LogRow] = (),
) -> Document:
    """The k-th archive document (design 9.7).

    It names itself and its neighbours as its last row found the feed called, so that a rename
    changes no byte (P17): the old addresses lead to the new ones for good (P32). That of a private
    feed has a stand-in for the token, which is filled in where it is published: the kept bytes
    outlast any token, and give none away.

    Args:
        state_at_its_last_row: the feed as its last row found it, so that no later title changes it.
        rows: all rows of the segment.
        has_next: the next segment is closed as well.
        folder: another one to name.
        erased: later drops marked erase; they stand in the place of what they erase (9.9).
    """
    state = state_at_its_last_row
    held = _last(rows)
    held |= {row.entry_id: row for row in erased if _is_put(held.get(row.entry_id))}
    return Document(
        path=f"{folder or _folder_then(state)}/archive/{k}.xml",
        feed_id=state.id,
        data=state.data,
        key=state.key,
        language=state.language or state.data.language,
        updated=max(rows, key=_number).at if rows else _NEVER,
        puts=_named(state, _newest_first(held.values())),
        drops=_latest_first(row for row in held.values() if _is_drop(row)),
        is_archive=True,
        prev_archive=k - 1 if k > 1 else None,
        next_archive=k + 1 if has_next else None,
    )


# ------------------------------------------------------------------ which rows


def _folder(state: FeedState) -> str:
    """A public feed lies under its name; where a private one lies, only its token says (R50)."""
    if state.private and not state.token:
        raise PublishError(f"{state.key}: a private feed has no place under its name")
    return state.folder


def _folder_then(state: FeedState) -> str:
    """Where the feed was when it last said what it is, a rename being something it says."""
    place = STAND_IN if state.private else f"themes/{state.data.theme or state.theme}"
    return f"{place}/{state.language}" if state.language else place


def _named(state: FeedState, puts: Iterable[LogRow]) -> tuple[LogRow, ...]:
    return pageless(puts) if state.private else tuple(puts)


def pageless(puts: Iterable[LogRow]) -> tuple[LogRow, ...]:
    """Entries as a private feed shows them: not by our pages, for most have none (R50)."""
    return tuple(
        replace(row, entry=row.entry and replace(row.entry, article_id="")) for row in puts
    )


def _number(row: LogRow) -> int:
    return row.n


def _is_put(row: LogRow | None) -> bool:
    return row is not None and row.kind is RowKind.PUT


def _is_drop(row: LogRow) -> bool:
    return row.kind is RowKind.DROP


def _last(rows: Iterable[LogRow]) -> dict[str, LogRow]:
    """The last put or drop of every entry, whatever order they come in."""
    of_entries = (row for row in rows if row.kind in (RowKind.PUT, RowKind.DROP))
    return {row.entry_id: row for row in sorted(of_entries, key=_number)}


def _shown(
    puts: Sequence[LogRow], opened: set[str], *, entries: int, last_at: datetime
) -> tuple[LogRow, ...]:
    """The open segment whole, then the newest, then those put lately, as far as there is room."""
    since = last_at - timedelta(seconds=RECENT_S)
    lately = [row for row in puts if not row.past and row.at >= since]
    shown = {row.entry_id for row in puts if row.entry_id in opened}
    for row in [*puts[:entries], *lately]:
        if len(shown) >= MOST_ENTRIES:
            break
        shown.add(row.entry_id)
    return tuple(row for row in puts if row.entry_id in shown)


# ------------------------------------------------------------------ in which order (9.5)


def _newest_first(rows: Iterable[LogRow]) -> list[LogRow]:
    puts = sorted((row for row in rows if row.kind is RowKind.PUT), key=lambda row: row.entry_id)
    return sorted(puts, key=lambda row: row.updated or row.at, reverse=True)


def _latest_first(drops: Iterable[LogRow]) -> tuple[LogRow, ...]:
    by_ref = sorted(drops, key=lambda row: row.entry_id)
    return tuple(sorted(by_ref, key=lambda row: row.when or row.at, reverse=True))
