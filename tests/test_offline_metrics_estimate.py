"""The chapter on offline metrics, against sums and simulations of its own."""

from __future__ import annotations

import math
import random
from itertools import accumulate
from statistics import NormalDist, correlation, fmean, pstdev

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/offline-metrics")


def test_five_metrics_of_two_rankings_by_hand() -> None:
    ideal = sum(1 / math.log2(place + 1) for place in (1, 2, 3, 4))
    first = sum(1 / math.log2(place + 1) for place in (1, 8, 9, 10)) / ideal
    second = sum(1 / math.log2(place + 1) for place in (2, 3, 4)) / ideal
    assert block.ranking_metric("ndcg10", "A") == pytest.approx(first)
    assert block.ranking_metric("ndcg10", "B") == pytest.approx(second)
    assert block.ranking_metric("map", "A") == pytest.approx((1 + 2 / 8 + 3 / 9 + 4 / 10) / 4)
    assert block.ranking_metric("map", "B") == pytest.approx((1 / 2 + 2 / 3 + 3 / 4 + 4 / 12) / 4)
    assert [row[3] for row in block.ranking_rows()[1:]] == ["A", "A", "A", "B", "B"]


def test_a_right_model_passes_the_calibration_gate_four_times_in_five() -> None:
    source, actions, passed = random.Random(11), block.actions_to_pass(), 0
    for _ in range(20_000):
        ratio = source.gauss(1, 1 / math.sqrt(actions))
        half = 1.96 / math.sqrt(actions)
        passed += ratio - half > 0.95 and ratio + half < 1.05
    assert passed / 20_000 == pytest.approx(0.8, abs=0.02)
    # A slice of fifty actions can never show it.
    assert 1.96 / math.sqrt(50) > 0.05


def test_knowing_the_user_only_gives_a_fair_auc() -> None:
    # A thousand rows of each kind of user: 200 and 20 positives, 800 and 980 negatives.
    won = 200 * 980 + (200 * 800 + 20 * 980) / 2
    assert block.pooled_auc() == pytest.approx(won / (220 * 1_780))


def test_the_cheapest_forecast_is_a_quantile() -> None:
    demands = range(1, 101)
    costs = {
        stock: sum(max(demand - stock, 0) * 3 + max(stock - demand, 0) for demand in demands)
        for stock in range(101)
    }
    assert min(costs, key=lambda stock: costs[stock]) / 100 == pytest.approx(
        block.stock_quantile(), abs=0.01
    )


def test_requests_of_one_user_repeat_each_other() -> None:
    rng = random.Random(2)
    shared, own = math.sqrt(0.3) * 0.35, math.sqrt(0.7) * 0.35
    users = [
        fmean(own * rng.gauss(0, 1) for _ in range(10)) + shared * rng.gauss(0, 1)
        for _ in range(20_000)
    ]
    assert block.user_deviation() == pytest.approx(pstdev(users), rel=0.02)
    assert block.error_by_user() / block.error_by_request() == pytest.approx(math.sqrt(1 + 9 * 0.3))
    beyond = 1.959964 / math.sqrt(3.7)
    assert block.false_alarm_percent() == pytest.approx(200 * NormalDist().cdf(-beyond), rel=1e-3)


def test_pairs_need_one_user_in_twenty() -> None:
    assert block.users_paired() / block.users_unpaired() == pytest.approx(0.05, rel=1e-3)
    assert 2.8016 * block.difference_error() * math.sqrt(20_000 / block.users_paired()) == (
        pytest.approx(0.002, rel=1e-3)
    )


def test_days_do_not_shrink_with_users() -> None:
    assert block.error_with_days() > block.DAY_SPREAD
    assert block.error_with_days(7) == pytest.approx(block.error_with_days() / math.sqrt(7))


def test_resampling_noise_is_that_of_a_percentile() -> None:
    rng = random.Random(8)
    ends = [sorted(rng.gauss(0, 1) for _ in range(1_000))[974] for _ in range(600)]
    assert block.interval_noise() == pytest.approx(pstdev(ends), rel=0.12)


def test_better_in_both_slices_and_worse_in_total() -> None:
    assert block.precision("Old") == pytest.approx((720 + 20) / 1_000)
    assert block.precision("New") == pytest.approx((255 + 175) / 1_000)
    for slice_ in (0, 1):
        rates = [block.FLAGGED[model][slice_] for model in ("Old", "New")]
        assert rates[0][1] < rates[1][1]
    # Cut alike, New is better in both, and its precision falls where it flags more.
    cut = block.FLAGGED["New, cut at Old's counts"]
    assert [count for count, _ in cut] == [count for count, _ in block.FLAGGED["Old"]]
    assert block.FLAGGED["Old"][0][1] < cut[0][1] < block.FLAGGED["New"][0][1]
    assert cut[1][1] > block.FLAGGED["New"][1][1]
    assert block.frauds_found("New, cut at Old's counts") == pytest.approx(747 + 40)


def test_estimators_do_what_a_simulation_says() -> None:
    rows, repeats = 4_000, 500
    for kind in ("likes", "contained"):
        rates, logging, target, model = block._world(kind)
        weights = [new / old for new, old in zip(target, logging, strict=True)]
        direct = math.fsum(new * said for new, said in zip(target, model, strict=True))
        edges = list(accumulate(logging))
        rng = random.Random(4)
        found: dict[str, list[float]] = {"ips": [], "snips": [], "clipped": [], "dr": []}
        for _ in range(repeats):
            drawn = rng.choices(range(20), cum_weights=edges, k=rows)
            rewards = [rng.random() < rates[action] for action in drawn]
            pairs = list(zip(drawn, rewards, strict=True))
            total = math.fsum(weights[action] * reward for action, reward in pairs)
            found["ips"].append(total / rows)
            found["snips"].append(total / math.fsum(weights[action] for action in drawn))
            clipped = math.fsum(min(weights[action], 10) * reward for action, reward in pairs)
            found["clipped"].append(clipped / rows)
            left = math.fsum(weights[a] * (reward - model[a]) for a, reward in pairs)
            found["dr"].append(direct + left / rows)
        value = block.true_value(kind)
        for name, values in found.items():
            error = 100 * pstdev(values) / value * math.sqrt(rows / 100_000)
            assert block.error_percent(name, kind) == pytest.approx(error, rel=0.15)
            assert block.bias_percent(name, kind) == pytest.approx(
                100 * (fmean(values) / value - 1), abs=12 if kind == "likes" else 3
            )


def test_unseen_actions_show_in_the_mean_weight() -> None:
    logged = 20 - 4
    assert block.mean_weight() == pytest.approx(
        sum((1 / 20) / (1 / logged) / logged for _ in range(logged))
    )
    assert block.effective_rows() == pytest.approx(1_900, rel=0.001)


def test_a_sample_asks_about_another_rank() -> None:
    rng = random.Random(6)
    others = range(1, 10_000)
    hits = sum(sum(other < 900 for other in rng.sample(others, 100)) < 10 for _ in range(6_000))
    assert block.sampled_hit(900) == pytest.approx(hits / 6_000, abs=0.02)
    assert block.sampled_hit(10) == pytest.approx(1)
    assert block.recall_sampled("B") > 0.999 > block.recall_full("A") > block.recall_full("B")
    assert block.recall_sampled("A") == pytest.approx(0.5, abs=1e-6)
    for model in ("A", "B"):
        assert block.recall_sampled(model, 9_999) == pytest.approx(block.recall_full(model))
    turns = int(block.honest_sample())
    assert block.recall_sampled("B", turns - 1) >= block.recall_sampled("A", turns - 1)
    assert block.recall_sampled("B", turns) < block.recall_sampled("A", turns)


def test_fewer_users_cost_the_same_and_are_right() -> None:
    assert block.affordable_users() * 10_000 == pytest.approx(20_000 * 101)
    assert block.affordable_margin() == pytest.approx(196 * 0.5 / math.sqrt(202), rel=1e-3)


def test_the_best_of_many_is_lucky() -> None:
    rng = random.Random(12)
    best = fmean(max(rng.gauss(0, 1) for _ in range(20)) for _ in range(20_000))
    assert block.expected_maximum(20) == pytest.approx(best, abs=0.02)
    assert block.expected_maximum(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-4)
    # Twenty candidates that differ by a point: how much of the winner's lead is real.
    leads, real = 0.0, 0.0
    noise = block.own_noise_points()
    assert noise == pytest.approx(100 * math.sqrt(0.16 / 500 * 0.4))
    for _ in range(8_000):
        true = [rng.gauss(0, 1) for _ in range(20)]
        seen = [value + rng.gauss(0, noise) for value in true]
        winner = seen.index(max(seen))
        leads, real = leads + seen[winner], real + true[winner]
    assert block.real_share() == pytest.approx(real / leads, abs=0.02)


def _pairs(rng: random.Random, count: int) -> list[tuple[float, float]]:
    made = []
    for _ in range(count):
        offline = rng.gauss(0, 1)
        made.append((offline, 0.6 * offline + 0.8 * rng.gauss(0, 1)))
    return made


def test_a_dozen_launches_say_little() -> None:
    rng = random.Random(10)
    seen = sorted(correlation(*zip(*_pairs(rng, 12), strict=True)) for _ in range(4_000))
    # The interval of an observed 0.6 is about as wide as the spread around a true 0.6.
    width = block.correlation_high() - block.correlation_low()
    assert width == pytest.approx(seen[3_900] - seen[100], rel=0.12)
    needed = int(block.launches_needed())
    power = fmean(
        math.atanh(correlation(*zip(*_pairs(rng, needed), strict=True))) * math.sqrt(needed - 3)
        > 1.96
        for _ in range(3_000)
    )
    assert power == pytest.approx(0.8, abs=0.04)


def test_selection_hides_the_correlation() -> None:
    rng = random.Random(14)
    made = sorted(_pairs(rng, 60_000))
    assert block.same_sign() == pytest.approx(fmean(a * b > 0 for a, b in made), abs=0.01)
    tested = made[-18_000:]
    assert block.selected_correlation() == pytest.approx(
        correlation(*zip(*tested, strict=True)), abs=0.02
    )


def test_what_a_gate_is_worth() -> None:
    # Of 1,000 ideas 100 work: 80 pass; of the other 900 pass 270.
    assert block.prior_after_gate() == pytest.approx(80 / 350)
    assert block.tests_saved() == pytest.approx(0.65)
    # Of those 350, 64 are found and 270 / 40 win by chance.
    assert block.false_wins_after_gate() == pytest.approx(6.75 / (6.75 + 64))


def test_weights_of_a_list_multiply() -> None:
    # Two items at each place, of which the new policy always takes one: weights 0 and 2.
    weights = [2.0 if all(n >> bit & 1 for bit in range(10)) else 0.0 for n in range(1_024)]
    lists = [weight * 2**9 for weight in weights]
    assert fmean(lists) == pytest.approx(1)
    assert fmean(each**2 for each in lists) == pytest.approx(block.list_square())
    assert block.list_rows() == pytest.approx(100_000 / 1_024)


def test_several_answers_remove_their_luck_only() -> None:
    # Half of 0.16 is luck: the questions' own half stays, however often they are asked.
    assert block.asked_error_points(1) == pytest.approx(100 * math.sqrt(0.16 / 500))
    assert block.asked_error_points() == pytest.approx(100 * math.sqrt((0.08 + 0.08 / 5) / 500))
    assert block.questions_instead() == pytest.approx(500 / 0.6)


def test_a_whole_ranking_by_towers_takes_seconds() -> None:
    assert block.full_ranking_seconds() == pytest.approx(
        20_000 * 600e6 * 256 / (989.5e12 * 0.1), rel=0.01
    )
    assert block.golden_dollars() == pytest.approx(500 * 6 / 60 * 40)


def test_margins_that_the_test_set_can_see() -> None:
    # A user's mean over ten requests, two models correlated at 0.95.
    variance = 0.35**2 * (1 + 9 * 0.3) / 10 * 2 * 0.05
    assert block.slice_margin() == pytest.approx(1.96 * math.sqrt(variance / 2_000), rel=1e-3)
    # The favourite's weight, drawn by the log; the rest is negligible.
    share = 1 / 18 / sum(1 / k for k in range(1, 21))
    weight = (0.9 + 0.1 * share) / share
    spread = math.sqrt(share * weight**2 + (1 - share) * 0.01 - 1)
    assert block.mean_weight_error() == pytest.approx(spread / math.sqrt(1e5), rel=1e-3)


def test_a_ranker_is_evaluated_in_minutes() -> None:
    assert block.ranker_seconds() == pytest.approx(200_000 * 35.5e9 / (121e12 / 4), rel=0.01)
    assert block.ranker_cents() == pytest.approx(block.ranker_seconds() / 3_600 * 80)
    # At so many rows the noise of doubly robust is the bias of the model alone.
    noise = block.error_percent("dr") * math.sqrt(1e5 / block.rows_even())
    assert noise == pytest.approx(abs(block.bias_percent("model")))


def test_auc_may_contradict_its_slices_with_the_same_pairs() -> None:
    """Rows are label and score; the second model is right in both slices and wrong between them."""

    def auc(rows: list[tuple[int, float]]) -> float:
        pairs = [(a, b) for label, a in rows if label for other, b in rows if not other]
        return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)

    old = ([(1, 0.9), (1, 0.7), (0, 0.8)], [(1, 0.3), (0, 0.2), (0, 0.4)])
    new = ([(1, 0.2), (1, 0.3), (0, 0.1)], [(1, 0.9), (0, 0.7), (0, 0.8)])
    assert all(auc(after) > auc(before) for before, after in zip(old, new, strict=True))
    assert auc(new[0] + new[1]) < auc(old[0] + old[1])
