"""Axes: positions, ticks at round values, and numbers short enough to stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_LETTERS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Scale:
    """Maps values to px.

    Attributes:
        low: The value at `start`.
        high: The value at `end`.
        start: Px.
        end: Px; less than `start` for an axis that grows upwards.
        log: Whether equal ratios take equal room.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Returns the position of a value in px."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = log10(low), log10(high), log10(value)
        return self.start + (value - low) / ((high - low) or 1) * (self.end - self.start)


def linear_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Returns about `count` multiples of 1, 2 or 5 times a power of ten that cover the range."""
    if high <= low:
        high = low + (abs(low) or 1)
    raw = (high - low) / max(count - 1, 1)
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int = 6) -> list[float]:
    """Returns powers of ten that cover the range, or 1, 2, 5 times them where it is short.

    Raises:
        ValueError: The range reaches zero.
    """
    if low <= 0:
        raise ValueError("a logarithmic axis shows only values above 0")
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    decades = max(last - first, 1)
    if decades >= 3:
        step = ceil(decades / count)
        return [10.0**exponent for exponent in range(first, last + step, step)]
    values = [m * 10.0**e for e in range(first, last + 1) for m in (1, 2, 5)]
    below = max((v for v in values if v <= low * 1.001), default=values[0])
    above = min((v for v in values if v >= high * 0.999), default=values[-1])
    return [v for v in values if below <= v <= above]


def ticks(values: Sequence[float], *, log: bool, count: int, zero: bool = False) -> list[float]:
    """Returns ticks that cover all values.

    Args:
        values: At least one.
        log: Whether the axis is logarithmic.
        count: About how many.
        zero: Whether a linear axis starts at 0, as it must for bars.
    """
    low, high = min(values), max(values)
    if log:
        return log_ticks(low, high, count)
    return linear_ticks(min(low, 0) if zero else low, max(high, 0) if zero else high, count)


def short(value: float) -> str:
    """Returns a number for an axis: `2,500`, `10k`, `1.5M`, `0.05`."""
    size = abs(value)
    if size >= 1e4:
        unit, letter = next((u, w) for u, w in _LETTERS if size >= u * 0.99995)
        return f"{value / unit:.3g}{letter}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.10g}" if size == 0 or size >= 1e-4 else f"{value:.0e}".replace("e-0", "e-")


def axis_words(values: Sequence[float]) -> list[str]:
    """Returns the words of an axis's ticks, all in the same manner: `5k, 10k`, not `5,000, 10k`."""
    if max(map(abs, values), default=0) < 1e4:
        return [short(value) for value in values]
    return [
        f"{value / 1000:.3g}k" if 1000 <= abs(value) < 1e4 else short(value) for value in values
    ]


def spoken(value: float) -> str:
    """Returns a number for a sentence: `2 billion`, `1,500`, `0.05`."""
    size = abs(value)
    for unit, word in _WORDS:
        if size >= unit * 0.9995:
            return f"{value / unit:,.3g} {word}"
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def span(values: Sequence[float]) -> tuple[float, float]:
    """Returns the least and the greatest value, as plain floats."""
    return float(min(values)), float(max(values))
