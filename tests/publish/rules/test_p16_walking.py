"""P16, P17: whatever happens to a feed, walking back through its archives yields its members.

Here by the stages and documents alone, in any order that hypothesis thinks of; through the store,
the pipeline and the files in test_p16_p17_files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from syndicator.model import FeedData, FeedState, LogRow, RowKind
from syndicator.publishers.atom import render
from syndicator.publishers.check import problems
from syndicator.publishers.documents import DROPS_S, RECENT_S, Document, archive, current
from syndicator.stages.append import Change, Last, advance, append
from tests.publish.logs import BASE, NOON, STATE, view

NAMES = "abcdefgh"
EMPTY = replace(STATE, last_n=0, last_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One transaction: how long after the last (backwards too), and what it brings."""

    seconds: int
    past: bool
    changes: tuple[tuple[str, str, int], ...]  # kind, name, age in hours of what is put


STEPS = st.lists(
    st.builds(
        Step,
        seconds=st.one_of(
            st.integers(-3600, 3600), st.sampled_from([0, 8 * 86_400, 91 * 86_400, -86_400])
        ),
        past=st.booleans(),
        changes=st.lists(
            st.tuples(
                st.sampled_from(["put", "put", "put", "drop", "erase", "meta"]),
                st.sampled_from(NAMES),
                st.integers(-2, 5_000),
            ),
            max_size=9,
        ).map(tuple),
    ),
    min_size=1,
    max_size=12,
)


@dataclass(slots=True)
class Log:
    """A feed's log, kept as the store keeps it, and what it ought to hold."""

    archive_entries: int
    entries: int
    now: datetime = NOON
    state: FeedState = EMPTY
    rows: list[LogRow] = field(default_factory=list)
    members: dict[str, str] = field(default_factory=dict)  # id -> title of the last revision
    revisions: int = 0

    def take(self, step: Step) -> None:
        """Append what a step brings."""
        self.now += timedelta(seconds=step.seconds)
        changes = [self._change(*each) for each in step.changes]
        last, most = self._last(), self.archive_entries
        rows = append(
            self.state, changes, last=last, now=self.now, past=step.past, archive_entries=most
        )
        self.state = advance(self.state, rows, last=last, archive_entries=most)
        self.rows += rows
        for change in changes:
            if change.kind is RowKind.PUT and change.entry:
                self.members[change.entry_id] = change.entry.title
            elif change.kind is RowKind.DROP:
                self.members.pop(change.entry_id, None)

    def _change(self, kind: str, name: str, hours: int) -> Change:
        self.revisions += 1
        if kind == "meta":
            data = FeedData(title=f"Title {self.revisions}", theme="mali")
            return Change(kind=RowKind.META, data=data)
        shown = view(name, title=f"Revision {self.revisions}")
        if kind == "put":
            at = self.now - timedelta(hours=hours)
            return Change(kind=RowKind.PUT, entry_id=shown.id, entry=shown, updated=at)
        return Change(kind=RowKind.DROP, entry_id=shown.id, erase=kind == "erase")

    def _last(self) -> dict[str, Last]:
        return {
            row.entry_id: Last(
                kind=row.kind,
                updated=row.updated,
                when=row.when,
                n=row.n,
                erase=row.erase,
                segment=row.segment,
            )
            for row in self.rows
            if row.entry_id
        }

    # ------------------------------------------------------------------ documents

    def segment(self, k: int) -> list[LogRow]:
        return [row for row in self.rows if row.segment == k]

    def current(self) -> Document:
        return current(
            self.state, self.segment(self.state.segment), self._tail(), entries=self.entries
        )

    def _tail(self) -> list[LogRow]:
        """As ports.Store.tail_rows says."""
        at = self.state.last_at or NOON
        last = {row.entry_id: row for row in self.rows if row.entry_id}.values()
        puts = [row for row in last if row.kind is RowKind.PUT]
        puts.sort(key=lambda row: row.entry_id)
        puts.sort(key=lambda row: row.updated or row.at, reverse=True)
        recent, drops = at - timedelta(seconds=RECENT_S), at - timedelta(seconds=DROPS_S)
        return [
            *puts[: self.entries],
            *(row for row in puts if row.at >= recent and not row.past),
            *(row for row in last if row.kind is RowKind.DROP and row.at >= drops),
        ]

    def archives(self) -> list[Document]:
        """The oldest first."""
        newest = self.state.segment - 1
        return [self._archive(k, has_next=k < newest) for k in range(1, newest + 1)]

    def _archive(self, k: int, *, has_next: bool) -> Document:
        rows = self.segment(k)
        data = [row.data for row in self.rows if row.data and row.n <= rows[-1].n]
        then = replace(self.state, data=data[-1] if data else STATE.data)
        later = [row for row in self.rows if row.erase and row.n > rows[-1].n]
        return archive(then, rows, k=k, has_next=has_next, erased=later)

    def erased(self) -> set[str]:
        return {row.entry_id for row in self.rows if row.erase}


def walk(documents: Sequence[Document]) -> dict[str, str]:
    """Id -> title of what a reader has who takes the first it meets, entry or tombstone."""
    met: dict[str, str | None] = {}
    for document in documents:
        here = {row.entry_id: row.entry.title for row in document.puts if row.entry}
        gone = dict.fromkeys((row.entry_id for row in document.drops), None)
        assert not here.keys() & gone.keys()
        met = {**gone, **here, **met}
    return {name: title for name, title in met.items() if title is not None}


def after_each(steps: Sequence[Step], log: Log) -> Iterator[list[bytes]]:
    """The archives' bytes after each step, the oldest first; what is walked has to be right."""
    for step in steps:
        log.take(step)
        archives = log.archives()
        now = log.current()
        assert walk([now, *reversed(archives)]) == log.members
        bodies = [render(one, base_url=BASE) for one in archives]
        body = render(now, base_url=BASE)
        assert not body.left_out
        assert problems(body.body) == []
        assert render(now, base_url=BASE).body == body.body
        yield [one.body for one in bodies]


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, archive_entries=st.integers(1, 5), entries=st.integers(1, 6))
def test_p16_walking_back_yields_every_member_once_in_its_last_revision(
    steps: list[Step], archive_entries: int, entries: int
) -> None:
    log = Log(archive_entries=archive_entries, entries=entries)
    before: list[bytes] = []
    for bodies in after_each(steps, log):
        for k, (was, now) in enumerate(zip(before, bodies, strict=False), 1):
            _changed_only_as_it_may(was, now, newest=k == len(before), log=log)
        assert len(bodies) >= len(before)
        before = bodies


def _changed_only_as_it_may(was: bytes, now: bytes, *, newest: bool, log: Log) -> None:
    """P17: by gaining its successor, once, and by a withdrawal (9.9); by nothing else."""
    if was == now:
        return
    lines = [line for line in now.splitlines() if b"next-archive" not in line]
    if newest and b"next-archive" not in was and lines == was.splitlines():
        return
    assert any(name.encode() in was for name in log.erased())


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, archive_entries=st.integers(1, 5))
def test_p07_updated_never_goes_back_nor_lies_in_the_future(
    steps: list[Step], archive_entries: int
) -> None:
    log = Log(archive_entries=archive_entries, entries=3)
    for step in steps:
        log.take(step)
    ats = [row.at for row in log.rows]
    assert ats == sorted(ats)
    assert [row.n for row in log.rows] == list(range(1, len(log.rows) + 1))
    for name in NAMES:
        mine = [row for row in log.rows if row.entry_id == f"urn:example:{name}"]
        times = [row.updated or row.when for row in mine]
        assert times == sorted(times, key=lambda at: at or NOON)
        assert all(row.updated <= row.at for row in mine if row.updated)
        for drop, put in pairwise(mine):
            if drop.when and put.updated:
                assert put.updated > drop.when


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, archive_entries=st.integers(1, 5))
def test_p16_segments_follow_from_the_rows_alone(steps: list[Step], archive_entries: int) -> None:
    log = Log(archive_entries=archive_entries, entries=3)
    for step in steps:
        log.take(step)
    numbers = [row.segment for row in log.rows]
    assert numbers == sorted(numbers)
    assert set(range(1, log.state.segment)) <= set(numbers)
    for k in range(1, log.state.segment):
        rows = log.segment(k)
        ids = {row.entry_id for row in rows} - {""}
        closed_by_hand = rows[-1].kind is RowKind.CLOSE
        assert len(ids) == archive_entries or (closed_by_hand and len(ids) < archive_entries)
        assert len({row.entry_id for row in rows[:-1]} - {""}) < archive_entries or closed_by_hand
