"""An authority that stamps with the time (RFC 3161): openssl behind a web server on loopback."""

from __future__ import annotations

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

_CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "conf")


class Authority:
    """It answers as long as `answers` is set, else 503, and when to come again; `asked` counts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.roots = folder / "root.pem"
        self.answers = True
        self.asked = 0
        self.retry_after_s = 0
        (folder / "conf").write_text(_CONFIG)
        (folder / "serial").write_text("01\n")
        self._make_certificates()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsr"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def openssl(self, *words: object) -> str:
        """What it prints; it must not fail."""
        said = subprocess.run(
            ["openssl", *map(str, words)], cwd=self.folder, capture_output=True, text=True
        )
        assert said.returncode == 0, said.stderr
        return said.stdout

    def stamped(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        words = ("-config", "conf", "-section", "tsa", "-signer", "signer.pem", "-inkey", "key.pem")
        self.openssl("ts", "-reply", *words, "-queryfile", "query", "-out", "answer")
        return (self.folder / "answer").read_bytes()

    def _make_certificates(self) -> None:
        root = ("-subj", "/CN=Root", "-extensions", "root", "-keyout", "root-key.pem")
        self.openssl("req", "-x509", *_KEY, *root, "-out", "root.pem")
        self.openssl("req", *_KEY, "-subj", "/CN=Clock", "-keyout", "key.pem", "-out", "request")
        by = ("-CA", "root.pem", "-CAkey", "root-key.pem", "-CAcreateserial")
        extensions = ("-extfile", "conf", "-extensions", "signer")
        self.openssl("x509", "-req", "-in", "request", *by, *extensions, "-out", "signer.pem")


def _handler(authority: Authority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked += 1
            is_query = self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.stamped(body) if authority.answers and is_query else b""
            self.send_response(200 if answer else 503)
            if authority.retry_after_s and not answer:
                self.send_header("Retry-After", str(authority.retry_after_s))
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """The tests look at `asked`."""

    return Handler
