"""The configuration as text: what holds and where it was said, what to export, the example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from syndicator.config.environment import OF_FILE, variable
from syndicator.config.problems import KeyPath, dotted
from syndicator.config.sections import SECTIONS, HostSettings, key_of
from syndicator.config.tables import source_table, theme_table
from syndicator.config.values import duration_text, size_text
from syndicator.model import SourceSettings, Theme
from syndicator.redaction import HIDDEN, left_out, redacted

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
    note: str = ""  # stands above it in a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A configuration file."""

    text: str
    left_out: tuple[KeyPath, ...]  # keys in whose value *** stands for a secret


def show(config: Config) -> tuple[Shown, ...]:
    """Every key of the fixed sections, and what sources and themes say, secrets taken out (R42)."""
    return tuple(
        Shown(path=path, value=_public(path, value), origin=_origin(config, path))
        for path, value in _said(config)
    )


def missing(config: Config) -> tuple[KeyPath, ...]:
    """Keys in whose value *** still stands for a secret that an export left out."""
    return tuple(path for path, value in _said(config) if _lacking(path, value))


def to_toml(rows: Iterable[Shown], *, origins: bool = False) -> str:
    """Rows as a TOML text, on wish each with a comment that says where it was said."""
    out: list[str] = []
    table: KeyPath | None = None
    for row in rows:
        if row.path[:-1] != table:
            table = row.path[:-1]
            out += ["", f"[{dotted(table)}]"]
        if row.note:
            out.append(f"# {row.note}")
        comment = f"  # {row.origin}" if origins else ""
        out.append(f"{dotted(row.path[-1:])} = {toml_value(row.value)}{comment}")
    return "\n".join(out[1:]) + "\n" if out else ""


def export(
    given: Mapping[str, object],
    sources: Mapping[str, SourceSettings],
    themes: Mapping[str, Theme],
) -> Exported:
    """A configuration file that declares these sources and themes, wherever they live.

    It loads as it is. Where it would hold a secret it has *** instead, and a comment above says
    how to put the secret in.

    Args:
        given: the file as it is, whose fixed sections are kept.
    """
    fixed = {name: table for name, table in given.items() if name not in ("sources", "themes")}
    rows = [
        Shown(path=path, value=public, origin="", note=_way_back(path) if lacking else "")
        for path, value in _flat((), fixed) + _declared(sources, themes)
        for public in [_public(path, value)]
        for lacking in [_lacking(path, public)]
    ]
    return Exported(text=to_toml(rows), left_out=tuple(row.path for row in rows if row.note))


def _way_back(path: KeyPath) -> str:
    said = f"{HIDDEN} stands for a secret that was left out"
    if path[0] == "sources":
        return f"{said}: put it in; the source is not read before"
    name = variable(path[0], f"{path[1]}{OF_FILE}")
    return f"{said}: put it in, or name a file that holds the whole value in {name}"


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


def _said(config: Config) -> list[tuple[KeyPath, object]]:
    rows = [row for name in SECTIONS for row in _flat((name,), _section(config, name))]
    return rows + _declared(config.sources, config.themes)


def _section(config: Config, name: str) -> Mapping[str, object]:
    table = getattr(config, name)
    fields = type(table).model_fields
    named = {key_of(field): _plain(field, getattr(table, field)) for field in fields}
    return {key: value for key, value in named.items() if value is not None}


def _declared(
    sources: Mapping[str, SourceSettings], themes: Mapping[str, Theme]
) -> list[tuple[KeyPath, object]]:
    tables: list[tuple[KeyPath, Mapping[str, object]]] = []
    tables += [(("sources", name), source_table(each)) for name, each in sources.items()]
    tables += [(("themes", slug), theme_table(each)) for slug, each in themes.items()]
    return [row for start, table in tables for row in _flat(start, table)]


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


def _flat(path: KeyPath, table: Mapping[str, object]) -> list[tuple[KeyPath, object]]:
    """Keys before the tables below them, as TOML needs it."""
    simple = [((*path, k), v) for k, v in table.items() if not isinstance(v, Mapping)]
    below = [_flat((*path, k), v) for k, v in table.items() if isinstance(v, Mapping)]
    return simple + [row for rows in below for row in rows]


def _public(path: KeyPath, value: object) -> object:
    if _is_header(path):
        return HIDDEN
    if path[-1] in _URL_KEYS and isinstance(value, str):
        return redacted(value)
    return value


def _lacking(path: KeyPath, value: object) -> bool:
    """Whether a secret was taken out of a value, and not put in again."""
    if _is_header(path):
        return value == HIDDEN
    return path[-1] in _URL_KEYS and isinstance(value, str) and left_out(value)


def _is_header(path: KeyPath) -> bool:
    return len(path) > 3 and path[2] == "headers"


def _origin(config: Config, path: KeyPath) -> str:
    origins = config.origins
    if path in origins:
        return origins[path]
    above = [path[:end] for end in range(len(path) - 1, 1, -1)]
    return next((origins[each] for each in above if each in origins), "default")
