"""The calibration chapter's arithmetic, by simulation, by hand, and against its lab."""

from __future__ import annotations

import math

import numpy as np
import pytest

from handbook.estimate import chapter, results

block = chapter("building-blocks/calibration")
lab = results("building-blocks/calibration")


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.3])
@pytest.mark.parametrize("kept", [0.5, 0.05])
def test_the_correction_undoes_the_sampling(rate: float, kept: float) -> None:
    learnt = block.trained_on(rate, kept)
    assert learnt / (1 - learnt) == pytest.approx(rate / (1 - rate) / kept)
    assert block.corrected(learnt, kept) == pytest.approx(rate)
    logit = math.log(learnt / (1 - learnt)) + math.log(kept)
    assert 1 / (1 + math.exp(-logit)) == pytest.approx(rate)


def test_sampling_by_drawing_it() -> None:
    rng = np.random.default_rng(1)
    clicks = rng.random(2_000_000) < 0.01
    kept = clicks | (rng.random(clicks.size) < 0.05)
    assert clicks[kept].mean() == pytest.approx(block.trained_on(), rel=0.02)


def test_one_factor_cancels_between_bids_per_click_and_not_against_a_fixed_one() -> None:
    assert block.price_a_click(1.5) == pytest.approx(block.price_a_click()) == 1.8
    assert block.lost_percent(1.5, 0) == pytest.approx(100 * (1 - 33.3333 / 40), abs=0.001)
    assert block.reserve_floor() * 1.5 == block.RESERVE


def test_an_auction_of_three_is_won_and_paid_by_the_second_highest_value() -> None:
    for factor in (1.0, 1.5):
        values = {"A": 40 * factor, "B": 36 * factor, "C": 50.0}
        first, second = sorted(values, key=values.__getitem__, reverse=True)[:2]
        # A pays by the click, and clicks come at their true rate.
        paid = values[second] / (1 if first == "C" else factor)
        if factor == 1:
            assert (first, second) == ("C", "A")
            assert block.honest_revenue() == paid
        else:
            assert (first, second) == ("A", "B")
            assert block.inflated_revenue() == pytest.approx(paid) == 36
    assert block.mixed_price(1.5, 0) == pytest.approx(50 / 30)
    assert block.lost_percent() == pytest.approx(10)


def test_a_map_keeps_an_edge_and_a_value_a_step() -> None:
    edges, values = np.linspace(0.05, 1, 20), np.linspace(0, 0.5, 20)
    assert block.map_numbers() == edges.size + values.size


def test_clicks_and_the_noise_floor() -> None:
    assert block.clicks_for() == pytest.approx((1.959964 / 0.05) ** 2, rel=1e-6)
    assert block.impressions_for() == pytest.approx(153_658, rel=1e-5)
    drawn = np.random.default_rng(3).binomial(153_658, 0.01, size=100_000) / 1_536.58
    assert (np.abs(drawn - 1) < 0.05).mean() == pytest.approx(0.95, abs=0.005)
    rng = np.random.default_rng(2)
    clicks = rng.binomial(500, 0.01, size=(4_000, 20)) / 500
    simulated = np.abs(clicks - 0.01).mean()
    assert block.noise_floor(10_000, 0.01) == pytest.approx(simulated, rel=0.05)
    # Bins differ in rate in the lab, which lowers the mean of their roots.
    assert lab["floor"] == pytest.approx(block.noise_floor(), rel=0.15)
