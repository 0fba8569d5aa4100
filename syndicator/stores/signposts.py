"""Where themes lay before they were renamed, made private or given another token (P32, R50).

A slug that a theme once had is that theme's for good: its old addresses lead on, over any number
of renames in one step, and no other theme may take it, since feeds and citations point there. The
theme itself may, which is a rename back. A private theme and whatever it was called before lead
nowhere, so that nobody learns of it; a token that was taken back is forgotten as soon as its files
are gone.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from syndicator.errors import UsageError
from syndicator.model import FolderLeft, Signpost
from syndicator.stores.base import Part
from syndicator.stores.schema import feeds, former_folders, themes
from syndicator.stores.sqlite import upsert

_LEAVE = upsert(former_folders, "path", "theme", "at", "cleared")
_TOKEN_BYTES = 20  # 160 bits, 32 letters and digits


class Signposts(Part):
    """What publishing and serving ask of addresses that are no longer in use."""

    def signposts(self) -> Sequence[Signpost]:
        """All that stand, by path; of two that hold for an address the longer one counts."""
        with self.database.read() as db:
            former = db.execute(_FORMER).mappings().all()
            gone = db.scalars(_GONE).all()
        found = {f"themes/{key}": Signpost(path=f"themes/{key}") for key in gone}
        for row in former:
            to = "" if row["retired_at"] else f"themes/{row['slug']}"
            found[row["path"]] = Signpost(path=row["path"], to=to)
        return [found[path] for path in sorted(found)]

    def folders_left(self) -> Sequence[FolderLeft]:
        """Folders whose files are still to be taken away, by path."""
        with self.database.read() as db:
            rows = db.execute(_LEFT).mappings()
            return [
                FolderLeft(path=row["path"], theme=row["slug"], private=row["private"])
                for row in rows
            ]

    def folder_cleared(self, path: str) -> None:
        """Its files are gone, unless it is in use again."""
        this = former_folders.c.path == path  # one in use has no row
        with self.database.write() as db:
            if path.startswith("private/"):
                db.execute(delete(former_folders).where(this))
            else:
                db.execute(update(former_folders).where(this), {"cleared": True})


# Of each theme the feed of all languages says whether it is private.
_WITH_THEME = former_folders.join(themes, themes.c.number == former_folders.c.theme).join(
    feeds, (feeds.c.theme == themes.c.number) & (feeds.c.language == "")
)
_FORMER = (
    select(former_folders.c.path, themes.c.slug, themes.c.retired_at)
    .select_from(_WITH_THEME)
    .where(~feeds.c.private, former_folders.c.path.startswith("themes/"))
)
_LEFT = (
    select(former_folders.c.path, themes.c.slug, feeds.c.private)
    .select_from(_WITH_THEME)
    .where(~former_folders.c.cleared)
    .order_by(former_folders.c.path)
)
_GONE = select(feeds.c.key).where(feeds.c.retired_at.is_not(None), ~feeds.c.private)


# ------------------------------------------------------------------ rows


def new_token() -> str:
    """An address nobody guesses, of letters and digits alone (R50)."""
    return base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()


def folder_of(slug: str, *, private: bool, token: str) -> str:
    """Where a theme lies below feeds/."""
    return f"private/{token}" if private else f"themes/{slug}"


def take_folder(db: Connection, path: str, theme: int | None) -> None:
    """A theme moves in.

    Raises:
        UsageError: it belongs to another theme for good.
    """
    row = _owner(db, path)
    if row is None:
        return
    if row["theme"] != theme:
        raise UsageError(
            f"/{path}/ belongs to the theme {row['slug']}, which was called so before; take another"
            f" slug, or let {row['slug']} have its old one back"
        )
    db.execute(delete(former_folders).where(former_folders.c.path == path))


def leave_folder(
    db: Connection, path: str, theme: int, *, now: datetime, cleared: bool = False
) -> None:
    """A theme moves out; what lies there is to be taken away, unless nothing ever did.

    Raises:
        UsageError: it belongs to another theme for good.
    """
    row = _owner(db, path)
    if row is not None and row["theme"] != theme:
        raise UsageError(f"/{path}/ leads to the theme {row['slug']} already")
    if row is None or not cleared:
        db.execute(_LEAVE, [{"path": path, "theme": theme, "at": now, "cleared": cleared}])


def _owner(db: Connection, path: str) -> Any:
    query = select(former_folders, themes.c.slug).join(
        themes, themes.c.number == former_folders.c.theme
    )
    return db.execute(query.where(former_folders.c.path == path)).mappings().first()
