"""Undoing a content coding with a bound on what comes out (R5); a cut stream is an error (R6)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli

from syndicator.errors import FetchError

ACCEPTED = "gzip, deflate, br"  # exactly what is decoded below (C20)
_STEP = 64 * 1024  # bytes out per step


class Decoder(Protocol):
    """Turns coded bytes into plain ones, a bounded piece at a time."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...
    def is_whole(self) -> bool:
        """Whether the coded stream came to its own end."""


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def is_whole(self) -> bool:
        return True


class _Zlib:
    """gzip (also of several members) and deflate, with or without its zlib wrapper."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inner: zlib._Decompress | None = None
        self._held = b""
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        data = self._held + data
        self._held = b""
        while data and not self._over:
            if self._between_members():
                if len(data) < 2:
                    self._held = data
                    return
                self._begin(data)
                continue
            yield from self._inflate(data)
            data = self._inner.unused_data if self._inner else b""

    def is_whole(self) -> bool:
        return self._inner is not None and self._inner.eof

    def _between_members(self) -> bool:
        return self._inner is None or self._inner.eof

    def _begin(self, data: bytes) -> None:
        """Open the next member. What follows the last one is padding or rubbish, and ignored."""
        if self._inner is not None and not (self._coding == "gzip" and data[:2] == b"\x1f\x8b"):
            self._over = True
        else:
            self._inner = zlib.decompressobj(self._window(data))

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        inner = self._inner
        assert inner is not None
        part = b""
        # zlib may hold back output although it has taken all input, when a step was filled.
        while not inner.eof and (data or len(part) == _STEP):
            part = inner.decompress(data, _STEP)
            data = inner.unconsumed_tail
            yield part

    def _window(self, data: bytes) -> int:
        if self._coding == "gzip":
            return 16 + zlib.MAX_WBITS
        wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0  # RFC 1950 section 2.2
        return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        # Like zlib it may hold back output after it has taken all input, so ask until it is dry.
        while not self._inner.is_finished():
            part = self._inner.process(data, output_buffer_limit=_STEP)
            data = b""
            yield part
            if not part and self._inner.can_accept_more_data():
                return

    def is_whole(self) -> bool:
        return bool(self._inner.is_finished())


def decoder_for(content_encoding: str) -> Decoder:
    """The decoder for one Content-Encoding value.

    Raises:
        FetchError: a coding we did not ask for, or several on top of each other.
    """
    coding = content_encoding.strip().lower().removeprefix("x-")
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "deflate"):
        return _Zlib(coding)
    if coding == "br":
        return _Brotli()
    raise FetchError(f"content coding {coding[:40]!r} was not asked for")


def decode(pieces: Iterable[bytes], content_encoding: str, *, limit: int) -> bytes:
    """The plain body. An empty body is empty in any coding.

    Raises:
        FetchError: it is cut, broken, or longer than `limit` bytes when decoded.
    """
    decoder = decoder_for(content_encoding)
    plain = io.BytesIO()
    received = False
    try:
        for piece in pieces:
            received = received or bool(piece)
            for part in decoder.feed(piece):
                if plain.tell() + len(part) > limit:
                    raise FetchError(f"more than {limit} bytes when decoded")
                plain.write(part)
    except (zlib.error, brotli.error) as error:
        raise FetchError(f"the body is not valid {content_encoding.strip().lower()}") from error
    if received and not decoder.is_whole():
        raise FetchError("the compressed body is cut short")
    return plain.getvalue()
