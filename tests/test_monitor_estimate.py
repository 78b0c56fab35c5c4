"""The arithmetic of the monitoring step, recomputed by hand where a slip would matter."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

monitor = chapter("framework/7-monitor")


def test_chance_moves_psi_as_a_chi_square() -> None:
    assert monitor.chi_square_quantile(0.99, 9) == pytest.approx(21.666, rel=0.002)
    assert monitor.chi_square_quantile(0.95, 9) == pytest.approx(16.919, rel=0.002)
    assert monitor.psi_mean(500) == pytest.approx(9 * (1 / 500 + 1 / 500))
    assert monitor.psi_noise(monitor.rows_for_rule()) == pytest.approx(0.1)
    assert monitor.psi_noise(300) == pytest.approx(0.144, abs=0.001)  # what the quiz says


def test_a_shift_of_a_twentieth_hides_below_the_rule() -> None:
    by_hand = 0.05 * math.log(1.5) + (-0.05) * math.log(0.5)
    assert monitor.psi_of_shift() == pytest.approx(by_hand)
    assert monitor.psi_of_shift() < monitor.RULE_OF_THUMB


def test_ks_at_one_per_cent() -> None:
    assert monitor.ks_threshold(1e6) == pytest.approx(1.6276 * math.sqrt(2e-6), rel=1e-4)


def test_many_features_ring_often() -> None:
    assert monitor.false_alarms() == pytest.approx(512 * 168 * 0.01)
    assert monitor.false_alarms_daily() == pytest.approx(512 * 7 * 0.01)
    assert monitor.false_alarms_twice() == pytest.approx(512 * 168 * 0.0001)
    assert monitor.deviations_needed() == pytest.approx(4.38, abs=0.01)


def test_calibration_needs_patience_by_rate() -> None:
    likes = (1.96 / 0.05) ** 2 * 0.97 / 0.03 * 3
    assert monitor.impressions_for_margin() == pytest.approx(likes, rel=1e-3)
    per_minute = 24e9 / 1_440 / 1_000
    assert monitor.minutes_for_margin() == pytest.approx(likes / per_minute, rel=1e-3)


def test_error_budgets() -> None:
    assert monitor.budget_requests() == pytest.approx(90e6)
    assert monitor.budget_minutes() == pytest.approx(43.2)
    assert monitor.burnt() == pytest.approx(0.02)
    assert monitor.burnt(6, 6) == pytest.approx(0.05)
    assert monitor.hours_to_empty() == pytest.approx(50)
    assert monitor.seconds_to_page() == pytest.approx(51.84)


def test_bad_answers_by_way_back() -> None:
    assert monitor.bad_answers() == pytest.approx(3e9 / 86_400 * 900)
    assert monitor.canary_bad_answers() == pytest.approx(monitor.bad_answers() / 100)
    # 619 card-hours on 64 cards, an hour of maps, two of the gate; found after ten minutes.
    hasty = 619.3 / 64 + 1 + 2 + 10 / 60
    assert monitor.retrain_bad_answers() == pytest.approx(3e9 / 24 * hasty, rel=1e-3)


def test_a_sudden_loss_waits_for_the_whole_release() -> None:
    release = (619.3 / 64 + 1 + 2 + 24) / 24
    assert monitor.trigger_days() == pytest.approx(1 + release, rel=1e-3)
    assert monitor.schedule_days() == pytest.approx(3.5 + release, rel=1e-3)


def test_a_judge_that_errs_needs_more_answers_than_a_perfect_one() -> None:
    usual, bad = 0.03 * 0.9 + 0.97 * 0.02, 0.05 * 0.9 + 0.95 * 0.02
    variance = usual * (1 - usual) + bad * (1 - bad)
    a_side = (1.959964 + 0.841621) ** 2 * variance / (bad - usual) ** 2
    assert monitor.judged_sample_with_errors() == math.ceil(a_side)
    spread = math.sqrt(usual * (1 - usual) / 14_000 + bad * (1 - bad) / 2_000)
    power = 0.5 * (1 + math.erf(((bad - usual) / spread - 1.959964) / math.sqrt(2)))
    assert monitor.day_against_week_power() == pytest.approx(power)


def test_scoring_twice_costs_machines_and_cards_only() -> None:
    assert monitor.shadow_dollars_per_day() == pytest.approx(3e7 / 1_000 * 0.0069, rel=0.01)


def test_the_best_cadence_is_a_minimum() -> None:
    best = monitor.best_cadence_days()
    least = monitor.cadence_dollars_per_day(best)
    assert least <= monitor.cadence_dollars_per_day(best - 0.1)
    assert least <= monitor.cadence_dollars_per_day(best + 0.1)
    steps = [monitor.loss_at_age((step + 0.5) * 7 / 10_000) for step in range(10_000)]
    assert monitor.mean_loss(7) == pytest.approx(sum(steps) / len(steps), rel=1e-6)


def test_the_loop_stands_still_only_when_corrected() -> None:
    assert monitor.loop_share(0) == pytest.approx(0.55)
    assert monitor.loop_share(20, 0.0, 1.0) == pytest.approx(0.55)
    one = 0.55**1.2 / (0.55**1.2 + 0.45**1.2)
    assert monitor.loop_share(1) == pytest.approx(one)
    assert monitor.loop_share(20, 0.02) > 0.95


def test_a_changed_judge_looks_like_a_changed_assistant() -> None:
    assert monitor.flagged() == pytest.approx(0.9 * 0.03 + 0.02 * 0.97)
    assert monitor.flagged_later() == pytest.approx(0.9 * 0.03 + 0.05 * 0.97)
    assert monitor.corrected() == pytest.approx(monitor.UNGROUNDED)
    assert monitor.wrongly_read() > monitor.UNGROUNDED_BAD


def test_a_corrected_rate_carries_the_judges_own_errors() -> None:
    sampling = 1.96 * math.sqrt(0.0464 * 0.9536 / 2_000)
    passed = 0.97 * 1.96 * math.sqrt(0.98 * 0.02 / (1_400 * 0.97))
    caught = 0.03 * 1.96 * math.sqrt(0.9 * 0.1 / 42)
    by_hand = math.sqrt(sampling**2 + passed**2 + caught**2) / 0.88
    assert monitor.corrected_total_error() == pytest.approx(by_hand, rel=1e-3)
    assert monitor.corrected_error() == pytest.approx(sampling / 0.88, rel=1e-3)
    assert monitor.ungrounded_seen() == pytest.approx(42)
    assert monitor.sensitivity_error() == pytest.approx(0.0907, abs=1e-4)


def test_fixed_questions() -> None:
    assert monitor.canary_found() == pytest.approx(1 - 0.98**200)
    assert monitor.canary_false_alarms_at_once() == pytest.approx(168)
    assert monitor.canary_false_alarms_per_week() == pytest.approx(168 * 200 * 0.005**3)
    assert monitor.canary_dollars_per_week() == pytest.approx(168 * 200 * 0.0033)
