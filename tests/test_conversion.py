"""Pages converted on every processor are those that one would have made, warnings included."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page

from handbook import conversion, processes
from handbook.bench.corpus import stock_project
from handbook.project import Project

PAGES = 12
PAGE = """---
title: Page {number}
---

# Page {number}

[The next](page-{next:02d}.md#part-two) and [the start](index.md).[^note]

## Part two

{odd}

[^note]: A note of page {number}.
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Pages that link to each other, built as on a machine of three processors."""
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 3)
    ours = tmp_path / "ours"
    (ours / "docs").mkdir(parents=True)
    (ours / "includes").mkdir()
    names = [f"page-{number:02d}.md" for number in range(PAGES)]
    for number, name in enumerate(names):
        odd = "[nowhere](gone.md)" if number in (1, 10) else "Text."
        text = PAGE.format(number=number, next=(number + 1) % PAGES, odd=odd)
        (ours / "docs" / name).write_text(text, encoding="utf-8")
    (ours / "docs" / "index.md").write_text("# Home\n\nText.\n", encoding="utf-8")
    nav = "".join(f"  - {name}\n" for name in ["index.md", *names[:-1]])
    extensions = "markdown_extensions: [footnotes, toc]\n"
    (ours / "mkdocs.yml").write_text(
        f"site_name: x\ntheme: {{name: material, features: []}}\nnav:\n{nav}{extensions}"
        "validation: {links: {not_found: warn}}\n",
        encoding="utf-8",
    )
    root = tmp_path / "stock"
    root.mkdir()
    return stock_project(root, Project(ours), {})


def built(project: Project, name: str) -> tuple[dict[str, bytes], list[str]]:
    """Builds, and returns the files and the warnings, in their order."""
    folder, notes = project.root / name, Notes()
    logging.getLogger("mkdocs").addHandler(notes)
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    try:
        build(load_config(str(project.config), site_dir=str(folder)))
    finally:
        logging.getLogger("mkdocs").removeHandler(notes)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file() and path.suffix != ".gz"
    }
    return files, notes.texts


class Notes(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Counts the pages that this process converts itself, slowly, so that copies get some."""
    converted: list[str] = []
    convert, process = conversion._convert, os.getpid()

    def count(page: Page, *rest: object) -> None:
        if os.getpid() == process:
            time.sleep(0.03)
        converted.append(page.file.src_uri)
        convert(page, *rest)

    monkeypatch.setattr(conversion, "_convert", count)
    return lambda: converted


def test_the_same_pages_and_the_same_warnings_in_the_same_order(project, here):
    before = Page.render
    alone, told_alone = built(project, "alone")
    with conversion.on_every_processor():
        together, told = built(project, "together")
    assert together == alone
    assert told == told_alone
    assert Page.render is before
    assert len([text for text in told if "gone.md" in text]) == 2
    # The copies took some; those that they took are not converted again.
    assert 0 < len(here()) < PAGES + 1


def test_a_copy_that_dies_costs_nothing_but_time(project, here, monkeypatch):
    alone, _ = built(project, "alone")
    monkeypatch.setattr(conversion, "_work", lambda *_: os._exit(9))
    with conversion.on_every_processor():
        together, _ = built(project, "together")
    assert together == alone
    assert len(here()) == PAGES + 1


def test_what_a_copy_cannot_convert_fails_where_the_generator_reports_it(project, monkeypatch):
    def fail(page: Page, *_: object) -> None:
        if page.file.src_uri == "page-09.md":
            raise ValueError("no such figure")
        convert(page, *_)

    convert = conversion._convert
    monkeypatch.setattr(conversion, "_convert", fail)
    with conversion.on_every_processor(), pytest.raises(ValueError, match="no such figure"):
        built(project, "together")


def test_pages_made_from_code_stay_with_their_plugin(project, here):
    for name in ("page-08.md", "page-09.md"):
        page = project.docs / name
        page.write_text(page.read_text() + "\n::: handbook.report\n", encoding="utf-8")
    with conversion.on_every_processor():
        built(project, "together")
    assert {"page-08.md", "page-09.md"} <= set(here())


def test_one_processor_changes_nothing(monkeypatch):
    monkeypatch.setattr(processes.os, "cpu_count", lambda: 1)
    before = Page.render
    with conversion.on_every_processor():
        assert Page.render is before
