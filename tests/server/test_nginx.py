"""What nginx does otherwise than our own server, and may; and what it passes on."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from syndicator.server import Server
from tests.server.conftest import ATOM, Ask, asking, write
from tests.server.nginx import running

pytestmark = [
    pytest.mark.nginx,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]
FEED = "/themes/mali/atom.xml"


@pytest.fixture
def ask(nginx: tuple[str, int]) -> Ask:
    """Ask nginx."""
    return asking(*nginx)


def test_p21_tags_are_of_its_own_and_change_with_the_file(ask: Ask, feeds: Path) -> None:
    before = ask(FEED)["ETag"]
    write(feeds, FEED[1:], ATOM.replace(b"peace", b"truces"))

    assert before
    assert ask(FEED)["ETag"] not in (before, None)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("form", ["{}", '"old", {}', "*"])
def test_p22_its_tags_match_in_either_coding(ask: Ask, coding: str, form: str) -> None:
    tag = ask(FEED, accept_encoding=coding)["ETag"] or ""
    for asks_for in ("identity", "gzip"):
        answer = ask(FEED, accept_encoding=asks_for, if_none_match=form.format(tag))
        assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip", "gzip"), ("gzip, br", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None)],
)
def test_p24_it_compresses_for_those_who_take_it(
    ask: Ask, accepts: str, coding: str | None
) -> None:
    answer = ask(FEED, accept_encoding=accepts)

    assert answer["Content-Encoding"] == coding
    assert (gzip.decompress(answer.body) if coding else answer.body) == ATOM


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//secret.txt"),
        *("/.hidden.txt", "/.syndicator.json", "/README.md", "/page.py", "/robots.txt.tmp"),
        *("/link.txt", "/linked/secret.txt", "/robots.txt%00", "/%00"),
    ],
)
def test_r44_it_serves_what_is_published_and_nothing_else(ask: Ask, feeds: Path, path: str) -> None:
    (feeds.parent / "secret.txt").write_text("secret")
    for name in (".hidden.txt", ".syndicator.json", "README.md", "page.py", "robots.txt.tmp"):
        (feeds / name).write_text("secret")
    (feeds / "link.txt").symlink_to(feeds.parent / "secret.txt")
    (feeds / "linked").symlink_to(feeds.parent)

    answer = ask(path)

    assert answer.status in (400, 404)
    assert b"secret" not in answer.body


def test_what_is_dynamic_goes_on_to_the_daemon(server: Server, root: Path, tmp_path: Path) -> None:
    with running(tmp_path, root, behind=server.port) as place:
        ask = asking(*place)
        alive = ask("/healthz")
        assert (alive.status, alive.body) == (200, b"ok\n")
        for name, said in alive.headers.items():
            assert alive.headers.get_all(name) == [said]  # of one of the two alone
        assert ask("/readyz").status == 200
        assert ask("/hub", "POST").status != 405 or ask("/hub", "POST")["Allow"]
        assert ask("/metrics").status == 404
