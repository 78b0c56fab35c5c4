"""The `calc` fence: a calculator over functions of estimates, which works in the browser too.

    ```calc
    id: users-to-requests
    title: From users to requests a second
    inputs:
      - id: users
        text: Users a day
        value: 500e6
        from: 1e6
        to: 2e9
        scale: log
      - id: each
        text: Requests of each a day
        value: 6
        from: 1
        to: 100
        step: 1
    results:
      - id: average
        text: Average load
        value: qps(users, each)
        format: ",.0f"
        unit: requests/s
    ```

Values are expressions: numbers, inputs, functions of `handbook.estimate` by their name and of
chapters as in the prose (`serve.step_ms(users)`). Python computes the table that stands in the
page; a script replaces it by controls and computes with the same functions, translated by
`handbook.translate`. Without the script the table is complete: what goes in, and what comes out.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

import yaml
from markdown import Markdown

from handbook import estimate, expressions, translate
from handbook.chapters import Chapter, Fence
from handbook.markdown import yaml_fence
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

LANGUAGE = "calc"
FIELDS = ("id", "title", "inputs", "results")
INPUT_FIELDS = ("id", "text", "value", "from", "to")
RESULT_FIELDS = ("id", "text", "value")
SCALES = ("linear", "log")
# What both languages write alike: digits behind the point, thousands, per cent.
FORMAT = re.compile(r"(?P<comma>,?)\.(?P<digits>\d)(?P<kind>[f%])")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SCHEMA = "calc-schema"
_FIXES = {
    "id": "write it in kebab-case, once; names of inputs and results in snake_case",
    "schema": "write id, title, inputs (id, text, value, from, to) and results (id, text, value)",
}


@dataclass(frozen=True)
class Input:
    """One value that a reader may change.

    Attributes:
        id: Its name in the results' expressions.
        text: What it is.
        value: An expression for its first value.
        low: The least that may be entered.
        high: The most.
        step: The distance of its values; 0 for any.
        scale: `linear` or `log`: how the slider runs.
        unit: Its unit.
        line: The line of its value on the page.
    """

    id: str
    text: str
    value: str
    low: float
    high: float
    step: float
    scale: str
    unit: str
    line: int


@dataclass(frozen=True)
class Result:
    """One value that is computed: an expression over the inputs, and how it is written."""

    id: str
    text: str
    value: str
    format: str
    unit: str
    line: int


@dataclass(frozen=True)
class Calculator:
    """One calculator.

    Attributes:
        id: Its lasting name, unique in the handbook.
        title: What it computes.
        inputs: What may be changed, in order.
        results: What is computed, in order. A result may use those before it.
        line: The line of its fence.
    """

    id: str
    title: str
    inputs: tuple[Input, ...]
    results: tuple[Result, ...]
    line: int

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"calc-{self.id}"

    @property
    def script(self) -> str:
        """The file of its functions, relative to the site's root."""
        return f"assets/calc/{self.id}.js"


def read_calculator(fence: Fence, path: Path) -> tuple[Calculator | None, list[Problem]]:
    """Reads one fence.

    Args:
        fence: A fence of the language `calc`.
        path: The page, for the findings.

    Returns:
        The calculator, None where it cannot be shown, and what is wrong with it.
    """
    reader = _Reader(fence, path, _FIXES)
    return reader.calculator(), reader.problems


def calculators(chapter: Chapter) -> tuple[list[Calculator], list[Problem]]:
    """Reads every calculator of a page.

    Args:
        chapter: The page.
    """
    return yaml_fence.every(chapter, LANGUAGE, read_calculator)


def repeated(pages: Iterable[tuple[Chapter, Iterable[Calculator]]]) -> Iterator[Problem]:
    """Yields a finding for every calculator whose id an earlier one has.

    Args:
        pages: Every page of the handbook with its calculators.
    """
    return yaml_fence.repeated(LANGUAGE, pages)


class _Reader(yaml_fence.Reader):
    """Reads a calculator."""

    def calculator(self) -> Calculator | None:
        root = self.root()
        parts = self.mapping(root, FIELDS, "a calculator")
        name = self.name(parts.get("id"), "a calculator")
        title = self.text(parts.get("title"), "title")
        inputs = tuple(self._input(each) for each in self.sequence(parts.get("inputs"), "inputs"))
        results = tuple(
            self._result(each) for each in self.sequence(parts.get("results"), "results")
        )
        names = [part.id for part in inputs] + [part.id for part in results]
        for twice in dict.fromkeys(each for each in names if each and names.count(each) > 1):
            self.bad(root, f"two inputs or results have the id {twice!r}", "id")
        if self.problems or not parts:
            return None
        return Calculator(name, title, inputs, results, self.fence.line)

    def _input(self, node: yaml.Node) -> Input:
        parts = self.mapping(node, INPUT_FIELDS, "an input", ("step", "scale", "unit"))
        low, high = (self.number(parts.get(name), name) for name in ("from", "to"))
        step = self.number(parts.get("step"), "step")
        scale = self.text(parts.get("scale"), "scale") or "linear"
        if scale not in SCALES:
            self.bad(parts.get("scale"), f"'scale' is linear or log, got {scale!r}")
        if {"from", "to"} <= parts.keys() and (
            not low < high or (scale == "log" and low <= 0) or step < 0
        ):
            self.bad(node, "'from' must be below 'to', and above 0 on a log scale")
        return Input(*self._common(parts), low, high, step, scale, *self._end(parts))

    def _result(self, node: yaml.Node) -> Result:
        parts = self.mapping(node, RESULT_FIELDS, "a result", ("format", "unit"))
        form = self.text(parts.get("format"), "format") or ",.0f"
        if not FORMAT.fullmatch(form):
            self.bad(parts.get("format"), f"'format' is such as ,.0f or .1%, got {form!r}")
        return Result(*self._common(parts), form, *self._end(parts))

    def _common(self, parts: dict[str, yaml.Node]) -> tuple[str, str, str]:
        name = self.text(parts.get("id"), "id")
        if name and not _NAME.fullmatch(name):
            self.bad(parts["id"], f"an id in a calculator is in snake_case, got {name!r}", "id")
        return name, self.text(parts.get("text"), "text"), self.text(parts.get("value"), "value")

    def _end(self, parts: dict[str, yaml.Node]) -> tuple[str, int]:
        value = parts.get("value")
        line = self.fence.line + 1 + (value.start_mark.line if value else 0)
        return self.text(parts.get("unit"), "unit"), line


# --------------------------------------------------------------------------- what it computes


class _Names(expressions.Scope):
    """The names in a calculator: its values, the toolkit's functions, and the chapters."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.known: dict[str, float] = {}

    def module(self, name: str) -> Any:
        if name in self.known:
            return self.known[name]
        if name in TOOLKIT:
            return TOOLKIT[name]
        return super().module(name)


TOOLKIT = {
    name: value
    for name, value in vars(estimate).items()
    if isinstance(value, FunctionType)
    and value.__module__ == estimate.__name__
    and not name.startswith("_")
}


@dataclass(frozen=True)
class Computed:
    """A calculator in its first state, and its functions.

    Attributes:
        values: Of the inputs, then of the results.
        written: The results as the page writes them.
        script: The JavaScript that computes the results.
    """

    values: tuple[float, ...]
    written: tuple[str, ...]
    script: str


def compute(one: Calculator, project: Project, path: Path) -> Computed:
    """Computes a calculator's first state and translates its functions.

    Args:
        one: The calculator.
        project: The checkout, whose chapters it may name.
        path: The page.

    Raises:
        HandbookError: An expression gives no number, a value is out of its range, or a function
            cannot be translated.
    """
    names = _Names(project)
    program = translate.Program()
    inputs = [each.id for each in one.inputs]
    for part in one.inputs:
        value = _value(part.value, names, path, part.line)
        if not part.low <= value <= part.high:
            said = f"{part.value} is {value:g}, not between {part.low:g} and {part.high:g}"
            raise HandbookError([Problem(path, part.line, 0, _SCHEMA, said, "widen the range")])
        names.known[part.id] = value
    lines: list[str] = []
    for result in one.results:
        value = _value(result.value, names, path, result.line)
        meant = _meant(result.value, names)
        text = translate.translate(
            expressions.parse(result.value),
            meant,
            [*inputs, *(each.id for each in one.results if each.id in names.known)],
            program,
            (path, result.line),
        )
        lines.append(f"    const {result.id} = $.attempt(() => {text});\n")
        names.known[result.id] = value
    shown = ", ".join(each.id for each in one.results)
    script = (
        f'(window.hbCalc ??= {{}})["{one.id}"] = ($) => {{\n{program.text()}'
        f"  return ({', '.join(inputs)}) => {{\n{''.join(lines)}    return [{shown}];\n  }};\n}};\n"
    )
    written = tuple(format(names.known[each.id], each.format) for each in one.results)
    return Computed(tuple(names.known.values()), written, script)


def _value(text: str, names: _Names, path: Path, line: int) -> float:
    try:
        value = expressions.evaluate(text, names)
    except expressions.ExpressionError as error:
        raise HandbookError([Problem(path, line, 0, _SCHEMA, str(error))]) from None
    if isinstance(value, str) or not math.isfinite(value):
        raise HandbookError([Problem(path, line, 0, _SCHEMA, f"{text} is no number")])
    names.values.clear()  # an input may have another calculator's name
    return float(value)


def _meant(text: str, names: _Names) -> dict[str, Any]:
    """What the names of an expression mean that are no values of the reader's."""
    used = {node.id for node in ast.walk(expressions.parse(text)) if isinstance(node, ast.Name)}
    free = used - names.known.keys() - expressions.FUNCTIONS.keys()
    return {name: names.module(name) for name in sorted(free)}


# --------------------------------------------------------------------------- on the page


def register(md: Markdown, context: Context) -> None:
    """Adds the fence to a converter.

    Args:
        md: The converter of one page.
        context: The page and how to report.
    """

    def element(one: Calculator, _: Chapter) -> Element:
        path = context.source or Path("page.md")
        try:
            return calculator_element(one, compute(one, context.project, path))
        except HandbookError as error:
            first = error.problems[0]
            near = f"id: {one.id}"
            return context.error(context.problem(first.code, first.message, near, "handbook check"))

    yaml_fence.register(md, context, LANGUAGE, read_calculator, element)


def calculator_element(one: Calculator, computed: Computed) -> Element:
    """Returns a calculator as elements whose texts are still Markdown.

    Args:
        one: The calculator.
        computed: Its first state.
    """
    title = f"{one.anchor}-title"
    box = Element(
        "section",
        {
            "class": "hb-calc",
            "id": one.anchor,
            "data-hb-calc": one.id,
            "data-hb-script": one.script,
            "aria-labelledby": title,
        },
    )
    SubElement(box, "p", {"class": "hb-calc__title", "id": title}).text = one.title
    table = SubElement(box, "table", {"class": "hb-calc__table"})
    body = SubElement(table, "tbody")
    for part, value in zip(one.inputs, computed.values, strict=False):
        shape = {
            "data-hb-value": repr(value),
            "data-hb-from": repr(part.low),
            "data-hb-to": repr(part.high),
            "data-hb-step": repr(part.step),
            "data-hb-scale": part.scale,
        }
        _row(body, part.text, shown(value), part.unit, {"data-hb-input": part.id, **shape})
    for result, text in zip(one.results, computed.written, strict=True):
        shape = {"data-hb-result": result.id, "data-hb-format": result.format}
        _row(body, result.text, text, result.unit, shape)
    return box


def _row(body: Element, text: str, value: str, unit: str, shape: dict[str, str]) -> None:
    kind = "input" if "data-hb-input" in shape else "result"
    row = SubElement(body, "tr", {"class": f"hb-calc__{kind}", **shape})
    SubElement(row, "th", {"scope": "row"}).text = text
    cell = SubElement(row, "td")
    before, after = around(unit)
    if before:
        SubElement(cell, "span", {"class": "hb-calc__unit"}).text = before
    number = SubElement(cell, "span", {"class": "hb-calc__value"})
    number.text = value
    if after:
        # What is copied or read aloud keeps them apart.
        number.tail = " "
        SubElement(cell, "span", {"class": "hb-calc__unit"}).text = after.lstrip()


def around(unit: str) -> tuple[str, str]:
    """Returns what stands before and after a value: dollars before it, any other unit after.

    Args:
        unit: The unit; it may be empty.
    """
    if unit == "$":
        return unit, ""
    return "", f" {unit}" if unit else ""


def shown(value: float) -> str:
    """Returns an input's value as the page writes it: thousands apart, no needless digits.

    Args:
        value: The value.
    """
    return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
