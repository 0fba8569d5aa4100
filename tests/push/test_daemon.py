"""The whole way in a real daemon: a feed names its hub, the hub is asked, confirms and pushes."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.push.conftest import atom
from tests.push.hub import Hub
from tests.site import Reply, Site

CONFIG = """
[site]
base_url = "https://press.example"
[serve]
port = 0
[fetch]
allow_private = true
[fetch.hosts."127.0.0.1"]
gap = 0
[sources.agency]
url = "{url}"
"""


def soon(look: Callable[[], Any], *, within_s: float = 45.0) -> Any:
    ends_at = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < ends_at, "it did not come about"
        time.sleep(0.05)
    return found


@contextmanager
def daemon(folder: Path, url: str) -> Iterator[tuple[str, int]]:
    """One that reads `url`, and where it serves."""
    (folder / "config.toml").write_text(CONFIG.format(url=url))
    words = folder / "words"
    with words.open("wb") as err:
        running = subprocess.Popen(
            [sys.executable, "-m", "syndicator", "-c", str(folder / "config.toml"), "run"],
            stderr=err,
        )
    try:
        serving = soon(lambda: re.search(r"http://([\d.]+):(\d+)", words.read_text()))
        yield serving[1], int(serving[2])
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(20)
    assert code == 0, words.read_text()


def test_c30_a_feed_with_a_hub_is_read_when_the_hub_pushes(tmp_path: Path, site: Site) -> None:
    with Hub() as hub:
        links = f'<link rel="hub" href="{hub.url}"/><link rel="self" href="{site.url("/feed")}"/>'
        site.pages["/feed"] = Reply(body=atom("first", links=links))
        with daemon(tmp_path, site.url("/feed")) as hub.subscriber:
            wish = soon(lambda: hub.wishes)[0]
            assert hub.verify(wish).status == 200
            polls = site.times_asked("/feed")

            assert hub.deliver(wish).status == 202

            soon(lambda: site.times_asked("/feed") == polls + 1, within_s=10)
