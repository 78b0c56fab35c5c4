"""The serving step's arithmetic: three latency classes, queues and tails, and a language model.

The weekly digest and the assistant's load come from the framework's own estimate, the feed's fleet
from its chapter. Here are the search box, the load at which precomputing stops paying, the waiting
in queues, and the assistant's cards, with prefill and decoding sized apart.
"""

from __future__ import annotations

import math

from handbook.estimate import (
    FLOAT16_BYTES,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    INT8_BYTES,
    MILLION,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    THOUSAND,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    cost_per_thousand,
    in_flight,
    inference_flops,
    kv_cache_bytes,
    machines,
    monthly_cost,
    peak_qps,
    qps,
    sample_size_per_arm,
    sourced,
    transfer_seconds,
)

base = chapter("framework")
feed = chapter("case-studies/news-feed")

# --------------------------------------------------------------------------- the search box

SEARCHES_PER_USER = assumed(1, "searches per user and day", "the feed's users, once a day each")
PREFIXES_PER_SEARCH = assumed(8, "prefixes per search", "letters typed, less what a timer drops")
SEARCH_PEAK_FACTOR = assumed(2.5, "times the average", "news makes many people search at once")
EDGE_HITS = assumed(0.6, "of prefixes", "one to four letters repeat, and are cached at the edge")
EDGE_PRICE = assumed(1, "$ a million requests", "the order of a content network's list price")
SUGGESTIONS_SCORED = assumed(20, "suggestions per prefix", "stored at the prefix, then re-ranked")
COMPLETIONS = assumed(100e6, "queries", "those asked by enough people to be shown to others")
COMPLETION_BYTES = assumed(64, "bytes per query", "text, counts, flags")
PREFIX_NODES = assumed(200e6, "prefixes", "two for each query, since long ones share a start")
ID_BYTES = assumed(4, "bytes per id", "enough for a hundred million queries")
SEARCH_CORE_MS = assumed(1.5, "core-milliseconds per prefix", "walk, 20 small-model scores, filter")
REGIONS = assumed(10, "regions", "so that most people are within 1,500 km of one")
PER_REGION = assumed(3, "machines per region", "one may fail while another is being updated")
REGION_KM = assumed(1_500, "km", "as the cable runs, to the nearest region")
FIBRE_KM_PER_MS = assumed(200, "km per ms", "light in glass, two thirds of its speed in vacuum")
SUGGEST_MS = assumed(50, "ms at p99", "the prompt; from the key press on a fixed line")


def prefixes_per_day(
    searches: float = SEARCHES_PER_USER, prefixes: float = PREFIXES_PER_SEARCH
) -> float:
    """Prefixes that phones send on a day.

    Args:
        searches: Searches by each of the feed's daily users.
        prefixes: Prefixes sent for one search.
    """
    return feed.DAILY_USERS * searches * prefixes


def average_prefixes_per_second() -> float:
    """Prefixes a second, averaged over the day."""
    return qps(prefixes_per_day())


def peak_prefixes_per_second(peak_factor: float = SEARCH_PEAK_FACTOR) -> float:
    """Prefixes a second at the peak, edge hits included.

    Args:
        peak_factor: Peak over average.
    """
    return peak_qps(average_prefixes_per_second(), peak_factor)


def origin_prefixes_per_second(edge_hits: float = EDGE_HITS) -> float:
    """Prefixes a second that pass the edge cache at the peak.

    Args:
        edge_hits: Share that the edge answers.
    """
    return peak_prefixes_per_second() * (1 - edge_hits)


def trie_bytes() -> float:
    """Memory of the completions and of twenty ids at each prefix."""
    return COMPLETIONS * COMPLETION_BYTES + PREFIX_NODES * SUGGESTIONS_SCORED * ID_BYTES


def search_machines_for_load(edge_hits: float = EDGE_HITS) -> int:
    """Machines of the search box if they could all stand in one place.

    Args:
        edge_hits: Share that the edge answers.
    """
    full = feed.CORES * MS_PER_SECOND / SEARCH_CORE_MS
    return machines(origin_prefixes_per_second(edge_hits), full, feed.LOAD_TARGET, feed.SPARE)


def search_machines_for_distance(regions: float = REGIONS, per_region: float = PER_REGION) -> float:
    """Machines of the search box when each region has its own.

    Args:
        regions: Regions served from.
        per_region: Machines in each.
    """
    return regions * per_region


def search_machines() -> float:
    """Machines of the search box: the larger of what load and distance ask for."""
    return max(search_machines_for_load(), search_machines_for_distance())


def round_trip_ms(km: float = REGION_KM) -> float:
    """Milliseconds that light needs to a region and back.

    Args:
        km: Length of the cable.
    """
    return 2 * km / FIBRE_KM_PER_MS


def suggest_budget() -> LatencyBudget:
    """The 50 ms by stage; raises if the stages do not fit."""
    return (
        LatencyBudget(SUGGEST_MS)
        .stage("Network, to the region and back", 20)
        .stage("Gateway, edge cache missed", 3)
        .parallel("Read", {"twenty ids at the prefix": 2, "the user's last searches": 6})
        .stage("Re-rank 20 suggestions", 5)
        .stage("Policy filter, serialise", 4)
    )


def suggest_rows() -> list[list[str]]:
    """The search box's budget as a table."""
    return suggest_budget().rows()


def suggest_used_ms() -> float:
    """Milliseconds given out of the 50."""
    return suggest_budget().used_ms


def search_dollars_per_month() -> float:
    """Monthly cost of the search box's machines."""
    return monthly_cost(search_machines(), feed.CPU_PRICE)


def search_dollars_per_thousand() -> float:
    """Cost of a thousand prefixes, those that the edge answers included."""
    return cost_per_thousand(search_dollars_per_month(), average_prefixes_per_second())


def search_dollars_per_day() -> float:
    """Daily cost of the search box's machines."""
    return search_dollars_per_month() * HOURS_PER_DAY / HOURS_PER_MONTH


def edge_dollars_per_day(price: float = EDGE_PRICE) -> float:
    """Daily cost of the prefixes that the edge answers.

    Args:
        price: Dollars for a million requests.
    """
    return prefixes_per_day() * EDGE_HITS / MILLION * price


# --------------------------------------------------------------------------- three side by side


def dollars_per_million_scores(system: str = "feed") -> float:
    """Cost of a million scored candidates: machines and cards, no training, no storage.

    Args:
        system: `digest`, `search` or `feed`.
    """
    if system == "digest":
        return base.digest_dollars_per_run() / base.digest_scores() * MILLION
    if system == "search":
        scored = (1 - EDGE_HITS) * SUGGESTIONS_SCORED
        return search_dollars_per_thousand() / THOUSAND / scored * MILLION
    return online_dollars_per_list() / feed.RANKED * MILLION


def class_rows() -> list[list[str]]:
    """The three systems by number."""
    digest = base.digest_cents_per_thousand_emails() / 100
    return [
        ["", "Weekly digest", "Search box", "News feed"],
        ["Class", "batch, a night", f"p99 {SUGGEST_MS:.0f} ms", f"p99 {feed.BUDGET_MS:.0f} ms"],
        [
            "Load",
            f"{base.DIGEST_SUBSCRIBERS / MILLION:,.0f} million emails a week",
            f"{peak_prefixes_per_second():,.0f} prefixes/s at the peak",
            f"{feed.peak_qps():,.0f} requests/s at the peak",
        ],
        [
            "Scored for one answer",
            f"{base.CANDIDATES_PER_DIGEST:,.0f}",
            f"{SUGGESTIONS_SCORED:.0f}, if the edge misses",
            f"{feed.RANKED:,.0f}",
        ],
        [
            "Machines",
            f"{base.digest_machines():,.0f} for a night",
            f"{search_machines():,.0f}, by distance",
            f"{feed.cpu_machines():,.0f}, and {feed.ranker_accelerators():,.0f} cards",
        ],
        [
            "$ for a thousand answers",
            f"{digest:.4f}",
            f"{search_dollars_per_thousand():.5f}",
            f"{online_dollars_per_list() * THOUSAND:.4f}",
        ],
        [
            "$ for a million scores",
            f"{dollars_per_million_scores('digest'):.4f}",
            f"{dollars_per_million_scores('search'):.4f}",
            f"{dollars_per_million_scores('feed'):.4f}",
        ],
    ]


# --------------------------------------------------------------------------- where it flips

BATCH_UTILIZATION = assumed(0.9, "of capacity", "a queue of work that nobody waits for")
SPOT_PRICE = assumed(0.4, "of the price on commitment", "machines that may be taken away")
OPENED_SHARE = assumed(0.3, "of emails", "opened within the week; read your own")
HOURLY = assumed(24, "lists per user and day", "a list made for everybody every hour")


def online_provisioned() -> float:
    """Capacity bought for each unit of average load online: peak, headroom and a spare zone."""
    return feed.PEAK_FACTOR / feed.LOAD_TARGET * (1 + feed.SPARE)


def batch_provisioned(price: float = SPOT_PRICE) -> float:
    """Cost of a unit of average load in batch, where online capacity at full price is 1.

    Args:
        price: Price of a batch machine over that of an online one.
    """
    return price / BATCH_UTILIZATION


def batch_advantage(price: float = SPOT_PRICE) -> float:
    """How many times cheaper the same list is in batch.

    Args:
        price: Price of a batch machine over that of an online one.
    """
    return online_provisioned() / batch_provisioned(price)


def online_dollars_per_list() -> float:
    """Cost of one feed page online, without training and storage."""
    serving = feed.cpu_cost_per_month() + feed.accelerator_cost_per_month()
    return cost_per_thousand(serving, feed.average_qps()) / THOUSAND


def batch_dollars_per_list() -> float:
    """Cost of the same list in batch."""
    return online_dollars_per_list() / batch_advantage()


def online_dollars_per_day(share: float = 0.5) -> float:
    """Cost of a day of lists made when people ask.

    Args:
        share: Share of the monthly users who come on a day.
    """
    lists = feed.MONTHLY_USERS * share * feed.REQUESTS_PER_USER
    return lists * online_dollars_per_list()


def batch_dollars_per_day(refreshes: float = HOURLY) -> float:
    """Cost of a day of lists made ahead for every monthly user.

    Args:
        refreshes: Lists made for each user on a day.
    """
    return feed.MONTHLY_USERS * refreshes * batch_dollars_per_list()


def flip_share(refreshes: float = HOURLY) -> float:
    """Share of users who come on a day at which both cost the same.

    Args:
        refreshes: Lists made ahead for each user on a day.
    """
    return refreshes / feed.REQUESTS_PER_USER / batch_advantage()


def flip_refreshes(share: float = feed.DAILY_USERS / feed.MONTHLY_USERS) -> float:
    """Lists a user and day, made ahead, that cost as much as answering on request.

    Args:
        share: Share of the monthly users who come on a day.
    """
    return share * feed.REQUESTS_PER_USER * batch_advantage()


def digest_opened_cost_factor(opened: float = OPENED_SHARE) -> float:
    """Cost of a digest scored only when its email is opened, over that of scoring all ahead.

    Args:
        opened: Share of emails that are opened.
    """
    return opened * batch_advantage()


# --------------------------------------------------------------------------- queues and tails

TAIL_QUANTILE = assumed(0.99, "of requests", "the quantile that budgets are written in")
HEDGE_FAILS = assumed(
    0.1, "of second calls", "not back in the time left either; measure it on your own"
)
HEDGE_AT = assumed(0.95, "quantile", "the second copy leaves when the first is later than this")
CARDS_POOLED = assumed(10, "cards", "behind one queue, for comparison")
SEQUENTIAL_STAGES = assumed(7, "stages", "as many as stand alone in the feed's table")


def wait_p99_ms(load: float = feed.LOAD_TARGET, service_ms: float | None = None) -> float:
    """p99 of the time at one card with a queue of its own (M/M/1), in ms.

    Args:
        load: Share of the card's capacity in use.
        service_ms: Mean time of one request on an idle card; the ranker's where not given.
    """
    service = feed.ranker_compute_ms() if service_ms is None else service_ms
    return -math.log(1 - TAIL_QUANTILE) * service / (1 - load)


def highest_load(slot_ms: float | None = None) -> float:
    """Load at which one card with its own queue just keeps the ranker's slot at p99.

    Args:
        slot_ms: Milliseconds allowed; the slot of the feed's `Rank` where not given.
    """
    slot = feed.stage_ms("Rank") if slot_ms is None else slot_ms
    return 1 + math.log(1 - TAIL_QUANTILE) * feed.ranker_compute_ms() / slot


def waiting_share(servers: float, load: float) -> float:
    """Share of requests that find all servers busy (Erlang's C formula).

    Args:
        servers: Servers behind one queue.
        load: Share of their capacity in use.
    """
    offered, blocked = servers * load, 1.0
    for number in range(1, round(servers) + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - load + load * blocked)


def pooled_wait(quantile: float, servers: float, load: float, service: float) -> float:
    """Quantile of the wait before service behind one queue for all servers (M/M/c).

    Args:
        quantile: Such as 0.95.
        servers: Servers behind the queue.
        load: Share of their capacity in use.
        service: Mean service time; the answer has its unit.
    """
    waiting = waiting_share(servers, load)
    if waiting <= 1 - quantile:
        return 0.0
    return math.log(waiting / (1 - quantile)) * service / (servers * (1 - load))


def own_wait(quantile: float, load: float, service: float) -> float:
    """Quantile of the wait before service at a server with its own queue (M/M/1).

    Args:
        quantile: Such as 0.95.
        load: Share of its capacity in use.
        service: Mean service time; the answer has its unit.
    """
    return pooled_wait(quantile, 1, load, service)


def pooled_p99_ms(load: float = feed.LOAD_TARGET, servers: float = CARDS_POOLED) -> float:
    """p99 of the time at cards that share one queue (M/M/c), in ms.

    Args:
        load: Share of their capacity in use.
        servers: Cards behind the queue.
    """
    service = feed.ranker_compute_ms()
    waiting, drain = waiting_share(servers, load), servers * (1 - load)
    low, high = 0.0, wait_p99_ms(load) + 10 * service
    for _ in range(60):
        middle = (low + high) / 2
        at = middle / service
        # Wait and service are independent; if both decay alike, the sum is of the Erlang kind.
        if math.isclose(drain, 1):
            late = (1 - waiting + waiting * (1 + at)) * math.exp(-at)
        else:
            mixed = (drain * math.exp(-at) - math.exp(-drain * at)) / (drain - 1)
            late = (1 - waiting) * math.exp(-at) + waiting * mixed
        low, high = (middle, high) if late > 1 - TAIL_QUANTILE else (low, middle)
    return high


def slow_share(calls: float = base.SHARDS, slow: float = base.SLOW_SHARE) -> float:
    """Share of requests that meet at least one slow call.

    Args:
        calls: Calls that a request waits for.
        slow: Share of calls that are slow.
    """
    return any_slow(slow, calls)


def hedged_slow_share(calls: float = base.SHARDS) -> float:
    """The same when late calls are repeated at a replica.

    Args:
        calls: Calls that a request waits for.
    """
    return any_slow(base.SLOW_SHARE * HEDGE_FAILS, calls)


def miss_quantile(hits: float = 0.8) -> float:
    """Quantile of the misses that is the p99 of all requests, if every hit is faster.

    Args:
        hits: Share of requests that the cache answers, below 0.99.
    """
    return 1 - (1 - TAIL_QUANTILE) / (1 - hits)


def hedge_load() -> float:
    """Calls that hedging adds, as a share of all calls."""
    return 1 - HEDGE_AT


def sum_of_p99s(stages: float = SEQUENTIAL_STAGES) -> float:
    """p99s of exponential stages added up, in mean stage times.

    Args:
        stages: Stages one after another.
    """
    return -math.log(1 - TAIL_QUANTILE) * stages


def p99_of_sum(stages: float = SEQUENTIAL_STAGES) -> float:
    """p99 of the sum of independent exponential stages, in mean stage times.

    Args:
        stages: Stages one after another.
    """
    low, high = 0.0, sum_of_p99s(stages)
    for _ in range(60):
        middle = (low + high) / 2
        # An Erlang sum exceeds t if fewer than `stages` events of a Poisson process fall before t.
        over = math.fsum(
            math.exp(-middle + k * math.log(middle) - math.lgamma(k + 1))
            for k in range(round(stages))
        )
        low, high = (middle, high) if over > 1 - TAIL_QUANTILE else (low, middle)
    return high


# --------------------------------------------------------------------------- hardware


def flops_per_dollar(card: str = "L4") -> float:
    """Peak operations that a dollar buys, dense, in 16 bits.

    Args:
        card: `L4` or `H100`.
    """
    if card == "L4":
        return feed.L4_PEAK_FLOPS / feed.L4_PRICE * SECONDS_PER_HOUR
    return feed.H100_PEAK_FLOPS / feed.H100_PRICE * SECONDS_PER_HOUR


def large_card_must_reach() -> float:
    """Share of its peak that an H100 must reach to be as cheap as an L4 at its own share."""
    return feed.SERVING_UTILIZATION * flops_per_dollar("L4") / flops_per_dollar("H100")


# --------------------------------------------------------------------------- the assistant

MODEL_PARAMETERS = sourced(
    32.8e9,
    "parameters",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen, Qwen3-32B model card, 2025",
    "2026-11-21",
)
LAYERS = sourced(
    64,
    "layers",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen, Qwen3-32B model card, 2025",
    "2026-11-21",
)
QUERY_HEADS = sourced(
    64,
    "query heads",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen, Qwen3-32B model card, 2025",
    "2026-11-21",
)
KV_HEADS = sourced(
    8,
    "heads with keys and values",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen, Qwen3-32B model card, 2025",
    "2026-11-21",
)
HEAD_DIM = sourced(
    128,
    "values per head",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen, Qwen3-32B, head_dim in config.json, 2025",
    "2026-11-21",
)
CARD_BYTES = sourced(
    80e9,
    "bytes",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA, H100 Tensor Core GPU, SXM",
    "2026-11-21",
)
CARD_BANDWIDTH = sourced(
    3.35e12,
    "bytes a second",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA, H100 Tensor Core GPU, SXM",
    "2026-11-21",
)
USABLE_MEMORY = assumed(0.9, "of memory", "the rest is the driver's and fragments")
ACTIVATION_BYTES = assumed(5e9, "bytes", "activations and work buffers")
PREFILL_UTILIZATION = assumed(0.4, "of the 16-bit peak", "long prompts, chunked; profile yours")
DECODE_UTILIZATION = assumed(0.6, "of the bandwidth", "reading weights and cache; profile yours")
CPU_MACHINES = assumed(8, "machines", "passage search, orders, checks on text; three zones")
CHECK_TOKENS = assumed(20, "tokens", "a first sentence that is checked before it is shown")


def kv_bytes_per_token() -> float:
    """Bytes of keys and values for one token."""
    return kv_cache_bytes(1, LAYERS, KV_HEADS, HEAD_DIM, FLOAT16_BYTES)


def weight_bytes(bytes_per_value: float = INT8_BYTES) -> float:
    """Bytes of the model's weights.

    Args:
        bytes_per_value: 1 for FP8, 2 for BF16.
    """
    return MODEL_PARAMETERS * bytes_per_value


def private_tokens() -> float:
    """Tokens of one answer that no other answer shares, its own text included."""
    return base.input_tokens() - base.INSTRUCTION_TOKENS + base.TOKENS_PER_ANSWER


def cache_bytes_per_answer(shared: float = 1.0) -> float:
    """Bytes of keys and values that one answer holds when it ends.

    Args:
        shared: 1 if the instructions are kept once for all, 0 if each answer has its own copy.
    """
    own = private_tokens() + base.INSTRUCTION_TOKENS * (1 - shared)
    return own * kv_bytes_per_token()


def cache_room_bytes(bytes_per_value: float = INT8_BYTES) -> float:
    """Bytes of a card that are left for keys and values.

    Args:
        bytes_per_value: Of a weight: 1 for FP8, 2 for BF16.
    """
    return CARD_BYTES * USABLE_MEMORY - weight_bytes(bytes_per_value) - ACTIVATION_BYTES


def slots(shared: float = 1.0, bytes_per_value: float = INT8_BYTES) -> int:
    """Answers that one card can write at the same time.

    Args:
        shared: 1 if the instructions are kept once for all, 0 if each answer has its own copy.
        bytes_per_value: Of a weight: 1 for FP8, 2 for BF16.
    """
    prefix = base.INSTRUCTION_TOKENS * kv_bytes_per_token() * shared
    room = cache_room_bytes(bytes_per_value) - prefix
    return math.floor(room / cache_bytes_per_answer(shared))


def step_ms(answers: float | None = None, bytes_per_value: float = INT8_BYTES) -> float:
    """Milliseconds of one decoding step, which reads the weights once and every cache.

    Args:
        answers: Answers in the batch; a full card where not given.
        bytes_per_value: Of a weight: 1 for FP8, 2 for BF16.
    """
    batch = slots() if answers is None else answers
    tokens = base.input_tokens() + base.TOKENS_PER_ANSWER / 2
    read = weight_bytes(bytes_per_value) + batch * tokens * kv_bytes_per_token()
    return read / (CARD_BANDWIDTH * DECODE_UTILIZATION) * MS_PER_SECOND


def pace(answers: float | None = None) -> float:
    """Tokens a second that one customer sees.

    Args:
        answers: Answers in the batch; a full card where not given.
    """
    return MS_PER_SECOND / step_ms(answers)


def decode_tokens_per_second(answers: float | None = None) -> float:
    """Tokens a second that one card writes.

    Args:
        answers: Answers in the batch; a full card where not given.
    """
    return (slots() if answers is None else answers) * pace(answers)


def prefill_flops(cached: float = base.INSTRUCTION_TOKENS) -> float:
    """Operations to read one prompt: the weights, and attention to what stands before.

    Args:
        cached: Tokens whose keys and values are there already.
    """
    new = base.input_tokens() - cached
    before = cached + new / 2
    attention = 4 * new * before * QUERY_HEADS * HEAD_DIM * LAYERS
    return inference_flops(MODEL_PARAMETERS, new) + attention


def prefill_ms(cached: float = base.INSTRUCTION_TOKENS) -> float:
    """Milliseconds to read one prompt on an idle card; its end is the first token.

    Args:
        cached: Tokens whose keys and values are there already.
    """
    speed = feed.H100_PEAK_FLOPS * PREFILL_UTILIZATION
    return prefill_flops(cached) / speed * MS_PER_SECOND


def prefill_cards(cached: float = base.INSTRUCTION_TOKENS) -> int:
    """Cards that read prompts at the peak, with headroom and a zone to spare.

    Args:
        cached: Tokens whose keys and values are there already.
    """
    each = MS_PER_SECOND / prefill_ms(cached)
    return machines(base.peak_answers_per_second(), each, feed.LOAD_TARGET, feed.SPARE)


def decode_cards(shared: float = 1.0) -> int:
    """Cards that write answers at the peak, with headroom and a zone to spare.

    Args:
        shared: 1 if the instructions are kept once for all, 0 if each answer has its own copy.
    """
    written, each = base.peak_output_tokens_per_second(), decode_tokens_per_second(slots(shared))
    return machines(written, each, feed.LOAD_TARGET, feed.SPARE)


def cards(cached: float = base.INSTRUCTION_TOKENS) -> int:
    """Cards of the assistant, prefill and decoding together.

    What is not found in the cache is read again by prefill and kept again by decoding.

    Args:
        cached: Tokens of the instructions whose keys and values are there already.
    """
    return prefill_cards(cached) + decode_cards(cached / base.INSTRUCTION_TOKENS)


def prefix_saving() -> float:
    """Share of the cards that caching the instructions saves."""
    return 1 - cards() / cards(0)


def cards_after_zone_loss() -> int:
    """Prefill cards left when one of three zones is lost."""
    return math.floor(prefill_cards() * 2 / 3)


def load_after_zone_loss() -> float:
    """Load of those cards at the peak."""
    busy = base.peak_answers_per_second() * prefill_ms() / MS_PER_SECOND
    return busy / cards_after_zone_loss()


def prompts_waiting() -> float:
    """Share of prompts that wait behind that queue, at the peak with a zone lost."""
    return waiting_share(cards_after_zone_loss(), load_after_zone_loss())


def pooled_queue_p95_ms() -> float:
    """p95 of the wait for prefill behind one queue, at the peak with a zone lost."""
    return pooled_wait(0.95, cards_after_zone_loss(), load_after_zone_loss(), prefill_ms())


def own_queue_p95_ms() -> float:
    """p95 of the same wait if each card has its own queue and requests are dealt at random."""
    return own_wait(0.95, load_after_zone_loss(), prefill_ms())


def first_token_budget() -> LatencyBudget:
    """The second to the first visible word, at p95; raises if the stages do not fit."""
    return (
        LatencyBudget(base.FIRST_TOKEN_MS)
        .stage("Network and gateway", 60)
        .parallel(
            "Gather",
            {
                "embed, search, re-rank passages": 150,
                "the customer's orders": 120,
                "input check": 40,
            },
        )
        .stage("Build the prompt", 10)
        .stage("Wait for a prefill card", 50)
        .stage("Prefill, whose end is the first token", 550)
        .stage("Send it", 30)
    )


def first_token_rows() -> list[list[str]]:
    """The assistant's second as a table."""
    rows = first_token_budget().rows()
    rows[0][1] = "p95 (ms)"
    return rows


def first_token_ms() -> float:
    """Milliseconds given out of the second."""
    return first_token_budget().used_ms


def first_token_slot_ms(stage: str) -> float:
    """Milliseconds that a stage before the first word may take.

    Args:
        stage: Its name.
    """
    return first_token_budget().stage_ms(stage)


def prefill_slot_ms() -> float:
    """Milliseconds that prefill may take."""
    return first_token_slot_ms("Prefill, whose end is the first token")


def longest_prompt() -> float:
    """Tokens that prefill can read in its slot, those in the cache not counted.

    The weights' work grows with the tokens and attention's with their square: a quadratic
    equation.
    """
    work = prefill_slot_ms() / MS_PER_SECOND * feed.H100_PEAK_FLOPS * PREFILL_UTILIZATION
    attention = 4 * QUERY_HEADS * HEAD_DIM * LAYERS
    linear = inference_flops(MODEL_PARAMETERS, 1) + attention * base.INSTRUCTION_TOKENS
    return (math.sqrt(linear**2 + 2 * attention * work) - linear) / attention


def first_sentence_ms(tokens: float = CHECK_TOKENS) -> float:
    """Milliseconds to write a first sentence at the pace of a full card.

    Args:
        tokens: Its tokens.
    """
    return tokens * step_ms()


LINK_BITS = assumed(400e9, "bits a second", "one network card of 400 Gbit/s beside each card")
START_MINUTES = assumed(4, "minutes", "a machine is granted, starts, and pulls its image")
LOAD_BITS = assumed(10e9, "bits a second", "weights from storage to a new card")
ON_DEMAND = assumed(2, "times the price on commitment", "cards rented by the hour")


def hand_over_ms() -> float:
    """Milliseconds to send a prompt's keys and values to a card that holds the instructions."""
    size = (base.input_tokens() - base.INSTRUCTION_TOKENS) * kv_bytes_per_token()
    return transfer_seconds(size, LINK_BITS) * MS_PER_SECOND


def scale_up_seconds() -> float:
    """Seconds until a further card answers."""
    return START_MINUTES * SECONDS_PER_MINUTE + transfer_seconds(weight_bytes(), LOAD_BITS)


def autoscaled_cost(price: float = ON_DEMAND) -> float:
    """Cost of cards that follow the load exactly, over that of a committed fleet for the peak.

    Args:
        price: Of a card by the hour, over one on commitment.
    """
    return price / base.ASSISTANT_PEAK_FACTOR


def assistant_dollars_per_month() -> float:
    """Monthly cost of the assistant's cards and machines."""
    return monthly_cost(cards(), feed.H100_PRICE) + monthly_cost(CPU_MACHINES, feed.CPU_PRICE)


def dollars_per_answer() -> float:
    """Cost of one answer."""
    cost = assistant_dollars_per_month()
    return cost_per_thousand(cost, base.average_answers_per_second()) / THOUSAND


def dollars_per_million_tokens() -> float:
    """Cost of a million tokens, read and written together: what to compare a price list with."""
    return dollars_per_answer() / (base.input_tokens() + base.TOKENS_PER_ANSWER) * MILLION


def saved_dollars_per_month() -> float:
    """Agents' time that contained conversations free in a month, in dollars."""
    return base.saved_dollars_per_day() * HOURS_PER_MONTH / HOURS_PER_DAY


def cost_share_of_saving() -> float:
    """What the assistant costs, as a share of what it saves."""
    return assistant_dollars_per_month() / saved_dollars_per_month()


def containment_point_dollars() -> float:
    """Dollars a month that one more conversation in a hundred resolved is worth."""
    return saved_dollars_per_month() * 0.01 / base.CONTAINED_SHARE


def peak_conversations_per_second() -> float:
    """Conversations that begin each second at the peak."""
    return base.peak_answers_per_second() / base.ANSWERS_PER_CONVERSATION


def agents_busy(share: float = 1.0) -> float:
    """Agents that a share of the conversations keeps busy at the peak (Little's law).

    Args:
        share: Share of conversations that reach a person.
    """
    handling = base.AGENT_MINUTES * SECONDS_PER_MINUTE * MS_PER_SECOND
    return in_flight(peak_conversations_per_second() * share, handling)


def agents_normally() -> float:
    """Agents busy at the peak with what the assistant does not contain."""
    return agents_busy(1 - base.CONTAINED_SHARE)


FEWER_PASSAGES = assumed(3, "passages", "under load, of five")


def short_prompt_saving(passages: float = FEWER_PASSAGES) -> float:
    """Share of prefill work that fewer passages save.

    Args:
        passages: Passages that stay.
    """
    dropped = (base.PASSAGES - passages) * base.TOKENS_PER_PASSAGE
    return dropped / (base.input_tokens() - base.INSTRUCTION_TOKENS)


def fleet_rows() -> list[list[str]]:
    """The assistant's cards and machines as a table."""
    rate = base.peak_answers_per_second()
    reads = base.peak_input_tokens_per_second()
    rows = [["Tier", "Load at the peak", "One carries, full", "Number", "$ a month"]]
    tiers: list[tuple[str, str, str, float, float]] = [
        (
            "Prefill (H100)",
            f"{rate:,.1f} prompts/s ({reads:,.0f} tokens/s, cached ones included)",
            f"{MS_PER_SECOND / prefill_ms():,.2f} prompts/s at {prefill_ms():,.0f} ms",
            prefill_cards(),
            feed.H100_PRICE,
        ),
        (
            "Decode (H100)",
            f"{base.peak_output_tokens_per_second():,.0f} tokens/s",
            f"{decode_tokens_per_second():,.0f} tokens/s, {slots():.0f} answers",
            decode_cards(),
            feed.H100_PRICE,
        ),
        (
            "Search, orders, checks",
            f"{rate:,.1f} prompts/s",
            "assumed",
            CPU_MACHINES,
            feed.CPU_PRICE,
        ),
    ]
    rows += [
        [name, load, full, f"{number:,.0f}", f"{monthly_cost(number, price):,.0f}"]
        for name, load, full, number, price in tiers
    ]
    return [*rows, ["**Total**", "", "", "", f"**{assistant_dollars_per_month():,.0f}**"]]


# --------------------------------------------------------------------------- rollout

CANARY_SHARE = assumed(0.01, "of traffic", "the first step of a ramp")
WIDE_CANARY = assumed(0.05, "of traffic", "the second step")
HIDES_RISE = assumed(0.05, "relative", "a rise in hides that stops a ramp")
ESCALATION_RISE = assumed(0.05, "relative", "a rise in handing over that stops a ramp")
CLUSTERING = assumed(3, "times the sample", "impressions of one user resemble each other")


def canary_impressions_per_hour(share: float = CANARY_SHARE) -> float:
    """Posts seen in an average hour by the canary's users.

    Args:
        share: Share of traffic that it gets.
    """
    return feed.viewed_per_day() / HOURS_PER_DAY * share


def hides_sample() -> float:
    """Posts that a canary must show to find the rise in hides."""
    return sample_size_per_arm(feed.HIDE_RATE, HIDES_RISE) * CLUSTERING


def hides_hours(share: float = CANARY_SHARE) -> float:
    """Hours until the feed's canary has shown them.

    Args:
        share: Share of traffic that it gets.
    """
    return hides_sample() / canary_impressions_per_hour(share)


def escalation_sample() -> float:
    """Conversations that the assistant's canary needs to find the rise in handing over."""
    return sample_size_per_arm(1 - base.CONTAINED_SHARE, ESCALATION_RISE)


def escalation_against_rest(share: float = CANARY_SHARE) -> float:
    """The same if the canary is compared with everybody else and not with an equal arm.

    Args:
        share: Share of conversations that the canary gets.
    """
    rate = 1 - base.CONTAINED_SHARE
    risen = rate * (1 + ESCALATION_RISE)
    canary, rest = risen * (1 - risen), rate * (1 - rate)
    return escalation_sample() * (canary + rest * share / (1 - share)) / (canary + rest)


def escalation_days(share: float = CANARY_SHARE) -> float:
    """Days until the assistant's canary has had them.

    Args:
        share: Share of conversations that it gets.
    """
    return escalation_sample() / (base.CONVERSATIONS_PER_DAY * share)


def escalation_hours(share: float = WIDE_CANARY) -> float:
    """The same in hours.

    Args:
        share: Share of conversations that it gets.
    """
    return escalation_days(share) * HOURS_PER_DAY


def unseen_harm(conversations: float | None = None) -> float:
    """Rate of a harm that none of so many conversations showed, at most, at 95 %.

    The exact bound behind the rule of three: 1 - 0.05 ** (1 / n).

    Args:
        conversations: Conversations read; a day of the first canary where not given.
    """
    day = base.CONVERSATIONS_PER_DAY * CANARY_SHARE
    return 1 - math.pow(0.05, 1 / (day if conversations is None else conversations))
