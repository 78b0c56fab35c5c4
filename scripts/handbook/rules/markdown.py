"""Markdown: what is written is what readers see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from handbook.chapters import Chapter, Heading, Tag
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import MOST, Code, Rule
from handbook.rules.sources import Sources, Text


class Headings(Rule):
    """One title, levels that go down one at a time, and words in every heading."""

    codes = (
        Code(
            "heading-empty",
            "A heading has no words, so the table of contents has an empty line.",
            "##",
            "Write the heading, or delete the line.",
        ),
        Code(
            "heading-order",
            "A page has one heading of the first level, and levels go down one at a time: readers "
            "who hear the page move by them.",
            "# Ranking\n\n### Features",
            "Change the number of `#`.",
        ),
        Code(
            "heading-space",
            "A line starts with `#` and no space. Our generator makes it a heading, a code host "
            "does not.",
            "##Features",
            "Put a space behind the `#`; where no heading is meant, write `\\#`.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields headings that mislead whoever moves by them."""
        for page in sources.pages:
            yield from islice(_headings(page), MOST)


def _headings(page: Chapter) -> Iterator[Problem]:
    before = 0
    for heading in page.headings:
        yield from _heading(page, heading, before)
        before = max(heading.level, 1)


def _heading(page: Chapter, heading: Heading, before: int) -> Iterator[Problem]:
    where = (page.path, heading.line, 0)
    if not heading.text:
        fix = "write it, or delete the line"
        yield Problem(*where, "heading-empty", "the heading has no words", fix)
    elif not heading.spaced:
        said = f"no space before {heading.text!r}"
        yield Problem(*where, "heading-space", said, "write a space behind the #, or \\#")
    if heading.level == 1 and before:
        said = f"a second heading of the first level: {heading.text!r}"
        yield Problem(*where, "heading-order", said, "start it with ##")
    elif heading.level > before + 1 and before:
        said = f"from level {before} to level {heading.level}"
        yield Problem(*where, "heading-order", said, f"start it with {'#' * (before + 1)}")


class Footnotes(Rule):
    """Every footnote that is used is defined once, and the other way round."""

    codes = (
        Code(
            "footnote-twice",
            "A footnote is defined twice on a page, and one of the sources is lost.",
            "[^covington]: Covington 2016.\n[^covington]: Covington 2019.",
            "Rename one, and cite it where it belongs.",
        ),
        Code(
            "footnote-undefined",
            "A footnote is used and nowhere defined: its sentence has no source.",
            "Watch time is predicted.[^covington]",
            "Define it: `[^covington]: who, what, when, and an address`.",
        ),
        Code(
            "footnote-unused",
            "A footnote is defined and never used: a reference tied to no claim.",
            "[^covington]: Covington 2016.",
            "Put `[^covington]` behind a claim, or delete the source.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields footnotes without their other half."""
        for page in sources.pages:
            used = {note.key for note in page.footnote_references}
            defined: set[str] = set()
            for note in page.footnote_definitions:
                where = (page.path, note.line, note.column)
                if note.key in defined:
                    said = f"the footnote {note.key!r} is defined twice"
                    yield Problem(*where, "footnote-twice", said, "rename one of the two")
                elif note.key not in used:
                    said = f"no sentence uses the footnote {note.key!r}"
                    fix = f"put [^{note.key}] behind a claim"
                    yield Problem(*where, "footnote-unused", said, fix)
                defined.add(note.key)
            for note in page.footnote_references:
                if note.key not in defined:
                    hint = did_you_mean(note.key, defined)
                    said = f"the footnote {note.key!r} is not defined{hint}"
                    fix = f"define it: [^{note.key}]: source"
                    yield Problem(
                        page.path, note.line, note.column, "footnote-undefined", said, fix
                    )


class Names(Rule):
    """An id and an abbreviation are given once."""

    codes = (
        Code(
            "abbreviation-twice",
            "An abbreviation is defined twice, on a page or in the glossary that every page "
            "knows, and one of the meanings is lost.",
            "*[ANN]: approximate nearest neighbours\n*[ANN]: artificial neural network",
            "Delete one, or write the other one out in the text.",
        ),
        Code(
            "anchor-twice",
            "Two places of a page are given the same id, so links reach only the first.",
            "## Size it { #size }\n\n## Size the cache { #size }",
            "Give one of them another id.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what is named twice."""
        shared: dict[str, str] = {}
        for text in sources.texts:
            if text.path.parent == sources.project.root / "includes":
                yield from _abbreviations(text, text.text, shared, text.path.name)
        for page in sources.pages:
            yield from _abbreviations(page, page.prose, dict(shared), "this page")
            first: dict[str, int] = {}
            for name, offset in page.explicit_ids:
                line = page.place(offset)[0]
                if name in first:
                    said = f"the id {name!r} is already in line {first[name]}"
                    yield page.problem(offset, "anchor-twice", said, "give it another id")
                first.setdefault(name, line)


def _abbreviations(
    place: Chapter | Text, text: str, known: dict[str, str], here: str
) -> Iterator[Problem]:
    for match in re.finditer(r"(?m)^\*\[([^\[\]\n]+)\]:", text):
        name = match[1]
        if name in known:
            said = f"{name!r} is already defined in {known[name]}"
            fix = "delete one of the definitions"
            yield place.problem(match.start(), "abbreviation-twice", said, fix)
        known.setdefault(name, here)


ADMONITIONS = {
    "note", "abstract", "summary", "tldr", "info", "todo", "tip", "hint", "important", "success",
    "check", "done", "question", "help", "faq", "warning", "caution", "attention", "failure",
    "fail", "missing", "danger", "error", "bug", "example", "quote", "cite",
}  # fmt: skip
_BOX = re.compile(
    r"(?m)^(?P<lead>[ \t>]*+)(?P<mark>!!!|\?\?\?\+?|===(?=[ \t]*[^\s=]))(?P<rest>[^\n]*)$"
)
_BOX_REST = re.compile(r' ?(?P<type>[\w-]+)(?: +[\w-]+)*+(?: +"[^"\n]*")? *')
_TAB_REST = re.compile(r'[!+]{0,2} +"[^"\n]*" *')
_FOREIGN_BOX = re.compile(
    r"(?m)^[ \t]*>[ \t]*\[!(?P<alert>[A-Z]+)\]|^[ \t]*:::+[ \t]*\{?(?P<fenced>"
    + "|".join(ADMONITIONS)
    + r")\b"
)


class Admonitions(Rule):
    """Boxes and tabs are written so that what belongs into them is in them."""

    codes = (
        Code(
            "admonition-body",
            "A box or a tab is empty: what follows is not indented by four spaces.",
            "!!! note\nTen candidates are enough.",
            "Indent its text by four spaces.",
        ),
        Code(
            "admonition-form",
            "A box or a tab that is not written in our syntax, so its marks are shown.",
            '!!! note "A title',
            'Write `!!! note "A title"`, `??? note "A title"` or `=== "A title"`.',
        ),
        Code(
            "admonition-type",
            "A box of a kind that the theme does not know, so it has no colour and no icon.",
            "!!! waring\n    Ten candidates are too few.",
            "Take the kind that is suggested.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields boxes that readers would see as syntax, or empty."""
        for page in sources.pages:
            for match in _BOX.finditer(page.prose):
                yield from _box(page, match)
            for match in _FOREIGN_BOX.finditer(page.prose):
                kind = (match["alert"] or match["fenced"]).lower()
                said = "a box in the syntax of another generator"
                yield page.problem(match.start(), "admonition-form", said, f"!!! {kind}")


def _box(page: Chapter, match: re.Match[str]) -> Iterator[Problem]:
    at, tab = match.start("mark"), match["mark"] == "==="
    # A title may hold code, which is blank in the prose.
    rest = page.text[match.start("rest") : match.end("rest")]
    form = (_TAB_REST if tab else _BOX_REST).fullmatch(rest)
    if form is None and not re.fullmatch(r' +"[^"\n]*" *', rest):
        said = f"{match['mark']}{rest[:40].rstrip()} is no box and no tab"
        fix = '=== "Title"' if tab else f'{match["mark"]} note "Title"'
        yield page.problem(at, "admonition-form", said, fix)
        return
    if form and not tab and form["type"].lower() not in ADMONITIONS:
        said = f"no box is called {form['type']!r}{did_you_mean(form['type'], ADMONITIONS)}"
        yield page.problem(at, "admonition-type", said, "name a kind of the theme, such as note")
    if ">" not in match["lead"]:
        wanted = len(match["lead"].expandtabs(4)) + 4
        following = re.compile(r"\n*([ \t]*)(?=\S)").match(page.text, match.end())
        if following is None or len(following[1].expandtabs(4)) < wanted:
            said = "the box is empty" if not tab else "the tab is empty"
            yield page.problem(at, "admonition-body", said, "indent its text by four spaces")


_RULE = re.compile(r"(?m)^(?P<lead>[ \t>]*)(?P<row>[|:\- \t]*-[|:\- \t]*)$")


class Tables(Rule):
    """Every row of a table has as many cells as its header."""

    codes = (
        Code(
            "table-ragged",
            "A row of a table has more or fewer cells than its header: cells are dropped or left "
            "empty in silence.",
            "| Load | Unit |\n|---|---|\n| 500 |",
            "Add or take out cells; write a bar within a cell as `\\|`.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields rows that do not fit."""
        for page in sources.pages:
            yield from islice(_tables(page), MOST)


def _tables(page: Chapter) -> Iterator[Problem]:
    lines, end = page.prose.split("\n"), 0
    for match in _RULE.finditer(page.prose):
        # The rule is the second line of its table; lines count from 1.
        rule = page.place(match.start())[0]
        if "|" not in match["row"] or rule <= end or rule < 2 or "|" not in lines[rule - 2]:
            continue
        wanted = _cells(lines[rule - 2])
        for end in range(rule, len(lines) + 1):
            if not lines[end - 1].strip(" \t>"):
                break
            cells = _cells(lines[end - 1])
            if cells != wanted:
                said = f"the row has {cells} cells, the header {wanted}"
                fix = "add or take out cells; a bar in a cell is \\|"
                yield Problem(page.path, end, 0, "table-ragged", said, fix)


def _cells(row: str) -> int:
    row = row.replace("\\|", "").strip(" \t>")
    return row.removeprefix("|").removesuffix("|").count("|") + 1


# These end by themselves, or may be left open.
_OPEN_ENDED = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
}  # fmt: skip
_TEMPLATE = re.compile(r"\{\{[^{}\n]*+\}\}|\{%[^%\n]*+%\}|<%[^%\n]*+%>")


class Html(Rule):
    """Raw HTML is whole, and nothing is left that only some generator would have replaced."""

    codes = (
        Code(
            "comment-open",
            "A comment is not closed: all that follows is hidden.",
            "<!-- a remark\n\n## Next heading",
            "End it with `-->`.",
        ),
        Code(
            "html-open",
            "An element of raw HTML is not closed, so it takes in the rest of the page. A name in "
            "angle brackets is an element too.",
            "The type is List<int> here.",
            "Close it, or write the name as code.",
        ),
        Code(
            "html-stray",
            "A tag closes what was never opened, so another element ends too early.",
            "Ten candidates.</div>",
            "Delete it, or open the element where it should begin.",
        ),
        Code(
            "link-empty",
            "A link without words, or to nowhere. Who hears the page hears only 'link'.",
            "[](index.md) and [the feed]()",
            "Write where it leads, in both brackets.",
        ),
        Code(
            "template-syntax",
            "Syntax of a template that nothing replaces here, so readers see it.",
            "Size: {{ page.size }}",
            "Write the value; a number is proven with `<!--= ... -->`. Show syntax as code.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields tags, comments and templates without their other half."""
        for page in sources.pages:
            yield from islice(_raw(page), MOST)


def _raw(page: Chapter) -> Iterator[Problem]:
    unclosed = page.prose.find("<!--")
    if unclosed >= 0:
        yield page.problem(unclosed, "comment-open", "the comment is not closed", "end it with -->")
    yield from _balance(page)
    for match in _TEMPLATE.finditer(page.prose):
        if _in_math(page.prose, match.start()):
            continue
        said = f"{match[0][:40]!r} is shown as it is written"
        yield page.problem(
            match.start(), "template-syntax", said, "write the value, or make it code"
        )
    for link in page.links:
        if (not link.image and not link.text) or link.target in ("", "#"):
            said = "the link has no words" if not link.text else "the link leads nowhere"
            fix = "write [where it leads](page.md)"
            yield Problem(page.path, link.line, link.column, "link-empty", said, fix)


def _in_math(prose: str, at: int) -> bool:
    """Whether a place is within a formula, whose braces are its own."""
    line = prose[prose.rfind("\n", 0, at) + 1 : at]
    paragraph = max(prose.rfind("\n\n", 0, at), at - 20_000, 0)
    return bool(line.count("$") % 2 or prose.count("$$", paragraph, at) % 2)


def _balance(page: Chapter) -> Iterator[Problem]:
    opened: list[Tag] = []
    counts: Counter[str] = Counter()
    for tag in page.tags:
        if tag.alone or tag.name in _OPEN_ENDED:
            continue
        if not tag.closing:
            opened.append(tag)
            counts[tag.name] += 1
        elif not counts[tag.name]:
            said = f"</{tag.name}> closes what is not open"
            yield page.problem(tag.offset, "html-stray", said, f"delete it, or write <{tag.name}>")
        else:
            while True:
                last = opened.pop()
                counts[last.name] -= 1
                if last.name == tag.name:
                    break
                yield _left_open(page, last)
    yield from (_left_open(page, tag) for tag in opened)


def _left_open(page: Chapter, tag: Tag) -> Problem:
    said = f"<{tag.name}> is not closed"
    return page.problem(tag.offset, "html-open", said, f"write </{tag.name}>, or make it code")
