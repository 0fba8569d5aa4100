"""A citation as a sentence, to be read or pasted."""

from __future__ import annotations

from datetime import date

from syndicator.publishers.citations.citation import Citation, Day

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def plain(cited: Citation) -> str:
    """Who, what, where, when; then the original and the copy that is meant."""
    published = _day(cited.published) if cited.published else "n.d."
    seen = _day(_of(cited.seen))
    parts = (
        "; ".join(name.sorted for name in cited.authors),
        f"“{cited.title}”",
        cited.publication,
        published.removesuffix("."),
        f"{cited.url} (accessed {seen})",
        cited.note,
    )
    return "".join(f"{part}. " for part in parts if part).strip() + "\n"


def _of(day: date) -> Day:
    return Day(year=day.year, month=day.month, day=day.day)


def _day(day: Day) -> str:
    known = (str(day.day or ""), _MONTHS[day.month - 1] if day.month else "", str(day.year))
    return " ".join(filter(None, known))
