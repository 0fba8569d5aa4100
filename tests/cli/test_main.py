"""The program's door: help, exit codes, and the way out when something fails."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from syndicator import __version__
from syndicator.cli.main import cli, main
from syndicator.errors import (
    ConfigError,
    LockedError,
    RuleError,
    StoreError,
    SyndicatorError,
    UsageError,
)

ROOT = Path(__file__).parents[2]
HEAVY = (
    *("alembic", "apscheduler", "dateparser", "feedgen", "feedparser", "jinja2", "lxml", "nh3"),
    *("prometheus_client", "pydantic", "requests", "rich", "sqlalchemy", "starlette", "structlog"),
    *("tomlkit", "trafilatura", "urllib3", "uvicorn"),
)


def _commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make `config check` raise something."""

    def plant(error: BaseException) -> None:
        def verb(**_: object) -> None:
            raise error

        from syndicator.cli import config

        monkeypatch.setattr(config.check, "callback", verb)

    return plant


def test_what_the_system_refuses_of_a_file_is_a_line_and_no_stack_trace(
    fails: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fails(PermissionError(errno.EACCES, "Permission denied", "/srv/press/feeds/x"))

    assert _code("config", "check") == 1
    assert capsys.readouterr().err == (
        "syndicator: /srv/press/feeds/x: Permission denied; look at whose it is, and who may write "
        "there\n"
    )


def _code(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("words", list(_commands(cli)), ids=" ".join)
def test_every_verb_explains_itself(words: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(cli, [*words, "--help"])

    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Usage: ")
    assert len(answer.output.split("\n\n")[1].strip()) > 20


def test_help_costs_no_heavy_import() -> None:
    script = (
        "import sys\n"
        "from syndicator.cli.main import main\n"
        "try: main(['--help'])\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.splitlines()[-1] == "[]"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert _code("--version") == 0
    assert capsys.readouterr().out == f"syndicator {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("no source of this id"), 2),
        (ConfigError(["config.toml: line 3: site.titel: unknown key"]), 2),
        (RuleError("unknown field", column=4), 2),
        (SyndicatorError("it did not work"), 1),
        (StoreError("disk is full"), 1),
        (LockedError("another daemon runs"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_errors_of_ours_are_one_line_and_a_code(
    fails: Callable[[BaseException], None],
    error: BaseException,
    code: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fails(error)

    assert _code("config", "check") == code
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("syndicator: ")
    assert written.err.count("\n") == 1


def test_ctrl_c_is_no_traceback(
    fails: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fails(KeyboardInterrupt())

    assert _code("config", "check") == 130
    assert capsys.readouterr().err.strip() == "syndicator: interrupted"


def test_several_mistakes_in_the_configuration_come_a_line_each(
    fails: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fails(ConfigError(["line 3: one", "line 9: two"]))

    assert _code("config", "check") == 2
    assert capsys.readouterr().err == "syndicator: line 3: one\nsyndicator: line 9: two\n"


def test_r40_an_error_text_is_shown_and_not_obeyed(
    fails: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    fails(SyndicatorError("\x1b]52;c;cm0=\x07"))

    assert _code("config", "check") == 1
    assert capsys.readouterr().err == "syndicator: \\x1b]52;c;cm0=\\x07\n"


def test_a_bug_stays_loud(fails: Callable[[BaseException], None]) -> None:
    fails(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        main(["config", "check"])


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["source"], ["source", "frob"], ["pull", "--frob"], ["theme", "add"]]
)
def test_wrong_use_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _code(*words) == 2
    assert capsys.readouterr().out == ""


def test_a_missing_configuration_is_2_and_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _code("-c", str(tmp_path / "none.toml"), "config", "check") == 2
    assert "none.toml" in capsys.readouterr().err


def test_a_reader_that_leaves_early_ends_it_quietly(tmp_path: Path) -> None:
    script = (
        "from syndicator.cli import main as door, config, say\n"
        "config.check.callback = lambda **_: [say.emit('x' * 1000) for _ in range(10_000)]\n"
        "door.main(['config', 'check'])"
    )
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    os.read(read, 10)
    os.close(read)
    _, complaint = process.communicate(timeout=30)

    assert (process.returncode, complaint) == (1, b"")


@pytest.mark.parametrize(
    "words",
    [
        ("article", "show", "\udcff\udcfeabc"),
        ("theme", "show", "caf\udce9"),
        ("source", "add", "http://press.example/\udcff"),
        ("pull", "\udcff"),
    ],
)
def test_what_is_no_utf8_is_refused_in_a_line(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)

    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is not UTF-8: it has the byte 0x" in line


def test_the_name_of_a_file_may_be_of_any_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.toml"
    Path(os.fsdecode(name)).write_text("nonsense")

    with pytest.raises(SystemExit) as left:
        main(["-c", os.fsdecode(name), "config", "check"])

    assert left.value.code == 2
    assert "is not UTF-8" not in capsys.readouterr().err
