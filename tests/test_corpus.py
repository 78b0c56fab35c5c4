"""The corpus: every bad input has exactly its findings, every odd but legal one has none.

A case is one text file: first the findings it must have, as `file:line: code`, then the files
that are laid over the legal project in `corpus/base`, each behind a line `-- path --`. What an
editor or git would mangle is written as a recipe in brackets behind the path:

    (bytes)    escapes such as \\xff stand for bytes, and lines end only where \\n says so
    (times N)  as `bytes`, N times, behind a legal head
    (join)     lines are put together to one, so that no scanner for secrets finds the file
    (link)     a symbolic link to what is written
    (gone)     the file of the base is taken away
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from handbook import check, rules
from handbook.project import Project
from handbook.report import Problem
from handbook.rules import Rule, figures

CORPUS = Path(__file__).with_name("corpus")
BASE = CORPUS / "base"
FAULTY = sorted([*CORPUS.glob("bad/*.txt"), *CORPUS.glob("planted/*.txt")])
LEGAL = sorted(CORPUS.glob("good/*.txt"))
HEAD = b"---\ntitle: Page\ndescription: A page.\n---\n\n# Page\n\n"
_FILE = re.compile(r"(?m)^-- (?P<path>\S+)(?: \((?P<kind>\w+)(?: (?P<times>\d+))?\))? --\n")


def read_case(case: Path) -> tuple[list[str], list[tuple[str, str, int, str]]]:
    """Returns the findings of a case, and its files: path, recipe, times, text."""
    text = case.read_text(encoding="utf-8")
    parts = list(_FILE.finditer(text))
    expected = text[: parts[0].start()].split("\n")
    ends = [*(part.start() for part in parts[1:]), len(text)]
    files = [
        (part["path"], part["kind"] or "", int(part["times"] or 1), text[part.end() : end])
        for part, end in zip(parts, ends, strict=True)
    ]
    return sorted(line for line in expected if line), files


def lay(project: Path, path: str, kind: str, times: int, text: str) -> None:
    """Lays one file of a case over the project."""
    target = project / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind in ("link", "gone"):
        target.unlink(missing_ok=True)
    joined = text.replace("\n", "")
    if kind == "link":
        target.symlink_to(joined)
    elif kind in ("bytes", "times"):
        raw = joined.encode().decode("unicode_escape").encode("latin-1")
        target.write_bytes(raw if kind == "bytes" else HEAD + raw * times)
    elif kind != "gone":
        target.write_text(joined if kind == "join" else text, encoding="utf-8")


def checked(case: Path, folder: Path) -> list[Problem]:
    """Returns the findings of the base with a case laid over it."""
    files = read_case(case)[1]
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    for file in files:
        lay(folder, *file)
    # Drawing takes long, so a case pays for it only where it changes a figure.
    drawn = any(path.startswith("diagrams/") for path, *_ in files)
    held = [r for r in rules.find(Rule) if drawn or not isinstance(r, figures.FiguresDrawn)]
    return check.check_sources(Project(folder), held)


def shown(problem: Problem, root: Path) -> str:
    line = f":{problem.line}" if problem.line else ""
    return f"{problem.shown_path(root)}{line}: {problem.code}"


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case.stem)
def test_a_bad_input_has_exactly_its_findings(case: Path, tmp_path: Path) -> None:
    found = checked(case, tmp_path)
    assert sorted({shown(problem, tmp_path) for problem in found}) == read_case(case)[0]
    for problem in found:
        assert problem.fix, f"{problem.code} does not say what mends it"
        assert len(problem.text(tmp_path).splitlines()) == 1


@pytest.mark.parametrize("case", LEGAL, ids=lambda case: case.stem)
def test_a_legal_oddity_has_no_finding(case: Path, tmp_path: Path) -> None:
    assert read_case(case)[0] == []
    assert [problem.text(tmp_path) for problem in checked(case, tmp_path)] == []


def test_the_base_has_no_finding(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    assert [p.text(tmp_path) for p in check.check_sources(Project(tmp_path))] == []


def test_the_corpus_is_large_enough() -> None:
    assert len(list(CORPUS.glob("bad/*.txt"))) >= 90
    assert len(list(CORPUS.glob("planted/*.txt"))) >= 50
    assert len(LEGAL) >= 15


def test_every_code_of_a_rule_is_caught_somewhere_in_the_corpus() -> None:
    # What drawing finds is tested where figures are drawn.
    held = [rule for rule in rules.find(Rule) if not isinstance(rule, figures.FiguresDrawn)]
    caught = {line.split(": ")[1] for case in FAULTY for line in read_case(case)[0]}
    assert sorted({code.name for rule in held for code in rule.codes} - caught) == []
    assert caught <= set(rules.codes())


# Repeated, each opens again and again what it never closes. Where a pattern looks twice at what it
# failed on, such a page takes minutes, and this test with it.
OPENINGS = [
    "[", "[a", "![", "[x](<", "a`b``c```d````", "<!--", "<!--=", '<a "', "</a>", "{#a #a", "$$",
    "\\(", "\\[", "[^a", "[^a]:", "| a |", "|---|", "```a", "~~~", "!!! a", "*[a]:", "[[[cog",
    "1,111,", "$1", ".", "--8<--", "- ", "> ", "#", "## a", "a\n---\n", "{{", "<pre>", "[a][b]",
    "[a](b)", "![a](figure:b)", "TODO", "```quiz", "    a\n", "\\`",
]  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
def test_no_page_takes_long(opening: str, tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    page = tmp_path / "docs" / "blocks" / "ranking" / "index.md"
    head = page.read_text(encoding="utf-8").partition("## Size it")[0]
    page.write_text(head + f"{opening}\n" * (6_000 // len(opening)), encoding="utf-8")
    held = [rule for rule in rules.find(Rule) if not isinstance(rule, figures.FiguresDrawn)]
    for problem in check.check_sources(Project(tmp_path), held):
        assert len(problem.text(tmp_path).splitlines()) == 1


@pytest.mark.parametrize("kind", ["pipe", "unreadable"])
def test_what_is_no_readable_file_is_told_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    page = tmp_path / "docs" / "page.md"
    page.unlink()
    if kind == "pipe":
        os.mkfifo(page)
    elif os.geteuid() == 0:
        pytest.skip("root may read everything")
    else:
        page.touch(mode=0o000)
    found = [shown(problem, tmp_path) for problem in check.check_sources(Project(tmp_path))]
    assert found == ["docs/page.md: page-unreadable"]
