"""Grammars of what is published, and one way to ask them.

They say what the formats ask in words other than the check's, so that a mistake in one is not a
mistake in both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator
from lxml import etree

from syndicator.publishers.check import problems

_HERE = Path(__file__).parent


@cache
def _atom() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(str(_HERE / "atom.rng")))


@cache
def _jsonfeed() -> Draft202012Validator:
    schema = json.loads((_HERE / "jsonfeed.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def grammar_faults(body: bytes) -> list[str]:
    """What the grammar of a document's format finds; RSS has none."""
    if body[:1] == b"{":
        found = _jsonfeed().iter_errors(json.loads(body))
        return [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:300]}" for each in found]
    root = etree.fromstring(body)
    if root.tag == "rss":
        return []
    grammar = _atom()
    grammar.validate(root)
    return [f"line {each.line}: {each.message}" for each in grammar.error_log]


def faults(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Path -> what the check and the grammar find, for every feed document below themes/."""
    found = {
        name: [*problems(body), *grammar_faults(body)]
        for name, body in files.items()
        if name.startswith("themes/") and name.endswith((".xml", ".json"))
    }
    return {name: words for name, words in found.items() if words}
