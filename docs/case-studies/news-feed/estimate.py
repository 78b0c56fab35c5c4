"""Every number of the news feed chapter.

The chapter quotes these functions with their defaults; the figures and the calculators call them
with other inputs. Loads follow from the daily users, so a larger network is one argument away.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    DAYS_PER_MONTH,
    DAYS_PER_YEAR,
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    HOURS_PER_MONTH,
    INT8_BYTES,
    MS_PER_SECOND,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    LatencyBudget,
    any_slow,
    assumed,
    cost_per_thousand,
    count,
    dense_parameters,
    device_hours,
    embedding_bytes,
    hnsw_bytes,
    inference_flops,
    machines,
    monthly_cost,
    qps,
    sample_size_mean_per_arm,
    si,
    sourced,
    storage_bytes,
)

# --------------------------------------------------------------------------- load

DAILY_USERS = assumed(500e6, "users a day", "a large network; agreed with the interviewer")
MONTHLY_USERS = assumed(1e9, "users a month", "twice the daily users")
REQUESTS_PER_USER = assumed(6, "requests per user and day", "two sessions of three pages")
PAGES_PER_SESSION = assumed(3, "requests per session", "a page holds ten posts")
PEAK_FACTOR = assumed(2, "times the average", "evening peak of a feed spread over time zones")
POSTS_PER_REQUEST = assumed(10, "posts per request", "the prompt")
VIEWED_SHARE = assumed(0.8, "of returned posts", "the rest stays below the fold")

POSTS_PER_USER = assumed(0.4, "posts per user and day", "one user in five publishes two")
ELIGIBLE_DAYS = assumed(30, "days", "older posts are left to search and profiles")
INDEXABLE_SHARE = assumed(0.1, "of posts", "public and past the quality gate")
POST_BYTES = assumed(2_000, "bytes per post", "text and metadata; media lives elsewhere")
REPLICAS = assumed(3, "copies", "one in each of three zones")

FOLLOWED = assumed(300, "accounts per user", "people, pages and groups together")
POSTS_PER_FOLLOWED = assumed(1, "posts per account and day", "active accounts draw follows")
IN_NETWORK_DAYS = assumed(2, "days", "how far back followed accounts are read")
STORE_RECORD_BYTES = assumed(200, "bytes per post", "ids, time, counters, flags; no vector")


def requests_per_day(
    daily_users: float = DAILY_USERS, requests_per_user: float = REQUESTS_PER_USER
) -> float:
    """Feed requests a day."""
    return daily_users * requests_per_user


def average_qps(
    daily_users: float = DAILY_USERS, requests_per_user: float = REQUESTS_PER_USER
) -> float:
    """Average feed requests a second."""
    return qps(daily_users, requests_per_user)


def peak_qps(
    daily_users: float = DAILY_USERS,
    requests_per_user: float = REQUESTS_PER_USER,
    peak_factor: float = PEAK_FACTOR,
) -> float:
    """Feed requests a second at the evening peak."""
    return average_qps(daily_users, requests_per_user) * peak_factor


def posts_per_day(
    daily_users: float = DAILY_USERS, posts_per_user: float = POSTS_PER_USER
) -> float:
    """New posts a day."""
    return daily_users * posts_per_user


def eligible_posts(days: float = ELIGIBLE_DAYS) -> float:
    """Posts young enough to appear in a feed."""
    return posts_per_day() * days


def indexed_posts(share: float = INDEXABLE_SHARE) -> float:
    """Posts in the index for accounts that the user does not follow."""
    return eligible_posts() * share


def index_inserts_per_s(share: float = INDEXABLE_SHARE) -> float:
    """Posts that enter the index each second, on average."""
    return posts_per_day() * share / SECONDS_PER_DAY


def viewed_per_day(viewed_share: float = VIEWED_SHARE) -> float:
    """Posts that users see in a day (impressions)."""
    return requests_per_day() * POSTS_PER_REQUEST * viewed_share


def viewed_per_user(viewed_share: float = VIEWED_SHARE) -> float:
    """Posts that one user sees in a day."""
    return REQUESTS_PER_USER * POSTS_PER_REQUEST * viewed_share


def new_in_network_per_user(
    followed: float = FOLLOWED, posts_per_followed: float = POSTS_PER_FOLLOWED
) -> float:
    """New posts a day from the accounts that one user follows."""
    return followed * posts_per_followed


def inventory_ratio() -> float:
    """New posts of followed accounts for each post that the user sees in a day."""
    return new_in_network_per_user() / viewed_per_user()


# --------------------------------------------------------------------------- candidates

ANN_CANDIDATES = assumed(600, "posts", "nearest neighbours of the user's vector")
TOPIC_CANDIDATES = assumed(200, "posts", "popular in the user's topics, language and region")
EXPLORE_CANDIDATES = assumed(100, "posts", "new posts and authors with few impressions")
FILTERED_SHARE = assumed(0.2, "of candidates", "duplicates, seen, blocked, policy")
RANKED = assumed(500, "posts", "what the pre-ranker lets through to the heavy ranker")
RERANKED = assumed(50, "posts", "what the diversity step looks at")


def in_network_candidates() -> float:
    """Candidates from the followed accounts."""
    return new_in_network_per_user() * IN_NETWORK_DAYS


def retrieved() -> float:
    """Candidates that the four sources return together."""
    return in_network_candidates() + ANN_CANDIDATES + TOPIC_CANDIDATES + EXPLORE_CANDIDATES


def filtered(filtered_share: float = FILTERED_SHARE) -> float:
    """Candidates left after duplicates and filters."""
    return retrieved() * (1 - filtered_share)


def funnel_factor() -> float:
    """Eligible posts for each post that is shown."""
    return eligible_posts() / POSTS_PER_REQUEST


# --------------------------------------------------------------------------- storage and memory

EMBEDDING_DIM = assumed(128, "values", "wide enough for a dot product; an ablation decides")
HNSW_LINKS = assumed(16, "links per post (M)", "in the range 2 to 100 that hnswlib gives")
ANN_SHARDS = assumed(4, "shards", "the fewest whose part fits a machine with room to rebuild")
SHARD_K = assumed(200, "posts per shard", "the expected 150 and more than four deviations")
MACHINE_MEMORY_BYTES = assumed(128e9, "bytes", "a common 32-core machine")
MEMORY_TARGET = assumed(0.75, "of memory", "the rest is the system's, and growth")
TABLE_ROWS = assumed(500e6, "rows", "users, authors, posts and topics hashed together")
TABLE_DIM = assumed(64, "values", "an id embedding of the ranker")
HISTORY_ACTIONS = assumed(200, "actions per user", "what the ranker's sequence encoder reads")
ACTION_BYTES = assumed(16, "bytes per action", "post id, type, time, surface")
SEEN_BITS = assumed(12, "bits per post", "Bloom filter with eight hash functions")
SEEN_HASHES = assumed(8, "hash functions", "near 12 ln 2, the best for twelve bits")
SEEN_FILTERS = assumed(5, "filters per user", "one a week; the oldest is dropped, never cleared")
HEAVY_USER = assumed(3, "times the mean", "a user who sees far more posts than most")
COUNTER_FLUSH_S = assumed(10, "seconds", "counters of one post are summed, then sent on")
COUNTER_UPDATE_US = assumed(5, "core-microseconds per update", "find a record in memory and add")
PRERANK_BYTES = assumed(64, "bytes per post", "a dozen float32 counters, time and flags")
PRERANK_FEATURES = assumed(
    16, "values", "a dozen counters, age, source, its score, the dot product"
)
PRERANK_HIDDEN = assumed(64, "values", "first hidden layer of the pre-ranker; the second is half")
CORE_FLOPS = assumed(20e9, "FLOP/s per core", "small dense layers on a CPU; measure yours")
PAIR_COUNTER_BYTES = assumed(16, "bytes per user and author", "author id and bucketed counts")


def post_storage_per_year_bytes() -> float:
    """Post text and metadata written in a year, with replicas."""
    return storage_bytes(posts_per_day(), POST_BYTES, REPLICAS, DAYS_PER_YEAR)


def index_bytes(bytes_per_value: float = INT8_BYTES) -> float:
    """Memory of one copy of the index: vectors and graph."""
    return hnsw_bytes(indexed_posts(), EMBEDDING_DIM, HNSW_LINKS, bytes_per_value)


def index_float32_bytes() -> float:
    """Memory of one copy of the index with unquantised vectors."""
    return index_bytes(FLOAT32_BYTES)


def index_shard_bytes(shards: float = ANN_SHARDS) -> float:
    """Memory of one shard of the index."""
    return index_bytes() / shards


def index_record_bytes() -> float:
    """Memory of one copy of the counters that the index returns with its posts."""
    return indexed_posts() * PRERANK_BYTES


def shard_total_bytes(shards: float = ANN_SHARDS) -> float:
    """Memory of one shard: vectors, graph and the counters beside them."""
    return (index_bytes() + index_record_bytes()) / shards


def shard_rebuild_bytes() -> float:
    """Memory of a shard's machine while a second one is built beside it."""
    return 2 * shard_total_bytes()


def candidate_record_bytes() -> float:
    """Bytes that a source returns for one post: its vector in int8 and the counters."""
    return EMBEDDING_DIM * INT8_BYTES + PRERANK_BYTES


def returned_records() -> float:
    """Posts that the sources send to the feed service, before shards are merged."""
    return retrieved() - ANN_CANDIDATES + ANN_SHARDS * SHARD_K


def prerank_bytes_per_request() -> float:
    """Bytes of the pre-ranker's inputs for one request."""
    return returned_records() * candidate_record_bytes()


def prerank_traffic_bits_per_s() -> float:
    """Network traffic of the pre-ranker's inputs at the peak."""
    return prerank_bytes_per_request() * 8 * peak_qps()


def prerank_parameters() -> float:
    """Parameters of the pre-ranker, which reads the towers' product by value, and counters."""
    return dense_parameters(EMBEDDING_DIM + PRERANK_FEATURES, PRERANK_HIDDEN, PRERANK_HIDDEN / 2, 1)


def prerank_core_ms() -> float:
    """Core-milliseconds of the pre-ranker for one request."""
    return inference_flops(prerank_parameters(), filtered()) / CORE_FLOPS * MS_PER_SECOND


def shard_memory_share(shards: float = ANN_SHARDS) -> float:
    """Share of a machine's memory that its shard takes."""
    return shard_total_bytes(shards) / MACHINE_MEMORY_BYTES


def shard_share_expected(shards: float = ANN_SHARDS) -> float:
    """Posts of the final list that one shard holds on average."""
    return ANN_CANDIDATES / shards


def shard_share_deviation(shards: float = ANN_SHARDS) -> float:
    """Standard deviation of that number, for posts spread at random."""
    return math.sqrt(ANN_CANDIDATES / shards * (1 - 1 / shards))


def post_record_bytes() -> float:
    """Bytes of a post's record with its vector in int8."""
    return STORE_RECORD_BYTES + EMBEDDING_DIM * INT8_BYTES


def in_network_store_bytes(days: float = IN_NETWORK_DAYS) -> float:
    """Memory of one copy of the recent posts by author."""
    return posts_per_day() * days * post_record_bytes()


def history_bytes(actions: float = HISTORY_ACTIONS) -> float:
    """Recent actions of every monthly user, one copy."""
    return MONTHLY_USERS * actions * ACTION_BYTES


def precomputed_feed_bytes() -> float:
    """Memory of fifty ready post ids for every daily user, one copy."""
    return DAILY_USERS * RERANKED * 8


def precomputed_bytes_per_machine() -> float:
    """Memory of those lists on each machine of the feed service, three copies in all."""
    return REPLICAS * precomputed_feed_bytes() / mixer_machines()


def seen_posts(filters: float = SEEN_FILTERS) -> float:
    """Posts in one user's weekly filters: the eligible window, rounded up to weeks."""
    return viewed_per_user() * 7 * filters


def seen_filter_bytes(bits: float = SEEN_BITS) -> float:
    """Bloom filters of seen posts for every daily user, one copy."""
    return DAILY_USERS * seen_posts() * bits / 8


def seen_false_positive_rate(bits: float = SEEN_BITS, hashes: float = SEEN_HASHES) -> float:
    """Share of unseen posts that at least one of the user's full filters takes for seen."""
    return any_slow(math.pow(1 - math.exp(-hashes / bits), hashes), SEEN_FILTERS)


def seen_false_positive_chained() -> float:
    """The same when each week has overflowed into a second filter."""
    one = math.pow(1 - math.exp(-SEEN_HASHES / SEEN_BITS), SEEN_HASHES)
    return any_slow(one, 2 * SEEN_FILTERS)


def seen_false_positive_fixed(load: float = HEAVY_USER) -> float:
    """The same for a heavy user, were every filter sized for the mean user."""
    return seen_false_positive_rate(SEEN_BITS / load)


def seen_filter_bytes_heavy(load: float = HEAVY_USER) -> float:
    """Bytes of the filters of one heavy user, sized for that user."""
    return seen_posts() * load * SEEN_BITS / 8


def user_state_bytes() -> float:
    """Bytes of one user's history, filters and pair counters."""
    return (
        HISTORY_ACTIONS * ACTION_BYTES
        + seen_posts() * SEEN_BITS / 8
        + FOLLOWED * PAIR_COUNTER_BYTES
    )


def user_state_on_ssd_bytes() -> float:
    """Histories, filters and pair counters of every monthly user, all copies."""
    return storage_bytes(MONTHLY_USERS, user_state_bytes(), REPLICAS, 1)


def daily_history_bytes() -> float:
    """Recent actions of every daily user, one copy."""
    return DAILY_USERS * HISTORY_ACTIONS * ACTION_BYTES


def online_post_bytes() -> float:
    """Features of indexed and of recent posts, one copy."""
    return (indexed_posts() + posts_per_day() * IN_NETWORK_DAYS) * post_record_bytes()


def pair_counter_bytes() -> float:
    """Counters of every daily user with each followed author, one copy."""
    return DAILY_USERS * FOLLOWED * PAIR_COUNTER_BYTES


def online_features_bytes() -> float:
    """Memory of the online feature store, all copies: filters, histories, pairs, posts."""
    return REPLICAS * (
        seen_filter_bytes() + daily_history_bytes() + pair_counter_bytes() + online_post_bytes()
    )


def table_bytes() -> float:
    """Memory of the ranker's id embeddings in float16."""
    return embedding_bytes(TABLE_ROWS, TABLE_DIM, FLOAT16_BYTES)


def table_parameters() -> float:
    """Parameters in the ranker's id embeddings."""
    return TABLE_ROWS * TABLE_DIM


TOWER_BATCH = assumed(8_192, "pairs per batch", "in-batch negatives; more until memory ends")
ANN_RECALL_TARGET = assumed(0.95, "of the exact top 600", "what approximate search may lose")
MODEL_RECALL_TARGET = assumed(
    0.35, "of engagements", "with indexed posts that other sources brought; your base"
)
EF_SEARCH = assumed(256, "list size (ef)", "above the 200 asked of a shard; tune for recall")
INDEX_DELAY_S = assumed(60, "seconds", "from the quality gate to a searchable post")


POOLED_HISTORY = assumed(128, "values", "attention over the last actions")
CONTEXT_WIDTH = assumed(32, "values", "hour, device, language, region")
CONTENT_WIDTH = assumed(512, "values", "output of the text and image encoder")
TOPIC_WIDTH = assumed(32, "values", "embedding of the topics")
TOWER_WIDTH = assumed(512, "values", "hidden layer of each tower")


def user_tower_input() -> float:
    """Width of the user tower's input: history, id, context."""
    return POOLED_HISTORY + TABLE_DIM + CONTEXT_WIDTH


def post_tower_input() -> float:
    """Width of the post tower's input: content, author, topics."""
    return CONTENT_WIDTH + TABLE_DIM + TOPIC_WIDTH


def tower_parameters_dense() -> float:
    """Dense parameters of both towers."""
    return dense_parameters(user_tower_input(), TOWER_WIDTH, EMBEDDING_DIM) + dense_parameters(
        post_tower_input(), TOWER_WIDTH, EMBEDDING_DIM
    )


def in_batch_negatives(batch: float = TOWER_BATCH) -> float:
    """Negatives that each positive meets in a batch."""
    return batch - 1


def guess_rate() -> float:
    """Recall of 600 random posts of the index for one engaged post."""
    return ANN_CANDIDATES / indexed_posts()


# --------------------------------------------------------------------------- the ranker

INPUT_WIDTH = assumed(2_048, "values", "embeddings, dense features and the history summary joined")
DENSE_FEATURES = assumed(512, "values", "counters, rates, content vector, buckets")
CROSS_LAYERS = assumed(3, "layers", "explicit feature crosses; an ablation decides")
EXPERTS = assumed(8, "experts", "one for each task, shared by all through gates")
EXPERT_HIDDEN = assumed(1_024, "values", "half the input")
EXPERT_OUT = assumed(512, "values", "half the hidden layer")
TASKS = assumed(8, "heads", "like, comment, share, dwell, follow, hide, report, survey")
TOWER_HIDDEN = assumed(256, "values", "half an expert's output")
SEQUENCE_DIM = assumed(256, "values", "width of the history encoder")
SEQUENCE_LAYERS = assumed(2, "layers", "history encoder")


def ranker_input_width() -> float:
    """Width of the ranker's input: id embeddings, dense features, encoded history."""
    return EMBEDDING_IDS * TABLE_DIM + DENSE_FEATURES + SEQUENCE_DIM


def cross_parameters(width: float = INPUT_WIDTH, layers: float = CROSS_LAYERS) -> float:
    """Parameters of the cross layers, full rank."""
    return layers * dense_parameters(width, width)


def expert_parameters(experts: float = EXPERTS) -> float:
    """Parameters of all experts."""
    return experts * dense_parameters(INPUT_WIDTH, EXPERT_HIDDEN, EXPERT_OUT)


def gate_parameters(tasks: float = TASKS, experts: float = EXPERTS) -> float:
    """Parameters of all gates: one softmax over the experts for each task."""
    return tasks * dense_parameters(INPUT_WIDTH, experts)


def tower_parameters(tasks: float = TASKS) -> float:
    """Parameters of all task towers."""
    return tasks * dense_parameters(EXPERT_OUT, TOWER_HIDDEN, 1)


def candidate_parameters() -> float:
    """Dense parameters that each candidate passes through."""
    return cross_parameters() + expert_parameters() + gate_parameters() + tower_parameters()


def sequence_parameters(width: float = SEQUENCE_DIM, layers: float = SEQUENCE_LAYERS) -> float:
    """Parameters of the history encoder: twelve times the squared width in each layer."""
    return layers * 12 * width * width


def sequence_flops(actions: float = HISTORY_ACTIONS) -> float:
    """Operations of the history encoder, once a request: weights and attention."""
    return (
        inference_flops(sequence_parameters(), actions)
        + SEQUENCE_LAYERS * 4 * actions**2 * SEQUENCE_DIM
    )


def dense_parameter_count() -> float:
    """Dense parameters of the ranker, history encoder included."""
    return candidate_parameters() + sequence_parameters()


def ranker_flops(candidates: float = RANKED) -> float:
    """Operations of the ranker for one request."""
    return inference_flops(candidate_parameters(), candidates) + sequence_flops()


# --------------------------------------------------------------------------- fleet

L4_PEAK_FLOPS = sourced(
    121e12,
    "FLOP/s",
    "https://www.nvidia.com/en-us/data-center/l4/",
    "NVIDIA L4, half of the 242 TFLOPS in FP16 that are quoted with sparsity",
    "2026-11-20",
)
H100_PEAK_FLOPS = sourced(
    989e12,
    "FLOP/s",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA H100 SXM, half of the 1,979 TFLOPS in BF16 that are quoted with sparsity",
    "2026-11-20",
)
SERVING_UTILIZATION = assumed(0.25, "of the peak", "small batches under a deadline; profile yours")
LOAD_TARGET = assumed(0.6, "of capacity at the peak", "above it queues eat the latency budget")
SPARE = assumed(0.5, "on top", "one of three zones may be lost at the peak")
CORES = assumed(32, "cores per machine", "a common size")
ANN_CORE_MS = assumed(1.5, "core-milliseconds per shard search", "measure on your own vectors")
AUTHOR_LOOKUPS_PER_S = assumed(1e6, "lookups a second and machine", "batched, in memory")
EMBEDDING_IDS = assumed(20, "ids per candidate", "author, post, topics, crosses")
EMBEDDING_ROWS_PER_S = assumed(20e6, "rows a second and machine", "random reads of 128 bytes")
FEATURE_KEYS_PER_CANDIDATE = assumed(2, "keys per candidate", "the post and its author")
FEATURE_KEYS_PER_USER = assumed(3, "keys per request", "history, pair counters, seen filters")
FEATURE_CACHE_HITS = assumed(0.8, "of a candidate's keys", "popular posts and authors repeat")
COLD_USERS = assumed(0.1, "of daily users", "were not in memory when they came")
DOCUMENTS_PER_S = assumed(50e3, "documents a second and machine", "reads of 2 kB from SSD")
FEATURE_KEYS_PER_S = assumed(500e3, "keys a second and machine", "batched key-value reads")
MIXER_CORE_MS = assumed(10, "core-milliseconds per request", "fan-out, filters, pre-rank, re-rank")
EVENTS_PER_IMPRESSION = assumed(1.2, "events per impression", "the view itself and what follows")
EVENTS_PER_S = assumed(100e3, "events a second and machine", "keyed join and counters")


def search_qps_per_machine(core_ms: float = ANN_CORE_MS) -> float:
    """Shard searches a second that one machine carries when full."""
    return CORES * MS_PER_SECOND / core_ms


def ann_machines(daily_users: float = DAILY_USERS, shards: float = ANN_SHARDS) -> float:
    """Machines of the index: every request asks every shard."""
    return shards * machines(peak_qps(daily_users), search_qps_per_machine(), LOAD_TARGET, SPARE)


def author_lookups_per_s(daily_users: float = DAILY_USERS) -> float:
    """Followed accounts read each second at the peak."""
    return peak_qps(daily_users) * FOLLOWED


def in_network_machines(daily_users: float = DAILY_USERS) -> float:
    """Machines of the store of recent posts by author."""
    return machines(author_lookups_per_s(daily_users), AUTHOR_LOOKUPS_PER_S, LOAD_TARGET, SPARE)


def embedding_rows_per_s(daily_users: float = DAILY_USERS, candidates: float = RANKED) -> float:
    """Embedding rows gathered each second at the peak."""
    return peak_qps(daily_users) * candidates * EMBEDDING_IDS


def embedding_machines(daily_users: float = DAILY_USERS, candidates: float = RANKED) -> float:
    """Machines that hold the id embeddings and gather rows for the ranker."""
    return machines(
        embedding_rows_per_s(daily_users, candidates), EMBEDDING_ROWS_PER_S, LOAD_TARGET, SPARE
    )


def feature_keys_per_s(daily_users: float = DAILY_USERS, candidates: float = RANKED) -> float:
    """Keys that miss the local caches and reach the feature store each second at the peak."""
    return peak_qps(daily_users) * (
        FEATURE_KEYS_PER_USER + FEATURE_KEYS_PER_CANDIDATE * candidates * (1 - FEATURE_CACHE_HITS)
    )


def feature_machines_for_load(
    daily_users: float = DAILY_USERS, candidates: float = RANKED
) -> float:
    """Machines of the online feature store that its reads need."""
    return machines(
        feature_keys_per_s(daily_users, candidates), FEATURE_KEYS_PER_S, LOAD_TARGET, SPARE
    )


def feature_machines_for_memory(daily_users: float = DAILY_USERS) -> float:
    """Machines of the online feature store that its contents need."""
    return machines(
        online_features_bytes() * daily_users / DAILY_USERS, MACHINE_MEMORY_BYTES, MEMORY_TARGET
    )


def feature_machines(
    daily_users: float = DAILY_USERS, candidates: float = RANKED, ranked_share: float = 1.0
) -> float:
    """Machines of the online feature store: what reads or contents need, whichever is more."""
    return max(
        feature_machines_for_load(daily_users * ranked_share, candidates),
        feature_machines_for_memory(daily_users),
    )


def mixer_machines(daily_users: float = DAILY_USERS) -> float:
    """Machines of the feed service, which also pre-ranks and re-ranks."""
    return machines(
        peak_qps(daily_users), CORES * MS_PER_SECOND / MIXER_CORE_MS, LOAD_TARGET, SPARE
    )


def index_updates_per_s() -> float:
    """Counter updates a second on one index machine at the peak, if every event meets the index."""
    return events_per_s() / ANN_SHARDS


def index_update_cores() -> float:
    """Cores of an index machine that those updates keep busy."""
    return index_updates_per_s() * COUNTER_UPDATE_US / 1e6


def ann_machines_per_shard() -> float:
    """Machines of one shard, with the cores for counter updates taken off each."""
    left = (CORES - index_update_cores()) * MS_PER_SECOND / ANN_CORE_MS
    return machines(peak_qps(), left, LOAD_TARGET, SPARE)


def author_updates_per_s() -> float:
    """Counter updates a second on a machine of the author store, three copies in all."""
    return events_per_s() * REPLICAS / in_network_machines()


def documents_per_s(daily_users: float = DAILY_USERS) -> float:
    """Posts hydrated each second at the peak."""
    return peak_qps(daily_users) * POSTS_PER_REQUEST


def document_machines(daily_users: float = DAILY_USERS) -> float:
    """Machines of the document store, which hold the eligible posts on SSD."""
    return machines(documents_per_s(daily_users), DOCUMENTS_PER_S, LOAD_TARGET, SPARE)


def document_bytes_per_machine() -> float:
    """Bytes of posts and of user state on each machine of the document store, all copies."""
    posts = eligible_posts() * POST_BYTES * REPLICAS
    return (posts + user_state_on_ssd_bytes()) / document_machines()


def cold_reads_per_s() -> float:
    """Users a second, at the peak, whose state comes from SSD."""
    return DAILY_USERS * COLD_USERS / SECONDS_PER_DAY * PEAK_FACTOR


def events_per_s(daily_users: float = DAILY_USERS) -> float:
    """Events a second at the peak: impressions and the actions on them."""
    return peak_qps(daily_users) * POSTS_PER_REQUEST * VIEWED_SHARE * EVENTS_PER_IMPRESSION


def stream_machines(daily_users: float = DAILY_USERS) -> float:
    """Machines that join events and update features."""
    return machines(events_per_s(daily_users), EVENTS_PER_S, LOAD_TARGET, SPARE)


def cpu_machines(
    daily_users: float = DAILY_USERS, candidates: float = RANKED, ranked_share: float = 1.0
) -> float:
    """Machines without accelerators, where `ranked_share` of the requests is ranked anew."""
    return (
        ann_machines(daily_users * ranked_share)
        + in_network_machines(daily_users * ranked_share)
        + embedding_machines(daily_users * ranked_share, candidates)
        + feature_machines(daily_users, candidates, ranked_share)
        + mixer_machines(daily_users)
        + document_machines(daily_users)
        + stream_machines(daily_users)
    )


def ranker_accelerators(daily_users: float = DAILY_USERS, candidates: float = RANKED) -> float:
    """Accelerators (L4) that rank at the peak."""
    return machines(
        peak_qps(daily_users) * ranker_flops(candidates),
        L4_PEAK_FLOPS * SERVING_UTILIZATION,
        LOAD_TARGET,
        SPARE,
    )


def ranker_compute_ms(candidates: float = RANKED) -> float:
    """Milliseconds of pure computation for one request on one accelerator."""
    return ranker_flops(candidates) / (L4_PEAK_FLOPS * SERVING_UTILIZATION) * MS_PER_SECOND


def core_seconds_per_request() -> float:
    """Core-seconds provisioned for one request at the peak."""
    return cpu_machines() * CORES / peak_qps()


def embedding_bytes_per_request(candidates: float = RANKED) -> float:
    """Bytes of embedding rows that reach the ranker for one request."""
    return candidates * EMBEDDING_IDS * TABLE_DIM * FLOAT16_BYTES


def embedding_traffic_bits_per_s() -> float:
    """Network traffic of embedding rows at the peak."""
    return embedding_bytes_per_request() * 8 * peak_qps()


# --------------------------------------------------------------------------- training

POSITIVE_SHARE = assumed(
    0.1, "of impressions", "with some action; no more than the heads' rates add to"
)
NEGATIVE_KEEP = assumed(0.1, "of the rest", "negatives kept for training")
EXAMPLE_BYTES = assumed(4_000, "bytes per example", "features as served, compressed")
BUFFER_DAYS = assumed(2, "days", "the day whose examples are built at night, and the next one")
EXAMPLE_DAYS = assumed(60, "days", "what training and audits need")
BACKFILL_DAYS = assumed(30, "days", "a model trained from scratch reads a month")
RETRAINS_PER_MONTH = assumed(20, "retrains a month", "weekly refreshes and experiments")
TRAINING_UTILIZATION = assumed(0.1, "of the peak", "embedding tables and input bound it")
ENCODER_PARAMETERS = assumed(100e6, "parameters", "a small text and image encoder")
ENCODER_POSTS = assumed(100e6, "posts", "a sample to tune the encoder on, once a month")
POST_TOKENS = assumed(256, "tokens per post", "text and image patches")


def examples_per_day(keep: float = NEGATIVE_KEEP) -> float:
    """Training examples a day after negative downsampling."""
    return viewed_per_day() * (POSITIVE_SHARE + (1 - POSITIVE_SHARE) * keep)


def kept_share(keep: float = NEGATIVE_KEEP) -> float:
    """Share of impressions that become training examples."""
    return POSITIVE_SHARE + (1 - POSITIVE_SHARE) * keep


def returned_per_day() -> float:
    """Posts returned in a day, seen or not."""
    return requests_per_day() * POSTS_PER_REQUEST


def held_features_bytes(days: float = BUFFER_DAYS) -> float:
    """Bytes of features as served of every post returned, held until its labels are known.

    Args:
        days: Days of requests that are held.
    """
    return storage_bytes(returned_per_day(), EXAMPLE_BYTES, 1, days)


def stored_bytes() -> float:
    """Bytes in object storage: posts of a year, examples, and features that wait for labels."""
    return example_log_bytes() + held_features_bytes() + post_storage_per_year_bytes()


def example_log_bytes() -> float:
    """Bytes of logged training examples that are kept."""
    return storage_bytes(examples_per_day(), EXAMPLE_BYTES, 1, EXAMPLE_DAYS)


def example_log_per_day_bytes() -> float:
    """Bytes of training examples logged in a day."""
    return examples_per_day() * EXAMPLE_BYTES


def training_flops_per_day() -> float:
    """Operations to train the ranker once on one day of examples, three forward passes' worth.

    The history encoder runs once for the examples of a request, as it does when serving.
    """
    return 3 * (
        inference_flops(candidate_parameters(), examples_per_day())
        + sequence_flops() * requests_per_day()
    )


def training_hours_per_day() -> float:
    """H100-hours to train on one day of examples."""
    return device_hours(training_flops_per_day(), H100_PEAK_FLOPS, TRAINING_UTILIZATION)


def retrain_hours(days: float = BACKFILL_DAYS) -> float:
    """H100-hours to train from scratch on the backfill window."""
    return training_hours_per_day() * days


def tower_training_flops_per_day() -> float:
    """Operations to train both towers on one day of actions: layers and scores of a batch."""
    pair = inference_flops(tower_parameters_dense()) + 2 * TOWER_BATCH * EMBEDDING_DIM
    return 3 * pair * viewed_per_day() * POSITIVE_SHARE


def tower_training_share() -> float:
    """Training of the towers relative to that of the ranker."""
    return tower_training_flops_per_day() / training_flops_per_day()


def encoder_training_hours() -> float:
    """H100-hours to fine-tune the post encoder once."""
    flops = 3 * inference_flops(ENCODER_PARAMETERS, ENCODER_POSTS * POST_TOKENS)
    return device_hours(flops, H100_PEAK_FLOPS, TRAINING_UTILIZATION)


def training_hours_per_month(retrains: float = RETRAINS_PER_MONTH) -> float:
    """H100-hours a month: stream and retrains of ranker and towers, one tuning of the encoder."""
    passes = training_hours_per_day() * DAYS_PER_MONTH + retrains * retrain_hours()
    return passes * (1 + tower_training_share()) + encoder_training_hours()


def retrain_wall_hours(accelerators: float = 64) -> float:
    """Hours that a retrain takes on `accelerators` H100s, if they scale."""
    return retrain_hours() / accelerators


def encoding_accelerators() -> float:
    """Accelerators (L4) that embed new posts as they are published, at the peak."""
    return machines(encoding_flops_per_s(), L4_PEAK_FLOPS * SERVING_UTILIZATION, LOAD_TARGET, SPARE)


# --------------------------------------------------------------------------- cost

CPU_PRICE = assumed(1.5, "dollars an hour", "a 32-core machine; list prices vary, November 2026")
L4_PRICE = assumed(0.8, "dollars an hour", "an L4 with its share of a host, November 2026")
H100_PRICE = assumed(3.0, "dollars an hour", "an H100 on commitment, November 2026")
BILLED_HOURS = HOURS_PER_MONTH
STORAGE_PRICE = assumed(0.02, "dollars per GB and month", "object storage, November 2026")


def cpu_cost_per_month(candidates: float = RANKED, ranked_share: float = 1.0) -> float:
    """Dollars a month for machines without accelerators."""
    return monthly_cost(cpu_machines(DAILY_USERS, candidates, ranked_share), CPU_PRICE)


def accelerator_cost_per_month(candidates: float = RANKED, ranked_share: float = 1.0) -> float:
    """Dollars a month for ranking and for embedding new posts."""
    return monthly_cost(
        ranker_accelerators(DAILY_USERS * ranked_share, candidates) + encoding_accelerators(),
        L4_PRICE,
    )


def training_cost_per_month() -> float:
    """Dollars a month for training ranker, towers and post encoder."""
    return training_hours_per_month() * H100_PRICE


def storage_cost_per_month() -> float:
    """Dollars a month for training examples, held features, and one year of posts."""
    return stored_bytes() / 1e9 * STORAGE_PRICE


def cost_per_month(candidates: float = RANKED, ranked_share: float = 1.0) -> float:
    """Dollars a month, without people, media and network."""
    return (
        cpu_cost_per_month(candidates, ranked_share)
        + accelerator_cost_per_month(candidates, ranked_share)
        + training_cost_per_month()
        + storage_cost_per_month()
    )


def cost_per_1000_requests() -> float:
    """Dollars for a thousand requests."""
    return cost_per_thousand(cost_per_month(), average_qps())


def cost_per_user_year() -> float:
    """Dollars for one daily user in a year."""
    return cost_per_month() * 12 / DAILY_USERS


def ranked_request_share(pages: float = PAGES_PER_SESSION) -> float:
    """Share of requests that are ranked when a session is ranked once and paged from a cache."""
    return 1 / pages


def paged_cost_per_month() -> float:
    """Dollars a month when only the first page of a session is retrieved and ranked."""
    return cost_per_month(RANKED, ranked_request_share())


def paged_saving() -> float:
    """Share of the monthly cost that ranking once a session saves."""
    return 1 - paged_cost_per_month() / cost_per_month()


def half_candidates_saving() -> float:
    """Share of the monthly cost that ranking half as many candidates saves."""
    return 1 - cost_per_month(RANKED / 2) / cost_per_month()


TRIMMED_PAIRS = assumed(100, "authors per user", "those whose posts the user meets most")


def trimmed_pairs_saving(pairs: float = TRIMMED_PAIRS) -> float:
    """Share of the monthly cost that counters of fewer authors a user save."""
    kept = online_features_bytes() - REPLICAS * pair_counter_bytes() * (1 - pairs / FOLLOWED)
    # Reads set the floor: below it, less memory buys no machine back.
    needed = max(feature_machines_for_load(), machines(kept, MACHINE_MEMORY_BYTES, MEMORY_TARGET))
    return monthly_cost(feature_machines() - needed, CPU_PRICE) / cost_per_month()


def half_bill_saving() -> float:
    """Share of the monthly cost that all three levers save together."""
    cheap = cost_per_month(RANKED / 2, ranked_request_share())
    return 1 - cheap / cost_per_month() + trimmed_pairs_saving()


def ranker_dollars() -> float:
    """Dollars a month for the ranker's accelerators."""
    return monthly_cost(ranker_accelerators(), L4_PRICE)


TWITTER_RUNS_PER_DAY = sourced(
    5e9,
    "runs a day",
    "https://blog.x.com/engineering/en_us/topics/open-source/2023/twitter-recommendation-algorithm",
    "Twitter's Recommendation Algorithm, 2023",
    "2026-11-20",
)
TWITTER_CPU_SECONDS = sourced(
    220,
    "CPU seconds per run",
    "https://blog.x.com/engineering/en_us/topics/open-source/2023/twitter-recommendation-algorithm",
    "Twitter's Recommendation Algorithm, 2023",
    "2026-11-20",
)


def twitter_implied_cores() -> float:
    """Cores that would be busy around the clock if the published figures held for every run."""
    return TWITTER_RUNS_PER_DAY * TWITTER_CPU_SECONDS / SECONDS_PER_DAY


# --------------------------------------------------------------------------- push or pull


def write_fanout_per_s() -> float:
    """Timeline entries written each second, on average, if posts were pushed to daily users."""
    return DAILY_USERS * new_in_network_per_user() / SECONDS_PER_DAY


def deliveries_per_post() -> float:
    """Daily users' timelines that an average post would be pushed to."""
    return DAILY_USERS * new_in_network_per_user() / posts_per_day()


def read_fanout_per_s() -> float:
    """Accounts read each second, on average, as posts are pulled at request time."""
    return average_qps() * FOLLOWED


def read_write_ratio() -> float:
    """Reads under pull for each write under push."""
    return read_fanout_per_s() / write_fanout_per_s()


# --------------------------------------------------------------------------- latency

BUDGET_MS = assumed(100, "ms at p99", "the prompt; from our edge to the last byte sent")


def latency_budget() -> LatencyBudget:
    """The 100 ms by stage; raises if the stages do not fit."""
    return (
        LatencyBudget(BUDGET_MS)
        .stage("Gateway, authentication, internal network", 8)
        .parallel(
            "User context",
            {"history, pair counters": 6, "accounts followed": 5, "seen filters": 4},
        )
        .parallel(
            "Candidate sources",
            {"user tower, then index": 16, "accounts followed": 12, "topics": 10, "exploration": 8},
        )
        .stage("Merge and filter", 5)
        .stage("Pre-rank", 5)
        .stage("Feature fetch", 15)
        .stage("Rank", 25)
        .stage("Re-rank and policy check", 6)
        .stage("Hydrate and serialise", 8)
    )


def latency_rows() -> list[list[str]]:
    """The latency budget as a table."""
    return latency_budget().rows()


def stage_ms(name: str) -> float:
    """Milliseconds that a stage or a branch may take."""
    return latency_budget().stage_ms(name)


def used_ms() -> float:
    """Milliseconds given out, parallel branches as their maximum."""
    return latency_budget().used_ms


def slack_ms() -> float:
    """Milliseconds left over."""
    return latency_budget().slack_ms


def serial_ms() -> float:
    """Milliseconds if the branches ran one after another."""
    return used_ms() + sum(
        sum(ms for _, ms in stage.branches) - stage.p99_ms
        for stage in latency_budget().stages
        if stage.branches
    )


def limit_count() -> float:
    """Limits in the table: stages without branches, and every branch of the others."""
    return sum(max(1, len(stage.branches)) for stage in latency_budget().stages)


def some_limit_over() -> float:
    """Upper bound on the share of requests in which some limit is exceeded."""
    return limit_count() * 0.01


def guaranteed_quantile() -> float:
    """Share of requests that surely fit the sum of the p99s, whatever the dependence."""
    return 1 - some_limit_over()


def limit_quantile_needed() -> float:
    """Quantile at which each limit must hold so that 99 % of requests surely fit."""
    return 1 - 0.01 / limit_count()


def shards_slow(shards: float = ANN_SHARDS) -> float:
    """Share of requests in which at least one shard is over its p99, if shards are independent."""
    return any_slow(0.01, shards)


def shard_quantile_needed(shards: float = ANN_SHARDS) -> float:
    """Quantile each shard must hold so that the slowest of them holds it in 99 % of requests."""
    return math.pow(0.99, 1 / shards)


# --------------------------------------------------------------------------- labels

JOIN_WINDOW_MIN = assumed(30, "minutes", "attribution window of the nearline join")
LIKE_DELAY_MIN = assumed(2, "minutes", "mean time from view to like")
COMMENT_DELAY_MIN = assumed(12, "minutes", "mean time from view to comment")
SHARE_DELAY_MIN = assumed(20, "minutes", "mean time from view to share")
STREAM_STEP_MIN = assumed(15, "minutes", "train a step, pass the light gate, push weights")


def delay_quantile_min(mean_delay_min: float = COMMENT_DELAY_MIN, share: float = 0.9) -> float:
    """Minutes within which that share of the actions arrives, if delays are exponential."""
    return -mean_delay_min * math.log(1 - share)


def label_coverage(
    window_min: float = JOIN_WINDOW_MIN, mean_delay_min: float = COMMENT_DELAY_MIN
) -> float:
    """Share of actions that arrive inside the window, if delays are exponential."""
    return 1 - math.exp(-window_min / mean_delay_min)


def share_coverage() -> float:
    """Share of shares that arrive inside the window."""
    return label_coverage(JOIN_WINDOW_MIN, SHARE_DELAY_MIN)


def like_coverage() -> float:
    """Share of likes that arrive inside the window."""
    return label_coverage(JOIN_WINDOW_MIN, LIKE_DELAY_MIN)


def model_freshness_min() -> float:
    """Minutes from an impression to a serving model that has learned from it."""
    return JOIN_WINDOW_MIN + STREAM_STEP_MIN


LIKE_RATE = assumed(0.03, "of impressions", "a like for every 33 posts seen")
LONG_READ_RATE = assumed(
    0.05, "of impressions", "by definition: above the 95th percentile of dwell"
)
COMMENT_RATE = assumed(0.01, "of impressions", "a third of the likes")
SHARE_RATE = assumed(0.005, "of impressions", "half of the comments")
FOLLOW_RATE = assumed(0.001, "of impressions", "one in a thousand posts seen")
HIDE_RATE = assumed(0.003, "of impressions", "a tenth of the likes")
REPORT_RATE = assumed(0.0001, "of impressions", "one in ten thousand posts seen")


def action_share_bound() -> float:
    """Largest share of impressions with some action: the sum of the heads' rates."""
    return (
        LIKE_RATE
        + LONG_READ_RATE
        + COMMENT_RATE
        + SHARE_RATE
        + FOLLOW_RATE
        + HIDE_RATE
        + REPORT_RATE
    )


def rate_after_downsampling(rate: float = LIKE_RATE, keep: float = NEGATIVE_KEEP) -> float:
    """Mean prediction of a single-head model trained on downsampled negatives."""
    return rate / (rate + (1 - rate) * keep)


def corrected(prediction: float, keep: float = NEGATIVE_KEEP) -> float:
    """Prediction mapped back to the full stream (He et al., 2014)."""
    return prediction / (prediction + (1 - prediction) / keep)


def like_share_of_examples() -> float:
    """Likes among the examples of the multi-task sample: every like is kept."""
    return LIKE_RATE / kept_share()


def wrongly_corrected() -> float:
    """Like rate that the single-head formula gives on the multi-task sample."""
    return corrected(like_share_of_examples())


def weighted_like_rate(keep: float = NEGATIVE_KEEP) -> float:
    """Like rate of the multi-task sample once kept negatives weigh the inverse of their chance."""
    return LIKE_RATE / (POSITIVE_SHARE + (1 - POSITIVE_SHARE) * keep * (1 / keep))


CALIBRATION_HOLDOUT = assumed(0.001, "of requests", "hashed out of training, kept whole")
SURVEY_HOLDOUT = assumed(0.2, "of survey answers", "hashed out of training")


def holdout_impressions_per_day() -> float:
    """Impressions a day that no training sees and calibration maps are fitted on."""
    return viewed_per_day() * CALIBRATION_HOLDOUT


def holdout_reports_per_day() -> float:
    """Reports among them, the rarest label."""
    return holdout_impressions_per_day() * REPORT_RATE


def holdout_bytes_per_day() -> float:
    """Bytes of those impressions, none sampled away."""
    return holdout_impressions_per_day() * EXAMPLE_BYTES


def survey_holdout_answers(days: float = 28) -> float:
    """Survey answers held out of training in four weeks."""
    return SURVEY_ANSWERS_PER_DAY * SURVEY_HOLDOUT * days


def wrong_correction_factor() -> float:
    """True like rate for each unit of the wrongly corrected one."""
    return LIKE_RATE / wrongly_corrected()


EXPLORE_SHARE = assumed(0.02, "of impressions", "spent on posts with few impressions")


def requests_per_explore_slot() -> float:
    """Requests for each slot that is given to exploration."""
    return 1 / (EXPLORE_SHARE * POSTS_PER_REQUEST)


def explore_impressions_per_post() -> float:
    """Exploratory impressions for each new post of the index."""
    return viewed_per_day() * EXPLORE_SHARE / (posts_per_day() * INDEXABLE_SHARE)


def like_rate_error(rate: float = LIKE_RATE) -> float:
    """Standard error of a like rate after that many impressions."""
    return math.sqrt(rate * (1 - rate) / explore_impressions_per_post())


# --------------------------------------------------------------------------- value score

WEIGHTS = {
    "like": assumed(1, "points", "the unit"),
    "comment": assumed(6, "points", "a conversation is rarer and worth more"),
    "share": assumed(8, "points", "sends the post to others"),
    "long read": assumed(2, "points", "dwell over the 95th percentile for its length"),
    "follow author": assumed(10, "points", "asks for more"),
    "hide": assumed(-20, "points", "an explicit no"),
    "report": assumed(-100, "points", "rare and grave"),
    "worth it": assumed(4, "points", "survey answer, predicted"),
}
HEADLINE_POST = {
    "like": 0.05,
    "comment": 0.03,
    "share": 0.01,
    "long read": 0.15,
    "follow author": 0.002,
    "hide": 0.03,
    "report": 0.002,
    "worth it": 0.05,
}
FRIEND_POST = {
    "like": 0.04,
    "comment": 0.01,
    "share": 0.004,
    "long read": 0.12,
    "follow author": 0.001,
    "hide": 0.002,
    "report": 0.0001,
    "worth it": 0.20,
}


def value(predictions: dict[str, float]) -> float:
    """Value of one post: weights times calibrated probabilities."""
    return math.fsum(WEIGHTS[action] * p for action, p in predictions.items())


def engagement(predictions: dict[str, float]) -> float:
    """Value of one post if only positive engagement counted."""
    actions = ("like", "comment", "share", "long read", "follow author")
    return math.fsum(WEIGHTS[action] * predictions[action] for action in actions)


def headline_value() -> float:
    """Value of the provocative headline."""
    return value(HEADLINE_POST)


def friend_value() -> float:
    """Value of the friend's post."""
    return value(FRIEND_POST)


def headline_engagement() -> float:
    """Positive engagement of the provocative headline."""
    return engagement(HEADLINE_POST)


def friend_engagement() -> float:
    """Positive engagement of the friend's post."""
    return engagement(FRIEND_POST)


def value_rows() -> list[list[str]]:
    """The value of two posts, head by head, as a table."""
    rows = [["Head", "Weight", "p, headline", "p, friend", "Points, headline", "Points, friend"]]
    for action, weight in WEIGHTS.items():
        pair = (HEADLINE_POST[action], FRIEND_POST[action])
        rows.append(
            [action, f"{weight:g}", *(f"{p:g}" for p in pair)]
            + [f"{weight * p:+.3f}" for p in pair]
        )
    rows.append(
        ["**Value**", "", "", "", f"**{headline_value():+.3f}**", f"**{friend_value():+.3f}**"]
    )
    rows.append(
        [
            "Positive engagement only",
            "",
            "",
            "",
            f"{headline_engagement():+.3f}",
            f"{friend_engagement():+.3f}",
        ]
    )
    return rows


# --------------------------------------------------------------------------- experiment

SESSIONS_MEAN = assumed(14, "sessions per user and week", "two a day")
SESSIONS_SD = assumed(12, "sessions per user and week", "users differ widely; see your logs")
DETECTABLE = assumed(0.002, "of the mean", "a change worth shipping at this scale")
TEST_DAYS = assumed(14, "days", "two whole weeks")
HIDES_MARGIN = assumed(0.01, "of the mean", "policy; no less than the test can exclude")
REPORTS_MARGIN = assumed(0.02, "of the mean", "policy; no less than the test can exclude")
HIDES_SD = assumed(6, "hides per user and test", "three times the mean: few users hide much")
REPORTS_SD = assumed(0.5, "reports per user and test", "most users report nothing")
SURVEY_ANSWERS_PER_DAY = assumed(5_000, "answers a day", "a thin survey of all users")
SURVEY_ASKED = assumed(0.05, "of the users of an arm", "asked once in a test, drawn at random")
SURVEY_ANSWERED = assumed(0.1, "of those asked", "the rest swipe it away")
SURVEY_YES = assumed(0.5, "of answers", "where a share is hardest to estimate")
CUPED_CORRELATION = assumed(0.7, "correlation", "between a week before and a week in the test")


def detectable_sessions(detectable: float = DETECTABLE) -> float:
    """Smallest change worth finding, in sessions per user and week."""
    return SESSIONS_MEAN * detectable


def users_per_arm(detectable: float = DETECTABLE) -> float:
    """Users in each arm to find that change with 80 % power at 5 %."""
    return sample_size_mean_per_arm(SESSIONS_SD, detectable_sessions(detectable))


def users_per_arm_cuped(correlation: float = CUPED_CORRELATION) -> float:
    """Users in each arm once the week before explains part of the variance."""
    return users_per_arm() * (1 - correlation**2)


def arm_share() -> float:
    """Share of daily users in one arm."""
    return users_per_arm() / DAILY_USERS


def excluded_rise(standard_deviation: float = HIDES_SD) -> float:
    """Rise of a mean per user that a one-sided test at 5 % excludes with 80 % power if none is."""
    normal = NormalDist()
    z = normal.inv_cdf(0.95) + normal.inv_cdf(0.8)
    return z * standard_deviation * math.sqrt(2 / users_per_arm())


def hides_excluded() -> float:
    """Smallest relative rise of hides that the test can exclude."""
    return excluded_rise(HIDES_SD) / (HIDE_RATE * viewed_per_user() * TEST_DAYS)


def reports_excluded() -> float:
    """Smallest relative rise of reports that the test can exclude."""
    return excluded_rise(REPORTS_SD) / (REPORT_RATE * viewed_per_user() * TEST_DAYS)


def survey_answers_thin() -> float:
    """Answers in an arm from the survey of all users."""
    return SURVEY_ANSWERS_PER_DAY * TEST_DAYS * arm_share()


def survey_answers() -> float:
    """Answers in an arm when the experiment asks its own users."""
    return users_per_arm() * SURVEY_ASKED * SURVEY_ANSWERED


def survey_rate_error(days: float = 1 / 24) -> float:
    """Standard error of the survey's yes rate over that time, relative to the rate."""
    return math.sqrt((1 - SURVEY_YES) / SURVEY_YES / (SURVEY_ANSWERS_PER_DAY * days))


def survey_answers_per_hour() -> float:
    """Answers an hour from the survey of all users."""
    return SURVEY_ANSWERS_PER_DAY / 24


def survey_margin(answers: float | None = None) -> float:
    """Drop in agreement that a one-sided test at 5 % excludes with 80 % power if there is none."""
    number = survey_answers() if answers is None else answers
    normal = NormalDist()
    z = normal.inv_cdf(0.95) + normal.inv_cdf(0.8)
    return z * math.sqrt(2 * SURVEY_YES * (1 - SURVEY_YES) / number)


def survey_margin_thin() -> float:
    """The same with the answers of the survey of all users only."""
    return survey_margin(survey_answers_thin())


# --------------------------------------------------------------------------- tables and chart


def load_rows() -> list[list[str]]:
    """Load and inventory as a table."""
    return [
        ["Quantity", "Arithmetic", "Result"],
        [
            "Requests a day",
            f"{count(DAILY_USERS)} users × {REQUESTS_PER_USER:g}",
            count(requests_per_day()),
        ],
        ["Average load", "requests a day / 86,400 s", f"{average_qps():,.0f} requests/s"],
        ["Peak load", f"× {PEAK_FACTOR:g}", f"{peak_qps():,.0f} requests/s"],
        [
            "Posts seen a day",
            f"× {POSTS_PER_REQUEST:g} posts × {100 * VIEWED_SHARE:.0f} % seen",
            count(viewed_per_day()),
        ],
        ["New posts a day", f"users × {POSTS_PER_USER:g}", count(posts_per_day())],
        ["Eligible posts", f"× {ELIGIBLE_DAYS:g} days", count(eligible_posts())],
        ["Indexed for discovery", f"× {100 * INDEXABLE_SHARE:.0f} %", count(indexed_posts())],
        [
            "Events at the peak",
            f"peak × {POSTS_PER_REQUEST * VIEWED_SHARE:g} seen × {EVENTS_PER_IMPRESSION:g} events",
            f"{count(events_per_s(), 3)} /s",
        ],
    ]


def memory_rows() -> list[list[str]]:
    """Storage and memory as a table."""
    return [
        ["What", "Arithmetic", "One copy", "Where"],
        [
            "Posts, a year",
            f"{count(posts_per_day())} a day × {POST_BYTES:,.0f} B × {REPLICAS:g} copies",
            si(post_storage_per_year_bytes(), "B") + " (all copies)",
            "object storage; 30 days also on SSD",
        ],
        [
            "Vector index, int8",
            f"{count(indexed_posts())} × ({EMBEDDING_DIM:g} + {HNSW_LINKS:g} × 2 × 4) B",
            si(index_bytes(), "B"),
            f"memory, {ANN_SHARDS:g} shards of {si(index_shard_bytes(), 'B')}",
        ],
        [
            "Counters beside it",
            f"{count(indexed_posts())} × {PRERANK_BYTES:g} B",
            si(index_record_bytes(), "B"),
            f"the same machines, {si(shard_total_bytes(), 'B')} with the shard",
        ],
        [
            "Recent posts by author",
            f"{count(posts_per_day())} × {IN_NETWORK_DAYS:g} days × {post_record_bytes():g} B",
            si(in_network_store_bytes(), "B"),
            "memory",
        ],
        [
            "User histories",
            f"{count(MONTHLY_USERS)} × {HISTORY_ACTIONS:g} × {ACTION_BYTES:g} B",
            si(history_bytes(), "B"),
            "SSD; daily users in memory",
        ],
        [
            "Seen filters",
            f"{count(DAILY_USERS)} × {seen_posts():,.0f} posts × {SEEN_BITS:g} bits",
            si(seen_filter_bytes(), "B"),
            f"memory, {SEEN_FILTERS:g} weekly filters, sized by user",
        ],
        [
            "Counters by user and author",
            f"{count(DAILY_USERS)} × {FOLLOWED:g} × {PAIR_COUNTER_BYTES:g} B",
            si(pair_counter_bytes(), "B"),
            "memory, daily users",
        ],
        [
            "User state, all monthly users",
            (
                f"{count(MONTHLY_USERS)} × ({HISTORY_ACTIONS * ACTION_BYTES:,.0f}"
                f" + {seen_posts() * SEEN_BITS / 8:,.0f}"
                f" + {FOLLOWED * PAIR_COUNTER_BYTES:,.0f}) B × {REPLICAS:g} copies"
            ),
            si(user_state_on_ssd_bytes(), "B") + " (all copies)",
            "SSDs of the document store",
        ],
        [
            "Online feature store",
            (
                f"{REPLICAS:g} copies × ({seen_filter_bytes() / 1e12:g} filters"
                f" + {daily_history_bytes() / 1e12:g} histories"
                f" + {pair_counter_bytes() / 1e12:g} pairs"
                f" + {online_post_bytes() / 1e12:g} posts) TB"
            ),
            si(online_features_bytes(), "B") + " (all copies)",
            "memory",
        ],
        [
            "Ranker's id embeddings",
            f"{count(TABLE_ROWS)} rows × {TABLE_DIM:g} × 2 B",
            si(table_bytes(), "B"),
            "memory of the embedding servers",
        ],
        [
            "Features as served, held",
            f"{count(returned_per_day())} posts × {EXAMPLE_BYTES:,.0f} B × {BUFFER_DAYS:g} days",
            si(held_features_bytes(), "B"),
            "object storage",
        ],
        [
            "Training examples",
            f"{count(examples_per_day())} a day × {EXAMPLE_BYTES:,.0f} B × {EXAMPLE_DAYS:g} days",
            si(example_log_bytes(), "B"),
            "object storage",
        ],
    ]


def machine_requests_per_s() -> float:
    """Requests a second that one machine of the feed service carries when full."""
    return CORES * MS_PER_SECOND / MIXER_CORE_MS


def machine_memory_used() -> float:
    """Bytes of memory of one machine that data may take."""
    return MACHINE_MEMORY_BYTES * MEMORY_TARGET


def card_flops_per_s() -> float:
    """Operations a second that one L4 reaches when serving."""
    return L4_PEAK_FLOPS * SERVING_UTILIZATION


def encoding_flops_per_s() -> float:
    """Operations a second to embed new posts at the peak."""
    return (
        posts_per_day()
        / SECONDS_PER_DAY
        * PEAK_FACTOR
        * inference_flops(ENCODER_PARAMETERS, POST_TOKENS)
    )


def fleet_rows() -> list[list[str]]:
    """Machines and their monthly cost as a table."""
    peak, card = f"{peak_qps():,.0f}", si(card_flops_per_s(), "FLOP/s")
    tiers: list[tuple[str, str, str, float, float]] = [
        (
            "Feed service",
            f"{peak} requests/s",
            f"{machine_requests_per_s():,.0f}, at {MIXER_CORE_MS:g} core-ms",
            mixer_machines(),
            CPU_PRICE,
        ),
        (
            f"Vector index, {ANN_SHARDS:g} shards",
            f"{peak} searches/s a shard",
            f"{search_qps_per_machine():,.0f}, at {ANN_CORE_MS:g} core-ms",
            ann_machines(),
            CPU_PRICE,
        ),
        (
            "Posts by author",
            f"{count(author_lookups_per_s())} accounts/s",
            count(AUTHOR_LOOKUPS_PER_S),
            in_network_machines(),
            CPU_PRICE,
        ),
        (
            f"Embedding servers, {EMBEDDING_IDS:g} ids a candidate",
            f"{count(embedding_rows_per_s())} rows/s",
            count(EMBEDDING_ROWS_PER_S),
            embedding_machines(),
            CPU_PRICE,
        ),
        (
            "Feature store",
            f"{si(online_features_bytes(), 'B')} in memory",
            f"{si(machine_memory_used(), 'B')}, no spare",
            feature_machines(),
            CPU_PRICE,
        ),
        (
            "Document store",
            f"{count(documents_per_s(), 3)} posts/s",
            f"{DOCUMENTS_PER_S:,.0f}, from SSD",
            document_machines(),
            CPU_PRICE,
        ),
        (
            "Stream jobs",
            f"{count(events_per_s(), 3)} events/s",
            f"{EVENTS_PER_S:,.0f}",
            stream_machines(),
            CPU_PRICE,
        ),
        (
            "Ranker (L4)",
            si(peak_qps() * ranker_flops(), "FLOP/s"),
            card,
            ranker_accelerators(),
            L4_PRICE,
        ),
        (
            "Post encoder (L4)",
            si(encoding_flops_per_s(), "FLOP/s"),
            card,
            encoding_accelerators(),
            L4_PRICE,
        ),
    ]
    rows = [["Tier", "Load at the peak", "One carries, full", "Machines or cards", "$ a month"]]
    rows += [
        [name, load, carries, f"{number:,.0f}", f"{monthly_cost(number, price):,.0f}"]
        for name, load, carries, number, price in tiers
    ]
    training = f"{training_hours_per_month():,.0f} card-hours"
    rows += [
        ["Training (H100)", training, "", "", f"{training_cost_per_month():,.0f}"],
        ["Storage, posts and examples", storage_text(), "", "", f"{storage_cost_per_month():,.0f}"],
        ["**Total**", "", "", "", f"**{cost_per_month():,.0f}**"],
    ]
    return rows


def storage_text() -> str:
    """Stored bytes that are paid for."""
    return si(stored_bytes(), "B")


def funnel_stages() -> list[tuple[str, float, float | None]]:
    """The funnel: name, posts left, and milliseconds spent to get there."""
    return [
        ("Eligible posts", eligible_posts(), None),
        ("Retrieved", retrieved(), stage_ms("Candidate sources")),
        ("After filters", filtered(), stage_ms("Merge and filter")),
        ("Pre-ranked", float(RANKED), stage_ms("Pre-rank")),
        ("Ranked, top", float(RERANKED), stage_ms("Feature fetch") + stage_ms("Rank")),
        ("Shown", float(POSTS_PER_REQUEST), stage_ms("Re-rank and policy check")),
    ]


def users_at_peak(peak_requests_per_s: float) -> float:
    """Daily users that make such a peak."""
    return peak_requests_per_s / PEAK_FACTOR * SECONDS_PER_DAY / REQUESTS_PER_USER


def accelerators_at(peak_requests_per_s: float, candidates: float = RANKED) -> float:
    """Ranking accelerators for a peak load."""
    return ranker_accelerators(users_at_peak(peak_requests_per_s), candidates)


def cpu_machines_at(peak_requests_per_s: float, candidates: float = RANKED) -> float:
    """Machines without accelerators for a peak load."""
    return cpu_machines(users_at_peak(peak_requests_per_s), candidates)


def window_hours() -> float:
    """Length of the join window in hours."""
    return JOIN_WINDOW_MIN * SECONDS_PER_MINUTE / SECONDS_PER_HOUR
