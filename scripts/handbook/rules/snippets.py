"""Snippets: what a page includes is there, once, and is ours to show."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handbook import chapters
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources, Text

_LINE = re.compile(
    r"(?m)^[ \t>]*-{1,}8<-{1,}[ \t]+(?P<quote>[\"'])(?P<name>[^\"'\n]*)(?P=quote)[ \t]*$"
)
_BLOCK = re.compile(
    r"(?m)^[ \t>]*-+8<-+[ \t]*\n(?P<names>(?:(?![ \t>]*-+8<-+)[^\n]*\n)*)[ \t>]*-+8<-+[ \t]*$"
)
_LINES = re.compile(r":(?:\d*:)?\d*$")
_SECTION = re.compile(r"^(?P<file>.*?):(?P<section>[a-z][-_0-9a-z]*)$", re.IGNORECASE)
_FOLDERS = ("docs/", "includes/", "diagrams/")


@dataclass(frozen=True)
class _Snippet:
    """One line that includes a file, or a part of it."""

    name: str
    file: str
    section: str
    offset: int


class Snippets(Rule):
    """What a page includes is there, once, and is ours to show."""

    codes = (
        Code(
            "snippet-circular",
            "A file includes itself, or another one that includes it.",
            '--8<-- "docs/includes/a.md"  <!-- in docs/includes/a.md -->',
            "Take one of the two lines out.",
        ),
        Code(
            "snippet-missing",
            "A page includes a file that is not there.",
            '--8<-- "includes/glosary.md"',
            "Take the name that is suggested; it starts at the root of the checkout.",
        ),
        Code(
            "snippet-outside",
            "A page includes what is not in `docs/`, `diagrams/` or `includes/`, or an address "
            "elsewhere: anything of the machine that builds could be published.",
            '--8<-- "../../etc/hosts"',
            "Move the text to `includes/`.",
        ),
        Code(
            "snippet-section",
            "A page includes a section of a file that marks no such section.",
            '--8<-- "includes/words.md:capacty"',
            "Mark it in the file with `--8<-- [start:name]` and `--8<-- [end:name]`, or take the "
            "name that is suggested.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields lines that include what they should not, or what is not there."""
        root = sources.project.root
        for text in sources.texts:
            if "8<-" in text.text and text.path.suffix == ".md":
                for snippet in _snippets(text):
                    problem = _wrong(root, text.path, snippet)
                    if problem:
                        yield text.problem(snippet.offset, *problem)


def _snippets(text: Text) -> Iterator[_Snippet]:
    for match in _LINE.finditer(text.text):
        yield _snippet(match["name"].strip(), match.start("name"))
    for match in _BLOCK.finditer(text.text):
        at = match.start("names")
        for line in match["names"].splitlines(keepends=True):
            if line.strip() and not line.lstrip().startswith(";"):
                yield _snippet(line.strip(), at)
            at += len(line)


def _snippet(name: str, offset: int) -> _Snippet:
    bare = _LINES.sub("", name.removeprefix(";").strip())
    section = _SECTION.match(bare)
    if section and not re.match(r"https?:", bare):
        return _Snippet(name, section["file"], section["section"], offset)
    return _Snippet(name, bare, "", offset)


def _wrong(root: Path, path: Path, snippet: _Snippet) -> tuple[str, str, str] | None:
    name = posixpath.normpath(snippet.file)
    if not f"{name}/".startswith(_FOLDERS) or re.match(r"\w+:", snippet.file):
        said = f"{snippet.file!r} is not in docs/, diagrams/ or includes/"
        return "snippet-outside", said, "move the text to includes/"
    target = root / name
    if target.is_symlink() or not chapters.readable(target):
        near = [each.relative_to(root).as_posix() for each in target.parent.glob("*")]
        said = f"there is no file {name!r}{did_you_mean(name, near)}"
        return "snippet-missing", said, "name a file from the root of the checkout"
    text = target.read_text(encoding="utf-8", errors="replace")
    if snippet.section:
        marked = re.findall(r"-+8<-+[ \t]*\[[ \t]*start[ \t]*:[ \t]*([\w-]+)[ \t]*\]", text)
        if snippet.section not in marked:
            hint = did_you_mean(snippet.section, marked)
            said = f"{name!r} marks no section {snippet.section!r}{hint}"
            return "snippet-section", said, f"write --8<-- [start:{snippet.section}] in it"
    if target == path or _reaches(root, target, path):
        said = f"{name!r} includes the file that includes it"
        return "snippet-circular", said, "take one of the two lines out"
    return None


def _reaches(root: Path, start: Path, goal: Path) -> bool:
    """Whether a file includes another one, by however many others."""
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop()
        if not chapters.readable(path):
            continue
        for snippet in _snippets(Text(path, path.read_text(encoding="utf-8", errors="replace"))):
            target = root / posixpath.normpath(snippet.file)
            if target == goal:
                return True
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return False
