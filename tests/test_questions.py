"""The list of chapters, and the questions that the page of review loads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from handbook import questions
from handbook.chapters import compose
from handbook.markdown.context import Page
from handbook.markdown.practice import practice_element, practised
from handbook.navigation import field, parts_of
from handbook.project import Project

CONFIG = """
site_url: !ENV [SITE_URL, ""]
nav:
  - Home: index.md
  - Cases:
      - cases/two/index.md
      - Inner:
          - Named: cases/one.md
"""
CHAPTER = """---
title: The *{name}* case
level: [mid]
---

# One

```quiz
id: {name}-first
question: Why?
options:
  - {{id: a, text: So, correct: true, why: Because.}}
  - {{id: b, text: Not, why: Because.}}
```
"""


@pytest.fixture
def toy(tmp_path: Path) -> Project:
    """A checkout with two chapters and a page that asks something and is none."""
    guide = CHAPTER.format(name="guide").replace("level: [mid]\n", "")
    more = CHAPTER.format(name="two") + CHAPTER.partition("# One")[2].format(name="more")
    texts = {
        "index.md": guide,
        "cases/one.md": "---\ntitle: One\nlevel: [mid]\n---\n\n# One\n",
        "cases/two/index.md": more,
        "outside.md": CHAPTER.format(name="outside"),
    }
    for name, text in texts.items():
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    return Project(tmp_path)


def test_the_navigation_is_read_in_its_order_with_its_parts() -> None:
    assert parts_of(field(compose(CONFIG), "nav")) == {
        "index.md": "",
        "cases/two/index.md": "Cases",
        "cases/one.md": "Cases",
    }
    assert parts_of(field(compose("theme: material"), "nav")) == {}


def test_chapters_of_the_navigation_are_practised_and_nothing_else(toy: Project) -> None:
    found = practised(toy)
    assert [(each.chapter.slug, each.part) for each in found] == [
        ("cases/two", "Cases"),
        ("cases/one", "Cases"),
    ]
    assert [[quiz.id for quiz in each.quizzes] for each in found] == [
        ["two-first", "more-first"],
        [],
    ]


def test_the_list_leads_to_chapters_and_names_their_questions(toy: Project) -> None:
    box = practice_element(practised(toy), Page("practice/review.md"))
    two, one = box.iter("li")
    assert dict(two.attrib) == {
        "data-hb-entry": "cases/two",
        "data-hb-questions": "two-first more-first",
        "data-hb-script": "assets/practice/cases/two.js",
    }
    assert dict(one.attrib) == {"data-hb-entry": "cases/one", "data-hb-questions": ""}
    # Relative to the source: the generator turns them to lead from page to page.
    assert [link.get("href") for link in box.iter("a")] == [
        "../cases/two/index.md",
        "../cases/two/index.md#quiz-two-first",
        "../cases/one.md",
    ]
    assert [link.text for link in box.iter("a")] == ["The *two* case", "2 questions", "One"]


@pytest.mark.parametrize(
    ("link", "from_root"),
    [
        ("#size-it", "cases/two/#size-it"),
        ("../one/", "cases/one/"),
        ("../../framework/#x", "framework/#x"),
        ("../../", "."),
        ("../one/estimate.py?a=1&amp;b=2", "cases/one/estimate.py?a=1&amp;b=2"),
        ("https://example.org/a", "https://example.org/a"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_of_questions_are_turned_to_lead_from_the_root(link: str, from_root: str) -> None:
    page = f'<section class="hb-quiz" data-quiz="a"><a href="{link}">x</a></section>'
    (html,) = questions.questions(page, "cases/two/").values()
    assert re.findall('href="(.*?)"', html) == [from_root]


def test_each_question_of_a_page_is_taken_whole_and_nothing_around_it() -> None:
    one, two = (f'<section id="q" data-quiz="{name}">\n<p>"é"</p></section>' for name in "ab")
    page = f'<section class="other">No</section><p>{one}</p>\n{two}<section>After</section>'
    assert questions.questions(page, "x/") == {"a": one, "b": two}


def test_a_script_adds_to_the_questions_that_are_there() -> None:
    found = {"a": '<p>"é" \u2028</p>', "b": "</script>"}
    text = questions.script(found)
    data = re.fullmatch(r"Object\.assign\(\(window\.hbQuestions \?\?= \{\}\), (.*)\);\n", text)
    assert data is not None
    assert json.loads(data[1]) == found


def test_each_chapter_with_questions_gets_its_script(toy: Project, tmp_path: Path) -> None:
    page = toy.site / "cases/two/index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<section data-quiz="two-first">?</section>')
    assert questions.write_questions(toy, toy.site) == []
    written = [path for path in (toy.site / "assets").rglob("*") if path.is_file()]
    assert [path.relative_to(toy.site).as_posix() for path in written] == [
        "assets/practice/cases/two.js"
    ]
    assert "two-first" in written[0].read_text()


@pytest.mark.build
def test_every_question_of_every_chapter_can_be_reviewed(built: Project) -> None:
    asking = [each for each in practised(built) if each.quizzes]
    assert len(asking) > 20
    for each in asking:
        script = built.site / f"assets/practice/{each.chapter.slug}.js"
        found = json.loads(script.read_text().partition(", ")[2].removesuffix(");\n"))
        assert list(found) == [quiz.id for quiz in each.quizzes]
