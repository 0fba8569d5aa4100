"""syndicator import and export, on a real store."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from syndicator.app import Parts
from syndicator.cli.opml import read_opml
from syndicator.cli.options import opened
from tests.cli.conftest import Run, rss
from tests.site import Site


@pytest.fixture
def opml(tmp_path: Path, site: Site) -> Path:
    """Two new feeds, one in a folder called like a theme; one known; two impossible."""
    path = tmp_path / "list.opml"
    path.write_text(
        f"""<opml version="2.0"><body>
        <outline text="Mali"><outline text="Écho du Sahel" xmlUrl="https://echo.example/rss"/></outline>
        <outline text="Sport"><outline text="" xmlUrl="https://sport.example/rss"/></outline>
        <outline text="Declared" xmlUrl="{site.url("/declared.xml")}"/>
        <outline text="Files" xmlUrl="file:///etc/hosts"/>
        <outline text="Commands" xmlUrl="exec:rm -rf x"/>
        </body></opml>"""
    )
    return path


def test_a_list_becomes_sources_and_nothing_is_fetched(run: Run, site: Site, opml: Path) -> None:
    said = run("import", "opml", str(opml))

    assert said.out == "echo-du-sahel\nsport-example\n"
    assert "2 added, 1 known already, 2 refused" in said.err
    assert "folders that are no theme: Sport" in said.err
    assert run("source", "show", "echo-du-sahel", "--json").json["themes"] == ["mali"]
    assert site.asked == []


def test_the_same_list_again_changes_nothing(run: Run, opml: Path) -> None:
    run("import", "opml", str(opml))
    before = run("source", "list", "--json").out

    assert run("import", "opml", str(opml)).out == ""
    assert run("source", "list", "--json").out == before


def test_r47_a_dry_run_shows_and_stores_nothing(run: Run, opml: Path) -> None:
    before = run("source", "list", "--json").out
    said = run("import", "opml", "--dry-run", "--json", str(opml))

    assert [row["result"] for row in said.rows] == ["new", "new", "known", "refused", "refused"]
    assert run("source", "list", "--json").out == before


def test_a_list_may_come_through_a_pipe(
    run: Run, opml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(opml.read_bytes())))

    assert "2 added" in run("import", "opml", "-").err


def test_what_is_no_list_is_wrong_use(run: Run, newsroom: Path) -> None:
    assert "no OPML" in run("import", "opml", str(newsroom), code=2).err
    assert run("import", "opml", str(newsroom.parent / "none"), code=2).out == ""


def test_sources_go_out_as_a_list_that_comes_back_in(run: Run, opml: Path, tmp_path: Path) -> None:
    run("import", "opml", str(opml))
    written = run("export", "opml").out

    listed = {one.url: one.title for one in read_opml(written.encode())}
    assert listed["https://echo.example/rss"] == "Écho du Sahel"
    assert len(listed) == 3

    copy = tmp_path / "copy.opml"
    copy.write_text(written)
    assert "0 added, 3 known already" in run("import", "opml", str(copy)).err


# ------------------------------------------------------------------ the configuration


def test_a_configuration_goes_out_and_makes_the_same_store(
    run: Run, opml: Path, newsroom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("theme", "add", "wells", "--title", "Wells \u202e", "--match", 'title:"deep well" OR it\'s')
    run("import", "opml", str(opml), "--theme", "wells")
    run("source", "set", "sport-example", "every=2h", "select.body=.text", "rights=CC BY")
    written = run("export", "config").out
    other = tmp_path / "other"
    (other / "store").mkdir(parents=True)
    (other / "config.toml").write_text(written, "utf-8")

    assert run("-c", str(other / "config.toml"), "config", "check").err.endswith("no mistakes\n")
    with opened(newsroom, write=False) as old, opened(other / "config.toml", write=True) as new:
        assert said(new) == said(old)
        assert len(new.store.sources()) == 3
        assert new.config.fetch == old.config.fetch
    assert run("-c", str(other / "config.toml"), "export", "config").out == written


def test_what_the_file_declares_goes_out_though_nothing_was_ever_read(
    run: Run, newsroom: Path
) -> None:
    written = run("export", "config").out

    assert written.index("[sources.declared]") < written.index("[themes.mali]")
    with opened(newsroom, write=False) as parts:
        assert parts.store.sources() == parts.store.themes() == []
    run("publish")
    assert run("export", "config").out == written


def test_the_file_as_it_stands_goes_out_and_what_was_added_by_hand(
    run: Run, newsroom: Path, opml: Path
) -> None:
    run("import", "opml", str(opml))
    run("theme", "add", "wells", "--match", "well")
    run("theme", "add", "harvest", "--match", "harvest")
    text = newsroom.read_text("utf-8")
    renamed = text.replace("sources.declared", "sources.ours").replace(
        "themes.mali", "themes.peace"
    )
    taken_over = (
        '[sources.echo]\nurl = "https://echo.example/rss"\n'
        '[themes.rivers]\ntitle = "Rivers"\nmatch = "river"\nrenamed_from = ["wells"]\n'
    )
    newsroom.write_text(f"{renamed}\n{taken_over}", "utf-8")

    written = run("export", "config").out

    tables = [line for line in written.splitlines() if line.startswith(("[sources", "[themes"))]
    assert tables == [
        "[sources.echo]",
        "[sources.ours]",
        "[sources.sport-example]",
        "[themes.harvest]",
        "[themes.peace]",
        "[themes.rivers]",
    ]
    run("publish")
    assert run("export", "config").out == written


def test_r42_a_source_that_lacks_its_secret_is_not_read_before_it_is_put_in(
    run: Run, newsroom: Path, site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.pages["/paid?token=marker"] = rss(site)
    run("source", "add", site.url("/paid?token=marker"), "--id", "paid")
    written = run("export", "config")
    other = tmp_path / "other" / "config.toml"
    (other.parent / "store").mkdir(parents=True)

    for place in (newsroom, other):
        place.write_text(written.out, "utf-8")
        elsewhere = ("-c", str(place))
        before = len(site.asked)
        assert "sources.paid.url: ***" in run(*elsewhere, "config", "check").err
        assert "sources.paid.url" in run(*elsewhere, "config", "check", "--json").json["missing"]
        run(*elsewhere, "publish")
        assert caplog.messages[-1].startswith("source paid is not read: put in the secret")
        assert "sources.paid.url\tbad\t" in run(*elsewhere, "doctor", code=1).out
        run(*elsewhere, "pull", "--force")
        assert not [one for one in site.asked[before:] if one.path.startswith("/paid")]

        place.write_text(written.out.replace("token=***", "token=marker"), "utf-8")
        assert "***" not in run(*elsewhere, "config", "check").err
        run(*elsewhere, "pull", "paid", "--force")
        assert site.asked[-1].path == "/paid?token=marker"
        with opened(place, write=False) as parts:
            assert parts.store.source("paid").first_url == site.url("/paid?token=marker")
            assert parts.store.source("paid").declared

    assert "marker" not in written.out + written.err
    assert written.err.splitlines() == [
        "sources.paid.url: a secret is left out, *** stands for it; put it in by hand"
    ]


def said(parts: Parts) -> list[Any]:
    """What people said of sources and themes, wherever."""
    sources = {one.id: one.settings for one in parts.store.sources()}
    themes = {one.slug: replace(one, declared=False) for one in parts.store.themes()}
    return [sources, themes]
