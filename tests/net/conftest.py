"""A Net with loopback allowed, for tests that need no other rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import FakeClock
from tests.net.helpers import World, world


@pytest.fixture
def here(clock: FakeClock) -> Iterator[World]:
    with world(clock) as made:
        yield made
