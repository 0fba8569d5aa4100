"""Other libraries' test feeds: pulled through HTTP into SQLite, held to what their suites expect.

bench/suites does it; `python -m bench.suites` prints the table. Where we differ on purpose is
written, with the reason, in bench/suites/purposes.py.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from bench.suites.documents import SETS
from bench.suites.run import Run, run
from bench.suites.table import different, faults, table

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(600)]

_DONE: list[Run] = []
_LIVE = {
    *("script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "link"),
    *("meta", "base", "template", "textarea", "select", "button", "frame", "applet"),
}
_ADDRESSES = ("href", "src", "cite", "poster", "action", "formaction", "data", "background")


@pytest.fixture
def done(corpus: Path) -> Run:
    """The one run that all tests here look at."""
    if not _DONE:
        _DONE.append(run(corpus))
    return _DONE[0]


def test_every_file_is_read_or_refused_and_says_why(done: Run) -> None:
    assert {row.document.set for row in done.rows} == set(SETS)
    assert {row.result for row in done.rows} <= {"changed", "unchanged", "failed"}
    failed = [row for row in done.rows if row.result == "failed"]
    assert all(row.error.startswith("answered ") for row in failed)


def test_each_entry_that_feedparser_finds_is_stored_once(done: Run) -> None:
    """And each item of a JSON Feed; what is refused has none."""
    for row in done.rows:
        assert row.stored == row.expected, row.document.file


def test_a_second_poll_adds_and_changes_nothing(done: Run) -> None:
    assert [(row.document.file, row.again) for row in done.rows if row.again] == []


def test_c23_expected_values_are_stored_as_the_suites_have_them(done: Run) -> None:
    """Where ours names the field, and but for what differs on purpose."""
    values = [one for row in done.rows for one in row.values]

    assert different(done) == []
    assert len(values) > 10_000
    assert sum(bool(one.reason) for one in values) < len(values) / 20


def test_r17_nothing_that_is_stored_can_run(done: Run) -> None:
    """Of all sets, the 370 documents of feedparser's sanitize tests among them."""
    bodies = [(row.document.file, body) for row in done.rows for body in row.bodies if body]

    assert sum("/sanitize/" in file for file, _ in bodies) > 100
    assert [(file, found) for file, body in bodies if (found := _live(body))] == []


def _live(body: str) -> list[str]:
    """What could run or draw once a browser has parsed it."""
    found = []
    tree: Any = lxml_html.document_fromstring(f"<html><body>{body}</body></html>")
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag in _LIVE:
            found.append(str(node.tag))
            continue
        found += [f"{node.tag} {name}" for name in node.attrib if name.startswith("on")]
        found += [f"{node.tag} style" for name in node.attrib if name == "style"]
        found += [
            f"{node.tag} {name}={node.get(name)}"
            for name in _ADDRESSES
            if node.get(name) and not re.match(r"https?://|mailto:", node.get(name) or "")
        ]
    return found


def test_the_table_finds_nothing_wrong(done: Run) -> None:
    assert faults(done) == []
    assert any(line.startswith("all ") for line in table(done))
