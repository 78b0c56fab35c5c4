"""The chapter on nearest neighbours, by hand and by drawing vectors."""

from __future__ import annotations

import math
import random
from statistics import fmean

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/approximate-nearest-neighbours")
ITEMS = 600e6


def test_memory_by_adding_bytes() -> None:
    assert block.memory_of("Graph, int8") == 128 + 16 * 2 * 4
    assert block.memory_of("Graph, int8") * ITEMS == pytest.approx(153.6e9)
    assert block.memory_of("Inverted file, product codes") == 128 / 4 + 8
    assert block.memory_of("Inverted file, bits", 1_024) == 1_024 / 8 + 8
    assert block.disk_record_bytes() == 128 * 4 + 64 * 4
    # Five records of 768 bytes fit a block of 4,096.
    assert block.disk_bytes() == pytest.approx(ITEMS / 5 * 4_096)
    assert block.link_share_percent() == 50


def test_scans() -> None:
    assert block.scan_ms() == pytest.approx(1e3 * ITEMS * 128 / 200e9)
    product = 2 * ITEMS * 128 / (989e12 * 0.4)
    assert block.product_ms() == pytest.approx(1e3 * product, rel=1e-3)
    assert block.round_ms() == pytest.approx(1e3 * ITEMS * 128 / 4 / (3.35e12 * 0.6), rel=1e-3)
    assert block.full_batch() == pytest.approx(ITEMS * 128 / (3.35e12 * 0.6) / product, rel=1e-3)
    assert block.scores_ms() == pytest.approx(1e3 * 2 * 4 * ITEMS / (3.35e12 * 0.6), rel=1e-3)
    assert block.scan_cards() == math.ceil(69_444.4 * product / 0.6 * 1.5) == 68
    assert block.scan_cards_dollars() == 68 * 3 * 730


def test_copies_that_read_in_turn() -> None:
    read = 1e3 * ITEMS * 128 / 4 / (3.35e12 * 0.6)
    assert block.card_copies() == 17
    assert block.turn_ms() == pytest.approx(read / 17, rel=1e-3)
    assert block.started_queries() == pytest.approx(69_444.4 * read / 17 / 1e3, rel=1e-3)
    rng = random.Random(19)
    late = fmean(read * (1 + rng.random()) > 16 for _ in range(40_000))
    assert block.missed_percent() / 100 == pytest.approx(late, abs=0.02)
    assert block.cards_fleet_dollars() == pytest.approx(148_920 / (34_722.2 * 2_628e3) * 1e6, 1e-3)


def test_hourly_recall() -> None:
    assert block.watched_seconds() == pytest.approx(400 * 0.384)
    assert block.watched_points() == pytest.approx(100 * 1.96 * 0.1 / 20, rel=1e-3)
    assert block.read_ns() == pytest.approx(128 / (200e9 / 32) * 1e9)


def test_dollars_agree_with_the_fleet_but_for_whole_machines() -> None:
    assert block.graph_dollars() == 36 * 1.5 * 730
    assert block.fleet_dollars() == pytest.approx(39_420 / (34_722.2 * 730 * 3_600) * 1e6, rel=1e-3)
    assert 1 < block.fleet_dollars() / block.search_dollars() < 1.15


def test_crossovers_are_where_dollars_are_equal() -> None:
    cards, scan = block.card_crossover(), block.scan_crossover()
    assert block.card_dollars(cards) == pytest.approx(block.search_dollars(cards), rel=1e-3)
    assert block.scan_dollars(scan) == pytest.approx(block.search_dollars(scan), rel=1e-3)
    assert scan < block.clarify.scannable_items() < cards
    # A list of 600 does 600/256 of the work, so both crossings move right.
    for each, dollars in (
        (block.scan_crossover, block.scan_dollars),
        (block.card_crossover, block.card_dollars),
    ):
        items = each(600)
        graph = 1.5e-3 * 600 / 256 * math.log(items) / math.log(150e6) / 32 / 3_600 * 1.5 * 1e6 * 5
        assert dollars(items) == pytest.approx(graph, rel=1e-3)
        assert items > 2 * each()


def test_what_a_graph_search_touches() -> None:
    assert block.comparisons() == 256 * 32
    assert block.fetch_ms() == pytest.approx(8_192 * 100e-6)
    assert block.seen_share_percent() == pytest.approx(100 * 8_192 / 150e6)
    assert block.sharded_time_percent() == pytest.approx(100 * 256 / 600)
    assert block.sharding_price() == pytest.approx(4 * 256 / 600)


def test_effort_and_misses_of_the_lab() -> None:
    recall = block.LAB["ann_recall"]
    assert block.miss_fall() ** 4 == pytest.approx((1 - recall[0]) / (1 - recall[4]))
    assert block.time_rise() ** 4 == pytest.approx(block.LAB["ann_ms"][4] / block.LAB["ann_ms"][0])


def test_recall_after_scoring_again_by_drawing_scores() -> None:
    rng = random.Random(11)
    items, wanted, fetched, kept = 4_000, 40, 200, 0.866
    found = []
    for _ in range(60):
        true = [rng.gauss(0, 1) for _ in range(items)]
        spread = math.sqrt(1 - kept**2)
        coded = [kept * each + spread * rng.gauss(0, 1) for each in true]
        top = set(sorted(range(items), key=true.__getitem__)[-wanted:])
        taken = sorted(range(items), key=coded.__getitem__)[-fetched:]
        found.append(len(top.intersection(taken)) / wanted)
    expected = block.rescored_recall(fetched, kept, wanted, items)
    assert fmean(found) == pytest.approx(expected, abs=0.015)


def test_correlation_of_signs_by_drawing_vectors() -> None:
    rng = random.Random(13)
    query = [rng.gauss(0, 1) for _ in range(256)]
    true, signs, both = [], [], []
    for _ in range(3_000):
        item = [rng.gauss(0, 1) for _ in query]
        true.append(sum(q * x for q, x in zip(query, item, strict=True)))
        signs.append(sum(math.copysign(q, q * x) for q, x in zip(query, item, strict=True)))
        both.append(sum(math.copysign(1, q * x) for q, x in zip(query, item, strict=True)))

    def correlation(one: list[float], other: list[float]) -> float:
        a, b = fmean(one), fmean(other)
        top = sum((x - a) * (y - b) for x, y in zip(one, other, strict=True))
        return top / math.sqrt(sum((x - a) ** 2 for x in one) * sum((y - b) ** 2 for y in other))

    signed = [abs(q) for q in query]
    assert fmean(signed) ** 2 / fmean(q * q for q in query) == pytest.approx(2 / math.pi, rel=0.1)
    # `signs` weighs each agreement by the query's value, `both` by one.
    assert correlation(true, signs) == pytest.approx(block.sign_correlation(), abs=0.03)
    assert correlation(true, both) == pytest.approx(block.sign_both_correlation(), abs=0.05)


def test_more_is_fetched_until_recall_is_reached() -> None:
    kept = block.kept_correlation(2)
    assert kept == pytest.approx(math.sqrt(15 / 16))
    factor = block.fetch_factor(kept)
    assert block.rescored_recall(factor * 600, kept) == pytest.approx(0.95, abs=1e-4)


def test_filters_by_counting() -> None:
    rng = random.Random(17)
    fetched = block.fetch_for(0.1)
    enough = fmean(sum(rng.random() < 0.1 for _ in range(fetched)) >= 100 for _ in range(1_500))
    assert enough == pytest.approx(0.99, abs=0.01)
    left = fmean(min(100, sum(rng.random() < 0.15 for _ in range(600))) / 100 for _ in range(1_500))
    assert block.post_filter_recall(0.15) == pytest.approx(left, abs=0.01)
    assert block.post_filter_recall(1.0) == 1
    assert block.links_left(0.03) == pytest.approx(0.96)
    # 1,247 nodes, 32 neighbours each, 100 ns; all vectors that pass at a core's share of 200 GB/s.
    assert block.after_core_ms(0.1) == pytest.approx(1_247 * 32 * 1e-4)
    assert block.before_core_ms(0.1) == pytest.approx(1e3 * 60e6 * 128 / (200e9 / 32))
    even = block.filter_crossover_percent() / 100
    assert block.after_core_ms(even) == pytest.approx(block.before_core_ms(even), rel=1e-2)
    assert block.passing_scan_ms(0.01) == pytest.approx(1e3 * 1.5e6 * 128 / 200e9)


def test_shards_and_changes() -> None:
    assert block.slow_percent() == pytest.approx(100 * (1 - 0.99**4))
    assert block.late_loss_percent() == pytest.approx(100 * 4 * 0.01 / 4)
    assert block.dead_percent(7) == pytest.approx(100 * 140 / 740)
    assert block.build_hours() == pytest.approx(150e6 * 3e-3 / (32 * 0.9) / 3_600)
    assert block.insert_cores() == pytest.approx(231.48 * 2 * 3e-3, rel=1e-3)
    assert block.embed_card_hours() == pytest.approx(
        2 * 100e6 * 600e6 * 256 / (block.feed.L4_PEAK_FLOPS * 0.25) / 3_600
    )


def test_disk() -> None:
    assert block.disk_ms(600) == pytest.approx(75 * 0.1)
    assert block.disk_qps(600) == 900e3 / 600
    assert block.disk_drives() == math.ceil(69_444.4 / 1_500 / 0.6 * 1.5) == 116


def test_two_recalls() -> None:
    assert block.worst_loss_points() == pytest.approx(1.75)
    assert block.widened_points() == pytest.approx(100 * (0.4643 - 0.337917))


def test_the_slot_and_the_queue_before_it() -> None:
    rows = block.slot_rows()
    assert rows[0][1] == "Limit (ms)"
    assert rows[-1] == ["Slack", "6", "16"]
    # Erlang's formula from the sum of its terms.
    load, cores = 0.6 * 32, 32
    terms = [load**n / math.factorial(n) for n in range(cores)]
    waiting = load**cores / math.factorial(cores) / (1 - 0.6)
    assert block.queue_percent() == pytest.approx(100 * waiting / (sum(terms) + waiting))


def test_what_is_compared_with_the_fleet() -> None:
    assert block.disk_machines() == math.ceil(116 / 4) == 29
    nine = 9 * 153.6 * block.numbers.memory_dollars()
    assert block.fleet_memory_dollars() == pytest.approx(nine)
