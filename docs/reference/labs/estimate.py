"""What the labs found, as tables; the numbers are those that `handbook labs` stored."""

from __future__ import annotations

import math

from handbook.estimate import chapter, results

calibration = results("building-blocks/calibration")
experiments = results("building-blocks/online-experiments")
ranking = results("building-blocks/ranking-models")
retrieval = results("building-blocks/retrieval-augmented-generation")
serving = results("building-blocks/llm-inference")
framework = chapter("framework")
trials = chapter("building-blocks/online-experiments")

MODELS = {
    "Oracle": "oracle",
    "All impressions": "all",
    "One negative in twenty": "sampled",
    "The same, corrected": "corrected",
    "All, positives weighted up": "weighted",
}


def calibration_rows() -> list[list[str]]:
    """Five sets of predictions of clicks."""
    rows = [["Predictions", "Predicted over observed", "Log loss", "AUC", "Calibration error"]]
    return rows + [
        [
            name,
            f"{calibration[f'{key}_over']:.2f}",
            f"{calibration[f'{key}_log_loss']:.4f}",
            f"{calibration[f'{key}_auc']:.3f}",
            f"{100 * calibration[f'{key}_ece']:.2f} %",
        ]
        for name, key in MODELS.items()
    ]


def ranking_rows() -> list[list[str]]:
    """Five ways to choose ten items."""
    names = {
        "Trending": "trending",
        "Retrieval alone": "retrieval",
        "Retrieval, then a ranker": "two_stages",
        "Oracle on what is handed on": "oracle_on_handed",
        "Oracle on everything": "oracle",
    }
    rows = [["Way", "NDCG@10", "Standard error"]]
    return rows + [
        [name, f"{ranking[f'ndcg_{key}']:.3f}", f"{ranking[f'ndcg_{key}_error']:.3f}"]
        for name, key in names.items()
    ]


def lost_before_percent() -> float:
    """Per cent of what the two stages miss, against an oracle, that retrieval has dropped."""
    missed = ranking["ndcg_oracle"] - ranking["ndcg_two_stages"]
    return 100 * (ranking["ndcg_oracle"] - ranking["ndcg_oracle_on_handed"]) / missed


def neighbour_rows() -> list[list[str]]:
    """Recall and time of the approximate index by effort, and of exact search."""
    rows = [["Nodes looked at", "Neighbours found", "ms a query"]]
    columns = (ranking["ann_effort"], ranking["ann_recall"], ranking["ann_ms"])
    for effort, recall, spent in zip(*columns, strict=True):
        rows.append([f"{effort}", f"{100 * recall:.1f} %", f"{spent:.2f}"])
    return [*rows, ["exact", "100.0 %", f"{ranking['exact_ms']:.2f}"]]


def retrieval_rows() -> list[list[str]]:
    """Ways to find the page of a question, for chunks of 200 words under their titles."""
    names = {"Words (BM25)": "bm25", "Meaning (LSA)": "lsa", "Both, fused": "fusion"}
    rows = [["Chunks of 200 words, titled", "Right first", "Among five", "MRR", "95 % interval"]]
    for name, key in names.items():
        at = f"words_200_titled_{key}"
        low, high = retrieval[f"{at}_mrr_low"], retrieval[f"{at}_mrr_high"]
        rows.append(
            [
                name,
                f"{100 * retrieval[f'{at}_at_1']:.0f} %",
                f"{100 * retrieval[f'{at}_at_5']:.0f} %",
                f"{retrieval[f'{at}_mrr']:.2f}",
                f"{low:.2f} to {high:.2f}",
            ]
        )
    return rows


def serving_rows() -> list[list[str]]:
    """The most requests a second with nine answers in ten in time, and the most tokens."""
    names = {"Static": "static", "Continuous": "continuous", "Continuous, paged": "paged"}
    loads = ("assistant", "writer")
    rows = [
        [
            "Batches",
            "Assistant: in time, a second",
            "tokens a second",
            "Writer: in time, a second",
            "tokens a second ",
        ]
    ]
    for name, key in names.items():
        cells = [
            text
            for load in loads
            for text in (
                f"{serving[f'{load}_{key}_goodput']:.1f}",
                f"{serving[f'{load}_{key}_most_tokens']:,.0f}",
            )
        ]
        rows.append([name, *cells])
    return rows


def one_look_said() -> float:
    """Effect that significant tests report on average, of those that are read once, at the end."""
    return experiments["effect"] * trials.exaggeration(experiments["effect_fixed"])


def looks_rows() -> list[list[str]]:
    """Three ways to look at an experiment; days and effects are those of tests that find one."""
    names = {"One look at the end": "fixed", "A look a day": "peeking", "Always valid": "always"}
    rows = [["Way", "False alarms", "Effects found", "Found on day", "Effect that they report"]]
    for name, key in names.items():
        stops = key != "fixed"
        rows.append(
            [
                name,
                f"{100 * experiments[f'null_{key}']:.1f} %",
                f"{100 * experiments[f'effect_{key}']:.0f} %",
                f"{experiments[f'effect_{key}_day']:.1f}" if stops else "14",
                f"{experiments[f'effect_{key}_said']:.3f}" if stops else f"{one_look_said():.3f}",
            ]
        )
    return rows


def market_rows() -> list[list[str]]:
    """The effect in a market that shares drivers, by design of the test."""
    names = {
        "Truth": "truth",
        "Test by riders": "by_rider",
        "Switchback by the hour": "switchback",
    }
    rows = [["Design", "Effect on trips", "Spread of one test"]]
    return rows + [
        [
            name,
            f"{100 * experiments[f'market_{key}']:.1f} %",
            f"{100 * experiments[f'market_{key}_spread']:.1f} points",
        ]
        for name, key in names.items()
    ]


def ranker_gain_percent() -> float:
    """Per cent by which a ranker raises NDCG over retrieval alone."""
    return 100 * (ranking["ndcg_two_stages"] / ranking["ndcg_retrieval"] - 1)


def ceiling_percent() -> float:
    """Per cent of the oracle's NDCG that is left to any ranker by what retrieval hands on."""
    return 100 * ranking["ndcg_oracle_on_handed"] / ranking["ndcg_oracle"]


def retrieval_detectable() -> float:
    """Difference in MRR that the questions there are would show four times in five."""
    gain, needed = retrieval["fusion_over_bm25"], retrieval["fusion_over_bm25_needed"]
    return gain * math.sqrt(needed / retrieval["questions"])


def pages_over_reserved() -> float:
    """How many times the rate in time pages allow over reserved memory, for long answers."""
    return serving["writer_paged_goodput"] / serving["writer_continuous_goodput"]


def continuous_over_static(load: str = "assistant") -> float:
    """How many times the tokens continuous batches write.

    Args:
        load: `assistant` or `writer`.
    """
    return serving[f"{load}_continuous_most_tokens"] / serving[f"{load}_static_most_tokens"]
