"""Shows how a number comes about: formula, values put in, result, and what it rests on.

The formula is read from the syntax tree of the function that computes the number, so that what
the page shows is what the code does.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from handbook import estimate, sandbox
from handbook.estimate import Quantity
from handbook.expressions import (
    FUNCTIONS,
    ExpressionError,
    Scope,
    evaluate,
    parse,
    settle,
    split_spec,
    walk,
)
from handbook.project import Project, find_project


@dataclass(frozen=True)
class Input:
    """A number that a formula starts from.

    Attributes:
        name: Its readable name.
        value: The number.
        shown: The number as a reader wants it, with its unit.
        unit: What it counts; empty for a plain number.
        kind: `assumed`, `sourced` or `measured`; `constant` for a plain number.
        note: Why, or the title of the source.
        url: Where the source is; empty where there is none.
    """

    name: str
    value: float
    shown: str
    unit: str
    kind: str
    note: str
    url: str


@dataclass(frozen=True)
class Derivation:
    """How a number comes about.

    Attributes:
        name: The readable name of what is computed.
        title: What the function says it returns: the first line of its docstring.
        formula: The formula with readable names; empty where the code is no formula.
        substituted: The formula with values put in; empty where there is no formula.
        value: The number.
        result: The number as a reader wants it.
        inputs: What the formula starts from.
        steps: How the other parts of the formula come about, in the order they are used.
        path: The file of the function; None for an expression on a page.
        line: The line of the function in that file.
        called: The call with its arguments, where the code is no formula or it is given more
            than numbers; else empty.
        plain: Whether the code is one formula: other arguments then give other values only.
        cited: The source that the function names for its rule, where the code is no formula.
    """

    name: str
    title: str
    formula: str
    substituted: str
    value: float | str
    result: str
    inputs: tuple[Input, ...] = ()
    steps: tuple[Derivation, ...] = ()
    path: Path | None = None
    line: int = 0
    called: str = ""
    plain: bool = True
    cited: Input | None = None

    def every_input(self) -> tuple[Input, ...]:
        """Returns the inputs of this and of every step, each once."""
        found = dict.fromkeys(self.inputs)
        for step in self.steps:
            found |= dict.fromkeys(step.every_input())
        return tuple(found)


@sandbox.limited()
def derivation(
    expression: str, project: Project | None = None, scope: Scope | None = None
) -> Derivation:
    """Returns how the number of an expression comes about.

    Args:
        expression: As on a page, with or without its format: `news_feed.peak_qps:,.0f`.
        project: The checkout; the one around the working directory where none is given.
        scope: The names it may use; pass one for a whole page, which saves looking them up.

    Raises:
        ExpressionError: The expression gives no number.
        HandbookError: An estimate that it names is broken.
    """
    text, spec = split_spec(expression)
    scope = scope or Scope(project or find_project())
    value = evaluate(text, scope)
    node = parse(text)
    result = format(value, spec) if spec else readable(value)
    if isinstance(node, (ast.Name, ast.Attribute)):
        owner = walk(node, scope)
        if callable(owner):
            return replace(of_call(owner), result=result)
        if isinstance(owner, Quantity):
            found = as_input(_last_name(node), owner)
            return Derivation(found.name, found.note, "", "", value, result, (found,))
    if isinstance(node, ast.Call) and not _is_builtin(node.func):
        return replace(_explain_call(node, _PageNames(scope)), result=result)
    reader = _Reader(_PageNames(scope))
    try:
        formula, substituted = reader.show(node), reader.substitute(node)
    except _NotPlainError:
        return Derivation(text, "", "", "", value, result)
    inputs, steps = tuple(reader.inputs), tuple(reader.steps)
    # An expression that only scales one number is about that number.
    titles = [step.title for step in steps] + [given.note for given in inputs]
    title = titles[0] if len(titles) == 1 else ""
    return Derivation(formula, title, formula, substituted, value, result, inputs, steps)


def unscaled(expression: str) -> str:
    """Returns what an expression is about: `x` for `x / 1e6:.1f`, which only changes the unit.

    Args:
        expression: As on a page, with or without its format.

    Raises:
        ExpressionError: It is no expression.
    """
    text, _ = split_spec(expression)
    node = whole = parse(text)
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        if _is_scale(node.right):
            node = node.left
        elif _is_scale(node.left) and isinstance(node.op, ast.Mult):
            node = node.right
        else:
            break
    plain = node is whole or isinstance(node, ast.Constant)
    return text if plain else ast.unparse(node)


def _is_scale(node: ast.expr) -> bool:
    factor = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(factor, (int, float)) or factor <= 0:
        return False
    return factor in _TIMES or math.log10(factor).is_integer()


def of_call(function: Callable[..., Any], *args: Any, **named: Any) -> Derivation:
    """Returns how a function comes to its result.

    Args:
        function: A function of an estimate or of the toolkit.
        *args: Its arguments; the defaults where none are given.
        **named: Its arguments by name.
    """
    # A formula is written twice, with names and with values, and so is each of its steps: without
    # a memory the work doubles with every level. The function itself is in the key, so a reloaded
    # estimate is read anew.
    key = (function, tuple(map(_identity, args)), _named_identity(named))
    if key not in _explained:
        if len(_explained) >= _MEMORY:
            _explained.clear()
        _explained[key] = _explain(function, *args, **named)
    return _explained[key]


# A minute, an hour and a day in seconds, a day in hours.
_TIMES = (60, 3600, 86400, 24)


def forget() -> None:
    """Forgets what was explained, for who knows that an estimate has changed.

    A function that asks another chapter only when it is called stays the same function.
    """
    _explained.clear()


_MEMORY = 4096
_explained: dict[tuple[Any, ...], Derivation] = {}


def _identity(value: Any) -> tuple[Any, ...]:
    # Equal numbers of different origin have different derivations.
    if isinstance(value, Hashable):
        return type(value), value, getattr(value, "unit", ""), getattr(value, "note", "")
    return type(value), id(value)


def _named_identity(named: dict[str, Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((name, _identity(value)) for name, value in sorted(named.items()))


def _explain(function: Callable[..., Any], *args: Any, **named: Any) -> Derivation:
    plain = inspect.unwrap(function)
    value = function(*args, **named)
    code = getattr(plain, "__code__", None)
    name = readable_name(getattr(plain, "__name__", "value"))
    doc = inspect.getdoc(plain) or ""
    title = _DEFAULT_CLAUSE.sub("", doc.split("\n", 1)[0].rstrip("."))
    if code is None:
        return Derivation(name, title, "", "", value, readable(value))
    path = Path(code.co_filename)
    names = _FunctionNames(plain, args, named)
    chosen = names.chosen()
    title = f"{title} ({chosen})" if title and chosen else title
    body = _body(path, plain.__name__, code.co_firstlineno)
    read = _read_formula(names, body) if body else None
    found = Derivation(
        name, title, "", "", value, readable(value), path=path, line=code.co_firstlineno
    )
    called = f"{name}({names.arguments()})" if names.arguments() else name
    if read is None and path == _TOOLKIT:
        return replace(found, inputs=names.numbers())
    if read is None:
        inputs = tuple(dict.fromkeys((*names.numbers(), *_rests_on(plain))))
        return replace(found, inputs=inputs, called=called, cited=_citation(doc))
    if names.given_many() and not read.called:
        read = replace(read, called=called)
    elif read.called and names.arguments():
        # It hands on what it was given: both calls, one after the other.
        read = replace(read, called=f"{called} = {read.called}")
    return replace(
        read, name=name, title=title, value=value, result=found.result, path=path, line=found.line
    )


# What a docstring says of an argument that is left out: where it is given, this is not so.
_DEFAULT_CLAUSE = re.compile(r"; [^;]*\b(?:if|where) (?:none|not)\b[^;]*\bgiven$")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,:;)\]]")


# Its functions are known by their names: what approximates a normal quantile explains nothing.
_TOOLKIT = Path(estimate.__file__)


def _citation(doc: str) -> Input | None:
    """Returns the source that a docstring names: the sentence around its first address."""
    address = _ADDRESS.search(doc)
    if address is None:
        return None
    before = " ".join(doc[: address.start()].rsplit("\n\n", 1)[-1].split()).rstrip(" ,:(")
    cited = before.rsplit(": ", 1)[-1]
    return Input("its source", 0.0, "", "", "sourced", cited, address[0])


def _rests_on(function: Callable[..., Any]) -> tuple[Input, ...]:
    """Returns the inputs that a function's code names; where none, those of what it calls.

    Whether a run needs each of them is not known: this reads the code and does not follow it.
    """
    found: dict[Input, None] = {}
    seen: set[Any] = set()
    level = [inspect.unwrap(function)]
    while level and not found:
        called: list[Any] = []
        for plain in level:
            if plain in seen or Path(plain.__code__.co_filename).name != "estimate.py":
                continue
            seen.add(plain)
            if len(seen) > 1:
                found |= dict.fromkeys(_defaults(plain, found))
            body = _body(Path(plain.__code__.co_filename), plain.__name__, _line(plain)) or []
            for name, value in _named_in(body, plain.__globals__):
                if isinstance(value, Quantity):
                    found[as_input(name, value)] = None
                elif isinstance(value, dict):
                    found |= dict.fromkeys(_named_items(name, value, body))
                elif inspect.isfunction(inspect.unwrap(value)):
                    called.append(inspect.unwrap(value))
        level = called
    return tuple(found)


def _line(function: Any) -> int:
    return int(function.__code__.co_firstlineno)


def _defaults(function: Callable[..., Any], known: Iterable[Input]) -> list[Input]:
    """Returns the inputs that stand in a function's head, unless known by another name."""
    parameters = inspect.signature(function).parameters.values()
    given = {each.name: each.default for each in parameters if isinstance(each.default, Quantity)}
    inputs = [as_input(name, value) for name, value in given.items()]
    said = {(each.value, each.note) for each in known}
    return [each for each in inputs if (each.value, each.note) not in said]


def _named_items(name: str, table: dict[Any, Any], body: list[ast.stmt]) -> list[Input]:
    """Returns the inputs of a table that code names; all where it names none of a short one."""
    found = {key: each for key, each in table.items() if isinstance(each, Quantity)}
    nodes = [node for statement in body for node in ast.walk(statement)]
    named = {node.value for node in nodes if isinstance(node, ast.Constant)} & found.keys()
    if not named and len(found) > _SHOWN:
        return []
    kept = {key: found[key] for key in found if key in named or not named}
    return [replace(as_input(name, each), name=_item_name(name, key)) for key, each in kept.items()]


def _named_in(body: list[ast.stmt], known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yields what statements name of their module, or of a module that it uses."""
    for node in (node for statement in body for node in ast.walk(statement)):
        if isinstance(node, ast.Name) and node.id in known:
            yield node.id, known[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = known.get(node.value.id)
            if isinstance(owner, ModuleType) and hasattr(owner, node.attr):
                yield node.attr, getattr(owner, node.attr)


def _read_formula(names: _FunctionNames, body: list[ast.stmt]) -> Derivation | None:
    """Returns what the body of a function computes; None where that is no plain formula."""
    reader = _Reader(names)
    try:
        final = names.follow(body)
        formula, substituted = reader.show(final), reader.substitute(final)
    except _NotPlainError:
        return None
    inputs, steps = tuple(reader.inputs), tuple(reader.steps)
    if names.loose:
        # What a loop has made is a number without a formula: this is where it comes from.
        more = (*names.defaults(), *_rests_on(names.function))
        inputs = tuple(dict.fromkeys((*inputs, *more)))
    found = Derivation("", "", formula, substituted, 0.0, "", inputs, steps, plain=names.plain)
    inner = steps[-1] if steps else None
    handed_on = isinstance(final, ast.Call) and not _is_builtin(final.func)
    if not handed_on or inner is None or not (inner.formula or inner.called):
        return found
    # The function only hands on to another: that one's formula says more than its name.
    constants = tuple(given for given in inner.inputs if given not in inputs)
    return replace(inner, inputs=inputs + constants, steps=steps[:-1] + inner.steps)


class _NotPlainError(Exception):
    """Code that is no formula, such as a search for the best value."""


def as_input(name: str, value: Any) -> Input:
    """Returns a number as something that a formula starts from.

    Args:
        name: Its name in the code.
        value: The number.
    """
    if isinstance(value, Quantity):
        shown = f"{readable(value)} {value.unit}".rstrip()
        return Input(
            readable_name(name), value, shown, value.unit, value.kind, value.note, value.url
        )
    return Input(readable_name(name), float(value), readable(value), "", "constant", "", "")


def readable_name(name: str) -> str:
    """Returns a name of the code in words: `DAILY_USERS` is `daily users`.

    Args:
        name: An identifier.
    """
    words = [word.lower() if word.isupper() else word for word in name.strip("_").split("_")]
    keep = {"qps": "QPS", "gb": "GB", "tb": "TB", "mb": "MB", "pb": "PB", "kb": "KB", "gpu": "GPU"}
    return " ".join(keep.get(word, word) for word in words)


def readable(value: Any) -> str:
    """Returns a number as a reader wants it: `69,444`, `0.034`, `2.56 × 10¹²`.

    Args:
        value: A number; anything else is shown as text.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    size = abs(value)
    if size and (size >= 1e12 or size < 1e-4):
        digits, _, power = f"{value:.4g}".partition("e")
        if not power:
            digits, _, power = f"{value:.3e}".partition("e")
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"10{raised}" if digits == "1" else f"{digits} × 10{raised}"
    if value == int(value) or size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


# --------------------------------------------------------------------------- names in a formula


class _PageNames:
    """What the names of an expression on a page stand for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def value(self, node: ast.expr) -> Any:
        """Returns the value of a node, functions uncalled."""
        return walk(node, self.scope)

    def local_step(self, name: str) -> Derivation | None:  # noqa: ARG002
        """Returns how a name of the function's own comes about."""
        return None


class _FunctionNames:
    """What the names inside a function stand for, with its arguments bound."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        bound = inspect.signature(function).bind(*args, **named)
        self.function = function
        self.given = set(bound.arguments)
        bound.apply_defaults()
        self.parameters = dict(bound.arguments)
        # One space for both: a comprehension does not see the locals that it is evaluated with.
        self.known: dict[str, Any] = {**getattr(function, "__globals__", {}), **self.parameters}
        self.loose = False
        self.plain = True
        self.aliases: dict[str, ast.expr] = {}
        self._made: set[str] = set()
        self._steps: dict[str, Derivation] = {}
        self._written: dict[str, ast.expr] = {}

    def value(self, node: ast.expr) -> Any:
        """Returns the value of a node; it is the chapter's own code, already run once."""
        code = compile(ast.Expression(node), "<formula>", "eval")
        try:
            return eval(code, self.known)  # noqa: S307
        except Exception as error:
            raise _NotPlainError from error

    def local_step(self, name: str) -> Derivation | None:
        """Returns how a name of the function's own comes about."""
        return self._steps.get(name)

    def numbers(self) -> tuple[Input, ...]:
        """Returns every number that the function is given."""
        given = self.parameters.items()
        return tuple(as_input(name, value) for name, value in given if _is_number(value))

    def defaults(self) -> tuple[Input, ...]:
        """Returns those of them that no caller has given."""
        own = {readable_name(name) for name in self.parameters.keys() - self.given}
        return tuple(each for each in self.numbers() if each.name in own)

    def arguments(self) -> str:
        """Returns what the function is given, `rank: 600, drawn: 10,000`; nothing for nothing."""
        given = {name: value for name, value in self.parameters.items() if value is not None}
        return ", ".join(f"{readable_name(name)}: {_brief(value)}" for name, value in given.items())

    def given_many(self) -> bool:
        """Whether the function is given a list, a table or the like."""
        return any(isinstance(value, (list, tuple, dict)) for value in self.parameters.values())

    def chosen(self) -> str:
        """Returns the arguments that a caller chose, which tell one call from another."""
        return ", ".join(
            _said(name, self.parameters[name])
            for name in self.parameters
            if name in self.given and isinstance(self.parameters[name], (bool, int, float, str))
        )

    def follow(self, body: list[ast.stmt]) -> ast.expr:
        """Runs the statements up to the `return` that is reached, and returns its expression."""
        final = self._follow(body)
        if final is None:
            raise _NotPlainError
        return final

    def _follow(self, body: list[ast.stmt]) -> ast.expr | None:
        in_toolkit = Path(self.function.__code__.co_filename) == _TOOLKIT
        for statement in body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self._final(statement.value)
            if _is_guard(statement):
                continue
            if in_toolkit and not isinstance(statement, (ast.Assign, ast.AnnAssign)):
                raise _NotPlainError
            if isinstance(statement, ast.If):
                self.plain = False
                taken = statement.body if self.value(statement.test) else statement.orelse
                final = self._follow(taken)
                if final is not None:
                    return final
                continue
            assigned = self._assigned(statement)
            for name, expression in assigned:
                self._assign(name, expression)
            if not assigned:
                self._run(statement)
        return None

    def _final(self, expression: ast.expr) -> ast.expr:
        """Refuses what only names, or scales, what a loop has made: that explains nothing."""
        names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        if names and names <= self._made:
            raise _NotPlainError
        return expression

    def _assigned(self, statement: ast.stmt) -> list[tuple[str, ast.expr]]:
        """Returns what a plain assignment names, each with its expression."""
        target: ast.expr
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            target = statement.target
            before = self._written.get(target.id)
            if before is None:
                return []
            value = ast.copy_location(
                ast.BinOp(before, statement.op, statement.value), statement.value
            )
        else:
            return []
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        named = [(each.id, one) for each, one in pairs if isinstance(each, ast.Name)]
        used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        # All of a row are assigned at once: `low, high = high, low` is not one after the other.
        clash = len(pairs) > 1 and any(name in used for name, _ in named)
        return [] if clash or len(named) < len(pairs) else named

    def _assign(self, name: str, expression: ast.expr) -> None:
        reader = _Reader(self)
        value = self.value(expression)
        try:
            formula, put_in = reader.show(expression), reader.substitute(expression)
        except _NotPlainError:
            formula = put_in = ""
            self._forget(name)
        # What can be gone through once only would be gone when it is asked for.
        self.known[name] = list(value) if isinstance(value, Iterator) else value
        self.aliases.pop(name, None)
        if _is_number(value) and formula:
            self._written[name] = expression
            parts = tuple(reader.inputs), tuple(reader.steps)
            shown = readable(value)
            if not reader.steps and put_in == shown != formula:
                # Another name for an input or an argument: a formula says that one.
                self.aliases[name] = expression
            self._steps[name] = Derivation(
                readable_name(name), "", formula, put_in, value, shown, *parts
            )

    def _run(self, statement: ast.stmt) -> None:
        """Runs a statement that is no formula, such as a loop: its names have values only."""
        if any(isinstance(node, ast.Return) for node in ast.walk(statement)):
            raise _NotPlainError
        code = compile(ast.Module([statement], []), "<formula>", "exec")
        try:
            exec(code, self.known)  # noqa: S102
        except Exception as error:
            raise _NotPlainError from error
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._forget(node.id)
                self._made.add(node.id)

    def _forget(self, name: str) -> None:
        self.loose, self.plain = True, False
        self.aliases.pop(name, None)
        self._steps.pop(name, None)
        self._written.pop(name, None)


_Names = _PageNames | _FunctionNames


def _is_guard(statement: ast.stmt) -> bool:
    """Whether a statement only documents or refuses: a docstring, an assert, `if ...: raise`."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If):
        return not statement.orelse and all(isinstance(s, ast.Raise) for s in statement.body)
    return isinstance(statement, (ast.Assert, ast.Pass))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _said(name: str, value: Any) -> str:
    """Returns one argument as a reader wants it: `Serve`, `not new`, `passages 20`."""
    if isinstance(value, str):
        return value or f"no {readable_name(name)}"
    if isinstance(value, bool):
        return f"{'' if value else 'not '}{readable_name(name)}"
    return f"{readable_name(name)} {readable(value)}"


# More than so many, or longer than so many characters, are counted and not shown.
_SHOWN = 8
_SHOWN_LENGTH = 100


def _brief(value: Any) -> str:
    """Returns any value shortly: `[1, 0, 1]`, `20 values`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, str)):
        return readable(value)
    if callable(value):
        return readable_name(getattr(value, "__name__", "function"))
    fields = getattr(value, "_asdict", None)
    if fields or isinstance(value, Mapping):
        items = fields() if fields else value
        parts = [f"{readable_name(str(key))} {_brief(each)}" for key, each in items.items()]
    elif isinstance(value, (list, tuple, range)):
        parts = [_brief(each) for each in value[: _SHOWN + 1]]
    elif isinstance(value, (set, frozenset)):
        parts = sorted(map(_brief, value))
    else:
        return type(value).__name__
    text = f"[{', '.join(parts)}]"
    return text if len(parts) <= _SHOWN and len(text) <= _SHOWN_LENGTH else f"{len(value)} values"


# --------------------------------------------------------------------------- formulas

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1),
    ast.Sub: ("−", 1),
    ast.Mult: ("×", 2),
    ast.Div: ("÷", 2),
    ast.FloorDiv: ("div", 2),
    ast.Mod: ("mod", 2),
    ast.Pow: ("^", 4),
}
_ATOM = 9


class _Reader:
    """Writes a syntax tree as a formula, and notes the inputs and steps that it meets."""

    def __init__(self, names: _Names) -> None:
        self.names = names
        self.inputs: list[Input] = []
        self.steps: list[Derivation] = []

    def show(self, node: ast.expr) -> str:
        """Returns the formula with readable names."""
        return self._write(node, values=False)[0]

    def substitute(self, node: ast.expr) -> str:
        """Returns the formula with values put in."""
        return self._write(node, values=True)[0]

    def _write(self, node: ast.expr, values: bool) -> tuple[str, int]:
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            return self._binary(node, values)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            text, rank = self._write(node.operand, values)
            return (f"−{text}" if rank >= 3 else f"−({text})"), 3
        if isinstance(node, ast.Constant) and _is_number(node.value):
            return readable(node.value), _ATOM
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._name(node, values)
        if isinstance(node, ast.Call):
            return self._call(node, values)
        if isinstance(node, ast.Subscript):
            return self._item(node, values)
        if isinstance(node, ast.IfExp):
            self._not_plain()
            taken = node.body if self.names.value(node.test) else node.orelse
            return self._write(taken, values)
        raise _NotPlainError

    def _binary(self, node: ast.BinOp, values: bool) -> tuple[str, int]:
        sign, rank = _SIGNS[type(node.op)]
        left, left_rank = self._write(node.left, values)
        right, right_rank = self._write(node.right, values)
        # Minus and division bind what follows; a power binds what stands before it.
        strict = isinstance(node.op, (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod))
        if left_rank < rank or (isinstance(node.op, ast.Pow) and left_rank < _ATOM):
            left = f"({left})"
        if right_rank < rank or (strict and right_rank == rank):
            right = f"({right})"
        return f"{left} {sign} {right}", rank

    def _name(self, node: ast.Name | ast.Attribute, values: bool) -> tuple[str, int]:
        name = _last_name(node)
        if isinstance(self.names, _FunctionNames) and isinstance(node, ast.Name):
            alias = self.names.aliases.get(name)
            if alias is not None:
                return self._write(alias, values)
        value = self.names.value(node)
        if callable(value) and not isinstance(value, type) and isinstance(self.names, _PageNames):
            self._step(of_call(value))
            value = settle(value, name)
        elif _is_number(value):
            self._note_name(node, name, value)
        else:
            raise _NotPlainError
        return (readable(value) if values else readable_name(name)), _ATOM

    def _note_name(self, node: ast.expr, name: str, value: float) -> None:
        own = self.names.local_step(name) if isinstance(node, ast.Name) else None
        if own is not None:
            self._step(own)
            return
        if isinstance(self.names, _FunctionNames) and name in self.names.given:
            # The caller's formula already says where this comes from.
            return
        self._note(name, value)

    def _call(self, node: ast.Call, values: bool) -> tuple[str, int]:
        name = _last_name(node.func)
        if _is_builtin(node.func):
            if node.keywords:
                raise _NotPlainError
            if name == "float" and len(node.args) == 1:
                return self._write(node.args[0], values)
            name = _PLAIN_NAMES.get(name, name)
            inside = ", ".join(self._operand(arg, values) for arg in node.args)
            return f"{readable_name(name)}({inside})", _ATOM
        words = self._words(node)
        step = _explain_call(node, self.names)
        if not _is_number(step.value):
            raise _NotPlainError
        if not (step.formula or step.called or words):
            # A method: its arguments are all that can be said of it.
            words = [_brief(self.names.value(each)) for each in node.args]
            self._not_plain(loose=True)
        if words:
            # The same function with other arguments is another step.
            step = replace(step, name=f"{step.name} ({', '.join(words)})")
        self._step(step)
        return (step.result if values else step.name), _ATOM

    def _words(self, node: ast.Call) -> list[str]:
        """The arguments that tell this call of a function from others."""
        names = _parameter_names(self.names.value(node.func))
        given = [(names[at] if at < len(names) else "", arg) for at, arg in enumerate(node.args)]
        given += [(str(keyword.arg), keyword.value) for keyword in node.keywords]
        # A name that is only passed on would repeat what the step says.
        passed_on = (ast.Name, ast.Attribute, ast.Call, ast.Starred)
        words = [(self._argument(name, argument), argument) for name, argument in given]
        return [text for text, argument in words if not isinstance(argument, passed_on)]

    def _argument(self, name: str, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bool)):
            return _said(name, node.value) if name else _brief(node.value)
        try:
            return self._write(node, values=False)[0]
        except _NotPlainError:
            inner = node.value if isinstance(node, ast.Starred) else node
            return _brief(self.names.value(inner))

    def _operand(self, node: ast.expr, values: bool) -> str:
        """An argument of `sum` and the like: a number, or many of them."""
        if isinstance(node, ast.Starred):
            node = node.value
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return self._each(node, values)
        try:
            return self._write(node, values)[0]
        except _NotPlainError:
            value = self.names.value(node)
            if not isinstance(value, (list, tuple, Mapping)):
                raise
            return _brief(value).strip("[]") if values else readable_name(_last_name(node))

    def _each(self, node: ast.GeneratorExp | ast.ListComp, values: bool) -> str:
        """What is done for each of several: `weight × like for each action`; or what it gives."""
        found = self.names.value(ast.copy_location(ast.ListComp(node.elt, node.generators), node))
        if not all(isinstance(value, (int, float)) for value in found):
            raise _NotPlainError
        self._not_plain(loose=True)
        if values:
            shown = ", ".join(readable(float(value)) for value in found) or "nothing"
            return shown if len(found) <= _MOST_TERMS else f"{len(found):,} values"
        names = [
            readable_name(each.id)
            for loop in node.generators
            for each in ast.walk(loop.target)
            if isinstance(each, ast.Name) and each.id != "_"
        ]
        chosen = " that counts" if any(loop.ifs for loop in node.generators) else ""
        return f"{_in_words(node.elt)} for each {', '.join(names) or 'of them'}{chosen}"

    def _item(self, node: ast.Subscript, values: bool) -> tuple[str, int]:
        value = self.names.value(node)
        if not _is_number(value):
            raise _NotPlainError
        name = self._item_of(node)
        self._note(name, value)
        return (readable(value) if values else name), _ATOM

    def _item_of(self, node: ast.expr) -> str:
        """The name of an entry: `clock (Serve)`, `lab (recall) (last)`."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            return readable_name(_last_name(node))
        if not isinstance(node, ast.Subscript):
            raise _NotPlainError
        key = self.names.value(node.slice)
        if isinstance(key, int) and isinstance(self.names.value(node.value), (list, tuple)):
            key = "last" if key == -1 else f"no. {key + 1}" if key >= 0 else key
        return _item_name(self._item_of(node.value), key)

    def _not_plain(self, loose: bool = False) -> None:
        if isinstance(self.names, _FunctionNames):
            self.names.plain = False
            self.names.loose |= loose

    def _note(self, name: str, value: Any) -> None:
        found = as_input(name, value)
        if found not in self.inputs:
            self.inputs.append(found)

    def _step(self, step: Derivation) -> None:
        if step not in self.steps:
            self.steps.append(step)


# Of so many a sum shows each.
_MOST_TERMS = 12


def _parameter_names(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _item_name(name: str, key: object) -> str:
    shown = readable_name(key) if isinstance(key, str) else str(key)
    return f"{readable_name(name)} ({shown})"


_PLAIN_NAMES = {"fsum": "sum", "fmean": "mean"}


def _in_words(node: ast.expr) -> str:
    """Writes the part of a sum: loops give its names no single value."""
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        sign, rank = _SIGNS[type(node.op)]
        return f"{_term(node.left, rank)} {sign} {_term(node.right, rank + 1)}"
    if isinstance(node, ast.Subscript):
        return f"{readable_name(_last_name(node.value))} ({_in_words(node.slice)})"
    if isinstance(node, ast.Call) and not node.keywords:
        inside = ", ".join(_in_words(each) for each in node.args)
        name = _last_name(node.func)
        if name == "float" and inside:
            return inside
        name = readable_name(_PLAIN_NAMES.get(name, name))
        return f"{name}({inside})" if inside else name
    if isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.Or) else " and "
        return word.join(map(_in_words, node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"−{_term(node.operand, 3)}"
    if isinstance(node, ast.Constant):
        return readable(node.value)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return readable_name(_last_name(node))
    return "a value"


def _term(node: ast.expr, least: int) -> str:
    loose = isinstance(node, ast.BinOp) and _SIGNS.get(type(node.op), ("", _ATOM))[1] < least
    return f"({_in_words(node)})" if loose else _in_words(node)


def _explain_call(node: ast.Call, names: _Names) -> Derivation:
    function = names.value(node.func)
    args: list[Any] = []
    for arg in node.args:
        if isinstance(names, _PageNames):
            args.append(settle(names.value(arg), ast.unparse(arg)))
        elif isinstance(arg, ast.Starred):
            args += names.value(arg.value)
        else:
            args.append(names.value(arg))
    named = {str(keyword.arg): names.value(keyword.value) for keyword in node.keywords}
    if inspect.isfunction(inspect.unwrap(function)):
        return of_call(function, *args, **named)
    try:
        value = function(*args, **named)
    except Exception as error:
        raise ExpressionError(f"{ast.unparse(node)} fails: {error}") from error
    name = readable_name(_last_name(node.func))
    return Derivation(name, "", "", "", value, readable(value))


def _is_builtin(node: ast.expr) -> bool:
    name = _last_name(node)
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "math"
    return name in FUNCTIONS or name in (
        "sum", "fsum", "fmean", "int", "float", "len", "ceil", "floor", "log2",
    )  # fmt: skip


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


# --------------------------------------------------------------------------- source


def _body(path: Path, name: str, line: int) -> list[ast.stmt] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    for node in _functions(path, status.st_mtime_ns, status.st_size):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if node.name == name and line in (node.lineno, first):
            return node.body
    return None


@lru_cache(maxsize=256)
def _functions(path: Path, _changed: int, _size: int) -> tuple[ast.FunctionDef, ...]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError):
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
