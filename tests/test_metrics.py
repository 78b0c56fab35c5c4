"""Metrics against hand computations, brute force over all pairs, and properties they must have."""

from __future__ import annotations

import inspect
import math
import random
import re
from collections import Counter
from itertools import combinations, permutations
from pathlib import Path
from statistics import fmean, pstdev

import pytest

from handbook import metrics as m
from handbook.estimate import Quantity, chapter

page = chapter("reference/metrics")
PAGE = Path(__file__).parents[1] / "docs" / "reference" / "metrics" / "index.md"


@pytest.fixture
def drawn() -> tuple[list[int], list[float]]:
    """Labels and scores with many ties, the same in every run."""
    draw = random.Random(7)
    labels = [int(draw.random() < 0.3) for _ in range(200)]
    return labels, [round(min(max(draw.gauss(0.4 + 0.2 * y, 0.2), 0.0), 1.0), 1) for y in labels]


# --------------------------------------------------------------------------- classification


def test_the_four_counts() -> None:
    assert m.confusion([1, 0, 1, 0], [0.9, 0.5, 0.4, 0.2], 0.5) == (1, 1, 1, 1)
    assert page.COUNTS == (80, 120, 20, 9_780)
    assert sum(page.COUNTS) == 10_000


def test_what_a_confusion_matrix_says_by_hand() -> None:
    assert page.precision() == 80 / 200
    assert page.recall() == 80 / 100
    assert page.accuracy() == 9_860 / 10_000 < page.accuracy_of_allowing_all() == 0.99
    assert page.f_beta() == pytest.approx(2 * 0.4 * 0.8 / 1.2)
    assert page.f_beta(2) == pytest.approx(5 * 0.4 * 0.8 / (4 * 0.4 + 0.8))
    assert page.balanced_accuracy() == pytest.approx((0.8 + 9_780 / 9_900) / 2)
    by_hand = (80 * 9_780 - 120 * 20) / math.sqrt(200 * 100 * 9_800 * 9_900)
    assert page.matthews() == pytest.approx(by_hand)


def test_f_beta_goes_from_precision_to_recall() -> None:
    assert m.f_beta(page.COUNTS, 1e-6) == pytest.approx(page.precision())
    assert m.f_beta(page.COUNTS, 1e6) == pytest.approx(page.recall())


def test_mcc_is_the_correlation_of_zeros_and_ones() -> None:
    labels = [1] * 3 + [0] * 5 + [1] * 2 + [0] * 7
    flags = [1] * 3 + [1] * 5 + [0] * 2 + [0] * 7
    a, b = fmean(labels), fmean(flags)
    covariance = fmean((x - a) * (y - b) for x, y in zip(labels, flags, strict=True))
    by_hand = covariance / math.sqrt(a * (1 - a) * b * (1 - b))
    assert m.matthews_correlation(m.Confusion(3, 5, 2, 7)) == pytest.approx(by_hand)
    assert m.matthews_correlation(m.Confusion(0, 4, 6, 0)) == pytest.approx(-1)


def test_auc_is_the_share_of_pairs_in_the_right_order(drawn) -> None:
    labels, scores = drawn
    pairs = [
        (positive > negative) + (positive == negative) / 2
        for positive, p in zip(scores, labels, strict=True)
        if p
        for negative, n in zip(scores, labels, strict=True)
        if not n
    ]
    assert m.auc_roc(labels, scores) == pytest.approx(fmean(pairs))
    assert page.auc_roc() == 12 / 16


def test_auc_knows_only_the_order(drawn) -> None:
    labels, scores = drawn
    assert m.auc_roc(labels, [s**3 for s in scores]) == m.auc_roc(labels, scores)
    flipped = m.auc_roc([1 - y for y in labels], scores)
    assert flipped == pytest.approx(1 - m.auc_roc(labels, scores))
    assert m.auc_roc([1, 0, 1, 0], [0.5] * 4) == 0.5


def test_average_precision_sums_over_thresholds(drawn) -> None:
    labels, scores = drawn
    total, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        counts = m.confusion(labels, scores, threshold)
        total += (m.recall(counts) - before) * m.precision(counts)
        before = m.recall(counts)
    assert m.average_precision(labels, scores) == pytest.approx(total)
    assert page.average_precision() == pytest.approx((1 + 1 + 3 / 4 + 4 / 7) / 4)


def test_operating_points_are_the_counts_at_each_score(drawn) -> None:
    labels, scores = drawn
    by_hand = [m.confusion(labels, scores, each) for each in sorted(set(scores), reverse=True)]
    assert m.operating_points(labels, scores) == by_hand


def test_recall_at_a_precision(drawn) -> None:
    labels, scores = drawn
    points = m.operating_points(labels, scores)
    found = m.recall_at_precision(labels, scores, 0.5)
    assert found == max(m.recall(p) for p in points if m.precision(p) >= 0.5)
    assert m.recall_at_precision([0, 1], [0.9, 0.1], 0.9) == 0
    assert page.recall_at_precision() == 3 / 4


def test_probabilities_by_hand() -> None:
    given = (0.9, 0.8, 0.3, 0.6, 0.5, 0.6, 0.3, 0.8)
    assert page.log_loss() == pytest.approx(-sum(map(math.log, given)) / 8)
    assert page.normalized_entropy() == pytest.approx(page.log_loss() / math.log(2))
    assert page.brier_score() == pytest.approx(
        (0.01 + 0.04 + 0.49 + 0.16 + 0.25 + 0.16 + 0.49 + 0.04) / 8
    )
    assert page.calibration_error() == pytest.approx((2 * 0.25 + 2 * 0.45 + 2 * 0.15 + 0.3) / 8)


def test_the_calibration_error_depends_on_the_side_of_an_edge() -> None:
    # (0.8, 1], (0.6, 0.8], (0.4, 0.6], (0.2, 0.4] and [0, 0.2]: gap times the scores in it.
    gaps = 1 * 0.1 + 2 * 0.25 + 2 * 0.05 + 2 * 0.15 + 1 * 0.2
    assert page.calibration_error_closed_above() == pytest.approx(gaps / 8)
    assert page.calibration_error() == pytest.approx(0.25)
    assert page.calibration_ratio() == pytest.approx(1.1)


def test_a_wrong_certainty_costs_infinitely_much() -> None:
    assert m.log_loss([1, 0], [0.0, 0.5]) == math.inf
    assert m.log_loss([1, 0], [1.0, 0.0]) == 0


def test_the_base_rate_has_normalised_entropy_one_and_no_calibration_error() -> None:
    labels = [1, 0, 0, 0]
    assert m.normalized_entropy(labels, [0.25] * 4) == pytest.approx(1)
    assert m.expected_calibration_error(labels, [0.25] * 4) == pytest.approx(0)


def test_the_last_bin_holds_certainty() -> None:
    assert m.reliability([1, 1, 0], [1.0, 0.95, 0.0], 10) == [(0, 0, 1), (0.975, 1, 2)]


# --------------------------------------------------------------------------- forecasts


def test_forecasts_by_hand() -> None:
    assert page.mae() == 30 / 4
    assert page.rmse() == pytest.approx(math.sqrt(300 / 4))
    assert page.mape() == pytest.approx((0.1 + 0.2 + 1 + 0) / 4)
    assert page.smape() == pytest.approx((10 / 105 + 10 / 45 + 10 / 15 + 0) / 4)
    assert page.wape() == 30 / 200
    assert page.pinball() == pytest.approx((0.1 * 10 + 0.9 * 10 + 0.1 * 10 + 0) / 4)


def test_the_pinball_loss_is_least_at_its_quantile() -> None:
    actual = [float(x) for x in range(1, 101)]
    losses = {guess: m.pinball_loss(actual, [guess] * 100, 0.9) for guess in actual}
    assert min(losses, key=losses.__getitem__) in (90, 91)
    assert m.pinball_loss([3], [5], 0.5) == m.mean_absolute_error([3], [5]) / 2


def test_constant_guesses_the_mean_for_squares_the_median_for_distances() -> None:
    actual = [0.0, 0.0, 0.0, 1.0, 9.0]
    guesses = [x / 10 for x in range(91)]
    best = min(guesses, key=lambda g: m.root_mean_squared_error(actual, [g] * 5))
    assert best == fmean(actual) == 2
    assert min(guesses, key=lambda g: m.mean_absolute_error(actual, [g] * 5)) == 0


def test_smape_is_bounded_and_takes_zeros() -> None:
    assert m.symmetric_mape([0, 0], [0, 5]) == 1
    assert m.symmetric_mape([1], [0]) == 2


# --------------------------------------------------------------------------- ranking


def test_rankings_by_hand() -> None:
    assert page.precision_at_k() == 3 / 5
    assert page.recall_at_k() == 3 / 4
    assert page.hit_rate() == pytest.approx(2 / 3)
    assert page.hit_rate(2) == pytest.approx(1 / 3)
    assert page.mrr() == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert page.map_first() == pytest.approx((1 + 2 / 3 + 3 / 5) / 4)
    assert page.mean_ap() == pytest.approx((page.map_first() + 1 / 3 + 0) / 3)
    assert page.dcg() == pytest.approx(7 + 3 / 2 + 1 / math.log2(6))
    assert page.ideal_dcg() == pytest.approx(7 + 3 / math.log2(3) + 3 / 2 + 1 / math.log2(5))
    assert page.ndcg() == pytest.approx(8.886853 / 10.823466)
    assert page.ndcg_of_returned() == pytest.approx(8.886853 / (7 + 3 / math.log2(3) + 1 / 2))
    assert page.err() == pytest.approx(7 / 8 + 1 / 8 * 3 / 8 / 3 + 1 / 8 * 5 / 8 * 1 / 8 / 5)
    assert page.rbp() == pytest.approx(0.2 * (1 + 0.64 + 0.4096))


def test_no_order_beats_the_ideal_one() -> None:
    values = {order: m.ndcg(order, page.GRADES, 3) for order in permutations("acex")}
    assert max(values.values()) == pytest.approx(1)
    assert {order[0] for order, value in values.items() if value == max(values.values())} == {"a"}
    assert min(values, key=values.__getitem__)[0] == "e"


def test_moving_a_relevant_item_up_never_hurts() -> None:
    before, after = ("p", "q", "a"), ("p", "a", "q")
    right, grades = {"a"}, {"a": 1.0}
    assert m.reciprocal_rank(after, right) > m.reciprocal_rank(before, right)
    assert m.ranking_average_precision(after, right) > m.ranking_average_precision(before, right)
    assert m.rank_biased_precision(after, right) > m.rank_biased_precision(before, right)
    assert m.ndcg(after, grades, 3) > m.ndcg(before, grades, 3)
    assert m.expected_reciprocal_rank(after, grades, 1) > m.expected_reciprocal_rank(
        before, grades, 1
    )


def test_empty_places_count_as_wrong() -> None:
    assert m.precision_at_k(["a"], {"a"}, 5) == 0.2
    assert m.recall_at_k(["a"], {"a"}, 5) == 1


def test_the_figures_weights_are_those_of_the_metrics() -> None:
    weights = page.weights(6)
    order = ("a", "b", "c", "d", "e", "f")
    for place, item in enumerate(order):
        rbp = m.rank_biased_precision(order, {item}, 0.8) / (1 - 0.8)
        assert weights["RBP"][place] == pytest.approx(rbp)
        assert weights["MRR"][place] == pytest.approx(m.reciprocal_rank(order, {item}))
        assert weights["NDCG"][place] == pytest.approx(m.ndcg(order, {item: 1}, 6))
        assert weights["precision@5"][place] == m.precision_at_k(order, {item}, 5) * 5


# --------------------------------------------------------------------------- beyond accuracy


def test_lists_by_hand() -> None:
    assert page.coverage() == 4 / 8
    assert page.diversity() == pytest.approx((2 / 3 + 1 + 1) / 3)
    assert page.novelty() == pytest.approx((1 + 2 + 4) / 3)
    smoothed = 0.7 * math.log(0.7 / 0.997) + 0.3 * math.log(0.3 / 0.003)
    assert page.miscalibration() == pytest.approx(smoothed)
    assert m.miscalibration(page.HISTORY, page.HISTORY) == pytest.approx(0)


def test_gini_is_half_the_mean_difference_over_the_mean() -> None:
    values = page.EXPOSURES
    difference = sum(abs(a - b) for a in values for b in values) / len(values) ** 2
    assert page.gini() == pytest.approx(difference / (2 * fmean(values)))
    assert m.gini([5, 5, 5]) == pytest.approx(0)
    assert m.gini([0, 0, 0, 9]) == pytest.approx(3 / 4)


def test_equal_items_are_not_diverse() -> None:
    assert m.intra_list_diversity([{"x"}, {"x"}], m.jaccard_distance) == 0
    assert m.jaccard_distance((), ()) == 0


# --------------------------------------------------------------------------- experiments, uplift


def test_a_lift_and_its_interval_by_hand() -> None:
    spread = 1.959964 * math.sqrt(1 / 5_000 + 1 / 5_150 - 2 / 100_000)
    assert page.lift_percent() == pytest.approx(3)
    assert page.lift_low_percent() == pytest.approx(100 * (1.03 * math.exp(-spread) - 1))
    assert page.lift_high_percent() == pytest.approx(100 * (1.03 * math.exp(spread) - 1))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    draw = random.Random(3)
    held = shares = 0
    for _ in range(400):
        a, b = (sum(draw.random() < rate for _ in range(500)) for rate in (0.2, 0.25))
        lift = m.relative_lift(a, 500, b, 500)
        held += lift.low <= 0.25 / 0.2 - 1 <= lift.high
        share = m.wilson_interval(a, 500)
        shares += share.low <= 0.2 <= share.high
    assert 0.92 < held / 400 < 0.98
    assert 0.92 < shares / 400 < 0.98


def test_a_sample_ratio_by_hand() -> None:
    chi_square = 2 * 550**2 / 49_450
    assert page.ratio_chi_square() == pytest.approx(chi_square)
    assert page.ratio_p_value() == pytest.approx(math.erfc(math.sqrt(chi_square / 2)))
    # The 5 % and the 1 % point of chi-square with one degree of freedom, from a table.
    for chi, p in ((3.841459, 0.05), (6.634897, 0.01)):
        half = math.sqrt(chi * 10_000 / 4)
        assert m.sample_ratio_p_value(5_000 - half, 5_000 + half) == pytest.approx(p, rel=1e-5)
    assert m.sample_ratio_p_value(900, 100, 0.1) == 1


def test_uplift_curves_by_hand() -> None:
    curve = m.qini_curve(page.UPLIFTS, page.TREATED, page.BOUGHT)
    assert curve == pytest.approx([0, 1, 1, 2, 2, 2, 1, 2 - 4 / 3, 1])
    assert page.qini_best() == 2
    area = sum(curve) - curve[-1] / 2
    assert page.qini() == pytest.approx(area / 64 - 1 / 16)
    effects = [1 / 8, 2 / 8, 3 / 8, 4 / 8, 2 / 3 * 5 / 8, 1 / 3 * 6 / 8, 1 / 6 * 7 / 8, 1 / 4]
    assert page.auuc() == pytest.approx((sum(effects) - 1 / 8) / 8)


def test_the_reverse_of_a_good_order_is_bad() -> None:
    reversed_uplifts = [-each for each in page.UPLIFTS]
    assert m.qini_coefficient(reversed_uplifts, page.TREATED, page.BOUGHT) < 0 < page.qini()
    assert m.auuc(reversed_uplifts, page.TREATED, page.BOUGHT) < page.auuc()


def test_a_random_order_has_no_qini_on_average() -> None:
    draw = random.Random(5)
    treated = [at % 2 for at in range(40)]
    bought = [int(draw.random() < 0.2 + 0.3 * arm) for arm in treated]
    orders = [[draw.random() for _ in treated] for _ in range(2_000)]
    values = [m.qini_coefficient(order, treated, bought) for order in orders]
    assert abs(fmean(values)) < 0.005


# --------------------------------------------------------------------------- generation


def test_perplexity_is_two_to_the_bits() -> None:
    assert page.perplexity() == pytest.approx(2 ** ((1 + 2 + 3 + 1) / 4))
    assert m.perplexity([math.log(1 / 50)] * 7) == pytest.approx(50)


def test_short_answers() -> None:
    assert page.exact_match() == 1
    assert page.exact_match("14") == 0
    assert page.token_f1() == pytest.approx(2 * 2 / (5 + 2))
    assert m.token_f1("a week", ["fourteen days", "one week"]) == pytest.approx(2 / 3)
    assert m.token_f1("the", ["an"]) == 1


def test_bleu_by_hand() -> None:
    assert page.bleu_wrong() == pytest.approx((7 / 8 * 5 / 7 * 4 / 6 * 3 / 5) ** 0.25)
    assert page.bleu_paraphrase() == 0


def test_bleu_clips_and_penalises_what_is_short() -> None:
    # The example of the paper: "the" seven times, of which a reference has at most two.
    first = ["the", "cat", "is", "on", "the", "mat"]
    references = [first, ["there", "is", "a", "cat", "on", "the", "mat"]]
    assert m.bleu([["the"] * 7], [references], longest=1) == pytest.approx(2 / 7)
    short = m.bleu([["the", "cat"]], [[first]], longest=2)
    assert short == pytest.approx(math.exp(1 - 6 / 2))


def test_bleu_is_of_a_corpus_and_no_mean_of_sentences() -> None:
    texts = [text.split() for text in (page.REFERENCE, page.PARAPHRASE)]
    right = [[page.REFERENCE.split()]] * 2
    matched = (8 + 4) / 15, (7 + 2) / 13, (6 + 1) / 11, 5 / 9
    by_hand = math.prod(matched) ** 0.25 * math.exp(1 - 16 / 15)
    assert m.bleu(texts, right) == pytest.approx(by_hand)
    assert m.bleu(texts[:1], right[:1]) == pytest.approx(1)


def test_rouge_l_against_all_subsequences() -> None:
    def longest(a: list[str], b: list[str]) -> int:
        def within(picked: tuple[str, ...]) -> bool:
            rest = iter(b)
            return all(word in rest for word in picked)

        sizes = range(len(a), 0, -1)
        return next((n for n in sizes if any(map(within, combinations(a, n)))), 0)

    draw = random.Random(11)
    for _ in range(30):
        a, b = ([draw.choice("xyz") for _ in range(draw.randint(1, 8))] for _ in range(2))
        assert m.rouge_l(a, b) == pytest.approx(2 * longest(a, b) / (len(a) + len(b)))
    assert page.rouge_wrong() == 2 * 7 / 16
    assert page.rouge_paraphrase() == pytest.approx(2 * 4 / 15)


def test_wilson_by_solving_for_the_edges() -> None:
    share = page.faithfulness()
    assert share.value == 0.92
    for edge in (share.low, share.high):
        # At an edge the observed share is exactly 1.96 standard errors of that edge away.
        assert abs(0.92 - edge) == pytest.approx(1.959964 * math.sqrt(edge * (1 - edge) / 200))
    assert m.wilson_interval(0, 10).low == pytest.approx(0, abs=1e-12)
    assert m.wilson_interval(10, 10).high == pytest.approx(1)
    assert m.wilson_interval(10, 10).low == pytest.approx(10 / (10 + 1.959964**2))


def test_ties_are_half_a_win() -> None:
    assert page.wins().value == 140 / 250
    # A comparison is worth 1, 0.5 or 0: by their list, and not by the formula.
    worth = [1.0] * 120 + [0.5] * 40 + [0.0] * 90
    half = 1.959964 * pstdev(worth) / math.sqrt(len(worth))
    assert page.win_low_with_ties_percent() == pytest.approx(100 * (0.56 - half))
    assert page.win_high_with_ties_percent() == pytest.approx(100 * (0.56 + half))
    # So the ties decide on which side of one half it ends.
    assert page.win_low_percent() < 50 < page.win_low_with_ties_percent()
    assert m.win_rate(10, 0, 10).value == m.win_rate(0, 20, 0).value == 0.5


def test_kappa_by_hand() -> None:
    assert page.agreement() == 0.75
    chance = 0.7 * 0.75 + 0.3 * 0.25
    assert page.chance_agreement() == pytest.approx(chance)
    assert page.kappa() == pytest.approx((0.75 - chance) / (1 - chance))
    assert m.cohen_kappa("aabb", "abab") == 0
    assert m.cohen_kappa("aabb", "aabb") == 1


def test_pass_at_k_counts_all_draws() -> None:
    draws = list(combinations([True] * 2 + [False] * 5, 3))
    assert m.pass_at_k(7, 2, 3) == pytest.approx(fmean(any(draw) for draw in draws))
    assert page.pass_at(1) == pytest.approx(5 / 20)
    assert page.pass_at() == pytest.approx(1 - 3_003 / 15_504)
    assert m.pass_at_k(5, 4, 2) == 1
    assert page.naive_pass_at() < page.pass_at()


# --------------------------------------------------------------------------- in operation


def test_contexts_by_hand() -> None:
    assert page.context_precision() == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert page.context_recall() == 3 / 4
    assert m.context_precision([0, 0]) == 0


def test_percentiles_are_values_that_occurred() -> None:
    assert [page.latency_ms(each) for each in (50, 95, 99)] == [54, 90, 900]
    assert page.mean_latency_ms() == pytest.approx(98.2)
    assert m.percentile(range(1, 101), 7) == 7
    assert m.percentile([5], 1) == m.percentile([5], 100) == 5


def test_goodput_counts_what_keeps_both_promises() -> None:
    assert page.goodput() == 4 / 2 < page.throughput() == 3
    assert m.goodput([1, 9], [9, 1], 5, 5, 1) == 0


def test_error_budgets_by_hand() -> None:
    assert page.availability() == 0.9994
    assert page.burn_rate() == pytest.approx(0.6)
    assert m.burn_rate(0.99, 0.999) == pytest.approx(10)


def test_divergences_by_hand() -> None:
    forward = 0.1 * math.log(0.4) + 0.2 * math.log(0.8) + 0.3 * math.log(1.2) + 0.4 * math.log(1.6)
    backward = -0.25 * math.log(0.4 * 0.8 * 1.2 * 1.6)
    assert page.kl() == pytest.approx(forward)
    assert page.kl_reversed() == pytest.approx(backward)
    assert page.psi() == pytest.approx(forward + backward)
    assert page.ks() == pytest.approx(0.4)
    middle = [0.175, 0.225, 0.275, 0.325]
    halves = [
        sum(p * math.log2(p / q) for p, q in zip(each, middle, strict=True))
        for each in (page.CURRENT_SHARES, page.REFERENCE_SHARES)
    ]
    assert page.js() == pytest.approx(fmean(halves))


def test_noise_alone_moves_the_stability_index() -> None:
    draw = random.Random(20261121)

    def counts() -> list[int]:
        drawn = Counter(draw.randrange(10) for _ in range(1_000))
        return [drawn[each] for each in range(10)]

    found = [m.population_stability_index(counts(), counts()) for _ in range(200)]
    assert fmean(found) == pytest.approx(page.psi_noise(), rel=0.1)


def test_divergences_at_their_ends() -> None:
    assert m.kl_divergence([1, 0], [0, 1]) == math.inf
    assert m.kl_divergence([1, 0], [1, 0]) == 0
    assert m.js_divergence([1, 0], [0, 1]) == pytest.approx(1)
    assert m.population_stability_index([3, 1], [300, 100]) == 0
    assert m.kolmogorov_smirnov([1, 2], [3, 4]) == 1
    assert m.kolmogorov_smirnov([1, 2, 2], [1, 2, 2]) == 0


# --------------------------------------------------------------------------- what is not defined

REFUSED = [
    (lambda: m.confusion([1], [0.5, 0.6], 0), "two lists of one length, not of 1 and 2"),
    (lambda: m.confusion([], [], 0), "a metric needs at least one example"),
    (lambda: m.confusion([2], [0.5], 0), "a label is 0 or 1"),
    (lambda: m.accuracy(m.Confusion(0, 0, 0, 0)), "accuracy is undefined: nothing is counted"),
    (
        lambda: m.precision(page.ALLOW_ALL),
        "precision is undefined: nothing is predicted positive",
    ),
    (lambda: m.recall(m.Confusion(0, 1, 0, 1)), "recall is undefined: there are no positives"),
    (
        lambda: m.false_positive_rate(m.Confusion(1, 0, 1, 0)),
        "the false positive rate is undefined: there are no negatives",
    ),
    (
        lambda: m.f_beta(m.Confusion(0, 0, 0, 9)),
        "F-beta needs a beta above 0 and a positive, predicted or real",
    ),
    (
        lambda: m.matthews_correlation(page.ALLOW_ALL),
        "MCC is undefined: all labels or all decisions are the same",
    ),
    (lambda: m.auc_roc([1, 1], [1, 2]), "AUC is undefined: it needs positives and negatives"),
    (lambda: m.average_precision([0], [1]), "recall is undefined: there are no positives"),
    (lambda: m.log_loss([1], [1.5]), "a probability lies between 0 and 1"),
    (
        lambda: m.normalized_entropy([1, 1], [0.5, 0.5]),
        "normalised entropy is undefined: it needs positives and negatives",
    ),
    (lambda: m.reliability([1], [0.5], 0), "reliability needs at least one bin, got 0"),
    (
        lambda: m.mean_absolute_percentage_error([0], [1]),
        "MAPE is undefined where something actual is 0: use WAPE",
    ),
    (
        lambda: m.weighted_absolute_percentage_error([0], [1]),
        "WAPE is undefined: everything actual is 0",
    ),
    (lambda: m.pinball_loss([1], [1], 1), "a quantile lies between 0 and 1, got 1"),
    (lambda: m.precision_at_k("aa", {"a"}, 2), "'a' is ranked twice"),
    (lambda: m.precision_at_k("ab", {"a"}, 0), "k is at least 1, got 0"),
    (lambda: m.recall_at_k("ab", (), 2), "recall is undefined: nothing is relevant"),
    (
        lambda: m.ranking_average_precision("ab", ()),
        "average precision is undefined: nothing is relevant",
    ),
    (lambda: m.ndcg("ab", {}, 2), "NDCG is undefined: nothing is relevant"),
    (lambda: m.expected_reciprocal_rank("a", {"a": 4}, 3), "grades lie between 0 and 3"),
    (lambda: m.rank_biased_precision("a", "a", 1), "persistence lies in [0, 1), got 1"),
    (lambda: m.catalogue_coverage(["ab"], 1), "a catalogue of 1 cannot show 2 items"),
    (
        lambda: m.intra_list_diversity(["a"], m.jaccard_distance),
        "diversity is undefined: a list needs two items",
    ),
    (
        lambda: m.novelty("a", {"a": 0}),
        "novelty needs a list, and shares above 0 and at most 1",
    ),
    (lambda: m.gini([0, 0]), "Gini is undefined: nothing is shown"),
    (lambda: m.gini([-1, 2]), "exposures are not negative"),
    (lambda: m.miscalibration({"a": 1}, {"a": 1}, 0), "smoothing lies in (0, 1], got 0"),
    (
        lambda: m.relative_lift(0, 10, 1, 10),
        "each arm needs a success, and no more of them than users",
    ),
    (
        lambda: m.sample_ratio_p_value(1, 1, 1),
        "a sample ratio needs users and a planned share between 0 and 1",
    ),
    (
        lambda: m.auuc([1, 2], [1, 1], [0, 1]),
        "uplift needs people who were treated and people who were not",
    ),
    (lambda: m.perplexity([0.1]), "perplexity needs tokens, and no log-probability above 0"),
    (lambda: m.exact_match("a", []), "an answer is compared with at least one reference"),
    (lambda: m.bleu([[]], [[["a"]]]), "BLEU needs words, and a reference for each segment"),
    (lambda: m.wilson_interval(2, 1), "a share needs trials, and between 0 and all of them right"),
    (lambda: m.wilson_interval(1, 2, 1), "a confidence lies between 0 and 1, got 1"),
    (lambda: m.cohen_kappa("aa", "aa"), "kappa is undefined: both raters only know one category"),
    (lambda: m.pass_at_k(2, 1, 3), "pass@k needs 0 <= correct <= samples and 1 <= k <= samples"),
    (lambda: m.context_recall([]), "context recall is undefined: there is no statement"),
    (
        lambda: m.percentile([1], 0),
        "a percentile needs values, and a percentage above 0 and at most 100",
    ),
    (lambda: m.goodput([1], [1], 1, 1, 0), "goodput is undefined: no time passed"),
    (lambda: m.availability(0, 0), "availability is undefined: there were no requests"),
    (
        lambda: m.burn_rate(1, 1),
        "a burn rate needs a target below 1: 1 leaves no error budget",
    ),
    (
        lambda: m.population_stability_index([1, 0], [1, 1]),
        "PSI is undefined with an empty bin: merge it with its neighbour",
    ),
    (
        lambda: m.kolmogorov_smirnov([], [1]),
        "a distance of samples needs two that are not empty",
    ),
    (lambda: m.kl_divergence([0.5], [1]), "probabilities are not negative and add to 1"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[text for _, text in REFUSED])
def test_what_is_not_defined_is_refused_in_one_line(call, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


# --------------------------------------------------------------------------- the page


def public() -> list[str]:
    return [
        name
        for name, item in vars(m).items()
        if inspect.isfunction(item) and item.__module__ == m.__name__ and not name.startswith("_")
    ]


def test_the_same_scores_are_excellent_and_useless() -> None:
    # Two unit bell curves two apart: the area is that of N(0, 1) up to 2 / sqrt(2).
    expected = (1 + math.erf(1)) / 2
    assert page.curve_auc() == pytest.approx(expected, abs=0.002)
    assert page.curve_auc(page.EVEN) == pytest.approx(expected, abs=0.002)
    assert page.curve_average_precision() < 0.3 < 0.9 < page.curve_average_precision(page.EVEN)
    counts = page.at_recall()
    assert page.precision_at_recall() == counts.true_positives / sum(counts[:2])
    # Bayes: with the same hit and alarm rates, only the base rate changes precision.
    hit, alarm = page.recall(), page.false_positives_at_recall()
    assert page.precision_at_recall() == pytest.approx(0.01 * hit / (0.01 * hit + 0.99 * alarm))


def test_overconfidence_keeps_the_order_and_loses_calibration() -> None:
    assert page.honest_auc() == page.overconfident_auc()
    assert page.honest_error() == pytest.approx(0)
    assert page.overconfident_error() > 0.09
    assert page.sharpened(0.75) == pytest.approx(9 / 10)


def test_the_page_treats_every_function_of_the_package() -> None:
    text = PAGE.read_text(encoding="utf-8")
    helpers = {"jaccard_distance", "discounted_cumulative_gain", "reciprocal_rank"}
    missing = [name for name in public() if name not in helpers and f"`{name}`" not in text]
    assert missing == []


def test_every_entry_says_the_same_four_things() -> None:
    text = PAGE.read_text(encoding="utf-8")
    entries = re.findall(r"(?ms)^### ([^\n]+) \{ #[\w-]+ \}\n(.*?)(?=^##|\Z)", text)
    assert len(entries) >= 50
    for name, entry in entries:
        said = re.findall(r"(?m)^\*\*(\w[\w ]*)\.\*\* ", entry)
        assert said == ["Example", "Lies when", "Stands for"], name
        assert "$$" in entry, name
        assert re.search(r"(?m)^\[`(\w+)`\]\(#handbook\.metrics\.\1\) takes ", entry), name
        assert "<!--= metrics." in entry, name


def test_the_overview_links_to_every_entry_in_order() -> None:
    text = PAGE.read_text(encoding="utf-8")
    anchors = re.findall(r"(?m)^### .+ \{ #([\w-]+) \}$", text)
    assert re.findall(r"(?m)^\| \[[^\]]+\]\(#([\w-]+)\)", text) == anchors


def test_every_input_says_why() -> None:
    inputs = [item for item in vars(page).values() if isinstance(item, Quantity)]
    assert len(inputs) > 20
    assert all(item.note for item in inputs)
