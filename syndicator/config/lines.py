"""On which line of a TOML text each key stands; tomllib reads the values but does not tell.

The text has been accepted by tomllib before, so this only walks over it: headers, keys, and values
far enough to find their end. Source: TOML 1.0.
"""

from __future__ import annotations

import re

Path = tuple[str, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"'[^'\n]*'")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LONG_LITERAL = re.compile(r"'''.*?'''(?!')", re.DOTALL)
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?!")', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def lines(text: str) -> dict[Path, int]:
    """Path of keys -> line from 1; a key set twice by arrays of tables keeps the first."""
    walk = _Walk(text)
    walk.document()
    return walk.implied | walk.found


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted = (0, 1)  # a place and its line: lines are counted once, going forward
        self.found: dict[Path, int] = {}
        self.implied: dict[Path, int] = {}  # tables that only their keys or sub-tables name

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        while self.text[self.at] in "[ \t":
            self.at += 1
        path = self._key()
        while self.at < len(self.text) and self.text[self.at] in "] \t":
            self.at += 1
        self._note(path, line)
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table + self._key()
        self._note(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _key(self) -> Path:
        parts = [self._part()]
        while self.text[self._skip(_SPACE)] == ".":
            self.at += 1
            self._skip(_SPACE)
            parts.append(self._part())
        return tuple(parts)

    def _part(self) -> str:
        if self.text[self.at] == '"':
            return _ESCAPE.sub(_unescape, self._take(_BASIC)[1:-1])
        if self.text[self.at] == "'":
            return self._take(_LITERAL)[1:-1]
        return self._take(_BARE)

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        start = self.text[self.at : self.at + 3]
        if start == '"""':
            self._take(_LONG_BASIC)
        elif start == "'''":
            self._take(_LONG_LITERAL)
        elif start[:1] == '"':
            self._take(_BASIC)
        elif start[:1] == "'":
            self._take(_LITERAL)
        elif start[:1] in "[{":
            self._group(path, inline=start[:1] == "{")
        else:
            self._take(_SCALAR)

    def _group(self, path: Path, *, inline: bool) -> None:
        self.at += 1
        while self.text[self._skip(_BLANK)] not in "]}":
            if self.text[self.at] == ",":
                self.at += 1
            elif inline:
                self._pair(path)
            else:
                self._value(path)
        self.at += 1

    def _note(self, path: Path, line: int) -> None:
        self.found.setdefault(path, line)
        for end in range(1, len(path)):
            self.implied.setdefault(path[:end], line)

    def _line(self) -> int:
        place, line = self.counted
        line += self.text.count("\n", place, self.at)
        self.counted = (self.at, line)
        return line

    def _skip(self, pattern: re.Pattern[str]) -> int:
        self._take(pattern)
        return self.at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"not TOML at character {self.at}")
        self.at = match.end()
        return match[0]


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])
