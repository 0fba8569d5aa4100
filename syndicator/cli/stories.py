"""syndicator article split, join: which articles tell the same, corrected by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syndicator.cli.options import with_parts
from syndicator.cli.say import say

if TYPE_CHECKING:
    from syndicator.app import Parts


@click.command()
@click.argument("ref", metavar="ARTICLE")
@with_parts()
def split(parts: Parts, ref: str) -> None:
    """Make ARTICLE a story of its own, where it was wrongly taken for a copy.

    The feeds then show it beside the others. It stays so, whatever later polls bring.
    """
    found = parts.store.article(ref)
    left = parts.store.split(found.number, now=parts.clock.now())
    say(f"{found.id[:8]}: a story of its own, apart from {', '.join(one[:8] for one in left)}")


@click.command()
@click.argument("ref", metavar="ARTICLE")
@click.argument("other", metavar="OTHER")
@with_parts()
def join(parts: Parts, ref: str, other: str) -> None:
    """Make ARTICLE and OTHER one story, which feeds show once: the copy that was seen first.

    Both are of one language and of different sources. It stays so, whatever later polls bring.
    """
    found, to = parts.store.article(ref), parts.store.article(other)
    story = parts.store.join(found.number, to.number, now=parts.clock.now())
    say(f"{found.id[:8]} and {to.id[:8]}: one story, {story[:8]}")


VERBS = (split, join)
