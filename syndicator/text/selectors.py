"""CSS selectors: checked when an operator gives them, compiled once, run on a tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from syndicator.errors import RuleError

if TYPE_CHECKING:
    from lxml.cssselect import CSSSelector
    from lxml.etree import _Element

MAX_CHARS = 1000
_AT = re.compile(r"\bat (\d+)>|^Unclosed \w+ at (\d+)$")
_QUOTED = re.compile(r"'([^']+)'")


def check(css: str) -> None:
    """Refuse a selector that cannot be used; an empty one means "not set" and is fine.

    Raises:
        RuleError: with the column of the mistake.
    """
    if css:
        _compiled(css)


def select(node: _Element, css: str) -> list[_Element]:
    """The elements that `css` finds under `node`, in document order; none when it is empty."""
    return cast("list[_Element]", _compiled(css)(node)) if css else []


@lru_cache(maxsize=512)
def _compiled(css: str) -> CSSSelector:
    from cssselect import ExpressionError, SelectorSyntaxError
    from lxml.cssselect import CSSSelector
    from lxml.etree import XPathError

    if len(css) > MAX_CHARS:
        raise RuleError(f"a selector is at most {MAX_CHARS} characters", column=MAX_CHARS + 1)
    if not css.strip():
        raise RuleError("a selector of white space finds nothing", column=1)
    try:
        return CSSSelector(css, translator="html")
    except (SelectorSyntaxError, ExpressionError, XPathError) as error:
        raise RuleError(f"not a CSS selector: {error}", column=_column(css, str(error))) from error


def _column(css: str, complaint: str) -> int:
    """Where the mistake is: the place the parser names, else the thing it does not know."""
    if found := _AT.search(complaint):
        return int(found[1] or found[2]) + 1
    if complaint.startswith("Pseudo-elements"):
        return css.find("::") + 1
    names = _QUOTED.findall(complaint) or re.findall(r":+([\w-]+)", complaint)
    return next((css.find(name) + 1 for name in names if name in css), 1)
