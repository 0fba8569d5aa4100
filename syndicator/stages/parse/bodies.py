"""Which of an entry's texts is its summary and which its body.

Atom says so. In RSS there are `description`, `content:encoded`, and texts that feedparser puts into
the same two places though they belong to a picture (`media:description`) or to a podcast client
(`itunes:summary`); these count only where there is nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from syndicator.stages.parse.extras import ItemExtras
from syndicator.stages.parse.fields import Raw, raw, stated_type
from syndicator.text.clean import squash

_HTML = {"text/html", "application/xhtml+xml", "html", "xhtml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A text with what feedparser says of it; `base` is the xml:base in force, or ""."""

    value: str
    type: str
    base: str = ""
    language: str = ""
    is_content: bool = False

    @property
    def is_html(self) -> bool:
        """Markup of any kind; XML that is not HTML loses its tags when it is sanitised."""
        return self.type in _HTML or self.type.endswith(("/xml", "+xml"))


_NONE = Part(value="", type="text/html")


def bodies(entry: Raw, extras: ItemExtras, *, atom: bool) -> tuple[Part, Part]:
    """Summary and content; either may be empty."""
    parts = [*_parts(entry)]
    own = parts
    if extras.asides:
        own = [part for part in parts if squash(part.value) not in extras.asides] or parts
    summary = next((part for part in own if not part.is_content), _NONE)
    contents = [part for part in own if part.is_content]
    if not contents:
        return summary, _NONE
    if atom:
        return summary, contents[0]
    return _of_rss(summary, contents, extras)


def _of_rss(summary: Part, contents: list[Part], extras: ItemExtras) -> tuple[Part, Part]:
    """feedparser makes a second description a content, whichever came first."""
    longest = max(contents, key=lambda part: len(part.value))
    if summary.value or (extras.has_encoded and len(contents) == 1):
        return summary, longest
    if not extras.has_encoded:
        return longest, _NONE
    return next(part for part in contents if part is not longest), longest


def _parts(entry: Raw) -> Iterator[Part]:
    """The summary, unless it is only feedparser's copy of the content, then the contents."""
    value = raw(entry, "summary")
    copied = any(content.get("value") == value for content in raw(entry, "content") or ())
    detail = raw(entry, "summary_detail") or (None if copied else {})
    if detail is not None and value:
        kind = stated_type(detail, value) if detail.get("value") == value else "text/html"
        yield _part(value, kind, detail, is_content=False)
    for content in raw(entry, "content") or ():
        kind = stated_type(content, str(content.get("value"))) or "text/plain"
        if content.get("value") and (kind.startswith("text/") or "xml" in kind):
            yield _part(content["value"], kind, content, is_content=True)


def _part(value: str, kind: str, detail: Raw, *, is_content: bool) -> Part:
    return Part(
        value=value,
        type=kind or "text/html",
        base=detail.get("base") or "",
        language=detail.get("language") or "",
        is_content=is_content,
    )
