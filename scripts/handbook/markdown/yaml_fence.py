"""What fences of practice have in common: YAML read node by node, and their place on the page.

A fence is data with a permanent id. Whatever is wrong with it is told at its line, all at once;
what can be shown takes the place of the fence, its texts still Markdown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from xml.etree.ElementTree import Element

import yaml
from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from handbook.chapters import Chapter, Fence, compose, odd_nodes
from handbook.estimate import did_you_mean
from handbook.report import Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OTHER_FENCE = re.compile(r"(?m)^(?:`{3,}|~{3,})\S")
# After line ends are normalised (30), before fences are put aside (25).
_READ_PRIORITY = 28.0
# After the paragraphs exist, before the inline patterns (20) read what is put here.
_WRITE_PRIORITY = 26.0


class Named(Protocol):
    """What a fence holds: something with a lasting id, at a line of its page."""

    @property
    def id(self) -> str:
        """Its lasting name, unique in the handbook."""

    @property
    def line(self) -> int:
        """The line of its fence."""


One = TypeVar("One", bound=Named)
Read = tuple[One | None, list[Problem]]


class Reader:
    """Reads the YAML of one fence, so that every finding has its line.

    Args:
        fence: The fence.
        path: Its page, for the findings.
        fixes: What mends a finding, by the end of its code: `id`, `schema`, what else there is.
    """

    def __init__(self, fence: Fence, path: Path, fixes: dict[str, str]) -> None:
        self.fence, self.path, self.fixes = fence, path, fixes
        self.problems: list[Problem] = []

    def bad(self, node: yaml.Node | None, message: str, kind: str = "schema") -> None:
        """Adds a finding.

        Args:
            node: Where; the fence where there is no node.
            message: What is wrong.
            kind: The end of its code, one of `fixes`.
        """
        self._told(1 + node.start_mark.line if node else 0, kind, message, self.fixes[kind])

    def root(self) -> yaml.Node | None:
        """The tree of the fence; None, and told, where it has none."""
        if not self.fence.closed or _OTHER_FENCE.search(self.fence.body):
            said = f"the {self.fence.language} is not closed"
            self._told(0, "schema", said, f"end it with {self.fence.mark} on a line of its own")
            return None
        try:
            node = compose(self.fence.body)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "is not YAML"
            fix = "quote text that has a colon or starts with a quote"
            self._told(1 + mark.line if mark else 0, "yaml", said, fix)
            return None
        odd = odd_nodes(node)
        for at, what in odd:
            self.bad(at, f"{what} is no data")
        if node is None:
            self.bad(None, "the fence is empty")
        return None if odd else node

    def mapping(
        self,
        node: yaml.Node | None,
        needed: tuple[str, ...],
        what: str,
        optional: tuple[str, ...] = (),
    ) -> dict[str, yaml.Node]:
        """Returns the values of a mapping by name; empty, and told, where it is none.

        Args:
            node: The mapping.
            needed: Its fields that are needed.
            what: What to call it in a finding.
            optional: Its fields that are not.
        """
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.bad(node, f"{what} must be `name: value` lines: {', '.join(needed)}")
            return {}
        parts: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in parts:
                self.bad(key, f"{what} has {name!r} twice")
            elif name not in (*needed, *optional):
                hint = did_you_mean(name, (*needed, *optional))
                self.bad(key, f"{what} has no field {name!r}{hint}")
            parts[name] = value
        missing = [name for name in needed if name not in parts]
        if missing:
            self.bad(node, f"{what} needs {', '.join(missing)}")
        return parts

    def sequence(self, node: yaml.Node | None, name: str, least: int = 1) -> list[yaml.Node]:
        """Returns the items of a list; empty, and told, where it is none or too short.

        Args:
            node: The list.
            name: What to call it in a finding.
            least: How many items it has at least.
        """
        if isinstance(node, yaml.SequenceNode) and len(node.value) >= least:
            return list(node.value)
        if node is not None:
            self.bad(node, f"{name!r} must be a list" + (f" of {least} or more" * (least > 1)))
        return []

    def text(self, node: yaml.Node | None, name: str) -> str:
        """Returns a text in one line; empty, and told, where it is none.

        Args:
            node: The text as typed: `text: 5` and `text: no` are texts here.
            name: What to call it in a finding.
        """
        if node is None:
            return ""
        # What proves a number is for the checker: here it is a number among others.
        words = _COMMENT.sub("", str(node.value)) if isinstance(node, yaml.ScalarNode) else ""
        if words.strip():
            return " ".join(words.split())
        self.bad(node, f"{name!r} must be text")
        return ""

    def texts(self, node: yaml.Node | None, name: str, least: int = 1) -> tuple[str, ...]:
        """Returns a list of texts, those left out that are none.

        Args:
            node: The list.
            name: What to call it in a finding.
            least: How many items it has at least.
        """
        return tuple(self.text(item, name) for item in self.sequence(node, name, least))

    def whole(self, node: yaml.Node | None, name: str) -> int:
        """Returns a whole number above 0; 0, and told, where it is none.

        Args:
            node: The number.
            name: What to call it in a finding.
        """
        typed = self.text(node, name)
        if typed and not re.fullmatch(r"[1-9]\d{0,3}", typed):
            self.bad(node, f"{name!r} must be a whole number above 0, got {typed!r}")
            return 0
        return int(typed or 0)

    def number(self, node: yaml.Node | None, name: str) -> float:
        """Returns a finite number; 0, and told, where it is none.

        Args:
            node: The number.
            name: What to call it in a finding.
        """
        typed = self.text(node, name)
        try:
            value = float(typed or 0)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self.bad(node, f"{name!r} must be a number, got {typed!r}")
        return 0.0

    def name(self, node: yaml.Node | None, what: str) -> str:
        """Returns an id in kebab-case; empty, and told, where it is none.

        Args:
            node: The id.
            what: Whose it is, for a finding.
        """
        typed = self.text(node, "id")
        if typed and not _ID.fullmatch(typed):
            self.bad(node, f"the id of {what} must be kebab-case, got {typed!r}", "id")
            return ""
        return typed

    def _told(self, down: int, kind: str, said: str, fix: str) -> None:
        code = f"{self.fence.language}-{kind}"
        self.problems.append(Problem(self.path, self.fence.line + down, 0, code, said, fix))


def every(
    chapter: Chapter, language: str, read: Callable[[Fence, Path], Read[One]]
) -> tuple[list[One], list[Problem]]:
    """Reads every fence of a language on a page.

    Args:
        chapter: The page.
        language: The language.
        read: Reads one fence of it.
    """
    found: list[One] = []
    problems: list[Problem] = []
    for fence in chapter.fences:
        if fence.language == language:
            one, wrong = read(fence, chapter.path)
            problems += wrong
            found += [one] if one else []
    return found, problems


def repeated(language: str, pages: Iterable[tuple[Chapter, Iterable[Named]]]) -> Iterator[Problem]:
    """Yields a finding for everything whose id an earlier one of its language has.

    Args:
        language: The language of the fences.
        pages: Every page of the handbook with what its fences hold.
    """
    first: dict[str, str] = {}
    for chapter, found in pages:
        for one in found:
            if one.id in first:
                said = f"the {language} id {one.id!r} is taken by {first[one.id]}"
                fix = "give it another id"
                yield Problem(chapter.path, one.line, 0, f"{language}-id", said, fix)
            first.setdefault(one.id, f"{chapter.page}:{one.line}")


# --------------------------------------------------------------------------- on the page


def register(
    md: Markdown,
    context: Context,
    language: str,
    read: Callable[[Fence, Path], Read[One]],
    element: Callable[[One, Chapter], Element],
) -> None:
    """Adds a language of fences to a converter.

    Args:
        md: The converter of one page.
        context: The page and how to report.
        language: The language.
        read: Reads one fence of it.
        element: Returns what stands on the page, its texts still Markdown; takes what the fence
            holds, and its page.
    """
    found: list[tuple[One, Chapter] | Problem] = []
    take: Preprocessor = _Take(md, language, read, found)
    put: Treeprocessor = _Put(md, context, language, element, found)
    md.preprocessors.register(take, f"hb_{language}", _READ_PRIORITY)
    md.treeprocessors.register(put, f"hb_{language}", _WRITE_PRIORITY)


class _Take(Preprocessor, Generic[One]):
    """Takes the fences out and leaves a token where each stood."""

    def __init__(
        self,
        md: Markdown,
        language: str,
        read: Callable[[Fence, Path], Read[One]],
        found: list[tuple[One, Chapter] | Problem],
    ) -> None:
        super().__init__(md)
        self.language, self.read, self.found = language, read, found

    def run(self, lines: list[str]) -> list[str]:
        self.found.clear()
        text = "\n".join(lines)
        if self.language not in text:
            return lines
        out = list(lines)
        page = Chapter(Path("page.md"), "page.md", text)
        for fence in reversed(page.fences):
            if fence.language != self.language:
                continue
            one, problems = self.read(fence, page.path)
            indent = re.match(r"[ \t>]*", lines[fence.line - 1])
            last = fence.line + fence.body.count("\n") + 1
            lead = indent[0] if indent else ""
            token = f"{lead}{STX}hb-{self.language}:{len(self.found)}{ETX}"
            out[fence.line - 1 : last] = [lead.rstrip(), token, lead.rstrip()]
            self.found.append((one, page) if one else problems[0])
        return out


class _Put(Treeprocessor, Generic[One]):
    """Puts what a fence holds in the place of its token."""

    def __init__(
        self,
        md: Markdown,
        context: Context,
        language: str,
        element: Callable[[One, Chapter], Element],
        found: list[tuple[One, Chapter] | Problem],
    ) -> None:
        super().__init__(md)
        self.context, self.language, self.element, self.found = context, language, element, found

    def run(self, root: Element) -> None:
        shape = re.compile(f"{STX}hb-{self.language}:(\\d+){ETX}")
        for parent in list(root.iter()):
            for at, child in enumerate(list(parent)):
                token = shape.fullmatch((child.text or "").strip())
                if token and child.tag == "p":
                    parent[at] = self._element(self.found[int(token[1])])

    def _element(self, found: tuple[One, Chapter] | Problem) -> Element:
        if not isinstance(found, Problem):
            return self.element(*found)
        near = f"```{self.language}"
        problem = self.context.problem(found.code, found.message, near, "handbook check")
        return self.context.error(problem)
