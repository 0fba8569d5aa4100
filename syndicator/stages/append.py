"""What a feed's log says next: changes in, numbered rows out (design 9.1 to 9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from syndicator.model import EntryView, FeedData, FeedState, LogRow, RowKind

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing a feed has to say.

    Args:
        updated: of a put, as the source gave it, else published, else first seen.
        erase: of a drop; closed documents lose the entry too (design 9.9).
        data: of a meta.
    """

    kind: RowKind
    entry_id: str = ""
    entry: EntryView | None = None
    updated: datetime | None = None
    erase: bool = False
    data: FeedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last put or drop of one entry in this feed."""

    kind: RowKind
    updated: datetime | None = None  # of a put
    when: datetime | None = None  # of a drop
    n: int = 0
    erase: bool = False
    segment: int = 0  # where it stands


def append(
    state: FeedState,
    changes: Sequence[Change],
    *,
    last: Mapping[str, Last],
    now: datetime,
    past: bool,
    archive_entries: int,
) -> tuple[LogRow, ...]:
    """The rows these changes add; none when they say nothing new about membership.

    The last of several changes to one entry counts. A drop of what is no member writes nothing,
    unless it erases what an earlier drop left in the archives.

    Args:
        last: entry id -> its last row, for every id among the changes that has one.
        past: the rows come from a first refresh, history, apply or import.
    """
    wanted = [change for change in _latest(changes) if _says_something(change, last)]
    at = _at(state, wanted, last, now)
    dated = [_dated(change, last.get(change.entry_id), at) for change in wanted]
    dated.sort(key=lambda each: each.place(at))
    opened = _Segment.open_in(state, last, archive_entries)
    rows: list[LogRow] = []
    for n, each in enumerate(dated, state.last_n + 1):
        rows.append(each.row(n, at=at, segment=opened.number, past=past))
        opened.take(rows[-1])
    entries = sum(1 for row in rows if row.entry_id)
    if past and entries > archive_entries and opened.size:
        n = rows[-1].n + 1
        rows.append(LogRow(n=n, at=at, kind=RowKind.CLOSE, segment=opened.number, past=True))
    return tuple(rows)


def advance(
    state: FeedState, rows: Sequence[LogRow], *, last: Mapping[str, Last], archive_entries: int
) -> FeedState:
    """The feed after `append` gave these rows, told the same.

    Keep `segment` from here in the store: a later change of `archive_entries` moves no boundary.
    """
    if not rows:
        return state
    opened = _Segment.open_in(state, last, archive_entries)
    for row in rows:
        opened.take(row)
    return replace(
        state,
        data=next((row.data for row in reversed(rows) if row.data), state.data),
        last_n=rows[-1].n,
        last_at=rows[-1].at,
        segment=opened.number,
        segment_ids=opened.size,
    )


# ------------------------------------------------------------------ which changes


def _latest(changes: Iterable[Change]) -> list[Change]:
    """One change per entry, the last; metas likewise."""
    return list({change.entry_id: change for change in changes}.values())


def _says_something(change: Change, last: Mapping[str, Last]) -> bool:
    if change.kind is not RowKind.DROP:
        return True
    before = last.get(change.entry_id)
    if before is None:
        return False
    return before.kind is RowKind.PUT or (change.erase and not before.erase)


# ------------------------------------------------------------------ times (9.1, 9.3)


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _at(
    state: FeedState, changes: Iterable[Change], last: Mapping[str, Last], now: datetime
) -> datetime:
    """The transaction's time: now, never before the last row.

    An entry that returns within the second of its tombstone must be later than that and not
    later than `at`, so `at` gives way by a second.
    """
    times = [_whole(now)]
    if state.last_at is not None:
        times.append(_whole(state.last_at))
    for change in changes:
        before = last.get(change.entry_id)
        if change.kind is RowKind.PUT and before is not None and before.when is not None:
            times.append(_whole(before.when) + _SECOND)
    return max(times)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A change with the times of its row."""

    change: Change
    updated: datetime | None  # of a put
    when: datetime | None  # of a drop

    def place(self, at: datetime) -> tuple[bool, datetime, str]:
        """Metas first, so that they hold for the rows they come with; then (updated, id) (9.2)."""
        is_meta = self.change.kind is RowKind.META
        return (not is_meta, self.updated or self.when or at, self.change.entry_id)

    def row(self, n: int, *, at: datetime, segment: int, past: bool) -> LogRow:
        change = self.change
        return LogRow(
            n=n,
            at=at,
            kind=change.kind,
            segment=segment,
            entry_id=change.entry_id,
            entry=change.entry,
            updated=self.updated,
            when=self.when,
            past=past,
            erase=change.erase,
            data=change.data,
        )


def _dated(change: Change, before: Last | None, at: datetime) -> _Dated:
    is_put, is_drop = change.kind is RowKind.PUT, change.kind is RowKind.DROP
    return _Dated(
        change,
        _updated(change, before, at) if is_put else None,
        _when(before, at) if is_drop else None,
    )


def _updated(change: Change, before: Last | None, at: datetime) -> datetime:
    given = _whole(change.updated) if change.updated is not None else at
    if given > at:
        return at
    if before is None:
        return given
    floor = before.when or before.updated
    return given if floor is None or given > _whole(floor) else at


def _when(before: Last | None, at: datetime) -> datetime:
    times = [at]
    if before is not None and before.updated is not None:
        times.append(_whole(before.updated) + _SECOND)
    if before is not None and before.when is not None:
        times.append(_whole(before.when))
    return max(times)


# ------------------------------------------------------------------ segments (9.4)


@dataclass(slots=True, kw_only=True)
class _Segment:
    """The open segment while rows enter it.

    Args:
        size: different ids in it; `ids` are those of them that may come again.
    """

    number: int
    size: int
    ids: set[str]
    most: int

    @classmethod
    def open_in(cls, state: FeedState, last: Mapping[str, Last], archive_entries: int) -> Self:
        """The one that is open; whose last row stands in it is in it."""
        ids = {each for each, row in last.items() if row.segment == state.segment}
        return cls(number=state.segment, size=state.segment_ids, ids=ids, most=archive_entries)

    def take(self, row: LogRow) -> None:
        """Count a row in, and open the next segment where it is the last one."""
        if row.entry_id and row.entry_id not in self.ids:
            self.ids.add(row.entry_id)
            self.size += 1
        if row.kind is RowKind.CLOSE or self.size >= self.most:
            self.number, self.size, self.ids = self.number + 1, 0, set()
