"""A library on the demo's press site: everything real, read once and published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from syndicator.demo.server import PressServer
from tests.daemon.house import House, Said, patient_config


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A house whose sources have been read, and its press site."""

    house: House
    press: PressServer

    @property
    def archive(self) -> Path:
        return self.house.folder / "store" / "archive"

    @property
    def store(self) -> Path:
        return self.house.folder / "store" / "syndicator.db"

    def run(self, *words: str, code: int = 0) -> Said:
        return self.house.run(*words, code=code, within_s=120)

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", code=code).out)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.house.ask(query)

    def another(self, name: str) -> House:
        """A house with the same configuration and nothing in it."""
        return House(self.house.folder.parent / name, self.house.config.read_text("utf-8"))


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Read and published once; to be copied, not to be changed."""
    with PressServer() as press:
        text = patient_config(press).replace("[publish]", "[publish]\nentries = 5")
        house = House(tmp_path_factory.mktemp("library") / "house", text)
        house.run("run", "--once", within_s=120)
        yield Library(house=house, press=press)
        house.close()


@pytest.fixture
def library(read_once: Library, tmp_path: Path) -> Iterator[Library]:
    """A copy of it."""
    shutil.copytree(read_once.house.folder, tmp_path / "house")
    house = House(tmp_path / "house", read_once.house.config.read_text("utf-8"))
    yield Library(house=house, press=read_once.press)
    house.close()
