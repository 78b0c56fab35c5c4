"""The quiz fence: its schema, its findings, and its page without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown import Markdown

from handbook.chapters import Chapter
from handbook.markdown import quiz

GOOD = """```quiz
id: two-stages
question: Why *two* stages, not `one`?
options:
  - id: a
    text: One model cannot score [billions](a.md).
    correct: true
    why: Its cost grows with every post.
  - id: b
    text: Two are always better.
    why: The second only pays on few items.
```
"""

ORDER = """```quiz
id: rollout
kind: order
section: "#operate"
question: In which order do you roll out?
items:
  - id: shadow
    text: Shadow traffic.
    why: Nobody sees its errors.
  - id: canary
    text: A canary of 1 %
    why: Few see them.
  - id: test
    text: An experiment.
    why: Only now is it worth measuring.
```
"""
FREE = """```quiz
id: why-two
kind: free
question: Why are there *two* stages?
answer: One cannot score everything `in time`.
points:
  - What a pass costs
  - How many there are
```
"""


def told(text: str) -> list[str]:
    return [p.text() for p in quiz.quizzes(Chapter(Path("p.md"), "p.md", text))[1]]


def test_a_good_quiz_is_read_whole() -> None:
    (found,), problems = quiz.quizzes(Chapter(Path("p.md"), "p.md", "Text.\n\n" + GOOD))
    assert problems == []
    assert (found.id, found.line, found.anchor) == ("two-stages", 3, "quiz-two-stages")
    assert [(o.id, o.correct) for o in found.options] == [("a", True), ("b", False)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: two-stages", "id: Two Stages", ("p.md:2: quiz-id: the id of a quiz must be "
         "kebab-case, got 'Two Stages'")),
        ("id: two-stages\n", "", "p.md:2: quiz-schema: a quiz needs id"),
        ("question:", "qestion:", ("p.md:3: quiz-schema: a quiz has no field 'qestion'; "
         "did you mean 'question'?")),
        ("    correct: true\n", "", "p.md:5: quiz-schema: no option is correct"),
        ("correct: true", "correct: yes", ("p.md:7: quiz-schema: 'correct' is true or false, "
         "got 'yes'")),
        ("    why: The second only pays on few items.\n", "",
         "p.md:9: quiz-schema: an option needs why"),
        ("id: b", "id: a", "p.md:5: quiz-id: two options have the id 'a'"),
        ("question:", "kind: choise\nquestion:", ("p.md:3: quiz-schema: 'kind' is choice, order "
         "or free, got 'choise'; did you mean 'choice'?")),
        ("question:", "section: '#fleet'\nquestion:", ("p.md:3: quiz-section: this page has no "
         "section '#fleet'")),
        ("question:", "section: #fleet\nquestion:", ("p.md:3: quiz-section: 'section' is an "
         "anchor in quotes")),
        ("question:", "points: [a]\nquestion:",
         "p.md:3: quiz-schema: a quiz has no field 'points'"),
        ("text: Two are", "text: Two: are", ("p.md:10: quiz-yaml: mapping values are not allowed "
         "here (fix: quote text that has a colon or starts with a quote)")),
        ("text: Two are always better.", "text: []", "p.md:10: quiz-schema: 'text' must be text"),
        ("    why: The", "\twhy: The", ("p.md:11: quiz-yaml: found character '\\t' that cannot "
         "start any token (fix: quote text that has a colon or starts with a quote)")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(old: str, new: str, message: str) -> None:
    found = told(GOOD.replace(old, new, 1))
    assert any(line.startswith(f"{message} (fix: ") or line == message for line in found), found


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (ORDER, "items:", "options:", "p.md:6: quiz-schema: a quiz has no field 'options'"),
        (ORDER, ORDER[ORDER.index("  - id: test") : -4], "",
         "p.md:7: quiz-schema: 'items' must be a list of 3 or more"),
        (ORDER, "    why: Few see them.\n", "", "p.md:10: quiz-schema: an item needs why"),
        (ORDER, "id: canary", "id: shadow", "p.md:7: quiz-id: two items have the id 'shadow'"),
        (ORDER, "why: Few see them.", "correct: true",
         "p.md:12: quiz-schema: an item has no field 'correct'"),
        (FREE, "answer:", "anwser:", ("p.md:5: quiz-schema: a quiz has no field 'anwser'; "
         "did you mean 'answer'?")),
        (FREE, "  - How many there are\n", "",
         "p.md:7: quiz-schema: 'points' must be a list of 2 or more"),
        (FREE, "  - How many there are\n", "  -\n", "p.md:8: quiz-schema: 'points' must be text"),
    ],
)  # fmt: skip
def test_each_kind_tells_what_it_lacks(text: str, old: str, new: str, message: str) -> None:
    found = told(text.replace(old, new, 1) + "\n## Operate\n")
    assert any(line.startswith(f"{message} (fix: ") for line in found), found


def test_the_other_kinds_are_read_whole() -> None:
    page = Chapter(Path("p.md"), "p.md", f"{ORDER}\n{FREE}\n## Operate\n")
    (order, free), problems = quiz.quizzes(page)
    assert problems == []
    assert [item.id for item in order.options] == ["shadow", "canary", "test"]
    assert (order.kind, order.section, order.several) == ("order", "#operate", False)
    assert (free.kind, free.options, free.section) == ("free", (), "")
    assert free.points == ("What a pass costs", "How many there are")


@pytest.mark.parametrize("name", [f"rollout-{at}" for at in range(30)])
def test_items_are_shown_shuffled_and_always_the_same_way(name: str) -> None:
    text = ORDER.replace("id: rollout", f"id: {name}") + "\n## Operate\n"
    (one,), (other,) = (quiz.quizzes(Chapter(Path("p.md"), "p.md", text))[0] for _ in range(2))
    assert one.shown == other.shown
    assert one.shown != one.options
    assert set(one.shown) == set(one.options)


def test_the_place_of_an_option_says_nothing() -> None:
    first = 0
    for at in range(200):
        text = GOOD.replace("two-stages", f"two-stages-{at}")
        (found,) = quiz.quizzes(Chapter(Path("p.md"), "p.md", text))[0]
        (again,) = quiz.quizzes(Chapter(Path("p.md"), "p.md", text))[0]
        assert found.shown == again.shown
        assert sorted(option.id for option in found.shown) == ["a", "b"]
        first += found.shown[0].correct
    # 200 tosses of a coin stay within four standard errors of a half.
    assert 72 <= first <= 128


@pytest.mark.parametrize("body", ["", "- a\n- b\n", "options: 3\n", "id: a\nquestion: b\n"])
def test_no_quiz_at_all_is_told_and_never_raises(body: str) -> None:
    assert told(f"```quiz\n{body}```\n")


def test_an_id_is_used_once_in_the_handbook() -> None:
    pages = [Chapter(Path(name), name, GOOD) for name in ("a.md", "b.md")]
    assert [p.text() for p in quiz.repeated((page, quiz.quizzes(page)[0]) for page in pages)] == [
        "b.md:1: quiz-id: the quiz id 'two-stages' is taken by a.md:1 (fix: give it another id)"
    ]


class Reporter:
    """Stands for the page's context."""

    def problem(self, code: str, message: str, *_rest: str) -> str:
        return f"{code}: {message}"

    def error(self, problem: str) -> object:
        from xml.etree.ElementTree import Element

        element = Element("div", {"class": "hb-error"})
        element.text = problem
        return element


def render(text: str) -> str:
    md = Markdown(extensions=["admonition", "attr_list", "pymdownx.superfences"])
    quiz.register(md, Reporter())  # type: ignore[arg-type]
    return str(md.convert(text))


def test_the_page_is_complete_without_javascript() -> None:
    html = render(f"Before.\n\n{GOOD}\nAfter.\n")
    section = re.search(r"<section[^>]*>", html)
    assert section is not None
    assert 'class="hb-quiz"' in section[0]
    assert 'data-quiz="two-stages" id="quiz-two-stages"' in section[0]
    assert "Why <em>two</em> stages, not <code>one</code>?" in html
    assert '<a href="a.md">billions</a>' in html
    assert "<details" in html
    shown = re.findall(r'<li data-option="(\w)">', html)
    right, wrong = ("AB"[shown.index(name)] for name in "ab")
    assert f"<strong>{right} is right.</strong> Its cost grows with every post." in html
    assert f"<strong>{wrong} is wrong.</strong> The second only pays on few items." in html
    # Reasons stand in the order of what they are about.
    assert re.findall(r'<li class=[^>]* data-option="(\w)">', html) == shown
    assert html.index("Before") < html.index("hb-quiz") < html.index("After")
    # Whoever reads the options does not see which one is right.
    options = re.search(r"<ol.*?</ol>", html, re.DOTALL)
    assert options is not None
    assert "right" not in options[0]
    assert "correct" not in html


def test_what_proves_a_number_is_not_shown() -> None:
    text = GOOD.replace("Why *two* stages", "Why **2**<!--= feed.stages --> stages")
    assert "Why <strong>2</strong> stages, not" in render(text)
    empty = GOOD.replace("Two are always better.", "<!--= feed.stages -->")
    assert told(empty)[0].startswith("p.md:10: quiz-schema: 'text' must be text")


def test_an_order_gives_each_place_its_reason_and_leads_to_its_section() -> None:
    html = render(f"{ORDER}\n\n## Operate *well* {{ #operate }}\n")
    assert 'data-hb-kind="order"' in html
    shown = re.findall(r'<li data-option="(\w+)">', html)
    assert sorted(shown) == ["canary", "shadow", "test"]
    answer = html[html.index("<details") :]
    assert re.findall(r'data-option="(\w+)"', answer) == ["shadow", "canary", "test"]
    # A stop before the reason, whether the item has one or not.
    assert "<strong>Shadow traffic.</strong> Nobody sees its errors." in answer
    assert "<strong>A canary of 1 %.</strong> Few see them." in answer
    assert '<a href="#operate">Operate well</a>' in answer


def test_a_free_answer_stands_folded_with_its_points() -> None:
    html = render(FREE)
    assert "Answer in your own words" in html[: html.index("<details")]
    assert "<ol" not in html
    assert "One cannot score everything <code>in time</code>." in html
    assert html.count("hb-quiz__reason--point") == 2


def test_several_right_answers_are_announced_and_one_is_not() -> None:
    assert 'data-hb-kind="one"' in render(GOOD)
    assert "hb-quiz__how" not in render(GOOD)
    several = render(GOOD.replace("    why: The sec", "    correct: true\n    why: The sec"))
    assert 'data-hb-kind="several"' in several
    assert "Choose every answer that is right." in several


def test_quizzes_stand_in_other_blocks_and_beside_each_other() -> None:
    inner = GOOD.replace("two-stages", "inner").replace("\n", "\n    ")
    html = render(f'!!! note "Try"\n    {inner}\n\n{GOOD}{GOOD.replace("two-", "no-")}')
    assert html.count("<section") == 3
    assert re.search(r'admonition note">.*id="quiz-inner".*</div>', html, re.DOTALL)
    assert "hb-quiz:" not in html


def test_a_quiz_inside_another_fence_is_code() -> None:
    assert "<section" not in render(f"````\n{GOOD}````\n")


def test_a_broken_quiz_shows_its_error_in_place() -> None:
    html = render("Text.\n\n" + GOOD.replace("id: two-stages\n", ""))
    assert '<div class="hb-error">quiz-schema: a quiz needs id</div>' in html


@pytest.mark.parametrize("after", ["", "\n\nMore.\n", "\n## More\n\n```python\nx = 1\n```\n"])
def test_a_quiz_that_is_not_closed_is_told_so(after: str) -> None:
    opened = GOOD.rstrip().removesuffix("```") + after
    assert told("Text.\n\n" + opened) == [
        "p.md:3: quiz-schema: the quiz is not closed (fix: end it with ``` on a line of its own)"
    ]
