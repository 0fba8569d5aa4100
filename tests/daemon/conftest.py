"""Houses with real processes on them, which end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syndicator.demo.server import PressServer
from tests.daemon.house import House

Build = Callable[..., House]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Make a house from the text of its configuration."""
    houses: list[House] = []

    def one(text: str, name: str = "house") -> House:
        houses.append(House(tmp_path / name, text))
        return houses[-1]

    yield one
    for house in houses:
        house.close()


@pytest.fixture
def press() -> Iterator[PressServer]:
    """The demo's press site, nothing released yet."""
    with PressServer() as server:
        yield server
