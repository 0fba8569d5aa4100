"""What was taken back for good leaves the archive too: objects, pictures and raw answers.

The store has blanked it before, and remembers what is still to be done, so that whatever is
interrupted is done again by the next upkeep. The ledger keeps its lines: they name hashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from syndicator.archive.place import captures_folder, ledger_folder
from syndicator.archive.proof import Chain, Line
from syndicator.archive.rewriting import origin_of, origins, remove, rewrite, shows
from syndicator.errors import ArchiveError
from syndicator.jobs.indexing import BESIDES_S, index
from syndicator.jobs.parts import Parts
from syndicator.jobs.publishing import publish
from syndicator.jobs.recording import record_all
from syndicator.jobs.withdrawing import checked
from syndicator.model import Article
from syndicator.ports import Redaction

_PATIENCE_S = 15 * 60.0
_GLANCE_S = 0.5


def redact(parts: Parts, ref: str, *, reason: str, by: str) -> tuple[Article, int]:
    """Withdraw an article and purge its text from store and archive, with all copies of its story.

    Backups and what others have read are out of reach.

    Returns: the article as it was, and how many copies were purged; 0: it was done before.

    Raises:
        UsageError: there is no such article, or no reason.
        ArchiveError, LockedError: it has left the store, and upkeep will see to the archive.
    """
    reason, article, now = checked(reason), parts.store.article(ref), parts.clock.now()
    is_new = parts.store.withdraw(article.number, reason=reason, by=by, now=now) > 0
    copies = parts.store.redact(article.number, now=now)
    publish(parts, everything=bool(copies) and not is_new)  # no row says that its page is another
    finish_redactions(parts)
    return article, copies


def finish_redactions(parts: Parts) -> None:
    """Let the archive follow what the store has blanked; cheap when nothing is to do.

    Raises:
        ArchiveError: it cannot be written. LockedError: another process is at it.
    """
    waiting = parts.store.redactions_to_do()
    if not waiting:
        return
    parts.store.scrub()
    index(parts, within_s=BESIDES_S)  # what was noted last comes first
    parts.store.purge_index()
    parts.archive.captures.close()
    begun = origins(captures_folder(parts.archive.folder))
    _await_rows(parts)
    with parts.archive.alone.hold():
        for one in waiting:
            lost = _purge_captures(parts, one, begun)
            record_all(parts)
            objects = [*_purge_objects(parts, one, lost), *_purge_media(parts, one)]
            parts.store.redacted(
                one.number,
                objects=objects,
                captures=list(lost.values()),
                now=parts.clock.now(),
            )
        record_all(parts)


# ------------------------------------------------------------------ raw answers


def _await_rows(parts: Parts) -> None:
    """Until what this process has in hand is saved: a raw answer is kept before its row, and a file
    that is written anew would leave out what no row names yet."""
    store, clock = parts.store, parts.clock
    held, ends_at = store.claims_held(parts.owner), clock.monotonic() + _PATIENCE_S
    while held & store.claims_held(parts.owner):
        if clock.monotonic() > ends_at:
            raise ArchiveError(
                "sources are being read for very long: what was taken back for good has left the "
                "store, and leaves the raw answers with the next upkeep, within the hour"
            )
        clock.sleep(_GLANCE_S)


def _purge_captures(parts: Parts, one: Redaction, begun: Set[str]) -> Mapping[int, str]:
    """Rewrite the files that hold answers which show the article; the SHA-256 of what they lost,
    by number. What was begun before and cut short is in it too.

    Args:
        begun: files as they were called before rows were waited for. Of others nobody knows whether
            all rows are there; and what is read since then at an address of the article is not
            kept, or taken back by another redaction.
    """
    folder = captures_folder(parts.archive.folder)
    lost = {number: (sha256, file) for number, sha256, file in one.lost}
    lone = set(one.pictures) - parts.store.pictures_read_at(one.pictures)
    for number, capture in parts.store.captures(addresses={*one.addresses, *lone}):
        if origin_of(capture.file) in begun:
            lost[number] = (capture.sha256, capture.file)
    for number, capture in parts.store.captures(source=one.source) if one.signs else ():
        if number in lost or origin_of(capture.file) not in begun:
            continue
        if shows(folder / capture.file, capture, one.signs):
            lost[number] = (capture.sha256, capture.file)
    parts.store.losing(one.number, [(number, *of) for number, of in sorted(lost.items())])
    for file in sorted({file for _, file in lost.values()}):
        there = list(parts.store.captures(file=file))
        if there:  # or the store knows it rewritten already
            left = {number: capture for number, capture in there if number not in lost}
            moved = rewrite(folder / file, left)
            parts.store.recapture(moved, lost=[n for n, _ in there if n in lost])
        remove(folder / file)
    return {number: sha256 for number, (sha256, _) in lost.items()}


# ------------------------------------------------------------------ objects


def _purge_objects(parts: Parts, one: Redaction, lost: Mapping[int, str]) -> Sequence[str]:
    """Take away what earlier lines told of it and no other line tells; by SHA-256, with what was
    taken away before a crash."""
    mine: set[str] = set()
    others: set[str] = set()
    now: dict[str, str] = {}  # row -> what its last line tells
    for line in Chain(ledger_folder(parts.archive.folder)).lines():
        if _is_of(line, one, lost):
            mine.add(line.object)
            now[f"{line.kind} {line.key}"] = line.object  # "" for a capture that is no more
        elif _names(parts, line, one):
            mine.add(line.object)
        else:
            others.add(line.object)
    old = sorted(mine - others - set(now.values()) - {""})
    for name in old:
        parts.archive.objects.purge(name)
    return old


def _purge_media(parts: Parts, one: Redaction) -> Sequence[str]:
    """Take away the copies of its pictures that no other article has, and any that a crash left of
    which no row ever knew; the SHA-256 of the former."""
    media = parts.archive.media
    names = list(media.names())
    for name in set(names) - parts.store.pictures_kept(names):
        media.purge(name)
    return sorted(set(one.media) - parts.store.pictures_kept(one.media))


def _names(parts: Parts, line: Line, one: Redaction) -> bool:
    """Whether it told of another article that the pager of that led to this."""
    if line.kind != "article" or line.key[0] not in one.neighbours:
        return False
    body = parts.archive.objects.get(line.object)
    return body is None or any(address.encode() in body for address in one.addresses)


def _is_of(line: Line, one: Redaction, lost: Mapping[int, str]) -> bool:
    match line.kind:
        case "article" | "revision" | "picture":
            return bool(line.key[0] == one.article)
        case "membership":
            return bool(line.key[1] == one.article)
        case "entry":
            return line.key[0] in one.entries
        case "capture":
            return line.key[0] in lost
        case _:
            return False
