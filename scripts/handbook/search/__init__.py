"""Search: what the built pages hold, as an index that Pagefind reads and one for the dialog itself.

Pagefind answers from the whole text, in WebAssembly, and loads only what a query needs. The
dialog's own index, a classic script, holds titles, headings, figures and terms: it answers at once,
corrects typos, and serves alone where a page is opened from a folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from handbook.project import Project
from handbook.report import Problem
from handbook.search.fulltext import FOLDER, scratch, write_fulltext
from handbook.search.records import read_records
from handbook.search.titles import write_titles

__all__ = ["write_search", "write_search_meanwhile"]


def write_search(project: Project, folder: Path) -> list[Problem]:
    """Writes the search index of a built site.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        One finding for each page that cannot be searched, or that names no place to lead to.
    """
    records, problems = read_records(project, folder)
    if problems:
        return problems
    write_titles(project, folder, records)
    return write_fulltext(project, folder, records)


@contextmanager
def write_search_meanwhile(project: Project, folder: Path) -> Iterator[list[Problem]]:
    """Writes the search index of a built site while the block works on its pages.

    The pages are read before the block begins, which may change them. Pagefind, a program of its
    own, is half of the work.

    Args:
        project: The checkout.
        folder: The built site.

    Yields:
        Where the findings are after the block.
    """
    records, problems = read_records(project, folder)
    if problems:
        yield problems
        return
    with scratch() as aside, ThreadPoolExecutor(1) as pool:
        # Aside, so that nobody who looks through the site meets half an index.
        written = pool.submit(write_fulltext, project, aside, records)
        write_titles(project, folder, records)
        yield problems
        problems += written.result()
        if not problems:
            shutil.rmtree(folder / FOLDER, ignore_errors=True)
            shutil.copytree(aside / FOLDER, folder / FOLDER, copy_function=shutil.copyfile)
