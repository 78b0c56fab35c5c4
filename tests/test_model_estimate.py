"""The arithmetic of the model step, recomputed by hand where a slip would matter."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

step = chapter("framework/4-model")
feed = chapter("case-studies/news-feed")
base = chapter("framework")


def test_trees_and_network_cost_what_their_work_costs() -> None:
    core_ms = 500 * 8 * 500 * 8 * 5e-9 * 1e3
    assert step.trees_request_ms() == pytest.approx(core_ms)
    fleet = math.ceil(69_444.4 * core_ms / 1e3 / 32 / 0.6 * 1.5)
    assert step.trees_machines() == fleet == 435
    assert step.trees_dollars() == fleet * 1.5 * 730
    assert step.trees_dollars() > feed.ranker_dollars() > step.one_head_trees_dollars()


def test_the_correction_turns_the_order_of_the_two_posts() -> None:
    assert step.uncorrected_head() == pytest.approx(math.log(2))
    assert step.uncorrected_tail() == pytest.approx(math.log(100))
    learned = [[float(cell) for cell in row[3:]] for row in step.logq_rows()[1:]]
    (head, head_corrected), (tail, tail_corrected) = learned
    assert tail > head
    assert head_corrected - tail_corrected == pytest.approx(math.log(2), abs=0.01)


def test_training_reads_and_sends_what_the_text_says() -> None:
    seconds = feed.retrain_hours() / 64 * 3600
    examples = 4.56e9 * 30
    assert step.example_bytes_per_second() == pytest.approx(examples * 4000 / seconds)
    assert step.step_ms() == pytest.approx(1e3 * seconds * 65_536 / examples)
    ring = 2 * 63 / 64 * feed.dense_parameter_count() * 4 / (step.step_ms() / 1e3)
    assert step.gradient_bytes_per_second() == pytest.approx(ring)
    assert step.table_training_bytes() == 500e6 * 64 * 12
    assert step.table_rowwise_bytes() == 500e6 * (64 * 4 + 4)


@pytest.mark.parametrize(
    ("df", "quantile"), [(2, 4.30265), (4, 2.77645), (8, 2.30600), (18, 2.10092)]
)
def test_students_t_agrees_with_the_printed_tables(df: int, quantile: float) -> None:
    assert step.t_quantile(df) == pytest.approx(quantile, abs=1e-4)


def test_five_seeds_see_the_effect_and_two_do_not() -> None:
    assert step.ablation_margin() == pytest.approx(2.306 * 0.05 * math.sqrt(2 / 5), abs=1e-4)
    assert step.ablation_margin(2) > 2 * step.ABLATION_EFFECT
    assert step.ablation_margin() < step.ABLATION_EFFECT
    assert step.ablation_runs() == 55
    # The noncentral t with eight degrees of freedom and a shift of 3.1623, beyond 2.306.
    assert step.ablation_power() == pytest.approx(0.7905, abs=5e-4)
    assert step.ablation_power(effect=0.0) == pytest.approx(0.025, abs=5e-4)


def test_hosted_tokens_cost_their_price() -> None:
    answers = 300e3 * 4 * 730 / 24
    assert step.answers_per_month() == answers
    assert step.small_hosted_dollars() == pytest.approx(answers * (2800 * 0.1 + 200 * 0.5) / 1e6)
    assert step.large_hosted_dollars() == pytest.approx(answers * 0.0076)
    assert step.older_hosted_dollars() == pytest.approx(10 * step.small_hosted_dollars())
    assert step.point_dollars() == pytest.approx(3_000 * 730 / 24 * 4)
    saved = step.large_hosted_dollars() - step.small_hosted_dollars()
    assert step.break_even_points() == pytest.approx(saved / step.point_dollars())
    assert step.cached_saving() == pytest.approx(800 * 2 * 0.95 / (2800 * 2 + 200 * 10))
    # 51 cards and two people against the large bill with its instructions cached.
    assert step.middle_saving() == pytest.approx(1 - 141_690 / (277_400 * 0.8))


def test_cards_of_your_own_by_hand() -> None:
    prompts = 2 * 8e9 * 41.6667 * 2800 / (989e12 * 0.4)
    cache = 2 * 32 * 8 * 128 * 2 * 3000
    step_s = (8e9 * 2 + 64 * cache) / (3.35e12 * 0.6)
    answers = 41.6667 * 200 / (64 / step_s)
    assert step.prefill_busy_cards() == pytest.approx(prompts, rel=1e-4)
    assert step.decode_busy_cards() == pytest.approx(answers, rel=1e-4)
    assert step.own_cards() == math.ceil((prompts + answers) / 0.6 * 1.5)


@pytest.mark.parametrize(
    ("parameters", "layers", "group"),
    [
        (step.SMALL_PARAMETERS, step.SMALL_LAYERS, step.SMALL_GROUP),
        (step.BIG_PARAMETERS, step.BIG_LAYERS, step.BIG_GROUP),
    ],
)
def test_a_batch_fits_the_cards_and_keeps_the_readers_pace(
    parameters: float, layers: float, group: float
) -> None:
    caches = step.DECODE_BATCH * step.sequence_cache_bytes(layers)
    assert parameters * 2 + caches < 0.9 * group * step.CARD_MEMORY_BYTES
    pace_ms = 1e3 / base.READING_TOKENS_PER_SECOND
    assert step.decode_step_ms(parameters, layers, group) < pace_ms


def test_own_cards_beat_the_large_hosted_model_above_the_crossing() -> None:
    crossing = step.break_even_load()
    assert step.own_with_people_dollars(crossing) > step.large_hosted_dollars() * crossing
    for load in (crossing + 0.01, 2 * crossing, 1.0, 4.0):
        assert step.own_with_people_dollars(load) < step.large_hosted_dollars() * load


def test_no_load_makes_own_cards_cheaper_than_the_small_hosted_model() -> None:
    for load in (0.05, 1.0, 20.0, 1_000.0):
        assert step.own_dollars(load) > 2.8 * step.small_hosted_dollars() * load
    assert step.own_over_small_hosted() == pytest.approx(41_610 / 13_870)
    busy = step.prefill_busy_cards() + step.decode_busy_cards()
    unrounded = busy / 0.6 * 1.5 * 3 * 730 / step.answers_per_month() * 1e3
    assert step.full_cards_dollars_per_thousand() == pytest.approx(unrounded, rel=2e-3)
    with pytest.raises(ValueError, match="stays dearer"):
        step.break_even_load(step.SMALL_IN, step.SMALL_OUT)


def test_own_cards_beat_the_small_models_predecessor_at_todays_load() -> None:
    assert step.break_even_load(step.OLDER_IN, step.OLDER_OUT) < 1
    assert step.own_with_people_dollars() < step.older_hosted_dollars()


def test_the_price_list_is_the_one_of_the_numbers_page() -> None:
    numbers = chapter("reference/numbers")
    assert (numbers.HAIKU_IN, numbers.HAIKU_OUT) == (step.SMALL_IN, step.SMALL_OUT) == (0.1, 0.5)
    assert (numbers.SONNET_IN, numbers.SONNET_OUT) == (step.LARGE_IN, step.LARGE_OUT) == (2, 10)
    assert numbers.answers_dollars(step.LARGE_IN, step.LARGE_OUT) == pytest.approx(7.6)


def test_the_history_is_most_of_the_training() -> None:
    assert step.candidate_training_flops() == pytest.approx(3 * 69.5e6 * 4.56e9, rel=1e-3)
    parts = step.candidate_training_flops() + step.history_training_flops()
    assert parts == pytest.approx(step.feed.training_flops_per_day())
    long = 3 * (69.5e6 * 4.56e9 + 236.26e9 * 3e9)
    assert step.long_history_training_factor() == pytest.approx(long / parts, rel=1e-3)


def test_adapters_and_training_from_nothing() -> None:
    assert step.teacher_dollars() == pytest.approx(50e3 * (2_800 * 2 + 200 * 10) / 1e6)
    layer = 16 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14_336))
    assert step.lora_parameters() == 32 * layer == 41_943_040
    assert step.scratch_flops() == pytest.approx(6 * 8e9 * 15e12)
    assert step.scratch_hours() == pytest.approx(6 * 8e9 * 15e12 / (0.4 * 989e12) / 3600)
    assert step.scratch_over_tuning() == pytest.approx(15e12 / (50e3 * 3000 * 2))
