"""The funnel: how many are left after each stage, and what each stage costs in milliseconds.

In a figure's file:

    def funnel():
        '''Billions become ten in four stages.

        Each stage spends more on fewer posts.
        '''
        return Funnel(
            [Stage("All posts", 2e9, role="data"), Stage("Candidates", 1500, ms=25)],
            unit="posts", budget_ms=100, around_ms=22, around="gateway, user context",
        )
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

from handbook.drawing.scales import spoken
from handbook.drawing.svg import NARROW, WIDE, Canvas, Drawing
from handbook.drawing.text import width, wrap
from handbook.drawing.theme import ROLES

_BAND = 46
_NECK = 38
_LINE = 14
_AROUND = "Around these stages"


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        name: What it is called.
        count: How many leave it, more than 0.
        ms: What it costs in milliseconds, where it costs anything.
        note: A few words on how it works.
        role: The role that gives its colour.
    """

    name: str
    count: float
    ms: float | None = None
    note: str = ""
    role: str = "online"

    def __post_init__(self) -> None:
        """Refuses what cannot be drawn.

        Raises:
            ValueError: The count is not positive, or nobody knows the role.
        """
        if self.count <= 0:
            raise ValueError(f"stage {self.name!r} has the count {self.count}: it must be above 0")
        if self.role not in ROLES:
            raise ValueError(f"stage {self.name!r} has the role {self.role!r}: use {list(ROLES)}")


@dataclass(frozen=True)
class _Frame:
    """Where the columns of one layout are, in px."""

    width: float
    centre: float
    widest: float
    text_x: float
    text_width: float
    time_x: float
    time_width: float


_WIDE_FRAME = _Frame(WIDE, 364, 300, 0, 196, 548, 140)
_NARROW_FRAME = _Frame(NARROW, 75, 148, 166, NARROW - 166, 166, NARROW - 166)


class Funnel:
    """A figure: stages from top to bottom, each as wide as the logarithm of its count.

    Attributes:
        stages: The stages in order.
        unit: What is counted, such as `posts`.
        budget_ms: What the request may cost, where there is a limit.
        around_ms: What the request costs besides the stages.
        around: A few words on what that is.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        unit: str = "",
        budget_ms: float | None = None,
        around_ms: float = 0.0,
        around: str = "",
    ) -> None:
        """Takes the stages.

        Args:
            stages: At least two.
            unit: What is counted, such as `posts`.
            budget_ms: What the request may cost, where there is a limit.
            around_ms: What the request costs besides the stages; without it, nobody can take
                their sum for the time of a request.
            around: A few words on what that is.

        Raises:
            ValueError: There are fewer than two stages, or they exceed the budget.
        """
        if len(stages) < 2:
            raise ValueError("a funnel needs at least two stages")
        self.stages = list(stages)
        self.unit = unit
        self.budget_ms = budget_ms
        self.around_ms, self.around = around_ms, around
        if budget_ms is not None and self.total_ms + around_ms > budget_ms:
            what = "the request takes" if around_ms else "the stages take"
            raise ValueError(
                f"{what} {self.total_ms + around_ms:g} ms, the budget is {budget_ms:g} ms"
            )

    @property
    def total_ms(self) -> float:
        """All stages in ms."""
        return sum(stage.ms or 0 for stage in self.stages)

    def render(self, title: str, description: str) -> Drawing:  # noqa: ARG002  (one call for all)
        """Draws both layouts.

        Args:
            title: The figure's title.
            description: Its description.
        """
        wide, narrow = self._draw(_WIDE_FRAME), self._draw(_NARROW_FRAME)
        return Drawing.of(wide, narrow, self._text())

    def _draw(self, frame: _Frame) -> Canvas:
        canvas = Canvas(frame.width, 0)
        y = 1.0
        previous: tuple[float, float, Stage] | None = None
        for stage in self.stages:
            words = wrap(stage.note, frame.text_width, 11)
            high = max(_BAND, 20 + _LINE * (len(words) + self._time_lines(frame, stage)))
            half = self._half(frame, stage)
            if previous:
                y = self._neck(canvas, frame, previous, (y, half, stage))
            self._stage(canvas, frame, stage, (y, half, high))
            y += high
            previous = (y, half, stage)
        if self.around_ms:
            y = self._around(canvas, frame, y)
        canvas.height = self._total(canvas, frame, y)
        return canvas

    def _half(self, frame: _Frame, stage: Stage) -> float:
        """Half the width of a band in px: linear in the logarithm, wide enough for its words."""
        counts = [s.count for s in self.stages]
        low, high = log10(min(counts)), log10(max(counts))
        least = max(width(spoken(s.count), 13, 700) for s in self.stages) + 20
        share = (log10(stage.count) - low) / ((high - low) or 1)
        return (least + share * (frame.widest - least)) / 2

    def _neck(
        self,
        canvas: Canvas,
        frame: _Frame,
        above: tuple[float, float, Stage],
        below: tuple[float, float, Stage],
    ) -> float:
        (y, wide, before), (_, slim, after) = above, below
        end, c = y + _NECK, frame.centre
        inset = 0.6  # the rims of both bands stay whole
        role = f"hb-neck hb-role-{after.role}"
        canvas.path(
            f"M{c - wide + 8:.1f} {y + inset:.1f}L{c + wide - 8:.1f} {y + inset:.1f}"
            f"L{c + slim - 8:.1f} {end - inset:.1f}L{c - slim + 8:.1f} {end - inset:.1f}Z",
            role,
        )
        canvas.text(c, y + _NECK / 2 + 4, self._kept(before, after), "hb-sub", "middle")
        return end

    @staticmethod
    def _kept(before: Stage, after: Stage) -> str:
        if after.count >= before.count:
            return f"× {spoken(after.count / before.count)}" if after.count > before.count else "="
        return f"÷ {spoken(before.count / after.count)}"

    def _stage(
        self, canvas: Canvas, frame: _Frame, stage: Stage, place: tuple[float, float, float]
    ) -> None:
        y, half, high = place
        with canvas.group(f"hb-role-{stage.role}"):
            canvas.rect(frame.centre - half, y, 2 * half, high, 8, "hb-band")
            middle = y + high / 2 + 4.6
            canvas.text(frame.centre, middle, spoken(stage.count), "hb-ink", "middle", 13, 700)
            self._time(canvas, frame, stage.ms, (y, high))
        lines = wrap(stage.note, frame.text_width, 11)
        block = 13 + _LINE * (len(lines) + self._time_lines(frame, stage))
        base = y + (high - block) / 2 + 11
        canvas.text(frame.text_x, base, stage.name, "hb-title")
        for index, line in enumerate(lines, 1):
            canvas.text(frame.text_x, base + 1 + index * _LINE, line, "hb-sub")
        if self._time_lines(frame, stage):
            below = base + 1 + (len(lines) + 1) * _LINE
            canvas.text(frame.text_x, below, f"{stage.ms:,g} ms", "hb-ink", weight=600)

    @staticmethod
    def _time_lines(frame: _Frame, stage: Stage) -> int:
        """The narrow layout writes the milliseconds under the note."""
        return int(frame.width == NARROW and stage.ms is not None)

    def _around(self, canvas: Canvas, frame: _Frame, y: float) -> float:
        """Writes what the request costs besides the stages; returns the y of its lower end."""
        y += 14
        narrow = frame.width == NARROW
        lines = wrap(self.around, frame.text_width, 11)
        high = 20.0 + _LINE * (len(lines) + narrow)
        base = y + (high - 13 - _LINE * (len(lines) + narrow)) / 2 + 11
        canvas.text(frame.text_x, base, _AROUND, "hb-title")
        for index, line in enumerate(lines, 1):
            canvas.text(frame.text_x, base + 1 + index * _LINE, line, "hb-sub")
        if narrow:
            below = base + 1 + (len(lines) + 1) * _LINE
            canvas.text(frame.text_x, below, f"{self.around_ms:,g} ms", "hb-ink", weight=600)
        with canvas.group("hb-role-client"):
            self._time(canvas, frame, self.around_ms, (y, high))
        return y + high

    def _time(
        self, canvas: Canvas, frame: _Frame, ms: float | None, place: tuple[float, float]
    ) -> None:
        """The wide layout shows milliseconds as bars, all from one line, on one linear scale."""
        if ms is None or frame.width == NARROW:
            return
        y, high = place
        times = [self.around_ms, *(s.ms or 0 for s in self.stages)]
        most = max(times) or 1
        room = frame.time_width - 8 - max(44.0, *(width(f"{t:,g} ms", 11, 600) for t in times))
        long = max(ms / most * room, 2)
        canvas.rect(frame.time_x, y + high / 2 - 7, long, 14, 3, "hb-bar")
        canvas.text(frame.time_x + long + 7, y + high / 2 + 4, f"{ms:,g} ms", "hb-ink", weight=600)

    def _total(self, canvas: Canvas, frame: _Frame, y: float) -> float:
        """Writes the sum under the stages and returns the height of the drawing."""
        if not self.total_ms:
            return y + 1
        words = f"{self.total_ms + self.around_ms:,g} ms"
        words += " in all" if self.around_ms else " in these stages"
        if self.budget_ms is not None:
            words += f", of {self.budget_ms:,g} ms"
        y += 14
        canvas.line(frame.time_x, y, frame.time_x + frame.time_width, y, "hb-axis")
        for line in wrap(words, frame.time_width, 11, 600):
            y += 16
            canvas.text(frame.time_x, y, line, "hb-ink", weight=600)
        return y + 5

    def _text(self) -> str:
        items = []
        for index, stage in enumerate(self.stages):
            facts = [f"{spoken(stage.count)} {self.unit}".strip()]
            if index:
                before = self.stages[index - 1].count
                if stage.count < before:
                    facts.append(f"1 in {spoken(before / stage.count)} of the stage before")
            if stage.ms is not None:
                facts.append(f"{stage.ms:,g} ms")
            if stage.note:
                facts.append(stage.note)
            items.append(
                f"<li><strong>{escape(stage.name)}</strong>: {escape('; '.join(facts))}.</li>"
            )
        return f"<ol>{''.join(items)}</ol>{self._total_told()}"

    def _total_told(self) -> str:
        if not self.total_ms:
            return ""
        limit = f" of a budget of {self.budget_ms:,g} ms" if self.budget_ms is not None else ""
        sentences = [f"These stages: {self.total_ms:,g} ms"]
        if self.around_ms:
            what = f" ({escape(self.around)})" if self.around else ""
            sentences.append(f"{_AROUND}{what}: {self.around_ms:,g} ms")
            sentences.append(f"In all: {self.total_ms + self.around_ms:,g} ms")
        return f"<p>{'. '.join(sentences)}{limit}.</p>"
