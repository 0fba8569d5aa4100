"""Three forms of a URL: strict (R3), publishable (R19), canonical; and scope (C11)."""

from __future__ import annotations

import re
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.text import urls

addresses = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "http://", "https://", "http://a.org/", "//", "javascript:", "?"]),
        st.text(alphabet="htps:/.abc-%2#?@[]\\ é\"'&=1\n\x00", max_size=16),
    ),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        ("https://example.org:443/a/../b?x#frag", "https://example.org/b?x"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080/"),
        ("http://example.org./", "http://example.org/"),
        ("http://a.org//x/.?", "http://a.org//x/"),
    ],
)
def test_r03_a_good_url_has_one_form(url: str, expected: str) -> None:
    assert urls.strict(url) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://a.org/", "only http and https"),
        ("http://u:p@a.org/", "name or password"),
        ("http://a.org/ x", "space or control"),
        ("http://a.org/\tx", "space or control"),
        ("http://a.org\\@b.org/", "backslash"),
        ("http:///a.org", "no host"),
        ("http://127.1/", "odd way"),
        ("http://0x7f000001/", "odd way"),
        ("http://2130706433/", "odd way"),
        ("http://lo%63alhost/", "not a name"),
        ("http://[::1", "cannot be read"),
        ("http://[fe80::1%25eth0]/", "zone"),
        ("http://a.org:0/", "port 0"),
        ("http://a.org:99999/", "port"),
        ("http://..", "not a name"),
        ("http://a.org/" + "x" * 4096, "longer"),
        ("example.org/feed", "bare name"),
    ],
)
def test_r03_an_odd_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        urls.strict(url)


@pytest.mark.corpus
def test_r03_every_address_of_the_corpus_that_should_work_is_readable(corpus: Path) -> None:
    for line in (corpus / "ssrf/addresses.tsv").read_text().splitlines()[1:]:
        verdict, url, _ = line.split("\t")
        if verdict == "allow":
            assert urls.strict(url)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("/a b", "https://x.org/d/f", "https://x.org/a%20b"),
        ("b?q=é", "https://x.org/d/f", "https://x.org/d/b?q=%C3%A9"),
        ("//cdn.org/i", "https://x.org/", "https://cdn.org/i"),
        ("https://u:p@x.org/", "", "https://x.org/"),
        ("http://x.org/\"'<>", "", "http://x.org/%22%27%3C%3E"),
        (" mailto:a@b.org ", "", "mailto:a@b.org"),
        ("java\nscript:alert(1)", "https://x.org/", ""),
        ("JavaScript:alert(1)", "https://x.org/", ""),
        ("\x01javascript:alert(1)", "https://x.org/", ""),
        ("data:text/html,x", "https://x.org/", ""),
        ("file:///etc/passwd", "", ""),
        ("feed:https://x.org/", "", ""),
        ("blob:https://x.org/1", "", ""),
        ("x", "", ""),
        ("x", "javascript:", ""),
        ("https://[::1", "", ""),
        ("", "https://x.org/", ""),
        ("https://x.org/" + "x" * 5000, "", ""),
    ],
)
def test_r19_only_absolute_web_and_mail_addresses_are_published(
    url: str, base: str, expected: str
) -> None:
    assert urls.absolute(url, base) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/a b", "https://x.org/a%20b"),
        ("https://a.org/b", "https://a.org/b"),
        ("//a.org/@b", "https://a.org/@b"),
        ("https://u:p@a.org/", ""),
        ("//u@a.org/", ""),
        ("http://1.1.1.1 &@2.2.2.2# @3.3.3.3/", ""),
        ("http://1.1.1.1\\@2.2.2.2/", ""),
        ("ht\ntps://u@a.org/", ""),
        ("mailto:a@b.org", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_r03_what_programs_read_differently_is_not_asked(url: str, expected: str) -> None:
    assert urls.to_ask(url, "https://x.org/d/") == expected


@given(addresses, addresses)
def test_r19_any_published_url_is_of_three_schemes_without_quotes_or_controls(
    url: str, base: str
) -> None:
    found = urls.absolute(url, base)

    assert not found or re.match(r"(?:https?://[^\s/@]|mailto:)", found)
    assert not re.search(r"[\s\"'<>\\\x00-\x1f\x7f-\uffff]", found.partition("/")[2])
    assert urls.absolute(found, "") == found


@given(
    st.lists(
        st.sampled_from(["/", "//", "/.", "/..", "/a", "b.c", "~", "-_", "%41", "?q=1", "#f", ";"])
    ),
    st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
    st.sampled_from(["a.b", "A.b", "u:p@a.b", "a.b:80", "a.b:0", "a.b:x", "[::1]", "-x.de", ""]),
    st.sampled_from(["", "/", "/c/d", "?e", "#f", "\\g"]),
)
def test_r19_a_path_from_the_root_is_joined_at_a_glance_as_at_length(
    path: list[str], scheme: str, host: str, rest: str
) -> None:
    url, base = "".join(path), f"{scheme}://{host}{rest}"
    with patch.object(urls, "_ROOTED", re.compile(r"(?!)")):
        at_length = urls.absolute(url, base)
    assert urls.absolute(url, base) == at_length


@given(
    st.sampled_from(
        ["http://a.b", "https://www.a-b.org", "http://1.2.3.4", "http://0x7f.1", "http://-x.de"]
    ),
    st.lists(
        st.sampled_from(["/", "//", "/.", "/..", "/a", "b.c", "~", "-_", "%41", "?q=1", "#f", ";"])
    ),
)
def test_what_is_canonical_at_a_glance_is_so_at_length(start: str, rest: list[str]) -> None:
    url = start + "".join(rest)
    with patch.object(urls, "_CANONICAL", re.compile(r"(?!)")):
        at_length = urls.canonical(url)
    assert urls.canonical(url) == at_length


@given(addresses)
def test_strict_and_canonical_forms_are_their_own_form(url: str) -> None:
    canonical = urls.canonical(url)
    assert urls.canonical(canonical) == canonical
    try:
        strict = urls.strict(url)
    except ValueError:
        return
    assert urls.strict(strict) == strict


@pytest.mark.parametrize(
    "url",
    [
        "https://Example.org/a?b=2&a=1&utm_source=rss&utm_medium=feed#top",
        "https://example.org:443/a?a=1&b=2&fbclid=xyz",
        "https://example.org/a;jsessionid=0A1B?a=1&b=2",
        "https://example.org/a?PHPSESSID=deadbeef&b=2&a=1",
        "https://example.org/a?a=1&b=2&source=rss&xtor=RSS-1",
        "https://example.org/x/../a?a=1&b=2",
    ],
)
def test_addresses_of_one_article_have_one_canonical_form(url: str) -> None:
    assert urls.canonical(url) == "https://example.org/a?a=1&b=2"


def test_parameters_that_number_articles_are_kept() -> None:
    same = {
        urls.canonical(f"https://example.org/story?{query}")
        for query in ("cid=1", "cid=2", "sid=3", "ref=4", "gallery=5", "id=6", "p=7", "source=8")
    }

    assert len(same) == 8


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://feeds.news.example.co.uk/rss", "example.co.uk"),
        ("https://one.github.io/feed", "github.io"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://[::1]/", "[::1]:80"),
        ("https://localhost/", "localhost:443"),
        ("http://intranet/feed", "intranet:80"),
        ("http://printer.local/", "printer.local:80"),
        ("https://bücher.de/", "xn--bcher-kva.de"),
    ],
)
def test_c11_scope_is_the_registrable_domain_or_host_and_port(url: str, scope: str) -> None:
    assert urls.scope(url) == scope


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tag:example.org,2005:1", True),
        ("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", True),
        ("https://example.org/é?x#y", True),
        ("123", False),
        ("a b", False),
        ("tag:example.org,2005:<b>", False),
        ("https:", False),
        ("http:/x", False),
        ("javascript:alert(1)", False),
        ("tag:x%zz", False),
        ("tag:" + "x" * 5000, False),
    ],
)
def test_p05_an_id_is_kept_when_it_is_an_iri(text: str, kept: bool) -> None:
    assert urls.is_iri(text) is kept
