"""Small feeds and pages in good order, to be spoiled by tests."""

from __future__ import annotations

PLAIN = "<description>{}</description>"
WORDS = (
    "The villages along the river share three wells, and every spring the elders meet to decide "
    "who draws water first. This year the rains came late and the meeting took two days. "
)


def rss(*items: tuple[str, str] | str, base: str = "https://courier.example") -> bytes:
    """RSS 2.0 of these items: id and title, or an <item>'s whole inside."""
    inside = "\n".join(
        f"<item>{one if isinstance(one, str) else item(*one, base=base)}</item>" for one in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>The Courier</title><link>{base}/</link><description>News</description>\n"
        f"{inside}\n</channel></rss>"
    ).encode()


def item(guid: str, title: str, *, base: str = "https://courier.example") -> str:
    """The inside of an ordinary item."""
    return (
        f'<guid isPermaLink="false">{guid}</guid><title>{title}</title>'
        f"<link>{base}/{guid}</link><pubDate>Sun, 01 Feb 2026 10:00:00 GMT</pubDate>"
        f"<description>{title}: what is known so far.</description>"
    )


def article_page(title: str, *, head: str = "") -> bytes:
    """An article of some 200 words, with a by-line and without a date."""
    paragraphs = "".join(f"<p>{WORDS}{title}.</p>" for _ in range(6))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>'
        f"<article><h1>{title}</h1><p class='byline'>By Awa Diarra</p>{paragraphs}</article>"
        "</body></html>"
    ).encode()


def listing_page(*titles: str) -> bytes:
    """A page of links to articles; the address of each is made from its title."""
    rows = "".join(
        f'<div class="row"><h2><a href="/article/{slug(title)}">{title}</a></h2>'
        f"<p>What the delegations brought with them, and what they left at home.</p></div>"
        for title in titles
    )
    return (
        '<!doctype html><html lang="en"><head><title>Articles</title></head><body>'
        f'<h1>All articles</h1><div class="list">{rows}</div></body></html>'
    ).encode()


def slug(title: str) -> str:
    return title.lower().replace(" ", "-")
