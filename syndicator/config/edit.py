"""Settings from KEY=VALUE as they are typed at the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from pydantic import ValidationError

from syndicator.config import checks as fit
from syndicator.config.checks import Around, Checks
from syndicator.config.environment import from_text, kinds_of
from syndicator.config.problems import KeyPath, Problems
from syndicator.config.sections import Table
from syndicator.config.tables import SelectTable, SourceTable, ThemeTable, source_table, theme_table
from syndicator.config.values import theme_slug
from syndicator.model import SourceSettings, Theme

T = TypeVar("T", bound=Table)
V = TypeVar("V")


def source_from(
    pairs: Iterable[str], *, start: SourceSettings | None = None, around: Around
) -> SourceSettings:
    """Settings of a source, changed by pairs such as "every=30m", "select.item=article a".

    A list is written `themes=mali,peace`; a key without a value goes back to its default.

    Args:
        start: what to change; None for a new source, which then needs "url=...".
        around: see `Config.around`.

    Raises:
        ConfigError: unknown keys and bad values, as for the file.
    """
    problems = Problems("")
    table = _changed(source_table(start) if start else {}, pairs, SourceTable, problems)
    read = _read(table, SourceTable, problems, {"folder": around.folder})
    if read is None:
        raise problems.error()
    settings = read.settings()
    return _whole(settings, fit.source(settings, around), problems)


def theme_from(
    slug: str, pairs: Iterable[str], *, start: Theme | None = None, checks: Checks
) -> Theme:
    """A theme by pairs such as "match=mali OR bamako", "titles.fr=Mali"; not a declared one.

    Raises:
        ConfigError: as for `source_from`; also a slug that cannot be one.
    """
    problems = Problems("")
    try:
        theme_slug(slug)
    except ValueError as error:
        problems.note(str(error))
    table = _changed(theme_table(start) if start else {}, pairs, ThemeTable, problems)
    read = _read(table, ThemeTable, problems, {})
    if read is None:
        raise problems.error()
    theme = _undeclared(read.theme(slug), start)
    return _whole(theme, fit.theme(theme, checks), problems)


def _undeclared(theme: Theme, start: Theme | None) -> Theme:
    if start is None:
        return replace(theme, declared=False)
    return replace(
        theme,
        declared=False,
        rule_version=start.rule_version,
        past_pending=start.past_pending,
    )


def _whole(value: V, found: fit.Found, problems: Problems) -> V:
    for path, message in found:
        problems.add(path, message)
    if problems:
        raise problems.error()
    return value


def _changed(
    table: Mapping[str, object], pairs: Iterable[str], model: type[Table], problems: Problems
) -> dict[str, object]:
    changed = dict(table)
    for pair in pairs:
        key, mark, text = pair.partition("=")
        if mark:
            _put(changed, tuple(key.strip().split(".", 1)), text, model)
        else:
            problems.note(f"{pair}: write KEY=VALUE")
    return changed


def _put(table: dict[str, object], path: KeyPath, text: str, model: type[Table]) -> None:
    """Set one key, a level down for `select.item`; an empty text takes it away."""
    if len(path) == 2:
        inner = dict(_as_table(table.get(path[0])))
        _put(inner, path[1:], text, SelectTable)
        table[path[0]] = inner
    elif text:
        table[path[0]] = _value(model, path[0], text)
    else:
        table.pop(path[0], None)


def _as_table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _value(model: type[Table], key: str, text: str) -> object:
    value = from_text(model, key, text)
    kinds = kinds_of(model, key)
    if isinstance(value, str) and tuple in kinds and bool not in kinds:
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _read(
    table: Mapping[str, object], model: type[T], problems: Problems, context: Mapping[str, object]
) -> T | None:
    try:
        return model.model_validate(table, context=dict(context), by_alias=True, by_name=False)
    except ValidationError as error:
        problems.take((), model, error.errors(include_url=False))
        return None
