"""The committed budget: what pages may weigh and ask for, and what axe may find. Never times."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.bench.pages import (
    KINDS,
    MORE_TEMPLATES,
    TEMPLATES,
    Visit,
    axe_findings,
    axe_script,
    heaviest_visit,
)
from handbook.bench.searching import search_bytes
from handbook.project import Project
from handbook.report import Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from handbook.bench import Bench

FILE = "tests/budget.toml"
HERE = Path(__file__).parent
RAISE = "make it lighter, or on purpose: handbook bench --write-budget"
# Room for an edit of the text; a feature of any size does not fit in.
HEADROOM = 1.05
STEP = 100
HEAD = """\
# What a first visit may fetch and what axe may find; `tests/test_budget.py` holds the site to it.
# Bytes are those of the bodies, gzip -9, the heavier of a wide screen and a phone. Written by
# `handbook bench --write-budget`, with five percent of room. To raise a figure is to say so here.
"""
Budget = dict[str, dict[str, int]]


def allowances(found: Mapping[str, Mapping[str, int]]) -> Budget:
    """Returns a budget that what was measured fits in with a little room.

    Args:
        found: The figures of each template, as `page_figures` returns them.
    """
    return {
        name: {key: _allowance(key, value) for key, value in figures.items()}
        for name, figures in found.items()
    }


def _allowance(key: str, value: int) -> int:
    """Bytes get a little room; what is counted gets none."""
    return math.ceil(value * HEADROOM / STEP) * STEP if key.endswith("_bytes") else value


def page_figures(visit: Visit) -> dict[str, int]:
    """Returns what a budget knows of a first visit.

    Args:
        visit: The visit.
    """
    figures = {f"{kind.lower()}_bytes": visit.sizes[kind] for kind in KINDS if visit.sizes[kind]}
    return figures | {
        "all_bytes": visit.total,
        "requests": visit.requests,
        "foreign_requests": len(visit.foreign),
        "cookies": visit.cookies,
        "service_workers": visit.workers,
    }


def problems(file: Path, budget: Budget, found: Mapping[str, Mapping[str, int]]) -> list[Problem]:
    """Returns one finding for every figure that grew past its budget, or that has none.

    Args:
        file: Where the budget stands.
        budget: What is allowed.
        found: What was measured, by template.
    """
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [
        problem
        for name, figures in found.items()
        for problem in _over(file, lines, name, budget.get(name, {}), figures)
    ]


def _over(
    file: Path, lines: list[str], name: str, allowed: Mapping[str, int], found: Mapping[str, int]
) -> Iterator[Problem]:
    for key, value in found.items():
        most = allowed.get(key, 0)
        if value > most:
            said = f"{name}: {key} is {value:,}, and {most:,} is allowed"
            yield Problem(file, _line(lines, name, key), 0, "budget-exceeded", said, RAISE)


def _line(lines: list[str], name: str, key: str) -> int:
    """Returns the line of a figure, or of its template, or 0."""
    if f'["{name}"]' not in lines:
        return 0
    start = lines.index(f'["{name}"]')
    for at in range(start + 1, len(lines)):
        if lines[at].startswith("["):
            break
        if lines[at].startswith(f"{key} ="):
            return at + 1
    return start + 1


def read_budget(project: Project) -> Budget:
    """Reads the committed budget.

    Args:
        project: The checkout.
    """
    text = (project.root / FILE).read_text(encoding="utf-8")
    return {name: dict(figures) for name, figures in tomllib.loads(text).items()}


def measure(
    project: Project, browser: Browser, address: str, *, axe: bool = True
) -> dict[str, dict[str, int]]:
    """Measures every template of a served site, and its search.

    Args:
        project: The checkout.
        browser: A browser.
        address: The site's address.
        axe: Whether to ask axe too, which takes longest.
    """
    script = axe_script(project.root)
    found = {
        each.name: page_figures(heaviest_visit(browser, address, each.path)) for each in TEMPLATES
    }
    for each in (*TEMPLATES, *MORE_TEMPLATES) if axe else ():
        count = axe_findings(browser, address, each.path, script).total()
        found.setdefault(each.name, {})["axe_findings"] = count
    before, first = search_bytes(browser, address)
    return found | {"search": {"unopened_bytes": before, "first_search_bytes": first}}


def write_budget(bench: Bench) -> Path:
    """Measures the handbook and writes the budget anew.

    Args:
        bench: The run.

    Returns:
        The file.
    """
    found = measure(bench.project, bench.browser, bench.address)
    file = bench.project.root / FILE
    file.write_text(HEAD + toml(allowances(found)), encoding="utf-8")
    return file


def toml(budget: Budget) -> str:
    """Returns a budget as the file holds it.

    Args:
        budget: The figures by template.
    """
    tables = []
    for name, figures in budget.items():
        lines = "".join(f"{key} = {value:_}\n" for key, value in figures.items())
        tables.append(f'\n["{name}"]\n{lines}')
    return "".join(tables)
