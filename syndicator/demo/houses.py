"""The three publishers that have a feed: an agency (RSS), a blog (Atom), a lab (JSON Feed)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from syndicator.demo.pieces import Edition, Item, editions
from syndicator.demo.rendering import html, render, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who publishes, and where the feed and its items stand."""

    id: str
    title: str
    tagline: str
    rights: str
    feed_path: str
    feed_type: str
    item_path: str


HOUSES = {
    "agency": House(
        id="agency",
        title="Kestrel Newswire",
        tagline="Short news on development, peace and trade",
        rights="© Kestrel Newswire",
        feed_path="/rss.xml",
        feed_type="application/rss+xml",
        item_path="/news",
    ),
    "blog": House(
        id="blog",
        title="Notes from the Barrier",
        tagline="Four field workers write down what the reports leave out",
        rights="CC BY 4.0",
        feed_path="/atom.xml",
        feed_type="application/atom+xml",
        item_path="/posts",
    ),
    "lab": House(
        id="lab",
        title="Lowland Policy Lab",
        tagline="Working papers and data on local peace and local economies",
        rights="CC BY 4.0",
        feed_path="/feed.json",
        feed_type="application/feed+json",
        item_path="/papers",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """One of the houses at one moment."""

    house: House
    base: str
    items: Sequence[Item]  # newest first

    def pages(self) -> dict[str, bytes]:
        """path -> HTML of the home page and of every item."""
        found = {"/": self._home()}
        found.update({self.path(item): self._page(item) for item in self.items})
        return found

    def tables(self) -> dict[str, bytes]:
        """path -> CSV of the tables that come with items."""
        return {f"/data/{i.attachment}": table(i.attachment) for i in self.items if i.attachment}

    def feed(self) -> bytes:
        """The feed document, in the format of the house."""
        if self.house.id == "lab":
            return self._json().encode()
        return render(
            "rss.xml" if self.house.id == "agency" else "atom.xml",
            house=self.house,
            base=self.base,
            updated=self.updated,
            entries=[self._entry(item) for item in self.items],
        )

    @property
    def updated(self) -> datetime:
        return self.items[0].at

    def path(self, item: Item) -> str:
        return f"{self.house.item_path}/{item.slug}"

    def _entry(self, item: Item) -> dict[str, Any]:
        photo = f"/photos/{item.slug}.png"
        return {
            "item": item,
            "url": self.base + self.path(item),
            "html": html(item.body),
            "photo_path": photo,
            "photo": self.base + photo,
        }

    def _json(self) -> str:
        """JSON Feed 1.1."""
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.house.title,
            "description": self.house.tagline,
            "home_page_url": f"{self.base}/",
            "feed_url": self.base + self.house.feed_path,
            "language": "en",
            "authors": [{"name": self.house.title, "url": f"{self.base}/"}],
            "items": [self._json_item(item) for item in self.items],
        }
        return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"

    def _json_item(self, item: Item) -> dict[str, Any]:
        entry = self._entry(item)
        figure = Markup(
            '<figure><img src="{}" alt=""><figcaption>{} © {}</figcaption></figure>\n'
        ).format(entry["photo"], item.caption, item.credit)
        found = {
            "id": entry["url"],
            "url": entry["url"],
            "title": item.title,
            "summary": item.lead,
            "content_html": figure + entry["html"],
            "image": entry["photo"],
            "date_published": rfc3339(item.at),
            "authors": [{"name": name} for name in item.authors],
            "tags": list(item.categories),
        }
        return {**found, "attachments": [self._attachment(item)]} if item.attachment else found

    def _attachment(self, item: Item) -> dict[str, Any]:
        return {
            "url": f"{self.base}/data/{item.attachment}",
            "mime_type": "text/csv",
            "title": "Data table",
            "size_in_bytes": len(table(item.attachment)),
        }

    def _home(self) -> bytes:
        links = [{"url": self.path(item), "title": item.title} for item in self.items]
        return self._render(title=self.house.title, item=None, links=links)

    def _page(self, item: Item) -> bytes:
        edition: Edition = editions()[item.language]
        return self._render(
            title=f"{item.title} - {self.house.title}",
            item=item,
            language=item.language,
            day=edition.day(item.at),
            photo=f"/photos/{item.slug}.png",
            html=html(item.body),
        )

    def _render(self, **values: Any) -> bytes:
        return render("house.html", **{"house": self.house, "language": "en", **values})


def table(name: str) -> bytes:
    """A small CSV whose figures follow from its name."""
    digits = sha256(name.encode()).digest()
    rows = [f"{2003 + n},{digit},{digit % 17}" for n, digit in enumerate(digits[:24])]
    return "\n".join(["year,count,change", *rows, ""]).encode()
