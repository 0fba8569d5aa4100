"""A feed's corrections, published beside it when its log tells of a new one."""

from __future__ import annotations

from syndicator.pipeline.publish import Press, Published, told
from syndicator.publishers import atom
from syndicator.publishers.corrections import MOST, corrections


def publish_corrections(one: Published, press: Press) -> None:
    """Bring the corrections of a feed up to where its document stands.

    Raises:
        PublishError: they cannot be made or written; what was there stays.
    """
    store, first = press.store, not one.after_n
    if not first and not store.corrects(one.key, after_n=one.after_n, upto_n=one.upto_n):
        return
    found, changed_at = store.corrections(one.key, limit=MOST)
    updated = changed_at or one.document.updated
    document = corrections(one.document, found, updated=updated)
    body = told(document.path, atom.render(document, base_url=press.base_url))
    # What left the feed leaves this list without a newer date: the file's own tells of it.
    press.tree.write(document.path, body, modified=None)
