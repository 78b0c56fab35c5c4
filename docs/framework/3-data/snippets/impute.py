"""A fill value fitted on training rows, and the fact that it was needed."""

from statistics import median


def fit(training: list[float | None]) -> float:
    """Returns what stands in for a missing value."""
    return median(value for value in training if value is not None)


def impute(value: float | None, fill: float) -> tuple[float, float]:
    """Returns the value and an indicator that says whether it was missing."""
    return (fill, 1.0) if value is None else (value, 0.0)
