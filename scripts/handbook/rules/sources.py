"""Everything that the rules over the sources look at, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from handbook import chapters
from handbook.chapters import Chapter
from handbook.estimate import estimates
from handbook.expressions import Scope
from handbook.project import Project
from handbook.report import Problem

if TYPE_CHECKING:
    from handbook.drawing.figure import FigureSource


@dataclass(frozen=True)
class NavEntry:
    """A line of the navigation that names a page, relative to `docs/`, or another address."""

    page: str
    line: int


class Sources:
    """Everything the rules look at, read once.

    Attributes:
        project: The checkout.
        pages: Every page that can be read.
        unreadable: What could not be read.
        scope: The names that expressions in the prose may use.
        figure_problems: What is wrong with files of figures, once `figures` was asked for.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pages, self.unreadable = chapters.read_all(project)
        self.scope = Scope(project)
        self.figure_problems: list[Problem] = []

    @cached_property
    def estimates(self) -> dict[str, Path]:
        """The files of the chapters' estimates by slug."""
        return estimates(self.project)

    @cached_property
    def by_page(self) -> dict[str, Chapter]:
        """The pages by their path under `docs/`."""
        return {page.page: page for page in self.pages}

    @cached_property
    def figures(self) -> dict[str, FigureSource]:
        """The figures by id."""
        from handbook import drawing

        return {
            figure.id: figure
            for figure in drawing.catalogue(self.project, problems=self.figure_problems)
        }

    @cached_property
    def nav(self) -> tuple[list[NavEntry], list[Problem]]:
        """The pages that the navigation names, and what is wrong with its file."""
        return read_nav(self.project)

    @cached_property
    def outside_nav(self) -> Callable[[str], bool]:
        """Whether a page is left out on purpose: `not_in_nav` and `exclude_docs`."""
        return _matcher(self.project, "not_in_nav", "exclude_docs")


def read_nav(project: Project) -> tuple[list[NavEntry], list[Problem]]:
    """Reads the pages that the navigation names, with their lines.

    Args:
        project: The checkout.
    """
    try:
        root = chapters.compose(project.config.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        said = getattr(error, "problem", None) or "is not YAML"
        return [], [Problem(project.config, line, column, "nav-yaml", said)]
    nav = value_of(root, "nav")
    return list(_entries(nav)) if nav else [], []


def value_of(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """Returns the node of a field of a mapping; None where there is none.

    Args:
        node: A mapping, or anything else.
        name: The field.
    """
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _entries(node: yaml.Node) -> Iterator[NavEntry]:
    if isinstance(node, yaml.ScalarNode):
        if str(node.value).endswith(".md"):
            yield NavEntry(str(node.value), node.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _entries(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _entries(value)


def _matcher(project: Project, *fields: str) -> Callable[[str], bool]:
    import pathspec

    root = chapters.compose(project.config.read_text(encoding="utf-8"))
    nodes = [value_of(root, name) for name in fields]
    lines = "\n".join(str(node.value) for node in nodes if isinstance(node, yaml.ScalarNode))
    return pathspec.GitIgnoreSpec.from_lines(lines.splitlines()).match_file
