"""From a figure's function to a finished figure: run, lay out, draw, examine."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from handbook.drawing import describe, labels, layout, lints, render, routes
from handbook.drawing.capture import FigureError, Graph, captured
from handbook.drawing.figure import FigureSource, RenderedFigure
from handbook.drawing.geometry import Scene
from handbook.drawing.layout import Variant
from handbook.drawing.sketch import collecting
from handbook.drawing.svg import standalone
from handbook.report import HandbookError, Problem

_WIDE = (
    Variant(edges_first=True),
    Variant(gap=22, wrap=116),
    Variant(gap=22, wrap=104, newrank=True),
    Variant(gap=22, wrap=116, fold=4),
    Variant(ports=74, edges_first=True),
)
_NARROW = (
    Variant(stacked=True, wrap=88, gap=22, edges_first=True),
    Variant(stacked=True, wrap=74, gap=22, edges_first=True),
    Variant(stacked=True, wrap=74, gap=22, newrank=True),
    Variant(stacked=True, wrap=80, gap=22, fold=3),
    Variant(stacked=True, wrap=74, gap=22, chained=True),
    Variant(stacked=True, wrap=68, gap=18, edges_first=True),
    Variant(stacked=True, wrap=74, gap=22, ports=70),
)
_WIDE_MODEL = (
    Variant(edges_first=True, straight=True),
    Variant(gap=22, wrap=116, straight=True),
    Variant(gap=22, wrap=92),
)
_NARROW_MODEL = (
    Variant(wrap=118, gap=22, edges_first=True, straight=True),
    Variant(wrap=88, gap=22, edges_first=True),
    Variant(wrap=88, gap=22, edges_first=True, chained=True),
    Variant(wrap=74, gap=22, chained=True),
)
_BESIDE = (Variant(wrap=100, gap=22, edges_first=True),)
_ROW = (Variant(rows=True), Variant(rows=True, wrap=92))
# What is not worth a second try.
_GOOD = 30.0
_MOST_TRIES = 7


def compose(source: FigureSource, store: Path | None = None) -> RenderedFigure:
    """Draws a figure; whatever goes wrong is in its `problems`.

    Args:
        source: The figure.
        store: The folder that keeps shrunk pictures.
    """
    try:
        made, graph = _run(source)
        if made is not None:
            return _from_drawing(source, made.render(source.title, source.description))
        return _from_graph(source, graph, store)
    except (Exception, SystemExit) as error:
        # A figure is anybody's code: one that fails must not stop the others.
        problems = error.problems if isinstance(error, HandbookError) else [_problem(source, error)]
        return RenderedFigure(source.id, source.title, source.description, problems=problems)


def _run(source: FigureSource) -> tuple[Any, Graph]:
    """Calls a figure's function; returns what it returned and what it captured."""
    function = _function(source)
    kind = getattr(function, "__figure_kind__", "system")
    if kind == "sketch":
        with collecting() as drawn:
            function()
        return drawn, Graph()
    with captured(source.path, kind) as capture:
        made = function()
    if made is not None and not hasattr(made, "render"):
        raise FigureError(
            "figure-result",
            f"{source.id} returns {type(made).__name__}, which is no figure",
            "return a Funnel, Timeline, Chart or nothing",
            source.line,
        )
    if made is None and not capture.graph.nodes:
        raise FigureError(
            "figure-empty",
            f"{source.id} draws nothing",
            "make a node, or start its name with _ where it is no figure",
            source.line,
        )
    return made, capture.graph


def _function(source: FigureSource) -> Callable[[], Any]:
    function = getattr(_module(source.path, source.path.stat().st_mtime_ns), source.function)
    if not callable(function):
        raise FigureError("figure-error", f"{source.function} is not a function", "", source.line)
    return function  # type: ignore[no-any-return]


@cache
def _module(path: Path, changed: int) -> Any:
    """Loads a figure's file by its path; again where the file has changed."""
    del changed
    name = f"handbook_figures_{path.stem}"
    loader = _Uncached(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise FigureError("figure-error", f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class _Uncached(SourceFileLoader):
    """Compiles every time: bytecode kept on disk takes two edits in one second for one."""

    def get_code(self, fullname: str) -> CodeType:
        """Compiles the file; the name makes no difference."""
        del fullname
        return self.source_to_code(self.get_data(self.path), self.path)


def _problem(source: FigureSource, error: BaseException) -> Problem:
    """One line for whatever a figure's code raised, at the line of its file that did."""
    line = getattr(error, "line", 0)
    if not line and isinstance(error, SyntaxError):
        line = error.lineno or 0
    if not line:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame.lineno for frame in frames if frame.filename == str(source.path)]
        line = (inside[-1] if inside else None) or source.line
    if isinstance(error, FigureError):
        return Problem(source.path, line, 0, error.code, error.message, error.fix)
    message = " ".join(str(error).split())
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return Problem(source.path, line, 0, "figure-error", text)


def _from_drawing(source: FigureSource, drawing: Any) -> RenderedFigure:
    """A figure of a kind that draws itself."""
    return RenderedFigure(
        id=source.id,
        title=source.title,
        description=source.description,
        text_html=drawing.text_html,
        wide_svg=drawing.wide,
        narrow_svg=drawing.narrow,
        download_svg=standalone(drawing.wide, source.title, source.description),
        legend=list(drawing.legend),
        problems=[
            Problem(source.path, source.line, 0, "figure-drawing", issue)
            for issue in drawing.issues
        ],
        width=drawing.width,
        height=drawing.height,
        narrow_width=drawing.narrow_width,
        narrow_height=drawing.narrow_height,
    )


def _from_graph(source: FigureSource, graph: Graph, store: Path | None) -> RenderedFigure:
    wide, narrow = scenes(graph)
    problems = [
        *lints.scene_problems(wide, source),
        *lints.scene_problems(narrow, source),
        *lints.icon_problems(wide, source, store),
    ]
    wide_svg = render.draw(wide, store)
    return RenderedFigure(
        id=source.id,
        title=source.title,
        description=source.description,
        text_html=describe.text_html(graph),
        wide_svg=wide_svg,
        narrow_svg=render.draw(narrow, store),
        download_svg=standalone(wide_svg, source.title, source.description),
        legend=describe.legend(graph),
        problems=list(dict.fromkeys(problems)),
        width=round(wide.width, 1),
        height=round(wide.height, 1),
        narrow_width=round(narrow.width, 1),
        narrow_height=round(narrow.height, 1),
        links=describe.links(graph),
    )


def scenes(graph: Graph) -> tuple[Scene, Scene]:
    """Returns the best layouts found for a column and for a phone."""
    row = layout.is_row(graph)
    if graph.kind == "model":
        return _best(graph, _WIDE_MODEL, narrow=False), _best(graph, _NARROW_MODEL, narrow=True)
    wide = _best(graph, (*_ROW, _WIDE[0]) if row else _WIDE, narrow=False)
    if row:
        return wide, _best(graph, _BESIDE, narrow=True)
    if wide.width <= layout.NARROW_PX * 1.03:
        return wide, replace(wide, narrow=True)
    # A slim figure keeps its icons beside the text, which makes it shorter.
    slim = _BESIDE if wide.width <= layout.NARROW_PX * 1.4 else ()
    return wide, _best(graph, (*slim, *_NARROW), narrow=True)


def _best(graph: Graph, variants: tuple[Variant, ...], *, narrow: bool) -> Scene:
    """Tries variants until one is good, else takes the least bad."""
    best: tuple[float, Scene] | None = None
    tries = 0
    for variant in variants:
        scene = layout.place_boxes(graph, variant, narrow=narrow)
        # What is too wide is finished only where nothing else is left.
        if lints.scale(scene) < _least(scene) and (best or variant is not variants[-1]):
            continue
        for _ in range(3):
            tries += 1
            layout.place_lines(scene, variant)
            labels.place(scene)
            cost = badness(scene)
            if best is None or cost < best[0]:
                best = cost, scene
            if best[0] < _GOOD or tries >= _MOST_TRIES:
                return best[1]
            if not scene.crowded:
                break
            variant = _with_room(variant, scene.crowded)
            scene = layout.place_boxes(graph, variant, narrow=narrow)
    assert best is not None  # noqa: S101  (the last variant is always finished)
    return best[1]


def _with_room(variant: Variant, crowded: frozenset[int]) -> Variant:
    """Makes room for planes' names: first at the bottom, then beside the line at the top."""
    again = crowded & variant.bottom
    return replace(variant, bottom=(variant.bottom | crowded) - again, roomy=variant.roomy | again)


def _least(scene: Scene) -> float:
    return layout.NARROW_SCALE if scene.narrow else layout.WIDE_SCALE


def badness(scene: Scene) -> float:
    """Returns how bad a layout is: 0 for nothing to object to, from 100 on for a fault."""
    least, shrunk = _least(scene), lints.scale(scene)
    slope = 60 if scene.narrow else 160
    cost = slope * (1 - shrunk) if shrunk >= least else 300 + 2000 * (least - shrunk)
    crossed = (lints.crossed_node(scene, edge) for edge in range(len(scene.routes)))
    cost += sum(200 for node in crossed if node is not None)
    cost += 150 * len(layout.hit_titles(scene))
    cost += sum(
        label.cost if label.cost >= labels.BAD else label.cost * 0.1 for label in scene.labels
    )
    cost += sum(25 for _ in routes.on_frames(scene))
    cost += 18 * scene.detours + 20 * len(scene.crowded)
    return cost + 8 * routes.crossings(scene.routes)
