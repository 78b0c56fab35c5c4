"""A page of the handbook as it was written: front matter, headings, links, figures, fences.

The source is read once and nothing in it is rendered. Every part keeps the line and the column
where it stands in the file, so that a finding points at what the author typed.
"""

from __future__ import annotations

import bisect
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from handbook.estimate import did_you_mean
from handbook.project import Project
from handbook.report import HandbookError, Problem

LEVELS = ("mid", "senior", "staff")
HIDEABLE = ("navigation", "toc", "footer", "path", "tags")
STATUSES = ("new", "deprecated")


@dataclass(frozen=True)
class FrontMatter:
    """What stands between the two `---` of a page; an unknown field is an error.

    Attributes:
        title: The page's name in the navigation and in search.
        description: One sentence for search results and cards.
        icon: An icon's path in the theme, such as `material/rss`.
        tags: Subjects.
        level: Of the interview: `mid`, `senior`, `staff`. A page with a level is a chapter.
        minutes: Reading time.
        prerequisites: What to read or know first; Markdown links or text.
        outcomes: What the reader can do afterwards.
        checked: The day the facts were last checked.
        authors: Who wrote it.
        template: A template of the theme.
        hide: Parts of the page that are left out.
        status: `new` or `deprecated`, shown in the navigation.
        search: `exclude` or `boost` for the theme's search.
    """

    title: str = ""
    description: str = ""
    icon: str = ""
    tags: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    minutes: int = 0
    prerequisites: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    checked: date | None = None
    authors: tuple[str, ...] = ()
    template: str = ""
    hide: tuple[str, ...] = ()
    status: str = ""
    search: dict[str, Any] = field(default_factory=dict)

    @property
    def is_chapter(self) -> bool:
        """Whether the page is a chapter, which has more required fields and stricter rules."""
        return bool(self.level)


PAGE_FIELDS = ("title", "description")
CHAPTER_FIELDS = ("level", "minutes", "prerequisites", "outcomes", "checked", "authors")


@dataclass(frozen=True)
class Heading:
    """A heading: its level from 1, its plain text, and the anchor that it gets on the page."""

    level: int
    text: str
    anchor: str
    line: int
    column: int
    spaced: bool = True


@dataclass(frozen=True)
class Link:
    """A link or an image: what it shows, where it points, and where it stands.

    Attributes:
        text: What stands in the brackets.
        target: The address.
        image: Whether it is an image.
        line: Its line.
        column: Its column.
        alone: Whether nothing else stands in its lines.
    """

    text: str
    target: str
    image: bool
    line: int
    column: int
    alone: bool = True


@dataclass(frozen=True)
class FigureRef:
    """A place where a page shows a figure: `![alt](figure:id)`.

    Attributes:
        id: What stands behind `figure:`.
        alt: What stands in the brackets.
        line: Its line.
        column: Its column.
        image: Whether an exclamation mark makes it an image.
        alone: Whether nothing else stands in its lines.
    """

    id: str
    alt: str
    line: int
    column: int
    image: bool = True
    alone: bool = True


@dataclass(frozen=True)
class Fence:
    """A fenced block.

    Attributes:
        language: The first word after the fence; empty where there is none.
        info: Everything after the fence.
        body: The lines inside, without the fence's own indentation.
        line: The line of the opening fence.
        indent: Columns the fence is indented by.
        closed: Whether it ends before the page does.
        mark: The signs that open and close it.
    """

    language: str
    info: str
    body: str
    line: int
    indent: int
    closed: bool = True
    mark: str = "```"


@dataclass(frozen=True)
class Footnote:
    """A footnote's key where it is used or defined."""

    key: str
    line: int
    column: int


@dataclass(frozen=True)
class Span:
    """A stretch of the text, from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Bracket:
    """A pair of square brackets: where its text begins, where the pair ends, and what it shows."""

    start: int
    end: int
    image: bool


@dataclass(frozen=True)
class Tag:
    """A tag of raw HTML.

    Attributes:
        name: The element's, in lower case.
        closing: Whether it ends the element.
        attributes: By name in lower case, quotes taken off.
        alone: Whether it ends itself: `<br/>`.
        offset: Where it stands in the text.
    """

    name: str
    closing: bool
    attributes: dict[str, str]
    alone: bool
    offset: int


class Chapter:
    """One page's source, read once.

    Attributes:
        path: The file.
        page: Its path under `docs`, such as `case-studies/news-feed/index.md`.
        text: The whole file.
        meta: The front matter; fields that were wrong keep their defaults.
        meta_lines: The line of each field of the front matter.
        meta_problems: What is wrong with the front matter.
        body: Where the text after the front matter begins.
    """

    def __init__(self, path: Path, page: str, text: str) -> None:
        self.path, self.page, self.text = path, page, text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.body, block = _split(text)
        self.meta, self.meta_lines, self.meta_problems = _read_meta(
            path, block, text.startswith(_OPENING)
        )

    # ---- places

    def place(self, offset: int) -> tuple[int, int]:
        """Returns the line and the column, both from 1, of an offset in the text."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def problem(self, offset: int, code: str, message: str, fix: str = "") -> Problem:
        """Returns a finding at an offset in the text."""
        return Problem(self.path, *self.place(offset), code, message, fix)

    @property
    def slug(self) -> str:
        """The folder of a chapter that has one, such as `case-studies/news-feed`; else its stem."""
        return self.page.removesuffix("/index.md").removesuffix(".md")

    # ---- what is not prose

    @cached_property
    def _fence_spans(self) -> list[tuple[Span, Fence]]:
        return list(_find_fences(self.text, self.body))

    @cached_property
    def fences(self) -> list[Fence]:
        """The fenced blocks, in order."""
        return [fence for _, fence in self._fence_spans]

    @cached_property
    def _blocks(self) -> list[Span]:
        spans = [Span(0, self.body), *(span for span, _ in self._fence_spans)]
        rest = blank(self.text, spans)
        spans += _find_indented(rest, self.body)
        spans += _find_verbatim(rest, self.body)
        return spans

    @cached_property
    def _inline(self) -> tuple[list[Span], list[Span]]:
        return _find_inline(blank(self.text, self._blocks))

    @cached_property
    def code(self) -> list[Span]:
        """Where the front matter, blocks of code and code in a line stand."""
        return sorted([*self._blocks, *self._inline[0]], key=lambda span: span.start)

    @cached_property
    def comments(self) -> list[Span]:
        """Where HTML comments stand, those in code left out."""
        return self._inline[1]

    @cached_property
    def without_code(self) -> str:
        """The text with front matter and code blanked out; offsets stay true."""
        return blank(self.text, self.code)

    @cached_property
    def provable(self) -> str:
        """The text in which marks prove numbers: code is blanked out, quizzes are not."""
        asked = [span for span, fence in self._fence_spans if fence.language == "quiz"]
        kept = [span for span in self.code if span not in asked]
        return blank(self.text, kept)

    @cached_property
    def prose(self) -> str:
        """The text with front matter, code and comments blanked out; offsets stay true."""
        return blank(self.without_code, self.comments)

    @cached_property
    def tags(self) -> list[Tag]:
        """The tags of raw HTML, in order."""
        found = []
        for match in _TAG.finditer(self.prose):
            pairs = _ATTRIBUTE.findall(match["rest"])
            attributes = {name.lower(): value.strip("\"'") for name, value in pairs}
            closing, alone = bool(match["end"]), match["rest"].endswith("/")
            name = match["name"].lower()
            found.append(Tag(name, closing, attributes, alone, match.start()))
        return found

    # ---- what is on the page

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings, in order, with the anchors that the page gives them."""
        found: list[Heading] = []
        taken: set[str] = set()
        last: dict[str, int] = {}
        for match in _HEADING.finditer(self.prose):
            # Words come from the source: code in it is blanked out in the prose.
            raw = self.text[slice(*match.span("text" if match["mark"] else "line"))]
            level = len(match["mark"] or "") or (1 if match["under"][0] == "=" else 2)
            bare = raw.strip().rstrip("#").rstrip() if match["mark"] else raw.strip()
            text, explicit = _plain(bare)
            anchor = explicit or _unique(slugify(text), taken, last)
            taken.add(anchor)
            spaced = not match["mark"] or raw[:1] in " \t"
            found.append(Heading(level, text, anchor, *self.place(match.start()), spaced))
        return found

    @cached_property
    def explicit_ids(self) -> list[tuple[str, int]]:
        """The ids that the author wrote, as an attribute or in raw HTML, with their offsets."""
        found = [(tag.attributes["id"], tag.offset) for tag in self.tags if "id" in tag.attributes]
        for block in _ATTRIBUTES.finditer(self.prose):
            found += [(m[1], block.start() + m.start()) for m in _ID.finditer(block[0])]
        return sorted(found, key=lambda pair: pair[1])

    @cached_property
    def anchors(self) -> set[str]:
        """Every anchor a link to this page may name."""
        ids = {heading.anchor for heading in self.headings}
        ids |= {name for name, _ in self.explicit_ids}
        ids |= {"fig-" + ref.id.replace("/", "-") for ref in self.figures}
        ids |= {f"fn:{note.key}" for note in self.footnote_definitions}
        for fence in self.fences:
            if fence.language in ("quiz", "mock", "calc"):
                found = re.finditer(r"(?m)^id:\s*([\w-]+)", fence.body)
                ids |= {f"{fence.language}-{match[1]}" for match in found}
        return ids

    @cached_property
    def links(self) -> list[Link]:
        """Links and images, inline and by reference, figures left out."""
        return [link for link in self._targets if not link.target.startswith("figure:")]

    @cached_property
    def figures(self) -> list[FigureRef]:
        """The figures that the page shows."""
        return [
            FigureRef(name, link.text, link.line, link.column, link.image, link.alone)
            for link in self._targets
            if (name := link.target.removeprefix("figure:")) != link.target
        ]

    @cached_property
    def _brackets(self) -> list[Bracket]:
        return list(_find_brackets(self.prose))

    @cached_property
    def _targets(self) -> list[Link]:
        found = []
        for bracket in self._brackets:
            target = _TARGET.match(self.prose, bracket.end)
            if target:
                # Words come from the source: code in it is blanked out in the prose.
                words = " ".join(self.text[bracket.start : bracket.end - 1].split())
                start = bracket.start - 1 - bracket.image
                alone = self._alone(start, target.end())
                place = self.place(start)
                found.append(Link(words, target[1].strip("<>"), bracket.image, *place, alone))
        for match in _DEFINITION.finditer(self.prose):
            place = self.place(match.start())
            found.append(Link(match["key"], match["target"].strip("<>"), False, *place))
        return sorted(found, key=lambda link: (link.line, link.column))

    def _alone(self, start: int, end: int) -> bool:
        before = self.prose[self.prose.rfind("\n", 0, start) + 1 : start]
        return not before.strip(" \t>") and bool(_REST_OF_LINE.match(self.prose, end))

    @cached_property
    def references(self) -> list[Link]:
        """Links by reference, `[text][key]` and `[key][]`, with the key as their target."""
        found = []
        for bracket in self._brackets:
            key = _REFERENCE.match(self.prose, bracket.end)
            # `rows[0][1]` is an item of a list.
            if key and not self.prose[bracket.start - 2 : bracket.start - 1].isalnum():
                words = " ".join(self.text[bracket.start : bracket.end - 1].split())
                target = " ".join((key[1] or words).split())
                place = self.place(bracket.start - 1 - bracket.image)
                found.append(Link(words, target, bracket.image, *place))
        return found

    @cached_property
    def definitions(self) -> list[Link]:
        """Where references are defined: `[key]: address`."""
        return [
            Link(m["key"], m["target"].strip("<>"), False, *self.place(m.start()))
            for m in _DEFINITION.finditer(self.prose)
        ]

    @cached_property
    def footnote_references(self) -> list[Footnote]:
        """Where footnotes are used."""
        return [
            Footnote(m[1], *self.place(m.start()))
            for m in re.finditer(r"\[\^([^\[\]\s]+)\](?!:)", self.prose)
        ]

    @cached_property
    def footnote_definitions(self) -> list[Footnote]:
        """Where footnotes are defined."""
        return [
            Footnote(m[1], *self.place(m.start(1) - 2))
            for m in re.finditer(r"(?m)^[ \t]*\[\^([^\[\]\s]+)\]:", self.prose)
        ]


# Every pattern here is linear: none looks twice at what it failed on, however long the page.
_HEADING = re.compile(
    r"(?m)^(?P<mark>#{1,6})(?P<text>[^\n]*)$"
    r"|(?<=\n\n)(?P<line>(?=[^\s#>|*+=-])[^\n]*)\n(?P<under>=+|-+) *$"
)
_ATTRIBUTES = re.compile(r"\{:?[ \t]*[#.\w][^{}\n]*+\}")
_ID = re.compile(r"#([\w:.-]+)")
_BRACKET = re.compile(r"\\.|[\[\]]|\n[ \t>]*(?=\n)")
_REST_OF_LINE = re.compile(r"(?:\{[^{}\n]*+\})?[ \t]*+(?:\n|\Z)")
_TARGET = re.compile(
    r"""\(\s*+(<[^>\n]*+>|figure:[^()\n]*+|[^\s()<>]*+(?:\([^\s()]*+\)[^\s()]*+)*+)
    (?:\s++(?:"[^"]*+"|'[^']*+'))?+\s*+\)""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"\s?\[(?!\^)([^\[\]\n]*+)\](?!\()")
_DEFINITION = re.compile(
    r"(?m)^ {0,3}\[(?P<key>[^\^\[\]\n][^\[\]\n]*+)\]:[ \t]*\n?[ \t]*(?P<target><[^>\n]*+>|\S+)"
)
_TAG = re.compile(
    r"""(?<!\\)<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*+)(?=[\s/>])
    (?P<rest>(?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)""")
_FENCE = re.compile(r"(?m)^(?P<indent>[ \t>]*+)(?P<mark>`{3,}+|~{3,}+)[ \t]*+(?P<info>[^\n]*)$")
_CONTAINER = re.compile(
    r"(?:[-*+]|\d+[.)])[ \t]|(?:!!!|\?\?\?\+?|===[!+]?)[ \t]|\[\^[^\]]+\]:|:[ \t]"
)
_OPAQUE = re.compile(r"(?im)^ {0,3}<(pre|script|style|svg|textarea)\b")
_RUN = re.compile(r"<!--|(?<!`)`++|\n[ \t>]*+(?=[\n|#])")


def blank(text: str, spans: list[Span]) -> str:
    """Returns `text` with the spans turned into spaces, line ends kept, so that offsets hold.

    Args:
        text: Any text.
        spans: What to blank out.
    """
    parts, at = [], 0
    for span in sorted(spans, key=lambda s: s.start):
        if span.end <= at:
            continue
        start = max(span.start, at)
        parts += [text[at:start], re.sub(r"[^\n]", " ", text[start : span.end])]
        at = span.end
    return "".join([*parts, text[at:]])


def slugify(text: str) -> str:
    """Returns the anchor of a heading, as Python-Markdown's table of contents makes it.

    Args:
        text: The heading without markup.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def _unique(anchor: str, taken: set[str], last: dict[str, int]) -> str:
    """Returns an anchor that no heading before has; `last` keeps the number given to each."""
    if anchor and anchor not in taken:
        return anchor
    number = last.get(anchor, 0) + 1
    while f"{anchor}_{number}" in taken:
        number += 1
    last[anchor] = number
    return f"{anchor}_{number}"


def _plain(raw: str) -> tuple[str, str]:
    explicit = ""
    attributes = re.search(r"\{:?([^{}]*+)\}$", raw)
    if attributes:
        raw = raw[: attributes.start()].rstrip()
        named = _ID.search(attributes[1])
        explicit = named[1] if named else ""
    text = re.sub(r"<!--(?:(?!<!--).)*?-->|\[\^[^\[\]]*+\]|<[^<>]++>", "", raw)
    text = re.sub(r"!?\[([^\[\]]*+)\]\([^()]*+\)", r"\1", text)
    text = re.sub(r"\*+|`+|(?<!\w)_++|_++(?!\w)", "", text)
    return text.strip(), explicit


# --------------------------------------------------------------------------- blocks and brackets


def _find_fences(text: str, start: int) -> Iterator[tuple[Span, Fence]]:
    opened: re.Match[str] | None = None
    # The line is counted on from the fence before, so that many fences cost no more than one.
    line, counted = 1, 0
    for match in _FENCE.finditer(text, start):
        if opened is None:
            # A backtick behind backticks makes it code in a line.
            if match["mark"][0] == "~" or "`" not in match["info"]:
                opened = match
                line, counted = line + text.count("\n", counted, match.start()), match.start()
        elif match["mark"] == opened["mark"] and not match["info"].strip():
            span = Span(opened.start(), min(match.end() + 1, len(text)))
            inside = text[opened.end() + 1 : match.start()]
            yield span, _fence(opened, inside, line, closed=True)
            opened = None
    if opened is not None:
        span = Span(opened.start(), len(text))
        yield span, _fence(opened, text[opened.end() + 1 :], line, closed=False)


def _fence(opened: re.Match[str], inside: str, line: int, *, closed: bool) -> Fence:
    indent = len(opened["indent"].expandtabs(4))
    body = "".join(_dedent(line, indent) for line in inside.splitlines(keepends=True))
    info = opened["info"].strip()
    language = re.match(r"[^\s{]*", info.lstrip("{ ."))
    name = language[0] if language else ""
    return Fence(name, info, body, line, indent, closed, opened["mark"])


def _dedent(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" \t>"))) :]


def _find_indented(text: str, start: int) -> Iterator[Span]:
    """Yields blocks of code by indentation, and raw HTML whose text is no Markdown."""
    at, after_blank, code = start, True, False
    # How far the content of the lists and boxes that are open is indented.
    levels = [0]
    for line in text[start:].split("\n"):
        bare = line.lstrip(" \t")
        if bare:
            indent = len(line[: len(line) - len(bare)].expandtabs(4))
            if after_blank:
                while indent < levels[-1]:
                    levels.pop()
            code = (after_blank or code) and indent >= levels[-1] + 4
            if code:
                yield Span(at, at + len(line))
            elif _CONTAINER.match(bare):
                while len(levels) > 1 and indent < levels[-1]:
                    levels.pop()
                levels.append(indent + 4)
        after_blank = not bare
        at += len(line) + 1


def _find_verbatim(text: str, start: int) -> Iterator[Span]:
    """Yields raw HTML that shows or runs source: its text is no Markdown."""
    if "<" not in text:
        return
    lowered = text.lower()
    for match in _OPAQUE.finditer(lowered, start):
        if match.start() >= start:
            end = lowered.find(f"</{match[1]}>", match.end())
            start = end if end > 0 else start
            if end > 0:
                yield Span(lowered.index(">", match.start()) + 1, end)


def _find_inline(text: str) -> tuple[list[Span], list[Span]]:
    """Returns where code in a line and comments stand; whichever begins first hides the other."""
    runs, paragraph = [], 0
    closers: dict[tuple[int, int], list[int]] = {}
    for match in _RUN.finditer(text):
        if match[0][0] == "\n":
            paragraph += 1
        else:
            runs.append((match.start(), paragraph, len(match[0])))
            if match[0][0] == "`":
                closers.setdefault((paragraph, len(match[0])), []).append(match.start())
    code: list[Span] = []
    comments: list[Span] = []
    at, last = 0, text.rfind("-->")
    for start, paragraph, length in runs:
        if start < at:
            continue
        if text[start] == "<":
            end = text.find("-->", start + 4) + 3 if start + 4 <= last else 0
        else:
            length -= _escaped(text, start)
            later = closers.get((paragraph, length), [])
            place = bisect.bisect_right(later, start)
            end = later[place] + length if place < len(later) else 0
        if end:
            (comments if text[start] == "<" else code).append(Span(start, end))
            at = end
    return code, comments


def _escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before a place."""
    first = at
    while first and text[first - 1] == "\\":
        first -= 1
    return bool((at - first) % 2)


def _find_brackets(text: str) -> Iterator[Bracket]:
    """Yields every pair of square brackets of a paragraph, the inner ones first."""
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            opened.append(match.start())
        elif match[0] == "]":
            if opened:
                start = opened.pop()
                image = text[start - 1 : start] == "!" and text[start - 2 : start - 1] != "\\"
                yield Bracket(start + 1, match.end(), image)
        elif match[0][0] == "\n":
            opened.clear()


# --------------------------------------------------------------------------- front matter


_DEEPEST_YAML = 50
_NESTED_YAML = re.compile(r"(?:[-?:][ \t]++){20}|(?m:^ {200})")
# Text, lists and the like; every other tag asks for an object to be made.
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")
}


def compose(text: str) -> yaml.Node | None:
    """Returns the tree of a YAML text, with a line and a column for every node.

    Args:
        text: The text.

    Raises:
        YAMLError: It is no YAML, or nested so deep that reading it would end the process.
    """
    depth = deepest = 0
    for match in re.finditer(r"[\[\]{}]", text):
        depth = depth + 1 if match[0] in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    if deepest > _DEEPEST_YAML or _NESTED_YAML.search(text):
        raise yaml.MarkedYAMLError(problem=f"nested more than {_DEEPEST_YAML} deep")
    # The two differ over tabs as well; the generators use the stricter one.
    fast = yaml.SafeLoader if "\t" in text else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=fast)
    except yaml.YAMLError:
        # libyaml words its errors differently, and not every machine has it.
        return yaml.compose(text, Loader=yaml.SafeLoader)


def odd_nodes(root: yaml.Node | None) -> list[tuple[yaml.Node, str]]:
    """Returns the nodes that are more than data: objects to be made, and aliases.

    An alias stands for all that its anchor holds: ten lines of them stand for a billion values.

    Args:
        root: The tree.

    Returns:
        Each node with what is odd about it.
    """
    found: list[tuple[yaml.Node, str]] = []
    seen: set[int] = set()
    waiting = [root] if root else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            found.append((node, "an alias"))
            continue
        seen.add(id(node))
        if node.tag not in _PLAIN_TAGS:
            found.append((node, f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')}"))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [each for pair in node.value for each in pair]
    return found


_OPENING = ("---", "\ufeff---")


def _split(text: str) -> tuple[int, str | None]:
    """Returns where the body begins and the YAML block, None where there is none or no end."""
    if not re.match(r"\ufeff?---[ \t]*\n", text):
        return 0, None
    first = text.index("\n") + 1
    end = re.compile(r"(?m)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)").search(text, first)
    if end is None:
        return 0, None
    return end.end(), text[first : end.start()]


def _read_meta(
    path: Path, block: str | None, opened: bool
) -> tuple[FrontMatter, dict[str, int], list[Problem]]:
    def bad(line: int, code: str, message: str, fix: str = "", column: int = 0) -> Problem:
        return Problem(path, line, column, code, message, fix)

    if block is None:
        message = "the front matter is not closed" if opened else "no front matter"
        fix = "start the page with --- and end the front matter with ---"
        return FrontMatter(), {}, [bad(1, "front-matter", message, fix)]
    try:
        node = compose(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "is not YAML"
        if "'\\t'" in said:
            said = "a tab, where YAML wants spaces"
        fix = "quote text that has a colon" if said.startswith("mapping values") else "mend it"
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 0)
        if isinstance(error, yaml.reader.ReaderError):
            said = "a character that YAML has no place for"
            line = block.count("\n", 0, error.position) + 2
        return FrontMatter(), {}, [bad(line, "front-matter-yaml", said, fix, column)]
    if not isinstance(node, yaml.MappingNode):
        message = "front matter must be `name: value` lines"
        return FrontMatter(), {}, [bad(2, "front-matter", message, "write title: ... and so on")]
    odd = odd_nodes(node)
    if odd:
        found = [
            bad(at.start_mark.line + 2, "front-matter-data", f"{what} is no data", "write it out")
            for at, what in odd
        ]
        return FrontMatter(), {}, found
    reader = _MetaReader(path)
    return reader.read(node)


class _MetaReader:
    """Turns the nodes of the front matter into typed fields and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.values: dict[str, Any] = {}

    def read(self, node: yaml.MappingNode) -> tuple[FrontMatter, dict[str, int], list[Problem]]:
        known = [f.name for f in fields(FrontMatter)]
        for key_node, value_node in node.value:
            name, line = str(key_node.value), key_node.start_mark.line + 2
            if name in self.lines:
                said = f"{name!r} is set twice, first in line {self.lines[name]}"
                self.bad(line, said, "twice")
            self.lines.setdefault(name, line)
            if name not in known:
                self.bad(line, f"unknown field {name!r}{did_you_mean(name, known)}", "unknown")
                continue
            value = _construct(value_node)
            if isinstance(value, yaml.YAMLError):
                self.bad(line, f"{name!r} {getattr(value, 'problem', None) or 'is not YAML'}")
                continue
            checked = getattr(self, f"_{_TYPES[name]}")(name, value, line)
            if checked is not None:
                self.values[name] = checked
        meta = FrontMatter(**self.values)
        self._require(meta)
        return meta, self.lines, self.problems

    def bad(self, line: int, message: str, code: str = "field") -> None:
        fix = _FIXES[code]
        self.problems.append(Problem(self.path, line, 0, f"front-matter-{code}", message, fix))

    def _require(self, meta: FrontMatter) -> None:
        wanted = PAGE_FIELDS + (CHAPTER_FIELDS if meta.is_chapter else ())
        # A misspelt field has its own finding; that it is missing too would be noise.
        meant = {did_you_mean(name, wanted) for name in self.lines if name not in _TYPES}
        missing = [
            name
            for name in wanted
            if name not in self.lines and not any(repr(name) in hint for hint in meant)
        ]
        if missing:
            what = "a chapter" if meta.is_chapter else "a page"
            self.bad(1, f"{what} needs {', '.join(missing)}", "missing")

    def _text(self, name: str, value: Any, line: int) -> str | None:
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.bad(line, f"{name!r} must be text, got {_shown(value)}")
        return None

    def _texts(self, name: str, value: Any, line: int) -> tuple[str, ...] | None:
        if isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value):
            twice = [text for text, times in Counter(value).items() if times > 1]
            if not twice:
                return tuple(v.strip() for v in value)
            self.bad(line, f"{name!r} says {twice[0]!r} twice")
            return None
        self.bad(line, f"{name!r} must be a list of texts, got {_shown(value)}")
        return None

    def _choices(self, name: str, value: Any, line: int) -> tuple[str, ...] | None:
        texts = self._texts(name, value, line)
        known = LEVELS if name == "level" else HIDEABLE
        for text in texts or ():
            if text not in known:
                hint = did_you_mean(text, known) or f"; one of {', '.join(known)}"
                self.bad(line, f"{name!r} does not know {text!r}{hint}")
        return texts

    def _status(self, name: str, value: Any, line: int) -> str | None:
        if value in STATUSES:
            return str(value)
        self.bad(line, f"{name!r} must be one of {', '.join(STATUSES)}, got {_shown(value)}")
        return None

    def _minutes(self, name: str, value: Any, line: int) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        self.bad(line, f"{name!r} must be a whole number of minutes, got {_shown(value)}")
        return None

    def _day(self, name: str, value: Any, line: int) -> date | None:
        if type(value) is date:
            return value
        self.bad(line, f"{name!r} must be a day such as 2026-11-20, got {_shown(value)}")
        return None

    def _search(self, name: str, value: Any, line: int) -> dict[str, Any] | None:
        types: dict[str, Any] = {"exclude": bool, "boost": (int, float)}
        if isinstance(value, dict) and all(
            key in types and isinstance(item, types[key]) for key, item in value.items()
        ):
            return value
        self.bad(line, f"{name!r} takes `exclude: true` or `boost: 2`, got {_shown(value)}")
        return None


_FIXES = {
    "field": "change the value",
    "missing": "add it between the two ---",
    "twice": "delete one of the lines",
    "unknown": "mend the name, or delete the line",
}
_TYPES = {
    "title": "text",
    "description": "text",
    "icon": "text",
    "tags": "texts",
    "level": "choices",
    "minutes": "minutes",
    "prerequisites": "texts",
    "outcomes": "texts",
    "checked": "day",
    "authors": "texts",
    "template": "text",
    "hide": "choices",
    "status": "status",
    "search": "search",
}


def _construct(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except yaml.YAMLError as error:
        return error
    except ValueError:
        # A date such as 2026-13-40 has the shape of one; show it as the text it is.
        return getattr(node, "value", "")
    finally:
        loader.dispose()


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


# --------------------------------------------------------------------------- finding pages


def pages(project: Project) -> list[Path]:
    """Returns every page's source: the Markdown under `docs` but what other pages include.

    Args:
        project: The checkout.
    """
    return [
        path
        for path in sorted(project.docs.rglob("*.md"))
        if path.relative_to(project.docs).parts[0] not in ("includes", "assets")
    ]


LARGEST_BYTES = 1_000_000
_LONGEST_LINE = 10_000
_DEEPEST = 20
_PATHOLOGICAL = (
    (re.compile(rf"(?m)^.{{{_LONGEST_LINE},}}$"), f"a line of over {_LONGEST_LINE:,} characters"),
    (re.compile(r"([^\w\s])\1{499}"), "the same sign over 500 times in a row"),
    (re.compile(rf"(?m)^(?:[ \t]*>){{{_DEEPEST},}}"), f"a quote more than {_DEEPEST} deep"),
    (
        re.compile(rf"(?m)^(?: {{4}}|\t){{{_DEEPEST},}}[ \t]*(?:[-*+]|\d+\.)[ \t]"),
        f"a list more than {_DEEPEST} deep",
    ),
)
_BOMS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def readable(path: Path) -> bool:
    """Whether a path is a regular file of a size that is worth reading.

    Args:
        path: Any path; a pipe or a device would be waited for.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_BYTES


def read(path: Path, project: Project) -> Chapter:
    """Reads one page; what is wrong in its front matter is in `meta_problems`.

    Args:
        path: The Markdown file, under the project's `docs`.
        project: The checkout.

    Raises:
        HandbookError: The file cannot be read as UTF-8 text, or no parser should be given it.
    """
    try:
        status = path.stat()
        # A pipe or a device would be waited for.
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is no regular file")
        if status.st_size > LARGEST_BYTES:
            said = f"the page has {status.st_size / 1e6:.1f} MB"
            raise HandbookError([Problem(path, 1, 0, "page-large", said, "split it")])
        raw = path.read_bytes()
    except OSError as error:
        fix = "make it a file that everybody may read: chmod 644"
        said = error.strerror or "cannot be read"
        raise HandbookError([Problem(path, 0, 0, "page-unreadable", said, fix)]) from None
    page = path.relative_to(project.docs) if path.is_relative_to(project.docs) else path
    return _chapter(path, page.as_posix(), raw)


# The check, the page and its copy ask for the same chapter, and each once more what is in it.
@lru_cache(maxsize=512)
def _chapter(path: Path, page: str, raw: bytes) -> Chapter:
    text = decode(path, raw).replace("\r\n", "\n").replace("\r", "\n")
    for pattern, what in _PATHOLOGICAL:
        match = pattern.search(text)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            fix = "break the line, or take the signs out"
            raise HandbookError([Problem(path, line, 0, "page-pathological", what, fix)])
    return Chapter(path, page, text)


def decode(path: Path, raw: bytes) -> str:
    """Returns what a file says.

    Args:
        path: The file, for the finding.
        raw: Its bytes.

    Raises:
        HandbookError: They are no UTF-8.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        found = next((name for bom, name in _BOMS if raw.startswith(bom)), "")
        said = f"is {found}" if found else f"byte 0x{raw[error.start]:02X} is not UTF-8"
        fix = f"iconv -f {(found or 'latin1').lower()} -t utf-8 {path.name}"
        raise HandbookError([Problem(path, line, column, "page-encoding", said, fix)]) from None


def read_all(project: Project) -> tuple[list[Chapter], list[Problem]]:
    """Reads every page, and returns with them the findings of those that cannot be read.

    Args:
        project: The checkout.
    """
    chapters, problems = [], []
    for path in pages(project):
        try:
            chapters.append(read(path, project))
        except HandbookError as error:
            problems += error.problems
    return chapters, problems
