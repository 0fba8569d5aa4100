"""The program's door: options that come before every verb, and the way out when something fails."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from syndicator import __version__
from syndicator.cli.say import complain
from syndicator.errors import SyndicatorError, UsageError, refusal

# Verb or noun -> module that holds it, in the order of the help page.
_WORDS = {
    "run": "service",
    "serve": "service",
    "demo": "service",
    "pull": "work",
    "publish": "work",
    "source": "source",
    "theme": "theme",
    "article": "article",
    "import": "transfer",
    "export": "transfer",
    "archive": "archive",
    "status": "status",
    "doctor": "status",
    "config": "config",
}
_FAILED, _MISUSED, _INTERRUPTED = 1, 2, 130


class _Words(click.Group):
    """Loads a noun's module when the noun is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_WORDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = _WORDS.get(cmd_name)
        if module is None:
            return None
        verbs = vars(import_module(f"syndicator.cli.{module}"))
        command = verbs.get(cmd_name) or verbs[f"{cmd_name}_"]
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Words, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    envvar="SYNDICATOR_CONFIG",
    show_envvar=True,
    show_default=True,
    help="The configuration file.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, config: Path) -> None:
    """Read many sources, file what they say under themes, publish each theme as a feed."""
    ctx.obj = config


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command line and leave with its exit code."""
    sys.exit(_outcome(words))


def _outcome(words: Sequence[str] | None) -> int:
    try:
        _refuse_other_bytes(sys.argv[1:] if words is None else words)
        code = cli.main(words, prog_name="syndicator", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except UsageError as error:
        complain(str(error))
        return _MISUSED
    except SyndicatorError as error:
        complain(str(error))
        return _FAILED
    except BrokenPipeError:  # the reader of our output has left
        _write_no_more()
        return 0
    except OSError as error:
        if error.filename is None and error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise  # not of a file, and so a fault of ours
        complain(f"{error.filename or 'the output'}: {refusal(error)}")
        if error.filename is None:
            _write_no_more()
        return _FAILED
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return _INTERRUPTED


def _refuse_other_bytes(words: Sequence[str]) -> None:
    """No id, rule or title is of bytes that are no UTF-8; the name of a file may be."""
    for word in words:
        if not word.isascii() and not os.path.lexists(word):
            from syndicator.config.values import refuse_other_bytes  # loads much

            try:
                refuse_other_bytes(word)
            except ValueError as error:
                raise UsageError(str(error)) from error


def _write_no_more() -> None:
    """So that nothing is said either when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
