"""The whiteboard sketch: five to seven boxes, drawn by hand, with the minute they are drawn at.

    @sketch
    def whiteboard():
        '''What fits on a whiteboard in 45 minutes.

        ...
        '''
        app = Box("App", minute=5)
        rank = Box("Ranker", "multi-task", minute=20)
        app >> "GET /feed" >> rank

Boxes are collected while the function runs:

    with collecting() as drawn:
        whiteboard()
    drawing = drawn.render(title, description)

Strokes shake, and always in the same way: what shakes them is a hash of the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import Any, TypeVar

from handbook.drawing.svg import NARROW, WIDE, Canvas, Drawing, num
from handbook.drawing.text import width, wrap

FEWEST, MOST = 3, 9
_WIDE_BOX = (144.0, 70.0)
_NARROW_BOX = (230.0, 62.0)
_ROW_GAP = 74.0
_COLUMN_GAP = 40.0
# What an arrow that jumps over a box needs above the first row or below the last.
_BOW = 34.0

_Function = TypeVar("_Function", bound=Callable[..., Any])
_OPEN: ContextVar[Sketch | None] = ContextVar("sketch", default=None)

Point = tuple[float, float]


def sketch(function: _Function) -> _Function:
    """Marks a figure's function as a whiteboard sketch.

    Args:
        function: It makes boxes and joins them with `>>`, and returns nothing.
    """
    function.__figure_kind__ = "sketch"  # type: ignore[attr-defined]
    return function


class Box:
    """One box on the whiteboard.

    Attributes:
        title: One to three words.
        note: A few more, under the title.
        minute: When it is drawn, in minutes from the start of the interview.
    """

    def __init__(self, title: str, note: str = "", *, minute: int | str | None = None) -> None:
        """Adds a box to the sketch that is being drawn.

        Args:
            title: One to three words.
            note: A few more.
            minute: When it is drawn.

        Raises:
            ValueError: There is no title, or no `@sketch` function is running.
        """
        if not title.strip():
            raise ValueError("a box needs a title")
        self.title, self.note = title, note
        self.minute = "" if minute is None else str(minute)
        self._sketch = _current()
        self._sketch.boxes.append(self)

    def __rshift__(self, other: Box | str) -> Box | _Labelled:
        """Draws an arrow to another box; a string in between is written beside it."""
        if isinstance(other, str):
            return _Labelled(self, other)
        self._sketch.connect(self, other, "")
        return other


@dataclass(frozen=True)
class _Labelled:
    """The left half of `a >> "words" >> b`."""

    source: Box
    label: str

    def __rshift__(self, other: Box) -> Box:
        _current().connect(self.source, other, self.label)
        return other


@dataclass
class Sketch:
    """A figure: the boxes and arrows of one whiteboard.

    Attributes:
        boxes: In the order in which they were made.
        arrows: From, to and words.
    """

    boxes: list[Box] = field(default_factory=list)
    arrows: list[tuple[Box, Box, str]] = field(default_factory=list)

    def connect(self, source: Box, target: Box, label: str) -> None:
        """Adds an arrow.

        Raises:
            ValueError: A box is of another figure, or both are the same.
        """
        if source not in self.boxes or target not in self.boxes:
            raise ValueError(f"{target.title!r} is a box of another figure")
        if source is target:
            raise ValueError(f"the box {source.title!r} points to itself")
        self.arrows.append((source, target, label))

    def render(self, title: str, description: str) -> Drawing:  # noqa: ARG002  (one call for all)
        """Draws both layouts.

        Args:
            title: The figure's title.
            description: Its description.

        Raises:
            ValueError: There are too few boxes for a figure or too many for a whiteboard.
        """
        if not FEWEST <= len(self.boxes) <= MOST:
            raise ValueError(
                f"a sketch has {FEWEST} to {MOST} boxes, best five to seven; "
                f"this one has {len(self.boxes)}"
            )
        wide, narrow = self._wide(), self._narrow()
        return Drawing.of(wide, narrow, self._text())

    def _wide(self) -> Canvas:
        """A snake of two rows: left to right, then back."""
        count = len(self.boxes)
        across = count if count <= 3 else -(-count // 2)
        w, h = _WIDE_BOX
        gap = min((WIDE - 24 - across * w) / max(across - 1, 1), 92.0)
        if gap < _COLUMN_GAP:
            gap, w = _COLUMN_GAP, (WIDE - 24 - (across - 1) * _COLUMN_GAP) / across
        rows = -(-count // across)
        top = 26 + (_BOW if self._bows(across, 0) else 0)
        places = {}
        for index, box in enumerate(self.boxes):
            row, column = divmod(index, across)
            column = across - 1 - column if row % 2 else column
            lowest = row > 0
            places[id(box)] = _Place(
                14 + column * (w + gap), top + row * (h + _ROW_GAP), w, h, lowest
            )
        high = top + rows * h + (rows - 1) * _ROW_GAP + 8
        if rows > 1 and self._bows(across, rows - 1):
            high += _BOW
        canvas = Canvas(14 + across * w + (across - 1) * gap + 10, high)
        self._paint(canvas, places, upright=False)
        return canvas

    def _bows(self, across: int, row: int) -> bool:
        """Whether an arrow jumps over a box of a row, and so bows out of it."""
        at = {id(box): divmod(index, across) for index, box in enumerate(self.boxes)}
        return any(
            at[id(a)][0] == at[id(b)][0] == row and abs(at[id(a)][1] - at[id(b)][1]) > 1
            for a, b, _ in self.arrows
        )

    def _narrow(self) -> Canvas:
        """A column; arrows that skip a box bow out to the right."""
        w, h = _NARROW_BOX
        places = {
            id(box): _Place(20, 20 + index * (h + 42), w, h) for index, box in enumerate(self.boxes)
        }
        canvas = Canvas(NARROW, 20 + len(self.boxes) * (h + 42) - 30)
        self._paint(canvas, places, upright=True)
        return canvas

    def _paint(self, canvas: Canvas, places: dict[int, _Place], *, upright: bool) -> None:
        for number, (source, target, label) in enumerate(self.arrows):
            hand = _Hand(f"{source.title}>{target.title}>{number}")
            path = _route(places[id(source)], places[id(target)], upright=upright)
            _paint_arrow(canvas, hand, path, label)
        for box in self.boxes:
            _paint_box(canvas, box, places[id(box)])

    def _text(self) -> str:
        items = []
        for box in self.boxes:
            facts = box.title + (f" ({box.note})" if box.note else "")
            if box.minute:
                facts += f", minute {box.minute}"
            targets = [
                target.title + (f" ({label})" if label else "")
                for source, target, label in self.arrows
                if source is box
            ]
            if targets:
                facts += f"; leads to {', '.join(targets)}"
            items.append(f"<li>{escape(facts)}.</li>")
        return f"<ol>{''.join(items)}</ol>"


@contextmanager
def collecting() -> Iterator[Sketch]:
    """Collects the boxes and arrows that are made inside."""
    drawn = Sketch()
    token = _OPEN.set(drawn)
    try:
        yield drawn
    finally:
        _OPEN.reset(token)


def _current() -> Sketch:
    drawn = _OPEN.get()
    if drawn is None:
        raise ValueError("a Box belongs in a function marked @sketch")
    return drawn


# The hand that draws


@dataclass(frozen=True)
class _Place:
    """Where a box is, in px; `low` where arrows bow out downwards."""

    x: float
    y: float
    w: float
    h: float
    low: bool = False

    @property
    def middle(self) -> Point:
        return self.x + self.w / 2, self.y + self.h / 2


class _Hand:
    """A source of small errors that are the same wherever the words are the same."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._count = 0
        self._left: list[int] = []

    def shake(self, most: float) -> float:
        """Returns the next error in px, between `-most` and `most`."""
        if not self._left:
            self._left = list(sha256(f"{self._words}#{self._count}".encode()).digest())
            self._count += 1
        return (self._left.pop() / 127.5 - 1) * most

    def stroke(self, start: Point, end: Point, error: float = 1.4) -> str:
        """Returns the path of one stroke: nearly straight, a little off at both ends."""
        (x0, y0), (x1, y1) = start, end
        long = hypot(x1 - x0, y1 - y0) or 1
        nx, ny = -(y1 - y0) / long, (x1 - x0) / long
        bow = self.shake(min(long / 60, 2.2))
        points = []
        for share in (0.0, 0.33, 0.67, 1.0):
            off = self.shake(error) if share in (0.0, 1.0) else bow + self.shake(error * 0.6)
            along = self.shake(error)
            points.append(
                (
                    x0 + (x1 - x0) * share + nx * off + (x1 - x0) / long * along,
                    y0 + (y1 - y0) * share + ny * off + (y1 - y0) / long * along,
                )
            )
        return _cubic(points)

    def circle(self, centre: Point, r: float) -> str:
        """Returns a circle that overshoots where it closes."""
        steps = 8
        turn = self.shake(0.6) - pi / 2
        points = []
        for step in range(steps + 2):
            angle = turn + 2 * pi * step / steps
            far = r + self.shake(0.9)
            points.append((centre[0] + cos(angle) * far, centre[1] + sin(angle) * far))
        return _smooth(points)


def _cubic(points: list[Point]) -> str:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return f"M{num(x0)} {num(y0)}C{num(x1)} {num(y1)} {num(x2)} {num(y2)} {num(x3)} {num(y3)}"


def _smooth(points: list[Point]) -> str:
    """A curve through all points (Catmull-Rom, as quadratic pieces through the midpoints)."""
    (x0, y0), *rest = points
    d = f"M{num(x0)} {num(y0)}"
    for (ax, ay), (bx, by) in pairwise(rest):
        d += f"Q{num(ax)} {num(ay)} {num((ax + bx) / 2)} {num((ay + by) / 2)}"
    return d


def _paint_box(canvas: Canvas, box: Box, place: _Place) -> None:
    hand = _Hand(f"{box.title}|{box.note}")
    x, y, w, h = place.x, place.y, place.w, place.h
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
    canvas.rect(x, y, w, h, 2, "hb-halo")
    sides = list(pairwise(corners))
    # Twice over each side, as a pen does.
    strokes = [hand.stroke(a, b) for a, b in sides] + [hand.stroke(a, b, 2.0) for a, b in sides]
    canvas.path("".join(strokes), "hb-pen")
    inner = w - 22
    titles, notes = wrap(box.title, inner, 14, 600), wrap(box.note, inner, 11)
    block = len(titles) * 17 + len(notes) * 14
    base = y + (h - block) / 2 + 13
    for index, line in enumerate(titles):
        canvas.text(x + w / 2, base + index * 17, line, "hb-title", "middle", size=14)
    for index, line in enumerate(notes):
        base_note = base + len(titles) * 17 + index * 14 - 1
        canvas.text(x + w / 2, base_note, line, "hb-sub", "middle")
    if box.minute:
        _paint_minute(canvas, hand, box.minute, (x, y))


def _paint_minute(canvas: Canvas, hand: _Hand, minute: str, corner: Point) -> None:
    x, y = corner
    with canvas.group("hb-role-monitor"):
        canvas.circle(x, y, 12.5, "hb-halo")
        canvas.path(hand.circle((x, y), 12.5), "hb-pen-thin")
        canvas.text(x, y + 3.8, f"{minute}\u2032", "hb-accent", "middle", weight=700)


# Arrows


def _route(a: _Place, b: _Place, *, upright: bool) -> list[Point]:
    """Finds the way of an arrow: two points for a straight one, three for a bow."""
    (ax, ay), (bx, by) = a.middle, b.middle
    if abs(ay - by) < 1:
        return _along_row(a, b)
    if upright and abs(by - ay) > a.h + 60:
        # Bow out past the boxes in between.
        out = a.x + a.w + 24 + min(abs(by - ay) * 0.06, 60)
        return [(a.x + a.w + 3, ay + 6), (out, (ay + by) / 2), (b.x + b.w + 5, by - 6)]
    down = 1 if by > ay else -1
    # A slanted arrow keeps off the middle, where the upright ones are.
    slant = 0.0 if abs(bx - ax) < 10 else a.w / 4 * (1 if bx > ax else -1)
    return [(ax + slant, ay + down * (a.h / 2 + 3)), (bx - slant, by - down * (b.h / 2 + 5))]


def _along_row(a: _Place, b: _Place) -> list[Point]:
    (ax, ay), (bx, by) = a.middle, b.middle
    side = 1 if bx > ax else -1
    if abs(bx - ax) < a.w * 2:
        return [(ax + side * (a.w / 2 + 3), ay), (bx - side * (b.w / 2 + 5), by)]
    up = -1 if a.low else 1
    edge = a.y + a.h if a.low else a.y
    shift = side * a.w / 5
    return [
        (ax + shift, edge - up * 3),
        ((ax + bx) / 2, edge - up * 22),
        (bx - shift, edge - up * 5),
    ]


def _paint_arrow(canvas: Canvas, hand: _Hand, points: list[Point], label: str) -> None:
    if len(points) == 2:
        canvas.path(hand.stroke(points[0], points[1], error=1.0), "hb-pen")
        (x0, y0), (x1, y1) = points
        _paint_head(canvas, hand, (x1, y1), (x1 - x0, y1 - y0))
    else:
        (x0, y0), (cx, cy), (x1, y1) = points
        # The curve passes through the middle point, so its handle lies twice as far out.
        hx, hy = 2 * cx - (x0 + x1) / 2, 2 * cy - (y0 + y1) / 2
        canvas.path(f"M{num(x0)} {num(y0)}Q{num(hx)} {num(hy)} {num(x1)} {num(y1)}", "hb-pen")
        _paint_head(canvas, hand, (x1, y1), (x1 - hx, y1 - hy))
    if label:
        _paint_label(canvas, points, label)


def _paint_head(canvas: Canvas, hand: _Hand, tip: Point, towards: Point) -> None:
    long = hypot(*towards) or 1
    ux, uy = towards[0] / long, towards[1] / long
    wings = "".join(
        hand.stroke(
            (tip[0] - ux * 9 + side * uy * 5, tip[1] - uy * 9 - side * ux * 5), tip, error=0.6
        )
        for side in (-1, 1)
    )
    canvas.path(wings, "hb-pen")


def _paint_label(canvas: Canvas, points: list[Point], label: str) -> None:
    """Writes an arrow's words: over a level one, beside an upright one, in the bow of a bow."""
    if len(points) == 3:
        (cx, cy) = points[1]
        high = abs(points[0][1] - points[2][1]) > abs(points[0][0] - points[2][0])
        lines = wrap(label, 76, 11, 500) if high else [label]
        left = min(cx + 6, canvas.width - max(width(line, 11, 500) for line in lines))
        for index, line in enumerate(lines):
            if high:
                y = cy + 4 + (index - (len(lines) - 1) / 2) * 13
                canvas.text(left, y, line, "hb-label", weight=500)
            else:
                below = cy > points[0][1]
                canvas.text(cx, cy + (14 if below else -6), line, "hb-label", "middle", weight=500)
        return
    (x0, y0), (x1, y1) = points
    mx, my = (x0 + x1) / 2, (y0 + y1) / 2
    if abs(y1 - y0) < 1:
        lines = wrap(label, abs(x1 - x0) - 2, 11, 500)
        for index, line in enumerate(reversed(lines)):
            canvas.text(mx, my - 8 - index * 13, line, "hb-label", "middle", weight=500)
    elif abs(x1 - x0) < 10:
        canvas.text(mx + 9, my + 4, label, "hb-label", weight=500)
    else:
        half = width(label, 11, 500) / 2 + 4
        canvas.rect(mx - half, my - 8, 2 * half, 16, 4, "hb-halo")
        canvas.text(mx, my + 4, label, "hb-label", "middle", weight=500)
