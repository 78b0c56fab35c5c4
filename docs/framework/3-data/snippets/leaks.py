"""Features that know too much."""

from itertools import groupby

Features = dict[str, list[float]]


def auc(scores: list[float], labels: list[int]) -> float:
    """Returns the share of pairs in which the positive stands above."""
    wins, below = 0.0, 0
    pairs = sorted(zip(scores, labels, strict=True))
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        tied = [label for _, label in group]
        negatives = len(tied) - sum(tied)
        wins += sum(tied) * (below + negatives / 2)
        below += negatives
    return wins / (sum(labels) * below)


def suspects(features: Features, labels: list[int], limit=0.9) -> list[str]:
    """Names features that alone tell the labels apart beyond the limit."""
    scores = {name: auc(values, labels) for name, values in features.items()}
    return [name for name, s in scores.items() if max(s, 1 - s) > limit]
