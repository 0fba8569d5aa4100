"""Tables of sources and themes, and the way back from our values to such tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Literal

from pydantic import Field

from syndicator.config.places import Headers, MaybeNetworks, OptionalUrl, PathText
from syndicator.config.sections import Table, key_of
from syndicator.config.values import (
    DateOrder,
    Language,
    Text,
    Texts,
    TextsByLanguage,
    TimeZone,
    WholeSeconds,
    duration_text,
)
from syndicator.model import Kind, Republish, Select, SourceSettings, Theme


class SelectTable(Table):
    """[sources.ID.select]: CSS selectors."""

    item: Text = ""
    next: Text = ""
    more: Text = ""
    title: Text = ""
    authors: Text = ""
    date: Text = ""
    standfirst: Text = ""
    body: Text = ""
    image: Text = ""
    caption: Text = ""
    credit: Text = ""
    categories: Text = ""


class SourceTable(Table):
    """[sources.ID]; the URL is checked where the kind is known (`checks`)."""

    url: Text
    kind: Literal["auto", "feed", "page", "sitemap", "file"] = "auto"
    title: Text = ""
    language: Language = ""
    every_s: WholeSeconds | None = None
    full_text: bool = False
    enabled: bool = True
    themes: Texts = ()
    rights: Text = ""
    republish: Literal["full", "summary", "link"] | None = None
    author: Text = ""
    homepage: OptionalUrl = ""
    public: bool = True
    timezone: TimeZone = ""
    date_order: DateOrder = ""
    username: Text = ""
    password_file: PathText = ""
    headers: Headers = Field(default_factory=dict)
    max_age_override_s: WholeSeconds | None = None
    allow_private: MaybeNetworks = None
    select: SelectTable = Field(default_factory=SelectTable)

    def settings(self) -> SourceSettings:
        """The table as the value the rest of the program knows."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        given["kind"] = Kind(self.kind)
        given["republish"] = Republish(self.republish) if self.republish else None
        given["select"] = Select(**self.select.model_dump())
        return SourceSettings(**given)


class ThemeTable(Table):
    """[themes.SLUG]."""

    title: Text = ""
    match: Text = ""
    description: Text = ""
    titles: TextsByLanguage = Field(default_factory=dict)
    matches: TextsByLanguage = Field(default_factory=dict)
    private: bool = False
    finite: bool = False
    renamed_from: Texts = ()

    def theme(self, slug: str) -> Theme:
        """The table as a declared theme; without a title its slug becomes one."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        given["title"] = self.title or slug.replace("-", " ").capitalize()
        return Theme(slug=slug, declared=True, **given)


def source_table(settings: SourceSettings) -> dict[str, object]:
    """The [sources.ID] table that reads back as these settings; defaults are left out."""
    return _table(settings, SourceSettings(url=""))


def theme_table(theme: Theme) -> dict[str, object]:
    """The [themes.SLUG] table that reads back as this theme; defaults are left out."""
    known = ThemeTable.model_fields
    return {k: v for k, v in _table(theme, Theme(slug="", title="")).items() if k in known}


def _table(value: object, default: object) -> dict[str, object]:
    given = ((f.name, getattr(value, f.name), getattr(default, f.name)) for f in fields(value))  # type: ignore[arg-type]
    return {key_of(name): _plain(name, item) for name, item, usual in given if item != usual}


def _plain(name: str, item: object) -> object:
    if name.endswith("_s") and isinstance(item, (int, float)):
        return duration_text(item)
    if isinstance(item, Select):
        return _table(item, Select())
    if isinstance(item, Mapping):
        return dict(item)
    if isinstance(item, tuple):
        return list(item)
    return str(item) if isinstance(item, (Kind, Republish)) else item
