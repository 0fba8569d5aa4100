"""The gate out, as those see it who ask something of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from syndicator.model import Capture, Exchange, Link, Request, Validators


class Answer(Protocol):
    """A whole answer: status 200 with a body, 304 without one, any 2xx to a POST."""

    @property
    def url(self) -> str:
        """Of what sent it, after redirects."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes:
        """Decoded from its content coding; b"" for a 304."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case."""

    @property
    def links(self) -> Sequence[Link]:
        """What its Link headers say, absolute, one for each relation."""

    @property
    def validators(self) -> Validators:
        """As received; for a 304 those it carried, else those we sent."""

    @property
    def at(self) -> datetime:
        """When the answer was whole."""

    @property
    def moved_to(self) -> str:
        """The final URL when there were redirects and each was permanent (C8), else ""."""


# What a Visit says it accepts (C20): fixed, so that it never varies between polls.
ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
ACCEPT_PAGES = "text/html, application/xhtml+xml, application/xml;q=0.5, */*;q=0.1"
ACCEPT_SITEMAPS = "application/xml, text/xml;q=0.9, text/plain;q=0.5, */*;q=0.1"
ACCEPT_PICTURES = "image/avif, image/webp, image/png, image/jpeg, image/gif"
ACCEPT_TEXT = "text/plain, */*;q=0.1"
ACCEPT_ANY = "*/*"


class Visit(Protocol):
    """One refresh's permission to ask; keeps to the host's pace and remembers each request."""

    requests: list[Request]
    silent_until: datetime | None  # the source's host asked for quiet (429, 503 with Retry-After)

    def get(
        self,
        url: str,
        *,
        validators: Validators = ...,
        validators_for: str = ...,
        reason: str,
        accept: str = ...,
    ) -> Answer:
        """GET with manners and limits; `accept` is ACCEPT_FEEDS unless it says otherwise.

        Args:
            validators_for: the URL they belong to (C5), if it is not `url`; it may be where a
                redirect leads.

        Raises:
            FetchError: no whole answer; RefusedError, BusyError: nothing was sent.
            Stopped: the process is shutting down.
        """

    def post(self, url: str, *, form: Mapping[str, str], reason: str) -> Answer:
        """POST a form with the same manners and limits, and again where a 307 or 308 leads.

        Raises:
            FetchError: no 2xx came; RefusedError, BusyError: nothing was sent.
            Stopped: the process is shutting down.
        """

    def slow_down(self, url: str, gap_s: float) -> None:
        """Keep a longer gap on the URL's host for the rest of the visit (Crawl-delay, C22)."""

    def free_at(self) -> datetime:
        """When the source's host may be asked again, as far as our own pace goes."""


class Recorder(Protocol):
    """Keeps raw answers."""

    def wants(self, purpose: str, content_type: str) -> bool:
        """Whether to keep the answer to a request that was sent for this `reason`."""

    def keep(self, exchange: Exchange) -> Capture | None:
        """Where it is kept, durably; None: it cannot be, which is told once."""


class Caller(Protocol):
    """Calls to those who gave us their address to be told of news, or whom the operator names: no
    redirect, bounded answers."""

    def ask(
        self,
        url: str,
        *,
        seconds: float,
        body: bytes | None = ...,
        headers: Mapping[str, str] | None = ...,
    ) -> bytes:
        """GET, or POST of a body; what a 2xx answers.

        Args:
            seconds: in all.

        Raises:
            FetchError: another answer, or none; RefusedError: nothing was sent.
            Stopped: the process is shutting down.
        """

    def tell(self, url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> None:
        """POST; any 2xx is fine and nothing of it is read. Raises as `ask`."""
