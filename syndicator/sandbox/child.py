"""What a worker process does: take a job, run it within limits, answer, until nobody asks."""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import pickle
import resource
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from syndicator.errors import SandboxError, SyndicatorError

_MIB = 2**20
_ORPHAN_S = 5.0  # how long past the wall time a job may live whose owner is gone
_YOUNG = 20_000  # objects more than before, until they are looked at for rubbish


def serve(
    *, channel: int, cpu_s: float, memory_bytes: int, wall_s: float, preload: Sequence[str]
) -> None:
    """Answer jobs on this descriptor until its other end is closed."""
    for ignored in (signal.SIGINT, signal.SIGTERM):  # our owner decides when we end
        signal.signal(ignored, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    for name in preload:
        importlib.import_module(name)
    # A document is many objects and hardly a cycle, and what is loaded by now stays for good.
    gc.freeze()
    gc.set_threshold(_YOUNG)
    owner: Connection[Any, Any] = Connection(channel)
    with contextlib.suppress(EOFError, OSError):
        owner.send_bytes(b"ready")
        while True:
            owner.send_bytes(_answer(owner.recv_bytes(), cpu_s, wall_s, memory_bytes))


def _answer(job: bytes, cpu_s: float, wall_s: float, memory_bytes: int) -> bytes:
    """(worked, result or exception, whether this process should be replaced), pickled."""
    try:
        function, args, kwargs = pickle.loads(job)  # noqa: S301 - from our owner
        del job
        with _limits(cpu_s, wall_s):
            return _pickled(True, function(*args, **kwargs), False)
    except MemoryError:
        why = SandboxError(f"took more than {memory_bytes // _MIB} MiB of memory")
        return _pickled(False, why, True)
    except SyndicatorError as error:
        return _pickled(False, error.with_traceback(None), False)
    except BaseException as error:  # a fault of ours: it is told whole, to be found
        return _failure(error)


@contextlib.contextmanager
def _limits(cpu_s: float, wall_s: float) -> Iterator[None]:
    """Processor time counts from here on. The alarm is for orphans: owners look at the clock."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    end = math.ceil(time.process_time() + cpu_s)
    resource.setrlimit(
        resource.RLIMIT_CPU, (end if hard == resource.RLIM_INFINITY else min(end, hard), hard)
    )
    signal.setitimer(signal.ITIMER_REAL, wall_s + _ORPHAN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _failure(error: BaseException) -> bytes:
    text = "".join(traceback.format_exception(error))
    if not isinstance(error, Exception):
        return _pickled(False, SandboxError(f"ended by {type(error).__name__}"), True)
    error.add_note(f"In a worker process:\n{text}")
    try:
        data = _pickled(False, error, False)
        pickle.loads(data)  # noqa: S301 - some exceptions pickle and cannot be read back
    except Exception:
        return _pickled(False, RuntimeError(text), False)
    return data


def _pickled(worked: bool, value: object, spent: bool) -> bytes:
    return pickle.dumps((worked, value, spent), protocol=pickle.HIGHEST_PROTOCOL)
