"""/search and /search/atom.xml: the only answers that cost more than reading a file.

Few are worked on at once, few wait, and whoever comes then is asked to come again; so a flood of
questions holds up neither files nor feeds (R21).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from syndicator.characters import UNWRITABLE
from syndicator.errors import SlowQueryError, SyndicatorError
from syndicator.jobs.asking import Reply
from syndicator.server.conditions import unchanged
from syndicator.server.kinds import kind_of

T = TypeVar("T")

_AT_ONCE = 2
_MOST_WAITING = 20
_LONGEST = 4000  # bytes of a query string
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
_METHODS = "GET, HEAD, OPTIONS"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


class Searches(Protocol):
    """Who finds; jobs.PublicSearch."""

    def page(self, query: str, number: int) -> Reply: ...
    def feed(self, query: str) -> Reply: ...


class _Search:
    """Both addresses.

    Args:
        max_age_s: how long caches may keep what was found.
    """

    def __init__(self, searches: Searches, *, max_age_s: int) -> None:
        self._searches = searches
        self._max_age_s = max_age_s
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="search")
        self._waiting = 0

    async def page(self, request: Request) -> Response:
        return await self._answer(request, "index.html", self._page)

    async def feed(self, request: Request) -> Response:
        return await self._answer(request, "atom.xml", self._feed)

    def _page(self, asked: Mapping[str, str]) -> Reply:
        return self._searches.page(asked.get("q", ""), _number(asked.get("page", "1")))

    def _feed(self, asked: Mapping[str, str]) -> Reply:
        return self._searches.feed(asked.get("q", ""))

    async def _answer(
        self, request: Request, name: str, ask: Callable[[Mapping[str, str]], Reply]
    ) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_ALLOWED)
        if request.method not in ("GET", "HEAD"):
            closing = {**_PLAIN, "Allow": _METHODS, "Connection": "close"}
            return Response("method not allowed\n", 405, closing)
        asked = _asked(request.scope["query_string"])
        if asked is None:
            return Response("this is no query: write ?q=words, in UTF-8\n", 400, _PLAIN)
        if self._waiting >= _MOST_WAITING:
            return _later("too many are searching; try again in a few seconds")
        self._waiting += 1
        try:
            reply = await asyncio.get_running_loop().run_in_executor(self._pool, ask, asked)
        except SlowQueryError as error:
            return _later(str(error))
        except SyndicatorError:
            return _later("the search does not work just now")
        finally:
            self._waiting -= 1
        return self._send(request, name, reply)

    def _send(self, request: Request, name: str, reply: Reply) -> Response:
        kind = kind_of(Path(name))
        assert kind is not None
        headers = {"Content-Security-Policy": kind.policy, "X-Robots-Tag": "noindex"}
        is_text = reply.refused and name != "index.html"
        headers["Content-Type"] = _PLAIN["Content-Type"] if is_text else kind.type
        headers["Content-Length"] = str(len(reply.body))
        body = b"" if request.method == "HEAD" else reply.body
        if reply.refused:
            return Response(body, 400, {**headers, "Cache-Control": "no-store"})
        tag = f'"{sha256(reply.body).hexdigest()[:32]}"'
        headers |= {"ETag": tag, "Cache-Control": f"public, max-age={self._max_age_s}"}
        if reply.updated is not None:
            headers["Last-Modified"] = formatdate(int(reply.updated.timestamp()), usegmt=True)
        if _has_it(request, tag, reply):
            del headers["Content-Type"], headers["Content-Length"]
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)


def routes(searches: Searches, *, max_age_s: int) -> list[Route]:
    """The two addresses."""
    search = _Search(searches, max_age_s=max_age_s)
    return [
        Route("/search", search.page, methods=METHODS),
        Route("/search/atom.xml", search.feed, methods=METHODS),
    ]


_ALLOWED = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


def _later(words: str) -> Response:
    return Response(f"{words}\n", 503, {**_PLAIN, "Retry-After": "5"})


def _asked(query_string: bytes) -> Mapping[str, str] | None:
    """The first of each value; None when it is no query of ours."""
    if len(query_string) > _LONGEST:
        return None
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=10,
        )
    except ValueError:
        return None
    # These part words, as blanks do: in a page or a feed they could not stand.
    return {name: UNWRITABLE.sub(" ", text) for name, text in reversed(pairs)}


def _number(text: str) -> int:
    """Of a page; 0, which there is not, for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _has_it(request: Request, tag: str, reply: Reply) -> bool:
    lines = request.headers.getlist("if-none-match")
    if not lines and reply.updated is None:
        return False
    return unchanged(
        if_none_match=", ".join(lines) if lines else None,
        if_modified_since=request.headers.get("if-modified-since"),
        tags=[tag],
        modified_s=int(reply.updated.timestamp()) if reply.updated else 0,
    )
