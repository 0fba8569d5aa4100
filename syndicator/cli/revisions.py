"""syndicator article history, diff, cite: what an article said, when, and how to say so."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from syndicator.cli.options import as_json, with_parts
from syndicator.cli.say import emit, emit_json, say, shown, stamp, table, when

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.jobs import Revision
    from syndicator.stages.diff import FieldChange, Piece

_AROUND = 12  # unchanged words shown beside a change


@click.command()
@click.argument("ref", metavar="ARTICLE")
@as_json
@with_parts(write=False)
def history(parts: Parts, ref: str, *, as_json: bool) -> None:
    """List the revisions of ARTICLE, oldest first, and what each changed."""
    from syndicator import jobs
    from syndicator.stages.diff import brief

    _, revisions = jobs.revisions(parts, ref)
    if as_json:
        for one in revisions:
            changed = [change.field for change in one.changes]
            emit_json(_revision_json(one) | {"title": one.content.title, "changed": changed})
        return
    table(
        ["revision", "first seen", "changed"],
        [(one.no, when(one.at), brief(one.changes) or "-") for one in revisions],
    )


def _revision_json(one: Revision) -> dict[str, Any]:
    return {"revision": one.no, "at": stamp(one.at)}


@click.command()
@click.argument("ref", metavar="ARTICLE")
@click.argument("numbers", metavar="[A [B]]", type=click.IntRange(min=1), nargs=-1)
@as_json
@with_parts(write=False)
def diff(parts: Parts, ref: str, numbers: tuple[int, ...], *, as_json: bool) -> None:
    """Show word by word what changed in ARTICLE from revision A to revision B.

    B is what it says now unless it is given, and without A the last two are compared. Words that
    are gone stand as [-gone-], words that came as {+came+}; on a terminal in colour.
    """
    from syndicator import jobs

    if len(numbers) > 2:
        raise click.UsageError("two revisions are compared at most")
    article, old, new = jobs.between(parts, ref, numbers)
    if as_json:
        emit_json(
            {
                "id": article.id,
                "from": _revision_json(old),
                "to": _revision_json(new),
                "changes": [_change_json(change) for change in new.changes],
            }
        )
        return
    say(f"{article.id[:8]}: from {old.no} ({when(old.at)}) to {new.no} ({when(new.at)})")
    for change in new.changes:
        emit(f"{change.field}:")
        _show(change)
    if not new.changes:
        say("nothing that a reader would notice")


def _change_json(change: FieldChange) -> dict[str, Any]:
    pieces = [{"op": piece.op.value, "text": piece.text} for piece in change.pieces]
    return {"field": change.field, "pieces": pieces}


def _show(change: FieldChange) -> None:
    from syndicator.stages.diff import shortened

    paint = _coloured if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else _marked
    text = "".join(map(paint, shortened(change.pieces, around=_AROUND)))
    for line in text.splitlines():
        click.echo(f"  {line}", color=True)


def _marked(piece: Piece) -> str:
    text = _safe(piece)
    return {"gone": f"[-{text}-]", "came": f"{{+{text}+}}"}.get(piece.op.value, text)


def _coloured(piece: Piece) -> str:
    text = _safe(piece)
    if piece.op.value == "same":
        return text
    gone = piece.op.value == "gone"
    return click.style(text, fg="red" if gone else "green", strikethrough=gone, bold=not gone)


def _safe(piece: Piece) -> str:
    """Nothing in it that a terminal would obey (R40); lines stay lines."""
    return "\n".join(shown(line) for line in piece.text.split("\n"))


@click.command()
@click.argument("ref", metavar="ARTICLE")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "bibtex", "ris", "csl"]),
    default="text",
    show_default=True,
    help="BibTeX, RIS, CSL-JSON, or a sentence.",
)
@click.option(
    "--revision", type=click.IntRange(min=1), help="An earlier revision than the one of now."
)
@with_parts(write=False)
def cite(parts: Parts, ref: str, *, format_: str, revision: int | None) -> None:
    """Print how to cite ARTICLE as it is kept: the original, and our copy of this revision.

    The day of access is the day on which the revision was first seen.
    """
    from syndicator import jobs
    from syndicator.publishers.citations import FORMATS

    text = FORMATS[format_](jobs.cite(parts, ref, revision))
    for line in text.splitlines(keepends=True):
        ending = line[len(line.rstrip("\r\n")) :]  # RIS has its own
        click.echo(shown(line.rstrip("\r\n")) + ending, nl=False)


VERBS = (history, diff, cite)
