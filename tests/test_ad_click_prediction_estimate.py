"""The ad click chapter's arithmetic: by hand, by drawing it, and against the pages it quotes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from handbook.estimate import chapter

ads = chapter("case-studies/ad-click-prediction")
feed = chapter("case-studies/news-feed")
block = chapter("building-blocks/calibration")


def test_load_and_money_by_hand() -> None:
    assert ads.requests_per_day() == 1e9
    assert f"{ads.average_qps():,.0f} {ads.peak_qps():,.0f}" == "11,574 23,148"
    assert ads.impressions_per_day() == pytest.approx(1.5e9)
    assert ads.clicks_per_day() == pytest.approx(15e6)
    assert ads.revenue_per_day() == pytest.approx(6e6)
    assert ads.revenue_per_thousand_impressions() == pytest.approx(4.0)
    assert ads.clicks_per_user_month() == pytest.approx(2.25)


def test_parameters_and_operations_by_hand() -> None:
    cross = 3 * (1024 * 1024 + 1024)
    deep = (1024 * 1024 + 1024) + (1024 * 512 + 512) + (512 * 256 + 256)
    heads = 3 * ((1280 * 128 + 128) + (128 + 1))
    small = (40 * 64 + 64) + (64 * 64 + 64) + (96 * 128 + 128)
    assert ads.input_width() == 26 * 32 + 64 + 128 == 1024
    assert ads.candidate_parameters() == cross + deep + heads + small
    one = 2 * (cross + deep + heads + small) + 4 * 100 * 128
    history = 2 * 2 * 100 * (96 * 128 + 128)
    assert ads.request_flops() == pytest.approx(500 * one + history)
    assert ads.card_ms() == pytest.approx(1e3 * ads.request_flops() / (121e12 / 4))


def test_stages_fit_both_budgets() -> None:
    assert ads.used_ms() == 10 + 7 + 14 + 5 + 6 + 4 + 10 + 5 + 12 + 5
    assert ads.scoring_used_ms() == 1 + 4 + 2 + 1.5 + 0.5 + 0.5 <= ads.SCORING_MS
    assert ads.limits() == 8 + 2 + 4
    assert ads.guaranteed_quantile() == pytest.approx(0.86)
    # The network's slot is several times its arithmetic.
    assert ads.card_ms() < ads.scoring_budget().stage_ms("Network") / 5


def test_collisions_by_drawing_them() -> None:
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 100_000, 116_400)
    _, where, times = np.unique(rows, return_inverse=True, return_counts=True)
    shared = (times[where] > 1).mean()
    assert ads.colliding_share(116_400, 100_000) == pytest.approx(shared, abs=0.01)
    assert ads.colliding_share() == pytest.approx(1 - math.exp(-1.25e9 / 2**30), abs=1e-6)
    tail = 1.25e9 * 0.85 / 2**28
    assert ads.admitted_lookups_colliding() == pytest.approx(0.1 * (1 - math.exp(-tail)), rel=1e-6)
    assert ads.admitted_bytes() == 187.5e6 * 80 + 2**28 * 64
    rows = ads.memory_to_match() * ads.admitted_bytes() / 64
    share = ads.colliding_share(ads.CROSS_IDS, rows)
    assert share == pytest.approx(ads.admitted_lookups_colliding(), rel=1e-3)


def test_tables_fit_where_they_are_put() -> None:
    assert ads.table_bytes() < feed.machine_memory_used()
    assert ads.ad_block_bytes() < ads.L4_BYTES
    assert ads.rows_per_request() == 10 + 6 * 500
    assert ads.embedding_machines(ads.CROSS_FIELDS + ads.AD_FIELDS) > 2 * ads.embedding_machines()


def test_fleet_and_bill_by_hand() -> None:
    rate = 32_000 / 12
    assert ads.service_machines() == math.ceil(ads.peak_qps() / rate / 0.6 * 1.5)
    assert ads.feature_machines() == 2.4e12 / 96e9
    machines = 22 + 8 + 9 + 25 + 3 + 3 + 3
    assert ads.cpu_machines() == machines
    hours = 2 * 720 + 60 * 94.5e6 * 60 / 1e5 / 3600
    storage = 94.5e6 * 2_000 * 60 + 4e12 + 1.8e12 + 6e12 + 120e12
    bill = machines * 1.5 * 730 + 11 * 0.8 * 730 + hours * 3 + storage / 1e9 * 0.02
    assert ads.cost_per_month() == pytest.approx(bill)
    assert ads.cost_per_1000_requests() == pytest.approx(bill / (1e9 * 730 / 24) * 1e3)
    assert ads.arithmetic_hours() < ads.pass_hours() / 20
    # Two days of 94.5 million examples, replayed between two steps of the stream or three.
    assert ads.replay_minutes() == pytest.approx(2 * 94.5e6 / 100_000 / 60)
    assert ads.history_parameters() == 2 * (96 * 128 + 128)


def test_memory_reads_deltas_and_half_the_ads_by_hand() -> None:
    assert ads.retrieval_read_bytes_per_s() == pytest.approx(18.9e6 * ads.peak_qps() / 8)
    machines_left = 8 * 2 / 3
    assert ads.retrieval_read_zone_lost() == pytest.approx(18.9e6 * ads.peak_qps() / machines_left)
    examples = 94.5e6 / 86_400 * 2 * 900
    assert ads.step_bytes() == pytest.approx(examples * 16 * 64)
    # Half the ads: five embedding servers instead of nine, six cards instead of eleven.
    saved = 4 * 1.5 * 730 + 5 * 0.8 * 730
    assert ads.half_scored_saving() == pytest.approx(saved / ads.cost_per_month())
    assert math.exp(ads.slot_term()) == pytest.approx(0.7)


def test_entropy_by_hand() -> None:
    assert ads.entropy(0.5) == pytest.approx(math.log(2))
    assert ads.entropy(0.01) == pytest.approx(0.0560, abs=1e-4)
    assert ads.normalised(0.125, 0.03) == pytest.approx(0.125 / 0.134742, rel=1e-4)
    assert ads.normalised_low() > ads.normalised()
    assert ads.TOP_LOSS > ads.LOW_LOSS
    lab = block.LAB
    stated = ads.normalised(lab["all_log_loss"], lab["rate"])
    assert stated == pytest.approx(lab["all_ne"], rel=0.01)


def test_delays_by_drawing_them() -> None:
    rng = np.random.default_rng(4)
    fast = rng.random(1_000_000) < 0.4
    delay = np.where(fast, rng.exponential(1, fast.size), rng.exponential(72, fast.size))
    for hours in (1, 24, 168):
        assert ads.conversion_coverage(hours) == pytest.approx((delay < hours).mean(), abs=0.002)
        age = rng.random(fast.size) * hours
        assert ads.campaign_coverage(hours) == pytest.approx((delay < age).mean(), abs=0.002)
    converts = rng.random(fast.size) < 0.05
    silent = ~converts | (delay > 24)
    assert ads.still_to_come() == pytest.approx(converts[silent].mean(), abs=0.001)


def test_fake_negatives_and_their_correction() -> None:
    for rate in (0.01, 0.05, 0.3):
        learnt = ads.fake_negative_rate(rate)
        assert learnt / (1 - learnt) == pytest.approx(rate)
        # The weights that the page gives instead, averaged over what the stream shows.
        assert learnt * (1 + rate) == pytest.approx(rate)
        assert (1 - learnt) * (1 - rate) * (1 + rate) == pytest.approx(1 - rate)
    assert ads.fake_negative_error_percent(0.05) == pytest.approx(100 * (1 - 1 / 1.05))


def test_one_shift_serves_every_head_when_negatives_are_sampled_before_the_outcome() -> None:
    rng = np.random.default_rng(6)
    click = rng.random(4_000_000) < 0.05
    hide = rng.random(click.size) < np.where(click, 0.1, 0.01)
    negatives = (rng.random(click.size) < block.KEPT).sum()
    for action in (click, hide):
        assert block.KEPT * action.sum() / negatives == pytest.approx(action.mean(), rel=0.01)


def test_one_factor_cancels_only_where_the_page_says_so() -> None:
    verdicts = {row[0]: row[1:3] for row in ads.auction_rows()[1:]}
    for setting in ("Bids per click, second price", "Bids per click, first price"):
        assert verdicts[setting][0] == verdicts[setting][1]
    changed = [a != b for name, (a, b) in verdicts.items() if not name.startswith("Bids per click")]
    assert len(changed) == 5
    assert all(changed)
    assert ads.target_bid() == pytest.approx(4.0)
    assert ads.target_paid(1.5) == pytest.approx(12.0)
    # Both heads too high: the product carries the factor twice.
    assert ads.target_paid(1.5**2) == pytest.approx(18.0)
    assert ads.lone_price() == pytest.approx(25 / (1_000 * 0.02))
    assert ads.lone_price(1.5) == pytest.approx(ads.lone_price() * 2 / 3)


def test_a_factor_on_one_head_changes_the_order_between_kinds_of_bids() -> None:
    def winner(click_factor: float, conversion_factor: float) -> str:
        by_click = 0.50 * 0.01 * click_factor
        by_conversion = 8.0 * 0.01 * click_factor * 0.05 * conversion_factor
        return "click" if by_click > by_conversion else "conversion"

    assert winner(1, 1) == winner(1.5, 1) == "click"
    assert winner(1, 1.5) == "conversion"


def test_hides_in_the_value_must_carry_the_factor_too() -> None:
    def price(click_factor: float, hide_factor: float) -> float:
        own, other = 0.02 * click_factor, 0.012 * click_factor
        hides = 1.0 * (0.004 - 0.002) * hide_factor
        return (3.0 * other + hides) / own

    assert price(1.5, 1.5) == pytest.approx(price(1, 1))
    assert price(1.5, 1) != pytest.approx(price(1, 1))


def test_randomised_requests_tell_the_slot_by_drawing_them() -> None:
    clicks = ads.random_clicks_per_day()
    assert clicks == pytest.approx(15e6 * 0.001 * 0.6)
    assert ads.random_dollars_per_day() == pytest.approx(2_400)
    rng = np.random.default_rng(7)
    first = rng.poisson(clicks / 1.7, 20_000)
    second = rng.poisson(clicks * 0.7 / 1.7, 20_000)
    half = 1.96 * np.std(second / first) / 0.7 * 100
    assert ads.slot_error_percent() == pytest.approx(half, rel=0.03)


def test_maps_alarms_and_margins_by_hand() -> None:
    assert ads.conversion_map_days() == pytest.approx(20 * 384.15 / 7_500, rel=1e-3)
    assert ads.map_hours() < 24 * ads.conversion_map_days() / 15
    assert ads.checks_a_false_alarm() == pytest.approx(1 / (0.025**2 + 0.025**2))
    assert ads.false_alarms_per_day() == pytest.approx(15e6 / 1_536.6 / 800, rel=1e-3)
    # Halves of all users: the effect that a hundred million an arm would need.
    z = 1.959964 + 0.841621
    effect = z * 1.2 * math.sqrt(2 / 1e8) / 0.42
    assert ads.detectable_percent() == pytest.approx(100 * effect, rel=1e-3)
    assert ads.detectable_percent() > ads.wide_break_even_percent() * 2
    hides = (1.644854 + 0.841621) * 1.0 * math.sqrt(2 / 1e8) / (7.5 * 14 * 0.003)
    assert ads.hides_excluded_percent() == pytest.approx(100 * hides, rel=1e-3)
    assert ads.delivery_margin_points() == pytest.approx(196 * 0.3 / math.sqrt(50_000), rel=1e-3)
    assert ads.all_bitmap_bytes() == pytest.approx(20_000 * 625e3)


def test_the_best_of_many_equal_ads_looks_too_good() -> None:
    rng = np.random.default_rng(5)
    best = rng.standard_normal((10_000, 500)).max(axis=1).mean()
    assert ads.expected_maximum() == pytest.approx(best, abs=0.02)
    assert ads.expected_maximum(1) == pytest.approx(0, abs=1e-6)


def test_shared_budgets_hide_that_spending_is_only_moved() -> None:
    # A hundred campaigns of one dollar; sixty spend all of it whatever happens.
    limited, free = 60.0, 40.0
    new = limited * 1.1 / 2.1 + free * 1.1 / 2
    old = limited * 1.0 / 2.1 + free / 2
    assert ads.measured_lift_percent() == pytest.approx(100 * (new / old - 1)) == 10
    launched = limited + free * 1.1
    assert ads.true_lift_percent() == pytest.approx(launched - 100) == 4
    assert ads.measured_lift_percent(0.0) == pytest.approx(ads.true_lift_percent(0.0))
    assert ads.small_arm_clicks() == 1.25


def test_exploration_and_experiment_by_hand() -> None:
    assert ads.explore_per_ad() == pytest.approx(1.5e9 * 0.02 / (5e6 / 14))
    assert ads.impressions_to_know() == pytest.approx((1.959964 / 0.2) ** 2 * 100, rel=0.02)
    assert ads.explore_dollars_per_day() == pytest.approx(48_000)
    assert ads.shrunk_rate() == pytest.approx(3 / 220)
    assert ads.users_per_arm() == pytest.approx(15.698 * (1.2 / 0.0021) ** 2, rel=1e-3)
    assert ads.unseen_share(24) == pytest.approx(1 - math.exp(-1 / 14))
    assert ads.aggregate_error_percent() == pytest.approx(100 * math.sqrt(3.5) / 1.5)
