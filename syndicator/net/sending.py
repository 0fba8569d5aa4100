"""What a request says of us: a fixed set of headers, validators, and what a source was given."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import requests

from syndicator.errors import RefusedError
from syndicator.model import SourceSettings, Validators
from syndicator.net.coding import ACCEPTED
from syndicator.net.rules import mail_address, user_agent
from syndicator.ports import ACCEPT_ANY

_OURS = {  # headers no configuration may set: they are manners, or belong to the wire
    "accept", "accept-encoding", "connection", "content-length", "expect", "from", "host",
    "if-modified-since", "if-none-match", "keep-alive", "proxy-authorization", "range", "referer",
    "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
}  # fmt: skip


class Sender:
    """Writes the requests of one visit.

    Args:
        own_url: of the source, as the operator gave it; its secrets go to that origin alone (R4).
            "" when it is not read over the web.
    """

    def __init__(
        self, settings: SourceSettings, own_url: str, *, contact: str, subscribers: int
    ) -> None:
        self._settings = settings
        self._own_origin = _origin(own_url)
        self._from = mail_address(contact)
        self._agent = user_agent(contact, subscribers)

    @property
    def has_secrets(self) -> bool:
        return bool(self._settings.username or self._settings.headers)

    def request(
        self, url: str, sent: Validators, accept: str, *, form: bytes | None = None
    ) -> requests.PreparedRequest:
        """A GET of `url`, or a POST of `form`, in exactly the form that was checked.

        Raises:
            RefusedError: the source's own headers or password cannot be used.
        """
        headers = self._headers(sent, accept)
        if _origin(url) == self._own_origin:
            headers |= self._secrets()
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return _prepared("GET" if form is None else "POST", url, headers, form)

    def _headers(self, sent: Validators, accept: str) -> dict[str, str]:
        """The same for every poll, but for validators (C6)."""
        headers = {
            "User-Agent": self._agent,
            "From": self._from,
            "Accept": accept,
            "Accept-Encoding": ACCEPTED,
            "If-None-Match": sent.etag,
            "If-Modified-Since": sent.last_modified,
        }
        return {name: value for name, value in headers.items() if value}

    def _secrets(self) -> dict[str, str]:
        """Own headers and the password, read anew each time so that it can be changed."""
        if taken := _OURS.intersection(name.lower() for name in self._settings.headers):
            raise RefusedError(f"the header {min(taken)} cannot be set on a source")
        headers = dict(self._settings.headers)
        if self._settings.username:
            pair = f"{self._settings.username}:{self._password()}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return headers

    def _password(self) -> str:
        if not self._settings.password_file:
            return ""
        try:
            return Path(self._settings.password_file).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedError("the password file cannot be read") from error


def call(
    method: str,
    url: str,
    *,
    contact: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> requests.PreparedRequest:
    """A request on behalf of no source; `headers` are what it adds."""
    said = {
        "User-Agent": user_agent(contact),
        "From": mail_address(contact),
        "Accept": ACCEPT_ANY,
        "Accept-Encoding": ACCEPTED,
        **(headers or {}),
    }
    return _prepared(method, url, {name: value for name, value in said.items() if value}, body)


def _prepared(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> requests.PreparedRequest:
    """Not by `Request.prepare`, which quotes addresses its own way, and whose care for cookies and
    passwords we do not want (C6, R4) costs seven times as much as the rest."""
    prepared = requests.PreparedRequest()
    prepared.prepare_method(method)
    prepared.url = url
    prepared.prepare_headers(headers)
    prepared.prepare_body(body, None)
    return prepared


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
