"""HTML made harmless (R13, R17, R19) and plain (R18)."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from syndicator.text import markup, urls
from syndicator.text.clean import clean
from syndicator.text.markup import (
    from_plain,
    plain,
    sanitise,
    sanitise_counted,
    strip_title,
    unmarked,
)

BASE = "https://example.org/articles/"
PIECES = [
    *("<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<a href='x'>", "</a>", "<img src=i.png>"),
    *("<table>", "<td>", "</table>", "<script>", "</script>", "<svg>", "</svg>", "<style>"),
    *("<math>", "<mtext>", "<noscript>", "<textarea>", "<title>", "<!--", "-->", "<select>"),
    *("<template>", "&lt;", "&#x338;", "\u0338", "&amp;", "&nbsp;", "<video src=v>", "text", '"'),
    *("<q cite='javascript:x'>", "<p title='<b>'>", "<form>", "<iframe>", "<li>", "<br/>", ">"),
]
FLAT = [
    *("<p>", "</p>", "<h2 title='a>b'>", "</h2>", "<a href='/x'>", "</a>", "<em>", "</em>", "<b>"),
    *("</b>", "<span lang=fr>", "</span>", "<img src='/i.png' alt='&lt;'>", "<br>", "text &amp; "),
    *("&#13;", "&#x338;", "\n", "\r\n", "<img width=1 height=1 src=/p>", "<code>", "</code>"),
]
soups = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
flat_soups = st.lists(st.sampled_from(FLAT), max_size=15).map("".join)
LIVE_ELEMENTS = {
    *("script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "link"),
    *("meta", "base", "template", "textarea", "select", "button", "noscript", "frame", "applet"),
}


def live(html: str) -> list[str]:
    """What could run, style or submit in this HTML, after a lenient parse of it."""
    if not html.strip():
        return []
    found = []
    for node in lxml_html.fragment_fromstring(html, create_parent="main").iter():
        if not isinstance(node.tag, str) or node.tag in LIVE_ELEMENTS:
            found.append(str(node.tag))
            continue
        for name, value in node.attrib.items():
            bad_url = name in ("href", "src", "cite", "poster") and not re.match(
                r"https?://|mailto:", value
            )
            if bad_url or name.startswith("on") or name in ("style", "id", "class", "srcdoc"):
                found.append(f"{node.tag} {name}={value}")
    return found


@given(soups | flat_soups | st.text(max_size=80))
def test_r17_sanitising_again_changes_nothing_and_nothing_lives(html: str) -> None:
    once = sanitise(html, base=BASE)

    assert sanitise(once, base="") == once
    assert live(once) == []
    assert clean(once) == once


@given(soups)
def test_plain_text_is_the_same_from_raw_and_from_sanitised_html(html: str) -> None:
    assert plain(sanitise(html, base=BASE)) == unmarked(sanitise(html, base=BASE))


@pytest.mark.parametrize(
    "html",
    [
        "<!--><script>alert(1)</script>",
        "<form action=javascript:alert(1)><input type=submit>",
        "<a href='jav&#x09;ascript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<p style='position:fixed'>x</p>",
        "<base href=https://evil.example/><a href=x>x</a>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<img src='https://example.org/i' srcset='javascript:alert(1) 2x'>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    ],
)
def test_r17_nothing_that_could_run_is_left(html: str) -> None:
    assert live(sanitise(html, base=BASE)) == []


@pytest.mark.corpus
def test_r17_no_payload_of_the_corpus_lives(corpus: Path) -> None:
    rows = json.loads((corpus / "xss/dompurify.json").read_text())
    bleach = [path.read_text() for path in (corpus / "xss/bleach").glob("*.test")]
    for payload in [*(row["payload"] for row in rows), *bleach]:
        once = sanitise(payload, base=BASE)
        assert live(once) == [], payload
        assert sanitise(once, base="") == once


def test_r17_a_combining_mark_cannot_eat_the_end_of_a_tag() -> None:
    shown = sanitise('<img src="i.png">&#x338; onerror=alert(1)&gt;<p>', base=BASE)

    assert clean(shown) == shown
    assert live(clean(shown)) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="b">x</a>', f'<a href="{BASE}b" rel="noopener nofollow">x</a>'),
        ('<img src="/i.png" alt="A">', '<img src="https://example.org/i.png" alt="A">'),
        ('<img src="data:image/gif;base64,R0">', ""),
        ('<img src="p.gif" width="1" height="1">', ""),
        ('<noscript><img src="/i.png"></noscript>', '<img src="https://example.org/i.png">'),
        ("<video src=v></video>", f'<video src="{BASE}v" controls=""></video>'),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ('<p lang="fr" class="x" onclick="y">z</p>', '<p lang="fr">z</p>'),
        ("<script>x</script>kept", "kept"),
    ],
)
def test_r19_what_is_kept_has_absolute_addresses(html: str, expected: str) -> None:
    assert sanitise(html, base=BASE) == expected


ADDRESSED = st.builds(
    "<{0} {1}='{2}' {3}='{4}'>".format,
    st.sampled_from(["a", "img", "q", "video", "blockquote", "p", "source"]),
    st.sampled_from(["href", "src", "cite", "poster", "title", "alt", "hreflang"]),
    st.sampled_from(
        [
            *("https://a.org/b", "http://a.org?b=1&amp;c=2", "/d", "e f", "../g", "//a.org/%41#h"),
            *("javascript:x", "mailto:a@b.org", "http://a.org/&lt;&quot;&nbsp;", "HTTPS://A.org"),
            *(' href="', "x href=", "https://a.org/" + 4100 * "i", "/&lt;j&gt;", "&amp;amp;", ""),
        ]
    ),
    st.sampled_from(["href", "src", "poster", "title", "lang", "width"]),
    st.sampled_from(["https://a.org/b", "/k", "x src=", "data:x", "&amp;lt;", "l src=&quot;/m"]),
)


@given(st.lists(ADDRESSED | st.sampled_from(PIECES), max_size=8).map("".join), st.booleans())
def test_r19_addresses_are_as_if_asked_for_one_by_one(html: str, based: bool) -> None:
    base = BASE if based else ""

    def attribute(_tag: str, name: str, value: str) -> str | None:
        is_address = name in ("href", "src", "cite", "poster")
        return (urls.absolute(value, base) or None) if is_address else value

    one_by_one = nh3.Cleaner(attribute_filter=attribute, **markup._RULES)

    found = markup._absolute(markup._cleaner().clean(html), base)
    assert in_order(found) == in_order(one_by_one.clean(html))


def in_order(html: str) -> str:
    """With sorted attributes: nh3 puts the last one where it drops one."""
    return re.sub(
        r"(?: [a-z]+=\"[^\"]*\")+",
        lambda some: "".join(sorted(re.findall(r' [a-z]+="[^"]*"', some[0]))),
        html,
    )


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "".join(f"<b id={n}>" for n in range(50_000)),
        "<div><table></div></table>" * 20_000,
        "<div><!--</div>-->" * 20_000,
        "<div><a title='</div>'>" * 20_000,
        "<svg>" + "<td>" * 50_000,
        "<textarea><!--</textarea>" + "<div>" * 50_000,
        '<a b="' * 50_000,
        "<p><b>" * 30_000,
        "<rt>" * 50_000,
        "<script>" * 50_000,
        "<" * 200_000,
    ],
    ids=lambda html: html[:24],
)
def test_r13_deep_and_broken_nesting_is_flattened_in_time(html: str) -> None:
    began = time.process_time()
    shown, _ = sanitise_counted(html, base=BASE)

    assert time.process_time() - began < 3
    assert shown.count("<div>") <= 256


def test_r13_honest_nesting_is_left_alone_and_what_is_cut_is_counted() -> None:
    honest = "<ul>" + "<li><p>one <b>two</b></p></li>" * 500 + "</ul>"
    assert sanitise_counted(honest, base=BASE) == (sanitise(honest, base=BASE), 0)

    deep, cut = sanitise_counted("<div>" * 300 + "text" + "</div>" * 300, base=BASE)
    assert (deep.count("<div>"), cut) == (256, 44)
    assert "text" in deep


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One  two</p>\n<p>three<br>four</p>", "One two\nthree\nfour"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
        ("<script>alert(1)</script>text", "text"),
        ("<td>a</td><td>b</td>", "ab"),
        ("<table><tr><td>a<td>b</table>", "a b"),
        ("caf&eacute;&#11;", "café"),
    ],
)
def test_html_as_plain_text_has_a_line_a_block(html: str, expected: str) -> None:
    assert plain(html) == expected


@pytest.mark.parametrize(
    ("text", "is_html", "expected"),
    [
        ("AT&amp;T <b>grows</b>", True, "AT&T grows"),
        ("&lt;b&gt; is bold", True, "<b> is bold"),
        ("AT&amp;T", False, "AT&amp;T"),
        ("I <3 you & 1 < 2", False, "I <3 you & 1 < 2"),
        ("<script>alert(1)</script>Mali<i>!</i>", False, "Mali!"),
        ("two\n lines", False, "two lines"),
    ],
)
def test_r18_a_title_is_stripped_of_markup_once(text: str, is_html: bool, expected: str) -> None:
    assert strip_title(text, is_html) == expected


def test_plain_text_becomes_paragraphs() -> None:
    assert from_plain("a < b\nc\n\n\nd") == "<p>a &lt; b<br>c</p><p>d</p>"
