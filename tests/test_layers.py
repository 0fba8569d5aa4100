"""Imports point one way, checked with the project's own contract; and a cold start stays light."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "syndicator"


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package that stands in `folder` against the contract in its pyproject.toml."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contract, to be spoilt."""
    shutil.copytree(PACKAGE, tmp_path / "syndicator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_down_the_layers() -> None:
    run = _lint(ROOT)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        pytest.param("errors.py", "syndicator.model", id="errors know the model"),
        pytest.param("model/source.py", "syndicator.ports", id="the model knows the ports"),
        pytest.param("text/urls.py", "syndicator.net", id="a text helper knows the network"),
        pytest.param("stages/match.py", "syndicator.stages.append", id="a stage knows a stage"),
        pytest.param("pipeline/publish.py", "syndicator.app", id="the pipeline knows the app"),
        pytest.param("app.py", "syndicator.cli", id="the app knows the command line"),
        pytest.param("jobs/reading.py", "syndicator.stores", id="jobs choose a store"),
        pytest.param("publishers/tree.py", "syndicator.stores", id="a publisher knows a store"),
        pytest.param("stages/append.py", "requests", id="a stage knows an HTTP client"),
        pytest.param("app.py", "syndicator.demo", id="the app knows the demo"),
    ],
)
def test_a_forbidden_import_fails_even_inside_a_function(
    copy: Path, module: str, forbidden: str
) -> None:
    with (copy / "syndicator" / module).open("a") as file:
        file.write(f"\n\ndef _late() -> None:\n    import {forbidden}  # noqa\n")

    run = _lint(copy)

    assert run.returncode == 1, run.stdout + run.stderr
    assert "BROKEN" in run.stdout
    assert forbidden in run.stdout


def test_a_module_that_has_no_layer_fails(copy: Path) -> None:
    (copy / "syndicator" / "helpers.py").write_text('"""Things."""\n')

    run = _lint(copy)

    assert run.returncode == 1
    assert "syndicator.helpers" in run.stdout


# ------------------------------------------------------------------ a light start

HEAVY = ("trafilatura", "alembic", "sqlalchemy", "lxml", "feedparser", "uvicorn", "apscheduler")

WATCHED_START = f"""
import sys
from syndicator.__main__ import main
sys.argv = ["syndicator", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    code = end.code
print("heavy:", *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["source", "--help"]], ids=" ".join)
def test_asking_for_help_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WATCHED_START, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1].strip() == "heavy:"
