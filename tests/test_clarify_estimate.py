"""The arithmetic of the first step, recomputed by hand."""

from __future__ import annotations

import pytest

from handbook.estimate import chapter

clarify = chapter("framework/1-clarify")


def test_the_six_minutes_follow_each_other() -> None:
    assert [row[1:3] for row in clarify.part_rows()[1:]] == [
        ["0:00", "0:30"],
        ["0:30", "1:30"],
        ["1:30", "3:00"],
        ["3:00", "4:00"],
        ["4:00", "5:00"],
        ["5:00", "6:00"],
    ]


def test_a_round_day_is_a_seventh_too_long() -> None:
    assert clarify.rough_average_qps() == pytest.approx(3e9 / 1e5)
    assert clarify.rough_error_percent() == pytest.approx(13.6)


def test_few_requests_that_stay_long_are_not_few() -> None:
    answers = 300_000 * 4 / 86_400 * 3
    pages = 500e6 * 6 / 86_400 * 2
    assert clarify.request_ratio() == pytest.approx(pages / answers)
    assert clarify.feed_in_flight() == pytest.approx(pages * 0.1)
    assert clarify.assistant_seconds() == 1 + 200 / 20
    assert clarify.assistant_in_flight() == pytest.approx(answers * 11)
    assert clarify.in_flight_ratio() == pytest.approx(15.15, abs=0.01)


def test_a_scan_reads_every_vector_for_every_request() -> None:
    assert clarify.scan_ms(1e6) == pytest.approx(1e6 * 128 / 200e9 * 1000)
    assert clarify.scan_ms() == pytest.approx(384)
    one = 69_444.44 * 0.384 / 0.6 * 1.5
    assert clarify.scan_machines() == pytest.approx(one, rel=1e-4)


@pytest.mark.parametrize("share", [1.0, 0.01])
def test_scan_and_index_meet_where_they_take_as_many_servers(share: float) -> None:
    items = clarify.scannable_items(share)
    assert clarify.scan_machines(items, share) == clarify.feed.ann_machines()


def test_the_ceiling_is_what_people_would_cost() -> None:
    assert clarify.ceiling_per_conversation() == pytest.approx(0.6 * 8 * 30 / 60)
    assert clarify.ceiling_per_answer() == pytest.approx(0.60)
    assert clarify.budget_per_day() == pytest.approx(72_000)
    assert clarify.budget_cents_per_answer() == pytest.approx(6)


def test_wrong_answers_eat_the_saving() -> None:
    assert clarify.wrong_dollars_per_day() == pytest.approx(180_000 * 0.01 * 40)
    assert clarify.net_dollars_per_day(0.05) == pytest.approx(360_000)
    assert clarify.net_dollars_per_day(clarify.break_even_wrong_percent() / 100) == pytest.approx(0)


def test_twice_the_requests_take_twice_the_cards() -> None:
    assert clarify.cards_for_requests() == 204
    assert clarify.cards_for_requests(12) == 408


def test_ten_times_the_posts_take_nearly_ten_times_the_cards() -> None:
    assert clarify.cards_for_candidates() == 204
    assert clarify.cards_for_candidates(5_000) == pytest.approx(2_040, rel=0.03)
