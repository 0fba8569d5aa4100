"""syndicator article search: what is kept, found by its words."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from syndicator.cli.options import Moment, as_json, with_parts
from syndicator.cli.progress import progress_shown
from syndicator.cli.say import emit_json, emit_styled, say, table, when
from syndicator.cli.shapes import hit_json, snippet_text
from syndicator.errors import UsageError

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Hit


@click.command()
@click.argument("query", required=False)
@click.option("--theme", help="Of this theme.")
@click.option("--source", help="Of this source.")
@click.option("--since", type=Moment(), help="Published at or after this day or time.")
@click.option("--until", type=Moment(end=True), help="Published up to this day or time.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, help="At most so many.")
@click.option("--rank", is_flag=True, help="The best of the newest 10,000, not the newest.")
@click.option("--reindex", is_flag=True, help="Make the index anew first; QUERY may be left out.")
@as_json
@with_parts(write=False)
def search(
    parts: Parts,
    query: str | None,
    *,
    theme: str | None,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    rank: bool,
    reindex: bool,
    as_json: bool,
) -> None:
    """Find articles by their words, newest first.

    QUERY is written like the rule of a theme: mali (peace* OR "cease fire"~3) NOT category:sport.
    What is withdrawn is not found.
    """
    from syndicator import jobs

    if query is None and not reindex:
        raise UsageError("say what to search for")
    if theme is not None:
        theme = parts.store.theme(theme).slug
    if source is not None:
        source = parts.store.source(source).id
    _bring_up(parts, anew=reindex)
    if query is None:
        return
    found = jobs.search(
        parts,
        query,
        theme=theme,
        source=source,
        since=since,
        until=until,
        limit=limit,
        rank=rank,
    )
    _show(found, as_json=as_json)
    if not found:
        say("nothing was found")


def _bring_up(parts: Parts, *, anew: bool) -> None:
    """What no daemon has taken up yet."""
    from syndicator import jobs

    if anew:
        with progress_shown() as told:
            total = jobs.index_anew(
                parts, progress=lambda left, all_: told("indexing", all_ - left, all_)
            )
        say(f"{total} articles are in the index")
    elif left := jobs.index(parts, within_s=jobs.BESIDES_S):
        say(f"{left} articles cannot be found yet: the index is still being made")


def _show(found: Iterable[Hit], *, as_json: bool) -> None:
    if as_json:
        for hit in found:
            emit_json(hit_json(hit))
    elif sys.stdout.isatty():
        for hit in found:
            date, source = when(hit.article.published_at), hit.article.source_id
            emit_styled([(hit.article.content.title, True)])
            emit_styled([(f"  {hit.article.id[:8]}  {date}  {source}", False)])
            emit_styled([("  ", False), *((piece.text, piece.hit) for piece in hit.snippet)])
    else:
        table(["article", "published", "source", "title", "snippet"], map(_row, found))


def _row(hit: Hit) -> tuple[str, str, str, str, str]:
    one = hit.article
    date = when(one.published_at)
    return (one.id[:8], date, one.source_id, one.content.title, snippet_text(hit))
