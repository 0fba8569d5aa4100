"""The configuration: one TOML file, the environment, and what they may say (design section 6).

`load` turns them into a frozen `Config`, or raises one ConfigError that lists every problem with
file, line, key and a likely correction; nothing starts half configured.

What is here: `values` the accepted forms of single values, `sections` the fixed sections, `tables`
sources and themes, `checks` what must fit together, `lines` where a key stands in the file,
`environment` variables as keys, `problems` wording, `load`, `show` (and writing TOML), `edit`
KEY=VALUE from the command line, `example.toml` what `config init` writes.

May import: redaction, characters, model, errors, pydantic and the standard library. Importing this
package imports pydantic, so the command line does it inside the commands that need a configuration.
Rules and selectors belong to higher layers: whoever loads passes the functions that check them.

A new key: a field in `sections` or `tables` (its name is the key; a duration ends in `_s`), and a
commented line in example.toml, which a test compares with the fields.

Turned down: pydantic-settings, which costs 0.2 s at start, knows no line numbers, and reads nested
environment variables in a way that would accept unknown ones in silence.
"""

from __future__ import annotations

from syndicator.config.checks import Checks
from syndicator.config.edit import source_from, theme_from
from syndicator.config.load import Config, load, parsed, read_text
from syndicator.config.sections import (
    AlertsSettings,
    ExecutorSettings,
    FetchSettings,
    FilesSettings,
    HostSettings,
    HubSettings,
    PublishSettings,
    ScheduleSettings,
    ServeSettings,
    SiteSettings,
    StoreSettings,
)
from syndicator.config.show import (
    Exported,
    Shown,
    example,
    export,
    missing,
    show,
    to_toml,
    toml_value,
)
from syndicator.config.tables import source_table, theme_table
from syndicator.config.values import duration, duration_text, slug, slug_from, text

__all__ = [
    "AlertsSettings",
    "Checks",
    "Config",
    "ExecutorSettings",
    "Exported",
    "FetchSettings",
    "FilesSettings",
    "HostSettings",
    "HubSettings",
    "PublishSettings",
    "ScheduleSettings",
    "ServeSettings",
    "Shown",
    "SiteSettings",
    "StoreSettings",
    "duration",
    "duration_text",
    "example",
    "export",
    "load",
    "missing",
    "parsed",
    "read_text",
    "show",
    "slug",
    "slug_from",
    "source_from",
    "source_table",
    "text",
    "theme_from",
    "theme_table",
    "to_toml",
    "toml_value",
]
