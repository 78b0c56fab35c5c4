"""The arithmetic of the news feed chapter, recomputed by hand where a slip would matter."""

from __future__ import annotations

import inspect
import math

import pytest

from handbook.estimate import Quantity, chapter

feed = chapter("case-studies/news-feed")


def test_load_follows_from_the_stated_audience() -> None:
    assert feed.requests_per_day() == 3e9
    assert feed.average_qps() == pytest.approx(34_722, abs=1)
    assert f"{feed.peak_qps():,.0f}" == "69,444"
    assert feed.viewed_per_day() == pytest.approx(24e9)


def test_billions_of_posts_become_ten() -> None:
    counts = [left for _, left, _ in feed.funnel_stages()]
    assert counts[0] == 6e9
    assert counts[-1] == 10
    assert counts == sorted(counts, reverse=True)
    assert feed.retrieved() == 1_500


def test_every_stage_fits_the_budget_and_branches_count_once() -> None:
    budget = feed.latency_budget()
    assert budget.used_ms <= feed.BUDGET_MS
    assert feed.used_ms() == 8 + 6 + 16 + 5 + 5 + 15 + 25 + 6 + 8
    assert feed.serial_ms() == feed.used_ms() + (5 + 4) + (12 + 10 + 8)
    spent = sum(ms for _, _, ms in feed.funnel_stages() if ms is not None)
    outside = sum(
        feed.stage_ms(name)
        for name in ("Gateway, authentication, internal network", "User context")
    ) + feed.stage_ms("Hydrate and serialise")
    assert spent + outside == feed.used_ms()


def test_the_history_cannot_be_ranked_slower_than_its_slot() -> None:
    assert feed.ranker_compute_ms() < feed.stage_ms("Rank") / 10


def test_index_memory_is_vectors_plus_links() -> None:
    assert feed.index_bytes() == 600e6 * (128 + 2 * 16 * 4)
    assert feed.index_float32_bytes() == 600e6 * (512 + 2 * 16 * 4)
    assert feed.shard_memory_share() < 0.5


def test_ranker_parameters_by_hand() -> None:
    cross = 3 * (2048 * 2048 + 2048)
    experts = 8 * ((2048 * 1024 + 1024) + (1024 * 512 + 512))
    gates = 8 * (2048 * 8 + 8)
    towers = 8 * ((512 * 256 + 256) + (256 + 1))
    assert feed.candidate_parameters() == cross + experts + gates + towers
    assert feed.ranker_input_width() == feed.INPUT_WIDTH == 2048
    history = 2 * (2 * 12 * 256**2) * 200 + 2 * 4 * 200**2 * 256
    assert feed.ranker_flops() == 2 * feed.candidate_parameters() * 500 + history


def test_the_fleet_carries_the_peak_after_losing_a_zone() -> None:
    load = feed.peak_qps() * feed.ranker_flops()
    capacity = feed.ranker_accelerators() * feed.L4_PEAK_FLOPS * feed.SERVING_UTILIZATION
    assert load / (capacity * 2 / 3) <= 0.6
    assert feed.feature_machines() * 128e9 * 0.75 >= feed.online_features_bytes()
    assert feed.shard_rebuild_bytes() <= 128e9 * 0.75


def test_push_writes_what_daily_users_would_read_of_new_posts() -> None:
    assert feed.write_fanout_per_s() == pytest.approx(500e6 * 300 / 86_400)
    assert feed.read_write_ratio() == pytest.approx(6)
    assert feed.deliveries_per_post() * feed.posts_per_day() == pytest.approx(150e9)


def test_the_pre_rankers_inputs_come_with_the_posts_and_fit_the_service() -> None:
    assert feed.returned_records() == 600 + 4 * 200 + 200 + 100
    assert feed.prerank_bytes_per_request() == 1_700 * (128 + 64)
    assert feed.prerank_parameters() == (144 * 64 + 64) + (64 * 32 + 32) + (32 + 1)
    assert feed.prerank_core_ms() < feed.stage_ms("Pre-rank")
    assert feed.prerank_core_ms() < feed.MIXER_CORE_MS / 5


def test_memory_of_the_feature_store_by_hand() -> None:
    filters, histories, pairs = 500e6 * 48 * 35 * 12 / 8, 500e6 * 200 * 16, 500e6 * 300 * 16
    posts = (600e6 + 400e6) * (200 + 128)
    assert feed.online_features_bytes() == pytest.approx(3 * (filters + histories + pairs + posts))
    assert feed.feature_machines() == math.ceil(feed.online_features_bytes() / 96e9)
    assert 0 < feed.trimmed_pairs_saving() < feed.half_candidates_saving()


def test_the_hydration_tier_carries_every_shown_post() -> None:
    assert feed.documents_per_s() == pytest.approx(10 * feed.peak_qps())
    assert feed.document_machines() == math.ceil(694_444 / 50_000 / 0.6 * 1.5)


def test_cost_adds_up_and_paging_is_the_biggest_lever() -> None:
    parts = (
        feed.cpu_cost_per_month()
        + feed.accelerator_cost_per_month()
        + feed.training_cost_per_month()
        + feed.storage_cost_per_month()
    )
    assert feed.cost_per_month() == parts
    assert feed.fleet_rows()[-1][-1] == f"**{parts:,.0f}**"
    monthly_requests = feed.requests_per_day() * 730 / 24
    assert feed.cost_per_1000_requests() == pytest.approx(parts / monthly_requests * 1000)
    assert 0 < feed.half_candidates_saving() < feed.paged_saving() < 2 / 3


def test_downsampling_is_undone_for_one_head_but_not_for_many() -> None:
    assert feed.corrected(feed.rate_after_downsampling()) == pytest.approx(feed.LIKE_RATE)
    assert feed.wrongly_corrected() < feed.LIKE_RATE / 1.5
    assert feed.weighted_like_rate() == pytest.approx(feed.LIKE_RATE)


def test_a_tenth_of_impressions_with_an_action_agrees_with_the_heads_rates() -> None:
    assert 0.9 * feed.POSITIVE_SHARE < feed.action_share_bound() <= feed.POSITIVE_SHARE
    assert abs(feed.LONG_READ_RATE - (1 - 0.95)) < 1e-9


def test_exploration_is_a_slot_in_every_fifth_request() -> None:
    assert feed.requests_per_explore_slot() * feed.POSTS_PER_REQUEST * feed.EXPLORE_SHARE == 1


def test_guardrails_say_what_the_experiment_can_see() -> None:
    arm = feed.users_per_arm()
    assert feed.survey_answers_thin() == pytest.approx(5_000 * 14 * arm / 500e6)
    assert feed.survey_answers() == pytest.approx(arm * 0.05 * 0.1)
    by_hand = (1.645 + 0.842) * math.sqrt(0.5 / feed.survey_answers())
    assert feed.survey_margin() == pytest.approx(by_hand, rel=0.01)
    assert feed.survey_margin_thin() > 5 * feed.survey_margin()
    hides = (1.645 + 0.842) * 6 * math.sqrt(2 / arm) / (0.003 * 48 * 14)
    assert feed.hides_excluded() == pytest.approx(hides, rel=0.01)
    assert feed.hides_excluded() < feed.HIDES_MARGIN
    assert feed.reports_excluded() < feed.REPORTS_MARGIN


def test_a_filter_sized_by_user_is_harmless_and_a_fixed_one_is_not() -> None:
    one = (1 - math.exp(-8 / 12)) ** 8
    assert feed.seen_false_positive_rate() == pytest.approx(1 - (1 - one) ** 5)
    assert feed.seen_false_positive_chained() == pytest.approx(1 - (1 - one) ** 10)
    heavy = (1 - math.exp(-8 / 4)) ** 8
    assert feed.seen_false_positive_fixed() == pytest.approx(1 - (1 - heavy) ** 5)
    assert feed.seen_false_positive_chained() < 0.04 < feed.seen_false_positive_fixed()
    assert feed.seen_filter_bytes_heavy() == pytest.approx(3 * 48 * 35 * 1.5)


def test_counter_updates_cost_the_index_no_machine() -> None:
    assert feed.index_updates_per_s() == pytest.approx(feed.peak_qps() * 8 * 1.2 / 4)
    assert feed.index_update_cores() < 1
    assert feed.ann_machines_per_shard() * 4 == feed.ann_machines()


def test_user_state_of_everybody_fits_the_disks_and_the_reads_are_few() -> None:
    assert feed.user_state_bytes() == pytest.approx(200 * 16 + 48 * 35 * 1.5 + 300 * 16)
    assert feed.document_bytes_per_machine() < 4e12
    assert feed.cold_reads_per_s() * 3 < 0.01 * feed.documents_per_s()


def test_calibration_has_enough_held_out_labels() -> None:
    assert feed.holdout_reports_per_day() == pytest.approx(24e9 * 0.001 * 0.0001)
    assert feed.holdout_bytes_per_day() < 0.01 * feed.example_log_per_day_bytes()
    assert feed.survey_rate_error() > 0.05 > 0.01 > feed.survey_rate_error(7)


def test_downsampling_by_counting() -> None:
    likes, other_positives, rest = 30, 70, 900
    kept = likes + other_positives + rest * 0.1
    assert feed.like_share_of_examples() == pytest.approx(likes / kept)


def test_the_hidden_costs_turn_the_headline_down() -> None:
    assert feed.headline_engagement() > feed.friend_engagement()
    assert feed.headline_value() < feed.friend_value()


def test_sample_size_matches_the_rule_of_thumb() -> None:
    rule = 16 * (feed.SESSIONS_SD / feed.detectable_sessions()) ** 2
    assert feed.users_per_arm() == pytest.approx(rule, rel=0.03)
    assert feed.users_per_arm_cuped() == pytest.approx(0.51 * feed.users_per_arm())


def test_delays_and_coverage_are_inverse() -> None:
    window = feed.delay_quantile_min(feed.COMMENT_DELAY_MIN, 0.9)
    assert feed.label_coverage(window, feed.COMMENT_DELAY_MIN) == pytest.approx(0.9)


def test_labels_arrive_inside_the_window_less_often_the_slower_they_are() -> None:
    assert feed.like_coverage() > feed.label_coverage() > feed.share_coverage()
    assert feed.label_coverage() == pytest.approx(1 - math.exp(-2.5))


def test_tail_bounds() -> None:
    assert feed.shards_slow() == pytest.approx(1 - 0.99**4)
    assert feed.shard_quantile_needed() ** 4 == pytest.approx(0.99)
    assert feed.limit_count() == 7 + 3 + 4
    assert feed.guaranteed_quantile() == pytest.approx(0.86)
    assert 14 * (1 - feed.limit_quantile_needed()) == pytest.approx(0.01)


def test_shards_return_enough() -> None:
    spare = feed.SHARD_K - feed.shard_share_expected()
    assert spare > 4 * feed.shard_share_deviation()


def test_capacity_curves_start_from_the_chapters_point() -> None:
    assert feed.accelerators_at(feed.peak_qps()) == feed.ranker_accelerators()
    assert feed.cpu_machines_at(feed.peak_qps()) == feed.cpu_machines()
    assert feed.accelerators_at(2 * feed.peak_qps()) > 1.9 * feed.ranker_accelerators()


@pytest.mark.parametrize(
    "rows", ["latency_rows", "load_rows", "memory_rows", "fleet_rows", "value_rows"]
)
def test_tables_are_rectangular(rows: str) -> None:
    table = getattr(feed, rows)()
    assert {len(row) for row in table} == {len(table[0])}
    assert len(table) > 4


def test_every_public_function_says_what_it_is_and_every_input_says_why() -> None:
    for name, item in vars(feed).items():
        if inspect.isfunction(item) and item.__module__ == feed.__name__:
            assert item.__doc__, name
        if isinstance(item, Quantity):
            assert item.note, name
