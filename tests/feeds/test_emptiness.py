"""Items that say nothing make no article, in whatever format, and are counted."""

from __future__ import annotations

import json
from html import escape

import pytest

from syndicator.sources.inside import FeedDigest, digest_feed
from syndicator.sources.inside_files import digest_file
from tests.feeds.documents import NOW, SETTINGS, URL, atom, rss

FORMATS = ("rss", "atom", "json", "jsonl")


def digest(kind: str, html: str, **said: str) -> FeedDigest:
    """A document of an item with this body and of one with words."""
    if kind == "jsonl":
        lines = [{"id": "of-nobody", "html": html, **said}, {"title": "Words"}]
        body = "\n".join(map(json.dumps, lines)).encode()
        return digest_file(body, jsonl=True, url="", settings=SETTINGS, seen={}, now=NOW)
    if kind == "json":
        items = [{"id": "of-nobody", "content_html": html, **said}, {"id": "2", "title": "Words"}]
        text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    elif kind == "rss":
        link = f"<link>{said['url']}</link>" if said else ""
        words = "<item><title>Words</title></item>"
        guid = '<guid isPermaLink="false">of-nobody</guid>'
        text = rss(f"<item>{guid}{link}<description>{escape(html)}</description></item>{words}")
    else:
        link = f'<link href="{said["url"]}"/>' if said else ""
        words = "<entry><id>urn:2</id><title>Words</title></entry>"
        content = f'<content type="html">{escape(html)}</content>'
        text = atom(f"<entry><id>urn:of-nobody</id><title/>{link}{content}</entry>{words}")
    return digest_feed(text.encode(), headers={}, url=URL, settings=SETTINGS, seen={}, now=NOW)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "html",
    ["", "<p></p>", "<div><p>&nbsp;</p><br></div>", "<script>let a</script>", "<img alt=''>"],
)
def test_markup_around_nothing_is_nothing(kind: str, html: str) -> None:
    found = digest(kind, html)

    assert [draft.content.title for draft in found.drafts] == ["Words"]
    assert found.cut == {"items that say nothing": 1}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>word</p>", {}),
        ('<img src="https://example.org/a.jpg">', {}),
        ('<video src="https://example.org/a.mp4"></video>', {}),
        ("<p></p>", {"url": "https://example.org/a"}),
    ],
    ids=["a word", "a picture", "a film", "an address"],
)
def test_a_word_or_anything_to_look_at_or_go_to_is_enough(
    kind: str, html: str, said: dict[str, str]
) -> None:
    found = digest(kind, html, **said)

    assert len(found.drafts) == 2
    assert not found.cut


def test_what_says_nothing_any_more_is_still_in_the_document() -> None:
    """So it is not taken for gone, and what it said before stays."""
    found = digest("rss", "<p></p>")

    assert "of-nobody" in found.keys
