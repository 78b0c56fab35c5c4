"""`handbook bench`: measures the handbook against its bars and prints one table.

Times are measured here and never asserted in tests: machines differ and are noisy. What does not
depend on the machine (bytes, requests, axe's findings) is held by `tests/budget.toml`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.bench.table import Row, markdown, plain
from handbook.build import build_into, source_date, step
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.webserver import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Each section, and the function that yields its rows. Imported only when it runs: a machine
# without a browser still measures builds.
SECTIONS = {
    "pages": "handbook.bench.pages:page_rows",
    "axe": "handbook.bench.pages:axe_rows",
    "lighthouse": "handbook.bench.lighthouse:lighthouse_rows",
    "search": "handbook.bench.searching:search_rows",
    "figures": "handbook.bench.builds:figure_rows",
    "check": "handbook.bench.builds:check_rows",
    "builds": "handbook.bench.builds:build_rows",
    "preview": "handbook.bench.preview:preview_rows",
}
Section = Callable[["Bench"], Iterable[Row]]


class Bench:
    """One run: what is measured, and what several sections share.

    Attributes:
        project: The checkout.
        runs: How often each time is taken.
        figures: How many synthetic figures are drawn.
    """

    def __init__(self, project: Project, runs: int, figures: int, stack: ExitStack) -> None:
        self.project = project
        self.runs = runs
        self.figures = figures
        self._stack = stack

    @cached_property
    def folder(self) -> Path:
        """A folder that is gone after the run."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="handbook-")))

    @cached_property
    def address(self) -> str:
        """The address of the handbook's own site, built once for this run and served.

        Raises:
            HandbookError: It does not build.
        """
        site = self.folder / "site"
        address = self._stack.enter_context(serving(site))
        # The site believes to be where it is measured: its canonical addresses are true.
        before = os.environ.get("SITE_URL")
        os.environ["SITE_URL"] = address
        try:
            problems = build_into(self.project, site)
        finally:
            os.environ.pop("SITE_URL")
            if before is not None:
                os.environ["SITE_URL"] = before
        if problems:
            raise HandbookError(problems)
        return address

    @cached_property
    def site(self) -> Path:
        """The folder of the site that `address` serves."""
        return self.folder / "site" if self.address else self.folder

    @cached_property
    def browser(self) -> Browser:
        """The browser, started once.

        Raises:
            HandbookError: There is none.
        """
        from handbook.browser import chromium

        return self._stack.enter_context(chromium())


def run_bench(project: Project, args: argparse.Namespace) -> int:
    """Measures, and prints one table; fails only on what it was asked wrongly.

    Args:
        project: The checkout.
        args: `only` names sections, `runs` says how often times are taken, `figures` how many
            are drawn, `json` names a file for the figures, `write_budget` sets the budget anew.

    Raises:
        HandbookError: A section is unknown, or the budget cannot be measured.
    """
    with ExitStack() as stack:
        bench = Bench(project, args.runs, args.figures, stack)
        if args.write_budget:
            from handbook.bench.budget import write_budget

            print(f"Wrote {project.relative(write_budget(bench))}")
            return 0
        rows = list(measure(bench, _chosen(project, args.only)))
    print(f"\n{_machine(project)}\n\n{markdown(rows)}")
    if args.json:
        Path(args.json).write_text(json.dumps(plain(rows), indent=2) + "\n", encoding="utf-8")
    return 0


def _chosen(project: Project, only: str) -> list[str]:
    names = [name.strip() for name in only.split(",")] if only else list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        said = f"no section is called {', '.join(unknown)}"
        fix = f"--only {','.join(SECTIONS)}"
        raise HandbookError([Problem(project.root, 0, 0, "bench-section", said, fix)])
    return names


def measure(bench: Bench, names: Iterable[str]) -> Iterator[Row]:
    """Runs sections. One that cannot run costs a row and a line, and the others still come.

    Args:
        bench: The run.
        names: Of `SECTIONS`.
    """
    for name in names:
        step(f"Measuring: {name}")
        module, _, function = SECTIONS[name].partition(":")
        section: Section = getattr(import_module(module), function)
        try:
            yield from section(bench)
        except _failures() as error:
            problems = _problems(name, error)
            for problem in problems:
                print(problem.text(bench.project.root), file=sys.stderr, flush=True)
            yield Row(name, "the rest of this section", None, "", how=problems[0].message)


def _failures() -> tuple[type[Exception], ...]:
    """Returns what a section may raise: ours, and what the browser's driver says."""
    try:
        from playwright.sync_api import Error
    except ImportError:
        return (HandbookError,)
    return HandbookError, Error


def _problems(name: str, error: Exception) -> list[Problem]:
    if isinstance(error, HandbookError):
        return error.problems
    said = next(iter(str(error).splitlines()), type(error).__name__)
    return [Problem("browser", 0, 0, "bench-failed", f"{name}: {said}")]


def _machine(project: Project) -> str:
    """Says on what and when, for whoever reads the table later."""
    python = f"Python {platform.python_version()}"
    committed = datetime.fromtimestamp(int(source_date(project)), UTC)
    dated = f"last commit of {committed:%Y-%m-%d %H:%M} UTC"
    return f"{os.cpu_count()} processors, {platform.system()}, {python}, {dated}"
