"""Draws figures in worker processes, so that a crash or an endless loop costs one figure."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path

from handbook import sandbox
from handbook.drawing.cache import FigureCache
from handbook.drawing.catalogue import catalogue
from handbook.drawing.figure import FigureSource, RenderedFigure
from handbook.drawing.names import closest
from handbook.project import Project
from handbook.report import HandbookError, Problem

Progress = Callable[[int, int], None]


def render_all(
    project: Project,
    ids: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    keep: bool = True,
) -> dict[str, RenderedFigure]:
    """Draws figures, or reads them where they were drawn before.

    Args:
        project: The project.
        ids: Which; all where none are given.
        progress: Called with how many of how many misses are drawn.
        keep: Whether to remember what is drawn; a check reads what is kept and writes nothing.

    Returns:
        The figures by id, in the catalogue's order. What is wrong with one is in its `problems`;
        those of a file that cannot be read are told by `catalogue`.

    Raises:
        HandbookError: An id is unknown.
    """
    sources = catalogue(project, [])
    if ids is not None:
        sources = _chosen(project, sources, list(ids))
    cache = FigureCache(project)
    figures = {source.id: cache.load(source) for source in sources}
    missing = [source for source in sources if figures[source.id] is None]
    store = project.cache / "icons" if keep else None
    for source, figure in zip(missing, _draw(project, missing, store, progress), strict=True):
        if keep:
            cache.save(source, figure)
        figures[source.id] = figure
    return {name: figure for name, figure in figures.items() if figure is not None}


def _chosen(project: Project, sources: list[FigureSource], ids: list[str]) -> list[FigureSource]:
    known = {source.id for source in sources}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise HandbookError(
            Problem(
                project.diagrams,
                0,
                0,
                "figure-unknown",
                f"no figure is called '{name}'",
                closest(name, sorted(known)) or "handbook figures --list shows all",
            )
            for name in unknown
        )
    return [source for source in sources if source.id in set(ids)]


def _draw(
    project: Project, sources: list[FigureSource], store: Path | None, progress: Progress | None
) -> list[RenderedFigure]:
    if not sources:
        return []
    _warm()
    _say_if_not_canonical()
    results: dict[str, RenderedFigure] = {}
    # A crash breaks the pool and everything in flight: the rest is drawn again, one by one.
    count = min(os.cpu_count() or 1, len(sources))
    since = sandbox.written()
    _pooled(project.root, sources, store, results, progress, count)
    _blame(project, sources, results, since)
    for source in sources:
        if source.id not in results:
            since = sandbox.written()
            _pooled(project.root, [source], store, results, progress, 1)
            _blame(project, [source], results, since)
            results.setdefault(source.id, _crashed(source))
    return [results[source.id] for source in sources]


def _blame(
    project: Project, sources: list[FigureSource], results: dict[str, RenderedFigure], since: int
) -> None:
    """Notes which figure had to be ended, as far as that is known, so that none is drawn twice."""
    place = sandbox.place_of(project, sandbox.told_since(since))
    if place is None:
        return
    problem = sandbox.problem_of(place)
    if place.path.is_relative_to(project.docs):
        # An estimate: whatever else needs it shall fail at once.
        sandbox.note(problem)
    left = [source for source in sources if source.id not in results]
    drawn = [each for each in left if each.path == place.path and each.function in place.functions]
    for source in left if len(left) == 1 else drawn:
        results[source.id] = _without(source, problem)


def _pooled(
    root: Path,
    sources: list[FigureSource],
    store: Path | None,
    results: dict[str, RenderedFigure],
    progress: Progress | None,
    workers: int,
) -> None:
    with ProcessPoolExecutor(workers, mp_context=_processes()) as pool:
        futures: list[tuple[FigureSource, Future[RenderedFigure]]] = []
        with suppress(BrokenProcessPool):
            futures.extend((source, pool.submit(_work, root, source, store)) for source in sources)
        for source, future in futures:
            try:
                results[source.id] = future.result()
            except BrokenProcessPool:
                continue
            if progress:
                progress(len(results), len(sources))


def _work(root: Path, source: FigureSource, store: Path | None) -> RenderedFigure:
    from handbook.drawing.compose import compose  # heavy; only where drawing
    from handbook.estimate import using

    with using(Project(root)), sandbox.limited():
        return compose(source, store)


def _say_if_not_canonical() -> None:
    """Marks figures that a published site must not carry: `dot` differs between machines."""
    from handbook.drawing import engine

    if engine.name() == "dot":
        said = "note: drawn by the dot on this machine, not by the pinned Graphviz: not canonical"
        print(said, file=sys.stderr)


def _warm() -> None:
    """Imports what workers need before they start, where they start as copies of this process."""
    if _method() == "fork":
        from handbook.drawing import compose, engine  # heavy; only where drawing

        assert compose  # noqa: S101  (imported for its own sake)
        engine.name()


def _method() -> str:
    return "fork" if sys.platform == "linux" else "spawn"


def _processes() -> multiprocessing.context.BaseContext:
    return multiprocessing.get_context(_method())


def _crashed(source: FigureSource) -> RenderedFigure:
    problem = Problem(
        source.path,
        source.line,
        0,
        "figure-crash",
        f"the layout of {source.id} crashed its process",
        "simplify the figure, then report it with its source",
    )
    return _without(source, problem)


def _without(source: FigureSource, problem: Problem) -> RenderedFigure:
    return RenderedFigure(source.id, source.title, source.description, problems=[problem])
