"""A bar for what takes its time: on a terminal alone, never among data."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syndicator.ports.progress import Progress, unwatched

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


@contextmanager
def progress_shown(*, quiet: bool = False) -> Generator[Progress, None, None]:
    """What a job tells, as a bar on standard error while it runs; nothing of it stays.

    Args:
        quiet: no bar, whatever standard error is.
    """
    if quiet or not sys.stderr.isatty():
        yield unwatched
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[far]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars)


class _Bar:
    """One bar, begun anew with each thing that is done."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._doing: tuple[str, bool] | None = None
        self._task: TaskID | None = None

    def __call__(self, doing: str, done: int, total: int) -> None:
        far = f"{100 * done // total} %" if total else f"{done:,}" if done else ""
        if (doing, bool(total)) != self._doing:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._doing = (doing, bool(total))
            self._task = self._bars.add_task(doing, total=total or None, far=far)
        assert self._task is not None
        self._bars.update(self._task, completed=done, total=total or None, far=far)
