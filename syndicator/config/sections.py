"""The fixed sections of config.toml as frozen objects: times in seconds (`_s`), sizes in bytes.

A key of the file is the field's name without `_s`. Python code may build a section by field names,
`FetchSettings(gap_s=0.0)`; what comes from a file is read by key names only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field

from syndicator.config.places import (
    BaseUrl,
    Contact,
    Endpoint,
    FilePath,
    MaybePath,
    Networks,
    OptionalUrl,
    Proxy,
    StoreUrl,
    host_keys,
)
from syndicator.config.values import Command, Language, Pause, Seconds, Size, Text

MiB = 1 << 20

_NOT_A_UNIT = frozenset({"starts_per_s"})


def key_of(field: str) -> str:
    """The key of the file that a field is read from."""
    return field if field in _NOT_A_UNIT else field.removesuffix("_s")


class Table(BaseModel):
    """A table of the file: unknown keys are refused, nothing is converted by guess."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
        alias_generator=AliasGenerator(validation_alias=key_of),
    )


class SiteSettings(Table):
    """[site]: who publishes."""

    title: Text = "Syndicator"
    base_url: BaseUrl = "http://127.0.0.1:8080"  # no slash at its end
    author: Text = ""  # of our feeds; empty: the title
    contact: Contact = ""  # e-mail or URL
    language: Language = "en"


class StoreSettings(Table):
    """[store]: what we keep."""

    url: StoreUrl = Field(default="sqlite:///store/syndicator.db", validate_default=True)
    archive: FilePath = Field(default=Path("store/archive"), validate_default=True)
    capture: Literal["pages", "all", "none"] = "pages"
    capture_images: Literal["none", "lead", "all"] = "none"
    timestamps: OptionalUrl = ""  # of an authority (RFC 3161); "": none
    timestamp_roots: MaybePath = None  # certificates that vouch for it

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for another database or one in memory."""
        path = self.url.removeprefix("sqlite:///")
        return None if path == self.url or path == ":memory:" else Path(path)


class PublishSettings(Table):
    """[publish]: what we give to readers."""

    dir: FilePath = Field(default=Path("feeds"), validate_default=True)
    entries: Annotated[int, Field(ge=1, le=500)] = 50  # a floor: design 9.6 may show more
    archive_entries: Annotated[int, Field(ge=1, le=400)] = 100
    max_age_s: Seconds = 900.0
    republish: Literal["full", "summary", "link"] = "full"


class HostSettings(Table):
    """[fetch.hosts."host:port"]: a host of one's own, which alone may lift C14 and C17."""

    gap_s: Pause | None = None  # None: as [fetch] says; 0: no pause
    min_interval_s: Seconds | None = None  # None: as [schedule] says


class FetchSettings(Table):
    """[fetch]: how we ask."""

    timeout_s: Seconds = 30.0  # in all, for one request with its redirects
    max_bytes: Size = 10 * MiB  # received
    max_decoded_bytes: Size = 32 * MiB
    workers: Annotated[int, Field(ge=1, le=256)] = 16
    contact: Contact = ""  # empty: that of [site]
    gap_s: Seconds = 2.0  # between starts at one host (C17)
    starts_per_s: Annotated[float, Field(gt=0)] = 5.0  # over all hosts
    proxy: Proxy = ""
    ca_file: MaybePath = None
    allow_private: Networks = False
    hosts: dict[str, HostSettings] = Field(default_factory=dict)

    def host(self, url: str) -> HostSettings | None:
        """What [fetch.hosts] says of a URL's host: "host:port" before "host"."""
        found = (self.hosts[key] for key in host_keys(url) if key in self.hosts)
        return next(found, None)

    def gap_for(self, url: str) -> float:
        """Seconds between two starts at this URL's host."""
        host = self.host(url)
        return self.gap_s if host is None or host.gap_s is None else host.gap_s


class ScheduleSettings(Table):
    """[schedule]: how often we ask (C14, C15)."""

    min_interval_s: Seconds = 15 * 60.0
    max_interval_s: Seconds = 24 * 3600.0
    default_interval_s: Seconds = 60 * 60.0


class ServeSettings(Table):
    """[serve]: the web server."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080  # 0: any free one
    metrics: Endpoint = ""  # "host:port"; empty: on the public port to loopback only
    rate_limit: bool = False


class ExecutorSettings(Table):
    """[executor]: who does the work."""

    kind: Literal["threads", "inline", "celery"] = "threads"
    broker: Text = ""


class HubSettings(Table):
    """[hub]: WebSub for our readers."""

    enabled: bool = True
    url: OptionalUrl = ""  # an external hub instead of ours
    allow_private: Networks = False


class FilesSettings(Table):
    """[files]: where `file` sources may read."""

    folder: MaybePath = Field(default=None, validate_default=True)


class AlertsSettings(Table):
    """[alerts]: a command that is given the alarm as JSON on its standard input."""

    command: Command = ()


SECTIONS: dict[str, type[Table]] = {
    "site": SiteSettings,
    "store": StoreSettings,
    "publish": PublishSettings,
    "fetch": FetchSettings,
    "schedule": ScheduleSettings,
    "serve": ServeSettings,
    "executor": ExecutorSettings,
    "hub": HubSettings,
    "files": FilesSettings,
    "alerts": AlertsSettings,
}
