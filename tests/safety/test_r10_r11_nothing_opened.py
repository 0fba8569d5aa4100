"""R10, R11: no document makes us open a file or a connection, whichever library reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syndicator.model import Kind, SourceSettings
from tests.safety.conftest import OpenRoom, watching
from tests.safety.documents import item, rss
from tests.site import RawServer, Reply, Site

# Reads documents as a worker does, each in every way there is; Python's own audit shows what it
# opens and connects to. What C libraries open, the caller sees by inotify.
READ = """
import json, resource, sys, time
from datetime import UTC, datetime
from syndicator.errors import SyndicatorError
from syndicator.model import Select, SourceSettings
from syndicator.sources import inside

bodies = [text.encode("latin-1") for text in json.load(sys.stdin)]
about = {"url": "https://press.example/", "headers": {}}
more = {"settings": SourceSettings(url=about["url"]), "now": datetime(2026, 3, 1, tzinfo=UTC)}
WAYS = [
    lambda body: inside.digest_feed(body, seen={}, **about, **more),
    lambda body: inside.look(body, **about, **more),
    lambda body: inside.draft_article(body, **about, **more),
    lambda body: inside.read_listing(body, select=Select(), **about),
]

def read(body):
    told = []
    for way in WAYS:
        began = time.process_time()
        try:
            way(body)
            said = ""
        except SyndicatorError as error:
            said = str(error)
        told.append([said, time.process_time() - began])
    return told

page = b"<html><body><h1>A page</h1><p>" + b"words of an article " * 99 + b"</p></body></html>"
feed = b"<rss version='2.0'><channel><item><pubDate>x</pubDate></item></channel></rss>"
for body in (page, feed, feed.decode().encode("utf-16"), b"x", b"{}"):
    read(body)  # what is loaded on first use is loaded now

opened = []
def audit(event, args):
    if event in ("open", "os.open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        opened.append([event, str(args[:2])])
sys.addaudithook(audit)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
told = [read(body) for body in bodies]
print(json.dumps({"opened": opened, "told": told, "grown": peak() - before}))
"""


def read_all(bodies: list[bytes]) -> dict[str, list[list[str]]]:
    """What a fresh process opened, said and took while it read these bodies in every way."""
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=json.dumps([body.decode("latin-1") for body in bodies]),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    found: dict[str, list[list[str]]] = json.loads(done.stdout)
    return found


@pytest.fixture
def lure(tmp_path: Path) -> Path:
    """A file that would be read if anything could make us."""
    path = tmp_path / "lure.xml"
    path.write_text("<rss version='2.0'><channel><title>LURED</title></channel></rss>")
    return path


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A device of sorts: who opens it waits."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def canary() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def test_r10_a_body_that_is_a_path_a_device_or_an_address_opens_nothing(
    open_room: OpenRoom, site: Site, lure: Path, pipe: Path, canary: RawServer
) -> None:
    bodies = [
        *(str(lure), f"file://{lure}", f" {lure}\n", str(pipe), f"file://{pipe}", "/dev/zero"),
        *(canary.url(), f"  {canary.url('/feed.xml')}\n", f"feed:{canary.url()}", "-"),
    ]
    with watching(lure) as lured, watching(pipe) as piped:
        found = read_all([body.encode() for body in bodies])
        sources = {}
        for number, body in enumerate(bodies):
            site.pages[f"/{number}"] = Reply(body=body.encode())
            kind = (Kind.FEED, Kind.AUTO)[number % 2]
            sources[f"s{number}"] = SourceSettings(url=site.url(f"/{number}"), kind=kind)
        done = open_room(sources).pull()

        assert (lured(), piped(), canary.connections) == (0, 0, 0)
    assert found["opened"] == []
    assert {one.result for one in done.values()} == {"failed"}
    assert all("a fault of ours" not in one.error for one in done.values())


def bombs(lure: Path, pipe: Path, canary: RawServer) -> dict[str, str]:
    """Prologs and what stands at `j` in the document behind them."""
    letters = "abcdefghi"
    billion = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip(letters, letters[1:] + "j", strict=True)
    )
    return {
        "a file": f'<!ENTITY j SYSTEM "file://{lure}">',
        "a path": f'<!ENTITY j SYSTEM "{lure}">',
        "a public name": f'<!ENTITY j PUBLIC "-//x" "{lure}">',
        "a pipe": f'<!ENTITY j SYSTEM "file://{pipe}">',
        "an address": f'<!ENTITY j SYSTEM "{canary.url()}">',
        "a parameter": f'<!ENTITY % p SYSTEM "{canary.url()}"> %p;',
        "a parameter file": f'<!ENTITY % p SYSTEM "file://{lure}"> %p;',
        "a parameter in a parameter": "<!ENTITY % a '<!ENTITY &#37; b SYSTEM "
        f'"{canary.url()}">\'> %a; %b;',
        "an unparsed one": f'<!NOTATION n SYSTEM "{lure}"><!ENTITY j SYSTEM "{lure}" NDATA n>',
        "billion laughs": billion,
        "quadratic": f'<!ENTITY j "{"x" * 100_000}">',
        "recursive": '<!ENTITY j "&k;"><!ENTITY k "&j;">',
        "recursive parameters": '<!ENTITY % p "%q;"><!ENTITY % q "%p;"> %p;',
        "default attributes": f'<!ATTLIST item x CDATA "{"y" * 100_000}">',
    }


def documents(lure: Path, pipe: Path, canary: RawServer) -> dict[str, bytes]:
    """Every bomb in text, in attributes, as HTML and as Atom, in two encodings."""
    found: dict[str, bytes] = {}
    inside = "&j;" * 1000
    for name, subset in bombs(lure, pipe, canary).items():
        body = rss(item(1, more=f"<description>{inside}</description>")).decode()
        for root, text in (
            ("rss", body),
            ("rss", body.replace("<item>", f'<item x="{inside}" atom:href="{inside}">')),
            ("feed", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{inside}</title></feed>'),
            ("html", f'<html><body><p title="{inside}">{inside}</p></body></html>'),
        ):
            whole = f'<?xml version="1.0"?><!DOCTYPE {root} [{subset}]>{text}'
            found[f"{name}, {root} {len(found)}"] = whole.encode()
        found[f"{name}, UTF-16"] = whole.replace("html", "rss").encode("utf-16")
    for system in (str(lure), f"file://{lure}", str(pipe), "/dev/zero", canary.url()):
        text = f'<!DOCTYPE rss SYSTEM "{system}">'
        found[f"DTD {system}"] = rss(item(1), prolog=text)
        found[f"style {system}"] = rss(
            item(1),
            prolog=f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{system}"?>',
        )
        found[f"include {system}"] = rss(
            item(1, more=f'<xi:include href="{system}" parse="text"/>')
        )
        found[f"schema {system}"] = rss(item(1)).replace(
            b"<rss ",
            b'<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            + f'xsi:noNamespaceSchemaLocation="{system}" '.encode(),
        )
        found[f"base {system}"] = rss(item(1)).replace(
            b"<rss ", f'<rss xml:base="{system}" '.encode()
        )
    return found


def test_r11_no_document_opens_anything_or_blows_up(
    lure: Path, pipe: Path, canary: RawServer
) -> None:
    bodies = documents(lure, pipe, canary)
    with watching(lure) as lured, watching(pipe) as piped:
        found = read_all([*bodies.values()])

        assert (lured(), piped(), canary.connections) == (0, 0, 0)
    assert found["opened"] == []
    assert int(str(found["grown"])) < 100
    slow = {
        name: seconds
        for name, told in zip(bodies, found["told"], strict=True)
        for _, seconds in told
        if float(seconds) >= 1
    }
    assert slow == {}


def test_r11_bombs_as_sources_cost_one_failed_fetch_or_nothing(
    open_room: OpenRoom, site: Site, lure: Path, pipe: Path, canary: RawServer
) -> None:
    sources = {}
    for number, body in enumerate([*documents(lure, pipe, canary).values()][::3]):
        site.pages[f"/{number}"] = Reply(body=body)
        sources[f"s{number}"] = site.url(f"/{number}")
    room = open_room(sources)
    with watching(lure) as lured:
        done = room.pull()

        assert (lured(), canary.connections) == (0, 0)
    assert {one.result for one in done.values()} <= {"changed", "unchanged", "failed"}
    assert not [one for one in done.values() if "a fault of ours" in one.error]
    told = [article.content for article in room.parts.store.articles()]
    assert not [one for one in told if "LURED" in repr(one) or "root:" in repr(one)]


@pytest.mark.corpus
def test_r11_bombs_of_the_corpus(open_room: OpenRoom, site: Site, corpus: Path) -> None:
    paths = sorted((corpus / "xml-bombs").iterdir())
    for path in paths:
        site.pages[f"/{path.name}"] = Reply(body=path.read_bytes())
    found = read_all([path.read_bytes() for path in paths])
    room = open_room({path.stem: site.url(f"/{path.name}") for path in paths})

    assert found["opened"] == []
    assert int(str(found["grown"])) < 100
    assert max(float(seconds) for told in found["told"] for _, seconds in told) < 1
    assert {one.result for one in room.pull().values()} == {"failed"}


def test_r11_an_honest_feed_may_declare_the_names_it_uses(open_room: OpenRoom, site: Site) -> None:
    prolog = (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd" [<!ENTITY nbsp "&#160;">'
        '<!ENTITY eacute "&#233;"><!ENTITY house "The Courier">]>'
    )
    body = rss("<item><title>Caf&eacute;&nbsp;of &house;</title></item>", prolog=prolog)
    site.pages["/feed"] = Reply(body=body)
    room = open_room({"press": site.url("/feed")})

    assert not room.pull()["press"].error
    assert room.titles("press") == {"Caf\xe9 of The Courier"}
