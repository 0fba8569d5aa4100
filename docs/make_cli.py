"""Write docs/cli.md from the program's own help: python docs/make_cli.py [--check]."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from syndicator.cli.main import cli

TARGET = Path(__file__).with_name("cli.md")

HEAD = """\
# Command line

This page is written by `make docs` from the help that the program itself gives
(`syndicator --help`, `syndicator source add --help`).

What you asked for goes to standard output, talk about it to standard error. Verbs that read take
`--json`: a list is then one JSON object a line, anything else one document; times are RFC 3339 in
UTC. `-c FILE` or `SYNDICATOR_CONFIG` names the configuration file. Colours and progress bars appear
only on a terminal, and never with `NO_COLOR` set.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed |
| 2 | wrong use, or a mistake in the configuration |
| 3 | done, but some sources failed, or with `run --once` some upkeep |
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections(cli, _root())])


def _root() -> click.Context:
    return click.Context(cli, info_name="syndicator", **cli.context_settings)


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    """A section for each command, parents before children."""
    context.max_content_width = context.terminal_width = 80
    level = "##" if context.parent is None or context.parent.parent is None else "###"
    yield f"{level} {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _sections(child, click.Context(child, info_name=name, parent=context))


def main() -> int:
    """Write the page; with --check only say whether it is as it should be (exit code 1)."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(page(), "utf-8")
        return 0
    if TARGET.read_text("utf-8") == page():
        return 0
    print(f"{TARGET.name} is not what the program says: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
