"""Debian's Chromium, and a page in it of which nothing goes unnoticed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAM = shutil.which("chromium") or ""
ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "pages"  # kept by CI, ignored by git

needs_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(not PROGRAM, reason="chromium is not installed"),
]

_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_LEFT = "net::ERR_ABORTED"  # we went on before the icon had come


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """The browser with a folder of its own for what it keeps; it ends here."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=[*_FLAGS])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Tab:
    """An open page, and all that it complained of, asked for in vain, or had popping up."""

    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="load")

    def wide(self) -> int:
        """How wide all of it is, in CSS pixels."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def picture(self, name: str) -> None:
        """Keep how it looks."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@contextlib.contextmanager
def tab(browser: Browser, base: str, *, width: int = 1280, **how: Any) -> Iterator[Tab]:
    """A fresh page, as if nobody had been there before.

    Args:
        how: of a browser context, such as `color_scheme` or `bypass_csp`.
    """
    context = browser.new_context(viewport={"width": width, "height": 800}, **how)
    page = context.new_page()
    one = Tab(page, base)

    def dismissed(dialog: Any) -> None:
        one.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def failed(request: Any) -> None:
        if request.failure != _LEFT:
            one.troubles.append(f"failed: {request.url}: {request.failure}")

    page.on("console", lambda said: one.troubles.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: one.troubles.append(f"error: {error}"))
    page.on("dialog", dismissed)
    page.on("request", lambda request: one.asked.append(request.url))
    page.on("requestfailed", failed)
    page.on(
        "response",
        lambda answer: (
            one.troubles.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None
        ),
    )
    try:
        yield one
    finally:
        context.close()
