"""`handbook check`: our rules over the sources, or over a built site.

Writes nothing, needs no browser and, over the sources, no build. The rules are in
`handbook.rules`; this is only the verb.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from handbook import rules
from handbook.estimate import did_you_mean, using
from handbook.project import Project
from handbook.report import HandbookError, Problem, Report
from handbook.rules import Rule
from handbook.rules.sources import Sources


def check_sources(project: Project, held: Iterable[Rule] | None = None) -> list[Problem]:
    """Returns what is wrong with the sources, each finding once, by file and line.

    Args:
        project: The checkout.
        held: Which rules to hold; all where none are given.
    """
    kept = rules.find(Rule) if held is None else held
    with using(project):
        return rules.hold([rule.over for rule in kept], Sources(project))


def run_check(project: Project, args: argparse.Namespace) -> int:
    """Checks the sources, or the built site: the verb `handbook check`.

    Args:
        project: The checkout.
        args: `site` checks what was built instead, `json` prints one JSON document, `explain`
            prints what a code means, or the guide's page of all of them.

    Returns:
        0 when nothing was found, else 1.
    """
    if args.explain:
        return _explain(args.explain)
    if args.site:
        from handbook.site import check_site

        what, found = "the built site", check_site(project)
    else:
        what, found = "the sources", check_sources(project)
    report = Report(found)
    if args.json:
        findings = [problem.record(project.root) for problem in report.problems]
        json.dump({"checked": what, "findings": findings}, sys.stdout, indent=2)
        print()
    else:
        report.print(project.root)
        count = len(report.problems)
        print(f"{what}: {count} findings" if count else f"{what}: all is well")
    return 0 if report.ok else 1


def _explain(name: str) -> int:
    from handbook.rules import guide

    known = rules.codes()
    if name == guide.ALL:
        print(guide.page(), end="")
    elif name in known:
        print(guide.section(known[name]), end="")
    else:
        said = f"no code is called {name!r}{did_you_mean(name, known)}"
        fix = f"handbook check --explain {guide.ALL}"
        raise HandbookError([Problem("handbook check", 0, 0, "no-code", said, fix)])
    return 0
