"""Numbers that prove themselves: `**69,444**<!--= news_feed.peak_qps:,.0f -->`.

A number in the prose is written as itself, so that every reader of the Markdown sees it; the
comment behind it says which function of which estimate gives it, and in which format. This module
recomputes all of them, regenerates the tables between cog markers, and lists the quantities that
nothing proves.
"""

from __future__ import annotations

import argparse
import ast
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from handbook import chapters, quantities, sandbox
from handbook.chapters import Chapter, Span
from handbook.derivations import Derivation, Input, derivation
from handbook.estimate import failure, using
from handbook.expressions import ExpressionError, Scope, evaluate, split_spec, walk
from handbook.project import Project
from handbook.quantities import Mark, find_marks, find_quantities
from handbook.report import HandbookError, Problem, Report

__all__ = [
    "Derivation",
    "ExpressionError",
    "Input",
    "Proof",
    "derivation",
    "expected_text",
    "find_marks",
    "fixed",
    "problems",
    "proofs",
    "run_numbers",
    "table",
    "unproven",
]

FIX = "handbook numbers --fix"
_SEPARATORS = "\u00a0\u2009\u202f"
_MINUS = "−"


@dataclass(frozen=True)
class Proof:
    """A number of the prose with the expression that gives it.

    Attributes:
        expression: What computes it.
        spec: How it is formatted.
        written: What the page says.
        expected: What the code says, in the page's own separators and minus sign.
        span: Where the page says it.
        mark: The comment.
    """

    expression: str
    spec: str
    written: str
    expected: str
    span: Span
    mark: Mark

    @property
    def right(self) -> bool:
        """Whether the page says what the code says."""
        return self.written == self.expected


def expected_text(body: str, scope: Scope) -> str:
    """Returns what a proof's expression gives, formatted.

    Args:
        body: What stands after `<!--=`: the expression, then a colon and the format.
        scope: The names it may use.

    Raises:
        ExpressionError: The expression or the format is wrong.
        HandbookError: An estimate that it names is broken.
    """
    expression, spec = split_spec(body)
    value = evaluate(expression, scope)
    # A width of a billion is a gigabyte of spaces.
    if re.search(r"\d{3}", spec):
        raise ExpressionError(f"{spec!r} is no format for a text; try ',.0f'")
    try:
        return format(value, spec)
    except ValueError:
        kind = "text" if isinstance(value, str) else "a number"
        raise ExpressionError(f"{spec!r} is no format for {kind}; try ',.0f'") from None


def proofs(chapter: Chapter, scope: Scope) -> tuple[list[Proof], list[Problem]]:
    """Recomputes every proven number of a page.

    Args:
        chapter: The page.
        scope: The names its expressions may use.

    Returns:
        The numbers, right and wrong, and what could not be computed.
    """
    found: list[Proof] = []
    wrong: list[Problem] = []
    for mark in find_marks(chapter.provable):
        trouble = _misplaced(mark)
        if trouble:
            wrong.append(chapter.problem(mark.comment.start, "number-mark", *trouble))
        elif mark.kind == "=":
            try:
                found.append(_proof(chapter.text, mark, scope))
            except ExpressionError as error:
                wrong.append(_failed(chapter, mark.comment.start, "number-expression", error))
            except HandbookError as error:
                wrong += error.problems
    return found, wrong


def _failed(chapter: Chapter, offset: int, code: str, error: ExpressionError) -> Problem:
    said = " ".join(str(error).split())
    fix = "name what the chapter's estimate.py has, or write it there first"
    return chapter.problem(offset, code, said, fix)


def _misplaced(mark: Mark) -> tuple[str, str] | None:
    if not mark.body:
        what = "an expression" if mark.kind == "=" else "a reason"
        return f"the comment has no {what.split()[1]}", f"write {what} behind <!--{mark.kind}"
    if mark.number is None:
        return "no number stands right before the comment", "put the comment behind its number"
    return None


def _proof(text: str, mark: Mark, scope: Scope) -> Proof:
    assert mark.number is not None  # noqa: S101
    assert mark.suffix is not None  # noqa: S101
    expression, spec = split_spec(mark.body)
    code = expected_text(mark.body, scope)
    span = mark.number
    if not re.fullmatch(r"[-+]?[\d,]+(?:\.\d+)?(?:e[-+]?\d+)?", code):
        # The format brings its own sign or unit, such as `%`: then that is part of the literal.
        span = Span(span.start, mark.suffix.end)
        emphasis = re.match(r".*?([*_]+)$", text[mark.number.end : span.end])
        if emphasis:
            span = Span(span.start, span.end - len(emphasis[1]))
    written = text[span.start : span.end]
    return Proof(expression, spec, written, _in_style_of(written, code), span, mark)


def _in_style_of(written: str, code: str) -> str:
    """Returns the code's number with the page's minus sign and thousands separator."""
    if code.startswith("-") and not written.startswith("-"):
        code = _MINUS + code[1:]
    separator = re.search(rf"\d([{_SEPARATORS}])\d", written)
    return code.replace(",", separator[1]) if separator else code


def problems(chapter: Chapter, scope: Scope) -> list[Problem]:
    """Returns what is wrong with a page's numbers and generated tables.

    Args:
        chapter: The page.
        scope: The names its expressions may use.
    """
    found, wrong = proofs(chapter, scope)
    wrong += [
        chapter.problem(
            proof.span.start,
            "number-wrong",
            f"text says {proof.written!r}, code says {proof.expected!r}",
            FIX,
        )
        for proof in found
        if not proof.right
    ]
    return wrong + [problem for _, problem in _tables(chapter, scope) if problem] + _stray(chapter)


def _stray(chapter: Chapter) -> list[Problem]:
    said = "a generated table lacks its other marker, so nothing checks it"
    fix = "open with <!-- [[[cog table(...) ]]] --> and end with <!-- [[[end]]] -->"
    return [
        chapter.problem(place, "table-marker", said, fix)
        for place in quantities.stray_markers(chapter)
    ]


def unproven(chapter: Chapter) -> list[Problem]:
    """Returns the quantities of a page that nothing proves.

    Args:
        chapter: The page.
    """
    return [
        Problem(
            chapter.path,
            quantity.line,
            quantity.column,
            "number-unproven",
            f"nothing proves {quantity.text!r}",
            "put <!--= expression:format --> or <!--? why --> behind it, or cite a footnote",
        )
        for quantity in find_quantities(chapter)
        if quantity.standing == "unproven"
    ]


def fixed(chapter: Chapter, scope: Scope) -> str:
    """Returns the page's text with every wrong number and stale table put right.

    Code, and all text around the numbers, stays as it is.

    Args:
        chapter: The page.
        scope: The names its expressions may use.
    """
    edits = [(proof.span, proof.expected) for proof in proofs(chapter, scope)[0] if not proof.right]
    edits += [edit for edit, _ in _tables(chapter, scope) if edit]
    text = chapter.text
    for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


# --------------------------------------------------------------------------- tables


def table(rows: Any) -> str:
    """Returns rows as a Markdown table; columns of numbers are set to the right.

    Args:
        rows: Rows of texts, the header first; or a function, or an object with a method `rows`,
            that returns them.

    Raises:
        ValueError: There are no rows, or they differ in length.
    """
    while callable(rows) or hasattr(rows, "rows"):
        rows = rows() if callable(rows) else rows.rows
    cells = [[_cell(cell) for cell in row] for row in rows]
    if not cells or any(len(row) != len(cells[0]) for row in cells):
        raise ValueError("a table needs a header and rows of the same length")
    rules = [_rule([row[at] for row in cells[1:]]) for at in range(len(cells[0]))]
    lines = [cells[0], rules, *cells[1:]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(cell: Any) -> str:
    return " ".join(str(cell).split()).replace("|", "\\|")


def _rule(column: Sequence[str]) -> str:
    number = re.compile(r"[*$€£~≤≥<>+\-−–]*\s?\d[^|]{0,24}")
    filled = [cell for cell in column if cell.strip("–-— ")]
    return "---:" if filled and all(number.fullmatch(cell) for cell in filled) else "---"


def _tables(
    chapter: Chapter, scope: Scope
) -> Iterable[tuple[tuple[Span, str] | None, Problem | None]]:
    for span in quantities.generated(chapter):
        old = chapter.text[span.start : span.end]
        try:
            new = _regenerated(old, scope)
        except ExpressionError as error:
            yield None, _failed(chapter, span.start, "table-code", error)
        except HandbookError as error:
            for problem in error.problems:
                yield None, problem
        else:
            if new != old:
                said = "the generated table is out of date"
                yield (span, new), chapter.problem(span.start, "table-stale", said, FIX)


_BLOCK = re.compile(
    r"(?P<open>(?P<indent>[ \t]*)<!--[ \t]*\[\[\[cog\b(?P<code>.*?)\]\]\][^\n]*\n)"
    r".*?(?P<close>[^\n]*\[\[\[end\]\]\].*)",
    re.DOTALL,
)


def _regenerated(block: str, scope: Scope) -> str:
    """Returns a generated table anew.

    The markers are those of cog, which many editors know; what stands in them is no program but
    one call of `table`, held to the language of expressions. A page runs no code of its own.
    """
    parts = _BLOCK.fullmatch(block)
    if parts is None:
        raise ExpressionError("the markers do not stand on lines of their own")
    rows = _rows_of(parts["code"])
    named = {node.id for node in ast.walk(rows) if isinstance(node, ast.Name)}
    modules = [scope.module(name) for name in sorted(named) if name in scope.slugs]
    try:
        with sandbox.limited():
            new = table(walk(rows, scope))
    except (ExpressionError, HandbookError):
        raise
    except Exception as error:
        _blame(error, modules)
        raise ExpressionError(f"{type(error).__name__}: {error}") from None
    return parts["open"] + textwrap.indent(new, parts["indent"]) + parts["close"]


def _blame(cause: BaseException | None, modules: Iterable[ModuleType]) -> None:
    """Raises what an estimate did wrong, at its own line, where one was running."""
    for module in modules:
        found = failure(Path(str(module.__file__)), cause) if cause else None
        if found and found.line:
            raise HandbookError([found]) from None


def _rows_of(code: str) -> ast.expr:
    """Returns what stands between the brackets of `table(...)`."""
    try:
        body = ast.parse(code.strip()).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = getattr(error, "msg", "it is too long")
        raise ExpressionError(f"the table's code does not parse: {said}") from None
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "table"
        and len(call.args) == 1
        and not call.keywords
    ):
        return call.args[0]
    raise ExpressionError("a table's code is table(...) and nothing else")


# --------------------------------------------------------------------------- the verb


def run_numbers(project: Project, args: argparse.Namespace) -> int:
    """Recomputes every number in the prose: the verb `handbook numbers`.

    Args:
        project: The checkout.
        args: `fix` rewrites what is out of date, `list` shows every number and what it rests on.

    Returns:
        0 when every number is right and proven, else 1.
    """
    with using(project):
        scope = Scope(project)
        found, trouble = chapters.read_all(project)
        report = Report(trouble)
        if getattr(args, "fix", False):
            found = [_rewrite(chapter, scope, project) for chapter in found]
        for chapter in found:
            report.extend(problems(chapter, scope))
            if chapter.meta.is_chapter or getattr(args, "list", False):
                report.extend(unproven(chapter))
        if getattr(args, "list", False):
            _list(found, project)
    report.print(project.root)
    _summary(found)
    return 0 if report.ok else 1


def _rewrite(chapter: Chapter, scope: Scope, project: Project) -> Chapter:
    new = fixed(chapter, scope)
    if new == chapter.text:
        return chapter
    chapter.path.write_text(new, encoding="utf-8")
    changed = sum(a != b for a, b in zip(chapter.text.split("\n"), new.split("\n"), strict=False))
    print(f"{project.relative(chapter.path)}: {changed} lines rewritten")
    return chapters.read(chapter.path, project)


def _list(found: Sequence[Chapter], project: Project) -> None:
    for chapter in found:
        marks = find_marks(chapter.provable)
        notes = {mark.number.end: mark.body for mark in marks if mark.number}
        for quantity in find_quantities(chapter):
            note = f": {notes[quantity.end]}" if quantity.end in notes else ""
            place = f"{project.relative(chapter.path)}:{quantity.line}:{quantity.column}"
            print(f"{place}: {quantity.standing} {quantity.text!r}{note}")


def _summary(found: Sequence[Chapter]) -> None:
    standings = [
        quantity.standing
        for chapter in found
        if chapter.meta.is_chapter
        for quantity in find_quantities(chapter)
    ]
    parts = [
        f"{standings.count(standing)} {standing}"
        for standing in ("proven", "assumed", "sourced", "unproven")
    ]
    tables = sum(len(quantities.generated(chapter)) for chapter in found)
    print(f"numbers in chapters: {', '.join(parts)}; {tables} generated tables")
