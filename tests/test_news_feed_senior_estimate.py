"""The mock interview's sums and its sheet, against sums done by hand."""

from __future__ import annotations

import pytest

from handbook.estimate import chapter

played = chapter("mock-interviews/news-feed-senior")


def test_the_round_lasts_as_long_as_the_clock_and_pays_for_what_ran_over() -> None:
    """45 minutes; the model's two and a half extra are evaluation's loss, all else is planned."""
    assert sum(played.spent_minutes(step) for step in played.STEPS) == 45
    over = {step: played.over_minutes(step) for step in played.STEPS}
    assert {step: minutes for step, minutes in over.items() if minutes} == {
        "Model": 2.5,
        "Evaluate": -2.5,
    }


def test_the_sheet_is_a_yes_at_senior_and_at_no_level_above() -> None:
    """Rungs 3, 4, 3, 3, 2, 3, 3: a senior score is the rung, mid one more, staff one less."""
    assert [played.total(level) for level in ("Mid", "Senior", "Staff")] == [27, 21, 14]
    assert played.sheet_rows()[-1] == ["**Decision**", "", "", "Strong yes", "Yes", "No"]
    assert played.changed_total("Evaluate", 3) == 22
    assert played.changed_total("Monitor", 1) == 19


def test_two_posts_change_places_once_hides_count() -> None:
    """0.05 + 6 x 0.03, then minus 20 x 0.03; 0.04 + 6 x 0.01, then minus 20 x 0.002."""
    assert played.headline_short(hides=False) == pytest.approx(0.23)
    assert played.friend_short(hides=False) == pytest.approx(0.10)
    assert played.headline_short() == pytest.approx(-0.37)
    assert played.friend_short() == pytest.approx(0.06)


def test_ranking_everything_takes_a_fleet_and_ten_thousand_posts_a_card() -> None:
    """2 x 34.7567 M x 600 M operations, by cards of a quarter of 121 TFLOPS."""
    assert played.flops_for_all() == pytest.approx(41.7e15, rel=0.001)
    assert played.cards_for_all() == pytest.approx(41.708e15 / 30.25e12, rel=0.001)
    assert played.catalogue_ms() == pytest.approx(1e4 * 2 * 34.7567e6 / 30.25e12 * 1e3, rel=0.001)
    assert played.catalogue_cards() == pytest.approx(69_444 * 0.02298, rel=0.001), "at that load"
    assert played.vectors_alone_bytes() == 600e6 * 128


def test_ranking_costs_what_the_board_says() -> None:
    """69,444 x 35.5 GFLOP by 30.25 TFLOPS, six tenths full; 204 cards, 87 machines, 730 h."""
    assert played.cards_busy() == pytest.approx(69_444 * 35.467e9 / 30.25e12, rel=0.001)
    assert played.cards_with_headroom() == pytest.approx(135.7, rel=0.001)
    assert played.embedding_dollars() == pytest.approx(87 * 1.5 * 730)
    assert played.ranking_path_dollars() == pytest.approx(204 * 0.8 * 730 + 95_265)
    assert played.paging_dollars() == pytest.approx(214_401 * 2 / 3)


def test_the_formula_for_one_head_is_off_by_another_factor_for_each_head() -> None:
    """Of 1,000 impressions 190 are kept: 30 likes, 10 comments; odds by ten, against 3 and 1 %."""
    assert played.share_of_rows() == pytest.approx(10 / 190)
    assert played.formula_gives() == pytest.approx((10 / 180 / 10) / (1 + 10 / 180 / 10))
    assert played.formula_off_by() == pytest.approx(1.81)
    assert played.formula_off_by(0.03) == pytest.approx(1.63)


def test_the_guess_about_the_spread_does_not_decide() -> None:
    """(14 / 0.028)^2 x 16; with 12 nearly three million; with 42 nine times the guess."""
    assert played.sessions_per_week() == 14
    assert played.poisson_sd() < 4
    assert played.thumb_users_per_arm() == pytest.approx(4e6)
    assert played.known_users_per_arm() == pytest.approx(16 * (12 / 0.028) ** 2)
    assert played.worst_users_per_arm() == pytest.approx(36e6)
    assert played.worst_share() == pytest.approx(2 * 36 / 500), "a test has two arms"
