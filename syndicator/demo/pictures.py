"""A landscape for every photo: a small PNG that depends on its name alone."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hashlib import sha256

WIDTH, HEIGHT = 960, 600

Colour = tuple[int, int, int]


@lru_cache(maxsize=64)
def picture(name: str) -> bytes:
    """A PNG of 960 x 600: sky, sun and two ranges of hills, chosen by the hash of the name."""
    seed = sha256(name.encode()).digest()
    sky, sun, far, near = _palette(seed)
    centre = (160 + seed[4] * 640 // 255, 110 + seed[5] // 2)
    rows = (_row(y, seed, sky, sun, far, near, centre) for y in range(HEIGHT))
    return _png(b"".join(rows))


def _palette(seed: bytes) -> tuple[Colour, Colour, Colour, Colour]:
    """Sky, sun, far hills, near hills: warm above, darker below."""
    warm, cool = seed[0] % 60, seed[1] % 60
    return (
        (190 + warm, 200 + cool // 2, 215 + cool // 2),
        (255, 225 - warm, 150 - warm),
        (120 + warm, 125 + cool, 110 + seed[2] % 40),
        (60 + warm, 70 + cool, 50 + seed[3] % 40),
    )


def _row(
    y: int,
    seed: bytes,
    sky: Colour,
    sun: Colour,
    far: Colour,
    near: Colour,
    centre: tuple[int, int],
) -> bytes:
    """One line of pixels, painted from back to front, behind PNG's filter byte 0."""
    line = bytearray(bytes(max(0, c - y // 12) for c in sky) * WIDTH)
    _paint(line, *_disc(y, centre, radius=46), sun)
    for hills, colour, top in ((0, far, 330), (1, near, 430)):
        for hill in range(4):
            k = 6 + hills * 8 + hill * 2
            _paint(line, *_hill(y, seed[k], seed[k + 1], hill, top), colour)
    if y > 520:
        _paint(line, 0, WIDTH, near)
    return b"\0" + bytes(line)


def _disc(y: int, centre: tuple[int, int], radius: int) -> tuple[int, int]:
    x, middle = centre
    inside = radius * radius - (y - middle) ** 2
    half = int(inside**0.5) if inside > 0 else 0
    return x - half, x + half


def _hill(y: int, place: int, size: int, number: int, top: int) -> tuple[int, int]:
    """Where a parabola with its summit below `top` crosses this line."""
    summit = top + place % 70
    if y < summit:
        return 0, 0
    half = int((y - summit) ** 0.5 * (14 + size % 16))
    x = number * 280 + place
    return x - half, x + half


def _paint(line: bytearray, start: int, end: int, colour: Colour) -> None:
    start, end = max(0, start), min(WIDTH, end)
    if start < end:
        line[start * 3 : end * 3] = bytes(colour) * (end - start)


def _png(rows: bytes) -> bytes:
    """8-bit RGB, one IDAT chunk (PNG, third edition, section 11.2)."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
