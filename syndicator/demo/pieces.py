"""What the publishers of the demo say, read from content/ and put into order."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

LANGUAGES = ("en", "nl", "fr")
AGENCIES = ("agency", "blog", "lab")
PUBLISHERS = (*LANGUAGES, *AGENCIES)

NEVER = datetime.min.replace(tzinfo=UTC)  # stands for "not out yet" until a release gives a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A magazine article in one language."""

    slug: str
    title: str
    standfirst: str
    caption: str
    body: str  # paragraphs with an empty line between them; "## " opens a heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article of the magazine, with its translations."""

    id: str
    at: datetime
    later: int  # 0: there from the start; else the number of the release that brings it
    section: str
    themes: tuple[str, ...]  # the first is the one its pager is about
    authors: tuple[str, ...]
    credit: str
    tellings: Mapping[str, Telling]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of one of the three that have a feed."""

    slug: str
    at: datetime
    later: int
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    lead: str
    caption: str
    credit: str
    body: str
    language: str  # "en" unless it says otherwise
    attachment: str  # the name of a table that comes with it, or ""


Entry = TypeVar("Entry", Piece, Item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language of the magazine: its standing phrases and the words of its paths."""

    language: str
    phrases: Mapping[str, Any]
    sections: Mapping[str, Sequence[str]]  # id -> (word in the path, label)
    themes: Mapping[str, Sequence[str]]

    def day(self, at: datetime) -> str:
        """The date as this edition prints it: "08 February 2018", "8 februari 2018"."""
        month = self.phrases["months"][at.month - 1]
        pattern: str = self.phrases["day_pattern"]
        return pattern.format(day=at.day, month=month, year=at.year)

    def byline(self, authors: Sequence[str]) -> str:
        """Everybody who wrote it in one line: "A & B", "Door A & B", "Par A, B et C"."""
        first, last = authors[:-1], authors[-1]
        names = self.phrases["joiner"].join([", ".join(first), last] if first else [last])
        return f"{self.phrases['by']}{names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that is out at one moment, newest first."""

    pieces: tuple[Piece, ...]
    items: Mapping[str, tuple[Item, ...]]

    def edition(self, language: str) -> tuple[Piece, ...]:
        """The pieces that exist in this language."""
        return tuple(piece for piece in self.pieces if language in piece.tellings)


def world(releases: Sequence[datetime] = ()) -> World:
    """What is out after these releases; the n-th brings what the content calls `later = n`."""
    return World(
        pieces=_out(_pieces(), releases),
        items={agency: _out(_items(agency), releases) for agency in AGENCIES},
    )


@cache
def editions() -> Mapping[str, Edition]:
    """The editions of the magazine by language."""
    return {
        language: Edition(
            language=language,
            phrases=words,
            sections=words["sections"],
            themes=words["themes"],
        )
        for language, words in _toml("editions.toml").items()
    }


@cache
def release_titles() -> tuple[tuple[str, str], ...]:
    """(publisher, title) of what each release brings, in order."""
    found: list[tuple[int, str, str]] = []
    for piece in _pieces():
        language, telling = next(iter(piece.tellings.items()))
        found.append((piece.later, language, telling.title))
    for agency in AGENCIES:
        found.extend((item.later, agency, item.title) for item in _items(agency))
    return tuple((publisher, title) for later, publisher, title in sorted(found) if later)


def _out(entries: Sequence[Entry], releases: Sequence[datetime]) -> tuple[Entry, ...]:
    """Those that have come out, each with its date, newest first."""
    out = [entry for entry in entries if entry.later <= len(releases)]
    dated = [replace(e, at=releases[e.later - 1]) if e.later else e for e in out]
    return tuple(sorted(dated, key=lambda entry: entry.at, reverse=True))


@cache
def _pieces() -> tuple[Piece, ...]:
    folder = files(__package__) / "content" / "magazine"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(_piece(name, _toml(f"magazine/{name}")) for name in names)


def _piece(name: str, raw: Mapping[str, Any]) -> Piece:
    return Piece(
        id=name.removesuffix(".toml"),
        at=_at(raw.get("date")),
        later=raw.get("later", 0),
        section=raw["section"],
        themes=tuple(raw["themes"]),
        authors=tuple(raw["authors"]),
        credit=raw["credit"],
        tellings={
            language: Telling(**{**raw[language], "body": raw[language]["body"].strip()})
            for language in LANGUAGES
            if language in raw
        },
    )


@cache
def _items(agency: str) -> tuple[Item, ...]:
    return tuple(_item(raw) for raw in _toml(f"{agency}.toml")["items"])


def _item(raw: Mapping[str, Any]) -> Item:
    return Item(
        slug=raw["slug"],
        at=_at(raw.get("at")),
        later=raw.get("later", 0),
        title=raw["title"],
        authors=tuple(raw["authors"]),
        categories=tuple(raw["categories"]),
        lead=raw["lead"],
        caption=raw["caption"],
        credit=raw["credit"],
        body=raw["body"].strip(),
        language=raw.get("language", "en"),
        attachment=raw.get("attachment", ""),
    )


def _at(stated: datetime | date | None) -> datetime:
    """A moment; a day alone is its morning at six."""
    if stated is None:
        return NEVER
    if isinstance(stated, datetime):
        return stated.astimezone(UTC)
    return datetime.combine(stated, time(6), UTC)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "content" / name).read_text("utf-8"))


def blocks(body: str) -> Iterator[tuple[str, str]]:
    """("h2" | "strong" | "p", text) for each block of a body."""
    for block in body.split("\n\n"):
        if block.startswith("## "):
            yield "h2", block.removeprefix("## ")
        elif block.startswith("**") and block.endswith("**"):
            yield "strong", block.strip("*")
        else:
            yield "p", block
