"""What the operator lays down for all requests, and how we introduce ourselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from syndicator import __version__
from syndicator.addresses import Allow
from syndicator.model import Source, SourceSettings

MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule:
    """Manners for a host of one's own; None leaves the general rule in force."""

    gap_s: float | None = None
    min_interval_s: float | None = None  # for the schedule; not used here


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """Limits and manners of every request (design section 6, [fetch]).

    Args:
        contact: a URL, an e-mail address, or both with a space between (C1).
        hosts: by host name, `host:port` or registrable domain.
        allow_private: whether sources may be on private addresses, or on which networks.
        headers: by id of a source, what it alone is sent: often keys, so the store has none (R42).
    """

    timeout_s: float = 30.0  # DNS, TLS, headers, body and all redirects together
    max_bytes: int = 10 * MIB  # as received
    max_decoded_bytes: int = 32 * MIB
    contact: str = ""
    gap_s: float = 2.0  # between two starts in one scope (C17)
    starts_per_s: float = 5.0  # in this process
    proxy: str = ""
    ca_file: str = ""  # trusted beside the usual ones
    allow_private: Allow = False
    hosts: Mapping[str, HostRule] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def settings_of(self, source: Source) -> SourceSettings:
        """What the operator said about a source, its headers included."""
        own = self.headers.get(source.id)
        return replace(source.settings, headers=own) if own else source.settings


def user_agent(contact: str, subscribers: int | None = None) -> str:
    """The one name we give, with whom to ask and how many themes use the source (C1)."""
    about = [f"+{url}" for url in _words(contact) if "://" in url]
    about += [] if subscribers is None else [f"{subscribers} subscribers"]
    return f"syndicator/{__version__}" + (f" ({'; '.join(about)})" if about else "")


def mail_address(contact: str) -> str:
    """The e-mail address in a contact, for `From`; "" when there is none."""
    mails = [word for word in _words(contact) if "@" in word and "://" not in word]
    return mails[0].removeprefix("mailto:") if mails else ""


def _words(contact: str) -> list[str]:
    return re.findall(r"[!-'*-:<-~]+", contact)  # visible ASCII but ( ) ;
