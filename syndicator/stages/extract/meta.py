"""What the head of a page says: meta and link elements of OpenGraph, Dublin Core and others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from syndicator.model import Image, Link
from syndicator.stages.extract.said import Said
from syndicator.text.clean import squash
from syndicator.text.languages import tag
from syndicator.text.markup import strip_title
from syndicator.text.pages import Node, Page, tokens, words_of

_TITLES = (
    *("dc:title", "dcterms:title", "dcterm:title", "og:title", "citation_title", "parsely-title"),
    *("sailthru:title", "weibo:article:title", "twitter:title", "headline"),
)
_BYLINES = (
    *("dc:creator", "dcterms:creator", "dcterm:creator", "citation_author", "parsely-author"),
    *("author", "article:author", "og:article:author", "sailthru:author", "byl", "byline"),
    *("article:author_name", "cxenseparse:author", "authors", "dc:author"),
)
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "article:published", "datepublished"),
    *(
        "og:published_time",
        "parsely-pub-date",
        "dcterms:issued",
        "dc:date:issued",
        "dcterms:created",
    ),
    *(
        "dc:date",
        "dc:issued",
        "dc:created",
        "dcterms:date",
        "sailthru:date",
        "pubdate",
        "publishdate",
    ),
    *("publish-date", "publish_date", "publication_date", "article_date_original", "ptime"),
    *("citation_publication_date", "citation_date", "cxenseparse:recs:publishtime", "published"),
    *(
        "article:create_date",
        "originalpublicationdate",
        "displaydate",
        "date",
        "rnews:datepublished",
    ),
)
_UPDATED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified"),
    *(
        "dcterms:modified",
        "dc:date:modified",
        "article:modified",
        "last-modified",
        "lastmod",
        "revised",
    ),
)
_DESCRIPTIONS = (
    *("dc:description", "dcterms:description", "dcterm:description", "og:description"),
    *("twitter:description", "description", "weibo:article:description"),
)
_IMAGES = (
    *("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"),
    *("parsely-image-url", "sailthru:image:full", "thumbnail"),
)
_KEYWORDS = (
    "article:tag",
    "og:article:tag",
    "news_keywords",
    "parsely-tags",
    "sailthru:tags",
    "keywords",
)
_SITES = (
    "og:site_name",
    "application-name",
    "al:android:app_name",
    "dc:publisher",
    "citation_publisher",
)
_INDEX = re.compile(r"(?:index|home|default|accueil|start)(?:\.\w{2,5})?", re.IGNORECASE)
_LANGUAGES = ("og:locale", "content-language", "dc:language", "dcterms:language", "language")


def read(page: Page) -> Said:
    """What the page's meta and link elements say."""
    meta = _meta(page)
    images = (page.link(text) for text in _all(meta, _IMAGES, 1))
    alt = next(iter(meta.get("og:image:alt", ())), "")
    return Said(
        titles=_all(meta, _TITLES, 1),
        bylines=_bylines(meta),
        published=_all(meta, _PUBLISHED, 1),
        updated=_all(meta, _UPDATED, 1),
        descriptions=_all(meta, _DESCRIPTIONS, 1),
        images=tuple(Image(url=url, alt=alt) for url in [*images, *_image_links(page)] if url),
        categories=_keywords(meta),
        languages=(*_html_language(page), *_all(meta, _LANGUAGES, 1)),
        site_names=_all(meta, _SITES, 1),
        rights=_all(meta, ("dc:rights", "dcterms:rights", "rights", "copyright"), 1),
        licenses=_licenses(page, meta),
        canonicals=_canonicals(page, meta),
        is_article=_says_article(meta),
    )


def _meta(page: Page) -> Mapping[str, list[str]]:
    """Contents by name; a property may hold several names, and dots are colons."""
    found: dict[str, list[str]] = {}
    for element in page.root.iter("meta"):
        names = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        names = names or element.get("itemprop", "")
        content = strip_title(element.get("content", ""), is_html=False)
        for name in names.lower().split() if content else ():
            found.setdefault(name.replace(".", ":"), []).append(content)
    return found


def _all(meta: Mapping[str, list[str]], names: tuple[str, ...], each: int) -> tuple[str, ...]:
    """Contents under `names`, in that order, at most `each` of one name, none twice."""
    found = (text for name in names for text in meta.get(name, [])[:each])
    return tuple(dict.fromkeys(found))


def _bylines(meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The first name that gives authors; addresses of profiles are no names."""
    for name in _BYLINES:
        names = [text for text in meta.get(name, []) if not re.match(r"https?://|www\.|@|/", text)]
        if names:
            return tuple(names[:50])
    return ()


def _keywords(meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    for name in _KEYWORDS:
        if values := meta.get(name):
            texts = values if len(values) > 1 else re.split(r"[,;|]", values[0])
            return (*texts, *meta.get("article:section", []))
    return tuple(meta.get("article:section", []))


def _says_article(meta: Mapping[str, list[str]]) -> bool:
    types = [text.lower() for text in meta.get("og:type", ())]
    return any("article" in text for text in types) or "article:published_time" in meta


def _html_language(page: Page) -> Iterator[str]:
    root = page.root.getroottree().getroot()
    for name in ("lang", "{http://www.w3.org/XML/1998/namespace}lang", "xml:lang"):
        if value := root.get(name):
            yield value


def _image_links(page: Page) -> Iterator[str]:
    for element in page.root.iter("link"):
        if "image_src" in tokens(element, "rel"):
            yield page.link(element.get("href"))


def _licenses(page: Page, meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    linked = [
        page.link(element.get("href"))
        for element in page.root.iter("link", "a")
        if "license" in tokens(element, "rel")
    ]
    named = [page.link(text) for text in _all(meta, ("dc:rights:license", "dcterms:license"), 1)]
    return tuple(url for url in [*linked, *named] if url)


def _canonicals(page: Page, meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    linked = [
        page.link(element.get("href"))
        for element in page.root.iter("link")
        if "canonical" in tokens(element, "rel")
    ]
    return tuple(url for url in [*linked, *map(page.link, meta.get("og:url", []))] if url)


def translations(page: Page, own_language: str) -> tuple[Link, ...]:
    """This page in other languages, by hreflang: what says `alternate`, else links of the site.

    A link that names a language without saying `alternate` counts where it stays on the site, leads
    to another language than the page's, and not to the front page, where language menus lead. Where
    a language has an alternate of its own, that is the one.
    """
    stated: dict[str, Link] = {}
    shown: dict[str, Link] = {}
    for element in page.root.iter("link", "a"):
        link = _translation(element, page)
        if link is None or link.language == own_language:
            continue
        if "alternate" in tokens(element, "rel"):
            stated.setdefault(link.url, link)
        elif element.tag == "a" and _is_sister(link, page, own_language):
            shown.setdefault(link.url, link)
    languages = {_primary(link.language) for link in stated.values()}
    others = [link for link in shown.values() if _primary(link.language) not in languages]
    return (*stated.values(), *others)[:100]


def _translation(element: Node, page: Page) -> Link | None:
    """The page in a language that an element links to; feeds and other files are none."""
    language, url = tag(element.get("hreflang", "")), page.link(element.get("href"))
    is_page = element.get("type", "text/html").lower().startswith("text/html")
    if not language or not url.startswith("http") or not is_page:
        return None
    words = words_of(element) if element.tag == "a" else ""
    title = squash(element.get("title", "")) or words
    return Link(url=url, rel="alternate", language=language, title=title)


def _is_sister(link: Link, page: Page, own: str) -> bool:
    """Whether a link is on the page's site, in another language, and is not just a front page."""
    same_host = urlsplit(link.url).hostname == urlsplit(page.url).hostname
    front = _is_front(link.url) and not _is_front(page.url)
    return same_host and not front and _primary(link.language) != _primary(own)


def _is_front(url: str) -> bool:
    """Whether an address has no path but the name of a language or of an index file."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if name]
    if names and _INDEX.fullmatch(names[-1]):
        names.pop()
    return not parts.query and (not names or (len(names) == 1 and bool(tag(names[0]))))


def _primary(language: str) -> str:
    return language.partition("-")[0]


def is_noindex(page: Page) -> bool:
    """Whether the page asks to be left out of indexes."""
    return any(
        "noindex" in element.get("content", "").lower()
        for element in page.root.iter("meta")
        if element.get("name", "").lower() == "robots"
    )
