"""Whose published folder it is, and in which form: a small file in feeds/ that nobody is served.

A new store knows nothing of what an earlier one published. Were it let into that folder, every feed
would be replaced by an empty one, and readers would lose what they follow; so it is refused. The
same label tells when the form of all documents has changed, by another version of this program or
another configuration, or when the folder was emptied: then all feeds count as not published yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from syndicator.errors import PublishError
from syndicator.pipeline.lists import forget_sources_list
from syndicator.pipeline.publish import Press
from syndicator.publishers.site import looks
from syndicator.publishers.tree import LABEL

FORM = 3  # raise it when the program makes documents or pages of the same data in another way

_STORE = "store id"  # a note of the store
_SIGN = "themes/all/atom.xml"  # lies in every folder that was ever published to


def form_of(press: Press) -> Mapping[str, Any]:
    """All that shapes what is published, beside the data."""
    return {
        "version": FORM,
        "base_url": press.base_url,
        "title": press.site_title,
        "language": press.language,
        "entries": press.entries,
        "max_age_s": press.max_age_s,
        "hub": press.hub,
        "looks": looks(),
    }


def is_of_another_form(press: Press) -> bool:
    """Whether the folder is empty, or was made by another version or configuration."""
    return _read(press).get("form") != form_of(press)


def settle(press: Press) -> None:
    """Take the folder for this store; what lies there in another form is to be made anew.

    Raises:
        PublishError: another store has published there; nothing was touched. Or the label cannot be
            read or written.
    """
    label, mine = _read(press), _own_id(press)
    if not label and press.tree.read(_SIGN) is not None and not _has_published(press):
        raise _refused("what a store that is no longer here published")
    if label and label.get("store") != mine:
        raise _refused("what another store published")
    wanted = {"store": mine, "form": form_of(press)}
    if label != wanted:
        # The label comes last: a crash before it is written does all of it again.
        press.store.unpublish()
        forget_sources_list(press.store)
        body = json.dumps(wanted, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        press.tree.write(LABEL, body.encode(), modified=None)


def _refused(what: str) -> PublishError:
    return PublishError(
        f"the published folder holds {what}, and this one would empty its feeds: restore that "
        "store from its backup, or name another [publish] dir, or empty the folder to start anew"
    )


def _has_published(press: Press) -> bool:
    return any(feed.published_n for feed in press.store.feeds())


def _own_id(press: Press) -> str:
    """The store's name, given when it first publishes; its copies and backups have it too."""
    known = press.store.get_meta(_STORE)
    if not known:
        known = uuid4().hex
        press.store.set_meta(_STORE, known)
    return known


def _read(press: Press) -> Mapping[str, Any]:
    body = press.tree.read(LABEL)
    if body is None:
        return {}
    try:
        label = json.loads(body)
    except ValueError as error:
        words = f"{LABEL} is damaged: delete it, if this is the folder of this store"
        raise PublishError(words) from error
    return label if isinstance(label, dict) else {}
