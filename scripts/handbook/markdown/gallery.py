"""`::: figure-gallery` becomes every figure of the handbook, each with its source.

It is expanded into Markdown before anything else reads the page, so headings reach the table of
contents, figures are figures, and code is highlighted.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from handbook.markdown.context import Context
from handbook.markdown.figure import SCHEME
from handbook.project import Project
from handbook.report import HandbookError

BLOCK = re.compile(r"^::: figure-gallery[ \t]*$")
# After line ends are normalised (30), before fences are put aside (25).
PRIORITY = 29.0


def register(md: Markdown, context: Context) -> None:
    """Adds the block."""
    md.preprocessors.register(_Gallery(md, context), "hb_gallery", PRIORITY)


class _Gallery(Preprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            out += self._gallery() if BLOCK.match(line) else [line]
        return out

    def _gallery(self) -> list[str]:
        try:
            return gallery(self.context.project)
        except HandbookError as error:
            for problem in error.problems:
                self.context.log(problem)
            return ["", *(f"`{problem.text()}`" for problem in error.problems), ""]


def gallery(project: Project) -> list[str]:
    """Returns the gallery as lines of Markdown, by file and then in the order drawn there.

    Args:
        project: The checkout.
    """
    from handbook import drawing

    out: list[str] = []
    for figure in drawing.catalogue(project):
        shown = project.relative(Path(figure.path)).as_posix()
        alt = " ".join(figure.description.split()).replace("[", "(").replace("]", ")")
        # Titles say what was found and change with it; a bookmark of a figure stays.
        anchor = f"gallery-{figure.id.replace('/', '-')}"
        title = f"### {figure.title.rstrip('.')} {{ #{anchor} }}"
        out += ["", title, "", f"![{alt}]({SCHEME}{figure.id})", ""]
        out += [f'??? quote "Source of {figure.id}"', ""]
        out += ["    " + line for line in _code(Path(figure.path), figure.line, shown)]
        out.append("")
    return out


def _code(path: Path, line: int, shown: str) -> list[str]:
    return [f'```python title="{shown}"', *source_of(path, line), "```"]


def source_of(path: Path, line: int) -> list[str]:
    """Returns the lines of the function that holds a line, its decorators included.

    Args:
        path: A Python file.
        line: A line of the function, from 1.
    """
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        if first <= line <= (node.end_lineno or first):
            return text.splitlines()[first - 1 : node.end_lineno]
    return []
