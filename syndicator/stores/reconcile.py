"""Makes the store what the configuration file declares: one thing, one home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from syndicator.errors import UsageError
from syndicator.model import SourceSettings, Theme
from syndicator.stores.base import Part
from syndicator.stores.filing import file_source, past_waits
from syndicator.stores.rows import theme_of
from syndicator.stores.schema import articles, sources, themes
from syndicator.stores.signposts import leave_folder
from syndicator.stores.sources import (
    apply_settings,
    insert_source,
    revive,
    set_source,
    sources_changed,
)
from syndicator.stores.themes import (
    describe_all,
    put_theme,
    retire_theme,
    theme_row,
    with_rule_of,
)


@dataclass(slots=True, kw_only=True)
class Reconciled:
    """What the file changed, for those who have to act on it or tell of it."""

    new_themes: list[str] = field(default_factory=list)  # to be filled from history
    changed_rules: list[str] = field(default_factory=list)  # the past waits for `theme apply`
    new_sources: list[str] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)  # added by CLI before, now the file's
    renamed_themes: dict[str, str] = field(default_factory=dict)  # old slug -> new
    renamed_sources: dict[str, str] = field(default_factory=dict)
    retired_themes: list[str] = field(default_factory=list)  # no longer in the file
    retired_sources: list[str] = field(default_factory=list)


class Reconciling(Part):
    """Called at start and on reload."""

    def reconcile(
        self,
        sources: Mapping[str, SourceSettings],
        themes: Mapping[str, Theme],
        *,
        now: datetime,
    ) -> Reconciled:
        """Make declared sources and themes what the file says; those no longer declared retire.

        A source is known by its first URL too, a theme by its `renamed_from`: another name for
        them is a rename. What was added by CLI and is now declared becomes the file's.

        Raises:
            UsageError: a declared source has the first address of another declared one.
        """
        report = Reconciled()
        with self.database.write() as db:
            _reconcile_themes(db, self, themes, report, now)
            describe_all(db, self, now=now)
            _reconcile_sources(db, self, sources, report, now)
        return report


# ------------------------------------------------------------------ themes


def _reconcile_themes(
    db: Connection, part: Part, declared: Mapping[str, Theme], report: Reconciled, now: datetime
) -> None:
    has_articles = db.scalar(select(articles.c.number).limit(1)) is not None
    for slug, theme in declared.items():
        row = theme_row(db, slug) or _renamed_theme(db, theme, declared, report)
        was = theme_of(row) if row else None
        fresh = row is None or row["retired_at"] is not None
        new = with_rule_of(theme, was, past_waits=has_articles and not fresh)
        _report_theme(report, new, None if fresh else was)
        if fresh or new != was:
            put_theme(db, part, row, new, now=now)
            _lead_here(db, new, now=now)
    _retire_themes(db, declared, report, now)


def _renamed_theme(
    db: Connection, theme: Theme, declared: Mapping[str, Theme], report: Reconciled
) -> RowMapping | None:
    for old in theme.renamed_from:
        row = theme_row(db, old) if old not in declared else None
        if row is not None:
            report.renamed_themes[old] = theme.slug
            return row
    return None


def _lead_here(db: Connection, theme: Theme, *, now: datetime) -> None:
    """Addresses under former names lead to the theme, also those of before this store (P32)."""
    row = theme_row(db, theme.slug)
    assert row is not None
    for old in theme.renamed_from:
        other = theme_row(db, old)
        if other is not None and other["retired_at"] is None:
            raise UsageError(
                f"theme {theme.slug}: renamed_from names {old}, which is a theme beside it; remove "
                "one of the two first"
            )
        leave_folder(db, f"themes/{old}", row["number"], now=now, cleared=True)


def _report_theme(report: Reconciled, theme: Theme, was: Theme | None) -> None:
    if was is None:
        report.new_themes.append(theme.slug)
        return
    if not was.declared:
        report.taken_over.append(theme.slug)
    if not theme.decides_as(was):
        report.changed_rules.append(theme.slug)


def _retire_themes(
    db: Connection, declared: Mapping[str, Theme], report: Reconciled, now: datetime
) -> None:
    query = select(themes).where(themes.c.retired_at.is_(None))
    for row in db.execute(query).mappings().all():
        if theme_of(row).declared and row["slug"] not in declared:
            retire_theme(db, row, now=now)
            report.retired_themes.append(row["slug"])


# ------------------------------------------------------------------ sources


def _reconcile_sources(
    db: Connection,
    part: Part,
    declared: Mapping[str, SourceSettings],
    report: Reconciled,
    now: datetime,
) -> None:
    rows = db.execute(select(sources)).mappings().all()
    by_id = {row["id"]: row for row in rows}
    by_first_url = {row["first_url"]: row for row in rows}
    for source_id, settings in declared.items():
        row = by_id.get(source_id) or by_first_url.get(settings.url)
        if row is None:
            number = insert_source(db, source_id, settings, declared=True, now=now)
            report.new_sources.append(source_id)
        else:
            number = row["number"]
            _declare(db, row, source_id, settings, declared, report, now)
        _file_again(db, part, number, row, settings, report, now)
    _retire_sources(db, rows, declared, report, now)


def _declare(
    db: Connection,
    row: RowMapping,
    source_id: str,
    settings: SourceSettings,
    declared: Mapping[str, SourceSettings],
    report: Reconciled,
    now: datetime,
) -> None:
    if row["id"] != source_id:
        _rename(db, row, source_id, settings, declared, report)
    if row["retired_at"] is not None:
        revive(db, row, settings, declared=True, now=now)
        report.new_sources.append(source_id)
        return
    apply_settings(db, row, settings, now=now)
    if not row["declared"]:
        set_source(db, row["number"], declared=True)
        report.taken_over.append(source_id)


def _rename(
    db: Connection,
    row: RowMapping,
    source_id: str,
    settings: SourceSettings,
    declared: Mapping[str, SourceSettings],
    report: Reconciled,
) -> None:
    if row["id"] in declared:
        raise UsageError(
            f"source {source_id}: {settings.url} is the first address of source {row['id']}; "
            "the ids of its articles hang on it"
        )
    set_source(db, row["number"], id=source_id)
    sources_changed(db)
    report.renamed_sources[row["id"]] = source_id


def _file_again(
    db: Connection,
    part: Part,
    number: int,
    row: RowMapping | None,
    settings: SourceSettings,
    report: Reconciled,
    now: datetime,
) -> None:
    """Under themes that the source did not name before, or that are new themselves; what it is no
    longer to belong to waits for `theme apply`."""
    known = set(row["settings"].themes) - set(report.new_themes) if row is not None else set()
    file_source(db, part, number, set(settings.themes) - known, now=now)
    past_waits(db, known - set(settings.themes))


def _retire_sources(
    db: Connection,
    rows: Iterable[RowMapping],
    declared: Mapping[str, SourceSettings],
    report: Reconciled,
    now: datetime,
) -> None:
    for row in rows:
        name = report.renamed_sources.get(row["id"], row["id"])
        if row["declared"] and row["retired_at"] is None and name not in declared:
            set_source(db, row["number"], retired_at=now)
            sources_changed(db)
            report.retired_sources.append(row["id"])
