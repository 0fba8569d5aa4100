"""Two sites that a browser looks at: the demo, and one where everything is awkward."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from syndicator.app import open_parts
from syndicator.model import Content, Image, Person, Theme
from syndicator.server import Health, Server, build
from tests.conftest import FakeClock
from tests.daemon.house import House
from tests.publish.house import CONFIG, Library
from tests.store.conftest import NOON, change

MANY = 20  # themes of one article
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo, pulled, published and served by the real program."""
    folder = tmp_path_factory.mktemp("demo")
    words = [sys.executable, "-m", "syndicator", "demo", "--once", "--dir", str(folder / "site")]
    subprocess.run(words, check=True, capture_output=True, cwd=folder)
    config = (folder / "site" / "config.toml").read_text()
    house = House(folder / "site", re.sub(r"(?m)^port = \d+$", "port = 0", config))
    yield house.start("serve").address
    house.close()


@pytest.fixture(scope="session")
def articles(demo: str) -> dict[str, str]:
    """Language -> path of an article of the demo that stands in the midst of its theme."""
    found = {}
    for language in ("en", "fr", "nl"):
        page = requests.get(f"{demo}/themes/peacebuilding/{language}/", timeout=10).text
        found[language] = re.findall(r'<h3 dir="auto"><a href="(.*?)"', page)[2]
    return found


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with long names, many themes, other scripts and empty places."""
    folder = tmp_path_factory.mktemp("awkward")
    for each in ("feeds", "store"):
        (folder / each).mkdir()
    (folder / "config.toml").write_text(CONFIG)
    clock = FakeClock(NOON)
    with open_parts(folder / "config.toml", environ={}, clock=clock) as parts:
        library = Library(folder=folder, parts=parts, clock=clock)
        slugs = [f"t{n}" for n in range(MANY)]
        for n, slug in enumerate(slugs):
            theme = Theme(slug=slug, title=f"Theme {n} of a longer name", titles={"ar": "السلام"})
            parts.store.add_theme(theme, now=NOON)
        parts.store.add_theme(Theme(slug="empty", title="Nothing yet"), now=NOON)
        _fill(library, tuple(slugs))
        library.publish()
    app = build(
        folder / "feeds", status=Health, metrics=None, publish_max_age_s=900, count=lambda _: None
    )
    with Server(app, host="127.0.0.1", port=0) as server:
        yield f"http://127.0.0.1:{server.port}"


def path_of(key: str) -> str:
    """Of the page of one of the awkward articles."""
    return f"/articles/{change(key).id}/"


def _fill(library: Library, themes: tuple[str, ...]) -> None:
    crowd = tuple(Person(name=f"Author {n} of a Double-Barrelled Name") for n in range(12))
    table = f"<table><tr>{'<td>a cell of some width</td>' * 12}</tr></table>"
    awkward = {
        "long": Content(
            url=f"https://www.example.org/{LONG}",
            title=f"{LONG} and what follows it",
            standfirst="A standfirst that goes on. " * 20,
            authors=crowd,
            html=f"<p>{LONG}</p>{table}<pre>{LONG}</pre>",
            text=LONG,
            rights="All rights reserved. " * 20,
            language="de",
        ),
        "arabic": Content(
            url="https://www.example.org/ar",
            title="بئر تملكها ثلاث قرى",
            standfirst="كان البئر سببا للشجار. أما الآن فلمضخته ثلاثة أقفال.",
            authors=(Person(name="عائشة ديارا"),),
            html="<p>كان البئر سببا للشجار.</p><blockquote><p>ثلاثة مفاتيح.</p></blockquote>",
            text="كان البئر سببا للشجار.",
            image=Image(url="https://www.example.org/p.jpg", caption="البئر", credit="أوا"),
            language="ar",
        ),
        "bare": Content(url="https://www.example.org/bare", title=""),
    }
    for n, (key, content) in enumerate(awkward.items()):
        at = NOON - timedelta(days=n) if key != "bare" else None
        made = {name: getattr(content, name) for name in content.__slots__}
        made |= {"published_at": at, "text": content.text}
        library.read(change(key, made.pop("text"), themes=themes, **made))
    for text in ("Three elders own the well.", "Four elders own the well and its pump."):
        said = {"published_at": NOON, "html": f"<p>{text}</p>"}
        library.read(change("revised", text, themes=("t1",), **said))
    days = [NOON - timedelta(days=n) for n in range(130)]
    some = (change(f"y{n}", themes=themes[:1], published_at=at) for n, at in enumerate(days))
    library.read(*some, past=True)
