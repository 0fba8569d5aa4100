"""Renamed, removed and private themes as readers meet them, over real HTTP (P25, P32, R50)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from syndicator.model import Theme
from syndicator.server import Health, Server, build
from tests.publish.house import Library, dated, fill
from tests.server.conftest import NGINX, Ask, asking
from tests.server.nginx import running

Start = Callable[[], Ask]


@pytest.fixture(params=["syndicator", NGINX])
def start(request: pytest.FixtureRequest, library: Library, tmp_path: Path) -> Iterator[Start]:
    """Start a web server on what the library has published, as it was left by publishing."""
    with ExitStack() as stack:

        def ours() -> Ask:
            config = library.parts.config
            app = build(
                config.publish.dir,
                status=Health,
                metrics=None,
                publish_max_age_s=900,
                signposts=library.parts.store.signposts,
            )
            server = stack.enter_context(Server(app, host="127.0.0.1", port=0))
            return asking(server.host, server.port)

        def nginx() -> Ask:
            folder = tmp_path / "nginx"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            told = library.folder / "store/nginx"
            return asking(*stack.enter_context(running(folder, library.feeds, told=told)))

        yield nginx if request.param == "nginx" else ours


def test_p32_every_old_address_leads_on_and_what_is_removed_is_gone(
    library: Library, start: Start
) -> None:
    fill(library, 120, "mali")
    fill(library, 3, "peace")
    library.publish()
    old = [name for name in library.files() if name.startswith("themes/mali/")]
    store, now = library.parts.store, library.clock.now
    store.rename_theme("mali", "sahel", now=now())
    store.rename_theme("sahel", "the-sahel", now=now())
    store.remove_theme("peace", now=now())
    library.publish()

    ask = start()
    assert len(old) > 6
    for name in old:
        path = f"/{name}".removesuffix("index.html")
        answer = ask(path)
        assert answer.status == 301, path
        assert answer["Location"] == path.replace("/mali/", "/the-sahel/")
        assert ask(answer["Location"] or "").status == 200
        assert ask(path.replace("/mali/", "/peace/")).status == 410
        assert ask(path.replace("/mali/", "/never/")).status == 404
    for k, kept in ((1, "public, max-age=86400"), (3, "public, max-age=3600")):
        assert ask(f"/themes/the-sahel/archive/{k}.xml")["Cache-Control"] == kept


def test_r50_a_private_theme_answers_at_its_token_and_no_longer_when_it_is_taken_back(
    library: Library, start: Start
) -> None:
    store, now = library.parts.store, library.clock.now
    fill(library, 60, "mali")
    library.publish()
    store.reconcile({}, {"mali": _private(library)}, now=now())
    library.publish()
    token = store.theme_token("mali", now=now())

    ask = start()
    for name in ("", "atom.xml", "rss.xml", "feed.json", "archive/1.xml"):
        answer = ask(f"/private/{token}/{name}")
        assert answer.status == 200
        assert answer["Cache-Control"] == "private, max-age=900"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert ask(f"/themes/mali/{name}").status == 404  # nobody learns that there is one
        assert ask(f"/private/{'a' * 32}/{name}").status == 404
    for path in ("/private/", "/private", "/themes/mali", f"/private/{token[:-1]}"):
        assert ask(path).status == 404

    store.theme_token("mali", renew=True, now=now())
    library.publish()
    missing = ask(f"/private/{'a' * 32}/atom.xml")
    ended = ask(f"/private/{token}/atom.xml")
    assert (ended.status, ended.body) == (missing.status, missing.body) == (404, b"not found\n")
    assert {*ended.headers} == {*missing.headers}


def test_r50_a_stranger_who_follows_every_link_finds_nothing(
    library: Library, start: Start
) -> None:
    store, now = library.parts.store, library.clock.now
    store.reconcile({}, {"mali": _private(library)}, now=now())
    library.read(dated(1, "mali"), dated(2, "peace"), dated(3))
    library.publish()
    token = store.theme_token("mali", now=now())

    ask = start()
    found = {f"/{name}" for name in library.files() if not name.startswith("private/")}
    for path in sorted(found):
        answer = ask(path)
        said = answer.body + str(answer.headers).encode()
        assert token.encode() not in said, path
        assert b"Title of a1" not in said, path
        assert b"themes/mali" not in said, path


def _private(library: Library) -> Theme:

    return replace(library.parts.store.theme("mali"), private=True, declared=True)
