"""`syndicator demo`: the press site on loopback, and everything running on it."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from syndicator import daemon, jobs
from syndicator.app import open_parts
from syndicator.demo.server import HOST, PressServer
from syndicator.demo.settings import demo_config
from syndicator.errors import UsageError

_PORTS = "press.json"  # the site's ports, so that a second demo in a folder finds its sources again
_RELEASE_S = 12.0
_ENVIRONMENT: dict[str, str] = {}  # nothing outside the folder decides about the demo


def main(folder: Path | None, *, once: bool) -> int:
    """Run the demo in a folder, a temporary one when None; the exit code.

    Raises:
        UsageError: the folder holds something that is no earlier demo.
    """
    with ExitStack() as stack:
        home = _home(folder, stack, keep=once)
        press = stack.enter_context(_press(home))
        config = _configure(home, press)
        failed = _first_round(config, home, once=once)
        if once:
            return failed
        _stay_up(config, press)
    return 0


# ------------------------------------------------------------------ the folder


def _home(folder: Path | None, stack: ExitStack, *, keep: bool) -> Path:
    if folder is None and keep:
        return Path(tempfile.mkdtemp(prefix="syndicator-demo-"))
    if folder is None:
        made = tempfile.TemporaryDirectory(prefix="syndicator-demo-", ignore_cleanup_errors=True)
        return Path(stack.enter_context(made))
    home = folder.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        others = [path.name for path in home.iterdir()]
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from error
    if others and _PORTS not in others:
        raise UsageError(f"{folder} is not empty and holds no earlier demo; name another folder")
    return home


@contextmanager
def _press(home: Path) -> Iterator[PressServer]:
    """The press site, at the ports it had before if they are free."""
    file = home / _PORTS
    ports: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError):
        ports = {name: int(port) for name, port in json.loads(file.read_text()).items()}
    if not all(_is_free(port) for port in ports.values()):
        ports = {}
    with PressServer(ports=ports) as press:
        taken = {name: int(base.rpartition(":")[2]) for name, base in press.bases.items()}
        file.write_text(json.dumps(taken))
        yield press


def _configure(home: Path, press: PressServer) -> Path:
    with socket.create_server((HOST, 0)) as probe:
        port = int(probe.getsockname()[1])
    config = home / "config.toml"
    config.write_text(demo_config(press, port), encoding="utf-8")
    for name in ("feeds", "store"):
        (home / name).mkdir(exist_ok=True)
    return config


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


# ------------------------------------------------------------------ what is shown


def _first_round(config: Path, home: Path, *, once: bool) -> int:
    """Read everything, publish it, and show what came of it."""
    with open_parts(config, environ=_ENVIRONMENT) as parts:
        click.echo("Reading a press site on this machine:")
        results = jobs.pull(parts, progress=_show_pulled)
        published = jobs.publish(parts)
        jobs.index(parts)
        click.echo()
        _show_feeds(published)
        click.echo()
        click.echo(f"Everything lies in {home}, for example:")
        click.echo(f"  {home / 'feeds' / 'themes' / 'peacebuilding' / 'atom.xml'}")
        if once:
            click.echo(f"To look at it in a browser: syndicator -c {config} serve")
    return daemon.SOME_FAILED if any(one.result == "failed" for one in results) else 0


def _show_pulled(pulled: jobs.Pulled) -> None:
    told = pulled.error or f"{pulled.new} new articles"
    click.echo(f"  {pulled.source_id:<16} {told}")


def _show_feeds(published: Iterable[jobs.Published]) -> None:
    """A line a feed: how much it holds, from how many sources, in which languages."""
    click.echo(f"{'feed':<22}{'entries':>8}{'sources':>9}  languages")
    for one in sorted(published, key=lambda each: (each.key != "all", each.key)):
        shown = [row.entry for row in one.document.puts if row.entry]
        origins = {entry.source.title for entry in shown if entry.source}
        languages = sorted({entry.language.partition("-")[0] for entry in shown} - {""})
        click.echo(f"{one.key:<22}{len(shown):>8}{len(origins):>9}  {', '.join(languages)}")


# ------------------------------------------------------------------ while one watches


def _stay_up(config: Path, press: PressServer) -> None:
    """The daemon until Ctrl-C, with new articles coming out."""
    ended = threading.Event()
    logging.basicConfig(level=logging.INFO, format="  %(message)s")

    def ready(address: str) -> None:
        click.echo("Open one of these, or subscribe to it (Ctrl-C ends the demo):")
        for path in ("/", "/themes/peacebuilding/", "/themes/mali/", "/themes/mali/atom.xml"):
            click.echo(f"  {address}{path}")
        click.echo(f"The press site that is read: {press.urls['en']}")
        click.echo()
        threading.Thread(target=_release, args=(press, ended), daemon=True).start()

    try:
        daemon.run(config, environ=_ENVIRONMENT, ready=ready, hangup_ends=True)
    finally:
        ended.set()


def _release(press: PressServer, ended: threading.Event) -> None:
    """Let one article after the other come out."""
    while not ended.wait(_RELEASE_S):
        release = press.release_next()
        if release is None:
            click.echo("  All articles are out; the demo goes on without news.")
            return
        click.echo(f"  {release.publisher} has published “{release.title}”")
