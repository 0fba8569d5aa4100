"""syndicator status, syndicator doctor: how it is going, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from syndicator.cli.options import as_json, with_parts
from syndicator.cli.say import emit_json, facts, say, table, when
from syndicator.cli.shapes import plain

if TYPE_CHECKING:
    from syndicator.app import Parts
    from syndicator.model import Source


@click.command()
@click.option(
    "--politeness", is_flag=True, help="How each source was asked; all but gap and wait is to be 0."
)
@as_json
@with_parts()
def status(parts: Parts, *, politeness: bool, as_json: bool) -> None:
    """Show how sources do, what is due, and what is published."""
    from syndicator import jobs

    if politeness:
        _politeness(parts, as_json=as_json)
        return
    report = plain(jobs.status(parts))
    if as_json:
        emit_json(report)
        return
    facts({name.replace("_", " "): _words(value) for name, value in report.items()})
    if waiting := report["rules_to_apply"]:
        say(f"changed rules wait for theme apply: {', '.join(waiting)}; theme plan shows more")
    ailing = [source for source in parts.store.sources() if source.error or source.alarms]
    if ailing:
        table(
            ["source", "state", "next check", "what is wrong"],
            [(one.id, one.state, when(one.next_check_at), _wrong(one)) for one in ailing],
        )


def _wrong(source: Source) -> str:
    alarms = [f"{alarm.kind}: {alarm.words}" for alarm in source.alarms]
    return "; ".join(filter(None, (source.error, *alarms)))


_COLUMNS = (
    *("requests", "unconditional", "invented", "early", "hasty"),
    *("shortest_gap_s", "shortest_wait_s"),
)


def _politeness(parts: Parts, *, as_json: bool) -> None:
    from syndicator import jobs

    found = jobs.politeness(parts)
    whole = {"total": plain(jobs.all_manners(found.values()))}
    if as_json:
        emit_json(whole | {"sources": {one: plain(found[one]) for one in sorted(found)}})
        return
    rows = {**{one: plain(found[one]) for one in sorted(found)}, **whole}
    table(
        ["source", *(name.replace("_", " ") for name in _COLUMNS)],
        [(one, *(_cell(row[name]) for name in _COLUMNS)) for one, row in rows.items()],
    )


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)


def _words(value: object) -> object:
    """Counts by name on one line; lists as their length, for --json tells them whole."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items())
    return len(value) if isinstance(value, list) else value


@click.command()
@as_json
@with_parts(write=False)
def doctor(parts: Parts, *, as_json: bool) -> None:
    """Look for what keeps it from working, and say what to do; exit code 1 if something does."""
    from syndicator.cli.checks import examine

    findings = examine(parts)
    fine = all(finding.grade != "bad" for finding in findings)
    if as_json:
        emit_json({"ok": fine, "checks": [plain(finding) for finding in findings]})
    else:
        table(["check", "", "finding"], [(one.about, one.grade, one.words) for one in findings])
    if not fine:
        click.get_current_context().exit(1)
