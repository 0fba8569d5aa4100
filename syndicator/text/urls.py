"""Addresses: which we ask, which we publish, and when two are the same.

Three forms of one URL live side by side and are never mixed: the strict form that goes over the
wire (R3), the publishable form that readers get (R19), and the canonical form that only compares.
The canonical form does not use courlan's list of tracking parameters: that drops any parameter
beginning with `ga`, `cid` or `ref`, by which some sites number their articles, and would make two
articles one.
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

import idna
from publicsuffixlist import PublicSuffixList
from w3lib.url import canonicalize_url

from syndicator.text.clean import clean

LIMIT = 4096  # characters, R3 and R13
_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_REFUSED = re.compile(r"[\x00-\x20\x7f-\xa0\s]")
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")
_EDGES = "".join(map(chr, range(0x21)))
# Not in a URL as RFC 3986 has it, or a quotation mark (R19).
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?@!$&()*+,;=%]")
# What `absolute` would return unchanged, up to LIMIT characters; most addresses are such, and there
# are many in a body.
_SAFE_TEXT = r"(?:[A-Za-z0-9\-._~:/?@!$&()*+,;=]|%[0-9A-Fa-f]{2})*+"
_SAFE_ORIGIN = r"https?://[a-z0-9](?:[a-z0-9-]*+\.)*+[a-z0-9-]++(?::[1-9][0-9]{0,3})?"
PUBLISHABLE = rf"{_SAFE_ORIGIN}(?:[/?]{_SAFE_TEXT})?+(?:#{_SAFE_TEXT})?+"
_PUBLISHABLE = re.compile(PUBLISHABLE)
_ORIGIN = re.compile(rf"{_SAFE_ORIGIN}(?=[/?#]|\Z)")
# A path from the root of its site that nothing is resolved or escaped in: put behind an origin that
# is publishable it makes a URL that is publishable too.
_ROOTED = re.compile(r"(?:/(?!\.)[A-Za-z0-9\-._~]++)++/?")
# What `canonical` would return unchanged, as most addresses of articles are.
_CANONICAL = re.compile(r"https?://(?:[a-z0-9-]++\.)++[a-z0-9-]++(?:/(?!\.)[A-Za-z0-9\-._~]*+)++")
_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    r"(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|[\u00a1-\U000eFFFD])+"
)
_NOT_AN_ID = {"javascript", "vbscript", "data"}


# ------------------------------------------------------------------ over the wire (R3)


@lru_cache(maxsize=1024)  # of each request, several ask
def strict(url: str) -> str:
    """The one form of a web address that is asked, stored and logged; without fragment.

    Raises:
        ValueError: it is not an address we would ask; the text says why.
    """
    _refuse_odd(url)
    parts = _split(url)
    if parts.scheme not in _PORTS:
        raise ValueError(f"only http and https are read, not {parts.scheme or 'a bare name'}")
    if "@" in parts.netloc:
        raise ValueError("a name or password before the host")
    return f"{parts.scheme}://{_authority(parts)}{_target(parts)}"


def _refuse_odd(url: str) -> None:
    if len(url) > LIMIT:
        raise ValueError(f"longer than {LIMIT} characters")
    if _REFUSED.search(url) or clean(url) != url:
        raise ValueError("a space or control character inside")
    if "\\" in url:
        raise ValueError("a backslash inside")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ValueError("the host cannot be read") from error


def _authority(parts: SplitResult) -> str:
    host = ascii_host(parts.hostname or "")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("the port is not a number up to 65535") from error
    if port == 0:
        raise ValueError("port 0")
    return host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"


def _target(parts: SplitResult) -> str:
    path = _without_dots(_escaped(parts.path)) or "/"
    return f"{path}?{_escaped(parts.query)}" if parts.query else path


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4, for a path that begins with a slash."""
    if "/." not in path:
        return path
    kept: list[str] = []
    names = path.split("/")[1:]
    for name in names:
        if name == "..":
            del kept[-1:]
        elif name != ".":
            kept.append(name)
    return "/" + "/".join([*kept, ""] if names[-1] in (".", "..") else kept)


@lru_cache(maxsize=256)  # a source has hardly more than one
def ascii_host(host: str) -> str:
    """A host name or address in its one form: lower case, IDNA, IPv6 in brackets, no last dot.

    Raises:
        ValueError: no host, or one that programs read differently (`0x7f.1`, `127.1`, `lo%63al`).
    """
    if not host:
        raise ValueError("no host")
    if ":" in host:
        return f"[{_ipv6(host)}]"
    name = _idna(host).lower().removesuffix(".")
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise ValueError("the host is not a name")
    if _looks_numeric(name):
        return str(_ipv4(name))
    return name


def _ipv6(host: str) -> ipaddress.IPv6Address:
    if "%" in host:
        raise ValueError("an IPv6 zone")
    try:
        return ipaddress.IPv6Address(host)
    except ValueError as error:
        raise ValueError("the host is not an IPv6 address") from error


def _ipv4(name: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(name)
    except ValueError as error:
        raise ValueError("an address written in an odd way") from error


def _idna(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError("the host is not an international name") from error


def _looks_numeric(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.isdigit() or bool(re.fullmatch(r"0x[0-9a-f]*", last))


# ------------------------------------------------------------------ published (R19)


def absolute(url: str, base: str) -> str:
    """`url` as it may be published: absolute, http, https or mailto, escaped; else "".

    Tab and line breaks inside are dropped, as browsers do. A name or password is dropped.

    Args:
        base: what a relative one is relative to; itself absolute, or "".
    """
    if not url or (len(url) <= LIMIT and _PUBLISHABLE.fullmatch(url)):
        return url
    if _ROOTED.fullmatch(url) and (origin := _origin(base)) and len(origin + url) <= LIMIT:
        return origin + url
    url = clean(url.strip(_EDGES).translate(_LINE_BREAKS))
    if not url or len(url) > LIMIT:
        return ""
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() == "mailto":
        return _mail_address(url)
    if scheme and scheme[1].lower() not in _PORTS:
        return ""
    try:
        return _publishable(urlsplit(urljoin(base, url)))
    except ValueError:
        return ""


@lru_cache(maxsize=64)  # one document has one base, or a few
def _origin(base: str) -> str:
    """Scheme, host and port of an address, "" where they would not be published as they are."""
    found = _ORIGIN.match(base)
    return found[0] if found else ""


def to_ask(url: str, base: str) -> str:
    """As `absolute`, for an address that is to be asked by us; with a name or password it is "".

    Programs read such addresses differently, so that a guard may see another host (R3).
    """
    found = absolute(url, base)
    if found == url or not found.startswith("http"):
        return found if found.startswith("http") else ""
    meant = urljoin(base, url.strip(_EDGES).translate(_LINE_BREAKS))
    return "" if "@" in urlsplit(meant).netloc else found


def _mail_address(url: str) -> str:
    rest = _escaped(url.partition(":")[2])
    return f"mailto:{rest}" if rest else ""


def _publishable(parts: SplitResult) -> str:
    if parts.scheme not in _PORTS or "\\" in parts.netloc:
        return ""
    url = f"{parts.scheme}://{_shown_authority(parts)}{_escaped(parts.path)}"
    if parts.query:
        url += f"?{_escaped(parts.query)}"
    if parts.fragment:
        url += f"#{_escaped(parts.fragment)}"
    return url if len(url) <= LIMIT else ""


def _shown_authority(parts: SplitResult) -> str:
    """The host as the source wrote it wherever that is harmless."""
    netloc = parts.netloc.rpartition("@")[2]
    if parts.port is None:
        netloc = netloc.removesuffix(":")
    if _HOST.fullmatch(netloc.lower()):
        return netloc
    host = parts.hostname or ""
    shown = f"[{_ipv6(host)}]" if ":" in host else _idna(host)
    if ":" not in host and not _HOST.fullmatch(shown.lower().removesuffix(".")):
        raise ValueError("the host is not a name")
    return shown if parts.port is None else f"{shown}:{parts.port}"


def _escaped(text: str) -> str:
    return _UNSAFE.sub(_percent, text)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def is_iri(text: str) -> bool:
    """Whether an id may be kept as it came: an absolute IRI that is not a script (P5, RFC 3987)."""
    if len(text) > LIMIT or not _IRI.fullmatch(text) or clean(text) != text:
        return False
    scheme, _, rest = text.partition(":")
    if scheme.lower() in _PORTS:
        return bool(re.match(r"//[^/?#]", rest))
    return scheme.lower() not in _NOT_AN_ID


# ------------------------------------------------------------------ compared

_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|matomo|hsa|itm|oly|vero|wt|ga|mkt|fb_action|fb_ref|fb_source|_hs|__s|ns)_.*"
    r"|at_(?:medium|campaign|custom\d+|creation|emailtype|format|link.*|ptr.*|recipient.*|send.*|type)"
    r"|mc_[ce]id|fbclid|g?clid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id"
    r"|igshid?|igsh|_ga|_gl|_openstat|xtor|spm|smid|smtyp|s_cid|cmpid|ito|ncid|ref_src|ref_url|guccounter"
    r"|guce_referrer(?:_sig)?|share_?id|trk_?campaign",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"php_?sess(?:ion)?_?id|jsession_?id|aspsession.*|cftoken|cfid", re.IGNORECASE
)
# Parameters that may name a channel, and are dropped only when their value is one.
_CHANNEL = re.compile(
    r"ref|referrer|source|src|from|mod|partner|emc|feature|feed|via|cmp|medium|campaign", re.I
)
_CHANNEL_NAME = re.compile(
    r"(?:www\.)?(?:rss|atom|feed|xml|twitter|facebook|linkedin|newsletter|e?mail|social|share|youtu\.?be)"
    r"(?:[-_.~].*|\d*|feeds?|homepage)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[0-9a-f]{26,}", re.IGNORECASE)


def canonical(url: str) -> str:
    """The form in which two addresses of one article are equal: for comparison, never to be asked.

    No fragment, no tracking or session parameters, the rest sorted; escapes and host in one form.
    What is no web address comes back as it is, without white space around it.
    """
    url = url.strip()
    if _CANONICAL.fullmatch(url):
        return url
    try:
        return _canonical(urlsplit(url)) or url
    except ValueError:
        return url


def _canonical(parts: SplitResult) -> str:
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    path = re.sub(r";jsessionid=[^/;]*", "", parts.path, flags=re.IGNORECASE) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_noise(pair))
    found = f"{parts.scheme}://{_authority(parts)}{path}" + (f"?{query}" if query else "")
    return found if _CANONICAL.fullmatch(found) else canonicalize_url(found)


def _is_noise(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if _TRACKING.fullmatch(name) or _SESSION.fullmatch(name):
        return True
    if name.lower() in ("sid", "s", "session", "session_id", "sessionid"):
        return bool(_TOKEN.fullmatch(value))
    return bool(_CHANNEL.fullmatch(name) and _CHANNEL_NAME.fullmatch(value))


# ------------------------------------------------------------------ whose it is (C11)


def scope(url: str) -> str:
    """What shares one pace: the registrable domain; host and port where there is none.

    Only the public section of the suffix list counts: two blogs of one hoster are one host to us.

    Raises:
        ValueError: `url` is not an address, see `strict`.
    """
    parts = urlsplit(strict(url))
    host = ascii_host(parts.hostname or "")
    domain = None if _is_address(host) else _suffixes().privatesuffix(host)
    return domain or f"{host}:{parts.port or _PORTS[parts.scheme]}"


def _is_address(host: str) -> bool:
    return host.startswith("[") or _looks_numeric(host)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)
