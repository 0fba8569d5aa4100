"""The bench of the archive finds nothing wrong; what it costs is nobody's business here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STEPS = ("rebuilt", "archive", "feeds", "columns")


@pytest.mark.timeout(900)  # eight commands, each a process of its own
def test_a_tiny_library_is_rebuilt_and_each_changed_byte_of_it_is_named(
    tmp_path: Path,
) -> None:
    words = ["--articles", "60", "--bytes", "20", "--keep", str(tmp_path), "--steps", *STEPS]
    process = subprocess.run(
        [sys.executable, "-m", "bench.archive", *words], capture_output=True, text=True
    )

    assert process.returncode == 0, process.stdout + process.stderr
    assert process.stdout.splitlines()[-1] == "Nothing wrong."
    assert process.stdout.count(" named, ") == 3
