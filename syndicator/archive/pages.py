"""Pages out of WARC files, as files that say where they came from."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from warcio.recordloader import ArcWarcRecord

from syndicator.archive.captures import unread_records
from syndicator.text.urls import strict


def pages_of(warc: Path, folder: Path, *, most_bytes: int) -> int:
    """Write the whole HTML answers of a WARC file into a folder, a file each; how many there are.

    Each begins with the comment that browsers write into the pages they save, so that its address
    is known. What is longer than `most_bytes` is left out, and an address that could not be read.

    Raises:
        ArchiveError: the file is damaged.
    """
    written: set[str] = set()
    for record in unread_records(warc):
        url = _address(record)
        if not url:
            continue
        body = record.content_stream().read(most_bytes + 1)
        if len(body) <= most_bytes:
            name = sha256(url.encode()).hexdigest()[:32]
            said = f"<!-- saved from url=({len(url):04d}){url} -->\n".encode()
            Path(folder, f"{name}.html").write_bytes(said + body)
            written.add(name)
    return len(written)


def _address(record: ArcWarcRecord) -> str:
    """Of a whole page; "" of anything else."""
    if record.rec_type != "response" or record.http_headers is None:
        return ""
    kind = (record.http_headers.get_header("Content-Type") or "").lower()
    if record.http_headers.get_statuscode() != "200" or "html" not in kind:
        return ""
    try:
        return strict(record.rec_headers.get_header("WARC-Target-URI") or "")
    except ValueError:
        return ""
