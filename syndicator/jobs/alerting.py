"""Alarms told: in the log, and to the operator's own command ([alerts])."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Sequence

from syndicator.model import Alarm, Source
from syndicator.redaction import redacted
from syndicator.turn import waiting

logger = logging.getLogger(__name__)

_PATIENCE_S = 10.0  # for the command: a refresh waits for it


def alert(command: Sequence[str], before: Source, after: Source) -> None:
    """Tell of each alarm that a refresh raised; what the command does is its own business."""
    known = {alarm.kind for alarm in before.alarms}
    for alarm in after.alarms:
        if alarm.kind not in known:
            logger.warning("%s: alarm, %s: %s", after.id, alarm.kind, alarm.words)
            if command:
                _run(command, after, alarm)


def _run(command: Sequence[str], source: Source, alarm: Alarm) -> None:
    told = {
        "source": source.id,
        "url": redacted(source.url),
        "title": source.title,
        "alarm": alarm.kind,
        "words": alarm.words,
        "since": alarm.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    try:
        with waiting():
            subprocess.run(  # noqa: S603 - the operator's own command, without a shell
                list(command),
                input=json.dumps(told, ensure_ascii=False) + "\n",
                text=True,
                timeout=_PATIENCE_S,
                check=True,
                stdout=subprocess.DEVNULL,
            )
    except (OSError, subprocess.SubprocessError) as error:
        logger.error("[alerts] command failed: %s", error)
