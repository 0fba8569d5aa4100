"""Column types: how our values stand in a database that knows numbers and text only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Integer, Select, Text, bindparam, func, select
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from syndicator.stores.codec import pack, unpack

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# SQLite gives out row numbers by itself only where the type is called INTEGER; it is 64 bits wide.
Number = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC, kept as whole microseconds since 1970: exact, and in order."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Listed(TypeDecorator[Iterable[Any]]):
    """Texts or numbers, or lists of them, as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return orjson.dumps(list(value or ())).decode()


def among(name: str) -> Select[Any]:
    """For `column.in_(...)` in a query that is made once: the values come when it is run.

    They come as one value, so that the statement has the same words however many there are: else
    SQLAlchemy would write it, and SQLite plan it, anew for each number of them.
    """
    values = func.json_each(bindparam(name, type_=Listed()))
    return select(values.table_valued("value", name=f"given_{name}").c.value)


def micros(at: datetime) -> int:
    """Microseconds since 1970; a naive time raises TypeError."""
    return (at - EPOCH) // _MICROSECOND


class Json(TypeDecorator[Any]):
    """A value of the model (by its type hint) as canonical JSON; NULL is None."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else unpack(self.kind, value)
