"""Pictures of articles, of which a copy is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from syndicator.model.source import Validators


class Pictured(StrEnum):
    """Which pictures of an article are kept ([store] capture_images)."""

    NONE = "none"
    LEAD = "lead"
    ALL = "all"


class Raster(StrEnum):
    """What a picture may be, by the ending of its file: pixels, and nothing that could act."""

    PNG = "png"
    JPEG = "jpg"
    GIF = "gif"
    WEBP = "webp"
    AVIF = "avif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A copy of a picture.

    Args:
        url: as the article names it.
        answered_by: where that led, after redirects.
        sha256: of its bytes, by which it is kept and published.
        size: in bytes.
        validators: as received with it, from `answered_by`.
    """

    url: str
    answered_by: str
    sha256: str
    raster: Raster
    size: int
    at: datetime
    validators: Validators = field(default_factory=Validators)

    @property
    def path(self) -> str:
        """Where it lies below feeds/."""
        return f"media/{self.sha256}.{self.raster}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPicture:
    """A picture that an article shows and of which there is no copy.

    Args:
        article: its number.
        next_try_at: None: it is not asked for again.
    """

    article: int
    source_id: str
    url: str
    tries: int = 0
    next_try_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureNews:
    """A picture of an article came, or was purged, and no page has followed yet.

    Args:
        path: of the picture, below feeds/.
    """

    n: int
    article: int
    path: str
