"""Environment variables as keys of the fixed sections: SYNDICATOR_STORE__URL is store.url."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel

from syndicator.config.problems import KeyPath, Problems
from syndicator.config.sections import SECTIONS, key_of
from syndicator.config.values import nearest

PREFIX = "SYNDICATOR_"
OF_FILE = "_file"


def overrides(
    environ: Mapping[str, str], folder: Path, problems: Problems
) -> dict[KeyPath, tuple[str, object]]:
    """Key -> (variable, value). SYNDICATOR_STORE__URL_FILE names a file that holds the value.

    Variables without a double underscore (SYNDICATOR_CONFIG) are not settings.
    """
    found: dict[KeyPath, tuple[str, object]] = {}
    for name, section, key in _settings(environ, problems):
        path, from_file = _target(section, key)
        if path is None:
            known = [variable(section, each) for each in keys(section)]
            problems.note(f"{name}: no such setting{nearest(name, known)}")
        elif path in found:
            problems.note(f"{name}: {found[path][0]} sets the same; keep one of them")
        else:
            value = _secret(name, environ[name], folder, problems) if from_file else environ[name]
            if value is not None:
                found[path] = (name, from_text(SECTIONS[section], path[1], value))
    return found


def variable(section: str, key: str) -> str:
    """The variable that sets a key."""
    return f"{PREFIX}{section}__{key}".upper()


def keys(section: str) -> list[str]:
    """The keys of a fixed section."""
    return [key_of(name) for name in SECTIONS[section].model_fields]


def _settings(environ: Mapping[str, str], problems: Problems) -> Iterator[tuple[str, str, str]]:
    for name in sorted(environ):
        section, mark, key = name.removeprefix(PREFIX).lower().partition("__")
        if not name.startswith(PREFIX) or not mark:
            continue
        if section in SECTIONS:
            yield name, section, key
        elif section in ("sources", "themes"):
            problems.note(f"{name}: sources and themes are set in the file only")
        else:
            known = [variable(each, key) for each in SECTIONS]
            problems.note(f"{name}: no such section{nearest(name, known)}")


def _target(section: str, key: str) -> tuple[KeyPath | None, bool]:
    if key in keys(section):
        return (section, key), False
    plain = key.removesuffix(OF_FILE)
    return ((section, plain), True) if plain in keys(section) else (None, False)


def _secret(name: str, file: str, folder: Path, problems: Problems) -> str | None:
    try:
        return (folder / file).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        problems.note(f"{name}: cannot read {file}: {getattr(error, 'strerror', '') or error}")
        return None


def from_text(model: type[BaseModel], key: str, text: str) -> object:
    """The value a text stands for, as the file would have given it.

    Texts are taken as they are; numbers, true and false, lists and tables are written as in TOML.
    """
    if kinds_of(model, key) <= {str, Literal}:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def kinds_of(model: type[BaseModel], key: str) -> set[object]:
    """The types a key may have; nothing for an unknown key."""
    for name, field in model.model_fields.items():
        if key_of(name) == key:
            return set(_flat(field.annotation))
    return set()


def _flat(annotation: object) -> Iterator[object]:
    origin = get_origin(annotation)
    if origin in (UnionType, Union):
        for part in get_args(annotation):
            yield from _flat(part)
    else:
        yield origin or annotation
