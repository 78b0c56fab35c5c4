"""The `mock` fence: an interview against the clock, with pushback and a rubric to tick.

    ```mock
    id: news-feed
    title: Design a news feed
    minutes: 45
    level: [mid, senior, staff]
    prompt: Design the feed of a social network.
    stages:
      - id: clarify
        title: Clarify
        minutes: 6
        prompts:
          - What would you like to know first?
        pushback:
          - says: Assume that it has to scale.
            good: Asks for a number, since it decides whether there is an index.
        rubric:
          mid: [Load is written down, Latency has its percentile]
          senior: [Each question says what it changes, Non-goals are named]
          staff: [The objective is questioned, Others who are affected are named]
      ...
    ```

The stages are the seven steps, each with its minutes. A level's list holds the evidence that lifts
a step to the rung which that level asks for, on the ladder of the chapter on levels: complete,
defended, owned. The page is complete without JavaScript: everything opens by itself, and the
boxes can be ticked on the screen or on paper. A script adds the clock and the score.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import yaml
from markdown import Markdown

from handbook.chapters import LEVELS, Chapter, Fence
from handbook.markdown import yaml_fence
from handbook.report import Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

LANGUAGE = "mock"
STEPS = ("clarify", "frame", "data", "model", "evaluate", "serve", "monitor")
FIELDS = ("id", "title", "minutes", "level", "prompt", "stages")
STAGE_FIELDS = ("id", "title", "minutes", "prompts", "pushback", "rubric")
PUSHBACK_FIELDS = ("says", "good")
# A rung is reached with one item missing: of one alone it would be reached with none.
FEWEST_ITEMS = 2
# The scale of the chapter on levels, for the script; a test holds them together.
SCALE = {"lowest": 1, "meets": 3, "highest": 4, "yes": 20, "strong": 24, "named": 1}
RUNGS = ("Absent", "Named", "Complete", "Defended", "Owned", "Advanced")
TARGETS = {"mid": 2, "senior": 3, "staff": 4}
_FIXES = {
    "id": "write it in kebab-case, once; stages have the ids of the seven steps",
    "schema": "write id, title, minutes, level, prompt and stages, each stage with id, title, "
    "minutes, prompts, pushback and rubric",
}


@dataclass(frozen=True)
class Pushback:
    """What the interviewer throws in, and what a good answer names."""

    says: str
    good: str


@dataclass(frozen=True)
class Stage:
    """One of the seven steps.

    Attributes:
        id: The step, in lower case.
        title: What the page calls it.
        minutes: The time it has.
        prompts: What the interviewer says of their own accord.
        pushback: What follows, one by one.
        rubric: For each of `LEVELS`, in their order, the evidence to tick.
    """

    id: str
    title: str
    minutes: int
    prompts: tuple[str, ...]
    pushback: tuple[Pushback, ...]
    rubric: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Mock:
    """One mock interview.

    Attributes:
        id: Its lasting name, unique in the handbook.
        title: What is designed.
        minutes: The time of the whole round.
        levels: The levels that it may be scored for.
        prompt: What the interviewer opens with.
        stages: The seven steps.
        line: The line of its fence.
    """

    id: str
    title: str
    minutes: int
    levels: tuple[str, ...]
    prompt: str
    stages: tuple[Stage, ...]
    line: int

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"mock-{self.id}"


def read_mock(fence: Fence, path: Path) -> tuple[Mock | None, list[Problem]]:
    """Reads one fence.

    Args:
        fence: A fence of the language `mock`.
        path: The page, for the findings.

    Returns:
        The interview, None where it cannot be shown, and what is wrong with it.
    """
    reader = _Reader(fence, path, _FIXES)
    return reader.mock(), reader.problems


def mocks(chapter: Chapter) -> tuple[list[Mock], list[Problem]]:
    """Reads every mock interview of a page.

    Args:
        chapter: The page.
    """
    return yaml_fence.every(chapter, LANGUAGE, read_mock)


def repeated(pages: Iterable[tuple[Chapter, Iterable[Mock]]]) -> Iterator[Problem]:
    """Yields a finding for every interview whose id an earlier one has.

    Args:
        pages: Every page of the handbook with its interviews.
    """
    return yaml_fence.repeated(LANGUAGE, pages)


class _Reader(yaml_fence.Reader):
    """Reads a mock interview."""

    def mock(self) -> Mock | None:
        parts = self.mapping(self.root(), FIELDS, "a mock interview")
        name = self.name(parts.get("id"), "a mock interview")
        title = self.text(parts.get("title"), "title")
        minutes = self.whole(parts.get("minutes"), "minutes")
        levels = self._levels(parts.get("level"))
        prompt = self.text(parts.get("prompt"), "prompt")
        stages = tuple(self._stage(node) for node in self.sequence(parts.get("stages"), "stages"))
        self._steps(parts.get("stages"), stages)
        taken = sum(stage.minutes for stage in stages)
        if minutes and stages and taken != minutes and not self.problems:
            self.bad(parts["minutes"], f"the stages take {taken} minutes, the round {minutes}")
        if self.problems or not parts:
            return None
        return Mock(name, title, minutes, levels, prompt, stages, self.fence.line)

    def _levels(self, node: yaml.Node | None) -> tuple[str, ...]:
        found = self.texts(node, "level")
        for level in found:
            if level not in LEVELS:
                self.bad(node, f"'level' holds {', '.join(LEVELS)}, got {level!r}")
        if len(set(found)) < len(found):
            self.bad(node, "'level' holds a level twice")
        return tuple(level for level in LEVELS if level in found)

    def _steps(self, node: yaml.Node | None, stages: tuple[Stage, ...]) -> None:
        found = [stage.id for stage in stages]
        if stages and "" not in found and found != list(STEPS):
            self.bad(node, f"the stages are {', '.join(STEPS)}, in this order", "id")

    def _stage(self, node: yaml.Node) -> Stage:
        parts = self.mapping(node, STAGE_FIELDS, "a stage")
        return Stage(
            self.name(parts.get("id"), "a stage"),
            self.text(parts.get("title"), "title"),
            self.whole(parts.get("minutes"), "minutes"),
            self.texts(parts.get("prompts"), "prompts"),
            tuple(
                self._pushback(each) for each in self.sequence(parts.get("pushback"), "pushback")
            ),
            self._rubric(parts.get("rubric")),
        )

    def _pushback(self, node: yaml.Node) -> Pushback:
        parts = self.mapping(node, PUSHBACK_FIELDS, "a pushback")
        return Pushback(*(self.text(parts.get(name), name) for name in PUSHBACK_FIELDS))

    def _rubric(self, node: yaml.Node | None) -> tuple[tuple[str, ...], ...]:
        parts = self.mapping(node, LEVELS, "a rubric")
        return tuple(self.texts(parts.get(level), level, FEWEST_ITEMS) for level in LEVELS)


# --------------------------------------------------------------------------- on the page


def register(md: Markdown, context: Context) -> None:
    """Adds the fence to a converter.

    Args:
        md: The converter of one page.
        context: The page and how to report.
    """
    yaml_fence.register(md, context, LANGUAGE, read_mock, mock_element)


def mock_element(mock: Mock, _: Chapter) -> Element:
    """Returns an interview as elements whose texts are still Markdown.

    Args:
        mock: The interview.
    """
    title = f"{mock.anchor}-title"
    box = Element(
        "section",
        {
            "class": "hb-mock",
            "id": mock.anchor,
            "data-hb-mock": mock.id,
            "data-hb-minutes": str(mock.minutes),
            "data-hb-levels": json.dumps({level: TARGETS[level] for level in mock.levels}),
            "data-hb-scale": json.dumps(SCALE),
            "data-hb-rungs": json.dumps(RUNGS),
            "aria-labelledby": title,
        },
    )
    _texted(box, "p", mock.title, {"class": "hb-mock__title", "id": title})
    _texted(box, "p", facts(mock), {"class": "hb-mock__facts"})
    _texted(SubElement(box, "blockquote"), "p", mock.prompt)
    for number, stage in enumerate(mock.stages, 1):
        _stage(box, number, stage)
    _rubric(box, mock)
    return box


def facts(mock: Mock) -> str:
    """Returns the time of a round and its levels as a sentence.

    Args:
        mock: The interview.
    """
    return f"{mock.minutes} minutes in seven stages, to be scored at {_either(mock.levels)} level."


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _stage(box: Element, number: int, stage: Stage) -> None:
    about = {"data-hb-stage": stage.id, "data-hb-minutes": str(stage.minutes)}
    fold = _fold(box, f"{number}. {stage.title}", "stage", f", {stage.minutes} minutes", **about)
    for prompt in stage.prompts:
        _texted(fold, "p", f"**Interviewer:** {prompt}")
    for count, pushback in enumerate(stage.pushback, 1):
        inner = _fold(fold, f"Pushback {count}", "pushback")
        _texted(inner, "p", f"**Interviewer:** {pushback.says}")
        _texted(_fold(inner, "A good answer", "good"), "p", pushback.good)


def _rubric(box: Element, mock: Mock) -> None:
    fold = _fold(box, "Rubric: tick what was said or drawn", "rubric")
    table = SubElement(fold, "table")
    for number, stage in enumerate(mock.stages, 1):
        body = SubElement(table, "tbody", {"data-hb-rubric": stage.id})
        head = SubElement(body, "tr")
        name = {"colspan": "2", "scope": "rowgroup"}
        _texted(head, "th", f"{number}. {stage.title}", name)
        for level, items in zip(LEVELS, stage.rubric, strict=True):
            row = SubElement(body, "tr", {"data-hb-rung": str(TARGETS[level])})
            _texted(row, "th", level.capitalize(), {"scope": "row"})
            cell = SubElement(row, "td")
            for item in items:
                label = SubElement(cell, "label")
                SubElement(label, "input", {"type": "checkbox"})
                _texted(label, "span", item)
    _card(fold, mock)


def _card(fold: Element, mock: Mock) -> None:
    """The scorecard, to be filled in by hand where there is no script."""
    card = SubElement(fold, "div", {"class": "hb-mock__card"})
    _texted(card, "p", f"Scorecard: {mock.title}", {"class": "hb-mock__title"})
    table = SubElement(card, "table")
    head = SubElement(SubElement(table, "thead"), "tr")
    levels = [level.capitalize() for level in mock.levels]
    for text in ("Stage", "Time", "Rung, 0 to 5", *levels, "Missing for the next rung"):
        _texted(head, "th", text, {"scope": "col"})
    body = SubElement(table, "tbody")
    for number, stage in enumerate(mock.stages, 1):
        _row(body, f"{number}. {stage.title}", stage.minutes, len(levels))
    _row(body, f"Total of {SCALE['highest'] * len(mock.stages)}", mock.minutes, len(levels))


def _row(body: Element, title: str, minutes: int, levels: int) -> None:
    row = SubElement(body, "tr")
    _texted(row, "th", title, {"scope": "row"})
    for text in (f"of {minutes} min", *[""] * (levels + 2)):
        _texted(row, "td", text)


def _fold(parent: Element, title: str, kind: str, more: str = "", **about: str) -> Element:
    fold = SubElement(parent, "details", {"class": f"hb-mock__{kind}", **about})
    _texted(fold, "summary", title + more)
    return fold


def _texted(parent: Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, tag, attributes or {}).text = text
