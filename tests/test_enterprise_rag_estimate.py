"""The arithmetic of the enterprise RAG chapter, recomputed by hand where a slip would matter."""

from __future__ import annotations

import inspect
import math

import pytest

from handbook.estimate import Quantity, chapter

rag = chapter("case-studies/enterprise-rag")


def test_load_follows_from_the_stated_company() -> None:
    assert rag.questions_per_day() == 100e3 * 0.3 * 6
    assert rag.peak_per_s() == pytest.approx(180e3 / 86_400 * 6)
    assert rag.questions_per_month() == 180e3 * 22


def test_there_are_never_fewer_chunks_than_documents() -> None:
    assert rag.chunks_of(1) == rag.chunks_of(400) == 1
    assert rag.chunks_of(401) == 2
    assert rag.chunks_of(1_500) == 1 + math.ceil(1_100 / 340)
    assert rag.chunks() == 12e6 * 1 + 5e6 * 5 + 3e6 * 27
    for size in (100, 400, 2_000, 20_000):
        assert rag.chunks(size, size / 10) >= rag.documents()


def test_every_token_of_a_document_is_in_a_chunk() -> None:
    for tokens in (399, 400, 740, 741, 9_000):
        assert 400 + (rag.chunks_of(tokens) - 1) * 340 >= tokens


def test_overlap_is_stored_once_for_each_further_chunk() -> None:
    assert rag.chunked_tokens() == 37.5e9 + (118e6 - 20e6) * 60


def test_index_memory_is_vectors_plus_links_and_fits_its_machines() -> None:
    assert rag.vector_bytes() == 118e6 * (1_024 + 2 * 16 * 4)
    assert rag.vector_float32_bytes() == 118e6 * (4_096 + 2 * 16 * 4)
    assert rag.shard_bytes() == pytest.approx((rag.vector_bytes() + 118e6 * 64) / 4)
    assert rag.rebuild_bytes() <= 0.75 * 128e9
    assert 2 * rag.shard_bytes(3) > 0.99 * 0.75 * 128e9, "three shards leave no room to grow"


def test_the_encoder_has_the_shape_that_its_card_gives() -> None:
    assert rag.encoder_parameters() == 24 * 12 * 1_024**2
    assert rag.encoder_all_parameters() == pytest.approx(568e6, rel=0.02)
    one = 2 * rag.encoder_parameters() * 440 + 4 * 440**2 * 1_024 * 24
    assert rag.rerank_flops() == pytest.approx(60 * one)


def test_embedding_the_corpus_by_hand() -> None:
    length = rag.chunked_tokens() / rag.chunks()
    flops = 118e6 * (2 * 24 * 12 * 1_024**2 * length + 4 * length**2 * 1_024 * 24)
    hours = flops / (121e12 * 0.25) / 3_600
    assert rag.embed_hours() == pytest.approx(hours)
    assert rag.embed_dollars() == pytest.approx(hours * 0.8)
    assert rag.context_dollars() > 100 * rag.embed_dollars()


def test_contexts_by_hand() -> None:
    token = 2 * 64 * 8 * 128 * 2
    flops = 2 * 32.8e9 * 1_200 + 4 * 1_200 * 600 * 64 * 128 * 64
    at_once = math.floor((80e9 * 0.9 - 5e9 - 32.8e9 - 900 * token) / (1_260 * token))
    step = (32.8e9 + at_once * 1_230 * token) / (3.35e12 * 0.6)
    seconds = flops / rag.h100_flops_per_s() + 60 * step / at_once
    assert rag.context_dollars() == pytest.approx(118e6 * seconds / 3_600 * 3, rel=1e-3)


def test_spread_lengths_add_chunks() -> None:
    def mean_of(length: float) -> float:
        return 1 + sum(math.exp(-(400 + 340 * k) / length) for k in range(3_000))

    by_hand = 12e6 * mean_of(250) + 5e6 * mean_of(1_500) + 3e6 * mean_of(9_000)
    assert rag.chunks_if_spread() == pytest.approx(by_hand)
    assert rag.chunks_if_spread() == pytest.approx(rag.chunks(), rel=0.02)


def test_freshness_stays_within_its_target() -> None:
    assert rag.fresh_s() == 60 + 30 + 90 + 10 + 30 <= rag.FRESH_TARGET_S
    assert rag.fresh_rows()[-1] == ["Slack", "80", "300"]


def test_a_filter_after_the_search_starves_who_may_read_little() -> None:
    assert rag.survivors() == 8
    assert rag.nothing_left() == pytest.approx(0.995**100)
    assert rag.too_few(1.0) == 0
    assert rag.too_few(0.08, 101) == pytest.approx(1)
    assert 0.4 < rag.too_few() < 0.5


def test_exact_search_below_a_share_keeps_its_limit() -> None:
    read = 118e6 * 0.005 * 1_024
    assert rag.scan_ms() == pytest.approx(read / (4 * 8 * 5e9) * 1e3)
    assert rag.scan_ms(rag.exact_below()) == pytest.approx(10)


def test_fusion_prefers_agreement() -> None:
    assert rag.both_fifth() == 2 / 65 > rag.one_first() == 1 / 61


def test_prefill_by_hand() -> None:
    assert rag.new_tokens() == 600 + 40 + 8 * 420
    weights = 2 * 32.8e9 * 4_000
    attention = 4 * 4_000 * (900 + 2_000) * 64 * 128 * 64
    assert rag.prefill_flops() == pytest.approx(weights + attention)
    assert rag.prefill_ms() == pytest.approx((weights + attention) / (989.5e12 * 0.4) * 1e3, 1e-3)


def test_both_pools_carry_the_peak_after_losing_a_zone() -> None:
    reading = 12.5 * rag.prefill_ms() / 1e3
    assert reading / (rag.prefill_cards() * 2 / 3) <= 0.6
    writing = 12.5 * 350 / rag.decode_tokens_per_s()
    assert writing / (rag.decode_cards() * 2 / 3) <= 0.6
    assert rag.prefill_cards() > rag.decode_cards(), "decoding alone would halve the fleet"


def test_decoding_by_hand() -> None:
    token = 2 * 64 * 8 * 128 * 2
    assert rag.kv_bytes_per_token() == token
    room = 80e9 * 0.9 - 5e9 - 32.8e9 - 900 * token
    slots = math.floor(room / (4_350 * token))
    assert rag.slots() == slots
    assert rag.read_tokens() == 4_900 + 175
    assert rag.context_slots() == math.floor(room / (1_260 * token))
    read = 32.8e9 + slots * (4_900 + 175) * token
    assert rag.step_ms() == pytest.approx(read / (3.35e12 * 0.6) * 1e3)
    assert rag.pace() >= rag.PACE_TARGET
    assert rag.hand_over_ms() == pytest.approx(4_000 * token * 8 / 400e9 * 1e3)


def test_the_first_token_comes_out_of_prefill_and_the_budget_holds() -> None:
    assert rag.used_ms() == 60 + 300 + 90 + 10 + 150 + 50 + 30 + 100 + 950 + 30
    assert rag.used_ms() <= rag.FIRST_TOKEN_MS
    assert rag.limit_count() == 8 + 3 + 2
    assert rag.prefill_ms() < rag.stage_ms()
    assert rag.rerank_ms() < rag.stage_ms("Rerank 60 chunks") < rag.rerank_l4_ms()
    assert rag.rewrite_ms() < rag.stage_ms("rewrite the question")
    assert rag.hypothetical_ms() > rag.stage_ms("rewrite the question")
    fits = rag.longest_new_tokens()
    for new, inside in ((fits, True), (fits + 1, False)):
        flops = 2 * 32.8e9 * new + 4 * new * (900 + new / 2) * 64 * 128 * 64
        assert (flops / rag.h100_flops_per_s() * 1e3 <= rag.stage_ms()) is inside
    assert not any("first decod" in row[0].lower() for row in rag.latency_rows())


def test_the_bill_adds_up() -> None:
    printed = [float(row[-1].replace(",", "")) for row in rag.cost_rows()[1:-1]]
    assert sum(printed) == pytest.approx(rag.month(), abs=len(printed))
    assert rag.per_thousand() == pytest.approx(rag.month() / 3_960)
    assert rag.cards() == rag.generator_cards() + rag.rerank_cards() + 3


def test_the_mixture_is_the_biggest_lever() -> None:
    others = (rag.uncached_saving(), rag.five_saving(), rag.office_saving())
    assert rag.sparse_saving() > max(*others, rag.rerank_saving())
    assert rag.sparse_points() * rag.point_dollars_per_month() == pytest.approx(
        rag.sparse_dollars()
    )


def test_idle_hours_and_not_cards_make_owning_dear() -> None:
    answer = rag.prefill_ms() / 1e3 + 350 / rag.decode_tokens_per_s()
    assert rag.card_price_full() == pytest.approx(answer * 3 / 3_600)
    busy = answer * 3.96e6 / (rag.generator_cards() * 730 * 3_600)
    assert rag.busy_share() == pytest.approx(busy)
    hosted = (4_000 * 2 + 900 * 0.05 * 2 + 350 * 10) / 1e6
    assert rag.hosted_per_answer() == pytest.approx(hosted)
    assert rag.busy_share() < rag.busy_needed()


def test_a_small_corpus_needs_no_graph() -> None:
    assert rag.small_chunks() == pytest.approx(2_000 * 5.9)
    assert rag.small_scan_ms() == pytest.approx(11_800 * 1_024 / 5e9 * 1e3)
    assert rag.small_scan_ms() < rag.EXACT_MS
    assert rag.small_per_thousand() == pytest.approx(1_000 * rag.hosted_small_per_month() / 3.96e6)


def test_a_cache_by_meaning_leaks() -> None:
    assert rag.cache_leak() == pytest.approx(1 - 0.6**3)
    assert rag.leaks_per_day() == pytest.approx(180e3 * 0.1 * (1 - 0.216))


def test_the_judge_by_counting() -> None:
    assert rag.double_read() == 219 + 15 + 18 + 48 == 300
    chance = (234 / 300) * (237 / 300) + (66 / 300) * (63 / 300)
    assert rag.kappa() == pytest.approx((267 / 300 - chance) / (1 - chance))
    assert rag.corrected() == pytest.approx((0.83 + 48 / 66 - 1) / (219 / 234 + 48 / 66 - 1))
    # A judge without errors has only the sampling error of its verdicts.
    assert rag.margin_ten_times() > 0.9 * rag.corrected_margin() > 2 * rag.naive_margin()
    assert rag.margin_more_people() < 0.6 * rag.corrected_margin()
    verdicts, good, bad = rag.variance_shares()
    assert verdicts + good + bad == pytest.approx(1)
    assert good > bad > verdicts, "the quiz names the good answers first"


def test_a_paired_test_needs_fewer_questions() -> None:
    root = 1.96 * math.sqrt(0.1) + 0.8416 * math.sqrt(0.1 - 0.0009)
    assert rag.paired_questions() == pytest.approx((root / 0.03) ** 2, abs=1)
    assert rag.paired_questions() < rag.unpaired_questions() / 2
    assert rag.harmless_questions() > 10 * rag.LABELLED


def test_answering_pays_above_the_threshold_only() -> None:
    p = rag.answer_above()
    assert p * 4 == pytest.approx((1 - p) * 20)


def test_answering_everything_loses_what_refusing_wins() -> None:
    right = 0.88 * 0.9 + 0.12 * 0.1
    assert rag.right_share() == pytest.approx(right)
    assert rag.minutes_if_answerable_answered() == pytest.approx(right * 4 - (1 - right) * 20)
    all_right = 0.85 * right
    assert rag.minutes_if_all_answered() == pytest.approx(all_right * 4 - (1 - all_right) * 20)
    assert rag.minutes_if_refusing() == pytest.approx(0.85 * 0.88 * (0.9 * 4 - 0.1 * 20))
    assert rag.recall_point_dollars() == pytest.approx(3.96e6 * 0.01 * 0.85 * 0.8 * 3)
    assert rag.minutes_if_all_answered() < 0 < rag.minutes_if_refusing()
    assert rag.sparse_points() == pytest.approx(6 * rag.sparse_wrong_points())


def test_a_judge_with_errors_needs_more_questions_than_people() -> None:
    z = (1.6449 + 0.8416) / (rag.sparse_dollars() / rag.point_dollars_per_month() / 100)
    assert rag.harmless_questions() == pytest.approx(0.1 * z**2, rel=1e-3)
    shrunk = 219 / 234 + 48 / 66 - 1
    assert rag.harmless_if_wrong() == pytest.approx(36 * rag.harmless_questions(), rel=1e-3)
    assert rag.harmless_judged() == pytest.approx(rag.harmless_questions() / shrunk**2, abs=1)
    margin = 0.1 * ((1.6449 + 0.8416) / 0.002) ** 2
    assert rag.guardrail_questions() == pytest.approx(margin, rel=1e-3)
    assert rag.guardrail_judged() == pytest.approx(margin / shrunk**2, rel=1e-3)


def test_an_agent_reads_more_and_waits_longer() -> None:
    step = 8 * 420 + 80
    assert rag.agent_new_tokens() == 4_000 + 3 * step
    assert rag.agent_uncached_tokens() == sum(4_900 + n * step for n in range(4))
    load = 12.5 * (1 + 0.1 * (3 * step / 4_000)) * rag.prefill_ms() / 1e3
    needed = math.ceil(load / 0.6 * 1.5)
    assert rag.agent_more_cards() == needed - rag.prefill_cards()
    written = 12.5 * (350 + 0.1 * 3 * 80) / rag.decode_tokens_per_s()
    assert rag.agent_more_writing_cards() == math.ceil(written / 0.6 * 1.5) - rag.decode_cards()
    assert rag.agent_first_token_s() > 5 * rag.FIRST_TOKEN_MS / 1e3


@pytest.mark.parametrize(
    "rows",
    [
        "corpus_rows",
        "index_rows",
        "generator_rows",
        "cost_rows",
        "lever_rows",
        "latency_rows",
        "fresh_rows",
        "lab_rows",
    ],
)
def test_tables_are_rectangular(rows: str) -> None:
    table = getattr(rag, rows)()
    assert {len(row) for row in table} == {len(table[0])}
    assert len(table) > 3


def test_every_public_function_says_what_it_is_and_every_input_says_why() -> None:
    for name, item in vars(rag).items():
        if inspect.isfunction(item) and item.__module__ == rag.__name__:
            assert item.__doc__, name
        if isinstance(item, Quantity):
            assert item.note, name
