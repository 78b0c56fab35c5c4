"""The `handbook` command: one verb a job, each implemented beside what it works on."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from handbook import sandbox
from handbook.project import Project, find_project
from handbook.report import HandbookError, Problem, Report

FAILED = 1
INTERRUPTED = 130


class Runner(Protocol):
    """What a verb's module offers."""

    def __call__(self, project: Project, args: argparse.Namespace) -> int:
        """Does the work and returns the exit status."""


@dataclass(frozen=True)
class Flag:
    """One argument of a verb, as `argparse` takes it."""

    names: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verb:
    """One verb: its name, what it does, and where the code is.

    The module is imported only when the verb runs: `handbook check` must not pay for MkDocs. What
    runs contributors' Python runs in a process with limits; `build` sees to that by itself.
    """

    name: str
    help: str
    target: str
    flags: tuple[Flag, ...] = ()
    runs_python: bool = False

    def load(self) -> Runner:
        """Imports the verb's module and returns its function."""
        module, _, function = self.target.partition(":")
        return cast("Runner", getattr(importlib.import_module(module), function))


def _switch(name: str, text: str) -> Flag:
    return Flag((name,), {"action": "store_true", "help": text})


VERBS = (
    Verb(
        "build",
        "draw, check and build the site aside, then swap it in",
        "handbook.build:run_build",
        (Flag(("--into",), {"help": argparse.SUPPRESS}),),
    ),
    Verb(
        "serve",
        "preview the site with live reload",
        "handbook.serve:run_serve",
        (
            Flag(("--host",), {"default": "127.0.0.1", "help": "address to listen on"}),
            Flag(("--port",), {"type": int, "default": 8000, "help": "port to listen on"}),
        ),
    ),
    Verb(
        "check",
        "check the sources; writes nothing",
        "handbook.check:run_check",
        (
            _switch("--site", "check the built site instead"),
            _switch("--json", "print the findings as one JSON document"),
            Flag(("--explain",), {"metavar": "CODE", "help": "print what a code means, or `all`"}),
        ),
        runs_python=True,
    ),
    Verb(
        "published",
        "list the built site's addresses, which have to go on leading somewhere",
        "handbook.published:run_published",
        (_switch("--check", "write nothing; fail where one is not listed"),),
    ),
    Verb(
        "numbers",
        "recompute every number in the prose",
        "handbook.numbers:run_numbers",
        (
            _switch("--fix", "rewrite the numbers and tables that are out of date"),
            _switch("--list", "list every number with what proves it"),
        ),
        runs_python=True,
    ),
    Verb(
        "figures",
        "draw the figures",
        "handbook.figures:run_figures",
        (
            Flag(("ids",), {"nargs": "*", "metavar": "module/name", "help": "only these"}),
            _switch("--list", "list every figure with its file and title"),
            _switch("--check", "draw and check, but write nothing"),
            Flag(("--sheet",), {"metavar": "FILE.html", "help": "write a contact sheet"}),
        ),
        runs_python=True,
    ),
    Verb(
        "labs",
        "run the experiments of chapters and store what they find",
        "handbook.labs:run_labs",
        (
            Flag(("names",), {"nargs": "*", "metavar": "part/chapter", "help": "only these"}),
            _switch("--smoke", "run them small; see that every claim holds; store nothing"),
            _switch("--list", "list every lab with what it tries"),
        ),
        runs_python=True,
    ),
    Verb(
        "export",
        "write the handbook in another shape: a deck of cards for Anki",
        "handbook.export:run_export",
        (
            Flag(("kind",), {"choices": ["anki"], "help": "what to make"}),
            Flag(
                ("output",),
                {"nargs": "?", "default": "handbook.apkg", "metavar": "FILE", "help": "where to"},
            ),
        ),
        runs_python=True,
    ),
    Verb(
        "new",
        "start a chapter: text, estimate, figures, quiz and its line in the navigation",
        "handbook.scaffold:run_new",
        (Flag(("path",), {"metavar": "part/chapter", "help": "for example case-studies/x"}),),
    ),
    Verb(
        "links",
        "ask the servers elsewhere that pages link to",
        "handbook.links:run_links",
        (
            _switch("--new", "ask only for links that .github/links.txt does not list"),
            _switch("--offline", "ask nobody; bring the list in .github/links.txt up to date"),
        ),
    ),
    Verb("lint", "run ruff, mypy, typos and the workflow linters", "handbook.lint:run_lint"),
    Verb(
        "bench",
        "measure pages, search, figures and builds against their bars",
        "handbook.bench:run_bench",
        (
            Flag(("--only",), {"default": "", "metavar": "A,B", "help": "only these sections"}),
            Flag(("--runs",), {"type": int, "default": 5, "help": "how often times are taken"}),
            Flag(("--figures",), {"type": int, "default": 250, "help": "how many to draw"}),
            Flag(("--json",), {"metavar": "FILE", "help": "write the figures there too"}),
            _switch("--write-budget", "set the budget that the tests hold anew"),
        ),
    ),
    Verb(
        "doctor",
        "see that this machine has what the handbook needs",
        "handbook.browser:run_doctor",
        (_switch("--browser", "a browser for the tests too; installs one where it can"),),
    ),
)


def parser() -> argparse.ArgumentParser:
    """Returns the command line's grammar, one sub-command a verb."""
    top = argparse.ArgumentParser(prog="handbook", description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        sub = verbs.add_parser(verb.name, help=verb.help, description=verb.help.capitalize())
        for flag in verb.flags:
            sub.add_argument(*flag.names, **flag.options)
        sub.set_defaults(entry=verb)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb.

    Args:
        argv: The words after the program's name; those of this process where none are given.

    Returns:
        0 when all is well, 1 when something was found, 130 when interrupted.
    """
    status = _status(parser().parse_args(argv), sys.argv[1:] if argv is None else argv)
    sandbox.ended()
    return status


def _status(args: argparse.Namespace, words: Sequence[str]) -> int:
    verb: Verb = args.entry
    try:
        project = find_project()
        if not sandbox.inside() and verb.runs_python:
            return sandbox.run(project, words, _written(project, args))
        return verb.load()(project, args)
    except HandbookError as error:
        Report(error.problems).print(_root_or_none())
        return FAILED
    except SyntaxError as error:
        # Estimates and figures are caught where they are read: this is the kit being edited.
        place = (error.filename or "handbook", error.lineno or 0, 0)
        Report([Problem(*place, "kit-syntax", error.msg)]).print(_root_or_none())
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`handbook figures --list | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _written(project: Project, args: argparse.Namespace) -> list[Path]:
    """Returns the folders that a verb which runs contributors' Python writes to."""
    if args.verb == "check" or getattr(args, "check", False):
        return []
    project.cache.mkdir(parents=True, exist_ok=True)
    folders = [project.cache]
    if getattr(args, "fix", False) or args.verb == "labs":
        folders.append(project.docs)
    folders += [
        Path(given).resolve().parent
        for given in (getattr(args, name, None) for name in ("sheet", "output"))
        if given
    ]
    return folders


def _root_or_none() -> Path | None:
    try:
        return find_project().root
    except HandbookError:
        return None


if __name__ == "__main__":
    sys.exit(main())
