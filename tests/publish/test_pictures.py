"""Pictures of articles: asked for politely, kept once, shown from our own pages, taken back."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import bagit
import pytest

from syndicator import jobs
from syndicator.app import WORKSHOP, SystemClock, load_config, maker_guard, open_parts
from syndicator.cli.main import main
from syndicator.demo.pictures import picture as png_of
from syndicator.errors import PublishError, Stopped
from syndicator.model import ArticleChange, Image, Republish, SourceSettings, Theme
from tests.conftest import FakeClock
from tests.publish.conftest import Open
from tests.publish.house import CONFIG, Library, page_of
from tests.site import Asked, Reply, Site
from tests.store.conftest import NOON, change

GIF = b"GIF89a" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
HOUR_S = 3600.0


@pytest.fixture
def keeping(open_library: Open, site: Site) -> Callable[..., Library]:
    """A library that keeps pictures, with a source on `site`."""

    def one(
        which: str = "all", *, name: str = "library", executor: str = "inline", **said
    ) -> Library:
        config = (
            CONFIG
            + f"""
[store]
capture_images = "{which}"

[fetch]
allow_private = true

[executor]
kind = "{executor}"
"""
        )
        library = open_library(name, config)
        settings = SourceSettings(url=site.url("/feed"), **said)
        library.parts.store.add_source("press", settings, now=library.clock.now())
        return library

    return one


def article(site: Site, key: str, *paths: str, lead: str = "", **what) -> ArticleChange:
    """An article with these pictures in its body."""
    text = what.pop("text", "A market.")
    body = "".join(f'<p>Look:</p><img src="{site.url(path)}" alt="{path}">' for path in paths)
    image = Image(url=site.url(lead), caption="A well.", credit="J. Doe") if lead else None
    return change(key, text, html=f"<p>{text}</p>{body}", image=image, **what)


def path_of(body: bytes, ending: str) -> str:
    return f"media/{sha256(body).hexdigest()}.{ending}"


def media(library: Library) -> set[str]:
    return {name for name in library.files() if name.startswith("media/")}


def kept(library: Library) -> set[str]:
    """SHA-256 of the copies below the archive."""
    return set(library.parts.archive.media.names())


def test_pictures_are_shown_from_our_own_pages_with_caption_and_credit(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {
        "/lead.png": Reply(body=png_of("lead")),
        "/a.gif": Reply(body=GIF, headers={"Content-Type": "text/html"}),
    }
    library = keeping()
    library.read(article(site, "a1", "/a.gif", lead="/lead.png"), source="press")
    library.publish()
    before = library.page("a1")

    had = jobs.fetch_pictures(library.parts)
    library.publish_stale()

    assert (had.kept, had.missed) == (2, 0)
    assert media(library) == {path_of(png_of("lead"), "png"), path_of(GIF, "gif")}
    page = library.page("a1")
    assert "<img" not in before
    assert f'href="{site.url("/lead.png")}"' in before
    assert f'<img src="/{path_of(png_of("lead"), "png")}"' in page
    assert f'<img src="/{path_of(GIF, "gif")}" alt="/a.gif" loading="lazy">' in page
    assert "A well." in page
    assert "© J. Doe" in page
    assert not library.stale()
    atom = library.files()["themes/all/atom.xml"].decode()
    assert site.url("/lead.png") in atom  # feeds name what the source named
    assert "media/" not in atom
    assert library.from_scratch() == library.files()


def test_what_is_not_asked_for_is_a_link(keeping: Callable[..., Library], site: Site) -> None:
    site.pages = {"/lead.gif": Reply(body=GIF), "/b.gif": Reply(body=JPEG)}
    none, lead = keeping("none", name="none"), keeping("lead", name="lead")
    for library in (none, lead):
        library.read(article(site, "a1", "/b.gif", lead="/lead.gif"), source="press")
        jobs.fetch_pictures(library.parts)
        library.publish()

    assert media(none) == set()
    assert media(lead) == {path_of(GIF, "gif")}
    assert site.times_asked("/b.gif") == 0


def test_only_pixels_are_kept_and_a_failure_is_said(
    keeping: Callable[..., Library], site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """R21: what a server says of its answer does not count."""
    site.pages = {
        "/a.png": Reply(body=SVG, headers={"Content-Type": "image/png"}),
        "/b.png": Reply(body=b"<html>not found</html>", headers={"Content-Type": "image/png"}),
        "/c.png": Reply(body=b"", headers={"Content-Type": "image/png"}),
        "/d.png": Reply(status=500),
        "/good.jpg": Reply(body=JPEG),
    }
    library = keeping()
    pictures = ("/a.png", "/b.png", "/c.png", "/d.png", "/none.png", "/good.jpg")
    library.read(article(site, "a1", *pictures), source="press")

    with caplog.at_level(logging.WARNING):
        had = jobs.fetch_pictures(library.parts)
    library.publish()

    assert (had.kept, had.missed) == (1, 5)
    assert media(library) == {path_of(JPEG, "jpg")}
    (number,) = [one.number for one in library.parts.store.articles()]
    open_ones = {
        each.url.rpartition("/")[2]: (each.tries, each.next_try_at is None)
        for each in library.parts.store.wanted_pictures(number)
    }
    assert open_ones == {
        "a.png": (1, True),
        "b.png": (1, True),
        "c.png": (1, True),
        "d.png": (1, False),
        "none.png": (1, True),
    }
    assert "is no picture in PNG, JPEG, GIF, WebP or AVIF" in caplog.text.replace(
        "what came is", "is"
    )
    assert "HTTP 404" in caplog.text or "404" in caplog.text


def test_one_that_fails_is_asked_for_three_times_and_one_that_comes_late_is_shown(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(status=500), "/late.gif": Reply(status=503)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif", "/late.gif"), source="press")
    library.publish()
    for _ in range(2):
        jobs.fetch_pictures(library.parts)
        library.clock.move(13 * HOUR_S)
    site.pages["/late.gif"] = Reply(body=GIF)
    for _ in range(3):
        jobs.fetch_pictures(library.parts)
        library.clock.move(100 * HOUR_S)
    library.publish_stale()

    assert site.times_asked("/a.gif") == 3
    assert site.times_asked("/late.gif") == 3
    assert media(library) == {path_of(GIF, "gif")}


def test_all_that_are_due_are_had_however_many_at_once(
    keeping: Callable[..., Library], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syndicator.jobs.picturing.AT_ONCE", 2)
    paths = [f"/{n}.gif" for n in range(7)]
    site.pages = {path: Reply(body=GIF + path.encode()) for path in paths}
    library = keeping(executor="threads")

    library.read(article(site, "a", *paths), source="press")

    assert jobs.fetch_pictures(library.parts).kept == 7


def test_robots_txt_is_obeyed(keeping: Callable[..., Library], site: Site) -> None:
    site.pages = {
        "/robots.txt": Reply(body=b"User-agent: *\nDisallow: /closed/"),
        "/closed/a.gif": Reply(body=GIF),
        "/open/b.gif": Reply(body=JPEG),
    }
    library = keeping()
    library.read(article(site, "a1", "/closed/a.gif", "/open/b.gif"), source="press")

    jobs.fetch_pictures(library.parts)
    library.read(article(site, "a2", "/open/b.gif", lead="/open/b.gif?2"), source="press")
    jobs.fetch_pictures(library.parts)

    assert site.times_asked("/closed/a.gif") == 0
    assert site.times_asked("/open/b.gif") == 1
    assert site.times_asked("/robots.txt") == 1  # it is remembered for a day


def test_an_address_is_asked_once_and_bytes_are_kept_once(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF), "/same.gif": Reply(body=GIF)}
    library = keeping()
    some = [article(site, f"a{n}", "/a.gif", "/same.gif", lead="/a.gif") for n in range(4)]

    library.read(*some, source="press")
    had = jobs.fetch_pictures(library.parts)
    library.publish()

    assert had.kept == 8
    assert (site.times_asked("/a.gif"), site.times_asked("/same.gif")) == (1, 1)
    assert len(kept(library)) == 1
    assert media(library) == {path_of(GIF, "gif")}


def test_a_new_revision_brings_its_pictures_and_lets_the_old_one_go(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF), "/b.jpg": Reply(body=JPEG)}
    library = keeping()
    library.read(article(site, "a1", lead="/a.gif"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()

    edited = article(site, "a1", lead="/b.jpg", text="Another market.", is_new=False)
    library.read(edited, source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()

    assert media(library) == {path_of(JPEG, "jpg")}
    assert len(kept(library)) == 2  # the archive forgets nothing
    assert site.times_asked("/a.gif") == 1


def test_withdrawing_takes_pictures_away_that_no_other_article_shows_and_undoing_brings_them_back(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/mine.gif": Reply(body=GIF), "/ours.jpg": Reply(body=JPEG)}
    library = keeping()
    library.read(
        article(site, "a1", "/mine.gif", "/ours.jpg"),
        article(site, "a2", "/ours.jpg"),
        source="press",
    )
    jobs.fetch_pictures(library.parts)
    library.publish()
    before = library.files()

    library.clock.move(60)
    jobs.withdraw(library.parts, change("a1").id, reason="a child is seen", by="desk")
    during = media(library)
    jobs.withdraw(library.parts, change("a2").id, reason="likewise", by="desk")
    after = media(library)
    library.clock.move(60)
    for key in ("a1", "a2"):
        jobs.give_back(library.parts, change(key).id, by="desk")

    assert media(library) == {path_of(GIF, "gif"), path_of(JPEG, "jpg")}
    assert during == {path_of(JPEG, "jpg")}
    assert after == set()
    assert library.files()[page_of("a1")] == before[page_of("a1")]
    assert len(kept(library)) == 2


def test_purging_takes_bytes_raw_answers_and_addresses_but_what_others_show(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {
        "/mine.gif": Reply(status=302, headers={"Location": "/there.gif"}),
        "/there.gif": Reply(body=GIF),
        "/ours.jpg": Reply(body=JPEG),
    }
    library = keeping()
    library.read(
        article(site, "a1", "/mine.gif", "/ours.jpg"),
        article(site, "a2", "/ours.jpg"),
        source="press",
    )
    jobs.fetch_pictures(library.parts)
    library.publish()
    (library.parts.archive.media.path("0" * 64)).parent.mkdir()
    (library.parts.archive.media.path("0" * 64)).write_bytes(b"left behind by a crash")

    jobs.redact(library.parts, change("a1").id, reason="names a witness", by="desk")

    assert media(library) == {path_of(JPEG, "jpg")}
    assert kept(library) == {sha256(JPEG).hexdigest()}
    archive = library.folder / "store" / "archive"
    texts = [path.read_bytes() for path in archive.rglob("*") if path.is_file()]
    assert not any(b"mine.gif" in text or b"there.gif" in text for text in texts)
    captured = [one.url for _, one in library.parts.store.captures()]
    assert captured == [site.url("/ours.jpg")]
    assert jobs.verify(library.parts).faults == []


def test_purging_leaves_nothing_of_what_redirects_of_its_pictures_led_over(
    keeping: Callable[..., Library], site: Site
) -> None:
    def led(to: str) -> Reply:
        return Reply(status=302, headers={"Location": to})

    site.pages = {
        "/mine.gif": led("/over.gif"),
        "/over.gif": led("/and-over.gif"),
        "/and-over.gif": led("/there.gif"),
        "/there.gif": Reply(body=GIF),
        "/lost.png": led("/login?over"),
        "/login?over": Reply(body=b"<p>Sign in</p>", headers={"Content-Type": "text/html"}),
    }
    library = keeping()
    library.read(article(site, "a1", "/mine.gif", "/lost.png"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()
    before = [one.url for _, one in library.parts.store.captures()]

    jobs.redact(library.parts, change("a1").id, reason="names a witness", by="desk")

    assert before == [site.url("/there.gif")]
    assert list(library.parts.store.captures()) == []
    archive = library.folder / "store" / "archive"
    texts = [path.read_bytes() for path in archive.rglob("*") if path.is_file()]
    assert not any(b"over" in text or b"mine.gif" in text for text in texts)


def test_the_archive_alone_gives_the_same_pictures_and_damage_is_found(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF), "/b.jpg": Reply(body=JPEG)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif", "/b.jpg"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()
    assert jobs.verify(library.parts).faults == []
    media_files = library.parts.archive.media

    media_files.path(sha256(GIF).hexdigest()).write_bytes(GIF + b"x")
    media_files.path(sha256(JPEG).hexdigest()).unlink()
    (library.feeds / path_of(JPEG, "jpg")).write_bytes(b"another")

    told = [str(fault) for fault in jobs.verify(library.parts).faults]
    for body, what in ((GIF, "is not what its name says"), (JPEG, "is missing")):
        name = sha256(body).hexdigest()
        assert f"media/{name[:2]}/{name}: {what} (article {change('a1').id})" in told


def test_a_damaged_copy_leaves_a_link_and_is_told(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif"), source="press")
    jobs.fetch_pictures(library.parts)
    path = library.parts.archive.media.path(sha256(GIF).hexdigest())
    path.write_bytes(b"GIF89a another")

    with pytest.raises(PublishError, match="missing or damaged"):
        library.publish()
    damaged = library.page("a1")
    path.write_bytes(GIF)
    library.publish(everything=True)

    assert "<img" not in damaged
    assert media(library) == {path_of(GIF, "gif")}
    assert "<img" in library.page("a1")


def test_a_crash_between_fetch_and_row_loses_nothing_and_doubles_nothing(
    keeping: Callable[..., Library], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif"), source="press")
    store = library.parts.store
    with monkeypatch.context() as patched:
        patched.setattr(store, "keep_picture", _killed)
        patched.setattr(store, "free_pictures", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            jobs.fetch_pictures(library.parts)
    assert len(kept(library)) == 1
    assert jobs.fetch_pictures(library.parts) == jobs.Had()  # it is claimed by one who is gone

    store.void_dead_leases(lambda _: False)
    had = jobs.fetch_pictures(library.parts)
    library.publish()

    assert had == jobs.Had(kept=1)
    assert media(library) == {path_of(GIF, "gif")}
    assert len([one for _, one in store.captures() if one.url.endswith("a.gif")]) == 1
    assert jobs.verify(library.parts).faults == []


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_being_stopped_gives_back_what_was_claimed(
    keeping: Callable[..., Library], site: Site
) -> None:
    library = keeping()
    library.read(article(site, "a1", "/a.gif", "/b.gif"), source="press")
    library.parts.net.stop()
    store, now = library.parts.store, library.clock.now()

    with pytest.raises(Stopped):
        jobs.fetch_pictures(library.parts)

    assert len(store.claim_pictures(owner="another", now=now, limit=10)) == 2
    assert store.claim_pictures(owner="a third", now=now, limit=10) == []


def test_where_only_a_summary_is_repeated_a_picture_stays_a_link(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF)}
    library = keeping(republish=Republish.SUMMARY)
    library.read(article(site, "a1", lead="/a.gif"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()

    assert media(library) == set()
    assert len(kept(library)) == 1


def test_an_article_of_private_themes_alone_publishes_no_picture(
    keeping: Callable[..., Library], site: Site
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF)}
    library = keeping(public=False)
    secret = Theme(slug="secret", title="Secret", match="title:title", private=True)
    library.parts.store.add_theme(secret, now=library.clock.now())
    library.read(article(site, "a1", lead="/a.gif", themes=("secret",)), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()

    assert page_of("a1") not in library.files()
    assert media(library) == set()


def test_a_whole_store_is_carried_with_its_pictures(
    keeping: Callable[..., Library], site: Site, tmp_path: Path
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()
    ((_, picture),) = library.parts.store.all_pictures()

    package, backup = tmp_path / "bag", tmp_path / "backup.tar"
    jobs.bag(library.parts, package, None)
    jobs.backup(library.parts, backup)

    name = f"media/{picture.sha256[:2]}/{picture.sha256}"
    assert (package / "data" / name).read_bytes() == GIF
    assert (package / "data" / "feeds" / picture.path).read_bytes() == GIF
    with tarfile.open(backup) as tar:
        assert f"archive/{name}" in tar.getnames()
    assert jobs.archive_stats(library.parts).files["media"] == 1


def test_a_bag_of_a_theme_holds_the_pictures_of_its_pages_alone(
    keeping: Callable[..., Library], site: Site, tmp_path: Path
) -> None:
    names = ("mine", "old", "new", "other", "hidden")
    bodies = {name: GIF + name.encode() for name in names}
    site.pages = {f"/{name}.gif": Reply(body=body) for name, body in bodies.items()}
    library = keeping()
    mali = ("mali",)
    library.read(
        article(site, "a1", "/mine.gif", lead="/old.gif", themes=mali),
        article(site, "a2", "/other.gif", "/mine.gif", "/old.gif"),
        article(site, "a3", "/hidden.gif", themes=mali),
        source="press",
    )
    jobs.fetch_pictures(library.parts)
    edited = article(site, "a1", "/mine.gif", lead="/new.gif", themes=mali, is_new=False)
    library.read(replace(edited, fingerprint="another"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish()
    jobs.withdraw(library.parts, change("a3").id, reason="a child is seen", by="desk")

    package = tmp_path / "bag"
    jobs.bag(library.parts, package, "mali")

    bagit.Bag(str(package)).validate()
    shown = {f"media/{sha256(bodies[name]).hexdigest()}.gif" for name in ("mine", "new")}
    feeds = package / "data" / "feeds"
    found = {str(path.relative_to(feeds)) for path in (feeds / "media").iterdir()}
    assert found == shown
    page = (feeds / page_of("a1")).read_text()
    assert all(f'src="/{path}"' in page for path in shown)


def published(keeping: Callable[..., Library], site: Site) -> Library:
    """An article with two pictures, read and published."""
    site.pages = {"/a.gif": Reply(body=GIF), "/b.jpg": Reply(body=JPEG)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif", lead="/b.jpg"), source="press")
    jobs.fetch_pictures(library.parts)
    library.publish(everything=True)
    return library


def test_a_restored_backup_publishes_the_same_pictures(
    keeping: Callable[..., Library], open_library: Open, site: Site, tmp_path: Path
) -> None:
    library = published(keeping, site)
    backup = tmp_path / "backup.tar"
    jobs.backup(library.parts, backup)
    config = (library.folder / "config.toml").read_text()
    site.pages.clear()

    folder = tmp_path / "restored"
    folder.mkdir()
    (folder / "config.toml").write_text(config)
    loaded = load_config(folder / "config.toml", {})
    jobs.restore(loaded, maker_guard(loaded), backup)
    other = open_library("restored", config)
    other.publish(everything=True)

    assert kept(other) == kept(library)
    assert len(kept(other)) == 2
    assert other.files() == library.files()
    assert jobs.verify(other.parts).faults == []
    before = len(site.asked)
    assert jobs.fetch_pictures(other.parts) == jobs.Had()
    assert len(site.asked) == before


def test_a_store_made_from_an_export_or_from_the_ledger_publishes_the_same(
    keeping: Callable[..., Library], open_library: Open, site: Site, tmp_path: Path
) -> None:
    library = published(keeping, site)
    jobs.record_all(library.parts)
    config = (library.folder / "config.toml").read_text()

    for name in ("imported", "rebuilt"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.toml").write_text(config)
        loaded = load_config(folder / "config.toml", {})
        if name == "imported":
            export = tmp_path / "all.jsonl"
            export.write_bytes(b"".join(jobs.carry_out(library.parts)))
            with export.open("rb") as lines:
                jobs.carry_in(loaded, WORKSHOP, maker_guard(loaded), lines, "lines")
        else:
            jobs.copy_archive(library.parts.config, loaded.store.archive)
            jobs.rebuild(loaded, WORKSHOP, maker_guard(loaded))
        other = open_library(name, config)
        other.publish(everything=True)

        assert other.files() == library.files(), name
        assert jobs.verify(other.parts).faults == [], name


def test_an_address_that_is_asked_again_is_asked_conditionally(
    keeping: Callable[..., Library], site: Site
) -> None:
    """C5, C6: as everything else."""
    site.pages = {
        "/logo.gif": Reply(body=GIF, headers={"ETag": '"one"'}, conditional=True),
        "/moved.jpg": Reply(status=302, headers={"Location": "/there.jpg"}),
        "/there.jpg": Reply(body=JPEG, headers={"ETag": '"two"'}, conditional=True),
    }
    library = keeping()
    for n in range(3):
        library.read(article(site, f"a{n}", "/logo.gif", lead="/moved.jpg"), source="press")
        had = jobs.fetch_pictures(library.parts)
        assert had == jobs.Had(kept=2)
        library.clock.move(50 * HOUR_S)
    library.publish()

    tags = [one.headers.get("if-none-match") for one in site.asked if one.path == "/there.jpg"]
    assert tags == [None, '"two"', '"two"']
    assert site.times_asked("/logo.gif") == 3
    assert jobs.all_manners(jobs.politeness(library.parts).values()).unconditional == 0
    assert len(kept(library)) == 2


def test_article_show_says_what_became_of_each(
    keeping: Callable[..., Library], site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.pages = {"/a.gif": Reply(body=GIF), "/b.gif": Reply(body=SVG), "/c.gif": Reply(status=500)}
    library = keeping()
    library.read(article(site, "a1", "/a.gif", "/b.gif", "/c.gif"), source="press")
    jobs.fetch_pictures(library.parts)
    words = ["-c", str(library.folder / "config.toml"), "article", "show", change("a1").id]

    with pytest.raises(SystemExit):
        main(words)
    said = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*words, "--json"])
    told = json.loads(capsys.readouterr().out)["pictures"]

    assert f"{site.url('/a.gif')} as {path_of(GIF, 'gif')}" in said
    assert f"not had: {site.url('/b.gif')}: what came is no picture" in said
    assert [(one["url"][-6:], one["state"]) for one in told] == [
        ("/a.gif", "kept"),
        ("/b.gif", "given up"),
        ("/c.gif", "waiting"),
    ]


# ------------------------------------------------------------------ switched on later


class RealClock(SystemClock):
    """That moves by itself."""

    def move(self, _: float) -> None: ...


@pytest.fixture
def switched(tmp_path: Path, clock: FakeClock, site: Site) -> Callable[..., AbstractContextManager]:
    """The library `switched`, opened anew with another setting each time."""

    @contextmanager
    def one(
        which: str, *, executor: str = "inline", clock: FakeClock | RealClock = clock
    ) -> Iterator[Library]:
        folder = tmp_path / "switched"
        (folder / "store").mkdir(parents=True, exist_ok=True)
        said = f'[store]\ncapture_images = "{which}"\n[fetch]\nallow_private = true\n'
        (folder / "config.toml").write_text(f'{CONFIG}{said}[executor]\nkind = "{executor}"\n')
        with open_parts(folder / "config.toml", environ={}, clock=clock) as parts:
            if "press" not in [each.id for each in parts.store.sources()]:
                settings = SourceSettings(url=site.url("/feed"))
                parts.store.add_source("press", settings, now=clock.now())
            yield Library(folder=folder, parts=parts, clock=clock)

    return one


def numbered(site: Site, *numbers: int) -> Iterator[ArticleChange]:
    """Articles with a lead picture and another in the body; the higher the number, the newer."""
    for n in numbers:
        at = NOON - timedelta(days=90 - n)
        yield article(site, f"a{n}", f"/{n}.jpg", lead=f"/{n}.gif", published_at=at)


def asked_for(site: Site) -> list[str]:
    found = [one.path for one in site.asked if one.path != "/robots.txt"]
    site.forget()
    return found


@pytest.fixture
def gallery(site: Site) -> None:
    """Pictures of sixty articles."""
    for n in range(60):
        site.pages[f"/{n}.gif"] = Reply(body=GIF + bytes([n]))
        site.pages[f"/{n}.jpg"] = Reply(body=JPEG + bytes([n]))


@pytest.mark.usefixtures("gallery")
def test_switched_on_later_the_past_comes_a_few_at_a_time_the_newest_first(
    switched: Callable[..., AbstractContextManager[Library]], site: Site
) -> None:
    with switched("none") as library:
        library.read(*numbered(site, *range(50)), source="press", past=True)
        assert jobs.fetch_pictures(library.parts) == jobs.Had()
    with switched("lead") as library:
        library.read(*numbered(site, 50), source="press")
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=21)
        first = asked_for(site)
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=20)
        library.read(*numbered(site, 51), source="press")
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=11)
        rest = asked_for(site)
        assert jobs.fetch_pictures(library.parts) == jobs.Had()
        library.publish()
        assert len(media(library)) == 52

    assert first == [f"/{n}.gif" for n in range(50, 29, -1)]
    assert rest == [f"/{n}.gif" for n in [*range(29, 9, -1), 51, *range(9, -1, -1)]]


@pytest.mark.usefixtures("gallery")
def test_from_lead_to_all_only_what_is_missing_is_asked_for_and_off_is_off(
    switched: Callable[..., AbstractContextManager[Library]], site: Site
) -> None:
    with switched("lead") as library:
        library.read(*numbered(site, 1, 2), source="press")
        jobs.fetch_pictures(library.parts)
        assert sorted(asked_for(site)) == ["/1.gif", "/2.gif"]
    with switched("all") as library:
        library.read(*numbered(site, 3), source="press")
    with switched("none") as library:
        assert jobs.fetch_pictures(library.parts) == jobs.Had()
        library.publish()
        assert len(media(library)) == 2
        (three,) = [one for one in library.parts.store.articles() if one.key == "a3"]
        assert library.parts.store.wanted_pictures(three.number) == []
    with switched("all") as library:
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=4)
        assert asked_for(site) == ["/3.gif", "/3.jpg", "/2.jpg", "/1.jpg"]
        library.publish()
        assert len(media(library)) == 6
        assert jobs.verify(library.parts).faults == []


@pytest.mark.usefixtures("gallery")
def test_the_past_of_one_source_waits_for_no_other_and_none_is_asked_that_is_paused(
    switched: Callable[..., AbstractContextManager[Library]], site: Site
) -> None:
    with switched("none") as library:
        library.read(*numbered(site, *range(30)), source="press", past=True)
        settings = SourceSettings(url=site.url("/other"))
        library.parts.store.add_source("other", settings, now=library.clock.now())
        of_other = change("b1", image=Image(url=site.url("/40.gif")), first_url=settings.url)
        library.read(of_other, source="other")
        library.parts.store.pause_source("press", at=library.clock.now())
    with switched("lead") as library:
        for _ in range(2):
            jobs.want_past_pictures(library.parts)
            jobs.fetch_pictures(library.parts)
        assert asked_for(site) == ["/40.gif"]
        library.parts.store.pause_source("press", at=None)
        jobs.want_past_pictures(library.parts)
        now = library.clock.now()
        assert library.parts.store.pictures_past(now=now) == []  # until these have been asked for
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=30)


@pytest.mark.usefixtures("gallery")
def test_what_was_purged_is_not_asked_for_and_what_was_gone_not_again(
    switched: Callable[..., AbstractContextManager[Library]], site: Site
) -> None:
    del site.pages["/2.gif"]
    with switched("none") as library:
        library.read(*numbered(site, 1, 2, 3), source="press")
        jobs.redact(library.parts, change("a3").id, reason="names a witness", by="desk")
    with switched("lead") as library:
        assert jobs.fetch_pictures(library.parts) == jobs.Had(kept=1, missed=1)
    with switched("all") as library:
        jobs.fetch_pictures(library.parts)

    assert asked_for(site) == ["/2.gif", "/1.gif", "/2.jpg", "/1.jpg"]


# ------------------------------------------------------------------ taken back meanwhile


@dataclass(frozen=True, slots=True)
class Held:
    """A picture that comes only when it is let go."""

    asked: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _: Asked) -> Reply:
        self.asked.set()
        assert self.let_go.wait(120)
        return Reply(body=GIF)


@contextmanager
def fetching(library: Library, held: Held) -> Iterator[Callable[[], jobs.Had]]:
    """Pictures are being fetched, one of them is held; gives what lets it go and waits."""
    with ThreadPoolExecutor(1) as pool:
        had = pool.submit(jobs.fetch_pictures, library.parts)
        assert held.asked.wait(60)

        def rest() -> jobs.Had:
            held.let_go.set()
            return had.result(timeout=60)

        try:
            yield rest
        finally:
            held.let_go.set()


def by_another_process(library: Library, *words: str) -> None:
    config = str(library.folder / "config.toml")
    command = [sys.executable, "-m", "syndicator", "-c", config, *words]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("is_shared", [False, True], ids=["of one", "of two"])
def test_a_picture_that_was_on_its_way_while_its_article_was_purged_leaves_nothing(
    keeping: Callable[..., Library], site: Site, *, is_shared: bool
) -> None:
    held = Held()
    site.pages = {"/mine.gif": Reply(status=302, headers={"Location": "/there.gif"})}
    site.pages["/there.gif"] = held
    library = keeping(executor="threads")
    library.read(article(site, "a1", "/mine.gif"), source="press")
    if is_shared:
        library.read(article(site, "a2", "/mine.gif"), source="press")

    with fetching(library, held) as rest:
        purge = ("--reason", "names a witness", "--redact")
        by_another_process(library, "article", "withdraw", change("a1").id, *purge)
        had = rest()
    library.clock.set(datetime.now(UTC))
    jobs.upkeep(library.parts)
    library.publish()

    archive = library.folder / "store" / "archive"
    packed = [gzip.decompress(path.read_bytes()) for path in archive.rglob("*.warc.gz")]
    texts = [path.read_bytes() for path in archive.rglob("*") if path.is_file()] + packed
    found = any(b"mine.gif" in text or b"there.gif" in text or GIF in text for text in texts)
    assert had.kept == is_shared
    assert found == is_shared
    assert bool(kept(library)) == is_shared
    assert media(library) == ({path_of(GIF, "gif")} if is_shared else set())
    assert library.parts.store.redactions_to_do() == []
    assert jobs.verify(library.parts).faults == []


def test_a_purge_waits_for_what_is_being_saved(
    switched: Callable[..., AbstractContextManager[Library]], site: Site
) -> None:
    """A file written anew would leave out what no row names yet."""
    held = Held()
    site.pages = {"/2.gif": Reply(body=GIF), "/1.gif": held}
    with switched("lead", executor="threads", clock=RealClock()) as library:
        parts, now = library.parts, library.clock.now()
        library.read(*numbered(site, 1, 2), source="press")
        with fetching(library, held) as rest, ThreadPoolExecutor(1) as pool:
            (second,) = [one.number for one in parts.store.articles() if one.key == "a2"]
            parts.store.withdraw(second, reason="names a witness", by="desk", now=now)
            parts.store.redact(second, now=now)
            purge = pool.submit(jobs.finish_redactions, parts)
            with pytest.raises(TimeoutError):
                purge.result(timeout=1.5)
            assert rest().kept == 2
            purge.result(timeout=60)
        library.publish(everything=True)

        assert [one.url for _, one in parts.store.captures()] == [site.url("/1.gif")]
        assert jobs.verify(parts).faults == []
