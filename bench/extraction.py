"""Article pages with ground truth: how many fields we get right, beside trafilatura alone.

`python -m bench.extraction` prints a row for each source of pages and field. Titles, authors and
texts are compared without case, punctuation and white space; `floor` is what trafilatura 2.3.1 was
measured to reach on these pages (SOURCES.md of the corpus) where that was measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import trafilatura
from lxml import html as lxml_html

from syndicator.errors import ParseError, SandboxError
from syndicator.model import SourceSettings
from syndicator.sandbox import Sandbox
from syndicator.sources.inside import draft_article

FLOORS = {
    ("postlight-parser", "title"): 33,
    ("postlight-parser", "author"): 26,
    ("postlight-parser", "date, same UTC day"): 28,
    ("postlight-parser", "lead image"): 32,
    ("trafilatura", "title"): 21,
    ("trafilatura", "author"): 14,
    ("trafilatura", "date, same UTC day"): 24,
    ("trafilatura", "date, within a day"): 28,
    ("article-extraction-benchmark", "body, mean F1"): 0.988,
}
HINTS = ("readability", "newspaper4k")  # made by another library: no law
_ELSEWHERE = "http://page.invalid/"
_ZONES = {"ja": "Asia/Tokyo"}  # where a page's language says where its site is
_DENSE = r"\u0e00-\u0e7f\u3040-\u9fff"  # Thai, Kana, Han


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one reader makes of a page."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: datetime | None = None
    raw_date: str = ""  # as the page writes it
    day_only: bool = False
    image: str = ""
    language: str = ""
    summary: str = ""
    categories: tuple[str, ...] = ()
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A row of the manifest with its bytes and the body that it should give."""

    file: str
    source: str
    url: str
    language: str
    expected: Mapping[str, Any]
    html: bytes
    body: str = ""


@dataclass(slots=True, kw_only=True)
class Score:
    """How often ours, and trafilatura alone, were right; or the sums of a measure up to 1."""

    pages: int = 0
    ours: float = 0.0
    alone: float = 0.0
    missed: list[str] = field(default_factory=list)


Scores = dict[tuple[str, str], Score]


def pages(corpus: Path) -> Iterator[Page]:
    """All of the manifest."""
    for row in json.loads((corpus / "articles/manifest.json").read_text("utf-8")):
        expected = row["expected"]
        body = ""
        if name := expected.get("body_text_file"):
            body = (corpus / name).read_text("utf-8")
        elif name := expected.get("body_html_file"):
            tree: Any = lxml_html.fromstring((corpus / name).read_bytes())
            body = tree.text_content()
        yield Page(
            file=row["file"],
            source=row["source"],
            url=row["url"] or _ELSEWHERE,
            language=row["html_lang"] or "",
            expected=expected,
            html=(corpus / row["file"]).read_bytes(),
            body=body,
        )


# ------------------------------------------------------------------ two readers


def ours(page: Page, sandbox: Sandbox) -> Found:
    """Through the same door as a page that was fetched."""
    try:
        content = sandbox.call(
            draft_article,
            page.html,
            url=page.url,
            headers={"content-type": "text/html"},
            settings=SourceSettings(url=page.url),
            now=datetime.now(UTC),
        ).content
    except (ParseError, SandboxError) as error:
        return Found(error=str(error))
    return Found(
        title=content.title,
        authors=tuple(person.name for person in content.authors),
        date=content.published_at,
        raw_date=content.date_raw,
        day_only=content.date_precision == "day",
        image=content.image.url if content.image else "",
        language=content.language,
        summary=content.standfirst,
        categories=tuple(one.term for one in content.categories),
        text=content.text,
    )


def alone(page: Page) -> Found:
    """trafilatura by itself, with all it knows of a page."""
    found: Any = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True)
    if found is None:
        return Found(error="nothing")
    said = found.as_dict()
    date = datetime.fromisoformat(said["date"]).replace(tzinfo=UTC) if said["date"] else None
    return Found(
        title=said["title"] or "",
        authors=tuple(part.strip() for part in (said["author"] or "").split(";")),
        date=date,
        day_only=True,
        image=said["image"] or "",
        language=said["language"] or "",
        summary=said["description"] or "",
        categories=tuple(said["categories"] or ()) + tuple(said["tags"] or ()),
        text=said["text"] or "",
    )


# ------------------------------------------------------------------ right or wrong


def key(text: str) -> str:
    """Letters and digits, case folded."""
    folded = unicodedata.normalize("NFKC", unescape(text)).casefold()
    return "".join(char for char in folded if char.isalnum())


def same_people(wanted: str, found: Sequence[str]) -> bool:
    """The same names in the same order, whatever joins them."""
    names = re.split(r",|;|&|/|\band\b|\bet\b|\by\b|\bund\b", wanted)
    return bool(found) and [*map(key, filter(str.strip, names))] == [*map(key, found)]


def tokens(text: str) -> Counter[str]:
    """Words; single characters where words are not parted by spaces."""
    return Counter(re.findall(rf"[^\W{_DENSE}]+|[{_DENSE}]", text.casefold()))


def f1(wanted: str, found: str) -> float:
    """Precision and recall of words in one number."""
    one, other = tokens(wanted), tokens(found)
    common = sum((one & other).values())
    total = sum(one.values()) + sum(other.values())
    return 2 * common / total if total else 1.0


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _within(page: Page, found: Found, days: int) -> float:
    """By days of UTC."""
    if not found.date:
        return 0.0
    apart = abs(found.date.date() - _moment(page.expected["date"]).date())
    return float(apart <= timedelta(days=days))


def _same_day(page: Page, found: Found) -> float:
    return _within(page, found, 0)


def _within_a_day(page: Page, found: Found) -> float:
    return _within(page, found, 1)


def _same_time(page: Page, found: Found) -> float:
    return float(found.date == _moment(page.expected["date"]) and not found.day_only)


def _local_day(page: Page, found: Found) -> float:
    """By the calendar of the site: as it writes the day, and where its readers live."""
    zone = _ZONES.get(page.language[:2].lower(), "")
    at = _moment(page.expected["date"])
    wanted = at.astimezone(ZoneInfo(zone)) if zone and at.time() != datetime.min.time() else at
    return float(wanted.date() in {found.date and found.date.date(), _written(found)})


def _written(found: Found) -> date | None:
    """The day of an ISO date with its zone, before it became UTC."""
    try:
        return datetime.fromisoformat(found.raw_date).date()
    except ValueError:
        return None


def _share(page: Page, found: Found, *, wanted: bool) -> float:
    """Of the phrases that must, or must not, be in the body; ours has its standfirst apart."""
    phrases = page.expected["body_with" if wanted else "body_without"]
    text = key(f"{found.summary} {found.text}" if wanted else found.text)
    return sum((key(phrase) in text) == wanted for phrase in phrases) / len(phrases)


def _subjects(page: Page, found: Found) -> float:
    wanted = {
        *map(key, page.expected.get("categories", ())),
        *map(key, page.expected.get("tags", ())),
    }
    return len(wanted & {*map(key, found.categories)}) / max(len(wanted), 1)


# field shown -> (needs one of these in the manifest, how right it is)
FIELDS: dict[str, tuple[str, Callable[[Page, Found], float]]] = {
    "title": ("title", lambda page, found: float(key(page.expected["title"]) == key(found.title))),
    "author": (
        "author",
        lambda page, found: float(same_people(page.expected["author"], found.authors)),
    ),
    "date, same UTC day": ("date", _same_day),
    "date, within a day": ("date", _within_a_day),
    "date, the site's own day": ("date", _local_day),
    "date, to the second": ("date", _same_time),
    "lead image": (
        "lead_image",
        lambda page, found: float(page.expected["lead_image"] == found.image),
    ),
    "summary": (
        "summary",
        lambda page, found: float(key(page.expected["summary"]) == key(found.summary)),
    ),
    "language": (
        "language",
        lambda page, found: float(page.expected["language"][:2] == found.language[:2]),
    ),
    "subjects, share": ("categories", _subjects),
    "body has, share": ("body_with", lambda page, found: _share(page, found, wanted=True)),
    "body has not, share": ("body_without", lambda page, found: _share(page, found, wanted=False)),
    "body, mean F1": ("body_text_file", lambda page, found: f1(page.body, found.text)),
    "body as HTML, mean F1": ("body_html_file", lambda page, found: f1(page.body, found.text)),
}


@dataclass(slots=True, kw_only=True)
class Run:
    """What came of all pages."""

    scores: Scores
    refused: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def run(corpus: Path) -> Run:
    """Every page, read by both."""
    done = Run(scores={}, seconds={"ours": 0.0, "trafilatura": 0.0})
    with contextlib.closing(Sandbox(workers=1)) as sandbox:
        for page in pages(corpus):
            began = time.monotonic()
            mine = ours(page, sandbox)
            between = time.monotonic()
            theirs = alone(page)
            done.seconds["ours"] += between - began
            done.seconds["trafilatura"] += time.monotonic() - between
            if mine.error:
                done.refused.append(f"{page.file}: {mine.error}")
            for name, (needed, right) in FIELDS.items():
                if needed in page.expected:
                    _add(done.scores, page, name, right(page, mine), right(page, theirs), mine)
    return done


def _add(scores: Scores, page: Page, name: str, mine: float, theirs: float, found: Found) -> None:
    score = scores.setdefault((page.source, name), Score())
    score.pages += 1
    score.ours += mine
    score.alone += theirs
    if mine < 1 and not name.startswith("body"):
        wanted = page.expected[FIELDS[name][0]]
        shown = {"title": found.title, "author": found.authors, "lead image": found.image}
        got = shown.get(name, found.date if name.startswith("date") else found.summary)
        score.missed.append(f"{page.file}: {wanted!r:.160} is not {got!r:.160}")


# ------------------------------------------------------------------ the table


def below(done: Run) -> list[str]:
    """Floors that are not met."""
    found = []
    for (source, name), floor in FLOORS.items():
        score = done.scores[source, name]
        reached = score.ours / score.pages if floor < 1 else score.ours
        if round(reached, 3) < floor:
            found.append(f"{source}, {name}: {reached:.3f} is below {floor}")
    return found


def table(done: Run) -> Iterator[str]:
    """A row for each source and field."""
    yield f"{'source':<30}{'field':<30}{'pages':>6}{'right':>9}{'floor':>8}{'trafilatura':>13}"
    for (source, name), score in sorted(done.scores.items(), key=lambda one: one[0][0]):
        share = "share" in name or "F1" in name
        shown = [score.ours, score.alone]
        if share:
            shown = [one / score.pages for one in shown]
        right, theirs = (f"{one:.3f}" if share else f"{one:.0f}" for one in shown)
        floor = FLOORS.get((source, name), "hint" if source in HINTS else "")
        yield f"{source:<30}{name:<30}{score.pages:>6}{right:>9}{floor!s:>8}{theirs:>13}"
    yield f"\nRefused as no article: {len(done.refused)}"
    yield from (f"  {one}" for one in done.refused)
    yield "Seconds: " + ", ".join(f"{who} {took:.1f}" for who, took in done.seconds.items())


def main() -> int:
    """Run and print; 1 when a floor is not met. `--missed` shows every wrong value."""
    corpus = Path(os.environ.get("SYNDICATOR_CORPUS", ""))
    if not (corpus / "articles/manifest.json").is_file():
        print("SYNDICATOR_CORPUS does not point to the corpus", file=sys.stderr)
        return 2
    done = run(corpus)
    print("\n".join(table(done)))
    if "--missed" in sys.argv:
        for (source, name), score in done.scores.items():
            print(*([f"\n{source}, {name}:", *score.missed] if score.missed else []), sep="\n  ")
    wrong = below(done)
    print(*(["\nBelow the floor:", *wrong] if wrong else ["\nEvery floor is met."]), sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
