"""Labs: small real experiments behind what chapters claim, run, stored, and held to be current.

A chapter's `lab.py` says in its docstring what is tried. `run(smoke)` does it and returns numbers
by name; `claims(found)` returns, for each sentence that the chapter rests on, whether it holds.
`handbook labs` runs it whole and stores what it found beside it, with the day, the machine, the
versions and a digest of all that the result depends on; pages quote the stored numbers through
`handbook.estimate.results`. With `--smoke` a small run shows that the claims still hold, and
stores nothing.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import math
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from handbook import sandbox
from handbook.estimate import did_you_mean, failure, using
from handbook.project import Project
from handbook.report import HandbookError, Problem, Report

CODE, STORED = "lab.py", "lab.json"
LOCK = "requirements-test.lock"
# A whole run may take a minute, on a slow machine some; what takes longer is no small experiment.
LIMIT_SECONDS = 300.0
# Digits that are stored: more than anybody quotes, fewer than differ between processors.
DIGITS = 6
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Lab:
    """One experiment.

    Attributes:
        project: The checkout.
        path: Its `lab.py`.
    """

    project: Project
    path: Path

    @property
    def slug(self) -> str:
        """The chapter's folder under `docs/`, such as `building-blocks/ranking-models`."""
        return self.path.parent.relative_to(self.project.docs).as_posix()

    @property
    def stored(self) -> Path:
        """Where its results are."""
        return self.path.with_name(STORED)

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax.

        Raises:
            HandbookError: It does not parse; says the line.
        """
        try:
            return ast.parse(self.path.read_bytes())
        except SyntaxError as error:
            raise HandbookError([_problem(self, error)]) from error

    @property
    def title(self) -> str:
        """What it tries: the first line of its docstring."""
        return (ast.get_docstring(self.tree) or "").partition("\n")[0]

    @cached_property
    def inputs(self) -> list[Path]:
        """The files beside it that it reads, as its `INPUTS` lists them."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "INPUTS":
                return [self.path.parent / str(name) for name in ast.literal_eval(node.value)]
        return []

    @cached_property
    def libraries(self) -> list[str]:
        """The packages of others that it imports, by the names they are installed under."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
        others = found - sys.stdlib_module_names - {"handbook"}
        return sorted(_DISTRIBUTIONS.get(name, name) for name in others)

    def digest(self) -> str:
        """Returns a digest of all that a result depends on: code, inputs, locked libraries.

        Raises:
            HandbookError: An input is missing, or the code does not parse.
        """
        whole = hashlib.sha256()
        for file in (self.path, *self.inputs):
            whole.update(file.name.encode() + b"\0" + _bytes(self, file) + b"\0")
        lock = self.project.root / LOCK
        locked = lock.read_text(encoding="utf-8") if lock.is_file() else ""
        for library in self.libraries:
            for line in re.findall(rf"(?m)^{re.escape(library)}==\S+", locked):
                whole.update(line.encode() + b"\0")
        return whole.hexdigest()[:16]


def _bytes(lab: Lab, file: Path) -> bytes:
    try:
        return file.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise HandbookError([_problem(lab, error)]) from error


def find_labs(project: Project) -> list[Lab]:
    """Returns every lab, by its path.

    Args:
        project: The checkout.
    """
    return [Lab(project, path) for path in sorted(project.docs.rglob(CODE))]


def chosen(project: Project, names: Sequence[str]) -> list[Lab]:
    """Returns the labs that somebody named, all where nothing was named.

    Args:
        project: The checkout.
        names: Folders under `docs/`, or their last parts.

    Raises:
        HandbookError: A name is no lab's.
    """
    labs = find_labs(project)
    known = {lab.slug: lab for lab in labs} | {lab.path.parent.name: lab for lab in labs}
    wrong = [name for name in names if name.strip("/") not in known]
    if wrong:
        said = ", ".join(repr(name) + did_you_mean(name, known) for name in wrong)
        fix = "take a name of `handbook labs --list`"
        raise HandbookError([Problem(project.docs, 0, 0, "lab-unknown", f"no lab {said}", fix)])
    return [known[name.strip("/")] for name in names] or labs


# --------------------------------------------------------------------------- running


def trial(lab: Lab, *, smoke: bool) -> dict[str, Any]:
    """Runs a lab and returns what is stored of it.

    Args:
        lab: The experiment.
        smoke: Whether to run the small version.

    Raises:
        HandbookError: It fails, returns what is no number, or a claim of it does not hold.
    """
    started = time.perf_counter()
    with sandbox.limited(LIMIT_SECONDS), using(lab.project):
        try:
            module = _loaded(lab)
            found = {name: _plain(name, value) for name, value in module.run(smoke).items()}
            claims = {said: bool(holds) for said, holds in module.claims(found).items()}
        except HandbookError:
            raise
        except (Exception, SystemExit) as error:
            raise HandbookError([_problem(lab, error)]) from error
    broken = [said for said, holds in claims.items() if not holds]
    if broken or not claims:
        fix = "mend the lab, or what the chapter claims"
        said = [f"does not hold: {each}" for each in broken] or ["claims nothing"]
        raise HandbookError([Problem(lab.path, 0, 0, "lab-claim", each, fix) for each in said])
    return {
        "title": lab.title,
        "ran": datetime.now(UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "machine": machine(),
        "versions": _versions(lab),
        "digest": lab.digest(),
        "units": dict(getattr(module, "UNITS", {})),
        "claims": sorted(claims),
        "results": found,
    }


def machine() -> str:
    """Returns this machine in words that say what a time is worth."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def _loaded(lab: Lab) -> ModuleType:
    module = ModuleType(f"handbook_lab_{lab.path.parent.name.replace('-', '_')}")
    module.__file__ = str(lab.path)
    sys.modules[module.__name__] = module
    # Compiled here, not imported: no `__pycache__` under docs, no stale bytecode.
    exec(compile(lab.path.read_bytes(), str(lab.path), "exec"), module.__dict__)  # noqa: S102
    return module


def _plain(name: str, value: Any) -> Any:
    """Returns a result as JSON keeps it: a finite number, a text, or lists of them.

    Raises:
        ValueError: It is something else.
    """
    if hasattr(value, "tolist"):  # an array, or a number of numpy
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(name, each) for each in value]
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    raise ValueError(f"the result {name!r} is {value!r}, no number that can be stored")


def _versions(lab: Lab) -> dict[str, str]:
    from importlib.metadata import version

    return {"python": platform.python_version()} | {name: version(name) for name in lab.libraries}


def _problem(lab: Lab, error: BaseException) -> Problem:
    told = failure(lab.path, error)
    fix = "mend the line; `handbook labs --smoke` runs it again"
    return Problem(lab.path, told.line, 0, "lab-error", told.message, fix)


# --------------------------------------------------------------------------- stored


def read_stored(lab: Lab) -> dict[str, Any]:
    """Returns what is stored of a lab.

    Args:
        lab: The experiment.

    Raises:
        HandbookError: Nothing is stored, or what is stored was not written by `handbook labs`.
    """
    fix = f"handbook labs {lab.slug}"
    if not lab.stored.is_file():
        said = "its results are not stored"
        raise HandbookError([Problem(lab.path, 0, 0, "lab-missing", said, fix)])
    try:
        kept = json.loads(lab.stored.read_text(encoding="utf-8"))
        whole = isinstance(kept["results"], dict) and bool(kept["digest"] and kept["claims"])
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        said = "no results as `handbook labs` writes them"
        raise HandbookError([Problem(lab.stored, 0, 0, "lab-unreadable", said, fix)])
    return dict(kept)


def write_stored(lab: Lab, kept: Mapping[str, Any]) -> None:
    """Stores what a lab found.

    Args:
        lab: The experiment.
        kept: As `trial` returns it.
    """
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    # A series is one line: it is read as a whole or not at all.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    lab.stored.write_text(text + "\n", encoding="utf-8")


# --------------------------------------------------------------------------- the verb


def run_labs(project: Project, args: argparse.Namespace) -> int:
    """Runs labs and stores what they found.

    Args:
        project: The checkout.
        args: `names` chooses; `smoke` runs small and stores nothing; `list` runs nothing.

    Returns:
        0 when every claim holds, 1 when something was found.
    """
    for name in _ONE_THREAD:
        # Sums in another order are other sums: results must not depend on the cores.
        os.environ[name] = "1"
    labs = chosen(project, args.names)
    if args.list:
        for lab in labs:
            print(f"{lab.slug}: {lab.title}")
        return 0
    report = Report()
    for done in _each(labs, _small if args.smoke else _whole):
        report.extend(done)
    report.print(project.root)
    return 0 if report.ok else 1


def _each(labs: list[Lab], run: Callable[[Lab], str]) -> Iterator[list[Problem]]:
    for lab in labs:
        try:
            print(f"{lab.slug}: {run(lab)}", flush=True)
        except HandbookError as error:
            yield error.problems


def _small(lab: Lab) -> str:
    kept = trial(lab, smoke=True)
    return f"{len(kept['claims'])} claims hold, small, in {kept['seconds']} s"


def _whole(lab: Lab) -> str:
    kept = trial(lab, smoke=False)
    write_stored(lab, kept)
    return f"{len(kept['claims'])} claims hold in {kept['seconds']} s; stored in {STORED}"
