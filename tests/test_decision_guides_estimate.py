"""The crossovers of the decision guides, each recomputed from both of its sides."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

guide = chapter("reference/decision-guides")
feed = chapter("case-studies/news-feed")
framework = chapter("framework")
model = chapter("framework/4-model")
monitor = chapter("framework/7-monitor")
serve = chapter("framework/6-serve")


@pytest.mark.parametrize("refreshes", [1, 6, 24])
def test_online_and_batch_cost_the_same_at_the_flip(refreshes: float) -> None:
    share = guide.flip_percent(refreshes) / 100
    assert serve.online_dollars_per_day(share) == pytest.approx(
        serve.batch_dollars_per_day(refreshes)
    )


def test_a_scan_of_what_the_flip_leaves_needs_the_smallest_fleet_of_the_index() -> None:
    items = guide.scan_share_percent() / 100 * feed.indexed_posts()
    assert items == pytest.approx(guide.small_load_items())
    bytes_a_second = items * feed.EMBEDDING_DIM * feed.peak_qps() * 0.01
    servers = bytes_a_second / 200e9 / feed.LOAD_TARGET * (1 + feed.SPARE)
    assert servers == pytest.approx(guide.smallest_fleet()) == pytest.approx(8)
    # What load alone asks of a shard is less than the copies that it has anyway.
    busy = feed.peak_qps() * 0.01 / feed.search_qps_per_machine()
    assert busy / feed.LOAD_TARGET * (1 + feed.SPARE) < guide.COPIES


def test_memory_of_an_index_is_priced_by_its_bytes() -> None:
    gigabyte = 1.072 * 730 / (128 * 2**30 / 1e9)
    assert guide.graph_dollars() == pytest.approx(358.4 * gigabyte)
    assert guide.code_dollars() == pytest.approx(14.4 * gigabyte)
    sizes = [row[1] for row in guide.index_rows()[1:]]
    assert sizes == ["77 GB", "358 GB", "128 GB", "14 GB", "14 GB, and 358 GB of disk"]
    assert guide.disk_dollars() == pytest.approx(14.4 * gigabyte + 358.4 * 0.08)


def test_a_network_is_no_dearer_from_two_heads_on() -> None:
    heads = guide.heads_for_network()
    assert (heads - 1) * model.one_head_trees_dollars() < feed.ranker_dollars()
    assert heads * model.one_head_trees_dollars() >= feed.ranker_dollars()


def test_a_candidate_costs_a_request_over_its_candidates() -> None:
    # The model step's core-milliseconds a request, all heads, over 500 candidates.
    linear, _, trees, _ = (row[1] for row in guide.ranker_rows()[1:])
    assert linear == f"{1.6e3 / 500:.1f} µs"
    assert trees == f"{80e3 / 500:.1f} µs"


@pytest.mark.parametrize(("rate", "right"), [(0.1, 0.64), (0.001, 0.0158), (0.0001, 0.0016)])
def test_precision_counts_alarms(rate: float, right: float) -> None:
    positives, negatives = 1e6 * rate, 1e6 * (1 - rate)
    found, false = 0.8 * positives, 0.05 * negatives
    assert guide.precision(rate) == pytest.approx(found / (found + false))
    assert guide.precision(rate) == pytest.approx(right, rel=0.01)


def test_an_interval_wrong_by_two_costs_a_fifth_more() -> None:
    def dollars(days: float) -> float:
        lost = 6_000 * (1 - (1 - math.exp(-days / 10)) * 10 / days)
        return 1_858 / days + lost

    best = min((n / 100 for n in range(50, 2_000)), key=dollars)
    assert guide.lost_dollars() == pytest.approx(6_000)
    for factor in (0.5, 2):
        more = 100 * (dollars(factor * best) / dollars(best) - 1)
        assert guide.wrong_interval_percent(factor) == pytest.approx(more, abs=1.5)


@pytest.mark.parametrize("decay", [10, 60])
def test_the_square_root_rule_is_near_the_minimum_of_its_approximation(decay: float) -> None:
    def dollars(days: float) -> float:
        loss = monitor.STALE_LOSS * 100 * monitor.LOSS_DOLLARS * days / (2 * decay)
        return monitor.retrain_dollars() / days + loss

    best = min((n / 100 for n in range(50, 2_000)), key=dollars)
    assert guide.cadence_rule_days(decay) == pytest.approx(best, abs=0.01)


def test_a_cached_corpus_costs_what_its_passages_cost_at_the_flip() -> None:
    for share, tokens in ((0.05, 30_000), (0.1, 15_000)):
        assert guide.flip_corpus_tokens(share) == pytest.approx(tokens)
        cached = guide.answer_dollars(tokens, share)
        assert cached == pytest.approx(guide.answer_dollars(framework.passage_tokens()))
    assert guide.retrieval_cents() == pytest.approx(100 * (2_800 * 2 + 200 * 10) / 1e6)
    # A cached token of the large model costs $0.10 a million, a fresh one $2.
    dollars = (1_300 * 2 + 200_000 * 0.1 + 200 * 10) / 1e6
    assert guide.long_prompt_cents() == pytest.approx(100 * dollars)
    assert guide.tuned_hours() == pytest.approx(model.tuning_hours() / 8 + 2 + 24)


def test_dearer_cards_flip_later() -> None:
    assert guide.own_over_small() == pytest.approx(19 * 6.88 * 730 / 13_870)
    same = guide.break_even_at_price(feed.H100_PRICE)
    assert same == pytest.approx(guide.break_even_answers_per_day())
    load = guide.break_even_at_price() / framework.answers_per_day()
    people = 2 * 15_000
    for at, cheaper in ((load, False), (load + 0.01, True)):
        own = model.own_cards(load=at) * 6.88 * 730 + people
        assert (own <= 277_400 * at) is cheaper


def test_a_network_at_twice_the_price_needs_four_heads() -> None:
    assert guide.heads_at_price(1) == guide.heads_for_network()
    assert guide.heads_at_price() == math.ceil(2 * 119_136 / 60_225)


def test_two_heads_are_a_tie_and_three_are_none() -> None:
    assert pytest.approx(1, abs=0.02) == 2 * 60_225 / 119_136
    assert guide.heads_for_sure() == math.ceil(1.25 * 119_136 / 60_225) == 3


def test_a_tenth_of_the_loss_leaves_the_root_rule() -> None:
    def dollars(days: float) -> float:
        return 1_858 / days + 600 * (1 - (1 - math.exp(-days / 10)) * 10 / days)

    best = min((n / 100 for n in range(50, 6_000)), key=dollars)
    assert guide.faded_cadence_days(1) == monitor.best_cadence_days()
    assert (
        guide.faded_cadence_days() == pytest.approx(best, abs=0.1) == pytest.approx(11.2, abs=0.1)
    )
    assert guide.cadence_rule_days() * math.sqrt(10) == pytest.approx(7.9, abs=0.05)
    for days in (7, 14):
        more = 100 * (dollars(days) / dollars(best) - 1)
        assert guide.faded_percent(days) == pytest.approx(more, abs=0.1)


def test_cities_are_counted_in_whole_ones() -> None:
    # The usual 16 p (1 - p) / change², times the cluster factor of 51, in cities of 10,000.
    users = 16 * 0.05 * 0.95 / (0.05 * 0.04622) ** 2
    assert guide.cities_to_see() == pytest.approx(2 * users * 51 / 10_000, rel=0.05)
    assert guide.cities_to_see() % 2 == 0


def test_own_cards_are_cheaper_just_above_the_break_even() -> None:
    load = guide.break_even_answers_per_day() / framework.answers_per_day()
    above = load + 0.01
    assert model.own_with_people_dollars(above) <= model.large_hosted_dollars() * above
    assert model.own_with_people_dollars(load) > model.large_hosted_dollars() * load


def test_weeks_of_switching_by_the_usual_rule() -> None:
    spread, effect = 0.0311467, 0.04622
    periods = ((1.959964 + 0.841621) * spread / effect) ** 2
    assert guide.weeks_to_see() == pytest.approx(2 * periods, rel=1e-6)
    assert guide.whole_weeks() == 8
    assert guide.whole_weeks(effect / 2) == 29
    assert guide.riders_overstate() == pytest.approx(0.10019 / 0.04622)
