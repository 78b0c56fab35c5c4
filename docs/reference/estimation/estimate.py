"""The worked problems of the estimation page, each by the functions that it explains.

One imaginary photo application serves most of them, so that answers feed each other; a coding
helper for developers serves the problems with a language model.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    FLOAT32_BYTES,
    GB,
    GIB,
    INT8_BYTES,
    MILLION,
    MS_PER_SECOND,
    SECONDS_PER_DAY,
    TB,
    THOUSAND,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    cost_per_thousand,
    count,
    device_hours,
    hnsw_bytes,
    in_flight,
    inference_flops,
    ivf_pq_bytes,
    machines,
    monthly_cost,
    peak_qps,
    qps,
    sample_size_per_arm,
    storage_bytes,
    training_flops,
    transfer_seconds,
)

framework = chapter("framework")
feed = chapter("case-studies/news-feed")
model = chapter("framework/4-model")
numbers = chapter("reference/numbers")

# --------------------------------------------------------------------------- 1 load

USERS = assumed(30e6, "users a day", "a photo application of middling size")
REQUESTS = assumed(20, "requests per user and day", "four visits of five screens")
PEAK = assumed(3, "times the average", "one continent, one evening")


def average(users: float = USERS, requests: float = REQUESTS) -> float:
    """Average requests a second of the photo application.

    Args:
        users: Users on a day.
        requests: Requests of each.
    """
    return qps(users, requests)


def peak(factor: float = PEAK) -> float:
    """Requests a second at its peak.

    Args:
        factor: Peak over average.
    """
    return peak_qps(average(), factor)


def rough_average(day: float = numbers.ROUND_DAY) -> float:
    """The average, divided by a rounded day as in your head.

    Args:
        day: Seconds of the rounded day.
    """
    return USERS * REQUESTS / day


def rough_peak(factor: float = PEAK) -> float:
    """The peak from the rounded average.

    Args:
        factor: Peak over average.
    """
    return rough_average() * factor


# --------------------------------------------------------------------------- 2 storage

EVENTS = assumed(2e9, "events a day", "views, taps and uploads, logged")
EVENT_BYTES = assumed(300, "bytes", "ids, time, context; no picture")
KEPT_DAYS = assumed(90, "days", "a quarter, to train and to look back")
COPIES = assumed(3, "copies", "one in each zone, on disks of your own")


def log_bytes_per_day(events: float = EVENTS, size: float = EVENT_BYTES) -> float:
    """Bytes of events that arrive on a day.

    Args:
        events: Events a day.
        size: Bytes of one.
    """
    return storage_bytes(events, size)


def log_bytes(copies: float = COPIES, days: float = KEPT_DAYS) -> float:
    """Bytes of events on disk.

    Args:
        copies: Copies of each.
        days: Days kept.
    """
    return storage_bytes(EVENTS, EVENT_BYTES, copies, days)


def log_dollars(price: float = numbers.OBJECT_STORE) -> float:
    """Dollars a month for one logical copy in an object store.

    Args:
        price: Dollars of a gigabyte for a month; the store's own copies are in it.
    """
    return log_bytes(1) / GB * price


def log_bits_per_second() -> float:
    """Bits a second of events that arrive, on average."""
    return 8 * log_bytes_per_day() / SECONDS_PER_DAY


# --------------------------------------------------------------------------- 3 index

PHOTOS = assumed(200e6, "vectors", "photos that may be found by a picture or by words")
WIDTH = assumed(384, "values", "a small joint model of text and image")
LINKS = assumed(32, "links", "a usual setting of a graph index")
CODE_BYTES = assumed(64, "bytes", "one code, a twenty-fourth of the float vector")
HOST_BYTES = assumed(256 * GIB, "bytes", "memory of one server")
HOST_SHARE = assumed(0.7, "of the memory", "the rest is the system, the process, a rebuild")
UPLOADS = assumed(600e3, "photos a day", "new ones that may be found: of one user in fifty")


def graph_bytes(bytes_per_value: float = FLOAT32_BYTES) -> float:
    """Bytes of a graph index over all photos.

    Args:
        bytes_per_value: 4 for float32, 1 for int8.
    """
    return hnsw_bytes(PHOTOS, WIDTH, LINKS, bytes_per_value)


def code_index_bytes(code: float = CODE_BYTES) -> float:
    """Bytes of an inverted file with product codes over all photos.

    Args:
        code: Bytes of one code.
    """
    return ivf_pq_bytes(PHOTOS, code)


def days_until_full(size: float | None = None, uploads: float = UPLOADS) -> float:
    """Days until new photos fill one server's share.

    Args:
        size: Bytes of the index today; the graph over int8 where none is given.
        uploads: Photos that come on a day.
    """
    used = graph_bytes(INT8_BYTES) if size is None else size
    return (HOST_BYTES * HOST_SHARE - used) / (used / PHOTOS * uploads)


def years_until_codes_full() -> float:
    """Years until new photos fill one server's share with product codes."""
    return days_until_full(code_index_bytes()) / 365


def hosts_for(size: float, host: float = HOST_BYTES, share: float = HOST_SHARE) -> int:
    """Servers whose memory holds an index once, rounded up.

    Args:
        size: Bytes of the index.
        host: Memory of one.
        share: How much of it the index may take.
    """
    return machines(size, host, share)


def index_rows() -> list[list[str]]:
    """Three indexes over the same photos."""
    kinds = [
        ("Graph, float32", graph_bytes()),
        ("Graph, int8", graph_bytes(INT8_BYTES)),
        (f"Codes of {CODE_BYTES:.0f} bytes", code_index_bytes()),
    ]
    rows = [["Index", "Bytes a photo", "All photos", "Servers for one copy"]]
    return rows + [
        [name, f"{size / PHOTOS:,.0f}", f"{size / GB:.1f} GB", f"{hosts_for(size)}"]
        for name, size in kinds
    ]


# --------------------------------------------------------------------------- 4 features

FEATURE_ROWS = assumed(300e6, "rows", "users, and photos young enough to be ranked")
FEATURES = assumed(100, "features", "of one row")
FEATURE_BYTES = assumed(8, "bytes", "value and a share of the key")
STORE_OVERHEAD = assumed(1.5, "times the data", "hash table, time stamps, fragmentation")
STORE_COPIES = assumed(2, "copies", "one to lose")
CANDIDATES = assumed(300, "photos", "ranked in one request, each a key to read")
KEYS_PER_NODE = assumed(500e3, "keys a second", "a node that reads in batches; measure yours")
NODE_BYTES = assumed(64 * GIB, "bytes", "memory of one node")
BUSY = assumed(0.6, "of capacity", "what is used at the peak")


def feature_bytes(rows: float = FEATURE_ROWS, features: float = FEATURES) -> float:
    """Bytes of the feature store, overhead and copies included.

    Args:
        rows: Rows.
        features: Features of each.
    """
    return storage_bytes(rows, features * FEATURE_BYTES * STORE_OVERHEAD, STORE_COPIES)


def key_reads_per_second(candidates: float = CANDIDATES) -> float:
    """Keys read a second at the peak: one for the user, one for each candidate.

    Args:
        candidates: Photos ranked in a request.
    """
    return peak() * (candidates + 1)


def nodes_for_memory(size: float = NODE_BYTES, share: float = HOST_SHARE) -> int:
    """Nodes that hold the features.

    Args:
        size: Memory of one.
        share: How much of it features may take.
    """
    return machines(feature_bytes(), size, share)


def nodes_for_reads(per_node: float = KEYS_PER_NODE, busy: float = BUSY) -> int:
    """Nodes that answer the reads.

    Args:
        per_node: Keys a second of one.
        busy: Share of that which is used.
    """
    return machines(key_reads_per_second(), per_node, busy)


def candidates_where_memory_rules() -> float:
    """Photos ranked in a request at which reads need no more nodes than memory does."""
    return nodes_for_memory() * KEYS_PER_NODE * BUSY / peak() - 1


# --------------------------------------------------------------------------- 5 machines

PER_MACHINE = assumed(150, "requests a second", "measured by a load test until the p99 bends")
SPARE = assumed(0.5, "on top", "so that two of three zones carry the peak")


def servers(per_machine: float = PER_MACHINE, busy: float = BUSY, spare: float = SPARE) -> int:
    """Servers of the photo application.

    Args:
        per_machine: Requests a second of one when full.
        busy: Share of that which is used at the peak.
        spare: Share added for losing a zone.
    """
    return machines(peak(), per_machine, busy, spare)


def servers_for(factor: float = PEAK, spare: float = SPARE) -> int:
    """Servers for a load that is so many times the average.

    Args:
        factor: The load over the average.
        spare: Share added for losing a zone.
    """
    return machines(average() * factor, PER_MACHINE, BUSY, spare)


def naive_servers(per_machine: float = PER_MACHINE) -> int:
    """Servers for the average, full to the brim, no zone to lose: the usual slip.

    Args:
        per_machine: Requests a second of one when full.
    """
    return machines(average(), per_machine)


def busy_after_loss(zones: float = 3) -> float:
    """Share of the rest's capacity that is used at the peak after a zone is lost.

    Args:
        zones: Zones that servers are spread over evenly.
    """
    return peak() / (servers() * (zones - 1) / zones * PER_MACHINE)


# --------------------------------------------------------------------------- 6 latency

TARGET_MS = assumed(150, "ms", "p99 at the edge, agreed with the interviewer")
SHARDS = assumed(40, "shards", "that one search waits for")
SLOW_SHARE = assumed(0.01, "of calls", "beyond the shard's own p99")
STAGES = assumed(3, "stages", "in a row, alike, independent")
STAGE_MEAN_MS = assumed(10, "ms", "mean of one stage, exponentially distributed")


def budget() -> LatencyBudget:
    """The latency budget of a search."""
    return (
        LatencyBudget(TARGET_MS)
        .stage("Edge, authentication", 10)
        .stage("Query to vector", 15)
        .parallel("Candidates", similar_photos=30, followed_people=20, recent_uploads=12)
        .stage("Features", 15)
        .stage("Rank 300", 40)
        .stage("Fill and serialise", 15)
    )


def photos_in_shards(shards: float = SHARDS) -> float:
    """Photos that so many servers' shares hold as a graph over float32.

    Args:
        shards: Servers, each with one shard.
    """
    return shards * HOST_BYTES * HOST_SHARE / (graph_bytes() / PHOTOS)


def used_ms() -> float:
    """Milliseconds that the stages take, parallel branches as their maximum."""
    return budget().used_ms


def serial_ms() -> float:
    """Milliseconds if the three sources were asked one after the other."""
    return used_ms() + 20 + 12


def slack_ms() -> float:
    """Milliseconds that are left."""
    return budget().slack_ms


def late_percent(shards: float = SHARDS, slow: float = SLOW_SHARE) -> float:
    """Per cent of searches that meet at least one slow shard.

    Args:
        shards: Calls that a search waits for.
        slow: Share of single calls that are slow.
    """
    return 100 * any_slow(slow, shards)


def promised_percent(stages: float = STAGES, slow: float = SLOW_SHARE) -> float:
    """Per cent of requests that stay within the sum of the stages' p99s, whatever they share.

    Args:
        stages: Stages in a row, each with a p99 of its own.
        slow: Share of requests beyond it, at worst different ones for each stage.
    """
    return 100 * (1 - stages * slow)


def shard_percentile(shards: float = SHARDS, wanted: float = 0.99) -> float:
    """Percentile that every shard has to meet for the search to meet its own.

    Args:
        shards: Calls that a search waits for.
        wanted: Share of searches that are in time.
    """
    return 100 * math.pow(wanted, 1 / shards)


def stage_p99_ms(mean: float = STAGE_MEAN_MS) -> float:
    """p99 of one stage with an exponential time.

    Args:
        mean: Its mean.
    """
    return -mean * math.log(1 - 0.99)


def added_p99_ms(stages: float = STAGES) -> float:
    """What comes out if the p99s are added.

    Args:
        stages: Stages in a row.
    """
    return stages * stage_p99_ms()


def true_p99_ms(stages: float = STAGES, mean: float = STAGE_MEAN_MS) -> float:
    """p99 of the sum of independent exponential stages (an Erlang distribution).

    Args:
        stages: Stages in a row, a whole number.
        mean: Mean of each.
    """
    low, high = 0.0, 100.0 * stages * mean
    for _ in range(100):
        middle = (low + high) / 2
        x = middle / mean
        beyond = math.exp(-x) * sum(x**k / math.factorial(k) for k in range(round(stages)))
        low, high = (middle, high) if beyond > 0.01 else (low, middle)
    return high


def p99_excess_percent() -> float:
    """Per cent by which adding p99s overstates it."""
    return 100 * (added_p99_ms() / true_p99_ms() - 1)


# --------------------------------------------------------------------------- 7 training

TRAINED = assumed(1e9, "parameters", "a small language model of one's own")
TOKENS_PER_PARAMETER = assumed(20, "tokens", "compute-optimal, after Hoffmann et al., 2022")
TRAIN_UTILIZATION = assumed(0.4, "of the peak", "a good run on large matrices")
CARDS = assumed(8, "H100s", "one machine")


def train_flops(parameters: float = TRAINED, ratio: float = TOKENS_PER_PARAMETER) -> float:
    """Operations to train the model.

    Args:
        parameters: Its parameters.
        ratio: Tokens for each.
    """
    return training_flops(parameters, parameters * ratio)


def train_card_hours(utilization: float = TRAIN_UTILIZATION) -> float:
    """H100-hours of the run.

    Args:
        utilization: Share of the peak that is reached.
    """
    return device_hours(train_flops(), feed.H100_PEAK_FLOPS, utilization)


def train_hours(cards: float = CARDS) -> float:
    """Hours of the run on one machine.

    Args:
        cards: Cards that share it, without loss.
    """
    return train_card_hours() / cards


def trial_dollars(runs: float = 20) -> float:
    """Dollars of trial runs before the one that counts.

    Args:
        runs: How many.
    """
    return runs * train_dollars()


def train_dollars(price: float = numbers.H100_AWS) -> float:
    """Dollars of one run.

    Args:
        price: Dollars of an H100-hour.
    """
    return train_card_hours() * price


# --------------------------------------------------------------------------- 8 a language model

DEVELOPERS = assumed(50e3, "developers a day", "one large company")
PROMPTS = assumed(100, "prompts per developer and day", "a helper in the editor")
OFFICE_PEAK = assumed(4, "times the average", "office hours of a few time zones")
WORKDAYS = assumed(5 / 7, "of all days", "nobody prompts at weekends; cards are paid all week")
TOKENS_IN = assumed(4_000, "tokens", "files, instructions, question")
TOKENS_OUT = assumed(300, "tokens", "some thirty lines")
MEMORY_SHARE = assumed(0.9, "of the card's memory", "the rest is the engine's own")


def helper_average() -> float:
    """Prompts a second, on the average of a working day."""
    return qps(DEVELOPERS, PROMPTS)


def helper_peak(factor: float = OFFICE_PEAK) -> float:
    """Prompts a second at the peak.

    Args:
        factor: Peak over average.
    """
    return peak_qps(helper_average(), factor)


def prefill_cards(tokens_in: float = TOKENS_IN) -> int:
    """H100s that read the prompts at the peak, bounded by arithmetic.

    Args:
        tokens_in: Tokens of a prompt.
    """
    needed = inference_flops(model.SMALL_PARAMETERS, helper_peak() * tokens_in)
    return machines(needed, feed.H100_PEAK_FLOPS, model.PREFILL_UTILIZATION)


def attention_percent(tokens_in: float = TOKENS_IN) -> float:
    """Per cent that attention's own products add to reading a prompt.

    Each token is multiplied with the keys and values of those before it, half the prompt on
    average: 4 x layers x width operations for each.

    Args:
        tokens_in: Tokens of a prompt.
    """
    attention = 4 * model.SMALL_LAYERS * model.SMALL_WIDTH * tokens_in / 2
    return 100 * attention / inference_flops(model.SMALL_PARAMETERS, 1)


def sequence_bytes(tokens_in: float = TOKENS_IN, tokens_out: float = TOKENS_OUT) -> float:
    """Bytes of cache of one sequence when it is longest.

    Args:
        tokens_in: Tokens read.
        tokens_out: Tokens written.
    """
    return numbers.llama_8b_kv_bytes() * (tokens_in + tokens_out)


def batch(tokens_in: float = TOKENS_IN) -> int:
    """Sequences that fit into a card beside the weights.

    Args:
        tokens_in: Tokens read.
    """
    room = model.CARD_MEMORY_BYTES * MEMORY_SHARE - numbers.weight_bytes()
    return math.floor(room / sequence_bytes(tokens_in))


def step_ms(tokens_in: float = TOKENS_IN) -> float:
    """Milliseconds for one token of each sequence: weights and all caches are read once.

    Args:
        tokens_in: Tokens read.
    """
    read = numbers.weight_bytes() + batch(tokens_in) * sequence_bytes(tokens_in)
    return read / (model.H100_BANDWIDTH * model.DECODE_BANDWIDTH) * MS_PER_SECOND


def pace(tokens_in: float = TOKENS_IN) -> float:
    """Tokens a second that one developer sees.

    Args:
        tokens_in: Tokens read.
    """
    return MS_PER_SECOND / step_ms(tokens_in)


def card_tokens_per_second(tokens_in: float = TOKENS_IN) -> float:
    """Tokens a second that one card writes.

    Args:
        tokens_in: Tokens read.
    """
    return batch(tokens_in) * pace(tokens_in)


def decode_cards(tokens_in: float = TOKENS_IN, tokens_out: float = TOKENS_OUT) -> int:
    """H100s that write the answers at the peak, bounded by memory.

    Args:
        tokens_in: Tokens read.
        tokens_out: Tokens written.
    """
    return machines(helper_peak() * tokens_out, card_tokens_per_second(tokens_in))


def helper_cards() -> int:
    """H100s for both if each is full at the peak, before any spare."""
    return prefill_cards() + decode_cards()


def helper_cards_with_room(busy: float = BUSY) -> int:
    """H100s for both that leave room for a queue.

    Args:
        busy: Share of their capacity that is used at the peak.
    """
    read = inference_flops(model.SMALL_PARAMETERS, helper_peak() * TOKENS_IN)
    reading = machines(read, feed.H100_PEAK_FLOPS * model.PREFILL_UTILIZATION, busy)
    return reading + machines(helper_peak() * TOKENS_OUT, card_tokens_per_second(), busy)


def open_sequences(tokens_out: float = TOKENS_OUT) -> float:
    """Answers being written at once at the peak, by Little's law.

    Args:
        tokens_out: Tokens written.
    """
    return in_flight(helper_peak(), tokens_out * step_ms())


def cards_by_little() -> int:
    """The same decode cards from the other side: open sequences over those that fit into one."""
    return machines(open_sequences(), batch())


SHARED_TOKENS = assumed(3_000, "tokens", "of a prompt that are alike for everybody")


def cards_saved_by_prefix(shared: float = SHARED_TOKENS) -> int:
    """H100s that reading no longer needs if a shared prefix is cached.

    Args:
        shared: Tokens of the prefix.
    """
    return prefill_cards() - prefill_cards(TOKENS_IN - shared)


# --------------------------------------------------------------------------- 9 cost


def photo_month(price: float = framework.SERVER_DOLLARS_PER_HOUR) -> float:
    """Dollars a month of the photo application's servers.

    Args:
        price: Dollars of a server for an hour.
    """
    return monthly_cost(servers(), price)


def photo_cents_per_thousand() -> float:
    """Cents of a thousand photo requests."""
    return 100 * cost_per_thousand(photo_month(), average())


def helper_month(price: float = numbers.H100_AWS) -> float:
    """Dollars a month of the coding helper's cards.

    Args:
        price: Dollars of an H100-hour.
    """
    return monthly_cost(helper_cards(), price)


def helper_dollars_per_thousand() -> float:
    """Dollars of a thousand prompts, on cards that are paid all week."""
    return cost_per_thousand(helper_month(), helper_average() * WORKDAYS)


def cost_ratio() -> float:
    """How many times a photo request a prompt costs."""
    return 100 * helper_dollars_per_thousand() / photo_cents_per_thousand()


def hosted_dollars_per_thousand(
    into: float = numbers.SONNET_IN, out: float = numbers.SONNET_OUT
) -> float:
    """Dollars of a thousand prompts at a provider's list price, with a larger model.

    Args:
        into: Dollars per million tokens read.
        out: Dollars per million tokens written.
    """
    return THOUSAND * (TOKENS_IN * into + TOKENS_OUT * out) / MILLION


def hosted_small_dollars_per_thousand() -> float:
    """Dollars of a thousand prompts at the same provider's list price, with its small model."""
    return hosted_dollars_per_thousand(numbers.HAIKU_IN, numbers.HAIKU_OUT)


def own_over_small_hosted(longer: float = 1) -> float:
    """How many times the hosted small model own cards cost, without spare and people.

    Args:
        longer: How many times the tokens that the hosted model makes of the same text.
    """
    return helper_dollars_per_thousand() / (longer * hosted_small_dollars_per_thousand())


def large_hosted_over_own() -> float:
    """How many times own cards the hosted larger model costs."""
    return hosted_dollars_per_thousand() / helper_dollars_per_thousand()


def break_even_card_price() -> float:
    """Dollars of an H100-hour at which own cards cost what the hosted small model does."""
    return numbers.H100_AWS / own_over_small_hosted()


# --------------------------------------------------------------------------- 10 sample size

SAVE_RATE = assumed(0.04, "of users", "save a photo on a day")
SAVE_LIFT = assumed(0.02, "relative", "the smallest change worth shipping")
TEST_SHARE = assumed(0.1, "of users", "enter the experiment, half in each arm")


def users_per_arm(rate: float = SAVE_RATE, lift: float = SAVE_LIFT) -> int:
    """Users in each arm.

    Args:
        rate: Rate without the change.
        lift: Relative change worth finding.
    """
    return sample_size_per_arm(rate, lift)


def rule_of_sixteen(rate: float = SAVE_RATE, lift: float = SAVE_LIFT) -> float:
    """The same by the rule 16 x variance / difference squared.

    Args:
        rate: Rate without the change.
        lift: Relative change worth finding.
    """
    return 16 * rate * (1 - rate) / (rate * lift) ** 2


def arm_users_a_day(share: float = TEST_SHARE) -> float:
    """Users who come to one arm on the first day.

    Args:
        share: Share of users in the experiment.
    """
    return USERS * share / 2


# --------------------------------------------------------------------------- 11 cache

HIT_RATE = assumed(0.8, "of reads", "of a cache in front of a database")
HIT_MS = assumed(2, "ms", "a read that the cache answers")
MISS_MS = assumed(40, "ms", "a read that goes on to the database")
ITEMS = assumed(1_000_000, "items", "whose popularity falls as one over their rank")
CACHED_ITEMS = assumed(100_000, "items", "a tenth of them is kept")


def cached_ms(hit: float = HIT_RATE) -> float:
    """Mean milliseconds of a read.

    Args:
        hit: Share of reads that the cache answers.
    """
    return hit * HIT_MS + (1 - hit) * MISS_MS


def behind_cache(hit: float = HIT_RATE) -> float:
    """Reads a second that reach the database at the peak.

    Args:
        hit: Share of reads that the cache answers.
    """
    return peak() * (1 - hit)


def without_cache() -> float:
    """How many times the usual load hits the database when the cache is empty."""
    return peak() / behind_cache()


def zipf_share(cached: float = CACHED_ITEMS, items: float = ITEMS, exponent: float = 1) -> float:
    """Share of reads that the most popular items get, where popularity falls with the rank.

    Args:
        cached: How many are kept.
        items: How many there are.
        exponent: The r-th is read as often as one over r to this power.
    """
    return _harmonic(cached, exponent) / _harmonic(items, exponent)


def _harmonic(n: float, exponent: float) -> float:
    # The first hundred terms, then Euler and Maclaurin; the next term is below 1e-9.
    first = 100
    head = sum(rank**-exponent for rank in range(1, first + 1))
    if exponent == 1:
        area = math.log(n / first)
    else:
        area = (n ** (1 - exponent) - first ** (1 - exponent)) / (1 - exponent)
    ends = (n**-exponent - first**-exponent) / 2
    slopes = exponent * (first ** (-exponent - 1) - n ** (-exponent - 1)) / 12
    return head + area + ends + slopes


# --------------------------------------------------------------------------- 12 in flight

PAGE_MS = assumed(120, "ms", "mean time of a photo request, not its p99")


def photo_in_flight(latency: float = PAGE_MS) -> float:
    """Photo requests that are open at once at the peak.

    Args:
        latency: Mean time of one.
    """
    return in_flight(peak(), latency)


def open_per_server(latency: float = PAGE_MS) -> float:
    """Open requests on each server.

    Args:
        latency: Mean time of one.
    """
    return photo_in_flight(latency) / servers()


# --------------------------------------------------------------------------- error bars

FACTORS = assumed(4, "factors", "that are multiplied, each a guess")
SPREAD = assumed(2, "times up or down", "within which each guess lies, 19 times in 20")
USERS_SPREAD = assumed(1.1, "times", "users: from a dashboard")
REQUESTS_SPREAD = assumed(1.5, "times", "requests of each: from a colleague")
PEAK_SPREAD = assumed(1.5, "times", "the peak: from a similar product")
WORK_SPREAD = assumed(3, "times", "requests that a machine carries: a guess")
TESTED_SPREAD = assumed(1.3, "times", "the same after a load test of an hour")


def product_spread(factors: float = FACTORS, spread: float = SPREAD) -> float:
    """Times up or down for a product of independent factors, as sure as for each factor.

    Args:
        factors: How many.
        spread: Times up or down for each.
    """
    return spread ** math.sqrt(factors)


def worst_spread(factors: float = FACTORS, spread: float = SPREAD) -> float:
    """Times up or down if every factor errs the same way.

    Args:
        factors: How many.
        spread: Times up or down for each.
    """
    return spread**factors


def combined_spread(work: float = WORK_SPREAD) -> float:
    """Times up or down for the number of servers, from its four inputs.

    Args:
        work: Times up or down for what a machine carries.
    """
    logs = [math.log(x) for x in (USERS_SPREAD, REQUESTS_SPREAD, PEAK_SPREAD, work)]
    return math.exp(math.hypot(*logs))


def variance_percent(spread: float = WORK_SPREAD) -> float:
    """Per cent of the variance, on a logarithmic scale, that one input causes.

    Args:
        spread: Its times up or down.
    """
    return 100 * (math.log(spread) / math.log(combined_spread())) ** 2


def mean_over_median(spread: float | None = None) -> float:
    """How many times its middle value the mean of such a product is (log-normal).

    Args:
        spread: Times up or down, 19 times in 20; that of the servers where none is given.
    """
    sigma = math.log(combined_spread() if spread is None else spread) / NormalDist().inv_cdf(0.975)
    return math.exp(sigma**2 / 2)


def low_servers() -> float:
    """Servers at the lower end."""
    return servers() / combined_spread()


def high_servers() -> float:
    """Servers at the upper end."""
    return servers() * combined_spread()


def error_rows() -> list[list[str]]:
    """Where the uncertainty of the servers comes from."""
    rows = [["Input", "Known within", "Share of the variance"]]
    parts = [
        ("Users a day", USERS_SPREAD),
        ("Requests of each", REQUESTS_SPREAD),
        ("Peak over average", PEAK_SPREAD),
        ("Requests a machine carries", WORK_SPREAD),
    ]
    rows += [[name, f"× ÷ {x:g}", f"{variance_percent(x):.0f} %"] for name, x in parts]
    return [*rows, ["Servers", f"× ÷ {combined_spread():.1f}", "100 %"]]


# --------------------------------------------------------------------------- slips

LINK_BITS = assumed(10e9, "bits a second", "a small server's network card")
MOVED = assumed(1e12, "bytes", "a terabyte")
MONTHLY_OVER_DAILY = assumed(2, "times", "monthly over daily users of a habit-forming product")


def move_minutes(size: float = MOVED, link: float = LINK_BITS) -> float:
    """Minutes to move a terabyte.

    Args:
        size: Bytes.
        link: Bits a second.
    """
    return transfer_seconds(size, link) / 60


def mistaken_minutes(size: float = MOVED, link: float = LINK_BITS) -> float:
    """Minutes that come out if bits are taken for bytes.

    Args:
        size: Bytes.
        link: Bits a second, misread as bytes.
    """
    return size / link / 60


def slip_rows() -> list[list[str]]:
    """What the usual slips cost, on this page's own numbers."""
    return [
        ["Slip", "Right", "Slipped", "Off by"],
        _slip("Bits for bytes: a terabyte over 10 Gb/s", move_minutes(), mistaken_minutes(), "min"),
        _slip("Average for peak: requests a second", peak(), average(), ""),
        _slip("Average, full, no spare zone: servers", servers(), naive_servers(), ""),
        _slip(
            "Monthly users for half as many daily ones: requests a second",
            average(),
            _monthly(),
            "",
        ),
        _slip("One copy for three: terabytes of events", log_bytes() / TB, log_bytes(1) / TB, ""),
        _slip("p99s added: ms of three stages", true_p99_ms(), added_p99_ms(), ""),
        _slip("Prefill forgotten: cards", helper_cards(), decode_cards(), ""),
        _slip("GiB for GB: of 256", HOST_BYTES / GB, HOST_BYTES / GIB, "GB"),
    ]


def _monthly() -> float:
    return average(USERS * MONTHLY_OVER_DAILY)


def _slip(name: str, right: float, wrong: float, unit: str) -> list[str]:
    factor = max(right, wrong) / min(right, wrong)
    shown = [f"{x:,.0f}" if x >= 20 else f"{x:.1f}" for x in (right, wrong)]
    return [name, *(f"{x} {unit}".strip() for x in shown), f"{factor:.2g} ×"]


def problem_rows() -> list[list[str]]:
    """The twelve answers on one screen."""
    return [
        ["Problem", "Answer"],
        ["1. Load", f"{average():,.0f} a second, peak {peak():,.0f}"],
        ["2. Storage", f"{log_bytes() / TB:.0f} TB on disks"],
        ["3. Index", f"{graph_bytes() / GB:.0f} GB, or {code_index_bytes() / GB:.1f} in codes"],
        ["4. Features", f"{nodes_for_reads()} nodes for reads, {nodes_for_memory()} for memory"],
        ["5. Machines", f"{servers()} servers"],
        ["6. Latency", f"{used_ms():.0f} of {TARGET_MS:.0f} ms"],
        ["7. Training", f"{train_card_hours():.0f} H100-hours, ${train_dollars():,.0f}"],
        [
            "8. Language model",
            f"{prefill_cards()} + {decode_cards()} H100s, {helper_cards_with_room()} with room",
        ],
        [
            "9. Cost of a thousand",
            f"{photo_cents_per_thousand():.1f} cents; ${helper_dollars_per_thousand():.2f}",
        ],
        ["10. Sample", f"{count(users_per_arm())} users an arm"],
        ["11. Cache", f"{cached_ms():.1f} ms, {behind_cache():,.0f} reads a second behind it"],
        ["12. In flight", f"{photo_in_flight():,.0f} requests"],
    ]
