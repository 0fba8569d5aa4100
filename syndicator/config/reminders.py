"""What an export left out, still missing in the file that was made of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from syndicator.config.problems import KeyPath

_LEFT_OUT = re.compile(r"^# (?=[^\s=#]+ = .*\*\*\*)", re.MULTILINE)


def missing(text: str) -> dict[KeyPath, object]:
    """The secrets of which nothing but the comment of an earlier export stands in a file.

    Args:
        text: of the file, which is valid TOML.
    """
    known = {path for path, _ in _keys((), tomllib.loads(text))}
    found: dict[KeyPath, object] = {}
    for comment in _LEFT_OUT.finditer(text):
        try:
            told = tomllib.loads(text[: comment.start()] + text[comment.end() :])
        except tomllib.TOMLDecodeError:
            continue  # it was put in, beside the comment
        found |= {path: value for path, value in _keys((), told) if path not in known}
    return found


def put(table: Mapping[str, object], path: KeyPath, value: object) -> dict[str, object]:
    """The table with a value at a path of keys, unless there is one."""
    if len(path) == 1:
        return {**table, path[0]: table.get(path[0], value)}
    below = table.get(path[0], {})
    return {**table, path[0]: put(below if isinstance(below, Mapping) else {}, path[1:], value)}


def _keys(start: KeyPath, table: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _keys((*start, key), value)
        else:
            yield (*start, key), value
