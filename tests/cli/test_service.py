"""syndicator serve and doctor, as a person starts them."""

from __future__ import annotations

import contextlib
import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def _serving(config: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicator", "-c", str(config), "serve", *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    with process:
        try:
            yield process, process.stderr.readline()
        finally:
            process.kill()


def _get(address: str, path: str) -> int:
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_serve_shows_the_published_folder_until_it_is_told_to_stop(newsroom: Path) -> None:
    (newsroom.parent / "feeds" / "robots.txt").write_text("User-agent: *\n")

    with _serving(newsroom, "--port", "0") as (process, said):
        address = said.rpartition("http://")[2].strip("/\n")
        assert _get(address, "/robots.txt") == 200
        assert _get(address, "/readyz") == 200
        assert _get(address, "/metrics") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_1_and_one_line(newsroom: Path) -> None:
    with _serving(newsroom, "--port", "0") as (_, said):
        port = said.rpartition(":")[2].strip("/\n")
        with _serving(newsroom, "--port", port) as (second, complaint):
            assert second.wait(10) == 1
            assert "is taken" in complaint


def test_doctor_finds_nothing_bad_in_a_sound_setup(run: Run) -> None:
    told = run("doctor", "--json").json

    assert told["ok"] is True
    assert {"configuration", "store", "contact", "published folder"} <= {
        one["about"] for one in told["checks"]
    }


def test_doctor_names_what_is_bad_and_fails(run: Run, newsroom: Path) -> None:
    (newsroom.parent / "feeds").rmdir()

    told = run("doctor", code=1).out
    assert "published folder\tbad\t" in told


def test_r42_doctor_sees_a_password_file_that_others_may_read(run: Run, newsroom: Path) -> None:
    secret = newsroom.parent / "secret"
    secret.write_text("marker")
    secret.chmod(0o644)
    newsroom.write_text(
        newsroom.read_text()
        + '\n[sources.locked]\nurl = "https://a.example/"\n'
        + 'username = "u"\npassword_file = "secret"\n'
    )
    run("source", "list")

    told = run("doctor").out
    assert "password of locked\twarn\t" in told
    assert "marker" not in told


def test_doctor_lists_page_sources_without_a_rights_line(run: Run, newsroom: Path) -> None:
    base = 'url = "https://press.example.org/%s"\nkind = "page"\n'
    with newsroom.open("a") as config:
        config.write(f"\n[sources.silent]\n{base % 1}")
        config.write(f'\n[sources.licensed]\n{base % 2}rights = "CC BY 4.0"\n')
        config.write(f'\n[sources.linked]\n{base % 3}republish = "link"\n')
    run("source", "list")

    told = run("doctor").out
    (line,) = [line for line in told.splitlines() if "rights line" in line]
    assert line.startswith("source silent\twarn\trepeats pages (full)")


def test_doctor_finds_a_published_feed_that_was_damaged(run: Run, newsroom: Path) -> None:
    run("publish")
    (newsroom.parent / "feeds/themes/all/rss.xml").write_text("<rss>")
    (newsroom.parent / "feeds/themes/all/feed.json").unlink()

    told = run("doctor", code=1).out
    assert "themes/all/rss.xml: not well-formed" in told
    assert "themes/all/feed.json: it is not there" in told

    run("publish", "--all")
    assert "documents are as they should be" in run("doctor").out
