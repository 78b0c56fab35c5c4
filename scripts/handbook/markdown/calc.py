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
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from handbook import estimate, expressions, translate
from handbook.chapters import Chapter, Fence, compose, odd_nodes
from handbook.estimate import did_you_mean
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from handbook.markdown.context import Context

LANGUAGE = "calc"
FIELDS = ("id", "title", "inputs", "results")
INPUT_FIELDS = ("id", "text", "value", "from", "to", "step", "scale", "unit")
RESULT_FIELDS = ("id", "text", "value", "format", "unit")
SCALES = ("linear", "log")
# What both languages write alike: digits behind the point, thousands, per cent.
FORMAT = re.compile(r"(?P<comma>,?)\.(?P<digits>\d)(?P<kind>[f%])")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OTHER_FENCE = re.compile(r"(?m)^(?:`{3,}|~{3,})\S")
_SCHEMA = "calc-schema"
_FIXES = {
    "calc-id": "write it in kebab-case, once; names of inputs in snake_case",
    _SCHEMA: "write id, title, inputs (id, text, value, from, to) and results (id, text, value)",
}
# After line ends are normalised (30), before fences are put aside (25).
_READ_PRIORITY = 28.0
# After the paragraphs exist, before the inline patterns (20) read what is put here.
_WRITE_PRIORITY = 26.0


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
    if not fence.closed or _OTHER_FENCE.search(fence.body):
        fix = "end it with ``` on a line of its own"
        return None, [Problem(path, fence.line, 0, _SCHEMA, "the calculator is not closed", fix)]
    reader = _Reader(path, fence.line)
    return reader.calculator(fence.body), reader.problems


def calculators(chapter: Chapter) -> tuple[list[Calculator], list[Problem]]:
    """Reads every calculator of a page.

    Args:
        chapter: The page.
    """
    found: list[Calculator] = []
    problems: list[Problem] = []
    for fence in chapter.fences:
        if fence.language == LANGUAGE:
            one, wrong = read_calculator(fence, chapter.path)
            problems += wrong
            if one:
                found.append(one)
    return found, problems


def repeated(pages: Iterable[tuple[Chapter, Iterable[Calculator]]]) -> Iterator[Problem]:
    """Yields a finding for every calculator whose id an earlier one has.

    Args:
        pages: Every page of the handbook with its calculators.
    """
    first: dict[str, str] = {}
    for chapter, found in pages:
        for one in found:
            if one.id in first:
                said = f"the calculator id {one.id!r} is taken by {first[one.id]}"
                yield Problem(chapter.path, one.line, 0, "calc-id", said, "give it another id")
            first.setdefault(one.id, f"{chapter.page}:{one.line}")


# --------------------------------------------------------------------------- the YAML


class _Reader:
    """Reads the YAML of a fence node by node, so that every finding has its line."""

    def __init__(self, path: Path, line: int) -> None:
        self.path, self.line = path, line
        self.problems: list[Problem] = []

    def at(self, node: yaml.Node | None) -> int:
        return self.line + (1 + node.start_mark.line if node else 0)

    def bad(self, node: yaml.Node | None, message: str, code: str = _SCHEMA) -> None:
        self.problems.append(Problem(self.path, self.at(node), 0, code, message, _FIXES[code]))

    def calculator(self, text: str) -> Calculator | None:
        try:
            node = compose(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "is not YAML"
            line = self.line + (1 + mark.line if mark else 0)
            fix = "quote text that has a colon or starts with a quote"
            self.problems.append(Problem(self.path, line, 0, "calc-yaml", said, fix))
            return None
        odd = odd_nodes(node)
        for at, what in odd:
            self.bad(at, f"{what} is no data")
        parts = None if odd else self._mapping(node, FIELDS, FIELDS, "a calculator")
        if parts is None:
            return None
        name = self._name(parts.get("id"), _ID)
        title = self._text(parts.get("title"), "title")
        inputs = tuple(self._input(each) for each in self._list(parts.get("inputs"), "inputs"))
        results = tuple(self._result(each) for each in self._list(parts.get("results"), "results"))
        self._unique([*inputs, *results], node)
        if self.problems or not inputs or not results:
            return None
        return Calculator(
            name, title, tuple(filter(None, inputs)), tuple(filter(None, results)), self.line
        )

    def _unique(self, parts: list[Any], node: yaml.Node | None) -> None:
        names = [part.id for part in parts if part]
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self.bad(node, f"two inputs or results have the id {name!r}", "calc-id")

    def _list(self, node: yaml.Node | None, name: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode) and node.value:
            return list(node.value)
        if node is not None:
            self.bad(node, f"{name!r} must be a list")
        return []

    def _input(self, node: yaml.Node) -> Input | None:
        needed = ("id", "text", "value", "from", "to")
        parts = self._mapping(node, INPUT_FIELDS, needed, "an input")
        if parts is None:
            return None
        low, high = (self._number(parts.get(name), name) for name in ("from", "to"))
        step = self._number(parts.get("step"), "step") if "step" in parts else 0.0
        scale = self._text(parts.get("scale"), "scale") or "linear"
        if scale not in SCALES:
            self.bad(parts.get("scale"), f"'scale' is linear or log, got {scale!r}")
        if not low < high or (scale == "log" and low <= 0) or step < 0:
            self.bad(node, "'from' must be below 'to', and above 0 on a log scale")
        return Input(
            self._name(parts.get("id"), _NAME),
            self._text(parts.get("text"), "text"),
            self._text(parts.get("value"), "value"),
            low,
            high,
            step,
            scale,
            self._text(parts.get("unit"), "unit"),
            self.at(parts["value"]),
        )

    def _result(self, node: yaml.Node) -> Result | None:
        parts = self._mapping(node, RESULT_FIELDS, ("id", "text", "value"), "a result")
        if parts is None:
            return None
        form = self._text(parts.get("format"), "format") or ",.0f"
        if not FORMAT.fullmatch(form):
            self.bad(parts.get("format"), f"'format' is such as ,.0f or .1%, got {form!r}")
        return Result(
            self._name(parts.get("id"), _NAME),
            self._text(parts.get("text"), "text"),
            self._text(parts.get("value"), "value"),
            form,
            self._text(parts.get("unit"), "unit"),
            self.at(parts["value"]),
        )

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
            return None
        return parts

    def _text(self, node: yaml.Node | None, name: str) -> str:
        if node is None:
            return ""
        if isinstance(node, yaml.ScalarNode) and str(node.value).strip():
            return " ".join(str(node.value).split())
        self.bad(node, f"{name!r} must be text")
        return ""

    def _number(self, node: yaml.Node | None, name: str) -> float:
        text = self._text(node, name)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.bad(node, f"{name!r} must be a number, got {text!r}")
            return 0.0
        return value

    def _name(self, node: yaml.Node | None, shape: re.Pattern[str]) -> str:
        name = self._text(node, "id")
        if name and not shape.fullmatch(name):
            self.bad(node, f"{name!r} is no id for this", "calc-id")
        return name


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
    found: list[Calculator | Problem] = []
    md.preprocessors.register(_Take(md, found), "hb_calc", _READ_PRIORITY)
    md.treeprocessors.register(_Put(md, context, found), "hb_calc", _WRITE_PRIORITY)


class _Take(Preprocessor):
    """Takes the fences out and leaves a token where each stood."""

    def __init__(self, md: Markdown, found: list[Calculator | Problem]) -> None:
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
            one, problems = read_calculator(fence, path)
            indent = re.match(r"[ \t>]*", lines[fence.line - 1])
            last = fence.line + fence.body.count("\n") + 1
            lead = indent[0] if indent else ""
            token = f"{lead}{STX}hb-calc:{len(self.found)}{ETX}"
            out[fence.line - 1 : last] = [lead.rstrip(), token, lead.rstrip()]
            self.found.append(one or problems[0])
        return out


class _Put(Treeprocessor):
    """Puts the calculator in the place of its token."""

    def __init__(self, md: Markdown, context: Context, found: list[Calculator | Problem]) -> None:
        super().__init__(md)
        self.context, self.found = context, found

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, child in enumerate(list(parent)):
                token = re.fullmatch(f"{STX}hb-calc:(\\d+){ETX}", (child.text or "").strip())
                if token and child.tag == "p":
                    parent[at] = self._element(self.found[int(token[1])])

    def _element(self, found: Calculator | Problem) -> Element:
        near = f"```{LANGUAGE}"
        if isinstance(found, Problem):
            return self._error(found.code, found.message, near)
        path = self.context.source or Path("page.md")
        try:
            return calculator_element(found, compute(found, self.context.project, path))
        except HandbookError as error:
            first = error.problems[0]
            return self._error(first.code, first.message, f"id: {found.id}")

    def _error(self, code: str, message: str, near: str) -> Element:
        return self.context.error(self.context.problem(code, message, near, "handbook check"))


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
    SubElement(cell, "span", {"class": "hb-calc__value"}).text = value
    if unit:
        SubElement(cell, "span", {"class": "hb-calc__unit"}).text = unit


def shown(value: float) -> str:
    """Returns an input's value as the page writes it: thousands apart, no needless digits.

    Args:
        value: The value.
    """
    return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
