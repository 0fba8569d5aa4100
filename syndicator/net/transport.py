"""requests and urllib3, bent to our rules: checked addresses, counted bytes, one TLS context.

Three traps are dealt with here. requests hands urllib3 a CA file that is read again for every
host (18 ms each), so the shared context replaces it. It also reads the body of a redirect that it
was told not to follow. And a connection kept alive, but opened under one address policy, must not
serve a request under another.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from contextvars import ContextVar
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from syndicator.errors import ConfigError
from syndicator.net.errand import Errand
from syndicator.turn import waiting

_MAX_HOSTS = 32  # with connections kept open
_MAX_IDLE_S = 4.0  # servers hang up from 5 s on; reusing later would race with that

# Connections are made deep inside urllib3, in the thread of the request they are made for.
_current: ContextVar[Errand] = ContextVar("errand")


@contextlib.contextmanager
def on_behalf_of(errand: Errand) -> Iterator[None]:
    """Requests sent within are bound by this errand's limits."""
    token = _current.set(errand)
    try:
        yield
    finally:
        _current.reset(token)


class _Metered(io.RawIOBase):
    """A socket's bytes, counted against the errand's limit: heads, chunk sizes and all."""

    def __init__(self, raw: io.RawIOBase, errand: Errand) -> None:
        self._raw = raw
        self._errand = errand

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        with waiting():
            received = self._raw.readinto(buffer)
        self._errand.count(received or 0)
        return received

    def close(self) -> None:
        self._raw.close()
        super().close()


class _MeteredResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Metered(self.fp.detach(), _current.get()))


class _Guarded(HTTPConnection):
    """A connection that goes only where its errand may, and that its errand can shut."""

    response_class = _MeteredResponse
    _used_at = 0.0

    def _new_conn(self) -> socket.socket:
        self._used_at = 0.0
        return _current.get().connect(
            self._dns_host, int(self.port or 80), trusted=self.proxy is not None
        )

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            _current.get().follow(self.sock)
        _current.get().on_kept_connection = self.sock is not None and self._used_at > 0
        super().request(*args, **kwargs)
        self._used_at = time.monotonic()

    @property
    def is_connected(self) -> bool:
        return (
            self.sock is not None
            and time.monotonic() - self._used_at < _MAX_IDLE_S
            and (self.proxy is not None or _current.get().may_talk_to(self.sock))
            and super().is_connected
        )


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same over TLS: Host, SNI and certificate stay the name that was asked for."""

    def connect(self) -> None:
        with waiting():  # for the handshake
            super().connect()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class _Adapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=_MAX_HOSTS, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self._guard(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        own = {"ssl_context": self._context, "proxy_ssl_context": self._context}
        return self._guard(super().proxy_manager_for(proxy, **own, **kwargs))

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, tls = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host, {k: v for k, v in tls.items() if k not in ("ca_certs", "ca_cert_dir")}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to set up: the shared context verifies."""

    @staticmethod
    def _guard(manager: PoolManager) -> PoolManager:
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: redirects are followed by us, and requests must not read their bodies."""
        return None


def open_session(ca_file: str) -> requests.Session:
    """A session without anything ambient: no environment proxies, netrc or cookies (R8).

    Raises:
        ConfigError: the file of additional authorities cannot be read.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    try:
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as error:
        raise ConfigError([f"[fetch] ca_file: no certificates in {ca_file}: {error}"]) from error
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(context))
    # What urllib3 logs holds URLs and headers from outside (R41, R42); what matters we raise.
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)
    return session
