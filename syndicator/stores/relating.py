"""Which new articles are related to any that is kept: it may tell the same story, or has the same
entry id.

Asked for all of them at once, and by index each, however much is kept. As a rule none is, and then
nothing more has to be asked about them.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, column, text

from syndicator.model import Telling
from syndicator.stores.bands import sharing_bands
from syndicator.stores.base import Part, chunks
from syndicator.stores.prepared import Query

_RELATED = Query(
    text("""
    SELECT asked.value ->> 0 AS place FROM json_each(:asked) asked
    WHERE EXISTS (SELECT 1 FROM articles a WHERE a.number > :since
      AND a.story_hash = asked.value ->> 1 AND a.story_hash != '')
    OR EXISTS (SELECT 1 FROM articles a WHERE a.number > :since
      AND a.canonical_url = asked.value ->> 2 AND a.canonical_url != '')
    OR EXISTS (SELECT 1 FROM articles a WHERE a.number > :since
      AND a.entry_id = asked.value ->> 3)""").columns(column("place"))
)


class Relating(Part):
    """The first question about what is new."""

    def related(
        self, tellings: Mapping[str, Telling], entry_ids: Mapping[str, str]
    ) -> frozenset[str]:
        """See ports.ArticleReader."""
        found: set[str] = set()
        with self.database.read() as db:
            for some in chunks(tellings.items()):
                found |= related(db, dict(some), entry_ids)
        return frozenset(found)


def related(
    db: Connection,
    tellings: Mapping[str, Telling],
    entry_ids: Mapping[str, str],
    *,
    since: int = 0,
) -> frozenset[str]:
    """Keys of the new articles that are related to one that is kept.

    Args:
        tellings: key -> how each is known.
        entry_ids: key -> the entry id it would have, of those that bring one.
        since: number of the article after which that one has to be kept.
    """
    keys = list(tellings)
    asked = [
        [n, each.story_hash, each.canonical_url, entry_ids.get(key)]
        for n, (key, each) in enumerate(tellings.items())
    ]
    values = {"asked": orjson.dumps(asked).decode(), "since": since}
    found = {keys[row.place] for row in _RELATED.rows(db, values)}
    sharing = set(sharing_bands(db, tellings.values(), since=since))
    return frozenset(found.union(key for key, each in tellings.items() if each in sharing))
