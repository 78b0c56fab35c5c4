"""Finds another way for a line that passes through a box or a plane's name.

Rarely needed: Graphviz's way is kept wherever it is clean. The search is A* over the lines just
outside of boxes, with a price for bends, for crossing lines and for running close to them.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise

from handbook.drawing.geometry import Point, Rect, Scene

_AWAY = 11.0
_BEND = 26.0
_CROSS = 34.0
_BESIDE = 46.0
_NEAR = 8.0
_NEAR_PORT = 11.0
_INSET = 12.0
# Right, down, left, up.
_STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))

_State = tuple[int, int, int]


def reroute(scene: Scene, edge: int) -> bool:
    """Replaces the route of an edge by a clean one.

    Args:
        scene: The layout; planes' names count as obstacles.
        edge: The edge's place in the graph.

    Returns:
        Whether a way was found. Where none was, nothing changes.
    """
    route = _Search(scene, edge).run()
    if route is None:
        return False
    scene.routes[edge] = route
    return True


class _Search:
    def __init__(self, scene: Scene, edge: int) -> None:
        item = scene.graph.edges[edge]
        self._tail, self._head = scene.cards[item.tail].rect, scene.cards[item.head].rect
        self._boxes = [card.rect.grown(5) for card in scene.cards]
        self._ends = (item.tail, item.head)
        self._titles = [title.rect.grown(3) for title in scene.titles]
        self._solid = [
            box.grown(-4) if number in self._ends else box for number, box in enumerate(self._boxes)
        ]
        # Level pieces of other lines under True, upright ones under False: where, from, to.
        self._beside: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        for other, a, b in scene.segments():
            if other != edge:
                axis = 0 if a[1] == b[1] else 1
                low, high = sorted((a[axis], b[axis]))
                self._beside[axis == 0].append((a[1 - axis], low, high))
        self._taken = [
            point
            for other, route in enumerate(scene.routes)
            if other != edge and route
            for point in (route[0], route[-1])
        ]
        starts, ends = self._ports(self._tail), self._ports(self._head)
        self._xs = self._lines(scene, 0, [*starts, *ends])
        self._ys = self._lines(scene, 1, [*starts, *ends])
        self._starts, self._goals = starts, ends
        self._prices: dict[tuple[int, int, bool], float | None] = {}

    def _ports(self, rect: Rect) -> list[tuple[Point, int, float]]:
        """Where a line may end on a box: the point, the way out and a price."""
        x, y = rect.centre
        ports = []
        for share in (0.0, -0.5, 0.5):
            dx = share * max(rect.width - 2 * _INSET, 0)
            dy = share * max(rect.height - 2 * _INSET, 0)
            for point, way in (
                ((rect.x1, y + dy), 0),
                ((x + dx, rect.y1), 1),
                ((rect.x0, y + dy), 2),
                ((x + dx, rect.y0), 3),
            ):
                near = any(
                    abs(point[0] - p[0]) + abs(point[1] - p[1]) < _NEAR_PORT for p in self._taken
                )
                ports.append((point, way, (60.0 if near else 0.0) + abs(share) * 8))
        return ports

    def _lines(self, scene: Scene, axis: int, ports: list[tuple[Point, int, float]]) -> list[float]:
        """The coordinates that a way may use."""
        found = {point[axis] for point, way, _ in ports if way % 2 != axis}
        for card in scene.cards:
            found.add(card.rect[axis] - _AWAY)
            found.add(card.rect[axis + 2] + _AWAY)
        kept: list[float] = []
        for value in sorted(found):
            if not kept or value - kept[-1] > 0.5:
                kept.append(value)
        return kept

    def run(self) -> list[Point] | None:
        """Returns the corners of the cheapest way."""
        queue: list[tuple[float, float, _State]] = []
        best: dict[_State, float] = {}
        came: dict[_State, _State | None] = {}
        begun: dict[_State, Point] = {}
        goals = self._entries()
        for point, way, price in self._starts:
            state = self._outside(point, way)
            if state and price < best.get(state, 1e9):
                best[state], came[state], begun[state] = price, None, point
                heappush(queue, (price + self._guess(state), price, state))
        while queue:
            _, price, state = heappop(queue)
            if price > best[state] + 1e-6:
                continue
            if state in goals and goals[state][1] == 0.0:
                return self._corners(state, came, begun, goals[state][0])
            for after, step in self._moves(state):
                total = price + step + goals.get(after, (None, 0.0))[1]
                if total < best.get(after, 1e9) - 1e-6:
                    best[after], came[after] = total, state
                    if after in goals:
                        goals[after] = (goals[after][0], 0.0)
                    heappush(queue, (total + self._guess(after), total, after))
        return None

    def _entries(self) -> dict[_State, tuple[Point, float]]:
        """The states from which one straight step ends on the head, with that end's price."""
        found: dict[_State, tuple[Point, float]] = {}
        for point, way, price in self._goals:
            state = self._outside(point, way)
            if state:
                i, j, _ = state
                entry = (i, j, (way + 2) % 4)
                if price < found.get(entry, (point, 1e9))[1]:
                    found[entry] = (point, price)
        return found

    def _outside(self, point: Point, way: int) -> _State | None:
        """The first crossing of lines outside of a box, seen from a point on its side."""
        dx, dy = _STEPS[way]
        x, y = point[0] + dx * _AWAY, point[1] + dy * _AWAY
        i, j = _index(self._xs, x), _index(self._ys, y)
        if i is None or j is None:
            return None
        probe = Rect(x - 1, y - 1, x + 1, y + 1)
        blocked = any(
            box.overlaps(probe) for n, box in enumerate(self._boxes) if n not in self._ends
        )
        return None if blocked else (i, j, way)

    def _guess(self, state: _State) -> float:
        x, y = self._xs[state[0]], self._ys[state[1]]
        head = self._head
        return max(head.x0 - x, x - head.x1, 0) + max(head.y0 - y, y - head.y1, 0)

    def _moves(self, state: _State) -> list[tuple[_State, float]]:
        i, j, way = state
        moves = []
        for turn in (way, (way + 1) % 4, (way + 3) % 4):
            dx, dy = _STEPS[turn]
            a, b = i + dx, j + dy
            if not (0 <= a < len(self._xs) and 0 <= b < len(self._ys)):
                continue
            price = self._price(min(i, a), min(j, b), level=dx != 0)
            if price is not None:
                moves.append(((a, b, turn), price + (0.0 if turn == way else _BEND)))
        return moves

    def _price(self, i: int, j: int, *, level: bool) -> float | None:
        """What one step right (or down) from a crossing costs; nothing where a box is."""
        key = (i, j, level)
        if key not in self._prices:
            a = (self._xs[i], self._ys[j])
            b = (self._xs[i + 1], a[1]) if level else (a[0], self._ys[j + 1])
            self._prices[key] = self._measure(a, b, level=level)
        return self._prices[key]

    def _measure(self, a: Point, b: Point, *, level: bool) -> float | None:
        if any(box.crossed(a, b) for box in self._solid):
            return None
        price = abs(a[0] - b[0]) + abs(a[1] - b[1])
        price += 300.0 * sum(box.crossed(a, b) for box in self._titles)
        low, high, at = (a[0], b[0], a[1]) if level else (a[1], b[1], a[0])
        for other, start, end in self._beside[level]:
            if -_NEAR < other - at < _NEAR and start < high and end > low:
                price += _BESIDE * min(1.0, (high - low) / 20)
        for other, start, end in self._beside[not level]:
            if low <= other < high and start < at < end:
                price += _CROSS
        return price

    def _corners(
        self,
        state: _State,
        came: dict[_State, _State | None],
        begun: dict[_State, Point],
        end: Point,
    ) -> list[Point]:
        points, at = [end], state
        while True:
            points.append((self._xs[at[0]], self._ys[at[1]]))
            before = came[at]
            if before is None:
                points.append(begun[at])
                break
            at = before
        points.reverse()
        # A line of the grid may be half a pixel off the port that it was merged with.
        points[1] = _aligned(points[1], points[0])
        points[-2] = _aligned(points[-2], points[-1])
        kept: list[Point] = []
        for point in points:
            if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
                kept.pop()
            if not kept or point != kept[-1]:
                kept.append(point)
        return kept


def _index(lines: list[float], value: float) -> int | None:
    for i, line in enumerate(lines):
        if abs(line - value) <= 0.6:
            return i
    return None


def _aligned(point: Point, port: Point) -> Point:
    if abs(point[0] - port[0]) <= 0.6:
        return port[0], point[1]
    return point[0], port[1]


def _straight(a: Point, b: Point, c: Point) -> bool:
    return a[0] == b[0] == c[0] or a[1] == b[1] == c[1]


def clashes(scene: Scene, edge: int) -> bool:
    """Whether an edge's line passes through a box or a plane's name."""
    item = scene.graph.edges[edge]
    boxes = [
        card.rect.grown(-4 if number in (item.tail, item.head) else 2.5)
        for number, card in enumerate(scene.cards)
    ] + [title.rect.grown(2) for title in scene.titles]
    return any(box.crossed(a, b) for a, b in pairwise(scene.routes[edge]) for box in boxes)
