"""The arithmetic of the serving step, recomputed by hand where a slip would matter."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

serve = chapter("framework/6-serve")


def test_the_search_box_is_sized_by_distance_and_not_by_load() -> None:
    assert serve.prefixes_per_day() == 500e6 * 8
    assert serve.origin_prefixes_per_second() == pytest.approx(4e9 / 86_400 * 2.5 * 0.4)
    assert serve.search_machines_for_load() == 6  # 46,296 / (21,333 * 0.6) * 1.5 = 5.4
    assert serve.search_machines() == 30
    assert serve.trie_bytes() == 100e6 * 64 + 200e6 * 20 * 4
    assert serve.search_dollars_per_thousand() == pytest.approx(0.00027, rel=1e-6)
    assert serve.suggest_used_ms() == 20 + 3 + 6 + 5 + 4


def test_batch_is_eleven_times_cheaper_and_the_flip_follows() -> None:
    assert serve.batch_advantage() == pytest.approx((2 / 0.6 * 1.5) / (0.4 / 0.9))
    assert serve.flip_share() == pytest.approx(24 / 6 / 11.25)
    share = serve.flip_share()
    assert serve.online_dollars_per_day(share) == pytest.approx(serve.batch_dollars_per_day())
    lists = serve.flip_refreshes()
    assert serve.batch_dollars_per_day(lists) == pytest.approx(serve.online_dollars_per_day())


def test_queues_agree_with_their_textbook_cases() -> None:
    assert serve.waiting_share(1, 0.6) == pytest.approx(0.6)
    assert serve.waiting_share(2, 0.5) == pytest.approx(1 / 3)
    assert serve.pooled_p99_ms(0.6, 1) == pytest.approx(serve.wait_p99_ms(0.6))
    assert serve.wait_p99_ms(serve.highest_load()) == pytest.approx(25)
    assert serve.own_wait(0.95, 0.5, 1.0) == pytest.approx(math.log(10) / 0.5)


def test_percentiles_of_sums_are_erlang() -> None:
    assert serve.p99_of_sum(1) == pytest.approx(math.log(100))
    assert serve.p99_of_sum(2) == pytest.approx(6.6384, abs=1e-4)  # half of chi-square(4) at 99 %
    assert serve.p99_of_sum() < serve.sum_of_p99s()


def test_a_card_holds_58_answers() -> None:
    assert serve.kv_bytes_per_token() == 2 * 64 * 8 * 128 * 2
    room = 80e9 * 0.9 - 32.8e9 - 5e9
    assert serve.cache_room_bytes() == pytest.approx(room)
    assert serve.slots() == math.floor((room - 800 * 262_144) / (2_200 * 262_144)) == 58
    assert serve.slots(0) == math.floor(room / (3_000 * 262_144)) == 43
    step = (32.8e9 + 58 * 2_900 * 262_144) / (3.35e12 * 0.6)
    assert serve.step_ms() == pytest.approx(step * 1e3)
    assert serve.pace() > 20


def test_prefill_is_counted_and_is_the_larger_pool() -> None:
    flops = 2 * 32.8e9 * 2_000 + 4 * 2_000 * (800 + 1_000) * 64 * 128 * 64
    assert serve.prefill_flops() == pytest.approx(flops)
    seconds = flops / (989.5e12 * 0.4)
    assert serve.prefill_ms() == pytest.approx(seconds * 1e3, rel=1e-3)
    peak = 300e3 * 4 / 86_400 * 3
    assert serve.prefill_cards() == math.ceil(peak * serve.prefill_ms() / 1e3 / 0.6 * 1.5) == 37
    assert serve.decode_cards() == 14
    assert serve.cards() == 51
    # Without the shared prefix 2,800 tokens are read, and 43 answers fit a card instead of 58.
    unshared = 43 / ((32.8e9 + 43 * 2_900 * 262_144) / (3.35e12 * 0.6))
    assert serve.decode_cards(0) == math.ceil(peak * 200 / unshared / 0.6 * 1.5) == 16
    assert serve.prefill_cards(0) == 51
    assert serve.cards(0) == 67


def test_the_first_word_fits_its_second_and_a_sentence_does_not() -> None:
    assert serve.first_token_ms() == 60 + 150 + 10 + 50 + 550 + 30
    assert serve.prefill_slot_ms() > serve.prefill_ms()
    assert serve.first_token_ms() + serve.first_sentence_ms() > 1_000


def test_the_longest_prompt_fills_its_slot() -> None:
    new = serve.longest_prompt()
    flops = 2 * 32.8e9 * new + 4 * new * (800 + new / 2) * 64 * 128 * 64
    assert flops / (989.5e12 * 0.4) == pytest.approx(0.55, rel=1e-3)


@pytest.mark.parametrize(("hits", "quantile"), [(0.0, 0.99), (0.8, 0.95), (0.95, 0.8), (0.98, 0.5)])
def test_p99_behind_a_cache_is_a_lower_percentile_of_the_misses(
    hits: float, quantile: float
) -> None:
    assert serve.miss_quantile(hits) == pytest.approx(quantile)
    assert (1 - hits) * (1 - quantile) == pytest.approx(0.01)


def test_cost_and_people() -> None:
    assert serve.assistant_dollars_per_month() == (51 * 3 + 8 * 1.5) * 730
    assert serve.dollars_per_answer() == pytest.approx(120_450 / (1.2e6 * 730 / 24))
    assert serve.containment_point_dollars() == pytest.approx(3_000 * 4 * 730 / 24)
    assert serve.agents_busy() == pytest.approx(300e3 / 86_400 * 3 * 480)


def test_canaries_are_sized() -> None:
    assert serve.canary_impressions_per_hour() == pytest.approx(10e6)
    assert serve.hides_hours() == pytest.approx(0.64, abs=0.01)
    assert serve.escalation_days() == pytest.approx(9_490 / 3_000)
    z = 1.959964 + 0.841621
    rest = z**2 * (0.42 * 0.58 + 0.4 * 0.6 / 99) / 0.02**2
    assert serve.escalation_against_rest() == pytest.approx(rest, rel=1e-3)
    assert serve.unseen_harm() == pytest.approx(3 / 3_000, rel=0.01)


def test_the_edge_costs_more_than_the_machines_behind_it() -> None:
    assert serve.edge_dollars_per_day() == pytest.approx(4e9 * 0.6 / 1e6)
    assert serve.search_dollars_per_day() == pytest.approx(30 * 1.5 * 24)


def test_three_systems_are_priced_on_one_basis() -> None:
    # Machines and cards only: 458 machines, 204 cards for the ranker and 20 for the encoder.
    serving = (458 * 1.5 + 224 * 0.8) * 24 / 3e9
    assert serve.online_dollars_per_list() == pytest.approx(serving)
    assert serve.dollars_per_million_scores("feed") == pytest.approx(serving / 500 * 1e6)
    assert serve.dollars_per_million_scores("search") == pytest.approx(
        30 * 1.5 * 24 / (4e9 * 0.4 * 20) * 1e6
    )
