"""Selectors are refused when given, with the place of the mistake."""

from __future__ import annotations

import pytest

from syndicator.errors import RuleError
from syndicator.text.selectors import check


@pytest.mark.parametrize("css", ["", "a", "div.item > h2 a[href^='/en']", ":is(h1, h2) a", "a, b"])
def test_a_selector_that_works_passes(css: str) -> None:
    check(css)


@pytest.mark.parametrize(
    ("css", "column"),
    [
        ("div >", 6),
        ("a[href", 7),
        ("p:foo", 3),
        ("p::before", 2),
        ("a..b", 3),
        ("$x", 1),
        ("div {", 5),
        ("a 'x", 3),
        ("a:nth-child(x)", 13),
        ("p, *:nth-of-type(2)", 6),
        ("  ", 1),
        ("x" * 1001, 1001),
    ],
    ids=lambda value: str(value)[:16],
)
def test_a_mistake_is_named_with_its_column(css: str, column: int) -> None:
    with pytest.raises(RuleError) as refused:
        check(css)
    assert refused.value.column == column
