"""HTML from strangers: made harmless, made plain (R13, R17, R18, R19).

nh3 does the parsing and the allow-list. What it leaves to us is done around it: nesting is bounded
before it parses, because HTML5 parsers take quadratic time on deep trees; every address it keeps
then goes through `urls.absolute`; and its output is in NFC in a way that no later normalisation can
change (a combining solidus after `>` would turn it into another character and open the tag again).
"""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache
from typing import Any

import nh3

from syndicator.text import urls
from syndicator.text.clean import clean, lines, squash
from syndicator.text.nesting import NESTING, shallow

SANITISER_VERSION = 1  # counted up when the rules below change, so that what is stored is redone

_BLOCKS = {
    *("address", "article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
    *("main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead"),
    *("tr", "ul"),
}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img"),
    *("ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub"),
    *("sup", "time", "u", "var", "wbr"),
}
_OTHERS = {"audio", "video", "source", "track", "col", "colgroup", "td", "th"}
_TAGS = _BLOCKS | _INLINE | _OTHERS
_DROPPED_WHOLE = {
    *("script", "style", "iframe", "noembed", "noframes", "template", "textarea", "select"),
    *("button", "svg", "math", "title", "object", "applet"),
}
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "img": {"src", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "controls", "poster", "width", "height"},
}
_RULES: dict[str, Any] = {
    "tags": _TAGS,
    "clean_content_tags": _DROPPED_WHOLE,
    "attributes": _ATTRIBUTES,
    "url_schemes": {"http", "https", "mailto"},
    "link_rel": "noopener nofollow",
    "set_tag_attribute_values": {"audio": {"controls": ""}, "video": {"controls": ""}},
}
_ADDRESSES = ("href", "src", "cite", "poster")
_NOSCRIPT = re.compile(r"</?noscript\b[^>]*>", re.IGNORECASE)

# On nh3's own output alone: there, "<", ">" and quotation marks in attribute values are always
# escaped, and every value stands between double ones.
_ATTRIBUTE = re.compile(r' ([^\s="]+)="([^"]*)"')
_ADDRESS = rf"(?:{'|'.join(_ADDRESSES)})="
# Addresses that `urls.absolute` would return unchanged; written with "&amp;" for "&", which is one.
_DONE = rf'(?=[^"]{{0,{urls.LIMIT}}}")(?![^"]*&(?!amp;)){urls.PUBLISHABLE}"'
_UNDONE = re.compile(
    rf'<[a-z0-9]+(?!(?: (?:{_ADDRESS}"{_DONE}|(?!{_ADDRESS})[a-z]+="[^"]*+"))*+>) [^>]*>'
)
_EMPTY_MEDIA = re.compile(r"<(?:img|source|track)(?![^>]* src=)[^>]*>")
_PIXEL = re.compile(r'<img(?=[^>]* width="[01]")(?=[^>]* height="[01]")[^>]*>')
# Paragraphs and headings of text, pictures and phrases that hold no further element: every parser
# reads these as they are nested, so that cleaning them again changes nothing; but for a carriage
# return, which is read as a line end. Most bodies are such.
_TEXT = r"[^<]++|<(?:br|img)(?: [^>]*+)?>"
_PHRASE = r"a|abbr|b|cite|code|em|i|mark|s|small|span|strong|sub|sup|u"
_INSIDE = rf"(?:{_TEXT}|<(?P<phrase>{_PHRASE})(?: [^>]*+)?>(?:{_TEXT})*+</(?P=phrase)>)*+"
_FLAT = re.compile(rf"(?:[^<]++|<(?P<block>p|h[1-6])(?: [^>]*+)?>{_INSIDE}</(?P=block)>)*+")
_TAG = re.compile(r"</?([a-z0-9]*)[^>]*>")
# What stands for a tag in plain text; nothing does for most.
_STANDS_FOR = {**dict.fromkeys((*_BLOCKS, "br"), "\n"), **dict.fromkeys(("td", "th"), " ")}
_BLANK_LINE = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)\s*")
_CONTROL = re.compile(
    "[\n\x0b\x0c\x1c-\x1f\x85]"
)  # white space that `clean` would drop, or is ours
_LINE_END = re.compile(r"\r\n?|\n")
_ROUNDS = 4
_SOLIDUS = "\u0338"  # composes with "<", "=" and ">" under NFC


# ------------------------------------------------------------------ harmless


def sanitise(html: str, *, base: str) -> str:
    """`html` as it may be shown to anybody; sanitising it again changes nothing.

    Args:
        base: what relative addresses in it are relative to; with "" they are dropped.
    """
    return sanitise_counted(html, base=base)[0]


def sanitise_counted(html: str, *, base: str) -> tuple[str, int]:
    """As `sanitise`, with the number of elements that were nested too deep and flattened."""
    html, cut = _prepared(html)
    shown = _tidy(_absolute(_cleaner().clean(html), base))
    if "\r" not in shown and _FLAT.fullmatch(shown):
        return shown, cut
    # Where an element was taken out, what is left may be nested as no parser would nest it
    # (`li` in `li`), and would be read differently the next time.
    for _ in range(_ROUNDS):
        shown, before = _tidy(_cleaner().clean(shown)), shown
        if shown == before:
            return shown, cut
    return from_plain(unmarked(shown)), cut


def _tidy(html: str) -> str:
    html = _settled(html)
    if "<img" in html or "<source" in html or "<track" in html:
        html = _PIXEL.sub("", _EMPTY_MEDIA.sub("", html))
    return html.strip()


def _prepared(html: str) -> tuple[str, int]:
    html = clean(html)
    if "noscript" in html or "NOSCRIPT" in html:  # its images are the ones worth having
        html = _NOSCRIPT.sub(" ", html)
    return shallow(html) if html.count("<") > NESTING else (html, 0)


def _settled(html: str) -> str:
    """nh3's output with what character references brought in made clean, and firmly NFC."""
    return clean(html.replace(_SOLIDUS, "&#x338;") if _SOLIDUS in html else html)


def _absolute(html: str, base: str) -> str:
    """nh3's output with every address absolute, and without those that cannot be.

    nh3 could ask of each attribute while it cleans, at the cost of a call for each; few need one.
    """

    def attribute(found: re.Match[str]) -> str:
        name, value = found.groups()
        if name not in _ADDRESSES:
            return found[0]
        url = urls.absolute(entities.unescape(value), base).replace("&", "&amp;")
        return f' {name}="{url}"' if url else ""

    return _UNDONE.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(**_RULES)


# ------------------------------------------------------------------ plain


def plain(html: str) -> str:
    """The words of any HTML: markup stripped once, entities resolved, a line a block."""
    if "<" not in html and "&" not in html:
        return squash(html)
    bare = _bare().clean(_prepared(html)[0])
    return unmarked(bare if bare.isprintable() else _CONTROL.sub(" ", bare))


def unmarked(sanitised: str) -> str:
    """As `plain`, for what `sanitise` returned; it costs no parse."""
    text = sanitised.replace("\n", " ")
    if "<" in text:
        pieces = _TAG.split(text)  # text, name, text, name ...
        pieces[1::2] = [_STANDS_FOR.get(name, "") for name in pieces[1::2]]
        text = "".join(pieces)
    return "\n".join(lines(clean(entities.unescape(text))))


def strip_title(text: str, is_html: bool) -> str:
    """A title, name or subject as plain text on one line, markup stripped once (R18).

    Text declared plain loses what would be an HTML tag as well, for the sake of readers that do
    not ask; its ampersands stay as they are.
    """
    if not text:
        return ""
    if not is_html:
        text = text.replace("&", "&amp;") if "<" in text else entities.escape(text)
    return plain(text).replace("\n", " ")


def from_plain(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, single line ends are kept."""
    paragraphs = (entities.escape(one.strip(), quote=False) for one in _BLANK_LINE.split(text))
    return "".join(f"<p>{_LINE_END.sub('<br>', one)}</p>" for one in paragraphs if one)


def attribute(tag: str, name: str) -> str:
    """The value of an attribute of one tag of what `sanitise` returned, "" without it."""
    found = _valued(name).search(tag)
    return entities.unescape(found[1]) if found else ""


@lru_cache(maxsize=16)
def _valued(name: str) -> re.Pattern[str]:
    return re.compile(f' {name}="([^"]*)"')


@lru_cache(maxsize=1)
def _bare() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_BLOCKS | {"br", "td", "th"},
        clean_content_tags=_DROPPED_WHOLE,
        attributes={},
        link_rel=None,
    )
