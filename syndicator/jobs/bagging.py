"""A BagIt package (RFC 8493) of a theme or of all, to be given to other archives."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from syndicator import __version__
from syndicator.archive.folder import files_below, named
from syndicator.archive.place import captures_folder
from syndicator.errors import UsageError
from syndicator.jobs.parts import Parts
from syndicator.jobs.publishing import publish_stale
from syndicator.jobs.recording import record_all
from syndicator.model import Article, Capture
from syndicator.pipeline.media import shown_on_page
from syndicator.ports import Progress, counted, unwatched

_README = """\
{title}
{line}

This is a package of articles that {publisher} gathered from the sources named in them. It was
written on {day} by syndicator {version}. It needs no program of ours to be read: all of it is text
in UTF-8, or files of standard formats.

{parts}
The package itself follows BagIt (RFC 8493): manifest-sha256.txt names every file below data/ with
the SHA-256 of its bytes; whoever counts them again knows that nothing has changed.

Rights in the articles are those of their authors and publishers, as each of them states.
"""
_OF_ALL = """\
ledger/      everything that was kept or changed, one line of JSON each, day by day. A line names
             the SHA-256 of the line before it. ledger.schema.json says what stands in a line.
             A file .tsr, where there is one, is an authority's word for when the .json beside it
             was there (RFC 3161).
objects/     the texts that belong to the lines, each a file named by the SHA-256 of its bytes. The
             text of an article: find the line of kind "revision"; "object" names its file.
captures/    what web servers sent, as WARC 1.1 (ISO 28500), with indexes (.cdxj).
media/       pictures of the articles, each a file named by the SHA-256 of its bytes, which a line
             of kind "picture" names with the article it is of.
documents/   older parts of the published feeds as Atom (RFC 4287, RFC 5005).
feeds/       what the public could read at {address}: feeds, and pages for people.
"""
_OF_THEME = """\
articles.jsonl   the articles, one a line, as JSON: title, authors, dates, text, address, source.
captures/        what web servers sent for them, as WARC 1.1 (ISO 28500), where it was kept.
feeds/           what the public could read of this theme at {address}: feeds, and pages for people.
"""


def bag(parts: Parts, folder: Path, slug: str | None, *, progress: Progress = unwatched) -> int:
    """Write a package into a new folder; how many files are in it.

    Args:
        slug: of a theme; None: all there is.

    Raises:
        UsageError: there is such a folder, or no such theme.
        ArchiveError, PublishError, StoreError: something cannot be read or written.
    """
    title = parts.config.site.title
    if slug is not None:
        title = f"{parts.store.theme(slug).title} - {title}"
    if folder.exists():
        raise UsageError(f"{folder} exists already: name another folder")
    publish_stale(parts)
    with named(folder), parts.publishing.hold(), parts.archive.alone.hold():
        folder.mkdir(parents=True)
        try:
            if slug is None:
                record_all(parts)
                _all(parts, folder, progress)
            else:
                _theme(parts, folder, slug, progress)
            _read_me(parts, folder, title, _OF_ALL if slug is None else _OF_THEME)
            progress("counting the bytes of all files, twice", 0, 0)
            return _bagged(parts, folder, title)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _all(parts: Parts, folder: Path, progress: Progress) -> None:
    for name in ("ledger", "objects", "captures", "media", "documents"):
        _copy(parts.archive.folder / name, folder / name, progress)
    _copy(parts.config.publish.dir, folder / "feeds", progress)


def _theme(parts: Parts, folder: Path, slug: str, progress: Progress) -> None:
    published = parts.config.publish.dir
    _copy(published / "themes" / slug, folder / "feeds" / "themes" / slug)
    warc = folder / "captures" / f"{slug}.warc.gz"
    warc.parent.mkdir()
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as lines, warc.open("wb") as out:
        for article in counted(parts.store.articles(theme=slug), progress, "copying articles"):
            lines.write(json.dumps(_line(article), ensure_ascii=False) + "\n")
            page = f"articles/{article.id}"
            _copy(published / page, folder / "feeds" / page)
            for shown in parts.store.shown([article.number]):
                for picture in shown_on_page(shown).values():
                    _copy_file(published / picture.path, folder / "feeds" / picture.path)
            for capture in _newest(parts, article.content.url):
                out.write(_records(captures_folder(parts.archive.folder), capture))
    if not warc.stat().st_size:
        shutil.rmtree(warc.parent)


def _newest(parts: Parts, url: str) -> Iterator[Capture]:
    """What was captured last at an address; before it the one that has its body, if it has none."""
    every = [capture for _, capture in parts.store.captures(addresses=[url])]
    if not every:
        return
    last = every[-1]
    if last.revisit:
        yield from [one for one in every if one.digest == last.digest and not one.revisit][-1:]
    yield last


def _records(archive: Path, capture: Capture) -> bytes:
    """Records one after the other are a WARC file, whatever file they were in."""
    with (archive / capture.file).open("rb") as file:
        file.seek(capture.begins)
        return file.read(capture.ends - capture.begins)


def _line(article: Article) -> Mapping[str, Any]:
    content = article.content
    image = content.image
    return {
        "id": article.id,
        "entry_id": article.entry_id,
        "source": article.source_id,
        "url": content.url,
        "title": content.title,
        "authors": [person.name for person in content.authors],
        "published": article.published_at.isoformat(),
        "updated": content.updated_at.isoformat() if content.updated_at else None,
        "standfirst": content.standfirst,
        "html": content.html,
        "categories": [one.label or one.term for one in content.categories],
        "lang": content.language,
        "rights": content.rights,
        "image": {"url": image.url, "caption": image.caption, "credit": image.credit}
        if image
        else None,
    }


def _read_me(parts: Parts, folder: Path, title: str, about: str) -> None:
    site = parts.config.site
    text = _README.format(
        title=title,
        line="=" * len(title),
        publisher=site.author or site.title,
        day=f"{parts.clock.now():%d %B %Y}",
        version=__version__,
        parts=about.format(address=site.base_url),
    )
    (folder / "README.txt").write_text(text, "utf-8")


def _bagged(parts: Parts, folder: Path, title: str) -> int:
    import bagit

    logging.getLogger("bagit").setLevel(logging.WARNING)
    site = parts.config.site
    told = {
        "Source-Organization": site.author or site.title,
        "Contact-Email": site.contact,
        "External-Description": title,
        "Bag-Software-Agent": f"syndicator {__version__}",
        "Bagging-Date": f"{parts.clock.now():%Y-%m-%d}",
    }
    made = bagit.make_bag(str(folder), {n: v for n, v in told.items() if v}, checksums=["sha256"])
    made.validate()
    return sum(1 for _ in files_below(folder / "data"))


def _copy(folder: Path, to: Path, progress: Progress = unwatched) -> None:
    for path in counted(files_below(folder), progress, f"copying {to.name}/"):
        _copy_file(path, to / path.relative_to(folder))


def _copy_file(path: Path, to: Path) -> None:
    """One that is not there is left out."""
    if path.is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
