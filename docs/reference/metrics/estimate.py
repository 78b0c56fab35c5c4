"""The worked values of the metrics page: tiny examples, given to the package's own functions.

The examples are chosen so that every value can be checked by hand. Four of them serve a whole
group of metrics: 10,000 payments, eight scores, four forecasts, five search results.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist, fmean

from handbook import metrics
from handbook.estimate import assumed, chapter

framework = chapter("framework")

# --------------------------------------------------------------------------- 10,000 payments

PAYMENTS = assumed(10_000, "payments", "a round number")
FRAUDS = assumed(100, "payments", "one in a hundred is fraud")
FLAGGED = assumed(200, "payments", "what a team can review")
CAUGHT = assumed(80, "payments", "frauds among the flagged")

COUNTS = metrics.Confusion(
    CAUGHT, FLAGGED - CAUGHT, FRAUDS - CAUGHT, PAYMENTS - FLAGGED - FRAUDS + CAUGHT
)
ALLOW_ALL = metrics.Confusion(0, 0, FRAUDS, PAYMENTS - FRAUDS)


def accuracy() -> float:
    """Share of payments decided rightly."""
    return metrics.accuracy(COUNTS)


def accuracy_of_allowing_all() -> float:
    """Share of payments decided rightly by a rule that flags nothing."""
    return metrics.accuracy(ALLOW_ALL)


def precision() -> float:
    """Share of flagged payments that are fraud."""
    return metrics.precision(COUNTS)


def recall() -> float:
    """Share of frauds that are flagged."""
    return metrics.recall(COUNTS)


def false_positive_rate() -> float:
    """Share of good payments that are flagged."""
    return metrics.false_positive_rate(COUNTS)


def f_beta(beta: float = 1.0) -> float:
    """Weighted harmonic mean of precision and recall of the payments.

    Args:
        beta: How many times as important recall is as precision.
    """
    return metrics.f_beta(COUNTS, beta)


def balanced_accuracy() -> float:
    """Mean of the recall of frauds and that of good payments."""
    return metrics.balanced_accuracy(COUNTS)


def matthews() -> float:
    """Correlation between fraud and flag."""
    return metrics.matthews_correlation(COUNTS)


# --------------------------------------------------------------------------- eight scores

LABELS = (1, 1, 0, 1, 0, 0, 1, 0)
SCORES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)
FLOOR = assumed(0.75, "precision", "the lowest that reviewers accept, in this example")
BINS = assumed(5, "bins", "eight scores fill no more")


def auc_roc() -> float:
    """Share of pairs of a positive and a negative that the scores order rightly."""
    return metrics.auc_roc(LABELS, SCORES)


def average_precision() -> float:
    """Area under the steps of the precision-recall curve of the eight scores."""
    return metrics.average_precision(LABELS, SCORES)


def recall_at_precision(floor: float = FLOOR) -> float:
    """Highest recall of the eight scores at a precision that is not below the floor.

    Args:
        floor: The lowest precision that will do.
    """
    return metrics.recall_at_precision(LABELS, SCORES, floor)


def log_loss() -> float:
    """Mean negative log-likelihood of the eight labels, in nats."""
    return metrics.log_loss(LABELS, SCORES)


def normalized_entropy() -> float:
    """Log loss of the eight scores over that of the base rate."""
    return metrics.normalized_entropy(LABELS, SCORES)


def brier_score() -> float:
    """Mean squared distance of the eight scores from their labels."""
    return metrics.brier_score(LABELS, SCORES)


def calibration_error(bins: float = BINS) -> float:
    """Mean gap between predicted and observed rate of the eight scores.

    Args:
        bins: Parts into which the scale is cut.
    """
    return metrics.expected_calibration_error(LABELS, SCORES, int(bins))


def calibration_error_closed_above(bins: float = BINS) -> float:
    """The same gap where a score on an edge belongs to the bin below it.

    Args:
        bins: Parts into which the scale is cut.
    """
    # Seen from the other end, what was above an edge is below it; rounding keeps 1 - 0.8 on it.
    labels = [1 - label for label in LABELS]
    scores = [round(1 - score, 10) for score in SCORES]
    return metrics.expected_calibration_error(labels, scores, int(bins))


def calibration_ratio() -> float:
    """Positives that the eight scores predict, over those that are."""
    return math.fsum(SCORES) / sum(LABELS)


# --------------------------------------------------------------------------- the same scores, rarer

ITEMS = assumed(10_000, "items", "enough for smooth curves")
DISTANCE = assumed(2, "standard deviations", "between the mean scores of the two classes")
RARE = assumed(0.01, "of items", "positives among all, as in fraud")
EVEN = assumed(0.5, "of items", "positives among all, as in a balanced test set")


@cache
def bell_curves(base_rate: float, items: float = ITEMS) -> tuple[list[int], list[float]]:
    """Labels and scores: negatives as a bell curve around 0, positives as one around `DISTANCE`.

    Evenly spaced quantiles instead of random draws, so that every run gives the same curve.

    Args:
        base_rate: Share of positives.
        items: Positives and negatives together.
    """
    positives = round(items * base_rate)
    negatives = round(items) - positives
    high, low = NormalDist(float(DISTANCE)), NormalDist()
    scores = [high.inv_cdf((at + 0.5) / positives) for at in range(positives)]
    scores += [low.inv_cdf((at + 0.5) / negatives) for at in range(negatives)]
    return [1] * positives + [0] * negatives, scores


def curve_auc(base_rate: float = RARE) -> float:
    """AUC of the two bell curves.

    Args:
        base_rate: Share of positives.
    """
    return metrics.auc_roc(*bell_curves(base_rate))


def curve_average_precision(base_rate: float = RARE) -> float:
    """Average precision of the two bell curves.

    Args:
        base_rate: Share of positives.
    """
    return metrics.average_precision(*bell_curves(base_rate))


@cache
def curve_points(base_rate: float) -> list[metrics.Confusion]:
    """Counts at every threshold of the two bell curves, from the strictest.

    Args:
        base_rate: Share of positives.
    """
    return metrics.operating_points(*bell_curves(base_rate))


def at_recall(share: float = 0.8, base_rate: float = RARE) -> metrics.Confusion:
    """Counts at the strictest threshold that finds a share of the positives.

    Args:
        share: The share to be found.
        base_rate: Share of positives.
    """
    return next(each for each in curve_points(base_rate) if metrics.recall(each) >= share)


def precision_at_recall(share: float = 0.8, base_rate: float = RARE) -> float:
    """Precision of the two bell curves where a share of the positives is found.

    Args:
        share: The share to be found.
        base_rate: Share of positives.
    """
    return metrics.precision(at_recall(share, base_rate))


def false_positives_at_recall(share: float = 0.8, base_rate: float = RARE) -> float:
    """False positive rate of the two bell curves where a share of the positives is found.

    Args:
        share: The share to be found.
        base_rate: Share of positives.
    """
    return metrics.false_positive_rate(at_recall(share, base_rate))


# --------------------------------------------------------------------------- calibration

SHARPENING = assumed(2, "times the log-odds", "what an overconfident model reports")


@cache
def honest() -> tuple[list[int], list[float]]:
    """Labels and probabilities of a calibrated model: 100 items at each of ten probabilities."""
    labels: list[int] = []
    probabilities: list[float] = []
    for percent in range(5, 100, 10):
        labels += [1] * percent + [0] * (100 - percent)
        probabilities += [percent / 100] * 100
    return labels, probabilities


def overconfident() -> tuple[list[int], list[float]]:
    """The same labels with probabilities pushed outwards; the order stays."""
    labels, probabilities = honest()
    return labels, [sharpened(p) for p in probabilities]


def sharpened(probability: float, factor: float = SHARPENING) -> float:
    """A probability with its log-odds multiplied.

    Args:
        probability: Above 0 and below 1.
        factor: What the log-odds are multiplied by.
    """
    return 1 / (1 + ((1 - probability) / probability) ** factor)


def honest_auc() -> float:
    """AUC of the calibrated model."""
    return metrics.auc_roc(*honest())


def overconfident_auc() -> float:
    """AUC of the overconfident model."""
    return metrics.auc_roc(*overconfident())


def honest_error() -> float:
    """Calibration error of the calibrated model, ten bins."""
    return metrics.expected_calibration_error(*honest())


def overconfident_error() -> float:
    """Calibration error of the overconfident model, ten bins."""
    return metrics.expected_calibration_error(*overconfident())


# --------------------------------------------------------------------------- four forecasts

ACTUAL = (100.0, 50.0, 10.0, 40.0)
FORECAST = (110.0, 40.0, 20.0, 40.0)
QUANTILE = assumed(0.9, "of days", "demand is to be met on nine days of ten")


def mae() -> float:
    """Mean absolute error of the four forecasts, in pieces."""
    return metrics.mean_absolute_error(ACTUAL, FORECAST)


def rmse() -> float:
    """Root mean squared error of the four forecasts, in pieces."""
    return metrics.root_mean_squared_error(ACTUAL, FORECAST)


def mape() -> float:
    """Mean absolute percentage error of the four forecasts."""
    return metrics.mean_absolute_percentage_error(ACTUAL, FORECAST)


def smape() -> float:
    """Symmetric MAPE of the four forecasts, from 0 to 2."""
    return metrics.symmetric_mape(ACTUAL, FORECAST)


def wape() -> float:
    """Weighted absolute percentage error of the four forecasts."""
    return metrics.weighted_absolute_percentage_error(ACTUAL, FORECAST)


def pinball(quantile: float = QUANTILE) -> float:
    """Pinball loss of the four forecasts, in pieces.

    Args:
        quantile: The quantile that they are meant to be.
    """
    return metrics.pinball_loss(ACTUAL, FORECAST, quantile)


# --------------------------------------------------------------------------- five results

RESULTS = ("a", "b", "c", "d", "e")
GRADES = {"a": 3.0, "c": 2.0, "e": 1.0, "x": 2.0}
RELEVANT = frozenset(GRADES)
CUT = assumed(5, "places", "the first screen")
TOP_GRADE = assumed(3, "grade", "the scale goes from 0 to 3")
PERSISTENCE = assumed(0.8, "probability", "a reader who goes on four times in five")
# The second query's only answer stands third; the third query's is not there.
RANKINGS = (RESULTS, ("f", "g", "h", "i", "j"), ("k", "l", "m", "n", "o"))
RIGHT = (RELEVANT, frozenset({"h"}), frozenset({"z"}))


def precision_at_k(k: float = CUT) -> float:
    """Share of the first k results that are relevant.

    Args:
        k: Places that are looked at.
    """
    return metrics.precision_at_k(RESULTS, RELEVANT, int(k))


def recall_at_k(k: float = CUT) -> float:
    """Share of the relevant items that are among the first k results.

    Args:
        k: Places that are looked at.
    """
    return metrics.recall_at_k(RESULTS, RELEVANT, int(k))


def hit_rate(k: float = CUT) -> float:
    """Share of the three queries with something relevant among the first k.

    Args:
        k: Places that are looked at.
    """
    return metrics.hit_rate(RANKINGS, RIGHT, int(k))


def mrr() -> float:
    """Mean reciprocal rank of the three queries."""
    return metrics.mean_reciprocal_rank(RANKINGS, RIGHT)


def map_first() -> float:
    """Average precision of the first query."""
    return metrics.ranking_average_precision(RESULTS, RELEVANT)


def mean_ap() -> float:
    """Mean average precision of the three queries."""
    return metrics.mean_average_precision(RANKINGS, RIGHT)


def dcg() -> float:
    """Discounted cumulative gain of the five results."""
    grades = [GRADES.get(item, 0.0) for item in RESULTS]
    return metrics.discounted_cumulative_gain(grades, int(CUT))


def ideal_dcg() -> float:
    """Discounted cumulative gain of the best order of all judged items."""
    return metrics.discounted_cumulative_gain(sorted(GRADES.values(), reverse=True), int(CUT))


def ndcg() -> float:
    """Normalised discounted cumulative gain of the five results."""
    return metrics.ndcg(RESULTS, GRADES, int(CUT))


def ndcg_of_returned() -> float:
    """NDCG whose ideal knows only what was returned, which hides the miss."""
    returned = {item: GRADES[item] for item in RESULTS if item in GRADES}
    return metrics.ndcg(RESULTS, returned, int(CUT))


def err() -> float:
    """Expected reciprocal rank of the five results."""
    return metrics.expected_reciprocal_rank(RESULTS, GRADES, TOP_GRADE)


def rbp() -> float:
    """Rank-biased precision of the five results."""
    return metrics.rank_biased_precision(RESULTS, RELEVANT, PERSISTENCE)


def weights(places: int = 10) -> dict[str, list[float]]:
    """What a relevant item counts at each place, relative to the first, by metric.

    Args:
        places: How many places.
    """
    every = range(1, places + 1)
    return {
        "precision@5": [float(place <= CUT) for place in every],
        "NDCG": [1 / math.log2(place + 1) for place in every],
        "RBP": [float(PERSISTENCE) ** (place - 1) for place in every],
        "MRR": [1 / place for place in every],
    }


# --------------------------------------------------------------------------- three lists

LISTS = (("a", "b", "c"), ("a", "b", "d"), ("a", "c", "b"))
CATALOGUE = assumed(8, "items", "four of them are never shown")
EXPOSURES = (3, 3, 2, 1, 0, 0, 0, 0)
TAGS = (frozenset({"news", "politics"}), frozenset({"local", "politics"}), frozenset({"sport"}))
KNOWN_BY = {"a": 0.5, "b": 0.25, "c": 0.0625}
HISTORY = {"news": 0.7, "sport": 0.3}
SHOWN = {"news": 1.0}


def coverage() -> float:
    """Share of the catalogue that the three lists show."""
    return metrics.catalogue_coverage(LISTS, int(CATALOGUE))


def diversity() -> float:
    """Mean Jaccard distance between the three items of one list."""
    return metrics.intra_list_diversity(TAGS, metrics.jaccard_distance)


def novelty() -> float:
    """Mean self-information of the items of one list, in bits."""
    return metrics.novelty(LISTS[0], KNOWN_BY)


def gini() -> float:
    """Inequality of exposure over the eight items."""
    return metrics.gini(EXPOSURES)


def miscalibration() -> float:
    """Distance of an all-news list from a history with some sport, in nats."""
    return metrics.miscalibration(HISTORY, SHOWN)


# --------------------------------------------------------------------------- experiments, uplift

ARM = assumed(100_000, "users", "in each arm")
CONTROL_BUYERS = assumed(5_000, "users", "a rate of 5 per cent")
TREATED_BUYERS = assumed(5_150, "users", "a rate of 5.15 per cent")
CONTROL_COUNTED = assumed(50_000, "users", "planned half and half")
TREATED_COUNTED = assumed(48_900, "users", "some of whom the new page lost before counting")
UPLIFTS = (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
TREATED = (1, 0, 1, 0, 1, 0, 1, 0)
BOUGHT = (1, 0, 1, 0, 0, 1, 0, 0)


def lift_percent() -> float:
    """Relative lift of the treated arm, in per cent."""
    return 100 * lift_interval().value


def lift_low_percent() -> float:
    """Lower end of the lift's 95 % interval, in per cent."""
    return 100 * lift_interval().low


def lift_high_percent() -> float:
    """Upper end of the lift's 95 % interval, in per cent."""
    return 100 * lift_interval().high


def lift_interval() -> metrics.Interval:
    """Relative lift with its 95 % interval."""
    return metrics.relative_lift(CONTROL_BUYERS, ARM, TREATED_BUYERS, ARM)


def ratio_chi_square(control: float = CONTROL_COUNTED, treated: float = TREATED_COUNTED) -> float:
    """Chi-square of the split against halves.

    Args:
        control: Users counted in the control arm.
        treated: Users counted in the treated arm.
    """
    planned = (control + treated) / 2
    return (control - planned) ** 2 / planned + (treated - planned) ** 2 / planned


def ratio_p_value() -> float:
    """Probability of so uneven a split if the assignment works."""
    return metrics.sample_ratio_p_value(CONTROL_COUNTED, TREATED_COUNTED)


def qini() -> float:
    """Qini coefficient of the eight people, in purchases per person."""
    return metrics.qini_coefficient(UPLIFTS, TREATED, BOUGHT)


def qini_best() -> float:
    """Extra purchases among the first four people, scaled from the control."""
    return metrics.qini_curve(UPLIFTS, TREATED, BOUGHT)[4]


def qini_all() -> float:
    """Extra purchases from treating all eight people, scaled from the control."""
    return metrics.qini_curve(UPLIFTS, TREATED, BOUGHT)[-1]


def auuc() -> float:
    """Area under the uplift curve of the eight people, in purchases per person."""
    return metrics.auuc(UPLIFTS, TREATED, BOUGHT)


# --------------------------------------------------------------------------- generation

TOKEN_PROBABILITIES = (0.5, 0.25, 0.125, 0.5)
REFERENCE = "you can return the shoes within 14 days"
WRONG = "you cannot return the shoes within 14 days"
PARAPHRASE = "shoes may be returned within 14 days"
CLAIMS = assumed(200, "statements", "sampled from a day's answers")
SUPPORTED = assumed(184, "statements", "found in the passages that the answers were given")
WINS = assumed(120, "comparisons", "the new model's answer is preferred")
TIES = assumed(40, "comparisons", "no preference")
LOSSES = assumed(90, "comparisons", "the old model's answer is preferred")
# 60 answers both raters call good, 15 both call bad, and 25 on which they differ.
PERSON = ("good",) * 60 + ("bad",) * 15 + ("good",) * 10 + ("bad",) * 15
JUDGE = ("good",) * 60 + ("bad",) * 15 + ("bad",) * 10 + ("good",) * 15
ATTEMPTS = assumed(20, "attempts", "made at one problem")
PASSED = assumed(5, "attempts", "passed its tests")


def perplexity() -> float:
    """Perplexity of four tokens."""
    return metrics.perplexity([math.log(p) for p in TOKEN_PROBABILITIES])


def exact_match(answer: str = "The 14 days.") -> float:
    """Whether an answer is `14 days`.

    Args:
        answer: What was generated.
    """
    return metrics.exact_match(answer, ["14 days"])


def token_f1(answer: str = "within 14 days of delivery") -> float:
    """F1 of the words of an answer against `14 days`.

    Args:
        answer: What was generated.
    """
    return metrics.token_f1(answer, ["14 days"])


def bleu_wrong() -> float:
    """BLEU of a sentence that says the opposite of its reference."""
    return metrics.bleu([WRONG.split()], [[REFERENCE.split()]])


def bleu_paraphrase() -> float:
    """BLEU of a sentence that says the same as its reference in other words."""
    return metrics.bleu([PARAPHRASE.split()], [[REFERENCE.split()]])


def rouge_wrong() -> float:
    """ROUGE-L of a sentence that says the opposite of its reference."""
    return metrics.rouge_l(WRONG.split(), REFERENCE.split())


def rouge_paraphrase() -> float:
    """ROUGE-L of a sentence that says the same as its reference in other words."""
    return metrics.rouge_l(PARAPHRASE.split(), REFERENCE.split())


def faithfulness() -> metrics.Interval:
    """Share of statements that their passages support, with its interval."""
    return metrics.wilson_interval(SUPPORTED, CLAIMS)


def wins() -> metrics.Interval:
    """Win rate of the new model, ties half, with its interval."""
    return metrics.win_rate(WINS, TIES, LOSSES)


def faithful_percent() -> float:
    """Share of statements that their passages support, in per cent."""
    return 100 * faithfulness().value


def faithful_low_percent() -> float:
    """Lower end of the 95 % interval of that share, in per cent."""
    return 100 * faithfulness().low


def faithful_high_percent() -> float:
    """Upper end of the 95 % interval of that share, in per cent."""
    return 100 * faithfulness().high


def win_percent() -> float:
    """Win rate of the new model, ties half, in per cent."""
    return 100 * wins().value


def win_low_percent() -> float:
    """Lower end of the 95 % interval of the win rate, in per cent."""
    return 100 * wins().low


def win_high_percent() -> float:
    """Upper end of the 95 % interval of the win rate, in per cent."""
    return 100 * wins().high


def win_low_with_ties_percent() -> float:
    """Lower end of the win rate's 95 % interval with the spread of ties, in per cent."""
    return win_percent() - 100 * win_half_width_with_ties()


def win_high_with_ties_percent() -> float:
    """Upper end of the win rate's 95 % interval with the spread of ties, in per cent."""
    return win_percent() + 100 * win_half_width_with_ties()


def win_half_width_with_ties() -> float:
    """Half of the win rate's 95 % interval, of comparisons worth 1, one half and 0."""
    judged = WINS + TIES + LOSSES
    variance = (WINS + TIES / 4) / judged - wins().value ** 2
    return NormalDist().inv_cdf(0.975) * math.sqrt(variance / judged)


def agreement() -> float:
    """Share of answers on which person and judge agree."""
    return fmean(a == b for a, b in zip(PERSON, JUDGE, strict=True))


def chance_agreement() -> float:
    """Agreement that the two raters' habits alone would give."""
    good = [rater.count("good") / len(rater) for rater in (PERSON, JUDGE)]
    return good[0] * good[1] + (1 - good[0]) * (1 - good[1])


def kappa() -> float:
    """Agreement of person and judge beyond chance."""
    return metrics.cohen_kappa(PERSON, JUDGE)


def pass_at(k: int = 5) -> float:
    """Probability that one of k attempts passes, without bias.

    Args:
        k: Attempts that a user has.
    """
    return metrics.pass_at_k(int(ATTEMPTS), int(PASSED), k)


def naive_pass_at(k: int = 5) -> float:
    """The same by putting the share that passed into 1 - (1 - p)^k, which is biased.

    Args:
        k: Attempts that a user has.
    """
    return 1 - (1 - PASSED / ATTEMPTS) ** k


# --------------------------------------------------------------------------- retrieval for answers

USEFUL = (1, 0, 1, 1, 0)
STATEMENTS = (1, 1, 1, 0)


def context_precision() -> float:
    """Context precision of five passages, of which the first, third and fourth are useful."""
    return metrics.context_precision(USEFUL)


def context_recall() -> float:
    """Share of the four statements of a reference that the passages support."""
    return metrics.context_recall(STATEMENTS)


# --------------------------------------------------------------------------- serving

LATENCIES_MS = (
    *(40, 42, 44, 45, 46, 48, 50, 51, 52, 54),
    *(55, 57, 58, 60, 62, 65, 70, 75, 90, 900),
)
FIRST_TOKEN_MS = (600, 900, 1_200, 700, 800, 950)
PER_TOKEN_MS = (30, 45, 40, 60, 35, 50)
OBSERVED_SECONDS = assumed(2, "seconds", "in which six answers were written")
GOOD_REQUESTS = assumed(999_400, "requests", "answered rightly and in time")
REQUESTS = assumed(1_000_000, "requests", "in the same window")
TARGET = assumed(0.999, "of requests", "the promise")


def latency_ms(percent: float = 99) -> float:
    """Latency that so many per cent of twenty requests do not exceed, in ms.

    Args:
        percent: The percentile.
    """
    return metrics.percentile(LATENCIES_MS, percent)


def mean_latency_ms() -> float:
    """Mean latency of the twenty requests, in ms."""
    return fmean(LATENCIES_MS)


def pace_limit_ms() -> float:
    """Slowest pace that the assistant allows, in ms a token."""
    return 1_000 / framework.READING_TOKENS_PER_SECOND


def goodput() -> float:
    """Answers a second that meet both promises of the assistant."""
    return metrics.goodput(
        FIRST_TOKEN_MS,
        PER_TOKEN_MS,
        framework.FIRST_TOKEN_MS,
        pace_limit_ms(),
        OBSERVED_SECONDS,
    )


def throughput() -> float:
    """Answers a second, in time or not."""
    return len(FIRST_TOKEN_MS) / OBSERVED_SECONDS


def availability() -> float:
    """Share of requests answered rightly and in time."""
    return metrics.availability(GOOD_REQUESTS, REQUESTS)


def burn_rate() -> float:
    """How fast the error budget is spent; 1 is as fast as allowed."""
    return metrics.burn_rate(availability(), TARGET)


# --------------------------------------------------------------------------- drift

REFERENCE_SHARES = (0.25, 0.25, 0.25, 0.25)
CURRENT_SHARES = (0.1, 0.2, 0.3, 0.4)
NOISE_BINS = assumed(10, "bins", "the usual deciles")
NOISE_SAMPLE = assumed(1_000, "values", "in the reference and in what is compared with it")
LAST_WEEK = (1, 2, 3, 4, 5)
THIS_WEEK = (3, 4, 5, 6, 7)


def psi() -> float:
    """Population stability index of four bins."""
    return metrics.population_stability_index(REFERENCE_SHARES, CURRENT_SHARES)


def psi_noise(bins: float = NOISE_BINS, sample: float = NOISE_SAMPLE) -> float:
    """About what the index is on average between two samples of the same distribution.

    Args:
        bins: Bins that are compared.
        sample: Values in each of the two samples.
    """
    return (bins - 1) * 2 / sample


def ks() -> float:
    """Kolmogorov-Smirnov distance of two samples of five."""
    return metrics.kolmogorov_smirnov(LAST_WEEK, THIS_WEEK)


def kl() -> float:
    """KL divergence of the current shares from the reference, in nats."""
    return metrics.kl_divergence(CURRENT_SHARES, REFERENCE_SHARES)


def kl_reversed() -> float:
    """KL divergence of the reference from the current shares, in nats."""
    return metrics.kl_divergence(REFERENCE_SHARES, CURRENT_SHARES)


def js() -> float:
    """JS divergence of current and reference shares, in bits."""
    return metrics.js_divergence(CURRENT_SHARES, REFERENCE_SHARES)
