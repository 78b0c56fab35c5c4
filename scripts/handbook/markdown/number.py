"""A proven number becomes a link to how it is computed.

In the source, `**69,444**<!--= news_feed.peak_qps:,.0f -->`; on the page, the number and, at the
end of the article, one item for every expression (see `derived`). This works without JavaScript;
the site's script shows the item beside the number. `<!--? why -->` marks a number as assumed, in
the same way, or says a better ground (see `grounds`). Whether a number is right is not checked
here: `handbook check` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from handbook.chapters import Chapter
from handbook.derivations import Derivation, derivation, unscaled
from handbook.expressions import ExpressionError, Scope, split_spec
from handbook.grounds import ASSUMED, ground
from handbook.markdown.chapter import FOOTER
from handbook.markdown.context import Context
from handbook.markdown.derived import ANCHOR, Listing, title
from handbook.quantities import Mark, find_marks
from handbook.report import HandbookError

SECTION = "how-the-numbers-are-computed"
TITLE = "How the numbers are computed"
TOKEN = f"{STX}hb-number:{{}}{ETX}"
TOKEN_PATTERN = f"{STX}hb-number:(\\d+){ETX}"
COG = re.compile(
    r"(?m)^[ \t]*<!--[ \t]*\[\[\[(?:cog\b.*?\]\]\]|end\]\]\])[ \t]*-->[ \t]*$", re.DOTALL
)
# What belongs to a number but stands behind its comment.
UNIT = re.compile(r"\*{0,2}[ \u00a0]?(?:%|(?:thousand|million|billion|trillion|[kMGTP]?B|ms|s)\b)")
# After fences have been put aside (25), before raw HTML takes the comments (20).
READ_PRIORITY = 22.0
INLINE_PRIORITY = 185.0
# After the inline patterns (20), whose numbers are links by now.
SECTION_PRIORITY = 12.0


@dataclass
class Entry:
    """One expression, or one assumption, of the page.

    Attributes:
        number: Its number on the page.
        kind: `=` proven, `?` assumed.
        body: The expression with its format, or why it is assumed.
        literal: The number as first written, with its unit.
        places: How many numbers lead here.
    """

    number: int
    kind: str
    body: str
    literal: str
    places: int = 0

    @property
    def anchor(self) -> str:
        """The id of its item in the section."""
        return ANCHOR.format(self.number)


@dataclass
class Numbers:
    """The numbers of one page.

    Attributes:
        entries: What there is to explain, by kind and body.
        found: Each marked number in order: its text and its entry.
    """

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    found: list[tuple[str, Entry]] = field(default_factory=list)

    def add(self, number: str, literal: str, mark: Mark) -> str:
        """Notes one marked number and returns the token that stands for it meanwhile."""
        # The same quantity in two formats or units is explained once.
        about = _about(mark.body) if mark.kind == "=" else f"{literal} {mark.body}"
        key = (mark.kind, about)
        if key not in self.entries:
            self.entries[key] = Entry(len(self.entries) + 1, mark.kind, mark.body, literal)
        self.found.append((number, self.entries[key]))
        return TOKEN.format(len(self.found) - 1)


def _about(expression: str) -> str:
    """What an expression explains; the expression itself where nothing can be made of it."""
    try:
        return unscaled(expression)
    except ExpressionError:
        return split_spec(expression)[0]


def register(md: Markdown, context: Context) -> None:
    """Adds the three passes: read the marks, write the links, write the section."""
    numbers = Numbers()
    md.preprocessors.register(_Read(md, numbers), "hb_numbers", READ_PRIORITY)
    md.inlinePatterns.register(_Write(TOKEN_PATTERN, md, numbers), "hb_number", INLINE_PRIORITY)
    md.treeprocessors.register(_Section(md, context, numbers), "hb_numbers", SECTION_PRIORITY)


class _Read(Preprocessor):
    """Puts a token in the place of each marked number, and drops the comments."""

    def __init__(self, md: Markdown, numbers: Numbers) -> None:
        super().__init__(md)
        self.numbers = numbers

    def run(self, lines: list[str]) -> list[str]:
        self.numbers.entries.clear()
        self.numbers.found.clear()
        text = "\n".join(lines)
        if "<!--" not in text:
            return lines
        source = Chapter(Path("page.md"), "page.md", text).without_code
        parts, at = [], 0
        for mark in find_marks(source):
            if mark.number is None or mark.suffix is None:
                continue
            number = text[mark.number.start : mark.number.end]
            before = text[mark.suffix.start : mark.suffix.end]
            after = UNIT.match(text, mark.comment.end)
            literal = (number + before + (after[0] if after else "")).replace("*", "").strip()
            parts += [text[at : mark.number.start], self.numbers.add(number, literal, mark)]
            parts.append(text[mark.number.end : mark.comment.start])
            at = mark.comment.end
        return COG.sub("", "".join([*parts, text[at:]])).split("\n")


class _Write(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, numbers: Numbers) -> None:
        super().__init__(pattern, md)
        self.numbers = numbers

    def handleMatch(  # type: ignore[override]  # noqa: N802 (Markdown's name)
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element, int, int]:
        number, entry = self.numbers.found[int(m[1])]
        entry.places += 1
        assumed = entry.kind == "?" and ground(entry.body).label == ASSUMED
        style = "hb-number hb-number--assumed" if assumed else "hb-number"
        link = Element("a", {"class": style, "href": f"#{entry.anchor}"})
        if entry.places == 1:
            # Where its item leads back to.
            link.set("id", f"{entry.anchor}-1")
        link.text = AtomicString(number)
        return link, m.start(0), m.end(0)


def _unnest(root: Element) -> None:
    """Makes plain text of a number within a link: a browser ends the outer link where one begins.

    It keeps its id, since its item in the section leads back to it.
    """
    for outer in list(root.iter("a")):
        for inner in outer.findall(".//a"):
            inner.tag = "span"
            inner.attrib = {key: inner.attrib[key] for key in ("id",) if key in inner.attrib}


class _Section(Treeprocessor):
    def __init__(self, md: Markdown, context: Context, numbers: Numbers) -> None:
        super().__init__(md)
        self.context = context
        self.numbers = numbers

    def run(self, root: Element) -> None:
        _unnest(root)
        shown = [entry for entry in self.numbers.entries.values() if entry.places]
        if not shown:
            return
        # Searched for, a derivation would only stand in the way of the text that it explains.
        attributes = {"class": "hb-derivations", "id": SECTION, "data-search-exclude": ""}
        section = Element("details", attributes)
        SubElement(section, "summary").text = TITLE
        self._fill(SubElement(section, "ol", {"class": "hb-derived"}), shown)
        end = next((at for at, el in enumerate(root) if el.get("class") == FOOTER), len(root))
        root.insert(end, section)

    def _fill(self, listing: Element, shown: list[Entry]) -> None:
        scope = Scope(self.context.project)
        found = {entry.number: self._derivation(entry, scope) for entry in shown}
        derived = Listing(max(found))
        for number, each in found.items():
            if isinstance(each, Derivation):
                derived.name(number, each)
        for entry in shown:
            # The ids need not be in a row: what stands in no text has none.
            item = SubElement(listing, "li", {"id": entry.anchor})
            each = found[entry.number]
            if isinstance(each, Derivation):
                derived.write(item, entry.number, each, entry.literal)
            elif each is None:
                said = ground(entry.body)
                title(item, said.label, entry.literal, entry.number)
                SubElement(item, "p", {"class": "hb-derived__why"}).text = AtomicString(said.note)
            else:
                item.append(each)
        derived.write_rest(lambda: SubElement(listing, "li"))

    def _derivation(self, entry: Entry, scope: Scope) -> Derivation | Element | None:
        """What an expression comes from, or its error; nothing for an assumption."""
        if entry.kind == "?":
            return None
        try:
            about, whole = _about(entry.body), split_spec(entry.body)[0]
            # A format is for the number as the text has it, in its unit.
            return derivation(entry.body if about == whole else about, scope=scope)
        except HandbookError as error:
            # One broken estimate stands behind many numbers, and is one finding.
            for problem in error.problems:
                self.context.log(problem)
            return self.context.error(error.problems[0])
        except Exception as error:  # an estimate is any code; the page shows what fails
            problem = self.context.problem(
                "number", f"{entry.body}: {error}", f"<!--= {entry.body}", "handbook numbers"
            )
            return self.context.error(problem)
