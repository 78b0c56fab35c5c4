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
    from playwright.sync_api import Browser, Page, Request

    from handbook.bench import Bench

BUTTON = "[data-hb-search]"
DIALOG = ".hb-search"
INPUT = f"{DIALOG}__input"
HIT = f"{DIALOG}__hit"
# What only search fetches.
OURS = re.compile(r"pagefind|search-")
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 9.4e4}
PATIENCE_MS = 20_000
# Types as fast as can be. A whole answer is one that the dialog calls so; a title is on the page
# before.
ANSWER = """async ({button, dialog, input, hit, query, title, open, patience}) => {
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
    const hits = () => [...document.querySelectorAll(hit)];
    const whole = () => document.querySelector(dialog).dataset.answered === query && hits().length;
    const named = () => hits().some((each) => each.textContent.toLowerCase().includes(title));
    await until(title ? named : whole);
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
        HandbookError: The site has no search.
        playwright.sync_api.Error: A search has no answer.
    """
    project, site = built_handbook(bench)
    queries = queries_of(project.docs / "serving" / "chapter-050" / "index.md")
    with serving(site) as address:
        yield from _cost_rows(bench, address, queries)
        yield from _time_rows(bench, address, queries)
    yield from _quality_rows(bench)


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
    before, first = search_bytes(bench.browser, address, queries.first)
    how = f"what only search fetches, on a first visit, {CHAPTERS} chapters"
    yield Row("search", "bytes before search is opened", before / 1e3, "kB", Bar(0), how)
    how = f"from the click to the whole answer, bodies as they travel, {CHAPTERS} chapters"
    yield Row("search", "first search, first results", first / 1e3, "kB", Bar(195), how)


def search_bytes(browser: Browser, address: str, query: str = "ranking") -> tuple[int, int]:
    """Returns the bytes that search fetches before it is opened, and for a first search.

    Args:
        browser: A browser.
        address: The site's address.
        query: What is searched for.
    """
    with _visit(browser, address) as (page, asked):
        seen = len(asked)
        _answer(page, query, opened=True)
        page.wait_for_load_state("networkidle")
        unopened = [each for each in asked[:seen] if OURS.search(each.url)]
        return _bytes(unopened), _bytes(asked[seen:])


def _time_rows(bench: Bench, address: str, queries: Queries) -> Iterator[Row]:
    times: dict[str, list[float]] = {name: [] for name in ("fast", "slow", "warm", "title")}
    for _ in range(bench.runs):
        with _visit(bench.browser, address) as (page, _asked):
            times["fast"].append(_answer(page, queries.first, opened=True))
            page.wait_for_load_state("networkidle")
            times["warm"].append(_answer(page, queries.second))
            times["title"].append(_answer(page, queries.title, title=queries.title.lower()))
        with _visit(bench.browser, address, slow=True) as (page, _asked):
            times["slow"].append(_answer(page, queries.first, opened=True))
    runs = f"median of {bench.runs}"
    meant = (
        ("fast", "open to first result", 350, f"click to the whole answer, typed at once; {runs}"),
        ("slow", "open to first result, slow link", 2000, f"1.6 Mbit/s, 150 ms; {runs}"),
        ("warm", "warm search", 100, f"another word, from input to the whole answer; {runs}"),
        ("title", "title hit", 50, f"a chapter's title, from input to its link; {runs}"),
    )
    for name, what, most, how in meant:
        yield measured("search", what, times[name], "ms", Bar(most), how)


def _quality_rows(bench: Bench) -> Iterator[Row]:
    from handbook.search.quality import QUERIES, score

    found = score(bench.address, bench.browser)
    how = f"`{QUERIES}` typed into the dialog of this handbook"
    enough = Bar(95, at_least=True)
    first, top = found.first("queries"), found.in_top("typos")
    yield Row("search", "queries, right page first", 100 * first, "%", enough, how)
    yield Row("search", "typos, right page in the first three", 100 * top, "%", enough, how)
    how = f"{how}; not there: {'; '.join(found.missed(3)) or 'none'}"
    share = 100 * found.in_top()
    yield Row("search", "all, right page in the first three", share, "%", enough, how)


@contextmanager
def _visit(
    browser: Browser, address: str, *, slow: bool = False
) -> Iterator[tuple[Page, list[Request]]]:
    """Opens the start page as a new reader and yields it with what it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
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


def _answer(page: Page, query: str, *, title: str = "", opened: bool = False) -> float:
    """Searches, and returns after how many milliseconds the answer, or a title, is there."""
    asked: dict[str, Any] = {"button": BUTTON, "dialog": DIALOG, "input": INPUT, "hit": HIT}
    asked |= {"query": query, "title": title, "open": opened, "patience": PATIENCE_MS}
    return float(page.evaluate(ANSWER, asked))


def _bytes(asked: list[Request]) -> int:
    local = [each for each in asked if not each.url.startswith(("data:", "blob:"))]
    return sum(each.sizes()["responseBodySize"] for each in local)
