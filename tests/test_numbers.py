"""Numbers that prove themselves: right, wrong, rewritten, generated, listed, explained."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

import pytest

from handbook import chapters, numbers
from handbook.derivations import unscaled
from handbook.expressions import ExpressionError, Scope, evaluate, split_spec
from handbook.grounds import Ground, ground, trouble
from handbook.project import Project
from handbook.quantities import find_quantities

if TYPE_CHECKING:
    from pathlib import Path

ESTIMATE = '''"""The news feed in numbers."""

from __future__ import annotations

from handbook.estimate import LatencyBudget, assumed, machines, qps, sourced

DAILY_USERS = assumed(500e6, "users", "a large network's daily audience")
REQUESTS = sourced(12, "requests", "https://a.example/x", "A study, 2024", "2026-11-01")
PEAK = assumed(2.5, "times", "an evening peak")
NAMES = {"rank": 40.0}


def average_qps(daily_users: float = DAILY_USERS, requests: float = REQUESTS) -> float:
    """Average feed requests a second."""
    return qps(daily_users, requests)


def peak_qps(peak_to_average: float = PEAK) -> float:
    """Feed requests a second at the peak."""
    return average_qps() * peak_to_average


def rankers(per_machine: float = assumed(500, "requests/s", "a bench")) -> float:
    """Machines that rank."""
    if per_machine <= 0:
        raise ValueError("no")
    load = peak_qps() / (1 - 0.5)
    return machines(load, per_machine)


def stage_ms(name: str) -> float:
    """What a stage may take."""
    return NAMES[name]


def drop() -> float:
    """A change."""
    return -3.25


def size_text() -> str:
    """A size."""
    return "2.56 TB"


def latency() -> LatencyBudget:
    """The budget."""
    return LatencyBudget(100).stage("Gateway", 10).parallel("Find", two_tower=25, graph=18)


def broken() -> float:
    """Fails."""
    return 1 / 0
'''
HEAD = "---\ntitle: T\ndescription: D.\nlevel: [mid]\n---\n\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    folder = tmp_path / "docs" / "case-studies" / "news-feed"
    folder.mkdir(parents=True)
    (folder / "estimate.py").write_text(ESTIMATE)
    return Project(tmp_path)


def page(project: Project, body: str) -> chapters.Chapter:
    path = project.docs / "case-studies" / "news-feed" / "index.md"
    path.write_text(HEAD + body, encoding="utf-8")
    return chapters.read(path, project)


def told(project: Project, body: str) -> list[str]:
    found = numbers.problems(page(project, body), Scope(project))
    prefix = "docs/case-studies/news-feed/index.md:"
    return [problem.text(project.root).removeprefix(prefix) for problem in found]


def mended(project: Project, body: str) -> str:
    return numbers.fixed(page(project, body), Scope(project)).removeprefix(HEAD)


RIGHT = [
    "peaks at **173,611**<!--= news_feed.peak_qps:,.0f --> requests a second",
    "173\u2009611<!--= news_feed.peak_qps:,.0f --> a second",
    "*0.2*<!--= news_feed.peak_qps/1e6:.1f --> million",
    "a fall of −3.25<!--= news_feed.drop:.2f -->",
    "a fall of **3.2 %**<!--= -news_feed.drop:.1f -->",
    "-325.0%<!--= news_feed.drop:.1%-->",
    "$174<!--= news_feed.peak_qps/1e3:,.0f -->",
    '**40 ms**<!--= news_feed.stage_ms("rank"):.0f --> to rank',
    '40<!--= news_feed.NAMES["rank"]:.0f -->',
    "25<!--= news_feed.latency().stage_ms('two tower'):.0f -->",
    "2.56 TB<!--= news_feed.size_text -->",
    "173.6 k<!--= si(news_feed.peak_qps, digits=4) -->",
    "500<!--= round(news_feed.DAILY_USERS / 1e6):d -->",
    "times 90 days<!--? the prompt's -->",
    "`<!--= nonsense -->` and\n\n```\n1<!--= nonsense -->\n```",
]


@pytest.mark.parametrize("body", RIGHT)
def test_a_right_number_is_silent_and_stays(project: Project, body: str) -> None:
    assert told(project, body) == []
    assert mended(project, body) == body


@pytest.mark.parametrize(
    ("body", "message", "fixed"),
    [
        (
            "at **34.9**<!--= news_feed.peak_qps/5e3:.1f --> ms",
            "7:6: number-wrong: text says '34.9', code says '34.7' (fix: handbook numbers --fix)",
            "at **34.7**<!--= news_feed.peak_qps/5e3:.1f --> ms",
        ),
        (
            "at 17\u2009361<!--= news_feed.peak_qps:,.0f --> a second",
            (
                "7:4: number-wrong: text says '17\\u2009361', code says '173\\u2009611' "
                "(fix: handbook numbers --fix)"
            ),
            "at 173\u2009611<!--= news_feed.peak_qps:,.0f --> a second",
        ),
        (
            "a change of 3.2 %<!--= news_feed.drop:.2f -->",
            "7:13: number-wrong: text says '3.2', code says '−3.25' (fix: handbook numbers --fix)",
            "a change of −3.25 %<!--= news_feed.drop:.2f -->",
        ),
        (
            "9%<!--= news_feed.drop:.1% --> of it",
            "7:1: number-wrong: text says '9%', code says '−325.0%' (fix: handbook numbers --fix)",
            "−325.0%<!--= news_feed.drop:.1% --> of it",
        ),
        (
            "**2.5 TB**<!--= news_feed.size_text --> of it",
            (
                "7:3: number-wrong: text says '2.5 TB', code says '2.56 TB' "
                "(fix: handbook numbers --fix)"
            ),
            "**2.56 TB**<!--= news_feed.size_text --> of it",
        ),
        (
            "```quiz\nid: a\nquestion: Why 40<!--= news_feed.stage_ms('rank')/2:.0f --> ms?\n```",
            "9:15: number-wrong: text says '40', code says '20' (fix: handbook numbers --fix)",
            "```quiz\nid: a\nquestion: Why 20<!--= news_feed.stage_ms('rank')/2:.0f --> ms?\n```",
        ),
    ],
)
def test_a_wrong_number_is_told_and_rewritten(
    project: Project, body: str, message: str, fixed: str
) -> None:
    found = told(project, body)
    assert len(found) == 1
    assert found[0].startswith(message)
    assert " (fix: " in found[0]
    assert mended(project, body) == fixed
    assert told(project, fixed) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "1<!--= news_feed.peak_qsp -->",
            "7:2: number-expression: news_feed has no 'peak_qsp'; did you mean 'peak_qps'?",
        ),
        (
            "1<!--= news_fed.peak_qps -->",
            "7:2: number-expression: no estimate is called 'news_fed'; did you mean 'news_feed'?",
        ),
        (
            "1<!--= news_feed.stage_ms:.0f -->",
            "7:2: number-expression: news_feed.stage_ms: missing a required argument: 'name'",
        ),
        (
            "1<!--= news_feed.broken -->",
            (
                "7:2: number-expression: news_feed.broken fails: ZeroDivisionError: division by "
                "zero (news-feed/estimate.py:53)"
            ),
        ),
        (
            "1<!--= news_feed.latency -->",
            "7:2: number-expression: news_feed.latency is a LatencyBudget, not a number",
        ),
        (
            "1<!--= [x for x in ()] -->",
            (
                "7:2: number-expression: '[x for x in ()]' is not allowed here: "
                "names, calls, numbers, + - * / **"
            ),
        ),
        ("1<!--= 1 + -->", "7:2: number-expression: not an expression: '1 +'"),
        (
            "1<!--= news_feed.drop:zz -->",
            "7:2: number-expression: 'zz' is no format for a number; try ',.0f'",
        ),
        (
            "much <!--= news_feed.drop -->",
            (
                "7:6: number-mark: no number stands right before the comment "
                "(fix: put the comment behind its number)"
            ),
        ),
        (
            "one in ten<!--? a starting value --> of them",
            (
                "7:11: number-mark: no number stands right before the comment "
                "(fix: put the comment behind its number)"
            ),
        ),
        (
            "100 ms<!--? -->",
            "7:7: number-mark: the comment has no reason (fix: write a reason behind <!--?)",
        ),
    ],
)
def test_a_bad_mark_is_one_line(project: Project, body: str, message: str) -> None:
    found = told(project, body)
    assert len(found) == 1
    assert found[0].startswith(message)
    assert " (fix: " in found[0]
    assert mended(project, body) == body


@pytest.mark.parametrize(
    "text",
    [
        "news_feed.__dict__",
        "news_feed.qps.__globals__",
        "__import__('os')",
        "(lambda: 1)()",
        "9 ** 9 ** 9",
        "news_feed.stage_ms(*'ab')",
        "'a' * 5",
    ],
)
def test_an_expression_reaches_nothing_else(project: Project, text: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, Scope(project))


def test_the_format_starts_at_the_first_colon_outside_brackets_and_quotes() -> None:
    assert split_spec('a.f("x:y")[1:2] : ,.0f ') == ('a.f("x:y")[1:2]', ",.0f")
    assert split_spec("a.f") == ("a.f", "")


TABLE = """Before.

<!-- [[[cog table(news_feed.latency) ]]] -->
| Stage | p99 (ms) | Running total (ms) |
| --- | ---: | ---: |
| Gateway | 10 | 10 |
| Find: two tower | 25 |  |
| Find: graph | 18 |  |
| Find (the slowest counts) | 25 | 35 |
| Slack | 65 | 100 |
<!-- [[[end]]] -->

After.
"""


def test_a_generated_table_is_told_when_stale_and_regenerated(project: Project) -> None:
    assert told(project, TABLE) == []
    stale = TABLE.replace("| Gateway | 10 | 10 |", "| Gateway | 11 | 10 |")
    assert told(project, stale) == [
        "9: table-stale: the generated table is out of date (fix: handbook numbers --fix)".replace(
            "9:", "9:1:"
        )
    ]
    assert mended(project, stale) == TABLE
    assert mended(project, f"```\n{stale}```\n") == f"```\n{stale}```\n"


NAME_IT = " (fix: name what the chapter's estimate.py has, or write it there first)"


def test_a_page_runs_no_program(project: Project) -> None:
    programs = ("import os", "table(x) or 1", "table([1])", "table(__import__('os'))", "cog.out()")
    for code in programs:
        found = told(project, f"<!-- [[[cog {code} ]]] -->\n<!-- [[[end]]] -->\n")
        assert ["7:1: table-code" in line for line in found] == [True], code


def test_a_broken_table_is_one_line(project: Project) -> None:
    body = "<!-- [[[cog table(news_feed.broken) ]]] -->\n<!-- [[[end]]] -->\n"
    place = "docs/case-studies/news-feed/estimate.py:53"
    error = "ZeroDivisionError: division by zero"
    assert told(project, body) == [f"{place}: estimate-error: {error}"]
    body = "<!-- [[[cog table(1 / 0) ]]] -->\n<!-- [[[end]]] -->\n"
    assert told(project, body) == [f"7:1: table-code: 1 / 0 fails: division by zero{NAME_IT}"]
    body = "<!-- [[[cog table(news_feed.brokn) ]]] -->\n<!-- [[[end]]] -->\n"
    assert told(project, body) == [
        f"7:1: table-code: news_feed has no 'brokn'; did you mean 'broken'?{NAME_IT}"
    ]
    body = "<!-- [[[cog table(news_feed. ]]] -->\n<!-- [[[end]]] -->\n"
    assert told(project, body) == [
        f"7:1: table-code: the table's code does not parse: '(' was never closed{NAME_IT}"
    ]


def test_a_budget_exceeded_in_a_table_is_told_at_the_line_of_the_estimate(project: Project) -> None:
    estimate = project.docs / "case-studies" / "news-feed" / "estimate.py"
    text = (
        "from handbook.estimate import LatencyBudget\n"
        "def latency():\n"
        "    budget = LatencyBudget(100)\n"
        '    budget.stage("Gateway", 95)\n'
        '    budget.stage("Lookup", 9)\n'
        "    return budget\n"
    )
    estimate.write_text(text)
    found = told(project, "<!-- [[[cog table(news_feed.latency) ]]] -->\n<!-- [[[end]]] -->\n")
    assert len(found) == 1
    place = "docs/case-studies/news-feed/estimate.py:5: estimate-error: ValueError: stage 'Lookup'"
    assert found[0].startswith(place)


STRAY = (
    "table-marker: a generated table lacks its other marker, so nothing checks it (fix: open with "
    "<!-- [[[cog table(...) ]]] --> and end with <!-- [[[end]]] -->)"
)


def test_a_table_without_its_other_marker_is_told(project: Project) -> None:
    body = TABLE.replace("<!-- [[[end]]] -->\n", "")
    assert [line.partition(" ")[2] for line in told(project, body)] == [STRAY]
    body = TABLE.replace("<!-- [[[cog", "<!-- [[[")
    assert [line.partition(" ")[2] for line in told(project, body)] == [STRAY]


def test_a_lost_end_does_not_swallow_the_next_table(project: Project) -> None:
    body = TABLE.replace("<!-- [[[end]]] -->\n", "") + "\n" + TABLE
    assert [line.partition(" ")[2] for line in told(project, body)] == [STRAY]
    assert mended(project, body) == body


QUANTITIES = [
    ("It takes 100 ms at most.", ["100 ms"]),
    ("It takes **100 ms**.", ["100 ms"]),
    ("A 45-minute interview.", ["45-minute"]),
    ("It keeps 30 days of 2.5 TB.", ["30 days", "2.5 TB"]),
    ("About 500 million users and 3% more, or 3 %.", ["500 million users", "3%", "3 %"]),
    ("It costs $12 or $3,400 a month.", ["$12", "$3,400 a month"]),
    ("Between 10–20 ms, 5 to 10 s.", ["10–20 ms", "5 to 10 s"]),
    ("It is 3× faster, 3x slower, 4 times.", ["3×", "3x", "4 times"]),
    ("AUC 0.74 and an NDCG of 0.4.", ["0.74", "0.4"]),
    (
        "69,444 requests a second and 200 requests/s.",
        ["69,444 requests a second", "200 requests/s"],
    ),
    ("10k QPS on a 7B model.", ["10k QPS", "7B"]),
    ("Add 1,500 candidates and 384 dimensions.", ["1,500 candidates", "384 dimensions"]),
    ("| a | 40 ms |\n| b | 50 ms |", ["40 ms", "50 ms"]),
    ("- 40 ms\n- 5 GB", ["40 ms", "5 GB"]),
    # What is no claim about quantity.
    ("MkDocs 1.6, Python 3.11 and version 2.0; mkdocs 1.6.1 too.", []),
    ("See section 3.2 and figure 1.4; WCAG 2.2 and CC BY 4.0.", []),
    ("In 2024, on 20 November 2026, and 2026-11-20.", []),
    ("Seven steps, 7 steps, 10 posts, recall@500, p99, H100, top-10.", []),
    ("It is 64 × 128 wide and 404s are 1990s errors.", []),
    ("# Under 100 ms\n\n## 2. Size 5 GB", []),
    ("1. First\n2. Second", []),
    ("`100 ms` and [x](a.md#100-ms) and ![100 ms](figure:a/b) and <b title='5 ms'>.", []),
    ("```\n100 ms\n```\n\n    $$ 5 ms $$ and \\(5\\,ms\\) and $x = 0.5$.", []),
    ("[^a]: 100 ms, said in 2024.\n    And 200 ms more.\n", []),
    ("*[SLO]: 100 ms\n", []),
    ("https://a.example/100ms/5%20x", []),
    ("2 × M values, 4 × 8.", []),
    ("Llama-3-8B, GPT-4.1 and ResNet-50.", []),
]


@pytest.mark.parametrize(("body", "wanted"), QUANTITIES)
def test_quantities_are_found_and_nothing_else(
    project: Project, body: str, wanted: list[str]
) -> None:
    assert [q.text for q in find_quantities(page(project, body))] == wanted


def test_what_a_quantity_rests_on(project: Project) -> None:
    body = (
        "Some 100 ms here. It takes 200 ms,\nthey say.[^a] And 300 ms<!--? the target -->, "
        "**173,611**<!--= news_feed.peak_qps:,.0f --> requests a second,\n"
        "500 million users<!--? large -->, 12<!--= news_feed.REQUESTS:.0f --> ms.\n"
        f"\n{TABLE}\n[^a]: Somebody, 400 ms.\n"
    )
    found = [(q.text, q.standing) for q in find_quantities(page(project, body))]
    assert found == [
        ("100 ms", "unproven"),
        ("200 ms", "sourced"),
        ("300 ms", "assumed"),
        ("173,611", "proven"),
        ("500 million users", "assumed"),
        ("12", "proven"),
    ]
    assert [p.text(project.root) for p in numbers.unproven(page(project, body))] == [
        (
            "docs/case-studies/news-feed/index.md:7:6: number-unproven: nothing proves '100 ms' "
            "(fix: put <!--= expression:format --> or <!--? why --> behind it, or cite a footnote)"
        )
    ]


def test_the_verb_rewrites_lists_and_fails(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    page(project, "At **9**<!--= news_feed.drop:.2f --> and 5<!--? so --> ms.\n")
    assert numbers.run_numbers(project, argparse.Namespace(fix=False, list=False)) == 1
    assert "text says '9', code says '−3.25'" in capsys.readouterr().err
    assert numbers.run_numbers(project, argparse.Namespace(fix=True, list=True)) == 0
    out = capsys.readouterr()
    assert out.err == ""
    assert "docs/case-studies/news-feed/index.md: 1 lines rewritten" in out.out
    assert "proven '3.25': news_feed.drop:.2f" in out.out
    (project.docs / "case-studies" / "news-feed" / "estimate.py").write_text("x = 1 / 0\n")
    assert numbers.run_numbers(project, argparse.Namespace(fix=True, list=False)) == 1
    assert capsys.readouterr().err == (
        "docs/case-studies/news-feed/estimate.py:1: estimate-error: "
        "ZeroDivisionError: division by zero\n"
    )


def test_a_derivation_shows_formula_values_and_inputs(project: Project) -> None:
    found = numbers.derivation("news_feed.peak_qps:,.0f", project)
    assert found.title == "Feed requests a second at the peak"
    assert found.formula == "average QPS × peak to average"
    assert found.substituted == "69,444 × 2.5"
    assert found.result == "173,611"
    (step,) = found.steps
    assert step.formula == "daily users × requests per user per day ÷ seconds per day"
    assert (step.substituted, step.result) == ("500,000,000 × 12 ÷ 86,400", "69,444")
    inputs = {i.name: (i.shown, i.kind, i.note, i.url) for i in found.every_input()}
    assert inputs["peak to average"] == ("2.5 times", "assumed", "an evening peak", "")
    assert inputs["daily users"] == (
        "500,000,000 users",
        "assumed",
        "a large network's daily audience",
        "",
    )
    assert inputs["requests"][1:] == ("sourced", "A study, 2024", "https://a.example/x")
    assert inputs["seconds per day"][1] == "constant"


def test_a_derivation_follows_plain_assignments(project: Project) -> None:
    found = numbers.derivation("news_feed.rankers", project)
    assert found.formula == "ceil(round(needed × (1 + spare), 9))"
    assert found.result == "695"
    load = next(step for step in found.steps if step.name == "load")
    assert load.formula == "peak QPS ÷ (1 − 0.5)"
    assert load.substituted == "173,611 ÷ (1 − 0.5)"
    assert "per machine" in {i.name for i in found.inputs}


def test_a_derivation_of_an_expression_and_of_an_input(project: Project) -> None:
    found = numbers.derivation("news_feed.peak_qps / 1e3:.1f", project)
    assert (found.formula, found.substituted) == ("peak QPS ÷ 1,000", "173,611 ÷ 1,000")
    assert found.result == "173.6"
    assert numbers.derivation("news_feed.DAILY_USERS", project).inputs[0].kind == "assumed"
    assert numbers.derivation('news_feed.stage_ms("rank"):.0f', project).result == "40"
    with pytest.raises(ExpressionError):
        numbers.derivation("news_feed.nothing", project)


@pytest.mark.parametrize(
    ("expression", "about"),
    [
        ("a.users / 1e6:.0f", "a.users"),
        ("100 * a.share:.1f", "a.share"),
        ("a.seconds() / 3600 * 1000", "a.seconds()"),
        ("(a.x + a.y) / 1e9", "a.x + a.y"),
        ("a.users / 7", "a.users / 7"),
        ("1e6/a.users", "1e6/a.users"),
        ("a.users", "a.users"),
        ("60 * 60", "60 * 60"),
    ],
)
def test_an_expression_that_only_changes_the_unit_is_about_what_it_scales(
    expression: str, about: str
) -> None:
    assert unscaled(expression) == about


def with_code(project: Project, code: str) -> None:
    """Adds functions to the estimate of the news feed."""
    path = project.docs / "case-studies" / "news-feed" / "estimate.py"
    path.write_text(f"{ESTIMATE}\n\n{code}")


def test_a_derivation_of_code_that_is_no_formula_says_what_it_is_given(project: Project) -> None:
    with_code(
        project,
        "def least(days: float = PEAK, of: str = 'all') -> float:\n"
        '    """Days at which it is least.\n\n'
        '    A. Author, "A Search", 1999, https://a.example/search.\n    """\n'
        "    return min(range(int(days)), key=lambda day: -day * rankers())\n",
    )
    found = numbers.derivation("news_feed.least", project)
    assert (found.title, found.formula, found.result) == ("Days at which it is least", "", "1")
    assert found.called == "least(days: 2.5, of: all)"
    assert found.cited is not None
    assert (found.cited.note, found.cited.url) == (
        'A. Author, "A Search", 1999',
        "https://a.example/search",
    )
    # What it was given, and what the function that it calls is given.
    assert [given.name for given in found.inputs] == ["days", "per machine"]


@pytest.mark.parametrize(
    ("code", "formula", "substituted"),
    [
        ("return sum(x * 2 for x in range(3))", "sum(x × 2 for each x)", "sum(0, 2, 4)"),
        ("return sum(x for x in range(99))", "sum(x for each x)", "sum(99 values)"),
        (
            "return max(n for n in (1, 2, 3) if n > 1)",
            "max(n for each n that counts)",
            "max(2, 3)",
        ),
        ("return float(PEAK if days is None else days) + 1", "peak + 1", "2.5 + 1"),
        ("n = PEAK if days is None else days\n    return n + 1", "peak + 1", "2.5 + 1"),
        ("if days is None:\n        return PEAK * 2\n    return days", "peak × 2", "2.5 × 2"),
        ("a, b = PEAK, 2 * PEAK\n    return b - a", "b − peak", "5 − 2.5"),
        ("a = 1 + PEAK\n    a += 2\n    return 3 * a", "3 × a", "3 × 5.5"),
        (
            "a = 0\n    for each in (1, 2):\n        a += each\n    return a / PEAK",
            "a ÷ peak",
            "3 ÷ 2.5",
        ),
        ("rows = {'x': [1, 2]}\n    return rows['x'][-1] + 1", "rows (x) (last) + 1", "2 + 1"),
        ("rows = (n for n in (1, 2))\n    return sum(rows)", "sum(rows)", "sum(1, 2)"),
    ],
)
def test_a_derivation_follows_what_the_code_chose(
    project: Project, code: str, formula: str, substituted: str
) -> None:
    with_code(project, f"def found(days: float | None = None) -> float:\n    {code}\n")
    found = numbers.derivation("news_feed.found", project)
    assert (found.formula, found.substituted) == (formula, substituted)


def test_a_derivation_of_a_swap_and_of_a_bare_loop_is_the_call(project: Project) -> None:
    with_code(
        project,
        "def found(low: float = 1, high: float = 2) -> float:\n    low, high = high, low\n"
        "    return low\n\n\ndef looped() -> float:\n    a = 0\n    while a < 5:\n"
        "        a += 2\n    return a\n",
    )
    assert numbers.derivation("news_feed.found", project).result == "2"
    assert numbers.derivation("news_feed.found", project).called == "found(low: 1, high: 2)"
    looped = numbers.derivation("news_feed.looped", project)
    assert (looped.formula, looped.called, looped.result) == ("", "looped", "6")


def test_a_title_says_what_the_call_was_given(project: Project) -> None:
    with_code(
        project,
        "def judged(number: float | None = None, new: bool = True, by: str = '') -> float:\n"
        '    """Dollars for judging; enough for one estimate where none are given."""\n'
        "    return 2 * (PEAK if number is None else number)\n",
    )
    titles = {
        call: numbers.derivation(f"news_feed.judged{call}", project).title
        for call in ("", "(1)", '(3, False, "people")')
    }
    assert titles == {
        "": "Dollars for judging",
        "(1)": "Dollars for judging (number 1)",
        '(3, False, "people")': "Dollars for judging (number 3, not new, people)",
    }


def test_a_derivation_shows_the_data_of_a_metric(project: Project) -> None:
    with_code(
        project,
        "from handbook import metrics\n\n\ndef error() -> float:\n"
        "    return metrics.mean_absolute_error([1, 2], [1, 4])\n",
    )
    found = numbers.derivation("news_feed.error", project)
    assert found.called == "mean absolute error(actual: [1, 2], predicted: [1, 4])"
    assert found.formula == "mean(abs(a − p) for each a, p)"
    assert found.substituted == "mean(0, 2)"


def test_a_derivation_tells_two_calls_of_one_function_apart(project: Project) -> None:
    path = project.docs / "case-studies" / "news-feed" / "estimate.py"
    path.write_text(
        ESTIMATE + "\n\ndef saved() -> float:\n    return 1 - peak_qps(PEAK / 2) / peak_qps()\n"
    )
    found = numbers.derivation("news_feed.saved:.0%", project)
    assert found.formula == "1 − peak QPS (peak ÷ 2) ÷ peak QPS"
    assert found.substituted == "1 − 86,806 ÷ 173,611"
    assert [step.name for step in found.steps] == ["peak QPS (peak ÷ 2)", "peak QPS"]
    assert found.result == "50%"


@pytest.mark.parametrize(
    ("body", "label", "note"),
    [
        ("by definition: hours of a day", "by definition", "hours of a day"),
        ("from the source: in its abstract", "from the source", "in its abstract"),
        ("rounded: 69,444", "rounded", "69,444"),
        ("a usual level", "an assumption", "a usual level"),
        ("a target: not met", "an assumption", "a target: not met"),
    ],
)
def test_a_mark_may_say_a_better_ground_than_an_assumption(
    body: str, label: str, note: str
) -> None:
    assert ground(body) == Ground(label, note)
    assert trouble(body, "69,000") is None


@pytest.mark.parametrize(
    ("body", "number", "said"),
    [
        ("rounded: 69,444", "70,000", ""),
        ("rounded: 4.605, a logarithm", "4.6", ""),
        ("rounded: 66.6 ms", "70", ""),
        ("rounded: 69,444", "68,000", "'68,000' is not the first number of '69,444', rounded"),
        ("rounded: the above", "5", "'5' is not the first number of 'the above', rounded"),
        ("rounded: 4.66", "4.6", "'4.6' is not the first number of '4.66', rounded"),
        ("by definition:", "24", "'by definition' has nothing behind it"),
        ("by defintion: hours", "24", "'by defintion' is no ground"),
        ("Rounded: 24", "24", "'Rounded' is no ground"),
    ],
)
def test_a_ground_is_spelt_filled_and_true(body: str, number: str, said: str) -> None:
    found = trouble(body, number)
    assert (found[0] if found else "") == said


@pytest.mark.build
def test_no_number_of_the_handbook_has_an_empty_derivation(built: Project) -> None:
    seen, empty = 0, []
    for page in sorted(built.site.rglob("*.html")):
        items = re.findall(
            r'<li id="?(number-\d+)"?>(.*?)(?=<li |</ol>)', page.read_text(), re.DOTALL
        )
        for anchor, item in items:
            seen += 1
            said = re.sub(r"^\s*<b>.*?</b>", "", item, count=1, flags=re.DOTALL)
            if not re.sub(r"<[^>]*>", "", said).strip():
                empty.append(f"{page.relative_to(built.site)}#{anchor}")
    assert seen > 1_000
    assert empty == []
