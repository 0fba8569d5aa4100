"""What a feed says of an entry, as far as every parser can tell it; ours is the model's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from syndicator.model import LogRow
from syndicator.publishers.facts import address_of, authors_of, updated_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An entry; `published` is None where the format or the entry has no such date."""

    id: str
    title: str
    authors: tuple[str, ...]
    link: str
    html: str
    published: datetime | None
    updated: datetime | None


def by_the_model(row: LogRow, *, base_url: str, is_rss: bool) -> Said:
    """What the row of a log is to come back as."""
    assert row.entry is not None
    published = row.entry.published_at or (updated_of(row) if is_rss else None)
    return Said(
        id=row.entry_id,
        title=words(row.entry.title),
        authors=tuple(words(who.name) for who in authors_of(row.entry)),
        link=address_of(row.entry, base_url),
        html=row.entry.html.strip(),
        published=_whole(published),
        updated=_whole(updated_of(row)),
    )


def by_a_parser(entry: Mapping[str, Any]) -> Said:
    """The same from what a parser tells; dates are read in whatever form they come."""
    return Said(
        id=entry["id"],
        title=words(entry["title"] or ""),
        authors=tuple(words(name) for name in entry["authors"]),
        link=entry["link"],
        html=(entry["html"] or "").strip(),
        published=_whole(moment(entry["published"])),
        updated=_whole(moment(entry["updated"])),
    )


def words(text: str) -> str:
    """White space is no difference between texts."""
    return " ".join(text.split())


def moment(date: Any) -> datetime | None:
    """A date as text (RFC 3339 or 822) or already read."""
    if not date or isinstance(date, datetime):
        return date or None
    try:
        return datetime.fromisoformat(date)
    except ValueError:
        return parsedate_to_datetime(date)


def _whole(date: datetime | None) -> datetime | None:
    return date.astimezone(UTC).replace(microsecond=0) if date else None


def differences(ours: Iterable[Said], theirs: Iterable[Said]) -> list[str]:
    """Where a parser says otherwise than it is expected to."""
    mine, other = list(ours), list(theirs)
    if [one.id for one in mine] != [one.id for one in other]:
        return [f"{len(other)} entries, not these {len(mine)} in their order"]
    return [
        f"{left.id}: {name} {getattr(right, name)!r} for {getattr(left, name)!r}"
        for left, right in zip(mine, other, strict=True)
        for name in Said.__slots__
        # Where we say nothing, a parser may put the summary.
        if getattr(left, name) != getattr(right, name) and not (name == "html" and not left.html)
    ]
