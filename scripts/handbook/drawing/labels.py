"""Places the labels and step numbers of edges on their lines, where they touch nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from handbook.drawing.geometry import Label, Point, Rect, Scene
from handbook.drawing.layout import DETAIL_LEADING, LABEL_PX, label_lines, shift
from handbook.drawing.text import width, wrap

STEP_RADIUS = 8.5
_GAP = 6.0
_SHARES = (0.5, 0.36, 0.64, 0.24, 0.76, 0.12, 0.88)
_CURVE_SHARES = (0.18, 0.3, 0.42, 0.58, 0.7, 0.82)
# What a fault costs. Above `BAD` the figure fails its check.
BAD = 100.0
_ON_BOX, _ON_TITLE, _ON_LABEL = 900.0, 500.0, 700.0
_ON_LINE, _ON_BORDER, _OUTSIDE = 110.0, 105.0, 60.0
_BACKED = 14.0
_BROKEN = 7.0
_ROUNDS = 3


def place(scene: Scene) -> None:
    """Places every label, the hardest first; where one finds no place, that one comes first."""
    wanted = []
    for edge, item in enumerate(scene.graph.edges):
        lines = label_lines(item, narrow=scene.narrow)
        if lines or item.step is not None:
            wide = max((width(line, LABEL_PX) for line in lines), default=0.0)
            wanted.append((_length(scene.routes[edge]) - 2 * wide, edge, lines))
    order = [(edge, lines) for _, edge, lines in sorted(wanted)]
    best: list[Label] | None = None
    for _ in range(_ROUNDS):
        placed = _round(scene, order)
        if best is None or _total(placed) < _total(best):
            best = placed
        stuck = {label.edge for label in placed if label.cost >= BAD}
        if not stuck:
            break
        order.sort(key=lambda pair: pair[0] not in stuck)
    scene.labels = sorted(best or [], key=lambda label: label.edge)
    _make_room(scene)


def _round(scene: Scene, order: list[tuple[int, list[str]]]) -> list[Label]:
    around = _Surroundings(scene)
    placed = []
    for edge, lines in order:
        label = _cheapest(_shapes(scene, edge, lines), around)
        if label is not None:
            placed.append(label)
            around.add(label)
    return placed


def _total(labels: list[Label]) -> float:
    return sum(label.cost for label in labels)


def _cheapest(candidates: Iterator[Label], around: _Surroundings) -> Label | None:
    """The best place. What surrounds a place only ever adds to its cost: most are never tried."""
    best: Label | None = None
    for label in sorted(candidates, key=lambda candidate: candidate.cost):
        if best is not None and label.cost >= best.cost:
            break
        cost = around.cost(label)
        if best is None or cost < best.cost:
            best = label
    return best


def _length(route: list[Point]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(route))


class _Surroundings:
    """What a label may not touch."""

    def __init__(self, scene: Scene) -> None:
        self._boxes = [card.rect.grown(2) for card in scene.cards]
        self._titles = [title.rect.grown(1.5) for title in scene.titles]
        self._planes = [rect for rect in scene.planes if rect.width > 0]
        self._segments = scene.segments()
        self._labels: list[Rect] = []
        self._size = Rect(0, 0, scene.width, scene.height)

    def add(self, label: Label) -> None:
        for area in _areas(label):
            # Two texts side by side would read as one; a number keeps itself apart.
            aside = 8 if area is label.rect else 2
            self._labels.append(Rect(area.x0 - aside, area.y0 - 2, area.x1 + aside, area.y1 + 2))

    def cost(self, label: Label) -> float:
        """How bad a place is; kept in the label. Starts from what the place costs by itself."""
        total = label.cost
        for area in _areas(label):
            total += _ON_BOX * sum(area.overlaps(box) for box in self._boxes)
            total += _ON_TITLE * sum(area.overlaps(box) for box in self._titles)
            total += _ON_LABEL * sum(area.overlaps(box) for box in self._labels)
            total += self._lines(label, area)
            if area.x0 < 0 or area.x1 > self._size.x1 or area.y0 < 0 or area.y1 > self._size.y1:
                total += _OUTSIDE + max(-area.x0, area.x1 - self._size.x1, 0)
        label.cost = total
        return total

    def _lines(self, label: Label, area: Rect) -> float:
        total = 0.0
        near = area.grown(1.5)
        for edge, start, end in self._segments:
            if near.crossed(start, end):
                if edge != label.edge:
                    total += _ON_LINE
                elif area is label.rect and not label.backed:
                    total += _ON_LINE * 0.7
        for rect in self._planes:
            inside = (
                rect.x0 <= area.x0
                and area.x1 <= rect.x1
                and rect.y0 <= area.y0
                and area.y1 <= rect.y1
            )
            if not inside and rect.overlaps(area):
                total += _ON_BORDER
        return total


def _areas(label: Label) -> list[Rect]:
    areas = [label.rect] if label.rect else []
    if label.step:
        x, y = label.step
        areas.append(Rect(x, y, x, y).grown(STEP_RADIUS + 1))
    return areas


def _shapes(scene: Scene, edge: int, lines: list[str]) -> Iterator[Label]:
    """Places for a label as it is, then, dearer, for one broken into more lines."""
    wide = max((width(line, LABEL_PX) for line in lines), default=0.0)
    yield from _candidates(scene, edge, lines, wide)
    broken = wrap(" ".join(lines), max(wide * 0.62, 30.0), LABEL_PX) if wide > 44 else lines
    # Never inside a word.
    if len(broken) > len(lines) and " ".join(broken) == " ".join(lines):
        wide = max(width(line, LABEL_PX) for line in broken)
        for label in _candidates(scene, edge, broken, wide):
            label.cost += _BROKEN
            yield label


def _candidates(scene: Scene, edge: int, lines: list[str], wide: float) -> Iterator[Label]:
    """Places along the line, the middle of its longest piece first."""
    route = scene.routes[edge]
    step = scene.graph.edges[edge].step is not None
    curved = edge in scene.curves
    pieces = [(route[0], route[-1])] if curved else list(pairwise(route))
    longest = max(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pieces)
    for a, b in pieces:
        length = abs(a[0] - b[0]) + abs(a[1] - b[1])
        # Arrow heads and bends need some room at either end of a piece.
        need = (2 * STEP_RADIUS if step else 8) + 12
        if length < min(need, longest):
            continue
        more = _CURVE_SHARES if curved else _between_frames(scene, a, b)
        for share in (*_SHARES, *more):
            base = abs(share - 0.5) * 10 + (longest - length) * 0.03
            if curved:
                at, level = _along(route, share)
                spots = _above if level else _beside
                yield from spots(at, lines, wide, step, edge, base)
                continue
            at = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
            if abs(share - 0.5) * length > length / 2 - need / 2:
                base += 8
            if a[0] == b[0]:
                yield from _beside(at, lines, wide, step, edge, base)
            else:
                yield from _above(at, lines, wide, step, edge, base)


def _between_frames(scene: Scene, a: Point, b: Point) -> list[float]:
    """Where a straight piece is half way between two frames that it passes, as shares of it."""
    if a[0] != b[0] and a[1] != b[1]:
        return []
    way, across = (1, 0) if a[0] == b[0] else (0, 1)
    low, high = sorted((a[way], b[way]))
    passed = {low, high}
    for plane in scene.planes:
        if plane[across] < a[across] < plane[across + 2]:
            passed.update(at for at in (plane[way], plane[way + 2]) if low < at < high)
    middles = [(first + last) / 2 for first, last in pairwise(sorted(passed))]
    return [(at - a[way]) / (b[way] - a[way]) for at in middles] if len(middles) > 1 else []


def _along(route: list[Point], share: float) -> tuple[Point, bool]:
    """A point on a curve, and whether it is rather level there."""
    place = share * (len(route) - 1)
    i = min(int(place), len(route) - 2)
    t = place - i
    (xa, ya), (xb, yb) = route[i], route[i + 1]
    return (xa + (xb - xa) * t, ya + (yb - ya) * t), abs(xb - xa) > abs(yb - ya)


def _beside(
    at: Point, lines: list[str], wide: float, step: bool, edge: int, base: float
) -> Iterator[Label]:
    """Right or left of an upright piece; the number, if any, on the line."""
    x, y = at
    circle = at if step else None
    if not lines:
        yield Label(None, lines, "start", circle, edge, cost=base)
        return
    half = len(lines) * DETAIL_LEADING / 2
    off = STEP_RADIUS + 4 if step else _GAP
    right = Rect(x + off, y - half, x + off + wide, y + half)
    yield Label(right, lines, "start", circle, edge, cost=base)
    left = Rect(x - off - wide, y - half, x - off, y + half)
    yield Label(left, lines, "end", circle, edge, cost=base + 1.5)
    if not step:
        middle = Rect(x - wide / 2 - 4, y - half - 1, x + wide / 2 + 4, y + half + 1)
        yield Label(middle, lines, "middle", None, edge, backed=True, cost=base + _BACKED)


def _above(
    at: Point, lines: list[str], wide: float, step: bool, edge: int, base: float
) -> Iterator[Label]:
    """Above or below a level piece; the number, if any, on the line."""
    x, y = at
    circle = at if step else None
    if not lines:
        yield Label(None, lines, "start", circle, edge, cost=base)
        return
    tall = len(lines) * DETAIL_LEADING
    left = x + STEP_RADIUS + 3 if step else x - wide / 2
    anchor = "start" if step else "middle"
    if step:
        # The circle and the text are centred together.
        shift = (wide + STEP_RADIUS + 3) / 2
        circle = (x - shift + STEP_RADIUS, y)
        left = circle[0] + STEP_RADIUS + 3
    above = Rect(left, y - 3 - tall, left + wide, y - 3)
    yield Label(above, lines, anchor, circle, edge, cost=base)
    below = Rect(left, y + 3, left + wide, y + 3 + tall)
    yield Label(below, lines, anchor, circle, edge, cost=base + 1)
    if not step:
        middle = Rect(x - wide / 2 - 4, y - tall / 2 - 1, x + wide / 2 + 4, y + tall / 2 + 1)
        yield Label(middle, lines, "middle", None, edge, backed=True, cost=base + _BACKED)


def _make_room(scene: Scene) -> None:
    """Widens the drawing for labels that stand outside of it."""
    areas = [area for label in scene.labels for area in _areas(label)]
    if not areas:
        return
    left = max(0.0, *(2 - area.x0 for area in areas))
    top = max(0.0, *(2 - area.y0 for area in areas))
    right = max(scene.width, *(area.x1 + 2 for area in areas))
    bottom = max(scene.height, *(area.y1 + 2 for area in areas))
    shift(scene, left, top)
    scene.width, scene.height = right + left, bottom + top
