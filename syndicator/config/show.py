"""The configuration as text: what holds and where it was said, what to export, the example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from syndicator.config.problems import KeyPath, dotted
from syndicator.config.reminders import missing, put
from syndicator.config.sections import SECTIONS, HostSettings, key_of
from syndicator.config.tables import source_table, theme_table
from syndicator.config.values import duration_text, size_text
from syndicator.model import SourceSettings, Theme
from syndicator.redaction import redacted

if TYPE_CHECKING:
    from syndicator.config.load import Config

_URL_KEYS = frozenset({"url", "broker", "proxy", "homepage", "base_url", "timestamps"})
_SIZES = frozenset({"max_bytes", "max_decoded_bytes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One key as it holds now."""

    path: KeyPath
    value: object  # fit for TOML or JSON, secrets taken out
    origin: str  # "default", "config.toml:12", "SYNDICATOR_SERVE__PORT", "--port"
    secret: bool = False  # the value is not the whole one: to be read, not to be loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A configuration file."""

    text: str
    left_out: tuple[KeyPath, ...]  # keys that hold a secret stand there as comments


def show(config: Config) -> tuple[Shown, ...]:
    """Every key of the fixed sections, and what sources and themes say, secrets taken out (R42)."""
    rows = [*_sections(config)]
    for name, settings in config.sources.items():
        rows += _rows(config, ("sources", name), source_table(settings))
    for slug, theme in config.themes.items():
        rows += _rows(config, ("themes", slug), theme_table(theme))
    return tuple(rows)


def to_toml(rows: Iterable[Shown], *, origins: bool = False) -> str:
    """Rows as a TOML text, on wish each with a comment that says where it was said.

    What holds a secret is a comment as a whole.
    """
    out: list[str] = []
    table: KeyPath | None = None
    for row in rows:
        if row.path[:-1] != table:
            table = row.path[:-1]
            out += ["", f"[{dotted(table)}]"]
        comment = f"  # {row.origin}" if origins else ""
        mark = "# " if row.secret else ""
        out.append(f"{mark}{dotted(row.path[-1:])} = {toml_value(row.value)}{comment}")
    return "\n".join(out[1:]) + "\n" if out else ""


def export(
    given: Mapping[str, object],
    sources: Mapping[str, SourceSettings],
    themes: Mapping[str, Theme],
    *,
    text: str = "",
) -> Exported:
    """A configuration file that declares these sources and themes, wherever they live.

    Args:
        given: the file as it is, whose fixed sections are kept.
        text: of that file: what an earlier export left out is named again until it is put in.
    """
    fixed = {name: table for name, table in given.items() if name not in ("sources", "themes")}
    tables: list[tuple[KeyPath, Mapping[str, object]]] = [((), fixed)]
    tables += [(("sources", name), source_table(each)) for name, each in sources.items()]
    tables += [(("themes", slug), theme_table(each)) for slug, each in themes.items()]
    waiting = missing(text)
    rows = [
        Shown(path=path, value=public, origin="", secret=public != value or path in waiting)
        for start, table in tables
        for path, value in _flat(start, _reminding(table, start, waiting))
        for public in [_public(path, value)]
    ]
    return Exported(text=to_toml(rows), left_out=tuple(row.path for row in rows if row.secret))


def _reminding(
    table: Mapping[str, object], start: KeyPath, waiting: Mapping[KeyPath, object]
) -> Mapping[str, object]:
    """A table with what waits to be put in there again."""
    for path, value in waiting.items():
        if path[: len(start)] == start and (start or path[0] in SECTIONS):
            table = put(table, path[len(start) :], value)
    return table


def example() -> str:
    """The commented configuration that `config init` writes."""
    return files(__package__).joinpath("example.toml").read_text("utf-8")


def toml_value(value: object) -> str:
    """A value as TOML writes it, without characters that a terminal would obey (R40)."""
    import tomlkit  # here: reading a configuration does without it

    text = value if isinstance(value, str) else ""
    if '"' in text and "'" not in text and text.isprintable():
        return tomlkit.string(text, literal=True).as_string()  # rules with phrases stay readable
    written = tomlkit.item(value).as_string()
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08X}" for sign in written)


def _sections(config: Config) -> Iterable[Shown]:
    for name, model in SECTIONS.items():
        table = getattr(config, name)
        named = {
            key_of(field): _plain(field, getattr(table, field)) for field in model.model_fields
        }
        yield from _rows(config, (name,), {k: v for k, v in named.items() if v is not None})


def _plain(field: str, value: object) -> object:
    if isinstance(value, dict):
        return {key: _host(host) for key, host in value.items()}
    if isinstance(value, float) and field.endswith("_s") and key_of(field) != field:
        return duration_text(value) if value else 0
    if field in _SIZES and isinstance(value, int):
        return size_text(value)
    return str(value) if isinstance(value, Path) else value


def _host(host: HostSettings) -> dict[str, object]:
    given = {name: _plain(name, getattr(host, name)) for name in type(host).model_fields}
    return {key_of(name): value for name, value in given.items() if value is not None}


def _rows(config: Config, path: KeyPath, table: Mapping[str, object]) -> list[Shown]:
    return [
        Shown(path=each, value=_public(each, value), origin=_origin(config, each))
        for each, value in _flat(path, table)
    ]


def _flat(path: KeyPath, table: Mapping[str, object]) -> list[tuple[KeyPath, object]]:
    """Keys before the tables below them, as TOML needs it."""
    simple = [((*path, k), v) for k, v in table.items() if not isinstance(v, Mapping)]
    below = [_flat((*path, k), v) for k, v in table.items() if isinstance(v, Mapping)]
    return simple + [row for rows in below for row in rows]


def _public(path: KeyPath, value: object) -> object:
    if len(path) > 3 and path[2] == "headers":
        return "***"
    if path[-1] in _URL_KEYS and isinstance(value, str):
        return redacted(value)
    return value


def _origin(config: Config, path: KeyPath) -> str:
    origins = config.origins
    if path in origins:
        return origins[path]
    above = [path[:end] for end in range(len(path) - 1, 1, -1)]
    return next((origins[each] for each in above if each in origins), "default")
