"""Libraries that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from syndicator.app import open_parts
from tests.conftest import FakeClock
from tests.publish.house import CONFIG, MALI, PEACE, Library

Open = Callable[..., Library]


@pytest.fixture
def open_library(tmp_path: Path, clock: FakeClock) -> Iterator[Open]:
    """Open the library of a folder, which is made with two themes if it is new."""
    with ExitStack() as stack:

        def one(name: str = "library", config: str = CONFIG) -> Library:
            folder = tmp_path / name
            fresh = not folder.exists()
            for each in ("feeds", "store"):
                (folder / each).mkdir(parents=True, exist_ok=True)
            (folder / "config.toml").write_text(config)
            parts = stack.enter_context(open_parts(folder / "config.toml", environ={}, clock=clock))
            for theme in (MALI, PEACE) if fresh else ():
                parts.store.add_theme(theme, now=clock.now())
            return Library(folder=folder, parts=parts, clock=clock)

        yield one


@pytest.fixture
def library(open_library: Open) -> Library:
    """A new one."""
    return open_library()
