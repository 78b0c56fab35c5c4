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

The ids are explicit because progress is kept by them: text may be edited, ids stay. The page is
complete without JavaScript; the answers open by themselves in `<details>`.
"""

from __future__ import annotations

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
from markdown.util import ETX, STX

from handbook.chapters import Chapter, Fence, compose, odd_nodes
from handbook.estimate import did_you_mean
from handbook.report import Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

LANGUAGE = "quiz"
QUIZ_FIELDS = ("id", "question", "options")
OPTION_FIELDS = ("id", "text", "correct", "why")
_OTHER_FENCE = re.compile(r"(?m)^(?:`{3,}|~{3,})\S")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIXES = {
    "quiz-id": "write it in kebab-case, once",
    "quiz-schema": "write id, question and options, each option with id, text and why",
}
# After line ends are normalised (30), before fences are put aside (25).
_READ_PRIORITY = 28.0
# After the paragraphs exist, before the inline patterns (20) read what is put here.
_WRITE_PRIORITY = 26.0


@dataclass(frozen=True)
class Option:
    """One answer to choose: its lasting id, its text, whether it is right, and why."""

    id: str
    text: str
    correct: bool
    why: str


@dataclass(frozen=True)
class Quiz:
    """One question.

    Attributes:
        id: Its lasting name, unique in the handbook.
        question: What is asked; Markdown within a line.
        options: What may be answered.
        line: The line of its fence.
    """

    id: str
    question: str
    options: tuple[Option, ...]
    line: int

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"quiz-{self.id}"


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
    return found, problems


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

    def bad(self, node: yaml.Node | None, message: str, code: str = "quiz-schema") -> None:
        line = self.line + (1 + node.start_mark.line if node else 0)
        self.problems.append(Problem(self.path, line, 0, code, message, _FIXES[code]))

    def quiz(self, text: str) -> Quiz | None:
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
        parts = None if odd else self._mapping(node, QUIZ_FIELDS, QUIZ_FIELDS, "a quiz")
        if parts is None:
            return None
        name = self._name(parts.get("id"), "a quiz")
        question = self._text(parts.get("question"), "question")
        options = self._options(parts.get("options"))
        if not (name and question and options):
            return None
        return Quiz(name, question, options, self.line)

    def _options(self, node: yaml.Node | None) -> tuple[Option, ...]:
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or len(node.value) < 2:
            self.bad(node, "'options' must be a list of at least two")
            return ()
        options = [self._option(item) for item in node.value]
        found = tuple(option for option in options if option)
        if not any(option.correct for option in found) and len(found) == len(options):
            self.bad(node, "no option is correct")
        for option, item in zip(options, node.value, strict=True):
            if option and sum(option.id == other.id for other in found) > 1:
                self.bad(item, f"two options have the id {option.id!r}", "quiz-id")
                break
        return found

    def _option(self, node: yaml.Node) -> Option | None:
        parts = self._mapping(node, OPTION_FIELDS, ("id", "text", "why"), "an option")
        if parts is None:
            return None
        name = self._name(parts.get("id"), "an option")
        text = self._text(parts.get("text"), "text")
        why = self._text(parts.get("why"), "why")
        correct = parts.get("correct")
        value = getattr(correct, "value", "false")
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
    found: list[Quiz | Problem] = []
    md.preprocessors.register(_Take(md, found), "hb_quiz", _READ_PRIORITY)
    md.treeprocessors.register(_Put(md, context, found), "hb_quiz", _WRITE_PRIORITY)


class _Take(Preprocessor):
    """Takes the fences out and leaves a token where each stood."""

    def __init__(self, md: Markdown, found: list[Quiz | Problem]) -> None:
        super().__init__(md)
        self.found = found

    def run(self, lines: list[str]) -> list[str]:
        self.found.clear()
        text = "\n".join(lines)
        if LANGUAGE not in text:
            return lines
        out = list(lines)
        path = Path("page.md")
        for fence in reversed(Chapter(path, "page.md", text).fences):
            if fence.language != LANGUAGE:
                continue
            quiz, problems = read_quiz(fence, path)
            indent = re.match(r"[ \t>]*", lines[fence.line - 1])
            last = fence.line + fence.body.count("\n") + 1
            lead = indent[0] if indent else ""
            token = f"{lead}{STX}hb-quiz:{len(self.found)}{ETX}"
            out[fence.line - 1 : last] = [lead.rstrip(), token, lead.rstrip()]
            self.found.append(quiz or problems[0])
        return out


class _Put(Treeprocessor):
    """Puts the question in the place of its token."""

    def __init__(self, md: Markdown, context: Context, found: list[Quiz | Problem]) -> None:
        super().__init__(md)
        self.context, self.found = context, found

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, child in enumerate(list(parent)):
                token = re.fullmatch(f"{STX}hb-quiz:(\\d+){ETX}", (child.text or "").strip())
                if token and child.tag == "p":
                    parent[at] = self._element(self.found[int(token[1])])

    def _element(self, found: Quiz | Problem) -> Element:
        if isinstance(found, Quiz):
            return quiz_element(found)
        return self.context.error(
            self.context.problem(found.code, found.message, f"```{LANGUAGE}", "handbook check")
        )


def quiz_element(quiz: Quiz) -> Element:
    """Returns a question as elements whose texts are still Markdown.

    Args:
        quiz: The question.
    """
    names = [chr(ord("A") + at) for at in range(len(quiz.options))]
    ask = f"{quiz.anchor}-question"
    box = Element(
        "section",
        {"class": "hb-quiz", "id": quiz.anchor, "data-quiz": quiz.id, "aria-labelledby": ask},
    )
    _texted(box, "p", quiz.question, {"class": "hb-quiz__question", "id": ask})
    choices = SubElement(box, "ol", {"class": "hb-quiz__options", "type": "A"})
    for option in quiz.options:
        _texted(choices, "li", option.text, {"data-option": option.id})
    answer = SubElement(box, "details", {"class": "hb-quiz__answer"})
    SubElement(answer, "summary").text = "Show the answer"
    reasons = SubElement(answer, "ul", {"class": "hb-quiz__reasons"})
    for name, option in zip(names, quiz.options, strict=True):
        verdict = "right" if option.correct else "wrong"
        style = f"hb-quiz__reason hb-quiz__reason--{verdict}"
        item = SubElement(reasons, "li", {"class": style, "data-option": option.id})
        SubElement(item, "strong").text = f"{name} is {verdict}."
        item[0].tail = f" {option.why}"
    return box


def _texted(parent: Element, tag: str, text: str, attributes: dict[str, Any]) -> None:
    SubElement(parent, tag, attributes).text = text
