"""Alarms reach people: the log, the operator's command, the figures; and rot is noticed."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicator.jobs.alerting import alert
from syndicator.model import Alarm, Kind, Source, SourceSettings
from syndicator.server import Counts, Metrics
from syndicator.stages.alarms import thinning, usual_words

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUIET = Source(
    id="agency",
    settings=SourceSettings(url="https://a.example/feed?token=marker-secret"),
    first_url="https://a.example/feed?token=marker-secret",
    url="https://a.example/feed?token=marker-secret",
    kind=Kind.FEED,
)
LOUD = replace(QUIET, alarms=(Alarm(kind="gap", since=NOW, words="something was missed"),))


def test_a_new_alarm_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        alert((), QUIET, LOUD)
        alert((), LOUD, LOUD)

    assert [record.getMessage() for record in caplog.records] == [
        "agency: alarm, gap: something was missed"
    ]


def test_the_operators_command_gets_it_as_json(tmp_path: Path) -> None:
    target = tmp_path / "told"
    write = f"import sys; open({str(target)!r}, 'w').write(sys.stdin.read())"

    alert((sys.executable, "-c", write), QUIET, LOUD)

    told = json.loads(target.read_text())
    assert (told["source"], told["alarm"]) == ("agency", "gap")
    assert "marker-secret" not in target.read_text()


def test_a_command_that_fails_is_said_and_costs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alert((sys.executable, "-c", "raise SystemExit(3)"), QUIET, LOUD)
    alert(("/nowhere/at/all",), QUIET, LOUD)

    assert sum("command failed" in record.getMessage() for record in caplog.records) == 2


def test_alarms_are_figures_too() -> None:
    text = Metrics(lambda: Counts(alarms={"gap": 2})).render().decode()

    assert 'syndicator_alarms{kind="gap"} 2.0' in text


@pytest.mark.parametrize(
    ("words", "unread", "usual", "rotten"),
    [
        ([400, 380, 420], 0, 410, False),
        ([20, 30], 0, 400, True),
        ([20], 0, 400, False),
        ([20, 30], 0, 60, False),
        ([], 3, 400, True),
        ([400], 1, 400, False),
        ([400, 410], 4, 400, True),
    ],
)
def test_rot_is_much_less_than_before(
    words: list[int], unread: int, usual: int, rotten: bool
) -> None:
    assert bool(thinning(words, unread=unread, usual=usual)) is rotten


def test_what_is_usual_follows_slowly() -> None:
    assert usual_words(0, [300, 500, 400]) == 400
    assert usual_words(400, [800]) == 500
    assert usual_words(400, []) == 400
