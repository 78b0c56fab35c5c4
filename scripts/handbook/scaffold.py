"""`handbook new part/chapter`: starts a chapter that lacks only what its author can write.

What is left to write is marked `write:` in comments and fields, and `handbook check` reports each
mark until it is gone, so a started chapter can never be published by accident.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from handbook import chapters, numbers
from handbook.estimate import estimates, slug_name, using
from handbook.expressions import FUNCTIONS, Scope
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.rules.sources import read_nav

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Plan:
    """The files of a new chapter.

    Attributes:
        slug: Its folder under `docs/`, such as `case-studies/news-feed`.
        title: Its title, such as `News feed`.
        name: Its name in Python and in expressions, such as `news_feed`.
        page: Its text.
        estimate: Its arithmetic.
        figures: Its figures.
    """

    slug: str
    title: str
    name: str
    page: Path
    estimate: Path
    figures: Path


def plan(slug: str, project: Project) -> Plan:
    """Decides where a new chapter's files go.

    Args:
        slug: The part and the chapter in kebab-case, such as `case-studies/news-feed`.
        project: The checkout.

    Raises:
        HandbookError: The name is malformed or taken, or a file is already there.
    """
    parts = slug.strip("/").split("/")
    if len(parts) < 2 or not all(_SLUG.fullmatch(part) for part in parts):
        said = f"{slug!r} is not part/chapter in kebab-case, such as case-studies/news-feed"
        raise HandbookError([Problem(project.docs, 0, 0, "new-name", said)])
    name = slug_name(parts[-1])
    folder = project.docs.joinpath(*parts)
    made = Plan(
        "/".join(parts),
        parts[-1].replace("-", " ").capitalize(),
        name,
        folder / "index.md",
        folder / "estimate.py",
        project.diagrams.joinpath(*parts[:-1], f"{name}.py"),
    )
    problems = list(_in_the_way(made, project))
    if problems:
        raise HandbookError(problems)
    return made


def _in_the_way(made: Plan, project: Project) -> Iterator[Problem]:
    for path in (made.page, made.estimate, made.figures, made.page.parent.with_suffix(".md")):
        if path.exists():
            said = "already exists, and nothing is ever overwritten"
            yield Problem(path, 0, 0, "new-exists", said, "choose another name, or edit the file")
    taken = [slug for slug in estimates(project) if slug_name(slug) == made.name]
    drawn = [path for path in project.diagrams.rglob("*.py") if path.stem == made.name]
    clashes = [f"docs/{slug}" for slug in taken if slug != made.slug]
    clashes += [project.relative(path).as_posix() for path in drawn if path != made.figures]
    if made.name in FUNCTIONS or not made.name.isidentifier():
        clashes.append("the language of expressions")
    if clashes:
        said = f"the name {made.name!r} is taken by {' and '.join(clashes)}"
        yield Problem(made.page, 0, 0, "new-name", said, "choose another last part")


def with_nav_line(config: str, made: Plan, project: Project) -> str:
    """Returns `mkdocs.yml` with the chapter's line in it; every other line stays as it is.

    The line goes behind the last one of the same part; a new part goes to the end of the nav.

    Args:
        config: The file's text.
        made: The chapter.
        project: The checkout, whose `mkdocs.yml` holds that text.

    Raises:
        HandbookError: The file is not YAML, or its nav is not a list with one page a line.
    """
    entries, problems = read_nav(project)
    if problems:
        raise HandbookError(problems)
    lines = config.splitlines(keepends=True)
    part = made.slug.split("/", 1)[0]
    target = f"{made.slug}/index.md"
    same = [entry for entry in entries if entry.page.startswith(f"{part}/")]
    if not entries or not re.match(r"\s*- ", lines[entries[-1].line - 1]):
        said = "nav must be a list with one page a line"
        raise HandbookError([Problem(project.config, 0, 0, "new-nav", said, f"add {target}")])
    at = (same or entries)[-1].line
    indent = re.match(r"\s*", lines[at - 1])
    lead = indent[0] if indent else ""
    added = f"{lead}- {made.title}: {target}\n"
    if not same:
        top = re.search(r"(?m)^nav:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ \t]*)- ", config)
        lead = top[1] if top else "  "
        heading = part.replace("-", " ").capitalize()
        added = f"{lead}- {heading}:\n{lead}    - {made.title}: {target}\n"
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join([*lines[:at], added, *lines[at:]])


def write(made: Plan, project: Project) -> list[Path]:
    """Writes a new chapter and its line in the navigation.

    Args:
        made: The chapter, as `plan` returned it.
        project: The checkout.

    Returns:
        The files that were written.

    Raises:
        HandbookError: The navigation cannot be edited; then nothing is written.
    """
    config = with_nav_line(project.config.read_text(encoding="utf-8"), made, project)
    today = datetime.now(UTC).date().isoformat()
    texts = {made.estimate: ESTIMATE, made.figures: FIGURES, made.page: PAGE}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = text.replace("{title}", made.title).replace("{name}", made.name)
        filled = filled.replace("{slug}", made.slug).replace("{today}", today)
        id_ = made.slug.rsplit("/", 1)[-1]
        path.write_text(filled.replace("{id}", id_), encoding="utf-8")
    project.config.write_text(config, encoding="utf-8")
    with using(project):
        # The template leaves numbers and tables to the code that computes them.
        page = chapters.read(made.page, project)
        made.page.write_text(numbers.fixed(page, Scope(project)), encoding="utf-8")
    return [*texts, project.config]


def run_new(project: Project, args: argparse.Namespace) -> int:
    """Starts a chapter: the verb `handbook new`.

    Args:
        project: The checkout.
        args: `path` is the part and the chapter, such as `case-studies/news-feed`.

    Returns:
        0.

    Raises:
        HandbookError: The name is malformed or taken, or the navigation cannot be edited.
    """
    made = plan(str(args.path), project)
    for path in write(made, project):
        print(f"wrote {project.relative(path).as_posix()}")
    print("next: handbook check lists what is left to write; make serve shows the page")
    return 0


ESTIMATE = '''"""{title} in numbers: what is assumed, and what follows."""

from __future__ import annotations

from handbook.estimate import LatencyBudget, assumed, peak_qps, qps

DAILY_USERS = assumed(10e6, "users a day", "write: why this is a fair number")
REQUESTS = assumed(5, "requests per user and day", "write: why this is a fair number")
PEAK_FACTOR = assumed(2, "times the average", "write: why this is a fair number")


def average_requests_per_second(
    daily_users: float = DAILY_USERS, requests: float = REQUESTS
) -> float:
    """Average requests a second."""
    return qps(daily_users, requests)


def peak_requests_per_second(peak_factor: float = PEAK_FACTOR) -> float:
    """Requests a second at the peak."""
    return peak_qps(average_requests_per_second(), peak_factor)


def latency() -> LatencyBudget:
    """The latency budget; a stage that does not fit raises."""
    return LatencyBudget(100).stage("Gateway", 10).parallel("Lookup", features=20, index=30)
'''

FIGURES = '''"""Figures of {title}."""

from handbook.drawing import Client, Edge, Plane, Service, Store


def serving():
    """A request is answered.

    The app asks the service, and the service reads what it needs from the store.
    """
    # write: the path of a request as you would draw it, and a figure for every other part
    app = Client("App", "asks")
    with Plane("Online serving", role="online"):
        service = Service("Service", "answers")
    store = Store("Store", "keeps")
    app >> Edge("ask", step=1) >> service >> Edge("read", step=2) >> store
'''

PAGE = """---
title: {title}
description: "write: one sentence that says what the reader gets"
level: [mid, senior, staff]
minutes: 30
prerequisites:
  - "write: what to read or know first"
outcomes:
  - "write: what the reader can do afterwards"
checked: {today}
authors:
  - "write: your name"
---

# {title}

<!-- write: the whole answer in five sentences, with its most important numbers -->

## The prompt

<!-- write: the prompt as an interviewer says it, vague on purpose; who asks it, at which level -->

## Clarify

<!-- write: at least six questions whose answers change the design; requirements; non-goals -->

## Size it

The load follows from the audience: **0**<!--= {name}.DAILY_USERS/1e6:,.0f --> million users make
**0**<!--= {name}.average_requests_per_second:,.0f --> requests a second on average and
**0**<!--= {name}.peak_requests_per_second:,.0f --> at the peak.

<!-- write: storage, memory, training and serving compute, cost per thousand requests -->

## Frame

<!-- write: two framings and the choice; a simple baseline and the measured trigger to leave it -->

## Data and labels

<!-- write: sources, volumes, delay, bias, negatives, point-in-time joins, splits, leakage -->

## Features

<!-- write: the table: feature, source, freshness, encoding, what happens when it is missing -->

## Model

<!-- write: candidates and ranking, inputs, shapes, parameters, loss; an alternative, rejected -->

## Evaluate

<!-- write: offline metric, online metric, guardrails, slices, sample size, disagreement -->

## Serve

![The app asks a service, which reads from a store.](figure:{name}/serving)

Every stage has a limit, and together they fit the budget. Limits at the 99th percentile do not
simply add: the sum of them is met more often than each of them alone.

<!-- [[[cog table({name}.latency) ]]] -->
<!-- [[[end]]] -->

<!-- write: batch against online, caching, what is shown when a stage is late -->

## Operate

<!-- write: rollout; five failures with signal, threshold and action; drift, feedback, abuse -->

## Trade-offs

<!-- write: four or more: option, cost, and the condition that flips the choice -->

## By level

<!-- write: what a mid, a senior and a staff answer each add -->

## Follow-ups

<!-- write: eight or more, answered -->

## Recap

<!-- write: the answer on one screen, with the whiteboard sketch and its minute marks -->

## Quiz

<!-- write: eight or more questions that test reasoning -->

```quiz
id: {id}-first
question: "write: a question that tests reasoning"
options:
  - id: a
    text: "write: the right answer"
    correct: true
    why: "write: why it is right"
  - id: b
    text: "write: a tempting answer"
    why: "write: why it is wrong"
```

## References

<!-- write: ten or more primary ones as footnotes, each used by a claim in the text -->
"""
