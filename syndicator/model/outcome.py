"""All that one refresh decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syndicator.model.article import Content
from syndicator.model.parts import Pager
from syndicator.model.source import Document, HostLease, Request, Source
from syndicator.model.theme import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """A new article or a new revision of one, with all that follows from it."""

    id: str  # article id: 32 hex digits
    key: str
    entry_id: str  # P5
    seen_hash: str
    fingerprint: str  # of what a reader would notice
    story: str  # article id of the story's first copy (its own id when it is the first)
    content: Content
    story_hash: str = ""  # stages.fingerprint.told(content).story: how later copies find it
    themes: Mapping[str, Reason] = field(default_factory=dict)  # rule and source memberships
    notes: tuple[str, ...] = ()
    text_hash: str = ""  # stages.fingerprint.told(content).retelling
    bands: tuple[int, ...] = ()  # stages.fingerprint.told(content).bands
    is_new: bool = True  # as far as the refresh knew; the store looks for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one refresh decided; saving it is the refresh's only write.

    `source` is the source as it is to stand afterwards. Saving the same outcome (`id`) twice
    changes nothing; one decided on an older `source.poll_seq` is refused.
    """

    id: str
    at: datetime
    lease: HostLease
    source: Source
    result: str  # "changed" | "unchanged" | "failed" | "postponed"
    past: bool = False  # a first refresh or history: its rows enter the logs as the past
    more: bool = False  # there is more to read now (pending article pages)
    changes: tuple[ArticleChange, ...] = ()
    known_to: int | None = None  # the newest article that their stories were looked for among
    seen: Mapping[str, str] = field(default_factory=dict)  # key -> seen_hash, content unchanged
    pagers: Mapping[str, Pager] = field(default_factory=dict)  # key -> pager that moved
    gone: tuple[str, ...] = ()  # keys the source itself deleted (C26)
    documents: tuple[Document, ...] = ()
    items: Mapping[str, str] | None = None  # mark -> key of raw items; None: as they were
    requests: tuple[Request, ...] = ()
    host_free_at: datetime | None = None  # when the host may be asked again
    host_silent_until: datetime | None = None  # 429, 503
    counts: Mapping[str, int] = field(default_factory=dict)  # cut, skipped ... (R13)
