"""The arithmetic of the chapter on embeddings and two towers, by hand and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/embeddings-and-two-tower")


def test_pairs_and_time_of_a_vector() -> None:
    assert block.pairs_per_day() == pytest.approx(0.1 * 24e9)
    assert block.user_tower_ms() == pytest.approx(
        1e3 * block.user_tower_cores() / block.feed.peak_qps()
    )
    assert block.user_tower_ms() == pytest.approx(1e3 * 2 * 180_864 / block.feed.CORE_FLOPS)


def test_the_towers_are_small_beside_their_table() -> None:
    user = (128 + 64 + 32 + 1) * 512 + (512 + 1) * 128
    post = (512 + 64 + 32 + 1) * 512 + (512 + 1) * 128
    assert block.user_tower_parameters() == user
    assert block.post_tower_parameters() == post
    assert block.table_over_towers() == pytest.approx(500e6 * 64 / (user + post))
    assert block.user_tower_cores() == pytest.approx(69_444 * 2 * user / 20e9, rel=1e-4)
    assert block.search_dollars() == pytest.approx(36 * 1.5 * 730)
    assert block.search_cores() == pytest.approx(69_444 * 4 * 0.0015, rel=1e-4)


def test_each_way_of_meeting_costs_more_than_the_one_before() -> None:
    costs = [
        block.dot_flops(),
        block.late_flops(),
        block.ranker_flops_per_pair(),
        block.cross_flops(),
    ]
    assert costs == sorted(costs)
    assert costs[0] == 256
    assert costs[1] == 32 * 256 * 256
    assert costs[3] == 2 * 100e6 * 288
    assert block.late_index_bytes() == 600e6 * 256 * 128
    assert block.cross_card_ms() == pytest.approx(100 * 57.6e9 / (121e12 * 0.25) * 1e3)
    assert block.ranker_everywhere_card_seconds() == pytest.approx(
        600e6 * 69.513e6 / (989e12 * 0.25), rel=1e-4
    )


def test_two_hashes_by_drawing_them_small() -> None:
    rng = np.random.default_rng(3)
    ids, rows, found, alone = 4_000, 2_000, [], []
    for _ in range(400):
        one, two = rng.integers(rows, size=(2, ids))
        _, inverse, counts = np.unique(one * rows + two, return_inverse=True, return_counts=True)
        found.append((counts[inverse] > 1).sum())
        single = np.bincount(one)[one] == 1
        alone.append((single | (np.bincount(two)[two] == 1)).mean())
    assert np.mean(found) == pytest.approx(ids * ids / rows**2, abs=0.5)
    assert block.shared_by_twice_hashed() == pytest.approx(1e9 * 1e9 / 500e6**2, rel=1e-6)
    # Two ids for each row there and here, so the shares agree.
    assert np.mean(alone) == pytest.approx(block.some_half_alone(), abs=0.01)


def test_tables_in_bytes() -> None:
    assert block.own_row_bytes() == 1e9 * 64 * 2
    assert block.dictionary_bytes() == 16e9
    assert block.mixed_bytes() == pytest.approx(1e9 * 2 * (0.01 * 64 + 0.99 * 16))
    assert block.quotients() == 10
    assert block.hashed_pair_alike() == pytest.approx(1e18 / 1e14, rel=1e-4)
    # Hashed into as many pairs as there are ids, it is one table of that many rows again.
    assert block.hashed_pair_alike(10) / 1e9 == pytest.approx(1 - math.exp(-1), rel=1e-6)
    assert block.quotient_remainder_bytes() == (100e6 + 10) * 64 * 2


def test_every_id_has_a_remainder_and_quotient_of_its_own() -> None:
    pairs = {(n % 100, n // 100) for n in range(1_000)}
    assert len(pairs) == 1_000


def test_traffic_of_the_frequent_by_summing() -> None:
    def harmonic(n: int) -> float:
        return float((1 / np.arange(1, n + 1)).sum())

    assert block._harmonic(1e6) == pytest.approx(harmonic(1_000_000), rel=1e-9)
    assert block.wide_traffic() == pytest.approx(
        (harmonic(1_000_000) + math.log(10)) / (harmonic(1_000_000) + math.log(1_000)), rel=1e-5
    )


@pytest.mark.parametrize(("width", "handed_on"), [(4, 100), (16, 100), (16, 400)])
def test_recall_of_a_narrow_model_by_drawing_scores(width: int, handed_on: int) -> None:
    rng, corpus, best = np.random.default_rng(5), 20_000, 50
    squared = block.kept_variance(width)
    found = []
    for _ in range(60):
        full = rng.normal(size=corpus)
        noise = rng.normal(size=corpus)
        narrow = math.sqrt(squared) * full + math.sqrt(1 - squared) * noise
        wanted = np.argpartition(-full, best)[:best]
        given = np.argpartition(-narrow, handed_on)[:handed_on]
        found.append(np.isin(wanted, given).mean())
    expected = block.found_share(width, handed_on, best, corpus)
    assert np.mean(found) == pytest.approx(expected, abs=0.02)


def test_wider_and_more_are_never_worse() -> None:
    shares = [block.found_share(width) for width in block.WIDTHS]
    assert shares == sorted(shares)
    assert block.found_share(64, 6_000) > block.found_share(128, 600)


def test_handing_on_more_costs_the_search_more_than_twice_the_width() -> None:
    asked = 1_500 + 3 * math.sqrt(6_000 * 0.25 * 0.75)
    assert block.asked_of_shard() == pytest.approx(asked)
    assert block.grown_core_ms() == pytest.approx(1.5 * asked / 256)
    # What the feed asks of a shard today fits its list, so nothing grows.
    assert block.asked_of_shard(600) < 200
    assert block.list_growth(600) == 1
    assert block.grown_machines(1) == block.feed.ann_machines() == 36
    for times, count in ((asked / 256, 204), (2, 68)):
        busy = math.ceil(69_444 / (32 / 0.0015 / times) / 0.6)
        assert block.grown_machines(times) == 4 * math.ceil(busy * 1.5) == count
    assert block.more_dollars() == pytest.approx(204 * 1.5 * 730)
    assert block.wider_dollars() == pytest.approx(68 * 1.5 * 730)


def test_temperature_against_a_softmax_written_out() -> None:
    cosines = np.zeros(8_192)
    cosines[0] = 1
    for tau in (1.0, 0.1, 0.05):
        weights = np.exp(cosines / tau)
        assert block.best_probability(tau) == pytest.approx(weights[0] / weights.sum())
    cosines[1:] = -1
    weights = np.exp(cosines)
    assert block.opposed_probability() == pytest.approx(weights[0] / weights.sum())
    assert block.best_probability(block.highest_temperature()) == pytest.approx(0.9)
    assert block.hard_over_easy(0.1) == pytest.approx(math.e**5)
    assert block.popularity_cosine() == pytest.approx(0.05 * math.log(100))


def test_vectors_of_two_trainings_do_not_compare() -> None:
    rng = np.random.default_rng(7)
    one = rng.normal(size=(2_000, 128))
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(rng.normal(size=(128, 128)))
    assert np.allclose(one @ one.T, (one @ turn) @ (one @ turn).T)
    across = (one * (one @ turn)).sum(axis=1)
    # A vector against itself, turned, is as good as a stranger.
    assert across.std() == pytest.approx(block.stray_cosine(), rel=0.15)


def test_a_switch_in_hours_and_bytes() -> None:
    assert block.encode_hours() == pytest.approx(
        2 * 100e6 * 600e6 * 256 / (989e12 * 0.4) / 3_600, rel=1e-6
    )
    assert block.kept_content_bytes() == 600e6 * 512 * 2
    assert block.build_per_s() == pytest.approx(32 * 0.9 / 3e-3)
    assert block.build_hours() == pytest.approx(150e6 / 9_600 / 3_600)
    assert block.ready_hours() == pytest.approx(1 + 6.2912 / 32 + 4.3403 + 1, abs=1e-3)
    assert block.rewrites_over_inserts() == pytest.approx(600e6 / 3_600 / (20e6 / 86_400))


def test_a_mean_that_rises_while_the_tail_is_lost() -> None:
    before, after = block.overall_recall(0.45, 0.12), block.overall_recall(0.5, 0.05)
    assert before == pytest.approx(0.7 * 0.45 + 0.3 * 0.12)
    assert after > before
    assert block.recall_positives() == pytest.approx(1.96**2 * 0.35 * 0.65 / 0.005**2, rel=1e-3)
