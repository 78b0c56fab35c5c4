"""Finds the browser that tests and measurements drive, starts it, or says what to install."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.build import step
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VARIABLE = "HANDBOOK_BROWSER"
NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Nothing is asked of anybody but the page under test.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
LIBRARIES = "apt install libx11-6 libxrender1 libglib2.0-0 libexpat1"
DRIVER = "apt install libatomic1, which the driver's Node links to"
INSTALL = "apt install chromium, or: .venv/bin/python -m playwright install chromium"


def run_doctor(project: Project, args: argparse.Namespace) -> int:
    """Says whether this machine has what the handbook needs; installs a browser where it may.

    Args:
        project: The checkout.
        args: `browser`: look for a browser too.

    Returns:
        0 when all is there.

    Raises:
        HandbookError: Something is missing and could not be installed.
    """
    _require_graphviz(project)
    print("Graphviz: in process")
    if args.browser:
        browser = find_browser() or install_browser()
        # One line now is better than a failure of every browser test.
        with chromium(program=browser):
            pass
        print(f"Browser: {browser}")
    return 0


def _require_graphviz(project: Project) -> None:
    """The wheel carries Graphviz, but links to four libraries of the system."""
    try:
        importlib.import_module("pygraphviz")
    except ImportError as error:
        raise HandbookError(
            [Problem(project.root, 0, 0, "no-graphviz", str(error), LIBRARIES)]
        ) from None


@contextmanager
def chromium(*flags: str, program: Path | None = None) -> Iterator[Browser]:
    """Starts the browser of this machine, without a window, while the block runs.

    Args:
        flags: Flags besides those that keep it from asking anybody for anything.
        program: The browser; the first that is found where none is given.

    Raises:
        HandbookError: There is no browser, or it does not start; the message says what to do.
    """
    found = program or find_browser()
    if found is None:
        message = "no Chromium and no Chrome on this machine"
        raise HandbookError([Problem("browser", 0, 0, "no-browser", message, INSTALL)])
    with ExitStack() as stack:
        yield _launch(stack, found, [*FLAGS, *flags])


def _launch(stack: ExitStack, program: Path, flags: list[str]) -> Browser:
    try:
        from playwright.sync_api import sync_playwright

        playwright = stack.enter_context(sync_playwright())
        launched = playwright.chromium.launch(executable_path=program, args=flags)
    except Exception as error:
        # Whatever the driver raises: it is a program of its own and may not even start.
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        message = f"the browser does not start: {said}"
        raise HandbookError([Problem(program, 0, 0, "no-driver", message, DRIVER)]) from None
    stack.callback(launched.close)
    return launched


def find_browser() -> Path | None:
    """Returns a Chromium or Chrome of this machine, or nothing.

    `HANDBOOK_BROWSER` names one explicitly.
    """
    return next((path for path in _candidates() if _runs(path)), None)


def _candidates() -> Iterator[Path]:
    if os.environ.get(VARIABLE):
        yield Path(os.environ[VARIABLE])
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    yield from map(Path, PLACES)
    ours = _playwright_browser()
    if ours:
        yield ours


def _playwright_browser() -> Path | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _runs(path: Path) -> bool:
    """Tells a browser from a file of that name: a bare machine may lack its libraries."""
    if not path.is_file():
        return False
    try:
        asked = subprocess.run(
            [str(path), "--version"], capture_output=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def install_browser() -> Path:
    """Installs a browser: Debian's package where that is allowed, else Playwright's.

    Returns:
        Its program.

    Raises:
        HandbookError: Neither way worked; the message says what to install.
    """
    for command in _ways():
        step(f"No browser found: {' '.join(command[:4])} ... (once)")
        done = subprocess.run(
            command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
        found = find_browser() if done.returncode == 0 else None
        if found:
            return found
    message = "the browser tests need Chromium or Chrome, and none could be installed"
    raise HandbookError([Problem("browser", 0, 0, "no-browser", message, INSTALL)])


def _ways() -> Iterator[list[str]]:
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        update = "apt-get update -qq && " + " ".join(quiet)
        yield ["sh", "-c", update]
    yield [sys.executable, "-m", "playwright", "install", "chromium"]
