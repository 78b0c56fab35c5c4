"""A chapter on paper, A4 and Letter: nothing that only a screen needs, nothing hidden or cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.project import Project

pytestmark = [pytest.mark.build, pytest.mark.browser]

CHAPTER = "case-studies/news-feed/index.html"
# The text's width in CSS px: the sheet (210 mm, 8.5 in) less the margins of print.css.
SHEETS = {"A4": 673, "Letter": 695}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.fail(f"no browser (fix: {INSTALL})")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module", params=SHEETS)
def paper(request: pytest.FixtureRequest, browser: Browser, built: Project) -> Iterator[Page]:
    """The chapter as paper shows it, opened from a folder by somebody who reads in the dark."""
    context = browser.new_context(
        color_scheme="dark", viewport={"width": SHEETS[request.param], "height": 1000}
    )
    page = context.new_page()
    page.goto((built.site / CHAPTER).as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    yield page
    context.close()


def shown(page: Page, selector: str) -> list[str]:
    """The elements of a selector that take up room."""
    return page.eval_on_selector_all(
        selector,
        """found => found.filter(e => e.getClientRects().length
             && getComputedStyle(e).visibility !== 'hidden').map(e => e.outerHTML.slice(0, 90))""",
    )


def test_what_only_a_screen_needs_is_left_out(paper: Page):
    chrome = ".md-header, .md-tabs, .md-sidebar, .md-footer, .md-path, .hb-top, .headerlink, button"
    assert paper.locator(chrome).count() > 5
    assert shown(paper, chrome) == []
    assert shown(paper, ".hb-quiz__answer > summary, .hb-tools, .footnote-backref") == []


def test_every_fold_is_open_and_every_answer_is_there(paper: Page):
    assert paper.locator("article details:not([open])").count() == 0
    answers = paper.locator(".hb-quiz__reasons").count()
    assert answers > 5
    assert len(shown(paper, ".hb-quiz__reasons")) == answers
    assert len(shown(paper, ".hb-derived")) == 1


def test_figures_are_the_wide_ones_and_fit_the_column(paper: Page):
    figures = paper.locator("figure[data-figure]").count()
    assert figures > 5
    assert len(shown(paper, ".hb-view-wide svg")) == figures
    assert shown(paper, ".hb-view-narrow svg") == []
    sizes = paper.eval_on_selector_all(
        ".hb-view-wide svg",
        """found => found.map(e => [e.getBoundingClientRect(), e.closest('article')])
             .map(([box, article]) => [box.right - article.getBoundingClientRect().right,
                                       box.height])""",
    )
    # A figure is never split, so it must be lower than a sheet (17 cm at 96 px an inch).
    assert max(over for over, _ in sizes) <= 1
    assert max(height for _, height in sizes) <= 17 / 2.54 * 96 + 1
    whole = paper.eval_on_selector_all(
        "figure[data-figure], .hb-quiz, article tr",
        "found => found.filter(e => getComputedStyle(e).breakInside !== 'avoid').length",
    )
    assert whole == 0


def test_nothing_is_wider_than_the_sheet(paper: Page):
    wide = paper.evaluate(
        """[...document.querySelectorAll('article *')]
             .filter(e => e.getBoundingClientRect().right > innerWidth + 1
                          && !e.closest('svg, math'))
             .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert wide == []


def test_foreign_addresses_are_written_out_and_our_own_are_not(paper: Page):
    def after(selector: str) -> str:
        return paper.eval_on_selector(selector, "e => getComputedStyle(e, '::after').content")

    assert "https://" in after(".footnote a[href^='http']")
    assert after("article p a[href^='#number']") == "none"


def test_a_heading_stays_with_what_it_heads_and_a_table_repeats_its_head(paper: Page):
    for selector, name, wanted in (
        ("article h2", "breakAfter", "avoid"),
        ("article h3", "breakAfter", "avoid"),
        ("article thead", "display", "table-header-group"),
    ):
        found = paper.eval_on_selector_all(
            selector, f"all => all.map(e => getComputedStyle(e).{name})"
        )
        assert set(found) == {wanted}, selector


def test_without_a_script_the_answers_are_printed_too(browser: Browser, built: Project):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built.site / CHAPTER).as_uri())
    page.emulate_media(media="print")
    answer = page.locator(".hb-quiz__reasons").first.bounding_box()
    context.close()
    assert answer is not None
    assert answer["height"] > 20


def test_a_browser_makes_a_booklet_of_it(browser: Browser, built: Project, tmp_path: Path):
    context = browser.new_context()
    page = context.new_page()
    page.goto((built.site / CHAPTER).as_uri())
    file = tmp_path / "chapter.pdf"
    page.pdf(path=file, format="A4")
    context.close()
    assert 15 < sheets_of(file) < 60


@pytest.mark.parametrize("paper_size", SHEETS)
@pytest.mark.parametrize(
    "address",
    ["start/levels-and-rubric/index.html#sheet", "start/for-interviewers/index.html#scorecard"],
)
def test_a_sheet_to_fill_in_is_printed_alone_on_one_page(
    browser: Browser, built: Project, tmp_path: Path, address: str, paper_size: str
):
    context = browser.new_context()
    page = context.new_page()
    page.goto(built.site.as_uri() + "/" + address)
    page.pdf(path=tmp_path / "alone.pdf", format=paper_size)
    page.goto(built.site.as_uri() + "/" + address.partition("#")[0])
    page.pdf(path=tmp_path / "chapter.pdf", format=paper_size)
    context.close()
    assert sheets_of(tmp_path / "alone.pdf") == 1
    assert sheets_of(tmp_path / "chapter.pdf") > 5


@pytest.mark.parametrize("paper_size", SHEETS)
def test_the_cheat_sheet_is_one_page_with_everything_on_it(
    browser: Browser, built: Project, tmp_path: Path, paper_size: str
):
    context = browser.new_context()
    page = context.new_page()
    page.goto((built.site / "framework/cheat-sheet/index.html").as_uri())
    page.pdf(path=tmp_path / "sheet.pdf", format=paper_size)
    page.emulate_media(media="print")
    assert sheets_of(tmp_path / "sheet.pdf") == 1
    assert len(shown(page, ".hb-onepage table")) == 5
    assert len(shown(page, ".hb-onepage svg")) == 1
    assert len(shown(page, ".hb-onepage h2")) == 5
    assert shown(page, "article > h2, .hb-chapter, .hb-derived") == []
    # Small, for a sheet that is learnt, but no smaller than a footnote in print: 7 of 72 pt.
    sizes = page.eval_on_selector_all(
        ".hb-onepage :is(td, th, p)",
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))",
    )
    assert min(sizes) >= 7 * 96 / 72
    context.close()


def sheets_of(file: Path) -> int:
    """Pages of a PDF: leaves of a tree, whose root counts them all."""
    return max(int(count) for count in re.findall(rb"/Count (\d+)", file.read_bytes()))
