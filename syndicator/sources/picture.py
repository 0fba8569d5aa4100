"""A picture that an article shows, fetched: by the pages' manners, and only if it is one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from syndicator.errors import ParseError
from syndicator.model import Picture, Validators
from syndicator.ports import ACCEPT_PICTURES
from syndicator.sources.reading import Desk
from syndicator.sources.robots import Robots
from syndicator.stages.raster import raster_of

REASON = "picture"  # of the request


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A picture with its bytes; None where they are those that we have."""

    picture: Picture
    body: bytes | None


def read_picture(url: str, desk: Desk, robots: Robots, known: Picture | None) -> Copy:
    """One GET, conditional where we can; what comes is judged by its bytes alone.

    Args:
        known: what the address showed before, of which there is a copy.

    Raises:
        FetchError: no whole answer, or robots.txt forbids to ask. BusyError: its host is taken.
        ParseError: it is no picture that is kept.
        Stopped: the process is shutting down.
    """
    robots.require(url)
    answer = desk.visit.get(
        url,
        validators=known.validators if known else Validators(),
        validators_for=known.answered_by if known else "",
        reason=REASON,
        accept=ACCEPT_PICTURES,
    )
    if known and answer.status == 304:
        again = replace(known, at=answer.at, validators=answer.validators)
        return Copy(picture=again, body=None)
    raster = raster_of(answer.body)
    if raster is None:
        raise ParseError("what came is no picture in PNG, JPEG, GIF, WebP or AVIF")
    picture = Picture(
        url=url,
        answered_by=answer.url,
        sha256=sha256(answer.body).hexdigest(),
        raster=raster,
        size=len(answer.body),
        at=answer.at,
        validators=answer.validators,
    )
    return Copy(picture=picture, body=answer.body)
