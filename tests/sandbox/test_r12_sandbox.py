"""R12: untrusted documents are read in processes that can be killed."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from syndicator import errors, turn
from syndicator.errors import ConfigError, FetchError, RuleError, SandboxError, Stopped
from syndicator.sandbox import InlineSandbox, Sandbox, crosses
from syndicator.turn import computing
from tests.sandbox import jobs


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    pool = Sandbox(workers=2, cpu_s=1.0, wall_s=3.0)
    yield pool
    pool.close()


def children() -> set[str]:
    """Processes of ours, dead ones that nobody has waited for included."""
    ours = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    assert Path(ours).exists()
    found: set[str] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            found |= set((task / "children").read_text().split())
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_running(pid)


def test_a_function_gives_its_result(sandbox: Sandbox) -> None:
    assert sandbox.call(jobs.double, 4, plus=1) == 9


def test_a_long_call_holds_up_no_short_one(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(sandbox.call, time.sleep, 2.5)
        time.sleep(0.5)  # and it has begun
        assert sandbox.call(jobs.double, 4) == 8
        assert not long.done()


def test_whoever_waits_for_a_worker_lets_others_compute(sandbox: Sandbox) -> None:
    def compute() -> None:
        with computing():
            sandbox.call(time.sleep, 2.5)

    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(compute)
        time.sleep(0.5)  # and it has begun
        assert not turn._turn.locked()
        assert not task.done()


def test_a_worker_stays_warm_between_calls(sandbox: Sandbox) -> None:
    assert sandbox.call(jobs.pid) == sandbox.call(jobs.pid) != os.getpid()


def test_what_a_function_prints_is_no_answer(sandbox: Sandbox) -> None:
    assert sandbox.call(jobs.chatter) == "answer"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param(
            "fetch", FetchError("no answer", status=503, not_before=jobs.WHEN), id="keywords"
        ),
        pytest.param("rule", RuleError("odd word", column=7), id="a text made up of parts"),
        pytest.param("config", ConfigError(["line 1: bad", "line 2: worse"]), id="a list"),
    ],
)
def test_our_errors_cross_the_border_intact(
    sandbox: Sandbox, kind: str, expected: Exception
) -> None:
    with pytest.raises(type(expected)) as caught:
        sandbox.call(jobs.own_error, kind)

    assert str(caught.value) == str(expected)
    assert vars(caught.value) == vars(expected)


def test_every_error_of_ours_can_be_pickled() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    ours = [kind for kind in kinds if issubclass(kind, errors.SyndicatorError)]

    for kind in ours:
        error = kind(["one"]) if kind is ConfigError else kind("one")
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is kind
        assert (str(again), vars(again)) == (str(error), vars(error))


def test_values_that_cross_in_numbers_come_out_as_they_went_in(sandbox: Sandbox) -> None:
    crosses(jobs.Parcel)
    parcel = jobs.Parcel(content={"a": [1]}, inner=(jobs.Parcel(weight=None), jobs.Parcel()))

    found = sandbox.call(jobs.returned, parcel)

    assert found == parcel
    assert repr(found) == repr(parcel)
    assert replace(found, weight=3).weight == 3
    with pytest.raises(FrozenInstanceError):
        found.weight = 2  # type: ignore[misc]


def test_a_bug_stays_loud_and_says_where_it_happened(sandbox: Sandbox) -> None:
    with pytest.raises(KeyError, match="a bug of ours") as caught:
        sandbox.call(jobs.bug)

    assert "in bug" in caught.value.__notes__[0]


def test_an_exception_that_cannot_be_read_back_is_told_in_words(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="told"):
        sandbox.call(jobs.unreadable)

    assert sandbox.call(jobs.double, 1) == 2


@pytest.mark.parametrize(
    ("job", "argument", "reason"),
    [
        pytest.param(jobs.sleep, 30, "more than 3 s", id="a hang"),
        pytest.param(jobs.swallow, 1000, "512 MiB of memory", id="too much memory"),
        pytest.param(jobs.many_bytes, 70 * 2**20, "result of more than", id="too large a result"),
        pytest.param(jobs.die, signal.SIGSEGV, "SIGSEGV", id="a crash"),
        pytest.param(jobs.die, signal.SIGKILL, "SIGKILL", id="killed from outside"),
    ],
)
def test_a_poisonous_job_costs_one_call(
    sandbox: Sandbox, job: object, argument: int, reason: str
) -> None:
    before = sandbox.call(jobs.pid)
    began = time.monotonic()

    with pytest.raises(SandboxError, match=reason):
        sandbox.call(job, argument)  # type: ignore[arg-type]

    assert time.monotonic() - began < 25
    assert sandbox.call(jobs.double, 2) == 4
    assert sandbox.call(jobs.pid) != before
    assert not is_running(before)


def test_endless_work_ends_by_its_processor_time() -> None:
    pool = Sandbox(workers=1, cpu_s=1.0, wall_s=60.0)  # a busy machine may need long for a second
    try:
        with pytest.raises(SandboxError, match="1 s of processor time"):
            pool.call(jobs.burn, 60)
        assert pool.call(jobs.double, 2) == 4
    finally:
        pool.close()


def test_leaving_the_process_is_an_error_and_not_an_exit(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="SystemExit"):
        sandbox.call(jobs.leave)


def test_processor_time_is_counted_per_job() -> None:
    pool = Sandbox(workers=1, cpu_s=1.0, wall_s=60.0)  # a busy machine may need long for a second
    try:
        first = pool.call(jobs.pid)
        for _ in range(5):
            pool.call(jobs.burn, 0.5)
        assert pool.call(jobs.pid) == first
    finally:
        pool.close()


def test_a_worker_that_died_while_idle_is_replaced_unnoticed(sandbox: Sandbox) -> None:
    os.kill(sandbox.call(jobs.pid), signal.SIGKILL)
    time.sleep(0.1)

    assert sandbox.call(jobs.double, 3) == 6


def test_workers_ignore_the_signals_that_end_a_daemon(sandbox: Sandbox) -> None:
    worker = sandbox.call(jobs.pid)
    os.kill(worker, signal.SIGINT)
    os.kill(worker, signal.SIGTERM)

    assert sandbox.call(jobs.pid) == worker


def test_a_worker_is_replaced_after_its_share_of_jobs() -> None:
    pool = Sandbox(workers=1, max_jobs=3)
    try:
        pids = [pool.call(jobs.pid) for _ in range(7)]
    finally:
        pool.close()

    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6]


def test_many_threads_share_few_workers(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(16) as threads:
        results = list(threads.map(lambda n: sandbox.call(jobs.double, n), range(200)))
        pids = set(threads.map(lambda _: sandbox.call(jobs.sleep, 0.02), range(32)))

    assert results == [2 * n for n in range(200)]
    assert len(pids) <= 2


def test_honest_jobs_go_on_beside_a_hanging_one() -> None:
    pool = Sandbox(workers=2, wall_s=60)
    with ThreadPoolExecutor(1) as thread:
        hanging = thread.submit(pool.call, jobs.sleep, 60)
        assert [pool.call(jobs.double, n) for n in range(50)] == [2 * n for n in range(50)]
        assert not hanging.done()
        pool.close()
        with pytest.raises(Stopped):
            hanging.result()


def test_the_largest_libraries_fit_into_the_memory_allowed() -> None:
    page = f"<html><body><article>{'<p>Peace is more than a treaty.</p>' * 40}</article></body>"
    pool = Sandbox(workers=1)
    try:
        assert "Peace is more" in (pool.call(jobs.extract, page) or "")
    finally:
        pool.close()


def test_preloaded_modules_do_not_count_as_the_jobs_time() -> None:
    pool = Sandbox(workers=1, cpu_s=0.9, preload=("trafilatura",))
    try:
        assert pool.call(jobs.double, 1) == 2
    finally:
        pool.close()


def test_closing_ends_calls_in_hand_and_leaves_no_process() -> None:
    before = children()
    pool = Sandbox(workers=2, wall_s=60)
    with ThreadPoolExecutor(3) as threads:
        busy = [threads.submit(pool.call, jobs.sleep, 60) for _ in range(3)]
        while len(children() - before) < 2 or not pool._places.empty():
            time.sleep(0.02)
        time.sleep(0.3)
        began = time.monotonic()
        pool.close()
        for call in busy:
            with pytest.raises(Stopped):
                call.result(5)

    assert time.monotonic() - began < 20
    assert children() <= before
    with pytest.raises(Stopped):
        pool.call(jobs.double, 1)


def test_closing_does_not_wait_for_a_worker_to_start() -> None:
    """R37: workers start in seconds where the machine is busy, and a stop may fall into these."""
    before = children()
    pool = Sandbox(workers=1, preload=("tests.sandbox.slow_to_start",))
    with ThreadPoolExecutor(1) as threads:
        began = time.monotonic()
        call = threads.submit(pool.call, jobs.double, 1)
        while not children() - before:
            time.sleep(0.02)
        pool.close()
        with pytest.raises(Stopped):
            call.result(50)

    assert time.monotonic() - began < 50
    assert children() <= before


def test_no_descriptor_or_process_is_left_behind() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before, processes = count(), children()
    for _ in range(3):
        pool = Sandbox(workers=1, wall_s=0.3)
        with pytest.raises(SandboxError):
            pool.call(jobs.sleep, 5)
        pool.call(jobs.double, 1)
        pool.close()

    assert count() <= before
    assert children() <= processes


_OWNER = """
import sys, threading, time
from syndicator.sandbox import Sandbox
from tests.sandbox import jobs
pool = Sandbox(workers=2, wall_s=1.0)
print(pool.call(jobs.pid), flush=True)
{then}
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("then", "seconds"),
    [
        pytest.param("", 2, id="idle workers see the end of their pipe"),
        pytest.param(
            "threading.Thread(target=pool.call, args=(jobs.block_signal,)).start()",
            12,
            id="busy ones have an alarm",
        ),
    ],
)
def test_workers_die_with_their_owner(then: str, seconds: float) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER.format(then=then)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert owner.stdout is not None
    with owner.stdout:
        worker = int(owner.stdout.readline())
    time.sleep(0.3)
    owner.kill()
    owner.wait()

    assert wait_until_gone(worker, seconds)


def test_the_inline_sandbox_keeps_the_same_promise() -> None:
    assert InlineSandbox().call(jobs.double, 2, plus=1) == 5
    with pytest.raises(RuleError):
        InlineSandbox().call(jobs.own_error, "rule")


def test_threads_may_end_before_the_workers_they_started(sandbox: Sandbox) -> None:
    pids: list[int] = []
    starter = threading.Thread(target=lambda: pids.append(sandbox.call(jobs.pid)))
    starter.start()
    starter.join()
    time.sleep(0.2)

    assert sandbox.call(jobs.pid) == pids[0]
