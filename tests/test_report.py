from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from handbook.cli import VERBS, Verb, main, parser
from handbook.project import Project, find_project
from handbook.report import HandbookError, Problem, Report

ROOT = Path("/p")


def test_a_problem_reads_as_one_line_with_its_mend() -> None:
    problem = Problem(ROOT / "docs/a.md", 3, 7, "link-broken", "no page 'b.md'", "write 'c.md'")
    assert problem.text(ROOT) == "docs/a.md:3:7: link-broken: no page 'b.md' (fix: write 'c.md')"


def test_a_whole_file_problem_has_no_line() -> None:
    assert Problem("docs/a.md", 0, 0, "empty", "no text").text() == "docs/a.md: empty: no text"


def test_an_annotation_escapes_what_would_end_it() -> None:
    problem = Problem(ROOT / "a.md", 2, 0, "x", "100 %\nnext")
    assert problem.annotation(ROOT) == "::error file=a.md,line=2,title=x::100 %25%0Anext"


def test_an_annotation_stands_at_its_column_and_in_its_file() -> None:
    problem = Problem(ROOT / "a,b.md", 2, 7, "x", "m", "f")
    assert problem.annotation(ROOT) == "::error file=a%2Cb.md,line=2,col=7,title=x::m (fix: f)"


def test_a_record_says_all_that_the_line_says() -> None:
    problem = Problem(ROOT / "docs/a.md", 2, 7, "x", "m", "f")
    assert problem.record(ROOT) == {
        "file": "docs/a.md",
        "line": 2,
        "column": 7,
        "code": "x",
        "message": "m",
        "fix": "f",
    }


def test_a_report_sorts_and_counts_the_same_finding_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    later, earlier = Problem("b.md", 1, 0, "x", "m"), Problem("a.md", 9, 0, "x", "m")
    report = Report([later])
    report.extend([earlier, later])
    report.print()
    assert not report.ok
    assert capsys.readouterr().err.splitlines() == ["a.md:9: x: m", "b.md:1: x: m"]


def test_annotations_go_to_standard_output_on_a_runner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Report([Problem("a.md", 9, 0, "x", "m")]).print()
    assert capsys.readouterr().out == "::error file=a.md,line=9,title=x::m\n"


def test_an_error_survives_the_way_home_from_a_worker() -> None:
    error = HandbookError([Problem("a.md", 9, 0, "x", "m")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_the_project_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").touch()
    below = tmp_path / "docs" / "deep"
    below.mkdir(parents=True)
    assert find_project(below) == Project(tmp_path)


def test_outside_a_checkout_the_command_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"{tmp_path}: no-project: no mkdocs.yml here or above")


def test_a_kit_that_does_not_parse_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> int:
        raise SyntaxError("'(' was never closed", ("scripts/handbook/x.py", 7, 1, "(", 7, 2))

    monkeypatch.setattr(Verb, "load", lambda _: broken)
    assert main(["lint"]) == 1
    said = "scripts/handbook/x.py:7: kit-syntax: '(' was never closed\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_code_and_a_help_text(verb: object) -> None:
    needed = {"new": ["a/b"], "export": ["anki"]}
    assert callable(verb.load())  # type: ignore[attr-defined]
    assert parser().parse_args([verb.name, *needed.get(verb.name, [])])  # type: ignore[attr-defined]
