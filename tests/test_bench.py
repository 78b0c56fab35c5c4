"""The bench measures; what it measures on must be sound, and its verdicts right."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook import bench
from handbook.drawing import render_all


@pytest.mark.parametrize(
    ("value", "bar", "verdict"), [(24.9, 25.0, "met"), (25.0, 25.0, "met"), (25.1, 25.0, "MISSED")]
)
def test_a_row_says_whether_its_bar_is_met(value: float, bar: float, verdict: str) -> None:
    assert bench.Row("cold", value, "ms CPU", bar).text().endswith(f"bar 25.00: {verdict}")


def test_a_row_without_a_bar_gives_no_verdict() -> None:
    assert bench.Row("build", 4.2, "s wall", None).text().split() == ["build", "4.20", "s", "wall"]


def test_synthetic_figures_repeat_and_all_draw(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        project = bench.synthetic_project(root, 12)
        texts.append([path.read_text() for path in sorted(project.diagrams.rglob("*.py"))])
    assert texts[0] == texts[1]
    drawn = render_all(project)
    assert len(drawn) == 12
    assert all(figure.wide_svg and figure.narrow_svg for figure in drawn.values())


def test_figure_rows_measure_work_and_cache(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row.what.partition(" (")[0]: row for row in bench.figure_rows(4)}
    assert "4 synthetic figures" in capsys.readouterr().out
    cold, cached = rows["figure, cold, wide and narrow"], rows["figure, cached"]
    # Nothing about how fast: only that both were measured, in the unit of their bars.
    assert (cold.unit, cached.unit) == ("ms CPU", "ms CPU")
    assert cold.value > 0


def test_a_command_that_fails_is_never_taken_for_a_fast_one(tmp_path: Path) -> None:
    project = bench.synthetic_project(tmp_path, 1)
    with pytest.raises(SystemExit, match="failed"):
        bench._python_s(project, ["-c", "raise SystemExit(3)"])
