"""`::: part.chapter.estimate`: an estimate that does not parse shows its error on its API page.

mkdocstrings gives up the whole build on a file that it cannot read, and a preview then answers no
page at all. So the line is looked at first, and gives way to the error until the file is mended.
"""

from __future__ import annotations

import ast
import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from handbook.estimate import failure
from handbook.markdown.context import Context

BLOCK = re.compile(r"^::: ([\w.-]+\.estimate)[ \t]*$")
# With the gallery: before fences are put aside, and long before mkdocstrings reads blocks.
PRIORITY = 28.9


def register(md: Markdown, context: Context) -> None:
    """Adds the look ahead."""
    md.preprocessors.register(_EstimateApi(md, context), "hb_api", PRIORITY)


class _EstimateApi(Preprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    def run(self, lines: list[str]) -> list[str]:
        return [self._checked(line) for line in lines]

    def _checked(self, line: str) -> str:
        block = BLOCK.match(line)
        if block is None:
            return line
        path = self.context.project.docs / (block[1].replace(".", "/") + ".py")
        if not path.is_file():
            return line  # a module of the package, such as `handbook.estimate`
        try:
            ast.parse(path.read_bytes(), str(path))
        except SyntaxError as error:
            problem = failure(path, error)
            self.context.log(problem)
            return f"`{problem.text(self.context.project.root)}`"
        return line
