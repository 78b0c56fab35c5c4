"""The small language in which a page names a number: `news_feed.peak_qps/1e3:,.1f`.

An expression is names of chapters' estimates, their attributes and calls, numbers, text, and
`+ - * / // % **`. It is walked, never handed to `eval`: a page cannot reach anything else.
"""

from __future__ import annotations

import ast
import inspect
import operator
import time
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from handbook import sandbox
from handbook.estimate import chapter, count, did_you_mean, estimates, failure, si, slug_name
from handbook.project import Project

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "count": count,
    "max": max,
    "min": min,
    "round": round,
    "si": si,
}
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
# How long it is remembered which estimates there are.
FRESH_SECONDS = 0.3
# Longer ones are no formula, and the parser of Python recurses.
_LONGEST = 300
_LARGEST_POWER = 1_000


class ExpressionError(ValueError):
    """An expression that gives no value; the message is one line."""


class Scope:
    """The names an expression may use: the estimates of a project, by slug in snake_case.

    One scope sees the estimates as they were when it first used them; make one for each run.

    Attributes:
        project: The checkout.
        values: What expressions gave: pages quote the same number more than once.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.values: dict[str, float | int | str] = {}
        self._modules: dict[str, ModuleType] = {}

    @cached_property
    def slugs(self) -> dict[str, list[str]]:
        """The slugs that each name stands for; more than one where chapters clash."""
        return _slugs(self.project, int(time.monotonic() / FRESH_SECONDS))

    def module(self, name: str) -> ModuleType:
        """Returns the estimate of that name.

        Args:
            name: A chapter's slug in snake_case, such as `news_feed`.

        Raises:
            ExpressionError: There is none, or there are two.
            HandbookError: The estimate itself is broken.
        """
        if name in self._modules:
            return self._modules[name]
        if name not in self.slugs:
            # Perhaps it is newer than what is remembered.
            _slugs.cache_clear()
            del self.slugs
        slugs = self.slugs.get(name, [])
        if len(slugs) == 1:
            self._modules[name] = chapter(slugs[0], self.project)
            return self._modules[name]
        if slugs:
            raise ExpressionError(f"{name!r} could be {' or '.join(slugs)}")
        known = [*self.slugs, *FUNCTIONS]
        raise ExpressionError(f"no estimate is called {name!r}{did_you_mean(name, known)}")


@lru_cache(maxsize=1)
def _slugs(project: Project, _moment: int) -> dict[str, list[str]]:
    """The slugs by name; each page has a scope of its own, and a hundred of them ask at once."""
    found: dict[str, list[str]] = {}
    for slug in estimates(project):
        found.setdefault(slug_name(slug), []).append(slug)
    return found


# A chapter says most of its numbers more than once: read each expression once.
@lru_cache(maxsize=4096)
def split_spec(text: str) -> tuple[str, str]:
    """Splits `expression:format` at the first colon outside brackets and quotes.

    Args:
        text: What stands after `<!--=`.

    Returns:
        The expression and the format, which is empty where there is no colon.
    """
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == ":" and depth == 0:
            return text[:at].strip(), text[at + 1 :].strip()
    return text.strip(), ""


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """Parses an expression.

    Args:
        text: The expression, without its format.

    Raises:
        ExpressionError: It is not one.
    """
    if len(text) > _LONGEST:
        raise ExpressionError(f"an expression of {len(text)} characters: give it a function")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"not an expression: {text.strip()!r}") from None


def evaluate(text: str, scope: Scope) -> float | int | str:
    """Returns the value of an expression; a function without arguments is called.

    Args:
        text: The expression, without its format.
        scope: The names it may use.

    Raises:
        ExpressionError: It is no expression of the language, names something unknown, fails, or
            gives no number and no text.
        HandbookError: An estimate that it names is broken.
    """
    if text in scope.values:
        return scope.values[text]
    with sandbox.limited():
        value = settle(walk(parse(text), scope), text)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ExpressionError(f"{text} is {_article(type(value).__name__)}, not a number")
    scope.values[text] = value
    return value


def walk(node: ast.expr, scope: Scope) -> Any:
    """Returns what one node of an expression stands for, uncalled functions included.

    Args:
        node: The node.
        scope: The names it may use.

    Raises:
        ExpressionError: As `evaluate`.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float, str)):
        return node.value
    if isinstance(node, ast.Name):
        return FUNCTIONS[node.id] if node.id in FUNCTIONS else scope.module(node.id)
    if isinstance(node, ast.Attribute):
        return attribute(walk(node.value, scope), node)
    if isinstance(node, ast.Call):
        return _call(node, scope)
    if isinstance(node, ast.Subscript):
        return _item(node, scope)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _binary(node, scope)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        return _UNARY[type(node.op)](_number(node.operand, scope))
    raise ExpressionError(
        f"{ast.unparse(node)!r} is not allowed here: names, calls, numbers, + - * / **"
    )


def attribute(owner: Any, node: ast.Attribute) -> Any:
    """Returns a public attribute of an estimate or of what it returned.

    Args:
        owner: The object.
        node: The attribute that is asked for.

    Raises:
        ExpressionError: There is none, or it is private.
    """
    name = node.attr
    if name.startswith("_") or not hasattr(owner, name):
        known = [key for key in dir(owner) if not key.startswith("_")]
        raise ExpressionError(
            f"{ast.unparse(node.value)} has no {name!r}{did_you_mean(name, known)}"
        )
    return getattr(owner, name)


def settle(value: Any, text: str) -> Any:
    """Calls a function with its defaults; returns anything else unchanged.

    Args:
        value: What an expression gave.
        text: The expression, for messages.

    Raises:
        ExpressionError: The function needs an argument, or fails.
    """
    if not callable(value):
        return value
    return _run(value, [], {}, text)


def _run(function: Callable[..., Any], args: list[Any], named: dict[str, Any], text: str) -> Any:
    try:
        inspect.signature(function).bind(*args, **named)
    except TypeError as error:
        raise ExpressionError(f"{text}: {error}") from None
    except ValueError:
        pass  # A builtin without a signature says for itself what it lacks.
    try:
        return function(*args, **named)
    except (Exception, SystemExit) as error:
        raise ExpressionError(f"{text} fails: {_where(function, error)}") from error


def _where(function: Callable[..., Any], error: BaseException) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return f"{type(error).__name__}: {error}"
    found = failure(Path(code.co_filename), error)
    place = Path(code.co_filename)
    return f"{found.message} ({place.parent.name}/{place.name}:{found.line})"


def _call(node: ast.Call, scope: Scope) -> Any:
    function = walk(node.func, scope)
    if not callable(function) or isinstance(function, type):
        raise ExpressionError(f"{ast.unparse(node.func)} is not a function")
    if any(isinstance(arg, ast.Starred) for arg in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    ):
        raise ExpressionError(f"{ast.unparse(node)!r} is not allowed here: plain arguments only")
    args = [settle(walk(arg, scope), ast.unparse(arg)) for arg in node.args]
    named = {
        str(keyword.arg): settle(walk(keyword.value, scope), ast.unparse(keyword.value))
        for keyword in node.keywords
    }
    return _run(function, args, named, ast.unparse(node))


def _item(node: ast.Subscript, scope: Scope) -> Any:
    owner = settle(walk(node.value, scope), ast.unparse(node.value))
    key = walk(node.slice, scope)
    try:
        return owner[key]
    except (LookupError, TypeError):
        known = [str(name) for name in owner] if isinstance(owner, dict) else []
        raise ExpressionError(
            f"{ast.unparse(node.value)} has no item {key!r}{did_you_mean(str(key), known)}"
        ) from None


def _binary(node: ast.BinOp, scope: Scope) -> Any:
    left, right = _number(node.left, scope), _number(node.right, scope)
    if isinstance(node.op, ast.Pow) and abs(right) > _LARGEST_POWER:
        raise ExpressionError(f"{ast.unparse(node)!r} is too large a power")
    try:
        return _BINARY[type(node.op)](left, right)
    except (ArithmeticError, TypeError) as error:
        raise ExpressionError(f"{ast.unparse(node)} fails: {error}") from None


def _number(node: ast.expr, scope: Scope) -> float:
    value = settle(walk(node, scope), ast.unparse(node))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        kind = _article(type(value).__name__)
        raise ExpressionError(f"{ast.unparse(node)} is {kind}, not a number")
    return value


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
