"""A page of the handbook as it was written: front matter, headings, links, figures, fences.

The source is read once and nothing in it is rendered. Every part keeps the line and the column
where it stands in the file, so that a finding points at what the author typed.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
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


@dataclass(frozen=True)
class Link:
    """A link or an image: what it shows, where it points, and where it stands."""

    text: str
    target: str
    image: bool
    line: int
    column: int


@dataclass(frozen=True)
class FigureRef:
    """A place where a page shows a figure: `![alt](figure:id)`."""

    id: str
    alt: str
    line: int
    column: int


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
    """

    language: str
    info: str
    body: str
    line: int
    indent: int
    closed: bool = True


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
    def code(self) -> list[Span]:
        """Where the front matter, fenced blocks and code in a line stand."""
        spans = [Span(0, self.body), *(span for span, _ in self._fence_spans)]
        rest = blank(self.text, spans)
        # A comment is opaque: a backtick inside it starts no code, and the other way round.
        spans += [
            Span(*m.span())
            for m in re.finditer(
                r"<!--.*?-->|(?<!`)(`+)(?!`)(?:.(?!\n[ \t]*\n))*?(?<!`)\1(?!`)", rest, re.DOTALL
            )
            if not m[0].startswith("<!--")
        ]
        return sorted(spans, key=lambda span: span.start)

    @cached_property
    def comments(self) -> list[Span]:
        """Where HTML comments stand, those in code left out."""
        return [Span(*m.span()) for m in re.finditer(r"<!--.*?-->", self.without_code, re.DOTALL)]

    @cached_property
    def without_code(self) -> str:
        """The text with front matter and code blanked out; offsets stay true."""
        return blank(self.text, self.code)

    @cached_property
    def prose(self) -> str:
        """The text with front matter, code and comments blanked out; offsets stay true."""
        return blank(self.without_code, self.comments)

    # ---- what is on the page

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings, in order, with the anchors that the page gives them."""
        found: list[Heading] = []
        taken: set[str] = set()
        for match in _HEADING.finditer(self.prose):
            raw = self.text[match.start("text") : match.end("text")]
            text, explicit = _plain(raw)
            anchor = explicit or _unique(slugify(text), taken)
            taken.add(anchor)
            found.append(Heading(len(match["mark"]), text, anchor, *self.place(match.start())))
        return found

    @cached_property
    def anchors(self) -> set[str]:
        """Every anchor a link to this page may name."""
        ids = {heading.anchor for heading in self.headings}
        ids |= {m[1] for m in re.finditer(r"""\bid=["']?([^\s"'>]+)""", self.prose)}
        ids |= {m[1] for m in re.finditer(r"\{[^}\n]*#([\w:.-]+)[^}\n]*\}", self.prose)}
        ids |= {"fig-" + ref.id.replace("/", "-") for ref in self.figures}
        ids |= {f"fn:{note.key}" for note in self.footnote_definitions}
        for fence in self.fences:
            if fence.language == "quiz":
                ids |= {f"quiz-{m[1]}" for m in re.finditer(r"(?m)^id:\s*([\w-]+)", fence.body)}
        return ids

    @cached_property
    def links(self) -> list[Link]:
        """Links and images, inline and by reference, figures left out."""
        return [link for link in self._targets if not link.target.startswith("figure:")]

    @cached_property
    def figures(self) -> list[FigureRef]:
        """The figures that the page shows."""
        return [
            FigureRef(link.target.removeprefix("figure:"), link.text, link.line, link.column)
            for link in self._targets
            if link.target.startswith("figure:")
        ]

    @cached_property
    def _targets(self) -> list[Link]:
        found = []
        for pattern, image in ((_IMAGE, True), (_LINK, False)):
            for match in pattern.finditer(self.prose):
                # Text comes from the source: code in it is blanked out in the prose.
                words = " ".join(self.text[match.start("text") : match.end("text")].split())
                target = match["target"].strip("<>")
                found.append(Link(words, target, image, *self.place(match.start())))
        for match in _DEFINITION.finditer(self.prose):
            place = self.place(match.start())
            found.append(Link(match["key"], match["target"].strip("<>"), False, *place))
        return sorted(found, key=lambda link: (link.line, link.column))

    @cached_property
    def footnote_references(self) -> list[Footnote]:
        """Where footnotes are used."""
        return [
            Footnote(m[1], *self.place(m.start()))
            for m in re.finditer(r"\[\^([^\]\s]+)\](?!:)", self.prose)
        ]

    @cached_property
    def footnote_definitions(self) -> list[Footnote]:
        """Where footnotes are defined."""
        return [
            Footnote(m[1], *self.place(m.start(1) - 2))
            for m in re.finditer(r"(?m)^[ \t]*\[\^([^\]\s]+)\]:", self.prose)
        ]


_HEADING = re.compile(r"(?m)^(?P<mark>#{1,6})[ \t]+(?P<text>\S.*?)[ \t]*#*[ \t]*$")
_BRACKETS = r"\[(?P<text>(?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]"
_TARGET = r"""\(\s*(?P<target><[^>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)
              (?:\s+(?:"[^"]*"|'[^']*'))?\s*\)"""
_IMAGE = re.compile(rf"(?<!\\)!{_BRACKETS}{_TARGET}", re.VERBOSE)
_LINK = re.compile(rf"(?<![\\!]){_BRACKETS}{_TARGET}", re.VERBOSE)
_DEFINITION = re.compile(r"(?m)^ {0,3}\[(?P<key>[^\^\]][^\]]*)\]:\s*(?P<target><[^>\n]*>|\S+)")
_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)$")


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


def _unique(anchor: str, taken: set[str]) -> str:
    if anchor and anchor not in taken:
        return anchor
    number = 1
    while f"{anchor}_{number}" in taken:
        number += 1
    return f"{anchor}_{number}"


def _plain(raw: str) -> tuple[str, str]:
    explicit = ""
    attributes = re.search(r"\s*\{:?([^{}]*)\}\s*$", raw)
    if attributes:
        raw = raw[: attributes.start()]
        named = re.search(r"#([\w:.-]+)", attributes[1])
        explicit = named[1] if named else ""
    text = re.sub(r"<!--.*?-->|\[\^[^\]]*\]|<[^>]+>", "", raw)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*+|`+|(?<!\w)_+|_+(?!\w)", "", text)
    return text.strip(), explicit


def _find_fences(text: str, start: int) -> Any:
    at, opened = start, None
    lines: list[str] = []
    first = number = 0
    number = text.count("\n", 0, start)
    for line in text[start:].splitlines(keepends=True):
        number += 1
        match = _FENCE.match(line.rstrip("\n"))
        if opened is None:
            if match and not ("`" in match["info"] and match["mark"][0] == "`"):
                opened, first, begin, lines = match, number, at, []
        elif (
            match
            and match["mark"][0] == opened["mark"][0]
            and len(match["mark"]) >= len(opened["mark"])
            and not match["info"].strip()
        ):
            yield Span(begin, at + len(line)), _fence(opened, lines, first)
            opened = None
        else:
            lines.append(line)
        at += len(line)
    if opened is not None:
        yield Span(begin, at), replace(_fence(opened, lines, first), closed=False)


def _fence(opened: re.Match[str], lines: list[str], line: int) -> Fence:
    indent = len(opened["indent"].expandtabs(4))
    body = "".join(_dedent(text, indent) for text in lines)
    info = opened["info"].strip()
    language = re.match(r"[^\s{]*", info.lstrip("{ ."))
    return Fence(language[0] if language else "", info, body, line, indent)


def _dedent(line: str, indent: int) -> str:
    return line[min(indent, len(line) - len(line.lstrip(" \t>"))) :]


# --------------------------------------------------------------------------- front matter


def compose(text: str) -> yaml.Node | None:
    """Returns the tree of a YAML text, with a line and a column for every node.

    Args:
        text: The text.

    Raises:
        YAMLError: It is no YAML.
    """
    # The two differ over tabs as well; the generators use the stricter one.
    fast = yaml.SafeLoader if "\t" in text else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=fast)
    except yaml.YAMLError:
        # libyaml words its errors differently, and not every machine has it.
        return yaml.compose(text, Loader=yaml.SafeLoader)


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
        fix = "quote text that has a colon" if said.startswith("mapping values") else ""
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 0)
        return FrontMatter(), {}, [bad(line, "front-matter-yaml", said, fix, column)]
    if not isinstance(node, yaml.MappingNode):
        message = "front matter must be `name: value` lines"
        return FrontMatter(), {}, [bad(2, "front-matter", message)]
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
                self.bad(line, f"{name!r} is set twice, first in line {self.lines[name]}")
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
        self.problems.append(Problem(self.path, line, 0, f"front-matter-{code}", message))

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


def read(path: Path, project: Project) -> Chapter:
    """Reads one page; what is wrong in its front matter is in `meta_problems`.

    Args:
        path: The Markdown file, under the project's `docs`.
        project: The checkout.

    Raises:
        HandbookError: The file cannot be read as UTF-8 text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise HandbookError([Problem(path, 0, 0, "page-unreadable", str(said))]) from None
    page = path.relative_to(project.docs) if path.is_relative_to(project.docs) else path
    return Chapter(path, page.as_posix(), text)


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
