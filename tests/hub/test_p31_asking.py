"""P31: what our hub takes and refuses, and how it makes sure that it was meant."""

from __future__ import annotations

import pytest
import requests

from syndicator import jobs
from syndicator.push.door import MOST_BYTES
from tests.hub.conftest import BASE, MALI, Library
from tests.hub.reader import Call, Reader

TOPIC = f"{BASE}/{MALI}"


def test_p31_202_comes_before_the_callback_is_asked(library: Library, reader: Reader) -> None:
    answer = library.ask(reader.url())

    assert (answer.status_code, reader.calls) == (202, [])
    assert library.counts() == {
        "followers": 0, "due": 0, "failing": 0, "to_confirm": 1, "pings": 0,
    }  # fmt: skip


def test_p31_verification_keeps_the_callbacks_query_and_adds_its_own(
    library: Library, reader: Reader
) -> None:
    library.follow(reader.url("/callback?id=a%2Fb&x"), lease_seconds="86400")

    (call,) = reader.asked()
    assert call.raw_query.startswith("id=a%2Fb&x&hub.mode=subscribe&")
    assert call.query["hub.topic"] == TOPIC
    assert call.query["hub.lease_seconds"] == "86400"
    assert len(call.query["hub.challenge"]) >= 32
    assert library.counts()["followers"] == 1


def test_p31_each_challenge_is_another(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    library.follow(reader.url())

    first, second = (call.query["hub.challenge"] for call in reader.asked())
    assert first != second


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"something else"),
        (200, None),  # the challenge, and more
        (404, b"="),
        (500, b"="),
        (302, b"="),
    ],
    ids=str,
)
def test_p31_only_a_2xx_that_is_the_challenge_counts(
    library: Library, reader: Reader, status: int, body: bytes | None
) -> None:
    def answer(call: Call) -> tuple[int, dict[str, str], bytes]:
        challenge = call.query["hub.challenge"].encode()
        said = challenge + b"\n" if body is None else challenge if body == b"=" else body
        return status, {"Location": reader.url("/elsewhere")} if status == 302 else {}, said

    reader.on_get["/callback"] = answer
    assert library.ask(reader.url()).status_code == 202
    library.tell()
    library.write()
    library.tell()

    assert len(reader.calls) == 1
    assert library.counts()["followers"] == 0


@pytest.mark.parametrize("status", [200, 201, 202])
def test_p31_any_2xx_will_do(library: Library, reader: Reader, status: int) -> None:
    reader.on_get["/callback"] = lambda c: (status, {}, c.query["hub.challenge"].encode())
    library.follow(reader.url())


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("", 864_000),
        ("864000", 864_000),
        ("3600", 3600),
        ("1", 60),
        ("0", 60),
        ("99999999999", 864_000),
    ],
)
def test_p31_a_lease_is_ten_days_or_less(
    library: Library, reader: Reader, asked: str, granted: int
) -> None:
    library.follow(reader.url(), lease_seconds=asked)

    assert reader.asked()[0].query["hub.lease_seconds"] == str(granted)
    library.clock.move(granted - 1)
    library.write()  # a minute later
    assert (library.tell(), reader.told()) == ([], [])
    jobs.upkeep(library.parts)
    assert library.parts.store.followed_topics() == []


def test_p31_what_is_asked_again_replaces_what_was(library: Library, reader: Reader) -> None:
    library.follow(reader.url(), secret="first", lease_seconds="120")
    library.follow(reader.url(), secret="second")
    library.write()
    library.write()
    library.tell()

    (told,) = reader.told()
    assert told.signed_with("second")
    assert library.counts()["followers"] == 1


def test_p31_what_nobody_confirms_changes_nothing(library: Library, reader: Reader) -> None:
    library.follow(reader.url(), secret="mine")
    reader.on_get["/callback"] = lambda _: (404, {}, b"")
    assert library.ask(reader.url(), secret="theirs", lease_seconds="60").status_code == 202
    assert library.ask(reader.url(), mode="unsubscribe").status_code == 202
    library.tell()
    library.clock.move(7200)
    library.write()
    library.tell()

    (told,) = reader.told()
    assert told.signed_with("mine")


def test_p31_leaving_is_verified_as_well(library: Library, reader: Reader) -> None:
    library.follow(reader.url())
    assert library.ask(reader.url(), mode="unsubscribe").status_code == 202
    library.tell()

    assert reader.asked()[-1].query["hub.mode"] == "unsubscribe"
    library.write()
    library.tell()
    assert reader.told() == []
    assert library.ask(reader.url(), mode="unsubscribe").status_code == 404


def test_p31_of_two_requests_that_wait_the_later_counts(library: Library, reader: Reader) -> None:
    library.ask(reader.url(), secret="first")
    library.ask(reader.url(), secret="second")
    library.tell()
    library.write()
    library.tell()

    assert len(reader.asked()) == 1
    assert reader.told()[0].signed_with("second")


def test_p31_unknown_parameters_do_not_matter(library: Library, reader: Reader) -> None:
    answer = library.ask(reader.url(), verify="sync", verify_token="x", colour="red")
    assert answer.status_code == 202


GOOD = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": "https://reader.example/c"}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({**GOOD, "hub.mode": "publish"}, 400),
        ({**GOOD, "hub.mode": "denied"}, 400),
        ({**GOOD, "hub.topic": ""}, 400),
        ({**GOOD, "hub.topic": "https://elsewhere.example/feed"}, 404),
        ({**GOOD, "hub.topic": f"{BASE}/themes/none/atom.xml"}, 404),
        ({**GOOD, "hub.topic": f"{BASE}/themes/mali/archive/1.xml"}, 404),
        ({**GOOD, "hub.topic": f"{BASE}/themes/mali/"}, 404),
        ({**GOOD, "hub.topic": f"{BASE}/private/guess/atom.xml"}, 404),
        ({**GOOD, "hub.topic": f"{BASE}/../store/syndicator.db"}, 404),
        ({**GOOD, "hub.callback": ""}, 400),
        ({**GOOD, "hub.callback": "ftp://reader.example/"}, 400),
        ({**GOOD, "hub.callback": "/callback"}, 400),
        ({**GOOD, "hub.callback": "https://me:pw@reader.example/"}, 400),
        ({**GOOD, "hub.callback": "https://reader.example/c#part"}, 400),
        ({**GOOD, "hub.callback": "https://reader.example/" + "c" * 2048}, 400),
        ({**GOOD, "hub.callback": "https://reader.example/a b"}, 400),
        ({**GOOD, "hub.secret": "s" * 200}, 400),
        ({**GOOD, "hub.secret": "é" * 100}, 400),
        ({**GOOD, "hub.lease_seconds": "soon"}, 400),
        ({**GOOD, "hub.lease_seconds": "-1"}, 400),
        ([*GOOD.items(), ("hub.topic", TOPIC)], 400),
        ([("x", str(n)) for n in range(60)], 400),
        (b"hub.mode=%ff%fe", 400),
    ],
    ids=lambda value: str(value)[:60],
)
def test_p31_a_bad_request_is_told_what_is_wrong(quiet: Library, form: object, status: int) -> None:
    answer = quiet.post(form, **{"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert len(answer.text.splitlines()) == 1
    assert "reader.example" not in answer.text
    assert quiet.counts()["to_confirm"] == 0


def test_p31_a_secret_of_199_bytes_is_taken(library: Library, reader: Reader) -> None:
    assert library.ask(reader.url(), secret="s" * 199).status_code == 202


def test_p31_only_forms_of_a_fair_size_are_read(quiet: Library) -> None:
    assert quiet.post(b"{}", **{"Content-Type": "application/json"}).status_code == 415
    assert quiet.post({**GOOD, "x": "y" * MOST_BYTES}).status_code == 413


def test_p31_other_methods_are_refused(quiet: Library) -> None:
    url = f"{quiet.server.address}/hub"
    got = requests.get(url, timeout=10)
    assert (got.status_code, got.headers["Allow"]) == (405, "POST, OPTIONS")
    assert requests.options(url, timeout=10).status_code == 204


def test_p31_a_topic_that_went_before_it_was_confirmed_is_denied(
    library: Library, reader: Reader
) -> None:
    assert library.ask(reader.url()).status_code == 202
    library.parts.store.remove_theme("mali", now=library.clock.now())
    jobs.publish(library.parts)

    assert library.tell() == [("confirm", "denied")]
    (call,) = reader.calls
    assert (call.query["hub.mode"], call.query["hub.topic"]) == ("denied", TOPIC)
    assert "hub.challenge" not in call.query
