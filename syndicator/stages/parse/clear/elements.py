"""What feedparser makes of each element that is clear, in items and around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import feedparser.datetimes
from feedparser.api import StrictFeedParser
from lxml import etree

from syndicator.stages.parse.clear.values import (
    RDF,
    Item,
    UnclearError,
    address,
    attributes,
    bare,
    stated_type,
    text,
)
from syndicator.stages.parse.fields import Raw

Reader = Callable[[Item, etree._Element], None]
Readers = Mapping[str, Reader]

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
_MAYBE_HTML = re.compile(r"</\w|&#?\w")
_UNENDED = re.compile(r"&([A-Za-z0-9_]+);")
_PAGES = ("text/html", "html", "application/xhtml+xml", "xhtml")  # the short ones are Atom's


def _nothing(_item: Item, element: etree._Element) -> None:
    """Of no account here: `extras` reads it, or nobody does."""
    if len(element):  # what is inside may be
        raise UnclearError


# ------------------------------------------------------------------ title and texts


def _guessed(name: str) -> Reader:
    """A text of RSS that ought to be plain."""

    def read(item: Item, element: etree._Element) -> None:
        attributes(element)
        value = text(element)
        is_html = _MAYBE_HTML.search(value) and StrictFeedParser.looks_like_html(value)
        _stated(item, name, value, "text/html" if is_html else "text/plain")

    return read


def _html(name: str) -> Reader:
    def read(item: Item, element: etree._Element) -> None:
        attributes(element)
        _stated(item, name, text(element), "text/html")

    return read


def _typed(name: str) -> Reader:
    """A text of Atom, which says what it is."""

    def read(item: Item, element: etree._Element) -> None:
        _stated(item, name, text(element), stated_type(element))

    return read


def _stated(item: Item, name: str, value: str, kind: str) -> None:
    item.once(name)
    item.said[name] = value
    item.said[f"{name}_detail"] = item.detail(value, kind)


def _content_of_rss(item: Item, element: etree._Element) -> None:
    attributes(element)
    _content(item, text(element), "text/html")


def _content_of_atom(item: Item, element: etree._Element) -> None:
    _content(item, text(element), stated_type(element))


def _content(item: Item, value: str, kind: str) -> None:
    """It stands for a summary too where there is none."""
    item.once("content")
    item.add("content", item.detail(value, kind))
    item.said.setdefault("summary", value)


def _moment(name: str) -> Reader:
    def read(item: Item, element: etree._Element) -> None:
        item.once(name)
        attributes(element)
        value = text(element)
        item.said[name] = value
        item.said[f"{name}_parsed"] = feedparser.datetimes._parse_date(value)

    return read


# ------------------------------------------------------------------ ids and links


def _guid(item: Item, element: etree._Element) -> None:
    is_link = attributes(element, "isPermaLink").get("isPermaLink", "true") == "true"
    _id(item, text(element), is_link=is_link)


def _id_of_atom(item: Item, element: etree._Element) -> None:
    attributes(element)
    _id(item, text(element), is_link=True)


def _id(item: Item, value: str, *, is_link: bool) -> None:
    """It stands for a link too, until there is one."""
    item.once("id")
    item.said["id"] = address(value) if is_link else value
    if is_link:
        item.said.setdefault("link", value)


def _link_of_rss(item: Item, element: etree._Element) -> None:
    item.once("link")
    attributes(element)
    href = _UNENDED.sub(r"&\1", address(text(element)).replace("&amp;", "&"))
    item.said["link"] = href
    link = {"rel": "alternate", "type": "text/html"}
    item.add("links", {**link, "href": href} if href else link)


def _link_of_channel(head: Item, element: etree._Element) -> None:
    head.once("link")
    attributes(element)
    href = _UNENDED.sub(r"&\1", address(text(element)))
    head.said["link"] = href
    head.add("links", {"rel": "alternate", "type": "text/html", "href": href})


def _link_of_atom(item: Item, element: etree._Element) -> None:
    link = attributes(element, "href", "rel", "type", "title", "hreflang", "length")
    href = address(link.get("href", ""))
    if not href or bare(element):
        raise UnclearError
    link.setdefault("rel", "alternate")
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    item.add("links", link)
    if link["rel"] == "alternate" and link["type"] in _PAGES:
        item.said["link"] = href


def _enclosure(item: Item, element: etree._Element) -> None:
    link = attributes(element, "url", "type", "length")
    url = link.pop("url", "")
    if not url or bare(element):
        raise UnclearError
    item.add("links", {**link, "href": url, "rel": "enclosure"})


def _media(name: str) -> Reader:
    def read(item: Item, element: etree._Element) -> None:
        if bare(element):
            raise UnclearError
        item.add(name, {str(key).lower(): str(value) for key, value in element.attrib.items()})

    return read


# ------------------------------------------------------------------ of the whole


def _language(head: Item, element: etree._Element) -> None:
    head.once("language")
    attributes(element)
    head.said["language"] = text(element)


def _image(head: Item, element: etree._Element) -> None:
    """Only its address is of use."""
    head.once("image")
    attributes(element)
    inside = {str(child.tag): child for child in element}
    if len(inside) < len(element) or not inside.keys() <= _OF_IMAGES:
        raise UnclearError
    for child in element:
        attributes(child)
        text(child)
    head.said["image"] = {"href": address(text(inside["url"]))} if "url" in inside else {}


_OF_IMAGES = {"url", "title", "link", "description", "width", "height"}


def _picture(name: str) -> Reader:
    def read(head: Item, element: etree._Element) -> None:
        head.once(name)
        attributes(element)
        head.said[name] = address(text(element))

    return read


def _contents(_head: Item, element: etree._Element) -> None:
    """The list of items that RSS 1.0 has."""
    if any(part.tag not in (f"{RDF}Seq", f"{RDF}li") for part in element.iterdescendants()):
        raise UnclearError


def _one_of_them(_head: Item, _element: etree._Element) -> None:
    """An item, which is read by itself."""


# ------------------------------------------------------------------ people and subjects


def _author_of_rss(item: Item, element: etree._Element) -> None:
    """A name; with a mail address in it, feedparser takes it apart."""
    attributes(element)
    name = text(element)
    if "@" in name:
        raise UnclearError
    item.said["author"] = name
    item.add("authors", {"name": name} if name else {})


def _author_of_atom(item: Item, element: etree._Element) -> None:
    attributes(element)
    person: Raw = {}
    for child in element:
        name = _OF_PEOPLE.get(str(child.tag), "")
        attributes(child)
        if not name or name in person:
            raise UnclearError
        person[name] = address(text(child)) if name == "href" else bare(child)
    if not person.get("name") or (element.text or "").strip():
        raise UnclearError
    email = person.get("email")
    item.said["author"] = f"{person['name']} ({email})" if email else person["name"]
    item.add("authors", person)


_OF_PEOPLE = {f"{ATOM}name": "name", f"{ATOM}uri": "href", f"{ATOM}email": "email"}


def _category_of_rss(item: Item, element: etree._Element) -> None:
    scheme = attributes(element, "domain").get("domain")
    _category(item, {"term": text(element), "scheme": scheme, "label": None})


def _category_of_atom(item: Item, element: etree._Element) -> None:
    stated = attributes(element, "term", "scheme", "label")
    if bare(element):
        raise UnclearError
    _category(item, {name: stated.get(name) for name in ("term", "scheme", "label")})


def _category(item: Item, tag: Raw) -> None:
    if not tag["term"]:
        raise UnclearError
    item.add("tags", tag)


# ------------------------------------------------------------------ by their names

_OF_ALL: Readers = {
    "{http://purl.org/rss/1.0/modules/content/}encoded": _content_of_rss,
    f"{_DC}creator": _author_of_rss,
    f"{_DC}date": _moment("updated"),
    f"{_DC}subject": _category_of_rss,
    f"{_MEDIA}content": _media("media_content"),
    f"{_MEDIA}thumbnail": _media("media_thumbnail"),
    f"{_MEDIA}credit": _nothing,
    f"{_ITUNES}duration": _nothing,
    f"{_ITUNES}episode": _nothing,
    f"{_ITUNES}episodeType": _nothing,
    f"{_ITUNES}explicit": _nothing,
    f"{_ITUNES}season": _nothing,
    f"{_SLASH}comments": _nothing,
    f"{_SLASH}section": _nothing,
    "{http://wellformedweb.org/CommentAPI/}commentRss": _nothing,
    "{http://purl.org/syndication/thread/1.0}total": _nothing,
    "{http://rssnamespace.org/feedburner/ext/1.0}origLink": _nothing,
    "{com-wordpress:feed-additions:1}post-id": _nothing,
}
_OF_RSS: Readers = {
    **_OF_ALL,
    "title": _guessed("title"),
    "link": _link_of_rss,
    "guid": _guid,
    "description": _html("summary"),
    "pubDate": _moment("published"),
    "author": _author_of_rss,
    "category": _category_of_rss,
    "enclosure": _enclosure,
    "comments": _nothing,
}
_OF_RDF: Readers = {
    **_OF_ALL,
    f"{RSS1}title": _guessed("title"),
    f"{RSS1}link": _link_of_rss,
    f"{RSS1}description": _html("summary"),
}
_OF_ATOM: Readers = {
    **_OF_ALL,
    f"{ATOM}title": _typed("title"),
    f"{ATOM}link": _link_of_atom,
    f"{ATOM}id": _id_of_atom,
    f"{ATOM}summary": _typed("summary"),
    f"{ATOM}content": _content_of_atom,
    f"{ATOM}published": _moment("published"),
    f"{ATOM}updated": _moment("updated"),
    f"{ATOM}author": _author_of_atom,
    f"{ATOM}category": _category_of_atom,
}
ELEMENTS: Mapping[str, Readers] = {
    "rss": _OF_RSS,
    f"{RDF}RDF": _OF_RDF,
    f"{ATOM}feed": _OF_ATOM,
}

_AROUND_ALL: Readers = {
    f"{ATOM}link": _link_of_atom,
    f"{_DC}creator": _author_of_rss,
    f"{_DC}date": _moment("updated"),
    f"{_DC}language": _language,
    f"{_DC}rights": _guessed("rights"),
    f"{_DC}subject": _category_of_rss,
    f"{_SYNDICATION}updatePeriod": _nothing,
    f"{_SYNDICATION}updateFrequency": _nothing,
    f"{_SYNDICATION}updateBase": _nothing,
}
HEADS: Mapping[str, Readers] = {
    "rss": {
        **_AROUND_ALL,
        "item": _one_of_them,
        "title": _guessed("title"),
        "link": _link_of_channel,
        "description": _html("subtitle"),
        "language": _language,
        "copyright": _guessed("rights"),
        "pubDate": _moment("published"),
        "lastBuildDate": _moment("updated"),
        "managingEditor": _author_of_rss,
        "category": _category_of_rss,
        "image": _image,
        "webMaster": _nothing,
        "generator": _nothing,
        "docs": _nothing,
        "cloud": _nothing,
        "ttl": _nothing,
    },
    f"{RDF}RDF": {
        **_AROUND_ALL,
        f"{RSS1}title": _guessed("title"),
        f"{RSS1}link": _link_of_channel,
        f"{RSS1}description": _html("subtitle"),
        f"{RSS1}items": _contents,
    },
    f"{ATOM}feed": {
        **_AROUND_ALL,
        f"{ATOM}entry": _one_of_them,
        f"{ATOM}title": _typed("title"),
        f"{ATOM}subtitle": _typed("subtitle"),
        f"{ATOM}rights": _typed("rights"),
        f"{_DC}rights": _typed("rights"),  # nothing is guessed at in Atom
        f"{ATOM}id": _id_of_atom,
        f"{ATOM}updated": _moment("updated"),
        f"{ATOM}author": _author_of_atom,
        f"{ATOM}category": _category_of_atom,
        f"{ATOM}icon": _picture("icon"),
        f"{ATOM}logo": _picture("logo"),
        f"{ATOM}generator": _nothing,
    },
}
