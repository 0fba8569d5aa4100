"""What is wrong with a configuration, in words: place, key, reason, a likely correction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from syndicator.config.sections import key_of
from syndicator.config.values import nearest, quoted
from syndicator.errors import ConfigError

KeyPath = tuple[str, ...]


def dotted(path: KeyPath) -> str:
    """A path of keys as TOML writes it."""
    return ".".join(
        p if re.fullmatch(r"[A-Za-z0-9_-]+", p) else json.dumps(p, ensure_ascii=False) for p in path
    )


class Problems:
    """Collects what is wrong, each with the place it came from.

    Args:
        file: as the operator named it.
        lines: path of keys -> line in that file.
        given: path of keys -> variable or flag that set it instead of the file.
    """

    def __init__(
        self,
        file: Path | str,
        lines: Mapping[KeyPath, int] | None = None,
        given: Mapping[KeyPath, str] | None = None,
    ) -> None:
        self._file = str(file)
        self._lines = {} if lines is None else lines
        self._given = {} if given is None else given  # may still be filled
        self._found: list[tuple[int, str]] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, path: KeyPath, message: str) -> None:
        """Something is wrong with the value, or the absence, of a key."""
        name = next((self._given[p] for p in _upwards(path) if p in self._given), "")
        if name:
            self._found.append((1 << 30, f"{name}: {message}"))
            return
        line = next((self._lines[p] for p in _upwards(path) if p in self._lines), 0)
        place = f"{self._file}:{line}" if line else self._file
        self.note(": ".join(filter(None, [place, dotted(path), message])), line)

    def note(self, message: str, line: int = 1 << 30) -> None:
        """A whole sentence that names its own place."""
        self._found.append((line, message))

    def error(self) -> ConfigError:
        """All of it, in the order of the file, the environment last."""
        ordered = [message for _, message in sorted(self._found, key=lambda item: item[0])]
        return ConfigError(list(dict.fromkeys(ordered)), path=Path(self._file))

    def take(self, prefix: KeyPath, model: type[BaseModel], errors: Iterable[Any]) -> None:
        """What pydantic found wrong with one table.

        Args:
            errors: as of `ValidationError.errors()`; their places start at `prefix`.
        """
        for error in errors:
            place = tuple(str(part) for part in error["loc"])
            self.add(prefix + place, sentence(error, _keys(model, place[:-1])))


def sentence(error: Mapping[str, Any], known: Iterable[str]) -> str:
    """One of pydantic's errors in our words."""
    kind, value, about = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key" + nearest(str(error["loc"][-1]), known)
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(about["error"])
    if kind == "literal_error":
        hint = nearest(value, re.findall(r"'([^']*)'", about["expected"])) if value else ""
        return f"expected {about['expected'].replace(chr(39), chr(34))}, not {quoted(value)}{hint}"
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        return f"must be {word} {about[limit]:g}, not {quoted(value)}"
    return f"expected {_WANTED.get(kind, 'something else')}, not {quoted(value)}"


_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
}

_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "dict_type": "a table",
    "model_type": "a table",
}


def _upwards(path: KeyPath) -> Iterable[KeyPath]:
    return (path[:end] for end in range(len(path), 0, -1))


def _keys(model: type[BaseModel], place: KeyPath) -> list[str]:
    """The keys a table knows, found from the model of the table it stands in."""
    for part in place:
        field = next((f for n, f in model.model_fields.items() if key_of(n) == part), None)
        inner = field.annotation if field else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
        elif field is not None:  # a table of tables, such as fetch.hosts
            inner = getattr(field.annotation, "__args__", (None,))[-1]
            model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else model
    return [key_of(name) for name in model.model_fields]
