"""`source history`, killed half-way three times: everything a source offers, and nothing twice."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from syndicator.demo.server import PressServer
from syndicator.demo.settings import demo_config
from tests.daemon.conftest import Build
from tests.daemon.house import House, until
from tests.reading.test_history import archived
from tests.site import Site

ARCHIVES = 12

ATOM = """
[fetch]
allow_private = true
starts_per_s = 1000
[fetch.hosts."{host}"]
gap = "1s"
[sources.archive]
url = "{base}/feed"
"""


def _urls(house: House, source: str) -> list[str]:
    said = house.run("article", "list", "--source", source, "--json")
    return [json.loads(line)["url"] for line in said.out.splitlines()]


def test_an_atom_source_with_archives(build: Build, site: Site) -> None:
    archived(site, documents=ARCHIVES)
    house = build(ATOM.format(base=site.base, host=site.base.removeprefix("http://")))
    for kill in range(1, 4):
        running = house.start("source", "history", "archive")
        wanted = kill * 2
        until(
            lambda wanted=wanted: sum("/archive/" in each.path for each in site.asked) >= wanted,
            within_s=90,
            what=f"{wanted} archives asked for",
        )
        running.kill()

    house.run("source", "history", "archive", within_s=120)

    kept = Counter(_urls(house, "archive"))
    assert len(kept) == ARCHIVES * 3 + 3
    assert set(kept.values()) == {1}
    asked = Counter(each.path for each in site.asked if "/archive/" in each.path)
    # A killed process may have asked for one document that it could not keep any more.
    assert sum(times - 1 for times in asked.values()) <= 3


@pytest.mark.parametrize(
    ("source", "language"),
    [("between-shores", "en"), ("tussen-oevers", "nl"), ("entre-rives", "fr")],
)
def test_the_demos_magazine(build: Build, press: PressServer, source: str, language: str) -> None:
    house = build(demo_config(press, 0))
    for _ in range(3):
        before = len(press.requests)
        running = house.start("source", "history", source)
        until(
            lambda before=before, running=running: (
                len(press.requests) >= before + 5 or running.ended
            ),
            within_s=90,
            what="five requests",
        )
        running.kill()

    house.run("source", "history", source, within_s=120)

    kept = _urls(house, source)
    assert len(set(kept)) == len(kept)
    paths = [path for path in press.site.targets(language) if re.search("/arti(cle|kel)/", path)]
    assert set(kept) == {f"{press.bases[language]}{path}" for path in paths}
