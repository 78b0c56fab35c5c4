"""Navigation: it names every page once, and no page in it is a note to its author."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from handbook.chapters import Chapter
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Navigation(Rule):
    """The navigation names every page once, and nothing else."""

    codes = (
        Code(
            "nav-address",
            "A line of the navigation leads to an address that is not one for readers: it runs "
            "something, or is no whole address.",
            'nav:\n  - Run: "javascript:go()"',
            "Name a Markdown file under `docs/`, or an address that starts with https.",
            "yaml",
        ),
        Code(
            "nav-missing",
            "The navigation names a page that does not exist.",
            "nav:\n  - Start: indx.md",
            "Take the name that is suggested, or write the page.",
            "yaml",
        ),
        Code(
            "nav-omitted",
            "A page is not in the navigation, so nobody finds it.",
            "docs/blocks/ranking.md",
            "Add it to `nav` in `mkdocs.yml`; a page that is reached from another one goes to "
            "`not_in_nav`.",
            "text",
        ),
        Code(
            "nav-twice",
            "The navigation names a page twice, and only one of the places opens on it.",
            "nav:\n  - Start: index.md\n  - Home: index.md",
            "Delete one of the lines; link from the other place.",
            "yaml",
        ),
        Code(
            "nav-yaml",
            "`mkdocs.yml` is not YAML.",
            "nav: [\n  - Start: index.md",
            "Mend the line that the message names.",
            "yaml",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields lines without a page, and pages without a line."""
        entries, wrong = sources.nav
        yield from wrong
        if wrong:
            return
        config, seen = sources.project.config, dict[str, int]()
        unreadable = {Path(problem.path) for problem in sources.unreadable}
        for entry in entries:
            if not entry.page.endswith(".md"):
                if not re.match(r"https?://\w", entry.page):
                    said = f"{entry.page!r} is no address for a reader"
                    fix = "name a Markdown file, or an address that starts with https"
                    yield Problem(config, entry.line, 0, "nav-address", said, fix)
                continue
            if sources.project.docs / entry.page in unreadable:
                continue
            if entry.page not in sources.by_page:
                said = f"there is no page {entry.page!r}{did_you_mean(entry.page, sources.by_page)}"
                fix = "name a Markdown file under docs/"
                yield Problem(config, entry.line, 0, "nav-missing", said, fix)
            elif entry.page in seen:
                said = f"{entry.page!r} is already in line {seen[entry.page]}"
                yield Problem(config, entry.line, 0, "nav-twice", said, "delete one of the lines")
            seen.setdefault(entry.page, entry.line)
        for name, page in sources.by_page.items():
            if name not in seen and not sources.outside_nav(name):
                said = "the navigation does not name this page"
                fix = f"add {name} to nav in mkdocs.yml"
                yield Problem(page.path, 0, 0, "nav-omitted", said, fix)


_FEWEST_WORDS = 40
_NOTES = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b|(?i:\blorem ipsum\b|\bcoming soon\b)|<!--\s*write:[^>]*?(?=\s*-->)"
)
# The pattern begins with a word boundary, which is slow to look for; these are not.
_NOTED = ("todo", "fixme", "tbd", "xxx", "lorem ipsum", "coming soon", "write:")
# What `handbook new` leaves to the author in fields, in quizzes and in Python.
_UNWRITTEN = re.compile(r"""(?m)(?:["']|#[ \t])(write: [^"'\n]*)""")
_DATA = ("quiz", "mock")
_WRITE_IT = "write it, or take it out"


class Stubs(Rule):
    """No page in the navigation is a note to its author, and no estimate or figure holds one."""

    codes = (
        Code(
            "page-stub",
            "A page, its estimate or a figure holds a note to the author, such as the `write:` "
            "marks of a new chapter, or a page in the navigation holds next to nothing.",
            "<!-- write: what the reader should remember -->",
            "Write it, or take it out.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields notes that were left, and pages in the navigation that are next to empty."""
        shown = {entry.page for entry in sources.nav[0]}
        for name, page in sources.by_page.items():
            yield from _notes(page)
            if name in shown:
                yield from _short(page)
        drawn = sorted({figure.path for figure in sources.figures.values()})
        for path in [*sources.estimates.values(), *drawn]:
            yield from _unwritten(path, path.read_text(encoding="utf-8", errors="replace"))


def _short(page: Chapter) -> Iterator[Problem]:
    if sum(1 for _ in islice(re.finditer(r"\w+", page.prose), _FEWEST_WORDS)) == _FEWEST_WORDS:
        return
    words = len(re.findall(r"\w+", page.prose))
    generated = page.meta.template or re.search(r"(?m)^(?:::: |--8<--)|^::: ", page.prose)
    if not generated:
        said = f"the page has {words} words"
        yield Problem(page.path, 0, 0, "page-stub", said, "write it, or take it out of nav")


def _notes(page: Chapter) -> Iterator[Problem]:
    lowered = page.text.lower()
    if not any(word in lowered for word in _NOTED):
        return
    for match in _NOTES.finditer(page.without_code):
        said = f"a note to the author: {match[0].removeprefix('<!--').strip()!r}"
        yield page.problem(match.start(), "page-stub", said, _WRITE_IT)
    places = [(1, page.text[: page.body])]
    places += [(fence.line + 1, fence.body) for fence in page.fences if fence.language in _DATA]
    for line, text in places:
        yield from _unwritten(page.path, text, line)


def _unwritten(path: Path, text: str, line: int = 1) -> Iterator[Problem]:
    for match in _UNWRITTEN.finditer(text):
        at = line + text.count("\n", 0, match.start())
        said = f"a note to the author: {match[1].strip()!r}"
        yield Problem(path, at, 0, "page-stub", said, _WRITE_IT)
