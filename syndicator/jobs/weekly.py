"""The weekly verification: in a process of its own that leaves everything else the first place."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Event

from syndicator.jobs.parts import Parts
from syndicator.jobs.verifying import VERIFIED

logger = logging.getLogger(__name__)

_EVERY = timedelta(days=7)
_LOOK_S = 0.5  # for the end of it, and for being told to stop
_NICENESS = "19"
_TOLD = 20  # faults


def last_verified(parts: Parts) -> tuple[datetime | None, int]:
    """When it was last done, and how many faults there were."""
    said = json.loads(parts.store.get_meta(VERIFIED) or "{}")
    at = said.get("at")
    return (datetime.fromisoformat(at) if at else None), said.get("faults", 0)


def verify_weekly(parts: Parts, stop: Event, environ: Mapping[str, str]) -> None:
    """Verify when the last time is a week ago; faults go to the log. A new store waits a week.

    Args:
        stop: ends it.
        environ: of the configuration.
    """
    now = parts.clock.now()
    last, _ = last_verified(parts)
    if last is None:
        said = {"at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "faults": 0}
        parts.store.set_meta(VERIFIED, json.dumps(said))
    elif now - last >= _EVERY:
        _verify(parts, stop, environ)


def _verify(parts: Parts, stop: Event, environ: Mapping[str, str]) -> None:
    words = [sys.executable, "-m", "syndicator", "-c", str(parts.config.path), "archive", "verify"]
    process = subprocess.Popen(  # noqa: S603
        ["nice", "-n", _NICENESS, *words],  # noqa: S607
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        out = _output(process, stop)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        for line in out.splitlines()[:_TOLD]:
            logger.error("the weekly verification: %s", line)
    elif not stop.is_set():
        logger.info("the weekly verification found everything as it was kept")


def _output(process: subprocess.Popen[str], stop: Event) -> str:
    while not stop.is_set():
        try:
            return process.communicate(timeout=_LOOK_S)[0]
        except subprocess.TimeoutExpired:
            continue
    return ""
