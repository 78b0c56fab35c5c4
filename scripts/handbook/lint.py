"""`handbook lint`: the tools, all of them, then one verdict."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from handbook.project import Project
from handbook.report import HandbookError, Problem


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: What its result is called.
        command: Its words; the first is found beside this Python.
        fix: What mends what it finds, where one command does.
    """

    name: str
    command: tuple[str, ...]
    fix: str = ""


def run_lint(project: Project, _args: argparse.Namespace) -> int:
    """Runs every tool and prints what each found.

    Args:
        project: The checkout.
        _args: Nothing is read from it.

    Returns:
        0 when all are content, else 1.

    Raises:
        HandbookError: A tool is not installed.
    """
    failed = [tool for tool in tools(project) if not _passes(project, tool)]
    for tool in failed:
        mend = f" (fix: {tool.fix})" if tool.fix else ""
        print(f"{tool.name} failed{mend}", file=sys.stderr)
    return 1 if failed else 0


def tools(project: Project) -> list[Tool]:
    """Returns the tools that apply to this checkout.

    Args:
        project: The checkout.
    """
    found = [
        Tool("ruff check", ("ruff", "check", "."), "ruff check --fix ."),
        Tool("ruff format", ("ruff", "format", "--check", "."), "ruff format ."),
        Tool("mypy", ("mypy",)),
        Tool("typos", ("typos",), "typos --write-changes"),
    ]
    workflows = _yaml(project.root / ".github" / "workflows")
    if workflows:
        offline = ("zizmor", "--offline", "--quiet", ".github/workflows")
        schema = ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
        found += [Tool("zizmor", offline), Tool("workflow schema", schema)]
    return found


def _yaml(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.glob("*.y*ml"))]


def _passes(project: Project, tool: Tool) -> bool:
    program = Path(sys.executable).with_name(tool.command[0])
    if not program.is_file():
        message = f"{tool.command[0]} is not installed"
        raise HandbookError([Problem(program, 0, 0, "no-tool", message, "make lint")])
    print(f"==> {tool.name}", flush=True)
    done = subprocess.run([str(program), *tool.command[1:]], cwd=project.root, check=False)
    return done.returncode == 0
