"""What a document holds (design 9.5 to 9.7)."""

from __future__ import annotations

import pytest

from syndicator.errors import PublishError
from syndicator.publishers.documents import Document, archive, current
from tests.publish.logs import NOON, close, days, drop, put, state


def _names(document: Document) -> list[str]:
    return [row.entry_id.removeprefix("urn:example:") for row in document.puts]


def test_the_last_row_of_an_entry_counts() -> None:
    rows = [put(1, "a", title="first"), put(2, "b"), put(3, "a", title="second"), drop(4, "b")]

    document = current(state(), rows, rows[:1], entries=50)

    assert [row.entry.title for row in document.puts if row.entry] == ["second"]
    assert [row.entry_id for row in document.drops] == ["urn:example:b"]


def test_entries_are_newest_first_and_ties_stand_by_id() -> None:
    rows = [put(1, "b"), put(2, "a"), put(3, "old", updated=NOON - days(3))]

    assert _names(current(state(), rows, [], entries=50)) == ["a", "b", "old"]


def test_tombstones_are_latest_first_and_ties_stand_by_ref() -> None:
    rows = [drop(1, "old", at=NOON - days(1)), drop(2, "z"), drop(3, "y")]

    refs = [row.entry_id for row in current(state(), rows, [], entries=50).drops]

    assert refs == ["urn:example:y", "urn:example:z", "urn:example:old"]


def test_the_current_document_holds_open_segment_newest_and_recent() -> None:
    long_ago = NOON - days(30)
    open_rows = [put(9, "open", updated=NOON - days(900), segment=2)]
    tail = [
        put(1, "newest", at=long_ago, updated=long_ago),
        put(2, "recent", at=NOON - days(7), updated=NOON - days(400)),
        put(3, "past", at=NOON - days(1), updated=NOON - days(401), past=True),
        put(4, "late", at=NOON - days(7.1), updated=NOON - days(402)),
    ]

    document = current(state(2, last_n=9), open_rows, tail, entries=1)

    assert _names(document) == ["newest", "recent", "open"]
    assert (document.prev_archive, document.updated) == (1, NOON)
    assert document.path == "themes/mali/atom.xml"


def test_p19_a_tombstone_leaves_the_current_document_after_90_days() -> None:
    tail = [drop(1, "young", at=NOON - days(90)), drop(2, "old", at=NOON - days(91))]
    opened = [drop(3, "open", at=NOON - days(200), segment=2)]

    document = current(state(2), opened, tail, entries=50)

    assert [row.entry_id[-5:] for row in document.drops] == ["young", ":open"]


def test_of_more_than_500_entries_the_recent_go_first_then_the_newest() -> None:
    opened = [put(900 + i, f"o{i}", updated=NOON - days(50), segment=2) for i in range(400)]
    newest = [put(i, f"n{i:03}", at=NOON - days(9), updated=NOON - days(1)) for i in range(150)]
    recent = [put(500 + i, f"r{i}", at=NOON, updated=NOON - days(20)) for i in range(50)]

    both = current(state(2), opened, newest[:80] + recent, entries=80)
    newest_alone = current(state(2), opened, newest + recent, entries=150)

    kinds = [name[0] for name in _names(both)]
    assert (kinds.count("o"), kinds.count("n"), kinds.count("r")) == (400, 80, 20)
    kinds = [name[0] for name in _names(newest_alone)]
    assert (kinds.count("o"), kinds.count("n"), kinds.count("r")) == (400, 100, 0)


def test_an_archive_holds_its_segment_and_points_both_ways() -> None:
    rows = [put(1, "a", at=NOON - days(9)), drop(2, "b", at=NOON - days(8)), close(3, at=NOON)]

    document = archive(state(), rows, k=3, has_next=True)

    assert document.path == "themes/mali/archive/3.xml"
    assert document.folder == "themes/mali"
    assert document.updated == NOON
    assert (document.prev_archive, document.next_archive) == (2, 4)
    assert len(document.puts) == len(document.drops) == 1
    assert archive(state(), rows, k=1, has_next=False).prev_archive is None


def test_an_erased_entry_gives_its_place_in_an_archive_to_a_tombstone() -> None:
    later = [drop(50, "a", erase=True), drop(51, "elsewhere", erase=True)]

    document = archive(state(), [put(1, "a"), put(2, "b")], k=1, has_next=True, erased=later)

    assert _names(document) == ["b"]
    assert [row.n for row in document.drops] == [50]


def test_a_feed_may_lie_elsewhere() -> None:
    document = current(state(3), [], [], entries=1, folder="private/k3y")

    assert (document.path, document.prev_archive) == ("private/k3y/atom.xml", 2)


def test_r50_a_private_feed_is_never_put_under_its_name() -> None:
    with pytest.raises(PublishError, match="private"):
        current(state(private=True), [], [], entries=1)
