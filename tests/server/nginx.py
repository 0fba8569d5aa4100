"""A real nginx on loopback, with the configuration that we ship and maps as publishing makes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from syndicator.model import FeedData, FeedState, Signpost
from syndicator.pipeline.nginx import maps
from syndicator.push import Topics

SHIPPED = Path(__file__).parents[2] / "deploy/nginx.conf"
SIGNPOSTS = (
    Signpost(path="themes/bamako", to="themes/mali"),
    Signpost(path="themes/bamako/de"),
    Signpost(path="themes/sport"),
)
TOPICS = Topics(base_url="https://feeds.example.org", hub="https://feeds.example.org/hub")
FEEDS = (
    FeedState(key="mali", id="urn:uuid:1", theme="mali", data=FeedData(title="Mali"), segment=3),
)
_STARTS_S = 10.0
_MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@contextmanager
def running(
    folder: Path, feeds: Path, *, told: Path | None = None, behind: int = 9
) -> Iterator[tuple[str, int]]:
    """Where it listens.

    Args:
        told: where the maps are, other ones than those of SIGNPOSTS and FEEDS.
        behind: port of the daemon.
    """
    if told is None:
        told = folder
        topics = {"base_url": TOPICS.base_url, "hub": TOPICS.hub}
        for name, body in maps(SIGNPOSTS, FEEDS, **topics, max_age_s=900).items():
            (folder / name).write_bytes(body)
    port = _free_port()
    (folder / "site.conf").write_text(_on_loopback(told, feeds, port, behind))
    user = "user root;" if os.geteuid() == 0 else ""  # or it could not read temporary folders
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    words = ["nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process, folder)
            yield "127.0.0.1", port
        finally:
            process.terminate()
            process.wait(10)


def _on_loopback(told: Path, feeds: Path, port: int, behind: int) -> str:
    """The configuration that we ship, with other places and without a certificate."""
    said = re.sub(r"\n *(listen \[|ssl_certificate).*", "", SHIPPED.read_text())
    for ours, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("/var/lib/syndicator/store/nginx/", f"{told}/"),
        ("/var/lib/syndicator/feeds", str(feeds)),
        ("127.0.0.1:8080", f"127.0.0.1:{behind}"),
    ):
        assert ours in said
        said = said.replace(ours, here)
    return said


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + _STARTS_S
    while process.poll() is None and time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"nginx did not start: {(folder / 'error.log').read_text()}")
