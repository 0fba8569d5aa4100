"""What `doctor` looks at: everything that would keep the service from doing its work."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from syndicator.errors import PublishError, StoreError
from syndicator.model import Kind, Republish, Source, State

if TYPE_CHECKING:
    from syndicator.app import Parts

_MOST_FAULTS = 10
_LITTLE_SPACE = 500 * 2**20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; `grade` is "ok", "warn" (works, but) or "bad" (will not work)."""

    about: str
    grade: str
    words: str


def examine(parts: Parts) -> list[Finding]:
    """All findings, in the order of the way an article takes."""
    checks: tuple[Callable[[Parts], Iterator[Finding]], ...] = (
        _configuration,
        _identity,
        _store,
        _search,
        _secrets,
        _sources,
        _rights,
        _themes,
        _folder,
        _archive,
        _documents,
        _address,
    )
    return [finding for check in checks for finding in check(parts)]


def _ok(about: str, words: str) -> Finding:
    return Finding(about=about, grade="ok", words=words)


def _warn(about: str, words: str) -> Finding:
    return Finding(about=about, grade="warn", words=words)


def _bad(about: str, words: str) -> Finding:
    return Finding(about=about, grade="bad", words=words)


def _configuration(parts: Parts) -> Iterator[Finding]:
    yield _ok("configuration", f"{parts.config.path} has no mistakes")  # or we would not be here


def _identity(parts: Parts) -> Iterator[Finding]:
    """C1: whoever is read can see who reads."""
    contact = parts.config.fetch.contact or parts.config.site.contact
    if contact:
        yield _ok("contact", f"sources are told {contact}")
    else:
        yield _warn("contact", "sources cannot tell who reads them: set [site] contact")


def _store(parts: Parts) -> Iterator[Finding]:
    try:
        number = len(parts.store.sources())
    except StoreError as error:
        yield _bad("store", str(error))
        return
    yield _ok("store", f"opens, {number} sources")


def _search(parts: Parts) -> Iterator[Finding]:
    faults = parts.store.index_faults(deep=False)
    if faults:
        again = "syndicator article search --reindex makes it anew"
        yield _warn("search", f"the index is not sound: {'; '.join(faults)}; {again}")
    elif left := parts.store.unindexed():
        yield _warn("search", f"{left} articles are not in the index yet; a daemon takes them up")
    else:
        yield _ok("search", "the index has every article")


def _secrets(parts: Parts) -> Iterator[Finding]:
    """R42: files with passwords are for their owner alone; what was left out is to be put in."""
    from syndicator.config import missing
    from syndicator.config.problems import dotted

    for key in missing(parts.config):
        yield _bad(dotted(key), "*** stands for a secret that was left out; put it in")
    for source in _known(parts):
        if not source.settings.password_file:
            continue
        path = parts.config.folder / source.settings.password_file
        about = f"password of {source.id}"
        if not os.access(path, os.R_OK):
            yield _bad(about, f"{path} cannot be read")
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield _warn(about, f"others may read {path}: chmod 600")


def _sources(parts: Parts) -> Iterator[Finding]:
    known = _known(parts)
    if not known:
        yield _warn("sources", "there are none: syndicator source add URL")
    for source in known:
        if source.state in (State.FAILING, State.GONE):
            yield _warn(
                f"source {source.id}", f"{source.state}: {source.error or 'no reason kept'}"
            )
        elif source.state is State.HELD:
            yield _warn(f"source {source.id}", f"its host wants quiet until {source.held_until}")


def _rights(parts: Parts) -> Iterator[Finding]:
    """Pages rarely say under which rights they may be repeated; the operator has to."""
    for source in _known(parts):
        settings = source.settings
        shows = settings.republish or parts.config.publish.republish
        # The kind of a source is known once it was read; before, it may have been said.
        of_pages = {source.kind, settings.kind} & {Kind.PAGE, Kind.SITEMAP}
        if of_pages and not settings.rights and shows != Republish.LINK:
            yield _warn(
                f"source {source.id}",
                f'repeats pages ({shows}) without a rights line: set rights, or republish = "link"',
            )


def _known(parts: Parts) -> list[Source]:
    try:
        return list(parts.store.sources())
    except StoreError:
        return []  # said already


def _themes(parts: Parts) -> Iterator[Finding]:
    from syndicator.publishers.documents import MOST_ENTRIES

    try:
        overview = parts.store.theme_overview()
    except StoreError:
        return
    for one in overview:
        if one.theme.finite and one.articles > MOST_ENTRIES:
            words = f"is finite and holds more than {MOST_ENTRIES} articles: its feeds stay as they"
            yield _bad(
                f"theme {one.theme.slug}", f"{words} were; set finite = false, or narrow its rule"
            )
    waiting = [one.theme.slug for one in overview if one.theme.past_pending]
    if waiting:
        yield _warn(
            "themes", f"changed rules hold for new articles only as yet: {', '.join(waiting)}"
        )


def _folder(parts: Parts) -> Iterator[Finding]:
    folder: Path = parts.config.publish.dir
    if not folder.is_dir():
        yield _bad("published folder", f"{folder} is not there")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield _bad("published folder", f"{folder} cannot be written")
    elif (free := shutil.disk_usage(folder).free) < _LITTLE_SPACE:
        yield _warn("published folder", f"only {free // 2**20} MiB are free on its disk")
    else:
        yield _ok("published folder", f"{folder} can be written")


def _archive(parts: Parts) -> Iterator[Finding]:
    """Whether what is kept for good can be written, and was found whole."""
    from syndicator.jobs.weekly import last_verified

    store = parts.config.store
    last, faults = last_verified(parts)
    if store.archive.is_dir() and not os.access(store.archive, os.W_OK | os.X_OK):
        yield _bad("archive", f"{store.archive} cannot be written")
    elif faults:
        yield _bad("archive", f"{faults} faults were found {last:%Y-%m-%d}: see `archive verify`")
    else:
        when = f"found whole {last:%Y-%m-%d}" if last else "not verified yet"
        yield _ok("archive", f"{store.archive}, {when}")


def _documents(parts: Parts) -> Iterator[Finding]:
    """What readers subscribe to, looked at again where it lies."""
    from syndicator.publishers.check import problems

    names = ("atom.xml", "rss.xml", "feed.json")
    try:
        folders = [feed.folder for feed in parts.store.feeds() if feed.published_n]
        wrong = {
            f"{folder}/{name}": ["it is not there"] if body is None else problems(body)
            for folder in folders
            for name in names
            for body in [parts.tree.read(f"{folder}/{name}")]
        }
    except (StoreError, PublishError) as error:
        yield _bad("published feeds", str(error))
        return
    faulty = {path: faults[0] for path, faults in wrong.items() if faults}
    for path, fault in islice(faulty.items(), _MOST_FAULTS):
        # A feed of a private theme is known by its folder alone, which is a secret.
        shown = "a private feed" if path.startswith("private/") else path
        yield _bad("published feeds", f"{shown}: {fault}; syndicator publish --all")
    if len(faulty) > _MOST_FAULTS:
        yield _bad("published feeds", f"and {len(faulty) - _MOST_FAULTS} more")
    if not faulty:
        yield _ok("published feeds", f"{len(wrong)} documents are as they should be")


def _address(parts: Parts) -> Iterator[Finding]:
    base = urlsplit(parts.config.site.base_url)
    if base.hostname in ("127.0.0.1", "::1", "localhost"):
        yield _warn("address", f"feeds name {base.netloc}, which only this machine can reach")
    elif base.scheme != "https":
        yield _warn("address", f"feeds name {parts.config.site.base_url}: https is safer")
    else:
        yield _ok("address", f"feeds name {parts.config.site.base_url}")
