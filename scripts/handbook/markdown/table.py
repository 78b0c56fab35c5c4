"""Tables scroll sideways on a phone: each gets a frame that a keyboard reaches and a name.

Written at build time; the theme would do it with a script once the page has loaded. Columns are
aligned by classes: the policy of the site stops styles that stand in a page.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from handbook.markdown.context import Context

HEADINGS = ("h1", "h2", "h3", "h4")
RAW = re.compile(f"{STX}.*?{ETX}")
ALIGNED = {
    "text-align: center;": "hb-center",
    "text-align: right;": "hb-right",
    "text-align: left;": "",
}
# After the inline patterns (20): headings have their text by now.
PRIORITY = 11.0


def register(md: Markdown, _context: Context) -> None:
    """Adds the frames."""
    md.treeprocessors.register(_Tables(md), "hb_tables", PRIORITY)


class _Tables(Treeprocessor):
    def run(self, root: Element) -> None:
        parents = {child: parent for parent in root.iter() for child in parent}
        named: Counter[str] = Counter()
        heading = ""
        for element in list(root.iter()):
            if element.tag in HEADINGS:
                # Raw HTML stands as a mark here, and would stand within the name's quotes.
                heading = " ".join(RAW.sub("", "".join(element.itertext())).split())
            elif element.tag == "table":
                named[heading] += 1
                count = f" ({named[heading]})" if named[heading] > 1 else ""
                _frame(parents[element], element, f"Table: {heading or 'data'}{count}")


def _no_empty_headers(table: Element) -> None:
    """A corner without text heads nothing: it is a plain cell."""
    for cell in table.iter("th"):
        if not len(cell) and not (cell.text or "").strip():
            cell.tag = "td"


def _align_by_class(table: Element) -> None:
    for cell in table.iter():
        style = cell.get("style", "")
        if style in ALIGNED:
            del cell.attrib["style"]
            if ALIGNED[style]:
                cell.set("class", f"{cell.get('class', '')} {ALIGNED[style]}".strip())


def _frame(parent: Element, table: Element, label: str) -> None:
    # A class keeps the theme's script from wrapping the table again.
    table.set("class", f"{table.get('class', '')} hb-table".strip())
    _no_empty_headers(table)
    _align_by_class(table)
    box = Element(
        "div", {"class": "hb-scroll", "role": "region", "tabindex": "0", "aria-label": label}
    )
    box.tail, table.tail = table.tail, None
    at = list(parent).index(table)
    parent.remove(table)
    box.append(table)
    parent.insert(at, box)
