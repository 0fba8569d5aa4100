"""Words on the terminal: talk to stderr, data to stdout, nothing from outside obeyed (R40)."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

# C0 and DEL, C1, line separators, bidi marks and overrides, annotation marks, lone surrogates,
# tag characters: whatever a terminal may obey, or show as something else than it is.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def shown(text: str) -> str:
    """The text on one line, with characters that a terminal obeys written as \\x1b or \\u202e."""
    return _OBEYED.sub(lambda found: _written(ord(found[0])), text)


def _written(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(text: str) -> None:
    """Tell the person something; never part of the data."""
    click.echo(shown(text), err=True)


def complain(text: str) -> None:
    """Say what went wrong; several problems come a line each."""
    for line in text.splitlines() or [""]:
        say(f"syndicator: {line}")


def emit(text: str) -> None:
    """One line of data."""
    click.echo(shown(text))


def emit_text(text: str) -> None:
    """Data of several lines, such as the text of an article."""
    for line in text.splitlines():
        emit(line)


def emit_json(value: Mapping[str, Any]) -> None:
    """One JSON document on one line."""
    click.echo(_OBEYED.sub(_json_escape, json.dumps(value, ensure_ascii=False)))


def _json_escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if ord(found[0]) > 0x7F else f"\\u{ord(found[0]):04x}"


def stamp(at: datetime | None) -> str | None:
    """RFC 3339 with Z, whole seconds; null stays null."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def emit_styled(pieces: Iterable[tuple[str, bool]]) -> None:
    """One line of data for a terminal; True stands for bold, where colours are wanted."""
    plain = bool(os.environ.get("NO_COLOR"))
    line = [
        click.style(shown(text), bold=True) if strong and not plain else shown(text)
        for text, strong in pieces
    ]
    click.echo("".join(line))


def when(at: datetime | None) -> str:
    """A time for people to read, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A list: drawn on a terminal, else one line each, fields parted by tabs, nothing cut."""
    lines = [[shown(str(cell)) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(columns, lines)
    else:
        for line in lines:
            click.echo("\t".join(line))


def _draw(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    style = "" if os.environ.get("NO_COLOR") else "bold"
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style=style)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for line in lines:
        drawn.add_row(*map(Text, line))
    Console().print(drawn)


def facts(pairs: Mapping[str, object]) -> None:
    """One thing, a fact a line; facts without a value are left out."""
    known = {name: value for name, value in pairs.items() if value not in (None, "", ())}
    width = max(map(len, known), default=0)
    for name, value in known.items():
        emit(f"{name + ':':<{width + 1}} {value}")
