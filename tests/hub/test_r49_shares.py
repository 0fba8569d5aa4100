"""R2, R5, R49: a hub cannot be used to reach what is inside, or to burden anybody else."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.requests import Request

from syndicator.model import Shares
from syndicator.net import FetchRules, Net
from syndicator.push import Quota, Rate
from syndicator.server.hub import _asker
from tests.conftest import FakeClock
from tests.hub.conftest import BASE, CONFIG, MALI, Library
from tests.hub.reader import Call, Reader
from tests.net.test_r02_addresses import resolving
from tests.site import RawServer, repeating

STRICT = CONFIG.replace("allow_private = true", "allow_private = false")


def seen_as(library: Library, *, allow: bool | tuple[str, ...], **names: str) -> Iterator[Library]:
    """The library with name servers that know these names, dots for underscores."""
    parts = library.parts
    resolve = resolving(**names)
    net = Net(FetchRules(), parts.store, parts.clock, parts.owner, resolve=resolve)
    library.parts = replace(parts, caller=net.caller(allow_private=allow))
    yield library
    net.close()


# ------------------------------------------------------------------ R2: where callbacks may be


@pytest.mark.parametrize("config", [STRICT], ids=["public callbacks only"])
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254", "router.lan", "printer"],
)
def test_r02_a_callback_that_can_only_be_inside_is_refused(
    library: Library, config: str, host: str
) -> None:
    answer = library.ask(f"http://{host}:9/callback")
    assert (answer.status_code, answer.text) == (
        400,
        "hub.callback is not on the public Internet\n",
    )


@pytest.mark.parametrize("config", [STRICT], ids=["public callbacks only"])
@pytest.mark.parametrize("host", ["0x7f.1", "127.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_r02_an_address_in_disguise_is_refused(library: Library, config: str, host: str) -> None:
    assert library.ask(f"http://{host}/callback").status_code == 400


@pytest.mark.parametrize("config", [STRICT], ids=["public callbacks only"])
def test_r02_a_name_that_leads_inside_is_never_connected_to(library: Library, config: str) -> None:
    with RawServer() as canary:
        for _ in seen_as(library, allow=False, reader_example="127.0.0.1"):
            callback = f"http://reader.example:{canary.port}/callback"
            assert library.ask(callback).status_code == 202
            assert library.tell() == [("confirm", "failed")]
        assert canary.connections == 0


def test_r02_a_callback_that_turns_inside_later_is_not_told(
    library: Library, reader: Reader
) -> None:
    callback = f"http://reader.example:{reader.port}/callback"
    for _ in seen_as(library, allow=True, reader_example="127.0.0.1"):
        library.follow(callback)
    for _ in seen_as(library, allow=False, reader_example="127.0.0.1"):
        library.write()
        assert library.tell() == [("deliver", "failed")]
    assert reader.told() == []


def test_r02_only_the_networks_that_are_allowed(library: Library, reader: Reader) -> None:
    for _ in seen_as(library, allow=("127.0.0.2/32",)):
        library.ask(reader.url())
        assert library.tell() == [("confirm", "failed")]
    for _ in seen_as(library, allow=("127.0.0.1/32",)):
        library.ask(reader.url())
        assert ("confirm", "ok") in library.tell()


# ------------------------------------------------------------------ R5: what a call may take


def test_r05_a_callback_that_drips_is_given_up(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.push.teller.PATIENCE_S", 0.5)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with RawServer(repeating(b"x", first=head, pause_s=0.1)) as slow:
        library.ask(slow.url("/callback"))
        began = time.monotonic()
        assert library.tell() == [("confirm", "failed")]
        assert time.monotonic() - began < 30


def test_r05_a_huge_answer_is_not_read(library: Library, reader: Reader) -> None:
    reader.on_get["/callback"] = lambda call: (
        200,
        {},
        call.query["hub.challenge"].encode() + b" " * 50_000_000,
    )
    library.ask(reader.url())
    assert library.tell() == [("confirm", "failed")]


def test_r05_what_is_answered_to_news_is_not_read_at_all(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    reader.on_post["/callback"] = lambda _: (200, {"Content-Encoding": "gzip"}, b"x" * 50_000_000)
    library.write()
    assert library.tell() == [("deliver", "ok")]


# ------------------------------------------------------------------ R49: shares


@pytest.mark.parametrize("one_host", [True, False], ids=["one host", "its subdomains"])
def test_r49_a_thousand_requests_for_one_victim_send_it_ten(
    library: Library, reader: Reader, one_host: bool
) -> None:
    reader.on_get["/"] = lambda _: (404, {}, b"")
    hosts = ["victim.org" if one_host else f"h{n}.victim.org" for n in range(1000)]
    names = {host.replace(".", "_"): "127.0.0.1" for host in hosts}
    door = library.door
    for _ in seen_as(library, allow=True, **names):
        for n, host in enumerate(hosts):
            form = {
                "hub.mode": ["subscribe"],
                "hub.topic": [f"{BASE}/{MALI}"],
                "hub.callback": [f"http://{host}:{reader.port}/?{n if n % 2 else 'same'}"],
            }
            door.ask(form)
            if n % 100 == 0:
                library.tell()
        library.tell()

    assert 0 < len(reader.calls) <= 10


def test_r49_a_share_is_free_again_after_an_hour(library: Library, reader: Reader) -> None:
    reader.on_get["/callback"] = lambda _: (404, {}, b"")
    for _ in range(10):
        assert library.ask(reader.url()).status_code == 202
        library.tell()
    refused = library.ask(reader.url())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")

    library.clock.move(3601)
    assert library.ask(reader.url()).status_code == 202


def test_r49_who_confirmed_is_not_kept_out_by_its_neighbours(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url("/mine"))
    reader.on_get["/callback"] = lambda _: (404, {}, b"")
    taken = [library.ask(reader.url()).status_code for _ in range(101)]
    assert taken == [202] * 100 + [429]

    assert library.ask(reader.url("/mine")).status_code == 202
    assert library.ask(reader.url("/mine"), mode="unsubscribe").status_code == 202


@pytest.mark.parametrize("shares", [Shares(waiting=2)], ids=["two may wait"])
def test_r49_not_more_than_so_many_wait(library: Library, reader: Reader, shares: Shares) -> None:
    taken = [library.ask(reader.url(f"/{n}")) for n in range(3)]
    assert [each.status_code for each in taken] == [202, 202, 503]
    assert taken[-1].headers["Retry-After"] == "60"
    library.tell()
    assert library.ask(reader.url("/2")).status_code == 202


@pytest.mark.parametrize(
    ("shares", "status"),
    [(Shares(a_scope=2), 429), (Shares(all=2), 503)],
    ids=["of one host", "of all"],
)
def test_r49_not_more_than_so_many_follow(
    library: Library, reader: Reader, shares: Shares, status: int
) -> None:
    for n in range(2):
        library.follow(reader.url(f"/{n}"))
    assert library.ask(reader.url("/2")).status_code == status
    assert library.ask(reader.url("/1")).status_code == 202  # a renewal takes no room


def test_r49_requests_are_rated(library: Library) -> None:
    answers = [library.post({"x": "y"}) for _ in range(300)]
    assert {each.status_code for each in answers} == {400}
    # A slow machine earns new room while it asks: however slow, it asks faster than that.
    for _ in range(3_000):
        answer = library.post({"x": "y"})
        if answer.status_code == 429:
            break
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, "60")


def test_r49_one_asker_does_not_use_up_what_is_there_for_all() -> None:
    clock = FakeClock(None)  # type: ignore[arg-type] - it is not asked for the time of day
    quota = Quota(
        each=Rate(at_once=2, a_second=1),
        together=Rate(at_once=5, a_second=1),
        monotonic=clock.monotonic,
    )
    assert [quota.take("a") for _ in range(3)] == [True, True, False]
    assert [quota.take("b") for _ in range(3)] == [True, True, False]
    assert [quota.take("") for _ in range(2)] == [True, False]
    clock._elapsed += 1.0
    assert [quota.take("a"), quota.take("b")] == [True, False]


@pytest.mark.parametrize(
    ("client", "asker"),
    [
        ("127.0.0.1", ""),  # a proxy, who speaks for many
        ("10.0.0.7", ""),
        ("9.9.9.9", "9.9.9.9"),
        ("2620:fe::9", "2620:fe::/64"),
        ("2620:fe::fe", "2620:fe::/64"),
    ],
)
def test_r49_an_asker_is_a_network_and_no_proxy(client: str, asker: str) -> None:
    scope = {"type": "http", "client": (client, 4711), "headers": []}
    assert _asker(Request(scope)) == asker


# ------------------------------------------------------------------ R41, R42: what is told of it


def test_r42_neither_log_nor_figures_tell_callbacks_and_secrets(
    library: Library, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    marks = ("m4rk-path", "m4rk-query", "m4rk-secret", "m4rk-reason")
    callback = reader.url(f"/{marks[0]}?key={marks[1]}")
    library.follow(callback, secret=marks[2])

    def refuse(call: Call) -> tuple[int, dict[str, str], bytes]:
        return 500, {"X-Reason": "m4rk-reason\x1b[2J"}, b"m4rk-reason"

    reader.on_post[f"/{marks[0]}"] = refuse
    library.write()
    library.tell()
    reader.on_get[f"/{marks[0]}"] = lambda _: (302, {"Location": f"/{marks[3]}"}, b"m4rk-reason")
    library.ask(callback)
    library.tell()

    assert "cannot be told: HTTP 500" in caplog.text
    assert "did not confirm: HTTP 302" in caplog.text
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("syndicator")]
    assert [line for line in ours if "m4rk" in line or not line.isprintable()] == []
    errors = library.parts.store.database
    with errors.read() as db:
        said = db.exec_driver_sql("SELECT error FROM followers").scalars().all()
    assert said == ["HTTP 500 Internal Server Error"]


def test_r50_a_private_feed_is_no_other_than_one_that_is_not_there(library: Library) -> None:
    path = library.parts.config.publish.dir / "private/right-token/atom.xml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"<feed/>")
    wrong = library.ask("http://reader.example/", topic="private/wrong-token/atom.xml")
    missing = library.ask("http://reader.example/", topic="themes/missing/atom.xml")

    assert (wrong.status_code, wrong.text) == (missing.status_code, missing.text)
    assert dict(wrong.headers) | {"Date": ""} == dict(missing.headers) | {"Date": ""}
