"""Where decisions flip: crossovers from the numbers of the steps and of the worked chapters.

Nothing here is a new system. Each function asks at which value of one input two designs, sized
elsewhere, cost the same or do the same.
"""

from __future__ import annotations

import math

from handbook.estimate import (
    INT8_BYTES,
    MILLION,
    THOUSAND,
    assumed,
    chapter,
    monthly_cost,
    results,
)

clarify = chapter("framework/1-clarify")
evaluate = chapter("framework/5-evaluate")
experiments = chapter("building-blocks/online-experiments")
feed = chapter("case-studies/news-feed")
framework = chapter("framework")
model = chapter("framework/4-model")
monitor = chapter("framework/7-monitor")
numbers = chapter("reference/numbers")
photos = chapter("reference/estimation")
serve = chapter("framework/6-serve")
LAB = results("building-blocks/online-experiments")

# --------------------------------------------------------------------------- batch or online


def flip_percent(refreshes: float = serve.HOURLY) -> float:
    """Per cent of users who have to come on a day for batch lists to cost less than online ones.

    Args:
        refreshes: Lists made for every user on a day.
    """
    return 100 * serve.flip_share(refreshes)


# --------------------------------------------------------------------------- which index

SMALL_LOAD = assumed(0.01, "of the feed's peak", "some 700 searches a second")


COPIES = assumed(2, "copies of each shard", "the least that survives a lost machine")


def smallest_fleet() -> float:
    """Machines of the feed's index where memory, and no longer load, decides their number."""
    return feed.ANN_SHARDS * COPIES


def small_load_items(load_share: float = SMALL_LOAD) -> float:
    """Items that the index's smallest fleet could scan at a small load instead.

    Args:
        load_share: The load as a share of the feed's peak.
    """
    return clarify.scannable_items(load_share) * smallest_fleet() / feed.ann_machines()


def scan_share_percent() -> float:
    """Per cent of the feed's items below which a filter leaves few enough to scan, at that load."""
    return 100 * small_load_items() / feed.indexed_posts()


def graph_dollars(bytes_per_value: float = 4) -> float:
    """Dollars a month for the memory of one copy of the photo index as a graph.

    Args:
        bytes_per_value: 4 for float32, 1 for int8.
    """
    return photos.graph_bytes(bytes_per_value) / 1e9 * numbers.memory_dollars()


def code_dollars() -> float:
    """The same for product codes."""
    return photos.code_index_bytes() / 1e9 * numbers.memory_dollars()


def disk_dollars() -> float:
    """The same for a graph and its vectors on a disk, with codes in memory to find the way."""
    return code_dollars() + photos.graph_bytes() / 1e9 * numbers.SSD_VOLUME


def index_rows() -> list[list[str]]:
    """Ways to find neighbours among 200 million photos."""
    scan = photos.PHOTOS * photos.WIDTH * INT8_BYTES
    rows = [["Way", "Memory of a copy", "$ a month", "Loses"]]
    kinds = [
        ("Scan, int8", scan, "rounding only"),
        ("Graph, float32", photos.graph_bytes(), "a few neighbours; `ef` decides"),
        ("Graph, int8", photos.graph_bytes(INT8_BYTES), "a little more"),
        (
            "Product codes",
            photos.code_index_bytes(),
            "order among near ones; re-rank by full vectors",
        ),
    ]
    rows += [
        [name, f"{size / 1e9:,.0f} GB", f"{size / 1e9 * numbers.memory_dollars():,.0f}", loses]
        for name, size, loses in kinds
    ]
    codes, disk = photos.code_index_bytes() / 1e9, photos.graph_bytes() / 1e9
    split = f"{codes:,.0f} GB, and {disk:,.0f} GB of disk"
    return [*rows, ["Graph on disk", split, f"{disk_dollars():,.0f}", "milliseconds, for reads"]]


# --------------------------------------------------------------------------- which ranker


def heads_for_network() -> float:
    """Heads from which on one network costs less than trees for each of them."""
    return math.ceil(feed.ranker_dollars() / model.one_head_trees_dollars())


UNSURE = assumed(1.25, "times", "how far a node visit and a card's busy share may be off together")


def heads_for_sure() -> float:
    """Heads from which on the network costs less even if it is dearer than thought."""
    return heads_at_price(UNSURE)


def heads_at_price(factor: float = 2) -> float:
    """The same where the network costs so many times as much.

    Args:
        factor: Its price over today's.
    """
    return math.ceil(factor * feed.ranker_dollars() / model.one_head_trees_dollars())


def ranker_rows() -> list[list[str]]:
    """Rankers of the feed by what they cost to serve."""
    rows = [["Ranker", "A candidate", "$ a month", "Per head"]]
    heads = feed.TASKS
    kinds = [
        ("Linear, eight heads", model.linear_us() * heads, model.linear_dollars(), heads),
        ("Trees, one head", model.trees_us(), model.one_head_trees_dollars(), 1),
        ("Trees, eight heads", model.trees_us() * heads, model.trees_dollars(), heads),
        ("Network, eight heads, on cards", None, feed.ranker_dollars(), heads),
    ]
    return rows + [
        [
            name,
            f"{microseconds:,.1f} µs" if microseconds else "on cards",
            f"{dollars:,.0f}",
            f"{dollars / each:,.0f}",
        ]
        for name, microseconds, dollars, each in kinds
    ]


# --------------------------------------------------------------------------- which metric

RECALL = assumed(0.8, "of positives", "found at the threshold that is used")
FALSE_RATE = assumed(0.05, "of negatives", "alarmed at the same threshold")
RATES = (0.1, 0.01, 0.001, 0.0001)


def precision(rate: float = 0.001, recall: float = RECALL, false_rate: float = FALSE_RATE) -> float:
    """Share of alarms that are right, from one point of a ROC curve.

    Args:
        rate: Share of positives.
        recall: Share of positives that are found.
        false_rate: Share of negatives that are alarmed.
    """
    return rate * recall / (rate * recall + (1 - rate) * false_rate)


def precision_rows() -> list[list[str]]:
    """One point of one ROC curve at four base rates."""
    rows = [["Positives", "Alarms of a million", "Right among them", "Precision"]]
    for rate in RATES:
        right = MILLION * rate * RECALL
        alarms = right / precision(rate)
        cells = [f"{100 * rate:g} %", f"{alarms:,.0f}", f"{right:,.0f}"]
        rows.append([*cells, f"{100 * precision(rate):.2g} %"])
    return rows


# --------------------------------------------------------------------------- when to retrain

SLOW_DAYS = assumed(60, "days", "a slow market: to lose two thirds of what a model can lose")


def lost_dollars() -> float:
    """Dollars a day that a very old model loses."""
    return monitor.STALE_LOSS * 100 * monitor.LOSS_DOLLARS


def wrong_interval_percent(factor: float = 2.0) -> float:
    """Per cent more a day where the interval is so many times the best one.

    Args:
        factor: The interval over the best one.
    """
    best = monitor.best_cadence_days()
    dollars = monitor.cadence_dollars_per_day(factor * best) / monitor.cadence_dollars_per_day(best)
    return 100 * (dollars - 1)


def cadence_rule_days(decay_days: float = monitor.STALE_DAYS) -> float:
    """Days between trainings by the square-root rule, for losses that begin in proportion to age.

    Args:
        decay_days: Days to lose about two thirds of what a very old model loses.
    """
    return math.sqrt(2 * monitor.retrain_dollars() * decay_days / lost_dollars())


TENTH = assumed(0.1, "of the loss", "what an interviewer may change it to")


def _faded_dollars(interval_days: float, share: float) -> float:
    """Dollars a day of training and loss, where a lost per cent is worth a share of today's."""
    lost = monitor.mean_loss(interval_days) * 100 * monitor.LOSS_DOLLARS
    return monitor.retrain_dollars() / interval_days + share * lost


def faded_cadence_days(share: float = TENTH) -> float:
    """Days between trainings of least cost, where a lost per cent is worth less than today.

    Long intervals leave the root rule, because the loss saturates.

    Args:
        share: What it is worth, over today's.
    """
    return min((step / 10 for step in range(5, 601)), key=lambda days: _faded_dollars(days, share))


def faded_percent(days: float = 14, share: float = TENTH) -> float:
    """Per cent that an interval costs more than that one.

    Args:
        days: Days between two trainings.
        share: What a lost per cent is worth, over today's.
    """
    best = _faded_dollars(faded_cadence_days(share), share)
    return 100 * (_faded_dollars(days, share) / best - 1)


# --------------------------------------------------------------------------- which knowledge

CORPUS_TOKENS = assumed(200e3, "tokens", "the help pages of a large shop, all of them")
INDEX_MINUTES = assumed(5, "minutes", "from an edited page to its passage in the index")

LARGE_CACHED = model.LARGE_CACHED
SMALL_CACHED = model.SMALL_CACHED


def flip_corpus_tokens(share: float = LARGE_CACHED) -> float:
    """Tokens of a corpus that cost as much in a cached prompt as retrieved passages do.

    Args:
        share: Price of a cached token over that of a fresh one.
    """
    return framework.passage_tokens() / share


def answer_dollars(context: float, share: float = 1.0) -> float:
    """Dollars of one answer by the large hosted model.

    Args:
        context: Tokens of knowledge in the prompt.
        share: What such a token costs, over the input price.
    """
    fixed = framework.INSTRUCTION_TOKENS + framework.HISTORY_TOKENS
    read = (fixed + context * share) * model.LARGE_IN
    return (read + framework.TOKENS_PER_ANSWER * model.LARGE_OUT) / MILLION


def retrieval_cents() -> float:
    """Cents of an answer from retrieved passages."""
    return 100 * answer_dollars(framework.passage_tokens())


def long_prompt_cents(tokens: float = CORPUS_TOKENS) -> float:
    """Cents of an answer with the whole corpus in a cached prompt.

    Args:
        tokens: Tokens of the corpus.
    """
    return 100 * answer_dollars(tokens, LARGE_CACHED)


def tuned_hours(cards: float = 8) -> float:
    """Hours from an edited page to a tuned model that has passed its gates.

    Args:
        cards: Cards that share the tuning.
    """
    return model.tuning_hours() / cards + model.GATE_HOURS + model.CANARY_HOURS


def knowledge_rows() -> list[list[str]]:
    """Three places for what a model must know."""
    rows = [["Where it stands", "Cents an answer", "Fresh after", "Cited"]]
    return [
        *rows,
        [
            f"All {CORPUS_TOKENS / THOUSAND:.0f} k tokens in a cached prompt",
            f"{long_prompt_cents():.2f}",
            "the cache is written again",
            "by luck",
        ],
        [
            f"{framework.PASSAGES:.0f} retrieved passages",
            f"{retrieval_cents():.2f}",
            f"{INDEX_MINUTES:.0f} minutes",
            "yes",
        ],
        [
            "In tuned weights",
            f"{100 * answer_dollars(0):.2f}",
            f"{tuned_hours():.0f} hours",
            "no",
        ],
    ]


# --------------------------------------------------------------------------- whose cards


def break_even_answers_per_day() -> float:
    """Answers a day above which own cards and people cost less than the large hosted model."""
    return framework.answers_per_day() * model.break_even_load()


def own_over_small(price: float = numbers.H100_AWS) -> float:
    """How many times the small hosted model the cards alone cost, at a card's list price.

    Args:
        price: Dollars of an H100-hour.
    """
    return monthly_cost(model.own_cards(), price) / model.small_hosted_dollars()


def break_even_at_price(price: float = numbers.H100_AWS) -> float:
    """Answers a day above which own cards and people cost less, at another price of a card.

    Cards come whole, so the line of your own is a staircase: the last crossing counts.

    Args:
        price: Dollars of an H100-hour.
    """

    def dearer(load: float) -> bool:
        cards = model.own_cards(load=load)
        own = monthly_cost(cards, price) + model.people_dollars()
        return own > model.large_hosted_dollars() * load

    loads = [step / 100 for step in range(1, 201)]
    return framework.answers_per_day() * max(load for load in loads if dearer(load))


# --------------------------------------------------------------------------- which test


def riders_overstate(
    truth: float = LAB["market_truth"], said: float = LAB["market_by_rider"]
) -> float:
    """How many times too large an effect is that a test by riders finds in a shared market.

    Args:
        truth: The relative effect if everybody had it.
        said: What the test by riders says on average.
    """
    return said / truth


def two_week_error_points(spread: float = LAB["market_switchback_spread"]) -> float:
    """Percentage points that one two-week switchback is off, one standard deviation.

    Args:
        spread: The standard deviation over repetitions.
    """
    return 100 * spread


def whole_weeks(effect: float = LAB["market_truth"]) -> float:
    """Weeks of switching, as a calendar has them.

    Args:
        effect: The relative effect to find.
    """
    return math.ceil(weeks_to_see(effect))


def cities_to_see(effect: float = LAB["market_truth"]) -> float:
    """Cities, both arms together, in which a test by city finds the effect on a rate of 5 %.

    Args:
        effect: The relative effect to find.
    """
    users = framework.users_per_arm(lift=effect) * experiments.cluster_factor()
    return 2 * math.ceil(users / experiments.CITY)


def weeks_to_see(
    effect: float = LAB["market_truth"], spread: float = LAB["market_switchback_spread"]
) -> float:
    """Weeks of switching until the effect is found with 80 % power, at the usual 5 %.

    Args:
        effect: The relative effect to find.
        spread: Standard deviation of a test of two weeks; it falls as the root of the weeks.
    """
    return 2 * ((1.959964 + 0.841621) * spread / effect) ** 2
