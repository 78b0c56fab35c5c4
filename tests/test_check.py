"""Each rule of `handbook check`: silent on a clean project, one golden line for each defect."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING

import pytest

from handbook import check, rules
from handbook.project import Project
from handbook.report import HandbookError
from handbook.rules import Rule, figures

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """site_name: x
nav:
  - Start: index.md
  - Case studies:
      - case-studies/news-feed/index.md
      - Elsewhere: https://a.example
not_in_nav: |
  /drafts/
hooks: [scripts/hooks.py]
extra: {version: !ENV [X, ""]}
"""
HOME = (
    "---\ntitle: T\ndescription: D.\n---\n\n# T\n\n"
    "See [the feed](case-studies/news-feed/index.md#size-it) and ![a map](map.png).\n\n"
    + "Words to read. " * 20
    + "\n"
)
ESTIMATE = """from handbook.estimate import assumed
USERS = assumed(5e8, "users", "a large network")
def rows() -> list[list[str]]:
    \"\"\"Rows.\"\"\"
    return [["a"], ["1"]]
"""
QUIZ = """```quiz
id: first
question: Why?
options:
  - id: a
    text: So.
    correct: true
    why: Because.
  - id: b
    text: Not so.
    why: Because.
```

"""
FEED_TEXT = f"""---
title: News feed
description: D.
level: [mid]
minutes: 30
prerequisites: ["[Start](../../index.md)"]
outcomes: [Size it]
checked: 2026-11-20
authors: [Handbook contributors]
---

# News feed

## Size it

About **500**<!--= news_feed.USERS/1e6:.0f --> million users, in 100 ms.[^a] See
[above](#size-it) and [below](#quiz-first).

![What it shows](figure:news_feed/serving)

<!-- [[[cog table(news_feed.rows) ]]] -->
| a |
| ---: |
| 1 |
<!-- [[[end]]] -->

{QUIZ}[^a]: Somebody, 2025. <https://a.example>
"""
FIGURE = '''from handbook.drawing import Client, Service

def serving():
    """A request is answered.

    The app asks, the service answers.
    """
    Client("App") >> Service("Service")
'''
FEED = "docs/case-studies/news-feed/index.md"
ARITHMETIC = "docs/case-studies/news-feed/estimate.py"
START = "docs/index.md"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    draft = HOME.replace("case-studies/", "../case-studies/").replace("map.png", "../map.png")
    files = {
        "mkdocs.yml": CONFIG,
        START: HOME,
        "docs/map.png": "",
        "docs/drafts/a.md": draft,
        "docs/includes/words.md": "*[A]: b\n",
        FEED: FEED_TEXT + "\nWords to read. " * 20 + "\n",
        ARITHMETIC: ESTIMATE,
        "diagrams/case-studies/news_feed.py": FIGURE,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Project(tmp_path)


ALL = tuple(rules.find(Rule))
RULES = tuple(rule for rule in ALL if not isinstance(rule, figures.FiguresDrawn))


def told(project: Project, held: tuple[Rule, ...] = RULES) -> list[str]:
    found = check.check_sources(project, held)
    assert all(problem.code in rules.codes() for problem in found), found
    return [problem.text(project.root) for problem in found]


def test_a_clean_project_has_no_findings_and_is_not_written(project: Project) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.root.rglob("*")}
    assert told(project, ALL) == []
    after = {path: path.stat().st_mtime_ns for path in project.root.rglob("*")}
    assert after == before


# (file, what stands there, what is planted, the code and line that must be told)
PLANTED = [
    (FEED, "minutes: 30\n", "", "1: front-matter-missing: a chapter needs minutes"),
    (FEED, "level: [mid]\n", "", (
        "1: front-matter-missing: a page with an estimate.py is a chapter and needs `level`")),
    (FEED, "## Size it", "# Size it", (
        "14: heading-order: a second heading of the first level: 'Size it'")),
    (FEED, "## Size it", "### Size it", "14: heading-order: from level 1 to level 3"),
    (FEED, "**500**", "**501**", (
        "16:9: number-wrong: text says '501', code says '500' (fix: handbook numbers --fix)")),
    (FEED, "100 ms.[^a]", "100 ms. Now[^a]", (
        "16:66: number-unproven: nothing proves '100 ms' (fix: put <!--= expression:format --> or "
        "<!--? why --> behind it, or cite a footnote)")),
    (FEED, "news_feed.USERS", "news_feed.USER", (
        "16:14: number-expression: news_feed has no 'USER'; did you mean 'USERS'?")),
    (FEED, "| 1 |", "| 2 |", (
        "21:1: table-stale: the generated table is out of date (fix: handbook numbers --fix)")),
    (FEED, "    why: Because.\n  - id: b", "  - id: b", (
        "31: quiz-schema: an option needs why")),
    (START, "Words", QUIZ + "Words", (
        "10: quiz-id: the quiz id 'first' is taken by case-studies/news-feed/index.md:27 "
        "(fix: give it another id)")),
    (FEED, "news_feed/serving)", "news_feed/servin)", (
        "19:1: figure-unknown: no figure is called 'news_feed/servin'; did you mean "
        "'news_feed/serving'? (fix: handbook figures --list)")),
    (FEED, "![What it shows]", "![]", (
        "19:1: figure-alt: the figure 'news_feed/serving' has no text (fix: write what it shows "
        "between the brackets)")),
    (FEED, "../../index.md", "../../indx.md", (
        "6: link-broken: there is no page 'indx.md'; did you mean 'index.md'?")),
    (START, "index.md#size-it", "index.md#sizeit", (
        "8:5: link-anchor: case-studies/news-feed/index.md has no heading '#sizeit'; did you mean "
        "'size-it'?")),
    (FEED, "#quiz-first", "#quiz-frist", (
        "17:23: link-anchor: case-studies/news-feed/index.md has no heading '#quiz-frist'; "
        "did you mean 'quiz-first'?")),
    (START, "news-feed/index.md#size-it", "news-feed/", (
        "8:5: link-folder: 'case-studies/news-feed/' is a folder (fix: link to "
        "case-studies/news-feed/index.md)")),
    (START, "(case", "(/case", (
        "8:5: link-absolute: '/case-studies/news-feed/index.md#size-it' starts at the root "
        "(fix: case-studies/news-feed/index.md)")),
    (START, "(case-studies/news-feed/index.md#size-it)", "(../README.md)", (
        "8:5: link-broken: '../README.md' leaves docs/ (fix: link to the file on the code host)")),
    (START, "(case-studies/news-feed/index.md#size-it)", "(javascript:x)", (
        "8:5: link-scheme: 'javascript:x' is no address for a reader")),
    (START, "(map.png)", "(mop.png)", (
        "8:61: image-missing: there is no image 'mop.png' under docs/")),
    (START, "![a map]", "![]", (
        "8:61: figure-alt: the image 'map.png' has no text (fix: write what it shows between the "
        "brackets)")),
    (FEED, "\n[^a]: ", "\n[^b]: c\n[^a]: ", (
        "40:1: footnote-unused: no sentence uses the footnote 'b' (fix: put [^b] behind a "
        "claim)")),
    (FEED, "\n[^a]: ", "\n[^a]: c\n[^a]: ", (
        "41:1: footnote-twice: the footnote 'a' is defined twice")),
    (START, "Words to", "Words[^x] to", (
        "10:6: footnote-undefined: the footnote 'x' is not defined")),
    (START, "Words to", "TODO to", "10:1: page-stub: a note to the author: 'TODO'"),
    (START, "Words", "<!-- write: the rest -->\nWords", (
        "10:1: page-stub: a note to the author: 'write: the rest'")),
    (ARITHMETIC, '"a large', '"write: a large', (
        "2: page-stub: a note to the author: 'write: a large network'")),
    (ARITHMETIC, "USERS =", "X = 1 / 0\nUSERS =", (
        "2: estimate-error: ZeroDivisionError: division by zero")),
    ("mkdocs.yml", "Start: index.md", "Start: indx.md", (
        "3: nav-missing: there is no page 'indx.md'; did you mean 'index.md'?")),
    ("mkdocs.yml", "      - Elsewhere", "      - index.md\n      - Elsewhere", (
        "6: nav-twice: 'index.md' is already in line 3")),
    ("mkdocs.yml", "nav:", "nav: [", (
        "3:3: nav-yaml: expected the node content, but found '-'")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    PLANTED,
    ids=[f"{case[3].split(': ')[1]}-{at}" for at, case in enumerate(PLANTED)],
)
def test_a_planted_defect_is_told_in_one_line(
    project: Project, file: str, old: str, new: str, message: str
) -> None:
    replace(project, file, old, new)
    found = told(project)
    assert any(line.startswith(f"{file}:{message}") for line in found), found
    # A missing target leaves an orphan behind; nothing else follows from one defect.
    assert len(found) <= 2


def replace(project: Project, file: str, old: str, new: str) -> None:
    path = project.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_figure_that_no_page_shows_is_told(project: Project) -> None:
    replace(project, FEED, "![What it shows](figure:news_feed/serving)", "")
    assert told(project) == [
        (
            "diagrams/case-studies/news_feed.py:3: figure-unused: no page shows the figure "
            "'news_feed/serving' (fix: ![what it shows](figure:news_feed/serving))"
        )
    ]


def test_a_page_outside_the_navigation_is_told(project: Project) -> None:
    replace(project, "mkdocs.yml", "  - Start: index.md\n", "")
    replace(project, "mkdocs.yml", "not_in_nav", "not_nav")
    omitted = "the navigation does not name this page (fix: add {} to nav in mkdocs.yml)"
    assert told(project) == [
        f"docs/drafts/a.md: nav-omitted: {omitted.format('drafts/a.md')}",
        f"docs/index.md: nav-omitted: {omitted.format('index.md')}",
    ]


def test_a_page_with_next_to_nothing_is_told(project: Project) -> None:
    replace(project, START, "Words to read. " * 20, "")
    assert told(project) == [
        "docs/index.md: page-stub: the page has 17 words (fix: write it, or take it out of nav)"
    ]


def test_two_estimates_never_share_a_name(project: Project) -> None:
    other = project.docs / "blocks" / "news-feed"
    other.mkdir(parents=True)
    (other / "estimate.py").write_text(ESTIMATE)
    assert (
        "docs/case-studies/news-feed/estimate.py: estimate-name: 'case-studies/news-feed' and "
        "'blocks/news-feed' both give the name 'news_feed' (fix: rename the chapter's folder)"
    ) in told(project)


@pytest.mark.parametrize("name", ["diagrams.py", "diagrams/__init__.py", "scripts/diagrams.py"])
def test_nothing_hides_the_library_that_draws(project: Project, name: str) -> None:
    path = project.root / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert told(project, (figures.ShadowedPackage(),)) == [
        (
            f"{name}: shadowed-package: hides the library of the same name from some entry points "
            "(fix: rename or delete it)"
        )
    ]


def test_examples_count_as_shown_by_the_gallery_and_others_do_not(project: Project) -> None:
    examples = project.diagrams / "examples"
    examples.mkdir()
    (examples / "kinds.py").write_text(FIGURE)
    assert any("no page shows the figure 'kinds/serving'" in line for line in told(project))
    replace(project, START, "# T\n", "# T\n\n::: figure-gallery\n")
    assert told(project) == []
    (project.diagrams / "other.py").write_text(FIGURE)
    assert any("no page shows the figure 'other/serving'" in line for line in told(project))


def test_a_figure_that_fails_to_draw_is_told(project: Project) -> None:
    replace(project, "diagrams/case-studies/news_feed.py", 'Client("App")', "1 / 0")
    found = [p.text(project.root) for p in check.check_sources(project, (figures.FiguresDrawn(),))]
    assert any("news_feed.py:8" in line and "ZeroDivisionError" in line for line in found)


def test_the_verb_says_what_it_found(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert check.run_check(project, words()) == 0
    assert capsys.readouterr().out == "the sources: all is well\n"
    (project.docs / "index.md").write_text("# T\n")
    assert check.run_check(project, words()) == 1
    out = capsys.readouterr()
    assert "docs/index.md:1: front-matter: no front matter" in out.err
    assert "findings" in out.out


def test_a_page_that_is_not_text_has_one_finding(project: Project) -> None:
    page = project.root / FEED
    page.write_bytes(page.read_bytes() + b"caf\xe9\n")
    assert told(project, ALL) == [
        (
            f"{FEED}:62:4: page-encoding: byte 0xE9 is not UTF-8 "
            "(fix: iconv -f latin1 -t utf-8 index.md)"
        )
    ]


def words(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"site": False, "json": False, "explain": None, **given})


def test_findings_are_one_json_document_on_request(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.run_check(project, words(json=True)) == 0
    assert json.loads(capsys.readouterr().out) == {"checked": "the sources", "findings": []}
    replace(project, START, "map.png", "mop.png")
    assert check.run_check(project, words(json=True)) == 1
    out = capsys.readouterr()
    assert json.loads(out.out)["findings"] == [
        {
            "file": "docs/index.md",
            "line": 8,
            "column": 61,
            "code": "image-missing",
            "message": "there is no image 'mop.png' under docs/",
            "fix": "add the file, or mend its name",
        }
    ]
    assert out.err == ""


def test_a_code_is_explained_on_request(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.run_check(project, words(explain="link-html")) == 0
    section = capsys.readouterr().out
    assert section.startswith("### link-html\n\nA link in raw HTML names a Markdown file.")
    assert "**To mend it:** Write `[the seven steps](../framework/index.md)`" in section
    assert check.run_check(project, words(explain="all")) == 0
    assert section in capsys.readouterr().out
    with pytest.raises(HandbookError) as error:
        check.run_check(project, words(explain="link-htm"))
    assert str(error.value) == (
        "handbook check: no-code: no code is called 'link-htm'; did you mean 'link-html'? "
        "(fix: handbook check --explain all)"
    )


def test_every_code_is_explained_in_whole_sentences() -> None:
    for name, code in rules.codes().items():
        assert re.fullmatch(r"[a-z]+(?:-[a-z]+)*", name)
        assert code.means.endswith("."), name
        assert code.example.strip(), name
        assert code.mend.rstrip("`").endswith("."), name


def test_no_code_belongs_to_two_rules() -> None:
    names = [code.name for rule in rules.find(rules.Explained) for code in rule.codes]
    assert sorted(names) == sorted(set(names))


def test_a_rule_is_found_by_its_module_and_by_its_kind() -> None:
    found = {type(rule) for rule in rules.find(Rule)}
    assert figures.ShadowedPackage in found
    assert Rule not in found
    assert not any(issubclass(rule, rules.SiteRule) for rule in found)
    assert {type(rule) for rule in rules.find(Rule, figures)} == {
        figures.FigureReferences,
        figures.FiguresUsed,
        figures.FiguresDrawn,
        figures.ShadowedPackage,
    }
