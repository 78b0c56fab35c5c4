"""The chapter on online experiments, against sums and simulations of its own."""

from __future__ import annotations

import math
import random
from statistics import NormalDist, fmean

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/online-experiments")


def test_the_rule_of_sixteen_is_close_to_the_exact_sum() -> None:
    assert block.rule_of_sixteen() == pytest.approx(16 * (12 / (14 * 0.002)) ** 2)
    assert block.rule_of_sixteen() / block.exact_users() == pytest.approx(1.02, abs=0.005)


def test_what_moves_the_size() -> None:
    assert block.cuped_share() == pytest.approx(0.51)
    # Effect a tenth: a hundred times the users analysed; one in ten of them had to be recruited.
    assert block.diluted_factor() == pytest.approx(10)
    assert block.cluster_factor() == pytest.approx(1 + 9_999 * 0.005)
    assert block.power_factor() == pytest.approx(
        (1.96 + 1.2816) ** 2 / (1.96 + 0.8416) ** 2, rel=1e-3
    )
    assert block.unequal_factor(0.5) == pytest.approx(1)
    assert block.unequal_factor() == pytest.approx(100 / 9 / 4)


def test_correlated_rows_make_false_alarms() -> None:
    factor = 1 + 19 * 0.1
    assert block.ratio_variance_factor() == pytest.approx(factor)
    rng = random.Random(7)
    alarms = sum(abs(rng.gauss(0, math.sqrt(factor))) > 1.96 for _ in range(40_000))
    assert block.false_alarm_percent() == pytest.approx(100 * alarms / 40_000, abs=0.8)


def test_unequal_arms_are_found_out() -> None:
    arms = (1_000_000, 990_000)
    z = (arms[0] - arms[1]) / math.sqrt(sum(arms))
    assert block.srm_p() == pytest.approx(2 * NormalDist().cdf(-z), rel=0.02)


def test_the_winners_curse_is_what_a_simulation_finds() -> None:
    rng = random.Random(11)
    for power in (0.2, 0.8):
        effect = 1.959964 + NormalDist().inv_cdf(power)
        drawn = (rng.gauss(effect, 1) for _ in range(200_000))
        seen = [abs(value) for value in drawn if abs(value) > 1.959964]
        assert block.exaggeration(power) == pytest.approx(fmean(seen) / effect, rel=0.01)


def test_false_wins_follow_from_how_many_ideas_work() -> None:
    # Of 1,000 ideas 100 work; 80 are found; of the other 900 one in forty wins by chance.
    assert block.false_share() == pytest.approx(22.5 / (22.5 + 80))
    assert block.any_of() == pytest.approx(1 - 0.95**20)


def test_a_holdout_sees_a_tenth_of_a_per_cent() -> None:
    error = 12 / math.sqrt(5_000_000)
    assert block.holdout_percent() == pytest.approx(100 * 2.8016 * error / 14, rel=1e-3)


def test_the_market_is_off_by_more_than_a_switchback_spreads() -> None:
    assert block.bias_points() > 100 * block.LAB["market_switchback_spread"]


def test_several_guardrails_by_flipping_coins() -> None:
    rng = random.Random(11)
    passed = fmean(all(rng.random() < 0.8 for _ in range(3)) for _ in range(100_000))
    assert block.all_pass() == pytest.approx(passed, abs=0.005)
    assert block.power_for_each() ** 3 == pytest.approx(0.8)
    assert block.margin_rule() == pytest.approx(2 * (1.645 + 0.8416) ** 2, rel=1e-3)
    assert block.margin_factor() == pytest.approx((1.645 + 0.8416) ** 2 / 2.8016**2, rel=1e-3)


def test_two_planned_looks_by_drawing_both_halves() -> None:
    # Tables of group-sequential tests give 2.797 and 1.977 for two looks of this shape.
    assert block.first_boundary() == pytest.approx(2.797, abs=0.002)
    assert block.last_boundary() == pytest.approx(1.977, abs=0.002)
    rng = random.Random(17)
    half = block.lab_drift() / math.sqrt(2)
    early = late = 0
    for _ in range(100_000):
        first = rng.gauss(half, 1)
        last = (first + rng.gauss(half, 1)) / math.sqrt(2)
        early += abs(first) > 2.797
        late += abs(first) <= 2.797 and abs(last) > 1.977
    assert block.two_looks_power() == pytest.approx((early + late) / 100_000, abs=0.005)
    assert block.found_halfway() == pytest.approx(early / (early + late), abs=0.005)
    # The lab's one look, which its own tests found in 84.1 %.
    assert block.two_looks_power() < block.LAB["effect_fixed"]


def test_weeks_are_whole() -> None:
    assert [block.whole_weeks(days) for days in (0.3, 7, 15.1)] == [1, 1, 3]
    assert block.switchback_whole_weeks() == 8


def test_a_switchback_of_two_weeks_seldom_finds_what_is_there() -> None:
    truth, spread = block.LAB["market_truth"], block.LAB["market_switchback_spread"]
    rng = random.Random(13)

    def found(weeks: float) -> float:
        error = spread * math.sqrt(2 / weeks)
        return fmean(rng.gauss(truth, error) > 1.96 * error for _ in range(50_000))

    assert block.switchback_power() == pytest.approx(found(2), abs=0.01)
    assert found(block.switchback_weeks()) == pytest.approx(0.8, abs=0.01)
