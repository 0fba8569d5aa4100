"""What can go wrong, and whose fault it is.

SyndicatorError
├── UsageError            the caller asked for something that does not exist or fit (exit 2)
│   ├── ConfigError       a configuration file or variable is wrong: file, line, key, correction
│   └── RuleError         a theme rule or selector is wrong: column and reason
├── SourceError           a source failed in a way sources do: recorded on it, not fatal
│   ├── FetchError        no whole answer came (network, status, limits)
│   │   ├── RefusedError  we would not even ask (address policy, bad URL, robots.txt)
│   │   └── BusyError     the host is taken or must be left alone until `not_before`
│   └── ParseError        an answer came and cannot be read as what it should be
├── StoreError            the database said no
│   ├── RowError          what is told of a row cannot be one of a store of this version
│   ├── IndexDamagedError the search index cannot be read; it can be made anew
│   └── StaleOutcome      an outcome that was overtaken: another worker saved a later one
├── SlowQueryError        a search that would take longer than it may
├── SandboxError          a worker process died or was ended; callers turn it into ParseError
├── PublishError          a document could not be rendered or written; the old one stays
├── LockedError           another process holds the data folder
└── Stopped               we are shutting down; work in hand is given back
"""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path
from typing import Any

_WAYS_OUT = {
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room, or raise the quota",
    errno.EROFS: "its disk can only be read: mount it for writing, or name another place",
    errno.EACCES: "look at whose it is, and who may write there",
    errno.EPERM: "look at whose it is, and who may write there",
    errno.EEXIST: "move away what is there",
    errno.ENOTDIR: "a file stands where a folder should be: move it away",
    errno.EISDIR: "a folder stands where a file should be: move it away",
}


def refusal(error: OSError) -> str:
    """What the system said when it refused something, and the way out where one is known."""
    said = error.strerror or str(error)
    way = _WAYS_OUT.get(error.errno or 0)
    return f"{said}; {way}" if way else said


class SyndicatorError(Exception):
    """Root of all errors raised on purpose; its text is one line fit for a person."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled as it stands: calling the class anew would lose what is given by keyword.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    kind: type[SyndicatorError], args: tuple[object, ...], state: dict[str, object]
) -> SyndicatorError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UsageError(SyndicatorError):
    """Something was asked for that does not exist or does not fit."""


class ConfigError(UsageError):
    """The configuration is wrong.

    Args:
        problems: one line each, already naming file, line, key and a likely correction.
    """

    def __init__(self, problems: list[str], *, path: Path | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.path = path


class RuleError(UsageError):
    """A theme rule or a selector cannot be used; `column` counts from 1."""

    def __init__(self, message: str, *, column: int | None = None) -> None:
        place = f"column {column}: " if column is not None else ""
        super().__init__(f"{place}{message}")
        self.message = message
        self.column = column


class SourceError(SyndicatorError):
    """A source failed in a way sources do: recorded, not fatal.

    Args:
        not_before: the earliest time the other side wants to be asked again, if it said so.
    """

    def __init__(self, message: str, *, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


class FetchError(SourceError):
    """No whole answer came.

    Args:
        status: the HTTP status, where there was one.
    """

    def __init__(
        self, message: str, *, status: int | None = None, not_before: datetime | None = None
    ) -> None:
        super().__init__(message, not_before=not_before)
        self.status = status


class RefusedError(FetchError):
    """A request that was never sent because a rule forbids it."""


class BusyError(FetchError):
    """The host is in use or asked for quiet; nothing was sent."""


class ParseError(SourceError):
    """A whole answer that cannot be read as what it should be."""


class StoreError(SyndicatorError):
    """The database refused or failed."""


class RowError(StoreError):
    """What is told of a row cannot be one of a store of this version."""


class IndexDamagedError(StoreError):
    """The search index is damaged; all that is in it is kept elsewhere as well."""


class StaleOutcome(StoreError):  # noqa: N818 - says what it is
    """The outcome was decided on a state that is no longer the newest; nothing was written."""


class SlowQueryError(SyndicatorError):
    """A search took longer than it may; nothing is wrong but the question."""


class SandboxError(SyndicatorError):
    """A worker process was ended (time, memory) or died; its input is to blame."""


class PublishError(SyndicatorError):
    """A document could not be rendered or written; what was published before stays."""


class ArchiveError(SyndicatorError):
    """The archive could not be read or written, or is not what it should be."""


class LockedError(SyndicatorError):
    """Another process holds what we need alone."""


class Stopped(SyndicatorError):  # noqa: N818 - not an error of anybody
    """The process is shutting down."""
