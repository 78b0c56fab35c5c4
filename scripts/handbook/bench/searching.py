"""What searching costs a reader: bytes and time, on a hundred chapters, fast and on a slow link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.bench.builds import CHAPTERS, built_handbook
from handbook.bench.table import Bar, Row, measured
from handbook.report import HandbookError, Problem
from handbook.webserver import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from handbook.bench import Bench

BUTTON = "[data-hb-search]"
INPUT = "dialog[open] input"
# An answer from the whole text shows what it found; one from the titles is a link that says it.
EXCERPT = "dialog[open] mark"
LINK = "dialog[open] a"
# What only search fetches.
OURS = re.compile(r"pagefind|search-")
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 9.4e4}
PATIENCE_MS = 20_000
ANSWER = """async ({button, input, shown, query, said, open, patience}) => {
    const until = (found) => new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`no answer to ${query}`)), patience);
        const look = () => {
            const what = found();
            if (!what) return;
            clearTimeout(timer);
            watch.disconnect();
            done(what);
        };
        const watch = new MutationObserver(look);
        const all = {subtree: true, childList: true, characterData: true, attributes: true};
        watch.observe(document.documentElement, all);
        look();
    });
    const begun = performance.now();
    if (open) document.querySelector(button).click();
    const field = await until(() => document.querySelector(input));
    field.value = query;
    field.dispatchEvent(new InputEvent("input", {bubbles: true}));
    const says = (each) => each.textContent.toLowerCase().includes(said);
    await until(() => [...document.querySelectorAll(shown)].some(says));
    return performance.now() - begun;
}"""


@dataclass(frozen=True)
class Queries:
    """What is searched for.

    Attributes:
        first: A word that many chapters hold; the index comes with it.
        second: Another, when the index is there.
        title: A chapter's whole title.
    """

    first: str
    second: str
    title: str


def search_rows(bench: Bench) -> Iterator[Row]:
    """Searches a generated handbook as a reader does.

    Args:
        bench: The run.

    Raises:
        HandbookError: The site has no search, or a search has no answer.
    """
    from playwright.sync_api import Error

    project, site = built_handbook(bench)
    queries = queries_of(project.docs / "serving" / "chapter-050" / "index.md")
    with serving(site) as address:
        try:
            yield from _cost_rows(bench, address, queries)
            yield from _time_rows(bench, address, queries)
        except Error as error:
            said = f"search did not answer: {error.message.splitlines()[0]}"
            raise HandbookError([Problem(site, 0, 0, "bench-failed", said)]) from None


def queries_of(chapter: Path) -> Queries:
    """Chooses queries from a generated chapter: two of its rarer words, and its title.

    Args:
        chapter: Its Markdown.
    """
    text = chapter.read_text(encoding="utf-8")
    title = re.search(r"(?m)^title: (.+)$", text)
    words = sorted(set(re.findall(r"\b[a-z]{8,}\b", text.partition("\n# ")[2])))
    return Queries(words[0], words[-1], title[1] if title else words[1])


def _cost_rows(bench: Bench, address: str, queries: Queries) -> Iterator[Row]:
    with _visit(bench, address) as (page, asked):
        before = [each for each in asked if OURS.search(each.url)]
        sent = _bytes(before)
        how = f"what only search fetches, on a first visit, {CHAPTERS} chapters"
        yield Row("search", "bytes before search is opened", sent / 1e3, "kB", Bar(0), how)
        seen = len(asked)
        _answer(page, queries.first, EXCERPT, queries.first[:4], opened=True)
        page.wait_for_load_state("networkidle")
        kinds = f"{len(asked) - seen} requests, bodies as they travel"
        sent = _bytes(asked[seen:])
        yield Row("search", "first search, first results", sent / 1e3, "kB", Bar(195), kinds)


def _time_rows(bench: Bench, address: str, queries: Queries) -> Iterator[Row]:
    times: dict[str, list[float]] = {name: [] for name in ("fast", "slow", "warm", "title")}
    for _ in range(bench.runs):
        with _visit(bench, address) as (page, _asked):
            times["fast"].append(_answer(page, queries.first, EXCERPT, queries.first[:4], True))
            page.wait_for_load_state("networkidle")
            times["warm"].append(_answer(page, queries.second, EXCERPT, queries.second[:4]))
            times["title"].append(_answer(page, queries.title, LINK, queries.title.lower()))
        with _visit(bench, address, slow=True) as (page, _asked):
            times["slow"].append(_answer(page, queries.first, EXCERPT, queries.first[:4], True))
    runs = f"median of {bench.runs}"
    meant = (
        ("fast", "open to first result", 350, f"click to an excerpt, typed at once; {runs}"),
        ("slow", "open to first result, slow link", 2000, f"1.6 Mbit/s, 150 ms; {runs}"),
        ("warm", "warm search", 100, f"another word, from input to an excerpt; {runs}"),
        ("title", "title hit", 50, f"a chapter's title, from input to its link; {runs}"),
    )
    for name, what, most, how in meant:
        yield measured("search", what, times[name], "ms", Bar(most), how)


@contextmanager
def _visit(
    bench: Bench, address: str, *, slow: bool = False
) -> Iterator[tuple[Page, list[Request]]]:
    """Opens the start page as a new reader and yields it with what it asked for."""
    context = bench.browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        asked: list[Request] = []
        page.on("request", lambda request: asked.append(request))
        page.goto(address, wait_until="networkidle")
        if not page.locator(BUTTON).count():
            said = f"the page has no {BUTTON}: there is nothing to search with"
            raise HandbookError([Problem(address, 0, 0, "bench-failed", said)])
        if slow:
            context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
        yield page, asked
    finally:
        context.close()


def _answer(page: Page, query: str, shown: str, said: str, opened: bool = False) -> float:
    """Searches, and returns after how many milliseconds an answer says what it should."""
    asked: dict[str, Any] = {"button": BUTTON, "input": INPUT, "shown": shown, "query": query}
    asked |= {"said": said, "open": opened, "patience": PATIENCE_MS}
    return float(page.evaluate(ANSWER, asked))


def _bytes(asked: list[Request]) -> int:
    local = [each for each in asked if not each.url.startswith(("data:", "blob:"))]
    return sum(each.sizes()["responseBodySize"] for each in local)
