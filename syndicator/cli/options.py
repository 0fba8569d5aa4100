"""Decorators that many verbs share: the parts opened, --json, dates."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

if TYPE_CHECKING:
    from syndicator.app import Parts

P = ParamSpec("P")
Verb = Callable[Concatenate["Parts", P], None]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def legible(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuses control characters in what is kept as it is typed (a callback)."""
    from syndicator.config import text

    try:
        return value if value is None else text(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, option) from error


def opened(
    config: Path, *, write: bool, environ: Mapping[str, str] | None = None
) -> AbstractContextManager[Parts]:
    """The parts for this configuration file.

    Args:
        write: bring the store in line with what the file declares first.
        environ: in place of that of this process.
    """
    from syndicator.app import open_parts

    return open_parts(config, environ=os.environ if environ is None else environ, write=write)


def with_parts(*, write: bool = True) -> Callable[[Verb[P]], Callable[P, None]]:
    """Give a verb the opened parts as its first argument."""

    def wrap(verb: Verb[P]) -> Callable[P, None]:
        @wraps(verb)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            config = click.get_current_context().find_object(Path)
            assert config is not None
            with opened(config, write=write) as parts:
                verb(parts, *args, **kwargs)

        return run

    return wrap


class Moment(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # plain before click 8.4
    """A day or a time; a day means its first moment, or its last where `end` is set."""

    name = "DATE"

    def __init__(self, *, end: bool = False) -> None:
        self._end = end

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither 2026-03-01 nor 2026-03-01T12:00:00Z", param, ctx)
        if self._end and moment.time() == time() and len(value) <= len("2026-03-01"):
            moment += timedelta(days=1, microseconds=-1)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
