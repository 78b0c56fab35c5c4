"""Python of chapters: it imports what its kind of file needs, and takes no way around that.

These rules read code and run none. They catch what does not belong into an estimate before a
person has to; they are no boundary. The boundary is the process with limits that runs it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from handbook.estimate import did_you_mean
from handbook.project import Project
from handbook.report import Problem
from handbook.rules import Code, Explained, Rule
from handbook.rules.sources import Sources

_PLAIN = frozenset(
    {
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "fractions",
        "functools",
        "itertools",
        "math",
        "statistics",
        "typing",
        "handbook.estimate",
        "handbook.metrics",
    }
)
_DRAWN = _PLAIN | {"diagrams", "handbook.drawing", "matplotlib"}
_TRIED = _PLAIN | {
    "argparse",
    "bisect",
    "csv",
    "gzip",
    "hashlib",
    "heapq",
    "json",
    "lightgbm",
    "numpy",
    "pathlib",
    "random",
    "re",
    "scipy",
    "sklearn",
    "sys",
    "time",
    "usearch",
}
# Names that run text as code, reach what was not imported, or touch the machine.
_BUILTINS = frozenset(
    {
        "__builtins__",
        "__import__",
        "__loader__",
        "__spec__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "exit",
        "getattr",
        "globals",
        "input",
        "locals",
        "memoryview",
        "open",
        "quit",
        "setattr",
        "vars",
    }
)
# Modules that a library brings along, under which the whole machine stands.
_MACHINE = frozenset(
    {"builtins", "ctypes", "importlib", "os", "shutil", "socket", "subprocess", "sys"}
)
_OWN = frozenset({"__name__", "__doc__", "__file__", "__future__", "__all__"})
_METHODS = frozenset({"__init__", "__post_init__", "__name__", "__doc__"})
_ESTIMATE = "estimate.py"


class PythonImports(Rule):
    """A file imports what its kind needs and nothing else."""

    codes = (
        Code(
            "python-import",
            "A file of a chapter imports what files of its kind have no use for. An estimate "
            "computes, a figure draws; a lab, as every other file under `docs/`, also reads data "
            "and trains. Whatever speaks to the machine or to the network has no place in them.",
            "import os  # in an estimate",
            "Take it out. A library that labs need is added to the list in `rules/python.py`, "
            "with a review.",
            "python",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields imports that are not on the list of the file's kind."""
        for path, tree in _trees(sources):
            allowed = allowed_in(sources.project, path)
            for node in ast.walk(tree):
                for name in _imported(node):
                    if not _allows(allowed, name):
                        yield _unfit(path, node, name, allowed)


class PythonAround(Rule):
    """No file takes a way around the list of imports."""

    codes = (
        Code(
            "python-builtin",
            "Code of a chapter runs text as code, opens a file, or reaches by its name what it "
            "did not import.",
            'rate = eval("3 * 4")',
            "Write what you mean: `rate = 3 * 4`. Data of a lab is read by its libraries.",
            "python",
        ),
        Code(
            "python-dunder",
            "Code of a chapter touches what Python keeps for itself. From there everything can be "
            "reached: `().__class__.__base__.__subclasses__()`.",
            "kinds = ().__class__.__base__.__subclasses__()",
            "Use the public name of what you need.",
            "python",
        ),
    )
    _fix: ClassVar[str] = "write what you mean with plain names and calls"

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields names by which code leaves the list of imports."""
        for path, tree in _trees(sources):
            lab = allowed_in(sources.project, path) is _TRIED
            for node in ast.walk(tree):
                code, name = _way_around(node, lab=lab)
                if code:
                    yield _at(path, node, code, f"{name!r} is not for chapters", self._fix)


class PythonEnded(Explained):
    """What running the code of chapters can come to; the process with limits says so."""

    codes = (
        Code(
            "python-crash",
            "Python itself crashed in this file, or something in it ended the whole program.",
            "import ctypes\n\nctypes.string_at(0)",
            "Mend what the line calls.",
            "python",
        ),
        Code(
            "python-hung",
            "The file still ran after ten seconds (`HANDBOOK_TIME_LIMIT` sets another number for a "
            "slow machine), so it was ended at this line. The rest was checked without it.",
            "while users > 0:\n    users = users / 2",
            "See that the loop ends, or compute less: an estimate is arithmetic.",
            "python",
        ),
        Code(
            "sandbox-missing",
            "In CI the Python of chapters runs without network and with a read-only view of the "
            "checkout. This machine's kernel does not allow that, so nothing was run.",
            "$ CI=true handbook check",
            "Allow unprivileged user namespaces, as the workflows do. On your own machine, without "
            "`CI`, the limits of time and memory hold all the same.",
            "console",
        ),
    )


def allowed_in(project: Project, path: Path) -> frozenset[str]:
    """Returns the modules that a file may import, each with what is below it.

    Args:
        project: The checkout.
        path: The file.
    """
    if path.is_relative_to(project.diagrams):
        return _DRAWN
    return _PLAIN if path.name == _ESTIMATE else _TRIED


def _trees(sources: Sources) -> Iterator[tuple[Path, ast.Module]]:
    """Yields the chapters' files of Python; one that does not parse is told elsewhere."""
    project = sources.project
    for text in sources.texts:
        ours = text.path.is_relative_to(project.docs) or text.path.is_relative_to(project.diagrams)
        if ours and text.path.suffix == ".py":
            try:
                yield text.path, ast.parse(text.text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        # `from handbook import estimate` imports `handbook.estimate`.
        whole = [f"{module}.{alias.name}" for alias in node.names]
        return whole if module == "handbook" else [module]
    return []


def _allows(allowed: frozenset[str], name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:at]) in allowed for at in range(1, len(parts) + 1))


def _unfit(path: Path, node: ast.AST, name: str, allowed: frozenset[str]) -> Problem:
    kind = "a lab" if allowed is _TRIED else "a figure" if allowed is _DRAWN else "an estimate"
    said = f"{kind} does not import {name!r}{did_you_mean(name, allowed)}"
    return _at(path, node, "python-import", said, "take it out, or say in a review what it is for")


def _way_around(node: ast.AST, *, lab: bool) -> tuple[str, str]:
    """Returns the code and the name of a way around the imports; nothing where it is none."""
    if isinstance(node, ast.Name):
        # A lab keeps its results in files.
        if node.id in _BUILTINS and not (lab and node.id == "open"):
            return "python-builtin", node.id
        if _is_dunder(node.id) and node.id not in _OWN:
            return "python-dunder", node.id
    if isinstance(node, ast.Attribute):
        if _is_dunder(node.attr) and node.attr not in _METHODS:
            return "python-dunder", node.attr
        if node.attr in _MACHINE and not lab:
            return "python-builtin", node.attr
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_dunder(node.value):
        # `"__main__"` names the program; the others are names for `getattr` of some kind.
        return ("", "") if node.value == "__main__" else ("python-dunder", node.value)
    return "", ""


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4 and name.isidentifier()


def _at(path: Path, node: ast.AST, code: str, message: str, fix: str) -> Problem:
    line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
    return Problem(path, line, column, code, message, fix)
