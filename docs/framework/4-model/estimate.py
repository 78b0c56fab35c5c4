"""The arithmetic of the model step: rungs, losses, training, and the assistant's choices.

The feed's ranker, its training and its prices come from the feed's own chapter, the assistant's
load from the framework's. Here is what decides between models: what one prediction costs, what a
correction repairs, how small a difference an ablation can see, and what a hosted model costs
beside one of your own.
"""

from __future__ import annotations

import math
from functools import lru_cache

from handbook.estimate import (
    DAYS_PER_YEAR,
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    assumed,
    chapter,
    device_hours,
    inference_flops,
    kv_cache_bytes,
    machines,
    monthly_cost,
    sourced,
    training_flops,
)

feed = chapter("case-studies/news-feed")
base = chapter("framework")
serve = chapter("framework/6-serve")

# --------------------------------------------------------------------------- the rungs

ACTIVE_FEATURES = assumed(200, "features that are not zero", "crosses and hashed ids of one row")
TREES = assumed(500, "trees per head", "where validation loss usually stops falling; tune yours")
TREE_DEPTH = assumed(8, "splits", "from root to leaf")
NODE_VISIT_NS = assumed(5, "ns per node visit", "a compare in a cached tree; measure yours")
FEATURE_READ_NS = assumed(2, "ns per feature", "read a cached weight and add")


def linear_us() -> float:
    """Core-microseconds of a logistic regression for one candidate and one head."""
    return ACTIVE_FEATURES * FEATURE_READ_NS / 1e3


def tree_visits(trees: float = TREES, depth: float = TREE_DEPTH) -> float:
    """Node visits of one boosted model for one candidate.

    Args:
        trees: Trees of the model.
        depth: Splits on the way down each.
    """
    return trees * depth


def trees_us() -> float:
    """Core-microseconds of boosted trees for one candidate and one head."""
    return tree_visits() * NODE_VISIT_NS / 1e3


def network_us() -> float:
    """Core-microseconds of the feed's network for one candidate, all heads, on one CPU core."""
    return inference_flops(feed.candidate_parameters()) / feed.CORE_FLOPS * 1e6


def request_core_ms(us_per_candidate: float, heads: float = 1) -> float:
    """Core-milliseconds of one request's candidates.

    Args:
        us_per_candidate: Core-microseconds of one candidate and head.
        heads: Models that each candidate passes.
    """
    return us_per_candidate * heads * feed.RANKED / MS_PER_SECOND


def linear_request_ms() -> float:
    """Core-milliseconds of a request with a logistic regression for each head."""
    return request_core_ms(linear_us(), feed.TASKS)


def trees_request_ms() -> float:
    """Core-milliseconds of a request with boosted trees for each head."""
    return request_core_ms(trees_us(), feed.TASKS)


def network_request_ms() -> float:
    """Core-milliseconds of a request with the network, if it ran on CPU cores."""
    return request_core_ms(network_us())


def cpu_machines_for(core_ms: float) -> float:
    """CPU machines at the feed's peak that spend so many core-milliseconds a request.

    Args:
        core_ms: Core-milliseconds of one request.
    """
    carried = feed.CORES * MS_PER_SECOND / core_ms
    return machines(feed.peak_qps(), carried, feed.LOAD_TARGET, feed.SPARE)


def trees_machines() -> float:
    """CPU machines for boosted trees, one model a head."""
    return cpu_machines_for(trees_request_ms())


def trees_dollars() -> float:
    """Dollars a month for boosted trees, one model a head."""
    return monthly_cost(trees_machines(), feed.CPU_PRICE)


def linear_dollars() -> float:
    """Dollars a month for logistic regressions, one a head."""
    return monthly_cost(cpu_machines_for(linear_request_ms()), feed.CPU_PRICE)


def network_cpu_machines() -> float:
    """CPU machines for the network without accelerators."""
    return cpu_machines_for(network_request_ms())


def one_head_trees_dollars() -> float:
    """Dollars a month for boosted trees with a single head."""
    return monthly_cost(cpu_machines_for(request_core_ms(trees_us())), feed.CPU_PRICE)


def whole_index_flops() -> float:
    """Operations to put every indexed post through the ranker for one request."""
    return inference_flops(feed.candidate_parameters(), feed.indexed_posts())


def exact_scan_flops() -> float:
    """Operations of one dot product with every indexed post, for one request."""
    return 2 * feed.EMBEDDING_DIM * feed.indexed_posts()


LONG_HISTORY = assumed(10e3, "actions", "years of a keen user")


def long_history_flops() -> float:
    """Operations of the feed's history encoder over a long history, for one request."""
    return feed.sequence_flops(LONG_HISTORY)


def long_history_factor() -> float:
    """That over the operations of the whole ranker as it is."""
    return long_history_flops() / feed.ranker_flops()


def prerank_flops() -> float:
    """Operations of the pre-ranker for one request."""
    return inference_flops(feed.prerank_parameters(), feed.filtered())


def rung_rows() -> list[list[str]]:
    """What each rung costs to serve at the feed's load, as a table."""
    heads = f"{feed.TASKS:.0f} heads"
    return [
        ["Rung", "Work for one candidate", "Core-ms a request", "Fleet at the peak", "$ a month"],
        ["Newest first", "compare a time", "under 0.1", "inside the feed service", "0"],
        [
            "Logistic regression",
            f"{ACTIVE_FEATURES:.0f} weights × {heads}",
            f"{linear_request_ms():.1f}",
            f"{cpu_machines_for(linear_request_ms()):,.0f} CPU machines",
            f"{linear_dollars():,.0f}",
        ],
        [
            "Boosted trees",
            f"{tree_visits():,.0f} node visits × {heads}",
            f"{trees_request_ms():.0f}",
            f"{trees_machines():,.0f} CPU machines",
            f"{trees_dollars():,.0f}",
        ],
        [
            "Multi-task network",
            f"{inference_flops(feed.candidate_parameters()) / 1e6:.1f} MFLOP, all heads at once",
            f"{network_request_ms():,.0f} on a CPU",
            f"{feed.ranker_accelerators():,.0f} L4 cards",
            f"{feed.ranker_dollars():,.0f}",
        ],
    ]


# --------------------------------------------------------------------------- the log-Q correction

HEAD_P = assumed(0.02, "probability", "this user engages with the popular post")
TAIL_P = assumed(0.01, "probability", "this user engages with the niche post")
HEAD_Q = assumed(0.01, "of the pairs", "the popular post's share of all training pairs")
TAIL_Q = assumed(0.0001, "of the pairs", "the niche post's share")


def uncorrected(p: float, q: float) -> float:
    """Score, up to a constant, at which an uncorrected in-batch softmax settles.

    Args:
        p: The item's true probability for this user.
        q: Its share among the sampled negatives.
    """
    return math.log(p / q)


def uncorrected_head() -> float:
    """Uncorrected score of the popular post."""
    return uncorrected(HEAD_P, HEAD_Q)


def uncorrected_tail() -> float:
    """Uncorrected score of the niche post."""
    return uncorrected(TAIL_P, TAIL_Q)


def logq_rows() -> list[list[str]]:
    """The order of two posts with and without the correction, as a table."""
    rows = [["Post", "p for this user", "Share q of the pairs", "Learned without", "Learned with"]]
    for name, p, q in (("Popular", HEAD_P, HEAD_Q), ("Niche", TAIL_P, TAIL_Q)):
        rows.append([name, f"{p:g}", f"{q:g}", f"{uncorrected(p, q):.2f}", f"{math.log(p):.2f}"])
    return rows


# --------------------------------------------------------------------------- training at scale

CLUSTER_CARDS = assumed(64, "H100s", "the cluster of the news feed's chapter")
GLOBAL_BATCH = assumed(65_536, "examples a step", "a thousand for each card")
ADAM_BYTES = assumed(8, "bytes per value", "two moments in float32")
CARD_MEMORY_BYTES = sourced(
    80e9,
    "bytes",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA H100 SXM, 80 GB",
    "2026-11-21",
)


def retrain_examples() -> float:
    """Examples that a retrain from scratch reads."""
    return feed.examples_per_day() * feed.BACKFILL_DAYS


def retrain_dollars() -> float:
    """Dollars of a retrain from scratch."""
    return feed.retrain_hours() * feed.H100_PRICE


def example_bytes_per_second() -> float:
    """Bytes of examples a second that feed a retrain on the cluster."""
    seconds = feed.retrain_wall_hours(CLUSTER_CARDS) * SECONDS_PER_HOUR
    return retrain_examples() * feed.EXAMPLE_BYTES / seconds


def example_bytes_per_card() -> float:
    """Bytes of examples a second for each card of the cluster."""
    return example_bytes_per_second() / CLUSTER_CARDS


def table_training_bytes() -> float:
    """Memory of the id tables in training: float32 values with both moments of Adam."""
    return feed.table_parameters() * (FLOAT32_BYTES + ADAM_BYTES)


def table_rowwise_bytes() -> float:
    """The same with one number of optimiser state a row."""
    return feed.table_parameters() * FLOAT32_BYTES + feed.TABLE_ROWS * FLOAT32_BYTES


def table_cards() -> float:
    """Cards that the tables with Adam fill by themselves."""
    return table_training_bytes() / CARD_MEMORY_BYTES


def gradient_bytes() -> float:
    """Gradients of the dense part that all cards sum in a step, in float32."""
    return feed.dense_parameter_count() * FLOAT32_BYTES


def steps_per_second() -> float:
    """Steps a second of the retrain on the cluster."""
    seconds = feed.retrain_wall_hours(CLUSTER_CARDS) * SECONDS_PER_HOUR
    return retrain_examples() / seconds / GLOBAL_BATCH


def step_ms() -> float:
    """Milliseconds of one step."""
    return MS_PER_SECOND / steps_per_second()


def gradient_bytes_per_second() -> float:
    """Bytes a second that each card sends to sum the dense gradients around a ring."""
    return 2 * (CLUSTER_CARDS - 1) / CLUSTER_CARDS * gradient_bytes() * steps_per_second()


def candidate_training_flops() -> float:
    """Operations of a day's training for the candidates: three forward passes an example."""
    return 3 * inference_flops(feed.candidate_parameters(), feed.examples_per_day())


def history_training_flops(actions: float = feed.HISTORY_ACTIONS) -> float:
    """Operations of a day's training for the history, encoded once a request.

    Args:
        actions: Actions of a history.
    """
    return 3 * feed.sequence_flops(actions) * feed.requests_per_day()


def long_history_training_factor() -> float:
    """A day's training with the long history over that with the short one."""
    longer = candidate_training_flops() + history_training_flops(LONG_HISTORY)
    return longer / feed.training_flops_per_day()


RUN_HOURS = assumed(1, "hours", "calibration maps on held-out requests, and re-embedding")
GATE_HOURS = assumed(2, "hours", "entropy, calibration and latency by slice, on the last full day")
CANARY_HOURS = assumed(24, "hours", "one per cent of users for a whole day")


def release_hours() -> float:
    """Hours from the start of a retrain to the start of its experiment."""
    training = feed.retrain_wall_hours(CLUSTER_CARDS)
    return training + RUN_HOURS + GATE_HOURS + CANARY_HOURS


def incremental_factor() -> float:
    """Times that one new day is cheaper to train on than the whole window."""
    return feed.retrain_hours() / feed.training_hours_per_day()


# --------------------------------------------------------------------------- ablations

SEED_DEVIATION = assumed(
    0.05, "% of normalised entropy", "between seeds of one configuration; measure yours"
)
ABLATION_EFFECT = assumed(0.1, "% of normalised entropy", "the smallest part worth keeping")
ABLATED_PARTS = assumed(10, "parts", "features, layers and losses that are taken out")
ABLATION_DAYS = assumed(3, "days of examples", "a tenth of the full window")
SEEDS = assumed(5, "seeds", "the fewest that resolve the smallest effect worth keeping")


def _t_density(t: float, df: float) -> float:
    norm = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    return math.exp(norm - (df + 1) / 2 * math.log1p(t * t / df))


def _t_below(t: float, df: float, steps: int = 400) -> float:
    # Simpson's rule from zero: the densities are smooth, 400 steps give nine digits.
    h = t / steps
    inner = sum((4 if k % 2 else 2) * _t_density(k * h, df) for k in range(1, steps))
    return 0.5 + h / 3 * (_t_density(0, df) + inner + _t_density(t, df))


@lru_cache
def t_quantile(df: float, probability: float = 0.975) -> float:
    """Quantile of Student's t distribution.

    Args:
        df: Degrees of freedom.
        probability: Probability below the quantile, above one half.
    """
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        if _t_below(middle, df) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def ablation_margin(seeds: float = SEEDS, deviation: float = SEED_DEVIATION) -> float:
    """Half width of the 95 % interval of a difference between two configurations, in %.

    Args:
        seeds: Runs of each of the two.
        deviation: Standard deviation between runs of one configuration, in %.
    """
    return t_quantile(2 * (seeds - 1)) * deviation * math.sqrt(2 / seeds)


def ablation_power(
    effect: float = ABLATION_EFFECT, seeds: float = SEEDS, deviation: float = SEED_DEVIATION
) -> float:
    """Share of ablations whose interval excludes zero, on the right side, where the part matters.

    Args:
        effect: What the part is worth, in %.
        seeds: Runs of each of the two configurations.
        deviation: Standard deviation between runs of one configuration, in %.
    """
    df = 2 * (seeds - 1)
    shift = effect / (deviation * math.sqrt(2 / seeds))
    limit = t_quantile(df)
    steps, top = 400, 4.0

    def at(scale: float) -> float:
        # The estimated deviation over the true one is a chi over the root of its degrees.
        log_density = (
            math.log(2)
            + df / 2 * math.log(df / 2)
            - math.lgamma(df / 2)
            + (df - 1) * math.log(scale)
            - df * scale * scale / 2
        )
        found = 0.5 * math.erfc((limit * scale - shift) / math.sqrt(2))
        return found * math.exp(log_density)

    return top / steps * sum(at((step + 0.5) * top / steps) for step in range(steps))


def ablation_runs(seeds: float = SEEDS) -> float:
    """Training runs of the whole ablation: each part taken out, and the full model.

    Args:
        seeds: Runs of each configuration.
    """
    return (ABLATED_PARTS + 1) * seeds


def ablation_dollars(days: float = ABLATION_DAYS, seeds: float = SEEDS) -> float:
    """Dollars of the whole ablation.

    Args:
        days: Days of examples for each run.
        seeds: Runs of each configuration.
    """
    return ablation_runs(seeds) * feed.retrain_hours(days) * feed.H100_PRICE


# --------------------------------------------------------------------------- the assistant: cost

READ = "2026-11-21"
CLAUDE = "https://platform.claude.com/docs/en/models/haiku-5-5/overview"
CLAUDE_TITLE = "Anthropic, Claude Haiku 5.5 and how it compares, October 2026"
HAIKU_TITLE = CLAUDE_TITLE + ": Haiku 5.5, prompts up to 100,000 tokens"
SONNET_TITLE = CLAUDE_TITLE + ": Sonnet 5.5"
SMALL_IN = sourced(0.10, "$ per million input tokens", CLAUDE, HAIKU_TITLE, READ)
SMALL_OUT = sourced(0.50, "$ per million output tokens", CLAUDE, HAIKU_TITLE, READ)
LARGE_IN = sourced(2, "$ per million input tokens", CLAUDE, SONNET_TITLE, READ)
LARGE_OUT = sourced(10, "$ per million output tokens", CLAUDE, SONNET_TITLE, READ)
OLDER = "https://platform.claude.com/docs/pt-BR/models/haiku-4-5/overview"
OLDER_TITLE = "Anthropic, Claude Haiku 4.5, legacy since October 2026"
OLDER_IN = sourced(1, "$ per million input tokens", OLDER, OLDER_TITLE, READ)
OLDER_OUT = sourced(5, "$ per million output tokens", OLDER, OLDER_TITLE, READ)
LARGE_CACHED = sourced(0.05, "of the input price", CLAUDE, SONNET_TITLE, READ)
SMALL_CACHED = sourced(0.10, "of the input price", CLAUDE, HAIKU_TITLE, READ)
EASY_SHARE = assumed(0.8, "of answers", "that the small model gives as well; a router finds them")
ROUTER_MISS = assumed(0.005, "of conversations", "lost where the router sent a hard one to it")

LLAMA = "https://arxiv.org/abs/2407.21783"
LLAMA_TITLE = "The Llama 3 Herd of Models, 2024, table 3"
SMALL_PARAMETERS = sourced(8e9, "parameters", LLAMA, LLAMA_TITLE, READ)
SMALL_LAYERS = sourced(32, "layers", LLAMA, LLAMA_TITLE, READ)
SMALL_WIDTH = sourced(4_096, "values", LLAMA, LLAMA_TITLE, READ)
SMALL_HIDDEN = sourced(14_336, "values", LLAMA, LLAMA_TITLE, READ)
KV_HEADS = sourced(8, "heads", LLAMA, LLAMA_TITLE, READ)
HEAD_WIDTH = sourced(128, "values", LLAMA, "the same: width over attention heads", READ)
BIG_PARAMETERS = sourced(70e9, "parameters", LLAMA, LLAMA_TITLE, READ)
BIG_LAYERS = sourced(80, "layers", LLAMA, LLAMA_TITLE, READ)

H100_BANDWIDTH = sourced(
    3.35e12,
    "bytes a second",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA H100 SXM, 3.35 TB/s",
    READ,
)
PREFILL_UTILIZATION = assumed(0.4, "of the peak", "long prompts, large matrices; measure yours")
DECODE_BANDWIDTH = assumed(0.6, "of the bandwidth", "reading weights and caches; measure yours")
DECODE_BATCH = assumed(64, "sequences", "answers that one group of cards writes at once")
SMALL_GROUP = assumed(1, "cards", "8 billion parameters in 16 bits are 16 GB")
BIG_GROUP = assumed(4, "cards", "70 billion parameters in 16 bits are 140 GB, and need room")
ENGINEERS = assumed(2, "people", "serving, upgrades and nights of a model of your own")
ENGINEER_DOLLARS = assumed(15e3, "$ a month", "salary and overhead of one, rounded")


DAYS_BILLED = HOURS_PER_MONTH / HOURS_PER_DAY


def answers_per_month() -> float:
    """Answers in a month of as many hours as machines are billed for."""
    return base.answers_per_day() * DAYS_BILLED


def hosted_dollars_per_answer(price_in: float = SMALL_IN, price_out: float = SMALL_OUT) -> float:
    """Dollars of one answer from a hosted model.

    Args:
        price_in: Dollars for a million input tokens.
        price_out: Dollars for a million output tokens.
    """
    return (base.input_tokens() * price_in + base.TOKENS_PER_ANSWER * price_out) / 1e6


def small_hosted_dollars() -> float:
    """Dollars a month of the small hosted model."""
    return answers_per_month() * hosted_dollars_per_answer()


def large_hosted_dollars() -> float:
    """Dollars a month of the large hosted model."""
    return answers_per_month() * hosted_dollars_per_answer(LARGE_IN, LARGE_OUT)


def older_hosted_dollars() -> float:
    """Dollars a month of the small hosted model's predecessor, at the same token counts."""
    return answers_per_month() * hosted_dollars_per_answer(OLDER_IN, OLDER_OUT)


def cached_saving(price_in: float = LARGE_IN, price_out: float = LARGE_OUT) -> float:
    """Share of the bill that caching the fixed instructions saves.

    Args:
        price_in: Dollars for a million input tokens.
        price_out: Dollars for a million output tokens.
    """
    saved = base.INSTRUCTION_TOKENS * price_in * (1 - LARGE_CACHED) / 1e6
    return saved / hosted_dollars_per_answer(price_in, price_out)


def routed_dollars(easy: float = EASY_SHARE) -> float:
    """Dollars a month when a router sends easy answers to the small hosted model.

    Args:
        easy: Share of answers that go to the small model.
    """
    return easy * small_hosted_dollars() + (1 - easy) * large_hosted_dollars()


def point_dollars(points: float = 0.01) -> float:
    """Dollars a month of people's time that so many contained conversations more free.

    Args:
        points: Share of conversations.
    """
    return base.CONVERSATIONS_PER_DAY * DAYS_BILLED * points * base.agent_dollars_per_conversation()


def router_loss_dollars() -> float:
    """Dollars a month of people's time that the router's mistakes cost."""
    return point_dollars(ROUTER_MISS)


def router_net_dollars() -> float:
    """Dollars a month that routing saves, after its mistakes."""
    return large_hosted_dollars() - routed_dollars() - router_loss_dollars()


def break_even_miss() -> float:
    """Containment that the router may lose until it saves nothing, in points."""
    return 100 * (large_hosted_dollars() - routed_dollars()) / point_dollars(1.0)


def break_even_points() -> float:
    """Points of containment at which the large model pays for itself against the small one."""
    return 100 * (large_hosted_dollars() - small_hosted_dollars()) / point_dollars(1.0)


def prefill_busy_cards(parameters: float = SMALL_PARAMETERS, load: float = 1.0) -> float:
    """Cards kept busy by reading prompts at the peak; attention, a few per cent, is left out.

    Args:
        parameters: Parameters of the model.
        load: Load as a multiple of today's.
    """
    needed = inference_flops(parameters, base.peak_input_tokens_per_second() * load)
    return needed / (feed.H100_PEAK_FLOPS * PREFILL_UTILIZATION)


def sequence_cache_bytes(layers: float = SMALL_LAYERS) -> float:
    """Memory of keys and values of one answer at its end.

    Args:
        layers: Layers of the model.
    """
    tokens = base.input_tokens() + base.TOKENS_PER_ANSWER
    return kv_cache_bytes(tokens, layers, KV_HEADS, HEAD_WIDTH)


def decode_step_ms(
    parameters: float = SMALL_PARAMETERS,
    layers: float = SMALL_LAYERS,
    group: float = SMALL_GROUP,
) -> float:
    """Milliseconds of one decoding step of a group of cards, which is bound by memory reads.

    Args:
        parameters: Parameters of the model.
        layers: Its layers.
        group: Cards that share one copy.
    """
    read = parameters * FLOAT16_BYTES + DECODE_BATCH * sequence_cache_bytes(layers)
    return read / (group * H100_BANDWIDTH * DECODE_BANDWIDTH) * MS_PER_SECOND


def decode_busy_cards(
    parameters: float = SMALL_PARAMETERS,
    layers: float = SMALL_LAYERS,
    group: float = SMALL_GROUP,
    load: float = 1.0,
) -> float:
    """Cards kept busy by writing answers at the peak.

    Args:
        parameters: Parameters of the model.
        layers: Its layers.
        group: Cards that share one copy.
        load: Load as a multiple of today's.
    """
    step_s = decode_step_ms(parameters, layers, group) / MS_PER_SECOND
    tokens_per_card = DECODE_BATCH / step_s / group
    return base.peak_output_tokens_per_second() * load / tokens_per_card


def own_cards(
    parameters: float = SMALL_PARAMETERS,
    layers: float = SMALL_LAYERS,
    group: float = SMALL_GROUP,
    load: float = 1.0,
) -> float:
    """Cards of your own: prompts and answers, six tenths full, with a spare zone, in whole groups.

    Args:
        parameters: Parameters of the model.
        layers: Its layers.
        group: Cards that share one copy.
        load: Load as a multiple of today's.
    """
    busy = prefill_busy_cards(parameters, load) + decode_busy_cards(parameters, layers, group, load)
    return group * machines(busy / group, 1, feed.LOAD_TARGET, feed.SPARE)


def own_dollars(load: float = 1.0) -> float:
    """Dollars a month of the small open model on cards of your own, without people.

    Args:
        load: Load as a multiple of today's.
    """
    cards = own_cards(SMALL_PARAMETERS, SMALL_LAYERS, SMALL_GROUP, load)
    return monthly_cost(cards, feed.H100_PRICE)


def people_dollars() -> float:
    """Dollars a month for the people whom a model of your own needs."""
    return ENGINEERS * ENGINEER_DOLLARS


def own_with_people_dollars(load: float = 1.0) -> float:
    """Dollars a month of the small open model with the people whom it needs.

    Args:
        load: Load as a multiple of today's.
    """
    return own_dollars(load) + people_dollars()


def big_cards() -> float:
    """Cards of your own for the larger open model."""
    return own_cards(BIG_PARAMETERS, BIG_LAYERS, BIG_GROUP)


def big_own_dollars() -> float:
    """Dollars a month of the larger open model on cards of your own, without people."""
    return monthly_cost(big_cards(), feed.H100_PRICE)


def middle_own_dollars() -> float:
    """Dollars a month of the model that the serving step sizes, with the people whom it needs."""
    return monthly_cost(serve.cards(), feed.H100_PRICE) + people_dollars()


def middle_saving() -> float:
    """Share of the large hosted bill that this model saves, instructions cached on both sides."""
    return 1 - middle_own_dollars() / (large_hosted_dollars() * (1 - cached_saving()))


def own_over_small_hosted() -> float:
    """How many times the small hosted model's bill the cards alone of the small open one cost."""
    return own_dollars() / small_hosted_dollars()


def full_cards_dollars_per_thousand(load: float = 100.0) -> float:
    """Dollars of a thousand answers on cards of your own at a load that no rounding shows in.

    Args:
        load: Load as a multiple of today's.
    """
    return own_dollars(load) / load / answers_per_month() * 1e3


def break_even_load(price_in: float = LARGE_IN, price_out: float = LARGE_OUT) -> float:
    """Load, in multiples of today's, above which own cards and people cost less than hosted tokens.

    Args:
        price_in: Dollars for a million input tokens of the hosted model that they replace.
        price_out: Dollars for a million output tokens.

    Raises:
        ValueError: They are never cheaper.
    """
    hosted = answers_per_month() * hosted_dollars_per_answer(price_in, price_out)
    # Cards come whole, so the line of your own is a staircase: take the last crossing.
    loads = [step / 100 for step in range(1, 2_001)]
    dearer = [x for x in loads if own_with_people_dollars(x) > hosted * x]
    if dearer and dearer[-1] == loads[-1]:
        raise ValueError("a model of your own stays dearer at twenty times the load")
    return dearer[-1] if dearer else loads[0]


def cost_rows() -> list[list[str]]:
    """What the assistant's model costs a month in six ways, as a table."""

    def row(name: str, arithmetic: str, dollars: float) -> list[str]:
        per_thousand = dollars / answers_per_month() * 1e3
        return [name, arithmetic, f"{dollars:,.0f}", f"{per_thousand:.2f}"]

    small, middle, big = (
        parameters / 1e9
        for parameters in (SMALL_PARAMETERS, serve.MODEL_PARAMETERS, BIG_PARAMETERS)
    )
    return [
        ["Way", "Arithmetic", "$ a month", "$ per 1,000 answers"],
        row("Small, hosted", f"${SMALL_IN:.2f} in, ${SMALL_OUT:.2f} out", small_hosted_dollars()),
        row("Large, hosted", f"${LARGE_IN:.2f} in, ${LARGE_OUT:.2f} out", large_hosted_dollars()),
        row("Routed", f"{100 * EASY_SHARE:.0f} % small, the rest large", routed_dollars()),
        row(
            f"Open, {small:.0f} billion",
            f"{own_cards():.0f} H100s in 16 bits, {ENGINEERS:.0f} people",
            own_with_people_dollars(),
        ),
        row(
            f"Open, {middle:.0f} billion",
            f"{serve.cards():.0f} H100s in 8 bits, cached prefix, {ENGINEERS:.0f} people",
            middle_own_dollars(),
        ),
        row(
            f"Open, {big:.0f} billion",
            f"{big_cards():.0f} H100s in 16 bits, {ENGINEERS:.0f} people",
            big_own_dollars() + people_dollars(),
        ),
    ]


# --------------------------------------------------------------------------- the assistant: tuning

LORA_RANK = assumed(16, "columns", "a common start; an ablation decides")
TUNING_EXAMPLES = assumed(50e3, "answers", "written or approved by agents, checked")
TUNING_EPOCHS = assumed(2, "passes", "more overfits a set of this size")
OPTIMISER_BYTES = sourced(
    16,
    "bytes per trained parameter",
    "https://arxiv.org/abs/1910.02054",
    "S. Rajbhandari et al., ZeRO, 2020: mixed precision with Adam",
    READ,
)
LABEL_MINUTES = assumed(3, "minutes per answer", "an agent reads, mends and approves one")
PRETRAIN_TOKENS = sourced(
    15e12,
    "tokens",
    "https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/MODEL_CARD.md",
    "Llama 3.1 model card, 2024: about 15 trillion",
    READ,
)
REPORTED_HOURS = sourced(
    1.46e6,
    "H100-hours",
    "https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/MODEL_CARD.md",
    "Llama 3.1 model card, 2024: training time of the 8B model",
    READ,
)


def lora_parameters(rank: float = LORA_RANK) -> float:
    """Parameters of low-rank adapters on all seven matrices of every layer.

    Args:
        rank: Columns of each adapter.
    """
    narrow = KV_HEADS * HEAD_WIDTH
    sides = (
        2 * (SMALL_WIDTH + SMALL_WIDTH)
        + 2 * (SMALL_WIDTH + narrow)
        + 3 * (SMALL_WIDTH + SMALL_HIDDEN)
    )
    return SMALL_LAYERS * rank * sides


def lora_share() -> float:
    """Trained share of the model's parameters."""
    return lora_parameters() / SMALL_PARAMETERS


def lora_bytes() -> float:
    """Size of one adapter in 16 bits."""
    return lora_parameters() * FLOAT16_BYTES


def full_tuning_bytes() -> float:
    """Memory of weights, gradients and optimiser when every parameter is trained."""
    return SMALL_PARAMETERS * OPTIMISER_BYTES


def lora_tuning_bytes() -> float:
    """The same when only the adapters are trained and the weights stay in 16 bits."""
    return SMALL_PARAMETERS * FLOAT16_BYTES + lora_parameters() * OPTIMISER_BYTES


def tuning_tokens() -> float:
    """Tokens of the fine-tuning, passes included."""
    tokens = base.input_tokens() + base.TOKENS_PER_ANSWER
    return TUNING_EXAMPLES * tokens * TUNING_EPOCHS


def tuning_flops() -> float:
    """Operations of the fine-tuning, at most: the frozen weights need no gradient."""
    return training_flops(SMALL_PARAMETERS, tuning_tokens())


def tuning_hours() -> float:
    """H100-hours of the fine-tuning, at most."""
    return device_hours(tuning_flops(), feed.H100_PEAK_FLOPS, PREFILL_UTILIZATION)


def tuning_dollars() -> float:
    """Dollars of the fine-tuning's cards."""
    return tuning_hours() * feed.H100_PRICE


def teacher_dollars() -> float:
    """Dollars for as many answers of the large hosted model, to distil from."""
    return TUNING_EXAMPLES * hosted_dollars_per_answer(LARGE_IN, LARGE_OUT)


def label_dollars() -> float:
    """Dollars of people's time to approve the examples."""
    return TUNING_EXAMPLES * LABEL_MINUTES / 60 * base.AGENT_DOLLARS_PER_HOUR


def scratch_flops() -> float:
    """Operations to train the small model from nothing: 6ND."""
    return training_flops(SMALL_PARAMETERS, PRETRAIN_TOKENS)


def scratch_hours() -> float:
    """H100-hours of that at the same utilisation."""
    return device_hours(scratch_flops(), feed.H100_PEAK_FLOPS, PREFILL_UTILIZATION)


def scratch_dollars() -> float:
    """Dollars of that, one run that succeeds at once."""
    return scratch_hours() * feed.H100_PRICE


def reported_factor() -> float:
    """Reported training time over the computed one."""
    return REPORTED_HOURS / scratch_hours()


def reported_dollars() -> float:
    """Dollars of the reported training time at the same price."""
    return REPORTED_HOURS * feed.H100_PRICE


def scratch_over_tuning() -> float:
    """Operations from nothing over those of the fine-tuning."""
    return scratch_flops() / tuning_flops()


def years_of_answers() -> float:
    """Years in which the assistant writes as many tokens as such a training reads."""
    return PRETRAIN_TOKENS / (base.answers_per_day() * base.TOKENS_PER_ANSWER) / DAYS_PER_YEAR


# --------------------------------------------------------------------------- families


def family_rows() -> list[list[str]]:
    """Model families against scale and data, as a table."""
    network = f"{feed.ranker_compute_ms():.1f} ms on an L4"
    small = f"{decode_step_ms():.0f} ms a token, batch {DECODE_BATCH:.0f}"
    return [
        ["Family", "Rows", "Inputs", "Latency", "Wins when", "Loses when"],
        [
            "Popularity, recency",
            "none",
            "counters",
            "a sort",
            "there are no labels yet, or everybody wants the same",
            "tastes differ",
        ],
        [
            "Logistic regression",
            "10³ to 10⁹",
            "sparse ids and crosses, made by hand",
            f"{request_core_ms(linear_us()):.1f} core-ms",
            "ids dominate, it must learn online, somebody must read it",
            "interactions matter and nobody crossed the features",
        ],
        [
            "Boosted trees",
            "10³ to 10⁷",
            "tens to hundreds of dense columns",
            f"{request_core_ms(trees_us()):.0f} core-ms",
            "tables of mixed columns, missing values, a small team",
            "ids with millions of values, text, sequences, many heads",
        ],
        [
            "Two towers",
            "10⁷ and more pairs",
            "ids, history, content, two sides apart",
            f"{2 * feed.EMBEDDING_DIM:.0f} FLOP a post, from an index",
            "millions of items must become hundreds",
            "the pair itself decides: it never sees pair features",
        ],
        [
            "Multi-task network",
            "10⁸ and more",
            "embeddings, dense columns, a short history",
            network,
            "several labels share data, ids carry the signal",
            "data are few: trees match it for far less work",
        ],
        [
            "Sequence model",
            "10⁹ and more",
            "the raw history, long",
            "longer history, more FLOPs",
            "histories are long and order matters",
            "value must be steered by weights, or histories are short",
        ],
        [
            "Language model, pretrained",
            "0 to 10⁵",
            "text",
            small,
            "the task is language and labels are few",
            "a number from a table is wanted, at the feed's load",
        ],
    ]
