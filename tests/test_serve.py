"""A preview follows every edit, builds only what the edit concerns, and ends cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from handbook.project import Project


class Preview:
    """A running `handbook serve` over a checkout, with the kit of that checkout."""

    def __init__(self, project: Project) -> None:
        self.project = project
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/"
        environment = {**os.environ, "PYTHONPATH": str(project.root / "scripts")}
        self.log = (project.root / "serve.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "handbook.cli", "serve", "--port", str(port)],
            cwd=project.root,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_for(self, path: str, text: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(self.address + path, timeout=20) as answer:
                    if text in answer.read().decode():
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.2)
        log = (self.project.root / "serve.log").read_text()
        pytest.fail(f"{text!r} never appeared on {path}\n{log[-3000:]}")

    def wait_for_log(self, text: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        log = self.project.root / "serve.log"
        while text not in log.read_text():
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.2)

    def edit(self, path: str, old: str, new: str) -> Callable[[], int]:
        file = self.project.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return lambda: file.write_text(text, encoding="utf-8")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def preview(new_checkout: Callable[..., Project]) -> Iterator[Preview]:
    running = Preview(new_checkout())
    yield running
    running.stop()


CHAPTER = "case-studies/news-feed/"
FIGURES = "diagrams/case-studies/news_feed.py"


@pytest.mark.build
def test_an_edited_chapter_shows(preview):
    preview.wait_for(CHAPTER, "Design a news feed")
    preview.edit(f"docs/{CHAPTER}index.md", "# Design a news feed", "# Design a fresh feed")
    preview.wait_for(CHAPTER, "Design a fresh feed")


@pytest.mark.build
def test_an_edited_estimate_shows(preview):
    preview.wait_for(CHAPTER, "a large network")
    preview.edit(f"docs/{CHAPTER}estimate.py", "a large network", "a very large network")
    preview.wait_for(CHAPTER, "a very large network")


@pytest.mark.build
def test_a_broken_figure_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(FIGURES, "def serving():", "def serving():\n    oops(")
    preview.wait_for(CHAPTER, 'data-hb-error="figure-syntax"')
    log = (preview.project.root / "serve.log").read_text()
    assert log.count(": figure-syntax: ") == 1
    mend()
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')


@pytest.mark.build
def test_broken_front_matter_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(f"docs/{CHAPTER}index.md", "level: [mid", "level: [[mid")
    preview.wait_for(CHAPTER, 'data-hb-error="front-matter-yaml"')
    preview.wait_for_log(": front-matter-yaml: ")
    mend()
    preview.wait_for(CHAPTER, "Level: Mid")


@pytest.mark.build
def test_a_broken_estimate_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(f"docs/{CHAPTER}estimate.py", "import math", "import math\noops(")
    preview.wait_for(CHAPTER, 'data-hb-error="estimate-error"')
    preview.wait_for("reference/tooling/", "estimate-error: SyntaxError")
    mend()
    preview.wait_for("reference/tooling/", "Average feed requests a second")


@pytest.mark.build
def test_a_broken_kit_is_waited_for(preview):
    path = "scripts/handbook/drawing/html.py"
    mend = preview.edit(path, "def figure_html(", "oops(\n\ndef figure_html(")
    preview.wait_for_log("kit-syntax")
    mend()
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')


@pytest.mark.build
def test_an_edited_figure_shows(preview):
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')
    text = (preview.project.root / FIGURES).read_text(encoding="utf-8")
    title = re.search(r'def serving\(\)(?: -> None)?:\n    """(.*)', text)[1]
    preview.edit(FIGURES, title, "A title that nobody wrote before")
    preview.wait_for(CHAPTER, "A title that nobody wrote before")


@pytest.mark.build
def test_an_edit_of_the_kit_itself_shows(preview):
    preview.edit("scripts/handbook/drawing/html.py", "Text description", "In other words")
    preview.wait_for(CHAPTER, "In other words")
