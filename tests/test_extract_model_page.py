"""The page this program was made for, in three languages and in markup that says little.

Each field must come out on its own: title, by-line of two, date, standfirst, body, photo with caption
and credit, theme tags, link back to the section, pager with the next title.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

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
from syndicator.stages.extract import extract

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "https://glo.example"


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one language's page."""

    language: str
    path: str
    title: str
    date: str
    standfirst: str
    body: tuple[str, str, str]
    caption: str
    section: str
    back: str
    tags: tuple[str, str]
    tags_label: str
    pager_label: str
    article: str
    next_title: str


ENGLISH = Words(
    language="en",
    path="/en/article/market-days",
    title="Market days are peace days",
    date="08 February 2018",
    standfirst="Where traders meet on Thursdays, nobody fires a shot. Three villages made it a rule.",
    body=(
        (
            "The market of the three villages lies where their fields meet, under trees that belong to"
            " no one. On Thursdays eight hundred people come with onions, cloth and goats, and the weapons"
            " stay at home. It was not a treaty that brought this about but a shortage of salt."
        ),
        (
            "When the road was cut in the dry season, a trader offered to fetch salt with his truck if"
            " every village gave him one guard. The guards had last met over their rifles. On the third"
            " trip they shared their tea, and on the fifth they would not have missed it for anything."
        ),
        (
            "Today the rule is written on a board beside the well. Whoever comes armed buys tea for all."
            " It has happened four times so far, and each of the four has come back without his rifle."
        ),
    ),
    caption="Onion traders wait for the scales under the tree of the three villages.",
    section="Reports",
    back="Back to Reports",
    tags=("Mali", "Peacebuilding"),
    tags_label="Themes:",
    pager_label="About the same theme",
    article="Article",
    next_title="A radio play for two banks of a river",
)
DUTCH = Words(
    language="nl",
    path="/nl/artikel/marktdagen",
    title="Marktdagen zijn vredesdagen",
    date="08 februari 2018",
    standfirst="Waar handelaars elkaar op donderdag treffen, valt geen schot. Drie dorpen maakten er een regel van.",
    body=(
        (
            "De markt van de drie dorpen ligt waar hun akkers elkaar raken, onder bomen die van niemand"
            " zijn. Op donderdag komen er achthonderd mensen met uien, stoffen en geiten, en de wapens"
            " blijven thuis. Geen verdrag heeft dat bereikt, wel een tekort aan zout."
        ),
        (
            "Toen de weg in het droge seizoen werd afgesneden, wilde een handelaar zout halen met zijn"
            " vrachtwagen, als elk dorp hem een bewaker meegaf. Zij hadden elkaar het laatst over hun"
            " geweer gezien. Bij de derde rit deelden ze hun thee, bij de vijfde wilde niemand thuisblijven."
        ),
        (
            "Nu staat de regel op een bord naast de put. Wie gewapend komt, betaalt thee voor iedereen."
            " Dat is vier keer gebeurd, en elk van de vier kwam terug zonder zijn geweer."
        ),
    ),
    caption="Uienhandelaars wachten op de weegschaal onder de boom van de drie dorpen.",
    section="Reportages",
    back="Terug naar Reportages",
    tags=("Mali", "Vredesopbouw"),
    tags_label="Thema’s:",
    pager_label="Over hetzelfde thema",
    article="Artikel",
    next_title="Een hoorspel voor twee oevers",
)
FRENCH = Words(
    language="fr",
    path="/fr/article/jours-de-marche",
    title="Jour de marché, jour de paix",
    date="8 février 2018",
    standfirst="Là où les commerçants se retrouvent le jeudi, personne ne tire. Trois villages en ont fait une règle.",
    body=(
        (
            "Le marché des trois villages se tient là où leurs champs se touchent, sous des arbres qui"
            " n’appartiennent à personne. Le jeudi, huit cents personnes y viennent avec des oignons, des"
            " étoffes et des chèvres, et les armes restent à la maison. C’est le manque de sel qui l’a voulu."
        ),
        (
            "Quand la route a été coupée pendant la saison sèche, un commerçant a proposé d’aller chercher"
            " du sel avec son camion, si chaque village lui donnait un garde. Ils ne s’étaient vus que par"
            " le viseur. Au troisième voyage ils ont partagé le thé, au cinquième aucun n’aurait manqué."
        ),
        (
            "Aujourd’hui la règle est écrite sur un panneau, près du puits. Qui vient armé offre le thé à"
            " tous. C’est arrivé quatre fois, et chacun des quatre est revenu sans son fusil."
        ),
    ),
    caption="Des marchandes d’oignons attendent la balance sous l’arbre des trois villages.",
    section="Reportages",
    back="Retour aux Reportages",
    tags=("Mali", "Consolidation de la paix"),
    tags_label="Thèmes :",
    pager_label="Sur le même thème",
    article="Article",
    next_title="Une pièce radiophonique pour deux rives",
)


def classed(words: Words) -> str:
    """A page with a class for most things, as a content management system writes it."""
    paragraphs = "".join(f"<p>{text}</p>" for text in words.body)
    tags = "".join(f'<li><a href="/t/{n}">{tag}</a></li>' for n, tag in enumerate(words.tags))
    return f"""<!DOCTYPE html><html lang="{words.language}"><head><meta charset="utf-8">
    <title>{words.title} | Glo</title><link rel="canonical" href="{SITE}{words.path}">
    <link rel="alternate" hreflang="en" href="/en/article/market-days">
    <link rel="alternate" hreflang="nl" href="/nl/artikel/marktdagen">
    <link rel="alternate" hreflang="fr" href="/fr/article/jours-de-marche"></head><body>
    <header><a href="/">Glo</a><nav><a href="/a">About us all</a> <a href="/c">Contact</a></nav></header>
    <div class="content"><a class="back" href="/s/reports">{words.back}</a>
    <h1>{words.title}</h1><div class="byline">Awa Traoré &amp; Jan Peeters</div>
    <div class="date">{words.date}</div><p class="intro">{words.standfirst}</p>
    <figure><img src="/photos/market.jpg" alt="A market">
      <figcaption>{words.caption} <span class="credit">© Hawa Sangaré</span></figcaption></figure>
    <div class="text">{paragraphs}</div><ul class="tags">{tags}</ul>
    <div class="pager"><p>{words.pager_label} - {words.article} 9 /19</p>
      <a class="prev" href="/x/before">«</a> <a class="next" href="/x/next">{words.next_title}</a></div>
    </div><footer><p>© 2018 Glo. All rights reserved</p></footer></body></html>"""


def plain(words: Words) -> str:
    """A page in plain, old HTML: no class, no metadata, tables of nothing."""
    paragraphs = "".join(f"<p>{text}</p>" for text in words.body)
    tags = ", ".join(f'<a href="/t/{n}">{tag}</a>' for n, tag in enumerate(words.tags))
    return f"""<html><head><title>{words.title} - Glo</title></head><body lang="{words.language}">
    <div><a href="/">Home</a> | <a href="/about">About</a> | <a href="/nl">Nederlands</a></div>
    <p><a href="/s/reports">« {words.back}</a></p>
    <h1>{words.title}</h1>
    <p>Awa Traoré &amp; Jan Peeters</p>
    <p>{words.date}</p>
    <p><b>{words.standfirst}</b></p>
    <p><img src="/photos/market.jpg" alt="A market" width="640" height="420"><br>
    <small>{words.caption} © Hawa Sangaré</small></p>
    {paragraphs}
    <p>{words.tags_label} {tags}</p>
    <hr><p>{words.pager_label} - {words.article} <b>9</b> /19<br>
    <a href="/x/next">{words.next_title} »</a></p>
    </body></html>"""


def article_element(words: Words) -> str:
    """HTML5 elements without classes, date and by-line in one line, the title in the header."""
    paragraphs = "".join(f"<p>{text}</p>" for text in words.body)
    tags = "".join(f'<a rel="tag" href="/t/{n}">{tag}</a> ' for n, tag in enumerate(words.tags))
    return f"""<!DOCTYPE html><html lang="{words.language}"><head><title>{words.title} — Glo</title>
    <meta property="og:site_name" content="Glo"><meta property="og:title" content="{words.title}">
    <meta property="og:image" content="{SITE}/photos/market-1200x630.jpg"></head><body>
    <nav aria-label="breadcrumb" class="breadcrumb"><a href="/">Glo</a> › <a href="/s/reports">{words.section}</a></nav>
    <article><header><h1>{words.title}</h1><h2>{words.standfirst}</h2>
    <p>Awa Traoré &amp; Jan Peeters | <time datetime="2018-02-08">{words.date}</time></p></header>
    <figure><img src="/photos/market-800x420.jpg"><figcaption>{words.caption} (Photo: Hawa Sangaré)</figcaption></figure>
    {paragraphs}<footer>{tags}</footer></article>
    <nav><h2>{words.pager_label} – {words.article} 9 / 19</h2>
    <a rel="prev" href="/x/before">Before</a><a rel="next" href="/x/next">{words.next_title}</a></nav>
    </body></html>"""


PAGES = [
    pytest.param(page(words), words, id=f"{words.language}-{page.__name__}")
    for words in (ENGLISH, DUTCH, FRENCH)
    for page in (classed, plain, article_element)
]


def content(html: str, words: Words) -> Content:
    return extract(
        html.encode(),
        url=f"{SITE}{words.path}",
        headers={"content-type": "text/html"},
        settings=SourceSettings(url=SITE),
        now=NOW,
    ).content


@pytest.mark.parametrize(("html", "words"), PAGES)
def test_title_people_and_date_stand_alone(html: str, words: Words) -> None:
    found = content(html, words)

    assert found.title == words.title
    assert found.authors == (Person(name="Awa Traoré"), Person(name="Jan Peeters"))
    assert found.published_at == datetime(2018, 2, 8, tzinfo=UTC)
    assert found.date_precision is Precision.DAY
    assert found.date_basis is DateBasis.PAGE
    assert found.date_raw
    assert found.language == words.language


@pytest.mark.parametrize(("html", "words"), PAGES)
def test_standfirst_and_body_are_two_things(html: str, words: Words) -> None:
    found = content(html, words)

    assert found.standfirst == words.standfirst
    assert found.text.split("\n") == list(words.body)
    assert found.html.count("<p>") == 3


@pytest.mark.parametrize(("html", "words"), PAGES)
def test_the_photo_has_its_caption_and_its_credit(html: str, words: Words) -> None:
    image = content(html, words).image

    assert isinstance(image, Image)
    assert image.url.startswith(f"{SITE}/photos/market")
    assert (image.caption, image.credit) == (words.caption, "Hawa Sangaré")


@pytest.mark.parametrize(("html", "words"), PAGES)
def test_tags_section_and_pager_are_kept(html: str, words: Words) -> None:
    found = content(html, words)

    assert found.categories == tuple(Category(term=tag) for tag in words.tags)
    assert found.section == Link(url=f"{SITE}/s/reports", rel="section", title=words.section)
    assert found.pager == Pager(
        label=words.pager_label,
        position=9,
        total=19,
        next_url=f"{SITE}/x/next",
        next_title=words.next_title,
    )


def test_translations_canonical_address_and_rights_are_kept() -> None:
    found = content(classed(ENGLISH), ENGLISH)

    assert [(link.language, link.url) for link in found.translations] == [
        ("nl", f"{SITE}/nl/artikel/marktdagen"),
        ("fr", f"{SITE}/fr/article/jours-de-marche"),
    ]
    assert found.canonical_url == f"{SITE}{ENGLISH.path}"
    assert found.rights == "© 2018 Glo. All rights reserved"
