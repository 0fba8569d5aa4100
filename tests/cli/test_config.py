"""syndicator config, with real files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_the_example_that_init_writes_has_no_mistakes(run: Run, tmp_path: Path) -> None:
    said = run("config", "init", str(tmp_path / "new"))

    assert said.out == f"{tmp_path}/new/config.toml\n"
    assert (tmp_path / "new" / "feeds").is_dir()
    assert "no mistakes" in run("-c", said.out.strip(), "config", "check").err


def test_init_never_overwrites(run: Run, newsroom: Path) -> None:
    before = newsroom.read_bytes()

    assert "exists" in run("config", "init", str(newsroom.parent), code=2).err
    assert newsroom.read_bytes() == before


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        pytest.param('[site]\ntitel = "x"', "title", id="unknown key"),
        pytest.param('[themes.x]\nmatch = "colour:red"', "colour", id="rule"),
        pytest.param('[themes.x]\nmatch = "title:(mali"', "column", id="rule syntax"),
        pytest.param(
            '[sources.x]\nurl = "https://a.example/"\nselect.item = "a["',
            "select.item",
            id="select",
        ),
        pytest.param('[sources.x]\nurl = "ftp://a.example/"', "url", id="address"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    run: Run, newsroom: Path, mistake: str, said: str
) -> None:
    text = newsroom.read_text().replace('[site]\ntitle = "Newsroom"\n', "[site]\n")
    newsroom.write_text(f"{mistake}\n{text.replace('[site]', '') if '[site]' in mistake else text}")

    complaint = run("config", "check", code=2).err
    assert "config.toml:" in complaint
    assert said in complaint


@pytest.mark.parametrize(
    ("place", "key"),
    [("feeds", "publish.dir"), ("store", "store.url"), ("store/archive", "store.archive")],
)
@pytest.mark.parametrize("verb", ["config check", "status", "publish", "archive rebuild"])
def test_a_file_in_the_place_of_a_folder_of_ours_is_named_with_the_way_out(
    run: Run, newsroom: Path, place: str, key: str, verb: str
) -> None:
    folder = newsroom.parent / place
    folder.parent.mkdir(exist_ok=True)
    if folder.exists():
        folder.rename(newsroom.parent / "aside")
    folder.write_text("in the way")

    said = run(*verb.split(), code=2).err

    words = f"{key}: {folder} is no folder; move it away, or name another"
    assert said == f"syndicator: {newsroom}: {words}\n"


def test_show_is_the_whole_configuration_with_where_it_was_said(
    run: Run, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNDICATOR_SERVE__PORT", "9999")
    shown = run("config", "show").out

    assert tomllib.loads(shown)["site"]["title"] == "Newsroom"
    assert "port = 9999  # SYNDICATOR_SERVE__PORT" in shown
    as_json = run("config", "show", "--json").json
    assert as_json["serve"]["port"] == 9999
    assert as_json["publish"]["entries"] == 50
    assert list(as_json["sources"]) == ["declared"]


def test_r42_secrets_are_not_shown(run: Run, newsroom: Path) -> None:
    newsroom.write_text(
        newsroom.read_text()
        + """
[executor]
kind = "celery"
broker = "amqp://user:marker@broker.example/"

[sources.secret]
url = "https://a.example/feed"
headers = { Authorization = "Bearer marker" }
"""
    )

    assert "marker" not in run("config", "show").out
    assert "marker" not in run("config", "show", "--json").out
