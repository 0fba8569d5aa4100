"""What other people's parsers make of a document: each one function, path in, entries out."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import atoma
import fastfeedparser
import feedparser
import feedparser_sgmllib

from tests.publish.roundtrip.said import Said, by_a_parser

HERE = Path(__file__).parent
Read = Callable[[Path], list[Said]]


def by_feedparser(path: Path) -> list[Said]:
    """Without its changes to the text: what stands there is to be compared."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feed = feedparser.parse(
            io.BytesIO(path.read_bytes()), sanitize_html=False, resolve_relative_uris=False
        )
    return [
        by_a_parser(
            {
                "id": entry.id,
                "title": entry.get("title"),
                # A name that is an e-mail address it has as the address alone.
                "authors": [
                    who.get("name") or who.get("email", "") for who in entry.get("authors", ())
                ],
                "link": entry.link,
                "html": entry.content[0].value if "content" in entry else "",
                "published": entry.get("published"),
                "updated": entry.get("updated"),
            }
        )
        for entry in feed.entries
    ]


def by_fastfeedparser(path: Path) -> list[Said]:
    is_json = path.suffix == ".json"
    feed = fastfeedparser.parse(path.read_text("utf-8") if is_json else path.read_bytes())
    return [
        by_a_parser(
            {
                "id": entry.id,
                "title": entry.get("title"),
                "authors": [who["name"] for who in entry.get("authors", ())],
                "link": entry.link,
                "html": entry.content[0]["value"] if entry.get("content") else "",
                "published": entry.get("published"),
                "updated": entry.get("updated"),
            }
        )
        for entry in feed.entries
    ]


def by_atoma(path: Path) -> list[Said]:
    return [by_a_parser(entry) for entry in _ATOMA[path.name](path.read_bytes())]


def _atoma_atom(body: bytes) -> Iterator[dict[str, Any]]:
    for entry in atoma.parse_atom_bytes(body).entries:
        yield {
            "id": entry.id_,
            "title": entry.title.value,
            "authors": [who.name for who in entry.authors],
            "link": next(link.href for link in entry.links if link.rel == "alternate"),
            "html": entry.content.value if entry.content else "",
            "published": entry.published,
            "updated": entry.updated,
        }


def _atoma_rss(body: bytes) -> Iterator[dict[str, Any]]:
    for item in atoma.parse_rss_bytes(body).items:
        yield {
            "id": item.guid,
            "title": item.title,
            "authors": [],
            "link": item.link,
            "html": item.content_encoded,
            "published": item.pub_date,
            "updated": None,
        }


def _atoma_json(body: bytes) -> Iterator[dict[str, Any]]:
    for item in atoma.parse_json_feed_bytes(body).items:
        yield {
            "id": item.id_,
            "title": item.title,
            "authors": [],
            "link": item.url,
            "html": item.content_html,
            "published": item.date_published,
            "updated": item.date_modified,
        }


_ATOMA = {"atom.xml": _atoma_atom, "rss.xml": _atoma_rss, "feed.json": _atoma_json}


def by_reader(path: Path) -> list[Said]:
    """As a library that keeps what it reads; in the order of the document again."""
    # Its release 3.26 brings a feedparser that wants sgmllib, and names nothing that has it.
    sys.modules.setdefault("sgmllib", feedparser_sgmllib)
    from reader import make_reader

    url = path.name
    with make_reader(":memory:", feed_root=str(path.parent)) as reader:
        reader.add_feed(url)
        reader.update_feed(url)
        kept = {entry.id: entry for entry in reader.get_entries(feed=url)}
    order = [one.id for one in by_fastfeedparser(path)]
    return [
        by_a_parser(
            {
                "id": entry.id,
                "title": entry.title,
                "authors": [who.name or "" for who in entry.authors],
                "link": entry.link,
                "html": entry.content[0].value if entry.content else "",
                "published": entry.published,
                "updated": entry.updated,
            }
        )
        for entry in (kept[name] for name in order)
    ]


def by_node(parser: str, paths: Sequence[Path]) -> list[list[Said]]:
    """What a parser under Node finds in each of these documents."""
    done = subprocess.run(
        ["node", str(HERE / "read.mjs"), parser, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=HERE,
    )
    lines = done.stdout.splitlines()
    return [[by_a_parser(entry) for entry in json.loads(line)] for line in lines]


PYTHON: dict[str, Read] = {
    "feedparser": by_feedparser,
    "fastfeedparser": by_fastfeedparser,
    "atoma": by_atoma,
    "reader": by_reader,
}
NODE = ("rss-parser", "feedsmith")


def node_lacks() -> str:
    """Why parsers under Node cannot be asked, "" if they can."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (HERE / "node_modules").is_dir():
        return f"the packages of {HERE}/package.json are not installed"
    return ""
