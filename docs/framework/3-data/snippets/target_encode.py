"""The rate of an id, from labels that were known when the row was shown."""

from collections import Counter
from heapq import heappop, heappush

Row = tuple[float, float, str, int]  # shown at, label known at, id, label


def encode(rows: list[Row], prior: float, strength: float = 20) -> list[float]:
    """Encodes rows that are sorted by when they were shown."""
    shown, positive, waiting, rates = Counter(), Counter(), [], []
    for moment, known_at, key, label in rows:
        while waiting and waiting[0][0] <= moment:
            _, earlier, outcome = heappop(waiting)
            shown[earlier] += 1
            positive[earlier] += outcome
        smoothed = positive[key] + strength * prior
        rates.append(smoothed / (shown[key] + strength))
        heappush(waiting, (known_at, key, label))
    return rates
