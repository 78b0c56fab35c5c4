"""The chapter on retrieval-augmented generation, by hand and by cutting pages."""

from __future__ import annotations

import math
import random
from statistics import fmean

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/retrieval-augmented-generation")


def test_two_halves() -> None:
    assert block.right_percent() == pytest.approx(85 * 0.9 + 15 * 0.1)
    assert block.wrong_unfound_percent() == pytest.approx(100 * 13.5 / 22)
    assert block.found_gain() == pytest.approx(0.8)
    assert block.reading_gain() == pytest.approx(0.85)


@pytest.mark.parametrize(("size", "overlap"), [(100, 50), (300, 0), (300, 60), (750, 0)])
def test_facts_that_are_cut_by_placing_one_everywhere(size: int, overlap: int) -> None:
    stride, fact = size - overlap, 60
    starts = range(0, 40 * stride, stride)
    whole = [
        any(start <= at and at + fact <= start + size for start in starts)
        for at in range(10 * stride, 30 * stride)
    ]
    assert block.cut_percent(size, overlap) == pytest.approx(100 * (1 - fmean(whole)))


@pytest.mark.parametrize("overlap", [0, 30, 60])
@pytest.mark.parametrize("size", [100, 130, 300, 410, 750])
def test_facts_that_a_page_cuts_by_placing_one_everywhere(size: int, overlap: int) -> None:
    chunks, start = [], 0
    while not chunks or chunks[-1][1] < 1_500:
        chunks.append((start, start + size))
        start += size - overlap
    whole = [any(a <= at and at + 60 <= b for a, b in chunks) for at in range(1_500 - 60 + 1)]
    assert block.page_cut_percent(size, overlap) == pytest.approx(100 * (1 - fmean(whole)))


def test_what_the_assistant_holds() -> None:
    chunks = 200e3 / 1_500 * 6
    assert block.assistant_chunks() == pytest.approx(chunks) == pytest.approx(800)
    assert block.assistant_vector_bytes() == pytest.approx(chunks * 1_024)
    assert block.assistant_scan_ms() == pytest.approx(1e3 * chunks * 1_024 / (200e9 / 32))
    rows = {row[0]: row[1:] for row in block.size_rows()}
    assert rows["At the peak"] == ["41.7", "12.5"]
    assert rows["To embed all once"][0] == f"${204 * 800 / 117.5e6:.3f}"


def test_chunks_of_a_page() -> None:
    assert block.chunks_a_page(300, 60) == 1 + math.ceil(1_200 / 240)
    assert block.chunks_a_page(2_000) == 1


def test_fusion() -> None:
    assert block.first_over_tenth() == pytest.approx(70 / 61)
    assert block.first_over_tenth(1) == pytest.approx(11 / 2)
    last = block.both_at()
    assert 2 * block.place_score(last) > block.place_score(1)
    assert 2 * block.place_score(last + 1) == pytest.approx(block.place_score(1))


def test_reranking_and_rewriting() -> None:
    tokens, layers, width = 340, 24, 1_024
    one = 2 * layers * 12 * width**2 * tokens + 4 * tokens**2 * width * layers
    assert block.rerank_flops() == pytest.approx(50 * one)
    assert block.rerank_ms() == pytest.approx(1e3 * 50 * one / (989e12 * 0.4), rel=1e-3)
    assert block.rerank_in_passages() == pytest.approx(50 * one / (2 * 32.8e9 * 300), rel=1e-2)
    token = 8e9 / (3.35e12 * 0.6)
    read = 2 * 8e9 * 600 / (989e12 * 0.4)
    assert block.rewrite_ms() == pytest.approx(1e3 * (read + 25 * token), rel=1e-3)


def test_gathering_fits_its_slot() -> None:
    assert block.gather().used_ms == 10 + 25 + 15 + 60 + 25 <= block.gather().total_ms == 150


def test_sentences_by_drawing_them() -> None:
    rng = random.Random(19)
    bad = fmean(any(rng.random() < 0.03 for _ in range(8)) for _ in range(40_000))
    assert block.bad_answers_percent() == pytest.approx(100 * bad, abs=0.7)
    assert block.bad_after_percent() == pytest.approx(100 * (1 - 0.994**8))
    assert block.flagged_percent() == pytest.approx(100 * (1 - 0.95**8))
    assert block.flag_precision_percent() == pytest.approx(100 * 0.024 / (0.024 + 0.0485))


def test_what_a_hundred_questions_tell() -> None:
    # The lab's own formula, turned round.
    gain, needed = block.LAB["fusion_over_bm25"], block.LAB["fusion_over_bm25_needed"]
    assert block.detectable(needed) == pytest.approx(gain, rel=1e-3)
    assert block.detectable(4 * 102) == pytest.approx(block.detectable() / 2)
    half = (block.LAB["fusion_over_bm25_high"] - block.LAB["fusion_over_bm25_low"]) / 2
    assert 1.96 * block.lab_sd() / math.sqrt(102) == pytest.approx(half, rel=0.1)
    assert block.share_error_points() == pytest.approx(196 * math.sqrt(0.85 * 0.15 / 102), rel=1e-3)


def test_the_luckiest_by_drawing() -> None:
    rng = random.Random(23)
    best = fmean(max(rng.gauss(0, 1) for _ in range(18)) for _ in range(8_000))
    assert block.VARIANTS == 18
    assert block.luckiest() == pytest.approx(best, abs=0.02)
    assert block.luckiest(1) == pytest.approx(0)
    assert block.lab_sd("bm25_over_lsa") > block.lab_sd("fusion_over_bm25")
    # Asked the same questions, luck spans less than was found; asked different ones, more.
    assert block.lucky_range() < block.spread_of_variants() < block.unpaired_range()


def test_freshness_and_attacks() -> None:
    assert block.nightly_percent() == pytest.approx(100 * (1 - (1 - 0.005) ** 5))
    assert block.stale_percent() == pytest.approx(100 * (1 - (1 - 0.01 * 5 / 1_440) ** 5))
    assert block.passed_percent(13) < 50 < block.passed_percent(14)


def test_cost_adds_up_and_agrees_with_the_guide() -> None:
    parts = block.cost_parts()
    generator = parts["Instructions"] + parts["Conversation"] + parts["Passages"]
    generator += parts["Written answer"]
    assert generator == pytest.approx(100 * (2_800 * 2 + 200 * 10) / 1e6)
    assert generator == pytest.approx(block.guides.retrieval_cents())
    card = block.rerank_ms() / 1e3 / 3_600 * 3 * 7.5 * 100
    assert parts["Reranking 50 chunks"] == pytest.approx(card)
    assert parts["Rewriting follow-ups, small model"] == pytest.approx(
        100 * 0.75 * (600 * 0.1 + 25 * 0.5) / 1e6
    )
    alone = 0.75 * block.rewrite_ms() / 1e3 / 3_600 * 3 * 7.5 * 100
    assert block.own_rewrite_cents() == pytest.approx(alone)
    found = alone + card + parts["Embedding the question"] + parts["Two searches"]
    assert block.own_retrieval_percent() == pytest.approx(100 * found / (generator + found))
    assert block.passage_dollars() == pytest.approx(1.2e6 * 365 / 12 * 300 * 2 / 1e6)
    assert block.passage_points() == pytest.approx(block.passage_dollars() / 365_000, rel=1e-3)
