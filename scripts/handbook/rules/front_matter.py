"""Front matter: closed, typed and complete."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


def _yaml(name: str, means: str, example: str, mend: str) -> Code:
    return Code(name, means, example, mend, "yaml")


class FrontMatterFields(Rule):
    """Front matter is closed, typed and complete."""

    codes = (
        _yaml(
            "front-matter",
            "A page starts with `---`, fields, and `---`; else its title and description are lost.",
            "---\ntitle: Ranking\n\n# Ranking",
            "Start the page with `---`, end the fields with `---`.",
        ),
        _yaml(
            "front-matter-field",
            "A field of the front matter has the wrong type or value, or is there twice.",
            "minutes: half an hour",
            "Give it the type that the message names; [the fields](writing.md) are listed.",
        ),
        _yaml(
            "front-matter-missing",
            "Every page has a title and a description; a chapter, which is a page with a `level`, "
            "also says minutes, prerequisites, outcomes, checked and authors.",
            "---\ntitle: Ranking\n---",
            "Add the fields that the message names.",
        ),
        _yaml(
            "front-matter-unknown",
            "The front matter has no fields but those that the contributor's guide lists, so a "
            "misspelt one is not ignored in silence.",
            "descripton: How candidates are put in order.",
            "Take the name that is suggested, or delete the line.",
        ),
        _yaml(
            "front-matter-yaml",
            "The front matter is not YAML.",
            "title: Ranking: how candidates are put in order",
            "Quote text that has a colon or starts with a sign; indent with spaces.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what reading the front matter found."""
        for page in sources.pages:
            yield from page.meta_problems
            if page.slug in sources.estimates and not page.meta.level:
                said = "a page with an estimate.py is a chapter and needs `level`"
                if "level" not in page.meta_lines and not page.meta_problems:
                    fix = "add level: [senior], or delete the estimate"
                    yield Problem(page.path, 1, 0, "front-matter-missing", said, fix)
