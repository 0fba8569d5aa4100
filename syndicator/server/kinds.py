"""What a file is, by its name: media type, cache time, and what a browser may do with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from syndicator.publishers.documents import NEWEST_RESTS_S, RESTS_S
from syndicator.push.topics import MEDIA_TYPES

MEDIA = "media"  # the folder of pictures
SEALED = "default-src 'none'; sandbox"
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How files of one sort are served."""

    type: str
    policy: str = SEALED
    squeeze: bool = True  # worth compressing
    is_feed: bool = False  # what readers poll


_ATOM = Kind(type=MEDIA_TYPES["atom.xml"])
_XML = Kind(type="application/xml; charset=utf-8")

_BY_NAME = {
    **{name: Kind(type=media_type, is_feed=True) for name, media_type in MEDIA_TYPES.items()},
    "changes.atom": replace(_ATOM, is_feed=True),
    "sitemap.xml": _XML,
}
_BY_ENDING = {
    ".atom": _ATOM,
    ".xml": _XML,
    ".opml": Kind(type="text/x-opml; charset=utf-8"),
    ".html": Kind(type="text/html; charset=utf-8", policy=PAGE),
    ".css": Kind(type="text/css; charset=utf-8"),
    ".txt": Kind(type="text/plain; charset=utf-8"),
    ".svg": Kind(type="image/svg+xml"),
    ".png": Kind(type="image/png", squeeze=False),
    ".jpg": Kind(type="image/jpeg", squeeze=False),
    ".jpeg": Kind(type="image/jpeg", squeeze=False),
    ".gif": Kind(type="image/gif", squeeze=False),
    ".webp": Kind(type="image/webp", squeeze=False),
    ".avif": Kind(type="image/avif", squeeze=False),
    ".ico": Kind(type="image/x-icon", squeeze=False),
}


def kind_of(path: Path) -> Kind | None:
    """How to serve this file (P26); None for names we do not publish."""
    if _archive_number(path) is not None:
        return _ATOM
    return _BY_NAME.get(path.name) or _BY_ENDING.get(path.suffix)


def cache_control(path: Path, *, max_age_s: int, private: bool) -> str:
    """How long caches may keep this file (P25).

    An archive that has a successor rests for a day: it changes only by a withdrawal, which has to
    reach every cache within that time. The newest one still waits for its next-archive link. So
    does a picture, which is named by its bytes: it never changes, and may be withdrawn.

    Args:
        private: it lies under a secret address, so shared caches must not keep it, and others no
            longer than feeds: an address that is taken back is to be forgotten (R50).
    """
    if private:
        return f"private, max-age={max_age_s}"
    if path.parent.name == MEDIA:
        return f"public, max-age={RESTS_S}, immutable"
    number = _archive_number(path)
    if number is not None:
        closed = path.with_name(f"{number + 1}.xml").exists()
        max_age_s = RESTS_S if closed else NEWEST_RESTS_S
    return f"public, max-age={max_age_s}"


def _archive_number(path: Path) -> int | None:
    """3 for .../archive/3.xml."""
    if path.parent.name == "archive" and path.suffix == ".xml" and path.stem.isdecimal():
        return int(path.stem)
    return None
