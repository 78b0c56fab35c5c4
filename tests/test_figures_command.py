from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from handbook.figures import run_figures
from handbook.project import Project

FIGURES = '''
from handbook.drawing import Client, Service


def one():
    """One thing.

    What it shows.
    """
    Client("App") >> Service("API")


def two():
    """Another thing.

    What it shows.
    """
    Client("App", role="nobody")
'''


def project(root: Path) -> Project:
    (root / "diagrams").mkdir()
    (root / "docs").mkdir()
    (root / "diagrams" / "demo.py").write_text(FIGURES, encoding="utf-8")
    return Project(root)


def run(where: Project, *ids: str, **options: object) -> int:
    known = {"ids": list(ids), "list": False, "check": False, "sheet": None, **options}
    return run_figures(where, argparse.Namespace(**known))


def test_list_names_every_figure_and_draws_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = project(tmp_path)
    assert run(where, list=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "demo/one\tdiagrams/demo.py:5\tOne thing",
        "demo/two\tdiagrams/demo.py:13\tAnother thing",
    ]
    assert not where.cache.exists()


def test_faults_are_told_and_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project(tmp_path)) == 1
    assert capsys.readouterr().err == (
        "diagrams/demo.py:18: figure-role: no role is called 'nobody' (fix: use one of online, "
        "nearline, offline, data, monitor, model, client)\n"
    )


def test_one_good_figure_passes_though_its_neighbour_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project(tmp_path), "demo/one") == 0
    assert capsys.readouterr().out == "1 figure, nothing to object to\n"


def test_check_writes_nothing(tmp_path: Path) -> None:
    where = project(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert run(where, "demo/one", check=True) == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_sheet_shows_both_widths_in_both_themes_and_needs_nothing_else(tmp_path: Path) -> None:
    where = project(tmp_path)
    sheet = tmp_path / "sheet.html"
    assert run(where, sheet=str(sheet)) == 1
    page = sheet.read_text(encoding="utf-8")
    assert page.count('<svg class="hb-fig hb-system hb-wide"') == 2
    assert page.count('<svg class="hb-fig hb-system hb-narrow"') == 2
    assert 'data-md-color-scheme="slate"' in page
    assert "figure-role: no role is called" in page
    assert not re.search(r'(src|href)="?https?:|url\((?!data:)', page)
