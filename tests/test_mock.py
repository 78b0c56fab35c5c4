"""The mock fence: its schema, its findings, its scale, and its page without JavaScript."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from markdown import Markdown

from handbook import chapters, copies
from handbook.chapters import LEVELS, Chapter
from handbook.expressions import Scope
from handbook.markdown import mock, table
from handbook.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
STAGE = """  - id: {step}
    title: {title}
    minutes: {minutes}
    prompts:
      - What *first*, in {step}?
    pushback:
      - says: Why?
        good: Because of [this](a.md).
      - says: Really?
        good: Yes.
    rubric:
      mid: [One, Two]
      senior: [Three, Four]
      staff: [Five, Six]
"""
MINUTES = (6, 4, 7, 10, 6, 8, 4)
GOOD = """```mock
id: toy
title: Design a toy
minutes: 45
level: [mid, senior]
prompt: Design a `toy`.
stages:
""" + "".join(
    STAGE.format(step=step, title=step.capitalize(), minutes=minutes)
    for step, minutes in zip(mock.STEPS, MINUTES, strict=True)
)
GOOD += "```\n"


def page(text: str, name: str = "p.md") -> Chapter:
    return Chapter(Path(name), name, text)


def told(text: str) -> list[str]:
    return [problem.text() for problem in mock.mocks(page(text))[1]]


def test_a_good_interview_is_read_whole() -> None:
    (found,), problems = mock.mocks(page("Text.\n\n" + GOOD))
    assert problems == []
    assert (found.id, found.line, found.anchor) == ("toy", 3, "mock-toy")
    assert (found.minutes, found.levels) == (45, ("mid", "senior"))
    assert [(stage.id, stage.minutes) for stage in found.stages] == list(
        zip(mock.STEPS, MINUTES, strict=True)
    )
    assert found.stages[0].pushback[1] == mock.Pushback("Really?", "Yes.")
    assert found.stages[6].rubric == (("One", "Two"), ("Three", "Four"), ("Five", "Six"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: toy", "id: My Toy", ("p.md:2: mock-id: the id of a mock interview must be "
         "kebab-case, got 'My Toy' (fix: write it in kebab-case, once; stages have the ids of the "
         "seven steps)")),
        ("id: toy\n", "", "p.md:2: mock-schema: a mock interview needs id"),
        ("prompt: D", "promt: D", ("p.md:6: mock-schema: a mock interview has no field 'promt'; "
         "did you mean 'prompt'?")),
        ("minutes: 45", "minutes: 40", ("p.md:4: mock-schema: the stages take 45 minutes, "
         "the round 40")),
        ("minutes: 45", "minutes: long", ("p.md:4: mock-schema: 'minutes' must be a whole number "
         "above 0, got 'long'")),
        ("[mid, senior]", "[mid, junior]", ("p.md:5: mock-schema: 'level' holds mid, senior, "
         "staff, got 'junior'")),
        ("[mid, senior]", "[mid, mid]", "p.md:5: mock-schema: 'level' holds a level twice"),
        ("- id: frame", "- id: model", ("p.md:8: mock-id: the stages are clarify, frame, data, "
         "model, evaluate, serve, monitor, in this order")),
        ("      mid: [One, Two]\n", "      mid: [One]\n",
         "p.md:19: mock-schema: 'mid' must be a list of 2 or more"),
        ("      staff: [Five, Six]\n", "", "p.md:19: mock-schema: a rubric needs staff"),
        ("        good: Yes.\n", "", "p.md:16: mock-schema: a pushback needs good"),
        ("says: Why?", "says: [Why]", "p.md:14: mock-schema: 'says' must be text"),
        ("prompts:\n      - What *first*, in clarify?", "prompts: all",
         "p.md:11: mock-schema: 'prompts' must be a list"),
        ("prompt: Design", "prompt: So: design", ("p.md:6: mock-yaml: mapping values are not "
         "allowed here (fix: quote text that has a colon or starts with a quote)")),
        ("says: Why?", "says: &a Why?\n        good: *a",
         "p.md:14: mock-schema: an alias is no data"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(old: str, new: str, message: str) -> None:
    assert old in GOOD
    found = told(GOOD.replace(old, new, 1))
    assert any(line.startswith(f"{message} (fix: ") or line == message for line in found), found


@pytest.mark.parametrize("body", ["", "- a\n- b\n", "stages: 3\n", "id: a\ntitle: b\n", "x"])
def test_no_interview_at_all_is_told_and_never_raises(body: str) -> None:
    assert told(f"```mock\n{body}```\n")


@pytest.mark.parametrize("after", ["", "\n\nMore.\n", "\n## More\n\n```python\nx = 1\n```\n"])
def test_an_interview_that_is_not_closed_is_told_so(after: str) -> None:
    assert told("Text.\n\n" + GOOD.rstrip().removesuffix("```") + after) == [
        "p.md:3: mock-schema: the mock is not closed (fix: end it with ``` on a line of its own)"
    ]


def test_an_id_is_used_once_in_the_handbook() -> None:
    pages = [page(GOOD, name) for name in ("a.md", "b.md")]
    assert [p.text() for p in mock.repeated((one, mock.mocks(one)[0]) for one in pages)] == [
        "b.md:1: mock-id: the mock id 'toy' is taken by a.md:1 (fix: give it another id)"
    ]


# --------------------------------------------------------------------------- one scale


def test_the_scale_is_that_of_the_chapter_on_levels() -> None:
    scope = Scope(Project(REPOSITORY))
    levels, framework = scope.module("levels_and_rubric"), scope.module("framework")
    assert [step.lower() for step in framework.CLOCK] == list(mock.STEPS)
    assert levels.RUNGS == mock.RUNGS
    assert {name.lower(): rung for name, rung in levels.LEVELS.items()} == mock.TARGETS
    assert tuple(mock.TARGETS) == LEVELS
    assert mock.SCALE == {
        "lowest": levels.LOWEST_SCORE,
        "meets": levels.MEETS,
        "highest": levels.HIGHEST_SCORE,
        "yes": levels.YES_TOTAL,
        "strong": levels.STRONG_TOTAL,
        "named": levels.MOST_NAMED,
    }


def test_every_case_study_has_an_interview_by_the_clock() -> None:
    clock = list(Scope(Project(REPOSITORY)).module("framework").CLOCK.values())
    pages = [
        one
        for one in chapters.read_all(Project(REPOSITORY))[0]
        if one.page.startswith("case-studies/") and one.page != "case-studies/index.md"
    ]
    assert pages
    for one in pages:
        (found,), problems = mock.mocks(one)
        assert problems == []
        assert found.id == one.page.split("/")[1]
        assert [stage.minutes for stage in found.stages] == clock
        assert all(len(items) >= 3 for stage in found.stages for items in stage.rubric), one.page
        assert all(len(stage.pushback) >= 2 for stage in found.stages), one.page
        # It stands where a reader has seen what each level adds, and not yet the recap.
        heads = [heading.text for heading in one.headings if heading.level == 2]
        at = heads.index("Mock interview")
        assert (heads[at - 1], heads[at + 1]) == ("By level", "Recap"), one.page


# --------------------------------------------------------------------------- on the page


class Reporter:
    """Stands for the page's context."""

    def problem(self, code: str, message: str, *_rest: str) -> str:
        return f"{code}: {message}"

    def error(self, problem: str) -> Element:
        element = Element("div", {"class": "hb-error"})
        element.text = problem
        return element


def render(text: str) -> str:
    md = Markdown(extensions=["admonition", "pymdownx.superfences"])
    mock.register(md, Reporter())  # type: ignore[arg-type]
    table.register(md, Reporter())  # type: ignore[arg-type]
    return str(md.convert(text))


def test_the_page_is_complete_without_javascript() -> None:
    html = render(f"Before.\n\n{GOOD}\nAfter.\n")
    section = re.search(r"<section[^>]*>", html)
    assert section is not None
    assert 'data-hb-mock="toy"' in section[0]
    assert 'id="mock-toy"' in section[0]
    assert "45 minutes in seven stages, to be scored at mid or senior level." in html
    assert "Design a <code>toy</code>." in html
    assert "<summary>1. Clarify, 6 minutes</summary>" in html
    assert "What <em>first</em>, in clarify?" in html
    assert html.count("<summary>Pushback 2</summary>") == 7
    assert html.count("<summary>A good answer</summary>") == 14
    assert '<a href="a.md">this</a>' in html
    # A rubric that can be ticked without a script, and printed: a row a level, a box an item.
    assert html.count('<input type="checkbox"') == 42
    assert html.count('<th scope="row">Staff</th>') == 7
    assert 'class="hb-scroll"' in html
    assert html.index("Before") < html.index("hb-mock") < html.index("After")


def test_interviews_stand_in_other_blocks_and_beside_each_other() -> None:
    inner = GOOD.replace("id: toy", "id: inner").replace("\n", "\n    ")
    html = render(f'!!! note "Try"\n    {inner}\n\n{GOOD}{GOOD.replace("id: toy", "id: two")}')
    assert html.count("<section") == 3
    assert re.search(r'admonition note">.*id="mock-inner".*</div>', html, re.DOTALL)
    assert "hb-mock:" not in html


def test_an_interview_inside_another_fence_is_code() -> None:
    assert "<section" not in render(f"````\n{GOOD}````\n")


def test_a_broken_interview_shows_its_error_in_place() -> None:
    html = render("Text.\n\n" + GOOD.replace("id: toy\n", ""))
    assert '<div class="hb-error">mock-schema: a mock interview needs id</div>' in html


def test_a_copy_of_an_interview_can_be_read_and_its_links_lead_from_there(tmp_path: Path) -> None:
    front = "---\ntitle: T\n---\n\n# T\n\n"
    copy = copies.markdown_copy(page(front + GOOD + "\nAfter."), Project(tmp_path), {})
    assert copy.startswith(
        "# T\n\n**Mock interview: Design a toy.** 45 minutes in seven stages, to be scored at mid "
        "or senior level.\n\n> Design a `toy`.\n\n**1. Clarify**, 6 minutes\n\n"
        "- Interviewer: What *first*, in clarify?\n\n"
        "- Pushback: Why? A good answer: Because of [this](../a/index.md).\n"
        "- Pushback: Really? A good answer: Yes.\n\n"
        "- [ ] Mid: One\n- [ ] Mid: Two\n- [ ] Senior: Three\n"
    )
    assert copy.endswith("- [ ] Staff: Six\n\nAfter.\n")


# --------------------------------------------------------------------------- the script


def test_the_script_stays_small() -> None:
    script = (REPOSITORY / "docs" / "assets" / "mock.js").read_bytes()
    assert len(gzip.compress(script, 9, mtime=0)) <= 4_000
