"""Offline metrics: which one, how sure, and how far to believe it. Everything here is exact."""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook import metrics
from handbook.estimate import assumed, chapter, sample_size_mean_per_arm

evaluate = chapter("framework/5-evaluate")
experiments = chapter("building-blocks/online-experiments")
feed = chapter("case-studies/news-feed")

_NORMAL = NormalDist()
Z_95, Z_80 = _NORMAL.inv_cdf(0.975), _NORMAL.inv_cdf(0.8)

# --------------------------------------------------------------------------- two rankings

RANKINGS = {"A": (1, 8, 9, 10), "B": (2, 3, 4, 12)}


def ranking_metric(name: str, ranking: str) -> float:
    """A metric of one of the two rankings, by where its four relevant items stand.

    Args:
        name: `mrr`, `map`, `ndcg10`, `recall5` or `recall10`.
        ranking: `A` or `B`.
    """
    places = RANKINGS[ranking]
    ranked = tuple(range(1, max(max(held) for held in RANKINGS.values()) + 1))
    grades = dict.fromkeys(places, 1.0)
    return {
        "mrr": lambda: metrics.reciprocal_rank(ranked, places),
        "map": lambda: metrics.ranking_average_precision(ranked, places),
        "ndcg10": lambda: metrics.ndcg(ranked, grades, 10),
        "recall5": lambda: metrics.recall_at_k(ranked, places, 5),
        "recall10": lambda: metrics.recall_at_k(ranked, places, 10),
    }[name]()


def ranking_rows() -> list[list[str]]:
    """Five metrics of two rankings of four relevant items."""
    named = {
        "MRR": "mrr",
        "NDCG at 10": "ndcg10",
        "Recall at 10": "recall10",
        "MAP": "map",
        "Recall at 5": "recall5",
    }
    rows = [["Metric", "A: relevant at 1, 8, 9, 10", "B: relevant at 2, 3, 4, 12", "Says"]]
    for title, name in named.items():
        values = [ranking_metric(name, ranking) for ranking in RANKINGS]
        says = "A" if values[0] > values[1] else "B"
        rows.append([title, *(f"{value:.3f}" for value in values), says])
    return rows


RATES = (0.2, 0.02)


def pooled_auc() -> float:
    """AUC over all rows of a model that knows each user's rate and nothing about items."""
    high, low = RATES
    positive = high / (high + low)
    negative = (1 - high) / (2 - high - low)
    same = positive * negative + (1 - positive) * (1 - negative)
    return positive * (1 - negative) + same / 2


UNDER = assumed(3, "times", "what a piece too few costs, compared with a piece too many")


def stock_quantile(under: float = UNDER) -> float:
    """Quantile of demand that costs least, by what an error costs on either side.

    Args:
        under: Cost of too few over cost of too many.
    """
    return under / (under + 1)


# --------------------------------------------------------------------------- how sure

TEST_USERS = assumed(20_000, "users", "in the test set")
REQUESTS = assumed(10, "requests a user", "in the test period")
SPREAD = assumed(0.35, "of NDCG", "standard deviation from request to request")
ALIKE = assumed(0.3, "correlation", "between the NDCG of two requests of one user")
PAIRED = assumed(0.95, "correlation", "between two models' NDCG of one user")


def error_by_request() -> float:
    """Standard error of mean NDCG if requests were independent."""
    return SPREAD / math.sqrt(TEST_USERS * REQUESTS)


def user_deviation() -> float:
    """Standard deviation of a user's mean NDCG."""
    return SPREAD * math.sqrt(ALIKE + (1 - ALIKE) / REQUESTS)


def error_by_user(users: float = TEST_USERS) -> float:
    """Standard error of mean NDCG with users as the unit.

    Args:
        users: In the test set.
    """
    return user_deviation() / math.sqrt(users)


def difference_error(paired: float = PAIRED) -> float:
    """Standard error of the difference of two models.

    Args:
        paired: Correlation of their NDCG by user; 0 if each has users of its own.
    """
    return error_by_user() * math.sqrt(2 * (1 - paired))


def false_alarm_percent() -> float:
    """Per cent of equal models that differ "significantly" if requests are taken as units."""
    factor = (error_by_user() / error_by_request()) ** 2
    return float(experiments.false_alarm_percent(factor))


WANTED = assumed(0.002, "of NDCG", "the smallest difference worth an experiment")


def users_unpaired() -> float:
    """Users for each model that find it with 80 % power, if each has its own."""
    return sample_size_mean_per_arm(user_deviation(), WANTED)


def users_paired() -> float:
    """Users that find it if both models rank for the same ones."""
    return math.ceil((Z_95 + Z_80) ** 2 * 2 * (1 - PAIRED) * (user_deviation() / WANTED) ** 2)


SLICE_USERS = assumed(2_000, "users", "of a named slice, a tenth of the test set")


BAND = assumed(0.05, "of the ratio", "by which predicted over observed may be off, either way")


def actions_to_pass(band: float = BAND) -> float:
    """Actions of a slice with which a right model's 95 % interval lies inside the band, at 80 %.

    Args:
        band: How far the interval may reach on either side of one.
    """
    # Inside on both sides: each side may fail one time in ten.
    return math.ceil(((Z_95 + _NORMAL.inv_cdf(0.9)) / band) ** 2)


def slice_margin() -> float:
    """Half of the 95 % interval of a paired difference in a slice, of NDCG."""
    return Z_95 * difference_error() * math.sqrt(TEST_USERS / SLICE_USERS)


DAY_SPREAD = assumed(0.001, "of NDCG", "standard deviation of the true difference between days")


def error_with_days(days: float = 1) -> float:
    """Standard error of the difference if what is meant is any day, not these days.

    Args:
        days: Of test data, with the same number of users each.
    """
    return math.sqrt((difference_error() ** 2 + DAY_SPREAD**2) / days)


RESAMPLES = assumed(1_000, "resamples", "of the users")


def interval_noise(resamples: float = RESAMPLES) -> float:
    """Error of a 95 % interval's end that comes from resampling, in standard errors.

    Args:
        resamples: How many.
    """
    return math.sqrt(0.025 * 0.975 / resamples) / _NORMAL.pdf(Z_95)


# --------------------------------------------------------------------------- slices

# Flagged cases and the share of them that is fraud, by slice: new cards and old ones.
FLAGGED = {
    "Old": ((900, 0.80), (100, 0.20)),
    "New": ((300, 0.85), (700, 0.25)),
    "New, cut at Old's counts": ((900, 0.83), (100, 0.40)),
}


def frauds_found(model: str = "Old") -> float:
    """Frauds among the thousand cases that a model flags.

    Args:
        model: A row of the example.
    """
    return math.fsum(count * share for count, share in FLAGGED[model])


def precision(model: str = "Old") -> float:
    """Precision of a model over both slices.

    Args:
        model: A row of the example.
    """
    return frauds_found(model) / sum(count for count, _ in FLAGGED[model])


def simpson_rows() -> list[list[str]]:
    """Two models that flag a thousand cases each, and the second one cut like the first."""
    rows = [["Model", "New cards", "Old cards", "All flagged", "Frauds found"]]
    for model, slices in FLAGGED.items():
        cells = [f"{100 * share:.0f} % of {count}" for count, share in slices]
        rows.append(
            [model, *cells, f"{100 * precision(model):.0f} %", f"{frauds_found(model):.0f}"]
        )
    return rows


# --------------------------------------------------------------------------- counterfactuals

EXAMINED = (1.0, 0.6, 0.4)
GOOD = assumed(0.3, "of readers", "who look at it click the better item")
WORSE = assumed(0.2, "of readers", "who look at it click the worse one")


def clicks_percent(relevance: float = GOOD, place: int = 3) -> float:
    """Per cent of impressions that are clicked at a place.

    Args:
        relevance: Chance of a click if it is examined.
        place: From 1.
    """
    return 100 * examined(place) * relevance


def examined(place: int = 3) -> float:
    """Chance that a place is looked at.

    Args:
        place: From 1.
    """
    return EXAMINED[place - 1]


ACTIONS = 20
LOGGED = assumed(100_000, "logged rows", "that the estimators get")
FIRM = assumed(0.9, "of the time", "the new policy takes the action that it thinks best")
CLIP = assumed(10, "times", "the largest weight that is allowed")
SHRUNK = assumed(0.5, "of the way", "a cautious reward model leaves the mean for each action")


def _world(kind: str) -> tuple[list[float], list[float], list[float], list[float]]:
    """True rates, logging policy, new policy, and the reward model's rates."""
    base, step = {"likes": (0.02, 0.001), "contained": (0.5, 0.01)}[kind]
    rates = [base + step * (7 * action % ACTIONS) for action in range(ACTIONS)]
    popular = [1 / (action + 1) for action in range(ACTIONS)]
    logging = [each / math.fsum(popular) for each in popular]
    best = rates.index(max(rates))
    target = [(1 - FIRM) * each + FIRM * (at == best) for at, each in enumerate(logging)]
    mean = math.fsum(rates) / ACTIONS
    model = [mean + SHRUNK * (rate - mean) for rate in rates]
    return rates, logging, target, model


def rate_percent(kind: str = "likes", which: str = "least") -> float:
    """Per cent of rewards of the worst or of the best action.

    Args:
        kind: `likes` or `contained`.
        which: `least` or `most`.
    """
    rates = _world(kind)[0]
    return 100 * (min(rates) if which == "least" else max(rates))


def favourite() -> float:
    """Which action, counted from the most popular, the new policy takes nearly always."""
    rates = _world("likes")[0]
    return rates.index(max(rates)) + 1


def largest_weight() -> float:
    """Weight of the action that the new policy likes and the log rarely shows."""
    _, logging, target, _ = _world("likes")
    return max(new / old for new, old in zip(target, logging, strict=True))


def true_value(kind: str = "likes") -> float:
    """Mean reward of the new policy.

    Args:
        kind: `likes` or `contained`.
    """
    rates, _, target, _ = _world(kind)
    return math.fsum(new * rate for new, rate in zip(target, rates, strict=True))


def effective_rows() -> float:
    """Rows of the log that count, by Kish's formula."""
    _, logging, target, _ = _world("likes")
    second = math.fsum(new**2 / old for new, old in zip(target, logging, strict=True))
    return LOGGED / second


def bias_percent(estimator: str, kind: str = "likes") -> float:
    """Bias of an estimator, in per cent of the true value; for SNIPS to first order none.

    Args:
        estimator: `ips`, `snips`, `clipped`, `model` or `dr`.
        kind: `likes` or `contained`.
    """
    rates, logging, target, model = _world(kind)
    found = true_value(kind)
    if estimator == "clipped":
        found = math.fsum(
            min(new, CLIP * old) * rate
            for rate, old, new in zip(rates, logging, target, strict=True)
        )
    if estimator == "model":
        found = math.fsum(new * said for new, said in zip(target, model, strict=True))
    return 100 * (found / true_value(kind) - 1)


def error_percent(estimator: str, kind: str = "likes") -> float:
    """Standard error of an estimator over the logged rows, in per cent of the true value.

    For SNIPS the usual approximation for many rows.

    Args:
        estimator: `ips`, `snips`, `clipped`, `model` or `dr`.
        kind: `likes` or `contained`.
    """
    if estimator == "model":
        return 0.0
    value = true_value(kind)
    first = second = 0.0
    for rate, old, new, said in zip(*_world(kind), strict=True):
        weight = min(new / old, CLIP) if estimator == "clipped" else new / old
        centre = {"snips": value, "dr": said}.get(estimator, 0.0)
        # A reward is 0 or 1: its mean square distance from the centre.
        square = rate * (1 - centre) ** 2 + (1 - rate) * centre**2
        first += old * weight * (rate - centre)
        second += old * weight**2 * square
    spread = second if estimator == "snips" else second - first**2
    return 100 * math.sqrt(spread / LOGGED) / value


ESTIMATORS = {
    "IPS": "ips",
    "Self-normalised (SNIPS)": "snips",
    "IPS, weights clipped at 10": "clipped",
    "Reward model alone": "model",
    "Doubly robust": "dr",
}


def total_percent(estimator: str, kind: str = "likes") -> float:
    """Root of squared bias and squared error, in per cent of the true value.

    Args:
        estimator: One of the estimators' short names.
        kind: `likes` or `contained`.
    """
    return math.hypot(bias_percent(estimator, kind), error_percent(estimator, kind))


def estimator_rows() -> list[list[str]]:
    """Bias and standard error of five estimators for a rare and for a common reward."""
    rows = [["Estimator", "Likes: bias", "error", "Contained: bias", "error"]]
    for title, name in ESTIMATORS.items():
        cells = []
        for kind in ("likes", "contained"):
            bias = round(bias_percent(name, kind), 1) + 0.0
            cells += [f"{bias:+.1f} %" if bias else "0", f"{error_percent(name, kind):.1f} %"]
        rows.append([title, *cells])
    return rows


def rows_even() -> float:
    """Logged rows from which doubly robust errs less than the reward model alone, for likes."""
    return LOGGED * (error_percent("dr") / bias_percent("model")) ** 2


def mean_weight_error() -> float:
    """Standard error of the mean weight over the logged rows, when the log covers the policy."""
    return math.sqrt((LOGGED / effective_rows() - 1) / LOGGED)


UNSEEN = assumed(4, "of 20 actions", "that the log never took")


def mean_weight(unseen: float = UNSEEN) -> float:
    """Mean weight of the log for a policy that takes all actions equally often.

    Args:
        unseen: Actions that the log never took.
    """
    return 1 - unseen / ACTIONS


PLACE_SQUARE = assumed(2, "mean squared weight", "of one place of a list")
PLACES_LISTED = assumed(10, "places", "of a list")


def list_square() -> float:
    """Mean squared weight of a whole list, its places being drawn one by one."""
    return PLACE_SQUARE**PLACES_LISTED


def list_rows() -> float:
    """Logged lists that count, by Kish's formula."""
    return LOGGED / list_square()


# --------------------------------------------------------------------------- sampled metrics

CATALOGUE = assumed(10_000, "items", "to rank")
SAMPLED = assumed(100, "items", "drawn at random to rank the right one against")
CUTOFF = assumed(10, "places", "that count as found")
# Where the right item stands: its rank and how often it has it.
PLACES = {"A": ((5, 0.5), (5_000, 0.5)), "B": ((300, 1.0),)}


def sampled_hit(rank: float, sampled: float = SAMPLED) -> float:
    """Chance that an item of this rank is among the first places of a sample.

    Args:
        rank: In the whole catalogue, from 1.
        sampled: Other items that are drawn.
    """
    above, rest, drawn = int(rank) - 1, int(CATALOGUE - rank), int(sampled)
    # How many better items are drawn is hypergeometric; in logarithms, as the numbers are huge.
    ways = _log_ways(above + rest, drawn)
    return math.fsum(
        math.exp(_log_ways(above, better) + _log_ways(rest, drawn - better) - ways)
        for better in range(max(drawn - rest, 0), min(int(CUTOFF) - 1, above) + 1)
    )


def _log_ways(items: int, drawn: int) -> float:
    return math.lgamma(items + 1) - math.lgamma(drawn + 1) - math.lgamma(items - drawn + 1)


def recall_sampled(model: str = "A", sampled: float = SAMPLED) -> float:
    """Share of right items among the first places of a sample.

    Args:
        model: `A` or `B`.
        sampled: Other items that are drawn; all of them for the exact recall.
    """
    return math.fsum(share * sampled_hit(rank, sampled) for rank, share in PLACES[model])


def recall_full(model: str = "A") -> float:
    """Share of right items among the first places of the whole catalogue.

    Args:
        model: `A` or `B`.
    """
    return math.fsum(share for rank, share in PLACES[model] if rank <= CUTOFF)


def honest_sample() -> float:
    """Sampled items from which A is ahead of B, as it is in truth."""
    low, high = int(SAMPLED), int(CATALOGUE) - 1
    while low < high:
        middle = (low + high) // 2
        if recall_sampled("A", middle) > recall_sampled("B", middle):
            high = middle
        else:
            low = middle + 1
    return low


def affordable_users() -> float:
    """Users for whom the whole catalogue costs what all users cost against a sample."""
    return TEST_USERS * (SAMPLED + 1) / CATALOGUE


def affordable_margin() -> float:
    """Half of the 95 % interval of exact recall on so many users, in points."""
    recall = recall_full("A")
    return 100 * Z_95 * math.sqrt(recall * (1 - recall) / affordable_users())


def full_ranking_seconds() -> float:
    """Seconds of one H100 for all test users' products with all posts of the feed's index."""
    flops = TEST_USERS * feed.indexed_posts() * 2 * feed.EMBEDDING_DIM
    return flops / (feed.H100_PEAK_FLOPS * feed.TRAINING_UTILIZATION)


def full_ranking_cents() -> float:
    """Cents for these seconds."""
    return 100 * full_ranking_seconds() / 3_600 * feed.H100_PRICE


def ranker_seconds() -> float:
    """Seconds of one L4 to rank the candidates of every request in the test set."""
    flops = TEST_USERS * REQUESTS * feed.ranker_flops()
    return float(flops / (feed.L4_PEAK_FLOPS * feed.SERVING_UTILIZATION))


def ranker_cents() -> float:
    """Cents for these seconds."""
    return 100 * ranker_seconds() / 3_600 * feed.L4_PRICE


# --------------------------------------------------------------------------- winners

QUESTIONS = assumed(500, "questions", "in the golden set")
RIGHT = assumed(0.8, "of answers", "right, for every candidate")
SHARED = assumed(0.6, "correlation", "between two candidates' answers to one question")
TRUE_SPREAD = assumed(1.0, "points", "standard deviation of the candidates' true quality")


def expected_maximum(candidates: float = 20) -> float:
    """Mean of the largest of so many standard normal draws.

    Args:
        candidates: How many.
    """
    step = 0.001
    grid = (-8 + step * n for n in range(16_001))
    return math.fsum(
        x * candidates * _NORMAL.pdf(x) * math.pow(_NORMAL.cdf(x), candidates - 1) * step
        for x in grid
    )


def own_noise_points() -> float:
    """Standard deviation of a candidate's score that others do not share, in points."""
    return 100 * math.sqrt(RIGHT * (1 - RIGHT) / QUESTIONS * (1 - SHARED))


def curse_points(candidates: float = 20) -> float:
    """Points by which the best of equal candidates seems better than it is.

    Args:
        candidates: How many were tried.
    """
    return expected_maximum(candidates) * own_noise_points()


def real_share() -> float:
    """Share of the winner's lead that is real, if candidates differ."""
    return TRUE_SPREAD**2 / (TRUE_SPREAD**2 + own_noise_points() ** 2)


def curse_rows() -> list[list[str]]:
    """How far the best of so many equal candidates seems ahead."""
    rows = [["Candidates tried", "Too high by, in errors", "In points"]]
    return rows + [
        [f"{count}", f"{expected_maximum(count):.2f}", f"{curse_points(count):.1f}"]
        for count in (2, 5, 20, 100)
    ]


LUCK = assumed(0.5, "of the variance", "of an answer's score that is another when asked again")
ANSWERS = assumed(5, "answers", "drawn for each question")


def asked_error_points(answers: float = ANSWERS) -> float:
    """Standard error of the share that is right, in points.

    Args:
        answers: Drawn and judged for each question.
    """
    variance = RIGHT * (1 - RIGHT) * (1 - LUCK + LUCK / answers)
    return 100 * math.sqrt(variance / QUESTIONS)


def questions_instead() -> float:
    """Questions asked once that know as much as the set asked several times."""
    return QUESTIONS * (asked_error_points(1) / asked_error_points()) ** 2


JUDGES = assumed(2, "judgements", "of each question's key")
JUDGE_MINUTES = assumed(3, "minutes", "for one of them")
JUDGE_PRICE = assumed(40, "dollars an hour", "of a judge who knows the subject")


def golden_dollars(share: float = 1) -> float:
    """Dollars to judge the golden set.

    Args:
        share: Of its questions.
    """
    return share * QUESTIONS * JUDGES * JUDGE_MINUTES / 60 * JUDGE_PRICE


STRATA = assumed(5, "topics", "each with as many questions")


def margin_points(questions: float = QUESTIONS) -> float:
    """Half of a 95 % interval of the share that is right, in points.

    Args:
        questions: In the set or in a slice.
    """
    return 100 * Z_95 * math.sqrt(RIGHT * (1 - RIGHT) / questions)


# --------------------------------------------------------------------------- offline to online

LAUNCHES = assumed(12, "launches", "with an offline and an online change on record")
OBSERVED = assumed(0.6, "correlation", "between the two changes over these launches")
TESTED = assumed(0.3, "of candidates", "the best offline, get an experiment")


def correlation_low(observed: float = OBSERVED, launches: float = LAUNCHES) -> float:
    """Lower end of a correlation's 95 % interval, by Fisher's transformation.

    Args:
        observed: The correlation.
        launches: Pairs.
    """
    return math.tanh(math.atanh(observed) - Z_95 / math.sqrt(launches - 3))


def correlation_high(observed: float = OBSERVED, launches: float = LAUNCHES) -> float:
    """Upper end of it.

    Args:
        observed: The correlation.
        launches: Pairs.
    """
    return math.tanh(math.atanh(observed) + Z_95 / math.sqrt(launches - 3))


def launches_needed(truth: float = OBSERVED) -> float:
    """Launches that show a correlation to be above zero, with 80 % power.

    Args:
        truth: The correlation.
    """
    return math.ceil(((Z_95 + Z_80) / math.atanh(truth)) ** 2 + 3)


def same_sign(correlation: float = OBSERVED) -> float:
    """Chance that both changes have the same sign, both being normal with mean zero.

    Args:
        correlation: Between them.
    """
    return 0.5 + math.asin(correlation) / math.pi


def selected_correlation(correlation: float = OBSERVED, tested: float = TESTED) -> float:
    """What is left of a correlation if only the best offline were tested.

    Args:
        correlation: Over all candidates.
        tested: Share that was.
    """
    cut = _NORMAL.inv_cdf(1 - tested)
    above = _NORMAL.pdf(cut) / tested
    left = 1 + cut * above - above**2
    return correlation * math.sqrt(left) / math.sqrt(1 - correlation**2 * (1 - left))


# --------------------------------------------------------------------------- gates

PASSES_GOOD = assumed(0.8, "of ideas that work", "pass the offline gate")
PASSES_REST = assumed(0.3, "of the others", "pass it too")


def prior_after_gate() -> float:
    """Share of ideas that work among those that pass."""
    good = experiments.PRIOR * PASSES_GOOD
    return good / (good + (1 - experiments.PRIOR) * PASSES_REST)


def false_wins_after_gate() -> float:
    """Share of significant wins that are none, among ideas that passed."""
    return float(experiments.false_share(prior_after_gate()))


def tests_saved() -> float:
    """Share of experiments that the gate makes unnecessary."""
    return 1 - experiments.PRIOR * PASSES_GOOD - (1 - experiments.PRIOR) * PASSES_REST
