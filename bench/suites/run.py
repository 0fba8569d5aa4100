"""Serve the documents, pull them into a store, compare, pull again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.corpus import Origin, counted
from bench.suites import expressions, libraries, reading
from bench.suites.claims import FEED, Claim
from bench.suites.documents import Document, documents
from bench.suites.purposes import REPEATED, Case, purpose
from bench.suites.stored import kept
from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.errors import ParseError
from syndicator.model import Article, Source
from syndicator.stages.identify import identify
from syndicator.stages.parse import parse_feed

HOSTS = 6
BATCH = 400
_CONFIG = """\
[site]
title = "Suites"
contact = "http://127.0.0.1/"
[fetch]
allow_private = ["127.0.0.1/32"]
starts_per_s = 1000
{hosts}
{sources}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A claim after the pull; `reason` is why it may differ, "" when it may not."""

    claim: Claim
    equal: bool
    ours: tuple[Any, ...] = ()
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    """One document after everything."""

    document: Document
    expected: int  # articles, counted from what feedparser finds
    stored: int = 0
    result: str = ""
    error: str = ""
    again: str = ""  # what the second poll brought that it should not
    values: list[Compared] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # expectations of what we keep no field for
    bodies: list[str] = field(default_factory=list)  # HTML as stored


@dataclass(slots=True, kw_only=True)
class Run:
    """What came of all documents."""

    rows: list[Row]
    seconds: float = 0.0


def run(corpus: Path, *, batch: int = BATCH) -> Run:
    """Everything, in temporary folders."""
    began = time.monotonic()
    every = list(documents(corpus, hosts=HOSTS))
    rows: list[Row] = []
    for first in range(0, len(every), batch):
        with tempfile.TemporaryDirectory(prefix="syndicator-suites-") as folder:
            rows += _batch(every[first : first + batch], Path(folder))
    return Run(rows=rows, seconds=time.monotonic() - began)


def _batch(some: Sequence[Document], folder: Path) -> list[Row]:
    with Origin(some) as origin:
        path = folder / "config.toml"
        path.write_text(_config(origin, some), "utf-8")
        with open_parts(path, environ={}) as parts:
            pulled = {one.source_id: one for one in jobs.pull(parts)}
            rows = [_row(parts, document, pulled[document.id]) for document in some]
            origin.ending = b"\n"  # another body with the same content
            for one in jobs.pull(parts, force=True):
                row = next(row for row in rows if row.document.id == one.source_id)
                failed = row.result == "failed"
                if one.new or one.changed or failed != (one.result == "failed"):
                    row.again = f"{one.result}, {one.new} new, {one.changed} changed {one.error}"
    return rows


def _config(origin: Origin, some: Iterable[Document]) -> str:
    hosts = "".join(f'\n[fetch.hosts."{host}"]\ngap = 0\n' for host in origin.hosts)
    sources = "".join(
        f'\n[sources.{one.id}]\nurl = "{origin.url(one)}"\nkind = "feed"\n' for one in some
    )
    return _CONFIG.format(hosts=hosts, sources=sources)


# ------------------------------------------------------------------ one document


def _row(parts: Parts, document: Document, pulled: jobs.Pulled) -> Row:
    result = reading.parsed(document)
    row = Row(
        document=document,
        expected=counted(result.entries, document.body if document.is_json else b"").articles,
        result=pulled.result,
        error=pulled.error,
    )
    source = parts.store.source(document.id)
    articles = {one.key: one for one in parts.store.articles(source=document.id)}
    row.stored = len(articles)
    row.bodies = [one.content.html for one in articles.values()]
    claims, row.others = _claims(document, result)
    if row.result != "failed":
        places = _places(document, source, articles)
        row.values = [_compared(one, document, source, places) for one in claims]
    return row


def _claims(document: Document, result: Any) -> tuple[list[Claim], list[str]]:
    """What the suite expects, and what feedparser reads.

    Of sanitising, nothing: there, that nothing can run is what is asked.
    """
    if "/sanitize/" in document.file:
        return [], []
    read = list(reading.read(result))
    if document.expression:
        stated, others = expressions.claims(document.expression)
        return [*stated, *read], others
    return [*libraries.expected(document), *read], []


def _places(
    document: Document, source: Source, articles: dict[str, Article]
) -> list[Article | None]:
    """The article of each entry of the document, in its order; None where it repeats another."""
    headers = {key.lower(): value for key, value in document.headers.items()}
    try:
        entries = parse_feed(document.body, headers=headers, url=source.url).entries
    except ParseError:
        return []
    keys = {id(entry): key for key, entry in identify(entries, base=source.url)}
    return [articles[keys[id(entry)]] if id(entry) in keys else None for entry in entries]


def _compared(
    claim: Claim,
    document: Document,
    source: Source,
    places: Sequence[Article | None],
) -> Compared:
    holder: Article | Source | None = source
    if claim.at != FEED:
        holder = places[claim.at] if claim.at < len(places) else None
    if holder is None:
        lost = claim.at >= len(places)
        return Compared(claim=claim, equal=False, reason="" if lost else REPEATED)
    same, ours = kept(claim.field, holder)
    if any(same(claim.value, one) for one in ours):
        return Compared(claim=claim, equal=True)
    case = Case(claim, tuple(ours), same, holder, source, document)
    return Compared(claim=claim, equal=False, ours=case.ours, reason=purpose(case))
