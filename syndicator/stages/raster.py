"""What a picture really is, by its bytes: what a server says of them may be wrong, or a trick.

Source: PNG (ISO/IEC 15948) 5.2, JPEG (ITU T.81) B.1.1.3, GIF89a 17, WebP container (Google), AVIF
(AOMedia) 6 with ISO/IEC 14496-12 4.3. SVG is none of them: it is a document, which can act.
"""

from __future__ import annotations

from syndicator.model import Raster

_SHORTEST = 14  # bytes; less is no picture of any kind
_WEBP = (b"VP8 ", b"VP8L", b"VP8X")
_AVIF = (b"avif", b"avis")
_BRANDS = slice(8, 256)  # of the box that begins an AVIF


def raster_of(body: bytes) -> Raster | None:
    """The kind of picture, None for whatever is none that we keep."""
    if len(body) < _SHORTEST:
        return None
    if body.startswith(b"\x89PNG\r\n\x1a\n") and body[12:16] == b"IHDR":
        return Raster.PNG
    if body.startswith(b"\xff\xd8\xff") and body[3] >= 0xC0:
        return Raster.JPEG
    if body.startswith((b"GIF87a", b"GIF89a")):
        return Raster.GIF
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP" and body[12:16] in _WEBP:
        return Raster.WEBP
    if body[4:8] == b"ftyp" and _is_avif(body):
        return Raster.AVIF
    return None


def _is_avif(body: bytes) -> bool:
    """Whether a file of ISO media names AVIF as its brand, or among those it fits."""
    box = body[: int.from_bytes(body[:4], "big")][_BRANDS]
    brands = {box[at : at + 4] for at in range(0, len(box), 4)}
    return not brands.isdisjoint(_AVIF)
