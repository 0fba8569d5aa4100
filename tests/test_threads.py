"""Threads as an executor: what a task raises ends there, and is told."""

from __future__ import annotations

import pytest

from syndicator.errors import StoreError
from syndicator.executors import Threads


def test_an_error_of_ours_is_a_line_and_a_bug_has_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full() -> None:
        raise StoreError("the store x.db: its disk is full")

    def bug() -> None:
        raise ValueError("nobody thought of it")

    threads = Threads(1)
    threads.submit(full)
    threads.submit(bug)
    while not threads.wait(1.0):
        pass
    threads.close()

    ours, fault = caplog.records
    assert (ours.getMessage(), ours.exc_info) == ("the store x.db: its disk is full", None)
    assert fault.exc_info
    assert fault.exc_info[0] is ValueError
