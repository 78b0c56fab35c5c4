"""Lines of model figures: smooth, from the bottom of one box to the top of the next."""

from __future__ import annotations

from itertools import pairwise

from handbook.drawing.geometry import Point, Rect, Scene

_STEPS = 12
_CLEAR = 5.0
_PORT_GAP = 18.0


def draw(scene: Scene) -> None:
    """Replaces Graphviz's lines by curves that leave and reach boxes upright.

    Where such a curve would touch another box, Graphviz's own line, which goes around, stays.
    """
    starts, ends = _ports(scene, tails=True), _ports(scene, tails=False)
    for edge, item in enumerate(scene.graph.edges):
        tail, head = scene.cards[item.tail].rect, scene.cards[item.head].rect
        curve = scene.routes[edge]
        if tail.y1 + 8 < head.y0:
            own = _upright((starts[edge], tail.y1), (ends[edge], head.y0))
            others = [
                card.rect.grown(_CLEAR)
                for number, card in enumerate(scene.cards)
                if number not in (item.tail, item.head)
            ]
            if not _touches(sample(own), others):
                curve = own
        scene.curves[edge] = curve
        scene.routes[edge] = sample(curve)


def sample(curve: list[Point]) -> list[Point]:
    """Returns points along a curve, close enough to test what it touches."""
    points = [curve[0]]
    for i in range(0, len(curve) - 3, 3):
        a, b, c, d = curve[i : i + 4]
        if a[0] == b[0] == c[0] == d[0]:
            points.append(d)
            continue
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            u = 1 - t
            w = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            points.append(
                (
                    w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0],
                    w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1],
                )
            )
    return points


def _upright(start: Point, end: Point) -> list[Point]:
    bend = (end[1] - start[1]) * 0.5
    return [start, (start[0], start[1] + bend), (end[0], end[1] - bend), end]


def _touches(line: list[Point], boxes: list[Rect]) -> bool:
    return any(box.crossed(a, b) for box in boxes for a, b in pairwise(line))


def _ports(scene: Scene, *, tails: bool) -> dict[int, float]:
    """Where each edge leaves (or reaches) its box, ends that share a box spread out."""
    shared: dict[int, list[int]] = {}
    for edge, item in enumerate(scene.graph.edges):
        shared.setdefault(item.tail if tails else item.head, []).append(edge)
    places: dict[int, float] = {}
    for node, edges in shared.items():
        rect = scene.cards[node].rect

        def far(edge: int) -> float:
            item = scene.graph.edges[edge]
            return scene.cards[item.head if tails else item.tail].rect.centre[0]

        edges.sort(key=lambda edge: (far(edge), edge))
        room = 0.0 if scene.graph.nodes[node].shape == "op" else rect.width / 2 - 14
        middle = rect.centre[0]
        wanted = [min(max(far(edge), middle - room), middle + room) for edge in edges]
        places.update(zip(edges, _apart(wanted, middle - room, middle + room), strict=True))
    return places


def _apart(wanted: list[float], low: float, high: float) -> list[float]:
    """Moves ends, which are in order, apart as far as the side allows."""
    if len(wanted) < 2:
        return wanted
    gap = min(_PORT_GAP, (high - low) / (len(wanted) - 1))
    places = list(wanted)
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    # Pushed over the right end, they all move back; the first ones may have been free to stay.
    places[-1] = min(places[-1], high)
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - gap)
    return places
