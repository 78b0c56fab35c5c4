"""Points, rectangles and the placed parts of a drawing. Units are px, y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from handbook.drawing.capture import Graph

Point = tuple[float, float]


class Rect(NamedTuple):
    """A rectangle by its left, top, right and bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Its height."""
        return self.y1 - self.y0

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def grown(self, by: float) -> Rect:
        """Returns it larger by `by` on every side; smaller where negative."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def moved(self, dx: float, dy: float) -> Rect:
        """Returns it moved."""
        return Rect(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share an area."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    def crossed(self, start: Point, end: Point) -> bool:
        """Whether a straight line passes through its inside."""
        (xa, ya), (xb, yb) = start, end
        if (
            (xa >= self.x1 and xb >= self.x1)
            or (xa <= self.x0 and xb <= self.x0)
            or (ya >= self.y1 and yb >= self.y1)
            or (ya <= self.y0 and yb <= self.y0)
        ):
            return False
        if xa == xb or ya == yb:
            return True
        # A slanted line misses where all four corners lie on one side of it.
        sides = [
            (xb - xa) * (y - ya) - (yb - ya) * (x - xa)
            for x in (self.x0, self.x1)
            for y in (self.y0, self.y1)
        ]
        return min(sides) < 0 < max(sides)


@dataclass
class Card:
    """A placed node.

    Attributes:
        rect: Where it is.
        title: The lines of its name.
        detail: The smaller lines.
        stacked: Whether the icon stands above the text instead of left of it.
    """

    rect: Rect
    title: list[str]
    detail: list[str]
    stacked: bool


@dataclass
class Title:
    """A placed name of a plane: its box and text."""

    rect: Rect
    text: str
    plane: int


@dataclass
class Label:
    """A placed label of an edge.

    Attributes:
        rect: The box of the text, where there is text.
        lines: The lines of text.
        anchor: `start`, `middle` or `end`, for the text.
        step: The middle of the circle with the number, where there is one.
        edge: The edge's place in the graph.
        backed: Whether the text stands on the line and needs a ground.
        cost: How bad the place is; 0 where nothing is wrong.
    """

    rect: Rect | None
    lines: list[str]
    anchor: str
    step: Point | None
    edge: int
    backed: bool = False
    cost: float = 0.0


@dataclass
class Scene:
    """One layout of a figure, everything placed.

    Attributes:
        graph: What it shows.
        narrow: Whether it is the one for phones.
        width: Its width.
        height: Its height.
        cards: The nodes, as in the graph.
        planes: The planes, as in the graph.
        routes: The corners of every edge's line, from tail to head.
        curves: The points of an edge that is curved, by its place: a start, then three to a bend
            (two that steer, one that ends it).
        titles: The names of the planes.
        labels: The labels of edges.
        port_gap: How far ends on the same side of a box would best be apart.
        detours: How many lines had to be led around a box or a name.
        crowded: The planes whose names were in a line's way before.
    """

    graph: Graph
    narrow: bool
    width: float
    height: float
    cards: list[Card]
    planes: list[Rect]
    routes: list[list[Point]]
    curves: dict[int, list[Point]] = field(default_factory=dict)
    titles: list[Title] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    port_gap: float = 24.0
    detours: int = 0
    crowded: frozenset[int] = frozenset()

    def segments(self) -> list[tuple[int, Point, Point]]:
        """Returns every straight piece of every route with its edge's place."""
        return [
            (edge, start, end)
            for edge, route in enumerate(self.routes)
            for start, end in pairwise(route)
        ]
