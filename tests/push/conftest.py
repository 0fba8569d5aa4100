"""A newsroom that can subscribe: real store, gate, web server; hubs with and without TLS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from syndicator import jobs
from syndicator.app import load_config, put_together
from syndicator.jobs import Parts
from syndicator.model import Source, SourceSettings, Subscription, SubscriptionState
from syndicator.net import FetchRules, Net
from syndicator.push import Callbacks
from syndicator.server import Health, Server, build
from syndicator.stages.hubs import Standing, standing
from tests.conftest import FakeClock
from tests.net.test_r02_addresses import resolving
from tests.push.hub import Hub, Wish
from tests.site import Reply, Site

CONFIG = """
[site]
base_url = "https://press.example/news"

[executor]
kind = "inline"
"""


@dataclass
class Authority:
    """A private authority, and a certificate of its for hub.example."""

    file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("hub")
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
            "-subj", "/CN=hub.example", "-addext", "subjectAltName=DNS:hub.example",
        ],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Authority(folder / "cert.pem", context)


def atom(*keys: str, links: str = "") -> bytes:
    """A feed with one entry for each key."""
    entries = "".join(
        f"<entry><id>urn:x:{key}</id><title>On {key}</title><updated>2026-02-01T10:00:00Z</updated>"
        f"<content>Words on {key}.</content></entry>"
        for key in keys
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>X</title>'
        f"<updated>2026-02-01T10:00:00Z</updated>{links}{entries}</feed>"
    ).encode()


class Newsroom:
    """Parts on a clock that moves when told, the site they read, and a server for callbacks."""

    def __init__(self, parts: Parts, site: Site, server: Server, clock: FakeClock) -> None:
        self.parts = parts
        self.site = site
        self.server = server
        self.clock = clock
        self.source = parts.store.add_source(
            "agency", SourceSettings(url=site.url("/feed")), now=clock.now()
        )

    @property
    def feed(self) -> str:
        return self.site.url("/feed")

    def publish(self, *keys: str, hub: str = "", topic: str | None = None, **headers: str) -> None:
        """What the feed says from now on."""
        links = f'<link rel="hub" href="{hub}"/>' if hub else ""
        topic = self.feed if topic is None else topic
        links += f'<link rel="self" href="{topic}"/>' if topic else ""
        self.site.pages["/feed"] = Reply(body=atom(*keys, links=links), headers=headers)

    def read(self) -> Source:
        """One poll, now."""
        self.clock.move(3)
        (pulled,) = jobs.pull(self.parts, ["agency"], force=True)
        assert pulled.result in ("changed", "unchanged"), pulled
        return self.now()

    def read_due(self) -> int:
        """What is due, as the daemon's tick does it; how many polls."""
        before = self.polls
        self.clock.move(3)
        jobs.follow_hints(self.parts)
        jobs.take_due(self.parts, lambda _, **__: None)
        return self.polls - before

    @property
    def polls(self) -> int:
        return self.site.times_asked("/feed")

    def now(self) -> Source:
        return self.parts.store.source("agency")

    def settle(self) -> int:
        """What the daemon does about subscriptions every few seconds."""
        return jobs.subscribe(self.parts)

    def subscriptions(self) -> Sequence[Subscription]:
        return self.parts.store.subscriptions()

    def states(self) -> list[SubscriptionState]:
        return [each.state for each in self.subscriptions()]

    def active(self) -> Subscription:
        found = self.parts.store.subscription_of("agency")
        assert found is not None
        return found

    def subscribed(self, hub: Hub) -> Wish:
        """Read a feed that names the hub, ask it, and be confirmed; what it was asked."""
        self.publish("first", hub=hub.url)
        self.read()
        self.settle()
        wish = hub.wishes[-1]
        assert hub.verify(wish).status == 200
        return wish

    def standing(self) -> Standing:
        """As a poll now would find it, with nothing new."""
        found = self.parts.store.subscription_of("agency")
        return standing(found, polled_at=self.now().polled_at, news=False, now=self.clock.now())

    def until(self, look: Callable[[], Any], *, within_s: float = 25.0) -> None:
        """Wait for what is done after an answer."""
        ends_at = time.monotonic() + within_s
        while not look():
            assert time.monotonic() < ends_at, "it did not come about"
            time.sleep(0.01)


@pytest.fixture
def room(tmp_path: Path, site: Site, clock: FakeClock, authority: Authority) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(CONFIG)
    with ExitStack() as stack:
        parts = put_together(load_config(tmp_path / "config.toml", {}), stack)
        rules = FetchRules(
            allow_private=True, gap_s=0.0, starts_per_s=1000.0, ca_file=str(authority.file)
        )
        resolve = resolving(hub_example="127.0.0.1")
        net = Net(rules, parts.store, clock, parts.owner, resolve=resolve)
        stack.callback(net.close)
        parts = replace(parts, clock=clock, net=net)
        app = build(
            tmp_path / "feeds",
            status=Health,
            metrics=None,
            publish_max_age_s=60,
            hubs=Callbacks(parts.store, clock),
        )
        server = stack.enter_context(Server(app, host="127.0.0.1", port=0))
        yield Newsroom(parts, site, server, clock)


@pytest.fixture
def hub(room: Newsroom) -> Iterator[Hub]:
    """A hub over plain http."""
    with Hub((room.server.host, room.server.port)) as running:
        yield running


@pytest.fixture
def secure_hub(room: Newsroom, authority: Authority) -> Iterator[Hub]:
    """A hub over https, at hub.example."""
    with Hub((room.server.host, room.server.port), tls=authority.server) as running:
        yield running
