"""Labs: short, of the three parts that are run, and with results that belong to their code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from handbook.labs import CODE, Lab, find_labs, read_stored
from handbook.report import HandbookError, Problem
from handbook.rules import Code, Explained, Rule
from handbook.rules.sources import Sources

# What is read beside a chapter, in one go.
MOST_LINES = 150
_PARTS = {"run": ["smoke"], "claims": ["found"]}


class Labs(Rule):
    """A lab is short and whole, and its results are those of this code."""

    codes = (
        Code(
            "lab-long",
            "A lab has more than 150 lines of code; comments, docstrings and empty lines do not "
            "count. It is read beside its chapter, whole.",
            "def run(smoke):\n    ...  # line 180",
            "Take out what no claim needs, or make two labs of it.",
            "python",
        ),
        Code(
            "lab-missing",
            "A lab was never run whole, so no page can quote it.",
            "docs/building-blocks/calibration/lab.py  # and no lab.json",
            "Run `handbook labs` with its name and commit what it writes.",
            "text",
        ),
        Code(
            "lab-part",
            "A lab lacks one of its parts: a docstring that says what is tried, `run(smoke)`, "
            "which returns numbers by name, and `claims(found)`, which returns for each sentence "
            "whether it holds.",
            "def run():\n    return {}",
            "Write the part that is missing, with these names.",
            "python",
        ),
        Code(
            "lab-stale",
            "The stored results belong to another version of the lab, of what it reads, or of a "
            "library that it uses. Pages quote numbers that nobody measured.",
            '"digest": "of the code before the last edit"',
            "Run `handbook labs` with its name, read what has changed, and commit it.",
            "text",
        ),
        Code(
            "lab-unreadable",
            "A `lab.json` is not as `handbook labs` writes it. Results are measured and never "
            "edited.",
            '{"results": 0.93}',
            "Run `handbook labs` with its name.",
            "json",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what is wrong with labs and with what is stored of them."""
        for lab in find_labs(sources.project):
            try:
                yield from _wrong(lab)
            except HandbookError as error:
                yield from error.problems


def _wrong(lab: Lab) -> Iterator[Problem]:
    lines = code_lines(lab)
    if len(lines) > MOST_LINES:
        said = f"{len(lines)} lines of code where {MOST_LINES} are read in one go"
        fix = "take out what no claim needs, or make two labs of it"
        yield Problem(lab.path, lines[MOST_LINES], 0, "lab-long", said, fix)
    missing = list(_missing(lab.tree))
    for part in missing:
        fix = f"write it: {CODE} has a docstring, run(smoke) and claims(found)"
        yield Problem(lab.path, 1, 0, "lab-part", f"it has no {part}", fix)
    if not missing and read_stored(lab)["digest"] != lab.digest():
        said = "stored by another version of the lab, its inputs or its libraries"
        yield Problem(lab.stored, 0, 0, "lab-stale", said, f"handbook labs {lab.slug}")


def code_lines(lab: Lab) -> list[int]:
    """Returns the lines of a lab that hold code, and not only what explains it.

    Args:
        lab: The experiment.
    """
    explained: set[int] = set()
    for node in ast.walk(lab.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            explained |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return [
        number
        for number, line in enumerate(lab.path.read_text(encoding="utf-8").splitlines(), 1)
        if number not in explained and line.strip() and not line.strip().startswith("#")
    ]


def _missing(tree: ast.Module) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield "docstring"
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name, wanted in _PARTS.items():
        arguments = functions[name].args.args if name in functions else []
        if [argument.arg for argument in arguments] != wanted:
            yield f"{name}({', '.join(wanted)})"


class LabsRun(Explained):
    """What running labs can come to; `handbook labs` says so."""

    codes = (
        Code(
            "lab-claim",
            "What the lab found does not bear out one of its claims, so the chapter may not say it "
            "either. Nothing was stored.",
            'return {"two stages rank better than one": found["two"] > found["one"]}',
            "Mend the lab if it is wrong; if it is right, mend the claim and the chapter.",
            "python",
        ),
        Code(
            "lab-error",
            "A lab does not parse, raised, lacks an input, or returned what is no number.",
            'def run(smoke):\n    return {"auc": float("nan")}',
            "Mend the line that the message names.",
            "python",
        ),
        Code(
            "lab-unknown",
            "No lab has this name.",
            "$ handbook labs calibraton",
            "Take a name of `handbook labs --list`.",
            "console",
        ),
    )
