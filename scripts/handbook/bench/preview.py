"""How long an author waits for an edit: from a saved file to the text in an open browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.bench.builds import CHAPTERS, generated_handbook
from handbook.bench.table import Bar, Row, measured
from handbook.build import step
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from handbook.bench import Bench

BAR_S = 1.5
PATIENCE_S = 60
STARTED = re.compile(r"Preview at (http://\S+/)")
# The chapter in the middle; edited are its prose, the name of a box, and the reason of an input.
CHAPTER = "serving/chapter-050"
EDITS = {
    "chapter": ("docs/serving/chapter-050/index.md", r"It carries (?:edit\d+ )?", "It carries {} "),
    "figure": ("diagrams/serving/chapter_050.py", r'Client\("\w+"', 'Client("{}"'),
    "estimate": ("docs/serving/chapter-050/estimate.py", r'day", "[^"]*"', 'day", "drawn by {}"'),
}


def preview_rows(bench: Bench) -> Iterator[Row]:
    """Edits a chapter, a figure and an estimate under `handbook serve`, the chapter being open.

    Args:
        bench: The run.

    Raises:
        HandbookError: The preview does not start.
        playwright.sync_api.Error: An edit was never shown.
    """
    project = generated_handbook(bench)
    with _served(project) as address:
        context = bench.browser.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1e3)
        page.goto(f"{address}{CHAPTER}/")
        page.wait_for_load_state("networkidle")
        for what in EDITS:
            seconds = [_edit(project, page, what, run) for run in range(bench.runs)]
            how = f"handbook serve, {CHAPTERS} chapters, page open; median of {bench.runs}"
            yield measured("preview", f"edit to seen: {what}", seconds, "s", Bar(BAR_S), how)
        context.close()


def _edit(project: Project, page: Page, what: str, run: int) -> float:
    """Makes one edit and returns how many seconds it took to show."""
    name, pattern, changed = EDITS[what]
    token = f"edit{run}{what}" if what != "chapter" else f"edit{run}"
    edited(project.root / name, pattern, changed.format(token))
    began = time.perf_counter()
    page.wait_for_function("token => document.body.textContent.includes(token)", arg=token)
    seconds = time.perf_counter() - began
    # An author reads before the next edit, and a change within one tick of a clock is no change.
    time.sleep(0.5)
    return seconds


def edited(file: Path, pattern: str, text: str) -> None:
    """Replaces the first place in a file that a pattern fits.

    Args:
        file: The file.
        pattern: A regular expression.
        text: What stands there afterwards, word for word.

    Raises:
        HandbookError: It fits nowhere: an edit that changes nothing would never be seen.
    """
    written, count = re.subn(pattern, lambda _: text, file.read_text("utf-8"), count=1)
    if not count:
        message = f"nothing to edit: {pattern}"
        raise HandbookError([Problem(file, 0, 0, "bench-failed", message)])
    file.write_text(written, encoding="utf-8")


@contextmanager
def _served(project: Project) -> Iterator[str]:
    """Runs `handbook serve` and yields its address once it is there."""
    step(f"Starting a preview of {CHAPTERS} chapters")
    log = project.root / "serve.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "handbook.cli", "serve", "--port", "0"],
            cwd=project.root,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        found = STARTED.search(log.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.1)
    lines = log.read_text("utf-8").strip().splitlines() or ["it said nothing"]
    message = f"the preview did not start: {lines[-1]}"
    raise HandbookError([Problem(log, 0, 0, "bench-failed", message)])
