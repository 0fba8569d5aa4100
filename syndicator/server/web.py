"""Answers: published files with their validators, and the dynamic words about our health."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from collections.abc import Callable, Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syndicator.errors import StoreError, SyndicatorError
from syndicator.model import Signpost
from syndicator.push import Callbacks, Topics
from syndicator.server import search
from syndicator.server.folder import Folder
from syndicator.server.health import Health
from syndicator.server.hub import Hub
from syndicator.server.metrics import Metrics
from syndicator.server.patience import Patience
from syndicator.server.published import Published, speaks_for_others
from syndicator.server.search import Searches
from syndicator.server.signs import Signs
from syndicator.server.websub import Websub

_UNKEPT = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",  # P29: a reader in a browser may subscribe too
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
}
_SEALED = "default-src 'none'; sandbox"
_STATUS_WAIT_S = 5.0
_ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)
_ORIGIN_BYTES = re.compile(_ORIGIN.pattern.encode(), re.IGNORECASE)
_NAMED = re.compile(r"(?:\[(?P<v6>[^]]*)\]|(?P<v4>[^:]*))(?::\d*)?\Z")


class Clock(Protocol):
    """Unix time, as `time.time` gives it, or seconds that pass, as `time.monotonic` does."""

    def __call__(self) -> float: ...


def build(
    feeds_dir: Path,
    *,
    status: Callable[[], Health],
    metrics: Callable[[], bytes] | None,
    publish_max_age_s: int,
    hubs: Callbacks | None = None,
    topics: Topics | None = None,
    hub: Hub | None = None,
    searches: Searches | None = None,
    signposts: Callable[[], Sequence[Signpost]] = tuple,
    rate_limit: bool = False,
    count: Callable[[int], None] = lambda _: None,
    now: Clock = time.time,
    elapsed: Clock = time.monotonic,
) -> Starlette:
    """The web application over a folder of published files.

    Args:
        status: may take its time and may raise SyndicatorError, which means not ready.
        metrics: what /metrics shows, and only to callers on this machine that no proxy stands
            before; None when it has a listener of its own ([serve] metrics) or is not wanted.
        publish_max_age_s: how long caches may keep feeds and pages.
        hubs: answers to hubs that call; None: nobody is subscribed to any.
        topics: the addresses of our feeds and their hub; None: they name none.
        hub: our own.
        searches: answers /search and its feed; None: there is no search.
        signposts: what stands where something was published once (P32).
        rate_limit: readers that ask too often are asked to wait (P33).
        count: told the status of every answer.
    """
    topics = topics or Topics(base_url="", hub="")
    site = Published(
        Folder(feeds_dir),
        topics=topics,
        signs=Signs(signposts, base_url=topics.base_url),
        patience=Patience(max_age_s=publish_max_age_s, clock=elapsed) if rate_limit else None,
        max_age_s=publish_max_age_s,
        now=now,
    )
    routes = [Route("/healthz", _alive), Route("/readyz", _ready_check(status))]
    if metrics is not None:
        routes.append(Route("/metrics", _local_only(metrics)))
    if hubs is not None:
        routes.append(Route("/websub/{token}", Websub(hubs)))
    if hub is not None:
        routes.append(Route("/hub", hub))
    if searches is not None:
        routes += search.routes(searches, max_age_s=publish_max_age_s)
    return _app([*routes, Mount("/", app=site)], count=count, now=now)


def build_standby(
    feeds_dir: Path,
    *,
    metrics: Callable[[], bytes] | None,
    publish_max_age_s: int,
    topics: Topics,
    rate_limit: bool = False,
    count: Callable[[int], None] = lambda _: None,
) -> Starlette:
    """The same where the store cannot be opened: files as ever, 503 for all that needs it."""

    def unknown() -> Sequence[Signpost]:
        raise StoreError("it is not open")

    site = Published(
        Folder(feeds_dir),
        topics=topics,
        signs=Signs(unknown),
        patience=Patience(max_age_s=publish_max_age_s, clock=time.monotonic)
        if rate_limit
        else None,
        max_age_s=publish_max_age_s,
        now=time.time,
    )
    not_ready = _ready_check(lambda: Health(problems=("store",)))
    routes = [Route("/healthz", _alive), Route("/readyz", not_ready)]
    if metrics is not None:
        routes.append(Route("/metrics", _local_only(metrics)))
    routes += [Route(path, _not_now, methods=search.METHODS) for path in _OF_THE_STORE]
    return _app([*routes, Mount("/", app=site)], count=count, now=time.time)


_OF_THE_STORE = ("/search", "/search/atom.xml", "/hub", "/websub/{token}")


async def _not_now(_: Request) -> Response:
    # Closing: a body that nobody reads must not hold the connection.
    headers = {**_UNKEPT, "Retry-After": "60", "Connection": "close"}
    return Response("this does not work just now\n", 503, headers)


def build_metrics(metrics: Callable[[], bytes]) -> Starlette:
    """/metrics alone, for a listener of its own that the operator put where it may be seen."""

    async def show(_: Request) -> Response:
        return await _figures(metrics)

    return _app([Route("/metrics", show)], count=lambda _: None, now=time.time)


def _app(routes: list[Route | Mount], *, count: Callable[[int], None], now: Clock) -> Starlette:
    edge = Middleware(_Edge, count=count, now=now)
    app = Starlette(routes=routes, middleware=[edge])
    app.router.redirect_slashes = False  # it would build addresses from Host (R21)
    return app


# ------------------------------------------------------------------ what every answer carries


class _Edge:
    """Adds the headers every answer has, and counts it.

    Date is ours and not uvicorn's, which lags by up to a second: Last-Modified may not be later.
    """

    def __init__(self, app: ASGIApp, *, count: Callable[[int], None], now: Clock) -> None:
        self._app = app
        self._count = count
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
                self._count(message["status"])
            await send(message)

        if scope["type"] == "http":
            await self._app(_origin_form(scope), receive, sealed)

    def _complete(self, headers: MutableHeaders) -> None:
        headers.setdefault("Date", formatdate(self._now(), usegmt=True))
        headers.setdefault("Content-Security-Policy", _SEALED)
        for name, value in _EVERYWHERE.items():
            headers[name] = value


def _origin_form(scope: Scope) -> Scope:
    """The request with a target of the form /path, which is all that routes know.

    Source: RFC 9112 section 3.2: a server takes http://host/path as well; "*" asks of all.
    """
    if scope["raw_path"].startswith(b"/"):
        return scope
    return {
        **scope,
        "path": _ORIGIN.sub("", scope["path"], count=1).lstrip("*") or "/",
        "raw_path": _ORIGIN_BYTES.sub(b"", scope["raw_path"], count=1).lstrip(b"*") or b"/",
    }


# ------------------------------------------------------------------ health and figures


async def _alive(_: Request) -> Response:
    """The process answers; nothing else is asked."""
    return Response("ok\n", headers=_UNKEPT)


def _ready_check(
    status: Callable[[], Health],
) -> Callable[[Request], object]:
    async def ready(_: Request) -> Response:
        health = await _health(status)
        words = "ready" if health.ready else f"not ready: {', '.join(health.problems)}"
        return Response(f"{words}\n", status_code=200 if health.ready else 503, headers=_UNKEPT)

    return ready


async def _health(status: Callable[[], Health]) -> Health:
    try:
        return await asyncio.wait_for(asyncio.to_thread(status), _STATUS_WAIT_S)
    except SyndicatorError:
        return Health(problems=("store",))
    except TimeoutError:
        return Health(problems=("slow",))


def _local_only(metrics: Callable[[], bytes]) -> Callable[[Request], object]:
    async def show(request: Request) -> Response:
        if not _is_local(request):
            return Response("not found\n", 404, _UNKEPT)
        return await _figures(metrics)

    return show


async def _figures(metrics: Callable[[], bytes]) -> Response:
    body = await run_in_threadpool(metrics)
    return Response(body, headers={**_UNKEPT, "Content-Type": Metrics.content_type})


def _is_local(request: Request) -> bool:
    """A caller on this machine who names it so, with no sign of a proxy that speaks for others."""
    if speaks_for_others(request.headers):
        return False
    client = request.client.host if request.client else ""
    named = _NAMED.match(request.headers.get("host", ""))
    return _is_loopback(client) and named is not None and _is_loopback(named["v6"] or named["v4"])


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
