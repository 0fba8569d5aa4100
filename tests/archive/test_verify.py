"""A verification finds any byte that is not as it was kept, and says where (R26)."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.stores.kept import KINDS
from tests.archive.conftest import Library

SEED = int(os.environ.get("SYNDICATOR_TEST_SEED", "1"))


def faults(library: Library) -> list[str]:
    """What a verification tells, a line each."""
    said = library.house.start("archive", "verify").result(120)
    assert said.code == (1 if said.out else 0), said
    return said.out.splitlines()


def flip(path: Path, at: int) -> None:
    """Change one byte of a file, and leave its time as it was."""
    times = path.stat()
    body = bytearray(path.read_bytes())
    body[at] ^= 1
    path.write_bytes(body)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_whole_archive_has_no_fault(library: Library) -> None:
    said = library.run("archive", "verify")

    assert said.out == ""
    assert "faults: 0" in said.err
    assert "belongs to nothing" not in said.err


def test_files_of_others_among_the_published_are_named_and_are_no_faults(library: Library) -> None:
    feeds = library.house.feeds
    for name in ("themes/mali/notes.html", "stray.xml", "README.md", ".well-known/x", "x/.hidden"):
        (feeds / name).parent.mkdir(exist_ok=True)
        (feeds / name).write_text("put here by hand")

    said = library.run("archive", "verify")

    assert said.out == ""
    told = [
        line.partition(": ")[0] for line in said.err.splitlines() if "belongs to nothing" in line
    ]
    assert told == ["feeds/stray.xml", "feeds/themes/mali/notes.html"]


# ------------------------------------------------------------------ 200 bytes


def test_every_changed_byte_of_ledger_and_objects_is_found(library: Library) -> None:
    chosen = random.Random(SEED)
    objects = chosen.sample(sorted(p for p in library.archive.glob("objects/*/*")), 40)
    for path in objects:
        flip(path, chosen.randrange(path.stat().st_size))
    (day,) = library.archive.glob("ledger/*.jsonl")
    lines = day.read_bytes().splitlines(keepends=True)
    begins = [sum(map(len, lines[:n])) for n in range(len(lines))]
    changed = chosen.sample(range(0, len(lines) - 1, 3), 39)
    for line in changed:
        flip(day, begins[line] + chosen.randrange(len(lines[line]) - 1))
    flip(library.archive / "ledger" / "ledger.schema.json", 100)

    told = "\n".join(faults(library))

    for path in objects:
        assert f"objects/{path.parent.name}/{path.name}: " in told
    found = {int(n) for n in re.findall(rf"{day.name}: line (\d+) is not", told)}
    assert found == {line + 1 for line in changed}
    assert "ledger.schema.json: is not" in told


def test_every_changed_byte_of_feeds_and_closed_documents_is_found(library: Library) -> None:
    chosen = random.Random(SEED)
    feeds = library.house.feeds
    published = chosen.sample(sorted(p for p in feeds.rglob("[!.]*") if p.is_file()), 53)
    kept = chosen.sample(sorted(library.archive.glob("documents/*/*")), 7)
    for path in (*published, *kept):
        flip(path, chosen.randrange(path.stat().st_size))

    told = faults(library)

    names = [f"feeds/{path.relative_to(feeds)}: is not" for path in published]
    names += [f"{path.relative_to(library.archive)}: is not" for path in kept]
    assert sorted(names) == sorted(line.partition(" is not")[0] + " is not" for line in told)
    pages = [line for line in told if line.startswith("feeds/articles/")]
    assert pages
    assert all(re.search(r"feeds/articles/(\w{32})/.*\(article \1\)$", line) for line in pages)


def test_every_changed_byte_of_kept_columns_is_found(library: Library) -> None:
    chosen = random.Random(SEED)
    spoilt: set[tuple[str, str]] = set()
    with closing(sqlite3.connect(library.store)) as db:
        while len(spoilt) < 60:
            _spoil(db, chosen, spoilt)
        db.commit()

    told = "\n".join(faults(library))

    assert [(row, column) for row, column in spoilt if row not in told] == []


def _spoil(db: sqlite3.Connection, chosen: random.Random, spoilt: set[tuple[str, str]]) -> None:
    """Change one byte of a kept value, each once: a second time could put it back.

    Args:
        spoilt: what is to be told of it, with the column, is added here.
    """
    while True:
        kind = chosen.choice(KINDS)
        table = kind.table.name
        key = ", ".join(f'"{name}"' for name in kind.key)
        rows = db.execute(f'SELECT json_array({key}), {key} FROM "{table}"').fetchall()
        if not rows or kind.name == "fact":
            continue
        told, *values = chosen.choice(rows)
        column = chosen.choice([*kind.shown, *kind.hidden])
        place = (f"store: {kind.name} {told} ", column)
        if place in spoilt:
            continue
        where = " AND ".join(f'"{name}" = ?' for name in kind.key)
        ((value,),) = db.execute(f'SELECT "{column}" FROM "{table}" WHERE {where}', values)
        other = _other(value, chosen)
        if other is None:
            continue
        try:
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', (other, *values))
        except sqlite3.IntegrityError:
            continue
        spoilt.add(place)
        return


def _other(value: object, chosen: random.Random) -> object:
    if isinstance(value, int):
        return value ^ (1 << chosen.randrange(8))
    if isinstance(value, str) and value:
        at = chosen.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    return None


def test_r26_three_changed_texts_are_named_and_nothing_else(library: Library) -> None:
    rows = library.rows("SELECT number, id FROM articles ORDER BY id LIMIT 3")
    with closing(sqlite3.connect(library.store)) as db:
        for number, _ in rows:
            ((text,),) = db.execute("SELECT content FROM revisions WHERE article = ?", (number,))
            db.execute(
                "UPDATE revisions SET content = ? WHERE article = ?",
                (text.replace("a", "b", 1), number),
            )
        db.commit()

    told = faults(library)

    assert len(told) == 6  # by its own hash, and by the ledger
    for number, article in rows:
        assert f"store: revision 1 of article {article} is not what was kept" in told
        assert f"store: revision [{number},1] content differ (article {article})" in told


@pytest.mark.parametrize("place", range(0, 100, 10))
def test_a_byte_anywhere_in_the_database_file_is_found_or_harmless(
    library: Library, place: int
) -> None:
    """Harmless: in free space, or in what is no part of the archive, such as schedules."""
    with closing(sqlite3.connect(library.store)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flip(library.store, 100 + place * (library.store.stat().st_size - 100) // 100)

    said = library.house.start("archive", "verify").result(120)

    assert said.code in (0, 1)
    assert "Traceback" not in said.err
    if said.code == 0:
        other = library.another("other")
        library.run("archive", "rebuild", "--into", str(other.folder))
        assert other.files() == library.house.files()


# ------------------------------------------------------------------ other damage


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(_cut, "is cut short"), (Path.unlink, "ends at line 0 of ")],
    ids=["a truncated ledger", "a missing ledger"],
)
def test_a_ledger_that_is_short_is_told_of(
    library: Library, spoil: Callable[[Path], None], words: str
) -> None:
    (path,) = library.archive.glob("ledger/*.jsonl")
    spoil(path)

    assert any(words in line for line in faults(library))


def test_missing_files_are_told_of(library: Library) -> None:
    document = min(library.archive.glob("documents/*/*"))
    page = min(library.house.feeds.glob("articles/*/index.html"))
    for path in (document, page):
        path.unlink()

    told = faults(library)

    assert any(line.startswith(f"documents/{document.parent.name}/") for line in told)
    assert f"feeds/articles/{page.parent.name}/index.html: is missing" in told[-1] + told[0]


def test_a_missing_object_is_told_of_that_only_earlier_lines_name(library: Library) -> None:
    library.run("theme", "add", "wells", "--title", "Wells", "--match", "title:well")
    library.run("theme", "rename", "wells", "boreholes")
    (day,) = library.archive.glob("ledger/*.jsonl")
    lines = list(map(json.loads, day.read_text("utf-8").splitlines()))
    earlier, *_, newest = [one for one in lines if one["kind"] == "theme"][-2:]
    assert earlier["key"] == newest["key"]
    name = earlier["object"]
    (library.archive / "objects" / name[:2] / name).unlink()

    assert [line for line in faults(library) if line.startswith(f"objects/{name[:2]}/{name}: ")]


@pytest.mark.parametrize("kind", ["source", "article", "revision", "entry"])
def test_a_missing_object_is_named_also_where_no_store_can_be_made_without_it(
    library: Library, kind: str
) -> None:
    """Of an article, say: its revisions then point nowhere, which tells nobody what to restore."""
    (day,) = library.archive.glob("ledger/*.jsonl")
    lines = map(json.loads, day.read_text("utf-8").splitlines())
    name = next(line["object"] for line in lines if line["kind"] == kind)
    (library.archive / "objects" / name[:2] / name).unlink()
    other = library.another("other")

    told = faults(library)
    rebuilt = library.run("archive", "rebuild", "--into", str(other.folder), code=1)

    assert any(line.startswith(f"objects/{name[:2]}/{name}: is missing") for line in told)
    assert name in rebuilt.err


def test_a_file_that_strayed_among_the_objects_harms_nothing(library: Library) -> None:
    (library.archive / "objects" / ".DS_Store").write_bytes(b"of a file manager")

    assert faults(library) == []


def test_two_stores_are_compared(library: Library, tmp_path: Path) -> None:
    other = library.another("other")
    library.run("archive", "backup", str(tmp_path / "b.tar"))
    other.run("archive", "restore", str(tmp_path / "b.tar"))

    same = library.run("archive", "verify", "--compare", str(other.config))
    with closing(sqlite3.connect(other.folder / "store" / "syndicator.db")) as db:
        db.execute("UPDATE articles SET url = 'https://elsewhere.example/' WHERE number = 1")
        db.commit()
    differs = library.run("archive", "verify", "--compare", str(other.config), code=1)

    assert same.out == ""
    assert differs.out.startswith("store: article [1] url differ")


def test_r26_the_daemon_verifies_once_a_week_and_tells_of_faults(library: Library) -> None:
    page = min(library.house.feeds.glob("articles/*/index.html"))
    week_ago = datetime.now(UTC) - timedelta(days=8)
    note = json.dumps({"at": f"{week_ago:%Y-%m-%dT%H:%M:%SZ}", "faults": 0})
    with closing(sqlite3.connect(library.store)) as db:
        db.execute("INSERT INTO facts VALUES ('verified', ?)", (note,))
        db.commit()
    flip(page, 50)
    words = []

    with open_parts(library.house.config, environ={}) as parts, caught(words):
        jobs.verify_weekly(parts, Event(), {})
        jobs.verify_weekly(parts, Event(), {})  # not before the next week

    assert len([line for line in words if f"articles/{page.parent.name}" in line]) == 1
    assert library.json("status")["faults"] == 1


@contextmanager
def caught(words: list[str]) -> Iterator[None]:
    """What is logged meanwhile."""
    handler = logging.Handler()
    handler.emit = lambda record: words.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("syndicator.jobs.weekly").addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger("syndicator.jobs.weekly").removeHandler(handler)
