"""/websub/{token}: where hubs call us (C30c, C30d).

A push is read piece by piece and let go; only its signature is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from syndicator.push import Callbacks, Delivery

_METHODS = "GET, POST"
_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_UNREAD = {**_HEADERS, "Connection": "close"}  # the rest of the body must not hold the connection


class Websub:
    """The callbacks as an ASGI application."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive), scope["path_params"]["token"])
        await response(scope, receive, send)

    async def _answer(self, request: Request, token: str) -> Response:
        if request.method == "GET":
            return await self._verify(token, _first_of_each(request))
        if request.method == "POST":
            return await self._take(request, token)
        return Response("method not allowed\n", 405, {**_UNREAD, "Allow": _METHODS})

    async def _verify(self, token: str, said: Mapping[str, str]) -> Response:
        reply = await run_in_threadpool(self._callbacks.verify, token, said)
        return Response(reply.body, reply.status, _HEADERS)

    async def _take(self, request: Request, token: str) -> Response:
        signature = request.headers.get("x-hub-signature", "")
        delivery = await run_in_threadpool(self._callbacks.expected, token, signature=signature)
        if delivery is None:
            return Response("gone\n", 410, _UNREAD)
        if not await _read(request, delivery):
            return Response("too large\n", 413, _UNREAD)
        if not delivery.is_genuine():
            return Response("wrong signature\n", 403, _HEADERS)
        task = BackgroundTask(self._callbacks.arrived, delivery)  # after the answer (C30d)
        return Response(status_code=202, headers=_HEADERS, background=task)


async def _read(request: Request, delivery: Delivery) -> bool:
    """Whether the whole body came and was not too long."""
    try:
        async for piece in request.stream():
            if not delivery.feed(piece):
                return False
    except ClientDisconnect:
        return False
    return True


def _first_of_each(request: Request) -> Mapping[str, str]:
    said: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        said.setdefault(name, value)
    return said
