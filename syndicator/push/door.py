"""/hub: what readers may ask of our hub, and what they are answered (P31, R49).

Everything is answered before anybody is called: a request that is taken changes nothing until its
callback has confirmed it. No answer repeats what was asked (R21).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlsplit

from syndicator.addresses import Allow, allowed, is_local_name, read_address
from syndicator.model import Intent, Mode, Shares, Taken
from syndicator.ports import Clock, Followers
from syndicator.push.callback import Reply
from syndicator.push.topics import Topics
from syndicator.text.urls import scope, strict

MOST_BYTES = 16 * 1024  # of a request
LEASE = timedelta(days=10)  # P31: as long as that unless asked otherwise, and no longer
SHORTEST_LEASE = timedelta(minutes=1)
_CALLBACK_CHARACTERS = 2048
_SECRET_BYTES = 199  # WebSub section 5.1: less than 200
_HOUR_S, _MINUTE_S = 3600, 60
_SHARES = Shares()

Form = Mapping[str, Sequence[str]]


class Files(Protocol):
    """feeds/, as far as it is needed here."""

    def read(self, path: str) -> bytes | None: ...


class _BadRequestError(Exception):
    """Its text says what is wrong, in our own words."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.reply = Reply(status=status, body=f"{words}\n")


_ANSWERS = {
    Taken.TAKEN: Reply(status=202, body="to be confirmed by the callback\n"),
    Taken.UNKNOWN: Reply(status=404, body="this callback does not follow that topic\n"),
    Taken.MANY: Reply(
        status=429, body="too many requests for the host of hub.callback\n", wait_s=_HOUR_S
    ),
    Taken.FULL: Reply(status=503, body="the hub has no more room at present\n", wait_s=_MINUTE_S),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Takes requests to our hub; safe for many threads.

    Args:
        files: feeds/, where the topics lie.
        allow: which callbacks may be on private addresses.
    """

    store: Followers
    files: Files
    clock: Clock
    topics: Topics
    allow: Allow
    shares: Shares = _SHARES

    def ask(self, form: Form) -> Reply:
        """The answer to one request.

        Args:
            form: its parameters, each with all its values; unknown ones do not matter.

        Raises:
            StoreError: it could not be remembered.
        """
        try:
            intent = self._intent(form)
        except _BadRequestError as error:
            return error.reply
        return _ANSWERS[self.store.add_intent(intent, shares=self.shares)]

    def _intent(self, form: Form) -> Intent:
        mode = _mode(_only(form, "hub.mode"))
        callback = self._callback(_only(form, "hub.callback"))
        topic = self.topics.at(_only(form, "hub.topic"))
        secret = _only(form, "hub.secret", needed=False)
        if len(secret.encode("utf-8", "surrogatepass")) > _SECRET_BYTES:
            raise _BadRequestError(f"hub.secret has more than {_SECRET_BYTES} bytes")
        lease_s = _lease_s(_only(form, "hub.lease_seconds", needed=False))
        body = self.files.read(topic) if topic else None
        if body is None:
            raise _BadRequestError("hub.topic is not a feed of this site", 404)
        return Intent(
            mode=mode,
            topic=topic,
            callback=callback,
            scope=_whose(callback),
            secret=secret,
            lease_s=lease_s,
            told=sha256(body).hexdigest(),
            asked_at=self.clock.now(),
        )

    def _callback(self, said: str) -> str:
        """In the one form in which it is asked; where a name leads is judged when it is (R2)."""
        if "#" in said:
            raise _BadRequestError("hub.callback has a fragment")
        if len(said) > _CALLBACK_CHARACTERS:
            raise _BadRequestError(f"hub.callback has more than {_CALLBACK_CHARACTERS} characters")
        try:
            callback = strict(said)
        except ValueError as error:
            raise _BadRequestError(f"hub.callback: {error}") from error
        host = urlsplit(callback).hostname or ""
        address = read_address(host)
        out = not self.allow if address is None else not allowed(address, self.allow)
        if out and is_local_name(host):
            raise _BadRequestError("hub.callback is not on the public Internet")
        return callback


def _whose(callback: str) -> str:
    """Whose share a callback takes: that of all hosts of its domain, and of all ports."""
    return urlsplit(f"//{scope(callback)}").hostname or ""


def _only(form: Form, name: str, *, needed: bool = True) -> str:
    values = form.get(name, ())
    if len(values) > 1:
        raise _BadRequestError(f"{name} is said more than once")
    if needed and not (values and values[0]):
        raise _BadRequestError(f"{name} is missing")
    return values[0] if values else ""


def _mode(said: str) -> Mode:
    if said == "publish":
        raise _BadRequestError("this hub tells of its own feeds, and knows when they change")
    try:
        return Mode(said)
    except ValueError as error:
        raise _BadRequestError("hub.mode is neither subscribe nor unsubscribe") from error


def _lease_s(said: str) -> int:
    """Seconds, within our bounds."""
    longest = int(LEASE.total_seconds())
    if not said:
        return longest
    if not re.fullmatch(r"[0-9]{1,18}", said):
        raise _BadRequestError("hub.lease_seconds is not a number of seconds")
    return max(min(int(said), longest), int(SHORTEST_LEASE.total_seconds()))
