"""The handbook's one Markdown extension: figures, proven numbers, practice, tables.

It is a Python-Markdown extension and not a hook because both site generators run these and only
one runs hooks. It learns which page it works on from the generator's own processors (see
`context`), and where the checkout is by walking up from that page.
"""

from __future__ import annotations

from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

from handbook.markdown import (
    api,
    calc,
    chapter,
    code,
    figure,
    gallery,
    math,
    mock,
    number,
    practice,
    quiz,
    table,
    term,
    unit,
)
from handbook.markdown.context import Context


class HandbookExtension(Extension):
    """Registers every part; each part lives in its own module."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "repo_url": ["", "Address of the repository; unset, errors are reported by the guide"],
            "root": ["", "The checkout; found from the page or the working directory when unset"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Markdown's)
        """Adds the handbook's syntax to one converter.

        Args:
            md: The converter of one page.
        """
        context = Context(md, self.getConfig("root"), self.getConfig("repo_url"))
        practised = (practice, quiz, mock, calc)
        written = (math, number, figure, chapter, table, code, term, unit)
        for part in (api, gallery, *practised, *written):
            part.register(md, context)


def makeExtension(**kwargs: Any) -> HandbookExtension:  # noqa: N802 (the name is Markdown's)
    """Returns the extension, as Python-Markdown asks for it."""
    return HandbookExtension(**kwargs)
