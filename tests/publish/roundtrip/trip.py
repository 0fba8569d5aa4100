"""Published folders read back, and compared with the log they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from syndicator.app import open_parts
from syndicator.model import LogRow
from tests.publish.roundtrip.gaps import ATOM, JSON, RSS, UNKNOWN, heard, told
from tests.publish.roundtrip.readers import PYTHON, by_fastfeedparser, by_node
from tests.publish.roundtrip.said import Said, by_the_model, differences

FORMATS = (ATOM, RSS, JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A folder with config.toml, store/ and feeds/."""

    folder: Path
    base_url: str
    members: Mapping[str, Mapping[str, LogRow]]  # feed -> entry id -> its last put

    def document(self, key: str, name: str) -> Path:
        return self.folder / "feeds" / "themes" / key / name

    def files(self) -> dict[str, bytes]:
        root = self.folder / "feeds"
        paths = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in paths}

    def ours(self, key: str, name: str) -> list[Said]:
        """What the entries of a document say, by the log."""
        rows = self.members[key]
        return [
            by_the_model(rows[one.id], base_url=self.base_url, is_rss=name == RSS)
            for one in by_fastfeedparser(self.document(key, name))  # only which they are
        ]


def published(folder: Path) -> Published:
    """What lies in a folder."""
    with open_parts(folder / "config.toml", environ={}, write=False) as parts:
        keys = [feed.key for feed in parts.store.feeds() if not feed.private]
        return Published(
            folder=folder,
            base_url=parts.config.site.base_url,
            members={key: {row.entry_id: row for row in parts.store.members(key)} for key in keys},
        )


def misread(where: Published, parser: str) -> list[str]:
    """Everything that a parser says otherwise than it should, in all current documents."""
    documents = [
        (key, name)
        for key in where.members
        for name in FORMATS
        if (parser, name) not in UNKNOWN and where.document(key, name).exists()
    ]
    assert documents
    paths = [where.document(*each) for each in documents]
    found = []
    for (key, name), theirs in zip(documents, _read(parser, paths), strict=True):
        ours = [heard(parser, name, one) for one in where.ours(key, name)]
        said = [told(parser, name, one) for one in theirs]
        found += [f"{key}/{name}: {words}" for words in differences(ours, said)]
    return found


def _read(parser: str, paths: list[Path]) -> Iterable[list[Said]]:
    if parser in PYTHON:
        return [PYTHON[parser](path) for path in paths]
    return by_node(parser, paths)
