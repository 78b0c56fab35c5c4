"""A feature as it could be read at a moment."""

from bisect import bisect_right


def as_of(history: list[tuple[float, float]], moment: float) -> float | None:
    """Returns the newest value of (readable since, value), sorted."""
    known = bisect_right(history, moment, key=lambda entry: entry[0])
    return history[known - 1][1] if known else None
