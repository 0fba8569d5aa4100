"""Months and places: kept up with every row, the same as if they were counted."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from syndicator.stores.migrations.versions import v0003_months
from syndicator.stores.store import SqlStore
from tests.store.conftest import MALI, NOON, Refresh, after, change

COUNTED = text(
    "SELECT feeds.key, CAST(strftime('%Y%m', published_at / 1000000, 'unixepoch') AS INTEGER),"
    " count(*) FROM members JOIN feeds ON feeds.number = members.feed"
    " WHERE kind = 'put' GROUP BY 1, 2"
)
KEPT = text(
    "SELECT feeds.key, month, articles FROM months JOIN feeds ON feeds.number = months.feed"
    " WHERE articles <> 0"
)


def _rows(store: SqlStore, query) -> set[tuple[str, int, int]]:
    with store.database.read() as db:
        return {tuple(row) for row in db.execute(query)}


def _dated(name: str, at: datetime, text: str = "", **what):
    return change(name, text, published_at=at, updated_at=at, **what)


def test_months_are_what_counting_would_give(store: SqlStore, refresh: Refresh) -> None:
    store.add_theme(MALI, now=NOON)
    lots = random.Random(7)
    for turn in range(30):
        some = [
            _dated(
                f"a{n}",
                NOON - timedelta(days=lots.randrange(400)),
                text=f"{turn}",
                themes=lots.choice([(), ("mali",)]),
            )
            for n in lots.sample(range(20), 5)
        ]
        refresh(*some, at=after(turn + 1), gone=(f"a{lots.randrange(20)}",))

    assert _rows(store, KEPT) == _rows(store, COUNTED)
    assert sum(one.articles for one in store.months("all")) == len(list(store.members("all")))
    overview = {one.theme.slug: one.articles for one in store.theme_overview()}
    assert overview == {"mali": sum(store.years_of_themes()["mali"].values())}


def test_a_month_knows_the_row_that_last_moved_anything_in_it(
    store: SqlStore, refresh: Refresh
) -> None:
    march, may = datetime(2025, 3, 9, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
    refresh(_dated("a", march), _dated("b", may), at=after(1))
    joined = {one.month: one.n for one in store.months("all")}
    refresh(_dated("a", march, "another text"), at=after(2))
    assert {one.month: one.n for one in store.months("all")} == joined

    refresh(_dated("a", march + timedelta(days=1), "and another day"), at=after(3))
    moved = {one.month: one.n for one in store.months("all")}
    assert moved[3] > joined[3]
    assert moved[5] == joined[5]


def test_articles_of_a_span_come_oldest_first_from_any_place(
    store: SqlStore, refresh: Refresh
) -> None:
    at = [NOON - timedelta(days=n // 3) for n in range(130)]  # three of each date
    refresh(*(_dated(f"a{n}", one) for n, one in enumerate(at)), at=after(1))
    since, before = NOON - timedelta(days=40), NOON
    span = list(store.listed("all", since=since, before=before))

    assert len(span) == 40 * 3
    assert [one.number for one in store.newest("all", limit=130)][3:123] == [
        one.number for one in reversed(span)
    ]
    for skip in (1, 49, 50, 51, 119, 120, 500):
        rest = store.listed("all", since=since, before=before, skip=skip)
        assert list(rest) == span[skip:]
    for place, one in enumerate(span):
        assert store.newer("all", (one.number, one.at), before=before) == 119 - place


def test_neighbours_of_one_date_are_found_in_as_few_steps_as_others(
    store: SqlStore, refresh: Refresh
) -> None:
    """What a source gives without dates, or a whole import, may all be of one."""
    days = [NOON - timedelta(days=1), *[NOON] * 400, NOON + timedelta(days=1)]
    refresh(*(_dated(f"a{n}", one) for n, one in enumerate(days)), at=after(1))
    line = [one.number for one in store.line("all", limit=500)]

    store.database.engine.dispose()  # of which the next connection is the only one
    steps: list[int] = []
    with store.database.engine.connect() as db:
        assert db.connection.driver_connection is not None
        db.connection.driver_connection.set_progress_handler(lambda: steps.append(1), 1)
    pairs = [store.beside("all", [(number, None)])[0] for number in line]

    assert [older and older.number for older, _ in pairs] == [None, *line[:-1]]
    assert [newer and newer.number for _, newer in pairs] == [*line[1:], None]
    assert len(steps) < 500 * len(line)


def test_the_step_from_an_older_store_fills_in_what_keeping_up_would_have(
    store: SqlStore, refresh: Refresh
) -> None:
    refresh(*(_dated(f"a{n}", NOON - timedelta(days=n)) for n in range(90)), at=after(1))
    refresh(gone=("a7",), at=after(2))
    kept, listed = _rows(store, KEPT), store.newest("all", limit=90)

    store.database.engine.dispose()  # a new connection watches nothing
    with store.database.engine.begin() as db:
        db.execute(text("DROP TABLE months"))
        db.execute(text("DROP INDEX members_dated"))
        db.execute(text("ALTER TABLE members DROP COLUMN published_at"))
        with Operations.context(MigrationContext.configure(db)):
            v0003_months.upgrade()

    assert _rows(store, KEPT) == kept
    assert store.newest("all", limit=90) == listed
