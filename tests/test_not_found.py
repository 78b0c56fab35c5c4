"""The error page: answered at any address, it leads to what may have been meant."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.project import Project
from handbook.webserver import serving

pytestmark = [pytest.mark.build, pytest.mark.browser]


@pytest.fixture(scope="module")
def address(built: Project, site_url: str) -> Iterator[str]:
    with serving(built.site, urlsplit(site_url).path) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.fail(f"no browser (fix: {INSTALL})")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("case-study/newsfeed/", "Design a news feed"),
        ("news-feed.html", "Design a news feed"),
        ("a/b/c/glosary", "Glossary"),
        ("reference/diagram_kit/?x=1#y", "Diagram kit"),
        ("seven-steps/index.html", "The seven steps"),
        ("%E0%A4%A/tagz/", "Tags"),
    ],
)
def test_the_nearest_page_comes_first_and_opens(browser, address, asked, meant):
    page = browser.new_page()
    assert page.goto(address + asked).status == 404
    first = page.locator("[data-hb-likely] a").first
    expect(first).to_have_text(meant)
    first.click()
    page.wait_for_url(lambda url: url != address + asked)
    title = page.title()
    page.close()
    assert title.startswith(meant)


@pytest.mark.parametrize("asked", ["xyzzy/", "404.html", "q/12345/"])
def test_nothing_is_guessed_where_nothing_is_near(browser, address, asked):
    page = browser.new_page()
    page.goto(address + asked)
    expect(page.locator("[data-hb-pages]")).to_be_visible()
    expect(page.locator("[data-hb-likely]")).to_be_hidden()
    page.close()


def test_without_a_script_every_page_of_the_navigation_is_a_link(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}no/such/page/")
    expect(page.locator("[data-hb-likely]")).to_be_hidden()
    expect(page.locator("article [data-hb-search]")).to_be_hidden()
    links = page.locator("[data-hb-pages] a")
    found = [page.request.get(link.evaluate("e => e.href")).status for link in links.all()]
    context.close()
    assert len(found) > 10
    assert set(found) == {200}
