"""The `quiz` fence: a question with options, each of which says why it is right or wrong.

    ```quiz
    id: news-feed-two-stages
    question: Why two stages?
    options:
      - id: a
        text: One model cannot score billions of posts in time.
        correct: true
        why: Its cost grows with every post that it sees.
      - id: b
        text: Two models are always better than one.
        why: The second only pays where the first leaves it few items.
    ```

Several options may be `correct`. Two more kinds: `kind: order` has `items` in their right order,
shown shuffled, each with the reason for its place; `kind: free` has a model `answer` and the
`points` that a good one names. `section: "#anchor"` names the section that teaches it.

The ids are explicit because progress is kept by them: text may be edited, ids stay. The page is
complete without JavaScript; the answers open by themselves in `<details>`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

import yaml
from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from handbook.chapters import Chapter, Fence, compose, odd_nodes
from handbook.estimate import did_you_mean
from handbook.report import Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

LANGUAGE = "quiz"
# What each kind needs; all may name their section.
QUIZ_FIELDS = {
    "choice": ("id", "question", "options"),
    "order": ("id", "question", "items"),
    "free": ("id", "question", "answer", "points"),
}
OPTION_FIELDS = ("id", "text", "correct", "why")
ITEM_FIELDS = ("id", "text", "why")
_OTHER_FENCE = re.compile(r"(?m)^(?:`{3,}|~{3,})\S")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIXES = {
    "quiz-id": "write it in kebab-case, once",
    "quiz-schema": "write id, question and options, each option with id, text and why",
    "quiz-order": "write id, question and items, each item with id, text and why",
    "quiz-free": "write id, question, answer and points",
    "quiz-section": 'name a heading of this page: section: "#its-anchor"',
}
_HOW = {
    "several": "Choose every answer that is right.",
    "order": "Put them in order.",
    "free": "Answer in your own words, then compare.",
}
# After line ends are normalised (30), before fences are put aside (25).
_READ_PRIORITY = 28.0
# After the paragraphs exist, before the inline patterns (20) read what is put here.
_WRITE_PRIORITY = 26.0


@dataclass(frozen=True)
class Option:
    """One answer to choose, or one item to place.

    Attributes:
        id: Its lasting name, unique in its quiz.
        text: What it says; Markdown within a line.
        correct: Whether it is right; an item is.
        why: Why it is right or wrong, or stands in its place.
    """

    id: str
    text: str
    correct: bool
    why: str

    @property
    def sentence(self) -> str:
        """The text with its stop, for its reason to follow."""
        return self.text if re.search(r"""[.?!:]["'*`”’]*$""", self.text) else f"{self.text}."


@dataclass(frozen=True)
class Quiz:
    """One question.

    Attributes:
        id: Its lasting name, unique in the handbook.
        question: What is asked; Markdown within a line.
        options: What may be answered; of an order, the items in their right order.
        line: The line of its fence.
        kind: `choice`, `order` or `free`.
        answer: The model answer of a free one.
        points: What a good free answer names.
        section: The anchor on its page that teaches it, with its `#`; empty for the whole page.
    """

    id: str
    question: str
    options: tuple[Option, ...]
    line: int
    kind: str = "choice"
    answer: str = ""
    points: tuple[str, ...] = ()
    section: str = ""

    @property
    def several(self) -> bool:
        """Whether more than one answer is to be chosen."""
        return self.kind == "choice" and sum(option.correct for option in self.options) > 1

    @property
    def shown(self) -> tuple[Option, ...]:
        """The options as a page shows them: items shuffled, always the same way, never in order."""
        if self.kind != "order":
            return self.options
        mixed = sorted(self.options, key=lambda item: _digest(f"{self.id} {item.id}"))
        return tuple(mixed if tuple(mixed) != self.options else [*mixed[1:], mixed[0]])

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"quiz-{self.id}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_quiz(fence: Fence, path: Path) -> tuple[Quiz | None, list[Problem]]:
    """Reads one fence.

    Args:
        fence: A fence of the language `quiz`.
        path: The page, for the findings.

    Returns:
        The question, None where it cannot be shown, and what is wrong with it.
    """
    if not fence.closed or _OTHER_FENCE.search(fence.body):
        fix = "end it with ``` on a line of its own"
        return None, [Problem(path, fence.line, 0, "quiz-schema", "the quiz is not closed", fix)]
    reader = _Reader(path, fence.line)
    return reader.quiz(fence.body), reader.problems


def quizzes(chapter: Chapter) -> tuple[list[Quiz], list[Problem]]:
    """Reads every quiz of a page.

    Args:
        chapter: The page.
    """
    found: list[Quiz] = []
    problems: list[Problem] = []
    for fence in chapter.fences:
        if fence.language == LANGUAGE:
            quiz, wrong = read_quiz(fence, chapter.path)
            problems += wrong
            if quiz:
                found.append(quiz)
                problems += _section_problems(quiz, fence, chapter)
    return found, problems


def _section_problems(quiz: Quiz, fence: Fence, chapter: Chapter) -> Iterator[Problem]:
    if quiz.section and quiz.section[1:] not in chapter.anchors:
        lines = fence.body.split("\n")
        at = next((at for at, line in enumerate(lines, 1) if line.startswith("section")), 0)
        hint = did_you_mean(quiz.section, [f"#{anchor}" for anchor in sorted(chapter.anchors)])
        said = f"this page has no section {quiz.section!r}{hint}"
        code = "quiz-section"
        yield Problem(chapter.path, fence.line + at, 0, code, said, _FIXES[code])


def repeated(pages: Iterable[tuple[Chapter, Iterable[Quiz]]]) -> Iterator[Problem]:
    """Yields a finding for every quiz whose id an earlier one has.

    Args:
        pages: Every page of the handbook with its quizzes.
    """
    first: dict[str, str] = {}
    for chapter, found in pages:
        for quiz in found:
            if quiz.id in first:
                said = f"the quiz id {quiz.id!r} is taken by {first[quiz.id]}"
                yield Problem(chapter.path, quiz.line, 0, "quiz-id", said, "give it another id")
            first.setdefault(quiz.id, f"{chapter.page}:{quiz.line}")


class _Reader:
    """Reads the YAML of a fence node by node, so that every finding has its line."""

    def __init__(self, path: Path, line: int) -> None:
        self.path, self.line = path, line
        self.problems: list[Problem] = []
        # Which fix a finding of the schema suggests.
        self.fix = "quiz-schema"

    def bad(self, node: yaml.Node | None, message: str, code: str = "") -> None:
        line = self.line + (1 + node.start_mark.line if node else 0)
        fix = _FIXES[code or self.fix]
        self.problems.append(Problem(self.path, line, 0, code or "quiz-schema", message, fix))

    def quiz(self, text: str) -> Quiz | None:
        node = self._tree(text)
        kind = self._kind(node)
        needed = QUIZ_FIELDS.get(kind)
        if node is None or needed is None:
            return None
        parts = self._mapping(node, (*needed, "kind", "section"), needed, "a quiz")
        if parts is None:
            return None
        name = self._name(parts.get("id"), "a quiz")
        question = self._text(parts.get("question"), "question")
        section = self._section(parts.get("section"))
        options = self._options(parts.get("items" if kind == "order" else "options"), kind)
        answer = self._text(parts.get("answer"), "answer")
        points = self._points(parts.get("points"))
        if not (name and question and (options or (answer and points))):
            return None
        return Quiz(name, question, options, self.line, kind, answer, points, section)

    def _tree(self, text: str) -> yaml.Node | None:
        """The tree of a fence that is nothing but data."""
        try:
            node = compose(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "is not YAML"
            line = self.line + (1 + mark.line if mark else 0)
            fix = "quote text that has a colon or starts with a quote"
            self.problems.append(Problem(self.path, line, 0, "quiz-yaml", said, fix))
            return None
        odd = odd_nodes(node)
        for at, what in odd:
            self.bad(at, f"{what} is no data")
        if not odd and not isinstance(node, yaml.MappingNode):
            needed = ", ".join(QUIZ_FIELDS["choice"])
            self.bad(node, f"a quiz must be `name: value` lines: {needed}")
        return node if not odd and isinstance(node, yaml.MappingNode) else None

    def _kind(self, node: yaml.Node | None) -> str:
        """The kind of a quiz, which says what else it needs; empty for an unknown one."""
        pairs = node.value if node else []
        value = next((value for key, value in pairs if key.value == "kind"), None)
        kind = "choice" if value is None else str(value.value)
        if kind not in QUIZ_FIELDS:
            hint = did_you_mean(kind, QUIZ_FIELDS)
            self.bad(value, f"'kind' is choice, order or free, got {kind!r}{hint}")
            return ""
        self.fix = {"choice": "quiz-schema"}.get(kind, f"quiz-{kind}")
        return kind

    def _section(self, node: yaml.Node | None) -> str:
        if node is None:
            return ""
        # Without its quotes the anchor is a comment, and nothing is left.
        section = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if not re.fullmatch(r"#\S+", section):
            self.bad(node, "'section' is an anchor in quotes", "quiz-section")
            return ""
        return section

    def _points(self, node: yaml.Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
            self.bad(node, "'points' must be a list of at least two")
            return ()
        return tuple(self._text(each, "points") for each in node.value)

    def _options(self, node: yaml.Node | None, kind: str) -> tuple[Option, ...]:
        if node is None:
            return ()
        name, least = ("items", "three") if kind == "order" else ("options", "two")
        if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2 + (kind == "order"):
            self.bad(node, f"{name!r} must be a list of at least {least}")
            return ()
        options = [self._option(item, kind) for item in node.value]
        found = tuple(option for option in options if option)
        if not any(option.correct for option in found) and len(found) == len(options):
            self.bad(node, "no option is correct")
        for option, item in zip(options, node.value, strict=True):
            if option and sum(option.id == other.id for other in found) > 1:
                self.bad(item, f"two {name} have the id {option.id!r}", "quiz-id")
                break
        return found

    def _option(self, node: yaml.Node, kind: str) -> Option | None:
        what = "an item" if kind == "order" else "an option"
        fields = ITEM_FIELDS if kind == "order" else OPTION_FIELDS
        parts = self._mapping(node, fields, ("id", "text", "why"), what)
        if parts is None:
            return None
        name = self._name(parts.get("id"), what)
        text = self._text(parts.get("text"), "text")
        why = self._text(parts.get("why"), "why")
        correct = parts.get("correct")
        value = getattr(correct, "value", "true" if kind == "order" else "false")
        if value not in ("true", "false"):
            self.bad(correct, f"'correct' is true or false, got {value!r}")
        return Option(name, text, value == "true", why) if name and text and why else None

    def _mapping(
        self,
        node: yaml.Node | None,
        known: tuple[str, ...],
        needed: tuple[str, ...],
        what: str,
    ) -> dict[str, yaml.Node] | None:
        if not isinstance(node, yaml.MappingNode):
            self.bad(node, f"{what} must be `name: value` lines: {', '.join(needed)}")
            return None
        parts: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in parts:
                self.bad(key, f"{what} has {name!r} twice")
            elif name not in known:
                self.bad(key, f"{what} has no field {name!r}{did_you_mean(name, known)}")
            parts[name] = value
        missing = [name for name in needed if name not in parts]
        if missing:
            self.bad(node, f"{what} needs {', '.join(missing)}")
        return parts

    def _text(self, node: yaml.Node | None, name: str) -> str:
        if node is None:
            return ""
        # The text as typed: `text: 5` and `text: no` are texts here.
        if isinstance(node, yaml.ScalarNode) and str(node.value).strip():
            return " ".join(str(node.value).split())
        self.bad(node, f"{name!r} must be text")
        return ""

    def _name(self, node: yaml.Node | None, what: str) -> str:
        name = self._text(node, "id")
        if name and not _ID.fullmatch(name):
            self.bad(node, f"the id of {what} must be kebab-case, got {name!r}", "quiz-id")
            return ""
        return name


# --------------------------------------------------------------------------- on the page


def register(md: Markdown, context: Context) -> None:
    """Adds the fence to a converter.

    Args:
        md: The converter of one page.
        context: The page and how to report.
    """
    found: list[_Asked | Problem] = []
    md.preprocessors.register(_Take(md, found), "hb_quiz", _READ_PRIORITY)
    md.treeprocessors.register(_Put(md, context, found), "hb_quiz", _WRITE_PRIORITY)


class _Asked:
    """A question, and what the section that teaches it is called."""

    def __init__(self, quiz: Quiz, page: Chapter) -> None:
        self.quiz = quiz
        named = (each.text for each in page.headings if f"#{each.anchor}" == quiz.section)
        self.section = next(named, "the section that teaches it")


class _Take(Preprocessor):
    """Takes the fences out and leaves a token where each stood."""

    def __init__(self, md: Markdown, found: list[_Asked | Problem]) -> None:
        super().__init__(md)
        self.found = found

    def run(self, lines: list[str]) -> list[str]:
        self.found.clear()
        text = "\n".join(lines)
        if LANGUAGE not in text:
            return lines
        out = list(lines)
        path = Path("page.md")
        page = Chapter(path, "page.md", text)
        for fence in reversed(page.fences):
            if fence.language != LANGUAGE:
                continue
            quiz, problems = read_quiz(fence, path)
            indent = re.match(r"[ \t>]*", lines[fence.line - 1])
            last = fence.line + fence.body.count("\n") + 1
            lead = indent[0] if indent else ""
            token = f"{lead}{STX}hb-quiz:{len(self.found)}{ETX}"
            out[fence.line - 1 : last] = [lead.rstrip(), token, lead.rstrip()]
            self.found.append(_Asked(quiz, page) if quiz else problems[0])
        return out


class _Put(Treeprocessor):
    """Puts the question in the place of its token."""

    def __init__(self, md: Markdown, context: Context, found: list[_Asked | Problem]) -> None:
        super().__init__(md)
        self.context, self.found = context, found

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, child in enumerate(list(parent)):
                token = re.fullmatch(f"{STX}hb-quiz:(\\d+){ETX}", (child.text or "").strip())
                if token and child.tag == "p":
                    parent[at] = self._element(self.found[int(token[1])])

    def _element(self, found: _Asked | Problem) -> Element:
        if isinstance(found, _Asked):
            return quiz_element(found.quiz, found.section)
        return self.context.error(
            self.context.problem(found.code, found.message, f"```{LANGUAGE}", "handbook check")
        )


def quiz_element(quiz: Quiz, section: str) -> Element:
    """Returns a question as elements whose texts are still Markdown.

    Args:
        quiz: The question.
        section: What the section that teaches it is called.
    """
    ask = f"{quiz.anchor}-question"
    kind = "several" if quiz.several else "one" if quiz.kind == "choice" else quiz.kind
    box = Element(
        "section",
        {
            "class": "hb-quiz",
            "id": quiz.anchor,
            "data-quiz": quiz.id,
            "data-hb-kind": kind,
            "aria-labelledby": ask,
        },
    )
    _texted(box, "p", quiz.question, {"class": "hb-quiz__question", "id": ask})
    if kind in _HOW:
        _texted(box, "p", _HOW[kind], {"class": "hb-quiz__how"})
    if quiz.options:
        choices = SubElement(box, "ol", {"class": "hb-quiz__options", "type": "A"})
        for option in quiz.shown:
            _texted(choices, "li", option.text, {"data-option": option.id})
    answer = SubElement(box, "details", {"class": "hb-quiz__answer"})
    SubElement(answer, "summary").text = "Show the answer"
    {"choice": _reasons, "order": _places, "free": _model}[quiz.kind](answer, quiz)
    if quiz.section:
        taught = SubElement(answer, "p", {"class": "hb-quiz__section"})
        taught.text = "Read again: "
        SubElement(taught, "a", {"href": quiz.section}).text = AtomicString(section)
    return box


def _reasons(answer: Element, quiz: Quiz) -> None:
    reasons = SubElement(answer, "ul", {"class": "hb-quiz__reasons"})
    for at, option in enumerate(quiz.options):
        verdict = "right" if option.correct else "wrong"
        style = f"hb-quiz__reason hb-quiz__reason--{verdict}"
        item = SubElement(reasons, "li", {"class": style, "data-option": option.id})
        SubElement(item, "strong").text = f"{chr(ord('A') + at)} is {verdict}."
        item[0].tail = f" {option.why}"


def _places(answer: Element, quiz: Quiz) -> None:
    reasons = SubElement(answer, "ol", {"class": "hb-quiz__reasons"})
    for option in quiz.options:
        style = "hb-quiz__reason hb-quiz__reason--place"
        item = SubElement(reasons, "li", {"class": style, "data-option": option.id})
        SubElement(item, "strong").text = option.sentence
        item[0].tail = f" {option.why}"


def _model(answer: Element, quiz: Quiz) -> None:
    _texted(answer, "p", quiz.answer, {"class": "hb-quiz__model"})
    names = SubElement(answer, "p", {"class": "hb-quiz__names"})
    names.text = "A good answer names:"
    points = SubElement(answer, "ul", {"class": "hb-quiz__reasons"})
    for point in quiz.points:
        _texted(points, "li", point, {"class": "hb-quiz__reason hb-quiz__reason--point"})


def _texted(parent: Element, tag: str, text: str, attributes: dict[str, Any]) -> None:
    SubElement(parent, tag, attributes).text = text
