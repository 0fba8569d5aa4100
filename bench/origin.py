"""Where the invented feeds are fetched from: nginx on loopback, or a small server of our own.

Each file has two addresses: by one port with ETag and Last-Modified, by the other without. The
server is another process, so that what it costs is not counted as the reader's.
"""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_START_S = 20.0
_NGINX = """\
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    types {{ application/xml xml; }}
    root {folder}/www;
    gzip_static on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    allow 127.0.0.0/8;
    deny all;
    server {{ listen {known}; }}
    server {{
        listen {bare};
        etag off;
        if_modified_since off;
        add_header Last-Modified "";
    }}
}}
"""


class Origin:
    """Serves what `put` was given, while the context is open.

    Args:
        folder: empty, ours.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "www").mkdir(parents=True)
        self.known, self.bare = _free_ports(2)
        self.server = "nginx" if shutil.which("nginx") else "a server in Python, HTTP/1.0, no gzip"
        self._process: subprocess.Popen[bytes] | None = None
        self._now = int(time.time()) - 1000

    @property
    def pids(self) -> frozenset[int]:
        """Of processes that are not the reader's."""
        return frozenset([self._process.pid] if self._process else [])

    def put(self, name: str, body: bytes) -> None:
        """Serve this body from now on; each one put later is dated later."""
        self._now += 1
        for path, data in ((f"{name}.xml", body), (f"{name}.xml.gz", gzip.compress(body))):
            new = self._folder / "new"
            new.write_bytes(data)
            os.utime(new, (self._now, self._now))
            new.replace(self._folder / "www" / path)

    def __enter__(self) -> Self:
        words = self._nginx() if shutil.which("nginx") else self._own()
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
        ends_at = time.monotonic() + _START_S
        for port in (self.known, self.bare):
            while not _answers(port):
                if self._process.poll() is not None or time.monotonic() > ends_at:
                    raise RuntimeError(f"{self.server} did not start")
                time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()

    def _nginx(self) -> list[str]:
        config = self._folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""  # our folder is closed to others
        text = _NGINX.format(folder=self._folder, known=self.known, bare=self.bare, user=user)
        config.write_text(text, "utf-8")
        log = str(self._folder / "error.log")
        return ["nginx", "-e", log, "-c", str(config), "-g", "daemon off;"]

    def _own(self) -> list[str]:
        folder = str(self._folder / "www")
        return [sys.executable, "-m", "bench.origin", folder, str(self.known), str(self.bare)]


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


# ------------------------------------------------------------------ where there is no nginx


class _Known(SimpleHTTPRequestHandler):
    """Dates, and 304 to those who have them."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class _Bare(_Known):
    def do_GET(self) -> None:
        del self.headers["If-Modified-Since"]
        super().do_GET()

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Last-Modified":
            super().send_header(keyword, value)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def verify_request(self, _request: object, client_address: Any) -> bool:
        return str(client_address[0]).startswith("127.")


def _serve(folder: str, known: str, bare: str) -> None:
    servers = [
        _Server(("", int(port)), partial(handler, directory=folder))
        for port, handler in ((known, _Known), (bare, _Bare))
    ]
    threading.Thread(target=servers[0].serve_forever, daemon=True).start()
    servers[1].serve_forever()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
