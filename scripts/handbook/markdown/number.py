"""A proven number becomes a link to how it is computed.

In the source, `**69,444**<!--= news_feed.peak_qps:,.0f -->`; on the page, the number and, at the
end of the article, one entry for every expression: what it is, the formula, the formula with
its values, and the inputs with where they come from. This works without JavaScript; the site's
script shows the entry beside the number. `<!--? why -->` marks a number as assumed, in the same
way. Whether a number is right is not checked here: `handbook check` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from handbook.chapters import Chapter
from handbook.derivations import Derivation, Input, derivation
from handbook.expressions import split_spec
from handbook.markdown.chapter import FOOTER
from handbook.markdown.context import Context
from handbook.quantities import Mark, find_marks

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
        anchor: The id of its entry in the section.
        kind: `=` proven, `?` assumed.
        body: The expression with its format, or why it is assumed.
        literal: The number as first written, with its unit.
        places: The ids of the numbers that lead here.
    """

    anchor: str
    kind: str
    body: str
    literal: str
    places: list[str] = field(default_factory=list)


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
        proven = mark.kind == "="
        # The same expression in two formats is explained once.
        key = (mark.kind, split_spec(mark.body)[0] if proven else f"{literal} {mark.body}")
        if key not in self.entries:
            anchor = f"number-{len(self.entries) + 1}"
            self.entries[key] = Entry(anchor, mark.kind, mark.body, literal)
        self.found.append((number, self.entries[key]))
        return TOKEN.format(len(self.found) - 1)


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
        place = f"{entry.anchor}-{len(entry.places) + 1}"
        entry.places.append(place)
        style = "hb-number" if entry.kind == "=" else "hb-number hb-number--assumed"
        link = Element("a", {"class": style, "id": place, "href": f"#{entry.anchor}"})
        link.text = AtomicString(number)
        return link, m.start(0), m.end(0)


class _Section(Treeprocessor):
    def __init__(self, md: Markdown, context: Context, numbers: Numbers) -> None:
        super().__init__(md)
        self.context = context
        self.numbers = numbers

    def run(self, root: Element) -> None:
        shown = [entry for entry in self.numbers.entries.values() if entry.places]
        if not shown:
            return
        # Searched for, a derivation would only stand in the way of the text that it explains.
        attributes = {"class": "hb-derivations", "id": SECTION, "data-search-exclude": ""}
        section = Element("details", attributes)
        SubElement(section, "summary").text = TITLE
        listing = SubElement(section, "ol", {"class": "hb-derivations__list"})
        for entry in shown:
            item = SubElement(listing, "li", {"id": entry.anchor, "class": "hb-derivation"})
            self._fill(item, entry)
            _back(item, entry)
        end = next((at for at, el in enumerate(root) if el.get("class") == FOOTER), len(root))
        root.insert(end, section)

    def _fill(self, item: Element, entry: Entry) -> None:
        if entry.kind == "?":
            _line(item, "title", f"{entry.literal}: an assumption")
            _line(item, "why", entry.body)
            return
        try:
            found = derivation(entry.body, self.context.project)
            explain(item, found, entry.literal)
        except Exception as error:  # an estimate is any code; the page shows what fails
            problem = self.context.problem(
                "number", f"{entry.body}: {error}", f"<!--= {entry.body}", "handbook numbers"
            )
            item.append(self.context.error(problem))


def explain(item: Element, found: Derivation, literal: str) -> None:
    """Writes one derivation into its entry.

    Args:
        item: The entry, empty.
        found: What the number comes from.
        literal: The number as the page writes it.
    """
    _line(item, "title", f"{_capital(_title(found))}: {literal}")
    if found.formula:
        _line(item, "formula", found.formula)
        _line(item, "formula", f"= {found.substituted} = {found.result}")
    steps = [step for step in _steps(found) if step.formula]
    if steps:
        _line(item, "where", "where")
        listing = SubElement(item, "ul")
        for step in steps:
            _step(SubElement(listing, "li"), step)
    inputs = [each for each in found.every_input() if each.kind != "constant"]
    if inputs:
        _line(item, "where", "from")
        listing = SubElement(item, "ul")
        for each in inputs:
            _input(SubElement(listing, "li"), each)


def _title(found: Derivation) -> str:
    """What the number is, in words."""
    if found.path:
        return found.title
    # An expression such as `users / 1e6` is about the one thing that it scales.
    parts = [step.title or step.name for step in found.steps]
    parts += [given.name for given in found.inputs if given.kind != "constant"]
    return parts[0] if len(parts) == 1 else found.name


def _steps(found: Derivation) -> list[Derivation]:
    """The parts of a formula and their parts, each once, what is used first standing first."""
    steps: dict[str, Derivation] = {}
    for step in found.steps:
        plain = _through(step)
        for each in (plain, *_steps(plain)):
            steps.setdefault(each.name, each)
    return list(steps.values())


def _through(step: Derivation) -> Derivation:
    """Looks through a step that only calls another: it says nothing of its own."""
    while len(step.steps) == 1 and step.formula == step.steps[0].name and step.steps[0].formula:
        step = replace(step.steps[0], name=step.name, title=step.title)
    return step


def _step(entry: Element, step: Derivation) -> None:
    SubElement(entry, "span", {"class": "hb-derivation__formula"}).text = AtomicString(
        f"{step.name} = {step.formula} = {step.substituted} = {step.result}"
    )


def _input(entry: Element, given: Input) -> None:
    entry.text = AtomicString(f"{given.name}: {given.shown} ")
    style = f"hb-derivation__kind hb-derivation__kind--{given.kind}"
    kind = SubElement(entry, "span", {"class": style})
    kind.text = given.kind
    if given.url:
        kind.tail = " "
        SubElement(entry, "a", {"href": given.url}).text = AtomicString(given.note or given.url)
    else:
        kind.tail = f" {given.note}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(item: Element, part: str, text: str) -> Element:
    line = SubElement(item, "p", {"class": f"hb-derivation__{part}"})
    line.text = AtomicString(text)
    return line


def _back(item: Element, entry: Entry) -> None:
    line = SubElement(item, "p", {"class": "hb-derivation__back"})
    for count, place in enumerate(entry.places, 1):
        link = SubElement(line, "a", {"href": f"#{place}"})
        link.text = "Back to the text" if count == 1 else f"({count})"
        link.tail = " "
