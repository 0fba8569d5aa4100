"""One refresh's talk with the outside: manners, redirects, credentials, and a record of it all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode, urljoin

import requests

from syndicator.errors import BusyError, FetchError, RefusedError, SyndicatorError
from syndicator.model import HostLease, Link, Request, Source, Validators
from syndicator.net.bounds import Bounds
from syndicator.net.capturing import capture
from syndicator.net.errand import Errand, Resolver, Watch
from syndicator.net.exchange import Reply, exchange
from syndicator.net.pace import Pace
from syndicator.net.rules import FetchRules
from syndicator.net.sending import Sender
from syndicator.net.wording import links_of, status_line, wished_wait
from syndicator.ports import ACCEPT_ANY, ACCEPT_FEEDS, Clock, Recorder
from syndicator.text.urls import scope, strict

_MAX_REDIRECTS = 5  # C7
_PERMANENT = (301, 308)
_REPEATED = (307, 308)  # a POST goes on there as it is (RFC 9110 section 15.4)
_QUIET_STATUS = (429, 503)
_DEFAULT_QUIET = timedelta(hours=1)  # C10, where the server names no time
_LONGEST_GAP_S = 60.0  # C22


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAnswer:
    """A 200 with its body, a 304 to our validators, any 2xx to a POST (ports.Answer)."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str]
    validators: Validators
    at: datetime
    moved_to: str = ""

    @property
    def links(self) -> tuple[Link, ...]:
        """What its Link headers say, absolute."""
        return links_of(self.headers, base=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What all visits of a process share."""

    rules: FetchRules
    session: requests.Session
    watch: Watch
    pace: Pace
    clock: Clock
    resolve: Resolver
    recorder: Recorder | None = None  # of raw answers


@dataclass(slots=True)
class _Chain:
    """A request and the redirects that followed from it.

    Args:
        form: what is posted; None: the request is a GET.
    """

    hops: list[str]
    seconds_left: float
    form: bytes | None = None
    permanent: bool = True
    reason: str = ""  # why all of it is asked

    @property
    def url(self) -> str:
        return self.hops[-1]


@dataclass(slots=True)
class _Permit:
    """The right to start one request now."""

    lease: HostLease
    free_at: datetime | None = None
    quiet_until: datetime | None = None


class Visit:
    """One refresh's permission to ask (ports.Visit); used by one thread.

    Args:
        lease: of the source's host, held by the caller; None: each request takes its own.
        subscribers: themes that use the source (C1).
        tried: it is only tried out, and no raw answer is kept.
    """

    def __init__(
        self,
        gate: Gate,
        source: Source,
        lease: HostLease | None,
        subscribers: int,
        *,
        tried: bool,
    ) -> None:
        self.requests: list[Request] = []
        self.last_start: datetime | None = None  # of the last request under `lease`
        self.silent_until: datetime | None = None  # the source's host asked for quiet until then
        self._gate = gate
        self._tried = tried
        own_url = _own_url(source)
        allow = source.settings.allow_private
        self._sender = Sender(
            gate.rules.settings_of(source),
            own_url,
            contact=gate.rules.contact,
            subscribers=subscribers,
        )
        self._bounds = Bounds(
            own_url,
            gate.rules.allow_private if allow is None else allow,
            gate.rules.proxy,
            watch=gate.watch,
            resolve=gate.resolve,
            seconds=gate.rules.timeout_s,
        )
        self._lease = lease
        self._free_at = lease.next_start_at if lease else None
        self._quiet: dict[str, datetime] = {}
        self._slower: dict[str, float] = {}

    # ------------------------------------------------------------------ asking

    def get(
        self,
        url: str,
        *,
        validators: Validators = Validators(),
        validators_for: str = "",
        reason: str,
        accept: str = ACCEPT_FEEDS,
    ) -> WholeAnswer:
        """GET `url` and up to 5 redirects, at the pace of each host.

        Waiting for our turn does not count towards the time limit.

        Args:
            validators: sent to `validators_for` alone (C5), wherever in the chain that URL is.
            validators_for: the URL that gave the validators; "" means `url`.

        Raises:
            FetchError: no whole answer; RefusedError, BusyError: nothing was sent.
            Stopped: the process is shutting down.
        """
        chain = _Chain([strict_address(url)], self._gate.rules.timeout_s, reason=reason)
        owner = strict_address(validators_for) if validators_for else chain.url
        while True:
            sent = validators if chain.url == owner else Validators()
            purpose = reason if len(chain.hops) == 1 else "redirect"
            reply = self._ask(chain, sent, purpose, accept)
            if not reply.location:
                return self._answer(chain, reply, sent)
            chain.permanent = chain.permanent and reply.status in _PERMANENT
            chain.hops.append(self._next_hop(chain, reply))

    def post(self, url: str, *, form: Mapping[str, str], reason: str) -> WholeAnswer:
        """POST a form, and again where a 307 or 308 leads; any 2xx is an answer (C30a).

        A form may hold a secret, so no redirect takes it from https to http. The body of an answer
        is read only from a 200.

        Raises:
            FetchError: another answer, or none; RefusedError, BusyError: nothing was sent.
            Stopped: the process is shutting down.
        """
        chain = _Chain([strict_address(url)], self._gate.rules.timeout_s, urlencode(form).encode())
        while True:
            purpose = reason if len(chain.hops) == 1 else "redirect"
            reply = self._ask(chain, Validators(), purpose, ACCEPT_ANY)
            if not reply.location:
                return self._answer(chain, reply, Validators())
            if reply.status not in _REPEATED:
                raise FetchError(status_line(reply.status or 0), status=reply.status)
            chain.permanent = chain.permanent and reply.status in _PERMANENT
            chain.hops.append(self._next_hop(chain, reply))

    def slow_down(self, url: str, gap_s: float) -> None:
        """Keep a longer gap on this URL's host from the last request on (Crawl-delay, C22)."""
        name = scope(strict_address(url))
        before_s = max(self._gate.pace.gap_s(url, name), self._slower.get(name, 0.0))
        self._slower[name] = min(max(gap_s, self._slower.get(name, 0.0)), _LONGEST_GAP_S)
        own = self._lease is not None and self._lease.scope == name
        if own and self.last_start and self._free_at:
            self._free_at += timedelta(seconds=max(self._slower[name] - before_s, 0.0))

    def free_at(self) -> datetime:
        """When the host of `lease` may be asked again, as far as our own pace goes."""
        return self._free_at or self._gate.clock.now()

    # ------------------------------------------------------------------ one hop

    def _ask(self, chain: _Chain, sent: Validators, purpose: str, accept: str) -> Reply:
        """One request and its answer, whole or leading on."""
        request = self._sender.request(chain.url, sent, accept, form=chain.form)
        allow, proxy = self._bounds.allowance(chain.url), self._bounds.proxy_for(chain.url)
        gate = self._gate
        with self._permit(chain.url) as permit, self._recorded(chain, sent, purpose) as reply:
            errand = Errand(allow=allow, seconds=chain.seconds_left, resolve=gate.resolve)
            began_at = gate.clock.now()
            with gate.watch.over(errand):
                exchange(
                    gate.session,
                    request,
                    errand,
                    reply,
                    rules=gate.rules,
                    proxy=proxy,
                    keeps=partial(self._keeps, chain.reason),
                )
            if gate.recorder is not None:
                reply.capture = capture(gate.recorder, request, reply, at=began_at)
            self._judge(reply, sent, permit, posted=chain.form is not None)
        return reply

    def _keeps(self, reason: str, content_type: str) -> bool:
        """Whether an answer is kept as it came; what is only tried out is not."""
        recorder = self._gate.recorder
        return recorder is not None and not self._tried and recorder.wants(reason, content_type)

    @contextlib.contextmanager
    def _recorded(self, chain: _Chain, sent: Validators, purpose: str) -> Iterator[Reply]:
        """Note the request made within, whether it succeeds or not (C33), and the time it took."""
        reply, at, began = Reply(), self._gate.clock.now(), time.monotonic()
        error = ""
        went_out = True
        try:
            yield reply
        except SyndicatorError as caught:
            error, went_out = str(caught), not isinstance(caught, RefusedError)
            raise
        finally:
            elapsed_s = time.monotonic() - began
            chain.seconds_left = max(chain.seconds_left - elapsed_s, 0.0)
            if went_out:
                self.requests.append(
                    Request(
                        url=chain.url,
                        at=at,
                        reason=purpose,
                        sent=sent,
                        status=reply.status,
                        received=reply.received,
                        wire_bytes=reply.wire_bytes,
                        elapsed_s=elapsed_s,
                        error=error,
                        capture=reply.capture,
                    )
                )

    def _judge(self, reply: Reply, sent: Validators, permit: _Permit, *, posted: bool) -> None:
        """Raise unless the answer is whole, or leads on (R6)."""
        status = reply.status or 0
        if status == 200 or reply.location or (status == 304 and sent):
            return
        if posted and 200 <= status < 300:
            return
        not_before = None
        if status in _QUIET_STATUS:
            now = self._gate.clock.now()
            not_before = wished_wait(reply.headers, now=now)
            permit.quiet_until = not_before or now + _DEFAULT_QUIET
            if permit.lease is self._lease:
                self.silent_until = not_before
        unasked = " without having been asked" if status == 304 else ""
        raise FetchError(status_line(status) + unasked, status=status, not_before=not_before)

    def _answer(self, chain: _Chain, reply: Reply, sent: Validators) -> WholeAnswer:
        received = reply.received
        if reply.status == 304:  # sets those it carries (C4)
            received = Validators(
                etag=received.etag or sent.etag,
                last_modified=received.last_modified or sent.last_modified,
            )
        return WholeAnswer(
            url=chain.url,
            status=reply.status or 0,
            body=reply.body,
            headers=reply.headers,
            validators=received,
            at=self._gate.clock.now(),
            moved_to=chain.url if chain.permanent and len(chain.hops) > 1 else "",
        )

    def _next_hop(self, chain: _Chain, reply: Reply) -> str:
        if len(chain.hops) > _MAX_REDIRECTS:
            raise FetchError(f"more than {_MAX_REDIRECTS} redirects", status=reply.status)
        target = strict_address(_as_text(reply.location), base=chain.url)
        if target in chain.hops:
            raise FetchError("redirects in a circle", status=reply.status)
        secret = self._sender.has_secrets or chain.form is not None
        if secret and chain.url[:6] == "https:" and target[:6] != "https:":
            raise RefusedError("a redirect from https to http, and the request holds credentials")
        return target

    # ------------------------------------------------------------------ when

    @contextlib.contextmanager
    def _permit(self, url: str) -> Iterator[_Permit]:
        """Hold the host of `url` and start no sooner than it is free (C17)."""
        name = scope(url)
        if (quiet := self._quiet.get(name)) and quiet > self._gate.clock.now():
            raise BusyError(f"{name} asked to be left alone", not_before=quiet)
        own = self._lease is not None and self._lease.scope == name
        permit = _Permit(self._lease if own and self._lease else self._gate.pace.take(name))
        gap_s = max(self._gate.pace.gap_s(url, name), self._slower.get(name, 0.0))
        try:
            free_at = self._free_at if own else permit.lease.next_start_at
            permit.free_at = free_at
            if free_at:
                self._gate.pace.wait_until(free_at, scope=name, gap_s=gap_s)
            self._gate.pace.wait_for_start()
            if own:
                self.last_start = self._gate.clock.now()
            try:
                yield permit
            finally:
                self._end_permit(permit, name, gap_s, own=own)
        finally:
            if not own:
                self._gate.pace.give_back(
                    permit.lease, free_at=permit.free_at or self._gate.clock.now()
                )

    def _end_permit(self, permit: _Permit, name: str, gap_s: float, *, own: bool) -> None:
        # From the end and not from the start, when the other side has surely seen it: what counts
        # is the gap that a server finds in its log.
        permit.free_at = self._gate.clock.now() + timedelta(seconds=gap_s)
        if permit.quiet_until:
            self._quiet[name] = permit.quiet_until
        if own:
            self._free_at = permit.free_at
        elif permit.quiet_until:
            permit.free_at = max(permit.free_at, permit.quiet_until)


def strict_address(url: str, *, base: str = "") -> str:
    """The one form of an address that is asked. Raises RefusedError."""
    try:
        return strict(urljoin(base, url) if base else url)
    except ValueError as error:
        what = "a redirect to a bad address" if base else "a bad address"
        raise RefusedError(f"{what}: {error}") from error


def _own_url(source: Source) -> str:
    try:
        return strict(source.settings.url)
    except ValueError:
        return ""  # a file, say; whatever is asked nevertheless is judged by itself


def _as_text(header: str) -> str:
    """A Location as meant: http.client reads headers as Latin-1, servers write UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
