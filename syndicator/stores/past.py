"""The past under rules that have changed: read oldest first, filed anew in batches.

Each batch is one transaction, together with the note of how far it went, so that whoever is killed
goes on from there. Rows it makes enter the logs as the past; what is closed stays closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from syndicator.errors import UsageError
from syndicator.model import Filed, Reason
from syndicator.stores.base import Part
from syndicator.stores.columns import among
from syndicator.stores.entering import enter
from syndicator.stores.filing import (
    PINS,
    end_memberships,
    feeds_of,
    memberships_of,
    put_memberships,
    set_past_pending,
    theme_numbers,
)
from syndicator.stores.records import put_fact
from syndicator.stores.schema import articles, themes
from syndicator.stores.themes import needed_theme

_READ = select(articles.c.number, articles.c.revision, articles.c.published_at).where(
    articles.c.number.in_(among("numbers"))
)


class Past(Part):
    """What `theme plan` and `theme apply` ask."""

    def standing(
        self, numbers: Sequence[int], slugs: Iterable[str]
    ) -> Mapping[int, Mapping[str, Reason]]:
        """Article number -> slug -> why it is in these themes now, or pinned out of them."""
        with self.database.read() as db:
            named = {number: slug for slug, number in theme_numbers(db, slugs).items()}
            held = memberships_of(db, numbers)
        return {
            article: {named[theme]: reason for theme, reason in some.items() if theme in named}
            for article, some in held.items()
        }

    def file_past(
        self,
        decided: Sequence[Filed],
        versions: Mapping[str, int],
        *,
        note: tuple[str, str],
        now: datetime,
    ) -> int:
        """Make these articles members of just the themes that were decided; how many moved.

        Pins stay. An article that was read anew meanwhile, and a theme whose rule is another by
        now, are left alone.

        Args:
            versions: slug -> version of the rule, of every theme that was looked at.
            note: name and text of what to remember, in the same transaction.
        """
        moved = 0
        with self.database.write() as db:
            wanted = _still(db, decided)
            for slug, theme in sorted(_unchanged(db, versions).items()):
                numbers = _refile(db, theme, slug, wanted, now)
                enter(db, self, numbers, feeds_of(db, theme), now=now, past=True)
                moved += len(numbers)
            put_fact(db, *note)
        return moved

    def unpin(self, slug: str, decided: Filed, *, how: str, now: datetime) -> bool:
        """Take back a decision by hand: what the rule says holds again. False when there was none.

        Args:
            how: "include" or "exclude", the decision that is taken back.
            decided: what the rule says of the article as it is.

        Raises:
            UsageError: there is no such theme, or the article was read anew meanwhile.
        """
        with self.database.write() as db:
            theme: int = needed_theme(db, slug)["number"]
            wanted = _still(db, [decided])
            if not wanted:
                raise UsageError("the article was read anew just now: try again")
            stood = memberships_of(db, [decided.number], theme=theme).get(decided.number, {})
            if theme not in stood or stood[theme].how != how:
                return False
            end_memberships(db, [(theme, decided.number)])
            reason = decided.reasons.get(slug)
            if reason is not None:
                published_at = wanted[decided.number][1]
                put_memberships(db, theme, [(decided.number, reason, published_at)], now=now)
            if (reason is not None) != (how == "include"):
                enter(db, self, [decided.number], feeds_of(db, theme), now=now)
        return True

    def past_filed(self, versions: Mapping[str, int]) -> None:
        """The past of these themes no longer waits, unless a rule has changed again."""
        with self.database.write() as db:
            for number in _unchanged(db, versions).values():
                set_past_pending(db, number, waits=False)


def _still(db: Connection, decided: Sequence[Filed]) -> dict[int, tuple[Filed, datetime]]:
    """Those that are as they were when they were looked at, with their dates."""
    looked_at = {each.number: each for each in decided}
    rows = db.execute(_READ, {"numbers": list(looked_at)})
    return {
        number: (looked_at[number], published_at)
        for number, revision, published_at in rows
        if looked_at[number].revision == revision
    }


def _unchanged(db: Connection, versions: Mapping[str, int]) -> dict[str, int]:
    """slug -> number of the themes whose rule is of this version."""
    query = select(themes.c.slug, themes.c.number, themes.c.theme).where(
        themes.c.slug.in_(list(versions)), themes.c.retired_at.is_(None)
    )
    rows = db.execute(query).all()
    return {slug: number for slug, number, it in rows if it.rule_version == versions[slug]}


def _refile(
    db: Connection,
    theme: int,
    slug: str,
    wanted: Mapping[int, tuple[Filed, datetime]],
    now: datetime,
) -> list[int]:
    """Memberships of one theme as decided; numbers of the articles that joined or left."""
    held = memberships_of(db, list(wanted), theme=theme)
    given: list[tuple[int, Reason, datetime]] = []
    moved: list[int] = []
    ended: list[tuple[int, int]] = []
    for number, (filed, published_at) in wanted.items():
        stands, reason = held.get(number, {}).get(theme), filed.reasons.get(slug)
        if stands is not None and stands.how in PINS:
            continue
        if reason is None and stands is not None:
            ended.append((theme, number))
        if reason is not None and reason != stands:
            given.append((number, reason, published_at))
        if (reason is None) != (stands is None):
            moved.append(number)
    put_memberships(db, theme, given, now=now)
    end_memberships(db, ended)
    return moved
