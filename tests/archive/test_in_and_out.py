"""What is carried out comes in again as it was; what others bring says where it is from."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from syndicator.app import open_parts
from syndicator.model import Exchange, Request
from tests.archive.conftest import Library
from tests.store.conftest import claimed, decided

TEXT = "<p>" + "The elders of three villages met and agreed on the well. " * 30 + "</p>"


def test_export_and_import_give_an_identical_store(library: Library, tmp_path: Path) -> None:
    export = tmp_path / "all.jsonl"
    export.write_text(library.run("export", "jsonl").out, "utf-8")
    other = library.another("other")

    other.run("import", "jsonl", str(export))
    other.run("publish", "--all", within_s=120)

    assert library.run("archive", "verify", "--compare", str(other.config)).out == ""
    assert other.files() == library.house.files()
    assert other.run("archive", "verify", within_s=120).out == ""
    assert other.run("export", "jsonl").out == export.read_text("utf-8")


def test_an_export_that_was_cut_or_changed_is_refused(library: Library, tmp_path: Path) -> None:
    export = tmp_path / "all.jsonl"
    whole = library.run("export", "jsonl").out
    other = library.another("other")
    there = library.run("import", "jsonl", str(_written(export, whole)), code=2)
    lines = whole.splitlines(keepends=True)
    evil = json.dumps({"file": "captures/../../evil", "at": 0, "base64": ""}) + "\n"

    for spoilt, words in (
        (whole[: len(whole) // 2], "cut short"),
        ("".join([*lines[:5], *lines[6:]]), "is not what was exported"),
        ("".join([*lines[:5], lines[5].replace('"kind":"', '"kind":"x')]), "all.jsonl: line 6 "),
        (whole.replace("Mali", "Nile", 1), "is not what was exported"),
        ("".join([lines[0], evil, *lines[1:]]), "has no place in an archive"),
    ):
        said = other.run("import", "jsonl", str(_written(export, spoilt)), code=1)
        assert words in said.err
        assert [p for p in (other.folder / "store").rglob("*") if p.suffix in (".db", ".gz")] == []
    assert "only taken where there is none" in there.err


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_an_import_of_nothing_leaves_no_source(library: Library, tmp_path: Path) -> None:
    file = _written(tmp_path / "a", "x\n")
    said = library.run("import", "jsonl", str(file), "--source", "other", code=1)

    assert "no source other is kept" in said.err
    assert "other" not in library.run("source", "list").out


# ------------------------------------------------------------------ bags


def test_a_bag_of_all_is_valid_and_explains_itself(library: Library, tmp_path: Path) -> None:
    library.run("export", "bag", str(tmp_path / "bag"))

    made = bagit.Bag(str(tmp_path / "bag"))
    made.validate()
    data = tmp_path / "bag" / "data"
    for part in ("ledger", "objects", "captures", "documents", "feeds"):
        assert any((data / part).rglob("*")), part
    told = (data / "README.txt").read_text("utf-8")
    assert "ledger.schema.json" in told
    assert "RFC 8493" in told
    again = library.run("export", "bag", str(tmp_path / "bag"), code=2)
    assert "exists already" in again.err


def test_a_bag_of_a_theme_holds_its_articles_alone(library: Library, tmp_path: Path) -> None:
    library.run("export", "bag", str(tmp_path / "bag"), "--theme", "mali")

    bagit.Bag(str(tmp_path / "bag")).validate()
    data = tmp_path / "bag" / "data"
    lines = [json.loads(line) for line in (data / "articles.jsonl").read_text().splitlines()]
    listed = library.run("article", "list", "--theme", "mali", "--json").out.splitlines()
    assert {one["id"] for one in lines} == {json.loads(line)["id"] for line in listed}
    assert {p.name for p in (data / "feeds" / "articles").iterdir()} <= {o["id"] for o in lines}
    assert not (data / "ledger").exists()


def test_a_bag_of_a_theme_has_the_body_of_a_page_that_came_again_as_it_was(
    library: Library, tmp_path: Path
) -> None:
    """A capture of the same body refers to the one before; without that it would show nothing."""
    with open_parts(library.house.config, environ={}) as parts:
        article, first = next(
            (article, capture)
            for article in parts.store.articles(theme="mali")
            for _, capture in parts.store.captures(addresses=[article.content.url])
        )
        url, now = article.content.url, parts.clock.now()
        answer = Exchange(
            url=url,
            at=now,
            method="GET",
            sent=(),
            version="HTTP/1.1",
            status=200,
            reason="OK",
            received=(("Content-Type", "text/html"),),
            body=_body(library.archive / "captures" / first.file, first.offset),
        )
        again = parts.archive.captures.keep(answer)
        assert again is not None
        assert again.revisit
        request = Request(url=url, at=now, reason="article", status=200, capture=again)
        claim = claimed(parts.store, article.source_id, at=now)  # type: ignore[arg-type]
        assert parts.store.save(decided(claim, at=now, requests=(request,)))

    library.run("export", "bag", str(tmp_path / "bag"), "--theme", "mali")
    warc = tmp_path / "bag" / "data" / "captures" / "mali.warc.gz"
    with warc.open("rb") as file:
        kinds = [
            one.rec_type
            for one in ArchiveIterator(file)
            if one.rec_headers.get_header("WARC-Target-URI") == url and one.rec_type != "request"
        ]
    assert kinds == ["response", "revisit"]


def _body(warc: Path, offset: int) -> bytes:
    with warc.open("rb") as file:
        file.seek(offset)
        body: bytes = next(iter(ArchiveIterator(file))).raw_stream.read()
        return body


# ------------------------------------------------------------------ others' material


def test_articles_of_others_become_those_of_a_source_that_says_so(
    library: Library, tmp_path: Path
) -> None:
    own = library.json("article", "show", library.rows("SELECT id FROM articles LIMIT 1")[0][0])
    later = datetime.now(UTC).year + 20
    lines = [
        {"id": own["entry_id"], "url": "https://old.example/a", "title": "A lie", "html": TEXT},
        {"url": "https://old.example/b", "title": "Of tomorrow", "published": f"{later}-01-01"},
        {"url": "https://old.example/c", "title": "Of Mali", "published": "1968-05-01T10:00:00Z"},
    ]
    file = tmp_path / "theirs.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")

    said = library.run("import", "jsonl", str(file), "--source", "old-paper")

    assert "3 articles taken in" in said.err
    kept = library.json("article", "show", own["id"])
    assert {**kept, "copies": []} == {**own, "copies": []}
    taken = {
        one["title"]: one
        for one in map(
            json.loads,
            library.run("article", "list", "--source", "old-paper", "--json").out.splitlines(),
        )
    }
    assert taken["A lie"]["id"] != own["id"]
    assert taken["A lie"]["entry_id"] != own["entry_id"]
    assert taken["Of tomorrow"]["date_basis"] == "first seen"
    assert taken["Of Mali"]["published"] == "1968-05-01T10:00:00Z"
    assert "mali" in taken["Of Mali"]["themes"]
    source = library.json("source", "show", "old-paper")
    assert source["title"].startswith("theirs.jsonl, imported ")
    assert source["enabled"] is False
    assert library.run("archive", "verify").out == ""


def test_pages_of_a_warc_are_taken_in(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "theirs.warc.gz"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for url, kind in (("/a", "text/html"), ("/b.png", "image/png"), ("/a", "text/html")):
            page = f"<html><head><title>The well</title></head><article><h1>The well</h1>{TEXT}"
            head = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"https://old.example{url}",
                    "response",
                    payload=io.BytesIO(page.encode()),
                    length=len(page),
                    http_headers=head,
                )
            )

    said = library.run("import", "warc", str(file), "--source", "old-site", "--theme", "mali")

    assert "1 articles taken in" in said.err
    (one,) = map(
        json.loads,
        library.run("article", "list", "--source", "old-site", "--json").out.splitlines(),
    )
    assert one["url"] == "https://old.example/a"
    assert one["title"] == "The well"
    assert "mali" in one["themes"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("body", [b"no warc", b"WARC/1.1\r\nWARC-Type: response\r\n"])
def test_a_damaged_warc_is_refused(library: Library, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x.warc").write_bytes(body)

    said = library.run("import", "warc", str(tmp_path / "x.warc"), "--source", "x", code=1)

    assert "x.warc" in said.err
    assert "Traceback" not in said.err
    assert library.rows("SELECT id FROM sources WHERE id = 'x'") == []
