"""pywb, a program of others, replays what a citation names from our captures and their index."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from tests.archive.test_surt import KEYS
from tests.conftest import FakeClock
from tests.daemon.house import House
from tests.reading.library import DAY, html, opened
from tests.site import Reply, Site

PYWB = Path(__file__).parents[3] / ".venv-replay" / "bin"
_STARTS_S = 90.0

pytestmark = pytest.mark.skipif(
    not (PYWB / "wayback").exists(), reason="pywb is not there: make replay"
)

SOURCE = """
[store]
capture = "pages"

[sources.one]
url = "{base}/Caf%C3%A9/the-river?b=2&a=1"
kind = "page"
"""
PAGE = """<html lang="en"><head><title>The river</title></head><body><article><h1>The river</h1>
{text}<p>The bridge {stands}.</p></article></body></html>"""
TEXT = "".join(f"<p>{'The river rose again and the village moved. ' * 6}{n}</p>" for n in range(8))


def page(stands: str) -> bytes:
    return PAGE.format(text=TEXT, stands=stands).encode()


@contextmanager
def replaying(captures: Path, folder: Path) -> Iterator[str]:
    """pywb on a folder of captures as it lies there; the address of its collection."""
    places = {"index_paths": f"{captures}/", "archive_paths": f"{captures}/"}
    folder.mkdir()
    (folder / "config.yaml").write_text(json.dumps({"collections": {"press": places}}))
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = [PYWB / "wayback", "--bind", "127.0.0.1", "--port", str(port), "--threads", "1"]
    log = folder / "log"
    with log.open("wb") as out, subprocess.Popen(words, cwd=folder, stdout=out, stderr=out) as run:
        try:
            _wait_for(port, run, log)
            yield f"http://127.0.0.1:{port}/press"
        finally:
            run.terminate()
            run.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    ends_at = time.monotonic() + _STARTS_S
    while process.poll() is None and time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"pywb does not listen: {log.read_text()}")


def test_pywb_replays_each_revision_that_a_citation_names(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read on three days, and changed on the third: an answer, a revisit, another answer."""
    path = "/Caf%C3%A9/the-river?b=2&a=1"
    packed = Reply(
        body=gzip.compress(page("fell")),
        headers={"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"},
    )
    said = {"stands": html(page("stands")), "fell": packed}
    folder = tmp_path / "house"
    folder.mkdir()
    with opened(folder, site, clock, monkeypatch, SOURCE) as library:
        for words in ("stands", "stands", "fell"):
            site.pages[path] = said[words]
            library.pull()
            clock.move(2 * DAY)
        (article,) = library.articles()
        kinds = [capture.revisit for _, capture in library.parts.store.captures()]
    assert kinds == [False, True, False]
    house = House(folder, (folder / "config.toml").read_text("utf-8"))

    cited = [citation(house, article.id, revision) for revision in (1, 2)]

    with replaying(folder / "store" / "archive" / "captures", tmp_path / "pywb") as press:
        for stamp, wanted in (
            (cited[0][0], "stands"),
            ("20260303120000", "stands"),  # the revisit, which has no body of its own
            (cited[1][0], "fell"),
        ):
            answer = requests.get(f"{press}/{stamp}id_/{cited[0][1]}", timeout=30)
            assert answer.content == page(wanted)
            assert answer.headers["Memento-Datetime"]
        shown = requests.get(f"{press}/{cited[0][0]}mp_/{cited[0][1]}", timeout=30)
    assert "The bridge stands." in shown.text


def citation(house: House, article: str, revision: int) -> tuple[str, str]:
    """(time stamp of the day of access, address of the original)"""
    words = ("article", "cite", article, "--format", "csl", "--revision", str(revision))
    (item,) = json.loads(house.run(*words).out)
    (day,) = item["accessed"]["date-parts"]
    return "{:04}{:02}{:02}".format(*day), item["URL"]


_ASK = """
import json, sys
from pywb.utils.canonicalize import canonicalize
print(json.dumps({url: canonicalize(url) for url in json.load(sys.stdin)}))
"""


def test_pywb_looks_for_addresses_by_the_keys_of_our_index() -> None:
    asked = json.dumps([*KEYS])
    said = subprocess.run(
        [PYWB / "python", "-c", _ASK], input=asked, capture_output=True, text=True
    )

    assert json.loads(said.stdout) == KEYS
