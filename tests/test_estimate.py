"""Quantities, the toolkit's arithmetic, budgets that refuse, and estimates loaded by path."""

from __future__ import annotations

import math
import os
import pickle
import re
from typing import TYPE_CHECKING

import pytest

from handbook import estimate as e
from handbook.project import Project
from handbook.report import HandbookError

if TYPE_CHECKING:
    from pathlib import Path


OVER_BUDGET = (
    "docs/a/x/estimate.py:3: estimate-error: ValueError: stage 's' (2 ms) takes the request "
    "to 2 ms, 1 ms over the budget of 1 ms"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    (tmp_path / "docs").mkdir()
    return Project(tmp_path)


def write(project: Project, slug: str, text: str) -> Path:
    path = project.docs / slug / "estimate.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def one(error: pytest.ExceptionInfo[HandbookError], project: Project) -> str:
    assert len(error.value.problems) == 1
    return error.value.problems[0].text(project.root)


def test_a_quantity_is_a_float_that_remembers() -> None:
    users = e.assumed(500e6, "users", "a large network's daily audience")
    assert (users.unit, users.kind, users.note) == (
        "users",
        "assumed",
        "a large network's daily audience",
    )
    assert f"{users:,.0f}" == "500,000,000"
    assert type(users * 2) is float
    again = pickle.loads(pickle.dumps(users))
    assert vars(again) == vars(users)
    assert again == users


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: e.assumed(1, "x", " "), "a quantity needs its 'why' in words"),
        (lambda: e.assumed(math.inf, "x", "w"), "a quantity must be a finite number, got inf"),
        (
            lambda: e.sourced(1, "x", "javascript:1", "T", "2026-01-01"),
            "sourced: url must start with https://, got 'javascript:1'",
        ),
        (
            lambda: e.sourced(1, "x", "https://a.example", "T", "May"),
            "expected a day such as 2026-11-20, got 'May'",
        ),
    ],
)
def test_a_quantity_needs_its_origin(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()  # type: ignore[operator]


def test_load_and_size() -> None:
    assert e.qps(500e6, 12) == pytest.approx(69_444.4, rel=1e-6)
    assert e.peak_qps(100, 2.5) == 250
    assert e.in_flight(1_000, 100) == 100
    assert e.machines(1000, 100) == 10
    assert e.machines(1000, 100, utilization=0.5, spare=0.5) == 30
    assert e.machines(0.1 + 0.2, 0.1) == 3
    assert e.hnsw_bytes(1e6, 128, links=32) == 1e6 * (512 + 256)
    assert e.embedding_bytes(1e9, 64, e.FLOAT16_BYTES) == 128 * e.GB
    assert e.storage_bytes(10, 100, replicas=3, days=7) == 21_000
    assert e.dense_parameters(10, 5, 1) == 55 + 6
    assert e.cost_per_thousand(e.monthly_cost(10, 1.0), 100) == pytest.approx(10 / 360)
    with pytest.raises(ValueError, match="a peak is at least the average"):
        e.peak_qps(1, 0.5)


def test_sample_sizes_agree_with_the_published_rules() -> None:
    # van Belle's rule of 16 and Dean and Barroso's 63 %.
    assert e.sample_size_mean_per_arm(1, 1) == 16
    assert e.any_slow(0.01, 100) == pytest.approx(0.634, abs=1e-3)
    # n = z^2 (p q + p' q') / d^2, recomputed with the tabulated z of 1.959964 + 0.841621.
    exact = (1.959964 + 0.841621) ** 2 * (0.05 * 0.95 + 0.0505 * 0.9495) / 0.0005**2
    assert e.sample_size_per_arm(0.05, 0.01) == pytest.approx(exact, rel=1e-5)
    assert e.amdahl_speedup(0.5, 2) == pytest.approx(4 / 3)


def test_a_budget_adds_stages_and_takes_the_slowest_branch() -> None:
    budget = e.LatencyBudget(100).stage("Gateway", 10).parallel("Find", two_tower=25, graph=18)
    assert budget.used_ms == 35
    assert budget.slack_ms == 65
    assert budget.stage_ms("graph") == 18
    assert budget.rows()[-1] == ["Slack", "65", "100"]
    over = "stage 'Rank' (70 ms) takes the request to 105 ms, 5 ms over the budget of 100 ms"
    with pytest.raises(ValueError, match=f"^{re.escape(over)}$"):
        budget.stage("Rank", 70)
    assert budget.used_ms == 35
    with pytest.raises(ValueError, match="no stage 'grph'; did you mean 'graph'"):
        budget.stage_ms("grph")


def test_words() -> None:
    assert [e.si(v, "B") for v in (0, 2.56e12, 999.9e6, 999.4e6, 12)] == [
        "0 B",
        "2.56 TB",
        "1 GB",
        "999 MB",
        "12 B",
    ]
    assert [e.count(v) for v in (2e9, 1234, 1.5e6)] == ["2 billion", "1,230", "1.5 million"]


def test_a_chapter_loads_by_slug_once_and_reloads_when_it_or_its_source_changes(
    project: Project,
) -> None:
    base = write(project, "blocks/store", "SIZE = 1.0\n")
    write(
        project,
        "case-studies/news-feed",
        "from dataclasses import dataclass\n"
        "from handbook.estimate import chapter\n"
        "store = chapter('blocks/store')\n"
        "@dataclass\nclass Row:\n    size: 'float' = store.SIZE\n"
        "def size() -> float:\n    return Row().size * 2\n",
    )
    feed = e.chapter("case-studies/news-feed", project)
    assert feed.size() == 2
    assert e.chapter("news_feed", project) is feed
    base.write_text("SIZE = 3.0\n")
    os.utime(base, ns=(1, 1))
    assert e.chapter("news-feed", project).size() == 6
    assert not list(project.docs.rglob("__pycache__"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "A = 1\nB = A / 0\n",
            "docs/a/x/estimate.py:2: estimate-error: ZeroDivisionError: division by zero",
        ),
        ("def f(:\n", "docs/a/x/estimate.py:1: estimate-error: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)\n", "docs/a/x/estimate.py:2: estimate-error: SystemExit: 3"),
        (
            "from handbook.estimate import LatencyBudget\n\nLatencyBudget(1).stage('s', 2)\n",
            OVER_BUDGET,
        ),
        (
            "from handbook.estimate import chapter\nchapter('a/x')\n",
            (
                "docs/a/x/estimate.py:1: estimate-cycle: estimates need each other: x -> x "
                "(fix: move what both need into one of them)"
            ),
        ),
    ],
)
def test_a_broken_estimate_is_one_line(project: Project, text: str, message: str) -> None:
    write(project, "a/x", text)
    with pytest.raises(HandbookError) as error:
        e.chapter("a/x", project)
    assert one(error, project) == message


def test_an_unknown_chapter_gets_a_suggestion(project: Project) -> None:
    write(project, "case-studies/news-feed", "")
    with pytest.raises(HandbookError) as error:
        e.chapter("case-studies/news-fed", project)
    assert one(error, project) == (
        "docs: estimate-unknown: no chapter 'case-studies/news-fed' has an estimate.py; "
        "did you mean 'case-studies/news-feed'?"
    )


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("case-studies/news-feed", "news_feed"),
        ("framework/6-serve/", "serve"),
        ("case-studies/3d-search", "3d_search"),
    ],
)
def test_the_name_in_the_prose_leaves_out_the_part_and_the_number_of_a_step(slug, name):
    assert e.slug_name(slug) == name
