"""What figures, checks and whole builds cost, beside the generator and the theme as they come."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.bench.corpus import figure_project, handbook_project, stock_project
from handbook.bench.table import Bar, Row, measured
from handbook.build import QUIET, step
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.webserver import packed_size

if TYPE_CHECKING:
    from handbook.bench import Bench
    from handbook.drawing.figure import FigureSource, RenderedFigure

CHAPTERS, FIGURES = 100, 250
# Our build as `handbook build` does it between the checks, in a process of its own.
_OURS = """
import sys
from pathlib import Path
from handbook.build import build_into
from handbook.project import Project
for problem in build_into(Project(Path(sys.argv[1])), Path(sys.argv[2])):
    sys.exit(problem.text())
"""


@dataclass(frozen=True)
class Spent:
    """What a command took: by the clock and of the processors, its children included."""

    wall_s: float
    cpu_s: float


def run_timed(folder: Path, words: list[str]) -> Spent:
    """Runs this Python with some words and says what it took.

    Args:
        folder: Where it runs.
        words: What follows the program's name.

    Raises:
        HandbookError: It failed, and so measured nothing; its time would look like a good one.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env={**os.environ, **QUIET},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").strip().splitlines() or ["no output"]
            message = f"{' '.join(words[:3])} failed: {lines[-1]}"
            raise HandbookError([Problem(folder, 0, 0, "bench-failed", message)])
    return Spent(wall_s, usage.ru_utime + usage.ru_stime)


def figure_rows(bench: Bench) -> Iterator[Row]:
    """Draws synthetic figures one by one, all together, and from the cache.

    Args:
        bench: The run; `figures` says how many.
    """
    from handbook import drawing

    root, count = bench.folder / "figures", bench.figures
    root.mkdir()
    project = figure_project(root, count)
    alone = [_composed_ms(source) for source in drawing.catalogue(project)]
    with _quiet():
        began = _used_s()
        drawn = drawing.render_all(project)
        half = _used_s()
        drawing.render_all(project)
        ended = _used_s()
    how = f"median of {count} generated figures, drawn one by one"
    yield measured("figures", "figure, cold, wide and narrow", alone, "ms CPU", Bar(25), how)
    how = f"drawn by {os.cpu_count()} workers; their time and ours, at the rate of {count}"
    total = (half - began) / count * FIGURES
    yield Row("figures", f"{FIGURES} figures, cold", total, "s CPU", Bar(8), how)
    each = (ended - half) / count * 1e3
    yield Row("figures", "figure, cached", each, "ms CPU", Bar(0.3), f"mean of {count}, read again")
    how = "both layouts, gzip -9 alone"
    sizes = _figure_sizes_kb(bench, drawn)
    yield measured("figures", "generated figure, bytes", sizes, "kB", Bar(7), how)
    with _quiet():
        real = drawing.render_all(bench.project)
    if real:
        sizes = _figure_sizes_kb(bench, real)
        what = f"figure of this handbook ({len(real)}), bytes"
        yield measured("figures", what, sizes, "kB", Bar(7), how)


def _figure_sizes_kb(bench: Bench, drawn: Mapping[str, RenderedFigure]) -> list[float]:
    """Returns what each figure adds to a page, of which compression sees nothing else."""
    file = bench.folder / "figure.svg"
    sizes = []
    for figure in drawn.values():
        file.write_text(figure.wide_svg + figure.narrow_svg, encoding="utf-8")
        sizes.append(packed_size(file) / 1e3)
    return sizes


def _composed_ms(source: FigureSource) -> float:
    from handbook.drawing.compose import compose
    from handbook.estimate import using

    began = time.process_time()
    with using(Project(source.path.parents[2])):
        compose(source, None)
    return (time.process_time() - began) * 1e3


def check_rows(bench: Bench) -> Iterator[Row]:
    """Times `handbook check` on the handbook and on a hundred chapters.

    Args:
        bench: The run.
    """
    words = ["-m", "handbook.cli", "check"]
    ours = [run_timed(bench.project.root, words).wall_s for _ in range(bench.runs)]
    how = f"whole command, median of {bench.runs}"
    yield measured("check", "handbook check, this handbook", ours, "s", None, how)
    corpus = generated_handbook(bench)
    many = [run_timed(corpus.root, words).wall_s for _ in range(bench.runs)]
    how = f"whole command, {CHAPTERS} generated chapters, figures drawn; median of {bench.runs}"
    yield measured("check", "handbook check, 100 chapters", many, "s", Bar(5), how)


def build_rows(bench: Bench) -> Iterator[Row]:
    """Builds a hundred chapters with our build and with the stock generator, in turns.

    Args:
        bench: The run.
    """
    from handbook import drawing

    ours = generated_handbook(bench)
    with _quiet():
        drawn = drawing.render_all(ours)
    root = bench.folder / "stock"
    root.mkdir()
    stock = stock_project(root, ours, {name: fig.download_svg for name, fig in drawn.items()})
    target, plain_target = bench.folder / "built", bench.folder / "built-stock"
    spent: list[tuple[Spent, Spent]] = []
    for run in range(bench.runs):
        step(f"Building {CHAPTERS} chapters, ours and stock: {run + 1} of {bench.runs}")
        shutil.rmtree(target, ignore_errors=True)
        shutil.rmtree(plain_target, ignore_errors=True)
        one = run_timed(ours.root, ["-c", _OURS, str(ours.root), str(target)])
        words = ["-m", "mkdocs", "build", "-q", "-d", str(plain_target)]
        spent.append((one, run_timed(stock.root, words)))
    yield from _build_rows(spent)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    what = f"output of our build, {CHAPTERS} chapters"
    yield Row("builds", what, size / 2**20, "MiB", Bar(150), "all files")


def _build_rows(spent: list[tuple[Spent, Spent]]) -> Iterator[Row]:
    what = f"{CHAPTERS} chapters, {FIGURES} cached figures"
    how = (
        "cold but for the figures: pages with proven numbers and figures inline, search index, "
        f"Markdown copies, joined styles, policy; the checks left out; median of {len(spent)}"
    )
    yield measured("builds", f"{what}: ours", [one.wall_s for one, _ in spent], "s", None, how)
    yield measured("builds", f"{what}: ours", [one.cpu_s for one, _ in spent], "s CPU", None, how)
    how = (
        "MkDocs + Material: same chapters, Markdown extensions and plugins, search, the theme's "
        "features for ours, whole navigation, no foreign font; figures as image files"
    )
    stock = f"{CHAPTERS} chapters: stock"
    yield measured("builds", stock, [other.wall_s for _, other in spent], "s", None, how)
    yield measured("builds", stock, [other.cpu_s for _, other in spent], "s CPU", None, how)
    how = "by the clock, in turns with stock in this run; median of the pairs"
    ratios = [one.wall_s / other.wall_s for one, other in spent]
    yield measured("builds", "build, ours to stock", ratios, "", Bar(0.85), how)


def generated_handbook(bench: Bench) -> Project:
    """Returns the handbook of generated chapters, written and drawn once a run.

    Args:
        bench: The run.
    """
    from handbook import drawing

    root = bench.folder / "corpus"
    if root.exists():
        return Project(root)
    root.mkdir()
    project = handbook_project(root, bench.project, CHAPTERS, FIGURES)
    with _quiet():
        drawing.render_all(project)
    return project


def built_handbook(bench: Bench) -> tuple[Project, Path]:
    """Returns the handbook of generated chapters and its site, built once a run.

    Args:
        bench: The run.

    Raises:
        HandbookError: It does not build.
    """
    project, target = generated_handbook(bench), bench.folder / "built"
    if not target.exists():
        step(f"Building {CHAPTERS} chapters")
        run_timed(project.root, ["-c", _OURS, str(project.root), str(target)])
    return project, target


def _used_s() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        yield
