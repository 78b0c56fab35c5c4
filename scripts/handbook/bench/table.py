"""The table of the bench: what was measured, the bar it is held to, and how it was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

HEADER = ("", "what", "measured", "spread", "bar", "", "how")


@dataclass(frozen=True)
class Bar:
    """What a figure is held to.

    Attributes:
        value: The limit, in the unit of the figure; the limit itself is met.
        at_least: Whether more is better.
    """

    value: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Tells whether a figure is within the bar."""
        return value >= self.value if self.at_least else value <= self.value


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        section: What it belongs to; `--only` selects by it.
        what: What was measured.
        value: The figure; nothing where it could not be measured.
        unit: Of the figure and the bar.
        bar: What it is held to, if anything.
        how: How it was measured, or why it was not.
        spread: The lowest and the highest of several runs.
    """

    section: str
    what: str
    value: float | None
    unit: str
    bar: Bar | None = None
    how: str = ""
    spread: tuple[float, float] | None = None

    @property
    def verdict(self) -> str:
        """`met`, `MISSED`, `not measured`, or nothing where there is no bar."""
        if self.value is None:
            return "not measured"
        if self.bar is None:
            return ""
        return "met" if self.bar.met(self.value) else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Returns the line's cells, in the order of `HEADER`."""
        measured = "" if self.value is None else f"{number(self.value)} {self.unit}".strip()
        spread = " to ".join(number(end) for end in self.spread) if self.spread else ""
        bar = ""
        if self.bar:
            bar = f"{'≥' if self.bar.at_least else '≤'} {number(self.bar.value)}"
        return self.section, self.what, measured, spread, bar, self.verdict, self.how


def measured(
    section: str,
    what: str,
    values: Sequence[float],
    unit: str,
    bar: Bar | None = None,
    how: str = "",
) -> Row:
    """Returns a row with the median of several runs and their spread.

    Args:
        section: As in `Row`.
        what: As in `Row`.
        values: One figure a run, at least one.
        unit: As in `Row`.
        bar: As in `Row`.
        how: As in `Row`.
    """
    spread = (min(values), max(values)) if len(values) > 1 else None
    return Row(section, what, statistics.median(values), unit, bar, how, spread)


def number(value: float) -> str:
    """Returns a figure with as many decimals as its size deserves."""
    if float(value).is_integer():
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.3g}"


def markdown(rows: Iterable[Row]) -> str:
    """Returns the table in Markdown, its columns but the last aligned for reading as plain text.

    Args:
        rows: The lines, in their order.
    """
    lines = [HEADER, *(row.cells() for row in rows)]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    # The last column is as long as it is: nothing stands behind it.
    widths = [max(3, *(len(line[at]) for line in escaped)) for at in range(len(HEADER) - 1)] + [3]
    written = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in escaped
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([written[0], rule, *written[1:]])


def plain(rows: Iterable[Row]) -> list[dict[str, object]]:
    """Returns the rows as JSON can hold them, each with its verdict.

    Args:
        rows: The lines, in their order.
    """
    return [asdict(row) | {"verdict": row.verdict} for row in rows]
