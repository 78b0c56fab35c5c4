r"""Math at build time: `$x$` within a line and `$$x$$` as a block become MathML.

Money is not math: an opening `$` has no space after it, a closing one none before it and no digit
after it, so `$5 to $10` stays text. `\$` is always a plain dollar sign.
"""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor

from handbook.markdown.context import Context

INLINE = r"(?<![\\$\w])\$(?![\s$])((?:\\.|[^$\\\n\x02\x03])+?)(?<!\s)\$(?![\d$])"
BLOCK = re.compile(r"\A\s*\$\$\s*(.+?)\s*\$\$\s*\Z", re.DOTALL)
# What TeX sets between a function's name and its argument.
_THIN = "0.17em"
NAMESPACE = re.compile(r' xmlns="[^"]*"')
# Before escapes (180), so that LaTeX keeps its backslashes; after code spans (190).
INLINE_PRIORITY = 189.0
BLOCK_PRIORITY = 85.0


def register(md: Markdown, context: Context) -> None:
    """Adds both forms."""
    md.inlinePatterns.register(_Inline(INLINE, md, context), "hb_math", INLINE_PRIORITY)
    md.parser.blockprocessors.register(_Block(md, context), "hb_math", BLOCK_PRIORITY)


def mathml(latex: str, display: bool = False) -> str:
    """Returns MathML for one formula.

    Args:
        latex: The formula without its dollar signs.
        display: Whether it stands in a block of its own.

    Raises:
        ValueError: The formula cannot be read; the message says why.
    """
    if latex.count("{") - latex.count(r"\{") != latex.count("}") - latex.count(r"\}"):
        raise ValueError("braces do not match")
    try:
        markup: str = convert(latex, display="block" if display else "inline")
    except Exception as error:  # the converter raises many kinds, undocumented
        raise ValueError(str(error) or type(error).__name__) from error
    unknown = re.search(r"<mi>\\([A-Za-z]+)</mi>", markup)
    if unknown:
        raise ValueError(f"unknown command \\{unknown[1]}")
    return _short(markup)


def _short(markup: str) -> str:
    """Writes MathML without what HTML says anyway: the namespace, rows of one, numbered signs."""
    try:
        root = ElementTree.fromstring(NAMESPACE.sub("", markup))  # noqa: S314 (our own converter's)
    except ElementTree.ParseError as error:
        raise ValueError("an & stands outside a matrix") from error
    if root.get("display") == "inline":
        del root.attrib["display"]
    _unwrap(root)
    _space(root)
    return ElementTree.tostring(root, encoding="unicode")


def _unwrap(element: Element) -> None:
    for at, child in enumerate(element):
        _unwrap(child)
        # Alone in a row, an operator keeps other distances than among what is around the row.
        if child.tag == "mrow" and len(child) == 1 and not child.attrib and child[0].tag != "mo":
            element[at] = child[0]
    if element.tag == "math" and len(element) == 1 and element[0].tag == "mrow":
        # The formula is a row itself.
        element[:] = list(element[0])


def _space(element: Element) -> None:
    """Sets the name of a function apart from what it is applied to, and from a factor before it."""
    for child in element:
        _space(child)
    # Only in a row: elsewhere a child's place says what it is, as in a fraction.
    if element.tag not in ("math", "mrow", "mstyle", "mtd"):
        return
    beside = list(element)
    for before, after in reversed(list(pairwise(beside))):
        named = _is_function(before) and not _opens(after)
        if (named or (_is_function(after) and before.tag != "mo")) and "mspace" not in (
            before.tag,
            after.tag,
        ):
            element.insert(beside.index(after), Element("mspace", {"width": _THIN}))


def _is_function(element: Element) -> bool:
    """Whether it is a name such as log, or one with an index."""
    base = element[0] if element.tag in ("msub", "msup", "munder") else element
    return base.tag == "mi" and len(base.text or "") > 1 and (base.text or "").isascii()


def _opens(element: Element) -> bool:
    if element.tag == "mrow":
        return len(element) > 0 and _opens(element[0])
    return element.tag == "mo" and (element.text or "") not in ("−", "|")


class _Inline(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, context: Context) -> None:
        super().__init__(pattern, md)
        self.context = context

    def handleMatch(  # type: ignore[override]  # noqa: N802 (Markdown's name)
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[str | Element, int, int]:
        try:
            found: str | Element = self.context.md.htmlStash.store(mathml(m[1]))
        except ValueError as error:
            problem = self.context.problem("math", f"cannot read ${m[1]}$: {error}", m[0])
            found = self.context.error(problem, "span")
        return found, m.start(0), m.end(0)


class _Block(BlockProcessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md.parser)
        self.context = context

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 (Markdown's)
        return BLOCK.match(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> bool:
        block = blocks.pop(0)
        match = BLOCK.match(block)
        if match is None:
            return False
        try:
            markup = mathml(" ".join(match[1].split()), display=True)
        except ValueError as error:
            latex = " ".join(match[1].split())
            problem = self.context.problem("math", f"cannot read $${latex}$$: {error}", match[1])
            parent.append(self.context.error(problem))
            return True
        # Wide formulas scroll, so a keyboard must be able to reach them.
        box = Element("div", {"class": "hb-math", "tabindex": "0"})
        box.text = self.parser.md.htmlStash.store(markup)
        parent.append(box)
        return True
