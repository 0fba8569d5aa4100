"""One worker process as its owner sees it."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing import Pipe
from typing import ParamSpec, TypeVar

from syndicator.errors import SandboxError

P = ParamSpec("P")
T = TypeVar("T")

_START_S = 60.0  # for the interpreter and the preloaded modules, on a busy machine
_MAX_RESULT = 64 * 2**20  # bytes; a worker must not fill our memory instead of its own
_BOOT = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path[:] = start.pop('path'); "
    "from syndicator.sandbox.child import serve; serve(**start)"
)
# Numerical libraries start a thread per core otherwise, and each takes address space.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one job may take; `max_jobs` is how many a worker does before it is replaced."""

    cpu_s: float
    memory_bytes: int  # of address space, libraries included
    wall_s: float
    max_jobs: int


class Worker:
    """A process that runs one job at a time, once it is ready. Used by one thread; `kill` may come
    from any other, also while it starts.

    Raises:
        SandboxError: the process could not be started.
    """

    def __init__(self, limits: Limits, preload: tuple[str, ...] = ()) -> None:
        self._limits = limits
        self._jobs = 0
        self._spent = False
        self._channel, theirs = Pipe()
        start = {
            "path": sys.path,
            "channel": theirs.fileno(),
            "preload": preload,
            **{k: v for k, v in asdict(limits).items() if k != "max_jobs"},
        }
        with theirs:
            self._process = _start(json.dumps(start), theirs.fileno())

    def wait_until_ready(self) -> None:
        """Until it has imported what is preloaded; takes seconds on a busy machine.

        Raises:
            SandboxError: it did not start in time, or died.
        """
        self._receive(_START_S, "did not start in time")

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_fit(self) -> bool:
        """Whether it lives and has not done its share."""
        return (
            not self._spent and self._jobs < self._limits.max_jobs and self._process.poll() is None
        )

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result, or its exception.

        Raises:
            SandboxError: a limit was passed or the process died; the worker is of no more use.
        """
        self._jobs += 1
        job = pickle.dumps((function, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        try:
            self._channel.send_bytes(job)
        except OSError:
            raise self._post_mortem() from None
        worked, value, self._spent = pickle.loads(  # noqa: S301 - from our own process
            self._receive(self._limits.wall_s, f"took more than {self._limits.wall_s:g} s")
        )
        if worked:
            return value  # type: ignore[no-any-return]
        raise value

    def kill(self) -> None:
        """End the process and wait until it is gone; a job in hand fails."""
        self._spent = True
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Kill it and let go of everything; no job is in hand."""
        self.kill()
        self._channel.close()

    def _receive(self, seconds: float, too_late: str) -> bytes:
        try:
            if not self._channel.poll(seconds):
                self.kill()
                raise SandboxError(too_late)
            return self._channel.recv_bytes(_MAX_RESULT)
        except (EOFError, OSError):
            raise self._post_mortem() from None

    def _post_mortem(self) -> SandboxError:
        """Why it is dead, in words."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.poll()
        self.kill()
        if code is None:
            return SandboxError(f"gave a result of more than {_MAX_RESULT} bytes")
        if code == -signal.SIGXCPU:
            return SandboxError(f"took more than {self._limits.cpu_s:g} s of processor time")
        if code < 0:
            return SandboxError(f"its process died ({signal.Signals(-code).name})")
        return SandboxError(f"its process ended with status {code}")


def _start(words: str, channel: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-P", "-c", _BOOT, words],
            pass_fds=[channel],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
        )
    except OSError as error:
        raise SandboxError(f"a worker process cannot be started: {error.strerror}") from error
