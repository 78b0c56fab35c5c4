"""What an abbreviation stands for is shown beside it: a keyboard must be able to reach it.

Every page knows those of `includes/glossary.md`. They are read once and not appended to each
page, as `pymdownx.snippets` offers: it appends to every docstring of an API page too, which took
longer than all the rest of a build.

Only the first of each on a page is a stop, so that pressing Tab through a chapter stays quick;
a pointer or a finger reaches all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.abbr import AbbrTreeprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from handbook.markdown.context import Context

# A stop inside a link or a fold's title would be one inside another; headings are copied elsewhere.
LEFT_OUT = {"a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "summary"}
GLOSSARY = "includes/glossary.md"
# After the abbreviations have been marked (7).
PRIORITY = 6.5
# Before anything is read: a page may define an abbreviation otherwise.
FIRST = 200


def register(md: Markdown, context: Context) -> None:
    """Adds the handbook's abbreviations and the tab stops."""
    md.preprocessors.register(_Glossary(md, context), "hb_glossary", FIRST)
    md.treeprocessors.register(_Terms(md), "hb_terms", PRIORITY)


class _Glossary(Preprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self._context = context

    def run(self, lines: list[str]) -> list[str]:
        file = self._context.project.root / GLOSSARY
        for marker in self.md.treeprocessors:
            if isinstance(marker, AbbrTreeprocessor) and file.is_file():
                state = file.stat()
                marker.abbrs.update(_abbreviations(file, state.st_mtime_ns, state.st_size))
        return lines


@lru_cache(maxsize=4)
def _abbreviations(file: Path, _changed_ns: int, _size_bytes: int) -> dict[str, str]:
    """What each abbreviation stands for; read again when the file has changed."""
    found = re.findall(r"(?m)^\*\[([^\]\n]+)\]:[ ]*(.+)$", file.read_text(encoding="utf-8"))
    return {name.strip(): meaning.strip() for name, meaning in found}


class _Terms(Treeprocessor):
    def run(self, root: Element) -> None:
        seen: set[str] = set()
        for term in _terms(root):
            text = term.text or ""
            if text not in seen:
                term.set("tabindex", "0")
            seen.add(text)


def _terms(element: Element) -> Iterator[Element]:
    """Every abbreviation in the order of reading, but for those where no stop may be."""
    for child in element:
        if child.tag == "abbr" and child.get("title"):
            yield child
        elif child.tag not in LEFT_OUT:
            yield from _terms(child)
