"""The key of an address in an index of captures (SURT, "sort-friendly URI reordering transform").

Whoever replays asks by the key of what was asked for, so ours have to be those that pywb and the
Wayback Machine make. Addresses are first made alike as "Safe Browsing" does (unescaped, dots and
doubled strokes resolved, escaped once), then what says nothing of a page goes: "www.", the usual
port, ids of sessions, capitals, the order of what a query holds, a stroke at the end.

Source: iipc/webarchive-commons, whose canonicalizers fixed these rules; the one Python library of
them, surt, is under the AGPL and of no use to us.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote_from_bytes, unquote_to_bytes, urlsplit

_PORTS = {"http": 80, "https": 443}
_PLAIN = "".join(map(chr, range(0x21, 0x7F))).translate({ord("#"): None, ord("%"): None})
_WWW = re.compile(r"^www\d*\.")
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_PATH_SESSION = re.compile(r"/\((?:[a-z0-9]{24}|(?:[a-z]\([a-z0-9]{24}\))+)\)(?=/[^?]+\.aspx)")
_QUERY_SESSION = re.compile(
    r"(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}"
    r"|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[^&]+&cftoken=[^&]+)(?:&|$)"
)


def surt(url: str) -> str:
    """Host with its labels from the last to the first, ")", then path and query."""
    parts = urlsplit(url.strip())
    return f"{_host(parts)}{_port(parts)}){_path(parts.path)}{_query(parts.query)}"


def _host(parts: SplitResult) -> str:
    host = ".".join(filter(None, (parts.hostname or "").split(".")))
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _escaped(host)
    if ":" in host:  # IPv6
        return host
    if not _IPV4.fullmatch(host):
        host = _WWW.sub("", host)
    return ",".join(reversed(host.split(".")))


def _port(parts: SplitResult) -> str:
    return f":{parts.port}" if parts.port not in (None, _PORTS.get(parts.scheme)) else ""


def _path(path: str) -> str:
    kept: list[str] = []
    for step in _escaped(path).split("/"):
        if step == ".." and kept and kept[-1] != "..":  # at the top it stays
            kept.pop()
        elif step not in ("", "."):
            kept.append(step)
    return _PATH_SESSION.sub("", "/" + "/".join(kept).lower())


def _query(query: str) -> str:
    kept = _QUERY_SESSION.sub("", _escaped(query).lower())
    return f"?{'&'.join(sorted(kept.split('&')))}" if kept else ""


def _escaped(text: str) -> str:
    """Unescaped as often as that changes it, and escaped once."""
    body, before = text.encode("utf-8", "surrogatepass"), b""
    while body != before:
        before, body = body, unquote_to_bytes(body)
    return quote_from_bytes(body, safe=_PLAIN)
