"""Encoding: files are UTF-8 text of a sane size that shows all it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from handbook.report import Problem
from handbook.rules import MOST, Code, Rule
from handbook.rules.sources import Sources


class Readable(Rule):
    """Every page and every other text can be read, and is of a size that can be worked with."""

    codes = (
        Code(
            "page-encoding",
            "A page is not UTF-8 text: its letters would be garbled, or the build would stop.",
            "caf\\xe9, a byte of Latin-1",
            "Save the file as UTF-8; the message names the command.",
            "text",
        ),
        Code(
            "page-large",
            "A page is over 1 MB. Nobody reads it, and every tool waits for it.",
            "docs/blocks/ranking.md, 3 MB",
            "Split it, or move data into a file beside it.",
            "text",
        ),
        Code(
            "page-pathological",
            "A line of a page is over 10,000 characters long, has the same sign more than 500 "
            "times in a row, or is nested more than 20 deep. No text needs that, and parsers of "
            "Markdown take minutes over it or give up.",
            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[ and so on",
            "Break the line, or take the signs out.",
            "text",
        ),
        Code(
            "page-unreadable",
            "A page is no regular file, or the system does not let us read it.",
            "docs/blocks/ranking.md, mode 000",
            "Give everybody leave to read it: `chmod 644`.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterable[Problem]:
        """Returns what could not be read, among pages and among all other texts."""
        return [*sources.unreadable, *sources.garbled]


_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u200b\u2060\ufff9-\ufffd]|(?<!^)\ufeff"
)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Characters(Rule):
    """What a file says can be seen in it."""

    codes = (
        Code(
            "text-bidi",
            "A character that turns the direction of text around. Code and links that hold one "
            "read differently from what they do.",
            r'access = "user\u202e \u2066// admin\u2069"',
            "Delete it. Arabic and Hebrew need none: their letters know their direction.",
            "python",
        ),
        Code(
            "text-control",
            "A control character, which nobody sees and some programs obey.",
            r"a bell \x07 and an escape \x1b",
            "Delete it.",
            "text",
        ),
        Code(
            "text-unseen",
            "A character without a width, or the sign that stands where text was garbled. Search "
            "and copying stumble over it.",
            r"zero\u200bwidth, and \ufffd for a lost letter",
            "Delete it, or write the letter that was lost.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields characters that mislead."""
        for text in sources.texts:
            for match in islice(_ODD.finditer(text.text), MOST):
                if _TURNING.match(match[0]):
                    code, what = "text-bidi", "a character that turns text around"
                elif _CONTROL.match(match[0]):
                    code, what = "text-control", "a control character"
                else:
                    code, what = "text-unseen", "a character that cannot be seen"
                said = f"{what}, U+{ord(match[0]):04X}"
                yield text.problem(match.start(), code, said, "delete it")


_MARKERS = re.compile(r"(?m)^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$")


class Finished(Rule):
    """A page has text, and no half of a merge."""

    codes = (
        Code(
            "page-empty",
            "A page has no text: the file is empty, or holds front matter only.",
            "---\ntitle: Ranking\ndescription: How candidates are put in order.\n---",
            "Write it, or delete the file.",
            "yaml",
        ),
        Code(
            "text-conflict",
            "A merge was not finished: its markers are still there.",
            " <<<<<<< HEAD\n Ten candidates.\n =======\n Twenty candidates.\n >>>>>>> topic",
            "Keep one side, or both, and delete the markers.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields pages without text, and markers of a merge."""
        for page in sources.pages:
            if not page.prose.strip() and not page.fences and not page.meta.template:
                line = page.text.count("\n") or 1
                said = "the page has no text"
                yield Problem(page.path, line, 0, "page-empty", said, "write it, or delete it")
            if "<<<<<<< " in page.text:
                for match in _MARKERS.finditer(page.text):
                    said = f"a marker of a merge: {match[0][:20]!r}"
                    fix = "keep one side and delete the markers"
                    yield page.problem(match.start(), "text-conflict", said, fix)
