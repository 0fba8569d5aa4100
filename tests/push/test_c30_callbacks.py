"""C30b to C30d: callbacks, verification and delivery, through the real web server."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from syndicator.push.callback import MOST_BYTES, lease_until, mark_of
from syndicator.stages.hubs import HINT_WHY
from tests.conftest import FakeClock
from tests.push.conftest import Newsroom
from tests.push.hub import Hub, sign


def token(callback: str) -> str:
    return urlsplit(callback).path.rpartition("/")[2]


def kept(room: Newsroom) -> bytes:
    """All that the store has written."""
    file = room.parts.config.folder / str(room.parts.config.store.file)
    return b"".join(each.read_bytes() for each in file.parent.iterdir())


# ------------------------------------------------------------------ C30b


def test_c30b_a_callback_cannot_be_guessed_and_is_kept_as_a_hash(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)

    secret = token(wish["callback"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert room.active().callback == mark_of(secret)
    assert secret.encode() not in kept(room)


def test_c30b_each_subscription_has_one_of_its_own_and_a_renewal_a_new_one(
    room: Newsroom, secure_hub: Hub
) -> None:
    first = room.subscribed(secure_hub)
    room.clock.move(0.81 * 14 * 86400)
    room.settle()
    second = secure_hub.wishes[-1]

    assert second["mode"] == "subscribe"
    assert second["callback"] != first["callback"]
    assert second["secret"] != first["secret"]


def test_c30b_a_secret_goes_to_https_hubs_alone(room: Newsroom, hub: Hub, secure_hub: Hub) -> None:
    assert "hub.secret" not in room.subscribed(hub).form
    secret = room.subscribed(secure_hub)["secret"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)


# ------------------------------------------------------------------ C30c


def test_c30c_a_pending_topic_and_mode_is_confirmed_with_the_challenge(
    room: Newsroom, hub: Hub
) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()

    got = hub.verify(hub.wishes[0], challenge="<b>a & b</b>")

    assert (got.status, got.body) == (200, b"<b>a & b</b>")
    assert got.headers["Content-Type"].startswith("text/plain")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert room.states() == ["active"]


@pytest.mark.parametrize(
    "other",
    [
        {"topic": "https://www.example.org/other"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
    ],
    ids=str,
)
def test_c30c_anything_else_is_not_found(room: Newsroom, hub: Hub, other: dict[str, str]) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()

    got = hub.verify(hub.wishes[0], **other)

    assert got.status == 404
    assert b"chal" not in got.body
    assert room.states() == ["pending"]


@pytest.mark.parametrize("path", ["x", "A" * 43, "..%2f..%2fx", "A" * 5000])
def test_c30c_an_unknown_callback_is_not_found(room: Newsroom, hub: Hub, path: str) -> None:
    assert hub.ask(f"/websub/{path}?hub.mode=subscribe&hub.challenge=c").status == 404


def test_c30c_what_is_confirmed_is_not_pending_any_more(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    assert hub.verify(wish).status == 404
    assert hub.ask(wish.path_here, "HEAD").status == 405


def test_c30c_denied_ends_it(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    assert hub.verify(wish, mode="denied", topic="https://other.example/").status == 404

    assert hub.verify(wish, mode="denied", reason="no more").status == 200

    assert room.states() == ["denied"]
    assert hub.deliver(wish).status == 410
    room.clock.move(40 * 86400)
    assert room.settle() == 0, "a hub that denied was asked again"


def test_c30c_a_hub_may_ask_back_before_it_answers(room: Newsroom, hub: Hub) -> None:
    def answer(wish):
        assert hub.verify(wish).status == 200
        return 204, {}

    hub.answer = answer
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()

    assert room.states() == ["active"]


# ------------------------------------------------------------------ C30d


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_c30d_a_signed_push_has_the_source_polled_now(
    room: Newsroom, secure_hub: Hub, method: str
) -> None:
    wish = room.subscribed(secure_hub)
    due = room.now().next_check_at
    assert due is not None
    assert due > room.clock.now()
    room.publish("first", "second", hub=secure_hub.url)

    assert secure_hub.deliver(wish, b"<what the hub says/>", method=method).status == 202

    room.until(lambda: room.now().next_check_at == room.clock.now())
    assert room.now().next_check_why == HINT_WHY
    assert room.read_due() == 1
    assert room.parts.store.polls(limit=1)[0].reason == "push"
    assert {each.key for each in room.parts.store.articles()} == {"urn:x:first", "urn:x:second"}


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("", id="none"),
        pytest.param("sha256=" + "0" * 64, id="wrong"),
        pytest.param("sha256=", id="empty"),
        pytest.param("0" * 64, id="no method"),
        pytest.param("md5=" + "0" * 32, id="another method"),
        pytest.param("sha256=" + "é" * 64, id="not ASCII"),
    ],
)
def test_c30d_a_push_that_is_not_signed_as_agreed_is_refused_and_unused(
    room: Newsroom, secure_hub: Hub, signature: str
) -> None:
    wish = room.subscribed(secure_hub)
    before = room.now()

    assert secure_hub.deliver(wish, signature=signature).status == 403

    assert room.now() == before
    assert room.active().pushed_at is None


def test_c30d_where_no_secret_was_given_the_address_has_to_do(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    assert hub.deliver(wish).status == 202
    room.until(lambda: room.now().next_check_why == HINT_WHY)


def test_c30d_an_unknown_callback_is_gone(room: Newsroom, hub: Hub) -> None:
    room.publish("first", hub=hub.url)
    room.read()
    room.settle()
    assert hub.deliver(hub.wishes[0]).status == 410, "not confirmed yet"
    assert hub.ask(f"/websub/{'A' * 43}", "POST", b"x").status == 410
    assert hub.ask("/websub/x", "POST", b"x").status == 410


def test_c30d_pushes_lead_to_one_poll_a_minute(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    began = room.polls

    polled = 0
    for _ in range(12):  # every ten seconds, for two minutes
        for _ in range(3):
            assert hub.deliver(wish).status == 202
        room.until(lambda: room.active().pushed_at == room.clock.now())
        polled += room.read_due()
        room.clock.move(7)

    assert polled == room.polls - began
    assert polled in (2, 3)
    room.clock.move(60)
    assert room.read_due() == 1, "the last push was forgotten"
    room.clock.move(600)
    assert room.read_due() == 0


def test_c30d_a_push_during_a_poll_is_not_lost(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    store, clock = room.parts.store, room.clock
    (claim,) = store.claim_due(
        owner="other", now=clock.now(), lease_s=60, limit=1, only=["agency"], forced=True
    )
    hub.deliver(wish)
    room.until(lambda: room.active().pushed_at is not None)
    assert room.read_due() == 0

    store.free_claim(claim)

    assert room.read_due() == 1


def test_c30d_a_push_lifts_no_silence_and_no_pause(room: Newsroom, hub: Hub) -> None:
    wish = room.subscribed(hub)
    room.parts.store.pause_source("agency", at=room.clock.now())
    hub.deliver(wish)
    room.until(lambda: room.active().pushed_at is not None)

    assert room.read_due() == 0
    assert room.now().next_check_why != HINT_WHY


# ------------------------------------------------------------------ R49


def test_r49_a_push_is_never_kept(room: Newsroom, secure_hub: Hub) -> None:
    wish = room.subscribed(secure_hub)
    body = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:evil</id></entry></feed>"
    assert secure_hub.deliver(wish, body).status == 202
    room.until(lambda: room.now().next_check_why == HINT_WHY)
    room.read_due()

    assert {each.key for each in room.parts.store.articles()} == {"urn:x:first"}
    assert b"urn:evil" not in kept(room)


def test_r49_forged_sha1_and_replayed_pushes(room: Newsroom, secure_hub: Hub) -> None:
    wish = room.subscribed(secure_hub)
    body = b"<feed/>"
    assert secure_hub.deliver(wish, body, method="sha1").status == 403
    assert secure_hub.deliver(wish, body, signature=sign("guess", body)).status == 403
    good = sign(wish["secret"], body)
    assert secure_hub.deliver(wish, b"<other/>", signature=good).status == 403
    assert room.active().pushed_at is None

    began = room.polls
    for _ in range(20):
        assert secure_hub.deliver(wish, body, signature=good).status == 202
    room.until(lambda: room.now().next_check_why == HINT_WHY)
    room.read_due()
    assert room.polls == began + 1


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_r49_a_push_of_100_mb_is_cut(room: Newsroom, secure_hub: Hub, announced: bool) -> None:
    wish = room.subscribed(secure_hub)
    piece, sent = b"x" * 65536, 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1600):
            sent += len(piece)
            yield piece

    headers = {"X-Hub-Signature": "sha256=" + "0" * 64}
    headers |= {"Content-Length": str(1600 * 65536)} if announced else {}
    path = wish.path_here
    with contextlib.suppress(ConnectionError):  # cut while we were still sending
        assert secure_hub.ask(path, "POST", body(), headers).status == 413

    assert sent < 20 * MOST_BYTES
    assert room.active().pushed_at is None


def test_r49_leases_are_clamped(clock: FakeClock) -> None:
    now = clock.now()
    day = 86400
    for said, lease in {
        "864000": timedelta(days=10),
        str(365 * day): timedelta(days=14),
        "9" * 12: timedelta(days=14),
        "1": timedelta(hours=1),
        "0": timedelta(hours=1),
        "": timedelta(days=14),
        "-5": timedelta(days=14),
        "9" * 400: timedelta(days=14),
    }.items():
        assert lease_until(said, now=now) - now == lease, said


def test_r49_a_crowd_of_forgers_costs_no_poll(room: Newsroom, secure_hub: Hub) -> None:
    wish = room.subscribed(secure_hub)
    began = room.polls
    for _ in range(50):
        secure_hub.deliver(wish, signature="sha256=" + "0" * 64)
        secure_hub.ask(f"/websub/{'B' * 43}", "POST", b"x")
    assert room.read_due() == 0
    assert room.polls == began
