"""What a first visit may fetch is committed in `budget.toml`; the built site keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from handbook.bench import budget
from handbook.bench.pages import MORE_TEMPLATES, TEMPLATES
from handbook.browser import chromium
from handbook.project import Project
from handbook.webserver import serving

REPOSITORY = Project(budget.HERE.parents[2])
COUNTED = {"requests", "foreign_requests", "cookies", "service_workers", "axe_findings"}


def test_the_budget_covers_every_template_and_lets_nothing_foreign_in():
    allowed = budget.read_budget(REPOSITORY)
    assert set(allowed) == {template.name for template in (*TEMPLATES, *MORE_TEMPLATES)} | {
        "search"
    }
    for figures in allowed.values():
        for key in COUNTED - {"requests"}:
            assert figures.get(key, 0) == 0
    for template in TEMPLATES:
        assert {"html_bytes", "css_bytes", "js_bytes"} <= set(allowed[template.name])


@pytest.fixture
def address(built: Project, site_url: str) -> Iterator[str]:
    with serving(built.site, urlsplit(site_url).path) as served:
        yield served


@pytest.mark.build
@pytest.mark.browser
def test_no_page_has_outgrown_its_budget(address):
    # That axe finds nothing, the browser tests hold for every template, theme and width.
    with chromium() as browser:
        found = budget.measure(REPOSITORY, browser, address, axe=False)
    problems = budget.problems(REPOSITORY.root / budget.FILE, budget.read_budget(REPOSITORY), found)
    assert [problem.text(REPOSITORY.root) for problem in problems] == []
