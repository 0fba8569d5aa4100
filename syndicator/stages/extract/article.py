"""The one place that decides which of a page's many statements an article gets.

Order of trust, field by field: the operator's selectors; JSON-LD; meta elements; microdata; visible
elements by class; the lines around the title; trafilatura.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicator.errors import ParseError
from syndicator.model import (
    Category,
    Content,
    DateBasis,
    Image,
    Link,
    Pager,
    Person,
    Precision,
    SourceSettings,
)
from syndicator.stages.extract import (
    meta,
    nature,
    pager,
    titles,
)
from syndicator.stages.extract.body import body
from syndicator.stages.extract.credits import split_credit
from syndicator.stages.extract.figures import Figure, figures
from syndicator.stages.extract.image import lead
from syndicator.stages.extract.opinions import Opinions, ask
from syndicator.text import languages, markup, urls
from syndicator.text.clean import shorten, squash
from syndicator.text.dates import ReadDate, read_date
from syndicator.text.pages import Node, Page, brief, count_words, open_page, words_of
from syndicator.text.people import is_personal, people

_MAX_CATEGORIES = 100
_MAX_STANDFIRST = 2000
_LONGEST_TAKEN = 1500  # characters; an element with more is no field but the article itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An article as its page shows it.

    `words` counts its body; `notes` say what was missing or guessed, for the source's page.
    """

    content: Content
    words: int
    notes: tuple[str, ...] = ()
    noindex: bool = False


def extract(
    body: bytes, *, url: str, headers: Mapping[str, str], settings: SourceSettings, now: datetime
) -> Extracted:
    """The article that a page shows.

    Args:
        url: where it came from, after redirects. headers: of the answer.
        settings: the source's selectors, language, date order and time zone.
        now: what relative dates count from; a later date is not believed.

    Raises:
        ParseError: the page holds no article; the text says what it is instead.
    """
    page = open_page(body, url=url, headers=headers)
    opinions = ask(page, settings, now)
    image, figure = _image(opinions)
    place, place_nodes = pager.read(page)
    standfirst = _standfirst(opinions)
    html = _body(opinions, standfirst, image, _taken(opinions, figure, place_nodes))
    text = markup.unmarked(html)
    _refuse_others(opinions, html, text)
    if not opinions.language:
        opinions = replace(opinions, language=languages.detect(text))
    content = replace(
        _dated(opinions),
        categories=_categories(opinions, place),
        standfirst=standfirst or _description(opinions, text),
        html=html,
        text=text,
        image=image,
        pager=place,
    )
    return Extracted(
        content=content,
        words=count_words(text),
        notes=_notes(content),
        noindex=meta.is_noindex(page),
    )


# ------------------------------------------------------------------ deciding


def _dated(opinions: Opinions) -> Content:
    """The fields that do not hang on the body."""
    raw, published = _date(opinions, "published")
    _, updated = _date(opinions, "updated")
    page = opinions.page
    return Content(
        url=urls.absolute(page.url, "") or page.url,
        title=opinions.title,
        canonical_url=_canonical(opinions),
        authors=_authors(opinions),
        published_at=published.at if published else None,
        updated_at=updated.at if updated else None,
        date_raw=raw,
        date_basis=DateBasis.PAGE if published else DateBasis.FIRST_SEEN,
        date_precision=published.precision if published else Precision.TIME,
        language=opinions.language,
        translations=_translations(opinions),
        section=next((link for said in opinions.said for link in said.sections), None),
        rights=shorten(next(iter(opinions.texts("rights")), ""), 500),
        license=next(iter(opinions.texts("licenses")), ""),
    )


def _translations(opinions: Opinions) -> tuple[Link, ...]:
    page = opinions.page
    found = meta.translations(page, opinions.language)
    return tuple(link for link in found if not _is_own(link.url, page))


def _is_own(url: str, page: Page) -> bool:
    return urls.canonical(url) == urls.canonical(page.url)


def _date(opinions: Opinions, field: str) -> tuple[str, ReadDate | None]:
    """The most trusted date that can be read; its time of day from a lesser source if need be."""
    settings = opinions.settings
    found: list[tuple[str, ReadDate]] = []
    for raw in dict.fromkeys(opinions.texts(field)[:40]):
        date = read_date(
            raw,
            language=opinions.language,
            order=settings.date_order,
            timezone=settings.timezone,
            now=opinions.now,
        )
        if date:
            found.append((squash(raw), date))
    if not found:
        return "", None
    day = found[0][1].at.date()
    timed = [each for each in found if each[1].precision is Precision.TIME]
    return next((each for each in timed if each[1].at.date() == day), found[0])


def _authors(opinions: Opinions) -> tuple[Person, ...]:
    """The authors as the most trusted source of persons has them; else an organisation."""
    own = {titles.key(site) for site in opinions.sites}
    offers = [
        tuple(
            person
            for byline in said.bylines
            for person in people(byline, opinions.language)
            if titles.key(person.name) not in own and len(person.name) <= 150
        )
        for said in opinions.said
    ]
    for wanted in (lambda offer: any(is_personal(person.name) for person in offer), bool):
        if offer := next(filter(wanted, offers), None):
            return tuple({person.name.casefold(): person for person in offer}.values())
    return _house(opinions)


def _house(opinions: Opinions) -> tuple[Person, ...]:
    """The site itself, where a by-line on the page names nobody else: "By the Editors"."""
    shown = [line for said in opinions.said[-3:] for line in said.bylines]
    for line in shown:
        if found := people(line, opinions.language):
            return found[:1]
    return ()


def _categories(opinions: Opinions, place: Pager | None) -> tuple[Category, ...]:
    """Subjects as any source names them, each once; only the selector's where one is set.

    The next article's title is none, however its link is filed; nor is a list of the others.
    """
    own = opinions.said[0].categories
    terms = [squash(text).strip("#,; ") for text in own or opinions.texts("categories")]
    others = {titles.key(site) for site in opinions.sites}
    others |= {titles.key(place.next_title)} if place else set()
    once = {titles.key(term): term for term in reversed(terms) if 0 < len(term) <= 100}
    kept = [
        term
        for name, term in reversed(once.items())
        if name and name not in others and not _is_list(term, once)
    ]
    return tuple(Category(term=term) for term in kept[:_MAX_CATEGORIES])


def _is_list(term: str, known: Container[str]) -> bool:
    """Whether a term is others joined by commas: "Mali, Water" beside "Mali" and "Water"."""
    parts = [titles.key(part) for part in re.split(r"[,;]", term)]
    return len(parts) > 1 and all(part in known for part in parts)


def _canonical(opinions: Opinions) -> str:
    """The address the page calls its own, if it is of the same site and not just its front page."""
    for url in opinions.texts("canonicals"):
        try:
            same = urls.scope(url) == urls.scope(opinions.page.url)
        except ValueError:
            continue
        front = urlsplit(url).path in ("", "/") and not urlsplit(url).query
        if same and not (front and urlsplit(opinions.page.url).path not in ("", "/")):
            return url
    return ""


# ------------------------------------------------------------------ standfirst and picture


def _standfirst(opinions: Opinions) -> str:
    """What stands as a standfirst on the page; descriptions for search engines come later."""
    own = titles.key(opinions.title)
    for text in opinions.texts("standfirsts"):
        if titles.key(text) != own:
            return shorten(text, _MAX_STANDFIRST)
    return ""


def _description(opinions: Opinions, text: str) -> str:
    """A description that says more than the title and is not just how the text begins."""
    start = titles.key(text[:3000])
    for description in opinions.texts("descriptions"):
        said = titles.key(description)
        if count_words(said) >= 4 and said[:80] not in start and said != titles.key(opinions.title):
            return shorten(description, _MAX_STANDFIRST)
    return ""


def _image(opinions: Opinions) -> tuple[Image | None, Figure | None]:
    """The lead image with its words; those that a selector names go before."""
    found = figures(opinions.page, opinions.heading)
    own = opinions.said[0]
    offers = own.images or tuple(image for said in opinions.said for image in said.images)
    image, figure = lead(offers, found)
    if image is None:
        return None, None
    caption, credit = (
        split_credit(own.captions[0]) if own.captions else (image.caption, image.credit)
    )
    credit = own.credits[0] if own.credits else credit
    return replace(image, caption=caption, credit=credit), figure


# ------------------------------------------------------------------ body


def _taken(opinions: Opinions, figure: Figure | None, place: tuple[Node, ...]) -> list[Node]:
    """Elements that show other fields, none of them so large that it may hold the text."""
    nodes = [node for said in opinions.said for node in said.nodes]
    nodes += [*(figure.nodes if figure else ()), *place]
    if opinions.heading is not None:
        nodes.append(opinions.heading)
    return [node for node in nodes if not words_of(node) or brief(node, _LONGEST_TAKEN)]


def _body(opinions: Opinions, standfirst: str, image: Image | None, taken: list[Node]) -> str:
    html = body(
        opinions.page,
        css=opinions.settings.select.body,
        taken=taken,
        repeats=(opinions.title, standfirst, image.caption if image else ""),
        picture=image.url if image else "",
    )
    return markup.sanitise(html, base=opinions.page.base)


def _refuse_others(opinions: Opinions, html: str, text: str) -> None:
    """Refuse a page that is no article; one that says it is, or a selected body, is believed."""
    links = sum(len(words) for words in re.findall(r"<a [^>]*>(.*?)</a>", html, re.DOTALL))
    certain = opinions.settings.select.body or any(said.is_article for said in opinions.said)
    if reason := nature.why_not_article(
        opinions.page,
        count_words(text),
        0.0 if certain else links / max(len(text), 1),
        certain=bool(certain),
    ):
        raise ParseError(reason)


def _notes(content: Content) -> tuple[str, ...]:
    """What is missing, in words for the source's page."""
    missing = {
        "no title on the page": not content.title,
        "no date on the page": content.published_at is None,
        "no author on the page": not content.authors,
    }
    return tuple(note for note, is_so in missing.items() if is_so)
