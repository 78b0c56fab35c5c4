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

Options are shown shuffled, always the same way; several may be `correct`. Two more kinds:
`kind: order` has `items` in their right order, each with the reason for its place; `kind: free`
has a model `answer` and the `points` that a good one names. `section: "#anchor"` names the section
that teaches it.

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
from markdown.util import AtomicString

from handbook.chapters import Chapter, Fence
from handbook.estimate import did_you_mean
from handbook.markdown import yaml_fence
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
OPTION_FIELDS = ("id", "text", "why")
# By the end of a finding's code, and by the kind of quiz that breaks its schema.
_FIXES = {
    "id": "write it in kebab-case, once",
    "schema": "write id, question and options, each option with id, text and why",
    "order": "write id, question and items, each item with id, text and why",
    "free": "write id, question, answer and points",
    "giveaway": "leave the decision in the option, its reason in why, and make wrong ones as exact",
    "section": 'name a heading of this page: section: "#its-anchor"',
}
# Fewer questions on a page say nothing about how it is written.
FEWEST_TO_JUDGE = 4
# What is written in a text and not read: marks of numbers, targets of links.
_MARKUP = re.compile(r"<!--.*?-->|\]\([^)]*\)|[*`\[]")
_HOW = {
    "several": "Choose every answer that is right.",
    "order": "Put them in order.",
    "free": "Answer in your own words, then compare.",
}


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
        """The options as a page shows them: shuffled, always the same way; items never in order.

        Who writes a question writes the right answer first, or in the middle.
        """
        mixed = sorted(self.options, key=lambda each: _digest(f"{self.id} {each.id}"))
        if self.kind == "order" and tuple(mixed) == self.options:
            mixed = [*mixed[1:], mixed[0]]
        return tuple(mixed)

    @property
    def longest_is_right(self) -> bool:
        """Whether the right option is longer than every other, as it is read."""
        lengths = [len(_MARKUP.sub("", each.text)) for each in self.options]
        at = lengths.index(max(lengths))
        return self.options[at].correct and lengths.count(lengths[at]) == 1

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"quiz-{self.id}"

    def title_of_section(self, page: Chapter) -> str:
        """Returns what the section that teaches it is called; empty where it names none.

        Args:
            page: Its page.
        """
        named = (each.text for each in page.headings if f"#{each.anchor}" == self.section)
        return next(named, "the section that teaches it") if self.section else ""


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
    reader = _Reader(fence, path, _FIXES)
    return reader.quiz(), reader.problems


def quizzes(chapter: Chapter) -> tuple[list[Quiz], list[Problem]]:
    """Reads every quiz of a page.

    Args:
        chapter: The page.
    """
    found, problems = yaml_fence.every(chapter, LANGUAGE, read_quiz)
    bodies = {fence.line: fence.body for fence in chapter.fences}
    for quiz in found:
        if quiz.section and quiz.section[1:] not in chapter.anchors:
            lines = bodies[quiz.line].split("\n")
            at = next((at for at, line in enumerate(lines, 1) if line.startswith("section")), 0)
            problems.append(_no_section(quiz, chapter, quiz.line + at))
    return found, problems


def _no_section(quiz: Quiz, chapter: Chapter, line: int) -> Problem:
    hint = did_you_mean(quiz.section, [f"#{anchor}" for anchor in sorted(chapter.anchors)])
    said = f"this page has no section {quiz.section!r}{hint}"
    return Problem(chapter.path, line, 0, "quiz-section", said, _FIXES["section"])


def given_away(chapter: Chapter, found: Iterable[Quiz]) -> Iterator[Problem]:
    """Yields a finding where a reader does well on a page who always takes the longest option.

    Args:
        chapter: The page.
        found: Its quizzes.
    """
    single = [quiz for quiz in found if quiz.kind == "choice" and not quiz.several]
    told = [quiz for quiz in single if quiz.longest_is_right]
    if len(single) >= FEWEST_TO_JUDGE and len(told) > len(single) / 2:
        said = f"the longest option is right in {len(told)} of {len(single)} questions"
        first, code = told[0], "quiz-giveaway"
        yield Problem(chapter.path, first.line, 0, code, said, _FIXES["giveaway"])


def repeated(pages: Iterable[tuple[Chapter, Iterable[Quiz]]]) -> Iterator[Problem]:
    """Yields a finding for every quiz whose id an earlier one has.

    Args:
        pages: Every page of the handbook with its quizzes.
    """
    return yaml_fence.repeated(LANGUAGE, pages)


class _Reader(yaml_fence.Reader):
    """Reads a question of any kind."""

    def quiz(self) -> Quiz | None:
        node = self.root()
        kind = self._kind(node)
        needed = QUIZ_FIELDS.get(kind, ())
        parts = self.mapping(node, needed, "a quiz", ("kind", "section")) if needed else {}
        name = self.name(parts.get("id"), "a quiz")
        question = self.text(parts.get("question"), "question")
        section = self._section(parts.get("section"))
        options = self._options(parts.get("items" if kind == "order" else "options"), kind)
        answer = self.text(parts.get("answer"), "answer")
        points = self.texts(parts.get("points"), "points", 2)
        if not (name and question and (options or (answer and points))):
            return None
        return Quiz(name, question, options, self.fence.line, kind, answer, points, section)

    def _kind(self, node: yaml.Node | None) -> str:
        """The kind of a quiz, which says what else it needs; empty for an unknown one."""
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        value = next((value for key, value in pairs if key.value == "kind"), None)
        kind = "choice" if value is None else str(value.value)
        if kind not in QUIZ_FIELDS:
            hint = did_you_mean(kind, QUIZ_FIELDS)
            self.bad(value, f"'kind' is choice, order or free, got {kind!r}{hint}")
            return ""
        self.fixes = {**_FIXES, "schema": _FIXES.get(kind, _FIXES["schema"])}
        return kind

    def _section(self, node: yaml.Node | None) -> str:
        if node is None:
            return ""
        # Without its quotes the anchor is a comment, and nothing is left.
        section = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if not re.fullmatch(r"#\S+", section):
            self.bad(node, "'section' is an anchor in quotes", "section")
            return ""
        return section

    def _options(self, node: yaml.Node | None, kind: str) -> tuple[Option, ...]:
        name, least = ("items", 3) if kind == "order" else ("options", 2)
        nodes = self.sequence(node, name, least)
        options = [self._option(item, kind) for item in nodes]
        found = tuple(option for option in options if option)
        if nodes and not any(option.correct for option in found) and len(found) == len(options):
            self.bad(node, "no option is correct")
        for option, item in zip(options, nodes, strict=True):
            if option and sum(option.id == other.id for other in found) > 1:
                self.bad(item, f"two {name} have the id {option.id!r}", "id")
                break
        return found

    def _option(self, node: yaml.Node, kind: str) -> Option | None:
        what = "an item" if kind == "order" else "an option"
        optional = () if kind == "order" else ("correct",)
        parts = self.mapping(node, OPTION_FIELDS, what, optional)
        name = self.name(parts.get("id"), what)
        text = self.text(parts.get("text"), "text")
        why = self.text(parts.get("why"), "why")
        correct = parts.get("correct")
        value = getattr(correct, "value", "true" if kind == "order" else "false")
        if value not in ("true", "false"):
            self.bad(correct, f"'correct' is true or false, got {value!r}")
        return Option(name, text, value == "true", why) if name and text and why else None


# --------------------------------------------------------------------------- on the page


def register(md: Markdown, context: Context) -> None:
    """Adds the fence to a converter.

    Args:
        md: The converter of one page.
        context: The page and how to report.
    """
    yaml_fence.register(md, context, LANGUAGE, read_quiz, quiz_element)


def quiz_element(quiz: Quiz, page: Chapter) -> Element:
    """Returns a question as elements whose texts are still Markdown.

    Args:
        quiz: The question.
        page: Its page, which has the section that teaches it.
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
    if section := quiz.title_of_section(page):
        taught = SubElement(answer, "p", {"class": "hb-quiz__section"})
        taught.text = "Read again: "
        SubElement(taught, "a", {"href": quiz.section}).text = AtomicString(section)
    return box


def _reasons(answer: Element, quiz: Quiz) -> None:
    reasons = SubElement(answer, "ul", {"class": "hb-quiz__reasons"})
    for at, option in enumerate(quiz.shown):
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
