"""Encoding: files are UTF-8 text that shows all it says."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Readable(Rule):
    """Every page can be read."""

    codes = (
        Code(
            "page-unreadable",
            "A page cannot be read as UTF-8 text.",
            "docs/blocks/ranking.md, saved as Latin-1",
            "Save it as UTF-8: `iconv -f latin1 -t utf-8`.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterable[Problem]:
        """Returns what could not be read."""
        return sources.unreadable
