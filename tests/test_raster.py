"""What a picture is, by its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicator.demo.pictures import picture
from syndicator.model import Image, Pictured, Raster
from syndicator.stages.raster import raster_of
from syndicator.stages.shown_pictures import MOST, shown_pictures

AVIF = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + bytes(20)


@pytest.mark.parametrize(
    ("body", "raster"),
    [
        (picture("a hill"), Raster.PNG),
        (b"\xff\xd8\xff\xe1" + bytes(20), Raster.JPEG),
        (b"GIF87a" + bytes(20), Raster.GIF),
        (b"GIF89a" + bytes(20), Raster.GIF),
        (b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(20), Raster.WEBP),
        (AVIF, Raster.AVIF),
        (AVIF.replace(b"mif1", b"avis", 1), Raster.AVIF),
        (AVIF.replace(b"avif", b"heic"), None),
        (b"RIFF\x1a\0\0\0WAVEfmt " + bytes(20), None),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), None),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", None),
        (b"<!doctype html><title>not found</title>", None),
        (b"BM" + bytes(60), None),
        (b"%PDF-1.7" + bytes(60), None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_bytes(body: bytes, raster: Raster | None) -> None:
    assert raster_of(body) is raster


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    assert raster_of(body) in (None, *Raster)
    assert raster_of(AVIF[:8] + body) in (None, Raster.AVIF)


def test_an_article_shows_its_lead_and_what_is_in_its_body_each_once() -> None:
    html = (
        '<p><img src="https://a.example/1.jpg?w=1&amp;h=2" alt=""></p><img src="https://a.example/2">'
        '<img src="https://a.example/1.jpg?w=1&amp;h=2"><img src="mailto:x@a.example">'
    )
    lead = Image(url="https://a.example/lead.jpg")

    assert shown_pictures(html, lead, which=Pictured.ALL) == (
        "https://a.example/lead.jpg",
        "https://a.example/1.jpg?w=1&h=2",
        "https://a.example/2",
    )
    assert shown_pictures(html, lead, which=Pictured.LEAD) == ("https://a.example/lead.jpg",)
    assert shown_pictures(html, lead, which=Pictured.NONE) == ()
    assert shown_pictures(html, Image(url="https://["), which=Pictured.LEAD) == ()


def test_a_page_of_pictures_is_cut() -> None:
    html = "".join(f'<img src="https://a.example/{n}.jpg">' for n in range(500))

    assert len(shown_pictures(html, None, which=Pictured.ALL)) == MOST
