"""Places boxes: Graphviz is told sizes and connections, and tells positions.

No text of an author reaches it, so that no text can break it, and no font can move anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from handbook.drawing import curves, engine, routes
from handbook.drawing.capture import EdgeItem, Graph, NodeItem
from handbook.drawing.geometry import Card, Point, Rect, Scene, Title
from handbook.drawing.reroute import clashes, reroute
from handbook.drawing.text import width, wrap

WIDE_PX, NARROW_PX = 688.0, 358.0
# The smallest scale: it leaves the smallest text, of 11 px, at 9.5 px.
WIDE_SCALE = NARROW_SCALE = 9.5 / 11
TITLE_PX, DETAIL_PX, PLANE_PX, LABEL_PX = 13.0, 11.0, 11.0, 11.0
TITLE_LEADING, DETAIL_LEADING = 17.0, 14.0
CHIP = 27.0
STACKED_CHIP = 22.0
PLANE_TITLE_HEIGHT = 19.0
# Graphviz leaves planes hardly apart: they are drawn this much smaller than it thinks.
_INSET = 5
_MOST_DETOURS = 4
_PER_INCH = 72.0


@dataclass(frozen=True)
class Variant:
    """One way to lay a figure out.

    Attributes:
        stacked: Icons above the text.
        wrap: The widest line of text in a box, in px.
        gap: The least distance of two boxes side by side.
        rows: Left to right instead of top to bottom.
        bottom: The planes whose names stand at the bottom instead of the top.
        roomy: The planes that are made wide enough for their name beside a line in the middle.
        chained: Planes stand one below the other.
        fold: How many boxes of a row that leads nowhere stand side by side; 0 for all.
        newrank: Ranks run through planes instead of restarting in each.
        edges_first: Name the edges before the planes, which changes the order within ranks.
        ports: How far ends on the same side of a box are apart; more widens boxes that share
            several lines, for their labels.
        straight: Lines within a plane are kept straighter than those between planes.
        loose: Control edges do not push boxes down.
    """

    stacked: bool = False
    wrap: float = 150.0
    gap: float = 26.0
    rows: bool = False
    bottom: frozenset[int] = frozenset()
    roomy: frozenset[int] = frozenset()
    chained: bool = False
    fold: int = 0
    ports: float = 24.0
    newrank: bool = False
    edges_first: bool = False
    straight: bool = False
    loose: bool = False


def place_boxes(graph: Graph, variant: Variant, *, narrow: bool) -> Scene:
    """Places boxes and planes; lines are as rough as Graphviz gives them.

    Args:
        graph: What to place.
        variant: How.
        narrow: Whether it is for a phone.

    Raises:
        FigureError: Graphviz refuses the graph.
    """
    cards = [_card(node, variant) for node in graph.nodes]
    if variant.ports > Variant.ports:
        _widen(graph, cards, variant.ports)
    answer = engine.lay_out(_dot(graph, cards, variant, narrow=narrow))
    scene = _scene(graph, cards, answer, narrow=narrow)
    scene.port_gap = variant.ports
    return scene


def place_lines(scene: Scene, variant: Variant) -> None:
    """Draws the lines properly, places the names of planes, and cuts the drawing to size.

    Args:
        scene: What `place_boxes` returned.
        variant: What it was given.
    """
    if scene.graph.kind == "model":
        curves.draw(scene)
        _place_titles(scene, variant.bottom)
        scene.crowded = frozenset(title.plane for title in crowded_titles(scene))
    else:
        wires = routes.tidy(scene)
        _place_titles(scene, variant.bottom)
        if crowded_titles(scene):
            routes.avoid(scene, wires, [title.rect for title in scene.titles])
            _place_titles(scene, variant.bottom)
        scene.crowded = frozenset(title.plane for title in crowded_titles(scene))
        _lead_around(scene)
    _crop(scene)


def _lead_around(scene: Scene) -> None:
    """Finds other ways for lines that pass through a box or a name."""
    clashing = [edge for edge in range(len(scene.routes)) if clashes(scene, edge)]
    # With more than a few the layout itself is at fault, and another one will be tried.
    for edge in clashing[:_MOST_DETOURS]:
        scene.detours += reroute(scene, edge)
    if not scene.detours:
        return
    before = scene.routes
    scene.routes = [list(route) for route in before]
    routes.settle(scene, [title.rect for title in scene.titles])
    if any(clashes(scene, edge) for edge in range(len(before))):
        scene.routes = before


def is_row(graph: Graph) -> bool:
    """Whether the graph is one chain of two to five boxes, which reads best left to right."""
    count = len(graph.nodes)
    if not 2 <= count <= 5 or len(graph.edges) != count - 1:
        return False
    return all((edge.tail, edge.head) == (i, i + 1) for i, edge in enumerate(graph.edges))


def _card(node: NodeItem, variant: Variant) -> Card:
    """Measures a box; its rectangle starts at the origin."""
    limit = variant.wrap
    title = list(_wrapped(node.title, limit, TITLE_PX, 600))
    detail = list(_wrapped(node.detail, limit, DETAIL_PX, 400))
    text = max(
        [width(line, TITLE_PX, 600) for line in title] + [width(line, DETAIL_PX) for line in detail]
    )
    tall = len(title) * TITLE_LEADING + len(detail) * DETAIL_LEADING
    if node.shape == "op":
        side = max(36.0, text + 16)
        return Card(Rect(0, 0, side, side), title, detail, stacked=True)
    if not node.icon:
        size = max(text + 26, 76.0), max(tall + 13, 36.0)
    elif variant.stacked:
        size = max(text + 16, 64.0), tall + STACKED_CHIP + 19
    else:
        size = text + CHIP + 26, max(tall + 13, CHIP + 16)
    return Card(Rect(0, 0, *(float(round(v)) for v in size)), title, detail, variant.stacked)


def _widen(graph: Graph, cards: list[Card], ports: float) -> None:
    """Widens boxes that share several lines with one other box."""
    shared = Counter(frozenset((edge.tail, edge.head)) for edge in graph.edges)
    for pair, count in shared.items():
        for node in pair if count > 1 else ():
            rect = cards[node].rect
            cards[node].rect = Rect(0, 0, max(rect.x1, (count - 1) * ports + 30), rect.y1)


def label_lines(edge: EdgeItem, *, narrow: bool) -> list[str]:
    """Returns the lines of an edge's label."""
    return list(_wrapped(edge.label, 84.0 if narrow else 130.0, LABEL_PX, 400))


@lru_cache(maxsize=4096)
def _wrapped(text: str, limit: float, size: float, weight: int) -> tuple[str, ...]:
    """The lines of a text; the variants of a figure ask for the same ones again and again."""
    return tuple(wrap(text, limit, size, weight))


def _dot(graph: Graph, cards: list[Card], variant: Variant, *, narrow: bool) -> str:
    tallest = max((len(label_lines(edge, narrow=narrow)) for edge in graph.edges), default=0)
    labelled = any(edge.label or edge.step for edge in graph.edges)
    # Two lines side by side find room between a plane's frame and the boxes below it.
    plain = 44.0 if graph.planes else 34.0
    rank = max(tallest * DETAIL_LEADING, 18.0) + 24 if labelled else plain
    if variant.rows:
        widest = max((_label_width(edge, narrow=narrow) for edge in graph.edges), default=0.0)
        rank = max(34.0, widest + 16)
    head = (
        f"digraph{{graph[rankdir={'LR' if variant.rows else 'TB'},"
        f"splines={'true' if graph.kind == 'model' else 'ortho'},"
        f"nodesep={_inch(variant.gap)},ranksep={_inch(rank)}"
        f"{',newrank=true' if variant.newrank else ''}]"
        'node[shape=box,fixedsize=true,label=""]edge[arrowhead=none]'
    )
    members, lines = list(_members(graph, cards, variant, None)), []
    loose = ",constraint=false" if variant.loose else ""
    backward, chains = _backward(graph), _chains(graph)
    skipping = _skipping(graph, backward) if graph.kind == "model" else set()
    for number, edge in enumerate(graph.edges):
        a, b = (edge.head, edge.tail) if number in backward else (edge.tail, edge.head)
        freedom = loose if edge.kind == "control" else ""
        if number in backward:
            # An answer's long way back must not pull its ends out of the middle.
            freedom += ",weight=0"
        elif number in chains:
            freedom += ",weight=6"
        elif number in skipping:
            # A residual goes around the layers that it skips; those stay in line.
            freedom += ",weight=0"
        elif variant.straight and graph.nodes[a].plane == graph.nodes[b].plane:
            freedom += ",weight=3"
        lines.append(f'n{a}->n{b}[id="{number}"{freedom}]')
    if variant.chained:
        lines += _chain(graph)
    if variant.fold:
        lines += _fold(graph, variant.fold)
    # What comes first steers how Graphviz orders boxes within a rank.
    parts = lines + members if variant.edges_first else members + lines
    return f"{head}{''.join(parts)}}}"


def _chain(graph: Graph) -> Iterator[str]:
    """Unseen edges from the last boxes of each outer plane to the first boxes of the next."""
    outer = [_outermost(graph, node.plane) for node in graph.nodes]
    groups = [
        [n for n in range(len(graph.nodes)) if outer[n] == plane]
        for plane in range(len(graph.planes))
        if graph.planes[plane].parent is None
    ]
    inside = [(e.tail, e.head) for e in graph.edges if outer[e.tail] == outer[e.head]]
    leaves = [[n for n in group if all(t != n for t, _ in inside)] for group in groups if group]
    roots = [[n for n in group if all(h != n for _, h in inside)] for group in groups if group]
    for above, below in zip(leaves, roots[1:], strict=False):
        for a in above:
            for b in below:
                yield f"n{a}->n{b}[style=invis]"


def _fold(graph: Graph, per_row: int) -> Iterator[str]:
    """Unseen edges that break a long row of like boxes, which lead nowhere, into shorter rows."""
    leading = {edge.tail for edge in graph.edges}
    rows: dict[tuple[int | None, tuple[int, ...]], list[int]] = {}
    for number, node in enumerate(graph.nodes):
        if number not in leading:
            parents = tuple(sorted(e.tail for e in graph.edges if e.head == number))
            rows.setdefault((node.plane, parents), []).append(number)
    for row in rows.values():
        for above, below in zip(row, row[per_row:], strict=False):
            yield f"n{above}->n{below}[style=invis]"


def _outermost(graph: Graph, plane: int | None) -> int | None:
    while plane is not None and graph.planes[plane].parent is not None:
        plane = graph.planes[plane].parent
    return plane


def _chains(graph: Graph) -> set[int]:
    """The edges that alone leave one box and alone reach another: those are kept straight."""
    leaving = Counter(edge.tail for edge in graph.edges)
    reaching = Counter(edge.head for edge in graph.edges)
    return {
        number
        for number, edge in enumerate(graph.edges)
        if leaving[edge.tail] == reaching[edge.head] == 1
    }


def _skipping(graph: Graph, backward: set[int]) -> set[int]:
    """The edges that jump over a rank."""
    forward = [edge for number, edge in enumerate(graph.edges) if number not in backward]
    rank = [0] * len(graph.nodes)
    for _ in graph.nodes:
        for edge in forward:
            if edge.tail != edge.head:
                rank[edge.head] = max(rank[edge.head], rank[edge.tail] + 1)
    return {
        number
        for number, edge in enumerate(graph.edges)
        if number not in backward and rank[edge.head] - rank[edge.tail] > 1
    }


def _backward(graph: Graph) -> set[int]:
    """The edges that close a circle, seen from the first node: answers, feedback.

    Graphviz gets them turned around, so that the first node of a circle stays at its top.
    """
    leaving: dict[int, list[int]] = {}
    for number, edge in enumerate(graph.edges):
        leaving.setdefault(edge.tail, []).append(number)
    backward: set[int] = set()
    done: set[int] = set()
    for root in range(len(graph.nodes)):
        if root not in done:
            _descend(graph, root, leaving, done, backward)
    return backward


def _descend(
    graph: Graph, root: int, leaving: dict[int, list[int]], done: set[int], backward: set[int]
) -> None:
    """Walks from a node depth first and notes the edges that lead back to where it came from."""
    path = [(root, iter(leaving.get(root, ())))]
    above = {root}
    while path:
        node, edges = path[-1]
        number = next(edges, None)
        if number is None:
            done.add(node)
            above.discard(node)
            path.pop()
            continue
        head = graph.edges[number].head
        if head in above:
            backward.add(number)
        elif head not in done:
            above.add(head)
            path.append((head, iter(leaving.get(head, ()))))


def _label_width(edge: EdgeItem, *, narrow: bool) -> float:
    lines = label_lines(edge, narrow=narrow)
    text = max((width(line, LABEL_PX) for line in lines), default=0.0)
    return text + (20 if edge.step else 0)


def _members(graph: Graph, cards: list[Card], variant: Variant, plane: int | None) -> Iterator[str]:
    for number, node in enumerate(graph.nodes):
        if node.plane == plane:
            rect = cards[number].rect
            yield f"n{number}[width={_inch(rect.width)},height={_inch(rect.height)}]"
    for number, inner in enumerate(graph.planes):
        if inner.parent != plane:
            continue
        padding = 12 if variant.stacked else 14
        yield f"subgraph cluster_{number}{{margin={padding + _INSET};"
        if inner.title:
            wide = round(width(inner.title.upper(), PLANE_PX, 700)) + 14
            if number in variant.roomy:
                wide = 2 * wide + 4
            yield (
                f"labelloc={'b' if number in variant.bottom else 't'};"
                f'label=<<TABLE FIXEDSIZE="TRUE" WIDTH="{wide}" HEIGHT="{PLANE_TITLE_HEIGHT:.0f}"'
                ' BORDER="0"><TR><TD></TD></TR></TABLE>>;'
            )
        else:
            yield 'label="";'
        yield from _members(graph, cards, variant, number)
        yield "}"


def _inch(px: float) -> str:
    return f"{px / _PER_INCH:.5f}"


def _scene(graph: Graph, cards: list[Card], answer: dict[str, Any], *, narrow: bool) -> Scene:
    """Turns Graphviz's answer upside up."""
    left, _, right, top = (float(value) for value in answer["bb"].split(","))
    planes = [Rect(0, 0, 0, 0)] * len(graph.planes)
    for item in answer.get("objects", ()):
        name = item["name"]
        if name.startswith("cluster_"):
            x0, y0, x1, y1 = (float(value) for value in item["bb"].split(","))
            planes[int(name[8:])] = Rect(x0, top - y1, x1, top - y0).grown(-_INSET)
        elif name.startswith("n"):
            card = cards[int(name[1:])]
            x, y = (float(value) for value in item["pos"].split(","))
            half = card.rect.width / 2, card.rect.height / 2
            card.rect = Rect(x - half[0], top - y - half[1], x + half[0], top - y + half[1])
    lines: list[list[Point]] = [[] for _ in graph.edges]
    backward = _backward(graph)
    for item in answer.get("edges", ()):
        if "id" not in item:
            continue
        edge = int(item["id"])
        line = [
            (float(x), top - float(y)) for x, y in (pair.split(",") for pair in item["pos"].split())
        ]
        lines[edge] = line[::-1] if edge in backward else line
    size = right - left - 2 * _INSET, top
    return Scene(graph, narrow, *size, cards, planes, lines)


def _place_titles(scene: Scene, bottom: frozenset[int]) -> None:
    """Puts each plane's name where no line passes: left, right, else in a gap between lines."""
    scene.titles.clear()
    segments = [(start, end) for _, start, end in scene.segments()]
    numbered = [
        (start, end)
        for edge, start, end in scene.segments()
        if scene.graph.edges[edge].step is not None and start[0] == end[0]
    ]
    for number, plane in enumerate(scene.graph.planes):
        if not plane.title:
            continue
        rect = scene.planes[number]
        wide = width(plane.title.upper(), PLANE_PX, 700)
        y0 = rect.y1 - 20 if number in bottom else rect.y0 + 6
        spots = [Rect(x, y0, x + wide, y0 + 13) for x in _title_spots(rect, wide, y0, segments)]
        best = min(
            enumerate(spots),
            key=lambda item: (
                _hits(item[1].grown(4), segments),
                _hits(item[1].grown(10), numbered),
                item[0],
            ),
        )[1]
        scene.titles.append(Title(best, plane.title.upper(), number))


def _title_spots(
    rect: Rect, wide: float, y0: float, segments: list[tuple[Point, Point]]
) -> list[float]:
    left, right = rect.x0 + 11, rect.x1 - 11 - wide
    crossing = sorted(
        start[0]
        for start, end in segments
        if start[0] == end[0]
        and rect.x0 < start[0] < rect.x1
        and min(start[1], end[1]) < y0 + 14
        and max(start[1], end[1]) > y0
    )
    spots = [left, max(right, left)]
    for before, after in pairwise([*crossing, rect.x1 - 6]):
        if after - before >= wide + 14:
            spots += [before + 9, (before + after - wide) / 2]
    return spots


def hit_titles(scene: Scene) -> list[Title]:
    """Returns the names of planes that a line passes through."""
    segments = [(start, end) for _, start, end in scene.segments()]
    return [title for title in scene.titles if _hits(title.rect.grown(2), segments)]


def crowded_titles(scene: Scene) -> list[Title]:
    """Returns the names of planes that a line, or the number on it, would touch."""
    plain: list[tuple[Point, Point]] = []
    numbered: list[tuple[Point, Point]] = []
    for edge, start, end in scene.segments():
        step = scene.graph.edges[edge].step is not None and start[0] == end[0]
        (numbered if step else plain).append((start, end))
    return [
        title
        for title in scene.titles
        if _hits(title.rect.grown(3), plain) or _hits(title.rect.grown(10), numbered)
    ]


def _hits(box: Rect, segments: Iterable[tuple[Point, Point]]) -> int:
    return sum(box.crossed(start, end) for start, end in segments)


def _crop(scene: Scene) -> None:
    """Moves everything so that the drawing starts at the margin, and takes its size."""
    points = [point for route in scene.routes for point in route]
    rects = [card.rect for card in scene.cards] + [r for r in scene.planes if r.width]
    x0 = min([r.x0 for r in rects] + [p[0] - 3 for p in points])
    y0 = min([r.y0 for r in rects] + [p[1] - 3 for p in points])
    x1 = max([r.x1 for r in rects] + [p[0] + 3 for p in points])
    y1 = max([r.y1 for r in rects] + [p[1] + 3 for p in points])
    shift(scene, 2 - x0, 2 - y0)
    scene.width, scene.height = x1 - x0 + 4, y1 - y0 + 4


def shift(scene: Scene, dx: float, dy: float) -> None:
    """Moves everything that is placed."""
    for card in scene.cards:
        card.rect = card.rect.moved(dx, dy)
    scene.planes = [rect.moved(dx, dy) for rect in scene.planes]
    scene.routes = [[(x + dx, y + dy) for x, y in route] for route in scene.routes]
    scene.curves = {
        edge: [(x + dx, y + dy) for x, y in line] for edge, line in scene.curves.items()
    }
    for title in scene.titles:
        title.rect = title.rect.moved(dx, dy)
    for label in scene.labels:
        label.rect = label.rect.moved(dx, dy) if label.rect else None
        label.step = (label.step[0] + dx, label.step[1] + dy) if label.step else None
