"""What the page of labs computes from stored results, by simulation and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from handbook.estimate import chapter, results

labs = chapter("reference/labs")
experiments = results("building-blocks/online-experiments")
retrieval = results("building-blocks/retrieval-augmented-generation")


def test_significant_tests_report_too_much_even_when_read_once() -> None:
    error = np.sqrt(2 / (experiments["per_day"] * experiments["days"]))
    drawn = np.random.default_rng(1).normal(experiments["effect"], error, 400_000)
    found = np.abs(drawn) > 1.959964 * error
    assert found.mean() == pytest.approx(experiments["effect_fixed"], abs=0.003)
    assert labs.one_look_said() == pytest.approx(drawn[found].mean(), rel=0.005)


def test_what_two_stages_miss_is_lost_before_the_ranker_or_by_it() -> None:
    _, _, both, handed, everything = (float(row[1]) for row in labs.ranking_rows()[1:])
    before = labs.lost_before_percent() / 100 * (everything - both)
    assert before == pytest.approx(everything - handed, abs=0.001)
    assert everything - both - before == pytest.approx(handed - both, abs=0.001)


def test_questions_needed_grow_with_the_square_of_what_is_shown_to_differ() -> None:
    # Recomputed from the two differences as the page prints them.
    printed = 102 * (0.065 / 0.012) ** 2
    assert printed == pytest.approx(retrieval["fusion_over_bm25_needed"], rel=0.05)


def test_the_gain_of_fusion_is_that_of_the_rows_shown() -> None:
    words, _, fused = labs.retrieval_rows()[1:]
    assert float(fused[3]) - float(words[3]) == pytest.approx(
        retrieval["fusion_over_bm25"], abs=0.01
    )
    both = retrieval["words_200_titled_fusion_mrr"] - retrieval["words_200_titled_bm25_mrr"]
    assert both == pytest.approx(retrieval["fusion_over_bm25"], abs=1e-5)


def test_a_difference_found_four_times_in_five_lies_2_8_standard_errors_from_none() -> None:
    wide = retrieval["fusion_over_bm25_high"] - retrieval["fusion_over_bm25_low"]
    error = wide / (2 * 1.959964)
    assert labs.retrieval_detectable() == pytest.approx(2.8 * error, rel=0.05)
