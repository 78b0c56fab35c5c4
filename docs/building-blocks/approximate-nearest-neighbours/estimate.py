"""Approximate nearest neighbours: what a search reads, what it misses, what it costs.

The example is the index of the news feed; its memory, load and prices are that chapter's.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    GB,
    INT8_BYTES,
    INT32_BYTES,
    INT64_BYTES,
    MILLION,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    device_hours,
    embedding_bytes,
    hnsw_bytes,
    inference_flops,
    ivf_pq_bytes,
    machines,
    monthly_cost,
    results,
)

clarify = chapter("framework/1-clarify")
feed = chapter("case-studies/news-feed")
numbers = chapter("reference/numbers")
serve = chapter("framework/6-serve")
LAB = results("building-blocks/ranking-models")

_NORMAL = NormalDist()
NS_PER_MS = 1e6

ITEMS = feed.indexed_posts()
DIM = feed.EMBEDDING_DIM
WANTED = feed.ANN_CANDIDATES
TEXT_DIM = assumed(1_024, "values", "a common width of text encoders")


# --------------------------------------------------------------------------- exact search


def lab_exact_ms(exact: float = LAB["exact_ms"]) -> float:
    """Milliseconds of exact search for one person in the lab, many in one product.

    Args:
        exact: What the lab measured.
    """
    return exact


def lab_recall_percent(place: int = 2) -> float:
    """Per cent of the true neighbours that the lab's graph finds.

    Args:
        place: Which effort, from 0 for the least.
    """
    return 100 * LAB["ann_recall"][place]


def lab_ms(place: int = 2) -> float:
    """Milliseconds of a search of the lab's graph.

    Args:
        place: Which effort, from 0 for the least.
    """
    return LAB["ann_ms"][place]


def miss_fall() -> float:
    """How many times fewer neighbours are missed in the lab when the effort doubles, on average."""
    misses = [1 - recall for recall in LAB["ann_recall"]]
    return (misses[0] / misses[-1]) ** (1 / (len(misses) - 1))


def time_rise() -> float:
    """How many times longer a search takes in the lab when the effort doubles, on average."""
    times = LAB["ann_ms"]
    return (times[-1] / times[0]) ** (1 / (len(times) - 1))


def scan_ms(items: float = ITEMS) -> float:
    """Milliseconds in which one server reads all vectors once, in int8.

    Args:
        items: Vectors.
    """
    return clarify.scan_ms(items)


CARD_SPEED = feed.H100_PEAK_FLOPS * serve.PREFILL_UTILIZATION
CARD_READS = serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION
CARDS_A_COPY = assumed(4, "cards", "that hold one copy, so that reading it once is quick enough")


def product_ms(items: float = ITEMS) -> float:
    """Card-milliseconds of arithmetic to compare one query with all items.

    Args:
        items: Vectors.
    """
    return inference_flops(items * DIM) / CARD_SPEED * MS_PER_SECOND


def round_ms(cards: float = CARDS_A_COPY, items: float = ITEMS) -> float:
    """Milliseconds in which the cards of one copy read all vectors once.

    Args:
        cards: That share a copy.
        items: Vectors.
    """
    return embedding_bytes(items, DIM, INT8_BYTES) / cards / CARD_READS * MS_PER_SECOND


def full_batch() -> float:
    """Queries in a batch from which arithmetic takes longer than reading the vectors."""
    return round_ms(1) / product_ms()


def card_copies() -> float:
    """Copies of the vectors on the cards that the peak takes."""
    return scan_cards() / CARDS_A_COPY


def turn_ms() -> float:
    """Longest wait for a read to start, if the copies start theirs in turn."""
    return round_ms() / card_copies()


def started_queries() -> float:
    """Queries that each start of a copy takes along at the peak, if copies start in turn."""
    return feed.peak_qps() * turn_ms() / MS_PER_SECOND


def missed_percent() -> float:
    """Per cent of queries beyond their slot if each waits for its own copy's next read.

    Wait is uniform between nothing and one read; the read itself follows.
    """
    return 100 * (2 * round_ms() - feed.stage_ms("Candidate sources")) / round_ms()


def scores_ms(items: float = ITEMS) -> float:
    """Card-milliseconds a query, if all scores are written to memory and read again to select.

    Args:
        items: Vectors.
    """
    return 2 * items * FLOAT32_BYTES / CARD_READS * MS_PER_SECOND


def scan_cards(items: float = ITEMS) -> int:
    """Cards for the feed's peak by scanning everything, selection fused.

    Args:
        items: Vectors.
    """
    return machines(
        feed.peak_qps(), MS_PER_SECOND / product_ms(items), feed.LOAD_TARGET, feed.SPARE
    )


def scan_cards_dollars() -> float:
    """Dollars a month of those cards."""
    return monthly_cost(scan_cards(), feed.H100_PRICE)


def graph_dollars() -> float:
    """Dollars a month of the feed's index machines."""
    return monthly_cost(feed.ann_machines(), feed.CPU_PRICE)


# --------------------------------------------------------------------------- cost of a query


def provision() -> float:
    """Capacity paid for each unit of the average load: peak, headroom, a zone to spare."""
    return feed.PEAK_FACTOR / feed.LOAD_TARGET * (1 + feed.SPARE)


def per_million(busy_ms: float, price: float) -> float:
    """Dollars of a million queries.

    Args:
        busy_ms: Milliseconds that one machine or card is busy with one query.
        price: Dollars of it for an hour.
    """
    return busy_ms / MS_PER_SECOND / SECONDS_PER_HOUR * price * MILLION * provision()


def scan_dollars(items: float = ITEMS) -> float:
    """Dollars of a million queries that scan in server memory, one at a time.

    Args:
        items: Vectors.
    """
    return per_million(scan_ms(items), feed.CPU_PRICE)


def card_dollars(items: float = ITEMS) -> float:
    """Dollars of a million queries that scan on cards, in full batches.

    Args:
        items: Vectors.
    """
    return per_million(product_ms(items), feed.H100_PRICE)


def search_ms(items: float = ITEMS, listed: float = feed.EF_SEARCH) -> float:
    """Machine-milliseconds of a query in all shards, growing with the logarithm of their size.

    Args:
        items: Vectors.
        listed: Length of the list in each shard; work is in proportion to it.
    """
    shard = feed.indexed_posts() / feed.ANN_SHARDS
    shards = max(1.0, items / shard)
    size = math.log(min(items, shard)) / math.log(shard)
    return shards * size * listed / feed.EF_SEARCH * feed.ANN_CORE_MS / feed.CORES


def search_dollars(items: float = ITEMS, listed: float = feed.EF_SEARCH) -> float:
    """Dollars of a million queries by graph.

    Args:
        items: Vectors.
        listed: Length of the list in each shard.
    """
    return per_million(search_ms(items, listed), feed.CPU_PRICE)


def fleet_dollars() -> float:
    """Dollars of a million queries of the feed's fleet, machines bought whole."""
    return graph_dollars() / (feed.average_qps() * feed.BILLED_HOURS * SECONDS_PER_HOUR) * MILLION


def cards_fleet_dollars() -> float:
    """Dollars of a million queries of the cards, bought whole."""
    return (
        scan_cards_dollars() / (feed.average_qps() * feed.BILLED_HOURS * SECONDS_PER_HOUR) * MILLION
    )


def crossover(dollars_per_item: float, listed: float) -> float:
    """Vectors at which a scan costs what the graph does.

    Args:
        dollars_per_item: Dollars of a million queries for each vector that they scan.
        listed: Length of the graph's list, at least as long as what is wanted.
    """
    low, high = 1e3, 1e9
    for _ in range(60):
        middle = math.sqrt(low * high)
        if dollars_per_item * middle < search_dollars(middle, listed):
            low = middle
        else:
            high = middle
    return low


def scan_crossover(listed: float = feed.EF_SEARCH) -> float:
    """Vectors below which a scan in server memory is cheaper than a graph over the same ones.

    Args:
        listed: Length of the graph's list.
    """
    return crossover(scan_dollars(1.0), listed)


def card_crossover(listed: float = feed.EF_SEARCH) -> float:
    """Vectors below which cards in full batches are cheaper than the graph.

    Args:
        listed: Length of the graph's list.
    """
    return crossover(card_dollars(1.0), listed)


# --------------------------------------------------------------------------- graph

LINKS = feed.HNSW_LINKS
EF = feed.EF_SEARCH


def comparisons(ef: float = EF, links: float = LINKS) -> float:
    """Vectors that a search compares at most: all neighbours of all nodes that it expands.

    Args:
        ef: Length of the list of best nodes.
        links: M; the lowest layer keeps twice as many.
    """
    return ef * 2 * links


def fetch_ms(ef: float = EF) -> float:
    """Milliseconds of one core, were each of those vectors a wait for memory.

    Args:
        ef: Length of the list of best nodes.
    """
    return comparisons(ef) * numbers.MEMORY_NS / NS_PER_MS


def seen_share_percent() -> float:
    """Per cent of a shard's vectors that a search touches, at most."""
    return 100 * comparisons() / (ITEMS / feed.ANN_SHARDS)


def sharded_comparisons() -> float:
    """Comparisons of one query in all shards."""
    return feed.ANN_SHARDS * comparisons()


def whole_comparisons() -> float:
    """Comparisons of one query in a single graph, which must list as many as are wanted."""
    return comparisons(max(WANTED, EF))


def sharded_time_percent() -> float:
    """Per cent of a single graph's comparisons that each shard makes, at the same time."""
    return 100 * comparisons() / whole_comparisons()


def sharding_price() -> float:
    """How many times the comparisons, for four shards instead of one graph."""
    return sharded_comparisons() / whole_comparisons()


# --------------------------------------------------------------------------- inverted file

LISTS = assumed(65_536, "lists a shard", "some two thousand vectors in each")
PROBED = assumed(32, "lists", "read for a query; recall decides")
CODE_VALUES = assumed(4, "values a byte", "of a product code: two bits a value")
DISK_LINKS = assumed(64, "links", "of a graph on disk, more than in memory: hops cost more")


def scanned_codes() -> float:
    """Codes that a query reads in one shard."""
    return ITEMS / feed.ANN_SHARDS * PROBED / LISTS


def code_bytes(dimensions: float = DIM) -> float:
    """Bytes of one product code.

    Args:
        dimensions: Values of the vector.
    """
    return dimensions / CODE_VALUES


def scanned_megabytes() -> float:
    """Megabytes that a query reads in one shard, one after the other."""
    return scanned_codes() * (code_bytes() + INT64_BYTES) / 1e6


def bits_bytes(dimensions: float = DIM) -> float:
    """Bytes of one bit a value.

    Args:
        dimensions: Values of the vector.
    """
    return dimensions / 8


def disk_record_bytes(dimensions: float = DIM) -> float:
    """Bytes on disk of a vector in float32 and its links.

    Args:
        dimensions: Values of the vector.
    """
    return embedding_bytes(1, dimensions) + DISK_LINKS * INT32_BYTES


def memory_of(way: str, dimensions: float = DIM) -> float:
    """Bytes of memory for one vector.

    Args:
        way: A name of `memory_rows`.
        dimensions: Values of the vector.
    """
    return {
        "Scan, float32": embedding_bytes(1, dimensions),
        "Scan, int8": embedding_bytes(1, dimensions, INT8_BYTES),
        "Graph, float32": hnsw_bytes(1, dimensions, LINKS),
        "Graph, float16": hnsw_bytes(1, dimensions, LINKS, FLOAT16_BYTES),
        "Graph, int8": hnsw_bytes(1, dimensions, LINKS, INT8_BYTES),
        "Inverted file, int8": ivf_pq_bytes(1, dimensions * INT8_BYTES),
        "Inverted file, product codes": ivf_pq_bytes(1, code_bytes(dimensions)),
        "Inverted file, bits": ivf_pq_bytes(1, bits_bytes(dimensions)),
        "Graph on disk": code_bytes(dimensions),
    }[way]


def memory_rows() -> list[list[str]]:
    """Memory by kind of index, for the feed's vectors and for wide ones of texts."""
    rows = [["Index", "Bytes, 128 values", "600 million", "$ a month", "Bytes, 1,024 values"]]
    kept = {
        "Scan, float32": "",
        "Scan, int8": "",
        "Graph, float32": "",
        "Graph, float16": "",
        "Graph, int8": "",
        "Inverted file, int8": "",
        "Inverted file, product codes": "",
        "Inverted file, bits": "",
        "Graph on disk": ", in memory",
    }
    for way, where in kept.items():
        size = memory_of(way)
        whole = size * ITEMS / GB
        rows.append(
            [
                way + where,
                f"{size:,.0f}",
                f"{whole:,.1f} GB",
                f"{whole * numbers.memory_dollars():,.0f}",
                f"{memory_of(way, TEXT_DIM):,.0f}",
            ]
        )
    return rows


def fleet_memory_dollars() -> float:
    """Dollars a month of memory for the graph in all copies of the feed's fleet."""
    copies = feed.ann_machines() / feed.ANN_SHARDS
    return copies * memory_of("Graph, int8") * ITEMS / GB * numbers.memory_dollars()


def link_share_percent(dimensions: float = DIM, bytes_per_value: float = INT8_BYTES) -> float:
    """Per cent of a graph's memory that its links take.

    Args:
        dimensions: Values of the vector.
        bytes_per_value: 1 for int8.
    """
    whole = hnsw_bytes(1, dimensions, LINKS, bytes_per_value)
    return 100 * (whole - dimensions * bytes_per_value) / whole


# --------------------------------------------------------------------------- codes and rescoring


def kept_correlation(bits: float) -> float:
    """Correlation of true and coded scores that no code of so many bits a value can exceed.

    Shannon's bound for values that are normal and independent, the hardest to code: a mean squared
    error of 2^(-2 bits). C. E. Shannon, "Coding theorems for a discrete source with a fidelity
    criterion", 1959.

    Args:
        bits: For each value.
    """
    return math.sqrt(1 - 4.0**-bits)


def sign_correlation() -> float:
    """The same for the sign of each value, read with the query in full: the root of 2 / pi."""
    return math.sqrt(2 / math.pi)


def sign_both_correlation() -> float:
    """The same if the query is coded by its signs too."""
    return 2 / math.pi


def rescored_recall(
    fetched: float,
    correlation: float,
    wanted: float = WANTED,
    items: float = ITEMS,
) -> float:
    """Share of the true top that is among the fetched, true and coded scores jointly normal.

    Args:
        fetched: Candidates taken by coded score, then scored again in full.
        correlation: Of true and coded scores.
        wanted: Length of the true top.
        items: Vectors.
    """
    line, bar = _NORMAL.inv_cdf(1 - wanted / items), _NORMAL.inv_cdf(1 - fetched / items)
    spread = math.sqrt(1 - correlation**2)
    steps, width = 400, 4.0  # beyond four the tail adds nothing to a share of a millionth
    step = width / steps
    above = math.fsum(
        _NORMAL.pdf(x) * _NORMAL.cdf((correlation * x - bar) / spread) * step
        for x in (line + (n + 0.5) * step for n in range(steps))
    )
    return above * items / wanted


def fetch_factor(correlation: float, recall: float = 0.95) -> float:
    """How many times the wanted number must be fetched for a recall after rescoring.

    Args:
        correlation: Of true and coded scores.
        recall: The share of the true top that is asked for.
    """
    low, high = 1.0, ITEMS / WANTED / 2
    for _ in range(40):
        middle = math.sqrt(low * high)
        if rescored_recall(middle * WANTED, correlation) < recall:
            low = middle
        else:
            high = middle
    return high


CODES: dict[str, tuple[float, str | None]] = {
    "4 bits, best possible": (4.0, None),
    "3 bits, best possible": (3.0, None),
    "2 bits, best possible": (2.0, None),
    "1 bit, best possible": (1.0, None),
    "Sign; query in full": (1.0, "sign"),
    "Signs of both": (1.0, "both"),
}


def correlation_of(name: str) -> float:
    """Correlation that a code of the table keeps.

    Args:
        name: A name of `CODES`.
    """
    bits, kind = CODES[name]
    known = {"sign": sign_correlation(), "both": sign_both_correlation()}
    return known[kind] if kind else kept_correlation(bits)


def code_rows() -> list[list[str]]:
    """What codes keep of the order of random vectors, and how many to fetch and score again."""
    rows = [["Code", "Bytes", "Correlation", "Recall as it is", "Fetch for 95 %"]]
    for name, (bits, _) in CODES.items():
        kept = correlation_of(name)
        factor = fetch_factor(kept)
        rows.append(
            [
                name,
                f"{DIM * bits / 8:.0f}",
                f"{kept:.3f}",
                f"{100 * rescored_recall(WANTED, kept):.0f} %",
                f"{factor:,.1f} times" if factor < 10 else f"{factor:,.0f} times",
            ]
        )
    return rows


# --------------------------------------------------------------------------- disk

SSD_READ_MS = assumed(0.1, "ms", "one random block, the drive not overloaded")
BEAM = assumed(8, "blocks", "asked for at once")
SHORT_LIST = assumed(64, "nodes", "the shortest list that finds neighbours well")


def disk_reads(wanted: float = 10) -> float:
    """Blocks that a query reads: every node of its list is expanded.

    Args:
        wanted: Neighbours asked for.
    """
    return max(SHORT_LIST, wanted)


def disk_ms(wanted: float = 10) -> float:
    """Milliseconds of those reads.

    Args:
        wanted: Neighbours asked for.
    """
    return math.ceil(disk_reads(wanted) / BEAM) * SSD_READ_MS


def disk_qps(wanted: float = 10) -> float:
    """Queries a second of one drive.

    Args:
        wanted: Neighbours asked for.
    """
    return numbers.SSD_READS_PER_SECOND / disk_reads(wanted)


def disk_drives(wanted: float = WANTED) -> int:
    """Drives for the feed's peak, each with a whole copy.

    Args:
        wanted: Neighbours asked for.
    """
    return machines(feed.peak_qps(), disk_qps(wanted), feed.LOAD_TARGET, feed.SPARE)


def disk_bytes() -> float:
    """Bytes on disk of the feed's vectors and links, whole records in a block."""
    in_block = math.floor(numbers.SSD_BLOCK_BYTES / disk_record_bytes())
    return ITEMS / in_block * numbers.SSD_BLOCK_BYTES


DRIVES_A_MACHINE = assumed(4, "drives", "fast ones in a server")


def disk_machines() -> int:
    """Machines that those drives need."""
    return math.ceil(disk_drives() / DRIVES_A_MACHINE)


# --------------------------------------------------------------------------- filters

FILTERED_WANTED = assumed(100, "items", "what the next stage needs after the filter")
SURE = assumed(0.99, "of queries", "that should have them all")


def fetch_for(share: float, wanted: float = FILTERED_WANTED, sure: float = SURE) -> float:
    """Neighbours to fetch so that enough pass a filter, independent of nearness.

    The normal approximation of the binomial, solved for the number of trials.

    Args:
        share: That passes.
        wanted: That must be left.
        sure: Share of queries in which they are.
    """
    z = _NORMAL.inv_cdf(sure)
    half = z * math.sqrt(share * (1 - share)) / 2
    root = (half + math.sqrt(half**2 + share * wanted)) / share
    return math.ceil(root**2)


def post_filter_recall(
    share: float, fetched: float = WANTED, wanted: float = FILTERED_WANTED
) -> float:
    """Share of the wanted that is left on average when a filter comes after the search.

    Args:
        share: That passes.
        fetched: Neighbours found before the filter.
        wanted: Asked for.
    """
    mean, spread = fetched * share, math.sqrt(fetched * share * (1 - share))
    if not spread:
        return min(1.0, mean / wanted)
    # The mean of the smaller of a normal number and a limit.
    z = (wanted - mean) / spread
    short = spread * (z * _NORMAL.cdf(z) + _NORMAL.pdf(z))
    return max(0.0, wanted - short) / wanted


def links_left(share: float, links: float = LINKS) -> float:
    """Neighbours of a node that pass the filter, on average.

    Args:
        share: That passes.
        links: M; the lowest layer keeps twice as many.
    """
    return 2 * links * share


def passing_scan_ms(share: float) -> float:
    """Milliseconds in which the shards' servers read everything that passes.

    Args:
        share: That passes.
    """
    return scan_ms(ITEMS * share) / feed.ANN_SHARDS


def read_ns() -> float:
    """Nanoseconds in which a core reads one vector at its share of the server's memory."""
    return scan_ms(1) * feed.CORES * NS_PER_MS


def after_core_ms(share: float) -> float:
    """Core-milliseconds in all shards of a list that is long enough for a filter after it.

    Args:
        share: That passes.
    """
    return fetch_ms(fetch_for(share))


def before_core_ms(share: float) -> float:
    """Core-milliseconds in all shards to scan what passes.

    Args:
        share: That passes.
    """
    return scan_ms(ITEMS * share) * feed.CORES


def filter_crossover_percent() -> float:
    """Per cent that passes where both take the same time of cores."""
    low, high = 1e-5, 0.5
    for _ in range(60):
        middle = math.sqrt(low * high)
        if before_core_ms(middle) < after_core_ms(middle):
            low = middle
        else:
            high = middle
    return 100 * low


def _left(items: float) -> str:
    """Items left of a hundred wanted, with a decimal where there are few."""
    return f"{items:.{1 if items < 10 else 0}f} of 100"


def filter_rows() -> list[list[str]]:
    """Three ways to filter, by the share that passes."""
    rows = [["Passes", "600 fetched leave", "Fetch", "Core-ms", "Links left", "Scan: core-ms"]]
    return rows + [
        [
            f"{100 * share:g} %",
            _left(100 * post_filter_recall(share)),
            f"{fetch_for(share):,.0f}",
            f"{after_core_ms(share):.1f}",
            f"{links_left(share):.2g} of {2 * LINKS:.0f}",
            f"{before_core_ms(share):,.0f}",
        ]
        for share in (0.5, 0.1, 0.03, 0.01, 0.001)
    ]


# --------------------------------------------------------------------------- shards


def slow_percent(shards: float = feed.ANN_SHARDS) -> float:
    """Per cent of queries in which some shard exceeds its p99, if shards are independent.

    Args:
        shards: That every query asks.
    """
    return 100 * any_slow(0.01, shards)


def late_loss_percent(slow_share: float = 0.01) -> float:
    """Per cent of neighbours lost on average by answering without late shards.

    Each shard is late so often and holds one part of as many: the number of shards cancels.

    Args:
        slow_share: Share of a shard's calls that are late.
    """
    return 100 * slow_share


def lost_neighbours() -> float:
    """Of the exact top, how many a late shard takes with it."""
    return WANTED / feed.ANN_SHARDS


def slot() -> LatencyBudget:
    """The feed's slot for its candidate sources, split for the graph."""
    return (
        LatencyBudget(feed.stage_ms("Candidate sources"))
        .stage("The user's vector; to the shards and back", 2)
        .stage("Wait for a core", 1)
        .stage("Search, the slowest of four shards", 6)
        .stage("Merge 800, check tombstones", 1)
    )


def slot_rows() -> list[list[str]]:
    """That slot as a table."""
    rows = slot().rows()
    rows[0][1] = "Limit (ms)"
    return rows


def queue_percent(busy: float = feed.LOAD_TARGET) -> float:
    """Per cent of searches that find no core free: Erlang's formula for random arrivals.

    Args:
        busy: Share of a machine's cores that work on average.
    """
    cores = int(feed.CORES)
    load, blocked = busy * cores, 1.0
    for n in range(1, cores + 1):
        blocked = load * blocked / (n + load * blocked)
    return 100 * blocked / (1 - busy * (1 - blocked))


# --------------------------------------------------------------------------- changes

INSERT_CORE_MS = assumed(3, "core-milliseconds", "a search with a long list, then linking")
BUILD_SHARE = assumed(0.9, "of the cores", "of a machine that serves nobody while it builds")


def dead_percent(days: float = 1) -> float:
    """Per cent of an index's nodes that are deleted, so many days after it was built.

    Args:
        days: Since it was built.
    """
    dead = ITEMS / feed.ELIGIBLE_DAYS * days
    return 100 * dead / (ITEMS + dead)


def alive_in(ef: float = EF, days: float = 7) -> float:
    """Nodes of a search's list that are not deleted.

    Args:
        ef: Length of the list.
        days: Since the index was built.
    """
    return ef * (1 - dead_percent(days) / 100)


def build_hours() -> float:
    """Hours to build one shard on one machine."""
    seconds = ITEMS / feed.ANN_SHARDS * INSERT_CORE_MS / MS_PER_SECOND
    return seconds / (feed.CORES * BUILD_SHARE) / SECONDS_PER_HOUR


def insert_cores() -> float:
    """Cores of one copy, in all its shards, that are busy with new posts at the peak."""
    return feed.index_inserts_per_s() * feed.PEAK_FACTOR * INSERT_CORE_MS / MS_PER_SECOND


def embed_card_hours() -> float:
    """L4-hours to encode all indexed posts anew."""
    flops = inference_flops(feed.ENCODER_PARAMETERS, ITEMS * feed.POST_TOKENS)
    return device_hours(flops, feed.L4_PEAK_FLOPS, feed.SERVING_UTILIZATION)


def embed_dollars() -> float:
    """Dollars to encode all indexed posts anew."""
    return embed_card_hours() * feed.L4_PRICE


# --------------------------------------------------------------------------- two recalls


def worst_loss_points(recall: float = feed.ANN_RECALL_TARGET) -> float:
    """Points of model recall that the index loses, if it misses good items as often as others.

    Args:
        recall: Of the index.
    """
    return 100 * feed.MODEL_RECALL_TARGET * (1 - recall)


def widened_points() -> float:
    """Points of model recall that 500 candidates instead of 200 bring in the lab."""
    cuts = list(LAB["cuts"])
    return 100 * (LAB["recall"][cuts.index(500)] - LAB["recall"][cuts.index(200)])


def exact_points(place: int = 2) -> float:
    """Points that exact search could add to the lab's recall at 200, by the same reasoning.

    Args:
        place: The effort that is replaced.
    """
    cuts = list(LAB["cuts"])
    return 100 * LAB["recall"][cuts.index(200)] * (1 - LAB["ann_recall"][place])


# --------------------------------------------------------------------------- what to watch

WATCHED = assumed(400, "queries an hour", "searched exactly as well")
WATCHED_SPREAD = assumed(0.1, "of recall", "standard deviation between queries")


def watched_seconds() -> float:
    """Seconds of one server for the exact searches of an hour, one at a time."""
    return WATCHED * scan_ms() / MS_PER_SECOND


def watched_points() -> float:
    """Half the width of the 95 % interval of an hour's mean recall, in points."""
    return 100 * _NORMAL.inv_cdf(0.975) * WATCHED_SPREAD / math.sqrt(WATCHED)
