"""The project's own files keep their word: lock, wheel, docs, units."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from syndicator import __version__
from syndicator.cli.main import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@cache
def _project() -> dict[str, list[str]]:
    """Requirements as pyproject.toml states them: "core" and "dev"."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {"core": stated["project"]["dependencies"], "dev": stated["dependency-groups"]["dev"]}


# ------------------------------------------------------------------ the lock


@cache
def _lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def _pins() -> dict[str, list[str]]:
    """name -> versions pinned (more than one where markers tell them apart)."""
    pins: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", _lock(), re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


@pytest.mark.parametrize("stated", [*_project()["core"], *_project()["dev"]])
def test_the_lock_pins_what_the_project_asks_for(stated: str) -> None:
    wanted = Requirement(stated)

    versions = _pins().get(canonicalize_name(wanted.name), [])

    assert versions, "missing: run `make lock`"
    assert all(wanted.specifier.contains(version) for version in versions)


def test_the_lock_holds_nothing_the_project_no_longer_asks_for() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", _lock(), flags=re.IGNORECASE)
    ours = {
        canonicalize_name(block.partition("==")[0])
        for block in blocks
        if re.search(r"(# via|#   )\s*syndicator \(pyproject\.toml", block)
    }
    stated = {
        canonicalize_name(Requirement(one).name) for part in _project().values() for one in part
    }

    assert ours == stated


def test_every_pin_has_a_hash_and_no_index_has_an_address() -> None:
    assert len(re.findall(r"^[\w.-]+==.* \\$", _lock(), re.MULTILINE)) == sum(
        len(versions) for versions in _pins().values()
    )
    assert "://" not in _lock()


def test_the_lock_of_pywb_has_hashes_and_no_address() -> None:
    lock = (ROOT / "tests/archive/replay/requirements.lock").read_text("utf-8")

    pins = re.findall(r"^[\w.-]+==.*", lock, re.MULTILINE)
    assert pins
    assert all(pin.endswith("\\") for pin in pins)
    assert "://" not in lock


# ------------------------------------------------------------------ the wheel


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob(f"syndicator-{__version__}-py3-none-any.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    kept = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "syndicator").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert packed == kept
    assert any(name.endswith(".html") for name in packed)


# ------------------------------------------------------------------ what the pages say


def test_the_readme_starts_with_the_two_commands() -> None:
    commands = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)

    assert commands[0].split("\n")[:2] == ["make demo", "make test"]


def test_the_command_line_page_is_what_the_program_says() -> None:
    run = subprocess.run(
        [sys.executable, "docs/make_cli.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr


def _verbs(page: Path) -> set[str]:
    """The `syndicator ...` commands of a page, without cli.md, which is made."""
    text = page.read_text("utf-8").replace("/opt/syndicator", "")
    inline = re.findall(r"`(?:make \w+; )?(syndicator [^`\n]+)`", text)
    lines = re.findall(r"^(?:\S*/)?(syndicator .+)$", text, re.MULTILINE)
    return {verb for verb in [*inline, *lines] if page.name != "cli.md"}


@pytest.mark.parametrize(
    ("page", "line"),
    [
        pytest.param(page, line, id=f"{page.name}: {line}")
        for page in PAGES
        for line in sorted(_verbs(page))
    ],
)
def test_every_command_in_the_pages_exists(page: Path, line: str) -> None:
    words = [w for w in line.split()[1:] if w not in ("-c",) and not w.endswith("config.toml")]
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found, line
        command = found
    known = {name for option in command.params for name in option.opts} | {"--help", "--version"}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}

    assert used <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))

    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "cli.md"], ids=lambda p: p.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = set(
        re.findall(r"`((?:syndicator|deploy|docs|tests|bench)/[\w./-]+)`", page.read_text("utf-8"))
    )

    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_module_that_the_walkthrough_names_exists() -> None:
    page = (ROOT / "docs" / "walkthrough.md").read_text("utf-8")
    kept = {f"store/archive/{name}/" for name in ("documents", "ledger", "media")}
    data = {"feeds/", "objects/", *kept}
    named = set(re.findall(r"`((?:[\w]+/)*[\w]+(?:\.py|/))`", page)) - data

    missing = {name for name in named if not (ROOT / "syndicator" / name).exists()}

    assert {name for name in missing if not (ROOT / name).exists()} == set()
    assert len(named) > 20


def test_the_changes_name_the_version_or_what_is_to_come() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGES.md").read_text("utf-8"), re.MULTILINE)

    assert headings[0] == "Unreleased" or headings[0].startswith(__version__)
