"""Finds the figures: public functions in `diagrams/**.py`. Reads sources and runs nothing."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from handbook.drawing.figure import FigureSource
from handbook.project import Project
from handbook.report import HandbookError, Problem


def catalogue(project: Project, problems: list[Problem] | None = None) -> list[FigureSource]:
    """Returns every figure of a project, by file and line.

    Args:
        project: The project.
        problems: Where findings go: files that do not parse, missing titles and descriptions,
            module names used twice.

    Raises:
        HandbookError: There are findings and no `problems` to put them in.
    """
    found: list[Problem] = []
    figures: list[FigureSource] = []
    modules: dict[str, Path] = {}
    for path in sorted(project.diagrams.rglob("*.py")):
        if path.stem in modules:
            found.append(_twice(project, path, modules[path.stem]))
            continue
        modules[path.stem] = path
        read, problems_of_file = _read(path)
        figures += read
        found += problems_of_file
    if problems is None and found:
        raise HandbookError(found)
    if problems is not None:
        problems.extend(found)
    return figures


def _twice(project: Project, path: Path, first: Path) -> Problem:
    return Problem(
        path,
        1,
        0,
        "figure-module-twice",
        f"{project.relative(first).as_posix()} has the same name, and names are figures' ids",
        "rename one of the two files",
    )


def _read(path: Path) -> tuple[tuple[FigureSource, ...], tuple[Problem, ...]]:
    try:
        status = path.stat()
    except OSError as error:
        return (), (Problem(path, 1, 0, "figure-syntax", str(error)),)
    return _parsed(path, status.st_mtime_ns, status.st_size)


# A preview asks at every edit, and only one file has changed.
@lru_cache(maxsize=1024)
def _parsed(
    path: Path, _changed: int, _size: int
) -> tuple[tuple[FigureSource, ...], tuple[Problem, ...]]:
    found: list[Problem] = []
    return tuple(_figures(path, found)), tuple(found)


def _figures(path: Path, found: list[Problem]) -> Iterator[FigureSource]:
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 0
        found.append(Problem(path, line, column, "figure-syntax", error.msg or "cannot be read"))
        return
    except (OSError, ValueError) as error:
        found.append(Problem(path, 1, 0, "figure-syntax", str(error)))
        return
    for item in tree.body:
        if isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            yield _source(path, item, found)


def _source(path: Path, item: ast.FunctionDef, found: list[Problem]) -> FigureSource:
    title, _, rest = inspect.cleandoc(ast.get_docstring(item) or "").partition("\n")
    title = title.strip().removesuffix(".")
    paragraphs = [" ".join(part.split()) for part in rest.split("\n\n") if part.strip()]
    name = f"{path.stem}/{item.name}"
    if not title:
        found.append(
            Problem(
                path,
                item.lineno,
                0,
                "figure-no-title",
                f"{name} has no docstring, whose first line is the figure's title",
                f'start {item.name} with """Title."""',
            )
        )
    elif not paragraphs:
        found.append(
            Problem(
                path,
                item.lineno,
                0,
                "figure-no-description",
                f"{name} has no description, which readers get who cannot see it",
                "add a paragraph to the docstring: what the figure shows",
            )
        )
    return FigureSource(name, title or item.name, "\n\n".join(paragraphs), path, item.lineno)
