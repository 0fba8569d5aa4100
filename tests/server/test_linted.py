"""Our answers as judges of HTTP see them: redbot, which asks in many ways, and httplint."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from httplint import HttpResponseLinter, levels

from syndicator.server import Server
from tests.server.conftest import ATOM, Ask, write

# What they warn of and what is meant so.
MEANT = {
    # P25: "public" tells these from private themes' answers, also where a request has credentials.
    "STORE_PUBLIC_UNNECESSARY",
}
JUDGED = [
    "/themes/mali/atom.xml",
    "/themes/mali/rss.xml",
    "/themes/mali/feed.json",
    "/themes/mali/archive/1.xml",
    "/themes/mali/",
    "/private/tokentokentoken/atom.xml",
    "/nowhere",
    "/themes/sport/atom.xml",
]


@pytest.fixture(autouse=True)
def tree(feeds: Path) -> None:
    """Documents that are what they are called."""
    write(feeds, "themes/mali/feed.json", json.dumps({"items": ["peace"] * 200}).encode())
    write(feeds, "themes/mali/index.html", b"<!doctype html><title>Mali</title>" * 50)
    write(feeds, "private/tokentokentoken/atom.xml", ATOM)


def test_redbot_has_nothing_to_warn_of(server: Server) -> None:
    asking = {path: _redbot(f"http://{server.host}:{server.port}{path}") for path in JUDGED}
    for path, process in asking.items():
        said, faults = process.communicate(timeout=120)
        assert process.returncode == 0, faults
        entries = json.loads(said)["log"]["entries"]
        notes = [note for entry in entries for note in entry["_red_messages"]]
        assert notes, path
        assert [note for note in notes if _is_fault(note["level"], note["note_id"])] == [], path


def _redbot(url: str) -> subprocess.Popen[bytes]:
    words = [str(Path(sys.executable).with_name("redbot")), "-o", "har", url]
    return subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _is_fault(level: str, name: str) -> bool:
    return level.upper() in ("WARN", "WARNING", "BAD") and name not in MEANT


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        *((path, "GET", {}, None) for path in JUDGED),
        ("/themes/mali/atom.xml", "HEAD", {}, 200),
        ("/themes/mali/atom.xml", "GET", {"if_none_match": "*"}, 304),
        ("/themes/mali/", "GET", {"if_none_match": "*"}, 304),
        ("/themes/mali", "GET", {}, 301),
        ("/themes/bamako/atom.xml", "GET", {}, 301),
        ("/themes/sport/", "GET", {}, 410),
        ("/", "POST", {}, 405),
        ("/", "OPTIONS", {}, 204),
        ("/healthz", "GET", {}, 200),
        ("/readyz", "GET", {}, 200),
    ],
)
def test_httplint_has_nothing_to_warn_of(
    ours: Ask, path: str, method: str, headers: Mapping[str, str], status: int | None, coding: str
) -> None:
    answer = ours(path, method, accept_encoding=coding, **headers)
    linter = HttpResponseLinter(start_time=time.time(), no_content=method == "HEAD")
    linter.is_head_response = method == "HEAD"
    linter.process_response_topline(b"1.1", str(answer.status).encode(), b"")
    linter.process_headers([(n.encode(), v.encode()) for n, v in answer.headers.items()])
    linter.feed_content(answer.body)
    linter.finish_content(True)

    assert status in (None, answer.status)
    bad = (levels.WARN, levels.BAD)
    told = {type(note).__name__: note.detail for note in linter.notes if note.level in bad}
    assert {name: detail for name, detail in told.items() if name not in MEANT} == {}
