"""Calls to those who gave us their address to be told of news, or whom the operator names to be
asked for something: one request, led nowhere else.

A visit has the manners of one who reads: the gap of a host, leases, redirects, validators. Who
follows our feeds wants to hear at once and has confirmed it, so a call has the limits of every
request (R2, R5) and no manners; that one host is told one thing at a time is up to the caller.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

import requests

from syndicator.addresses import Allow
from syndicator.errors import FetchError
from syndicator.net.bounds import proxy_for
from syndicator.net.errand import Errand
from syndicator.net.exchange import Reply, exchange
from syndicator.net.sending import call
from syndicator.net.visit import Gate, strict_address
from syndicator.net.wording import status_line, wished_wait

MOST_BYTES = 16 * 1024  # of an answer that is read
_FINE = range(200, 300)


class Caller:
    """The calls of a process (ports.Caller); safe for many threads.

    Args:
        allow: what may be private.
    """

    def __init__(self, gate: Gate, allow: Allow) -> None:
        self._gate = gate
        self._allow = allow
        self._rules = replace(gate.rules, max_bytes=MOST_BYTES, max_decoded_bytes=MOST_BYTES)

    def ask(
        self,
        url: str,
        *,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """GET, or POST of a body; what a 2xx answers.

        Args:
            seconds: in all, from the name server to the last byte.
            headers: beside those of every request.

        Raises:
            FetchError: another answer, or none; RefusedError: nothing was sent.
            Stopped: the process is shutting down.
        """
        url = strict_address(url)
        method = "GET" if body is None else "POST"
        request = call(method, url, contact=self._rules.contact, headers=headers, body=body)
        return self._sent(request, seconds, reads=_FINE).body

    def tell(self, url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> None:
        """POST; any 2xx is fine and nothing of it is read.

        Raises: as `ask`.
        """
        url = strict_address(url)
        request = call("POST", url, contact=self._rules.contact, headers=headers, body=body)
        self._sent(request, seconds, reads=())

    def _sent(
        self, request: requests.PreparedRequest, seconds: float, *, reads: Container[int]
    ) -> Reply:
        gate, reply = self._gate, Reply()
        proxy = proxy_for(request.url or "", self._rules.proxy)
        errand = Errand(allow=self._allow, seconds=seconds, resolve=gate.resolve)
        with gate.watch.over(errand):
            exchange(
                gate.session, request, errand, reply, rules=self._rules, proxy=proxy, reads=reads
            )
        status = reply.status or 0
        if status not in _FINE:
            wait = wished_wait(reply.headers, now=gate.clock.now())
            raise FetchError(status_line(status), status=status, not_before=wait)
        return reply
