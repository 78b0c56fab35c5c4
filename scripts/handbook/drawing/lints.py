"""What a finished figure must not be: too small to read, or drawn over itself."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from handbook.drawing import icons
from handbook.drawing.figure import FigureSource
from handbook.drawing.geometry import Scene
from handbook.drawing.labels import BAD
from handbook.drawing.layout import (
    NARROW_PX,
    NARROW_SCALE,
    WIDE_PX,
    WIDE_SCALE,
    hit_titles,
)
from handbook.drawing.names import closest
from handbook.report import Problem

ICON_BYTES = 4096


def scene_problems(scene: Scene, source: FigureSource) -> list[Problem]:
    """Returns what is wrong with one layout of a figure.

    Args:
        scene: The layout, labels placed.
        source: The figure, for file and line.
    """
    return [*_scale(scene, source), *_labels(scene, source), *_lines(scene, source)]


def icon_problems(scene: Scene, source: FigureSource, store: Path | None) -> list[Problem]:
    """Returns a finding for each icon that would weigh too much.

    Args:
        scene: Either layout.
        source: The figure, for the file.
        store: The folder that keeps shrunk pictures.
    """
    found = []
    for node in scene.graph.nodes:
        size = icons.load(node.icon, store).size if node.icon and node.shape != "op" else 0
        if size > ICON_BYTES:
            name = Path(node.icon).name
            found.append(
                Problem(
                    source.path,
                    node.line or source.line,
                    0,
                    "figure-icon-heavy",
                    f"the icon {name} of '{node.title}' has {size} bytes, more than {ICON_BYTES}",
                    "choose a simpler icon, such as one of mdi-",
                )
            )
    return found


def usage_problems(
    figures: Iterable[FigureSource], uses: Iterable[tuple[str, Path, int]]
) -> list[Problem]:
    """Returns figures that no page shows, and figures that a page names and nobody draws.

    Args:
        figures: What the catalogue found.
        uses: The id, page and line of every `figure:` reference.
    """
    known = {figure.id: figure for figure in figures}
    found, used = [], set()
    for name, page, line in uses:
        used.add(name)
        if name not in known:
            fix = closest(name, list(known)) or "handbook figures --list shows all"
            message = f"no figure is called '{name}'"
            found.append(Problem(page, line, 0, "figure-unknown", message, fix))
    for name, figure in known.items():
        if name not in used:
            message = f"no page shows {name}"
            fix = f"add ![What it shows](figure:{name}) to a chapter, or delete the function"
            found.append(Problem(figure.path, figure.line, 0, "figure-unused", message, fix))
    return found


def scale(scene: Scene) -> float:
    """Returns how much the layout must shrink to fit its column; 1 where it fits."""
    return min(1.0, (NARROW_PX if scene.narrow else WIDE_PX) / scene.width)


def _where(scene: Scene) -> str:
    return "on a phone" if scene.narrow else "in a column"


def _scale(scene: Scene, source: FigureSource) -> list[Problem]:
    least = NARROW_SCALE if scene.narrow else WIDE_SCALE
    if scale(scene) >= least:
        return []
    column = NARROW_PX if scene.narrow else WIDE_PX
    return [
        Problem(
            source.path,
            source.line,
            0,
            "figure-too-wide",
            f"{source.id} is {scene.width:.0f} px wide {_where(scene)} of {column:.0f} px: "
            f"scale {scale(scene):.3f}, least {least:.3f}",
            "split the figure; about twelve boxes, four to a row, fit",
        )
    ]


def _labels(scene: Scene, source: FigureSource) -> list[Problem]:
    found = []
    placed = {label.edge for label in scene.labels}
    bad = {label.edge for label in scene.labels if label.cost >= BAD}
    for number, edge in enumerate(scene.graph.edges):
        wanted = bool(edge.label or edge.step is not None)
        if wanted and (number in bad or number not in placed):
            name = edge.label or str(edge.step)
            found.append(
                Problem(
                    source.path,
                    edge.line or source.line,
                    0,
                    "figure-label",
                    f"the label '{name}' has no free place {_where(scene)}",
                    "shorten it, or give the figure fewer boxes or edges",
                )
            )
    return found


def _lines(scene: Scene, source: FigureSource) -> list[Problem]:
    found = []
    for number, edge in enumerate(scene.graph.edges):
        node = crossed_node(scene, number)
        if node is not None:
            nodes = scene.graph.nodes
            message = (
                f"the edge from '{nodes[edge.tail].title}' to '{nodes[edge.head].title}' "
                f"crosses '{nodes[node].title}' {_where(scene)}"
            )
            line, fix = edge.line or source.line, "reorder or split the figure"
            found.append(Problem(source.path, line, 0, "figure-edge-crosses-node", message, fix))
    for title in hit_titles(scene):
        plane = scene.graph.planes[title.plane]
        message = f"an edge crosses the title '{plane.title}' {_where(scene)}"
        line, fix = plane.line or source.line, "shorten the title, or reorder the figure"
        found.append(Problem(source.path, line, 0, "figure-edge-crosses-title", message, fix))
    return found


def crossed_node(scene: Scene, edge: int) -> int | None:
    """Returns a node that an edge passes through without ending there, or nothing."""
    item, route = scene.graph.edges[edge], scene.routes[edge]
    pieces = list(pairwise(route))
    for number, card in enumerate(scene.cards):
        # At its own ends an edge may touch the side, not the inside.
        box = card.rect.grown(-4 if number in (item.tail, item.head) else 2.5)
        if any(box.crossed(a, b) for a, b in pieces):
            return number
    return None
