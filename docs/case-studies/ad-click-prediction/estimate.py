"""Every number of the ad click prediction chapter.

Prices, machines and throughputs are the news feed's, so that two pages never price one thing twice.
What sampling does to a probability, and what an auction pays for it, is the calibration chapter's.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    DAYS_PER_MONTH,
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    HOURS_PER_DAY,
    INT8_BYTES,
    MS_PER_SECOND,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    LatencyBudget,
    assumed,
    chapter,
    cost_per_thousand,
    count,
    dense_parameters,
    device_hours,
    inference_flops,
    machines,
    monthly_cost,
    qps,
    sample_size_mean_per_arm,
    si,
    storage_bytes,
    training_flops,
)

feed = chapter("case-studies/news-feed")
block = chapter("building-blocks/calibration")
numbers = chapter("reference/numbers")

# --------------------------------------------------------------------------- load and money

DAILY_USERS = assumed(200e6, "users a day", "a large app; agreed with the interviewer")
MONTHLY_USERS = assumed(400e6, "users a month", "twice the daily users")
REQUESTS_PER_USER = assumed(5, "ad requests per user and day", "one for each page of the feed")
PEAK_FACTOR = assumed(2, "times the average", "evening peak over several time zones")
SLOTS = assumed(2, "ads per request", "a page of ten posts carries two ads")
VIEWED_SHARE = assumed(0.75, "of returned ads", "the rest stays below the fold")
CONVERSION_RATE = assumed(0.05, "of clicks", "purchases and installs that advertisers report")
CLICK_PRICE = assumed(0.40, "$ a click", "mean price over all advertisers")
ACTIVE_ADS = assumed(5e6, "ads", "live ads with budget left")
EVENTS_PER_IMPRESSION = assumed(1.2, "events per impression", "clicks, hides, dwell, conversions")
CAMPAIGNS = assumed(500e3, "campaigns", "ten ads each")
AD_LIFE_DAYS = assumed(14, "days", "mean life of an ad; the end comes at a constant rate")


def requests_per_day() -> float:
    """Ad requests a day."""
    return DAILY_USERS * REQUESTS_PER_USER


def average_qps() -> float:
    """Average ad requests a second."""
    return qps(DAILY_USERS, REQUESTS_PER_USER)


def peak_qps() -> float:
    """Ad requests a second at the evening peak."""
    return average_qps() * PEAK_FACTOR


def impressions_per_day() -> float:
    """Ads that users see in a day."""
    return requests_per_day() * SLOTS * VIEWED_SHARE


def impressions_per_user() -> float:
    """Ads that one user sees in a day."""
    return impressions_per_day() / DAILY_USERS


def clicks_per_day(rate: float = block.CLICK_RATE) -> float:
    """Clicks a day, at the calibration chapter's rate."""
    return impressions_per_day() * rate


def clicks_per_user_month() -> float:
    """Clicks of one user who comes daily, in a month of thirty days."""
    return impressions_per_user() * block.CLICK_RATE * 30


def conversions_per_day() -> float:
    """Conversions a day that follow from clicks."""
    return clicks_per_day() * CONVERSION_RATE


def conversions_per_campaign() -> float:
    """Conversions of one campaign in a day."""
    return conversions_per_day() / CAMPAIGNS


def revenue_per_day() -> float:
    """Dollars that clicks bring in a day."""
    return clicks_per_day() * CLICK_PRICE


def revenue_per_month() -> float:
    """Dollars that clicks bring in a month."""
    return revenue_per_day() * DAYS_PER_MONTH


def revenue_per_thousand_impressions() -> float:
    """Dollars of a thousand impressions."""
    return revenue_per_day() / impressions_per_day() * 1e3


def new_ads_per_day() -> float:
    """Ads that start in a day, as many as end."""
    return ACTIVE_ADS / AD_LIFE_DAYS


def events_per_s() -> float:
    """Impressions, clicks and other events a second at the peak."""
    return impressions_per_day() * PEAK_FACTOR / SECONDS_PER_DAY * EVENTS_PER_IMPRESSION


def load_rows() -> list[list[str]]:
    """Load, inventory and money as a table."""
    return [
        ["Quantity", "Arithmetic", "Result"],
        [
            "Ad requests a day",
            f"{count(DAILY_USERS)} users × {REQUESTS_PER_USER:g}",
            count(requests_per_day()),
        ],
        ["Average load", "requests a day / 86,400 s", f"{average_qps():,.0f} requests/s"],
        ["Peak load", f"× {PEAK_FACTOR:g}", f"{peak_qps():,.0f} requests/s"],
        [
            "Impressions a day",
            f"requests × {SLOTS:g} slots × {100 * VIEWED_SHARE:.0f} % seen",
            count(impressions_per_day()),
        ],
        ["Clicks a day", f"× {100 * block.CLICK_RATE:.0f} %", count(clicks_per_day())],
        [
            "Conversions a day",
            f"× {100 * CONVERSION_RATE:.0f} % of clicks",
            f"{conversions_per_day():,.0f}",
        ],
        [
            "Revenue a day",
            f"clicks × ${CLICK_PRICE:.2f}",
            f"${revenue_per_day() / 1e6:.0f} million",
        ],
        [
            "New ads a day",
            f"{count(ACTIVE_ADS)} active / {AD_LIFE_DAYS:g} days",
            f"{new_ads_per_day():,.0f}",
        ],
        [
            "Scores at the peak",
            f"peak × {SCORED:g} ads",
            f"{scores_per_s() / 1e6:.1f} million/s",
        ],
    ]


# --------------------------------------------------------------------------- candidates

ELIGIBLE_SHARE = assumed(0.02, "of active ads", "targeting, consent, caps and live budget")
RETRIEVED = assumed(2_000, "ads", "what the sources return together")
SCORED = assumed(500, "ads", "what the pre-ranker lets through")
SHORTLIST_TOWER = assumed(1_200, "ads", "largest bid times the towers' rate")
SHORTLIST_VALUE = assumed(400, "ads", "largest bid times smoothed rate of the ad")
SHORTLIST_KNOWN = assumed(250, "ads", "advertisers with whom the user has dealt")
SHORTLIST_NEW = assumed(150, "ads", "young ads, drawn with a logged probability")
TOWER_DIM = assumed(64, "values", "a coarse order only; an ablation decides")
PREDICATES = assumed(20, "bitmaps", "country, language, age band, device, consent and the like")
PREDICATE_VALUES = assumed(20e3, "bitmaps", "each value of each targeting predicate")
RETRIEVAL_CORE_MS = assumed(4, "core-ms", "bitmaps, exact product, merging and overhead")
RECALL_TARGET = assumed(0.97, "of auction value", "of the winners, against scoring all eligible")
RECALL_SAMPLE = assumed(1e-4, "of requests", "for which every eligible ad is scored afterwards")


def eligible_ads() -> float:
    """Ads that may be shown to one user at one moment."""
    return ACTIVE_ADS * ELIGIBLE_SHARE


def scores_per_s() -> float:
    """Ads scored by the network a second at the peak."""
    return peak_qps() * SCORED


def tower_bytes() -> float:
    """Memory of the tower vectors of all active ads, int8."""
    return ACTIVE_ADS * TOWER_DIM * INT8_BYTES


def bitmap_bytes() -> float:
    """Memory that the targeting bitmaps of one request take, one bit an ad and predicate."""
    return ACTIVE_ADS * PREDICATES / 8


def all_bitmap_bytes() -> float:
    """Memory of all targeting bitmaps on each retrieval machine, uncompressed."""
    return ACTIVE_ADS * PREDICATE_VALUES / 8


def scan_core_ms(ads: float = ACTIVE_ADS * ELIGIBLE_SHARE) -> float:
    """Core-milliseconds to read the vectors of some ads from memory, at the measured copy rate.

    Args:
        ads: Ads whose vectors are compared with the user's.
    """
    read = ads * TOWER_DIM * INT8_BYTES
    return read / (numbers.COPY_GB_S * 1e9) * MS_PER_SECOND


def bitmap_core_ms() -> float:
    """Core-milliseconds to read the bitmaps of one request."""
    return bitmap_bytes() / (numbers.COPY_GB_S * 1e9) * MS_PER_SECOND


def recall_check_load() -> float:
    """Extra scores for the recall check, as a share of all scores."""
    return RECALL_SAMPLE * eligible_ads() / SCORED


# --------------------------------------------------------------------------- the network

ID_DIM = assumed(32, "values", "an id embedding; an ablation decides")
USER_FIELDS = assumed(10, "fields", "country to interest cluster; no user id")
AD_FIELDS = assumed(10, "fields", "ad, creative, campaign, advertiser and so on")
CROSS_FIELDS = assumed(6, "fields", "pairs such as interest cluster and advertiser")
DENSE_FEATURES = assumed(40, "values", "counters, ages, rates, price of the product")
BOTTOM_WIDTH = assumed(64, "values", "dense features after two small layers")
HISTORY_ACTIONS = assumed(100, "actions", "last clicks, visits and conversions")
HISTORY_INPUT = assumed(96, "values", "three id embeddings an action or candidate")
HISTORY_WIDTH = assumed(128, "values", "keys, values and the attended history")
CROSS_LAYERS = assumed(3, "layers", "crosses up to the fourth degree")
DEEP_HIDDEN = (1_024, 512, 256)
HEADS = assumed(3, "heads", "click, conversion after a click, hide")
HEAD_HIDDEN = assumed(128, "values", "one hidden layer a head")
L4_BYTES = assumed(24e9, "bytes", "memory of an L4 card")


def input_width() -> float:
    """Values that enter the crosses: ids, dense features, attended history."""
    ids = USER_FIELDS + AD_FIELDS + CROSS_FIELDS
    return ids * ID_DIM + BOTTOM_WIDTH + HISTORY_WIDTH


def cross_parameters() -> float:
    """Parameters of the cross layers: a full matrix and a bias each."""
    return CROSS_LAYERS * (input_width() ** 2 + input_width())


def low_rank_parameters(rank: float = 256) -> float:
    """Parameters of the cross layers when each matrix is a product of two thin ones.

    Args:
        rank: Width of the thin matrices.
    """
    return CROSS_LAYERS * (2 * input_width() * rank + input_width())


def deep_parameters() -> float:
    """Parameters of the deep tower beside the crosses."""
    return dense_parameters(input_width(), *DEEP_HIDDEN)


def head_parameters() -> float:
    """Parameters of the heads on crosses and deep tower joined."""
    return HEADS * dense_parameters(input_width() + DEEP_HIDDEN[-1], HEAD_HIDDEN, 1)


def small_parameters() -> float:
    """Parameters of the bottom layers and of the candidate's query."""
    bottom = dense_parameters(DENSE_FEATURES, BOTTOM_WIDTH, BOTTOM_WIDTH)
    return bottom + dense_parameters(HISTORY_INPUT, HISTORY_WIDTH)


def candidate_parameters() -> float:
    """Dense parameters that each candidate passes."""
    return cross_parameters() + deep_parameters() + head_parameters() + small_parameters()


def candidate_flops() -> float:
    """Operations for one candidate, attention over the history included."""
    return inference_flops(candidate_parameters()) + 4 * HISTORY_ACTIONS * HISTORY_WIDTH


def history_parameters() -> float:
    """Parameters that make keys and values of the history, passed once a request."""
    return 2 * dense_parameters(HISTORY_INPUT, HISTORY_WIDTH)


def history_flops() -> float:
    """Operations for keys and values of the history, once a request."""
    return inference_flops(history_parameters(), HISTORY_ACTIONS)


def request_flops(scored: float = SCORED) -> float:
    """Operations to score one request.

    Args:
        scored: Ads that pass the network.
    """
    return scored * candidate_flops() + history_flops()


def card_ms() -> float:
    """Milliseconds of pure computation on one card for one request."""
    return request_flops() / feed.card_flops_per_s() * MS_PER_SECOND


def core_ms() -> float:
    """Core-milliseconds for the same on processors without accelerator."""
    return request_flops() / feed.CORE_FLOPS * MS_PER_SECOND


def cards(width: float = 1.0) -> float:
    """Cards that score the peak.

    Args:
        width: Operations against those of this network.
    """
    load = peak_qps() * request_flops() * width
    return machines(load, feed.card_flops_per_s(), feed.LOAD_TARGET, feed.SPARE)


def machines_instead_of_cards() -> float:
    """Machines that would score the peak without accelerators."""
    return machines(
        peak_qps(), feed.CORES * MS_PER_SECOND / core_ms(), feed.LOAD_TARGET, feed.SPARE
    )


def wide_dollars(width: float = 10) -> float:
    """Dollars a month that a costlier network adds.

    Args:
        width: Operations against those of this network.
    """
    return monthly_cost(cards(width) - cards(), feed.L4_PRICE)


def wide_break_even_percent(width: float = 10) -> float:
    """Per cent of revenue that pays for a costlier network.

    Args:
        width: Operations against those of this network.
    """
    return 100 * wide_dollars(width) / revenue_per_month()


# --------------------------------------------------------------------------- tables

CROSS_IDS = assumed(1.25e9, "pairs", "seen in sixty days")
HEAVY_SHARE = assumed(0.15, "of pairs", "seen ten times or more")
HEAVY_LOOKUPS = assumed(0.9, "of lookups", "go to those; measure yours")
TAIL_ROWS = assumed(2**28, "rows", "shared by all other pairs")
KEY_BYTES = assumed(16, "bytes a row", "key and time of last use, where a row has an owner")
AD_ROWS = assumed(60e6, "rows", "ads, creatives and campaigns of sixty days, and small fields")


def colliding_share(ids: float = CROSS_IDS, rows: float = 2**30) -> float:
    """Ids that share a row with another, if ids are spread at random.

    Args:
        ids: Different ids.
        rows: Rows of the table.
    """
    return -math.expm1((ids - 1) * math.log1p(-1 / rows))


def hashed_bytes(rows: float = 2**30) -> float:
    """Memory of a hashed table at serving.

    Args:
        rows: Rows of the table.
    """
    return rows * ID_DIM * FLOAT16_BYTES


def collision_rows() -> list[list[str]]:
    """Collisions of the pairs by size of the table."""
    rows = [["Rows", "Pairs a row", "Pairs that share a row", "Float16 table"]]
    return rows + [
        [
            f"2^{power} = {2**power / 1e6:,.0f} million",
            f"{CROSS_IDS / 2**power:.2f}",
            f"{100 * colliding_share(CROSS_IDS, 2**power):.1f} %",
            si(hashed_bytes(2**power), "B"),
        ]
        for power in (28, 29, 30, 31, 33, 35)
    ]


def memory_to_match() -> float:
    """How many times the memory one hashed table would need for as few collisions."""
    share = admitted_lookups_colliding()
    return hashed_bytes(-CROSS_IDS / math.log1p(-share)) / admitted_bytes()


def heavy_ids() -> float:
    """Pairs with a row of their own."""
    return CROSS_IDS * HEAVY_SHARE


def owned_row_bytes() -> float:
    """Bytes of a row that has an owner."""
    return ID_DIM * FLOAT16_BYTES + KEY_BYTES


def admitted_bytes() -> float:
    """Memory of owned rows and of the shared tail together."""
    return heavy_ids() * owned_row_bytes() + hashed_bytes(TAIL_ROWS)


def admitted_lookups_colliding() -> float:
    """Lookups that land in a shared row, where heavy pairs have rows of their own."""
    return (1 - HEAVY_LOOKUPS) * colliding_share(CROSS_IDS - heavy_ids(), TAIL_ROWS)


def table_bytes() -> float:
    """Memory of all id tables at serving, one copy."""
    return admitted_bytes() + AD_ROWS * owned_row_bytes()


def table_rows() -> float:
    """Rows of all id tables."""
    return heavy_ids() + TAIL_ROWS + AD_ROWS


def table_parameters() -> float:
    """Parameters of all id tables."""
    return table_rows() * ID_DIM


def training_table_bytes() -> float:
    """Memory of the tables in training: float32 and one Adagrad value a row."""
    return table_rows() * (ID_DIM + 1) * FLOAT32_BYTES


def user_table_bytes() -> float:
    """Memory of a table of user ids, which this design does without."""
    return MONTHLY_USERS * ID_DIM * FLOAT16_BYTES


def ad_block_bytes() -> float:
    """Id vectors of all active ads, kept on each card."""
    return ACTIVE_ADS * AD_FIELDS * ID_DIM * FLOAT16_BYTES


def rows_per_request(remote_fields: float = CROSS_FIELDS) -> float:
    """Rows that a request fetches from the embedding servers.

    Args:
        remote_fields: Fields of each candidate that are not on the card.
    """
    return USER_FIELDS + remote_fields * SCORED


def row_bytes_per_request() -> float:
    """Bytes of the rows that a request fetches."""
    return rows_per_request() * ID_DIM * FLOAT16_BYTES


def row_traffic_bits_per_s() -> float:
    """Network traffic of those rows at the peak."""
    return row_bytes_per_request() * 8 * peak_qps()


def embedding_machines(remote_fields: float = CROSS_FIELDS) -> float:
    """Embedding servers, each with the whole table.

    Args:
        remote_fields: Fields of each candidate that are not on the card.
    """
    load = rows_per_request(remote_fields) * peak_qps()
    return machines(load, feed.EMBEDDING_ROWS_PER_S, feed.LOAD_TARGET, feed.SPARE)


# --------------------------------------------------------------------------- storage

USER_RECORD_BYTES = assumed(2_000, "bytes a user", "history 1,200, counters 480, caps 320")
AD_COUNTER_BYTES = assumed(256, "bytes an ad", "smoothed rates by slot and age, budget, pacing")
EXAMPLE_BYTES = assumed(2_000, "bytes an example", "features as served, compressed")
EXAMPLE_DAYS = assumed(60, "days", "what a full retrain reads")
HELD_DAYS = assumed(1, "days", "late clicks after that are lost")
HOLDOUT_SHARE = assumed(0.01, "of users", "never trained on, all impressions kept")
RAW_BYTES = assumed(200, "bytes an impression", "what billing needs")
RAW_DAYS = assumed(400, "days", "a year of disputes; ask your lawyers")
AUCTION_SHARE = assumed(0.01, "of requests", "logged with every scored ad, for replay")
AUCTION_BYTES = assumed(40, "bytes a scored ad", "id, bid, probabilities, source, pacing")
AUCTION_DAYS = assumed(30, "days", "replay looks back a month")


def user_store_bytes(users: float = MONTHLY_USERS) -> float:
    """Memory of the user records, three copies.

    Args:
        users: Users whose records are in memory.
    """
    return storage_bytes(users, USER_RECORD_BYTES, feed.REPLICAS)


def ad_counter_bytes() -> float:
    """Memory of all ads' counters, on each machine of the ad service."""
    return ACTIVE_ADS * AD_COUNTER_BYTES


def kept_share(kept: float = block.KEPT) -> float:
    """Rows for each impression: kept as a negative with some chance, and each action once more.

    Args:
        kept: Share of impressions that enter as negatives.
    """
    return kept + block.CLICK_RATE + feed.HIDE_RATE


def examples_per_day(kept: float = block.KEPT) -> float:
    """Training examples a day.

    Args:
        kept: Share of impressions that enter as negatives.
    """
    return impressions_per_day() * kept_share(kept)


def example_storage_bytes(kept: float = block.KEPT) -> float:
    """Training examples kept.

    Args:
        kept: Share of impressions that enter as negatives.
    """
    return storage_bytes(examples_per_day(kept), EXAMPLE_BYTES, 1, EXAMPLE_DAYS)


def held_bytes() -> float:
    """Features as served of every returned ad, held until clicks are known."""
    return storage_bytes(requests_per_day() * SLOTS, EXAMPLE_BYTES, 1, HELD_DAYS)


def holdout_bytes() -> float:
    """Impressions of held-out users, all kept."""
    return storage_bytes(impressions_per_day() * HOLDOUT_SHARE, EXAMPLE_BYTES, 1, EXAMPLE_DAYS)


def raw_bytes() -> float:
    """Log of impressions for billing."""
    return storage_bytes(impressions_per_day(), RAW_BYTES, 1, RAW_DAYS)


def auction_bytes() -> float:
    """Log of whole auctions for replay."""
    logged = requests_per_day() * AUCTION_SHARE * SCORED
    return storage_bytes(logged, AUCTION_BYTES, 1, AUCTION_DAYS)


def stored_bytes() -> float:
    """All that object storage holds."""
    other = held_bytes() + holdout_bytes() + raw_bytes() + auction_bytes()
    return example_storage_bytes() + other


def memory_rows() -> list[list[str]]:
    """What is stored where."""
    days = f"× {EXAMPLE_BYTES:,g} B × {EXAMPLE_DAYS:g} days"
    served = f"{count(requests_per_day() * SLOTS)} × {EXAMPLE_BYTES:,g} B × {HELD_DAYS:g} day"
    held_out = f"{count(impressions_per_day() * HOLDOUT_SHARE)} {days}"
    auctioned = f"{count(requests_per_day() * AUCTION_SHARE * SCORED)} × {AUCTION_BYTES:g} B"
    billed = f"{count(impressions_per_day())} × {RAW_BYTES:g} B × {RAW_DAYS:g} days"
    return [
        ["What", "Arithmetic", "Size", "Where"],
        [
            "Tower vectors",
            f"{count(ACTIVE_ADS)} ads × {TOWER_DIM:g} B",
            si(tower_bytes(), "B"),
            "each retrieval machine",
        ],
        [
            "Targeting bitmaps",
            f"{count(ACTIVE_ADS)} ads × {PREDICATES:g} bits a request",
            si(bitmap_bytes(), "B"),
            "read per request",
        ],
        [
            "Ad counters",
            f"{count(ACTIVE_ADS)} ads × {AD_COUNTER_BYTES:g} B",
            si(ad_counter_bytes(), "B"),
            "each ad service machine",
        ],
        [
            "Ad block of id vectors",
            f"{count(ACTIVE_ADS)} × {AD_FIELDS:g} fields × {ID_DIM:g} × 2 B",
            si(ad_block_bytes(), "B"),
            f"each card, of {L4_BYTES / 1e9:.0f} GB",
        ],
        [
            "Id tables, serving",
            f"{(heavy_ids() + AD_ROWS) / 1e6:.1f} M × {owned_row_bytes():g} B + 2^28 × 64 B",
            si(table_bytes(), "B"),
            "each embedding server",
        ],
        [
            "Id tables, training",
            f"{table_rows() / 1e6:.0f} M rows × ({ID_DIM:g} + 1) × 4 B",
            si(training_table_bytes(), "B"),
            "spread over 8 cards",
        ],
        [
            "User records",
            f"{count(MONTHLY_USERS)} × {USER_RECORD_BYTES:,g} B × {feed.REPLICAS:g} copies",
            si(user_store_bytes(), "B"),
            "memory of the feature store",
        ],
        [
            "Training examples",
            f"{examples_per_day() / 1e6:.2f} M {days}",
            si(example_storage_bytes(), "B"),
            "object storage",
        ],
        [
            "Features as served, held; held-out users",
            f"{served} + {held_out}",
            si(held_bytes() + holdout_bytes(), "B"),
            "object storage",
        ],
        [
            "Whole auctions; billing log",
            f"{auctioned} × {AUCTION_DAYS:g} days + {billed}",
            si(auction_bytes() + raw_bytes(), "B"),
            "object storage",
        ],
    ]


# --------------------------------------------------------------------------- training

EXAMPLES_PER_S = assumed(100e3, "examples/s per H100", "input and table lookups bound it")
EXPERIMENTS = assumed(60, "full retrains a month", "experiments, and one a week for production")
STREAM_CARDS = assumed(2, "cards", "one trains on the stream, one stands by in another zone")
STREAM_STEP_MIN = assumed(15, "minutes", "from events to weights that passed the light gate")

REPLAY_DAYS = assumed(2, "days", "a day of waiting for clicks, and the day until the build ends")


def pass_hours(kept: float = block.KEPT) -> float:
    """Card-hours of one pass over all days kept.

    Args:
        kept: Share of impressions that enter as negatives.
    """
    return examples_per_day(kept) * EXAMPLE_DAYS / EXAMPLES_PER_S / SECONDS_PER_HOUR


def arithmetic_hours() -> float:
    """Card-hours that the dense arithmetic of one full retrain would take."""
    flops = training_flops(candidate_parameters(), examples_per_day() * EXAMPLE_DAYS)
    return device_hours(flops, feed.H100_PEAK_FLOPS, feed.TRAINING_UTILIZATION)


def stream_examples_per_s() -> float:
    """Examples a second that the stream brings at the peak."""
    return examples_per_day() / SECONDS_PER_DAY * PEAK_FACTOR


def replay_minutes() -> float:
    """Minutes in which a card replays the stream's days since the nightly model's cut."""
    return REPLAY_DAYS * examples_per_day() / EXAMPLES_PER_S / 60


def training_card_hours(retrains: float = EXPERIMENTS, kept: float = block.KEPT) -> float:
    """Card-hours of training a month.

    Args:
        retrains: Full retrains a month.
        kept: Share of impressions that enter as negatives.
    """
    stream = STREAM_CARDS * HOURS_PER_DAY * DAYS_PER_MONTH
    return stream + retrains * pass_hours(kept)


def training_dollars(retrains: float = EXPERIMENTS, kept: float = block.KEPT) -> float:
    """Dollars of training a month.

    Args:
        retrains: Full retrains a month.
        kept: Share of impressions that enter as negatives.
    """
    return training_card_hours(retrains, kept) * feed.H100_PRICE


def sampling_saving(retrains: float = EXPERIMENTS) -> float:
    """Dollars a month that dropping negatives saves, in training and in storage.

    Args:
        retrains: Full retrains a month.
    """
    stored = example_storage_bytes(1.0) - example_storage_bytes()
    trained = training_dollars(retrains, 1.0) - training_dollars(retrains)
    return trained + stored / 1e9 * feed.STORAGE_PRICE


# --------------------------------------------------------------------------- fleet and cost

SERVICE_CORE_MS = assumed(12, "core-ms", "context, filters, pre-rank, auction, assembling")
PACING_MACHINES = assumed(3, "machines", "one in each zone; state is small")


def carried_per_s(core_milliseconds: float = SERVICE_CORE_MS) -> float:
    """Requests a second that fill a machine.

    Args:
        core_milliseconds: Of one request.
    """
    return feed.CORES * MS_PER_SECOND / core_milliseconds


def service_machines() -> float:
    """Machines of the ad service."""
    rate = carried_per_s()
    return machines(peak_qps(), rate, feed.LOAD_TARGET, feed.SPARE)


def retrieval_machines() -> float:
    """Machines of the retrieval."""
    rate = carried_per_s(RETRIEVAL_CORE_MS)
    return machines(peak_qps(), rate, feed.LOAD_TARGET, feed.SPARE)


def retrieval_read_bytes_per_s() -> float:
    """Bytes a second that a retrieval machine reads from its memory at the peak."""
    read = bitmap_bytes() + eligible_ads() * TOWER_DIM * INT8_BYTES
    return read * peak_qps() / retrieval_machines()


def retrieval_read_zone_lost() -> float:
    """The same with one of three zones lost, bytes a second."""
    return retrieval_read_bytes_per_s() * 3 / 2


def feature_machines(users: float = MONTHLY_USERS) -> float:
    """Machines of the feature store, which memory sets.

    Args:
        users: Users whose records are in memory.
    """
    return machines(user_store_bytes(users), feed.machine_memory_used())


def stream_machines() -> float:
    """Machines of the stream jobs, at least one in each zone."""
    needed = machines(events_per_s(), feed.EVENTS_PER_S, feed.LOAD_TARGET, feed.SPARE)
    return max(feed.REPLICAS, needed)


def creative_machines() -> float:
    """Machines that hand out texts and addresses of the ads shown."""
    return machines(peak_qps() * SLOTS, feed.DOCUMENTS_PER_S, feed.LOAD_TARGET, feed.SPARE)


def cpu_machines() -> float:
    """Machines without accelerators."""
    return (
        service_machines()
        + retrieval_machines()
        + embedding_machines()
        + feature_machines()
        + stream_machines()
        + creative_machines()
        + PACING_MACHINES
    )


def storage_dollars() -> float:
    """Dollars of object storage a month."""
    return stored_bytes() / 1e9 * feed.STORAGE_PRICE


def cost_per_month() -> float:
    """Dollars a month of machines, cards, training and storage."""
    serving = monthly_cost(cpu_machines(), feed.CPU_PRICE) + monthly_cost(cards(), feed.L4_PRICE)
    return serving + training_dollars() + storage_dollars()


def cost_per_1000_requests() -> float:
    """Dollars of a thousand ad requests."""
    return cost_per_thousand(cost_per_month(), average_qps())


def revenue_per_1000_requests() -> float:
    """Dollars that a thousand ad requests bring."""
    return revenue_per_day() / requests_per_day() * 1e3


def cost_share_percent() -> float:
    """The bill as per cent of revenue."""
    return 100 * cost_per_month() / revenue_per_month()


def daily_users_saving() -> float:
    """Share of the bill saved when only a day's users are kept in memory."""
    saved = feature_machines() - feature_machines(DAILY_USERS)
    return monthly_cost(saved, feed.CPU_PRICE) / cost_per_month()


def half_scored_saving() -> float:
    """Share of the bill saved when half as many ads are scored."""
    half = SCORED / 2
    load = (USER_FIELDS + CROSS_FIELDS * half) * peak_qps()
    servers = machines(load, feed.EMBEDDING_ROWS_PER_S, feed.LOAD_TARGET, feed.SPARE)
    fewer = machines(
        peak_qps() * request_flops(half), feed.card_flops_per_s(), feed.LOAD_TARGET, feed.SPARE
    )
    saved = monthly_cost(embedding_machines() - servers, feed.CPU_PRICE)
    return (saved + monthly_cost(cards() - fewer, feed.L4_PRICE)) / cost_per_month()


def fleet_rows() -> list[list[str]]:
    """Machines, cards and their monthly cost as a table."""
    tiers: list[tuple[str, str, str, float, float]] = [
        (
            "Ad service",
            f"{peak_qps():,.0f} requests/s",
            f"{carried_per_s(SERVICE_CORE_MS):,.0f}, at {SERVICE_CORE_MS:g} core-ms",
            service_machines(),
            feed.CPU_PRICE,
        ),
        (
            "Retrieval",
            f"{peak_qps():,.0f} requests/s",
            f"{carried_per_s(RETRIEVAL_CORE_MS):,.0f}, at {RETRIEVAL_CORE_MS:g} core-ms",
            retrieval_machines(),
            feed.CPU_PRICE,
        ),
        (
            "Embedding servers",
            f"{rows_per_request() * peak_qps() / 1e6:.1f} million rows/s",
            count(feed.EMBEDDING_ROWS_PER_S),
            embedding_machines(),
            feed.CPU_PRICE,
        ),
        (
            "Feature store",
            f"{si(user_store_bytes(), 'B')} in memory",
            f"{si(feed.machine_memory_used(), 'B')}, no spare",
            feature_machines(),
            feed.CPU_PRICE,
        ),
        ("Budgets and pacing", "small", "one a zone", PACING_MACHINES, feed.CPU_PRICE),
        (
            "Stream jobs",
            f"{events_per_s():,.0f} events/s",
            f"{feed.EVENTS_PER_S:,.0f}, one a zone",
            stream_machines(),
            feed.CPU_PRICE,
        ),
        (
            "Creatives",
            f"{peak_qps() * SLOTS:,.0f} ads/s",
            f"{feed.DOCUMENTS_PER_S:,.0f}, from SSD",
            creative_machines(),
            feed.CPU_PRICE,
        ),
        (
            "Network (L4)",
            si(peak_qps() * request_flops(), "FLOP/s"),
            si(feed.card_flops_per_s(), "FLOP/s"),
            cards(),
            feed.L4_PRICE,
        ),
    ]
    rows = [["Tier", "Load at the peak", "One carries, full", "Machines or cards", "$ a month"]]
    rows += [
        [name, load, carries, f"{needed:,.0f}", f"{monthly_cost(needed, price):,.0f}"]
        for name, load, carries, needed, price in tiers
    ]
    hours = f"{training_card_hours():,.0f} card-hours"
    rows.append(["Training (H100)", hours, "", "", f"{training_dollars():,.0f}"])
    rows.append(["Storage", si(stored_bytes(), "B"), "", "", f"{storage_dollars():,.0f}"])
    rows.append(["**Total**", "", "", "", f"**{cost_per_month():,.0f}**"])
    return rows


# --------------------------------------------------------------------------- latency

BUDGET_MS = assumed(100, "ms", "an ad request at p99, at the edge; the feed waits for it")
SCORING_MS = assumed(10, "ms", "what the network and its lookups may take of it")


def scoring_budget() -> LatencyBudget:
    """The ten milliseconds in which 500 ads are scored."""
    return (
        LatencyBudget(SCORING_MS)
        .stage("Hash ids, pack the batch", 1)
        .parallel("Gather rows", {"user and cross rows, remote": 4, "ad rows, on the card": 0.5})
        .stage("Wait for the card", 2)
        .stage("Network", 1.5)
        .stage("Correction, maps", 0.5)
        .stage("Copy back", 0.5)
    )


def latency_budget() -> LatencyBudget:
    """An ad request, stage by stage."""
    return (
        LatencyBudget(BUDGET_MS)
        .stage("Gateway, consent, internal network", 10)
        .parallel("User context", {"record": 7, "consent and caps": 6})
        .parallel(
            "Candidate sources",
            {"tower": 14, "value": 10, "known advertisers": 8, "new ads": 6},
        )
        .stage("Filters: policy, caps, budget", 5)
        .stage("Pre-rank", 6)
        .stage("Counters, dense features", 4)
        .stage("Score", SCORING_MS)
        .stage("Auction, pacing, slots", 5)
        .stage("Late policy check, creatives", 12)
        .stage("Assemble, merge with the feed", 5)
    )


def latency_rows() -> list[list[str]]:
    """The ad request as a table."""
    return latency_budget().rows()


def scoring_rows() -> list[list[str]]:
    """The scoring step as a table."""
    return scoring_budget().rows(".1f")


def used_ms() -> float:
    """Milliseconds that the stages take together."""
    return latency_budget().used_ms


def slack_ms() -> float:
    """Milliseconds left of the budget."""
    return latency_budget().slack_ms


def scoring_used_ms() -> float:
    """Milliseconds that the scoring stages take together."""
    return scoring_budget().used_ms


def limits() -> float:
    """Limits of the request's table: single stages and branches."""
    return sum(len(stage.branches) or 1 for stage in latency_budget().stages)


def guaranteed_quantile() -> float:
    """Requests that surely meet the sum when each limit is met 99 times in a hundred."""
    return 1 - 0.01 * limits()


# --------------------------------------------------------------------------- loss and entropy


def entropy(rate: float = block.CLICK_RATE) -> float:
    """Log loss of always predicting the base rate, in nats.

    Args:
        rate: Base rate.
    """
    return -(rate * math.log(rate) + (1 - rate) * math.log(1 - rate))


def loss(predicted: float = 0.02, clicked: bool = True) -> float:
    """Log loss of one impression, in nats.

    Args:
        predicted: Predicted click probability.
        clicked: Whether it was clicked.
    """
    return -math.log(predicted if clicked else 1 - predicted)


def loss_ratio(predicted: float = 0.02) -> float:
    """Impressions without a click that cost as much as one click.

    Args:
        predicted: Predicted click probability.
    """
    return loss(predicted) / loss(predicted, clicked=False)


TOP_RATE = assumed(0.03, "of impressions", "clicks in a rich placement, made up")
LOW_RATE = assumed(0.005, "of impressions", "clicks in a poor placement, made up")
TOP_LOSS = assumed(0.125, "nats", "log loss of a model there, made up")
LOW_LOSS = assumed(0.030, "nats", "log loss of a model there, made up")


def normalised(log_loss: float = TOP_LOSS, rate: float = TOP_RATE) -> float:
    """Normalised entropy: log loss over that of the base rate.

    Args:
        log_loss: Of the model, in nats.
        rate: Base rate of the same impressions.
    """
    return log_loss / entropy(rate)


def normalised_low() -> float:
    """Normalised entropy in the poor placement."""
    return normalised(LOW_LOSS, LOW_RATE)


def entropy_rows() -> list[list[str]]:
    """Log loss and normalised entropy, side by side."""
    lab = block.LAB
    cases = [
        ("Rich placement", TOP_RATE, TOP_LOSS),
        ("Poor placement", LOW_RATE, LOW_LOSS),
        ("Lab, trained on all", lab["rate"], lab["all_log_loss"]),
        ("Lab, one negative in twenty, as trained", lab["rate"], lab["sampled_log_loss"]),
        ("Lab, the same, corrected", lab["rate"], lab["corrected_log_loss"]),
    ]
    return [["Where", "Click rate", "Entropy of the rate", "Log loss", "Normalised entropy"]] + [
        [
            name,
            f"{100 * rate:.2f} %",
            f"{entropy(rate):.4f}",
            f"{log_loss:.4f}",
            f"{normalised(log_loss, rate):.3f}",
        ]
        for name, rate, log_loss in cases
    ]


# --------------------------------------------------------------------------- delay

QUICK_SHARE = assumed(0.95, "of clicks", "reported while the app is open")
QUICK_DELAY_S = assumed(15, "seconds", "mean delay of those")
LATE_DELAY_MIN = assumed(30, "minutes", "mean delay of the rest: sent when the app returns")
FAST_CONVERSIONS = assumed(0.4, "of conversions", "bought in the same visit")
FAST_HOURS = assumed(1, "hours", "mean delay of those")
SLOW_HOURS = assumed(72, "hours", "mean delay of the rest")
ATTRIBUTION_DAYS = assumed(30, "days", "later conversions are not counted; a product decision")
YOUNG_CONVERSION = assumed(0.05, "of clicks", "a click's chance to convert, to compute with")


def click_coverage(minutes: float = 10) -> float:
    """Clicks that are known so long after the impression.

    Args:
        minutes: Since the impression.
    """
    quick = -math.expm1(-minutes * 60 / QUICK_DELAY_S)
    late = -math.expm1(-minutes / LATE_DELAY_MIN)
    return QUICK_SHARE * quick + (1 - QUICK_SHARE) * late


def conversion_coverage(hours: float = 24) -> float:
    """Conversions that are known so long after the click.

    Args:
        hours: Since the click.
    """
    fast = -math.expm1(-hours / FAST_HOURS)
    slow = -math.expm1(-hours / SLOW_HOURS)
    return FAST_CONVERSIONS * fast + (1 - FAST_CONVERSIONS) * slow


def campaign_coverage(hours: float = 24) -> float:
    """Conversions known over all clicks of a campaign that is so old, clicks evenly spread.

    Args:
        hours: Since the campaign began.
    """

    def missing(mean: float) -> float:
        return mean / hours * -math.expm1(-hours / mean)

    fast, slow = missing(FAST_HOURS), missing(SLOW_HOURS)
    return 1 - FAST_CONVERSIONS * fast - (1 - FAST_CONVERSIONS) * slow


def still_to_come(hours: float = 24, rate: float = YOUNG_CONVERSION) -> float:
    """Chance that a click without a conversion so far will still convert.

    Args:
        hours: Since the click.
        rate: Chance before anything was known.
    """
    open_share = rate * (1 - conversion_coverage(hours))
    return open_share / (1 - rate + open_share)


def fake_negative_rate(rate: float = block.CLICK_RATE) -> float:
    """What is learnt if each impression is a negative and each click comes again as a positive.

    Args:
        rate: True rate.
    """
    return rate / (1 + rate)


def fake_negative_error_percent(rate: float = block.CLICK_RATE) -> float:
    """How many per cent too low that is.

    Args:
        rate: True rate.
    """
    return 100 * (1 - fake_negative_rate(rate) / rate)


def delay_rows() -> list[list[str]]:
    """What a window of some length sees of conversions."""
    rows = [["Window after the click", "Conversions seen", "A campaign so old looks like", "Wait"]]
    waits = {1: "none worth naming", 24: "a day", 168: "a week", 720: "a month"}
    names = {1: "1 hour", 24: "1 day", 168: "7 days", 720: "30 days"}
    return rows + [
        [
            names[hours],
            f"{100 * conversion_coverage(hours):.0f} %",
            f"{100 * campaign_coverage(hours):.0f} % of its rate",
            wait,
        ]
        for hours, wait in waits.items()
    ]


# --------------------------------------------------------------------------- freshness

FTRL_ALPHA = assumed(0.1, "step", "tuned by progressive validation in practice")
FTRL_BETA = assumed(1.0, "", "the usual start")


def unseen_share(hours: float = 24) -> float:
    """Impressions on ads that are younger than the model.

    Args:
        hours: Age of the newest impression that the model has learnt from.
    """
    return -math.expm1(-hours / (AD_LIFE_DAYS * HOURS_PER_DAY))


def freshness_rows() -> list[list[str]]:
    """Share of impressions on ads that the model has never seen, by its age."""
    ages = [("15 minutes", 0.25), ("1 hour", 1), ("1 day", 24), ("3 days", 72), ("7 days", 168)]
    return [["Age of the model", "Impressions on unseen ads", "A day, at the load above"]] + [
        [
            name,
            f"{100 * unseen_share(hours):.2f} %",
            count(unseen_share(hours) * impressions_per_day()),
        ]
        for name, hours in ages
    ]


def step_bytes() -> float:
    """Rows that one step of the stream changes at the peak, at most: none touched twice."""
    rows = stream_examples_per_s() * STREAM_STEP_MIN * 60 * (AD_FIELDS + CROSS_FIELDS)
    return rows * ID_DIM * FLOAT16_BYTES


def ftrl_step(impressions: float = 100, rate: float = block.CLICK_RATE) -> float:
    """Step of one coordinate after so many impressions of a feature.

    Args:
        impressions: In which the feature was on.
        rate: Click rate, of which the squared gradient is p (1 - p) on average.
    """
    return FTRL_ALPHA / (FTRL_BETA + math.sqrt(impressions * rate * (1 - rate)))


def seconds_to_see(share: float = 1.0) -> float:
    """Seconds until a slice has the clicks for a ratio known to five per cent.

    Args:
        share: Of all clicks that fall into the slice.
    """
    return block.clicks_for() / (clicks_per_day() * share) * SECONDS_PER_DAY


def map_hours() -> float:
    """Hours of held-out users until each step of the calibration map has its clicks."""
    held_out = impressions_per_day() * HOLDOUT_SHARE
    return block.bucket_days(block.CLICK_RATE, held_out) * HOURS_PER_DAY


def conversion_map_days() -> float:
    """Days of held-out users until each step of the conversion head's map has its conversions."""
    return block.BINS * block.clicks_for(0.1) / (conversions_per_day() * HOLDOUT_SHARE)


ALARM_LEVEL = assumed(0.05, "of checks", "a true ratio of one leaves its interval by chance")


def checks_a_false_alarm() -> float:
    """Pairs of checks in which a sound slice fails twice on the same side once, by chance."""
    return 1 / (2 * (ALARM_LEVEL / 2) ** 2)


def false_alarms_per_day() -> float:
    """False alarms a day over slices of one kind, which together hold all clicks."""
    return clicks_per_day() / block.clicks_for() / checks_a_false_alarm()


# --------------------------------------------------------------------------- auction

TARGET_COST = assumed(8.0, "$ a conversion", "an advertiser's target, billed by impressions")


def target_bid(factor: float = 1.0) -> float:
    """Dollars a thousand impressions that the platform bids for such an advertiser.

    Args:
        factor: How many times too high the product of both rates is predicted.
    """
    return 1_000 * TARGET_COST * block.CLICK_RATE * CONVERSION_RATE * factor


def target_paid(factor: float = block.INFLATED) -> float:
    """Dollars that such an advertiser pays for a conversion where the whole bid is charged.

    Args:
        factor: How many times too high the product of both rates is predicted.
    """
    return target_bid(factor) / (1_000 * block.CLICK_RATE * CONVERSION_RATE)


def withheld_percent(factor: float = block.INFLATED) -> float:
    """Per cent of auctions that a planner withholds when it expects so much more spending.

    Args:
        factor: How many times too high spending is predicted.
    """
    return 100 * (1 - 1 / factor)


def lone_price(factor: float = 1.0) -> float:
    """Dollars a click for a bidder who has only the reserve to beat.

    Args:
        factor: How many times too high the click rate is predicted.
    """
    return block.RESERVE / 1_000 / (block.RATE_A * factor)


def auction_rows() -> list[list[str]]:
    """What one factor of 1.5 on every predicted click rate changes."""
    inflated = block.INFLATED
    return [
        ["Setting", "Honest", "Click rates × 1.5", "Verdict"],
        [
            "Bids per click, second price",
            f"${block.price_a_click():.2f} a click",
            f"${block.price_a_click(inflated):.2f} a click",
            "cancels",
        ],
        ["Bids per click, first price", "the bid", "the bid", "cancels"],
        [
            "A third bidder pays per impression",
            f"${block.honest_revenue():.2f} a thousand",
            f"${block.inflated_revenue():.2f} a thousand",
            f"{block.lost_percent():.0f} % lost, wrong winner",
        ],
        [
            f"Reserve of ${block.RESERVE:.0f} a thousand",
            f"lets in ${block.RESERVE:.2f} and more",
            f"lets in ${block.reserve_floor():.2f}",
            "the floor leaks",
        ],
        [
            "Only that reserve to beat",
            f"${lone_price():.2f} a click",
            f"${lone_price(inflated):.2f} a click",
            "a third of the price lost",
        ],
        [
            f"Target of ${TARGET_COST:.0f} a conversion, billed by impressions",
            f"at most ${target_paid(1.0):.2f}",
            f"at most ${target_paid(inflated):.2f}",
            "the advertiser pays",
        ],
        [
            "Pacing planned on predicted spend",
            "all auctions entered",
            f"{withheld_percent():.0f} % withheld",
            "until feedback corrects it",
        ],
    ]


HOT_SHARE = assumed(0.01, "of impressions at the peak", "won by one campaign that went viral")


def hot_dollars_per_s() -> float:
    """Dollars a second that one hot campaign spends at the peak."""
    shown = impressions_per_day() * PEAK_FACTOR / SECONDS_PER_DAY * HOT_SHARE
    return shown * block.CLICK_RATE * CLICK_PRICE


def overspend_dollars(delay_s: float = 30) -> float:
    """Dollars that it spends before a late pacer notices.

    Args:
        delay_s: From a click to the pacer's next decision, in seconds.
    """
    return hot_dollars_per_s() * delay_s


def expected_maximum(draws: float = SCORED) -> float:
    """Mean of the largest of many standard normal draws, by numerical integration.

    Args:
        draws: How many.
    """
    normal, step, total = NormalDist(), 0.001, 0.0
    for index in range(-8_000, 8_001):
        x = index * step
        total += x * draws * normal.pdf(x) * normal.cdf(x) ** (draws - 1) * step
    return total


PREDICTION_NOISE = assumed(0.1, "of the rate", "standard deviation of independent errors, unshrunk")


def winner_excess_percent(noise: float = PREDICTION_NOISE) -> float:
    """How many per cent too good the best of 500 equal ads looks.

    Args:
        noise: Standard deviation of the relative errors.
    """
    return 100 * noise * expected_maximum()


# --------------------------------------------------------------------------- exploration

EXPLORE_SHARE = assumed(0.02, "of impressions", "given to young ads, odds logged")
EXPLORE_VALUE = assumed(0.6, "of the usual value", "what such an impression brings; measure it")
PRIOR_STRENGTH = assumed(200, "impressions", "weight of the prior from content and advertiser")
PRIOR_CLICKS = assumed(1, "click", "of the example")
PRIOR_SEEN = assumed(20, "impressions", "of the example")


def explore_per_ad() -> float:
    """Exploration impressions that each new ad gets."""
    return impressions_per_day() * EXPLORE_SHARE / new_ads_per_day()


def explore_clicks_per_ad() -> float:
    """Clicks that those bring."""
    return explore_per_ad() * block.CLICK_RATE


def impressions_to_know() -> float:
    """Impressions after which an ad's rate is known to a fifth."""
    return block.impressions_for(0.2)


def inventory_to_know_all() -> float:
    """Impressions to know all new ads of a day so well, as a multiple of all impressions."""
    return impressions_to_know() * new_ads_per_day() / impressions_per_day()


def explore_dollars_per_day() -> float:
    """Revenue that exploration gives up in a day."""
    return revenue_per_day() * EXPLORE_SHARE * (1 - EXPLORE_VALUE)


def explore_against_bill() -> float:
    """What exploration gives up in a month, as a multiple of the bill."""
    return explore_dollars_per_day() * DAYS_PER_MONTH / cost_per_month()


RANDOM_SHARE = assumed(0.001, "of requests", "slots shuffled, ads drawn with known odds")


def random_clicks_per_day() -> float:
    """Clicks a day of the randomised requests, at the value of exploration."""
    return clicks_per_day() * RANDOM_SHARE * EXPLORE_VALUE


def random_dollars_per_day() -> float:
    """Revenue that the randomised requests give up in a day."""
    return revenue_per_day() * RANDOM_SHARE * (1 - EXPLORE_VALUE)


def slot_error_percent(days: float = 1) -> float:
    """Half width of the slot factor's 95 % interval, in per cent of it.

    Args:
        days: Of randomised requests.
    """
    first = random_clicks_per_day() * days / (1 + SECOND_SLOT)
    second = first * SECOND_SLOT
    return 100 * NormalDist().inv_cdf(0.975) * math.sqrt(1 / first + 1 / second)


def shrunk_rate(clicks: float = PRIOR_CLICKS, seen: float = PRIOR_SEEN) -> float:
    """Rate of a young ad, pulled towards its prior.

    Args:
        clicks: Of the ad so far.
        seen: Its impressions so far.
    """
    return (clicks + PRIOR_STRENGTH * block.CLICK_RATE) / (seen + PRIOR_STRENGTH)


# --------------------------------------------------------------------------- bias, fraud, privacy

SECOND_SLOT = assumed(0.7, "of the first slot's rate", "same ad, same user; from shuffled slots")
INVALID_CLICKS = assumed(0.03, "of clicks", "caught by filters, made up")
INVALID_IMPRESSIONS = assumed(0.002, "of impressions", "where those come from, made up")
NOISE_EPSILON = assumed(1.0, "epsilon", "Laplace noise on a count, one conversion a person")


def slot_advantage() -> float:
    """How many times better an ad looks that is always in the first slot."""
    return 1 / SECOND_SLOT


def slot_term() -> float:
    """What the second slot adds to the score, whose exponential is the rate."""
    return math.log(SECOND_SLOT)


def invalid_rate() -> float:
    """Click rate of the traffic from which invalid clicks come."""
    return INVALID_CLICKS * clicks_per_day() / (INVALID_IMPRESSIONS * impressions_per_day())


def invalid_dollars_per_day() -> float:
    """Dollars a day that would be billed for invalid clicks."""
    return INVALID_CLICKS * revenue_per_day()


def aggregate_error_percent(conversions: float = 1.5) -> float:
    """Relative error of a noisy count: chance of the count itself, and the noise on it.

    Args:
        conversions: Expected in the cell.
    """
    return 100 * math.sqrt(conversions + 2 / NOISE_EPSILON**2) / conversions


# --------------------------------------------------------------------------- experiment

TEST_DAYS = assumed(14, "days", "two whole weeks")
REVENUE_SD = assumed(1.2, "$ a user over the test", "heavy-tailed; use your logs")
DETECTABLE = assumed(0.005, "of revenue a user", "smallest change worth finding")
CORRELATION = assumed(0.7, "correlation", "with the two weeks before, for CUPED")
LIMITED_SHARE = assumed(0.6, "of revenue", "from campaigns that spend their whole budget")
MORE_SPEND = assumed(0.10, "more", "what the new model spends where no budget stops it")
HIDES_SD = assumed(1.0, "hides a user over the test", "three times the mean, as in the feed")
SMALL_BUDGET = assumed(50.0, "$ a day", "a small campaign")


def revenue_per_user() -> float:
    """Mean revenue of a user over the test."""
    return revenue_per_day() / DAILY_USERS * TEST_DAYS


def users_per_arm() -> float:
    """Users in each arm, plain."""
    return sample_size_mean_per_arm(REVENUE_SD, DETECTABLE * revenue_per_user())


def users_per_arm_cuped() -> float:
    """Users in each arm when the weeks before are subtracted."""
    return users_per_arm() * (1 - CORRELATION**2)


def detectable_percent(users: float = DAILY_USERS / 2, explained: float = 0.0) -> float:
    """Smallest change of revenue a user, in per cent, that arms of a given size find.

    Args:
        users: In each arm.
        explained: Share of the variance that CUPED takes away.
    """
    needed = users_per_arm() * (1 - explained)
    return 100 * DETECTABLE * math.sqrt(needed / users)


SMALLEST_TENTH = assumed(0.1, "of campaigns", "by budget; the guardrail watches them")
DELIVERY_SD = assumed(0.3, "of the budget", "between one campaign's two halves; use your logs")


def delivery_margin_points() -> float:
    """Half width of the interval on delivered budget, in points, campaigns compared in pairs."""
    return 100 * NormalDist().inv_cdf(0.975) * DELIVERY_SD / math.sqrt(CAMPAIGNS * SMALLEST_TENTH)


def hides_mean() -> float:
    """Hides of a user over the test, on average."""
    return impressions_per_user() * TEST_DAYS * feed.HIDE_RATE


def hides_excluded_percent() -> float:
    """Rise of hides that halves of all users exclude with 80 % power, in per cent of the mean."""
    normal = NormalDist()
    z = normal.inv_cdf(0.95) + normal.inv_cdf(0.8)
    return 100 * z * HIDES_SD * math.sqrt(4 / DAILY_USERS) / hides_mean()


def measured_lift_percent(limited: float = LIMITED_SHARE, more: float = MORE_SPEND) -> float:
    """Lift that a test with shared budgets shows, in per cent.

    Args:
        limited: Share of revenue from campaigns that spend their whole budget.
        more: What the new model spends more where nothing stops it.
    """
    # Two equal arms draw on one budget in proportion to what each would spend.
    new = limited * 2 * (1 + more) / (2 + more) + (1 - limited) * (1 + more)
    old = limited * 2 / (2 + more) + (1 - limited)
    return 100 * (new / old - 1)


def true_lift_percent(limited: float = LIMITED_SHARE, more: float = MORE_SPEND) -> float:
    """Lift of the launch, which a test with split budgets shows, in per cent.

    Args:
        limited: Share of revenue from campaigns that spend their whole budget.
        more: What the new model spends more where nothing stops it.
    """
    return 100 * (1 - limited) * more


def small_arm_clicks(arm: float = 0.01) -> float:
    """Clicks a day that a small campaign can buy in one arm of a split budget.

    Args:
        arm: Share of the traffic, and so of the budget.
    """
    return SMALL_BUDGET * arm / CLICK_PRICE


def funnel_stages() -> list[tuple[str, float, float | None]]:
    """Ads left after each step with the milliseconds of the step, for the figure."""
    budget = latency_budget()
    cheap = budget.stage_ms("Filters: policy, caps, budget") + budget.stage_ms("Pre-rank")
    return [
        ("Active ads", ACTIVE_ADS, None),
        ("Eligible", eligible_ads(), None),
        ("Shortlisted", RETRIEVED, budget.stage_ms("Candidate sources")),
        ("Pre-ranked", SCORED, cheap),
        ("Shown", SLOTS, budget.stage_ms("Score") + budget.stage_ms("Auction, pacing, slots")),
    ]
