"""Straightens and spreads the right-angled lines that Graphviz found.

Graphviz decides which way a line goes. Here every piece of a line becomes one number (the x of
an upright piece, the y of a level one), and the numbers are moved: ends that share a side of a
box are spread over it, pieces that run close get a gap, needless jogs vanish.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handbook.drawing.geometry import Point, Rect, Scene

CLEAR = 7.5
_END_INSET = 7.0
_FARTHEST = 24.0
_LANE_GAP = 11.0
_BORDER_GAP = 6.5
# A line with a number keeps the number off a frame.
_NUMBERED_GAP = 11.0
_ON_FRAME = 4.0
_ROUNDS = 10


@dataclass
class _Wire:
    """A line as its pieces: `at[i]` is the x of an upright or the y of a level piece."""

    edge: int
    tail: Rect
    head: Rect
    upright_first: bool
    at: list[float]
    start: float
    end: float
    numbered: bool = False

    def upright(self, piece: int) -> bool:
        return self.upright_first == (piece % 2 == 0)

    def span(self, piece: int) -> tuple[float, float]:
        """From where to where a piece runs, along itself, smaller first."""
        a = self.at[piece - 1] if piece else self.start
        b = self.at[piece + 1] if piece + 1 < len(self.at) else self.end
        return (a, b) if a <= b else (b, a)

    def points(self) -> list[Point]:
        ends = [self.start, *self.at, self.end]
        corners = []
        for i in range(len(ends) - 1):
            a, b = ends[i], ends[i + 1]
            # Corner i stands between piece i - 1 and piece i.
            corners.append((b, a) if self.upright_first == (i % 2 == 0) else (a, b))
        return corners


@dataclass
class _Lane:
    """A piece that may move sideways between `low` and `high`."""

    at: float
    want: float
    low: float
    high: float
    span: tuple[float, float]
    wire: _Wire | None
    piece: int
    ends: tuple[object, ...] = ()
    # How far ends on the same side of a box can be apart.
    apart: float = 15.0


def tidy(scene: Scene) -> list[_Wire]:
    """Replaces the routes that Graphviz gave by tidy ones.

    Returns:
        The lines as pieces, for `avoid`.
    """
    rough = [_corners(route) for route in scene.routes]
    wires = [_wire(scene, edge, rough[edge]) for edge in range(len(rough))]
    whole = [wire for wire in wires if wire is not None]
    boxes = [card.rect for card in scene.cards]
    for wire in whole:
        _straighten(wire, boxes)
    for _ in range(2):
        for upright in (True, False):
            _spread(whole, boxes, scene.planes, upright=upright, port_gap=scene.port_gap)
    for wire in whole:
        _merge(wire, boxes)
    scene.routes = rough
    for wire in whole:
        scene.routes[wire.edge] = _corners_of(wire)
    return whole


def avoid(scene: Scene, wires: list[_Wire], titles: list[Rect]) -> None:
    """Moves lines off the names of planes, where there is room; numbered ones farther."""
    boxes = [card.rect for card in scene.cards]
    numbered = {n for n, edge in enumerate(scene.graph.edges) if edge.step is not None}
    for upright in (False, True):
        _spread(
            wires,
            boxes,
            scene.planes,
            upright=upright,
            port_gap=scene.port_gap,
            titles=titles,
            far=numbered,
        )
    for wire in wires:
        scene.routes[wire.edge] = _corners_of(wire)


def settle(scene: Scene, titles: list[Rect]) -> None:
    """Spreads lines once more, after some were led around."""
    wires = [_wire(scene, edge, route) for edge, route in enumerate(scene.routes)]
    avoid(scene, [wire for wire in wires if wire is not None], titles)


def crossings(routes: list[list[Point]]) -> int:
    """Counts how often lines cross."""
    level, upright = [], []
    for edge, route in enumerate(routes):
        for (xa, ya), (xb, yb) in pairwise(route):
            if xa == xb:
                upright.append((edge, xa, min(ya, yb), max(ya, yb)))
            else:
                level.append((edge, ya, min(xa, xb), max(xa, xb)))
    return sum(
        1
        for e, y, x0, x1 in level
        for f, x, y0, y1 in upright
        if e != f and x0 < x < x1 and y0 < y < y1
    )


def on_frames(scene: Scene) -> Iterator[tuple[int, int]]:
    """Finds the lines that run along a plane's frame, or nearly on it.

    Args:
        scene: The layout, lines drawn.

    Yields:
        The places of the edge and of the plane.
    """
    for edge, start, end in scene.segments():
        way = 1 if start[0] == end[0] else 0
        low, high = sorted((start[way], end[way]))
        for number, plane in enumerate(scene.planes):
            shared = min(high, plane[way + 2]) - max(low, plane[way])
            sides = plane[1 - way], plane[3 - way]
            if shared > 2 * _LANE_GAP and min(abs(start[1 - way] - at) for at in sides) < _ON_FRAME:
                yield edge, number


def _corners(route: list[Point]) -> list[Point]:
    """The corners of Graphviz's line, which states each three times."""
    corners: list[Point] = []
    for x, y in route[::3]:
        point = (round(x, 2), round(y, 2))
        if corners and abs(point[0] - corners[-1][0]) + abs(point[1] - corners[-1][1]) < 0.3:
            continue
        if len(corners) > 1 and _in_line(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    return corners


def _in_line(a: Point, b: Point, c: Point) -> bool:
    return (abs(a[0] - b[0]) < 0.3 and abs(b[0] - c[0]) < 0.3) or (
        abs(a[1] - b[1]) < 0.3 and abs(b[1] - c[1]) < 0.3
    )


def _wire(scene: Scene, edge: int, corners: list[Point]) -> _Wire | None:
    """The pieces of a line, or nothing where it is not made of upright and level ones."""
    item = scene.graph.edges[edge]
    tail, head = scene.cards[item.tail].rect, scene.cards[item.head].rect
    if len(corners) < 2:
        return None
    at: list[float] = []
    uprights: list[bool] = []
    for a, b in pairwise(corners):
        upright = abs(a[0] - b[0]) < 0.3
        if (not upright and abs(a[1] - b[1]) >= 0.3) or (uprights and uprights[-1] == upright):
            return None
        uprights.append(upright)
        at.append(a[0] if upright else a[1])
    start = _side(tail, corners[0], uprights[0])
    end = _side(head, corners[-1], uprights[-1])
    return _Wire(edge, tail, head, uprights[0], at, start, end, item.step is not None)


def _side(rect: Rect, point: Point, upright: bool) -> float:
    """The coordinate of the side of a box that a line ends on."""
    if upright:
        return min((rect.y0, rect.y1), key=lambda y: abs(y - point[1]))
    return min((rect.x0, rect.x1), key=lambda x: abs(x - point[0]))


def _range(rect: Rect, *, upright: bool) -> tuple[float, float]:
    """Where on a side an upright (or level) line may end."""
    low, high = (rect.x0, rect.x1) if upright else (rect.y0, rect.y1)
    inset = min(_END_INSET, (high - low) * 0.3)
    return low + inset, high - inset


def _clear(boxes: list[Rect], upright: bool, at: float, span: tuple[float, float]) -> bool:
    """Whether a piece would keep its distance from every box it does not end on."""
    for box in boxes:
        low, high, near, far = (
            (box.x0, box.x1, box.y0, box.y1) if upright else (box.y0, box.y1, box.x0, box.x1)
        )
        if low - CLEAR < at < high + CLEAR and span[0] < far - 0.5 and span[1] > near + 0.5:
            return False
    return True


def _straighten(wire: _Wire, boxes: list[Rect]) -> None:
    """Makes a line with one jog straight where both boxes allow it."""
    if len(wire.at) != 3:
        return
    upright = wire.upright_first
    a, b = _range(wire.tail, upright=upright), _range(wire.head, upright=upright)
    low, high = max(a[0], b[0]), min(a[1], b[1])
    span = (min(wire.start, wire.end), max(wire.start, wire.end))
    facing = wire.span(0)[0] >= span[0] - 0.5 and wire.span(2)[1] <= span[1] + 0.5
    if low > high or not facing:
        return
    middles = [sum(_range(rect, upright=upright)) / 2 for rect in (wire.tail, wire.head)]
    narrow = min((wire.tail, wire.head), key=lambda r: r.width if upright else r.height)
    best = middles[0] if narrow is wire.tail else middles[1]
    at = min(max(best, low), high)
    if _clear(boxes, upright, at, span):
        wire.at = [at]


def _merge(wire: _Wire, boxes: list[Rect]) -> None:
    """Drops jogs too small to be meant."""
    for i in range(1, len(wire.at) - 1):
        a, b = wire.at[i - 1], wire.at[i + 1]
        if abs(a - b) < 5:
            # Either neighbour may give way; the one whose end allows it does.
            for value in (a, b):
                tail_ok = i != 1 or _within(value, _range(wire.tail, upright=wire.upright(0)))
                last = len(wire.at) - 1
                head_ok = i + 1 != last or _within(
                    value, _range(wire.head, upright=wire.upright(last))
                )
                span = (
                    min(wire.span(i - 1)[0], wire.span(i + 1)[0]),
                    max(wire.span(i - 1)[1], wire.span(i + 1)[1]),
                )
                if tail_ok and head_ok and _clear(boxes, wire.upright(i - 1), value, span):
                    wire.at[i - 1 : i + 2] = [value]
                    return


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] - 0.1 <= value <= bounds[1] + 0.1


def _spread(
    wires: list[_Wire],
    boxes: list[Rect],
    planes: list[Rect],
    *,
    upright: bool,
    port_gap: float,
    titles: Sequence[Rect] = (),
    far: Collection[int] = (),
) -> None:
    """Moves upright (or level) pieces apart."""
    lanes = [
        _lane(wire, piece, boxes, upright)
        for wire in wires
        for piece in range(len(wire.at))
        if wire.upright(piece) == upright
    ]
    _want_ports(lanes, port_gap, upright=upright)
    for plane in planes:
        if plane.width <= 0:
            continue
        sides = (plane.x0, plane.x1) if upright else (plane.y0, plane.y1)
        span = (plane.y0, plane.y1) if upright else (plane.x0, plane.x1)
        lanes += [_Lane(at, at, at, at, span, None, 0) for at in sides]
    for title in titles:
        _sidestep(lanes, title, far, upright=upright)
    for lane in lanes:
        lane.at = min(max(lane.want, lane.low), lane.high)
    for _ in range(_ROUNDS):
        if not _push(lanes):
            break
    for lane in lanes:
        if lane.wire is not None:
            lane.wire.at[lane.piece] = round(lane.at, 1)


def _sidestep(lanes: list[_Lane], title: Rect, numbered: Collection[int], *, upright: bool) -> None:
    """Narrows the room of pieces that cross a plane's name to the nearer side of it."""
    first, last, near, far = (
        (title.x0, title.x1, title.y0, title.y1)
        if upright
        else (title.y0, title.y1, title.x0, title.x1)
    )
    for lane in lanes:
        if lane.wire is None or lane.span[0] >= far or lane.span[1] <= near:
            continue
        clear = 12.0 if upright and lane.wire.edge in numbered else 5.0
        low, high = first - clear, last + clear
        sides = [at for at in (low, high) if lane.low <= at <= lane.high]
        if low < lane.want < high and sides:
            lane.want = min(sides, key=lambda at: abs(at - lane.want))
        if lane.want <= low:
            lane.high = min(lane.high, max(low, lane.low))
        elif lane.want >= high:
            lane.low = max(lane.low, min(high, lane.high))


def _lane(wire: _Wire, piece: int, boxes: list[Rect], upright: bool) -> _Lane:
    """A piece with the room it has: between boxes, and on its side of a box at an end."""
    at, span = wire.at[piece], wire.span(piece)
    low, high = at - 400.0, at + 400.0
    for box in boxes:
        x0, x1, y0, y1 = (
            (box.x0, box.x1, box.y0, box.y1) if upright else (box.y0, box.y1, box.x0, box.x1)
        )
        if span[0] < y1 + 4 and span[1] > y0 - 4 and box is not wire.tail and box is not wire.head:
            if x1 <= at + 1:
                low = max(low, min(x1 + CLEAR, at))
            elif x0 >= at - 1:
                high = min(high, max(x0 - CLEAR, at))
    ends: list[object] = []
    if piece == 0:
        a, b = _range(wire.tail, upright=upright)
        low, high = max(low, a), min(high, b)
        ends.append((id(wire.tail), wire.start))
    if piece == len(wire.at) - 1:
        a, b = _range(wire.head, upright=upright)
        low, high = max(low, a), min(high, b)
        ends.append((id(wire.head), wire.end))
    if 0 < piece < len(wire.at) - 1:
        low, high = _between_ends(wire, piece, low, high)
    if low > high:
        low = high = (low + high) / 2
    return _Lane(at, at, low, high, span, wire, piece, tuple(ends))


def _between_ends(wire: _Wire, piece: int, low: float, high: float) -> tuple[float, float]:
    """Keeps a piece from slipping behind the side of the box that its neighbour ends on."""
    ends = []
    if piece == 1:
        ends.append((wire.start, wire.tail, wire.upright(0)))
    if piece == len(wire.at) - 2:
        ends.append((wire.end, wire.head, wire.upright(len(wire.at) - 1)))
    for side, box, upright in ends:
        if side > box.centre[1 if upright else 0]:
            low = max(low, side + 12)
        else:
            high = min(high, side - 12)
    return low, high


def _want_ports(lanes: list[_Lane], port_gap: float, *, upright: bool) -> None:
    """Sets where ends that share a side of a box would best be: evenly about its middle."""
    shared: dict[object, list[_Lane]] = {}
    for lane in lanes:
        for end in lane.ends:
            shared.setdefault(end, []).append(lane)
    wishes: dict[int, list[float]] = {}
    for end, group in shared.items():
        first = group[0].wire
        assert first is not None  # noqa: S101  (planes' borders have no ends)
        rect = first.tail if (id(first.tail), first.start) == end else first.head
        low, high = _range(rect, upright=upright)
        group.sort(key=lambda lane: (round(lane.at, 1), _turn(lane, end)))
        gap = min(port_gap, (high - low) / max(len(group) - 1, 1))
        start = (low + high) / 2 - gap * (len(group) - 1) / 2
        for index, lane in enumerate(group):
            lane.apart = min(lane.apart, gap)
            wishes.setdefault(id(lane), []).append(start + gap * index)
    for lane in lanes:
        if id(lane) in wishes:
            lane.want = sum(wishes[id(lane)]) / len(wishes[id(lane)])


def _turn(lane: _Lane, end: object) -> float:
    """Orders ends at the same place by where their lines go next."""
    wire = lane.wire
    if wire is None or len(wire.at) < 3:
        return 0.0
    at_tail = end == (id(wire.tail), wire.start) and lane.piece == 0
    return (wire.at[2] if at_tail else wire.at[-3]) - lane.at


def _push(lanes: list[_Lane]) -> bool:
    """Pushes pieces apart once; returns whether anything moved."""
    lanes.sort(key=lambda lane: (lane.at, lane.want))
    moved = False
    for i, a in enumerate(lanes):
        for b in lanes[i + 1 :]:
            apart = b.at - a.at
            if apart >= _FARTHEST:
                break
            need = _gap(a, b)
            if apart < need - 0.05:
                moved |= _part(a, b, need - apart)
    return moved


def _gap(a: _Lane, b: _Lane) -> float:
    if a.wire is None and b.wire is None:
        return 0.0
    if a.span[0] > b.span[1] + 2 or b.span[0] > a.span[1] + 2 or a.wire is b.wire:
        return 0.0
    if a.wire is None or b.wire is None:
        wire = a.wire or b.wire
        return _NUMBERED_GAP if wire is not None and wire.numbered else _BORDER_GAP
    return min(a.apart, b.apart) if set(a.ends) & set(b.ends) else _LANE_GAP


def _part(a: _Lane, b: _Lane, missing: float) -> bool:
    """Moves two pieces apart as far as their room allows."""
    left = min(missing / 2, a.at - a.low)
    right = min(missing - left, b.high - b.at)
    left = min(missing - right, a.at - a.low)
    a.at -= left
    b.at += right
    return left + right > 0.05


def _corners_of(wire: _Wire) -> list[Point]:
    points = wire.points()
    kept: list[Point] = []
    for point in points:
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept
