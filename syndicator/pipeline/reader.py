"""What a refresh works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from syndicator.model import HostLease, Source
from syndicator.ports import ArticleReader, Clock, Sandbox, Visit
from syndicator.stages.match import RuleSet


class Visits(Protocol):
    """Who gives permission to ask: the gate `net.Net`."""

    def visit(
        self,
        source: Source,
        lease: HostLease | None,
        *,
        subscribers: int = ...,
        tried: bool | None = ...,
    ) -> Visit:
        """One refresh's permission.

        Args:
            tried: no raw answer is kept; by default where there is no lease.
        """

    def stop(self) -> None:
        """End what is under way, for good; it raises Stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a refresh works with.

    Args:
        rules: of all themes, as they stand now.
        versions: slug -> version of its rule, for the stored reason.
        files: the only folder that local files may be in.
    """

    articles: ArticleReader
    net: Visits
    sandbox: Sandbox
    clock: Clock
    rules: RuleSet
    versions: Mapping[str, int]
    files: Path | None = None
