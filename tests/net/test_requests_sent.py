"""What goes over the wire, and what it is conditional on: C1, C3, C4, C5, C6, C20, R8, R9."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from syndicator import __version__
from syndicator.errors import FetchError, RefusedError
from syndicator.model import Validators
from syndicator.net.rules import mail_address, user_agent
from tests.conftest import FakeClock
from tests.net.helpers import World, world
from tests.site import Reply, Site


@pytest.mark.parametrize(
    ("contact", "agent", "mail"),
    [
        pytest.param("https://a.example", "(+https://a.example; 3 subscribers)", "", id="a URL"),
        pytest.param("it@a.example", "(3 subscribers)", "it@a.example", id="an e-mail address"),
        pytest.param("mailto:it@a.example", "(3 subscribers)", "it@a.example", id="mailto"),
        pytest.param(
            "https://a.example it@a.example",
            "(+https://a.example; 3 subscribers)",
            "it@a.example",
            id="both",
        ),
        pytest.param("", "(3 subscribers)", "", id="nothing"),
        pytest.param(
            "https://a.example\r\nX: y",
            "(+https://a.example; 3 subscribers)",
            "",
            id="a line break",
        ),
    ],
)
def test_c01_we_say_who_asks_and_for_how_many(contact: str, agent: str, mail: str) -> None:
    assert user_agent(contact, 3) == f"syndicator/{__version__} {agent}"
    assert mail_address(contact) == mail


def test_c06_the_set_of_headers_is_fixed(clock: FakeClock, site: Site) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"Set-Cookie": "a=b", "ETag": '"1"'})
    with world(clock, contact="https://a.example it@a.example") as w:
        visit = w.visit(site.url(), subscribers=2)
        first = visit.get(site.url(), reason="poll")
        visit.get(site.url(), reason="poll", validators=first.validators)

    fixed = (
        ("Host", f"127.0.0.1:{site.port}"),
        ("User-Agent", f"syndicator/{__version__} (+https://a.example; 2 subscribers)"),
        ("From", "it@a.example"),
        (
            "Accept",
            (
                "application/atom+xml, application/rss+xml, application/feed+json, "
                "application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, "
                "application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
            ),
        ),
        ("Accept-Encoding", "gzip, deflate, br"),
    )
    assert site.asked[0].header_list == fixed
    assert site.asked[1].header_list == (*fixed, ("If-None-Match", '"1"'))
    assert [asked.method for asked in site.asked] == ["GET", "GET"]


def test_c06_a_fragment_is_not_sent_and_the_query_is_left_alone(here: World, site: Site) -> None:
    site.pages["/a"] = Reply(body=b"x")

    here.visit(site.url()).get(site.url("/a?b=%2F&c=%20d&&e#part"), reason="poll")

    assert site.asked[0].path == "/a?b=%2F&c=%20d&&e"


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        pytest.param('"abc"', "Sun, 01 Mar 2026 10:00:00 GMT", id="both as they should be"),
        pytest.param('W/"abc"', "", id="a weak tag alone"),
        pytest.param("abc", "", id="a tag without quotes"),
        pytest.param("", "2026-03-01 10:00", id="a date in another format"),
        pytest.param("", "yesterday", id="no date at all"),
        pytest.param('"a\\"b, c"', "Sun,  01 Mar 2026 10:00:00 +0000", id="odd characters inside"),
    ],
)
def test_c03_validators_go_back_as_the_bytes_received(
    here: World, site: Site, etag: str, last_modified: str
) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"ETag": etag, "Last-Modified": last_modified})
    visit = here.visit(site.url())

    got = visit.get(site.url(), reason="poll")
    visit.get(site.url(), reason="poll", validators=got.validators)

    assert got.validators == Validators(etag=etag, last_modified=last_modified)
    assert site.asked[1].headers.get("if-none-match", "") == etag
    assert site.asked[1].headers.get("if-modified-since", "") == last_modified


@pytest.mark.parametrize(
    "etag",
    [
        pytest.param('"' + "x" * 1100 + '"', id="longer than 1 kB"),
        pytest.param('"caf\xe9"', id="not ASCII"),
        pytest.param('"a\x01b"', id="a control character"),
    ],
)
def test_r09_a_validator_that_cannot_be_sent_back_is_dropped(
    here: World, site: Site, etag: str
) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"ETag": etag})

    assert not here.visit(site.url()).get(site.url(), reason="poll").validators


def test_c04_a_304_sets_the_validators_it_carries(here: World, site: Site) -> None:
    site.pages["/"] = Reply(status=304, headers={"ETag": '"2"'})
    old = Validators(etag='"1"', last_modified="Sun, 01 Mar 2026 10:00:00 GMT")

    got = here.visit(site.url()).get(site.url(), reason="poll", validators=old)

    assert (got.status, got.body) == (304, b"")
    assert got.validators == Validators(etag='"2"', last_modified=old.last_modified)


def test_c04_a_200_clears_the_validators_it_does_not_carry(here: World, site: Site) -> None:
    site.pages["/"] = Reply(body=b"new")

    got = here.visit(site.url()).get(site.url(), reason="poll", validators=Validators(etag='"1"'))

    assert not got.validators


@pytest.mark.parametrize(
    ("belongs", "conditional"),
    [
        pytest.param("", ["/old"], id="to the URL that is asked"),
        pytest.param("/new", ["/new"], id="to where it leads"),
        pytest.param("/elsewhere", [], id="to neither"),
    ],
)
def test_c05_validators_go_only_to_the_url_that_gave_them(
    here: World, site: Site, belongs: str, conditional: list[str]
) -> None:
    site.pages["/old"] = Reply(status=301, headers={"Location": "/new"})
    site.pages["/new"] = Reply(body=b"x")

    here.visit(site.url()).get(
        site.url("/old"),
        reason="poll",
        validators=Validators(etag='"1"'),
        validators_for=site.url(belongs) if belongs else "",
    )

    assert [a.path for a in site.asked if "if-none-match" in a] == conditional


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_c20_what_we_accept_is_what_we_decode(here: World, site: Site, coding: str) -> None:
    import zlib

    import brotli

    body = b"<rss/>" * 10_000
    gzip = zlib.compressobj(wbits=31)
    coded = {
        "gzip": gzip.compress(body) + gzip.flush(),
        "deflate": zlib.compress(body),
        "br": brotli.compress(body),
    }[coding]
    site.pages["/"] = Reply(body=coded, headers={"Content-Encoding": coding})

    got = here.visit(site.url()).get(site.url(), reason="poll")

    assert got.body == body
    assert coding in site.asked[0]["accept-encoding"].split(", ")
    assert len(site.asked[0]["accept-encoding"].split(", ")) == 3


@pytest.mark.parametrize("coding", ["zstd", "gzip, gzip", "compress", "gzip, br", "utf-8"])
def test_c20_an_unknown_content_coding_is_an_error(here: World, site: Site, coding: str) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"Content-Encoding": coding})
    visit = here.visit(site.url())

    with pytest.raises(FetchError, match="content coding"):
        visit.get(site.url(), reason="poll")


def test_r08_nothing_ambient_is_used(
    clock: FakeClock, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site.pages["/"] = Reply(body=b"x", headers={"Set-Cookie": "session=1; Path=/"})
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with world(clock) as w:
        visit = w.visit(site.url())
        for _ in range(2):
            visit.get(site.url(), reason="poll")

    assert len(site.asked) == 2
    assert not any("authorization" in asked or "cookie" in asked for asked in site.asked)


# ------------------------------------------------------------------ a source's own secrets


def test_a_source_has_its_password_and_headers(here: World, site: Site, tmp_path: Path) -> None:
    site.pages["/"] = Reply(body=b"x")
    password = tmp_path / "password"
    password.write_text("s3cret ü\n", "utf-8")
    visit = here.visit(
        site.url(), username="me", password_file=str(password), headers={"X-Key": "k"}
    )

    visit.get(site.url(), reason="poll")
    password.write_text("another", "utf-8")
    visit.get(site.url(), reason="poll")

    assert site.asked[0]["authorization"] == "Basic bWU6czNjcmV0IMO8"
    assert site.asked[0]["x-key"] == "k"
    assert site.asked[1]["authorization"] == "Basic bWU6YW5vdGhlcg=="


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        pytest.param({"headers": {"Host": "x"}}, "host", id="a header that is ours"),
        pytest.param({"headers": {"USER-AGENT": "x"}}, "user-agent", id="another name"),
        pytest.param(
            {"username": "me", "password_file": "/nowhere"}, "password file", id="no password"
        ),
    ],
)
def test_secrets_that_cannot_be_used_send_nothing(
    here: World, site: Site, settings: dict[str, Any], reason: str
) -> None:
    visit = here.visit(site.url(), **settings)

    with pytest.raises(RefusedError, match=reason):
        visit.get(site.url(), reason="poll")

    assert site.connections == 0


def test_r04_secrets_stay_with_their_origin(here: World, site: Site, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("secret")
    with Site("127.0.0.2") as other:
        site.pages["/"] = Reply(status=302, headers={"Location": other.url("/there")})
        other.pages["/there"] = Reply(status=302, headers={"Location": site.url("/back")})
        site.pages["/back"] = Reply(body=b"x")
        visit = here.visit(
            site.url(), username="me", password_file=str(tmp_path / "p"), headers={"X-Key": "k"}
        )
        visit.get(site.url(), reason="poll")
        visit.get(other.url("/there"), reason="article")

        assert all("authorization" in asked and "x-key" in asked for asked in site.asked)
        assert not any("authorization" in asked or "x-key" in asked for asked in other.asked)


# ------------------------------------------------------------------ the record


def test_c33_each_request_is_recorded_with_what_it_was_and_what_came(
    here: World, site: Site
) -> None:
    site.pages["/old"] = Reply(status=302, headers={"Location": "/new"})
    site.pages["/new"] = Reply(body=b"x" * 1000, headers={"ETag": '"2"'})
    visit = here.visit(site.url())

    visit.get(site.url("/old"), reason="poll", validators=Validators(etag='"1"'))
    with pytest.raises(FetchError):
        visit.get(site.url("/none"), reason="article")

    first, second, third = visit.requests
    assert (first.url, first.reason, first.status) == (site.url("/old"), "poll", 302)
    assert first.sent == Validators(etag='"1"')
    assert (second.reason, second.received) == ("redirect", Validators(etag='"2"'))
    assert 1000 < second.wire_bytes < 1300
    assert (third.status, third.error) == (404, "HTTP 404 Not Found")
    assert [request.at for request in visit.requests] == sorted(r.at for r in visit.requests)
