"""A started chapter lacks only what its author can write."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from handbook import scaffold
from handbook.check import check_sources
from handbook.project import Project
from handbook.report import HandbookError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """site_name: x # kept
nav:
  # what comes first
  - Start: index.md # the start
  - Blocks:
      - blocks/index.md
plugins: [search]
"""
HOME = "---\ntitle: T\ndescription: D.\n---\n\n# T\n\n" + "Words to read. " * 20 + "\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "docs" / "blocks").mkdir(parents=True)
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "docs" / "index.md").write_text(HOME)
    (tmp_path / "docs" / "blocks" / "index.md").write_text(HOME)
    return Project(tmp_path)


def new(project: Project, path: str) -> int:
    return scaffold.run_new(project, argparse.Namespace(path=path))


def told(project: Project, path: str) -> list[str]:
    with pytest.raises(HandbookError) as error:
        new(project, path)
    return [problem.text(project.root) for problem in error.value.problems]


def test_a_new_chapter_passes_every_check_but_those_that_only_content_satisfies(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_sources(project) == []
    assert new(project, "case-studies/ad-click") == 0
    found = check_sources(project)
    assert {problem.code for problem in found} == {"page-stub"}
    assert all("a note to the author: 'write: " in problem.message for problem in found)
    # Every part that has something to write says so: page, estimate and figures.
    assert {str(project.relative(problem.path)) for problem in found} == {  # type: ignore[arg-type]
        "diagrams/case-studies/ad_click.py",
        "docs/case-studies/ad-click/estimate.py",
        "docs/case-studies/ad-click/index.md",
    }
    assert "wrote docs/case-studies/ad-click/index.md\n" in capsys.readouterr().out


def test_a_chapter_whose_marks_are_written_passes_every_check(project: Project) -> None:
    new(project, "case-studies/ad-click")
    for path in (*project.docs.rglob("ad-click/*"), *project.diagrams.rglob("*.py")):
        path.write_text(path.read_text().replace("write: ", "what was written on "))
    assert check_sources(project) == []


def test_numbers_and_tables_are_filled_in(project: Project) -> None:
    new(project, "case-studies/ad-click")
    text = (project.docs / "case-studies" / "ad-click" / "index.md").read_text()
    assert "**1,157**<!--= ad_click.peak_requests_per_second:,.0f -->" in text
    assert "| Gateway | 10 | 10 |" in text


def test_the_navigation_keeps_its_comments_and_gets_one_line(project: Project) -> None:
    new(project, "case-studies/ad-click")
    assert project.config.read_text() == CONFIG.replace(
        "      - blocks/index.md\n",
        "      - blocks/index.md\n"
        "  - Case studies:\n"
        "      - Ad click: case-studies/ad-click/index.md\n",
    )
    new(project, "blocks/cache")
    assert (
        "      - blocks/index.md\n      - Cache: blocks/cache/index.md\n  - Case studies:\n"
    ) in project.config.read_text()


def test_nothing_is_overwritten(project: Project) -> None:
    page = project.docs / "case-studies" / "ad-click" / "index.md"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    assert told(project, "case-studies/ad-click") == [
        (
            "docs/case-studies/ad-click/index.md: new-exists: already exists, and nothing is ever "
            "overwritten (fix: choose another name, or edit the file)"
        )
    ]
    assert page.read_text() == "mine"
    assert project.config.read_text() == CONFIG
    assert not list(project.diagrams.rglob("*.py"))


@pytest.mark.parametrize("path", ["x", "Case/x", "case-studies/", "a/../b", "a/b_c", "/", "a//b"])
def test_a_malformed_name_is_one_line(project: Project, path: str) -> None:
    assert told(project, path) == [
        (
            f"docs: new-name: {path!r} is not part/chapter in kebab-case, such as "
            "case-studies/news-feed"
        )
    ]


def test_a_name_that_would_clash_is_refused(project: Project) -> None:
    new(project, "case-studies/ad-click")
    assert told(project, "blocks/ad-click") == [
        (
            "docs/blocks/ad-click/index.md: new-name: the name 'ad_click' is taken by "
            "docs/case-studies/ad-click and diagrams/case-studies/ad_click.py "
            "(fix: choose another last part)"
        )
    ]
    assert "is taken by the language of expressions" in told(project, "blocks/round")[0]


def test_a_navigation_it_cannot_edit_is_left_alone(project: Project) -> None:
    project.config.write_text("nav: [index.md, blocks/index.md]\n")
    assert told(project, "case-studies/ad-click") == [
        (
            "mkdocs.yml: new-nav: nav must be a list with one page a line "
            "(fix: add case-studies/ad-click/index.md)"
        )
    ]
    assert not (project.docs / "case-studies").exists()
