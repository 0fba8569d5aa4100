"""syndicator article: what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from syndicator.cli import revisions, stories
from syndicator.cli.options import Moment, as_json, with_parts
from syndicator.cli.say import emit, emit_json, emit_text, facts, say, table, when
from syndicator.cli.search import search
from syndicator.cli.shapes import (
    article_json,
    article_page_json,
    copy_json,
    picture_json,
    plain,
    wanted_picture_json,
)
from syndicator.cli.withdraw import withdraw
from syndicator.model import Article, Found, Reason
from syndicator.redaction import redacted

if TYPE_CHECKING:
    from syndicator.app import Parts


@click.group()
def article() -> None:
    """Articles: what is kept of all that sources said."""


@article.command("list")
@click.option("--theme", help="Of this theme.")
@click.option("--source", help="Of this source.")
@click.option("--since", type=Moment(), help="Published at or after this day or time.")
@click.option("--until", type=Moment(end=True), help="Published up to this day or time.")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many.")
@as_json
@with_parts(write=False)
def list_(
    parts: Parts,
    *,
    theme: str | None,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List articles, newest first."""
    if theme is not None:
        theme = parts.store.theme(theme).slug
    if source is not None:
        source = parts.store.source(source).id
    found = parts.store.articles(theme=theme, source=source, since=since, until=until, limit=limit)
    if as_json:
        for one in found:
            emit_json(article_json(one))
        return
    table(["article", "published", "source", "title"], map(_row, found))


def _row(one: Article) -> tuple[str, str, str, str]:
    return (one.id[:8], when(one.published_at), one.source_id, one.content.title)


@article.command()
@click.argument("ref", metavar="ARTICLE")
@click.option("--at", type=Moment(end=True), help="As it stood on this day or at this time.")
@as_json
@with_parts(write=False)
def show(parts: Parts, ref: str, *, at: datetime | None, as_json: bool) -> None:
    """Show one article, and why it stands under its themes.

    ARTICLE is its id, the first 6 or more characters of it, or its entry id in our feeds.
    """
    from syndicator import jobs

    found = jobs.as_it_stood(parts, ref, at) if at else parts.store.article(ref)
    reasons = parts.store.article_reasons(found.number)
    copies = parts.store.copies(found.number)
    if as_json:
        taken_back = [plain(one) for one in parts.store.withdrawals(found.number)]
        told = [copy_json(one) for one in copies if one.number != found.number]
        emit_json(
            article_page_json(found, reasons)
            | {"withdrawals": taken_back, "story": found.story, "copies": told}
            | {"pictures": _pictures_json(parts, found)}
        )
        return
    facts(_facts(found) | {"withdrawn": _withdrawn(parts, found)})
    for one in copies:
        if one.number != found.number:
            first = "first told" if one.id == found.story else "also told"
            emit(f"{first} by {one.source_id}: {one.id[:8]} {one.content.url}")
    for line in _pictures(parts, found):
        emit(line)
    for slug, reason in sorted(reasons.items()):
        emit(f"{slug}: {_words(reason)}")
    if found.content.text:
        emit("")
        emit_text(found.content.text)


def _withdrawn(parts: Parts, found: Article) -> str:
    """Who took it back, when and why; "" where nobody did, or it was given back."""
    standing = [one for one in parts.store.withdrawals(found.number) if one.undone_at is None]
    return "; ".join(
        f"{when(one.at)} by {one.by}: {one.reason}"
        + (f" (as a copy of {one.article_id[:8]})" if one.article_id != found.id else "")
        for one in standing
    )


def _pictures(parts: Parts, found: Article) -> Iterator[str]:
    """What became of each picture that was to be kept."""
    for had in parts.store.pictures_of([found.number]).get(found.number, ()):
        yield f"picture kept {when(had.at)}: {redacted(had.url)} as {had.path}"
    for wanted in parts.store.wanted_pictures(found.number):
        again = f"asked for {when(wanted.next_try_at)}" if wanted.next_try_at else "given up"
        why = "; ".join(filter(None, (wanted.error, again)))
        yield f"picture not had: {redacted(wanted.url)}: {why}"


def _pictures_json(parts: Parts, found: Article) -> list[dict[str, Any]]:
    kept = parts.store.pictures_of([found.number]).get(found.number, ())
    return [picture_json(one) for one in kept] + [
        wanted_picture_json(one) for one in parts.store.wanted_pictures(found.number)
    ]


def _facts(found: Article) -> dict[str, object]:
    content = found.content
    image = content.image
    return {
        "title": content.title,
        "by": ", ".join(person.name for person in content.authors),
        "published": f"{when(found.published_at)} ({content.date_basis})",
        "standfirst": content.standfirst,
        "photo": " - ".join(filter(None, (image.url, image.caption, image.credit)))
        if image
        else "",
        "source": found.source_id,
        "url": content.url,
        "language": content.language,
        "categories": ", ".join(one.label or one.term for one in content.categories),
        "rights": content.rights,
        "revision": f"{found.revision}, since {when(found.changed_at)}",
        "id": found.id,
        "entry id": found.entry_id,
    }


def _words(reason: Reason) -> str:
    parts = [reason.how, reason.note, ", ".join(map(_found, reason.found))]
    return "; ".join(filter(None, parts))


def _found(found: Found) -> str:
    return f"{found.field}:{found.words}"


@article.command()
@click.argument("url")
@click.option("--theme", required=True, help="File it here.")
@with_parts()
def add(parts: Parts, url: str, *, theme: str) -> None:
    """Keep the article at URL and file it under a theme; prints its id."""
    from syndicator import jobs

    kept = jobs.add_article(parts, url, theme)
    emit(kept.id)
    say(f"{kept.content.title}: kept, in {theme}")


for _verb in (*revisions.VERBS, *stories.VERBS, search, withdraw):
    article.add_command(_verb)
