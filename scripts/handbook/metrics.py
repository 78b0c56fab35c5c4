"""Metrics in plain Python: short enough to write on a whiteboard, exact enough to test others with.

The reference page shows these functions, and its worked values come from them. None needs numpy.
Sequences are read in parallel, element by element, and have n elements each; a label is 0 or 1; a
score may be any number, a probability lies between 0 and 1. What a metric does not define (the
precision of a model that predicts nothing) is an error here and never a quiet zero.

    counts = confusion(labels=[1, 0, 1, 0], scores=[0.9, 0.7, 0.4, 0.2], threshold=0.5)
    precision(counts)  # 0.5
"""

from __future__ import annotations

import math
import re
import string
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from itertools import combinations, groupby, pairwise
from statistics import NormalDist, fmean
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Confusion(NamedTuple):
    """What a decision got right and wrong.

    Attributes:
        true_positives: Positives that were predicted positive.
        false_positives: Negatives that were predicted positive.
        false_negatives: Positives that were predicted negative.
        true_negatives: Negatives that were predicted negative.
    """

    true_positives: float
    false_positives: float
    false_negatives: float
    true_negatives: float


class Bin(NamedTuple):
    """Predictions of about the same size.

    Attributes:
        predicted: The mean of their probabilities.
        observed: The share of them that turned out positive.
        size: How many they are.
    """

    predicted: float
    observed: float
    size: int


class Interval(NamedTuple):
    """A number with what the sample cannot rule out.

    Attributes:
        value: The estimate itself.
        low: The lower end.
        high: The upper end.
    """

    value: float
    low: float
    high: float


# --------------------------------------------------------------------------- classification


def confusion(labels: Sequence[int], scores: Sequence[float], threshold: float) -> Confusion:
    """Counts what predicting "positive" from a threshold upwards gets right and wrong.

    Args:
        labels: 0 or 1, of length n.
        scores: Any numbers, of length n.
        threshold: The lowest score that is predicted positive.

    Raises:
        ValueError: The lengths differ, nothing is given, or a label is not 0 or 1.
    """
    _check_labels(labels, scores)
    found = Counter(
        (label, score >= threshold) for label, score in zip(labels, scores, strict=True)
    )
    return Confusion(found[1, True], found[0, True], found[1, False], found[0, False])


def accuracy(counts: Confusion) -> float:
    """Share of all decisions that are right.

    Args:
        counts: The four counts.

    Raises:
        ValueError: All counts are zero.
    """
    return _share(
        counts.true_positives + counts.true_negatives, sum(counts), "accuracy", "nothing is counted"
    )


def precision(counts: Confusion) -> float:
    """Share of the predicted positives that are positive.

    Args:
        counts: The four counts.

    Raises:
        ValueError: Nothing is predicted positive.
    """
    if not counts.true_positives + counts.false_positives:
        raise ValueError("precision is undefined: nothing is predicted positive")
    return counts.true_positives / (counts.true_positives + counts.false_positives)


def recall(counts: Confusion) -> float:
    """Share of the positives that are found; also called sensitivity or true positive rate.

    Args:
        counts: The four counts.

    Raises:
        ValueError: There are no positives.
    """
    if not counts.true_positives + counts.false_negatives:
        raise ValueError("recall is undefined: there are no positives")
    return counts.true_positives / (counts.true_positives + counts.false_negatives)


def false_positive_rate(counts: Confusion) -> float:
    """Share of the negatives that are predicted positive.

    Args:
        counts: The four counts.

    Raises:
        ValueError: There are no negatives.
    """
    if not counts.false_positives + counts.true_negatives:
        raise ValueError("the false positive rate is undefined: there are no negatives")
    return counts.false_positives / (counts.false_positives + counts.true_negatives)


def f_beta(counts: Confusion, beta: float = 1.0) -> float:
    """Weighted harmonic mean of precision and recall.

    C. J. van Rijsbergen, "Information Retrieval", 2nd edition, 1979, chapter 7.

    Args:
        counts: The four counts.
        beta: How many times as important recall is as precision; 1 gives F1.

    Raises:
        ValueError: There are neither positives nor predicted ones, or beta is not above 0.
    """
    if beta <= 0 or not any(counts[:3]):
        raise ValueError("F-beta needs a beta above 0 and a positive, predicted or real")
    hits = (1 + beta**2) * counts.true_positives
    return hits / (hits + beta**2 * counts.false_negatives + counts.false_positives)


def balanced_accuracy(counts: Confusion) -> float:
    """Mean of the recall of the positives and that of the negatives.

    Args:
        counts: The four counts.

    Raises:
        ValueError: One of the classes is missing.
    """
    return (recall(counts) + 1 - false_positive_rate(counts)) / 2


def matthews_correlation(counts: Confusion) -> float:
    """Correlation between labels and decisions, from -1 to 1.

    B. W. Matthews, Biochimica et Biophysica Acta 405(2), 1975,
    https://doi.org/10.1016/0005-2795(75)90109-9.

    Args:
        counts: The four counts.

    Raises:
        ValueError: All labels, or all decisions, are the same.
    """
    hit, alarm, miss, rest = counts
    scale = math.sqrt((hit + alarm) * (hit + miss) * (rest + alarm) * (rest + miss))
    if not scale:
        raise ValueError("MCC is undefined: all labels or all decisions are the same")
    return (hit * rest - alarm * miss) / scale


def operating_points(labels: Sequence[int], scores: Sequence[float]) -> list[Confusion]:
    """Counts at every threshold that changes a decision, from the strictest to the laxest.

    Args:
        labels: 0 or 1, of length n.
        scores: Any numbers, of length n; equal ones are decided together.

    Returns:
        At most n counts; the last predicts everything positive.

    Raises:
        ValueError: The lengths differ, nothing is given, or a label is not 0 or 1.
    """
    _check_labels(labels, scores)
    positives = sum(labels)
    hits = alarms = 0
    points = []
    ordered = sorted(zip(scores, labels, strict=True), key=lambda pair: -pair[0])
    for _, group in groupby(ordered, key=lambda pair: pair[0]):
        for _, label in group:
            hits, alarms = hits + label, alarms + 1 - label
        misses, rest = positives - hits, len(labels) - positives - alarms
        points.append(Confusion(hits, alarms, misses, rest))
    return points


def auc_roc(labels: Sequence[int], scores: Sequence[float]) -> float:
    """Probability that a random positive has a higher score than a random negative; ties half.

    The area under the ROC curve by the trapezoid rule, which is that probability: J. A. Hanley,
    B. J. McNeil, Radiology 143(1), 1982, https://doi.org/10.1148/radiology.143.1.7063747.

    Args:
        labels: 0 or 1, of length n.
        scores: Any numbers, of length n; only their order counts.

    Raises:
        ValueError: The lengths differ, or one of the classes is missing.
    """
    points = operating_points(labels, scores)
    positives, negatives = points[-1].true_positives, points[-1].false_positives
    if not positives or not negatives:
        raise ValueError("AUC is undefined: it needs positives and negatives")
    curve = [(0.0, 0.0), *((each.false_positives, each.true_positives) for each in points)]
    area = math.fsum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairwise(curve))
    return area / (positives * negatives)


def average_precision(labels: Sequence[int], scores: Sequence[float]) -> float:
    """Precision at each threshold, weighted by the recall that the threshold adds.

    The area under the precision-recall curve as steps. Straight lines between its points would
    be too kind: J. Davis, M. Goadrich, ICML 2006, https://doi.org/10.1145/1143844.1143874.

    Args:
        labels: 0 or 1, of length n.
        scores: Any numbers, of length n; only their order counts.

    Raises:
        ValueError: The lengths differ, or there are no positives.
    """
    points = operating_points(labels, scores)
    recalls = [0.0, *map(recall, points)]
    gained = [after - before for before, after in pairwise(recalls)]
    return math.fsum(g * precision(each) for g, each in zip(gained, points, strict=True))


def recall_at_precision(labels: Sequence[int], scores: Sequence[float], floor: float) -> float:
    """Highest recall of a threshold whose precision is not below a floor; 0 where there is none.

    Args:
        labels: 0 or 1, of length n.
        scores: Any numbers, of length n.
        floor: The lowest precision that will do, between 0 and 1.

    Raises:
        ValueError: The lengths differ, or there are no positives.
    """
    points = operating_points(labels, scores)
    return max((recall(each) for each in points if precision(each) >= floor), default=0.0)


def log_loss(labels: Sequence[int], probabilities: Sequence[float]) -> float:
    """Mean negative log-likelihood, in nats; infinite where a certainty was wrong.

    Args:
        labels: 0 or 1, of length n.
        probabilities: Between 0 and 1, of length n.

    Raises:
        ValueError: The lengths differ, or a probability is outside [0, 1].
    """
    _check_probabilities(labels, probabilities)
    given = [p if y else 1 - p for y, p in zip(labels, probabilities, strict=True)]
    return -fmean(math.log(p) for p in given) if all(given) else math.inf


def normalized_entropy(labels: Sequence[int], probabilities: Sequence[float]) -> float:
    """Log loss over that of always predicting the base rate; below 1 is better than nothing.

    X. He et al., "Practical Lessons from Predicting Clicks on Ads at Facebook", ADKDD 2014,
    https://doi.org/10.1145/2648584.2648589, section 2.

    Args:
        labels: 0 or 1, of length n.
        probabilities: Between 0 and 1, of length n.

    Raises:
        ValueError: The lengths differ, a probability is outside [0, 1], or a class is missing.
    """
    rate = fmean(labels)
    if rate in (0, 1):
        raise ValueError("normalised entropy is undefined: it needs positives and negatives")
    return log_loss(labels, probabilities) / log_loss(labels, [rate] * len(labels))


def brier_score(labels: Sequence[int], probabilities: Sequence[float]) -> float:
    """Mean squared distance between probability and outcome.

    G. W. Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather
    Review 78(1), 1950; his own sum runs over both classes and is twice this.

    Args:
        labels: 0 or 1, of length n.
        probabilities: Between 0 and 1, of length n.

    Raises:
        ValueError: The lengths differ, or a probability is outside [0, 1].
    """
    _check_probabilities(labels, probabilities)
    return fmean((p - y) ** 2 for y, p in zip(labels, probabilities, strict=True))


def reliability(labels: Sequence[int], probabilities: Sequence[float], bins: int = 10) -> list[Bin]:
    """Predicted against observed rates in bins of equal width; empty bins are left out.

    Args:
        labels: 0 or 1, of length n.
        probabilities: Between 0 and 1, of length n.
        bins: Parts into which [0, 1] is cut; a border belongs to the part above it.

    Raises:
        ValueError: The lengths differ, a probability is outside [0, 1], or there is no bin.
    """
    _check_probabilities(labels, probabilities)
    if bins < 1:
        raise ValueError(f"reliability needs at least one bin, got {bins}")
    found: dict[int, list[tuple[int, float]]] = {}
    for label, probability in zip(labels, probabilities, strict=True):
        found.setdefault(min(int(probability * bins), bins - 1), []).append((label, probability))
    return [
        Bin(fmean(p for _, p in pairs), fmean(y for y, _ in pairs), len(pairs))
        for _, pairs in sorted(found.items())
    ]


def expected_calibration_error(
    labels: Sequence[int], probabilities: Sequence[float], bins: int = 10
) -> float:
    """Mean distance between predicted and observed rate, each bin weighted by what is in it.

    M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI 2015, https://doi.org/10.1609/aaai.v29i1.9602.

    Args:
        labels: 0 or 1, of length n.
        probabilities: Between 0 and 1, of length n.
        bins: Parts into which [0, 1] is cut.

    Raises:
        ValueError: The lengths differ, a probability is outside [0, 1], or there is no bin.
    """
    found = reliability(labels, probabilities, bins)
    return math.fsum(each.size * abs(each.predicted - each.observed) for each in found) / len(
        labels
    )


# --------------------------------------------------------------------------- regression, forecasts


def mean_absolute_error(actual: Sequence[float], predicted: Sequence[float]) -> float:
    """Mean absolute error, in the unit of what is predicted.

    Args:
        actual: What happened, of length n.
        predicted: What was predicted, of length n.

    Raises:
        ValueError: The lengths differ, or nothing is given.
    """
    return fmean(abs(a - p) for a, p in _pairs(actual, predicted))


def root_mean_squared_error(actual: Sequence[float], predicted: Sequence[float]) -> float:
    """Root of the mean squared error, in the unit of what is predicted.

    Args:
        actual: What happened, of length n.
        predicted: What was predicted, of length n.

    Raises:
        ValueError: The lengths differ, or nothing is given.
    """
    return math.sqrt(fmean((a - p) ** 2 for a, p in _pairs(actual, predicted)))


def mean_absolute_percentage_error(actual: Sequence[float], predicted: Sequence[float]) -> float:
    """Mean of the errors relative to what happened; 0.1 is 10 %.

    On this and its relatives: R. J. Hyndman, A. B. Koehler, "Another look at measures of forecast
    accuracy", International Journal of Forecasting 22(4), 2006,
    https://doi.org/10.1016/j.ijforecast.2006.03.001.

    Args:
        actual: What happened, of length n, never 0.
        predicted: What was predicted, of length n.

    Raises:
        ValueError: The lengths differ, nothing is given, or something actual is 0.
    """
    if 0 in actual:
        raise ValueError("MAPE is undefined where something actual is 0: use WAPE")
    return fmean(abs(a - p) / abs(a) for a, p in _pairs(actual, predicted))


def symmetric_mape(actual: Sequence[float], predicted: Sequence[float]) -> float:
    """Mean of the errors relative to the mean of actual and predicted, from 0 to 2.

    Args:
        actual: What happened, of length n.
        predicted: What was predicted, of length n; a pair of zeros counts as no error.

    Raises:
        ValueError: The lengths differ, or nothing is given.
    """
    pairs = _pairs(actual, predicted)
    return fmean(2 * abs(a - p) / ((abs(a) + abs(p)) or 1) for a, p in pairs)


def weighted_absolute_percentage_error(
    actual: Sequence[float], predicted: Sequence[float]
) -> float:
    """Sum of the absolute errors over the sum of what happened; 0.1 is 10 %.

    Args:
        actual: What happened, of length n.
        predicted: What was predicted, of length n.

    Raises:
        ValueError: The lengths differ, nothing is given, or everything actual is 0.
    """
    errors = math.fsum(abs(a - p) for a, p in _pairs(actual, predicted))
    return _share(errors, math.fsum(map(abs, actual)), "WAPE", "everything actual is 0")


def pinball_loss(actual: Sequence[float], predicted: Sequence[float], quantile: float) -> float:
    """Mean loss that a forecast of one quantile minimises, in the unit of what is predicted.

    R. Koenker, G. Bassett, "Regression Quantiles", Econometrica 46(1), 1978,
    https://doi.org/10.2307/1913643.

    Args:
        actual: What happened, of length n.
        predicted: The forecast quantile, of length n.
        quantile: Which one, between 0 and 1; 0.9 makes too low nine times as dear as too high.

    Raises:
        ValueError: The lengths differ, nothing is given, or the quantile is not in (0, 1).
    """
    if not 0 < quantile < 1:
        raise ValueError(f"a quantile lies between 0 and 1, got {quantile:g}")
    return fmean(
        max(quantile * (a - p), (quantile - 1) * (a - p)) for a, p in _pairs(actual, predicted)
    )


# --------------------------------------------------------------------------- ranking


def precision_at_k(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Share of the first k places that hold something relevant; empty places count as wrong.

    Args:
        ranked: Items, the best first, each once.
        relevant: The items that are right.
        k: Places that are looked at; at least 1.

    Raises:
        ValueError: An item is ranked twice, or k is below 1.
    """
    return _hits(ranked, relevant, k) / k


def recall_at_k(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Share of what is relevant that is among the first k.

    Args:
        ranked: Items, the best first, each once.
        relevant: The items that are right; at least one.
        k: Places that are looked at; at least 1.

    Raises:
        ValueError: An item is ranked twice, nothing is relevant, or k is below 1.
    """
    return _share(_hits(ranked, relevant, k), len(set(relevant)), "recall", "nothing is relevant")


def hit_rate(
    rankings: Sequence[Sequence[Hashable]], relevant: Sequence[Collection[Hashable]], k: int
) -> float:
    """Share of the queries with at least one relevant item among the first k.

    Args:
        rankings: One ranking for each of n queries or users.
        relevant: What is relevant for each, of length n.
        k: Places that are looked at; at least 1.

    Raises:
        ValueError: The lengths differ, nothing is given, an item is ranked twice, or k is below 1.
    """
    return fmean(_hits(ranked, right, k) > 0 for ranked, right in _pairs(rankings, relevant))


def reciprocal_rank(ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """One over the place of the first relevant item; 0 where there is none.

    Args:
        ranked: Items, the best first, each once.
        relevant: The items that are right.

    Raises:
        ValueError: An item is ranked twice.
    """
    _check_distinct(ranked)
    return next((1 / place for place, item in enumerate(ranked, 1) if item in relevant), 0.0)


def mean_reciprocal_rank(
    rankings: Sequence[Sequence[Hashable]], relevant: Sequence[Collection[Hashable]]
) -> float:
    """Mean over queries of one over the place of the first relevant item.

    E. M. Voorhees, "The TREC-8 Question Answering Track Report", TREC 1999.

    Args:
        rankings: One ranking for each of n queries or users.
        relevant: What is relevant for each, of length n.

    Raises:
        ValueError: The lengths differ, nothing is given, or an item is ranked twice.
    """
    return fmean(reciprocal_rank(ranked, right) for ranked, right in _pairs(rankings, relevant))


def ranking_average_precision(ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Mean over all relevant items of the precision at their place; 0 for those not ranked.

    Args:
        ranked: Items, the best first, each once.
        relevant: The items that are right; at least one.

    Raises:
        ValueError: An item is ranked twice, or nothing is relevant.
    """
    _check_distinct(ranked)
    places = [place for place, item in enumerate(ranked, 1) if item in relevant]
    total = math.fsum(hits / place for hits, place in enumerate(places, 1))
    return _share(total, len(set(relevant)), "average precision", "nothing is relevant")


def mean_average_precision(
    rankings: Sequence[Sequence[Hashable]], relevant: Sequence[Collection[Hashable]]
) -> float:
    """Mean over queries of the average precision of their rankings.

    Args:
        rankings: One ranking for each of n queries or users.
        relevant: What is relevant for each, of length n; never nothing.

    Raises:
        ValueError: The lengths differ, an item is ranked twice, or a query has nothing relevant.
    """
    pairs = _pairs(rankings, relevant)
    return fmean(ranking_average_precision(ranked, right) for ranked, right in pairs)


def discounted_cumulative_gain(grades: Sequence[float], k: int) -> float:
    """Sum of 2^grade - 1 over the first k places, each divided by log2(place + 1).

    K. Järvelin, J. Kekäläinen, ACM TOIS 20(4), 2002, https://doi.org/10.1145/582415.582418; the
    exponential gain is from C. Burges et al., ICML 2005, https://doi.org/10.1145/1102351.1102363.

    Args:
        grades: Relevance of what stands at each place, 0 for nothing.
        k: Places that are looked at.
    """
    return math.fsum((2**g - 1) / math.log2(place + 1) for place, g in enumerate(grades[:k], 1))


def ndcg(ranked: Sequence[Hashable], grades: Mapping[Hashable, float], k: int) -> float:
    """Discounted cumulative gain at k over that of the best possible order.

    Args:
        ranked: Items, the best first, each once.
        grades: Relevance of every judged item, retrieved or not; others have 0.
        k: Places that are looked at; at least 1.

    Raises:
        ValueError: An item is ranked twice, no grade is above 0, or k is below 1.
    """
    _check_ranking(ranked, k)
    best = discounted_cumulative_gain(sorted(grades.values(), reverse=True), k)
    got = discounted_cumulative_gain([grades.get(item, 0) for item in ranked], k)
    return _share(got, best, "NDCG", "nothing is relevant")


def expected_reciprocal_rank(
    ranked: Sequence[Hashable], grades: Mapping[Hashable, float], top_grade: float
) -> float:
    """Expected 1 / place at which a reader who goes from the top is satisfied and stops.

    O. Chapelle et al., "Expected Reciprocal Rank for Graded Relevance", CIKM 2009,
    https://doi.org/10.1145/1645953.1646033.

    Args:
        ranked: Items, the best first, each once.
        grades: Relevance of every judged item; others have 0.
        top_grade: The highest grade that the scale has; an item satisfies with probability
            (2^grade - 1) / 2^top_grade.

    Raises:
        ValueError: An item is ranked twice, or a grade is above the highest.
    """
    _check_distinct(ranked)
    if any(not 0 <= grade <= top_grade for grade in grades.values()):
        raise ValueError(f"grades lie between 0 and {top_grade:g}")
    expected, still_reading = 0.0, 1.0
    for place, item in enumerate(ranked, 1):
        satisfied = (2 ** grades.get(item, 0) - 1) / 2**top_grade
        expected += still_reading * satisfied / place
        still_reading *= 1 - satisfied
    return expected


def rank_biased_precision(
    ranked: Sequence[Hashable], relevant: Collection[Hashable], persistence: float = 0.8
) -> float:
    """Relevant items a step that a reader sees who goes on with a fixed probability.

    A. Moffat, J. Zobel, "Rank-biased precision for measurement of retrieval effectiveness", ACM
    TOIS 27(1), 2008, https://doi.org/10.1145/1416950.1416952.

    Args:
        ranked: Items, the best first, each once.
        relevant: The items that are right.
        persistence: The probability of looking at the next place, in [0, 1).

    Raises:
        ValueError: An item is ranked twice, or the persistence is out of range.
    """
    _check_distinct(ranked)
    if not 0 <= persistence < 1:
        raise ValueError(f"persistence lies in [0, 1), got {persistence:g}")
    seen = math.fsum(persistence**at for at, item in enumerate(ranked) if item in relevant)
    return (1 - persistence) * seen


# --------------------------------------------------------------------------- beyond accuracy


def catalogue_coverage(lists: Sequence[Sequence[Hashable]], catalogue: int) -> float:
    """Share of the catalogue that at least one list shows.

    M. Ge, C. Delgado-Battenfeld, D. Jannach, RecSys 2010,
    https://doi.org/10.1145/1864708.1864761.

    Args:
        lists: What each user is shown.
        catalogue: Items that could be shown.

    Raises:
        ValueError: The catalogue is empty, or smaller than what is shown.
    """
    shown = {item for each in lists for item in each}
    if catalogue < max(len(shown), 1):
        raise ValueError(f"a catalogue of {catalogue} cannot show {len(shown)} items")
    return len(shown) / catalogue


def jaccard_distance(first: Collection[Hashable], second: Collection[Hashable]) -> float:
    """One minus the share of the tags of two items that both have; 0 where neither has any.

    Args:
        first: Tags of one item.
        second: Tags of the other.
    """
    every = set(first) | set(second)
    return len(set(first) ^ set(second)) / len(every) if every else 0.0


def intra_list_diversity(items: Sequence[Item], distance: Callable[[Item, Item], float]) -> float:
    """Mean distance between the items of one list, over all pairs.

    One minus the similarity that C.-N. Ziegler et al., "Improving Recommendation Lists Through
    Topic Diversification", WWW 2005, https://doi.org/10.1145/1060745.1060754, average likewise.

    Args:
        items: What the list shows, as whatever the distance reads: tags, or vectors.
        distance: How far two of them are apart, usually from 0 to 1.

    Raises:
        ValueError: There are fewer than two items.
    """
    if len(items) < 2:
        raise ValueError("diversity is undefined: a list needs two items")
    return fmean(distance(a, b) for a, b in combinations(items, 2))


def novelty(ranked: Sequence[Hashable], shares: Mapping[Hashable, float]) -> float:
    """Mean of -log2 of the share of users who know an item, in bits.

    S. Vargas, P. Castells, RecSys 2011, https://doi.org/10.1145/2043932.2043955, write the
    discovery model; this is its popularity case without a discount by place.

    Args:
        ranked: What the list shows.
        shares: For each item the share of users who have met it, above 0 and at most 1.

    Raises:
        ValueError: The list is empty, or a share is out of range.
    """
    known = [shares[item] for item in ranked]
    if not known or any(not 0 < share <= 1 for share in known):
        raise ValueError("novelty needs a list, and shares above 0 and at most 1")
    return -fmean(map(math.log2, known))


def gini(exposures: Sequence[float]) -> float:
    """Inequality of exposure: 0 where all get the same, near 1 where one gets all.

    Args:
        exposures: Impressions of each item or author, zeros included, of length n.

    Raises:
        ValueError: There is none, one is negative, or all are 0.
    """
    if any(each < 0 for each in exposures):
        raise ValueError("exposures are not negative")
    n, total = len(exposures), math.fsum(exposures)
    ranked = math.fsum(place * each for place, each in enumerate(sorted(exposures), 1))
    return _share(2 * ranked - (n + 1) * total, n * total, "Gini", "nothing is shown")


def miscalibration(
    history: Mapping[str, float], shown: Mapping[str, float], smoothing: float = 0.01
) -> float:
    """Distance between the mix of a user's history and that of what is shown, in nats.

    The KL divergence of H. Steck, "Calibrated Recommendations", RecSys 2018,
    https://doi.org/10.1145/3240323.3240372, with his smoothing.

    Args:
        history: Share of each kind in what the user chose; adds to 1.
        shown: Share of each kind in what is shown; adds to 1.
        smoothing: The part of the history that is mixed into what is shown, so that a kind
            which is not shown gives no infinity.

    Raises:
        ValueError: Shares do not add to 1, or the smoothing is not in (0, 1].
    """
    if not 0 < smoothing <= 1:
        raise ValueError(f"smoothing lies in (0, 1], got {smoothing:g}")
    kinds = sorted({*history, *shown})
    wanted = [history.get(kind, 0.0) for kind in kinds]
    mixed = [
        (1 - smoothing) * shown.get(kind, 0.0) + smoothing * history.get(kind, 0.0)
        for kind in kinds
    ]
    return kl_divergence(wanted, mixed)


# --------------------------------------------------------------------------- experiments, uplift


def relative_lift(
    control_successes: float,
    control_users: float,
    treated_successes: float,
    treated_users: float,
    confidence: float = 0.95,
) -> Interval:
    """Relative change of a rate from control to treatment, with its interval; 0.01 is 1 %.

    The interval is that of a ratio of two rates, symmetric in its logarithm: D. Katz et al.,
    Biometrics 34(3), 1978, https://doi.org/10.2307/2530610.

    Args:
        control_successes: Users with the outcome in the control arm.
        control_users: All users in the control arm.
        treated_successes: Users with the outcome in the treated arm.
        treated_users: All users in the treated arm.
        confidence: The share of such intervals that hold the true value.

    Raises:
        ValueError: An arm has no success, or more of them than users.
    """
    arms = ((control_successes, control_users), (treated_successes, treated_users))
    if any(not 0 < successes <= users for successes, users in arms):
        raise ValueError("each arm needs a success, and no more of them than users")
    ratio = treated_successes / treated_users / (control_successes / control_users)
    variance = math.fsum(1 / successes - 1 / users for successes, users in arms)
    factor = math.exp(_two_sided(confidence) * math.sqrt(variance))
    return Interval(ratio - 1, ratio / factor - 1, ratio * factor - 1)


def sample_ratio_p_value(
    control_users: float, treated_users: float, treated_share: float = 0.5
) -> float:
    """Probability of a split at least this uneven if the assignment works as planned.

    Chi-square test with one degree of freedom. A. Fabijan et al., "Diagnosing Sample Ratio Mismatch
    in Online Controlled Experiments", KDD 2019, https://doi.org/10.1145/3292500.3330722.

    Args:
        control_users: Users counted in the control arm.
        treated_users: Users counted in the treated arm.
        treated_share: The planned share of the treated arm, between 0 and 1.

    Raises:
        ValueError: There are no users, or the planned share is not in (0, 1).
    """
    users = control_users + treated_users
    if users <= 0 or not 0 < treated_share < 1:
        raise ValueError("a sample ratio needs users and a planned share between 0 and 1")
    variance = users * treated_share * (1 - treated_share)
    chi_square = (treated_users - users * treated_share) ** 2 / variance
    return math.erfc(math.sqrt(chi_square / 2))


def qini_curve(
    uplifts: Sequence[float], treated: Sequence[int], outcomes: Sequence[float]
) -> list[float]:
    """Extra outcomes from treating the first 0, 1, ... n people by predicted uplift.

    Among the first t it is the treated people's outcomes less the control's, scaled to as many
    people: N. J. Radcliffe, "Using control groups to target on predicted lift", Direct Marketing
    Analytics Journal, 2007.

    Args:
        uplifts: Predicted effect of the treatment on each person, of length n.
        treated: 1 for who was treated at random and 0 for who was not, of length n.
        outcomes: What each did, such as 0 or 1 for a purchase, of length n.

    Returns:
        n + 1 values, the first 0. While one arm has nobody yet, the control's part is 0.

    Raises:
        ValueError: The lengths differ, or an arm is empty.
    """
    curve = [0.0]
    for (people, got), (others, without) in _arms(uplifts, treated, outcomes):
        curve.append(got - (without * people / others if others else 0.0))
    return curve


def qini_coefficient(
    uplifts: Sequence[float], treated: Sequence[int], outcomes: Sequence[float]
) -> float:
    """Area between the Qini curve and the straight line to its end, for each person squared.

    So it is in outcomes per person, 0 on average for a random order; other texts divide by the
    area of a perfect order or do not divide at all.

    Args:
        uplifts: Predicted effect of the treatment on each person, of length n.
        treated: 1 for who was treated at random and 0 for who was not, of length n.
        outcomes: What each did, of length n.

    Raises:
        ValueError: The lengths differ, or an arm is empty.
    """
    curve = qini_curve(uplifts, treated, outcomes)
    n = len(outcomes)
    return math.fsum((a + b) / 2 for a, b in pairwise(curve)) / n**2 - curve[-1] / n / 2


def auuc(uplifts: Sequence[float], treated: Sequence[int], outcomes: Sequence[float]) -> float:
    """Area under the uplift curve, in outcomes per person.

    At t the curve is the difference of the arms' mean outcomes among the first t, times t / n:
    P. Gutierrez, J.-Y. Gérardy, "Causal Inference and Uplift Modelling: A Review of the
    Literature", PMLR 67, 2017.

    Args:
        uplifts: Predicted effect of the treatment on each person, of length n.
        treated: 1 for who was treated at random and 0 for who was not, of length n.
        outcomes: What each did, of length n.

    Raises:
        ValueError: The lengths differ, or an arm is empty.
    """
    n = len(outcomes)
    curve = [0.0]
    for (people, got), (others, without) in _arms(uplifts, treated, outcomes):
        effect = got / (people or 1) - without / (others or 1)
        curve.append(effect * (people + others) / n)
    return math.fsum((a + b) / 2 for a, b in pairwise(curve)) / n


# --------------------------------------------------------------------------- generation


def perplexity(log_probabilities: Sequence[float]) -> float:
    """Exponential of the mean negative log-probability of the tokens that came.

    Args:
        log_probabilities: Natural logarithms that the model gave to each token, none above 0.

    Raises:
        ValueError: There is no token, or a logarithm is above 0.
    """
    if not log_probabilities or max(log_probabilities) > 0:
        raise ValueError("perplexity needs tokens, and no log-probability above 0")
    return math.exp(-fmean(log_probabilities))


def exact_match(answer: str, references: Sequence[str]) -> float:
    """1 where the answer equals a reference, but for case, punctuation and articles; else 0.

    As for SQuAD: P. Rajpurkar et al., EMNLP 2016, https://arxiv.org/abs/1606.05250, section 6.1.

    Args:
        answer: What was generated.
        references: Answers that are right; at least one.

    Raises:
        ValueError: There is no reference.
    """
    _check_references(references)
    return float(any(_answer_words(answer) == _answer_words(each) for each in references))


def token_f1(answer: str, references: Sequence[str]) -> float:
    """F1 between the words of the answer and those of the best reference, as bags.

    As for SQuAD: P. Rajpurkar et al., EMNLP 2016, https://arxiv.org/abs/1606.05250, section 6.1.

    Args:
        answer: What was generated.
        references: Answers that are right; at least one.

    Raises:
        ValueError: There is no reference.
    """
    _check_references(references)
    given = Counter(_answer_words(answer))
    right = [Counter(_answer_words(each)) for each in references]
    return max(_f1((given & each).total(), given.total(), each.total()) for each in right)


def bleu(
    candidates: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    longest: int = 4,
) -> float:
    """Geometric mean of clipped n-gram precisions over a corpus, times a penalty for brevity.

    K. Papineni et al., ACL 2002, https://doi.org/10.3115/1073083.1073135. Without smoothing: 0
    where a length of n-gram never matches, as it is for most single sentences. Tokenisation changes
    it by points: M. Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018,
    https://arxiv.org/abs/1804.08771.

    Args:
        candidates: Tokens of what was generated, for each of n segments.
        references: Tokens of one or more references, for each of n segments.
        longest: The longest n-gram that counts.

    Raises:
        ValueError: The lengths differ, a segment has no reference, or all candidates are empty.
    """
    pairs = _pairs(candidates, references)
    length = sum(map(len, candidates))
    if not length or not all(references):
        raise ValueError("BLEU needs words, and a reference for each segment")
    wanted = sum(
        min((abs(len(each) - len(given)), len(each)) for each in right)[1] for given, right in pairs
    )
    logs = 0.0
    for n in range(1, longest + 1):
        matched = sum(_clipped(given, right, n) for given, right in pairs)
        if not matched:
            return 0.0
        possible = sum(max(len(given) - n + 1, 0) for given in candidates)
        logs += math.log(matched / possible) / longest
    return math.exp(logs + min(0.0, 1 - wanted / length))


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of the longest common subsequence of two texts.

    C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", ACL workshop, 2004,
    https://aclanthology.org/W04-1013/, with beta = 1.

    Args:
        candidate: Tokens of what was generated.
        reference: Tokens of the reference.
    """
    longest = [0] * (len(reference) + 1)
    for word in candidate:
        corner = 0
        for at, other in enumerate(reference, 1):
            above = longest[at]
            longest[at] = corner + 1 if word == other else max(above, longest[at - 1])
            corner = above
    return _f1(longest[-1], len(candidate), len(reference))


def wilson_interval(successes: float, trials: float, confidence: float = 0.95) -> Interval:
    """A share with its interval, which stays within 0 and 1 and is honest for small samples.

    E. B. Wilson, JASA 22(158), 1927, https://doi.org/10.1080/01621459.1927.10502953.

    Args:
        successes: How many were right.
        trials: How many were judged, independently of each other.
        confidence: The share of such intervals that hold the true value.

    Raises:
        ValueError: Nothing was judged, or more were right than judged.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError("a share needs trials, and between 0 and all of them right")
    z, share = _two_sided(confidence), successes / trials
    centre = share + z**2 / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return Interval(share, max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0))


def win_rate(wins: float, ties: float, losses: float, confidence: float = 0.95) -> Interval:
    """Share of comparisons that a judge gives to the candidate, ties half, with its interval.

    The interval is Wilson's, and a little too wide where there are ties.

    Args:
        wins: Comparisons that the candidate wins.
        ties: Comparisons without a winner.
        losses: Comparisons that it loses.
        confidence: The share of such intervals that hold the true value.

    Raises:
        ValueError: There are no comparisons.
    """
    return wilson_interval(wins + ties / 2, wins + ties + losses, confidence)


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Agreement of two raters beyond what their habits alone would give; 1 is full agreement.

    J. Cohen, Educational and Psychological Measurement 20(1), 1960,
    https://doi.org/10.1177/001316446002000104.

    Args:
        first: One rater's categories, of length n.
        second: The other's, of length n.

    Raises:
        ValueError: The lengths differ, nothing is given, or both always say the same one thing.
    """
    pairs = _pairs(first, second)
    agreed = fmean(a == b for a, b in pairs)
    habits, others = Counter(first), Counter(second)
    chance = sum(habits[kind] * others[kind] for kind in habits) / len(pairs) ** 2
    return _share(agreed - chance, 1 - chance, "kappa", "both raters only know one category")


def pass_at_k(samples: int, correct: int, k: int) -> float:
    """Probability that at least one of k attempts is right, estimated without bias from more.

    M. Chen et al., "Evaluating Large Language Models Trained on Code", 2021,
    https://arxiv.org/abs/2107.03374, section 2.1.

    Args:
        samples: Attempts made at one problem.
        correct: How many of them passed.
        k: Attempts that a user would have; at most `samples`.

    Raises:
        ValueError: More passed than were made, or k is not between 1 and `samples`.
    """
    if not 0 <= correct <= samples or not 1 <= k <= samples:
        raise ValueError("pass@k needs 0 <= correct <= samples and 1 <= k <= samples")
    return 1 - math.comb(samples - correct, k) / math.comb(samples, k)


# --------------------------------------------------------------------------- retrieval for answers


def context_precision(useful: Sequence[int]) -> float:
    """Mean of the precision at each useful passage, from the top; 0 where none is useful.

    As in Ragas, https://docs.ragas.io/en/stable/concepts/metrics/available_metrics/: an average
    precision whose relevant items are only those that were retrieved.

    Args:
        useful: 1 for each passage that helps to answer and 0 for others, in the order of retrieval.
    """
    places = [place for place, flag in enumerate(useful, 1) if flag]
    return fmean(hits / place for hits, place in enumerate(places, 1)) if places else 0.0


def context_recall(supported: Sequence[int]) -> float:
    """Share of the statements of a reference answer that the retrieved passages support.

    S. Es et al., "Ragas: Automated Evaluation of Retrieval Augmented Generation", EACL 2024,
    https://arxiv.org/abs/2309.15217, and its library's documentation.

    Args:
        supported: 1 for each statement that a passage supports and 0 for others.

    Raises:
        ValueError: There is no statement.
    """
    return _share(sum(supported), len(supported), "context recall", "there is no statement")


# --------------------------------------------------------------------------- serving


def percentile(values: Sequence[float], percent: float) -> float:
    """Smallest value that at least so many per cent of the values do not exceed (nearest rank).

    Args:
        values: Latencies, or anything else that is ordered.
        percent: Above 0 and at most 100.

    Raises:
        ValueError: There are no values, or the percentage is out of range.
    """
    if not values or not 0 < percent <= 100:
        raise ValueError("a percentile needs values, and a percentage above 0 and at most 100")
    # Float noise must not move the rank: 0.07 * 100 is 7.000000000000001.
    return sorted(values)[math.ceil(round(percent * len(values) / 100, 9)) - 1]


def goodput(
    first_token_ms: Sequence[float],
    per_token_ms: Sequence[float],
    first_token_limit_ms: float,
    per_token_limit_ms: float,
    seconds: float,
) -> float:
    """Requests a second that meet both promises: on the first token, and on the pace after it.

    Y. Zhong et al., "DistServe", OSDI 2024, https://arxiv.org/abs/2401.09670, define goodput as the
    highest rate at which a set share of requests meets them; this counts those that did.

    Args:
        first_token_ms: Time to the first token of each of n requests.
        per_token_ms: Mean time for each further token, of length n.
        first_token_limit_ms: The promise for the first.
        per_token_limit_ms: The promise for each further one.
        seconds: How long the n requests were observed.

    Raises:
        ValueError: The lengths differ, nothing is given, or no time passed.
    """
    pairs = _pairs(first_token_ms, per_token_ms)
    met = sum(first <= first_token_limit_ms and pace <= per_token_limit_ms for first, pace in pairs)
    return _share(met, seconds, "goodput", "no time passed")


def availability(good_requests: float, requests: float) -> float:
    """Share of valid requests that were answered well.

    Args:
        good_requests: Requests that were answered, right and in time.
        requests: All valid requests.

    Raises:
        ValueError: There were no requests.
    """
    if requests <= 0:
        raise ValueError("availability is undefined: there were no requests")
    return good_requests / requests


def burn_rate(measured: float, target: float) -> float:
    """How many times faster than allowed the error budget is spent; 1 spends it just in time.

    B. Beyer et al. (editors), "The Site Reliability Workbook", 2018, chapter 5,
    https://sre.google/workbook/alerting-on-slos/.

    Args:
        measured: The availability of a window, from 0 to 1.
        target: The promised one, from 0 to below 1.

    Raises:
        ValueError: The target allows no error.
    """
    if not 0 <= target < 1:
        raise ValueError("a burn rate needs a target below 1: 1 leaves no error budget")
    return (1 - measured) / (1 - target)


# --------------------------------------------------------------------------- drift


def population_stability_index(expected: Sequence[float], actual: Sequence[float]) -> float:
    """Sum over bins of the change of their share times the change of its logarithm, in nats.

    The KL divergences of both directions added. N. Siddiqi, "Credit Risk Scorecards", 2006.

    Args:
        expected: Counts or shares of each bin in the reference, all above 0.
        actual: Counts or shares of each bin now, all above 0, of the same length.

    Raises:
        ValueError: The lengths differ, or a bin is empty.
    """
    if min(*expected, *actual, 1) <= 0:
        raise ValueError("PSI is undefined with an empty bin: merge it with its neighbour")
    pairs = _pairs(_shares(expected), _shares(actual))
    return math.fsum((a - e) * math.log(a / e) for e, a in pairs)


def kolmogorov_smirnov(first: Sequence[float], second: Sequence[float]) -> float:
    """Largest distance between two empirical distribution functions, from 0 to 1.

    F. J. Massey, "The Kolmogorov-Smirnov Test for Goodness of Fit", JASA 46(253), 1951,
    https://doi.org/10.1080/01621459.1951.10500769.

    Args:
        first: A sample of any size.
        second: Another, of any size.

    Raises:
        ValueError: A sample is empty.
    """
    if not first or not second:
        raise ValueError("a distance of samples needs two that are not empty")
    one, other = sorted(first), sorted(second)
    return max(
        abs(bisect_right(one, x) / len(one) - bisect_right(other, x) / len(other))
        for x in (*one, *other)
    )


def kl_divergence(actual: Sequence[float], model: Sequence[float]) -> float:
    """Extra nats an event costs when it is coded by one distribution and drawn from another.

    S. Kullback, R. A. Leibler, Annals of Mathematical Statistics 22(1), 1951,
    https://doi.org/10.1214/aoms/1177729694.

    Args:
        actual: Probabilities of what happens; add to 1.
        model: Probabilities that are believed, of the same length; add to 1.

    Returns:
        Infinity where something happens that is believed impossible.

    Raises:
        ValueError: The lengths differ, or probabilities do not add to 1.
    """
    _check_distribution(actual)
    _check_distribution(model)
    pairs = [(p, q) for p, q in _pairs(actual, model) if p]
    if any(not q for _, q in pairs):
        return math.inf
    return math.fsum(p * math.log(p / q) for p, q in pairs)


def js_divergence(first: Sequence[float], second: Sequence[float]) -> float:
    """Mean KL divergence of two distributions from their middle, in bits: 0 same, 1 disjoint.

    J. Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information
    Theory 37(1), 1991, https://doi.org/10.1109/18.61115.

    Args:
        first: Probabilities; add to 1.
        second: Probabilities, of the same length; add to 1.

    Raises:
        ValueError: The lengths differ, or probabilities do not add to 1.
    """
    middle = [(p + q) / 2 for p, q in _pairs(first, second)]
    return (kl_divergence(first, middle) + kl_divergence(second, middle)) / 2 / math.log(2)


# --------------------------------------------------------------------------- what they share


_First = TypeVar("_First")
_Second = TypeVar("_Second")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _pairs(first: Sequence[_First], second: Sequence[_Second]) -> list[tuple[_First, _Second]]:
    if len(first) != len(second):
        raise ValueError(f"two lists of one length, not of {len(first)} and {len(second)}")
    if not first:
        raise ValueError("a metric needs at least one example")
    return list(zip(first, second, strict=True))


def _share(part: float, whole: float, name: str, why: str) -> float:
    if not whole:
        raise ValueError(f"{name} is undefined: {why}")
    return part / whole


def _shares(counts: Sequence[float]) -> list[float]:
    total = math.fsum(counts)
    return [count / total for count in counts]


def _check_labels(labels: Sequence[int], scores: Sequence[float]) -> None:
    if any(label not in (0, 1) for label, _ in _pairs(labels, scores)):
        raise ValueError("a label is 0 or 1")


def _check_probabilities(labels: Sequence[int], probabilities: Sequence[float]) -> None:
    _check_labels(labels, probabilities)
    if any(not 0 <= each <= 1 for each in probabilities):
        raise ValueError("a probability lies between 0 and 1")


def _check_distribution(probabilities: Sequence[float]) -> None:
    if min(probabilities, default=-1) < 0 or not math.isclose(
        math.fsum(probabilities), 1, abs_tol=1e-9
    ):
        raise ValueError("probabilities are not negative and add to 1")


def _check_distinct(ranked: Sequence[Hashable]) -> None:
    twice = [item for item, count in Counter(ranked).items() if count > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} is ranked twice")


def _check_ranking(ranked: Sequence[Hashable], k: int) -> None:
    _check_distinct(ranked)
    if k < 1:
        raise ValueError(f"k is at least 1, got {k}")


def _check_references(references: Sequence[str]) -> None:
    if not references:
        raise ValueError("an answer is compared with at least one reference")


def _hits(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> int:
    _check_ranking(ranked, k)
    return sum(item in relevant for item in ranked[:k])


def _two_sided(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, got {confidence:g}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


_Arm = tuple[int, float]


def _arms(
    uplifts: Sequence[float], treated: Sequence[int], outcomes: Sequence[float]
) -> list[tuple[_Arm, _Arm]]:
    """People and outcomes of the treated and of the control among the first 1, 2, ... n."""
    people = _pairs(uplifts, _pairs(treated, outcomes))
    sizes, sums = [0, 0], [0.0, 0.0]
    found: list[tuple[_Arm, _Arm]] = []
    for _, (arm, outcome) in sorted(people, key=lambda person: -person[0]):
        sizes[arm] += 1
        sums[arm] += outcome
        found.append(((sizes[1], sums[1]), (sizes[0], sums[0])))
    if not all(sizes):
        raise ValueError("uplift needs people who were treated and people who were not")
    return found


def _answer_words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _f1(common: float, given: float, wanted: float) -> float:
    return 2 * common / (given + wanted) if given + wanted else 1.0


def _clipped(given: Sequence[str], references: Sequence[Sequence[str]], n: int) -> int:
    """N-grams of a candidate that a reference has, each as often as the reference that has most."""
    most: Counter[tuple[str, ...]] = Counter()
    for each in references:
        most |= _grams(each, n)
    return (_grams(given, n) & most).total()


def _grams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
