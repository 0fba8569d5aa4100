"""Feeds as publishers write them, dated; and the answers that carry them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.site import Reply

START = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the clock of every test begins here, a Sunday
RSS = {"Content-Type": "application/rss+xml"}
ATOM = {"Content-Type": "application/atom+xml"}


def rss(*names: str, at: datetime = START - timedelta(days=2), channel: str = "") -> bytes:
    """RSS 2.0 of items with these ids, an hour between them, the first one newest."""
    items = "".join(
        f'<item><guid isPermaLink="false">{name}</guid><title>Article {name}</title>'
        f"<link>https://courier.example/{name}</link>"
        f"<pubDate>{format_datetime(at - timedelta(hours=n), usegmt=True)}</pubDate>"
        f"<description>What is known of {name} so far.</description></item>"
        for n, name in enumerate(names)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>The Courier</title><link>https://courier.example/</link>{channel}{items}"
        "</channel></rss>"
    ).encode()


def atom(
    *names: str, links: Mapping[str, str] | None = None, inside: str = "", text: str = "Known of"
) -> bytes:
    """Atom of entries with these ids; `links` by rel."""
    head = "".join(f'<link rel="{rel}" href="{url}"/>' for rel, url in (links or {}).items())
    entries = "".join(
        f"<entry><id>urn:courier:{name}</id><title>Article {name}</title>"
        f'<link href="https://courier.example/{name}"/>'
        f"<updated>2026-02-20T10:00:00Z</updated><summary>{text} {name}.</summary></entry>"
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:fh="http://purl.org/syndication/history/1.0" '
        'xmlns:at="http://purl.org/atompub/tombstones/1.0">'
        "<id>urn:courier</id><title>The Courier</title><updated>2026-02-20T10:00:00Z</updated>"
        f"<author><name>Courier</name></author>{head}{inside}{entries}</feed>"
    ).encode()


def reply(body: bytes, tag: str = "", *, changed: str = "", **headers: str) -> Reply:
    """A 200 whose validators, where it has any, are honoured; `Cache_Control` for dashes."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = ATOM if b"<feed " in body[:200] else RSS
    validators = {"ETag": tag, "Last-Modified": changed}
    return Reply(
        body=body,
        headers={**kind, **{n: v for n, v in validators.items() if v}, **given},
        conditional=bool(tag or changed),
    )


def names(count: int, start: int = 0) -> Iterable[str]:
    """Ids a0, a1 ..., the highest first."""
    return [f"a{n}" for n in range(start + count - 1, start - 1, -1)]
