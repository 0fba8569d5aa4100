"""What there is, for search engines: sitemaps, and robots.txt that names them.

Source: https://www.sitemaps.org/protocol.html; RFC 9309 for robots.txt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from lxml import etree

from syndicator.publishers.elements import stamp
from syndicator.publishers.site import Site

MOST = 50_000  # addresses, or sitemaps of an index

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(places: Iterable[tuple[str, datetime | None]]) -> bytes:
    """A sitemap: address and last change of each page."""
    return _written("urlset", "url", ((url, stamp(at) if at else "") for url, at in places))


def index(parts: Mapping[str, str]) -> bytes:
    """An index of sitemaps: address -> last change as it is written there."""
    return _written("sitemapindex", "sitemap", parts.items())


def parts_of(body: bytes | None) -> dict[str, str]:
    """What an index that we wrote says of its sitemaps; {} when it is none."""
    try:
        root = etree.fromstring(body or b"")
    except etree.XMLSyntaxError:
        return {}
    named = f"{{{_NAMESPACE}}}"
    return {
        one.findtext(f"{named}loc") or "": one.findtext(f"{named}lastmod") or ""
        for one in root.findall(f"{named}sitemap")
    }


def robots(site: Site) -> bytes:
    """robots.txt: all pages may be read, but for searches, of which there is no end."""
    return (
        f"User-agent: *\nDisallow: {site.root}/search\n\nSitemap: {site.base_url}/sitemap.xml\n"
    ).encode()


def _written(name: str, item: str, rows: Iterable[tuple[str, str]]) -> bytes:
    root = etree.fromstring(f'<{name} xmlns="{_NAMESPACE}"/>')
    for url, lastmod in rows:
        one = etree.SubElement(root, f"{{{_NAMESPACE}}}{item}")
        etree.SubElement(one, f"{{{_NAMESPACE}}}loc").text = url
        if lastmod:
            etree.SubElement(one, f"{{{_NAMESPACE}}}lastmod").text = lastmod
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return body
