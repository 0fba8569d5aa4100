"""The pages of one edition of the magazine: listings, articles, about; no feed anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syndicator.demo.pieces import LANGUAGES, Edition, Piece, World, editions
from syndicator.demo.rendering import html, render, rfc3339

PER_PAGE = 10
MODERN_SINCE = 2024  # articles from then on carry JSON-LD, as after a relaunch


@dataclass(frozen=True, slots=True, kw_only=True)
class Magazine:
    """One edition at one moment.

    Args:
        bases: language -> origin of that edition, for links between editions.
    """

    edition: Edition
    bases: Mapping[str, str]
    world: World

    def pages(self) -> dict[str, bytes]:
        """target (path and query) -> HTML, of everything this edition shows."""
        found = {**self._listing(self.path("listing"), self.words["listing"][1], self.pieces)}
        found[f"/{self.language}/"] = found[self.path("listing")]
        found["/"] = found[self.path("listing")]
        found[self.path("about")] = self._render("about.html", self.path("about"))
        for kind, labels in (("section", self.edition.sections), ("theme", self.edition.themes)):
            for key, (_, label) in labels.items():
                inside = [p for p in self.pieces if key in (p.section, *p.themes)]
                found.update(self._listing(self.path(kind, key), label, inside))
        found.update({self.article_path(p): self._article(p) for p in self.pieces})
        return found

    @property
    def language(self) -> str:
        return self.edition.language

    @property
    def words(self) -> Mapping[str, Any]:
        return self.edition.phrases

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What this edition shows, newest first."""
        return self.world.edition(self.language)

    def path(self, kind: str, key: str = "") -> str:
        """The path of a standing page: "listing", "about", or a "section" or "theme" by key."""
        if not key:
            return f"/{self.language}/{self.words[kind][0]}"
        labels = self.edition.sections if kind == "section" else self.edition.themes
        return f"/{self.language}/{self.words[f'{kind}_path']}/{labels[key][0]}"

    def article_path(self, piece: Piece, language: str = "") -> str:
        """Where a piece stands in this edition, or in that of another language."""
        language = language or self.language
        word = editions()[language].phrases["article_path"]
        return f"/{language}/{word}/{piece.tellings[language].slug}"

    def _listing(self, path: str, heading: str, pieces: Sequence[Piece]) -> dict[str, bytes]:
        """A list of pieces, ten a page; the second page is `path?page=2`."""
        count = max(1, -(-len(pieces) // PER_PAGE))
        targets = [path, *(f"{path}?page={number}" for number in range(2, count + 1))]
        return {
            target: self._render(
                "listing.html",
                target,
                heading=heading,
                teasers=[self._teaser(p) for p in pieces[n * PER_PAGE : (n + 1) * PER_PAGE]],
                newer=targets[n - 1] if n else "",
                older=targets[n + 1] if n + 1 < count else "",
            )
            for n, target in enumerate(targets)
        }

    def _teaser(self, piece: Piece) -> dict[str, str]:
        telling = piece.tellings[self.language]
        return {
            "url": self.article_path(piece),
            "title": telling.title,
            "day": self.edition.day(piece.at),
            "standfirst": telling.standfirst,
            "photo": f"/photos/{piece.id}.png",
        }

    def _article(self, piece: Piece) -> bytes:
        return self._render(
            "article.html",
            self.article_path(piece),
            translations=self._translations(piece),
            article=self._article_values(piece),
        )

    def _article_values(self, piece: Piece) -> dict[str, Any]:
        telling = piece.tellings[self.language]
        values = {
            "title": telling.title,
            "standfirst": telling.standfirst,
            "byline": self.edition.byline(piece.authors),
            "day": self.edition.day(piece.at),
            "photo": f"{self.bases[self.language]}/photos/{piece.id}.png",
            "caption": telling.caption,
            "credit": piece.credit,
            "html": html(telling.body),
            "section": {
                "url": self.path("section", piece.section),
                "title": self.edition.sections[piece.section][1],
            },
            "themes": [
                {"url": self.path("theme", theme), "title": self.edition.themes[theme][1]}
                for theme in piece.themes
            ],
            "others": [
                {"url": url, "language": other, "title": editions()[other].phrases["language_name"]}
                for other, url in self._translations(piece)
                if other != self.language
            ],
        }
        return {**values, **self._pager(piece), "data": self._data(piece, values)}

    def _pager(self, piece: Piece) -> dict[str, Any]:
        """Where the piece stands among those of its first theme, the newest being article 1."""
        same = [p for p in self.pieces if p.themes[0] == piece.themes[0]]
        place = same.index(piece)
        follower = same[place + 1] if place + 1 < len(same) else None
        return {
            "position": self.words["same_theme"].format(position=place + 1, total=len(same)),
            "next": follower and self._teaser(follower),
        }

    def _translations(self, piece: Piece) -> list[tuple[str, str]]:
        """(language, absolute URL) of the piece in each edition that has it; [] if alone."""
        if len(piece.tellings) == 1:
            return []
        return [
            (lang, self.bases[lang] + self.article_path(piece, lang)) for lang in piece.tellings
        ]

    def _data(self, piece: Piece, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """schema.org data of the newer articles; the older ones never got any."""
        if piece.at.year < MODERN_SINCE:
            return None
        return {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": values["title"],
            "description": values["standfirst"],
            "datePublished": rfc3339(piece.at),
            "inLanguage": self.language,
            "image": [values["photo"]],
            "author": [{"@type": "Person", "name": name} for name in piece.authors],
        }

    def _render(self, template: str, target: str, **values: Any) -> bytes:
        most_read = [self._teaser(p) for p in self.pieces[3:15:4]]
        base = self.bases[self.language]
        others = [other for other in LANGUAGES if other != self.language]
        common = {
            "edition": self.edition,
            "words": self.words,
            "here": base + target,
            "most_read": most_read,
            "switch": [(other, f"{self.bases[other]}/{other}/") for other in others],
            "translations": [],
        }
        return render(template, **{**common, **values})
