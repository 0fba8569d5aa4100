"""Keys of the index, as pywb and the Wayback Machine make them (replay/ asks pywb for the same)."""

from __future__ import annotations

import pytest

from syndicator.archive.surt import surt

KEYS = {
    # hosts and ports
    "http://EXAMPLE.org": "org,example)/",
    "https://www.Example.org:443/A/b/?z=1&a=2": "org,example)/a/b?a=2&z=1",
    "http://www2.example.org/x#part": "org,example)/x",
    "http://m.example.org./x": "org,example,m)/x",
    "http://user:pw@example.org:8080/x": "org,example:8080)/x",
    "http://example.org:443/x": "org,example:443)/x",
    "http://127.0.0.1:8080/": "1,0,0,127:8080)/",
    "http://[::1]:8080/x": "::1:8080)/x",
    "http://bücher.example/x": "example,xn--bcher-kva)/x",
    "http://xn--bcher-kva.example/x": "example,xn--bcher-kva)/x",
    "http://a_b.example/": "example,a_b)/",
    # paths
    "http://example.org/a//b/./c/../d/": "org,example)/a/b/d",
    "http://example.org/../a": "org,example)/../a",
    "http://example.org/café": "org,example)/caf%c3%a9",
    "http://example.org/Caf%C3%A9%20noir": "org,example)/caf%c3%a9%20noir",
    "http://example.org/%7Euser/a%2Fb%2525": "org,example)/~user/a/b%25",
    "http://example.org/100%/%zz": "org,example)/100%25/%25zz",
    "http://example.org/x%3Fy%23z": "org,example)/x?y%23z",
    "http://example.org/(S(4hqa0555fwsecu455xqckv45))/p.aspx": "org,example)/p.aspx",
    "http://example.org/(4hqa0555fwsecu455xqckv45)/p.aspx?x=1": "org,example)/p.aspx?x=1",
    # queries
    "http://example.org/x/?": "org,example)/x",
    "http://example.org/x?b=2&a=1&": "org,example)/x?&a=1&b=2",
    "http://example.org/x?q=a+b%26": "org,example)/x?&q=a+b",
    "http://example.org/node/12?page=0%2C1": "org,example)/node/12?page=0,1",
    "http://example.org/x?a=1&PHPSESSID=0123456789abcdef0123456789abcdef&b=2": (
        "org,example)/x?a=1&b=2"
    ),
    "http://example.org/x?sid=0123456789abcdef0123456789abcdef": "org,example)/x",
    "http://example.org/x?CFID=1&CFTOKEN=2&a=1": "org,example)/x?a=1",
    "http://example.org/x?ASPSESSIONIDABCDEFGH=ABCDEFGHIJKLMNOPABCDEFGH&a=1": (
        "org,example)/x?a=1"
    ),
}


@pytest.mark.parametrize("url", KEYS)
def test_a_key_is_as_those_who_replay_make_it(url: str) -> None:
    assert surt(url) == KEYS[url]
