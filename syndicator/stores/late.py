"""What was on its way while its article was taken back for good.

A page or a picture may have been asked for before a redaction, and its answer be kept after the
archive has been searched. Then the archive is searched once more: that is noted in the transaction
that would else have left the answer behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import dropwhile
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text

from syndicator.model import Request
from syndicator.stores.codec import pack
from syndicator.stores.schema import articles, redactions

_PICTURE = "picture"  # reason of a request for one; where it is led on to follows


def barred_by(db: Connection, url: str) -> int | None:
    """The number of a redaction of an article that was read there."""
    number: int | None = db.scalar(_BARRED, {"address": hash_of(url)})
    return number


def hash_of(url: str) -> str:
    """By which an address is known whose article was taken back."""
    return sha256(url.encode()).hexdigest()


def take_back_pages(db: Connection, requests: Iterable[Request]) -> None:
    """Have raw answers purged that show an article which was taken back while they came."""
    for url in sorted({one.url for one in requests if one.capture is not None}):
        number = barred_by(db, url)
        if number is not None:
            _again(db, redactions.c.number == number, addresses=[url])


def take_back_pictures(db: Connection, article: int, requests: Iterable[Request]) -> None:
    """Likewise what came of asking for a picture of an article, if that was taken back."""
    if db.scalar(_PURGED, {"of": article}) is None:
        return
    led = dropwhile(lambda one: one.reason != _PICTURE, requests)
    urls = sorted({one.url for one in led if one.capture is not None})
    if urls:
        _again(db, redactions.c.article == article, pictures=urls)


def _again(db: Connection, like: Any, **where: list[str]) -> None:
    """One more redaction, like an earlier one: that may be in hand, and end without seeing this."""
    query = select(redactions).where(like).order_by(redactions.c.number).limit(1)
    before = db.execute(query).mappings().one()
    todo = {"addresses": [], "signs": [], **where}
    again = {
        **{name: before[name] for name in ("article", "at", "reason")},
        **dict.fromkeys(("addresses", "objects", "captures"), ()),
        "todo": pack(todo),
    }
    db.execute(insert(redactions), again)


_BARRED = text("SELECT number FROM redactions, json_each(addresses) WHERE value = :address LIMIT 1")
_PURGED = select(articles.c.number).where(
    articles.c.number == bindparam("of"), articles.c.redacted_at.is_not(None)
)
