"""Numbers to a common scale; edges, mean and deviation fit on training rows."""

from bisect import bisect_right
from math import log1p
from statistics import mean, pstdev, quantiles


def fit_edges(training: list[float], buckets: int = 20) -> list[float]:
    """Returns edges of equally full buckets, to be stored with the model."""
    return quantiles(training, n=buckets, method="inclusive")


def by_quantile(value: float, edges: list[float]) -> float:
    """Returns the share of edges at or below the value."""
    return bisect_right(edges, value) / len(edges)


def by_log(value: float, largest: float) -> float:
    """Returns the logarithm as a share of the training maximum's."""
    return min(1.0, log1p(value) / log1p(largest))


def fit_standard(training: list[float]) -> tuple[float, float]:
    """Returns mean and deviation; a constant feature has a deviation of 1."""
    return mean(training), pstdev(training) or 1.0


def by_standard(value: float, centre: float, deviation: float) -> float:
    """Returns how many deviations the value lies above the mean."""
    return (value - centre) / deviation
