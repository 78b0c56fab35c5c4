"""Charts in the look of the diagrams: lines, bars, points and markers on linear or log axes.

They are drawn with our own SVG and not with matplotlib: that writes `style` attributes and ids,
which the site's policy and inlining forbid, turns text into outlines or leaves it unmeasured, lays
out one width only, and weighs 40 MB.

    def capacity():
        '''The ranker needs most machines.

        Machines grow in steps, because a machine is bought whole.
        '''
        return Chart(
            x="Peak load (requests/s)", y="Machines",
            series=[Line(loads, machines, "ranker")],
            x_scale="log", markers=[Marker(x=69_444, label="today's peak")],
        )

One series needs no label; several are labelled at their line's end, or in the legend if they are
bars or points. The text description holds the values as a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from handbook.drawing.scales import Scale, axis_words, short, spoken, ticks
from handbook.drawing.svg import NARROW, WIDE, Bounds, Canvas, Drawing, num
from handbook.drawing.text import ASCENT, DESCENT, width, wrap
from handbook.drawing.theme import ROLES

# Told apart by lightness too, for readers who see few colours.
_CYCLE = ("online", "nearline", "data", "offline", "monitor", "model")
_SCALES = ("linear", "log")
_TEXT = 11
_LEADING = 14
_ROWS_TOLD = 12


@dataclass(frozen=True)
class Line:
    """A curve.

    Attributes:
        xs: Its x values, ascending.
        ys: Its y values.
        label: What it shows, in a word or three.
        role: The role that gives its colour; by order where empty.
        dashed: Whether it is an assumption or a comparison.
        low: The lower edge of a band around it, such as a confidence interval.
        high: The upper edge.
        at: The x at which its label stands on the curve, for curves whose ends lie together;
            beside its end if not given.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    label: str = ""
    role: str = ""
    dashed: bool = False
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    at: float | None = None


@dataclass(frozen=True)
class Bars:
    """Bars from zero, one a category.

    Attributes:
        xs: The categories, as words or numbers.
        ys: Their heights.
        label: What they show.
        role: The role that gives their colour; by order where empty.
    """

    xs: Sequence[str | float]
    ys: Sequence[float]
    label: str = ""
    role: str = ""


@dataclass(frozen=True)
class Points:
    """Single points, each with a name of its own if wanted.

    Attributes:
        xs: Their x values.
        ys: Their y values.
        label: What they show.
        role: The role that gives their colour; by order where empty.
        names: A name for each point, or nothing.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    label: str = ""
    role: str = ""
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Marker:
    """A dashed line across the chart at one x or one y.

    Attributes:
        x: Where, on the x axis.
        y: Where, on the y axis.
        label: What is there.
    """

    x: float | None = None
    y: float | None = None
    label: str = ""


Series = Line | Bars | Points


@dataclass
class _Plot:
    """One layout being drawn."""

    canvas: Canvas
    x: Scale
    y: Scale
    x_ticks: list[float]
    y_ticks: list[float]
    taken: list[Bounds] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.x.start

    @property
    def right(self) -> float:
        return self.x.end

    @property
    def top(self) -> float:
        return self.y.end

    @property
    def bottom(self) -> float:
        return self.y.start


class Chart:
    """A figure: series over two axes.

    Attributes:
        x: What the x axis shows, with its unit.
        y: What the y axis shows, with its unit.
        series: The series in the order of the legend.
    """

    def __init__(
        self,
        x: str,
        y: str,
        series: Sequence[Series],
        x_scale: str = "linear",
        y_scale: str = "linear",
        markers: Sequence[Marker] = (),
        *,
        y_zero: bool = True,
    ) -> None:
        """Takes what is shown.

        Args:
            x: What the x axis shows, with its unit.
            y: What the y axis shows, with its unit.
            series: At least one.
            x_scale: `linear` or `log`.
            y_scale: `linear` or `log`.
            markers: Lines across.
            y_zero: Whether a linear y axis starts at zero; bars always do.

        Raises:
            ValueError: Nothing to show, values that do not pair up, an unknown scale or role, or
                a value that a logarithmic axis cannot show.
        """
        self.x, self.y = x, y
        self.series = list(series)
        self.markers = list(markers)
        self._log_x, self._log_y = x_scale == "log", y_scale == "log"
        if x_scale not in _SCALES or y_scale not in _SCALES:
            raise ValueError(f"unknown scale: use one of {list(_SCALES)}")
        self._check()
        bars = any(isinstance(one, Bars) for one in self.series)
        self._zero = not self._log_y and (y_zero or bars)
        self._categories = _categories(self.series)

    def render(self, title: str, description: str) -> Drawing:  # noqa: ARG002  (one call for all)
        """Draws both layouts.

        Args:
            title: The figure's title.
            description: Its description.
        """
        wide, narrow = self._draw(WIDE, 330), self._draw(NARROW, 280)
        return Drawing.of(wide, narrow, self._text(), self._legend())

    # What is shown

    def _check(self) -> None:
        if not self.series:
            raise ValueError("a chart needs at least one series")
        for one in self.series:
            if not one.xs or len(one.xs) != len(one.ys):
                raise ValueError(
                    f"series {one.label!r} has {len(one.xs)} x and {len(one.ys)} y values"
                )
            if one.role and one.role not in ROLES:
                raise ValueError(f"series {one.label!r} has the role {one.role!r}: use {ROLES}")
        if len(self.series) > 1 and not all(one.label for one in self.series):
            raise ValueError("several series need a label each")
        if self._log_y and min(self._ys()) <= 0:
            raise ValueError("a logarithmic y axis shows only values above 0")

    def _role(self, index: int) -> str:
        return self.series[index].role or _CYCLE[index % len(_CYCLE)]

    def _xs(self) -> list[float]:
        values = [float(x) for one in self.series if not isinstance(one, Bars) for x in one.xs]
        return values + [marker.x for marker in self.markers if marker.x is not None]

    def _ys(self) -> list[float]:
        values = [float(y) for one in self.series for y in one.ys]
        for one in self.series:
            if isinstance(one, Line):
                values += [*one.low, *one.high]
        return values + [marker.y for marker in self.markers if marker.y is not None]

    def _direct(self) -> bool:
        """Whether labels stand at the ends of lines."""
        return len(self.series) > 1 and all(isinstance(one, Line) for one in self.series)

    def _legend(self) -> list[tuple[str, str]]:
        if len(self.series) == 1 or self._direct():
            return []
        return [
            (_swatch(one) + f" hb-role-{self._role(index)}", one.label)
            for index, one in enumerate(self.series)
        ]

    # Layout

    def _draw(self, wide: int, high: int) -> Canvas:
        canvas = Canvas(wide, high)
        plot = self._frame(canvas)
        self._axes(plot)
        for index, one in enumerate(self.series):
            with canvas.group(f"hb-role-{self._role(index)}"):
                if isinstance(one, Line):
                    _draw_line(plot, one)
                elif isinstance(one, Points):
                    _draw_points(plot, one)
                else:
                    self._draw_bars(plot, one)
        curves = self._note_lines(plot)
        for marker in self.markers:
            _draw_marker(plot, marker, curves)
        if self._direct():
            self._labels(plot)
            self._labels_on_curves(plot)
        return canvas

    def _note_lines(self, plot: _Plot) -> list[Bounds]:
        """Notes curves and upright markers as what no text may cover; returns their boxes."""
        boxes = []
        for one in self.series:
            if isinstance(one, Line):
                name = f"the curve {one.label!r}" if one.label else "the curve"
                boxes += [Bounds(x, y, 0.1, 0.1, name) for x, y in _dense(_places(plot, one))]
        for marker in self.markers:
            if marker.x is not None:
                name = f"the marker {marker.label!r}"
                x = plot.x.at(marker.x)
                boxes.append(Bounds(x, plot.top, 0.1, plot.bottom - plot.top, name))
        plot.canvas.marks += boxes
        return boxes

    def _frame(self, canvas: Canvas) -> _Plot:
        """Finds the ticks, then the room that their words need, then the scales."""
        wide = canvas.width == WIDE
        y_ticks = ticks(self._ys(), log=self._log_y, count=6 if wide else 5, zero=self._zero)
        left = max(width(words, _TEXT) for words in axis_words(y_ticks)) + 10
        top = 30.0 + self._marker_rows(canvas) * _LEADING
        bottom = canvas.height - 42 - self._category_rows(canvas) * _LEADING
        right = canvas.width - max(self._label_room(canvas), 14.0)
        if self._categories:
            x_ticks, x = [], Scale(0, len(self._categories), left, right)
        else:
            x_ticks = ticks(self._xs(), log=self._log_x, count=8 if wide else 5)
            end = x_ticks[-1]
            if all(isinstance(one, Line) for one in self.series):
                # Curves run to the edge, so that their labels stand beside their ends.
                end = max(self._xs())
                x_ticks = [tick for tick in x_ticks if tick <= end * (1 + 1e-9)]
            x = Scale(x_ticks[0], end, left, right, self._log_x)
        y = Scale(y_ticks[0], y_ticks[-1], bottom, top, self._log_y)
        return _Plot(canvas, x, y, x_ticks, y_ticks)

    def _marker_rows(self, canvas: Canvas) -> int:
        """Labels of upright markers stand above the plot, each on lines of its own."""
        return sum(len(_marker_lines(canvas, m)) for m in self.markers if m.x is not None)

    def _category_rows(self, canvas: Canvas) -> int:
        if not self._categories:
            return 0
        return max(len(lines) for lines in self._category_lines(canvas)) - 1

    def _category_lines(self, canvas: Canvas) -> list[list[str]]:
        room = (canvas.width - 64) / len(self._categories) - 6
        return [wrap(name, room, _TEXT) for name in self._categories]

    def _at_ends(self) -> list[int]:
        """Lines whose labels stand beside their ends."""
        return [n for n, one in enumerate(self.series) if isinstance(one, Line) and one.at is None]

    def _label_lines(self, canvas: Canvas) -> list[list[str]]:
        room = 150 if canvas.width == WIDE else 84
        return [wrap(self.series[n].label, room, _TEXT, 600) for n in self._at_ends()]

    def _label_room(self, canvas: Canvas) -> float:
        if not self._direct():
            return 0.0
        lines = [line for block in self._label_lines(canvas) for line in block]
        return max((width(line, _TEXT, 600) + 12 for line in lines), default=0.0)

    # Drawing

    def _axes(self, plot: _Plot) -> None:
        canvas = plot.canvas
        canvas.text(0, 12, self.y, "hb-axis-title")
        grid = "".join(
            f"M{num(plot.left)} {num(plot.y.at(tick))}H{num(plot.right)}" for tick in plot.y_ticks
        )
        canvas.path(grid, "hb-grid")
        for tick, words in zip(plot.y_ticks, axis_words(plot.y_ticks), strict=True):
            canvas.text(plot.left - 8, plot.y.at(tick) + 4, words, "hb-tick", "end")
        canvas.line(plot.left, plot.bottom, plot.right, plot.bottom, "hb-axis")
        if self._categories:
            self._category_axis(plot)
        else:
            _number_axis(plot)
        canvas.text(plot.right, canvas.height - 6, self.x, "hb-axis-title", "end")

    def _category_axis(self, plot: _Plot) -> None:
        for index, lines in enumerate(self._category_lines(plot.canvas)):
            for row, line in enumerate(lines):
                y = plot.bottom + 17 + row * _LEADING
                plot.canvas.text(plot.x.at(index + 0.5), y, line, "hb-tick", "middle")

    def _draw_bars(self, plot: _Plot, bars: Bars) -> None:
        groups = [one for one in self.series if isinstance(one, Bars)]
        slot = (plot.right - plot.left) / len(self._categories)
        thick = min(slot * 0.72 / len(groups), 64)
        shift = (groups.index(bars) - len(groups) / 2) * thick
        base = plot.y.at(max(plot.y.low, 0.0) if not self._log_y else plot.y.low)
        # Values on some bars only would look like a choice.
        room = max(thick, slot - 4 if len(groups) == 1 else 0)
        valued = all(width(short(y), _TEXT, 600) <= room for one in groups for y in one.ys)
        for name, value in zip(bars.xs, bars.ys, strict=True):
            x = plot.x.at(self._categories.index(_name(name)) + 0.5) + shift
            y = plot.y.at(value)
            plot.canvas.rect(x + 1, min(y, base), thick - 2, abs(base - y), 2, "hb-bar")
            if valued:
                top = min(y, base) - 5
                plot.canvas.text(x + thick / 2, top, short(value), "hb-ink", "middle", 11, 600)

    def _labels(self, plot: _Plot) -> None:
        """Writes each line's label beside its end, moved apart where two ends are close."""
        blocks = self._label_lines(plot.canvas)
        heights = [len(block) * _LEADING for block in blocks]
        wanted = [plot.y.at(self.series[n].ys[-1]) for n in self._at_ends()]
        centres = _spread(wanted, heights, plot.top - 8, plot.bottom + 8)
        for index, block, centre in zip(self._at_ends(), blocks, centres, strict=True):
            one = self.series[index]
            end = plot.x.at(float(one.xs[-1]))
            first = centre - len(block) * _LEADING / 2 + _LEADING - 3.5
            with plot.canvas.group(f"hb-role-{self._role(index)}"):
                for row, line in enumerate(block):
                    y = first + row * _LEADING
                    plot.canvas.text(max(end, plot.right) + 8, y, line, "hb-accent", weight=600)

    def _labels_on_curves(self, plot: _Plot) -> None:
        """Writes the labels that stand on their curves where they meet no curve and no marker."""
        curves = [_places(plot, one) for one in self.series if isinstance(one, Line)]
        plot.taken += [Bounds(x - 2, y - 2, 4, 4) for each in curves for x, y in _dense(each)]
        uprights = [plot.x.at(marker.x) for marker in self.markers if marker.x is not None]
        plot.taken += [Bounds(x - 2, plot.top, 4, plot.bottom - plot.top) for x in uprights]
        for index, one in enumerate(self.series):
            if isinstance(one, Line) and one.at is not None:
                x, y = _on_curve(_places(plot, one), plot.x.at(one.at))
                with plot.canvas.group(f"hb-role-{self._role(index)}"):
                    _name_point(plot, x, y, one.label, "hb-accent", 600)

    # In words

    def _text(self) -> str:
        axes = f"<p>Across: {escape(self.x)}. Upwards: {escape(self.y)}.</p>"
        marks = "".join(
            f"<li>{escape(marker.label)} at "
            f"{spoken(marker.x if marker.x is not None else marker.y or 0)}</li>"
            for marker in self.markers
        )
        tables = "".join(self._table(group) for group in self._groups())
        return axes + tables + (f"<p>Marked:</p><ul>{marks}</ul>" if marks else "")

    def _groups(self) -> list[list[Series]]:
        """Series over the same x values, which share a table."""
        groups: list[list[Series]] = []
        for one in self.series:
            for group in groups:
                if list(group[0].xs) == list(one.xs) and not isinstance(one, Points):
                    group.append(one)
                    break
            else:
                groups.append([one])
        return groups

    def _table(self, group: list[Series]) -> str:
        first = group[0]
        names = first.names if isinstance(first, Points) and first.names else [""] * len(first.xs)
        rows = [
            [_name(x) + (f" ({name})" if name else ""), *(spoken(one.ys[index]) for one in group)]
            for index, (x, name) in enumerate(zip(first.xs, names, strict=True))
        ]
        step = max(1, -(-len(rows) // _ROWS_TOLD))
        told = rows[::step] if (len(rows) - 1) % step == 0 else [*rows[::step], rows[-1]]
        heads = [self.x, *(one.label or self.y for one in group)]
        head = "".join(f'<th scope="col">{escape(words)}</th>' for words in heads)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in told
        )
        caption = f"<caption>{escape(self.y)}</caption>" if first.label else ""
        return (
            f'<table class="hb-values">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )


def _categories(series: Sequence[Series]) -> list[str]:
    """The names under the bars, in order, each once; none where nothing is a bar."""
    return list(dict.fromkeys(_name(x) for one in series if isinstance(one, Bars) for x in one.xs))


def _name(value: str | float) -> str:
    return value if isinstance(value, str) else short(value)


def _swatch(one: Series) -> str:
    if isinstance(one, Line):
        return "hb-series hb-series-dashed" if one.dashed else "hb-series"
    return "hb-bar" if isinstance(one, Bars) else "hb-point"


def _number_axis(plot: _Plot) -> None:
    """Writes the x ticks, leaving out those that would touch the one before."""
    free = -1e9
    marks = ""
    for tick, words in zip(plot.x_ticks, axis_words(plot.x_ticks), strict=True):
        x = plot.x.at(tick)
        half = width(words, _TEXT) / 2
        # The last tick may not leave the drawing.
        place = min(x, plot.canvas.width - half)
        if place - half < free:
            continue
        marks += f"M{num(x)} {num(plot.bottom)}v4"
        plot.canvas.text(place, plot.bottom + 17, words, "hb-tick", "middle")
        free = place + half + 8
    plot.canvas.path(marks, "hb-axis")


def _draw_line(plot: _Plot, line: Line) -> None:
    if line.low and line.high:
        there = [(plot.x.at(x), plot.y.at(y)) for x, y in zip(line.xs, line.high, strict=True)]
        back = [(plot.x.at(x), plot.y.at(y)) for x, y in zip(line.xs, line.low, strict=True)]
        plot.canvas.path(_polyline([*there, *reversed(back)]) + "Z", "hb-area")
    points = _places(plot, line)
    dashed = " hb-series-dashed" if line.dashed else ""
    plot.canvas.path(_polyline(points), f"hb-series{dashed}")
    if len(points) <= 8 and not line.dashed:
        for x, y in points:
            plot.canvas.circle(x, y, 3.5, "hb-point")


def _places(plot: _Plot, line: Line) -> list[tuple[float, float]]:
    """A line's values in px."""
    return [(plot.x.at(x), plot.y.at(y)) for x, y in zip(line.xs, line.ys, strict=True)]


def _dense(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points along a polyline, a few px apart."""
    found = places[:1]
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = math.ceil(math.hypot(x1 - x0, y1 - y0) / 4) or 1
        parts = [n / steps for n in range(1, steps + 1)]
        found += [(x0 + part * (x1 - x0), y0 + part * (y1 - y0)) for part in parts]
    return found


def _on_curve(places: list[tuple[float, float]], x: float) -> tuple[float, float]:
    """The point of a polyline that lies closest to an x."""
    return min(_dense(places), key=lambda place: abs(place[0] - x))


def _polyline(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def _draw_points(plot: _Plot, points: Points) -> None:
    places = [(plot.x.at(x), plot.y.at(y)) for x, y in zip(points.xs, points.ys, strict=True)]
    for x, y in places:
        plot.canvas.circle(x, y, 5, "hb-point")
        plot.taken.append(Bounds(x - 5, y - 5, 10, 10))
    for (x, y), name in zip(places, points.names, strict=False):
        _name_point(plot, x, y, name)


def _name_point(
    plot: _Plot, x: float, y: float, name: str, cls: str = "hb-ink", weight: int = 500
) -> None:
    """Writes a point's name on the first side where it meets nothing."""
    wide = width(name, _TEXT, weight)
    beside = [(x + 9, y + 4), (x - 9 - wide, y + 4)]
    over = [(x - wide / 2, y - 10), (x - wide / 2, y + 18)]
    corners = [(side, y + 4 + up) for up in (-13, 13, -26, 26) for side in (x + 7, x - 7 - wide)]
    for left, base in [*beside, *over, *corners, beside[0]]:
        box = Bounds(left, base - ASCENT * _TEXT, wide, (ASCENT + DESCENT) * _TEXT)
        inside = plot.left <= box.x and box.x + wide <= plot.canvas.width
        inside = inside and plot.top - 8 <= box.y and box.y + box.h <= plot.bottom
        if inside and not any(box.overlaps(other) for other in plot.taken):
            break
    plot.taken.append(plot.canvas.text(left, base, name, cls, weight=weight))


def _marker_lines(canvas: Canvas, marker: Marker) -> list[str]:
    return wrap(marker.label, canvas.width * 0.6, _TEXT, 600)


def _draw_marker(plot: _Plot, marker: Marker, curves: Sequence[Bounds]) -> None:
    canvas, lines = plot.canvas, _marker_lines(plot.canvas, marker)
    if marker.x is not None:
        x = plot.x.at(marker.x)
        # Rows that markers before this one have filled stay free.
        row = sum(box.name.startswith("marker") for box in plot.taken)
        top = 30 + row * _LEADING - 2
        canvas.line(x, top + len(lines) * _LEADING - 8, x, plot.bottom, "hb-marker")
        for index, line in enumerate(lines):
            half = width(line, _TEXT, 600) / 2
            place = min(max(x, half), canvas.width - half)
            canvas.text(place, top + index * _LEADING, line, "hb-ink", "middle", weight=600)
            plot.taken.append(Bounds(place - half, top, 2 * half, _LEADING, "marker"))
    if marker.y is not None:
        y = plot.y.at(marker.y)
        canvas.line(plot.left, y, plot.right, y, "hb-marker")
        left, high = _free_place(plot, y, lines, curves)
        for index, line in enumerate(lines):
            base = high + 10 + index * _LEADING
            wide = width(line, _TEXT, 600)
            canvas.rect(left - 3, base - 10, wide + 6, 13, 3, "hb-halo")
            canvas.text(left, base, line, "hb-ink", weight=600)


def _free_place(
    plot: _Plot, y: float, lines: list[str], curves: Sequence[Bounds]
) -> tuple[float, float]:
    """The first place over a level marker, else under it, where a label covers no curve."""
    wide = max((width(line, _TEXT, 600) for line in lines), default=0.0)
    high = len(lines) * _LEADING
    first, last = plot.left + 7, plot.right - 3 - wide
    over = y - 1 - high
    for top in (over, y + 5):
        for step in range(int((last - first) // 4) + 1):
            x = first + 4 * step
            box = Bounds(x - 4, top - 1, wide + 8, high)
            if not any(box.overlaps(curve, slack=0) for curve in curves):
                return x, top
    return first, over


def _spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Moves centres of blocks apart until none overlap, keeping their order and the bounds."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = list(wanted)
    floor = low
    for index in order:
        places[index] = max(places[index], floor + heights[index] / 2)
        floor = places[index] + heights[index] / 2
    ceiling = high
    for index in reversed(order):
        places[index] = min(places[index], ceiling - heights[index] / 2)
        ceiling = places[index] - heights[index] / 2
    return places
