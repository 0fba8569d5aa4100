"""Changes between revisions as HTML that is safe in a page or a feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from markupsafe import Markup, escape

from syndicator.model import Content, EntryView
from syndicator.stages.diff import FieldChange, Op, Piece, diff, shortened

_AROUND = 12  # words shown beside a change
_TAGS = {Op.GONE: "del", Op.CAME: "ins"}
_LINE_END = Markup("<br>")


def changes_html(
    changes: Iterable[FieldChange], label: Callable[[str], str] = str.capitalize
) -> Markup:
    """Each changed field with what is gone and what came; long unchanged stretches are cut.

    Args:
        label: the name of a field as readers see it.
    """
    return Markup("").join(_field(change, label(change.field)) for change in changes)


def told_changes(said: Mapping[int, Content], entry: EntryView) -> dict[int, list[FieldChange]]:
    """Revision -> what it changed, of what the entry shows: where a source allows no more than a
    summary or a link, the words of its text are not told either."""
    hidden = set() if entry.html else {"text"}
    hidden |= set() if entry.standfirst else {"standfirst"}
    found = {}
    for (_, old), (no, new) in pairwise(sorted(said.items())):
        changes = diff(old, new)
        found[no] = [
            FieldChange(field=one.field, pieces=()) if one.field in hidden else one
            for one in changes
        ]
    return found


def _field(change: FieldChange, label: str) -> Markup:
    words = Markup("").join(_piece(one) for one in shortened(change.pieces, around=_AROUND))
    return Markup("<p><b>{}</b> {}</p>").format(label, words)


def _piece(piece: Piece) -> Markup:
    text = _LINE_END.join(escape(line) for line in piece.text.split("\n"))
    tag = _TAGS.get(piece.op)
    return Markup(f"<{tag}>{{}}</{tag}>").format(text) if tag else text  # noqa: S704 - our tags
