"""The words of a text: one way for rules, for matching in memory and for the search indexes.

Word boundaries are those of Unicode (UAX 29), with these decisions of ours:

- An apostrophe separates: "l'accord" is `l` `accord`, "d'Ivoire" is `d` `ivoire`, "don't" is
  `don` `t`. So a rule about `accord` finds "l'accord"; a rule that says "d'Ivoire" still finds just
  that, because several words written as one are looked for as a phrase.
- A hyphen separates, as in UAX 29: "peace-building" is `peace` `building`.
- A full stop, colon or underscore between letters and a comma between digits do not, as in UAX 29:
  `u.n`, `example.org`, `3.14`, `1,000`.
- Case is folded (`straße` is `strasse`), compatible forms are made equal (full width, ligatures,
  `co₂` is `co2`). Marks are dropped after Latin, Greek and Cyrillic letters: `é` is `e`, and also
  `й` is `и`, `ё` is `е`, `ї` is `і`. Marks of other scripts stay: they are vowels in Hindi, and a
  vocalised Arabic word is another word than a bare one.
- Invisible characters (soft hyphen, zero width joiner or space, direction marks) are dropped.
- Han, Kana, Thai, Khmer and Lao are written without blanks: each run of them becomes its pairs of
  neighbouring letters, a letter with its marks: `和平协议` is `和平` `平协` `协议`. A run of one
  letter stays as it is; a rule of one such letter therefore finds it only where it stands alone.
- What holds no letter or digit is no word. Words are cut at MAX_WORD characters.

What a search index keeps is this output; its own tokeniser must then split at blanks only.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import regex

WORDS_VERSION = 1
"""Goes up with every change that makes other words of some text; indexes are then built anew."""

MAX_WORD = 200  # characters; PostgreSQL takes 2,046 bytes

# The same as _WORD below for text of ASCII alone, which most text is once it is folded.
_ASCII_WORD = re.compile(
    r"(?=_*[a-z0-9])(?:[a-z]+(?:[.:](?=[a-z]))?|[0-9]+(?:[.,;](?=[0-9]))?|_+)+"
)
# What may join; a line without it is cut at whatever is no letter and no digit.
_JOINT = re.compile(r"[.:,;][a-z0-9]")
_CUT = str.maketrans({chr(sign): " " for sign in range(128) if not chr(sign).isalnum()})

# Apostrophes separate. The other signs do so anyway, and would only keep a text from being ASCII.
_APOSTROPHES = "'\u2018\u2019\u02bc"
_SIGNS = "\u201a\u201c\u201d\u201e\u2039\u203a\u00ab\u00bb\u2013\u2014\u2022\u20ac\u00a7\u00a9"
_APART = str.maketrans(dict.fromkeys(_APOSTROPHES + _SIGNS, " "))
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Variation_Selector}]+")
_FOLDED_MARKS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}])\p{M}+")

_PAIRS = r"[[\p{Han}\p{Hiragana}\p{Katakana}\u30fc\p{Thai}\p{Khmer}\p{Lao}]&&[\p{L}\p{Nl}]]"
_LETTER = rf"[[\p{{WB=ALetter}}\p{{WB=Hebrew_Letter}}]--{_PAIRS}]"
_MARK = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]"
_WORD = regex.compile(
    rf"""
    (?P<run>(?:{_PAIRS}\p{{M}}*+)++)
  | (?=[\p{{WB=ExtendNumLet}}{_MARK}]*+[{_LETTER}\p{{WB=Numeric}}])
    (?: {_LETTER} [{_LETTER}{_MARK}]*+
        (?: [\p{{WB=MidLetter}}\p{{WB=MidNumLet}}] {_MARK}*+ (?={_LETTER})
          | (?<=\p{{WB=Hebrew_Letter}}) " (?=\p{{WB=Hebrew_Letter}}) )?+
      | \p{{WB=Numeric}} [\p{{WB=Numeric}}{_MARK}]*+
        (?: [\p{{WB=MidNum}}\p{{WB=MidNumLet}}] {_MARK}*+ (?=\p{{WB=Numeric}}) )?+
      | \p{{WB=ExtendNumLet}} [\p{{WB=ExtendNumLet}}{_MARK}]*+
    )++
  | [\p{{L}}\p{{N}}] {_MARK}*+
    """,
    regex.VERBOSE | regex.VERSION1,
)
PAIRED = _PAIRS
"""The letters that are cut into pairs: a set for patterns of `regex` (VERSION1)."""
_PAIRED_LETTER = regex.compile(r"\P{M}\p{M}*")


def words(text: str) -> list[str]:
    """The words of a text in their order; a phrase of the text is a stretch of this list."""
    return words_of(fold(text))


def fold(text: str) -> str:
    """The text as it is cut: each of its words stands in it as it is."""
    return text.lower() if text.isascii() else _fold(text)


def words_of(folded: str) -> list[str]:
    """The words of a text that `fold` gave."""
    if folded.isascii():
        return _cut(_ascii_words(folded))
    found: list[str] = []
    for match in _WORD.finditer(folded):
        if match["run"]:
            found += _pairs(match[0])
        else:
            found.append(match[0])
    return _cut(found)


def _ascii_words(folded: str) -> list[str]:
    """Most lines hold no word with a sign inside, and cutting them takes less than half as long."""
    if "_" not in folded and not _JOINT.search(folded):
        return folded.translate(_CUT).split()
    found: list[str] = []
    for line in folded.splitlines():
        joined = "_" in line or _JOINT.search(line)
        found += _ASCII_WORD.findall(line) if joined else line.translate(_CUT).split()
    return found


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_APART)
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", _FOLDED_MARKS.sub("", _INVISIBLE.sub("", plain)))


def _pairs(run: str) -> list[str]:
    letters: list[str] = _PAIRED_LETTER.findall(run)
    return [a + b for a, b in pairwise(letters)] or letters


def _cut(found: list[str]) -> list[str]:
    if max(map(len, found), default=0) <= MAX_WORD:
        return found
    return [word[:MAX_WORD] for word in found]
