"""Two newsrooms: one follows the other's feed by its hub, with nothing between them but HTTP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs import Parts
from syndicator.model import SubscriptionState
from syndicator.push import Callbacks
from syndicator.server import Health, Server, build
from tests.daemon.conftest import Build
from tests.daemon.conftest import build as houses
from tests.daemon.house import rss, served, site_config, titles, until
from tests.site import Reply, Site

__all__ = ["houses"]

MALI = "/themes/mali/atom.xml"
READER = """
[fetch]
allow_private = true
[fetch.hosts."{host}"]
gap = 0
[sources.library]
url = "http://{host}{path}"
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def newsroom(folder: Path, host: str) -> Iterator[tuple[Parts, Server]]:
    """One that reads the feed of the other at `host`, and where hubs reach it."""
    folder.mkdir()
    (folder / "config.toml").write_text(READER.format(host=host, path=MALI))
    with open_parts(folder / "config.toml", environ={}) as parts:
        app = build(
            folder / "feeds",
            status=Health,
            metrics=None,
            publish_max_age_s=60,
            hubs=Callbacks(parts.store, parts.clock),
        )
        with Server(app, host="127.0.0.1", port=0) as server:
            yield parts, server


def read(parts: Parts) -> list[str]:
    """Poll what is due; the titles that are known then."""
    jobs.follow_hints(parts)
    jobs.read_due(parts)
    return sorted(article.content.title for article in parts.store.articles())


@pytest.mark.timeout(180)
def test_p31_c30_our_hub_and_our_subscriber_understand_each_other(
    houses: Build,
    tmp_path: Path,
    site: Site,
) -> None:
    port = free_port()
    site.pages["/agency"] = Reply(body=rss(site.base, "Mali one"))
    text = site_config(site.base, "/agency").replace("port = 0", f"port = {port}")
    address = f"http://127.0.0.1:{port}"
    own = f'[site]\nbase_url = "{address}"\n' + text.replace("[site]\n", "").lstrip()
    library = houses(own + "\n[hub]\nallow_private = true\n")
    daemon = library.start("run")
    until(lambda: titles(served(daemon.address, MALI)), within_s=60, what="the first article")

    with newsroom(tmp_path / "reader", f"127.0.0.1:{port}") as (parts, server):
        assert read(parts) == ["Mali one"]
        assert jobs.subscribe(parts, base=server.address) == 1

        def state() -> list[SubscriptionState]:
            return [each.state for each in parts.store.subscriptions()]

        until(lambda: state() == ["active"], within_s=10, what="it is confirmed")
        (known,) = parts.store.subscriptions()
        assert (known.hub, known.topic) == (f"{address}/hub", address + MALI)
        assert parts.store.source("library").next_check_at > parts.clock.now()

        site.pages["/agency"] = Reply(body=rss(site.base, "Mali one", "Mali two"))

        def is_due() -> bool:
            return parts.store.source("library").next_check_at <= parts.clock.now()

        until(is_due, within_s=30, what="the push makes it due")
        assert read(parts) == ["Mali one", "Mali two"]

        parts.store.pause_source("library", at=parts.clock.now())
        for _ in range(2):
            jobs.subscribe(parts, base=server.address)
        until(lambda: state() == ["ended"], within_s=10, what="it has left")
    assert library.ask("SELECT count(*) FROM followers") == [(0,)]
    assert daemon.stop() == 0
