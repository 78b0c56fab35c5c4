"""How good the search is: queries with their right answers, put to the dialog in a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUERIES = "tests/search-queries.yml"
GROUPS = ("queries", "typos")
TOP = 3
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Query:
    """What a reader types, and where it should lead.

    Attributes:
        group: `queries` or `typos`.
        text: What is typed.
        right: Addresses from the site's root, any of which is right. One without an anchor stands
            for all of its page.
    """

    group: str
    text: str
    right: tuple[str, ...]

    def is_met_by(self, url: str) -> bool:
        """Returns whether a result leads where it should.

        Args:
            url: The result's address, from the site's root.
        """
        return url in self.right or url.partition("#")[0] in self.right


@dataclass(frozen=True)
class SearchScore:
    """What came of all queries.

    Attributes:
        places: Each query with the place of its first right result, from 1; 0 where none of the
            first results is right.
    """

    places: tuple[tuple[Query, int], ...]

    def first(self, *groups: str) -> float:
        """Returns the share of queries whose first result is right.

        Args:
            groups: Which to count; all where none is named.
        """
        return self._share(1, groups)

    def in_top(self, *groups: str) -> float:
        """Returns the share of queries with a right result among the first three.

        Args:
            groups: Which to count; all where none is named.
        """
        return self._share(TOP, groups)

    def missed(self, most: int = 1) -> list[str]:
        """Returns a line for each query that has no right result among the first ones.

        Args:
            most: How many results are the first ones.
        """
        return [
            f"{query.text!r}: {query.right[0]} is {f'number {place}' if place else 'not there'}"
            for query, place in self.places
            if not 0 < place <= most
        ]

    def _share(self, most: int, groups: Iterable[str]) -> float:
        wanted = set(groups) or set(GROUPS)
        counted = [place for query, place in self.places if query.group in wanted]
        return sum(0 < place <= most for place in counted) / len(counted)


def read_queries(path: Path) -> list[Query]:
    """Reads the list of queries.

    Args:
        path: The file: for each group, what is typed and the address that is right, or several.

    Raises:
        HandbookError: It is not such a list.
    """
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [
            Query(group, str(text), tuple([right] if isinstance(right, str) else right))
            for group in GROUPS
            for text, right in read[group].items()
        ]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        said = f"no list of queries with their addresses: {' '.join(str(error).split())}"
        raise HandbookError([Problem(path, 0, 0, "search-queries", said)]) from None


def score(site_url: str, browser: Browser, queries: Iterable[Query] | None = None) -> SearchScore:
    """Types every query into the dialog of a site that is served.

    Args:
        site_url: The address of its first page.
        browser: A browser that runs.
        queries: What to type; the list of this repository where none is given.

    Raises:
        playwright.sync_api.Error: The site has no search, or a query got no answer.
    """
    if queries is None:
        queries = read_queries(Path(__file__).resolve().parents[3] / QUERIES)
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    try:
        page.goto(site_url)
        page.locator("[data-hb-search]").first.click()
        return SearchScore(tuple((query, _place(page, query)) for query in queries))
    finally:
        page.close()


def _place(page: Page, query: Query) -> int:
    met = (place for place, url in results(page, query.text) if query.is_met_by(url))
    return next(met, 0)


def results(page: Page, text: str) -> Iterator[tuple[int, str]]:
    """Yields what a question finds: the places, from 1, and addresses from the site's root.

    Args:
        page: A page on which the dialog is open.
        text: What to type.
    """
    page.locator(".hb-search__input").fill(text)
    # The titles' first answer is on the page at once; the whole one is what is scored.
    page.wait_for_function(
        "text => document.querySelector('.hb-search').dataset.answered === text", arg=text
    )
    found = page.locator(".hb-search__hit").evaluate_all("all => all.map(each => each.dataset.url)")
    yield from enumerate(found, start=1)
