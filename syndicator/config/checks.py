"""What single values cannot show: keys that must fit each other, rules, selectors, addresses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from syndicator.config.places import host_key, http_url
from syndicator.config.problems import KeyPath
from syndicator.config.sections import (
    ExecutorSettings,
    FetchSettings,
    FilesSettings,
    ScheduleSettings,
    Table,
)
from syndicator.config.values import duration_text, nearest, quoted, theme_slug
from syndicator.errors import RuleError
from syndicator.model import Kind, Select, SourceSettings, Theme
from syndicator.redaction import left_out

Found = Iterator[tuple[KeyPath, str]]  # the key, relative to its table, and what is wrong

FLOOR_S = 15 * 60  # C14
GAP_S = 2  # C17
OVERRIDE_FLOOR_S = 3600  # C12

_HOSTS = '[fetch.hosts."host:port"]'


def _anything(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Functions of higher layers that refuse what is wrong.

    Args:
        rule: of a theme; raises RuleError with the column.
        selector: CSS, of a source; raises RuleError.
        url: of a source, R3; raises ValueError with the reason.
    """

    rule: Callable[[str], object] = _anything
    selector: Callable[[str], object] = _anything
    url: Callable[[str], object] = http_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a source must fit; a section that is itself wrong is None and nothing is held to it."""

    folder: Path  # that paths are relative to
    fetch: FetchSettings | None
    files: FilesSettings | None
    themes: Collection[str]
    checks: Checks


# ------------------------------------------------------------------ fixed sections


def section(sections: Mapping[str, Table]) -> Found:
    """What does not fit in and between the fixed sections; those that are missing are passed over.

    The paths given start with the section.
    """
    for name, check in _SECTION_CHECKS.items():
        if name in sections:
            for path, message in check(sections[name]):
                yield (name, *path), message


def _fetch(fetch: FetchSettings) -> Found:
    if fetch.gap_s < GAP_S:
        yield ("gap",), f'must be at least "2s"; only {_HOSTS} lifts this, for hosts of one\'s own'
    for key in fetch.hosts:
        try:
            host_key(key)
        except ValueError as error:
            yield ("hosts", key), str(error)


def _schedule(schedule: ScheduleSettings) -> Found:
    low, high = schedule.min_interval_s, schedule.max_interval_s
    usual = schedule.default_interval_s
    if low < FLOOR_S:
        yield ("min_interval",), f'must be at least "15m"; only {_HOSTS} lifts this'
    if usual < low:
        yield ("default_interval",), f"is shorter than min_interval, {duration_text(low)}"
    if usual > high:
        yield ("default_interval",), f"is longer than max_interval, {duration_text(high)}"


def _executor(executor: ExecutorSettings) -> Found:
    if executor.kind == "celery" and not executor.broker:
        yield ("broker",), 'is missing; kind "celery" needs one, such as "amqp://localhost"'


# ------------------------------------------------------------------ sources


def source(settings: SourceSettings, around: Around) -> Found:
    """What does not fit in one source."""
    yield from _url(settings, around)
    yield from _every(settings, around.fetch)
    if settings.max_age_override_s is not None and settings.max_age_override_s < OVERRIDE_FLOOR_S:
        yield ("max_age_override",), 'must be at least "1h"'
    for slug in settings.themes:
        if slug not in around.themes:
            hint = nearest(slug, around.themes)
            yield ("themes",), f"there is no theme {quoted(slug)}{hint}"
    yield from _selectors(settings.select, around.checks)


def _url(settings: SourceSettings, around: Around) -> Found:
    try:
        if settings.kind is not Kind.FILE:
            around.checks.url(settings.url)
        elif around.files is not None:
            _inside(settings.url, around.files.folder)
    except ValueError as error:
        yield ("url",), str(error)


def _inside(name: str, folder: Path | None) -> None:
    if folder is None:
        raise ValueError('a source of kind "file" needs `folder` in [files]')
    root = folder.resolve()
    if not name or not (root / name.removeprefix("file://")).resolve().is_relative_to(root):
        raise ValueError(f"{quoted(name)} is not in the folder of [files], {folder}")


def _every(settings: SourceSettings, fetch: FetchSettings | None) -> Found:
    if settings.every_s is None or fetch is None:
        return
    host = fetch.host(settings.url)
    own = host.min_interval_s if host else None
    floor = FLOOR_S if own is None else min(own, FLOOR_S)
    if settings.every_s < floor:
        yield (
            ("every",),
            (
                f'must be at least "{duration_text(floor)}";'
                f" `min_interval` in {_HOSTS} lifts this for a host of one's own"
            ),
        )


def _selectors(select: Select, checks: Checks) -> Found:
    for field in fields(select):
        if selector := getattr(select, field.name):
            yield from _refused(("select", field.name), checks.selector, selector)


def _refused(path: KeyPath, check: Callable[[str], object], text: str) -> Found:
    try:
        check(text)
    except RuleError as error:
        yield path, str(error)


# ------------------------------------------------------------------ themes


def theme(given: Theme, checks: Checks) -> Found:
    """What does not fit in one theme."""
    if given.match:
        yield from _refused(("match",), checks.rule, given.match)
    for language, rule in given.matches.items():
        yield from _refused(("matches", language), checks.rule, rule)
    for slug in given.renamed_from:
        try:
            theme_slug(slug)
        except ValueError as error:
            yield ("renamed_from",), str(error)


def names(themes: Mapping[str, Theme]) -> Found:
    """Former names that are still in use, or claimed twice; the paths start with the slug."""
    former: dict[str, str] = {}
    for slug, given in themes.items():
        for name in given.renamed_from:
            if name in themes:
                yield (slug, "renamed_from"), f'"{name}" is a theme of its own'
            elif name in former:
                yield (slug, "renamed_from"), f'"{name}" became "{former[name]}" already'
            former.setdefault(name, slug)


def doubles(sources: Mapping[str, SourceSettings]) -> Found:
    """Sources read from one URL: their articles would share ids. The paths start with the id.

    Two that lack their secrets may only look alike; they are not read before those are put in.
    """
    first: dict[str, str] = {}
    for source_id, settings in sources.items():
        if left_out(settings.url):
            continue
        other = first.setdefault(settings.url, source_id)
        if other != source_id:
            yield (source_id, "url"), f'the source "{other}" reads this URL already'


_SECTION_CHECKS: Mapping[str, Callable[..., Found]] = {
    "fetch": _fetch,
    "schedule": _schedule,
    "executor": _executor,
}
