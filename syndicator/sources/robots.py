"""robots.txt: asked once a day for each host whose pages are read, and obeyed (C22, RFC 9309).

It rules page and sitemap sources and the pages behind the entries of a feed. For a feed that a
person added it is never asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from syndicator.errors import BusyError, FetchError, RefusedError, SandboxError
from syndicator.model import Document, Validators
from syndicator.ports import ACCEPT_TEXT
from syndicator.redaction import redacted
from syndicator.sources.reading import Desk
from syndicator.stages.robots import MOST_BYTES, permission
from syndicator.text.urls import strict

ROLE = "robots"  # of a Document that keeps one
_RULES = "rules"  # what it says, in `said`
_KEPT = timedelta(hours=24)
_QUIET = (429, 503)


class Robots:
    """What hosts permit, for one refresh.

    Args:
        known: documents of the source; those that keep a robots.txt are looked at.
    """

    def __init__(self, desk: Desk, known: Iterable[Document] = ()) -> None:
        self._desk = desk
        self._known = {each.url: each for each in known if each.role == ROLE}
        self._asked: dict[str, Document] = {}
        self._closed: dict[str, RefusedError] = {}
        self._slowed: set[str] = set()

    @property
    def documents(self) -> tuple[Document, ...]:
        """What was asked and is to be kept."""
        return tuple(self._asked.values())

    def require(self, url: str) -> None:
        """Let `url` pass if it may be asked, at the pace its host wishes (up to 60 s).

        Raises:
            RefusedError: robots.txt forbids it, or could not be had.
            BusyError: its host is taken. Stopped: the process is shutting down.
        """
        address = _address(url)
        rules = self._rules(address)
        try:
            said = self._desk.sandbox.call(permission, rules, url=url)
        except SandboxError as error:
            raise RefusedError(f"{address} cannot be read: {error}") from error
        if said.delay_s and address not in self._slowed:
            self._slowed.add(address)
            self._desk.visit.slow_down(url, said.delay_s)
        if not said.allowed:
            not_before = self._asked[address].next_check_at if address in self._asked else None
            raise RefusedError(f"{address} forbids {redacted(url)}", not_before=not_before)

    def _rules(self, address: str) -> str:
        if address in self._closed:
            raise self._closed[address]
        kept = self._asked.get(address) or self._known.get(address)
        now = self._desk.clock.now()
        if kept is None or kept.next_check_at is None or kept.next_check_at <= now:
            kept = self._ask(address, kept or Document(url=address, role=ROLE))
            self._asked[address] = kept
        return kept.said.get(_RULES, "")

    def _ask(self, address: str, before: Document) -> Document:
        try:
            answer = self._desk.visit.get(
                address, validators=before.validators, reason="robots", accept=ACCEPT_TEXT
            )
        except BusyError:
            raise
        except FetchError as error:
            if not _means_none(error.status):
                self._closed[address] = _unknown(address, error)
                raise self._closed[address] from error
            now = self._desk.clock.now()
            return self._kept(replace(before, validators=Validators(), fetched_at=now), "")
        rules = before.said.get(_RULES, "")
        if answer.status == 200:
            rules = answer.body[:MOST_BYTES].decode("utf-8-sig", "replace")
        return self._kept(
            replace(before, validators=answer.validators, fetched_at=answer.at), rules
        )

    def _kept(self, document: Document, rules: str) -> Document:
        assert document.fetched_at is not None
        return replace(
            document,
            said={_RULES: rules} if rules.strip() else {},
            next_check_at=document.fetched_at + _KEPT,
            failures=0,
            error="",
        )


def _means_none(status: int | None) -> bool:
    """Whether an answer says that there is no robots.txt: 4xx, or redirects that lead nowhere."""
    return status is not None and 300 <= status < 500 and status not in _QUIET


def _unknown(address: str, error: FetchError) -> RefusedError:
    """RFC 9309 section 2.3.1.4: what cannot be had forbids everything, until it can."""
    return RefusedError(
        f"{address} could not be had ({error}), so nothing is asked there",
        status=error.status if error.status in _QUIET else None,
        not_before=error.not_before,
    )


def _address(url: str) -> str:
    try:
        parts = urlsplit(strict(url))
    except ValueError as error:
        raise RefusedError(f"a bad address: {error}") from error
    return f"{parts.scheme}://{parts.netloc}/robots.txt"
