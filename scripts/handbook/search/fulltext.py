"""The index of the whole text, made by Pagefind and read by it in the browser."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pagefind.service import get_executable

from handbook.project import Project
from handbook.report import Problem
from handbook.search.records import Record

FOLDER = "pagefind"
# Files here are in memory, on Linux; containers often have little of it.
MEMORY = Path("/dev/shm")  # noqa: S108 (what is made there has a name that nobody guesses)
ENOUGH = 1 << 30  # bytes; a thousand chapters need a fifth of it
# Its own dialogs, and the half of it for other languages and for workers: nothing loads them.
UNUSED = (
    "pagefind-component-ui.*", "pagefind-highlight.js", "pagefind-modular-ui.*", "pagefind-ui.*",
    "pagefind-worker.js", "wasm.unknown.pagefind",
)  # fmt: skip
# Pages made from code weigh less than this.
CODE = 0.5
# What the dialog filters by is a word that it adds to the query, one for each part and these:
# Pagefind writes filters of its own in another order each time.
KINDS = {"figure": "hbfigures", "term": "hbglossary"}
PAGE = """<!doctype html><html lang="en"><body data-pagefind-meta="{called}:{title}">
<div data-pagefind-meta="above:{above}"><div data-pagefind-meta="called:{names}"><div
data-pagefind-meta="url:{url}"><div
data-pagefind-meta="in:{within}">
<p data-pagefind-weight="{more}">{summary}</p>
<div data-pagefind-weight="{weight}">{text}</div></div></div></div></div></body></html>
"""


def write_fulltext(project: Project, folder: Path, records: Iterable[Record]) -> list[Problem]:
    """Writes `pagefind/`, with one fragment for each record that has a text.

    Sections and not pages are indexed: an answer loads the few hundred bytes that it shows.

    Args:
        project: The checkout, which a finding names.
        folder: The built site.
        records: What can be found.

    Returns:
        A finding where Pagefind is missing or fails.
    """
    target = folder / FOLDER
    shutil.rmtree(target, ignore_errors=True)
    with scratch() as pages:
        for number, record in enumerate(record for record in records if record.text):
            (pages / f"{number}.html").write_text(_page(record), encoding="utf-8")
        failed = _run(pages, target)
    if failed:
        mend = "install the locked requirements: make site"
        return [Problem(project.config, 0, 0, "search-index", failed, mend)]
    for pattern in UNUSED:
        for path in target.glob(pattern):
            path.unlink()
    return []


@contextmanager
def scratch() -> Iterator[Path]:
    """Makes a folder for many small files, in memory where that has room, and removes it.

    Pagefind takes half as long there as on a disk.

    Yields:
        The folder.
    """
    memory: Path | None = MEMORY
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH:
        memory = None
    with tempfile.TemporaryDirectory(prefix="handbook-search-", dir=memory) as name:
        yield Path(name)


def _page(record: Record) -> str:
    text = html.escape(" ".join((record.text, *record.keywords)))
    return PAGE.format(
        # The dialog weighs both: a name in code is shorter than a heading and would always win.
        called="title" if record.weight > CODE else "name",
        title=html.escape(record.title),
        above=html.escape(" / ".join(record.above)),
        names=html.escape("; ".join(record.called)),
        url=html.escape(record.url),
        within=f"{within(record.part)} {KINDS.get(record.kind, '')}".strip(),
        weight=record.weight,
        more=3 * record.weight,
        summary=html.escape(record.summary),
        text=text,
    )


def within(part: str) -> str:
    """Returns the word that the records of a part hold, as the dialog makes it too.

    Args:
        part: The part's name in the navigation.
    """
    return "hb" + re.sub(r"[^a-z]", "", part.lower())


def _run(pages: Path, target: Path) -> str:
    """Returns what went wrong, in one line."""
    try:
        # Its own folder: Pagefind would read settings from the one it is started in.
        done = subprocess.run(
            [
                str(get_executable() or "pagefind"), "--site", str(pages),
                "--output-path", str(target), "--force-language", "en", "--silent",
            ],
            cwd=pages,
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    except OSError as error:
        return f"Pagefind does not run: {error}"
    said = next(iter(done.stderr.strip().splitlines()), f"it ended with {done.returncode}")
    return f"Pagefind failed: {said}" if done.returncode else ""
