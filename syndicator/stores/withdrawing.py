"""Taking articles back by hand, and giving them back (design 9.9).

What is taken back is a story: its copies from other sources tell the same text. None of them enters
a feed while one of them is withdrawn, whatever their sources, the rules of themes or pins say; and
every feed that ever held one says that it is gone, those that are retired or private as well, since
their documents may be read again some day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from syndicator.errors import UsageError
from syndicator.model import Withdrawal
from syndicator.stores.base import Part
from syndicator.stores.entering import enter, kept_articles
from syndicator.stores.feeds import feeds_that_held, live_feeds
from syndicator.stores.filing import themes_of
from syndicator.stores.schema import articles, withdrawals


class Withdrawing(Part):
    """The verb `article withdraw`."""

    def withdraw(self, number: int, *, reason: str, by: str, now: datetime) -> int:
        """Take an article back with all copies of its story; how many there are.

        0: it was withdrawn already, and nothing changed.

        Raises:
            UsageError: there is no such article.
        """
        with self.database.write() as db:
            story = _story(db, number)
            if _standing(db, story):
                return 0
            this = articles.c.number == number
            db.execute(update(articles).where(this), {"withdrawn_at": now})
            kept = {"article": number, "at": now, "by": by, "reason": reason}
            db.execute(insert(withdrawals), kept)
            copies = _copies(db, story)
            ids = [copy.entry_id for copy in kept_articles(db, copies)]
            enter(db, self, copies, feeds_that_held(db, ids), now=now)
            return len(copies)

    def give_back(self, number: int, *, by: str, now: datetime) -> bool:
        """Undo it; the article is put into its feeds anew. False when it was not withdrawn."""
        with self.database.write() as db:
            story = _story(db, number)
            standing = _standing(db, story)
            if not standing:
                return False
            purged = (articles.c.story == story) & articles.c.redacted_at.is_not(None)
            if db.scalar(select(articles.c.number).where(purged).limit(1)) is not None:
                raise UsageError("its text was purged for good: there is nothing to give back")
            taken_back = (articles.c.story == story) & articles.c.withdrawn_at.is_not(None)
            db.execute(update(articles).where(taken_back), {"withdrawn_at": None})
            these = withdrawals.c.number.in_([row["number"] for row in standing])
            db.execute(update(withdrawals).where(these), {"undone_at": now, "undone_by": by})
            copies = _copies(db, story)
            into = live_feeds(db, themes_of(db, copies), with_all=True)
            enter(db, self, copies, into, now=now)
            return True

    def withdrawals(self, number: int) -> Sequence[Withdrawal]:
        """When and why an article, or another copy of its story, was taken back; oldest first."""
        with self.database.read() as db:
            rows = db.execute(_OF_STORY, {"story": _story(db, number)}).mappings()
            return [_withdrawal(row) for row in rows]


_OF_STORY = (
    select(withdrawals, articles.c.id)
    .join(articles, articles.c.number == withdrawals.c.article)
    .where(articles.c.story == bindparam("story"))
    .order_by(withdrawals.c.number)
)


def _story(db: Connection, number: int) -> str:
    story: str | None = db.scalar(select(articles.c.story).where(articles.c.number == number))
    if story is None:
        raise UsageError(f"there is no article number {number}")
    return story


def _standing(db: Connection, story: str) -> Sequence[RowMapping]:
    """The withdrawals of a story that have not been undone."""
    rows = db.execute(_OF_STORY, {"story": story}).mappings()
    return [row for row in rows if row["undone_at"] is None]


def _copies(db: Connection, story: str) -> list[int]:
    query = select(articles.c.number).where(articles.c.story == story)
    return list(db.scalars(query.order_by(articles.c.number)))


def _withdrawal(row: RowMapping) -> Withdrawal:
    return Withdrawal(
        article_id=row["id"],
        at=row["at"],
        by=row["by"],
        reason=row["reason"],
        undone_at=row["undone_at"],
        undone_by=row["undone_by"],
    )
