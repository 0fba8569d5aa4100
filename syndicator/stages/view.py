"""What an entry shows of an article, in whatever format it is published (P4 to P14)."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from syndicator.model import Article, Content, EntryView, Image, Origin, Person, Republish, Source
from syndicator.redaction import secrets_in, without
from syndicator.text.clean import shorten
from syndicator.text.urls import absolute

_EXCERPT = 300  # characters of the body that stand for a standfirst where only a summary is shown


def view(
    article: Article,
    source: Source,
    *,
    republish: Republish,
    base_url: str,
    via: tuple[str, ...] = (),
) -> EntryView:
    """All that an entry of this article shows; nothing is looked up later (design 9.2).

    Args:
        republish: how much of the text may be repeated.
        base_url: of our site; what it serves is never named as another copy.
        via: where other sources tell the same story (P6).
    """
    content = article.content
    origin = _origin(article, source)
    shown = EntryView(
        id=article.entry_id,
        article_id=article.id,
        title=content.title,
        url=content.url,
        authors=content.authors or (_stand_in(source, origin),),
        contributors=content.contributors,
        published_at=content.published_at,
        date_basis=content.date_basis,
        date_precision=content.date_precision,
        categories=content.categories,
        rights=content.rights or source.settings.rights,
        license=content.license,
        standfirst=_standfirst(content, republish),
        html=_body(content) if republish is Republish.FULL else "",
        image=content.image,
        enclosures=content.enclosures,
        language=content.language,
        via=tuple(url for url in via if not url.startswith(f"{base_url}/")),
        links=(*content.links, *content.translations),
        source=origin,
    )
    # A feed that is read with a token in its address often has it in its own links as well (R42);
    # ids are for good, and made elsewhere.
    secrets = secrets_in((source.first_url, source.url))
    return replace(without(shown, secrets), id=article.entry_id) if secrets else shown


def _stand_in(source: Source, origin: Origin) -> Person:
    """P4: who answers for an entry that names no author; never the theme's author."""
    return Person(name=source.settings.author or source.title or origin.title)


def _origin(article: Article, source: Source) -> Origin:
    """Where the source took it from, else the source itself (P13)."""
    given = article.content.origin or source.origin
    stated = given or Origin(id=source.first_url, title=source.title, url=source.url)
    return replace(
        stated,
        id=stated.id or source.first_url,
        title=stated.title or source.title,
        url=stated.url or source.settings.homepage or absolute(source.url, ""),
        rights=stated.rights or source.settings.rights,
        updated_at=stated.updated_at or article.changed_at,
    )


# ------------------------------------------------------------------ how much of the text


def _standfirst(content: Content, republish: Republish) -> str:
    if republish is Republish.LINK:
        return ""
    if content.standfirst or republish is Republish.FULL:
        return content.standfirst
    return shorten(content.text.partition("\n")[0], _EXCERPT)


def _body(content: Content) -> str:
    """The body with the lead photo before it, unless it shows that photo already."""
    image = content.image
    if image is None or _shows(content.html, image):
        return content.html
    return _figure(image) + content.html


def _shows(html: str, image: Image) -> bool:
    return escape(image.url.partition("?")[0], quote=True) in html


def _figure(image: Image) -> str:
    """The photo with its caption and credit, as the sanitiser would leave it."""
    alt = image.alt or image.caption
    picture = f'<img src="{escape(image.url)}" alt="{escape(alt)}">'
    words = " ".join(filter(None, (image.caption, image.credit and f"© {image.credit}")))
    caption = f"<figcaption>{escape(words, quote=False)}</figcaption>" if words else ""
    return f"<figure>{picture}{caption}</figure>"
