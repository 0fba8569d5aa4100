"""The files of the suites, as a server would hand them out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SETS = (
    *("feedparser", "gofeed", "feed-rs", "rss-parser", "feedsmith"),
    *("feedreader", "feedjira", "miniflux", "newsboat", "rss-parser-kotlin", "feedvalidator"),
)
_TYPES = {".json": "application/feed+json", ".html": "text/html", ".opml": "text/x-opml"}
_XML = (".xml", ".rss", ".atom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file; `id` is its source's.

    Args:
        host: documents that share one are served one after the other.
        answer: the file with the suite's own reading of it, if there is one.
    """

    id: str
    file: str
    host: str
    body: bytes
    headers: Mapping[str, str]
    answer: Path | None = None
    expression: str = ""

    @property
    def set(self) -> str:
        """The folder of the corpus it is from."""
        return self.file.partition("/")[0]

    @property
    def is_json(self) -> bool:
        """Whether it is a JSON Feed, which feedparser does not read."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return False
        version = str(said.get("version")) if isinstance(said, dict) else ""
        return "jsonfeed.org" in version or (version.startswith("1") and "items" in said)


def documents(corpus: Path, *, hosts: int) -> Iterator[Document]:
    """All of them, spread over so many hosts."""
    told = json.loads((corpus / "feedparser/expect.json").read_text("utf-8"))
    for number, path in enumerate(_files(corpus)):
        name = path.relative_to(corpus).as_posix()
        row = told.get(name.removeprefix("feedparser/"), {})
        stated = {key.title(): str(value) for key, value in row.get("headers", {}).items()}
        body = path.read_bytes()
        yield Document(
            id=f"doc-{number}",
            file=name,
            host=f"host-{number % hosts}",
            body=body,
            headers={"Content-Type": _TYPES.get(path.suffix, "application/xml"), **stated},
            answer=_answer(path),
            expression=row.get("expect", ""),
        )


def _files(corpus: Path) -> Iterator[Path]:
    for name in SETS:
        files = sorted(path for path in (corpus / name).rglob("*") if path.is_file())
        answers = {_answer(path) for path in files}
        for path in files:
            served = path.suffix in (*_XML, *_TYPES) and path.name != "expect.json"
            if served and path not in answers:
                yield path


def _answer(path: Path) -> Path | None:
    """Beside the feed under one of a few names, or in the folder of outputs."""
    beside = path.with_suffix("")
    for name in (f"{beside}.serde.json", f"{beside}_expected.json", f"{beside}.json"):
        if Path(name) != path and Path(name).is_file():
            return Path(name)
    output = path.parent.parent / "output" / f"{path.stem}.json"
    return output if path.parent.name == "input" and output.is_file() else None
