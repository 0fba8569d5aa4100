"""Which addresses may be connected to (R2): public ones, and the private ones an operator allows.

The lists are our own and are not `ipaddress.is_global`, whose idea of "global" has changed between
Python releases. Source: the IANA special-purpose address registries.
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Allow = bool | tuple[str, ...]  # all private ones, none, or those within these networks

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_RESERVED_4 = (IPv4Network("240.0.0.0/4"), IPv4Network("0.0.0.0/8"))
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_LOCAL_ENDINGS = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")


def read_address(text: str) -> Address | None:
    """An address as sockets and URLs write it (brackets, zone), or None for a name."""
    try:
        return ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether it is a machine of the open Internet; IPv4 wrapped in IPv6 never counts as one."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def allowed(address: Address, allow: Allow) -> bool:
    """Whether we may connect there. No operator can mean multicast, reserved or "any" addresses."""
    if is_public(address):
        return True
    if address.is_multicast or address.is_unspecified or _is_reserved(address):
        return False
    if isinstance(allow, bool):
        return allow
    return any(address in _network(network) for network in allow)


@cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)


def _is_reserved(address: Address) -> bool:
    return isinstance(address, IPv4Address) and any(address in each for each in _RESERVED_4)


def is_local_name(host: str) -> bool:
    """Whether a host name or address can only mean something inside, where no proxy leads."""
    address = read_address(host)
    if address is not None:
        return not is_public(address)
    name = host.lower().rstrip(".")
    return "." not in name or any(name.endswith(f".{ending}") for ending in _LOCAL_ENDINGS)
