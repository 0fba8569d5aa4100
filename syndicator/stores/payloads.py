"""What puts show: built once per article, kept once for all feeds under its hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from syndicator.model import Article, EntryView, Source
from syndicator.stages.view import view
from syndicator.stores.articles import articles_numbered
from syndicator.stores.base import Part, chunks
from syndicator.stores.codec import digest, pack
from syndicator.stores.columns import among
from syndicator.stores.prepared import Query, Write
from syndicator.stores.rows import source_of
from syndicator.stores.schema import articles, payloads, sources
from syndicator.stores.sqlite import insert_missing

_AT_ONCE = 100  # articles held in memory


def put_payloads(
    db: Connection, part: Part, numbers: Iterable[int], fresh: Mapping[int, Article]
) -> dict[int, int]:
    """Keep what these articles show now; article number -> payload number.

    Args:
        fresh: articles already in hand; the others are read.
    """
    shown: dict[int, int] = {}
    for some in chunks(numbers, _AT_ONCE):
        bodies = _bodies(db, part, _in_hand(db, some, fresh))
        shas = {number: digest(body) for number, body in bodies.items()}
        kept = _keep(db, {shas[number]: body for number, body in bodies.items()})
        shown |= {number: kept[sha] for number, sha in shas.items()}
    return shown


def _in_hand(db: Connection, numbers: Sequence[int], fresh: Mapping[int, Article]) -> list[Article]:
    missing = [number for number in numbers if number not in fresh]
    read = articles_numbered(db, missing) if missing else []
    return [fresh[number] for number in numbers if number in fresh] + read


def _bodies(db: Connection, part: Part, some: Sequence[Article]) -> dict[int, str]:
    return {number: pack(shown) for number, shown in _views(db, part, some).items()}


def views(db: Connection, part: Part, numbers: Sequence[int]) -> dict[int, EntryView]:
    """What puts of these articles would show now, by article number; nothing is kept."""
    return _views(db, part, articles_numbered(db, numbers)) if numbers else {}


def _views(db: Connection, part: Part, some: Sequence[Article]) -> dict[int, EntryView]:
    origins = _sources(db, {each.source_id for each in some})
    via = _other_copies(db, some)
    return {
        each.number: _view(part, each, origins[each.source_id], via[each.number]) for each in some
    }


def _view(part: Part, article: Article, source: Source, via: tuple[str, ...]) -> EntryView:
    return view(
        article,
        source,
        republish=source.settings.republish or part.site.republish,
        base_url=part.base_url,
        via=via,
    )


def _sources(db: Connection, ids: Iterable[str]) -> dict[str, Source]:
    return {row["id"]: source_of(row) for row in _SOURCES.maps(db, {"ids": ids})}


_SOURCES = Query(select(sources).where(sources.c.id.in_(among("ids"))))


def _other_copies(db: Connection, some: Sequence[Article]) -> Mapping[int, tuple[str, ...]]:
    """Article number -> URLs of the story's other copies, first seen first (P6)."""
    told: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for story, number, url in _COPIES.rows(db, {"stories": {e.story for e in some}}):
        told[story].append((number, url))
    return {each.number: _urls_beside(each, told[each.story]) for each in some}


_COPIES = Query(
    select(articles.c.story, articles.c.number, articles.c.url)
    .where(articles.c.story.in_(among("stories")), articles.c.gone_at.is_(None))
    .order_by(articles.c.number)
)


def _urls_beside(article: Article, copies: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    urls = (url for number, url in copies if number != article.number)
    return tuple(dict.fromkeys(url for url in urls if url != article.content.url))


def _keep(db: Connection, bodies: Mapping[str, str]) -> dict[str, int]:
    """sha256 -> payload number of bodies, those that are new being written."""
    _PAYLOADS.run(db, [{"sha256": sha, "body": body} for sha, body in bodies.items()])
    return _NUMBERS.pairs(db, {"shas": bodies})


_NUMBERS = Query(
    select(payloads.c.sha256, payloads.c.number).where(payloads.c.sha256.in_(among("shas")))
)
_PAYLOADS = Write(insert_missing(payloads), ("sha256", "body"))
