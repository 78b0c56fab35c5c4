"""The contributor's page of all findings, written from the rules' own explanations."""

from __future__ import annotations

import re

from handbook import rules
from handbook.rules import Code, Explained

ALL = "all"
_HEAD = """---
title: What the check says
description: Every finding of the checks, what it means, an example, and how to mend it.
icon: material/clipboard-check-outline
---

# What the check says

<!-- Written from scripts/handbook/rules by `handbook check --explain all`; a test compares. -->

A finding reads `file:line:column: code: message (fix: ...)`. All are collected before the check
fails, so one run tells you everything. `handbook check --explain <code>` prints a section of this
page, `handbook check --json` prints the findings for a machine, and on a forge they stand beside
the lines of a pull request.
"""


def page() -> str:
    """Returns the whole page: a section for each module of rules, in it one for each code."""
    parts = [_HEAD]
    for module in rules.modules():
        title, _, rest = (module.__doc__ or "").partition(": ")
        found = [code for rule in rules.find(Explained, module) for code in rule.codes]
        if found:
            says = " ".join(rest.split("\n\n")[0].split())
            parts.append(f"## {title}\n\n{says[0].upper()}{says[1:]}\n")
            parts += [section(code) for code in sorted(found, key=lambda code: code.name)]
    return "\n".join(parts)


def section(code: Code) -> str:
    """Returns the section of one code.

    Args:
        code: Its explanation.
    """
    longest = max((len(run) for run in re.findall("`+", code.example)), default=0)
    fence = "`" * max(longest + 1, 3)
    # The semicolon keeps an example from including anything; it is not shown.
    text = code.example.replace("--8<--", ";--8<--")
    example = f"{fence}{code.language}\n{text}\n{fence}"
    return f"### {code.name}\n\n{code.means}\n\n{example}\n\n**To mend it:** {code.mend}\n"
