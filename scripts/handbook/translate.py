"""Estimates in the reader's browser: pure Python functions as JavaScript, made from their AST.

What can be translated: functions of an `estimate.py` or of `handbook.estimate` that take and give
numbers; assignments to names, `if`, `for` over `range`, `return` and `raise`; `+ - * / // % **`,
comparisons, `and or not`, `a if b else c`; `abs`, `min`, `max`, `round`, `int`, `float` and the
functions of `math` in `MATH`; names of the module that are numbers. Anything else is refused with
its file and line. Nothing is run: the text is read, and names are looked up in loaded modules.

Python's meaning is kept: `//` and `%` round down, `round` goes to the even neighbour, a division by
zero, a root of a negative and an overflow are errors. `+ - * /`, `sqrt`, `floor` and `ceil` agree
bit for bit, `exp`, `log` and powers to twelve digits. Integers are exact up to 2 ** 53 in
JavaScript: a larger one in the text is refused, and rounding to one is an error there.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from handbook.report import HandbookError, Problem

CODE = "calc-translate"
LARGEST_INTEGER = 2**53
# Name in `math`: how many arguments it takes here. All are `$.name` in `docs/assets/calc.js`.
MATH = {
    "ceil": (1,),
    "exp": (1,),
    "expm1": (1,),
    "fabs": (1,),
    "floor": (1,),
    "log": (1,),
    "log10": (1,),
    "log1p": (1,),
    "log2": (1,),
    "pow": (2,),
    "sqrt": (1,),
    "trunc": (1,),
}
_BUILTINS = {"abs", "min", "max", "round", "int", "float"}
_PLAIN = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_HELPED = {ast.Div: "div", ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.Pow: "pow"}
_COMPARED = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
    ast.Is: "===",
    ast.IsNot: "!==",
}
# Words that JavaScript keeps for itself and Python does not.
_KEPT = {
    *("arguments", "await", "case", "catch", "const", "debugger", "default", "delete", "do"),
    *("enum", "eval", "export", "extends", "function", "implements", "instanceof", "interface"),
    *("let", "new", "null", "package", "private", "protected", "public", "static", "super"),
    *("switch", "this", "throw", "typeof", "undefined", "var", "void", "with", "NaN", "Infinity"),
}
_SUBSET = "what a calculator may use stands in docs/contributing/numbers.md"


@dataclass(frozen=True)
class Function:
    """One function of the program, under a name that no other has."""

    name: str
    text: str


@dataclass
class Program:
    """The functions that some expressions need, in an order in which each is known when used.

    Attributes:
        functions: By the function's code and what is fixed of its arguments.
        opened: Those that are being translated: one that needs itself would never end.
        files: The files that they stand in.
    """

    functions: dict[tuple[Any, ...], Function] = field(default_factory=dict)
    opened: set[tuple[Any, ...]] = field(default_factory=set)
    files: set[Path] = field(default_factory=set)

    def text(self) -> str:
        """Returns the functions as JavaScript."""
        return "".join(f"{each.text}\n" for each in self.functions.values())


def translate(
    expression: ast.expr,
    names: Mapping[str, Any],
    inputs: Sequence[str],
    program: Program,
    at: tuple[Path, int],
) -> str:
    """Returns an expression as JavaScript, and adds what it needs to a program.

    Args:
        expression: Over the inputs, numbers, and functions of estimates.
        names: What other names mean: modules, functions, numbers.
        inputs: The names that are values of the reader's.
        program: Takes the functions.
        at: File and line of the expression, for findings.

    Raises:
        HandbookError: Something is not in the subset; says the file and the line.
    """
    scope = _Scope(program, names, at[0], at[1] - 1, dict.fromkeys(inputs))
    return scope.expression(expression)


def _refuse(path: Path, line: int, message: str) -> HandbookError:
    return HandbookError([Problem(path, line, 0, CODE, message, _SUBSET)])


@lru_cache(maxsize=256)
def _tree(path: Path, _stamp: int) -> ast.Module:
    return ast.parse(path.read_bytes())


def _definition(function: FunctionType) -> tuple[Path, ast.FunctionDef]:
    path, line = Path(function.__code__.co_filename), function.__code__.co_firstlineno
    try:
        tree = _tree(path, path.stat().st_mtime_ns)
    except OSError:
        raise _refuse(path, line, f"the text of {function.__name__}() cannot be read") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            if node.lineno == line and not node.decorator_list:
                return path, node
            if node.decorator_list and node.decorator_list[0].lineno == line:
                raise _refuse(path, line, f"{node.name}() has a decorator")
    raise _refuse(path, line, f"{function.__name__} is no function with a name of its own")


def _add(program: Program, function: FunctionType, fixed: Mapping[str, str]) -> Function:
    """The function in the program; the arguments in `fixed` are texts, known beforehand."""
    key = (function.__code__, *sorted(fixed.items()))
    if key in program.functions:
        return program.functions[key]
    path, node = _definition(function)
    if key in program.opened:
        raise _refuse(path, node.lineno, f"{node.name}() needs itself")
    program.opened.add(key)
    program.files.add(path)
    if node.args.vararg or node.args.kwarg:
        raise _refuse(path, node.lineno, f"{node.name}() takes any number of arguments")
    parameters = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    parameters += [each.arg for each in node.args.kwonlyargs]
    known: dict[str, Any] = {name: fixed.get(name) for name in parameters}
    scope = _Scope(program, function.__globals__, path, 0, known, node.name)
    body = scope.body(node.body)
    taken = {each.name for each in program.functions.values()}
    # No name in Python has a dollar, so nothing local can hide a function.
    stem = f"${node.name.lstrip('_')}"
    name = next(each for each in _numbered(stem) if each not in taken)
    shown = ", ".join(_safe(each) for each in parameters if each not in fixed)
    made = Function(name, f"  const {name} = ({shown}) => {{\n{scope.declared()}{body}  }};")
    program.functions[key] = made
    return made


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}{number}"
        number += 1


def _safe(name: str) -> str:
    return f"{name}$" if name in _KEPT else name


def _literal(value: Any) -> str | None:
    """A constant as JavaScript writes it; None where it is no number, truth value or None."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return f"{value}" if value >= 0 else f"({value})"
    if isinstance(value, float):
        number = float(value)
        if math.isnan(number):
            return "NaN"
        if math.isinf(number):
            return "Infinity" if number > 0 else "(-Infinity)"
        text = repr(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        text = "-0" if number == 0 and math.copysign(1, number) < 0 else text
        return f"({text})" if text.startswith("-") else text
    return None


class _Missing:
    """What a name means of which nothing is known beforehand: a value of the reader's."""


_DYNAMIC = _Missing()


class _Scope:
    """The names in one function, or in one expression of a calculator."""

    def __init__(
        self,
        program: Program,
        names: Mapping[str, Any],
        path: Path,
        offset: int,
        known: Mapping[str, str | None],
        inside: str = "",
    ) -> None:
        self.program, self.names, self.path, self.offset = program, names, path, offset
        # A name of the function's own: the text that it is, or None where it is a value.
        self.own: dict[str, str | None] = dict(known)
        self.inside = inside
        self.locals: list[str] = []

    def no(self, node: ast.AST, message: str) -> HandbookError:
        """Makes the finding that something is not in the subset."""
        line = getattr(node, "lineno", 1) + self.offset
        place = f"{self.inside}(): " if self.inside else ""
        return _refuse(self.path, line, place + message)

    # ---------------------------------------------------------------- statements

    def declared(self) -> str:
        """Returns the declaration of the names that the body assigns to."""
        return f"    let {', '.join(map(_safe, self.locals))};\n" if self.locals else ""

    def body(self, nodes: Sequence[ast.stmt], depth: int = 2) -> str:
        """Returns statements as JavaScript, one a line.

        Args:
            nodes: The statements.
            depth: How far they are indented.
        """
        return "".join(f"{'  ' * depth}{line}\n" for node in nodes for line in self._lines(node))

    def _lines(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Constant):
                return []  # a docstring
            return [f"{self.expression(node.value)};"]
        if isinstance(node, ast.Return):
            value = "null" if node.value is None else self.expression(node.value)
            return [f"return {value};"]
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            return self._assigned(node)
        if isinstance(node, ast.If):
            lines = [f"if ({self._truth(node.test)}) {{", *self._inner(node.body)]
            if node.orelse:
                lines += ["} else {", *self._inner(node.orelse)]
            return [*lines, "}"]
        if isinstance(node, ast.For):
            return self._loop(node)
        if isinstance(node, ast.Raise):
            return [f"throw new RangeError({json.dumps(self._said(node))});"]
        if isinstance(node, ast.Pass):
            return []
        raise self.no(node, f"{_kind(node)} cannot be translated")

    def _inner(self, nodes: Sequence[ast.stmt]) -> list[str]:
        return ["  " + line for node in nodes for line in self._lines(node)]

    def _assigned(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[str]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or node.value is None:
            raise self.no(node, "only one name can be assigned to at a time")
        name = targets[0].id
        if isinstance(node, ast.AugAssign):
            place = ast.copy_location(ast.Name(name, ast.Load()), node)
            value = self._binary(ast.copy_location(ast.BinOp(place, node.op, node.value), node))
        else:
            value = self.expression(node.value)
        self._own_name(name)
        return [f"{_safe(name)} = {value};"]

    def _own_name(self, name: str) -> None:
        if name not in self.own:
            self.locals.append(name)
        self.own[name] = None

    def _loop(self, node: ast.For) -> list[str]:
        call = node.iter
        if (
            not isinstance(node.target, ast.Name)
            or node.orelse
            or not isinstance(call, ast.Call)
            or not isinstance(call.func, ast.Name)
            or call.func.id != "range"
            or call.keywords
            or not 1 <= len(call.args) <= 2
        ):
            raise self.no(node, "a loop must be `for name in range(...)`, in steps of one")
        ends = [self.expression(each) for each in call.args]
        self._own_name(node.target.id)
        name = _safe(node.target.id)
        first, last = ends if len(ends) == 2 else ["0", ends[0]]
        # What the body assigns to its own counter does not count, as in Python.
        counter = f"${node.target.id}"
        self.locals.append(counter)
        head = f"for ({counter} = {first}; {counter} < {last}; {counter}++) {{"
        return [head, f"  {name} = {counter};", *self._inner(node.body), "}"]

    def _said(self, node: ast.Raise) -> str:
        error = node.exc
        if not isinstance(error, ast.Call) or len(error.args) != 1 or error.keywords:
            raise self.no(node, "an error is raised with one text")
        said = error.args[0]
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            return said.value
        if isinstance(said, ast.JoinedStr):
            parts = [each.value if isinstance(each, ast.Constant) else "…" for each in said.values]
            return "".join(map(str, parts))
        raise self.no(node, "an error is raised with one text")

    # ---------------------------------------------------------------- expressions

    def expression(self, node: ast.expr) -> str:
        """Returns an expression as JavaScript.

        Args:
            node: The expression.

        Raises:
            HandbookError: It is not in the subset.
        """
        value = self._static(node)
        if value is not _DYNAMIC:
            text = _literal(value)
            if text is None:
                raise self.no(node, f"{ast.unparse(node)} is {_described(value)}, not a number")
            if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
                raise self.no(node, f"{ast.unparse(node)} is above 2 ** 53: write it as a float")
            return text
        for kind, write in (
            (ast.Name, lambda name: _safe(name.id)),
            (ast.BinOp, self._binary),
            (ast.UnaryOp, self._unary),
            (ast.Compare, self._compared),
            (ast.BoolOp, self._chosen),
            (ast.IfExp, self._either),
            (ast.Call, self._call),
        ):
            if isinstance(node, kind):
                return str(write(node))  # type: ignore[arg-type]
        raise self.no(node, f"{_kind(node)} cannot be translated: {_short(node)}")

    def _either(self, node: ast.IfExp) -> str:
        test, body, other = node.test, node.body, node.orelse
        return f"({self._truth(test)} ? {self.expression(body)} : {self.expression(other)})"

    def _static(self, node: ast.expr) -> Any:
        """What is known of a node beforehand: a number, a text, a function, a module."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.Attribute):
            owner = self._static(node.value)
            if not isinstance(owner, ModuleType) or not hasattr(owner, node.attr):
                raise self.no(node, f"{ast.unparse(node)} is no name of a module")
            return getattr(owner, node.attr)
        if isinstance(node, ast.Subscript):
            owner, key = self._static(node.value), self._static(node.slice)
            if isinstance(owner, Mapping) and isinstance(key, str) and key in owner:
                return owner[key]
            raise self.no(node, f"{_short(node)} is not known beforehand")
        return _DYNAMIC

    def _named(self, node: ast.Name) -> Any:
        if node.id in self.own:
            fixed = self.own[node.id]
            return _DYNAMIC if fixed is None else fixed
        if node.id in self.names:
            return self.names[node.id]
        if node.id in _BUILTINS:
            return _DYNAMIC
        raise self.no(node, f"{node.id!r} is not known")

    def _binary(self, node: ast.BinOp) -> str:
        left, right = self.expression(node.left), self.expression(node.right)
        if type(node.op) in _PLAIN:
            return f"({left} {_PLAIN[type(node.op)]} {right})"
        if type(node.op) not in _HELPED:
            raise self.no(node, f"{_kind(node.op)} cannot be translated: {_short(node)}")
        divisor = self._static(node.right)
        if isinstance(node.op, ast.Div) and isinstance(divisor, (int, float)) and divisor:
            return f"({left} / {right})"
        return f"$.{_HELPED[type(node.op)]}({left}, {right})"

    def _unary(self, node: ast.UnaryOp) -> str:
        if isinstance(node.op, ast.Not):
            return f"!{self._truth(node.operand)}"
        if isinstance(node.op, ast.USub):
            return f"(-{self.expression(node.operand)})"
        if isinstance(node.op, ast.UAdd):
            return self.expression(node.operand)
        raise self.no(node, f"{_kind(node.op)} cannot be translated: {_short(node)}")

    def _compared(self, node: ast.Compare) -> str:
        sides = [node.left, *node.comparators]
        parts = []
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(operator) not in _COMPARED:
                raise self.no(node, f"{_kind(operator)} cannot be translated: {_short(node)}")
            if isinstance(operator, (ast.Is, ast.IsNot)) and not _is_none(right):
                raise self.no(node, "`is` is for None only")
            sign = _COMPARED[type(operator)]
            parts.append(f"{self.expression(left)} {sign} {self.expression(right)}")
        return f"({' && '.join(parts)})"

    def _chosen(self, node: ast.BoolOp) -> str:
        """`a or b` is one of its sides, as in Python."""
        if all(_is_truth(each) for each in node.values):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return f"({sign.join(self.expression(each) for each in node.values)})"
        *others, last = node.values
        text = self.expression(last)
        for each in reversed(others):
            value, test = self.expression(each), self._truth(each)
            both = (text, value) if isinstance(node.op, ast.And) else (value, text)
            text = f"({test} ? {both[0]} : {both[1]})"
        return text

    def _truth(self, node: ast.expr) -> str:
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return f"({sign.join(self._truth(each) for each in node.values)})"
        text = self.expression(node)
        return text if _is_truth(node) else f"$.truth({text})"

    # ---------------------------------------------------------------- calls

    def _call(self, node: ast.Call) -> str:
        if any(isinstance(each, ast.Starred) for each in node.args) or any(
            each.arg is None for each in node.keywords
        ):
            raise self.no(node, f"arguments are written out: {_short(node)}")
        function = self._static(node.func)
        if function is _DYNAMIC and isinstance(node.func, ast.Name) and node.func.id in _BUILTINS:
            return self._builtin(node, node.func.id)
        if isinstance(function, FunctionType):
            return self._own_call(node, function)
        name = getattr(function, "__name__", "")
        if getattr(math, name, None) is function and name in MATH:
            if len(node.args) not in MATH[name] or node.keywords:
                raise self.no(node, f"math.{name} takes {MATH[name][0]} here: {_short(node)}")
            return f"$.{name}({', '.join(self.expression(each) for each in node.args)})"
        raise self.no(node, f"{ast.unparse(node.func)} cannot be translated")

    def _builtin(self, node: ast.Call, name: str) -> str:
        args = [self.expression(each) for each in node.args]
        counts = {"min": (2, 9), "max": (2, 9), "round": (1, 2)}.get(name, (1, 1))
        if not counts[0] <= len(args) <= counts[1] or node.keywords:
            raise self.no(node, f"{name}() takes {counts[0]} to {counts[1]} numbers here")
        if name == "round" and len(args) == 2:
            digits = self._static(node.args[1])
            if not isinstance(digits, int) or not 0 <= digits <= 12:
                raise self.no(node, "round() takes 0 to 12 digits here, as a number")
        if name == "float":
            return args[0]
        return f"$.{name}({', '.join(args)})"

    def _own_call(self, node: ast.Call, function: FunctionType) -> str:
        try:
            bound = inspect.signature(function).bind(
                *node.args, **{str(each.arg): each.value for each in node.keywords}
            )
        except TypeError as error:
            raise self.no(node, f"{_short(node)}: {error}") from None
        fixed: dict[str, str] = {}
        passed = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name in bound.arguments:
                argument = bound.arguments[parameter.name]
                if isinstance(argument, (tuple, dict)):
                    raise self.no(node, f"{function.__name__}() takes any number of arguments")
                value = self._static(argument)
                text = "" if isinstance(value, str) else self.expression(argument)
            else:
                value = parameter.default
                text = _literal(value) or ""
                if not text and not isinstance(value, str):
                    said = f"the default of {parameter.name} is {_described(value)}"
                    raise self.no(node, f"{function.__name__}(): {said}, not a number")
            if isinstance(value, str):
                fixed[parameter.name] = value
            else:
                passed.append(text)
        made = _add(self.program, function, fixed)
        return f"{made.name}({', '.join(passed)})"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_truth(node: ast.expr) -> bool:
    """Whether an expression gives true or false, and no number."""
    if isinstance(node, ast.BoolOp):
        return all(_is_truth(each) for each in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.Constant) and isinstance(node.value, bool)
    )


def _kind(node: ast.AST) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 60 else text[:57] + "..."


def _described(value: Any) -> str:
    if isinstance(value, Callable):  # type: ignore[arg-type]
        return "a function; call it"
    return f"{type(value).__name__!r}"
