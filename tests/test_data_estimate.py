"""The arithmetic of the data step, recomputed by hand where a slip would matter."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

data = chapter("framework/3-data")


def test_lines_become_rows_and_never_more_of_them() -> None:
    counts = [left for _, left in data.row_path()]
    assert counts == sorted(counts, reverse=True)
    assert data.events_per_day() == pytest.approx(3e9 * 10 * 0.8 * 1.2)
    assert counts[0] == pytest.approx(28.8e9 / (0.98 * 0.95 * 0.997))
    assert counts[-1] == pytest.approx(24e9 * (0.1 + 0.9 * 0.1))


def test_bytes_of_the_log() -> None:
    assert data.raw_bytes_per_day() / 1e12 == pytest.approx(15.5, abs=0.05)
    assert data.raw_log_bytes() / 1e12 == pytest.approx(14 * 15.514, abs=0.1)
    # Ten posts for three billion requests, four kilobytes each.
    assert data.feature_buffer_bytes() == pytest.approx(3e9 * 10 * 4_000)
    assert data.held_features_bytes() == pytest.approx(240e12)
    assert data.held_features_dollars_per_month() == pytest.approx(240e3 * 0.02)
    assert data.stream_join_bytes() == pytest.approx(3e9 / 86_400 * 2 * 10 * 4_000 * 1_800)
    # 666,667 events a second are valid; ids of sixteen bytes, one hour.
    raw_per_s = 3e9 / 86_400 * 2 * 8 * 1.2 / (0.98 * 0.95 * 0.997)
    assert data.dedup_state_bytes() == pytest.approx(raw_per_s * 3_600 * 16)


def test_late_labels_and_what_sampling_saves() -> None:
    assert data.missed_share_percent() == pytest.approx(100 * math.exp(-30 / 20))
    assert data.observed_share_rate() == pytest.approx(0.005 * (1 - math.exp(-1.5)))
    kept, every = 0.19 * 24e9 * 4_000 * 60, 24e9 * 4_000 * 60
    assert data.sampling_saves_dollars_per_month() == pytest.approx((every - kept) / 1e9 * 0.02)


def test_erasure_is_counted_in_rows_and_petabytes() -> None:
    assert data.examples_per_user() == pytest.approx(4.56e9 * 60 / 500e6)
    assert data.scattered_rows_per_day() == pytest.approx(50_000 * 547.2)
    assert data.rewritten_bytes_per_month() == pytest.approx(2 * 4.56e9 * 4_000 * 60)


def test_encodings_have_limits() -> None:
    assert data.one_hot_limit() == 4_000 * 0.05 / 4
    assert data.rows_to_learn_a_category() == pytest.approx(100 / 0.003)
    assert data.adam_table_bytes() == 500e6 * 64 * 12
    assert data.rowwise_table_bytes() == 500e6 * (64 * 4 + 4)
    assert data.min_max_median() == 20 / 1e6
    assert data.log_median() == pytest.approx(math.log(21) / math.log(1_000_001))


@pytest.mark.parametrize(("rows_per_id", "share"), [(1, 0.632), (2, 0.393), (10, 0.095)])
def test_collisions_are_those_of_the_birthday_problem(rows_per_id: float, share: float) -> None:
    assert data.colliding_share(5e8, rows_per_id * 5e8) == pytest.approx(share, abs=5e-4)


def test_a_months_users_collide_more_than_a_days() -> None:
    assert data.colliding_share(data.feed.MONTHLY_USERS) == pytest.approx(1 - math.exp(-2))


def test_small_tables_collide_as_counted_by_hand() -> None:
    # Two ids in two rows meet in two of four cases; three in three: the other two both miss in 4/9.
    assert data.colliding_share(2, 2) == pytest.approx(1 / 2)
    assert data.colliding_share(3, 3) == pytest.approx(1 - 4 / 9)
    assert data.twice_hashed_share(2, 2) == pytest.approx(1 / 4)
    assert data.twice_hashed_share() == pytest.approx(2e-9)


def test_noise_encoded_by_its_own_label() -> None:
    # Rate one half: a positive is 1 or 1/2, a negative 1/2 or 0, tied in one pair of four.
    assert data.noise_auc(0.5) == 1 - 0.25 / 2


def test_passages_are_never_fewer_than_pages() -> None:
    assert [data.passages_of(tokens) for tokens in (1, 250, 300, 301, 2_000)] == [1, 1, 1, 2, 8]
    assert data.passages() == 12_000 * 1 + 8_000 * 8
    assert data.passages_by_division() < data.passages()
    assert data.passage_vector_bytes() == 76_000 * 1_024 * 4


def test_the_assistant_logs_a_thousandth_of_the_feed() -> None:
    assert data.transcript_bytes_per_day() == pytest.approx(1.2e6 * 3_000 * 4)
    assert data.feed_log_ratio() == pytest.approx(1_077, abs=1)


def test_contained_is_not_resolved() -> None:
    assert data.contained_per_day() + data.escalated_per_day() == pytest.approx(300e3)
    assert data.resolved_share() == pytest.approx(0.6 * 0.9)


def test_judging_costs_time_and_money() -> None:
    assert data.judged_needed() == math.ceil(1.96**2 * 0.09 / 0.0004) == 865
    assert data.judge_dollars(1) == pytest.approx(3)
    assert data.missed_spans_per_day() == pytest.approx(300e3 * 1.5 * 0.05)
