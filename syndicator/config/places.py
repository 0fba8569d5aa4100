"""The accepted forms of addresses, files and headers; a refusal says what is wanted."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import PlainValidator, ValidationInfo

from syndicator.config.values import quoted, text
from syndicator.redaction import redacted

MAX_URL = 4096  # characters, R3

_EMAIL = re.compile(r"[^@\s<>,;:\"\\]+@[^@\s<>,;:\"\\]+")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST_KEY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]]+)(:[0-9]{1,5})?")

# Set by the client itself: rules C1, C3, C6, C20 leave no choice.
_OWN_HEADERS = frozenset(
    {
        "accept-encoding",
        "cache-control",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "from",
        "host",
        "if-modified-since",
        "if-none-match",
        "keep-alive",
        "range",
        "referer",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)


def http_url(value: object) -> str:
    """An absolute http or https URL without user name, blanks and control characters (R3)."""
    url = text(value)
    if len(url) > MAX_URL:
        raise ValueError(f"the URL is longer than {MAX_URL} characters")
    if re.search(r"[\x00-\x20\x7f-\xa0\\]", url):
        raise ValueError(f"{quoted(url)} has a blank, backslash or control character in it")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{quoted(url)} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        hint = f'; did you mean "https://{url}"?' if re.match(r"[\w-]+(\.[\w-]+)+", url) else ""
        raise ValueError(f"{quoted(url)} is not an http or https URL{hint}")
    if "@" in parts.netloc:
        raise ValueError("a user name has no place in a URL; use `username` and `password_file`")
    return url


def base_url(value: object) -> str:
    """An http URL that paths are appended to: no query, no fragment, no slash at its end."""
    url = http_url(value)
    if "?" in url or "#" in url:
        raise ValueError(f"{quoted(url)} has a query or fragment; paths are appended to it")
    return url.rstrip("/")


def _optional_url(value: object) -> str:
    return http_url(value) if value else text(value)


def _proxy(value: object) -> str:
    url = text(value)
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError('the proxy is not a URL such as "http://proxy.example.org:3128"')
    return url


def _contact(value: object) -> str:
    contact = text(value).removeprefix("mailto:")
    if not contact or _EMAIL.fullmatch(contact):
        return contact
    if "@" in contact or "://" not in contact:
        raise ValueError(f"{quoted(value)} is neither an e-mail address nor an http URL")
    return http_url(contact)


def host_key(value: str) -> str:
    """A key of [fetch.hosts]: host, or host and port."""
    if not _HOST_KEY.fullmatch(value):
        raise ValueError('not a host; write "host:port" or "host"')
    return value.lower()


def host_keys(url: str) -> tuple[str, ...]:
    """The [fetch.hosts] keys that speak of a URL's host, most exact first."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ()
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return (f"{name}:{port}", name)


def _endpoint(value: object) -> str:
    """ "host:port" to listen on, or ""."""
    address = text(value)
    host, _, port = address.rpartition(":")
    if address and not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f'{quoted(value)} is not "host:port", such as "127.0.0.1:9100"')
    return address


def _networks(value: object) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    items = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not items:
        raise ValueError(
            f"expected true, false or a list of networks, not {quoted(value)};"
            ' such as ["10.1.0.0/16"]'
        )
    return tuple(_network(item) for item in items)


def _network(value: object) -> str:
    try:
        return str(ipaddress.ip_network(text(value)))
    except ValueError:
        pass
    try:
        better = ipaddress.ip_network(text(value), strict=False)
    except ValueError:
        raise ValueError(f'{quoted(value)} is not a network, such as "10.1.0.0/16"') from None
    raise ValueError(f'{quoted(value)} is not a network; did you mean "{better}"?')


def _maybe_networks(value: object) -> bool | tuple[str, ...] | None:
    return None if value is None else _networks(value)


def _headers(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise ValueError('expected a text per header, such as X-Key = "abc"')
    for name, item in value.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a header name")
        if name.lower() in _OWN_HEADERS:
            raise ValueError(f'"{name}" is set by syndicator itself and cannot be changed')
        if not all(" " <= c <= "~" or c == "\t" for c in item):
            raise ValueError(f'the value of "{name}" is not plain ASCII text on one line')
    return dict(value)


# ------------------------------------------------------------------ files and stores


def _path(value: object, info: ValidationInfo) -> Path | None:
    if value is None:
        return None
    if isinstance(value, Path):
        given = value
    elif text(value):
        given = Path(text(value))
    else:
        raise ValueError("expected a path, not an empty text")
    return info.context["folder"] / given if info.context else given


def _path_text(value: object, info: ValidationInfo) -> str:
    return str(_path(value, info)) if value else text(value)


def _store_url(value: object, info: ValidationInfo) -> str:
    url = text(value)
    file = url.removeprefix("sqlite:///")
    if url.startswith("postgresql+psycopg://") or file == ":memory:":
        return url
    if url == file or not file:
        raise ValueError(
            f"{quoted(redacted(url))} is not a store;"
            ' write "sqlite:///FILE" or "postgresql+psycopg://USER@HOST/NAME"'
        )
    return f"sqlite:///{info.context['folder'] / file}" if info.context else url


OptionalUrl = Annotated[str, PlainValidator(_optional_url)]
BaseUrl = Annotated[str, PlainValidator(base_url)]
Proxy = Annotated[str, PlainValidator(_proxy)]
Contact = Annotated[str, PlainValidator(_contact)]
Endpoint = Annotated[str, PlainValidator(_endpoint)]
Networks = Annotated[bool | tuple[str, ...], PlainValidator(_networks)]
MaybeNetworks = Annotated[bool | tuple[str, ...] | None, PlainValidator(_maybe_networks)]
FilePath = Annotated[Path, PlainValidator(_path)]
MaybePath = Annotated[Path | None, PlainValidator(_path)]
PathText = Annotated[str, PlainValidator(_path_text)]
StoreUrl = Annotated[str, PlainValidator(_store_url)]
Headers = Annotated[dict[str, str], PlainValidator(_headers)]
