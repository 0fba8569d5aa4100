"""schema.org in JSON-LD: what publishers tell search engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from syndicator.model import Image, Link
from syndicator.stages.extract.said import Said
from syndicator.text.markup import strip_title
from syndicator.text.pages import Page

_ARTICLES = re.compile(
    r"(?:.*Article|BlogPosting|.*Posting|Report|Review|CreativeWork|Analysis.*)$"
)
_MAX_CHARS = 1_000_000
_MAX_DEPTH = 20
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/\*.*?\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)?|(?:-->|//\s*\]\]>|\]\]>)?;?\s*$"
)

_Thing = Mapping[str, Any]


def read(page: Page) -> Said:
    """What the page's JSON-LD says of its article; nothing where there is none or it is broken."""
    things = list(_things(page))
    named = {
        thing["@id"]: thing for thing in things if len(thing) > 1 and _is_text(thing.get("@id"))
    }
    article = next(iter(sorted(filter(_is_article, things), key=_poverty)), None)
    site_names = tuple(_names(thing) for thing in things if "WebSite" in _types(thing))
    if article is None:
        return Said(site_names=_some(site_names), sections=_crumbs(things, page))
    publisher = _resolved(article.get("publisher"), named)
    return Said(
        titles=_texts(article, "headline", "name"),
        bylines=_people(article.get("author") or article.get("creator"), named),
        published=_texts(article, "datePublished", "dateCreated", "uploadDate"),
        updated=_texts(article, "dateModified"),
        descriptions=_texts(article, "description", "abstract"),
        images=tuple(_images(article.get("image"), named, page)),
        categories=(*_list(article.get("keywords")), *_list(article.get("articleSection"))),
        sections=_crumbs(things, page),
        languages=_languages(article.get("inLanguage")),
        site_names=_some((*(_names(each) for each in publisher), *site_names)),
        licenses=_some(page.link(text) for text in _texts(article, "license")),
        is_article="CreativeWork" not in _types(article),
    )


# ------------------------------------------------------------------ finding the things


def _things(page: Page) -> Iterator[_Thing]:
    for script in page.root.iter("script"):
        if "ld+json" in script.get("type", "").lower():
            yield from _flat(_loaded(script.text or ""), 0)


def _loaded(text: str) -> Any:
    """The value, or None; with raw line ends in strings, comments around, or a last comma too."""
    if len(text) > _MAX_CHARS:
        return None
    bare = _WRAPPING.sub("", text)
    for attempt in (bare, re.sub(r",\s*([}\]])", r"\1", bare)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flat(value: Any, depth: int) -> Iterator[_Thing]:
    """Objects of a document with those that can hold an article inside."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _flat(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if isinstance(value.get(key), dict | list):
                yield from _flat(value[key], depth + 1)


def _types(thing: _Thing) -> list[str]:
    return [text.rpartition("/")[2] for text in _list(thing.get("@type"))]


def _is_article(thing: _Thing) -> bool:
    return any(_ARTICLES.match(kind) for kind in _types(thing))


def _poverty(thing: _Thing) -> int:
    """Among several articles, the one with most of the fields an article has comes first."""
    fields = ("headline", "datePublished", "author", "articleBody", "image", "mainEntityOfPage")
    return -sum(bool(thing.get(name)) for name in fields)


# ------------------------------------------------------------------ reading a thing


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _some(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _list(value: Any) -> tuple[str, ...]:
    """Texts of a text, a number, an object's name, or a list of them."""
    if isinstance(value, list):
        return tuple(text for each in value[:100] for text in _list(each))
    if isinstance(value, dict):
        return _list(value.get("name") or value.get("@value") or value.get("url"))
    return (strip_title(value, is_html=True),) if _is_text(value) else ()


def _texts(thing: _Thing, *names: str) -> tuple[str, ...]:
    return _some(text for name in names for text in _list(thing.get(name)))


def _names(thing: _Thing) -> str:
    return next(iter(_list(thing.get("name"))), "")


def _resolved(value: Any, named: Mapping[str, _Thing]) -> list[_Thing]:
    """Objects that a value is or refers to by @id; a bare text is the name of one."""
    values = value if isinstance(value, list) else [value]
    found: list[_Thing] = []
    for each in values[:50]:
        if isinstance(each, dict):
            found.append(named.get(each.get("@id", ""), each) if not each.get("name") else each)
        elif _is_text(each):
            found.append(named.get(each, {"name": each}))
    return found


def _people(value: Any, named: Mapping[str, _Thing]) -> tuple[str, ...]:
    """Names of the authors; persons alone where there are persons and organisations."""
    things = _resolved(value, named)
    persons = [thing for thing in things if "Organization" not in "".join(_types(thing))]
    return tuple(
        name
        for thing in persons or things
        for name in _list(thing.get("name"))
        if not name.startswith("http")
    )


def _languages(value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        return _list(value.get("alternateName") or value.get("name"))
    return _list(value)


def _images(value: Any, named: Mapping[str, _Thing], page: Page) -> Iterator[Image]:
    for thing in _resolved(value, named):
        source = (
            thing.get("url") or thing.get("contentUrl") or thing.get("name") or thing.get("@id")
        )
        texts = [source] if isinstance(source, str) else source
        url = page.link(next((text for text in texts or [] if _is_text(text)), ""))
        if url:
            yield Image(
                url=url,
                caption=next(iter(_texts(thing, "caption", "description")), ""),
                credit=next(iter(_texts(thing, "creditText", "copyrightHolder", "creator")), ""),
            )


def _crumbs(things: list[_Thing], page: Page) -> tuple[Link, ...]:
    """The last step of the breadcrumb before the page itself."""
    for thing in things:
        steps = thing.get("itemListElement")
        if "BreadcrumbList" not in _types(thing) or not isinstance(steps, list):
            continue
        links = [link for step in steps if isinstance(step, dict) if (link := _crumb(step, page))]
        before = [link for link in links if link.url.rstrip("/") != page.url.rstrip("/")]
        return tuple(before[-1:]) if len(before) > 1 else ()
    return ()


def _crumb(step: _Thing, page: Page) -> Link | None:
    item = step.get("item")
    target = item.get("@id") or item.get("url") if isinstance(item, dict) else item
    url = page.link(target) if isinstance(target, str) else ""
    names = _list(step.get("name")) or (_list(item.get("name")) if isinstance(item, dict) else ())
    return Link(url=url, rel="section", title=names[0]) if url and names else None
