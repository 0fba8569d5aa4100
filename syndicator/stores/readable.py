"""Which sources may be asked at all, whatever their host says and whether or not they are due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, or_

from syndicator.stores.schema import sources

Moment = datetime | BindParameter[datetime]


def readable(now: Moment) -> ColumnElement[bool]:
    """Not switched off, paused, gone or retired, nor held for a while."""
    return and_(
        sources.c.enabled,
        sources.c.paused_at.is_(None),
        sources.c.gone_at.is_(None),
        sources.c.retired_at.is_(None),
        not_after(sources.c.held_until, now),
    )


def not_after(column: ColumnElement[Any], now: Moment) -> ColumnElement[bool]:
    """A time that is not set, or has come."""
    return or_(column.is_(None), column <= now)
