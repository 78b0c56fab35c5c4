"""The worked problems of the estimation page, computed once more by hand and in other ways."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

HOUR = 3_600
estimation = chapter("reference/estimation")


def test_load_and_storage():
    assert estimation.average() == pytest.approx(30e6 * 20 / 86_400)
    assert estimation.peak() == pytest.approx(20_833.33, abs=0.01)
    assert estimation.rough_peak() == 18_000
    assert estimation.log_bytes() == 2e9 * 300 * 90 * 3 == 162e12
    assert estimation.log_dollars() == pytest.approx(54e3 * 0.023)
    assert estimation.log_bits_per_second() == pytest.approx(0.6e12 * 8 / 86_400)


def test_an_index_by_its_bytes_a_photo():
    assert estimation.graph_bytes() == 200e6 * (384 * 4 + 2 * 32 * 4)
    assert estimation.graph_bytes(1) == 200e6 * (384 + 256)
    assert estimation.code_index_bytes() == 200e6 * (64 + 8)
    share = 0.7 * 256 * 2**30
    assert [math.ceil(size / share) for size in (358.4e9, 128e9, 14.4e9)] == [2, 1, 1]
    assert [row[3] for row in estimation.index_rows()[1:]] == ["2", "1", "1"]


def test_an_index_grows_out_of_its_server():
    photos = 200e6 + 600e3 * estimation.days_until_full()
    assert photos * (384 + 256) == pytest.approx(0.7 * 256 * 2**30)
    photos = 200e6 + 600e3 * 365 * estimation.years_until_codes_full()
    assert photos * 72 == pytest.approx(0.7 * 256 * 2**30)
    assert estimation.photos_in_shards() * 1_792 == pytest.approx(40 * 0.7 * 256 * 2**30)


def test_a_feature_store_by_both_limits():
    assert estimation.feature_bytes() == 300e6 * 100 * 8 * 1.5 * 2
    assert estimation.nodes_for_memory() == math.ceil(720e9 / (64 * 2**30 * 0.7)) == 15
    assert estimation.nodes_for_reads() == math.ceil(20_833.33 * 301 / 300e3) == 21


def test_machines_survive_the_loss_of_a_zone():
    assert estimation.servers() == math.ceil(20_833.33 / 90 * 1.5) == 348
    assert pytest.approx(estimation.busy_after_loss(), abs=1e-4) == 20_833.33 / (348 * 2 / 3 * 150)
    assert estimation.naive_servers() == 47


def test_latency_and_its_percentiles():
    assert estimation.used_ms() == 10 + 15 + max(30, 20, 12) + 15 + 40 + 15
    assert estimation.serial_ms() == 157
    assert estimation.late_percent() == pytest.approx(100 * (1 - 0.99**40))
    assert (estimation.shard_percentile() / 100) ** 40 == pytest.approx(0.99)
    # The chi-squared table with six degrees of freedom says 16.812 at 99 %.
    assert estimation.true_p99_ms() == pytest.approx(10 * 16.812 / 2, abs=0.01)
    assert estimation.added_p99_ms() == pytest.approx(3 * 10 * math.log(100))


def test_p99s_whose_slow_requests_differ_add_to_less_than_their_sum_promises():
    limits, requests = [10, 10, 10], 100
    slow = {0: 0, 1: 1, 2: 2}  # each stage is slow, by seconds, for one request in a hundred
    totals = [
        sum(5_000 if slow[stage] == request else limits[stage] for stage in slow)
        for request in range(requests)
    ]
    within = sum(total <= sum(limits) for total in totals)
    assert estimation.promised_percent() == pytest.approx(within) == 97


def test_training_and_a_language_model():
    hours = 6 * 1e9 * 20e9 / (989e12 * 0.4) / HOUR
    assert estimation.train_card_hours() == pytest.approx(hours, rel=0.001)
    peak = 50e3 * 100 * 4 / 86_400
    read = 2 * 8.03e9 * 4_000 * peak
    assert estimation.prefill_cards() == math.ceil(read / (989e12 * 0.4)) == 38
    products = sum(4 * 32 * 4_096 * before for before in range(4_000)) / 4_000
    assert estimation.attention_percent() == pytest.approx(100 * products / 16e9, rel=0.001)
    sequence = 4_300 * 2 * 32 * 8 * 128 * 2
    assert estimation.sequence_bytes() == sequence
    assert estimation.batch() == math.floor((72e9 - 2 * 8.03e9) / sequence) == 99
    step = (2 * 8.03e9 + 99 * sequence) / (3.35e12 * 0.6)
    assert estimation.step_ms() == pytest.approx(1_000 * step, rel=0.01)
    assert estimation.cards_by_little() == estimation.decode_cards() == 26


def test_money_is_divided_by_the_average():
    month = 348 * 0.8 * 730
    assert estimation.photo_month() == pytest.approx(month)
    requests = 6_944.44 * HOUR * 730
    assert estimation.photo_cents_per_thousand() == pytest.approx(
        100 * month / requests * 1e3, 1e-4
    )
    assert estimation.hosted_dollars_per_thousand() == 4 * 2 + 0.3 * 10
    assert estimation.hosted_small_dollars_per_thousand() == pytest.approx(4 * 0.1 + 0.3 * 0.5)
    weeks = 730 / 24 / 7
    own = 64 * 6.88 * 730 / (50e3 * 100 * 5 * weeks) * 1e3
    assert estimation.own_over_small_hosted() == pytest.approx(own / 0.55)
    assert estimation.own_over_small_hosted(1.3) == pytest.approx(own / (1.3 * 0.55))
    assert estimation.large_hosted_over_own() == pytest.approx(11 / own)
    even = estimation.break_even_card_price()
    assert 64 * even * 730 / (50e3 * 100 * 5 * weeks) * 1e3 == pytest.approx(0.55)


def test_full_cards_leave_no_room_for_a_queue():
    read = 2 * 8.03e9 * 4_000 * 231.4815 / (989e12 * 0.4)
    write = 231.4815 * 300 / estimation.card_tokens_per_second()
    assert 0.95 < read / 38 < 1
    assert 0.95 < write / 26 < 1
    assert estimation.helper_cards_with_room() == math.ceil(read / 0.6) + math.ceil(write / 0.6)
    assert estimation.helper_cards_with_room(1) == estimation.helper_cards()


def test_an_experiment_and_its_rule():
    assert estimation.rule_of_sixteen() == pytest.approx(16 * 0.0384 / 0.0008**2)
    treated = 0.0408
    variance = 0.04 * 0.96 + treated * (1 - treated)
    exact = (1.959964 + 0.841621) ** 2 * variance / 0.0008**2
    assert estimation.users_per_arm() == pytest.approx(exact, rel=1e-5)


def test_a_cache_and_popularity():
    assert estimation.cached_ms() == pytest.approx(0.8 * 2 + 0.2 * 40)
    assert estimation.behind_cache() == pytest.approx(20_833.33 / 5, abs=0.01)
    share = sum(1 / r for r in range(1, 100_001)) / sum(1 / r for r in range(1, 1_000_001))
    assert estimation.zipf_share() == pytest.approx(share, rel=1e-9)
    flatter = [sum(r**-0.8 for r in range(1, n + 1)) for n in (100_000, 1_000_000)]
    assert estimation.zipf_share(exponent=0.8) == pytest.approx(flatter[0] / flatter[1], rel=1e-9)


def test_errors_add_as_squares():
    assert estimation.product_spread() == pytest.approx(4)
    assert estimation.worst_spread() == 16
    logs = [math.log(x) for x in (1.1, 1.5, 1.5, 3)]
    total = math.sqrt(sum(x * x for x in logs))
    assert estimation.combined_spread() == pytest.approx(math.exp(total))
    assert estimation.variance_percent() == pytest.approx(100 * logs[3] ** 2 / total**2)
    assert estimation.combined_spread(1.3) == pytest.approx(1.892, abs=0.001)
    assert estimation.mean_over_median() == pytest.approx(math.exp((total / 1.959964) ** 2 / 2))


def test_the_slips_are_as_large_as_said():
    assert {row[0].split(":")[0]: row[3] for row in estimation.slip_rows()[1:]} == {
        "Bits for bytes": "8 ×",
        "Average for peak": "3 ×",
        "Average, full, no spare zone": "7.4 ×",
        "Monthly users for half as many daily ones": "2 ×",
        "One copy for three": "3 ×",
        "p99s added": "1.6 ×",
        "Prefill forgotten": "2.5 ×",
        "GiB for GB": "1.1 ×",
    }


def test_answers_to_changed_inputs():
    average = 30e6 * 20 / 86_400
    for factor, spare in ((10, 1.5), (1, 1.5), (6, 1.5), (0.03, 1.5), (3, 1)):
        by_hand = math.ceil(average * factor / 90 * spare)
        assert estimation.servers_for(factor, spare - 1) == by_hand
    assert estimation.servers_for() == estimation.servers() == 348
    # At that many candidates both limits ask for the same nodes; one more needs another.
    edge = estimation.candidates_where_memory_rules()
    assert estimation.peak() * (edge + 1) / (500e3 * 0.6) == pytest.approx(15)
    assert edge == pytest.approx(215)
    hours = 1.2e20 / (989e12 * 0.4) / 3_600
    assert estimation.trial_dollars() == pytest.approx(20 * hours * 6.88)
    # A thousand tokens left of four: 9.4 cards' worth of reading, so ten.
    assert estimation.cards_saved_by_prefix() == 38 - 10
    assert estimation.open_per_server(2_000) == pytest.approx(average * 3 * 2 / 348)
