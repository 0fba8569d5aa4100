"""The real feeds of the corpus, served on loopback, pulled, stored and published; and a table.

The number of articles that each document must give is worked out here from what feedparser finds
(for JSON Feed, which it does not read, from the JSON itself), without a line of our own parser.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import feedparser

from syndicator import jobs
from syndicator.app import Parts, open_parts
from syndicator.publishers.check import problems

TYPES = {
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "none": "text/html",
    "rss1": "application/rdf+xml",
    "rss": "application/rss+xml",
}

CONFIG = """\
[site]
title = "Corpus"
contact = "http://127.0.0.1/"

[publish]
entries = 20
archive_entries = 50        # small, so that there are archives

[fetch]
allow_private = ["127.0.0.1/32"]
starts_per_s = 1000
{hosts}
{sources}
[themes.english]
title = "In English"
match = 'lang:en'

[themes.german]
title = "Auf Deutsch"
match = 'lang:de'

[themes.french]
title = "En français"
match = 'lang:fr'

[themes.words]
title = "Government, police, war"
match = 'government OR president* OR police OR polizei OR война OR guerre'

[themes.podcasts]
title = "Everything a few feeds say"
"""


# ------------------------------------------------------------------ what is served


@dataclass(frozen=True, slots=True, kw_only=True)
class RealFeed:
    """A document of the corpus; `id` is its source's.

    Args:
        readable: it is a feed, and if it is broken, there are entries before the break.
    """

    id: str
    file: str
    format: str
    body: bytes
    readable: bool

    @property
    def set(self) -> str:
        """The folder of the corpus it is from."""
        return self.file.partition("/")[0]

    @property
    def host(self) -> str:
        """Each set is a site of its own."""
        return self.set

    @property
    def headers(self) -> Mapping[str, str]:
        """Its media type, as a well-kept server would state it."""
        kind = next(kind for start, kind in TYPES.items() if self.format.startswith(start))
        return {"Content-Type": kind}


def real_feeds(corpus: Path) -> list[RealFeed]:
    """All that `real-feeds.json` lists."""
    rows = json.loads((corpus / "real-feeds.json").read_text("utf-8"))
    return [
        RealFeed(
            id=f"feed-{number}",
            file=row["file"],
            format=row["format"],
            body=(corpus / row["file"]).read_bytes(),
            readable=row["format"] != "none" and bool(row["entries"] or row["well_formed"]),
        )
        for number, row in enumerate(rows, 1)
    ]


class Served(Protocol):
    """What can be served: a document under the headers that it is to have."""

    @property
    def id(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class Origin:
    """One site on loopback for each host, with validators that it honours.

    `ending` is put behind every document: a blank line makes another body with the same content.
    """

    def __init__(self, feeds: Iterable[Served]) -> None:
        self.feeds = {feed.id: feed for feed in feeds}
        self.ending = b""
        self.not_modified = 0
        hosts = dict.fromkeys(feed.host for feed in self.feeds.values())
        self._servers = {name: _Server(self) for name in hosts}
        for server in self._servers.values():
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def hosts(self) -> list[str]:
        """host:port of each site."""
        return [f"127.0.0.1:{server.server_address[1]}" for server in self._servers.values()]

    def url(self, feed: Served) -> str:
        """Where a document is served."""
        return f"http://127.0.0.1:{self._servers[feed.host].server_address[1]}/{feed.id}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)  # the library would ask a name server for its name
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "corpus", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        origin = self.server.origin
        feed = origin.feeds[self.path.strip("/")]
        body = feed.body + origin.ending
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        known = self.headers.get("If-None-Match") == etag
        origin.not_modified += known
        self.send_response(304 if known else 200)
        for name, value in {"ETag": etag, **feed.headers}.items():
            self.send_header(name, value)
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if known else body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


# ------------------------------------------------------------------ what is expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a document holds: items that feedparser finds, items of JSON, and articles of both."""

    found: int
    json_items: int
    articles: int

    @property
    def merged(self) -> int:
        """Items that only repeat another."""
        return self.found + self.json_items - self.articles


def expected(feed: RealFeed) -> Expected:
    """Counted without our own parser."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = feedparser.parse(
            io.BytesIO(feed.body), response_headers={"content-type": feed.headers["Content-Type"]}
        )
    return counted(result.entries, feed.body if feed.format == "json-feed" else b"")


def counted(entries: Iterable[Mapping[str, Any]], from_json: bytes) -> Expected:
    """What feedparser found, and what stands in a JSON Feed."""
    by_feedparser = [_item(entry) for entry in entries]
    told = json.loads(from_json) if from_json else {}
    in_json = [_json_item(one) for one in told.get("items", ())]
    return Expected(
        found=len(by_feedparser),
        json_items=len(in_json),
        articles=_articles([*by_feedparser, *in_json]),
    )


_Item = tuple[str, str, str]  # identity, link, title


def _item(entry: Mapping[str, Any]) -> _Item:
    names = ("id", "link", "title", "summary", "published", "updated")
    said = [str(entry[name] or "").strip() if name in entry else "" for name in names]
    guid, link, title, words, published, updated = said
    by_rel = [(one.get("rel"), one.get("href", "")) for one in entry.get("links", ())]
    alternates = [href for rel, href in by_rel if rel == "alternate" and href]
    if alternates and link not in alternates:
        link = alternates[0]  # 6.0.14 takes the last link that is written as a text
    title = title or words  # what has no title is told apart by its words
    return guid or link or f"{title}\n{published or updated}", link, title


def _json_item(item: Mapping[str, Any]) -> _Item:
    link, title = str(item.get("url", "")), str(item.get("title", ""))
    return str(item.get("id", "")) or link or title, link, title


def _articles(items: Sequence[_Item]) -> int:
    """Items of one identity are one article, unless they differ in link and in title."""
    groups: dict[str, list[set[str]]] = {}
    for identity, link, title in items:
        marks = {f"link {link}", f"title {title}"}
        groups[identity] = _joined(groups.get(identity, []), marks)
    return sum(len(articles) for articles in groups.values())


def _joined(articles: list[set[str]], marks: set[str]) -> list[set[str]]:
    same = [one for one in articles if one & marks]
    return [one for one in articles if not one & marks] + [marks.union(*same)]


# ------------------------------------------------------------------ the run


@dataclass(slots=True, kw_only=True)
class Row:
    """One document after everything."""

    feed: RealFeed
    expected: Expected
    stored: int = 0
    result: str = ""
    error: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Run:
    """What came of it all.

    Args:
        folder: where it lies.
        walked: entries that a walk over the feed of everything meets, each id once.
        stories: different texts among the articles; a feed shows each once.
        again: results of the second poll (304) and of the third (another body, same content).
    """

    rows: list[Row]
    folder: Path
    documents: int = 0
    problems: dict[str, list[str]] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)
    walked: int = 0
    stories: int = 0
    again: list[list[jobs.Pulled]] = field(default_factory=list)
    not_modified: int = 0
    changed_files: list[str] = field(default_factory=list)  # by the second and third poll
    stored_at_end: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def run(corpus: Path, folder: Path) -> Run:
    """Everything, in an empty `folder`."""
    feeds = real_feeds(corpus)
    outcome = Run(folder=folder, rows=[Row(feed=feed, expected=expected(feed)) for feed in feeds])
    with Origin(feeds) as origin:
        path = folder / "config.toml"
        path.write_text(config(origin), "utf-8")
        with open_parts(path, environ={}) as parts:
            _first(parts, outcome)
            before = _files(parts)
            _published(parts, before, outcome)
            for origin.ending in (b"", b"\n"):
                with _timed(outcome, "poll again"):
                    outcome.again.append(jobs.pull(parts, force=True))
                jobs.publish(parts)
            after = _files(parts)
            changed = {name for name in before | after if before.get(name) != after.get(name)}
            outcome.changed_files = sorted(changed)
            outcome.stored_at_end = parts.store.counts()["articles"]
        outcome.not_modified = origin.not_modified
    return outcome


def config(origin: Origin) -> str:
    """A config.toml that declares every document as a source of its own."""
    hosts = "".join(f'\n[fetch.hosts."{host}"]\ngap = 0\n' for host in origin.hosts)
    sources = "".join(
        f'\n[sources.{feed.id}]\nurl = "{origin.url(feed)}"\nkind = "feed"\n'
        + ('themes = ["podcasts"]\n' if "itunes" in feed.file.lower() else "")
        for feed in origin.feeds.values()
    )
    return CONFIG.format(hosts=hosts, sources=sources)


def _first(parts: Parts, outcome: Run) -> None:
    with _timed(outcome, "pull"):
        pulled = {one.source_id: one for one in jobs.pull(parts)}
    with _timed(outcome, "publish"):
        jobs.publish(parts)
    stories = set()
    for row in outcome.rows:
        articles = list(parts.store.articles(source=row.feed.id))
        stories |= {article.story for article in articles}
        row.stored = len(articles)
        row.result, row.error = pulled[row.feed.id].result, pulled[row.feed.id].error
        row.left_out = parts.store.source(row.feed.id).counts
    outcome.stories = len(stories)
    outcome.themes = {one.theme.slug: one.articles for one in parts.store.theme_overview()}


def _published(parts: Parts, files: Mapping[str, bytes], outcome: Run) -> None:
    documents = {
        name: body
        for name, body in files.items()
        if name.startswith("themes/") and name.endswith((".xml", ".json"))
    }
    outcome.documents = len(documents)
    outcome.problems = {
        name: found for name, body in documents.items() if (found := problems(body))
    }
    outcome.walked = len(_walked(documents, parts.config.site.base_url))


def _walked(documents: Mapping[str, bytes], base_url: str) -> set[str]:
    """Entry ids met from the feed of everything back to its first archive (RFC 5005)."""
    name, ids = "themes/all/atom.xml", set()
    while name:
        document = feedparser.parse(io.BytesIO(documents[name]))
        ids |= {entry.id for entry in document.entries}
        links = {link.rel: link.href for link in document.feed.links}
        name = links.get("prev-archive", "").removeprefix(f"{base_url}/")
    return ids


def _files(parts: Parts) -> dict[str, bytes]:
    folder = parts.config.publish.dir
    folder = folder if folder.is_absolute() else parts.config.folder / folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextlib.contextmanager
def _timed(outcome: Run, what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    outcome.seconds[what] = outcome.seconds.get(what, 0.0) + time.monotonic() - began


# ------------------------------------------------------------------ the table


def faults(outcome: Run) -> list[str]:
    """All that should not be, one line each."""
    found = [f"{name}: {fault}" for name, some in outcome.problems.items() for fault in some]
    for row in outcome.rows:
        if row.stored != row.expected.articles:
            found.append(f"{row.feed.file}: {row.stored} stored, not {row.expected.articles}")
        if (row.result == "failed") == row.feed.readable:
            found.append(f"{row.feed.file}: {row.result} {row.error}")
        if "fault of ours" in row.error or any("items" in name for name in row.left_out):
            found.append(f"{row.feed.file}: {row.error} {dict(row.left_out)}")
    refused = {row.feed.id for row in outcome.rows if not row.feed.readable}
    for poll in outcome.again:
        failed = {one.source_id for one in poll if one.result == "failed"}
        found += [
            f"{name}: failed in one poll and not in another" for name in sorted(refused ^ failed)
        ]
        found += [f"{one.source_id}: {one.result} when polled again" for one in _news(poll)]
    found += [f"{name} changed without news" for name in outcome.changed_files]
    if outcome.walked != outcome.stories:
        found.append(f"the feed of everything has {outcome.walked} of {outcome.stories} stories")
    if outcome.stored_at_end != sum(row.stored for row in outcome.rows):
        found.append(f"{outcome.stored_at_end} articles after polling again")
    return found


def _news(poll: Iterable[jobs.Pulled]) -> list[jobs.Pulled]:
    return [one for one in poll if one.result not in ("unchanged", "failed") or one.new]


def table(outcome: Run) -> Iterator[str]:
    """What came of it, set by set, then every difference and failure."""
    heads = ("set", "feeds", "by feedparser", "JSON", "repeated", "expected", "stored", "failed")
    yield "{:<18}{:>7}{:>15}{:>7}{:>10}{:>10}{:>8}{:>8}".format(*heads)
    sets = list(dict.fromkeys(row.feed.set for row in outcome.rows))
    for name in [*sets, "all"]:
        rows = [row for row in outcome.rows if name in ("all", row.feed.set)]
        wanted = [row.expected for row in rows]
        yield (
            f"{name:<18}{len(rows):>7}{sum(one.found for one in wanted):>15}"
            f"{sum(one.json_items for one in wanted):>7}{sum(one.merged for one in wanted):>10}"
            f"{sum(one.articles for one in wanted):>10}{sum(row.stored for row in rows):>8}"
            f"{sum(row.result == 'failed' for row in rows):>8}"
        )
    yield "\nWhere articles are not what feedparser counts:"
    for row in outcome.rows:
        if row.expected.json_items:
            yield f"  {row.feed.file}: JSON Feed, +{row.expected.json_items}"
        if row.expected.merged:
            yield f"  {row.feed.file}: items that repeat another, -{row.expected.merged}"
    yield "\nFailed:"
    yield from (f"  {row.feed.file}: {row.error}" for row in outcome.rows if row.error)
    yield "\nLeft out, being over the bounds of R13:"
    for row in outcome.rows:
        for name, number in row.left_out.items():
            yield f"  {row.feed.file}: {number} {name}"
    yield f"\nThemes: {', '.join(f'{slug} {number}' for slug, number in outcome.themes.items())}"
    yield (
        f"Published: {outcome.documents} documents, {sum(map(len, outcome.problems.values()))} "
        f"problems; the feed of everything tells {outcome.walked} of {outcome.stories} stories"
    )
    yield (
        f"Polled again: {outcome.not_modified} times 304, then the same in other bodies: "
        f"{sum(map(len, map(_news, outcome.again)))} sources with news, "
        f"{len(outcome.changed_files)} files changed"
    )
    yield "Seconds: " + ", ".join(f"{what} {took:.1f}" for what, took in outcome.seconds.items())


def main() -> int:
    """Run and print; 1 when anything is wrong."""
    logging.basicConfig(level=logging.WARNING)
    corpus = Path(os.environ.get("SYNDICATOR_CORPUS", ""))
    if not (corpus / "real-feeds.json").is_file():
        print("SYNDICATOR_CORPUS does not point to the corpus", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="syndicator-corpus-") as folder:
        outcome = run(corpus, Path(folder))
    print("\n".join(table(outcome)))
    wrong = faults(outcome)
    print(*(["\nWrong:", *wrong] if wrong else ["\nNothing wrong."]), sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
