"""Archive, store and feeds/ held against each other (R26).

From the ledger and the objects a store is made anew, and from that the whole of feeds/. What the
store and feeds/ hold must be just that: so a verification also proves that a rebuild works. What
is published while it goes on is not judged.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from syndicator.archive.captures import faults_of
from syndicator.archive.folder import files_below
from syndicator.archive.ledger import Head, manifests
from syndicator.archive.objects import name_of
from syndicator.archive.place import Archive, captures_folder, ledger_folder
from syndicator.archive.proof import Chain, Fault
from syndicator.archive.replay import Replay
from syndicator.archive.stamps import can_stamp, check, check_signer, fact_of, stamp_of
from syndicator.archive.workplace import workplace
from syndicator.errors import ArchiveError, StoreError
from syndicator.jobs.parts import Parts
from syndicator.jobs.publishing import publish, publish_stale
from syndicator.jobs.recording import record_all
from syndicator.ports import Difference, Progress, Store, counted, unwatched
from syndicator.publishers.tree import Tree
from syndicator.redaction import redacted, unaddressed

VERIFIED = "verified"  # fact: when it was last done, and what came of it
_TRIES = 20  # to find feeds/ published up to the log's end
_STORE = "store"
MOST_STRANGERS = 100  # that are named
_NEIGHBOURS = ("README.md",)  # lies in feeds/ where that is kept in git


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a verification looked at, and what it found.

    Args:
        strangers: files in feeds/ that belong to nothing published, a hundred at most; no faults.
    """

    faults: Sequence[Fault]
    lines: int
    objects: int
    files: int  # of feeds/
    stamps: int = 0  # time stamps of manifests
    signers: bool = True  # whether it could be checked who signed them
    strangers: Sequence[str] = ()


def verify(parts: Parts, *, progress: Progress = unwatched) -> Verified:
    """Look everything through; the result is noted in the store as well.

    Raises:
        ArchiveError: the archive cannot be read. StoreError: the store cannot be opened.
        LockedError: another process publishes, or is at the ledger, for too long.
    """
    file = parts.config.store.file
    assert file is not None  # or there would be no parts
    with workplace(file.parent, "verify") as scratch:
        run = _Run(parts, scratch, progress)
        run.archive_and_store()
        run.documents()
        run.captures()
        run.stamps()
        run.pictures()
        run.feeds()
    result = Verified(
        faults=run.faults,
        lines=run.head.n,
        objects=run.objects,
        files=run.files,
        stamps=run.stamped,
        signers=can_stamp() and parts.config.store.timestamp_roots is not None,
        strangers=run.strangers,
    )
    said = {"at": f"{parts.clock.now():%Y-%m-%dT%H:%M:%SZ}", "faults": len(result.faults)}
    parts.store.set_meta(VERIFIED, json.dumps(said))
    return result


def compare(parts: Parts, other: Parts) -> Sequence[Fault]:
    """What this store holds otherwise than another one; neither need be at rest.

    Raises:
        StoreError: one of them cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="syndicator-verify-") as scratch:
        files = [Path(scratch, name) for name in ("mine", "other")]
        for file, each in zip(files, (parts, other), strict=True):
            each.store.copy_to(file)
        return [_different(one) for one in parts.workshop.differences(*files)]


def _different(one: Difference) -> Fault:
    what = f"{one.kind} {one.key} {one.how}"
    return Fault(where=_STORE, what=what, article=one.article)


class _Run:
    """One verification; everything is made in `scratch`."""

    def __init__(self, parts: Parts, scratch: Path, progress: Progress) -> None:
        self._parts = parts
        self._progress = progress
        self._scratch = scratch
        self._found = scratch / "found.db"  # the store as it is
        self._made = scratch / "made.db"  # the store as the ledger tells it
        self._since = 0.0  # what is published later is not judged
        self.faults: list[Fault] = []
        self.head = Head()
        self.objects = self.files = self.stamped = 0
        self.strangers: Sequence[str] = ()

    # ------------------------------------------------------------------ archive and store

    def archive_and_store(self) -> None:
        archive = self._parts.archive
        with archive.alone.hold():
            self._take_store()
            self._remake()
            self._whole_objects()
        self.faults += [Fault(where=_STORE, what=words) for words in self._faults_of_the_file()]
        self._compare()

    def _take_store(self) -> None:
        """A copy of the store, as of a moment at which all it knew was recorded and published."""
        for _ in range(_TRIES):
            is_published = self._is_published()
            with self._parts.publishing.hold():
                self._record()
                self.head = Head.read(self._parts.store.ledger_head())
                self._found.unlink(missing_ok=True)
                self._parts.store.copy_to(self._found)
                self._since = time.time()
            if not is_published or not self._is_stale():
                return
        raise ArchiveError("so much is published now that feeds/ cannot be verified; try later")

    def _record(self) -> None:
        try:
            record_all(self._parts)
        except ArchiveError as error:
            self.faults.append(Fault(where="ledger", what=str(error)))

    def _is_published(self) -> bool:
        try:
            publish_stale(self._parts)
        except Exception as error:  # a damaged row may break whatever reads it
            self.faults.append(Fault(where="feeds", what=f"cannot be published: {error}"))
            return False
        return True

    def _remake(self) -> None:
        """The store as the ledger tells it; where that makes no store, the ledger alone is read."""
        archive = self._parts.archive
        chain = Chain(ledger_folder(archive.folder), self.head, self._progress)
        replay = Replay(chain, archive.objects)
        try:
            self._parts.workshop.remake(self._made, replay.rows())
        except StoreError as error:
            self._made.unlink(missing_ok=True)
            self.faults += _read_alone(archive, self.head)
            self.faults.append(Fault(where="ledger", what=str(error)))
        else:
            self.faults += replay.faults
            end = chain.end
            self._parts.workshop.settle(
                self._made, store=chain.store, head=end.written, out=end.out
            )

    def _is_stale(self) -> bool:
        try:
            with closing(self._parts.store.store_at(self._found)) as found:
                return bool(found.stale_feeds() or found.folders_left() or found.picture_news())
        except StoreError:
            return False  # it is damaged, and that will be told

    def _whole_objects(self) -> None:
        objects = self._parts.archive.objects
        for name in counted(objects.names(), self._progress, "reading objects"):
            self.objects += 1
            if name_of(objects.get(name) or b"") != name:
                where = f"objects/{name[:2]}/{name}"
                self.faults.append(Fault(where=where, what="is not what its name says"))

    def _faults_of_the_file(self) -> Sequence[str]:
        try:
            return self._parts.workshop.faults(self._found)
        except StoreError as error:
            return [str(error)]

    def _compare(self) -> None:
        if not self._made.exists():
            return
        self._progress("comparing the stores", 0, 0)
        try:
            found = self._parts.workshop.differences(self._found, self._made)
        except StoreError as error:
            self.faults.append(Fault(where=_STORE, what=str(error)))
            return
        self.faults += map(_different, found)

    # ------------------------------------------------------------------ what is published

    @contextmanager
    def _judge(self) -> Iterator[Store]:
        """What says how the rest is to be: the store as the ledger tells it or, where that makes
        none, as it is; so that one fault does not hide the others."""
        try:
            path = self._made if self._made.exists() else self._found
            with closing(self._parts.store.store_at(path)) as judge:
                yield judge
        except StoreError as error:
            self.faults.append(Fault(where=_STORE, what=str(error)))

    def documents(self) -> None:
        """The documents that closed, where they are kept."""
        with self._judge() as judge:
            for path, wanted in _closed(judge):
                body = self._parts.shelf.read(path)
                where = f"documents/{path}"
                if body is None:
                    self.faults.append(Fault(where=where, what="is missing"))
                elif sha256(body).hexdigest() != wanted:
                    self.faults.append(Fault(where=where, what="is not what was closed"))

    def captures(self) -> None:
        """The raw answers, record by record."""
        folder = captures_folder(self._parts.archive.folder)
        with self._judge() as judge:
            every = counted(judge.captures(), self._progress, "reading raw answers")
            kept = (capture for _, capture in every)
            for file, what, capture in faults_of(folder, kept):
                of = f", {redacted(capture.url)}" if capture else ""
                self.faults.append(Fault(where=f"captures/{file}", what=f"{what}{of}"))

    def stamps(self) -> None:
        """The time stamps of manifests."""
        if not self._made.exists():
            return
        with closing(self._parts.store.store_at(self._made)) as made:
            for path in manifests(ledger_folder(self._parts.archive.folder)):
                manifest = _bytes(path)  # what cannot be read was told of with the ledger
                wanted = made.get_meta(fact_of(manifest)) if manifest is not None else None
                if manifest is None or not wanted:
                    continue
                self.stamped += 1
                if what := self._wrong_with(stamp_of(path), manifest, wanted):
                    where = f"ledger/{stamp_of(path).name}"
                    self.faults.append(Fault(where=where, what=what))

    def _wrong_with(self, path: Path, manifest: bytes, wanted: str) -> str:
        if not path.is_file():
            return "is missing"
        stamp = _bytes(path)
        if stamp is None:
            return "cannot be read"
        if sha256(stamp).hexdigest() != wanted:
            return "is not what the authority sent"
        roots = self._parts.config.store.timestamp_roots
        if not can_stamp():
            return ""
        try:
            check(stamp, manifest)
            if roots is not None:
                check_signer(stamp, manifest, roots)
        except ArchiveError as error:
            return str(error)
        return ""

    def pictures(self) -> None:
        """The copies of pictures, each once."""
        if not self._made.exists():
            return
        with closing(self._parts.store.store_at(self._made)) as made:
            kept = {each.sha256: article for article, each in made.all_pictures()}
        media = self._parts.archive.media
        some = sorted(kept.items())
        for name, article in counted(some, self._progress, "reading pictures", total=len(some)):
            body = media.get(name)
            if body is None or name_of(body) != name:
                what = "is missing" if body is None else "is not what its name says"
                where = f"media/{name[:2]}/{name}"
                self.faults.append(Fault(where=where, what=what, article=article))

    def feeds(self) -> None:
        """All of feeds/, made anew and held against what is there."""
        tree, shelf = self._scratch / "feeds", self._scratch / "documents"
        _link_all(self._parts.archive.folder / "documents", shelf)
        with self._judge() as judge:
            anew = replace(
                self._parts,
                store=judge,
                tree=Tree(tree, settled=False),
                shelf=Tree(shelf, settled=False),
                maps=Tree(self._scratch / "nginx", settled=False),
                publishing=_Nobody(),
            )
            try:
                publish(anew, everything=True, progress=self._progress)
            except Exception as error:  # as above: what was damaged may show here first
                self.faults.append(Fault(where="feeds", what=f"cannot be made anew: {error}"))
            else:
                self.strangers = [*islice(self._strange(tree), MOST_STRANGERS)]
        for path in counted(files_below(tree), self._progress, "comparing feeds/"):
            self.files += 1
            self._compare_file(path.relative_to(tree).as_posix(), path.read_bytes())

    def _strange(self, tree: Path) -> Iterator[str]:
        """Files of feeds/ that are not among those made anew, and have lain there since before."""
        folder = self._parts.config.publish.dir
        for path in counted(files_below(folder), self._progress, "looking for other files"):
            name = path.relative_to(folder).as_posix()
            hidden = any(part.startswith(".") for part in name.split("/"))  # never handed out
            known = hidden or name in _NEIGHBOURS or (tree / name).exists()
            with suppress(FileNotFoundError):  # taken away meanwhile
                if not known and path.stat().st_ctime < self._since:
                    yield f"feeds/{unaddressed(name)}"

    def _compare_file(self, path: str, wanted: bytes) -> None:
        there = self._parts.config.publish.dir / path
        what = ""
        if not there.is_file():
            what = "is missing"
        elif (found := _bytes(there)) is None:
            what = "cannot be read"
        elif found != wanted and there.stat().st_ctime < self._since:
            what = "is not what the archive makes of it"
        if what:
            names = path.split("/")
            article = names[1] if names[0] == "articles" and len(names) > 2 else ""
            self.faults.append(
                Fault(where=f"feeds/{unaddressed(path)}", what=what, article=article)
            )


def _bytes(path: Path) -> bytes | None:
    """None where the system refuses."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _read_alone(archive: Archive, head: Head) -> Sequence[Fault]:
    """What is wrong with ledger and objects, told line by line where no store can be made."""
    replay = Replay(Chain(ledger_folder(archive.folder), head), archive.objects)
    for _ in replay.rows():
        pass
    return replay.faults


def _closed(store: Store) -> Iterator[tuple[str, str]]:
    """Where each closed document is kept, by the id of its feed, and its SHA-256."""
    for feed in (*store.feeds(), *store.feeds(retired=True)):
        for name, wanted in sorted(store.closed_documents(feed.key).items()):
            yield f"{feed.id.rpartition(':')[2]}/{name}", wanted


def _link_all(folder: Path, to: Path) -> None:
    """The same files once more, without their bytes where the disk can."""
    for path in files_below(folder):
        there = to / path.relative_to(folder)
        there.parent.mkdir(parents=True, exist_ok=True)
        try:
            there.hardlink_to(path)
        except OSError:
            shutil.copyfile(path, there)


class _Nobody:
    """A guard of what nobody else knows of."""

    def hold(self) -> AbstractContextManager[Any]:
        return nullcontext()
