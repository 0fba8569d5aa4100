"""/hub: where readers subscribe to our feeds (WebSub section 5.1, P31)."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from syndicator.addresses import is_public, read_address
from syndicator.errors import SyndicatorError
from syndicator.push import Door, Quota, Rate, Reply
from syndicator.push.door import MOST_BYTES
from syndicator.server.patience import network_of

_METHODS = "POST, OPTIONS"
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 50
_EACH = Rate(at_once=60, a_second=1)
_TOGETHER = Rate(at_once=300, a_second=5)
_HEADERS = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}

_OFTEN = Reply(status=429, body="too many requests\n", wait_s=60)
_FAILED = Reply(status=503, body="the hub cannot remember this now\n", wait_s=60)
_LARGE = Reply(status=413, body=f"more than {MOST_BYTES} bytes\n")
_NO_FORM = Reply(status=415, body=f"a request is a form ({_FORM})\n")
_UNREADABLE = Reply(status=400, body="the form cannot be read as UTF-8\n")


class Hub:
    """Our hub as an ASGI application.

    Args:
        taken: called after a request was taken, when it has been answered.
    """

    def __init__(self, door: Door, *, taken: Callable[[], None] = lambda: None) -> None:
        self._door = door
        self._taken = taken
        self._quota = Quota(each=_EACH, together=_TOGETHER, monotonic=time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _METHODS})
        if request.method != "POST":
            refusal = Reply(status=405, body="subscribe by POST\n")
            return _response(refusal, {"Allow": _METHODS, "Connection": "close"})
        if not self._quota.take(_asker(request)):
            return _response(_OFTEN, {"Connection": "close"})
        reply = await self._taken_in(request)
        closing = {"Connection": "close"} if reply in (_LARGE, _NO_FORM) else {}
        task = BackgroundTask(self._taken) if reply.status == 202 else None
        return _response(reply, closing, task)

    async def _taken_in(self, request: Request) -> Reply:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return _NO_FORM
        body = await _read(request)
        if body is None:
            return _LARGE
        try:
            said = body.decode()
            form = parse_qs(
                said, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
            )
        except ValueError:
            return _UNREADABLE
        try:
            return await run_in_threadpool(self._door.ask, form)
        except SyndicatorError:
            return _FAILED


async def _read(request: Request) -> bytes | None:
    """The whole body; None when it is too long, or broke off."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return body


def _asker(request: Request) -> str:
    """The other side's address; "" for one of our own network, who may be a proxy for anybody."""
    client = request.client.host if request.client else ""
    address = read_address(client)
    return network_of(client) if address is not None and is_public(address) else ""


def _response(
    reply: Reply, headers: dict[str, str] | None = None, task: BackgroundTask | None = None
) -> Response:
    wait = {"Retry-After": str(reply.wait_s)} if reply.wait_s else {}
    return Response(
        reply.body,
        status_code=reply.status,
        headers={**_HEADERS, **wait, **(headers or {})},
        background=task,
    )
