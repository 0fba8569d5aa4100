"""Answers with published files: validators, codings, cache times, and who is asked to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import formatdate

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from syndicator.errors import StoreError
from syndicator.push import Topics
from syndicator.server.conditions import choose_coding, unchanged
from syndicator.server.folder import File, Folder, Form, Found, Moved, place_of
from syndicator.server.kinds import cache_control
from syndicator.server.patience import Patience
from syndicator.server.signs import Signs

_METHODS = "GET, HEAD, OPTIONS"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_PROXY_MARKS = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


def speaks_for_others(headers: Headers) -> bool:
    """Whether the one who asks is a proxy, as far as it says so."""
    return any(name in headers for name in _PROXY_MARKS)


class Published:
    """The folder as an ASGI application.

    Args:
        topics: the addresses of our feeds and their hub.
        signs: what stands where nothing is any more.
        patience: with readers that ask too often; None: any number of times.
        max_age_s: how long caches may keep feeds and pages.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        topics: Topics,
        signs: Signs,
        patience: Patience | None,
        max_age_s: int,
        now: Callable[[], float],
    ) -> None:
        self._folder = folder
        self._topics = topics
        self._signs = signs
        self._patience = patience
        self._max_age_s = max_age_s
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _options(request.headers)
        if request.method not in ("GET", "HEAD"):
            # Closing: a body that nobody reads must not hold the connection.
            closing = {"Allow": _METHODS, "Connection": "close"}
            return _text(405, "method not allowed", closing)
        place = self._folder.find(request.scope["raw_path"])
        if isinstance(place, Moved):
            return self._moved(place.location)
        file = await self._file(place) if place else None
        if place is None or file is None:
            return await self._missing(place_of(request.scope["raw_path"]))
        if wait_s := self._wait_s(request, place):
            return _text(
                429,
                "asked too often: send back the validators you were given, and wait",
                {"Retry-After": str(wait_s), "Cache-Control": "no-store"},
            )
        return self._send(request, place, file)

    def _moved(self, location: str) -> Response:
        return _text(301, "moved", {"Location": location, **self._kept_for_a_while})

    async def _missing(self, place: str | None) -> Response:
        """P32: where it was once, the way or the end; else nothing was ever there."""
        try:
            sign = await run_in_threadpool(self._signs.find, place) if place else None
        except StoreError:  # it may have moved: no word that readers would act on
            return _text(503, "not known now", {"Retry-After": "60", "Cache-Control": "no-store"})
        if sign is None:
            return _text(404, "not found", {"Cache-Control": "public, max-age=60"})
        if sign.location:
            return self._moved(sign.location)
        return _text(410, "gone", self._kept_for_a_while)

    @property
    def _kept_for_a_while(self) -> Mapping[str, str]:
        return {"Cache-Control": f"public, max-age={self._max_age_s}"}

    def _wait_s(self, request: Request, found: Found) -> int:
        """P33: of feeds alone; whoever a proxy speaks for is not told from others by address."""
        asked = request.headers
        if self._patience is None or not found.kind.is_feed or speaks_for_others(asked):
            return 0
        return self._patience.wait_s(
            request.client.host if request.client else "",
            asked.get("user-agent", ""),
            found.place,
            conditional="if-none-match" in asked or "if-modified-since" in asked,
        )

    async def _file(self, found: Found) -> File | None:
        return self._folder.kept(found) or await run_in_threadpool(self._folder.read, found)

    def _send(self, request: Request, found: Found, file: File) -> Response:
        coding = choose_coding(
            _joined(request.headers, "accept-encoding") or "",
            [coding for coding in file.forms if coding != "identity"],
        )
        form = file.forms[coding]
        modified_s = min(file.modified_s, int(self._now()))
        headers = self._headers(found, form, modified_s)
        if not found.gone and _is_unchanged(request.headers, file, modified_s):
            return _bare(304, headers)
        headers |= {"Content-Type": found.kind.type, "Content-Length": str(len(form.body))}
        if coding != "identity":
            headers["Content-Encoding"] = coding
        body = b"" if request.method == "HEAD" else form.body
        return Response(body, status_code=410 if found.gone else 200, headers=headers)

    def _headers(self, found: Found, form: Form, modified_s: int) -> dict[str, str]:
        """Those that a 200 and a 304 share (P23)."""
        headers = {
            "ETag": form.etag,
            "Last-Modified": formatdate(modified_s, usegmt=True),
            "Cache-Control": cache_control(
                found.path, max_age_s=self._max_age_s, private=found.private
            ),
            "Vary": "Accept-Encoding",
            "Content-Security-Policy": found.kind.policy,
        }
        if links := self._topics.links(found.place):
            headers["Link"] = links
        if found.private:  # the address is the key: it must not travel on
            headers |= {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
        return headers


def _is_unchanged(headers: Headers, file: File, modified_s: int) -> bool:
    return unchanged(
        if_none_match=_joined(headers, "if-none-match"),
        if_modified_since=headers.get("if-modified-since"),
        tags=[form.etag for form in file.forms.values()],
        modified_s=modified_s,
    )


def _joined(headers: Headers, name: str) -> str | None:
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def _options(asked: Headers) -> Response:
    """What is allowed; to a browser that asks for a page of others, what that page may do (P29)."""
    headers = {"Allow": _METHODS}
    if any(name.startswith("access-control-request-") for name in asked):
        headers |= {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
            "Access-Control-Max-Age": "86400",
        }
    return _bare(204, headers)


def _text(status: int, words: str, headers: Mapping[str, str]) -> Response:
    """A static text: nothing of the request comes back in it (R21)."""
    return Response(f"{words}\n", status_code=status, headers={**_PLAIN, **headers})


def _bare(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers=headers)
