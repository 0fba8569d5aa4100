"""A request and its answer as they went over the wire, for the archive."""

from __future__ import annotations

from datetime import datetime

import requests

from syndicator.model import Capture, Exchange
from syndicator.net.exchange import Reply
from syndicator.ports import Recorder

# What we say of ourselves; whatever else a request holds was given to one source, and is a secret.
_TOLD = frozenset(
    {"user-agent", "from", "accept", "accept-encoding", "if-none-match", "if-modified-since"}
)


def capture(
    recorder: Recorder, request: requests.PreparedRequest, reply: Reply, *, at: datetime
) -> Capture | None:
    """Keep an answer that was read whole; None when it was not to be kept, or cannot be."""
    if reply.wire is None:
        return None
    return recorder.keep(
        Exchange(
            url=request.url or "",
            at=at,
            method=request.method or "",
            sent=tuple((n, str(v)) for n, v in request.headers.items() if n.lower() in _TOLD),
            version=reply.version,
            status=reply.status or 0,
            reason=reply.reason,
            received=reply.raw_headers,
            body=reply.wire,
        )
    )
