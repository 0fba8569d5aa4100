"""syndicator run, serve, demo: what stays up until it is told to stop."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syndicator.cli.options import opened
from syndicator.cli.say import complain, say
from syndicator.errors import StoreError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from syndicator.app import Parts
    from syndicator.server import Metrics


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, publish, and end.")
@click.pass_context
def run(ctx: click.Context, *, once: bool) -> None:
    """Run the daemon: read what is due, publish, serve.

    SIGTERM and Ctrl-C end it within 10 seconds, SIGHUP reads the configuration anew. With --once it
    suits cron; beside a running daemon it says so and does nothing.
    """
    from syndicator import daemon

    ctx.exit(daemon.run(ctx.obj, once=once))


@click.command()
@click.option("--host", help="Listen here instead of [serve] host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Listen here instead of [serve] port.")
@click.pass_obj
def serve(path: Path, *, host: str | None, port: int | None) -> None:
    """Serve the published folder, and do nothing else.

    Where the store cannot be opened it says so, and serves what is there all the same.
    """
    from syndicator import server
    from syndicator.app import load_config

    config = load_config(path, os.environ)
    with ExitStack() as stack:
        metrics = server.Metrics()
        try:
            parts = stack.enter_context(opened(path, write=False))
        except StoreError as error:
            if not server.can_stand_by(config):
                raise
            complain(str(error))
            say("what is published is served all the same; start this again when it is mended")
            app = server.standby(config, metrics)
        else:
            metrics = server.Metrics(lambda: server.counts(parts.store))
            app = _whole(parts, metrics)
        if config.serve.metrics:
            own = server.build_metrics(metrics.render)
            stack.enter_context(server.Server.at(own, config.serve.metrics))
        server.serve(
            app,
            host=config.serve.host if host is None else host,
            port=config.serve.port if port is None else port,
            ready=lambda address: say(f"serving {config.publish.dir} at {address}/"),
        )


def _whole(parts: Parts, metrics: Metrics) -> Starlette:
    """The web application with all that the store answers."""
    from syndicator import jobs, server

    config, door = parts.config, jobs.door(parts)
    return server.build(
        config.publish.dir,
        status=lambda: server.look(parts.store, config.publish.dir),
        metrics=None if config.serve.metrics else metrics.render,
        publish_max_age_s=int(config.publish.max_age_s),
        searches=jobs.PublicSearch(parts),
        hubs=server.Callbacks(parts.store, parts.clock),
        topics=jobs.topics(parts),
        hub=server.Hub(door) if door else None,
        signposts=parts.store.signposts,
        rate_limit=config.serve.rate_limit,
        count=metrics.served,
    )


@click.command()
@click.option("--once", is_flag=True, help="Read the press site, publish, print, and end.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything here: a new or empty folder, or an earlier demo's.",
)
@click.pass_context
def demo(ctx: click.Context, *, once: bool, folder: Path | None) -> None:
    """Watch it work, offline: a small press site on this machine, read and published.

    New articles come out while it runs; it prints the addresses to open. Ctrl-C ends it.
    """
    from syndicator.demo.run import main

    ctx.exit(main(folder, once=once))
