"""The one gate out: every request that leaves this process, its guard, budgets and manners.

A package and not a module because each idea in it is worth reading alone. Nothing outside needs
more than the names below, and no other module of ours may open a socket to the outside (R1).

    visit       one refresh's talk: redirects by hand, the record of it all (C5, C7, C8, C33, R4)
    caller      a call to one who follows our feeds: one request, led nowhere else (P30, P31)
    sending     what a request says of us, and a source's secrets (C1, C3, C6, C20)
    bounds      which private addresses a source opens, and the proxy (R2)
    pace        when a request may start (C17)
    exchange    one request and its whole answer (R5, R6)
    errand      the limits of that request: time, bytes, addresses (R2, R5)
    transport   requests and urllib3 bent to those limits (R8)
    capturing   what went over the wire, for the archive
    coding      bounded decoding (R5)
    wording     what a head says to us (C10, C30a, R9), and failures told in a line
    rules       what the operator lays down

Imports: `text`, `addresses`, `ports`, `model`, `turn`, `errors`. To add another kind of request,
add a method to Visit beside `get` and `post`; what it sends must pass the same exchange.

Turned down: an asynchronous client (requests is what the house uses, and threads wait as well);
urllib3's retries (the schedule decides, and a retry here would break the gap); a caching layer (it
hides the 304 that the schedule must see).
"""

from __future__ import annotations

from syndicator.addresses import Allow
from syndicator.model import HostLease, Source
from syndicator.net.caller import Caller
from syndicator.net.errand import Resolver, Watch, ask_the_system
from syndicator.net.pace import Pace
from syndicator.net.rules import FetchRules, HostRule
from syndicator.net.transport import open_session
from syndicator.net.visit import Gate, Visit, WholeAnswer
from syndicator.ports import Clock, HostLeases, Recorder

__all__ = ["Caller", "FetchRules", "HostRule", "Net", "Visit", "WholeAnswer"]


class Net:
    """All outbound requests of a process; safe for many threads, each with a visit of its own.

    Args:
        hosts: where leases of hosts are taken, across processes.
        owner: who holds those leases.
        resolve: name and port to addresses; the system's own unless a test knows better.
        recorder: keeps raw answers; None: nothing is kept.

    Raises:
        ConfigError: `rules.ca_file` cannot be read.
    """

    def __init__(
        self,
        rules: FetchRules,
        hosts: HostLeases,
        clock: Clock,
        owner: str,
        *,
        resolve: Resolver = ask_the_system,
        recorder: Recorder | None = None,
    ) -> None:
        self._watch = Watch()
        self._gate = Gate(
            rules=rules,
            session=open_session(rules.ca_file),
            watch=self._watch,
            pace=Pace(rules, hosts, clock, self._watch, owner),
            clock=clock,
            resolve=resolve,
            recorder=recorder,
        )

    def visit(
        self,
        source: Source,
        lease: HostLease | None,
        *,
        subscribers: int = 0,
        tried: bool | None = None,
    ) -> Visit:
        """Permission to ask on behalf of `source`, whose host's `lease` the caller holds.

        Args:
            lease: None where there was no claim (trying a URL out): each request takes its own.
            subscribers: how many themes use the source.
            tried: no raw answer is kept; by default where there was no claim.
        """
        tried = lease is None if tried is None else tried
        return Visit(self._gate, source, lease, subscribers, tried=tried)

    def caller(self, *, allow_private: Allow) -> Caller:
        """Calls to those who follow our feeds, or whom the operator names.

        Args:
            allow_private: which of their addresses may be private.
        """
        return Caller(self._gate, allow_private)

    def stop(self) -> None:
        """Wake sleepers and shut open sockets; what is running raises Stopped. For good."""
        self._watch.stop()

    def close(self) -> None:
        """Stop, and let go of kept connections."""
        self.stop()
        self._gate.session.close()
