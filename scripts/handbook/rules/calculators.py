"""Calculators: readable, within their ranges, and over functions that a browser can run."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.estimate import using
from handbook.markdown import calc
from handbook.report import HandbookError, Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Calculators(Rule):
    """Calculators follow their schema, compute, and can be translated; no id is used twice."""

    codes = (
        Code(
            "calc-id",
            "Ids of calculators are kebab-case and unique in the handbook; ids of inputs and "
            "results are names in Python, unique in their calculator.",
            "```calc\nid: Users to Requests\n```",
            "Give it another id. An id that is published stays for good.",
        ),
        Code(
            "calc-schema",
            "A calculator has id, title, inputs and results. An input has id, text, value, from "
            "and to, and may have step, scale and unit; its value lies within its range. A result "
            "has id, text and value, and may have format and unit; its value is a number.",
            "```calc\nid: load\ntitle: Load\ninputs: []\n```",
            "Add or mend what the message names.",
        ),
        Code(
            "calc-translate",
            "A calculator needs something that is not translated to JavaScript. Functions over "
            "numbers are: assignments, `if`, `for` over `range`, arithmetic, comparisons, the "
            "functions of `math`, and other such functions.",
            "def rate():\n    return sum(RATES.values())",
            "Name a function in the calculator that needs less, or write this one with less.",
            "python",
        ),
        Code(
            "calc-yaml",
            "A calculator is not YAML; often a colon in a text that wants quotes.",
            "```calc\ntitle: Load: at the peak\n```",
            'Quote the text: `title: "Load: at the peak"`.',
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what is wrong within calculators and between them."""
        read = [(page, *calc.calculators(page)) for page in sources.pages]
        for page, found, problems in read:
            yield from problems
            for one in found:
                try:
                    with using(sources.project):
                        calc.compute(one, sources.project, page.path)
                except HandbookError as error:
                    yield from error.problems
        yield from calc.repeated((page, found) for page, found, _ in read)
