"""A proven number becomes a link to how it is computed.

In the source, `**69,444**<!--= news_feed.peak_qps:,.0f -->`; on the page, the number and, at the
end of the article, one entry for every expression: what it is, the formula, the formula with
its values, and the inputs with where they come from. This works without JavaScript; the site's
script shows the entry beside the number. `<!--? why -->` marks a number as assumed, in the same
way. Whether a number is right is not checked here: `handbook check` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from handbook.markdown.chapter import FOOTER
from handbook.markdown.context import Context

if TYPE_CHECKING:
    from handbook.numbers import Derivation

LITERAL = r"(?P<mark>\*\*|\*|)(?P<literal>[-+−]?\d[\d,.]*(?:e[-+]?\d+)?[%kMGTP]?)(?P=mark)"
MARKED = LITERAL + r"<!--(?P<kind>[=?])\s*(?P<body>.*?)\s*-->"
SECTION = "how-the-numbers-are-computed"
TITLE = "How the numbers are computed"
EMPHASIS = {"": "", "*": "em", "**": "strong"}
# Before raw inline HTML (90), which would take the comment; after code spans (190).
INLINE_PRIORITY = 185.0
# After the inline patterns (20): all numbers of the page are known.
SECTION_PRIORITY = 12.0


@dataclass
class Entry:
    """One expression, or one assumption, of the page.

    Attributes:
        anchor: The id of its entry in the section.
        kind: `=` proven, `?` assumed.
        body: The expression without its format, or why it is assumed.
        literal: The number as first written.
        places: The ids of the numbers that lead here.
    """

    anchor: str
    kind: str
    body: str
    literal: str
    places: list[str] = field(default_factory=list)


def register(md: Markdown, context: Context) -> None:
    """Adds both passes."""
    entries: dict[tuple[str, str], Entry] = {}
    md.inlinePatterns.register(_Number(MARKED, md, entries), "hb_number", INLINE_PRIORITY)
    md.treeprocessors.register(_Section(md, context, entries), "hb_numbers", SECTION_PRIORITY)


class _Number(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, entries: dict[tuple[str, str], Entry]) -> None:
        super().__init__(pattern, md)
        self.entries = entries

    def handleMatch(  # type: ignore[override]  # noqa: N802 (Markdown's name)
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element, int, int]:
        proven = m["kind"] == "="
        body = m["body"].rpartition(":")[0] or m["body"] if proven else m["body"]
        key = (m["kind"], body if proven else f"{m['literal']} {body}")
        entry = self.entries.get(key)
        if entry is None:
            entry = Entry(_anchor(len(self.entries) + 1), m["kind"], body, m["literal"])
            self.entries[key] = entry
        place = f"{entry.anchor}-{len(entry.places) + 1}"
        entry.places.append(place)
        style = "hb-number" if proven else "hb-number hb-number--assumed"
        link = Element("a", {"class": style, "id": place, "href": f"#{entry.anchor}"})
        link.text = AtomicString(m["literal"])
        return _emphasised(link, m["mark"]), m.start(0), m.end(0)


def _anchor(count: int) -> str:
    return f"number-{count}"


def _emphasised(link: Element, mark: str) -> Element:
    if not mark:
        return link
    outer = Element(EMPHASIS[mark])
    outer.append(link)
    return outer


class _Section(Treeprocessor):
    def __init__(
        self, md: Markdown, context: Context, entries: dict[tuple[str, str], Entry]
    ) -> None:
        super().__init__(md)
        self.context = context
        self.entries = entries

    def run(self, root: Element) -> None:
        if not self.entries:
            return
        section = Element("details", {"class": "hb-derivations", "id": SECTION})
        SubElement(section, "summary").text = TITLE
        listing = SubElement(section, "ol", {"class": "hb-derivations__list"})
        for entry in self.entries.values():
            item = SubElement(listing, "li", {"id": entry.anchor, "class": "hb-derivation"})
            self._fill(item, entry)
            _back(item, entry)
        self.entries.clear()
        end = next((at for at, el in enumerate(root) if el.get("class") == FOOTER), len(root))
        root.insert(end, section)

    def _fill(self, item: Element, entry: Entry) -> None:
        if entry.kind == "?":
            _line(item, "hb-derivation__title", f"{entry.literal}: an assumption")
            _line(item, "hb-derivation__why", entry.body)
            return
        from handbook import numbers

        try:
            derivation = numbers.derivation(entry.body)
        except Exception as error:  # an estimate is any code; the page shows what fails
            problem = self.context.problem(
                "number", f"{entry.body}: {error}", f"<!--= {entry.body}", "handbook numbers"
            )
            item.append(self.context.error(problem))
            return
        explain(item, derivation)


def explain(item: Element, derivation: Derivation) -> None:
    """Writes one derivation into its entry.

    Args:
        item: The entry, empty.
        derivation: What the number comes from.
    """
    _line(item, "hb-derivation__title", derivation.title)


def _line(item: Element, style: str, text: str) -> Element:
    line = SubElement(item, "p", {"class": style})
    line.text = AtomicString(text)
    return line


def _back(item: Element, entry: Entry) -> None:
    line = SubElement(item, "p", {"class": "hb-derivation__back"})
    for count, place in enumerate(entry.places, 1):
        link = SubElement(line, "a", {"href": f"#{place}"})
        link.text = "Back to the text" if count == 1 else f"({count})"
        link.tail = " "
