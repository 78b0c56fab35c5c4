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
