"""Everything that the rules over the sources look at, read once."""

from __future__ import annotations

import bisect
import os
import re
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
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from handbook.drawing.figure import FigureSource


FOLDERS = ("docs", "diagrams", "includes", "overrides")
_TEXTS = {".py", ".md", ".yml", ".yaml", ".html", ".css", ".js", ".json", ".svg", ".txt", ".toml"}


class Text:
    """A file of text, page or not.

    Attributes:
        path: The file.
        text: What it says.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def problem(self, offset: int, code: str, message: str, fix: str = "") -> Problem:
        """Returns a finding at an offset in the text."""
        line = bisect.bisect_right(self._starts, offset)
        return Problem(self.path, line, offset - self._starts[line - 1] + 1, code, message, fix)


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
    def files(self) -> list[Path]:
        """Every file and link in the folders that a build reads; links are not followed."""
        return sorted(self._walk())

    def _walk(self) -> Iterator[Path]:
        for name in FOLDERS:
            for folder, folders, names in os.walk(self.project.root / name):
                folders[:] = [each for each in folders if each != "__pycache__"]
                linked = [each for each in folders if Path(folder, each).is_symlink()]
                yield from (Path(folder, each) for each in (*names, *linked))
        yield self.project.config

    @property
    def texts(self) -> list[Text]:
        """Every text that was written: pages, Python, includes, templates, the configuration."""
        return self._texts[0]

    @property
    def garbled(self) -> list[Problem]:
        """The texts but pages that are no UTF-8."""
        return self._texts[1]

    @cached_property
    def _texts(self) -> tuple[list[Text], list[Problem]]:
        garbled: list[Problem] = []
        found = [Text(page.path, page.text) for page in self.pages]
        known = {text.path for text in found} | {Path(each.path) for each in self.unreadable}
        for path in self.files:
            if path.suffix in _TEXTS and path not in known and chapters.readable(path):
                try:
                    found.append(Text(path, chapters.decode(path, path.read_bytes())))
                except HandbookError as error:
                    garbled += error.problems
        return found, garbled

    @cached_property
    def names(self) -> set[str]:
        """Every file under `docs/` by its path from there, those that cannot be read too."""
        docs = self.project.docs
        return {
            path.relative_to(docs).as_posix() for path in self.files if path.is_relative_to(docs)
        }

    @cached_property
    def lowered(self) -> dict[str, str]:
        """The files under `docs/` by their names in small letters."""
        return {name.lower(): name for name in self.names}

    @cached_property
    def folders(self) -> set[str]:
        """The folders under `docs/` that hold a file, by their path from there."""
        parents = {parent for name in self.names for parent in Path(name).parents}
        return {parent.as_posix() for parent in parents}

    @cached_property
    def drafts(self) -> Callable[[str], bool]:
        """Whether a page is not published: `exclude_docs` and `draft_docs`."""
        return _matcher(self.config, "exclude_docs", "draft_docs")

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
    def config(self) -> yaml.Node | None:
        """The configuration of the site generator; None where it is not YAML."""
        try:
            return chapters.compose(_read_config(self.project))
        except (yaml.YAMLError, HandbookError):
            return None

    @cached_property
    def outside_nav(self) -> Callable[[str], bool]:
        """Whether a page is left out on purpose: `not_in_nav`, and whatever is a draft."""
        return _matcher(self.config, "not_in_nav", "exclude_docs", "draft_docs")


def read_nav(project: Project) -> tuple[list[NavEntry], list[Problem]]:
    """Reads the pages that the navigation names, with their lines.

    Args:
        project: The checkout.
    """
    try:
        root = chapters.compose(_read_config(project))
    except HandbookError as error:
        return [], error.problems
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        said = getattr(error, "problem", None) or "is not YAML"
        return [], [Problem(project.config, line, column, "nav-yaml", said, "mend this line")]
    nav = value_of(root, "nav")
    return list(_entries(nav)) if nav else [], []


def _read_config(project: Project) -> str:
    return chapters.decode(project.config, project.config.read_bytes())


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
        if node.value:
            yield NavEntry(str(node.value), node.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _entries(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _entries(value)


def _matcher(root: yaml.Node | None, *fields: str) -> Callable[[str], bool]:
    import pathspec

    nodes = [value_of(root, name) for name in fields]
    lines = "\n".join(str(node.value) for node in nodes if isinstance(node, yaml.ScalarNode))
    return pathspec.GitIgnoreSpec.from_lines(lines.splitlines()).match_file
