"""syndicator config: the configuration file, written, checked and shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import as_json
from syndicator.cli.say import emit, emit_json, emit_text, say
from syndicator.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from syndicator.config import Config


@click.group()
def config() -> None:
    """The configuration file."""


@config.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write a config.toml with examples into DIR, with the folders for data beside it."""
    from syndicator.config import example

    target = folder / "config.toml"
    try:
        for name in ("feeds", "store"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(example())
    except FileExistsError as error:
        raise UsageError(f"{error.filename} exists; it was not changed") from error
    except OSError as error:
        raise UsageError(f"cannot write {error.filename}: {error.strerror}") from error
    emit(str(target))
    say("written; put your sources into it, or add them with: syndicator source add URL")


@config.command()
@as_json
@click.pass_obj
def check(path: Path, *, as_json: bool) -> None:
    """Read the configuration as the daemon would, and list its mistakes (exit code 2)."""
    from syndicator.config import missing
    from syndicator.config.problems import dotted

    try:
        known = _load(path)
    except ConfigError as error:
        if as_json:
            emit_json({"path": str(path), "ok": False, "problems": error.problems})
        raise
    if as_json:
        counts = {"sources": len(known.sources), "themes": len(known.themes)}
        names = [dotted(key) for key in missing(known)]
        emit_json({"path": str(known.path), "ok": True, "problems": [], "missing": names} | counts)
        return
    say(f"{known.path}: {len(known.sources)} sources, {len(known.themes)} themes, no mistakes")
    for key in missing(known):
        say(f"{dotted(key)}: *** stands for a secret that is still to be put in")


@config.command()
@as_json
@click.pass_obj
def show(path: Path, *, as_json: bool) -> None:
    """Show what holds and where it was said: file, environment, default. Secrets are hidden."""
    from syndicator.config import show as rows_of
    from syndicator.config import to_toml

    rows = rows_of(_load(path))
    if not as_json:
        emit_text(to_toml(rows, origins=True))
        return
    whole: dict[str, Any] = {}
    for row in rows:
        table = whole
        for key in row.path[:-1]:
            table = table.setdefault(key, {})
        table[row.path[-1]] = row.value
    emit_json(whole)


def _load(path: Path) -> Config:
    from syndicator.app import load_config

    return load_config(path, os.environ)
