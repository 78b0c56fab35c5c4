"""Ranking models: what each way of combining features costs, and what order is worth."""

from __future__ import annotations

import itertools
import math

from handbook.estimate import (
    FLOAT16_BYTES,
    MS_PER_SECOND,
    assumed,
    chapter,
    count,
    dense_parameters,
    inference_flops,
    results,
    si,
)

LAB = results("building-blocks/ranking-models")
feed = chapter("case-studies/news-feed")
model = chapter("framework/4-model")
serve = chapter("framework/6-serve")

# --------------------------------------------------------------------------- combining features

FIELDS = assumed(40, "fields", "user, item and context, each one vector")
VECTOR = assumed(64, "values", "of a field's vector, as in the feed")
WIDE, NARROW = 1_024, 512
CROSS_RANK = assumed(256, "columns", "of a cross layer in two thin factors")


def input_width() -> float:
    """Values of all fields side by side."""
    return FIELDS * VECTOR


def pairs() -> float:
    """Pairs of fields."""
    return FIELDS * (FIELDS - 1) / 2


def dot_flops() -> float:
    """Operations of the dot products of all pairs of fields, for one candidate."""
    return 2 * pairs() * VECTOR


def cross_parameters(rank: float = 0) -> float:
    """Weights of one cross layer, full or in two thin factors.

    R. Wang et al., "DCN V2", 2021, https://arxiv.org/abs/2008.13535.

    Args:
        rank: Columns of the factors; 0 for a full matrix.
    """
    width = input_width()
    return (2 * width * rank if rank else width**2) + width


def dense_network_parameters() -> float:
    """Weights of two hidden layers and one output over all fields."""
    return dense_parameters(input_width(), WIDE, NARROW, 1)


HISTORY = feed.HISTORY_ACTIONS
ATTENTION_HIDDEN = assumed(
    36, "values", "the small network that compares a candidate with an action"
)


def target_attention_flops() -> float:
    """Operations to compare one candidate with each past action by a small network.

    It sees both vectors, their difference and their product.
    """
    return HISTORY * inference_flops(dense_parameters(4 * VECTOR, ATTENTION_HIDDEN, 1))


def even_candidates() -> float:
    """Candidates at which attention to each costs as much as a history that is encoded once."""
    return feed.sequence_flops() / target_attention_flops()


def family_rows() -> list[list[str]]:
    """Ways to combine features: weights and operations for a request."""
    width, ranked = input_width(), feed.RANKED
    ways = (
        ("Linear in the fields", width, 2 * width, "nothing: sums only"),
        ("Dot products of pairs", 0, dot_flops(), "every pair, by one number each"),
        (
            "Cross layer, full",
            cross_parameters(),
            inference_flops(cross_parameters()),
            "products of values, learnt weights",
        ),
        (
            f"Cross layer, rank {CROSS_RANK:.0f}",
            cross_parameters(CROSS_RANK),
            inference_flops(cross_parameters(CROSS_RANK)),
            "the same, most of it",
        ),
        (
            f"Dense layers, {WIDE:,} and {NARROW}",
            dense_network_parameters(),
            inference_flops(dense_network_parameters()),
            "anything, if data are many",
        ),
        (
            f"Attention over {HISTORY:.0f} actions",
            dense_parameters(4 * VECTOR, ATTENTION_HIDDEN, 1),
            target_attention_flops(),
            "which past actions matter for this one",
        ),
    )
    head = ["Way", "Weights", "A candidate", f"{ranked:.0f} candidates", "It can express"]
    return [head] + [
        [
            name,
            count(weights) if weights else "none",
            si(flops, "FLOP"),
            si(ranked * flops, "FLOP"),
            what,
        ]
        for name, weights, flops, what in ways
    ]


USER_SHARE = assumed(0.5, "of the input", "user and context: the same for all candidates")


def shared_saving_percent() -> float:
    """Per cent of the first dense layer that is saved by computing the user's half once."""
    each = feed.RANKED
    return 100 * USER_SHARE * (1 - 1 / each)


# --------------------------------------------------------------------------- where quality is lost


def retrieval_loss_percent() -> float:
    """Per cent of the oracle's NDCG that no ranker can reach after retrieval."""
    return 100 * (1 - LAB["ndcg_oracle_on_handed"] / LAB["ndcg_oracle"])


def ranker_loss_percent() -> float:
    """Per cent of what is still reachable that the ranker loses."""
    return 100 * (1 - LAB["ndcg_two_stages"] / LAB["ndcg_oracle_on_handed"])


def ranker_gain_percent() -> float:
    """Per cent that the ranker adds to retrieval's own order."""
    return 100 * (LAB["ndcg_two_stages"] / LAB["ndcg_retrieval"] - 1)


def closed_percent() -> float:
    """Per cent of the way from retrieval's order to the best order of what it handed on."""
    gained = LAB["ndcg_two_stages"] - LAB["ndcg_retrieval"]
    return 100 * gained / (LAB["ndcg_oracle_on_handed"] - LAB["ndcg_retrieval"])


def parts_percent() -> list[float]:
    """Parts of the oracle's NDCG: retrieval's order, the ranker's gain, its loss, the dropped."""
    names = ("retrieval", "two_stages", "oracle_on_handed", "oracle")
    reached = [0.0, *(LAB[f"ndcg_{name}"] for name in names)]
    steps = itertools.pairwise(reached)
    return [100 * (after - before) / reached[-1] for before, after in steps]


def gain_rows() -> list[list[str]]:
    """Features by their share of the trees' gain in the lab."""
    names = ("retrieval score", "popularity", "newness", "habit of new items", "author's past")
    shares = sorted(zip(LAB["gain"], names, strict=True), reverse=True)
    rows = [["Feature", "Share of the trees' gain", "Could retrieval know it?"]]
    knows = {
        "retrieval score": "it is retrieval's own",
        "popularity": "yes",
        "newness": "yes, of the item",
        "habit of new items": "yes, of the person",
        "author's past": "no: it belongs to the pair",
    }
    return rows + [[name, f"{100 * share:.0f} %", knows[name]] for share, name in shares]


# --------------------------------------------------------------------------- losses


def swap_gain(upper: int, lower: int) -> float:
    """Change of DCG when a relevant item moves between two places, for one grade of gain.

    Args:
        upper: The better place, from 1.
        lower: The worse place.
    """
    return 1 / math.log2(upper + 1) - 1 / math.log2(lower + 1)


def swap_factor() -> float:
    """How many times as much the first two places matter as the ninth and tenth."""
    return swap_gain(1, 2) / swap_gain(9, 10)


POSITIVES = assumed(3, "items", "with an action, in a list that was seen")
SEEN = assumed(20, "items", "of a list that was seen")


def list_pairs() -> float:
    """Pairs of one item with an action and one without, in one list."""
    return POSITIVES * (SEEN - POSITIVES)


# --------------------------------------------------------------------------- rare ids

SEEN_ONCE = assumed(10, "examples", "in which an id of the long tail occurs in training")


def rate_error_percent(examples: float = SEEN_ONCE, rate: float | None = None) -> float:
    """Relative error in per cent of a rate that is known from so few examples.

    Args:
        examples: In which the id occurs.
        rate: Of the action; the feed's like rate if not given.
    """
    p = feed.LIKE_RATE if rate is None else rate
    return 100 * math.sqrt((1 - p) / (p * examples))


def examples_for(percent: float = 20) -> float:
    """Examples after which that error has fallen to so many per cent.

    Args:
        percent: Relative error.
    """
    p = feed.LIKE_RATE
    return (1 - p) / p / (percent / 100) ** 2


# --------------------------------------------------------------------------- a language model

LLM_CANDIDATES = assumed(50, "items", "that the last step still orders")
LLM_TOKENS = assumed(150, "tokens", "that describe one item")


def llm_attention_flops() -> float:
    """Operations of its attention: each token is compared with half of the others on average."""
    return 2 * (LLM_CANDIDATES * LLM_TOKENS) ** 2 * model.SMALL_WIDTH * model.SMALL_LAYERS


def llm_flops() -> float:
    """Operations of an 8-billion model that reads all candidates of one request."""
    matrices = inference_flops(model.SMALL_PARAMETERS, LLM_CANDIDATES * LLM_TOKENS)
    return matrices + llm_attention_flops()


def llm_factor() -> float:
    """How many times the whole ranker of the feed that is."""
    return llm_flops() / feed.ranker_flops()


def llm_ms() -> float:
    """Milliseconds of one H100 for it, at the share of its peak that prompts reach."""
    speed = feed.H100_PEAK_FLOPS * model.PREFILL_UTILIZATION
    return llm_flops() / speed * MS_PER_SECOND


def llm_dollars_per_thousand() -> float:
    """Dollars of card time for a thousand requests, cards always busy."""
    return llm_ms() * feed.H100_PRICE / 3_600


def ranker_dollars_per_thousand() -> float:
    """Dollars a thousand requests of the feed's ranking cards, headroom included."""
    return feed.ranker_dollars() / (feed.requests_per_day() * model.DAYS_BILLED) * 1_000


def llm_dollars_with_headroom() -> float:
    """The same for cards that are sized for the feed's peak, as the ranker's are."""
    return llm_dollars_per_thousand() * feed.PEAK_FACTOR / feed.LOAD_TARGET * (1 + feed.SPARE)


TOKENS_A_LABEL = assumed(3, "tokens", "to write one item's number and a separator")


def written_seconds() -> float:
    """Seconds to write the order for one request alone: each token reads all weights once."""
    weights = model.SMALL_PARAMETERS * FLOAT16_BYTES
    step = weights / (serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION)
    return LLM_CANDIDATES * TOKENS_A_LABEL * step


# --------------------------------------------------------------------------- the budget


def slots_ms() -> float:
    """Milliseconds of the feed's budget that ordering takes, from the cheap model to the list."""
    stages = ("Pre-rank", "Feature fetch", "Rank", "Re-rank and policy check")
    return sum(feed.stage_ms(stage) for stage in stages)


def half_accelerators() -> float:
    """Accelerators of the feed if half as many candidates are ranked."""
    return feed.ranker_accelerators(candidates=feed.RANKED / 2)
