"""The chapter on inference of language models, by hand and by counting tokens."""

from __future__ import annotations

import math
import random
from statistics import fmean

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/llm-inference")
KV = 2 * 64 * 8 * 128 * 2  # bytes a token: keys and values, layers, heads, width, two bytes
READS = 3.35e12 * 0.6
SPEED = 989e12 * 0.4
WEIGHTS = 32.8e9


def test_a_step_reads_weights_and_caches() -> None:
    assert block.weights_ms() == pytest.approx(1e3 * WEIGHTS / READS, rel=1e-3)
    assert block.step_ms(43, 2_900) == pytest.approx(
        1e3 * (WEIGHTS + 43 * 2_900 * KV) / READS, rel=1e-3
    )
    attends = 4 * 64 * 64 * 128  # operations for each token that one token looks back at
    assert block.arithmetic_ms(58) == pytest.approx(
        1e3 * 58 * (2 * WEIGHTS + attends * 2_900) / SPEED, rel=1e-3
    )
    assert block.critical_batch() == pytest.approx(989 / 3.35 / 2, rel=1e-3)
    assert block.reached_batch() == pytest.approx(989 * 0.4 / (3.35 * 0.6) / 2, rel=1e-3)


def test_a_chunk_pays_for_its_attention() -> None:
    # Two thousand tokens after eight hundred: each sees 1,800 others on average.
    per_token = 2 * WEIGHTS + 4 * 64 * 64 * 128 * 1_800
    free = 0.05 - (WEIGHTS + 58 * 2_900 * KV) / READS
    assert block.chunk_tokens() == pytest.approx(free * SPEED / per_token, rel=1e-3)
    # While memory is read, only the arithmetic of the 58 answers is taken.
    left = 0.05 - 58 * (2 * WEIGHTS + 4 * 64 * 64 * 128 * 2_900) / SPEED
    assert block.chunk_tokens(True) == pytest.approx(left * SPEED / per_token, rel=1e-3)
    slot = block.serve.prefill_slot_ms() / 1e3
    assert block.chunked_prompt_seconds(True) < slot < block.chunked_prompt_seconds()


def test_eight_bits_of_arithmetic_halve_the_matrices_and_not_attention() -> None:
    attention = 4 * 64 * 64 * 128 * sum(range(800, 2_800))
    seconds = (2 * WEIGHTS * 2_000 / 2 + attention) / SPEED
    assert block.fp8_prefill_ms() == pytest.approx(1e3 * seconds, rel=2e-3)
    assert block.fp8_prefill_cards() == math.ceil(41.667 * seconds / 0.6 * 1.5) == 20


def test_four_short_answers_are_not_ten_times_as_fast() -> None:
    four, full = block.step_ms(4, 3_000), block.step_ms(43, 3_000)
    assert full / four == pytest.approx(1.85, abs=0.01)
    assert 1e3 / four == pytest.approx(56, abs=0.5)


def test_shared_prefixes_are_stored_once_and_read_once_only_by_kernels_that_can() -> None:
    step = (WEIGHTS + 800 * KV + 58 * 2_100 * KV) / READS
    assert block.shared_pace() == pytest.approx(1 / step, rel=1e-3)


def test_moving_a_cache_out_and_back_beats_computing_it_again() -> None:
    assert block.swap_ms() == pytest.approx(2e3 * 2_000 * KV / 63.015e9, rel=1e-3)
    assert block.swap_ms() < block.serve.prefill_ms() / 10
    assert block.bearable_wait_seconds() == pytest.approx(0.2)


def test_what_fits() -> None:
    room = 80e9 * 0.9 - 5e9
    assert block.slots(3_000) == int((room - WEIGHTS) / (3_000 * KV)) == 43
    assert block.slots(3_000, 1, 1) == int((room - WEIGHTS) / (1_500 * KV)) == 86
    assert block.group_slots() == int((2 * room - WEIGHTS) / (3_000 * KV)) == 128
    assert block.slots(32_000) == 4
    assert block.slots_unshared_heads() == int((room - WEIGHTS) / (8 * 3_000 * KV)) == 5


def test_a_full_card_has_one_pace_whatever_it_holds() -> None:
    assert block.long_pace() == pytest.approx(1e3 / block.step_ms(43, 3_000), rel=0.05)


def test_pools_by_accounting_for_each_millisecond() -> None:
    prompt = block.serve.prefill_ms() / 1e3
    written = block.serve.decode_tokens_per_second()
    # A fleet of n cards, of which a share reads.
    reads, writes = 1 / prompt, written / 200
    assert block.separate_per_card() == pytest.approx(reads * writes / (reads + writes))
    rate = block.mixed_per_card()
    steps = 20  # a second, at the promised pace
    opened = rate * 200 / steps
    busy = steps * (WEIGHTS + opened * 2_900 * KV) / READS + rate * prompt
    assert busy == pytest.approx(1, rel=1e-3)
    assert opened == pytest.approx(block.mixed_batch(), rel=1e-3)
    # At once: a prompt's arithmetic and that of two hundred tokens of answer.
    computed = prompt + 200 * (2 * WEIGHTS + 4 * 64 * 64 * 128 * 2_900) / SPEED
    assert block.mixed_per_card(True) == pytest.approx(1 / computed, rel=1e-3)
    assert block.mixed_per_card(True) < reads


def test_a_slower_promise_fills_a_writing_card_by_memory_and_a_faster_one_by_time() -> None:
    assert block.batch_at(20) == block.serve.slots()
    fast = block.batch_at(40)
    assert block.step_ms(fast, 2_900) == pytest.approx(25, rel=1e-3)


def test_drafts_by_drawing_them() -> None:
    rng = random.Random(3)

    def one() -> int:
        kept = 0
        while kept < 4 and rng.random() < 0.7:
            kept += 1
        return kept + 1  # the checked model adds one of its own

    assert block.tokens_a_pass() == pytest.approx(fmean(one() for _ in range(100_000)), rel=0.01)
    # Alone: reading 17 ms for the check, four drafts of a twentieth each.
    assert block.draft_speedup() == pytest.approx(block.tokens_a_pass() / 1.2, rel=1e-3)
    # A hundred short answers: five hundred tokens of arithmetic.
    read = (WEIGHTS + 100 * 500 * KV) / READS
    check = 500 * (2 * WEIGHTS + 4 * 64 * 64 * 128 * 500) / SPEED
    expected = block.tokens_a_pass() * read / (check + 0.2 * read)
    assert block.draft_speedup(100, 500) == pytest.approx(expected, rel=1e-3)
    assert block.draft_speedup(62, 500) > 1 > block.draft_speedup(63, 500)
    # The assistant's full card: 290 tokens attend to 2,900 each, and that is longer than reading.
    step = (WEIGHTS + 58 * 2_900 * KV) / READS
    check = 290 * (2 * WEIGHTS + 4 * 64 * 64 * 128 * 2_900) / SPEED
    assert block.draft_speedup(58) == pytest.approx(
        block.tokens_a_pass() * step / (check + 0.2 * step), rel=1e-3
    )
    even = block.accepted_at_no_gain()
    assert block.tokens_a_pass(even) == pytest.approx((check + 0.2 * step) / step, rel=1e-3)


def test_experts_by_drawing_them() -> None:
    rng = random.Random(5)
    read = fmean(
        len({each for _ in range(16) for each in rng.sample(range(128), 8)}) for _ in range(2_000)
    )
    assert block.experts_read_percent(16) == pytest.approx(100 * read / 128, rel=0.01)


def test_sums_over_two_cards() -> None:
    assert block.reduce_ms() == pytest.approx(128 * 10e-3)
    # Two cards: each sends half of the activations to sum and half of the sums back.
    assert block.prompt_sum_ms(450e9) == pytest.approx(1e3 * 128 * 2_000 * 5_120 * 2 / 450e9)


def test_prices() -> None:
    per_second = 3 / 3_600
    assert block.dollars_per_million_written() == pytest.approx(
        per_second / block.serve.decode_tokens_per_second() * 1e6
    )
    assert block.dollars_per_million_read() == pytest.approx(
        per_second * block.serve.prefill_ms() / 1e3 / 2_000 * 1e6
    )
    assert block.idle_factor() == pytest.approx(3 / 0.6 * 1.5)
    assert block.backlog_prompts() == pytest.approx(0.1 * 41.667 * 300, rel=1e-3)


def cards(busy: float) -> int:
    """Busy cards at the peak, loaded to six tenths, with half as many again."""
    return math.ceil(round(busy / 0.6 * 1.5, 6))


def test_the_fleet_after_each_change() -> None:
    peak, prompt = 1.2e6 / 86_400 * 3, block.serve.prefill_ms() / 1e3
    assert block.lever_cards("two pools") == 37 + 14
    assert block.lever_cards("one pool, in turn") == cards(peak / block.mixed_per_card()) == 66
    assert block.lever_cards("one pool, at once") == cards(peak / block.mixed_per_card(True)) == 41
    # Caches of half the size: as many answers as the room allows, and the step that reads them.
    fit = int((34.2e9 - 800 * KV / 2) / (2_200 * KV / 2))
    step = (WEIGHTS + fit * 2_900 * KV / 2) / READS
    small = cards(peak * 200 / (fit / step))
    drafts = cards(peak * 200 / (58 * 1.762 / ((WEIGHTS + 58 * 2_900 * KV) / READS)))
    assert block.lever_cards("small caches") == 37 + small == 44
    assert block.lever_cards("drafts") == 37 + drafts == 45
    assert block.lever_cards("fast prompts") == 20 + 14
    assert block.lever_cards("both") == 20 + small == 27
    assert block.month(51) == 51 * 3 * 730
    assert cards(peak * prompt) == 37


def test_other_loads_at_the_same_rate() -> None:
    peak = 1.2e6 / 86_400 * 3
    attends = 4 * 64 * 64 * 128
    new = (2 * WEIGHTS * 3_200 + attends * sum(range(28_800, 32_000))) / SPEED
    assert block.readers(32_000, 0.9) == cards(peak * new) == 109
    assert block.readers(32_000) == 836
    step = (WEIGHTS + 130 * 700 * KV) / READS
    assert block.slots(1_000) == 130
    assert block.writers(400, 600) == cards(peak * 600 / (130 / step)) == 14
    prompt = (2 * WEIGHTS * 2_800 + attends * sum(range(2_800))) / SPEED
    answer = 200 / 43 * (WEIGHTS + 43 * 2_900 * KV) / READS
    assert block.night_cards() == math.ceil(1.2e6 / 28_800 * (prompt + answer)) == 27
    assert block.night_dollars() == 27 * 8 * 3
    assert block.night_cards(shared=True) == 21


def test_what_a_replay_and_a_golden_set_can_tell() -> None:
    assert block.replay_points() == pytest.approx(196 * math.sqrt(0.09 / 420), rel=1e-3)
    rng = random.Random(7)
    falls = [
        sum(rng.choice((-1, 1)) for _ in range(1_000) if rng.random() < 0.05) for _ in range(4_000)
    ]
    spread = math.sqrt(fmean(each**2 for each in falls)) / 10
    assert block.golden_points() == pytest.approx(1.96 * spread, rel=0.05)
    # Fifty verdicts change; a fall of two points is 35 against 15.
    chance = [
        sum(rng.choices((-1, 1), (0.7, 0.3))[0] for _ in range(1_000) if rng.random() < 0.05)
        for _ in range(4_000)
    ]
    fall = block.golden_found_points() * 10
    assert fall == pytest.approx(20, abs=0.3)
    found = fmean(each < -block.golden_points() * 10 for each in chance)
    assert found == pytest.approx(0.8, abs=0.05)


def test_five_falls_of_five_are_no_finding() -> None:
    rng = random.Random(11)
    alike = [sum(rng.choice((-1, 1)) for _ in range(5)) for _ in range(40_000)]
    assert block.slice_p() == pytest.approx(fmean(abs(each) == 5 for each in alike), rel=0.1)
    assert block.slice_p() > 0.05


def test_the_labs_goodput_breaks_a_promise_at_p95() -> None:
    assert block.lab_rate(block.PROMISED_SHARE) == block.LAB["assistant_continuous_goodput"] == 0.7
    assert block.lab_rate() == 0.5
    assert block.lab_at("good") < 0.95
    assert block.lab_at("wait_p95") > 1
    assert block.lab_at("tokens") < 0.4 * block.LAB["assistant_continuous_most_tokens"]


def test_a_hand_over_leaves_out_what_the_writing_card_has() -> None:
    assert block.serve.hand_over_ms() == pytest.approx(2_000 * KV * 8 / 400e9 * 1e3)
