"""The calc fence: its schema, its findings, its page without a script, and its script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown import Markdown

from handbook import calculators
from handbook.chapters import Chapter
from handbook.markdown import calc
from handbook.project import Project
from handbook.report import HandbookError

GOOD = """```calc
id: users-to-requests
title: From users to requests
inputs:
  - id: users
    text: Users a day
    value: 500e6
    from: 1e6
    to: 2e9
    scale: log
  - id: each
    text: Requests of each
    value: 6
    from: 1
    to: 100
    step: 1
    unit: a day
results:
  - id: average
    text: Average load
    value: qps(users, each)
    format: ",.1f"
    unit: requests/s
  - id: peak
    text: At the peak
    value: peak_qps(average, 2)
    unit: $
```
"""


def read(text: str) -> tuple[list[calc.Calculator], list[str]]:
    found, problems = calc.calculators(Chapter(Path("p.md"), "p.md", text))
    return found, [problem.text() for problem in problems]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A checkout with one chapter that has an estimate."""
    (tmp_path / "mkdocs.yml").write_text("site_name: Toy\n")
    chapter = tmp_path / "docs" / "toy"
    chapter.mkdir(parents=True)
    (chapter / "estimate.py").write_text(
        '"""Toy."""\n\nSHARE = 0.25\n\n\n'
        'def part(x: float) -> float:\n    """Part."""\n    return x * SHARE\n\n\n'
        'def bad(x: float) -> float:\n    """Bad."""\n    return sum([x])\n'
    )
    (chapter / "index.md").write_text(f"---\ntitle: Toy\ndescription: A toy.\n---\n\n{GOOD}")
    return Project(tmp_path)


def test_a_good_calculator_is_read_whole() -> None:
    (one,), problems = read("Text.\n\n" + GOOD)
    assert problems == []
    assert (one.id, one.line, one.anchor) == ("users-to-requests", 3, "calc-users-to-requests")
    assert [(each.id, each.low, each.high, each.step, each.scale) for each in one.inputs] == [
        ("users", 1e6, 2e9, 0.0, "log"),
        ("each", 1.0, 100.0, 1.0, "linear"),
    ]
    assert [(each.id, each.format, each.unit) for each in one.results] == [
        ("average", ",.1f", "requests/s"),
        ("peak", ",.0f", "$"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "id: users-to-requests",
            "id: Users",
            "2: calc-id: the id of a calculator must be kebab-case",
        ),
        ("id: each", "id: each-one", "11: calc-id: an id in a calculator is in snake_case"),
        ("id: each", "id: users", "2: calc-id: two inputs or results have the id 'users'"),
        ("title: From", "titel: From", "3: calc-schema: a calculator has no field 'titel'; did"),
        ("    from: 1e6\n", "", "5: calc-schema: an input needs from"),
        ("from: 1e6", "from: many", "8: calc-schema: 'from' must be a number, got 'many'"),
        ("from: 1e6", "from: 0", "5: calc-schema: 'from' must be below 'to', and above 0 on a log"),
        ("scale: log", "scale: loud", "10: calc-schema: 'scale' is linear or log, got 'loud'"),
        ('format: ",.1f"', "format: x", "22: calc-schema: 'format' is such as ,.0f or .1%, got"),
        ("title: From", "title: a: From", "3: calc-yaml: mapping values are not allowed here"),
        ("results:\n", "results: []\nrest:\n", "19: calc-schema: a calculator has no field 'rest'"),
    ],
)
def test_what_is_wrong_has_its_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    found, problems = read(GOOD.replace(old, new, 1))
    assert found == []
    assert problems[0].startswith(f"p.md:{message}")


def test_an_open_fence_is_one_finding() -> None:
    assert read(GOOD.removesuffix("```\n"))[1][0].startswith(
        "p.md:1: calc-schema: the calc is not closed"
    )


def test_ids_are_unique_in_the_handbook() -> None:
    pages = [(Chapter(Path(name), name, GOOD), read(GOOD)[0]) for name in ("a.md", "b.md")]
    (problem,) = calc.repeated(pages)
    assert problem.text().startswith("b.md:1: calc-id: the calc id 'users-to-requests' is")
    assert "a.md:1" in problem.message


def computed(text: str, project: Project) -> calc.Computed:
    (one,), problems = read(text)
    assert problems == []
    return calc.compute(one, project, Path("p.md"))


def test_python_computes_the_first_state(project: Project) -> None:
    made = computed(GOOD, project)
    assert made.values == pytest.approx((500e6, 6, 500e6 * 6 / 86_400, 2 * 500e6 * 6 / 86_400))
    assert made.written == ("34,722.2", "69,444")


def test_chapters_are_named_as_in_the_prose(project: Project) -> None:
    text = GOOD.replace("value: 6", "value: toy.SHARE * 24").replace(
        "qps(users, each)", "toy.part(users) / each"
    )
    assert computed(text, project).values[1:3] == (6, 500e6 * 0.25 / 6)


@pytest.mark.parametrize(
    ("new", "code", "line", "message"),
    [
        ("qps(users", "calc-schema", 21, "not an expression"),
        ("qps()", "calc-schema", 21, "missing a required argument"),
        ("users / 0", "calc-schema", 21, "fails"),
        ("toy.nothing(users)", "calc-schema", 21, "has no 'nothing'"),
        ("other.x", "calc-schema", 21, "no estimate is called 'other'"),
        ("peak + 1", "calc-schema", 21, "no estimate is called 'peak'"),
        ("toy.bad(users)", "calc-translate", 13, "sum"),
        ("si(users)", "calc-schema", 21, "is no number"),
    ],
)
def test_what_cannot_be_computed_is_told(
    project: Project, new: str, code: str, line: int, message: str
) -> None:
    with pytest.raises(HandbookError) as told:
        computed(GOOD.replace("qps(users, each)", new), project)
    (problem,) = told.value.problems
    assert (problem.code, message in problem.message) == (code, True), problem.text()
    # The line of the value in the fence, or that of the statement in its file.
    assert problem.line == line


def test_a_first_value_lies_within_its_range(project: Project) -> None:
    with pytest.raises(HandbookError) as told:
        computed(GOOD.replace("value: 6", "value: 600"), project)
    assert told.value.problems[0].message == "600 is 600, not between 1 and 100"


def test_the_page_is_complete_without_a_script(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    md = Markdown(extensions=["handbook.markdown", "fenced_code"])
    html = md.convert("Before.\n\n" + GOOD + "\nAfter.")
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == [
        "Users a day",
        "Requests of each",
        "Average load",
        "At the peak",
    ]
    values = re.findall(r'hb-calc__value">(.*?)</span>', html)
    assert values == ["500,000,000", "6", "34,722.2", "69,444"]
    # What is copied or read aloud: a space before a unit, but dollars first.
    cells = [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", html)]
    assert cells == ["500,000,000", "6 a day", "34,722.2 requests/s", "$69,444"]
    assert 'data-hb-script="assets/calc/users-to-requests.js"' in html
    assert html.index("Before") < html.index("hb-calc") < html.index("After")
    assert "<script" not in html


def test_a_broken_calculator_says_so_in_its_place(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    md = Markdown(extensions=["handbook.markdown", "fenced_code"])
    for old, new, code in (
        ("title: From", "titel: From", "calc-schema"),
        ("qps(users, each)", "toy.bad(users)", "calc-translate"),
    ):
        assert f'data-hb-error="{code}"' in md.reset().convert(GOOD.replace(old, new))


def test_each_calculator_has_a_script_of_its_own(project: Project, tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert calculators.write_calculators(project, site) == []
    script = (site / "assets/calc/users-to-requests.js").read_text()
    assert script.startswith("/* The functions of toy/index.md, translated from Python")
    assert "const $qps = (daily_users, requests_per_user_per_day) =>" in script
    assert "return [average, peak];" in script


def test_one_that_fails_leaves_the_others(project: Project, tmp_path: Path) -> None:
    page = project.docs / "toy" / "index.md"
    broken = GOOD.replace("qps(users, each)", "toy.bad(users)").replace("users-to-requests", "bad")
    page.write_text(page.read_text() + "\n" + broken)
    problems = calculators.write_calculators(project, tmp_path / "site")
    assert [problem.code for problem in problems] == ["calc-translate"]
    assert (tmp_path / "site/assets/calc/users-to-requests.js").is_file()
    assert not (tmp_path / "site/assets/calc/bad.js").exists()
