"""The demo's feeds, read back by the parsers of others: equal to what we meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import listparser
import pytest

from tests.publish.grammar import faults
from tests.publish.roundtrip.gaps import GAPS, UNKNOWN
from tests.publish.roundtrip.readers import HERE, NODE, PYTHON, node_lacks
from tests.publish.roundtrip.trip import Published, misread, published

needs_node = pytest.mark.skipif(bool(node_lacks()), reason=node_lacks())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """What the demo has published once."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    words = [sys.executable, "-m", "syndicator", "demo", "--once", "--dir", str(folder)]
    kept = {name: value for name, value in os.environ.items() if "SYNDICATOR_" not in name}
    subprocess.run(words, check=True, capture_output=True, timeout=240, env=kept)
    return published(folder)


def test_every_document_of_the_demo_is_sound(demo: Published) -> None:
    documents = [name for name in demo.files() if name.startswith("themes/")]

    assert len([name for name in documents if name.endswith("feed.json")]) == 9
    assert len([name for name in documents if "/archive/" in name]) > 3
    assert faults(demo.files()) == {}


@pytest.mark.parametrize("parser", PYTHON)
def test_a_parser_reads_what_we_meant(demo: Published, parser: str) -> None:
    assert misread(demo, parser) == []


@needs_node
@pytest.mark.parametrize("parser", NODE)
def test_a_parser_under_node_reads_what_we_meant(demo: Published, parser: str) -> None:
    assert misread(demo, parser) == []


def test_the_lists_name_what_there_is(demo: Published) -> None:
    files = demo.files()
    feeds = listparser.parse(files["feeds.opml"])
    sources = listparser.parse(files["sources.opml"])

    assert not feeds.bozo
    assert {one.url for one in feeds.feeds} == {
        f"{demo.base_url}/themes/{key}/atom.xml" for key in demo.members
    }
    assert len(sources.feeds) == len(sources.lists) == 3


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: f"{gap.parser}: {gap.why}")
def test_gaps_are_those_of_the_releases_in_use(gap) -> None:
    assert gap.version == _version(gap.parser)


@pytest.mark.parametrize(("parser", "name"), UNKNOWN)
def test_formats_unknown_to_a_parser_are_so_to_the_release_in_use(parser: str, name: str) -> None:
    assert UNKNOWN[parser, name] == _version(parser)


def _version(parser: str) -> str:
    wanted: dict[str, str] = json.loads(Path(HERE / "package.json").read_text())["dependencies"]
    return wanted[parser] if parser in NODE else version(parser)
