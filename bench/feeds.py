"""Invented feeds, the same for the same seed: kinds, sizes and faults as the real web has them.

Of 100 feeds 60 are RSS 2.0, 35 Atom and 5 RSS 1.0; 4 are not in UTF-8, 2 are not well-formed and 5
are podcasts. Each holds 25 entries and is about 80 kB long. Words are syllables by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from random import Random

ENTRIES = 25
_WORDS = 44  # of a paragraph, at its end
_VOCABULARY = 4000
_NEWEST = datetime(2025, 6, 1, 12, tzinfo=UTC)
_EVERY = timedelta(hours=7)

_LATIN = ("a e i o u", "b c d f g h k l m n p r s t v z br st tr", "n r s l t")
_SYLLABLES = {  # vowels, beginnings, ends
    "utf-8": _LATIN,
    "iso-8859-1": ("a e i o u é ü ö", *_LATIN[1:]),
    "windows-1252": ("a e i o u à ê œ", *_LATIN[1:]),
    "koi8-r": ("а е и о у ы я", "б в г д ж з к л м н п р с т ст пр", "н р с л т й"),
    "shift_jis": ("あ い う え お", "か し て な り ま よ る さ く", "ん つ き"),
}
_ODD = ("iso-8859-1", "windows-1252", "koi8-r", "shift_jis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An invented feed; `document` writes it as it stands at some moment."""

    number: int
    seed: int
    format: str  # rss, atom or rdf
    encoding: str
    well_formed: bool
    podcast: bool

    @property
    def host(self) -> str:
        """A loopback address of its own, so that no connection serves two feeds."""
        return f"127.{1 + self.number // 62500}.{self.number // 250 % 250}.{1 + self.number % 250}"

    @property
    def name(self) -> str:
        """Of its file, and id of its source."""
        return f"feed-{self.number}"

    def document(self, *, later: int = 0) -> bytes:
        """The feed once so many further entries have come in at its top and old ones gone."""
        words = _Words(Random(f"{self.seed} {self.number}"), self.encoding)
        head = {"title": words.title(), "about": words.sentence(12), "author": words.name()}
        entries = [self._entry(place, words) for place in range(later + ENTRIES - 1, later - 1, -1)]
        write = {"rss": _rss, "atom": _atom, "rdf": _rdf}[self.format]
        text = write(self, head, entries)
        if not self.well_formed:  # the commonest fault there is
            text = text.replace("</title>", " & more</title>", 2)
        return text.encode(self.encoding, "xmlcharrefreplace")

    def _entry(self, place: int, words: _Words) -> _Entry:
        own = words.again(Random(f"{self.seed} {self.number} {place}"))
        here = f"http://{self.host}"
        link = f"{here}/{place}-{own.slug()}.html"
        if self.number % 5 == 0:
            link += "?utm_source=rss&utm_medium=feed"
        paragraphs = [
            f'<p>{own.sentence(9)} <a href="{site}/{own.slug()}">{own.sentence(4)}</a>, '
            f"<em>{own.sentence(3)}</em> &amp; <strong>{own.sentence(2)}</strong> "
            f"{own.sentence(_WORDS)}</p>"
            for site in (here, here, "", here, here, "")
        ]
        picture = f'<p><img src="{here}/{own.slug()}.jpg" alt="{own.sentence(5)}"></p>'
        return _Entry(
            place=place,
            id=f"tag:{self.host},2025:{place}" if self.format == "atom" else link,
            link=link,
            title=own.title(),
            summary=own.sentence(30),
            html="\n".join([picture, *paragraphs]),
            author=own.name(),
            subject=own.slug(),
            at=_NEWEST + _EVERY * (place - ENTRIES) - timedelta(seconds=self.number),
        )


def feeds(number: int, *, seed: int = 1) -> list[Feed]:
    """So many feeds, the shares exact in every hundred of them."""
    return [_feed(each, seed) for each in range(number)]


def _feed(number: int, seed: int) -> Feed:
    place = number * 37 % 100  # a walk over all of 0 to 99 that mixes the kinds
    odd = place % 25 == 3
    return Feed(
        number=number,
        seed=seed,
        format="rss" if place < 60 else "atom" if place < 95 else "rdf",
        encoding=_ODD[place // 25] if odd else "utf-8",
        well_formed=place % 50 != 7,
        podcast=place % 12 == 5 and place < 60,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    place: int
    id: str
    link: str
    title: str
    summary: str
    html: str
    author: str
    subject: str
    at: datetime


class _Words:
    def __init__(self, chance: Random, encoding: str) -> None:
        vowels, begins, ends = (some.split() for some in _SYLLABLES[encoding])
        word = [
            "".join(
                chance.choice(begins) + chance.choice(vowels)
                for _ in range(chance.choice((1, 1, 2, 2, 3)))
            )
            + chance.choice(["", *ends])
            for _ in range(_VOCABULARY)
        ]
        self._words = word
        self._chance = chance

    def again(self, chance: Random) -> _Words:
        """The same words in another order."""
        other = object.__new__(_Words)
        other._words, other._chance = self._words, chance
        return other

    def sentence(self, length: int) -> str:
        return " ".join(self._chance.choices(self._words, k=length)).capitalize() + "."

    def title(self) -> str:
        return self.sentence(6).removesuffix(".")

    def name(self) -> str:
        return " ".join(self._chance.choices(self._words, k=2)).title()

    def slug(self) -> str:
        return f"{self._chance.randrange(16**8):08x}"


# ------------------------------------------------------------------ as XML


def _rss(feed: Feed, head: dict[str, str], entries: list[_Entry]) -> str:
    def item(entry: _Entry) -> Iterator[str]:
        yield f"<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>"
        yield f'<guid isPermaLink="true">{escape(entry.id)}</guid>'
        yield f"<pubDate>{format_datetime(entry.at)}</pubDate>"
        yield f"<dc:creator>{escape(entry.author)}</dc:creator>"
        yield f"<category>{entry.subject}</category>"
        if feed.podcast:
            yield f'<enclosure url="http://{feed.host}/{entry.subject}.mp3" length="9876543" '
            yield 'type="audio/mpeg"/><itunes:duration>31:07</itunes:duration>'
        yield f"<description>{escape(entry.summary)}</description>"
        yield f"<content:encoded><![CDATA[{entry.html}]]></content:encoded></item>"

    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{feed.encoding}"?>',
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"',
            ' xmlns:dc="http://purl.org/dc/elements/1.1/"',
            ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>',
            f"<title>{escape(head['title'])}</title><link>http://{feed.host}/</link>",
            f"<description>{escape(head['about'])}</description><language>en</language>",
            f"<lastBuildDate>{format_datetime(entries[0].at)}</lastBuildDate>",
            *("\n".join(item(entry)) for entry in entries),
            "</channel></rss>",
        ]
    )


def _atom(feed: Feed, head: dict[str, str], entries: list[_Entry]) -> str:
    def item(entry: _Entry) -> Iterator[str]:
        yield f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.id)}</id>"
        yield f'<link rel="alternate" href="{escape(entry.link)}"/>'
        yield f"<published>{entry.at.isoformat()}</published>"
        yield f"<updated>{entry.at.isoformat()}</updated>"
        yield f"<author><name>{escape(entry.author)}</name></author>"
        yield f'<category term="{entry.subject}"/><summary>{escape(entry.summary)}</summary>'
        yield f'<content type="html">{escape(entry.html)}</content></entry>'

    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{feed.encoding}"?>',
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
            f"<title>{escape(head['title'])}</title><id>tag:{feed.host},2025:feed</id>",
            f"<subtitle>{escape(head['about'])}</subtitle>",
            f'<link href="http://{feed.host}/"/><updated>{entries[0].at.isoformat()}</updated>',
            f"<author><name>{escape(head['author'])}</name></author>",
            *("\n".join(item(entry)) for entry in entries),
            "</feed>",
        ]
    )


def _rdf(feed: Feed, head: dict[str, str], entries: list[_Entry]) -> str:
    def item(entry: _Entry) -> Iterator[str]:
        yield f'<item rdf:about="{escape(entry.link)}"><title>{escape(entry.title)}</title>'
        yield f"<link>{escape(entry.link)}</link><dc:date>{entry.at.isoformat()}</dc:date>"
        yield f"<dc:creator>{escape(entry.author)}</dc:creator>"
        yield f"<description>{escape(entry.summary)}</description>"
        yield f"<content:encoded><![CDATA[{entry.html}]]></content:encoded></item>"

    listed = "".join(f'<rdf:li resource="{escape(entry.link)}"/>' for entry in entries)
    return "\n".join(
        [
            f'<?xml version="1.0" encoding="{feed.encoding}"?>',
            '<rdf:RDF xmlns="http://purl.org/rss/1.0/"',
            ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
            ' xmlns:content="http://purl.org/rss/1.0/modules/content/"',
            f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://{feed.host}/">',
            f"<title>{escape(head['title'])}</title><link>http://{feed.host}/</link>",
            f"<description>{escape(head['about'])}</description><dc:language>en</dc:language>",
            f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>",
            *("\n".join(item(entry)) for entry in entries),
            "</rdf:RDF>",
        ]
    )
