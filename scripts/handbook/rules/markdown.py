"""Markdown: what is written is what readers see."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Headings(Rule):
    """One title, and levels go down one at a time."""

    codes = (
        Code(
            "heading-order",
            "A page has one heading of the first level, and levels go down one at a time: readers "
            "who hear the page move by them.",
            "# Ranking\n\n### Features",
            "Change the number of `#`.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields second titles and skipped levels."""
        for page in sources.pages:
            before = 0
            for heading in page.headings:
                where = (page.path, heading.line, 0, "heading-order")
                if heading.level == 1 and before:
                    said = f"a second heading of the first level: {heading.text!r}"
                    yield Problem(*where, said, "start it with ##")
                elif heading.level > before + 1 and before:
                    said = f"from level {before} to level {heading.level}"
                    yield Problem(*where, said, f"start it with {'#' * (before + 1)}")
                before = max(heading.level, 1)


class Footnotes(Rule):
    """Every footnote that is used is defined once, and the other way round."""

    codes = (
        Code(
            "footnote-twice",
            "A footnote is defined twice on a page, and one of the sources is lost.",
            "[^covington]: Covington 2016.\n[^covington]: Covington 2019.",
            "Rename one, and cite it where it belongs.",
        ),
        Code(
            "footnote-undefined",
            "A footnote is used and nowhere defined: its sentence has no source.",
            "Watch time is predicted.[^covington]",
            "Define it: `[^covington]: who, what, when, and an address`.",
        ),
        Code(
            "footnote-unused",
            "A footnote is defined and never used: a reference tied to no claim.",
            "[^covington]: Covington 2016.",
            "Put `[^covington]` behind a claim, or delete the source.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields footnotes without their other half."""
        for page in sources.pages:
            used = {note.key for note in page.footnote_references}
            defined: set[str] = set()
            for note in page.footnote_definitions:
                where = (page.path, note.line, note.column)
                if note.key in defined:
                    said = f"the footnote {note.key!r} is defined twice"
                    yield Problem(*where, "footnote-twice", said, "rename one of the two")
                elif note.key not in used:
                    said = f"no sentence uses the footnote {note.key!r}"
                    fix = f"put [^{note.key}] behind a claim"
                    yield Problem(*where, "footnote-unused", said, fix)
                defined.add(note.key)
            for note in page.footnote_references:
                if note.key not in defined:
                    hint = did_you_mean(note.key, defined)
                    said = f"the footnote {note.key!r} is not defined{hint}"
                    fix = f"define it: [^{note.key}]: source"
                    yield Problem(
                        page.path, note.line, note.column, "footnote-undefined", said, fix
                    )
