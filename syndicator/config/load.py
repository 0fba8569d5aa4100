"""Read a configuration whole or refuse it whole."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from syndicator.config import checks as fit
from syndicator.config.checks import Around, Checks
from syndicator.config.environment import overrides
from syndicator.config.lines import lines
from syndicator.config.problems import KeyPath, Problems, dotted
from syndicator.config.sections import (
    SECTIONS,
    AlertsSettings,
    ExecutorSettings,
    FetchSettings,
    FilesSettings,
    HubSettings,
    PublishSettings,
    ScheduleSettings,
    ServeSettings,
    SiteSettings,
    StoreSettings,
    Table,
)
from syndicator.config.tables import SourceTable, ThemeTable
from syndicator.config.values import nearest, quoted, slug, theme_slug
from syndicator.errors import ConfigError
from syndicator.model import SourceSettings, Theme

T = TypeVar("T", bound=Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that the operator said, checked; paths are absolute, times in seconds, sizes in bytes."""

    path: Path
    folder: Path
    site: SiteSettings = field(default_factory=SiteSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    publish: PublishSettings = field(default_factory=PublishSettings)
    fetch: FetchSettings = field(default_factory=FetchSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    executor: ExecutorSettings = field(default_factory=ExecutorSettings)
    hub: HubSettings = field(default_factory=HubSettings)
    files: FilesSettings = field(default_factory=FilesSettings)
    alerts: AlertsSettings = field(default_factory=AlertsSettings)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    themes: Mapping[str, Theme] = field(default_factory=dict)
    origins: Mapping[KeyPath, str] = field(default_factory=dict)  # where given; absent: default

    @property
    def hub_address(self) -> str:
        """Of the hub that our feeds name, ours or another; "" when they name none."""
        if not self.hub.enabled:
            return ""
        return self.hub.url or f"{self.site.base_url}/hub"

    def around(self, themes: Collection[str], checks: Checks) -> Around:
        """What a source that is added by hand must fit; `themes` are those that exist."""
        return Around(
            folder=self.folder, fetch=self.fetch, files=self.files, themes=themes, checks=checks
        )


def load(
    path: Path | str,
    environ: Mapping[str, str] | None = None,
    *,
    check_rule: Callable[[str], object] | None = None,
    check_selector: Callable[[str], object] | None = None,
    check_url: Callable[[str], object] | None = None,
    flags: Mapping[str, object] | None = None,
    known_themes: Collection[str] = (),
) -> Config:
    """The configuration of a file, with the environment over it and flags over both.

    Args:
        check_rule, check_selector, check_url: see Checks.
        flags: values from the command line by key, "serve.port": 9000; None means not given.
        known_themes: slugs that exist elsewhere (in the store) and may be named by sources.

    Raises:
        ConfigError: with all problems found, one a line.
    """
    given = {"rule": check_rule, "selector": check_selector, "url": check_url}
    checks = Checks(**{name: check for name, check in given.items() if check})
    text = read_text(Path(path))
    reading = _Reading(Path(path), parsed(Path(path), text), lines(text), checks)
    reading.override(environ or {}, flags or {})
    return reading.config(known_themes)


def read_text(path: Path) -> str:
    """The text of a configuration file. Raises ConfigError naming what to do."""
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        reason = "there is no such file; `syndicator config init` writes one"
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 text: byte {error.start} cannot be read"
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    raise ConfigError([f"{path}: {reason}"], path=path) from None


def parsed(path: Path, text: str) -> dict[str, Any]:
    """What a configuration file says, unchecked. Raises ConfigError where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(path, text, str(error))], path=path) from None


def _syntax(path: Path, text: str, message: str) -> str:
    """tomllib ends its messages with "(at line 3, column 7)" or "(at end of document)"."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    reason = message[: place.start()] if place else message
    reason = re.sub(r"\((('[^']*'(, )?)+),?\)", _named, reason)
    line = place[1] if place and place[1] else str(text.count("\n") + 1)
    column = f", column {place[2]}" if place and place[2] else ""
    return f"{path}:{line}{column}: not valid TOML: {reason[:1].lower()}{reason[1:]}"


def _named(keys: re.Match[str]) -> str:
    """tomllib shows a path of keys as Python shows a tuple."""
    return dotted(tuple(re.findall(r"'([^']*)'", keys[1])))


class _Reading:
    """One attempt to read a configuration: goes on after each problem, to find them all."""

    def __init__(
        self, path: Path, data: dict[str, Any], lines: Mapping[KeyPath, int], checks: Checks
    ) -> None:
        self.path = path
        self.folder = path.absolute().parent
        self.data = data
        self.lines = lines
        self.checks = checks
        self.given: dict[KeyPath, str] = {}
        self.broken: set[KeyPath] = set()  # tables of which only a part could be read
        self.problems = Problems(path, lines, self.given)

    def override(self, environ: Mapping[str, str], flags: Mapping[str, object]) -> None:
        """Lay the environment over the file, and flags over both."""
        found = overrides(environ, self.folder, self.problems)
        for key, value in flags.items():
            if value is not None:
                section, _, name = key.partition(".")
                found[section, name] = (f"--{name.replace('_', '-')}", value)
        for path, (name, value) in found.items():
            table = self.data.setdefault(path[0], {})
            if isinstance(table, dict):
                table[path[1]] = value
                self.given[path] = name

    def config(self, known_themes: Collection[str]) -> Config:
        """Everything checked. Raises ConfigError with all problems."""
        sections = {name: self._section(name) for name in SECTIONS}
        themes = self._themes()
        sources = self._sources()
        self._unknown_sections()
        self._fit(sections, sources, themes, known_themes)
        if self.problems:
            raise self.problems.error()
        return Config(
            path=self.path,
            folder=self.folder,
            sources=sources,
            themes=themes,
            origins=self._origins(),
            **cast(dict[str, Any], _with_contact(sections)),
        )

    def _section(self, name: str) -> Table | None:
        return self._table((name,), SECTIONS[name], self.data.get(name, {}))

    def _themes(self) -> dict[str, Theme]:
        found = {}
        for name, value in self._named("themes", theme_slug):
            if table := self._table(("themes", name), ThemeTable, value):
                found[name] = table.theme(name)
        return found

    def _sources(self) -> dict[str, SourceSettings]:
        found = {}
        for name, value in self._named("sources", slug):
            if table := self._table(("sources", name), SourceTable, value):
                found[name] = table.settings()
        return found

    def _named(self, name: str, check: Callable[[str], str]) -> list[tuple[str, object]]:
        tables = self.data.get(name, {})
        if not isinstance(tables, dict):
            self.problems.add((name,), f"expected tables such as [{name}.example]")
            return []
        for key in tables:
            try:
                check(key)
            except ValueError as error:
                self.problems.add((name, key), str(error))
        return list(tables.items())

    def _table(self, path: KeyPath, model: type[T], value: object) -> T | None:
        if not isinstance(value, dict):
            self.problems.add(path, f"expected a table, not {quoted(value)}")
            return None
        try:
            return self._validated(model, value)
        except ValidationError as error:
            problems = error.errors(include_url=False)
        self.problems.take(path, model, problems)
        self.broken.add(path)
        return self._remains(model, value, {str(problem["loc"][0]) for problem in problems})

    def _validated(self, model: type[T], value: Mapping[str, object]) -> T:
        context = {"folder": self.folder}
        return model.model_validate(value, context=context, by_alias=True, by_name=False)

    def _remains(self, model: type[T], value: Mapping[str, object], bad: set[str]) -> T | None:
        """The table without its bad keys, so that what else is wrong is found in the same run."""
        try:
            return self._validated(model, {k: v for k, v in value.items() if k not in bad})
        except ValidationError:
            return None

    def _unknown_sections(self) -> None:
        known = [*SECTIONS, "sources", "themes"]
        for name in self.data:
            if name not in known:
                self.problems.add((name,), "unknown section" + nearest(name, known))

    def _fit(
        self,
        sections: Mapping[str, Table | None],
        sources: Mapping[str, SourceSettings],
        themes: Mapping[str, Theme],
        known_themes: Collection[str],
    ) -> None:
        read = {name: table for name, table in sections.items() if table is not None}
        self._report((), fit.section(read))
        around = Around(
            folder=self.folder,
            fetch=cast(FetchSettings | None, self._whole("fetch", read)),
            files=cast(FilesSettings | None, self._whole("files", read)),
            themes={*themes, *known_themes, *_keys(self.data.get("themes"))},
            checks=self.checks,
        )
        for name, settings in sources.items():
            self._report(("sources", name), fit.source(settings, around))
        for name, theme in themes.items():
            self._report(("themes", name), fit.theme(theme, self.checks))
        self._report(("sources",), fit.doubles(sources))
        self._report(("themes",), fit.names(themes))

    def _whole(self, name: str, sections: Mapping[str, Table]) -> Table | None:
        return None if (name,) in self.broken else sections.get(name)

    def _report(self, prefix: KeyPath, found: fit.Found) -> None:
        for path, message in found:
            self.problems.add(prefix + path, message)

    def _origins(self) -> dict[KeyPath, str]:
        in_file = {path: f"{self.path}:{line}" for path, line in self.lines.items()}
        return in_file | self.given


def _keys(table: object) -> Collection[str]:
    return table.keys() if isinstance(table, dict) else ()


def _with_contact(sections: Mapping[str, Table | None]) -> dict[str, Table | None]:
    """The site's contact is also that of the client, unless [fetch] names another (C1)."""
    site, fetch = cast(SiteSettings, sections["site"]), cast(FetchSettings, sections["fetch"])
    contact = fetch.contact or site.contact
    return {**sections, "fetch": fetch.model_copy(update={"contact": contact})}
