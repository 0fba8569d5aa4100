"""Many rows by one statement.

To write a row takes SQLite about as long as it takes SQLAlchemy to look at it: so the statement and
how each of its values is to be written are worked out once, and rows go straight to the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.dml import Insert

Written = Callable[[Any], Any]


class Many:
    """A statement that inserts rows, all with these columns.

    Args:
        names: of the columns, as keys of each row.
    """

    def __init__(self, statement: Insert, names: Sequence[str]) -> None:
        self._statement = statement
        self._names = list(names)
        self._made: tuple[str, list[tuple[str, Written | None]]] | None = None

    def write(self, db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, in their order; none is fine."""
        if not rows:
            return
        words, values = self._made = self._made or self._make(db.dialect)
        db.exec_driver_sql(
            words,
            [tuple(put(row[name]) if put else row[name] for name, put in values) for row in rows],
        )

    def _make(self, dialect: Dialect) -> tuple[str, list[tuple[str, Written | None]]]:
        """Its words, and for each place the column and how its values are written."""
        made = self._statement.compile(dialect=dialect, column_keys=self._names)
        places: Sequence[str] = made.positiontup or ()
        kinds = [made.binds[name].type.dialect_impl(dialect) for name in places]
        puts = [kind.bind_processor(dialect) for kind in kinds]
        return str(made), list(zip(places, puts, strict=True))
