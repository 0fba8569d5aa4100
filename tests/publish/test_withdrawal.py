"""What is withdrawn leaves feeds, archives, pages and search; only undoing brings it back."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from xml.etree.ElementTree import Element, fromstring

import pytest
from sqlalchemy import select

from syndicator import jobs
from syndicator.errors import PublishError, UsageError
from syndicator.model import RowKind, Theme
from syndicator.pipeline.pages import GONE
from syndicator.publishers.check import problems
from syndicator.publishers.tree import Tree
from syndicator.stores.schema import rewritten
from tests.publish.conftest import Open
from tests.publish.house import CONFIG, MALI, Library, dated, page_of
from tests.store.conftest import NOON, change

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
REASON = "The agency retracted it."


def entry_id(key: str) -> str:
    return f"https://www.example.org/id/{key}"


def withdraw(library: Library, key: str, **how) -> None:
    library.clock.move(60)
    jobs.withdraw(library.parts, change(key, **how).id, reason=REASON, by="desk")


def give_back(library: Library, key: str) -> None:
    library.clock.move(60)
    jobs.give_back(library.parts, change(key).id, by="desk")


def walk(library: Library, key: str) -> dict[str, Element]:
    """The first thing met per id, from the current document back through the archives (9.8)."""
    found: dict[str, Element] = {}
    name = f"themes/{key}/atom.xml"
    while name:
        feed = fromstring(library.files()[name])
        for one in feed.findall(TOMBSTONE):
            found.setdefault(one.get("ref", ""), one)
        for one in feed.findall(f"{ATOM}entry"):
            found.setdefault(one.findtext(f"{ATOM}id") or "", one)
        links = {one.get("rel"): one.get("href", "") for one in feed.findall(f"{ATOM}link")}
        name = links.get("prev-archive", "").removeprefix("http://127.0.0.1:8080/")
    return found


def shown(library: Library, key: str) -> list[str]:
    """Keys of the entries that a walk yields, in order."""
    found = walk(library, key)
    ids = [one for one, element in found.items() if element.tag != TOMBSTONE]
    return sorted(one.rpartition("/")[2] for one in ids)


def archives_holding(library: Library, text: str) -> list[str]:
    return [name for name, body in library.files().items() if text.encode() in body]


@pytest.fixture
def full(open_library: Open) -> Library:
    """24 articles about Mali, published: two archives and a tail."""
    library = open_library(config=CONFIG.replace("archive_entries = 50", "archive_entries = 10"))
    for start in (0, 12):
        some = range(start, start + 12)
        library.read(*(dated(n, "mali", text=f"secret{n}x") for n in some), past=True)
    library.publish()
    return library


def test_p19_a_withdrawn_article_leaves_a_tombstone_in_every_document_that_had_it(
    full: Library,
) -> None:
    assert archives_holding(full, "secret7x")

    withdraw(full, "a7")

    assert archives_holding(full, "secret7x") == []
    for key in ("mali", "all"):
        found = walk(full, key)
        assert found[entry_id("a7")].tag == TOMBSTONE
        assert len(found) == 24
        for name, body in full.files().items():
            if name.startswith(f"themes/{key}/") and name.endswith(".xml") and "rss" not in name:
                assert problems(body) == []
    archive = fromstring(full.files()["themes/mali/archive/1.xml"])
    assert entry_id("a7") in [one.get("ref") for one in archive.findall(TOMBSTONE)]


def test_p17_only_the_documents_that_held_it_change_and_both_hashes_go_on_record(
    full: Library,
) -> None:
    before = full.files()

    touched = full.touched(lambda: withdraw(full, "a7"))

    changed = {name for name in touched if "/archive/" in name}
    assert changed == {"themes/mali/archive/1.xml", "themes/all/archive/1.xml"}
    after = full.files()
    with full.parts.store.database.read() as db:  # type: ignore[attr-defined]
        rows = db.execute(select(rewritten)).all()
    told = {(row.old_sha256, row.new_sha256) for row in rows}
    assert told == {
        (sha256(before[name]).hexdigest(), sha256(after[name]).hexdigest()) for name in changed
    }
    kept = full.parts.store.closed_documents("mali")
    assert kept["1.xml"] == sha256(after["themes/mali/archive/1.xml"]).hexdigest()


def test_publish_all_gives_the_same_bytes(full: Library) -> None:
    withdraw(full, "a7")
    withdraw(full, "a17")
    give_back(full, "a7")

    kept = full.files()
    assert full.from_scratch() == kept


def test_the_shelf_has_it_no_more(full: Library) -> None:
    withdraw(full, "a7")
    shelf = full.folder / "store/archive/documents"
    assert shelf.is_dir()
    assert [p for p in shelf.rglob("*.xml") if b"secret7x" in p.read_bytes()] == []


def test_its_page_says_why_and_nothing_else(full: Library) -> None:
    withdraw(full, "a7")

    name = page_of("a7").replace("index.html", GONE)
    files = full.files()
    assert page_of("a7") not in files
    assert REASON in files[name].decode()
    assert b"Title of a7" not in files[name]
    assert [n for n, body in files.items() if b"Title of a7<" in body] == []


def test_sitemap_and_neighbours_do_not_name_it(full: Library) -> None:
    mine = change("a7").id
    assert archives_holding(full, mine)

    withdraw(full, "a7")

    left = archives_holding(full, mine)
    assert [name for name in left if GONE not in name] == []


def test_it_is_not_found(full: Library) -> None:
    jobs.index(full.parts)
    assert len(jobs.search(full.parts, "secret7x", limit=9)) == 1

    withdraw(full, "a7")

    assert jobs.search(full.parts, "secret7x", limit=9) == []
    jobs.index(full.parts)
    assert jobs.search(full.parts, "secret7x", limit=9) == []
    assert full.parts.store.index_faults() == []
    give_back(full, "a7")
    jobs.index(full.parts)
    assert len(jobs.search(full.parts, "secret7x", limit=9)) == 1


def test_undoing_puts_it_back_later_than_its_tombstone(full: Library) -> None:
    withdraw(full, "a7")
    when = walk(full, "mali")[entry_id("a7")].get("when") or ""

    give_back(full, "a7")

    entry = walk(full, "mali")[entry_id("a7")]
    assert entry.tag == f"{ATOM}entry"
    assert (entry.findtext(f"{ATOM}updated") or "") > when
    assert "secret7x" in full.page("a7")
    assert page_of("a7").replace("index.html", GONE) not in full.files()
    archive = full.files()["themes/mali/archive/1.xml"]
    assert b"secret7x" not in archive  # closed documents stay as they are


def test_withdrawn_again_after_it_was_given_back(full: Library) -> None:
    withdraw(full, "a7")
    first = full.files()["themes/mali/archive/1.xml"]
    give_back(full, "a7")
    full.read(*(dated(n, "mali") for n in range(200, 212)))  # closes what it was put back into
    full.publish()
    assert archives_holding(full, "secret7x")

    withdraw(full, "a7")

    assert archives_holding(full, "secret7x") == []
    assert full.files()["themes/mali/archive/1.xml"] == first
    assert full.from_scratch() == full.files()


def test_an_entry_that_had_left_before_is_taken_out_of_archives_too(full: Library) -> None:
    full.read(gone=("a7",))
    full.publish()
    assert any("archive/1.xml" in name for name in archives_holding(full, "secret7x"))

    withdraw(full, "a7")

    assert archives_holding(full, "secret7x") == []


def test_c26_what_its_source_deletes_is_kept_and_no_longer_shown(full: Library) -> None:
    full.read(gone=("a7",))
    full.publish()

    notice = page_of("a7").replace("index.html", GONE)
    files = full.files()
    assert page_of("a7") not in files
    assert b"secret7x" not in files[notice]
    assert walk(full, "mali")[entry_id("a7")].tag == TOMBSTONE
    assert "secret7x" in full.parts.store.article(change("a7").id).content.text

    full.read(dated(7, "mali", text="secret7x, back again"))
    full.publish()

    assert "back again" in full.page("a7")
    assert notice not in full.files()
    assert full.from_scratch() == full.files()


def test_its_corrections_go_with_it(full: Library) -> None:
    full.read(dated(20, "mali", text="secret20x, edited"))
    full.publish()
    assert "themes/mali/changes.atom" in archives_holding(full, "edited")

    withdraw(full, "a20")

    assert archives_holding(full, "secret20x") == []


@pytest.mark.parametrize("key", ["mali", "all"])
def test_neither_its_source_nor_a_rule_nor_a_pin_nor_a_copy_brings_it_back(
    full: Library, key: str
) -> None:
    withdraw(full, "a7")
    store, now = full.parts.store, full.clock.now
    number = store.article(change("a7").id).number

    full.read(dated(7, "mali", text="secret7x, edited"))
    full.read(gone=("a7",))
    full.read(dated(7, "mali", text="secret7x, back again"))
    seven = Theme(slug="seven", title="Seven", match="text:secret7x")
    jobs.add_theme(full.parts, seven)
    store.pin("mali", number, include=True, note="we want it", now=now())
    copy = change("copy", "secret7x", story=change("a7").id, themes=("mali",))
    full.read(copy, source="other")
    full.publish()

    assert not {"a7", "copy"} & {*shown(full, key)}
    assert shown(full, "seven") == []
    assert archives_holding(full, "secret7x") == []


def test_all_copies_of_the_story_go_with_it(full: Library) -> None:
    copy = change("copy", "secret7x", story=change("a7").id, themes=("mali",))
    full.read(copy, source="other")
    full.publish()

    withdraw(full, "copy")

    assert archives_holding(full, "secret7x") == []
    assert walk(full, "mali")[entry_id("a7")].tag == TOMBSTONE
    give_back(full, "a7")
    assert "a7" in shown(full, "mali")


def test_a_theme_that_comes_back_does_not_bring_it(full: Library) -> None:
    store = full.parts.store
    store.remove_theme("mali", now=full.clock.now())
    full.publish()
    withdraw(full, "a7")
    full.publish()

    full.clock.move(60)
    store.add_theme(MALI, now=full.clock.now())
    full.publish()

    assert archives_holding(full, "secret7x") == []
    assert len(shown(full, "mali")) == 23


def test_r50_a_private_theme_loses_it_too_and_says_nothing_in_public(library: Library) -> None:
    from dataclasses import replace

    secret = replace(MALI, slug="desk", private=True)
    library.parts.store.add_theme(secret, now=NOON)
    library.read(*(dated(n, "desk", text=f"secret{n}x") for n in range(12)), past=True)
    library.publish()
    assert archives_holding(library, "secret7x")

    withdraw(library, "a7")

    assert archives_holding(library, "secret7x") == []
    assert [name for name in library.files() if GONE in name] == []


def test_an_archive_kept_from_a_public_time_is_not_shown_again(full: Library) -> None:
    from dataclasses import replace

    store = full.parts.store
    _declare(full, replace(MALI, private=True))
    full.publish()
    withdraw(full, "a7")

    _declare(full, MALI)
    full.publish()

    assert archives_holding(full, "secret7x") == []
    assert store.feeds()


def _declare(library: Library, theme) -> None:
    library.clock.move(60)
    peace = library.parts.store.theme("peace")
    declared = {theme.slug: theme, peace.slug: peace}
    sources = {one.id: one.settings for one in library.parts.store.sources()}
    library.parts.store.reconcile(sources, declared, now=library.clock.now())


# ------------------------------------------------------------------ interrupted, and wrong use


def test_what_cannot_be_published_now_is_published_later(
    full: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise PublishError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Tree, "write", refuse)
        with pytest.raises(PublishError):
            withdraw(full, "a7")
    assert archives_holding(full, "secret7x")

    full.publish()

    assert archives_holding(full, "secret7x") == []
    assert full.from_scratch() == full.files()


PUBLISH = """
import os, sys, signal
from pathlib import Path
from syndicator import jobs
from syndicator.app import open_parts
from syndicator.publishers.tree import Tree
left, write = int(sys.argv[2]), Tree.write
def counted(*args, **how):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return write(*args, **how)
Tree.write = counted
with open_parts(Path(sys.argv[1]) / "config.toml", environ={}, write=False) as parts:
    jobs.publish_stale(parts)
"""


def test_killed_between_any_two_files_it_is_done_again(full: Library) -> None:
    full.parts.store.withdraw(
        full.parts.store.article(change("a7").id).number,
        reason=REASON,
        by="desk",
        now=full.clock.now() + timedelta(seconds=60),
    )
    for writes in range(0, 12, 2):
        words = [sys.executable, "-c", PUBLISH, str(full.folder), str(writes)]
        assert subprocess.run(words, check=False).returncode == -signal.SIGKILL

    full.publish()

    assert archives_holding(full, "secret7x") == []
    assert full.from_scratch() == full.files()


def test_it_is_withdrawn_once(full: Library) -> None:
    withdraw(full, "a7")
    log = full.parts.store.feed_data("mali", upto_n=2**62).last_n
    withdraw(full, "a7")
    assert full.parts.store.feed_data("mali", upto_n=2**62).last_n == log
    (one,) = full.parts.store.withdrawals(full.parts.store.article(change("a7").id).number)
    assert (one.reason, one.by, one.undone_at) == (REASON, "desk", None)


@pytest.mark.parametrize(("reason", "told"), [("  ", "why"), ("x" * 1001, "1000")])
def test_a_reason_is_needed_and_may_not_be_endless(full: Library, reason: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        jobs.withdraw(full.parts, change("a7").id, reason=reason, by="")


def test_the_reason_is_text(full: Library) -> None:
    jobs.withdraw(full.parts, change("a7").id, reason="<script>x</script> &amp;", by="desk")
    notice = full.files()[page_of("a7").replace("index.html", GONE)].decode()
    assert "<script>x" not in notice
    assert "&lt;script&gt;x&lt;/script&gt; &amp;amp;" in notice


def test_a_drop_for_each_feed_that_had_it_marked_erase(full: Library) -> None:
    withdraw(full, "a7")
    state = full.parts.store.feed_data("mali", upto_n=2**62)
    last = full.parts.store.segment_rows("mali", state.segment)[-1]
    assert (last.kind, last.entry_id, last.erase) == (RowKind.DROP, entry_id("a7"), True)


# ------------------------------------------------------------------ in any order


ACTS = ["read", "read", "read", "delete", "withdraw", "give back", "publish"]


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_of_things_only_what_is_not_withdrawn_is_shown(
    open_library: Open, seed: int
) -> None:
    library = open_library(config=CONFIG.replace("archive_entries = 50", "archive_entries = 4"))
    draw = random.Random(seed)
    kept: set[int] = set()
    deleted: set[int] = set()
    away: set[int] = set()
    for step in range(40):
        n = draw.randrange(16)
        act = draw.choice(ACTS)
        if act == "read":
            library.read(dated(n, "mali", text=f"secret{n}x at {step}"), past=draw.random() < 0.3)
            kept.add(n)
            deleted.discard(n)
        elif act == "delete" and n in kept:
            library.read(gone=(f"a{n}",))
            deleted.add(n)
        elif act == "withdraw" and n in kept:
            withdraw(library, f"a{n}")
            away.add(n)
        elif act == "give back" and n in away:
            give_back(library, f"a{n}")
            away.discard(n)
        elif act == "publish":
            library.publish()
    library.publish()

    here = sorted(f"a{n}" for n in kept - deleted - away)
    for key in ("mali", "all"):
        assert shown(library, key) == here
    for n in away:
        assert archives_holding(library, f"secret{n}x") == []
    assert library.from_scratch() == library.files()
