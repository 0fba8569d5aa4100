"""How far a long command is: a bar on a terminal, nothing anywhere else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from syndicator.ports import counted
from tests.cli.conftest import Run


def _on_a_terminal(config: Path, *words: str) -> tuple[str, str]:
    """What a command writes to its standard output, a pipe, and to its terminal."""
    ours, its = os.openpty()
    written: list[bytes] = []

    def read() -> None:
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # nobody has the terminal open any more
                return
            written.append(piece)

    reader = threading.Thread(target=read)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "syndicator", "-c", str(config), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=its,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        )
        os.close(its)
        reader.start()
        out, _ = process.communicate()
        reader.join()
    finally:
        os.close(ours)
    assert process.returncode == 0, b"".join(written)
    return out.decode(), b"".join(written).decode()


@pytest.fixture
def pulled(newsroom: Path, run: Run) -> Path:
    """A store with two articles, published."""
    run("pull")
    run("publish")
    return newsroom


def test_each_long_command_shows_what_it_does(pulled: Path, tmp_path: Path) -> None:
    backup, bag, made = tmp_path / "b.tar", tmp_path / "bag", tmp_path / "made"
    steps = {
        ("publish", "--all"): ["making feeds", "making pages"],
        ("archive", "verify"): ["reading the ledger", "reading objects", "making pages"],
        ("archive", "backup", str(backup)): ["writing the backup", "reading the backup again"],
        ("archive", "rebuild", "--into", str(made)): ["reading the ledger", "making pages"],
        ("export", "bag", str(bag)): ["copying ledger/", "copying feeds/"],
        ("export", "jsonl"): ["writing lines"],
    }
    for words, wanted in steps.items():
        _, shown = _on_a_terminal(pulled, *words)
        assert [step for step in wanted if step not in shown] == [], (words, shown)


def test_a_whole_store_shows_how_far_it_is_when_it_comes_in(
    pulled: Path, run: Run, tmp_path: Path
) -> None:
    run("archive", "backup", str(tmp_path / "b.tar"))
    exported, _ = _on_a_terminal(pulled, "export", "jsonl")
    (tmp_path / "all.jsonl").write_text(exported, "utf-8")
    for name, words, wanted in (
        ("restored", ("archive", "restore", str(tmp_path / "b.tar")), "restoring"),
        ("imported", ("import", "jsonl", str(tmp_path / "all.jsonl")), "reading the export"),
    ):
        config = tmp_path / name / "config.toml"
        config.parent.mkdir()
        config.write_text(pulled.read_text("utf-8"), "utf-8")
        for folder in ("feeds", "store"):
            (config.parent / folder).mkdir()
        _, shown = _on_a_terminal(config, *words)
        assert wanted in shown


def test_no_bar_is_among_data_or_in_a_pipe(pulled: Path, run: Run) -> None:
    assert "reading" not in run("archive", "verify").err
    out, shown = _on_a_terminal(pulled, "archive", "verify", "--json")
    assert "reading" not in shown
    assert out == ""


def test_counted_things_are_all_there_and_told_by_the_hundred() -> None:
    told: list[tuple[str, int, int]] = []
    things = list(range(201))

    assert list(counted(things, lambda *what: told.append(what), "counting", total=201)) == things
    assert told == [("counting", done, 201) for done in (0, 100, 200)]
