"""What is taken back for good is nowhere any more, and what it was is still provable by hashes."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from syndicator import jobs
from syndicator.app import open_parts
from syndicator.jobs import redacting
from syndicator.model import Kind, Select, SourceSettings
from tests.archive.conftest import Library
from tests.site import Asked, Reply, Site


def places_with(library: Library, text: str) -> list[str]:
    """Files of store, archive and feeds/ that have these words in them, unpacked or not."""
    folder, words = library.house.folder, text.encode()
    escaped = json.dumps(text)[1:-1].encode()
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        body = path.read_bytes()
        if path.name.endswith(".warc.gz"):
            body = gzip.decompress(body)
        if words in body or escaped in body:
            found.append(str(path.relative_to(folder)))
    return [path for path in found if not path.startswith(("talk/", "config"))]


@pytest.fixture
def article(library: Library) -> tuple[str, str, str]:
    """Id, title and a sentence of one that was read from a page, closed in an archive."""
    query = (
        "SELECT a.id, json_extract(r.content, '$.title'), json_extract(r.content, '$.text')"
        " FROM articles a JOIN revisions r ON r.article = a.number JOIN captures c ON c.url = a.url"
        " JOIN members m ON m.article = a.number AND m.segment = 1"
        " WHERE a.story = a.id ORDER BY a.number LIMIT 1"
    )
    ((article_id, title, text),) = library.rows(query)
    return article_id, title, text.splitlines()[0][:60]


def test_a_redacted_article_is_nowhere_any_more(
    library: Library, article: tuple[str, str, str]
) -> None:
    article_id, title, sentence = article
    assert {path.split("/")[0] for path in places_with(library, title)} == {"feeds", "store"}
    assert places_with(library, sentence)

    library.run("article", "withdraw", article_id, "--reason", "names a witness", "--redact")

    assert [p for p in places_with(library, sentence) if "search" not in p] == []
    assert [p for p in places_with(library, title) if "search" not in p] == []
    assert library.run("archive", "verify").out == ""
    ((reason, objects, captures, done, todo),) = library.rows(
        "SELECT reason, objects, captures, done_at, todo FROM redactions"
    )
    assert (reason, bool(done), todo) == ("names a witness", True, "")
    assert len(json.loads(objects)) >= 3
    assert len(json.loads(captures)) >= 1


def test_what_rows_left_behind_in_the_files_of_databases_goes_as_well(
    library: Library, article: tuple[str, str, str]
) -> None:
    """SQLite moves rows when pages are split, and does not wipe where they were."""
    article_id, title, sentence = article
    store = library.house.folder / "store"
    for name in ("syndicator.db", "syndicator.search.db"):
        with contextlib.closing(sqlite.connect(str(store / name))) as db:
            db.execute("PRAGMA secure_delete=OFF")
            db.execute("CREATE TABLE moved (words TEXT)")
            db.execute("INSERT INTO moved VALUES (?)", (sentence + title * 1000,))
            db.execute("DROP TABLE moved")
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = {path for path in places_with(library, sentence) if path.endswith(".db")}
    assert held == {"store/syndicator.db", "store/syndicator.search.db"}

    library.run("article", "withdraw", article_id, "--reason", "names a witness", "--redact")

    assert places_with(library, sentence) == []
    assert library.run("archive", "verify").out == ""


def test_it_does_not_come_back_and_the_archive_stays_whole(
    library: Library, article: tuple[str, str, str], tmp_path: Path
) -> None:
    article_id, title, _ = article
    library.run("article", "withdraw", article_id, "--reason", "names a witness", "--redact")

    library.run("pull", "--force")
    library.run("publish", "--all")
    other = library.another("other")
    library.run("archive", "rebuild", "--into", str(other.folder))
    undone = library.run("article", "withdraw", article_id, "--undo", code=2)

    assert [p for p in places_with(library, title) if "search" not in p] == []
    assert other.files() == library.house.files()
    assert "purged for good" in undone.err
    again = library.run("article", "withdraw", article_id, "--reason", "x", "--redact")
    assert "was purged already" in again.err


def test_what_led_to_it_names_it_no_more(library: Library) -> None:
    """Pagers of pages that say which article comes next."""
    article_id, title = library.rows(
        "SELECT a.id, json_extract(o.pager, '$.next_title') FROM articles o JOIN articles a"
        " ON a.url = json_extract(o.pager, '$.next_url') ORDER BY a.number LIMIT 1"
    )[0]
    assert places_with(library, title)

    library.run("article", "withdraw", article_id, "--reason", "names a witness", "--redact")
    purged = [p for p in places_with(library, title) if "search" not in p]
    while library.press.release_next():  # whatever comes before it says that it is the next
        pass
    library.run("pull", "--force")

    assert purged == []
    assert [p for p in places_with(library, title) if "search" not in p] == []
    assert library.run("archive", "verify").out == ""


@pytest.mark.parametrize("step", ["recapture", "remove", "purge"])
def test_a_redaction_that_is_cut_short_is_done_to_its_end_later(
    library: Library, article: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Once the store no longer knows a capture, nothing else says what was still to go."""
    article_id, title, sentence = article
    url = library.rows(f"SELECT url FROM articles WHERE id = '{article_id}'")[0][0]
    told = json.dumps({"url": url}, sort_keys=True)

    with open_parts(library.house.config, environ={}) as parts, monkeypatch.context() as patched:
        if step == "recapture":
            patched.setattr(parts.store, "recapture", _killed)
        elif step == "remove":
            patched.setattr(redacting, "remove", _killed)
        else:
            patched.setattr(parts.archive.objects, "purge", _killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.redact(parts, article_id, reason="names a witness", by="me")
    with open_parts(library.house.config, environ={}) as parts:
        jobs.finish_redactions(parts)

    for words in (sentence, title, told):
        assert [p for p in places_with(library, words) if "search" not in p] == []
    assert library.run("archive", "verify").out == ""
    ((objects, captures, todo),) = library.rows("SELECT objects, captures, todo FROM redactions")
    assert len(json.loads(objects)) >= 3
    assert len(json.loads(captures)) >= 1
    assert todo == ""


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_damage_is_told_of_and_not_written_anew(
    library: Library, article: tuple[str, str, str]
) -> None:
    """The hash of a damaged record would otherwise go on record as that of what was kept."""
    article_id, title, _ = article
    (offset, file), *_ = library.rows(
        f"SELECT offset, file FROM captures WHERE url <> (SELECT url FROM articles WHERE id ="
        f" '{article_id}') AND source <> (SELECT source FROM articles WHERE id = '{article_id}')"
        f" AND file = (SELECT c.file FROM captures c JOIN articles a ON a.url = c.url"
        f" WHERE a.id = '{article_id}')"
    )
    path = library.archive / "captures" / file
    body = bytearray(path.read_bytes())
    body[offset + 4] ^= 1  # the time in the gzip header, which no checksum covers
    path.write_bytes(body)

    said = library.run(
        "article", "withdraw", article_id, "--reason", "names a witness", "--redact", code=1
    )
    verified = library.run("archive", "verify", code=1)

    assert f"the record at {offset} is not what was kept" in said.err
    assert f"record at {offset} is not what was kept" in verified.out
    body[offset + 4] ^= 1
    path.write_bytes(body)
    with open_parts(library.house.config, environ={}) as parts:
        jobs.finish_redactions(parts)
    assert [p for p in places_with(library, title) if "search" not in p] == []
    assert library.run("archive", "verify").out == ""


_BUSY = """\
[site]
title = "Busy"
contact = "http://127.0.0.1/"
[fetch]
allow_private = true
[executor]
kind = "threads"
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A page that comes only when it is let go."""

    body: bytes
    asked: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _: Asked) -> Reply:
        self.asked.set()
        assert self.let_go.wait(120)
        return Reply(body=self.body, headers=HTML)


HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(name: str, n: int) -> bytes:
    words = "".join(f"<p>{' '.join(f'{name}{n}{line}{i}' for i in range(60))}</p>" for line in "ab")
    title = f"What {name} saw, part {n}"
    return f"<html lang=en><title>{title}</title><article><h1>{title}</h1>{words}".encode()


def listing(site: Site, numbers: Iterable[int]) -> Callable[[Asked], Reply]:
    """Another one each time, so that it is kept each time."""
    links = "".join(f'<h2><a href="{site.url(f"/{n}")}">Part {n}</a></h2>' for n in numbers)

    def reply(asked: Asked) -> Reply:
        return Reply(body=f"<html>{links}<p>{asked.at}".encode(), headers=HTML)

    return reply


def until(holds: Callable[[], object]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never holds")


def test_what_is_read_while_a_purge_waits_for_others_is_not_lost(tmp_path: Path) -> None:
    """A file that was begun meanwhile is left alone: what it holds may have no rows yet."""
    (tmp_path / "config.toml").write_text(_BUSY)
    slow, later = Held(page("slow", 1)), Held(page("later", 2))
    with (
        ExitStack() as stack,
        ThreadPoolExecutor(4) as pool,
        open_parts(tmp_path / "config.toml", environ={}) as parts,
    ):
        sites = {
            name: stack.enter_context(Site(f"127.0.0.{n}"))  # a host each, or they would queue
            for n, name in enumerate(("press", "slow", "later"), 1)
        }
        for name, site in sites.items():
            site.pages = {f"/{n}": Reply(body=page(name, n), headers=HTML) for n in (1, 2)}
            site.pages["/"] = listing(site, (1, 2) if name == "later" else (1,))
            settings = SourceSettings(
                url=site.url("/"), kind=Kind.PAGE, select=Select(item="h2 > a")
            )
            parts.store.add_source(name, settings, now=parts.clock.now())
        sites["slow"].pages["/1"], sites["later"].pages["/2"] = slow, later
        stack.callback(slow.let_go.set)
        stack.callback(later.let_go.set)
        folder = tmp_path / "store" / "archive" / "captures"
        jobs.pull(parts, ["press"])
        (purged,) = parts.store.articles()

        first = pool.submit(jobs.pull, parts, ["slow"])
        assert slow.asked.wait(60)
        purge = pool.submit(jobs.redact, parts, purged.id, reason="names a witness", by="desk")
        until(lambda: list(folder.glob("*.cdxj")))  # the file in hand is closed
        second = pool.submit(jobs.pull, parts, ["later"])
        assert later.asked.wait(60)
        third = pool.submit(jobs.pull, parts, ["press"], force=True)
        until(lambda: sites["press"].times_asked("/") == 2)
        until(lambda: len({one.file for _, one in parts.store.captures()}) == 2)
        slow.let_go.set()
        purge.result(timeout=120)
        later.let_go.set()
        for each in (first, second, third):
            each.result(timeout=120)

        assert purged.content.url not in {one.url for _, one in parts.store.captures()}
        assert jobs.verify(parts).faults == []
