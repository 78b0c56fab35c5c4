"""The scripts of the calculators: for each a file with the functions that its page computes with.

They are made from the same Python, at each build, and are never kept: what is published cannot
differ from the estimates. A page without its script is complete and does not move.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from handbook.chapters import Chapter, read_all
from handbook.estimate import using
from handbook.markdown.calc import LANGUAGE, Calculator, calculators, compute
from handbook.project import Project
from handbook.report import HandbookError, Problem

HEAD = "/* The functions of {page}, translated from Python by `handbook build`. */\n"


def write_calculators(project: Project, folder: Path) -> list[Problem]:
    """Writes a script for each calculator of the handbook.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        What is wrong with calculators; the others are written.
    """
    problems: list[Problem] = []
    for chapter, one in every(project):
        try:
            with using(project):
                script = compute(one, project, chapter.path).script
        except HandbookError as error:
            problems += error.problems
            continue
        target = folder / one.script
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(HEAD.format(page=chapter.page) + script, encoding="utf-8")
    return problems


def every(project: Project) -> Iterator[tuple[Chapter, Calculator]]:
    """Yields every calculator that can be read, with its page.

    Args:
        project: The checkout.
    """
    for chapter in read_all(project)[0]:
        if f"```{LANGUAGE}" in chapter.text:
            for one in calculators(chapter)[0]:
                yield chapter, one
