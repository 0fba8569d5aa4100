"""Time stamps of manifests (RFC 3161): somebody else's word that a day's lines existed by then.

The chain of the ledger shows that nothing was changed in between; whoever holds all of it could
still have written all of it anew. An authority that signs the hash of a manifest, with the time,
takes that away. Its answer lies beside the manifest, `2026-03-01.manifest.tsr`, in the form that
`openssl ts -verify -in ...tsr -data ...json` reads.

The library comes with the extra `timestamps`, and is imported only where there is a stamp.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from syndicator.archive.folder import named
from syndicator.errors import ArchiveError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

WAY_OUT = "install the package rfc3161-client, or syndicator[timestamps]"
_END = ".tsr"
_GRANTED = 0  # PKIStatus, RFC 3161 section 2.4.2


def can_stamp() -> bool:
    """Whether the library is there."""
    return find_spec("rfc3161_client") is not None


def stamp_of(manifest: Path) -> Path:
    """Where the time stamp of a manifest lies."""
    return manifest.with_suffix(_END)


def fact_of(manifest: bytes) -> str:
    """Name of the store's fact that holds the SHA-256 of a manifest's stamp. It is in the ledger,
    so that a stamp cannot be changed or lost unseen either."""
    return f"time stamp {sha256(manifest).hexdigest()}"


def request(manifest: bytes) -> TimeStampRequest:
    """What to ask an authority; `as_bytes()` is the body to post (RFC 3161 section 3.4)."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder().data(manifest).hash_algorithm(HashAlgorithm.SHA256).build()


def check(stamp: bytes, manifest: bytes, asked: TimeStampRequest | None = None) -> None:
    """Hold a stamp against the manifest it is of, whoever signed it.

    Args:
        asked: what it answers, if that was just now.

    Raises:
        ArchiveError: it is none, or of something else.
    """
    answer = _read(stamp)
    if answer.status != _GRANTED:
        words = "; ".join(answer.status_string) or f"status {answer.status}"
        raise ArchiveError(f"the authority gave no time stamp: {words}")
    said = answer.tst_info
    if said.message_imprint.message != sha256(manifest).digest():
        raise ArchiveError("is of something else than the manifest")
    if asked is not None and said.nonce != asked.nonce:
        raise ArchiveError("the authority answered another request")


def check_signer(stamp: bytes, manifest: bytes, roots: Path) -> None:
    """Whether certificates of the operator's vouch for who signed, as of the time that is said.

    Args:
        roots: a PEM file, of the authority's root and of what its answers leave out.

    Raises:
        ArchiveError: they do not, or cannot be read.
    """
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    with named(roots):
        pem = roots.read_bytes()
    try:
        certificates = load_pem_x509_certificates(pem)
    except ValueError as error:
        raise ArchiveError(f"{roots}: holds no certificates in PEM form") from error
    try:
        verifier = VerifierBuilder(roots=certificates).build()
        verifier.verify(_read(stamp), sha256(manifest).digest())
    except (VerificationError, ValueError) as error:
        raise ArchiveError(f"is signed by nobody that {roots.name} vouches for") from error


def _read(stamp: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(stamp)
    except ValueError as error:
        raise ArchiveError("is no answer to a request for a time stamp") from error
