"""The lines of TOML keys."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.config.lines import lines

TRICKY = '''# a comment with [no.table] and key = 1
top = 1 # x = 2

[ site ]   # spaces
title = "a # b = [c]"
'quoted key' . "b\\u00e9" = """
not = "a key"
[nor.a.table]
"""
raw = \'\'\'
x = 1\'\'\'

[sources."a.b"]
list = [ # comment ]
  "x]", 'y,',
  { in = 1, out.deep = "}" },
]
last = { a = 1, b = { c = "," } }
when = 2026-01-01 10:00:00
[[many]]
k = 1
[[many]]
k = 2
'''


def test_each_key_is_found_on_its_line() -> None:
    found = lines(TRICKY)
    assert found == {
        ("top",): 2,
        ("site",): 4,
        ("site", "title"): 5,
        ("site", "quoted key"): 6,
        ("site", "quoted key", "bé"): 6,
        ("site", "raw"): 10,
        ("sources",): 13,
        ("sources", "a.b"): 13,
        ("sources", "a.b", "list"): 14,
        ("sources", "a.b", "list", "in"): 16,
        ("sources", "a.b", "list", "out"): 16,
        ("sources", "a.b", "list", "out", "deep"): 16,
        ("sources", "a.b", "last"): 18,
        ("sources", "a.b", "last", "a"): 18,
        ("sources", "a.b", "last", "b"): 18,
        ("sources", "a.b", "last", "b", "c"): 18,
        ("sources", "a.b", "when"): 19,
        ("many",): 20,
        ("many", "k"): 21,
    }


def test_a_table_named_after_its_child_has_its_own_line() -> None:
    assert lines("[a.b]\n[a]\n")["a",] == 2


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5).map(
        lambda key: json.dumps(key, ensure_ascii=False)
    ),
)
VALUES = st.recursive(
    st.sampled_from(
        ["1", "true", '"a # [b] \\" = "', "'''\nk = [\n'''", '"""a\n"b" = \\"""\n"""""', "1.5"]
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda items: "[\n" + ",\n".join(items) + "]"
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=6), st.lists(KEYS, min_size=1, max_size=3))
def test_every_key_that_tomllib_reads_has_a_line(
    pairs: list[tuple[str, str]], table: list[str]
) -> None:
    text = f"[{'.'.join(table)}]\n" + "".join(f"{key} = {value}\n" for key, value in pairs)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found, rows = lines(text), text.split("\n")
    for path in _paths(data, ()):
        assert found[path] <= len(rows)
        assert len(path) <= len(table) or "=" in rows[found[path] - 1]


def _paths(data: dict[str, Any], above: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = [(*above, key) for key in data]
    for key, value in data.items():
        found += _paths(value, (*above, key)) if isinstance(value, dict) else []
    return found


@pytest.mark.parametrize("text", ["", "\n", "# only\n", "a=1", "a.b.c=[]", "a={}"])
def test_short_texts_are_walked_to_their_end(text: str) -> None:
    lines(text)
