"""Measures the figures, the check and the build against their bars.

Times are measured here and never asserted in tests: machines differ and are noisy. Processor time
is what counts, of this process and of its workers, because the wall clock of a shared machine
says little.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from handbook.project import Project

T = TypeVar("T")

NODE_KINDS = ("Service", "Store", "Stream", "Job", "Model", "Cache", "Index", "Queue")
ROLES = ("online", "nearline", "offline", "data", "monitor")
WORDS = (
    "Feed API",
    "Event log",
    "Ranker",
    "Feature store",
    "Candidates",
    "Re-rank",
    "Embeddings",
    "Vector index",
    "Training set",
    "Train",
    "Registry",
    "Drift watch",
    "Gateway",
    "Guardrails",
)
FACTS = (
    "p99 20 ms",
    "500 posts",
    "daily",
    "1 min windows",
    "int8, 128 values",
    "3 zones",
    "top 50",
)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the figure, and the bar it is held to."""

    what: str
    value: float
    unit: str
    bar: float | None

    def text(self) -> str:
        """Returns the line, with a verdict where there is a bar."""
        line = f"{self.what:<52} {self.value:>9,.2f} {self.unit:<9}"
        if self.bar is None:
            return line.rstrip()
        verdict = "met" if self.value <= self.bar else "MISSED"
        return f"{line} bar {self.bar:,.2f}: {verdict}"


def run_bench(project: Project, args: argparse.Namespace) -> int:
    """Runs `handbook bench`: prints one table; fails only when something cannot be measured.

    Args:
        project: The checkout.
        args: `figures` is how many synthetic figures are drawn.
    """
    rows = [*figure_rows(args.figures), *_own_rows(project)]
    print(f"\n{os.cpu_count()} processors, Python {sys.version.split()[0]}")
    for row in rows:
        print(row.text())
    return 0


def figure_rows(count: int) -> list[Row]:
    """Draws synthetic figures cold and from the cache.

    Args:
        count: How many figures.

    Returns:
        Processor milliseconds a figure, cold and cached, and the size of what is inlined.
    """
    from handbook import drawing

    with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
        project = synthetic_project(Path(folder), count)
        print(f"Drawing {count} synthetic figures, cold ...", flush=True)
        with _quiet():
            cold_ms, drawn = _processor_ms(lambda: drawing.render_all(project))
            cached_ms, _ = _processor_ms(lambda: drawing.render_all(project))
    sizes = [_gzip_kb(figure.wide_svg + figure.narrow_svg) for figure in drawn.values()]
    return [
        Row(f"figure, cold, wide and narrow (mean of {count})", cold_ms / count, "ms CPU", 25.0),
        Row("250 figures, cold, at that rate", cold_ms / count * 250 / 1e3, "s CPU", 8.0),
        Row(f"figure, cached (mean of {count})", cached_ms / count, "ms CPU", 0.3),
        Row("figure, both layouts, gzip (median)", statistics.median(sizes), "kB", 7.0),
        Row("figure, both layouts, gzip (largest)", max(sizes), "kB", 7.0),
    ]


def synthetic_project(root: Path, count: int, seed: int = 20) -> Project:
    """Writes a checkout that holds nothing but figures; the same seed gives the same files.

    Args:
        root: An empty folder.
        count: How many figures.
        seed: Of the generator.
    """
    (root / "docs").mkdir()
    (root / "mkdocs.yml").write_text("site_name: bench\n")
    folder = root / "diagrams" / "bench"
    folder.mkdir(parents=True)
    rng = random.Random(seed)  # noqa: S311 - shapes of figures, not secrets
    for start in range(0, count, 10):
        functions = [_synthetic_figure(rng, n) for n in range(start, min(start + 10, count))]
        names = ", ".join(("Client", "Plane", "Edge", *NODE_KINDS))
        text = f"from handbook.drawing import {names}\n\n\n" + "\n\n".join(functions)
        (folder / f"bench_{start:03d}.py").write_text(text)
    return Project(root)


def _synthetic_figure(rng: random.Random, number: int) -> str:
    """Returns the source of a figure of 6 to 11 nodes in two or three planes, a typical size."""
    lines = [f"def figure_{number:03d}():", f'    """Synthetic figure {number}.', ""]
    lines += ["    Drawn to measure, not to teach.", '    """', '    n0 = Client("App", "scroll")']
    names = ["n0"]
    for plane in range(rng.randint(2, 3)):
        role = ROLES[plane]
        lines.append(f'    with Plane("{role.capitalize()} plane", role="{role}"):')
        for _ in range(rng.randint(2, 3)):
            name = f"n{len(names)}"
            kind, title, fact = rng.choice(NODE_KINDS), rng.choice(WORDS), rng.choice(FACTS)
            lines.append(f'        {name} = {kind}("{title}", "{fact}")')
            names.append(name)
    for index, name in enumerate(names[1:], start=1):
        source = names[max(0, index - rng.randint(1, 2))]
        kind = rng.choice(("request", "request", "async", "control"))
        label = rng.choice(("", "", "events", "top 50", "deploy"))
        lines.append(f'    {source} >> Edge("{label}", kind="{kind}") >> {name}')
    return "\n".join(lines) + "\n"


def _own_rows(project: Project) -> list[Row]:
    print("Checking the sources ...", flush=True)
    check_s = _command_s(project, "check")
    print("Checking a hundred chapters ...", flush=True)
    many_s = _many_chapters_s(project, 100)
    print("Building the site twice: the second time the figures are cached ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
        target = Path(folder) / "site"
        command = ["-m", "mkdocs", "build", "--clean", "--site-dir", str(target)]
        first_s = _python_s(project, command)
        second_s = _python_s(project, command)
        size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    return [
        Row("handbook check, whole command", check_s, "s wall", 5.0),
        Row("handbook check, 100 copies of the news feed", many_s, "s CPU", 5.0),
        Row("mkdocs build, first", first_s, "s wall", None),
        Row("mkdocs build, figures cached", second_s, "s wall", None),
        Row("size of the site", size / 2**20, "MiB", 150.0),
    ]


def _many_chapters_s(project: Project, count: int) -> float:
    """Returns the processor time to check copies of the longest chapter.

    The copies share quiz ids and stand outside the navigation, so findings are told too: the time
    is more than that of as many clean chapters.
    """
    from handbook.check import check_sources

    with tempfile.TemporaryDirectory(prefix="handbook-bench-") as folder:
        copy = Project(Path(folder))
        for name in ("docs", "diagrams", "includes"):
            shutil.copytree(project.root / name, copy.root / name)
        shutil.copy2(project.config, copy.config)
        shutil.copytree(project.cache, copy.cache)
        chapter = copy.docs / "case-studies" / "news-feed"
        for number in range(count):
            shutil.copytree(chapter, chapter.parent / f"copy-{number}")
        spent_ms, _ = _processor_ms(lambda: check_sources(copy))
    return spent_ms / 1e3


def _command_s(project: Project, *words: str) -> float:
    return _python_s(project, ["-m", "handbook.cli", *words])


def _python_s(project: Project, words: list[str]) -> float:
    began = time.perf_counter()
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=project.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # A failed run measures nothing; its time would look like a good one.
        raise SystemExit(f"bench: {' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - began


def _processor_ms(work: Callable[[], T]) -> tuple[float, T]:
    before = _used_s()
    result = work()
    return (_used_s() - before) * 1e3, result


def _used_s() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _gzip_kb(text: str) -> float:
    return len(gzip.compress(text.encode(), 9)) / 1e3


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        yield
