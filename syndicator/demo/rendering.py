"""Templates of the demo's pages and feeds, and what a body of text becomes in them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from syndicator.demo.pieces import blocks


def render(template: str, **values: Any) -> bytes:
    """A template of this folder with these values, as UTF-8."""
    return _environment().get_template(template).render(**values).encode()


def html(body: str) -> Markup:
    """Paragraphs, headings and questions as well-formed markup."""
    return Markup("\n").join(_block(kind, text) for kind, text in blocks(body))


def _block(kind: str, text: str) -> Markup:
    if kind == "strong":
        return Markup("<p><strong>{}</strong></p>").format(text)
    return Markup("<{0}>{1}</{0}>").format(kind, text)


def rfc3339(at: datetime) -> str:
    """RFC 3339 with Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc822(at: datetime) -> str:
    """As RSS and HTTP write it, in GMT."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("syndicator.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters.update(rfc822=rfc822, rfc3339=rfc3339)
    return environment
