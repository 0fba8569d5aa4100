"""Raw answers are kept as WARC, before the row that points to them, and found again."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from syndicator import jobs
from syndicator.archive import captures
from tests.archive.conftest import Library as Read
from tests.archive.test_verify import faults, flip
from tests.conftest import FakeClock
from tests.reading.library import DAY, Library, opened
from tests.site import Reply, Site

FEED = """<rss version="2.0"><channel><title>T</title><link>{base}/</link><description/>
<item><guid isPermaLink="false">a</guid><title>The river</title><link>{base}/a</link></item>
</channel></rss>"""
PAGE = """<html><head><title>The river</title></head><body>
<article><h1>The river</h1>{text}</article></body></html>"""
TEXT = "".join(f"<p>{'The river rose again and the village moved. ' * 6}{n}</p>" for n in range(8))

SOURCE = """
[store]
capture = "{capture}"

[sources.one]
url = "{{base}}/feed.xml"
kind = "feed"
full_text = true
headers = {{ X-Key = "secret-key" }}
username = "reader"
"""


@pytest.fixture
def reading(
    tmp_path: Path, site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Library]]:
    """Open a library that captures so much."""
    site.pages["/feed.xml"] = Reply(
        body=FEED.format(base=site.base).encode(), headers={"Content-Type": "application/rss+xml"}
    )
    page = gzip.compress(PAGE.format(text=TEXT).encode())
    kind = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip"}
    site.pages["/a"] = Reply(body=page, headers={**kind, "X-Odd": "as sent"})
    stack = []

    def one(capture: str) -> Library:
        (tmp_path / "library").mkdir(exist_ok=True)
        text = SOURCE.format(capture=capture)
        stack.append(opened(tmp_path / "library", site, clock, monkeypatch, text))
        return stack[-1].__enter__()

    yield one
    for each in stack:
        each.__exit__(None, None, None)


def folder_of(library: Library) -> Path:
    return library.folder / "store" / "archive" / "captures"


def records(library: Library) -> list[Any]:
    """(type, address, headers of the record, headers, body) of all records."""
    found = []
    for path in sorted(folder_of(library).glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                found.append(
                    (
                        record.rec_type,
                        record.rec_headers.get_header("WARC-Target-URI"),
                        record.rec_headers,
                        record.http_headers,
                        record.raw_stream.read(),
                    )
                )
    return found


def test_pages_are_kept_as_they_came_and_feeds_are_not(
    reading: Callable[..., Library], site: Site
) -> None:
    library = reading("pages")
    library.pull()

    info, answer, request = records(library)

    assert info[0] == "warcinfo"
    assert answer[:2] == ("response", site.url("/a"))
    assert answer[2].protocol == "WARC/1.1"
    assert answer[3].get_header("X-Odd") == "as sent"
    assert gzip.decompress(answer[4]) == PAGE.format(text=TEXT).encode()
    assert request[0] == "request"
    assert request[2].get_header("WARC-Concurrent-To") == answer[2].get_header("WARC-Record-ID")
    assert request[3].get_header("User-Agent").startswith("syndicator")


def test_r42_no_secret_of_a_source_is_kept(reading: Callable[..., Library]) -> None:
    library = reading("all")
    library.pull()

    kept = b"".join(
        gzip.decompress(path.read_bytes()) for path in folder_of(library).glob("*.warc.gz")
    )

    assert b"/feed.xml" in kept
    assert b"secret-key" not in kept
    assert b"Authorization" not in kept


def test_nothing_is_kept_where_none_is_wanted(reading: Callable[..., Library]) -> None:
    library = reading("none")
    library.pull()

    assert library.titles() == {"The river"}
    assert not folder_of(library).exists()


def test_a_body_seen_before_is_a_revisit(
    reading: Callable[..., Library], site: Site, clock: FakeClock
) -> None:
    library = reading("all")
    library.pull()
    clock.move(2 * DAY)
    library.pull()

    kinds = [(kind, address) for kind, address, *_ in records(library) if kind != "request"]

    feed, page = site.url("/feed.xml"), site.url("/a")
    assert ("response", page) in kinds
    assert kinds.count(("response", feed)) == 1
    assert ("revisit", feed) in kinds
    again = next(headers for kind, _, headers, *_ in records(library) if kind == "revisit")
    assert again.get_header("WARC-Refers-To-Target-URI") == feed


def test_a_capture_is_on_the_disk_where_its_row_says(
    reading: Callable[..., Library], clock: FakeClock
) -> None:
    library = reading("all")
    library.pull()

    for _, capture in library.parts.store.captures():
        with (folder_of(library) / capture.file).open("rb") as file:
            file.seek(capture.offset)
            record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("WARC-Target-URI") == capture.url
        assert record.rec_headers.get_header("WARC-Payload-Digest") == capture.digest


def test_files_are_rolled_by_day_and_size_and_indexed(
    reading: Callable[..., Library], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = reading("all")
    library.pull()
    clock.move(DAY)
    library.pull()
    monkeypatch.setattr(captures, "ROLLED_AT", 10)
    clock.move(60 * 60)
    library.pull()

    files = sorted(folder_of(library).glob("*.warc.gz"))
    assert len(files) == 3
    first = json.loads(captures.index_name(files[0]).read_text().splitlines()[0].split(" ", 2)[2])
    with files[0].open("rb") as file:
        file.seek(int(first["offset"]))
        record = next(iter(ArchiveIterator(file)))
    assert record.rec_headers.get_header("WARC-Target-URI") == first["url"]


def test_what_a_crash_left_behind_is_cut_off_and_indexed(reading: Callable[..., Library]) -> None:
    library = reading("all")
    library.pull()
    library.parts.archive.captures.close()
    (path,) = folder_of(library).glob("*.warc.gz")
    whole, index = path.read_bytes(), captures.index_name(path).read_bytes()
    captures.index_name(path).unlink()
    path.write_bytes(whole + whole[:100])
    (folder_of(library) / "20260101T000000Z-1-1.warc.gz").write_bytes(whole[:50])

    jobs.upkeep(library.parts)

    assert [p.name for p in folder_of(library).glob("*.warc.gz")] == [path.name]
    assert path.read_bytes() == whole
    assert captures.index_name(path).read_bytes() == index


def test_a_file_that_is_being_written_is_left_alone(reading: Callable[..., Library]) -> None:
    library = reading("all")
    library.pull()
    (path,) = folder_of(library).glob("*.warc.gz")

    jobs.upkeep(library.parts)

    assert not captures.index_name(path).exists()


def test_reading_goes_on_where_captures_cannot_be_written(
    reading: Callable[..., Library], clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    library = reading("all")
    folder_of(library).parent.mkdir(parents=True, exist_ok=True)
    folder_of(library).write_text("in the way")

    library.pull()
    clock.move(DAY)
    library.pull()

    assert library.titles() == {"The river"}
    assert len([r for r in caplog.records if "raw answers are not kept" in r.message]) == 1


def test_every_changed_byte_of_captures_is_found(library: Read) -> None:
    chosen = random.Random(1)
    (path,) = library.archive.glob("captures/*.warc.gz")
    rows = library.rows("SELECT begins, ends, offset FROM captures ORDER BY begins")
    spoilt = chosen.sample(rows, 20)
    for begins, ends, _ in spoilt:
        flip(path, chosen.randrange(begins, ends))
    flip(captures.index_name(path), 200)

    told = "\n".join(faults(library))

    for *_, offset in spoilt:
        assert f"captures/{path.name}: record at {offset} is not what was kept" in told
    assert "captures" in told
