"""The chapter on ranking models, by counting and against its lab."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/ranking-models")
lab = block.LAB


def test_where_quality_is_lost_adds_up() -> None:
    kept = (1 - block.retrieval_loss_percent() / 100) * (1 - block.ranker_loss_percent() / 100)
    assert kept == pytest.approx(lab["ndcg_two_stages"] / lab["ndcg_oracle"])
    way = lab["ndcg_oracle_on_handed"] - lab["ndcg_retrieval"]
    reached = lab["ndcg_retrieval"] + block.closed_percent() / 100 * way
    assert reached == pytest.approx(lab["ndcg_two_stages"])
    assert block.ranker_gain_percent() == pytest.approx(100 * (0.0913045 / 0.0759215 - 1))
    assert lab["cuts"][4:] == [200, 500]


def test_parts_of_the_possible_order() -> None:
    parts = block.parts_percent()
    assert sum(parts) == pytest.approx(100)
    assert [round(part) for part in parts] == [42, 8, 25, 25]
    assert parts[3] == pytest.approx(block.retrieval_loss_percent())
    assert parts[2] / (parts[0] + parts[1] + parts[2]) == pytest.approx(
        block.ranker_loss_percent() / 100
    )


def test_where_a_history_encoded_once_is_as_dear_as_attention() -> None:
    # Two layers of width 256 over 200 actions, twelve matrices of 256 squared and the attention.
    once = 2 * 2 * 12 * 256**2 * 200 + 2 * 4 * 200**2 * 256
    each = 200 * 2 * ((256 + 1) * 36 + 36 + 1)
    assert block.even_candidates() == pytest.approx(once / each, rel=0.01)
    assert block.even_candidates() * each == pytest.approx(block.feed.sequence_flops())


def test_pairs_by_listing_them() -> None:
    listed = list(itertools.combinations(range(40), 2))
    assert block.pairs() == len(listed)
    assert block.dot_flops() == len(listed) * 64 * 2
    assert block.list_pairs() == len(list(itertools.product(range(3), range(17))))


def test_weights_by_making_the_matrices() -> None:
    width = 40 * 64
    full = np.empty((width, width)).size + width
    thin = np.empty((width, 256)).size + np.empty((256, width)).size + width
    assert block.cross_parameters() == full
    assert block.cross_parameters(256) == thin
    layers = (width + 1) * 1_024 + (1_024 + 1) * 512 + 512 + 1
    assert block.dense_network_parameters() == layers
    assert block.target_attention_flops() == 200 * 2 * ((256 + 1) * 36 + 36 + 1)


def test_the_shared_half_of_a_layer() -> None:
    apart = 500 * 1_024 * 512 * 2  # both halves for each candidate
    together = (500 + 1) * 1_024 * 512
    assert block.shared_saving_percent() == pytest.approx(100 * (1 - together / apart))


def test_places_at_the_top_weigh_more() -> None:
    def gain(place: int) -> float:
        return 1 / math.log2(1 + place)

    assert block.swap_factor() == pytest.approx((gain(1) - gain(2)) / (gain(9) - gain(10)))


def test_how_well_a_rare_id_is_known() -> None:
    rng = np.random.default_rng(2)
    rates = rng.binomial(10, 0.03, 400_000) / 10
    assert block.rate_error_percent() == pytest.approx(100 * rates.std() / 0.03, rel=0.01)
    assert block.rate_error_percent(block.examples_for()) == pytest.approx(20)


def test_a_language_model_against_the_ranker() -> None:
    tokens = 50 * 150
    # Keys and values: two products of 4,096 values with each token before, in 32 layers.
    attention = 32 * 2 * 2 * 4_096 * sum(range(tokens + 1))
    assert block.llm_attention_flops() == pytest.approx(attention, rel=1e-3)
    assert block.llm_flops() == pytest.approx(2 * 8e9 * tokens + attention, rel=1e-3)
    seconds = block.llm_flops() / (989e12 * 0.4)
    assert block.llm_ms() == pytest.approx(1e3 * seconds, rel=1e-3)
    assert block.llm_dollars_per_thousand() == pytest.approx(seconds * 1_000 / 3_600 * 3, rel=1e-3)
    requests = 3e9 * 730 / 24
    assert block.ranker_dollars_per_thousand() == pytest.approx(
        1_000 * block.feed.ranker_dollars() / requests, rel=1e-3
    )


def test_the_features_are_the_labs() -> None:
    rows = block.gain_rows()[1:]
    assert rows[0][0] == "retrieval score"
    assert sum(lab["gain"]) == pytest.approx(1, abs=1e-4)


def test_a_language_model_with_the_feeds_headroom_and_its_writing() -> None:
    busy = block.llm_dollars_per_thousand()
    assert block.llm_dollars_with_headroom() == pytest.approx(busy * 2 / 0.6 * 1.5)
    assert block.written_seconds() == pytest.approx(150 * 16e9 / (3.35e12 * 0.6), rel=1e-3)


def test_ranking_in_the_feeds_budget() -> None:
    assert block.slots_ms() == 5 + 15 + 25 + 6
    assert block.half_accelerators() < 0.55 * block.feed.ranker_accelerators()
