"""The timeline: what happens when, one lane a thing: delays, windows, and what joins what.

In a figure's file:

    def labels():
        '''A label is late.

        A click may come half an hour after the impression that caused it.
        '''
        return Timeline(
            unit="min",
            lanes=[
                Lane("Impression", [Event(0, "shown")]),
                Lane("Click", [Event(12, "clicked"), Span(0, 30, "attribution window")]),
                Lane("Training row", [Event(35, "written", role="offline")]),
            ],
            joins=[
                Join("Impression", 0, "Training row", 35),
                Join("Click", 12, "Training row", 35),
            ],
        )
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log1p

from handbook.drawing.charts import Marker
from handbook.drawing.scales import linear_ticks, short, spoken
from handbook.drawing.svg import NARROW, WIDE, Bounds, Canvas, Drawing, num
from handbook.drawing.text import width, wrap
from handbook.drawing.theme import ROLES

_ROW = 30
_BAR = 22
_LEADING = 13
_GAP = 10
_PAD = 7
_NAME = 132


@dataclass(frozen=True)
class Event:
    """A moment.

    Attributes:
        at: When, in the timeline's unit.
        label: What happens.
        role: The role that gives its colour; the lane's where empty.
    """

    at: float
    label: str
    role: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch of time: a delay or a window.

    Attributes:
        start: When it begins.
        end: When it ends, after `start`.
        label: What goes on.
        role: The role that gives its colour; the lane's where empty.
    """

    start: float
    end: float
    label: str
    role: str = ""

    def __post_init__(self) -> None:
        """Refuses a stretch that runs backwards.

        Raises:
            ValueError: It ends before it begins.
        """
        if self.end <= self.start:
            raise ValueError(f"span {self.label!r} ends at {self.end:g}, before it begins")


@dataclass(frozen=True)
class Lane:
    """One row of the timeline.

    Attributes:
        name: Whose row it is.
        items: What happens on it.
        role: The role of items that name none.
    """

    name: str
    items: Sequence[Event | Span]
    role: str = "online"


@dataclass(frozen=True)
class Join:
    """An arrow from a moment on one lane to a moment on another: what is joined, and when.

    Attributes:
        source: The name of the lane that it comes from.
        start: When it leaves there.
        target: The name of the lane that it goes to.
        end: When it arrives.
    """

    source: str
    start: float
    target: str
    end: float


@dataclass
class _Placed:
    """An item with its place: a track of its lane, and lines of label beside or inside it."""

    item: Event | Span
    role: str
    left: float
    right: float
    lines: list[str]
    label_x: float
    anchor: str
    track: int = 0

    @property
    def extent(self) -> tuple[float, float]:
        """First and last px that the item and its label need."""
        wide = max((width(line, 11, 500) for line in self.lines), default=0.0)
        start = {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        first = self.label_x - start
        return min(self.left, first), max(self.right, first + wide)


@dataclass
class _Row:
    """A lane with its place."""

    lane: Lane
    placed: list[_Placed]
    top: float = 0.0
    tracks: list[float] = field(default_factory=list)

    def middle(self, placed: _Placed) -> float:
        """The y of an item's centre in px."""
        return self.top + sum(self.tracks[: placed.track]) + self.tracks[placed.track] / 2


class Timeline:
    """A figure: lanes over one axis of time.

    Attributes:
        unit: The unit of every time, such as `min`.
        lanes: The lanes from top to bottom.
        joins: Arrows between lanes.
        markers: Upright lines through all lanes.
    """

    def __init__(
        self,
        unit: str,
        lanes: Sequence[Lane],
        joins: Sequence[Join] = (),
        markers: Sequence[Marker] = (),
        *,
        scale: str = "linear",
        ticks: Sequence[tuple[float, str]] = (),
        axis: str = "",
    ) -> None:
        """Takes what happens.

        Args:
            unit: The unit of every time.
            lanes: At least one, with names of their own.
            joins: Arrows between lanes.
            markers: Upright lines, with `x` set.
            scale: `linear`, or `log` where seconds and days must share an axis.
            ticks: Times and their words, where round numbers of the unit do not serve.
            axis: What the axis shows; the unit where empty.

        Raises:
            ValueError: No lane or item, two lanes of one name, an unknown lane, role or scale, or
                a time before zero on a logarithmic axis.
        """
        self.unit, self.lanes = unit, list(lanes)
        self.joins, self.markers = list(joins), list(markers)
        self._log, self._ticks = scale == "log", list(ticks)
        self._axis = axis or f"Time ({unit})"
        if scale not in ("linear", "log"):
            raise ValueError(f"unknown scale {scale!r}: use 'linear' or 'log'")
        self._check()

    def render(self, title: str, description: str) -> Drawing:  # noqa: ARG002  (one call for all)
        """Draws both layouts.

        Args:
            title: The figure's title.
            description: Its description.
        """
        wide, narrow = self._draw(WIDE), self._draw(NARROW)
        return Drawing.of(
            wide, narrow, self._text(), [("hb-edge hb-async", "Joined into")] if self.joins else []
        )

    # What is shown

    def _check(self) -> None:
        names = [lane.name for lane in self.lanes]
        if not any(lane.items for lane in self.lanes):
            raise ValueError("a timeline needs a lane with something on it")
        if len(set(names)) < len(names):
            raise ValueError(f"two lanes share a name: {names}")
        for join in self.joins:
            for name in (join.source, join.target):
                if name not in names:
                    raise ValueError(f"a join names the lane {name!r}: the lanes are {names}")
        roles = [lane.role for lane in self.lanes]
        roles += [item.role for lane in self.lanes for item in lane.items if item.role]
        for role in roles:
            if role not in ROLES:
                raise ValueError(f"unknown role {role!r}: use one of {list(ROLES)}")
        if self._log and min(self._times()) < 0:
            raise ValueError("a logarithmic timeline starts at 0")

    def _times(self) -> list[float]:
        """Every time that must be on the axis."""
        found = [time for time, _ in self._ticks]
        for lane in self.lanes:
            for item in lane.items:
                found += [item.at] if isinstance(item, Event) else [item.start, item.end]
        return found + [marker.x for marker in self.markers if marker.x is not None]

    def _shown_ticks(self, count: int) -> list[tuple[float, str]]:
        if self._ticks:
            return self._ticks
        low, high = min(self._times()), max(self._times())
        if self._log:
            powers = [0.0]
            while powers[-1] < high:
                powers.append(powers[-1] * 10 or 1.0)
            return [(tick, short(tick)) for tick in powers]
        return [(tick, short(tick)) for tick in linear_ticks(min(low, 0), high, count)]

    # Layout

    def _draw(self, limit: int) -> Canvas:
        canvas = Canvas(limit, 0)
        ticks = self._shown_ticks(8 if limit == WIDE else 5)
        names_beside = limit == WIDE
        left = (_NAME + 16.0) if names_beside else 10.0
        at = self._position(ticks, left, limit - 14.0)
        rows = [_Row(lane, self._place(lane, at, left, limit)) for lane in self.lanes]
        y = 8.0 + _LEADING * 1.2 * len(self._upright())
        for row in rows:
            _pack(row.placed)
            count = max((p.track for p in row.placed), default=0) + 1
            row.tracks = [
                max([_ROW, *(len(p.lines) * _LEADING + 8 for p in row.placed if p.track == track)])
                for track in range(count)
            ]
            row.top = y + (6 if names_beside else 22)
            y = row.top + sum(row.tracks) + 6
        canvas.height = y + 40
        self._paint(canvas, rows, ticks, at, left, y)
        return canvas

    def _upright(self) -> list[Marker]:
        return [marker for marker in self.markers if marker.x is not None]

    def _position(self, ticks: list[tuple[float, str]], left: float, right: float) -> _At:
        times = [*self._times(), *(time for time, _ in ticks)]
        unit = min((t for t in times if t > 0), default=1.0) if self._log else 0.0
        return _At(min(*times, 0), max(times), left + 6, right, unit)

    def _place(self, lane: Lane, at: _At, left: float, limit: float) -> list[_Placed]:
        upright = [marker.x for marker in self._upright() if marker.x is not None]
        room = _Room(left, limit, [at(time) for time in (*self._passing(lane), *upright)])
        return [_place_item(item, item.role or lane.role, at, room) for item in lane.items]

    def _passing(self, lane: Lane, *, ends: bool = False) -> list[float]:
        """The times at which an arrow between other lanes runs through this one.

        With `ends` also those of arrows that reach it from above, and so pass its name.
        """
        order = [one.name for one in self.lanes]
        here = order.index(lane.name)
        found = []
        for join in self.joins:
            first, last = sorted((order.index(join.source), order.index(join.target)))
            if first < here < last or (ends and first < here == last):
                found.append(join.start)
        return found

    # Drawing

    def _paint(
        self,
        canvas: Canvas,
        rows: list[_Row],
        ticks: list[tuple[float, str]],
        at: _At,
        left: float,
        bottom: float,
    ) -> None:
        top = rows[0].top - 4
        grid = "".join(f"M{num(at(time))} {num(top)}V{num(bottom)}" for time, _ in ticks)
        canvas.path(grid, "hb-grid")
        for index, marker in enumerate(self._upright()):
            _paint_marker(canvas, marker, at, (12 + index * _LEADING * 1.2, bottom))
        self._paint_joins(canvas, rows, at)
        indent = self._indent(rows, at) if canvas.width == NARROW else 0.0
        for row in rows:
            self._paint_name(canvas, row, indent)
            for placed in row.placed:
                with canvas.group(f"hb-role-{placed.role}"):
                    _paint_item(canvas, row, placed)
        canvas.line(left, bottom, canvas.width, bottom, "hb-axis")
        free = -1.0
        for time, words in ticks:
            half = width(words, 11) / 2
            x = min(max(at(time), half), canvas.width - half)
            if x - half > free:
                canvas.text(x, bottom + 16, words, "hb-tick", "middle")
                free = x + half + 6
        canvas.text(canvas.width, bottom + 34, self._axis, "hb-axis-title", "end")

    def _indent(self, rows: list[_Row], at: _At) -> float:
        """Where the names above lanes begin, in px: where the fewest arrows cross them."""
        crossings = [
            (at(time), width(row.lane.name, 12, 600))
            for row in rows
            for time in self._passing(row.lane, ends=True)
        ]

        def crossed(start: float) -> int:
            return sum(start - 2 < x < start + wide + 2 for x, wide in crossings)

        return min([0.0, *(x + 6 for x, _ in crossings if x < 60)], key=lambda x: (crossed(x), x))

    def _paint_name(self, canvas: Canvas, row: _Row, indent: float) -> None:
        """Beside the lane where there is room, else above it."""
        high = sum(row.tracks)
        if canvas.width == NARROW:
            _text_on_paper(canvas, (indent, row.top - 8), row.lane.name, "hb-title", size=12)
            return
        lines = wrap(row.lane.name, _NAME, 13, 600)
        base = row.top + high / 2 + 4.5 - (len(lines) - 1) * 8
        for index, line in enumerate(lines):
            canvas.text(0, base + index * 16, line, "hb-title")
        if row.lane is not self.lanes[0]:
            canvas.line(0, row.top - 6, canvas.width, row.top - 6, "hb-grid")

    def _paint_joins(self, canvas: Canvas, rows: list[_Row], at: _At) -> None:
        """Draws the arrows; those that end together share one line across and one head."""
        by_name = {row.lane.name: row for row in rows}
        drawn: set[tuple[str, float]] = set()
        # The longest first: it draws what the others share.
        for join in sorted(self.joins, key=lambda one: -abs(one.end - one.start)):
            source, target = by_name[join.source], by_name[join.target]
            x0, y0 = at(join.start), _height_at(source, join.start)
            x1, y1 = at(join.end), _height_at(target, join.end)
            down = 1 if y1 >= y0 else -1
            start, tip = y0 + down * 8, y1 - down * 9
            # Between the lanes, where nothing else is.
            bend = target.top - 1 if down > 0 else target.top + sum(target.tracks) + 1
            if abs(x1 - x0) < 1:
                canvas.arrow([(x0, start), (x1, tip)], "hb-edge hb-async")
            elif (join.target, join.end) in drawn:
                canvas.line(x0, start, x0, bend, "hb-edge hb-async")
            else:
                canvas.path(_elbow(x0, start, x1, bend, down), "hb-edge hb-async")
                canvas.arrow([(x1, bend + down * 6), (x1, tip)], "hb-edge")
            drawn.add((join.target, join.end))

    # In words

    def _text(self) -> str:
        lanes = "".join(
            f"<li><strong>{escape(lane.name)}</strong>: "
            f"{escape('; '.join(self._told(item) for item in lane.items))}.</li>"
            for lane in self.lanes
        )
        rest = [
            f"{join.source} at {self._time(join.start)} is joined into {join.target} at "
            f"{self._time(join.end)}"
            for join in self.joins
        ]
        rest += [f"{m.label}: {self._time(m.x)}" for m in self.markers if m.x is not None]
        more = "".join(f"<li>{escape(line)}.</li>" for line in rest)
        return f"<ul>{lanes}{more}</ul>"

    def _told(self, item: Event | Span) -> str:
        if isinstance(item, Event):
            return f"{item.label} at {self._time(item.at)}"
        return f"{item.label} from {self._time(item.start)} to {self._time(item.end)}"

    def _time(self, value: float) -> str:
        named = dict(self._ticks).get(value)
        return named or f"{spoken(value)} {self.unit}"


@dataclass(frozen=True)
class _At:
    """Maps times to px."""

    low: float
    high: float
    left: float
    right: float
    unit: float

    def __call__(self, time: float) -> float:
        share = (time - self.low) / ((self.high - self.low) or 1)
        if self.unit:
            share = log1p(time / self.unit) / log1p(self.high / self.unit)
        return self.left + share * (self.right - self.left)


@dataclass(frozen=True)
class _Room:
    """What a lane's labels may use: first and last px, and where arrows and markers pass."""

    left: float
    right: float
    crossed: list[float]

    def clear(self, first: float, last: float) -> bool:
        """Whether a label may stand here and meet no arrow and no marker."""
        inside = first >= self.left and last <= self.right
        return inside and not any(first - 3 < x < last + 3 for x in self.crossed)


def _place_item(item: Event | Span, role: str, at: _At, room: _Room) -> _Placed:
    """Puts the label inside a span that has room, else beside the item, else inside in two."""
    if isinstance(item, Event):
        return _beside(item, role, (at(item.at) - 6, at(item.at) + 6), room)
    first, last = at(item.start), at(item.end)
    inner = last - first - 2 * _PAD
    wide, middle = width(item.label, 11, 500), (first + last) / 2
    if wide <= inner:
        return _Placed(item, role, first, last, [item.label], middle, "middle")
    lines = wrap(item.label, max(inner, 1), 11, 500)
    fits = len(lines) == 2 and all(width(line, 11, 500) <= inner for line in lines)
    if fits and not room.clear(last + _PAD, last + _PAD + wide):
        return _Placed(item, role, first, last, lines, middle, "middle")
    return _beside(item, role, (first, last), room)


def _beside(item: Event | Span, role: str, ends: tuple[float, float], room: _Room) -> _Placed:
    """Prefers the right; takes the left where the right is crossed by an arrow or too small."""
    first, last = ends
    wide = width(item.label, 11, 500)
    after, before = last + _PAD, first - _PAD
    right = _Placed(item, role, first, last, [item.label], after, "start")
    left = _Placed(item, role, first, last, [item.label], before, "end")
    if room.clear(after, after + wide):
        return right
    if room.clear(before - wide, before):
        return left
    if after + wide <= room.right:
        return right
    if before - wide >= room.left:
        return left
    if room.right - after >= before - room.left:
        right.lines = wrap(item.label, room.right - after, 11, 500)
        return right
    left.lines = wrap(item.label, before - room.left, 11, 500)
    return left


def _pack(placed: list[_Placed]) -> None:
    """Gives each item the first track of its lane on which it touches nothing."""
    ends: list[list[tuple[float, float]]] = []
    for one in placed:
        first, last = one.extent
        for track, used in enumerate(ends):
            if all(last + _GAP <= a or first - _GAP >= b for a, b in used):
                one.track = track
                used.append((first, last))
                break
        else:
            one.track = len(ends)
            ends.append([(first, last)])


def _paint_item(canvas: Canvas, row: _Row, placed: _Placed) -> None:
    y = row.middle(placed)
    if isinstance(placed.item, Span):
        inside = placed.anchor == "middle"
        high = max(_BAR, len(placed.lines) * _LEADING + 8) if inside else _BAR
        canvas.rect(
            placed.left, y - high / 2, max(placed.right - placed.left, 3), high, 5, "hb-span"
        )
    else:
        canvas.circle((placed.left + placed.right) / 2, y, 6, "hb-event")
    base = y + 4 - (len(placed.lines) - 1) * _LEADING / 2
    for index, line in enumerate(placed.lines):
        place = (placed.label_x, base + index * _LEADING)
        if placed.anchor == "middle":
            canvas.text(*place, line, "hb-ink", "middle", weight=500)
        else:
            _text_on_paper(canvas, place, line, "hb-ink", placed.anchor)


def _text_on_paper(
    canvas: Canvas,
    place: tuple[float, float],
    line: str,
    cls: str,
    anchor: str = "start",
    size: float = 11,
) -> None:
    """Writes text over a patch of paper, so that no line runs through it."""
    weight = 500 if size == 11 else 600
    wide = width(line, size, weight)
    x = place[0] - (wide if anchor == "end" else 0)
    canvas.rect(x - 2, place[1] - size * 0.8, wide + 4, size * 1.1, 2, "hb-halo")
    canvas.text(*place, line, cls, anchor, size, weight)


def _paint_marker(canvas: Canvas, marker: Marker, at: _At, ends: tuple[float, float]) -> None:
    x = at(marker.x or 0)
    top, bottom = ends
    canvas.line(x, top + 4, x, bottom, "hb-marker")
    canvas.marks.append(Bounds(x, top + 4, 0.1, bottom - top - 4, f"the marker {marker.label!r}"))
    half = width(marker.label, 11, 600) / 2
    place = min(max(x, half), canvas.width - half)
    canvas.text(place, top, marker.label, "hb-ink", "middle", weight=600)


def _height_at(row: _Row, time: float) -> float:
    """The y of what a lane shows at a time, else of its middle."""
    for placed in _nearest(row, time):
        return row.middle(placed)
    return row.top + sum(row.tracks) / 2


def _nearest(row: _Row, time: float) -> Iterator[_Placed]:
    for placed in row.placed:
        if isinstance(placed.item, Event) and placed.item.at == time:
            yield placed
    for placed in row.placed:
        if isinstance(placed.item, Span) and placed.item.start <= time <= placed.item.end:
            yield placed


def _elbow(x0: float, y0: float, x1: float, y1: float, down: int) -> str:
    """Down, across and down again, with round corners."""
    side = 1 if x1 > x0 else -1
    r = min(6.0, abs(x1 - x0) / 2)
    return (
        f"M{num(x0)} {num(y0)}V{num(y1 - down * r)}Q{num(x0)} {num(y1)} {num(x0 + side * r)} "
        f"{num(y1)}H{num(x1 - side * r)}Q{num(x1)} {num(y1)} {num(x1)} {num(y1 + down * r)}"
    )
