"""In CI nothing may quietly not run: `pytest -p tests.required` turns a skip into a failure.

A corpus test may be skipped where no corpus is named; anything else that is skipped lacks a
service or a program that CI was to bring.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not _may_skip(item):
        report.outcome = "failed"
        report.longrepr = f"required here, but skipped: {report.longrepr}"
    return report


def _may_skip(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("corpus")) and not os.environ.get("SYNDICATOR_CORPUS")
