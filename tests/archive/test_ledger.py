"""The ledger tells everything that is kept, in order, once, and stops where it cannot be right."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.archive.ledger import SCHEMA, Head
from syndicator.archive.proof import Chain
from syndicator.jobs.parts import Parts
from syndicator.model import ArticleChange, SourceSettings, Theme
from syndicator.stores.kept import KINDS, PASSING
from syndicator.stores.schema import metadata
from tests.conftest import FakeClock
from tests.store.conftest import FEED, change, claimed, decided

CONFIG = """
[site]
title = "The library"
contact = "desk@library.example"
"""
MALI = Theme(slug="mali", title="Mali", match="title:mali")
NAMES = {kind.table.name: kind.name for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Open parts with a theme, into which articles are put by hand."""

    folder: Path
    parts: Parts
    clock: FakeClock

    def read(self, *changes: ArticleChange, **what: Any) -> None:
        """Save what a refresh decided, a minute later."""
        self.clock.move(60)
        store, now = self.parts.store, self.clock.now()
        if not store.sources():
            store.add_source("agency", SourceSettings(url=FEED), now=now)
        claim = claimed(store, "agency", at=now)  # type: ignore[arg-type]
        assert store.save(decided(claim, *changes, at=now, **what))

    def tell(self) -> list[Any]:
        """Tell what waits; the lines of the ledger."""
        jobs.record(self.parts)
        return self.lines()

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.bytes().splitlines()]

    def bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.days())

    def days(self) -> list[Path]:
        return sorted(self.ledger.glob("*.jsonl"))

    @property
    def ledger(self) -> Path:
        return self.folder / "store" / "archive" / "ledger"

    def object(self, name: str) -> Any:
        body = (self.folder / "store" / "archive" / "objects" / name[:2] / name).read_bytes()
        assert sha256(body).hexdigest() == name
        return json.loads(body)


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Iterator[Desk]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    with open_parts(config, environ={}, clock=clock) as parts:
        parts.store.add_theme(MALI, now=clock.now())
        yield Desk(folder=tmp_path, parts=parts, clock=clock)


# ------------------------------------------------------------------ what is told


def test_every_table_is_told_or_known_to_pass() -> None:
    assert {*metadata.tables} == {*NAMES} | PASSING


def test_every_line_follows_from_the_one_before_and_fits_the_schema(desk: Desk) -> None:
    desk.read(change("a", "The river.", themes=("mali",)), change("b", "The bridge."))
    desk.read(change("a", "The river rose.", themes=("mali",)))
    desk.parts.store.rename_theme("mali", "sahel", now=desk.clock.now())
    lines = desk.tell()

    schema = Draft202012Validator(
        json.loads(resources.files("syndicator.archive").joinpath(SCHEMA).read_bytes())
    )
    prev = "0" * 64
    for n, (raw, line) in enumerate(zip(desk.bytes().splitlines(), lines, strict=True), 1):
        schema.validate(line)
        assert line["n"] == n
        assert line["prev"] == prev
        assert list(line) == sorted(line)
        assert line["row"] is None or list(line["row"]) == sorted(line["row"])
        assert line["object"] is None or desk.object(line["object"])
        prev = sha256(raw).hexdigest()
    assert {line["kind"] for line in lines} >= {"begin", "source", "article", "revision", "row"}
    assert (desk.ledger / SCHEMA).is_file()


def test_lines_hold_no_title_no_name_and_no_text(desk: Desk) -> None:
    said = {"title": "Awa Diarra speaks", "standfirst": "Of the river."}
    desk.read(change("a", themes=("mali",), **said))

    desk.tell()

    assert b"Awa" not in desk.bytes()
    assert b"river" not in desk.bytes()
    (told,) = [line for line in desk.lines() if line["kind"] == "revision"]
    assert desk.object(told["object"])["title"] == "Awa Diarra speaks"


def test_a_poll_that_brought_nothing_writes_no_line(desk: Desk) -> None:
    desk.read(change("a", "The river."))
    before = desk.tell()

    desk.read()

    assert desk.tell() == before
    assert desk.parts.store.to_tell(1) == []


def test_what_another_program_writes_into_the_store_is_not_told(desk: Desk) -> None:
    desk.read(change("a", "The river."))
    before = desk.tell()

    with closing(sqlite3.connect(desk.folder / "store" / "syndicator.db")) as db:
        db.execute("UPDATE articles SET url = 'https://evil.example/'")
        db.commit()

    assert desk.tell() == before


def test_a_configuration_change_is_told(desk: Desk) -> None:
    desk.tell()
    config = desk.folder / "config.toml"
    config.write_text(
        CONFIG.replace("The library", "Another title") + '[themes.peace]\ntitle = "P"'
    )

    with open_parts(config, environ={}, clock=desk.clock):
        pass

    told = desk.lines()
    (fact,) = [line for line in told if line["key"] == ["configuration"]][-1:]
    assert "Another title" in desk.object(fact["object"])["value"]
    assert [line for line in told if line["kind"] == "theme"][-1]["row"]["slug"] == "peace"


@pytest.mark.parametrize("name", ["2026-03-01.manifest.json", SCHEMA])
def test_a_file_beside_the_lines_that_cannot_be_read_is_named_and_holds_nothing_up(
    desk: Desk, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    for text in ("one", "two"):
        desk.read(change("a", text))
        desk.tell()
        desk.clock.move(24 * 3600)
    whole = (desk.ledger / name).read_bytes()
    (desk.ledger / name).unlink()
    (desk.ledger / name).mkdir()
    caplog.clear()

    jobs.upkeep(desk.parts)
    jobs.upkeep(desk.parts)

    (said,) = caplog.messages
    assert said == (
        f"the end of a day in the ledger waits, reading goes on: {desk.ledger / name}: Is a "
        "directory; a folder stands where a file should be: move it away"
    )
    chain = Chain(desk.ledger, Head.read(desk.parts.store.ledger_head()))
    assert len([*chain.lines()]) == len(desk.lines())
    assert [fault.where for fault in chain.faults] == [f"ledger/{name}"]
    assert "cannot be read: Is a directory" in chain.faults[0].what

    (desk.ledger / name).rmdir()
    (desk.ledger / name).write_bytes(whole)
    jobs.upkeep(desk.parts)
    assert len(caplog.messages) == 1
    assert (desk.ledger / "2026-03-02.manifest.json").exists()
    chain = Chain(desk.ledger, Head.read(desk.parts.store.ledger_head()))
    assert [*chain.lines()]
    assert chain.faults == []


def test_a_lost_schema_is_written_again(desk: Desk) -> None:
    desk.read(change("a", "one"))
    desk.tell()
    (desk.ledger / SCHEMA).unlink()

    jobs.upkeep(desk.parts)

    assert (desk.ledger / SCHEMA).exists()


# ------------------------------------------------------------------ days


def test_a_day_is_closed_by_a_manifest_that_names_the_one_before(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.read(change("a", text))
        desk.tell()
        desk.clock.move(24 * 3600)

    days = desk.days()
    assert [path.name[:10] for path in days] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    previous = b""
    for path in days[:2]:
        body = path.with_name(path.stem + ".manifest.json").read_bytes()
        told = json.loads(body)
        assert told["sha256"] == sha256(path.read_bytes()).hexdigest()
        assert told["prev"] == (sha256(previous).hexdigest() if previous else "")
        assert told["size"] == path.stat().st_size
        previous = body
    assert not days[2].with_name(days[2].stem + ".manifest.json").exists()


def test_a_day_that_is_over_is_closed_without_news(desk: Desk) -> None:
    desk.read(change("a", "one"))
    desk.tell()
    desk.clock.move(24 * 3600)

    jobs.upkeep(desk.parts)

    assert [path.name for path in desk.ledger.glob("*.manifest.json")] == [
        "2026-03-01.manifest.json"
    ]


def test_a_clock_put_back_does_not_open_a_day_that_is_closed(desk: Desk) -> None:
    desk.read(change("a", "one"))
    desk.tell()
    desk.clock.move(24 * 3600)
    desk.read(change("a", "two"))
    desk.tell()
    desk.clock.move(-48 * 3600)
    desk.parts.store.add_theme(replace(MALI, slug="river"), now=desk.clock.now())

    desk.tell()

    assert [path.name[:10] for path in desk.days()] == ["2026-03-01", "2026-03-02"]


def test_r36_a_day_that_a_clock_gone_wrong_has_closed_gets_no_line_more(desk: Desk) -> None:
    desk.read(change("a", "one"))
    desk.tell()
    desk.clock.move(24 * 3600)
    jobs.upkeep(desk.parts)
    desk.clock.move(-24 * 3600)
    desk.parts.store.add_theme(replace(MALI, slug="river"), now=desk.clock.now())

    desk.tell()

    chain = Chain(desk.ledger, Head.read(desk.parts.store.ledger_head()))
    assert len([*chain.lines()]) == len(desk.lines())
    assert chain.faults == []
    assert [path.name[:10] for path in desk.days()] == ["2026-03-01", "2026-03-02"]


# ------------------------------------------------------------------ cut short


def _forgotten(desk: Desk, head: str) -> None:
    """The store as if it had not been told what was appended since."""
    with closing(sqlite3.connect(desk.folder / "store" / "syndicator.db")) as db:
        db.execute("UPDATE facts SET value = ? WHERE name = 'ledger'", (head,))
        db.commit()


@pytest.mark.parametrize("cut", [0, 1, 100, 600])
def test_a_restart_drops_repeats_and_cuts_off_half_a_line(desk: Desk, cut: int) -> None:
    desk.read(change("a", "The river."))
    desk.tell()
    store = desk.parts.store
    head = store.ledger_head()
    desk.read(change("b", "The bridge.", themes=("mali",)))
    with closing(sqlite3.connect(desk.folder / "store" / "syndicator.db")) as db:
        waiting = db.execute("SELECT number, kind, key FROM outbox").fetchall()
        whole = desk.tell()
        db.executemany("INSERT INTO outbox VALUES (?, ?, ?)", waiting)
        db.commit()
    _forgotten(desk, head)
    (day,) = desk.days()
    body = day.read_bytes()
    day.write_bytes(body[: len(body) - cut])

    again = desk.tell()

    assert again == whole
    assert store.to_tell(1) == []


def test_a_ledger_that_lost_lines_is_left_alone_and_reading_goes_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.read(change("a", "The river."))
    desk.tell()
    (day,) = desk.days()
    body = day.read_bytes()
    day.write_bytes(body[:-10])

    with caplog.at_level(logging.ERROR):
        desk.read(change("b", "The bridge."))
        jobs.record(desk.parts)
        desk.read(change("c", "The dam."))
        jobs.record(desk.parts)

    assert day.read_bytes() == body[:-10]
    assert len(caplog.records) == 1
    assert "restore store/archive from a backup" in caplog.text

    day.write_bytes(body)
    told = [line["key"] for line in desk.tell() if line["kind"] == "revision"]
    assert told == [[1, 1], [2, 1], [3, 1]]


def test_the_ledger_of_another_store_is_not_touched(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.read(change("a", "The river."))
    desk.tell()
    before = desk.bytes()
    for path in (desk.folder / "store").glob("syndicator.db*"):
        path.rename(path.with_name("away " + path.name))

    with open_parts(desk.folder / "config.toml", environ={}, clock=desk.clock):
        pass

    assert "of another store" in caplog.text
    assert "archive rebuild" in caplog.text
    assert desk.bytes() == before


def test_an_archive_that_cannot_be_written_holds_nothing_up(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    archive = desk.folder / "store" / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    for each in archive.iterdir():
        each.rename(desk.folder / each.name)
    (archive / "ledger").write_text("a file in the way")
    (archive / "objects").write_text("and another")

    desk.read(change("a", "The river."))
    jobs.record(desk.parts)
    assert "the ledger waits, reading goes on" in caplog.text

    (archive / "ledger").unlink()
    (archive / "objects").unlink()
    assert {line["kind"] for line in desk.tell()} >= {"begin", "article", "revision"}
