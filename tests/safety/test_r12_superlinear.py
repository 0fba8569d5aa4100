"""R12, end to end: what takes a parser for ever is one failed fetch, and others do not wait."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator

import pytest

from syndicator import jobs
from syndicator.model import Kind, SourceSettings
from syndicator.sandbox import Sandbox
from tests.safety.conftest import OpenRoom
from tests.safety.documents import ARTICLE, HTML_TYPE, honest, item, page, rss
from tests.site import Reply, Site

HONEST = 5
QUOTED = '">"'
FEEDS = {
    "an author of 100 kB": rss(item(1, more=f"<author>{'a' * 100_000}@</author>")),
    "2 MB of attributes": rss(
        item(1, more=f"<x {' '.join(f'a{n}=' + QUOTED for n in range(200_000))}/>")
    ),
    "20,000 namespaces": rss(
        "".join(f'<item><title xmlns:n{n}="http://n/{n}">x</title></item>' for n in range(20_000))
    ),
    "100,000 nested divs": rss(
        item(1, more=f"<description><![CDATA[{'<div>' * 100_000}]]></description>")
    ),
    "100,000 nested elements": rss("<x>" * 100_000),
    "unclosed formatting": rss(
        item(1, more=f"<description><![CDATA[{'<b><i><u><p>' * 25_000}]]></description>")
    ),
}
PAGES = {
    "100,000 nested divs": page("<div>" * 100_000 + ARTICLE),
    "unclosed formatting": page("<b><p>" * 50_000),
    "100,000 attributes": page(
        f"<div {' '.join(f'a{n}=' + QUOTED for n in range(100_000))}>{ARTICLE}"
    ),
}


@pytest.fixture(scope="module")
def hasty() -> Iterator[Sandbox]:
    """Workers that give up after a tenth of the usual time, so that tests are short."""
    pool = Sandbox(workers=2, cpu_s=0.5, preload=("syndicator.sources.inside",))
    yield pool
    pool.close()


def test_r12_honest_sources_do_not_wait_for_poisonous_ones(
    open_room: OpenRoom, hasty: Sandbox, site: Site
) -> None:
    """All poison is drunk first."""
    sources: dict[str, SourceSettings] = {}
    for number, body in enumerate([*FEEDS.values(), *PAGES.values()]):
        site.pages[f"/{number}"] = Reply(body=body)
        kind = Kind.FEED if number < len(FEEDS) else Kind.PAGE
        url = f"http://127.0.0.1:{site.port}/{number}"
        sources[f"bad-{number}"] = SourceSettings(url=url, kind=kind)
    with Site("127.0.0.2") as press:
        for number in range(HONEST):
            press.pages[f"/{number}"] = Reply(body=honest([number]))
            url = press.url(f"/{number}")
            sources[f"good-{number}"] = SourceSettings(url=url, kind=Kind.FEED)
        room = open_room(sources, sandbox=hasty)
        began = time.monotonic()
        after: dict[str, float] = {}
        done = {
            one.source_id: one
            for one in jobs.pull(
                room.parts,
                progress=lambda one: after.setdefault(one.source_id, time.monotonic() - began),
            )
        }

    assert [done[f"good-{n}"].result for n in range(HONEST)] == ["changed"] * HONEST
    assert max(after[f"good-{n}"] for n in range(HONEST)) < 20
    bad = {name: one.error for name, one in done.items() if name.startswith("bad")}
    assert "took more than" in bad["bad-0"]
    assert not [error for error in bad.values() if "a fault of ours" in error]


def test_a_page_of_30_mb_is_one_failed_fetch_or_read_as_far_as_it_goes(
    open_room: OpenRoom, hasty: Sandbox, site: Site
) -> None:
    """As it is, it is over 10 MiB; compressed it is let in, and read as far as 8,000,000 characters
    or the limits of a worker."""
    body = page(ARTICLE * 21_000)
    packed = gzip.compress(body, 1)
    site.pages["/plain"] = Reply(body=body, headers=HTML_TYPE)
    site.pages["/gzip"] = Reply(body=packed, headers={**HTML_TYPE, "Content-Encoding": "gzip"})
    names = ("plain", "gzip")
    room = open_room(
        {name: SourceSettings(url=site.url(f"/{name}"), kind=Kind.PAGE) for name in names},
        sandbox=hasty,
    )
    done = room.pull()

    assert len(body) > 30_000_000 > 3 * 2**20 > len(packed)
    assert f"is {len(body)} bytes long" in done["plain"].error
    assert done["gzip"].result in ("changed", "failed")
    assert "a fault of ours" not in done["gzip"].error
