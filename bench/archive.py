"""The archive of a hundred thousand articles: what each command costs, and whether it is right.

    python -m bench.archive                        100,000 articles (half an hour on two cores)
    python -m bench.archive --articles 2000
    python -m bench.archive --keep FOLDER          make the library there, or take the one there

Real commands run on a real store, each in a process of its own, of which wall time, processor time
and peak memory are told. Then 200 bytes are changed and every change is to be named. Ends with 1
when anything is not as it should be. Without --keep it lies in memory where that is a file system:
4 GB, and twice as much again while stores are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

from bench.damage import Changed, Columns, Spoilt, in_file, of_archive, of_feeds, put_back
from bench.library import CHANGED, NEWS, RULES, configuration, fill

_LOOK_S = 0.05
_ITEMS = 5000  # that the one source shows which is read while backups are made


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended; seconds, and the most bytes of memory it had."""

    code: int
    out: str
    err: str
    wall_s: float
    cpu_s: float
    peak: int


class Library:
    """A configuration with its folders, and commands on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.store = folder / "store" / "syndicator.db"
        self.archive = folder / "store" / "archive"
        self.feeds = folder / "feeds"

    @classmethod
    def beside(cls, other: Library, name: str) -> Library:
        """An empty one of the same configuration."""
        new = cls(other.folder.parent / name)
        for folder in (new.folder, new.feeds, new.store.parent):
            folder.mkdir()
        shutil.copyfile(other.config, new.config)
        return new

    def run(self, *words: str, out: Path | None = None) -> Ran:
        """Run a command to its end; its output goes to `out`, or is kept."""
        with tempfile.TemporaryFile() as err, (out or Path(os.devnull)).open("wb") as to:
            began = time.monotonic()
            peak = 0
            process = subprocess.Popen(
                [sys.executable, "-m", "syndicator", "-c", str(self.config), *words],
                stdin=subprocess.DEVNULL,
                stdout=to if out else subprocess.PIPE,
                stderr=err,
            )
            reader = _Reader(process.stdout)
            while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                peak = max(peak, _memory(process.pid))
                time.sleep(_LOOK_S)
            _, status, used = ended
            process.returncode = os.waitstatus_to_exitcode(status)
            err.seek(0)
            return Ran(
                code=process.returncode,
                out=reader.text(),
                err=err.read().decode(),
                wall_s=time.monotonic() - began,
                cpu_s=used.ru_utime + used.ru_stime,
                peak=peak,
            )

    @property
    def kept(self) -> tuple[Path, Path]:
        return self.archive, self.store

    @property
    def seen(self) -> tuple[Path, Path]:
        return self.feeds, self.archive

    def remove(self) -> None:
        shutil.rmtree(self.folder)


class _Reader:
    """Reads what a process writes while others wait for its end."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._said: list[bytes] = []
        self._thread = threading.Thread(target=self._read, args=(pipe,))
        self._thread.start()

    def _read(self, pipe: IO[bytes] | None) -> None:
        if pipe is not None:
            self._said.append(pipe.read())

    def text(self) -> str:
        self._thread.join()
        return b"".join(self._said).decode()


def _memory(pid: int) -> int:
    """The most it has had so far, in bytes; what `wait4` tells begins with what we have."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+)", status)
    return int(found[1]) * 1024 if found else 0


class Bench:
    """What is told, and what went wrong."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        print(f"{'command':<44}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}", flush=True)

    def run(
        self, library: Library, *words: str, code: int = 0, out: Path | None = None, name: str = ""
    ) -> Ran:
        """Run a command and tell what it cost; another exit code is wrong."""
        ran = library.run(*words, out=out)
        told = name or " ".join(word.rpartition("/")[2] for word in words)
        costs = f"{ran.wall_s:>9.1f}{ran.cpu_s:>9.1f}{ran.peak / 1e6:>9.0f}"
        print(f"{told:<44}{costs}", flush=True)
        self.hold(ran.code == code, f"{told}: exit code {ran.code}: {ran.err[-500:]}")
        return ran

    def hold(self, is_so: bool, words: str) -> None:
        """Something that must be so."""
        if not is_so:
            self.wrong.append(words)
            print(f"WRONG: {words}", flush=True)


def digests(folder: Path) -> dict[str, str]:
    """Of all files below, by path."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


# ------------------------------------------------------------------ whole stores


def rebuilt(bench: Bench, library: Library) -> None:
    """Verify; then make store and feeds from the archive alone, and compare."""
    found = bench.run(library, "archive", "verify")
    bench.hold(not found.out, f"a whole archive has faults: {found.out[:500]}")
    feeds = digests(library.feeds)

    other = Library.beside(library, "rebuilt")
    bench.run(library, "archive", "rebuild", "--into", str(other.folder))
    bench.hold(digests(other.feeds) == feeds, "rebuild gives other feeds")
    other.remove()


def carried(bench: Bench, library: Library) -> None:
    """Make the same store by backup and restore, by export and import, and compare."""
    backup, export = library.folder.parent / "backup.tar", library.folder.parent / "all.jsonl"
    other = Library.beside(library, "restored")
    bench.run(library, "archive", "backup", str(backup))
    bench.run(other, "archive", "restore", str(backup))
    backup.unlink()
    same = bench.run(library, "archive", "verify", "--compare", str(other.config))
    bench.hold(not same.out, f"a restored backup is another store: {same.out[:500]}")
    other.remove()

    other = Library.beside(library, "imported")
    bench.run(library, "export", "jsonl", out=export)
    bench.run(other, "import", "jsonl", str(export))
    export.unlink()
    same = bench.run(library, "archive", "verify", "--compare", str(other.config))
    bench.hold(not same.out, f"export and import give another store: {same.out[:500]}")
    other.remove()


def backed_up_while_reading(bench: Bench, library: Library) -> None:
    """Backups beside a pull that brings articles; the one in the middle is restored."""
    pulled: list[Ran] = []
    reading = threading.Thread(target=lambda: pulled.append(library.run("pull", NEWS, "--force")))
    reading.start()
    backups: list[Path] = []
    while reading.is_alive() or not backups:
        backups.append(library.folder.parent / f"{len(backups)}.tar")
        bench.run(library, "archive", "backup", str(backups[-1]), name="backup during a pull")
    reading.join()
    bench.hold(pulled[0].code == 0, f"the pull failed: {pulled[0].err[-500:]}")
    other = Library.beside(library, "beside")
    bench.run(other, "archive", "restore", str(backups[0]))
    for each in backups:
        each.unlink()
    bench.run(other, "publish", "--all", name="publish --all of the restored")
    found = bench.run(other, "archive", "verify", name="verify of the restored")
    bench.hold(not found.out, f"a backup during a pull is not consistent: {found.out[:500]}")
    other.remove()
    bench.run(library, "publish", name="publish what was pulled")  # or the next to verify does


def planned(bench: Bench, library: Library) -> None:
    """A changed rule: what the plan says is what happens, and then nothing is left to do."""
    host = re.search(r'fetch\.hosts\."([^"]*)"', library.config.read_text("utf-8"))
    assert host is not None
    changed = {**RULES, "wells": CHANGED}
    library.config.write_text(configuration(host[1], changed), "utf-8")
    plan = bench.run(library, "theme", "plan", "--json", "--exit-code", code=4)
    told = {one["slug"]: one for one in map(json.loads, plan.out.splitlines())}
    wells = told.get("wells", {"added": 0, "removed": 0, "matching": 0})
    applied = bench.run(library, "theme", "apply")
    words = f"wells: +{wells['added']} -{wells['removed']}, {wells['matching']} in its feed now"
    bench.hold(words in applied.err, f"planned {words!r}, applied {applied.err!r}")
    bench.run(library, "theme", "plan", "wells", "--exit-code", name="theme plan afterwards")
    bench.run(library, "publish")


# ------------------------------------------------------------------ bytes


def spoilt(bench: Bench, library: Library, some: Sequence[Spoilt], kind: str) -> None:
    """Change these at once; each is to be named. Then they are put back."""
    for one in some:
        one.flip()
    found = bench.run(library, "archive", "verify", code=1, name=f"verify, {len(some)} in {kind}")
    for one in some:
        one.flip()
    _tell(bench, some, found)


def spoilt_columns(bench: Bench, library: Library, count: int, draw: random.Random) -> None:
    """The same with kept values of the store."""
    with put_back(library.store):
        some = Columns(library.store, draw).spoil(count)
        found = bench.run(library, "archive", "verify", code=1, name=f"verify, {count} in columns")
    _tell(bench, some, found)


def _tell(bench: Bench, some: Sequence[Spoilt | Changed], found: Ran) -> None:
    lines = found.out.splitlines()
    missed = [one for one in some if not one.is_in(lines)]
    print(
        f"  {len(some) - len(missed)} of {len(some)} named, {len(lines)} faults in all", flush=True
    )
    bench.hold(not missed, f"not named: {missed[:5]}")


def spoilt_file(bench: Bench, library: Library, count: int, draw: random.Random) -> None:
    """Bytes anywhere in the database file, one after the other: found or harmless. Harmless is one
    that leaves all that is kept as it was: exported, it is the same."""
    kept = library.folder.parent / "kept.jsonl"
    for _ in range(count):
        with put_back(library.store):
            library.run("export", "jsonl", out=kept)
            whole = sha256(kept.read_bytes()).hexdigest()
            one = in_file(library.store, draw)
            one.flip()
            exported = library.run("export", "jsonl", out=kept)
            same = not exported.code and sha256(kept.read_bytes()).hexdigest() == whole
            found = library.run("archive", "verify")
        kept.unlink()
        words = "found" if found.code == 1 else "harmless"
        print(f"byte {one.at} of the database file: {words}", flush=True)
        bench.hold("Traceback" not in found.err, f"verify fails: {found.err[-500:]}")
        bench.hold(found.code == 1 or same, f"byte {one.at} of the file is not found")


# ------------------------------------------------------------------ all of it


@contextmanager
def press() -> Iterator[str]:
    """A site with one long feed; its host."""
    items = "".join(
        f'<item><guid isPermaLink="false">n{n}</guid><title>The well, part {n}</title>'
        f"<link>https://news.example/{n}</link><description>{'It rained. ' * 30}</description>"
        "</item>"
        for n in range(_ITEMS)
    )
    body = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def main() -> int:
    """Make the library, run everything."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--bytes", type=int, default=200, help="that are changed")
    options.add_argument("--file-bytes", type=int, default=3, help="anywhere in the database file")
    options.add_argument("--steps", nargs="+", help="only these; see _run")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="make the library here, and leave it")
    given = options.parse_args()
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch,
        press() as host,
    ):
        library = Library((given.keep or Path(scratch)) / "library")
        return _run(library, host, given)


def _run(library: Library, host: str, given: argparse.Namespace) -> int:
    is_new = not library.store.exists()
    for folder in (library.folder, library.feeds, library.store.parent):
        folder.mkdir(parents=True, exist_ok=True)
    library.config.write_text(configuration(host, RULES), "utf-8")
    if is_new:
        fill(library.config, given.articles)
    bench = Bench()
    bench.run(library, "theme", "apply")  # of a library that was kept
    bench.run(library, "publish")
    draw = random.Random(given.seed)
    first, second = given.bytes * 4 // 10, given.bytes * 3 // 10
    steps: dict[str, Callable[[], None]] = {
        "rebuilt": lambda: rebuilt(bench, library),
        "carried": lambda: carried(bench, library),
        "planned": lambda: planned(bench, library),
        "reading": lambda: backed_up_while_reading(bench, library),
        "archive": lambda: spoilt(
            bench, library, of_archive(*library.kept, draw, first), "archive"
        ),
        "feeds": lambda: spoilt(bench, library, of_feeds(*library.seen, draw, second), "feeds"),
        "file": lambda: spoilt_file(bench, library, given.file_bytes, draw),
        "columns": lambda: spoilt_columns(bench, library, given.bytes - first - second, draw),
    }
    for step in given.steps or steps:
        steps[step]()
    print(*(["Wrong:", *bench.wrong] if bench.wrong else ["Nothing wrong."]), sep="\n  ")
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
