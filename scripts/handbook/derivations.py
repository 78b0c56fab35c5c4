"""Shows how a number comes about: formula, values put in, result, and what it rests on.

The formula is read from the syntax tree of the function that computes the number, so that what
the page shows is what the code does.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from handbook import sandbox
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
    title = (inspect.getdoc(plain) or "").split("\n", 1)[0].rstrip(".")
    if code is None:
        return Derivation(name, title, "", "", value, readable(value))
    path = Path(code.co_filename)
    names = _FunctionNames(plain, args, named)
    body = _body(path, plain.__name__, code.co_firstlineno)
    read = _read_formula(names, body) if body else None
    formula, substituted, inputs, steps = read or ("", "", names.numbers(), ())
    return Derivation(
        name,
        title,
        formula,
        substituted,
        value,
        readable(value),
        inputs,
        steps,
        path,
        code.co_firstlineno,
    )


_Formula = tuple[str, str, tuple[Input, ...], tuple[Derivation, ...]]


def _read_formula(names: _FunctionNames, body: list[ast.stmt]) -> _Formula | None:
    """Returns what the body of a function computes; None where that is no plain formula."""
    reader = _Reader(names)
    try:
        final = names.follow(body)
        formula, substituted = reader.show(final), reader.substitute(final)
    except _NotPlainError:
        return None
    inputs, steps = tuple(reader.inputs), tuple(reader.steps)
    inner = steps[-1] if steps else None
    if isinstance(final, ast.Call) and not _is_builtin(final.func) and inner and inner.formula:
        # The function only hands on to another: that one's formula says more than its name.
        constants = tuple(given for given in inner.inputs if given not in inputs)
        return inner.formula, inner.substituted, inputs + constants, steps[:-1] + inner.steps
    return formula, substituted, inputs, steps


class _NotPlainError(Exception):
    """Code that is no formula: a loop, a comprehension, a choice."""


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
        self.given = set(bound.arguments)
        bound.apply_defaults()
        self.globals: dict[str, Any] = getattr(function, "__globals__", {})
        self.locals: dict[str, Any] = dict(bound.arguments)
        self.parameters = tuple(bound.arguments)
        self._steps: dict[str, Derivation] = {}

    def value(self, node: ast.expr) -> Any:
        """Returns the value of a node; it is the chapter's own code, already run once."""
        code = compile(ast.Expression(node), "<formula>", "eval")
        try:
            return eval(code, self.globals, self.locals)  # noqa: S307
        except Exception as error:
            raise _NotPlainError from error

    def local_step(self, name: str) -> Derivation | None:
        """Returns how a name of the function's own comes about."""
        return self._steps.get(name)

    def numbers(self) -> tuple[Input, ...]:
        """Returns every number that the function is given."""
        given = {name: self.locals[name] for name in self.parameters}
        return tuple(as_input(name, value) for name, value in given.items() if _is_number(value))

    def follow(self, body: list[ast.stmt]) -> ast.expr:
        """Runs plain assignments up to the `return` and returns its expression."""
        for statement in body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                return statement.value
            if not _is_guard(statement):
                self._assign(*_assigned(statement))
        raise _NotPlainError

    def _assign(self, name: str, expression: ast.expr) -> None:
        reader = _Reader(self)
        formula, put_in = reader.show(expression), reader.substitute(expression)
        value = self.locals[name] = self.value(expression)
        if _is_number(value):
            parts = tuple(reader.inputs), tuple(reader.steps)
            shown = readable(value)
            self._steps[name] = Derivation(
                readable_name(name), "", formula, put_in, value, shown, *parts
            )


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


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr]:
    if (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
    ):
        return statement.targets[0].id, statement.value
    if (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.value is not None
    ):
        return statement.target.id, statement.value
    raise _NotPlainError


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
            inside = ", ".join(self._write(arg, values)[0] for arg in node.args)
            return f"{readable_name(name)}({inside})", _ATOM
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        # A name that is only passed on would repeat what the step says.
        words = [
            text
            for argument, text in ((each, self._argument(each)) for each in given)
            if not isinstance(argument, (ast.Name, ast.Attribute, ast.Call))
        ]
        step = _explain_call(node, self.names)
        if words:
            # The same function with other arguments is another step.
            step = replace(step, name=f"{step.name} ({', '.join(words)})")
        self._step(step)
        return (step.result if values else step.name), _ATOM

    def _argument(self, node: ast.expr) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self._write(node, values=False)[0]

    def _item(self, node: ast.Subscript, values: bool) -> tuple[str, int]:
        value = self.names.value(node)
        if not _is_number(value):
            raise _NotPlainError
        key = readable_name(ast.unparse(node.slice).strip("'\""))
        name = f"{readable_name(_last_name(node.value))} ({key})"
        self._note(name, value)
        return (readable(value) if values else name), _ATOM

    def _note(self, name: str, value: Any) -> None:
        found = as_input(name, value)
        if found not in self.inputs:
            self.inputs.append(found)

    def _step(self, step: Derivation) -> None:
        if step not in self.steps:
            self.steps.append(step)


def _explain_call(node: ast.Call, names: _Names) -> Derivation:
    function = names.value(node.func)
    if isinstance(names, _PageNames):
        args = [settle(names.value(arg), ast.unparse(arg)) for arg in node.args]
    else:
        args = [names.value(arg) for arg in node.args]
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
    return name in FUNCTIONS or name in ("sum", "int", "float", "len", "ceil", "floor", "log2")


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
