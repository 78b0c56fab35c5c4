"""What an abbreviation stands for is shown beside it: a keyboard must be able to reach it.

Only the first of each on a page is a stop, so that pressing Tab through a chapter stays quick;
a pointer or a finger reaches all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from handbook.markdown.context import Context

# A stop inside a link or a fold's title would be one inside another; headings are copied elsewhere.
LEFT_OUT = {"a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "summary"}
# After the abbreviations have been marked (7).
PRIORITY = 6.5


def register(md: Markdown, _context: Context) -> None:
    """Adds the tab stops."""
    md.treeprocessors.register(_Terms(md), "hb_terms", PRIORITY)


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
