"""Embeddings and two towers: tables, widths, temperature, versions, and what a pair may cost."""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    FLOAT16_BYTES,
    INT8_BYTES,
    SECONDS_PER_HOUR,
    assumed,
    chapter,
    device_hours,
    embedding_bytes,
    hnsw_bytes,
    inference_flops,
    machines,
    monthly_cost,
    results,
)

LAB = results("building-blocks/ranking-models")
ann = chapter("building-blocks/approximate-nearest-neighbours")
feed = chapter("case-studies/news-feed")
model = chapter("framework/4-model")
data = chapter("framework/3-data")
labs = chapter("reference/labs")

_NORMAL = NormalDist()

# --------------------------------------------------------------------------- the two sides


def user_tower_parameters() -> float:
    """Dense parameters of the feed's user tower."""
    return feed.dense_parameters(feed.user_tower_input(), feed.TOWER_WIDTH, feed.EMBEDDING_DIM)


def post_tower_parameters() -> float:
    """Dense parameters of the feed's post tower, without the content encoder before it."""
    return feed.dense_parameters(feed.post_tower_input(), feed.TOWER_WIDTH, feed.EMBEDDING_DIM)


def table_over_towers() -> float:
    """How many times the towers' dense parameters an id table of the feed's size has."""
    return feed.table_parameters() / feed.tower_parameters_dense()


def user_tower_cores() -> float:
    """Cores that compute all users' vectors at the feed's peak."""
    return feed.peak_qps() * inference_flops(user_tower_parameters()) / feed.CORE_FLOPS


def user_tower_ms() -> float:
    """Milliseconds of one core for one user's vector."""
    return inference_flops(user_tower_parameters()) / feed.CORE_FLOPS * 1e3


def pairs_per_day() -> float:
    """Pairs of a user and a post acted on that a day of the feed brings."""
    return feed.viewed_per_day() * feed.POSITIVE_SHARE


def search_cores() -> float:
    """Cores that search all shards at the feed's peak."""
    return feed.peak_qps() * feed.ANN_SHARDS * feed.ANN_CORE_MS / 1e3


def search_dollars() -> float:
    """Dollars a month of the feed's search machines, headroom and a spare zone included."""
    return monthly_cost(feed.ann_machines(), feed.CPU_PRICE)


# --------------------------------------------------------------------------- what a pair costs

QUERY_TOKENS = assumed(32, "tokens", "a short query, for late interaction and a cross-encoder")
RERANKED = assumed(100, "posts", "what a cross-encoder would be given")


def dot_flops(dimensions: float = feed.EMBEDDING_DIM) -> float:
    """Operations of one dot product.

    Args:
        dimensions: Values in a vector.
    """
    return 2 * dimensions


def ranker_flops_per_pair() -> float:
    """Operations of the feed's ranker for one pair, the history apart."""
    return inference_flops(feed.candidate_parameters())


def late_flops(query: float = QUERY_TOKENS, post: float = feed.POST_TOKENS) -> float:
    """Operations to match each token of a query with each of a post.

    Args:
        query: Tokens of the query.
        post: Tokens of the post.
    """
    return query * post * dot_flops()


def cross_flops(query: float = QUERY_TOKENS, post: float = feed.POST_TOKENS) -> float:
    """Operations of a cross-encoder as large as the feed's post encoder, for one pair.

    Args:
        query: Tokens of the query.
        post: Tokens of the post.
    """
    return inference_flops(feed.ENCODER_PARAMETERS, query + post)


def late_bytes(tokens: float = feed.POST_TOKENS) -> float:
    """Bytes of one post with a vector for each token, one byte a value.

    Args:
        tokens: Tokens of the post.
    """
    return embedding_bytes(tokens, feed.EMBEDDING_DIM, INT8_BYTES)


def late_index_bytes() -> float:
    """Bytes of all indexed posts with a vector for each token."""
    return feed.indexed_posts() * late_bytes()


def ranker_everywhere_card_seconds() -> float:
    """Seconds of an H100 if the feed's ranker scored the whole index for one request."""
    flops = ranker_flops_per_pair() * feed.indexed_posts()
    return flops / (feed.H100_PEAK_FLOPS * feed.SERVING_UTILIZATION)


def cross_card_ms(pairs: float = RERANKED) -> float:
    """Milliseconds of an L4 that a cross-encoder takes for one request.

    Args:
        pairs: Pairs that it reads.
    """
    return 1e3 * pairs * cross_flops() / (feed.L4_PEAK_FLOPS * feed.SERVING_UTILIZATION)


def pair_rows() -> list[list[str]]:
    """What each way of meeting costs for a pair, and what it keeps for an item."""
    one = f"{embedding_bytes(1, feed.EMBEDDING_DIM, INT8_BYTES):.0f} B"
    late, cross = late_flops() / 1e6, cross_flops() / 1e9
    ranker = ranker_flops_per_pair() / 1e6
    return [
        ["The two sides meet", "FLOP a pair", "Kept for an item", "Can be searched"],
        ["In one dot product", f"{dot_flops():.0f}", one, "yes"],
        ["In one of four interests", f"{4 * dot_flops():,.0f}", one, "yes, four times"],
        [
            "In each pair of tokens",
            f"{late:.1f} million",
            f"{late_bytes() / 1e3:.1f} kB",
            "in two steps",
        ],
        ["In the feed's ranker", f"{ranker:.1f} million", "features", "no"],
        ["In every layer (cross-encoder)", f"{cross:.0f} billion", "text", "no"],
    ]


# --------------------------------------------------------------------------- tables of ids

WIDE_SHARE = assumed(0.01, "of ids", "the most frequent, which get a wide row of their own")
NARROW = assumed(16, "values", "a row of the other ids, projected up to the wide width")
REMAINDERS = assumed(100e6, "rows", "the remainder table of a quotient-remainder scheme")


def ids() -> float:
    """Different users in the four weeks that a model is trained on."""
    return float(feed.MONTHLY_USERS)


def shared_by_twice_hashed(rows: float = feed.TABLE_ROWS) -> float:
    """Ids that agree with another one in both of two hashed rows, in expectation.

    Args:
        rows: Rows of each of the two tables.
    """
    return ids() * -math.expm1((ids() - 1) * math.log1p(-1 / rows**2))


def some_half_alone(rows: float = feed.TABLE_ROWS) -> float:
    """Share of ids that have at least one of their two rows for themselves.

    Args:
        rows: Rows of each of the two tables.
    """
    return 1 - data.colliding_share(ids(), rows) ** 2


def quotients(remainders: float = REMAINDERS) -> float:
    """Rows of the quotient table, which are also the ids that share a remainder row.

    Args:
        remainders: Rows of the remainder table.
    """
    return math.ceil(ids() / remainders)


QUOTIENT_ROWS = assumed(1e6, "rows", "the small table, if ids are hashed and not numbered")


def hashed_pair_alike(rows: float = QUOTIENT_ROWS, remainders: float = REMAINDERS) -> float:
    """Ids that agree with another one in both tables if both rows are hashed, in expectation.

    Args:
        rows: Rows of the small table.
        remainders: Rows of the large one.
    """
    return ids() * -math.expm1((ids() - 1) * math.log1p(-1 / (rows * remainders)))


def tower_card_hours() -> float:
    """H100-hours to train both towers on a month of pairs."""
    flops = feed.tower_training_flops_per_day() * feed.BACKFILL_DAYS
    return device_hours(flops, feed.H100_PEAK_FLOPS, feed.TRAINING_UTILIZATION)


def quotient_remainder_bytes(remainders: float = REMAINDERS) -> float:
    """Bytes of both tables of a quotient-remainder scheme in float16.

    Args:
        remainders: Rows of the remainder table.
    """
    return embedding_bytes(remainders + quotients(remainders), feed.TABLE_DIM, FLOAT16_BYTES)


def own_row_bytes() -> float:
    """Bytes of a table with a row for each id in float16."""
    return embedding_bytes(ids(), feed.TABLE_DIM, FLOAT16_BYTES)


KEY_BYTES = assumed(16, "bytes a key", "id, row and free slots of a dictionary of rows")


def dictionary_bytes(keys: float | None = None) -> float:
    """Bytes of a dictionary from ids to rows.

    Args:
        keys: Ids in it; all of them if not given.
    """
    return KEY_BYTES * (ids() if keys is None else keys)


def mixed_bytes(share: float = WIDE_SHARE, narrow: float = NARROW) -> float:
    """Bytes of a table whose frequent ids are wide and whose others are narrow, in float16.

    Args:
        share: Of ids that are wide.
        narrow: Values in a row of the others.
    """
    width = share * feed.TABLE_DIM + (1 - share) * narrow
    return embedding_bytes(ids(), width, FLOAT16_BYTES)


def _harmonic(n: float) -> float:
    """Sum of 1/k up to a large n."""
    return math.log(n) + 0.5772156649 + 1 / (2 * n)


def wide_traffic(share: float = WIDE_SHARE) -> float:
    """Share of lookups that go to the most frequent ids, if the k-th is looked up 1/k as often.

    Args:
        share: Of ids that are counted as frequent.
    """
    return _harmonic(share * ids()) / _harmonic(ids())


def table_rows() -> list[list[str]]:
    """Ways to store a billion ids: memory, and how much of a row is shared."""
    alike = data.colliding_share(ids())
    own, mixed = own_row_bytes() / 1e9, mixed_bytes() / 1e9
    qr = quotient_remainder_bytes() / 1e9
    return [
        ["Scheme", "Float16", "Ids that another one equals", "What is shared"],
        ["A row for each id", f"{own:.0f} GB", "none", "nothing; needs a dictionary"],
        [
            "One hash, half as many rows",
            f"{feed.table_bytes() / 1e9:.0f} GB",
            f"{100 * alike:.0f} %",
            "the whole row",
        ],
        [
            "Two hashes, half as wide",
            f"{feed.table_bytes() / 1e9:.0f} GB",
            f"{shared_by_twice_hashed():.0f} of them",
            f"each half, by {100 * alike:.0f} %",
        ],
        [
            f"64 values for 1 %, {NARROW:.0f} for the rest",
            f"{mixed:.0f} GB",
            "none",
            "nothing; needs a dictionary",
        ],
        [
            "Quotient and remainder",
            f"{qr:.0f} GB",
            "none",
            f"the remainder's row, by {quotients():.0f} ids",
        ],
    ]


# --------------------------------------------------------------------------- width

FULL_WIDTH = assumed(1_024, "values", "a model so wide that more would not help")
DECAY = assumed(1.5, "exponent", "how fast directions lose weight in the true score")
BEST = assumed(100, "posts", "of the index, those that the widest model would put first")


def kept_variance(width: float = feed.EMBEDDING_DIM, decay: float = DECAY) -> float:
    """Share of the score's variance that the first directions hold, the k-th weighing k^-decay.

    Args:
        width: Directions that are kept.
        decay: How fast their weight falls.
    """
    weights = [k**-decay for k in range(1, int(FULL_WIDTH) + 1)]
    return sum(weights[: int(width)]) / sum(weights)


def found_share(
    width: float = feed.EMBEDDING_DIM,
    handed_on: float = feed.ANN_CANDIDATES,
    best: float = BEST,
    corpus: float | None = None,
) -> float:
    """Share of the widest model's best items among those that a narrower one hands on.

    Both scores are taken as normal over the corpus, with the kept variance as squared correlation.

    Args:
        width: Values in the narrower vectors.
        handed_on: Items that the narrower model hands on.
        best: Items of the widest model that are looked for.
        corpus: Items in all; the feed's index if not given.
    """
    items = feed.indexed_posts() if corpus is None else corpus
    squared = kept_variance(width)
    low, cut = -_NORMAL.inv_cdf(best / items), -_NORMAL.inv_cdf(handed_on / items)
    slope, spread = math.sqrt(squared), math.sqrt(1 - squared)
    # The mean of P(narrow score > cut | full score) over full scores above `low`.
    step, total = 0.002, 0.0
    for n in range(2_000):
        score = low + (n + 0.5) * step
        total += _NORMAL.pdf(score) * _NORMAL.cdf((slope * score - cut) / spread) * step
    return total / (best / items)


def width_index_bytes(width: float = feed.EMBEDDING_DIM) -> float:
    """Bytes of one copy of the feed's index at another width, one byte a value.

    Args:
        width: Values in a vector.
    """
    return hnsw_bytes(feed.indexed_posts(), width, feed.HNSW_LINKS, INT8_BYTES)


MORE = assumed(6_000, "posts", "ten times what the feed hands on")
MARGIN = assumed(3, "standard deviations", "asked of a shard beyond its mean share")


def asked_of_shard(handed_on: float = MORE) -> float:
    """Posts to ask of each shard so that few of the best of all are left behind.

    Args:
        handed_on: Posts wanted from all shards together.
    """
    share = 1 / feed.ANN_SHARDS
    return handed_on * share + MARGIN * math.sqrt(handed_on * share * (1 - share))


def list_growth(handed_on: float = MORE) -> float:
    """How many times the feed's list a graph needs to hold what is asked of a shard.

    Args:
        handed_on: Posts wanted from all shards together.
    """
    return max(1.0, asked_of_shard(handed_on) / feed.EF_SEARCH)


def grown_core_ms(handed_on: float = MORE) -> float:
    """Core-milliseconds of a search in one shard with that list; work grows with the list.

    Args:
        handed_on: Posts wanted from all shards together.
    """
    return feed.ANN_CORE_MS * list_growth(handed_on)


def grown_machines(times: float) -> float:
    """Machines of the index if a search takes some times the core-time.

    Args:
        times: Core-time of a search over the feed's.
    """
    searches = feed.search_qps_per_machine() / times
    return feed.ANN_SHARDS * machines(feed.peak_qps(), searches, feed.LOAD_TARGET, feed.SPARE)


def more_dollars() -> float:
    """Dollars a month of the index machines if ten times as many posts are handed on."""
    return monthly_cost(grown_machines(list_growth()), feed.CPU_PRICE)


def wider_dollars() -> float:
    """Dollars a month of the index machines if a vector of twice the bytes takes twice the time."""
    return monthly_cost(grown_machines(2), feed.CPU_PRICE)


WIDTHS = (32, 64, 128, 256, 512)


def width_rows() -> list[list[str]]:
    """Memory and recall against width."""
    rows = [["Values", "Index, int8", "Variance kept", "Best 100 in 600", "Best 100 in 6,000"]]
    return rows + [
        [
            f"{width}",
            f"{width_index_bytes(width) / 1e9:.0f} GB",
            f"{100 * kept_variance(width):.1f} %",
            f"{100 * found_share(width):.0f} %",
            f"{100 * found_share(width, 6_000):.0f} %",
        ]
        for width in WIDTHS
    ]


# --------------------------------------------------------------------------- temperature

SHARP = assumed(0.05, "temperature", "a usual start for vectors of length one")


def best_probability(temperature: float = SHARP, negatives: float | None = None) -> float:
    """Probability of the positive at a cosine of one, if every negative has a cosine of nought.

    Args:
        temperature: What cosines are divided by.
        negatives: How many there are; the feed's batch less one if not given.
    """
    others = feed.in_batch_negatives() if negatives is None else negatives
    return 1 / (1 + others * math.exp(-1 / temperature))


def opposed_probability(temperature: float = 1.0) -> float:
    """The same if every negative stood opposite, at a cosine of minus one.

    Args:
        temperature: What cosines are divided by.
    """
    return 1 / (1 + feed.in_batch_negatives() * math.exp(-2 / temperature))


def highest_temperature(reached: float = 0.9) -> float:
    """Highest temperature at which the positive can still reach a probability that way.

    Args:
        reached: The probability.
    """
    return 1 / math.log(feed.in_batch_negatives() * reached / (1 - reached))


def hard_over_easy(temperature: float = SHARP, cosine: float = 0.5) -> float:
    """How many times the pull of a negative at cosine nought a nearer one gets.

    Args:
        temperature: What cosines are divided by.
        cosine: Of the nearer one.
    """
    return math.exp(cosine / temperature)


def popularity_cosine(temperature: float = SHARP) -> float:
    """Cosine by which an uncorrected batch softmax pushes the popular post below the niche one.

    Args:
        temperature: What cosines are divided by.
    """
    return temperature * math.log(model.HEAD_Q / model.TAIL_Q)


def _near_one(percent: float) -> str:
    """Two significant digits, or the nines."""
    return f"{percent:.3f}" if percent > 99 else f"{percent:.2g}"


def temperature_rows() -> list[list[str]]:
    """What a temperature allows, how hard negatives pull, and what popularity shifts."""
    rows = [["τ", "Best p of a positive", "Pull at 0.5 against 0", "Shift without log Q"]]
    return rows + [
        [
            f"{tau:g}",
            f"{_near_one(100 * best_probability(tau))} %",
            f"{float(f'{hard_over_easy(tau):.2g}'):,g} ×",
            f"{popularity_cosine(tau):.2f}",
        ]
        for tau in (1.0, 0.2, 0.1, 0.05)
    ]


# --------------------------------------------------------------------------- versions

ENCODING = assumed(0.4, "of the peak", "batches of whole texts, as for long prompts; measure yours")
TUNE_HOURS = assumed(1, "hours", "a month of pairs on a few cards, input and checks included")
CHECK_HOURS = assumed(1, "hours", "recall of towers and of the index, by slice, before any traffic")


def encode_hours() -> float:
    """H100-hours to pass every indexed post through the content encoder."""
    flops = inference_flops(feed.ENCODER_PARAMETERS, feed.indexed_posts() * feed.POST_TOKENS)
    return device_hours(flops, feed.H100_PEAK_FLOPS, ENCODING)


def encode_dollars() -> float:
    """Dollars of that."""
    return encode_hours() * feed.H100_PRICE


def kept_content_bytes() -> float:
    """Bytes to keep every indexed post's content vector in float16."""
    return embedding_bytes(feed.indexed_posts(), feed.CONTENT_WIDTH, FLOAT16_BYTES)


def retower_flops() -> float:
    """Operations to pass every kept content vector through the post tower."""
    return inference_flops(post_tower_parameters(), feed.indexed_posts())


def retower_core_hours() -> float:
    """Core-hours of that on a CPU."""
    return retower_flops() / feed.CORE_FLOPS / SECONDS_PER_HOUR


def retower_hours() -> float:
    """Hours of that on one machine."""
    return retower_core_hours() / feed.CORES


def build_hours() -> float:
    """Hours to build each shard of the index anew, all shards at once, on idle machines."""
    return ann.build_hours()


def build_per_s() -> float:
    """Inserts a second into one shard while it is built."""
    return feed.indexed_posts() / feed.ANN_SHARDS / build_hours() / SECONDS_PER_HOUR


def ready_hours() -> float:
    """Hours from the first step of training to traffic on the new pair."""
    return TUNE_HOURS + retower_hours() + build_hours() + CHECK_HOURS


def switch_memory_bytes() -> float:
    """Bytes of one copy while the old and the new index are both held."""
    return 2 * feed.index_bytes()


def stray_cosine(width: float = feed.EMBEDDING_DIM) -> float:
    """Standard deviation of the cosine of two unrelated vectors of length one.

    Args:
        width: Values in a vector.
    """
    return 1 / math.sqrt(width)


def hourly_rewrites_per_s() -> float:
    """Index writes a second if every post's vector is made anew each hour."""
    return feed.indexed_posts() / SECONDS_PER_HOUR


def rewrites_over_inserts() -> float:
    """How many times the writes of new posts alone that is."""
    return hourly_rewrites_per_s() / feed.index_inserts_per_s()


# --------------------------------------------------------------------------- evaluation

HEAD_POSITIVES = assumed(0.7, "of positives", "with the most popular tenth of posts")


def overall_recall(head: float, tail: float) -> float:
    """Recall over all positives.

    Args:
        head: Recall of those with popular posts.
        tail: Recall of the others.
    """
    return HEAD_POSITIVES * head + (1 - HEAD_POSITIVES) * tail


def recall_positives(margin: float = 0.005, recall: float = feed.MODEL_RECALL_TARGET) -> float:
    """Independent positives after which recall is known to a margin, at 95 %.

    Args:
        margin: Half width of the interval, as a share.
        recall: About what it is.
    """
    return (_NORMAL.inv_cdf(0.975) / margin) ** 2 * recall * (1 - recall)


def lab_recall(handed_on: float = LAB["handed_on"]) -> float:
    """Share of the lab's future actions among so many retrieved items.

    Args:
        handed_on: Items retrieved; one of the lab's cuts.
    """
    return float(LAB["recall"][LAB["cuts"].index(int(handed_on))])


def lab_random_recall(handed_on: float = LAB["handed_on"]) -> float:
    """What items drawn at random would reach there.

    Args:
        handed_on: Items drawn.
    """
    return handed_on / LAB["items"]
