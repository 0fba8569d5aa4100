"""The daemon: APScheduler knocks, the store says what is due, the executor does it, the web serves.

Eight jobs: two that hand due sources and pictures to the executor, publishing, telling those who
follow our feeds, the search index, subscriptions with hubs, the ledger, and hourly upkeep. Each is
cheap when there is nothing to do, runs once at a time, and makes up for nothing it missed. Signals
only set flags; the main thread acts on them.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from syndicator import jobs
from syndicator.app import Parts, load_config, open_parts, put_together
from syndicator.config import Config
from syndicator.duties import Duties
from syndicator.errors import ConfigError, LockedError, Stopped, StoreError, SyndicatorError
from syndicator.pipeline.reader import Visits
from syndicator.server import (
    Callbacks,
    Hub,
    Metrics,
    Server,
    build,
    build_metrics,
    can_stand_by,
    counts,
    look,
    stand_by,
)

logger = logging.getLogger(__name__)

_TICK_S = 0.5
_PUBLISH_S = 0.5  # what is new shows within a second (design section 7)
_INDEX_S = 2
_PICTURES_S = 1.0
_TELL_S = 0.5
_SUBSCRIBE_S = 10
_RECORD_S = 1.0
_UPKEEP_S = 3600
_GRACE_S = 3.0  # for refreshes in hand before they are called back
_LAST_S = 9.0  # from the signal to the end, whatever still runs (R37)
SOME_FAILED = 3


def run(
    path: Path,
    *,
    once: bool = False,
    environ: Mapping[str, str] | None = None,
    ready: Callable[[str], None] = lambda _: None,
    hangup_ends: bool = False,
) -> int:
    """Run until SIGTERM or SIGINT, or with `once` until nothing is due; the exit code.

    While the store cannot be opened, what was published is served, and nothing else is done.

    Args:
        hangup_ends: SIGHUP ends it too, instead of reading the configuration anew.
        ready: told the address of the web server once it answers.

    Raises:
        ConfigError: the configuration is wrong; nothing was started.
        LockedError: another daemon runs on this store.
        StoreError: it cannot be opened, and there is nothing to serve.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # APScheduler warns whenever a job takes longer than its interval, as publishing may.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    environ = os.environ if environ is None else environ
    with ExitStack() as stack:
        told = stack.enter_context(_last_resort())
        work = Duties()
        begin = partial(_begin, path, environ, stack, work, once=once)
        try:
            parts = begin()
        except StoreError as error:
            config = load_config(path, environ)
            if once or not can_stand_by(config):
                raise
            work.tell(error)
            attempt = partial(work.do, begin)
            parts = _stand_by(config, attempt, told, hangup_ends=hangup_ends)
        if parts is None:
            return 0
        if once:
            return _once(parts, work, told)
        jobs.spread_overdue(parts)
        return _Daemon(parts, environ, ready, work, told, hangup_ends=hangup_ends).run()


def _begin(
    path: Path, environ: Mapping[str, str], stack: ExitStack, work: Duties, *, once: bool
) -> Parts | None:
    """The parts, in line with the file and for us alone; `stack` closes them.

    What stands in the way of upkeep is said, and keeps nothing else from being done, save that a
    store which says no is no store to begin with.

    Returns: None where another daemon does the work that is to be done once.
    """
    with ExitStack() as trial:
        parts = trial.enter_context(open_parts(path, environ=environ, write=False))
        try:
            trial.enter_context(parts.daemon.hold())
        except LockedError as error:
            if not once:
                raise
            logger.info("%s; it does the work", error)
            return None
        jobs.remove_unfinished(parts)
        jobs.void_dead(parts)
        jobs.reconcile(parts)
        jobs.upkeep(parts, do=partial(work.do, but=StoreError))
        stack.enter_context(trial.pop_all())
    return parts


def _stand_by(
    config: Config,
    attempt: Callable[[], Parts | None],
    told: threading.Event,
    *,
    hangup_ends: bool,
) -> Parts | None:
    """The first that `attempt` gives; None when a signal ends it before. SIGHUP tries at once."""
    wake = threading.Event()

    def stop(*_: object) -> None:
        told.set()
        wake.set()

    hangup = stop if hangup_ends else lambda *_: wake.set()
    with _handling({signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: hangup}):
        return stand_by(config, attempt, told=told, wake=wake)


@contextmanager
def _last_resort() -> Generator[threading.Event, None, None]:
    """An event; once it is set, this process ends in time even if something does not let go.

    It may: what a crash cannot harm, an end cannot either.
    """
    told, ended = threading.Event(), threading.Event()

    def watch() -> None:
        told.wait()
        if not ended.wait(_LAST_S):
            logger.warning("ended in the middle of something; the next start makes up for it")
            os._exit(0)

    threading.Thread(target=watch, name="last-resort", daemon=True).start()
    try:
        yield told
    finally:
        ended.set()
        told.set()  # so that the thread ends


def _once(parts: Parts, work: Duties, told: threading.Event) -> int:
    """Everything due now, and published; a signal gives back what is in hand (R37)."""

    def stop(*_: object) -> None:
        told.set()
        # In a thread: the one that the signal interrupts may hold a lock that stopping needs.
        threading.Thread(target=_call_back, args=(parts,), daemon=True).start()

    with _handling({signal.SIGTERM: stop, signal.SIGINT: stop}):
        try:
            results = jobs.read_due(parts, progress=_say)
            pictures = jobs.fetch_pictures(parts)
        except Stopped:
            logger.info("stopped; the next run goes on")
            return 0
        jobs.publish(parts)
        jobs.record(parts)
        jobs.stamp_days(parts)
        jobs.tell_all(parts)
        jobs.index(parts, pause=lambda _: told.is_set())
        jobs.band(parts, pause=lambda _: told.is_set())
    failed = sum(1 for one in results if one.result == "failed")
    logger.info("%d sources read, %d of them failed", len(results), failed)
    if pictures != jobs.Had():
        logger.info("%d pictures kept, %d not had", pictures.kept, pictures.missed)
    return SOME_FAILED if failed or work.failed else 0


def _say(pulled: jobs.Pulled) -> None:
    """A line for what failed, and one for what brought something; nothing else is worth one."""
    if pulled.result == "failed":
        logger.warning("%s: %s", pulled.source_id, pulled.error)
    elif pulled.new or pulled.changed:
        logger.info("%s: %d new, %d revised", pulled.source_id, pulled.new, pulled.changed)


def _call_back(parts: Parts) -> None:
    """What still runs raises Stopped and gives its claim back."""
    parts.net.stop()
    parts.sandbox.close()


@contextmanager
def _handling(
    handlers: Mapping[signal.Signals, Callable[[int, FrameType | None], None]],
) -> Generator[None, None, None]:
    before = {number: signal.signal(number, handle) for number, handle in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Daemon:
    """One run of the daemon; the parts change when the configuration is read anew."""

    def __init__(
        self,
        parts: Parts,
        environ: Mapping[str, str],
        ready: Callable[[str], None],
        work: Duties,
        stop: threading.Event,
        *,
        hangup_ends: bool,
    ) -> None:
        self._parts = parts
        self._environ = environ
        self._ready = ready
        self._metrics = Metrics(lambda: counts(self._parts.store))
        self._dispatcher = jobs.Dispatcher(parts.hands, count=self._metrics.told)
        self._publisher = jobs.Publisher()
        self._stop = stop
        self._wake = threading.Event()
        self._reload = False
        self._hangup_ends = hangup_ends
        self._gates: list[Visits] = []  # of earlier configurations, with what is under way there
        self._jobs = work
        self._working = threading.Lock()  # held while parts are changed, or work is handed out

    def run(self) -> int:
        """Work until told to stop."""
        with ExitStack() as stack:
            stack.enter_context(_handling(self._handlers()))
            server = self._serve(stack)
            scheduler = self._schedule()
            scheduler.start()
            self._ready(server.address)
            logger.info("serving at %s/", server.address)
            with ExitStack() as reloaded:
                self._until_stopped(server, reloaded)
                scheduler.pause()
                self._dispatcher.close()
                self._finish()
                scheduler.shutdown()
                self._jobs.do(partial(jobs.publish_stale, self._parts))
                self._jobs.do(partial(jobs.record, self._parts))
        logger.info("stopped")
        return 0 if self._stop.is_set() else 1

    def _until_stopped(self, server: Server, reloaded: ExitStack) -> None:
        while not self._stop.is_set():
            self._wake.wait(1.0)
            self._wake.clear()
            if self._reload:
                self._reload = False
                self._read_anew(reloaded)
            if not server.alive:
                logger.error("the web server ended by itself")
                return

    def _finish(self) -> None:
        """Let refreshes in hand end for a while, then call them back (R37)."""
        parts = self._parts
        ends_at = parts.clock.monotonic() + _GRACE_S
        while not parts.executor.wait(0.2):
            if parts.clock.monotonic() >= ends_at:
                for gate in self._gates:
                    gate.stop()
                _call_back(parts)
                break

    # ------------------------------------------------------------------ jobs

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(8)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_job(self._tick, "interval", seconds=_TICK_S, id="tick")
        scheduler.add_job(self._take_pictures, "interval", seconds=_PICTURES_S, id="pictures")
        scheduler.add_job(self._publish, "interval", seconds=_PUBLISH_S, id="publish")
        scheduler.add_job(self._index, "interval", seconds=_INDEX_S, id="index")
        scheduler.add_job(self._tell, "interval", seconds=_TELL_S, id="tell")
        scheduler.add_job(self._subscribe, "interval", seconds=_SUBSCRIBE_S, id="subscribe")
        scheduler.add_job(self._record, "interval", seconds=_RECORD_S, id="record")
        scheduler.add_job(self._upkeep, "interval", seconds=_UPKEEP_S, id="upkeep")
        scheduler.add_job(self._verify, "interval", seconds=_UPKEEP_S, id="verify")
        return scheduler

    def _tick(self) -> None:
        if self._stop.is_set():
            return
        with self._working:
            self._jobs.do(partial(jobs.follow_hints, self._parts))
            self._jobs.do(
                partial(jobs.take_due, self._parts, self._polled, refused=self._jobs.tell)
            )

    def _take_pictures(self) -> None:
        if not self._stop.is_set():
            with self._working:
                self._jobs.do(partial(jobs.take_pictures, self._parts, refused=self._jobs.tell))
            self._jobs.do(partial(jobs.want_past_pictures, self._parts))

    def _polled(self, pulled: jobs.Pulled, *, more: bool = False) -> None:  # noqa: ARG002
        self._metrics.polled(pulled.result)
        _say(pulled)

    def _publish(self) -> None:
        if self._stop.is_set():
            return
        seconds = self._jobs.do(partial(self._publisher.publish, self._parts))
        if seconds is not None:
            self._metrics.published(seconds)
            self._tell()

    def _tell(self) -> None:
        if not self._stop.is_set():
            self._jobs.do(partial(jobs.tell, self._parts, self._dispatcher))

    def _index(self) -> None:
        """With rests as long as each batch took: a large index is made beside all else."""
        if not self._stop.is_set():
            self._jobs.do(partial(jobs.index, self._parts, pause=self._stop.wait))
            self._jobs.do(partial(jobs.band, self._parts, pause=self._stop.wait))

    def _subscribe(self) -> None:
        if not self._stop.is_set():
            self._jobs.do(partial(jobs.subscribe, self._parts))

    def _record(self) -> None:
        self._jobs.do(partial(jobs.record, self._parts))

    def _upkeep(self) -> None:
        jobs.upkeep(self._parts, do=self._jobs.do)
        self._jobs.do(partial(jobs.stamp_days, self._parts))

    def _verify(self) -> None:
        self._jobs.do(partial(jobs.verify_weekly, self._parts, self._stop, self._environ))

    # ------------------------------------------------------------------ web server

    def _serve(self, stack: ExitStack) -> Server:
        config, door = self._parts.config, jobs.door(self._parts)
        if config.serve.metrics:
            separate = Server.at(build_metrics(self._metrics.render), config.serve.metrics)
            stack.enter_context(separate)
        app = build(
            config.publish.dir,
            status=lambda: look(self._parts.store, config.publish.dir),
            metrics=None if config.serve.metrics else self._metrics.render,
            publish_max_age_s=int(config.publish.max_age_s),
            searches=jobs.PublicSearch(self._parts),
            hubs=Callbacks(self._parts.store, self._parts.clock),
            topics=jobs.topics(self._parts),
            hub=Hub(door, taken=self._tell) if door else None,
            signposts=self._parts.store.signposts,
            rate_limit=config.serve.rate_limit,
            count=self._metrics.served,
        )
        server = Server(app, host=config.serve.host, port=config.serve.port)
        return stack.enter_context(server)

    # ------------------------------------------------------------------ signals, reload

    def _handlers(self) -> Mapping[signal.Signals, Callable[[int, FrameType | None], None]]:
        hangup = self._told_to_stop if self._hangup_ends else self._told_to_reload
        return {
            signal.SIGTERM: self._told_to_stop,
            signal.SIGINT: self._told_to_stop,
            signal.SIGHUP: hangup,
        }

    def _told_to_stop(self, *_: object) -> None:
        if self._stop.is_set():
            os._exit(1)  # the second time it is meant at once (R37)
        self._stop.set()
        self._wake.set()

    def _told_to_reload(self, *_: object) -> None:
        self._reload = True
        self._wake.set()

    def _read_anew(self, reloaded: ExitStack) -> None:
        """Take over the file as it is now; a bad one changes nothing (design section 6)."""
        old = self._parts
        try:
            config = load_config(old.config.path, self._environ)
        except ConfigError as error:
            for problem in error.problems:
                logger.error("not reloaded: %s", problem)
            return
        config = _as_started(config, old.config)
        with self._working:
            try:
                new = put_together(config, reloaded, like=old)
                jobs.reconcile(new)
            except SyndicatorError as error:
                logger.error("not reloaded: %s", error)
                return
            self._parts = new
            self._gates.append(old.net)
        logger.info(
            "reloaded: %d sources, %d themes declared", len(config.sources), len(config.themes)
        )


# What a running daemon cannot change.
_FIXED = ("site", "store", "publish", "serve", "executor", "hub")


def _as_started(config: Config, before: Config) -> Config:
    """The new configuration, save what only holds from the next start on; that is said."""
    for name in _FIXED:
        if getattr(config, name) != getattr(before, name):
            logger.warning("[%s] has changed: it holds from the next start on", name)
    if config.fetch.workers != before.fetch.workers:
        logger.warning("[fetch] workers has changed: it holds from the next start on")
    return replace(config, **{name: getattr(before, name) for name in _FIXED})
