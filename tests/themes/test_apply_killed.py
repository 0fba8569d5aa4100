"""theme apply, killed half-way: what was filed stays, the rest follows, and nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from syndicator import jobs
from tests.conftest import FakeClock
from tests.themes.house import MALI, opened

OTHER = MALI.replace('"mali"\n', '"niger"\n')
KILLED = """
import os, signal, sys
from pathlib import Path
from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs import past

past._AT_ONCE = 20
left = [int(sys.argv[2])]

def watch(looked_at):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

with open_parts(Path(sys.argv[1]), environ={}) as parts:
    jobs.apply(parts, progress=watch)
"""


def test_an_apply_that_is_killed_goes_on_and_files_nothing_twice(
    tmp_path: Path, clock: FakeClock
) -> None:
    with opened(tmp_path, clock) as room:
        words = [f"k{n} about {'mali' if n % 2 else 'niger'}" for n in range(100)]
        room.read(*words)
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace(MALI, OTHER))
    for batches in (2, 1):
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, str(config), str(batches)],
            timeout=120,
            check=False,
        )
        assert ended.returncode == -9
    with opened(tmp_path, clock, OTHER) as room:
        assert jobs.status(room.parts).rules_to_apply == ["mali"]
        looked_at: list[int] = []
        jobs.apply(room.parts, progress=looked_at.append)

        assert sum(looked_at) == 40
        assert room.keys("mali") == room.shown("mali") == {f"k{n}" for n in range(0, 100, 2)}
        rows = [
            (row.kind, row.entry_id)
            for segment in range(1, 9)
            for row in room.parts.store.segment_rows("mali", segment)
            if row.entry_id
        ]
        assert len(rows) == len(set(rows)) == 150  # 50 came first, then 50 came and 50 left
        assert jobs.plan(room.parts) == []
