"""Functions that behave badly on purpose; workers import them from here."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syndicator.errors import ConfigError, FetchError, RuleError, SyndicatorError

WHEN = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A value of ours, as they are."""

    weight: int | None = 1
    content: dict[str, list[int]] = field(default_factory=dict)
    inner: tuple[Parcel, ...] = ()


class UnreadableError(Exception):
    """Pickles, and cannot be read back: its argument is not among `args`."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__("told")


def returned(parcel: Parcel) -> Parcel:
    return parcel


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def pid() -> int:
    return os.getpid()


def sleep(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def swallow(mebibytes: int) -> int:
    return len(bytearray(mebibytes * 2**20))


def many_bytes(count: int) -> bytes:
    return bytes(count)


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def leave() -> None:
    sys.exit(3)


def chatter() -> str:
    sys.stdout.write("not an answer\n")
    sys.stdout.flush()
    return "answer"


def limits() -> dict[str, str]:
    return {name: os.environ.get(name, "") for name in ("OPENBLAS_NUM_THREADS",)}


def own_error(kind: str) -> None:
    errors: dict[str, SyndicatorError] = {
        "fetch": FetchError("no answer", status=503, not_before=WHEN),
        "rule": RuleError("odd word", column=7),
        "config": ConfigError(["line 1: bad", "line 2: worse"]),
    }
    raise errors[kind]


def bug() -> None:
    raise KeyError("a bug of ours")


def unreadable() -> None:
    raise UnreadableError("one", "two")


def block_signal() -> None:
    signal.pause()


def extract(html: str) -> str | None:
    """What the largest libraries need: they must fit into the memory allowed."""
    import py3langid
    import trafilatura

    text = trafilatura.extract(html)
    py3langid.classify(text or "")
    return text
