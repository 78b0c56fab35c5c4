"""Negative sampling: what each sampler teaches, how far it reaches, and how it errs."""

from __future__ import annotations

import math

from handbook.estimate import (
    FLOAT32_BYTES,
    MILLION,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    assumed,
    chapter,
    count,
    device_hours,
    embedding_bytes,
    inference_flops,
    results,
)

LAB = results("building-blocks/ranking-models")
feed = chapter("case-studies/news-feed")
model = chapter("framework/4-model")
towers = chapter("building-blocks/embeddings-and-two-tower")

FUTURE = 10  # later actions of each person in the lab
BATCH = feed.TOWER_BATCH
EULER = 0.5772156649  # what a sum of 1/k has beyond the logarithm

# --------------------------------------------------------------------------- what is learnt

POWER = assumed(0.75, "exponent", "a smoothed popularity, as word2vec draws its noise")


def shift(exponent: float = 1.0) -> float:
    """How far the popular post is pushed below the niche one, in logits, without a correction.

    Args:
        exponent: Negatives are drawn in proportion to popularity to this power; 0 is uniform.
    """
    return exponent * math.log(model.HEAD_Q / model.TAIL_Q)


def expected_in_batch(share: float = model.HEAD_Q, batch: float = BATCH) -> float:
    """How often an item is expected in a batch.

    Args:
        share: Its share of all pairs.
        batch: Pairs in a batch.
    """
    return batch * share


def usual_probability(
    share: float, now: float = 1e-4, batch: float = BATCH, corrected: bool = True
) -> float:
    """Probability that the usual loss computes for a positive, in expectation over negatives.

    The positive is in the sum for sure, and weighs one over its expected count, as draws do.

    Args:
        share: The positive's share of all pairs.
        now: Its probability by the whole softmax, as the model stands.
        batch: Pairs in a batch.
        corrected: Whether the positive is corrected as well, which is the usual form.
    """
    odds = now / (1 - now)
    weight = 1 / expected_in_batch(share, batch) if corrected else 1.0
    return odds * weight / (1 + odds * weight)


def pull_kept(share: float = 1e-8, now: float = 1e-4, batch: float = BATCH) -> float:
    """Gradient on a positive's score in the usual form, over that of the whole softmax.

    Args:
        share: The positive's share of all pairs.
        now: Its probability by the whole softmax, as the model stands.
        batch: Pairs in a batch.
    """
    return (1 - usual_probability(share, now, batch)) / (1 - now)


def _plain(value: float) -> str:
    """Two significant digits without an exponent."""
    return f"{float(f'{value:.2g}'):.6f}".rstrip("0").rstrip(".")


def pull_rows() -> list[list[str]]:
    """What the usual correction does to positives of different popularity."""
    rows = [["Of all pairs, it has", "Expected in a batch", "Probability it computes", "Pull kept"]]
    return rows + [
        [
            f"1 in {count(1 / share)}",
            _plain(expected_in_batch(share)),
            f"{_plain(100 * usual_probability(share))} %",
            f"{100 * pull_kept(share):.0f} %",
        ]
        for share in (1e-2, 1e-4, 1e-6, 1e-8)
    ]


# --------------------------------------------------------------------------- who is ever drawn

PAIRS = assumed(1e9, "pairs a day", "actions on indexed posts; the feed has 2.4 billion in all")


def _span(posts: float) -> float:
    """The sum of 1/k over all posts, which is the range of popularity's logarithm as well."""
    return math.log(posts) + EULER


def draws_per_post(days: float = 1) -> float:
    """How often a post is drawn in a time if as many random ones are drawn as there are pairs.

    Args:
        days: How long.
    """
    return PAIRS * days / feed.indexed_posts()


def never_in_batch(days: float = 1) -> float:
    """Share of posts that no batch holds in a time, if the k-th has 1/k of the first one's actions.

    Args:
        days: How long.
    """
    posts = feed.indexed_posts()
    last = PAIRS * days / (posts * _span(posts))
    steps = 20_000
    return sum(math.exp(-last / ((n + 0.5) / steps)) for n in range(steps)) / steps


def never_at_random(days: float = 1) -> float:
    """Share of posts that are not drawn at random in a time, with as many draws as pairs.

    Args:
        days: How long.
    """
    return math.exp(-draws_per_post(days))


def never_mixed(days: float = 1) -> float:
    """Share of posts that are drawn neither way, with as many random draws beside the batch.

    Args:
        days: How long.
    """
    return never_in_batch(days) * never_at_random(days)


# --------------------------------------------------------------------------- how many

RANDOM = BATCH  # random posts beside the batch, as many as it has pairs
HARD_FROM = assumed(1e3, "rank", "in front of which none is drawn; retrieval hands on fewer")
HARD_TO = assumed(10e3, "rank", "to which hard negatives are drawn, to start with")
MISSED = assumed(5e3, "rank", "of a positive that retrieval misses")
HARD = assumed(5, "hard negatives a pair", "few, so that most of the loss stays with easy ones")
HARD_WEIGHT = assumed(0.02, "of the loss", "of each pairwise term, to start with")


def reach(rank: float = MISSED, drawn: float = RANDOM) -> float:
    """Probability that at least one of the random negatives is scored above the positive.

    Args:
        rank: Place of the positive among all posts.
        drawn: Negatives.
    """
    return 1 - math.pow(1 - (rank - 1) / feed.indexed_posts(), drawn)


def hard_reach(rank: float = MISSED, drawn: float = HARD) -> float:
    """Probability that at least one negative from the hard band is above the positive.

    Args:
        rank: Place of the positive among all posts.
        drawn: Hard negatives.
    """
    above = (rank - 1 - HARD_FROM) / (HARD_TO - HARD_FROM)
    return 1 - math.pow(1 - min(1.0, max(0.0, above)), drawn)


def random_equal(rank: float = MISSED) -> float:
    """Random negatives that are above a positive as often as the hard ones are.

    Args:
        rank: Place of the positive, inside the band.
    """
    return math.log1p(-hard_reach(rank)) / math.log1p(-(rank - 1) / feed.indexed_posts())


def even_rank(drawn: float = RANDOM) -> float:
    """Rank of a positive above which one random negative is expected.

    Args:
        drawn: Negatives.
    """
    return feed.indexed_posts() / drawn


TASTE = assumed(3, "logits", "spread of one person's taste beside popularity")
STEPS = 4_000  # of the integrals over popularity's logarithm


def _beyond(deviations: float) -> float:
    """Share of a normal law above so many standard deviations."""
    return math.erfc(deviations / math.sqrt(2)) / 2


def _popularity(posts: float) -> list[float]:
    """Logarithms of popularity ranks, evenly; a step stands for as many posts as its rank."""
    return [_span(posts) * (n + 0.5) / STEPS - EULER for n in range(STEPS)]


def _score_at(rank: float, posts: float) -> float:
    """Score that so many posts reach, where the k-th popular one has -ln k and a taste."""
    logs, width = _popularity(posts), _span(posts) / STEPS
    low, high = -30.0, 60.0
    for _ in range(40):
        middle = (low + high) / 2
        above = width * sum(math.exp(log) * _beyond((middle + log) / TASTE) for log in logs)
        low, high = (middle, high) if above > rank - 1 else (low, middle)
    return low


def batch_above(rank: float = MISSED, batch: float = BATCH, posts: float | None = None) -> float:
    """Negatives of a batch, drawn by popularity, that are expected above a positive.

    Args:
        rank: Place of the positive for its user.
        batch: Pairs in a batch.
        posts: In all; the feed's index if not given.
    """
    among = feed.indexed_posts() if posts is None else posts
    score = _score_at(rank, among)
    share = sum(_beyond((score + log) / TASTE) for log in _popularity(among)) / STEPS
    return (batch - 1) * share


def rivals_in_batch(
    rank: float = MISSED, batch: float = BATCH, posts: float | None = None
) -> float:
    """Different posts above a positive that a batch is expected to hold.

    Args:
        rank: Place of the positive for its user.
        batch: Pairs in a batch.
        posts: In all; the feed's index if not given.
    """
    among = feed.indexed_posts() if posts is None else posts
    score, span = _score_at(rank, among), _span(among)
    return (span / STEPS) * sum(
        math.exp(log)
        * _beyond((score + log) / TASTE)
        * -math.expm1((1 - batch) * math.exp(-log) / span)
        for log in _popularity(among)
    )


COSINE_SD = assumed(0.15, "cosine", "spread of a user's cosines with random posts, after training")


def logit_sd(temperature: float = 0.05) -> float:
    """Spread of logits with random posts.

    Args:
        temperature: What cosines are divided by.
    """
    return COSINE_SD / temperature


def sum_error(drawn: float = RANDOM, spread: float = 3.0) -> float:
    """Relative standard error of the estimated sum of the softmax, from random negatives.

    Logits are taken as normal, so their exponentials have a squared variation of exp(s^2) - 1.

    Args:
        drawn: Negatives.
        spread: Standard deviation of the logits.
    """
    return math.sqrt(math.expm1(spread**2) / drawn)


def drawn_for_error(spread: float = 3.0, error: float = 0.1) -> float:
    """Random negatives for a relative standard error of the sum.

    Args:
        spread: Standard deviation of the logits.
        error: What is asked.
    """
    return math.expm1(spread**2) / error**2


def count_rows() -> list[list[str]]:
    """Error of the softmax's sum, and negatives that it takes, by spread of the logits."""
    rows = [["Spread of logits", "τ with it", "Error with 8,192", "Negatives for a tenth"]]
    return rows + [
        [
            f"{spread:g}",
            f"{COSINE_SD / spread:.3g}",
            f"{float(f'{100 * sum_error(spread=spread):.2g}'):,g} %",
            f"{float(f'{drawn_for_error(spread):.2g}'):,.0f}",
        ]
        for spread in (1.0, 2.0, 3.0, 4.0)
    ]


def logits_bytes(batch: float = BATCH) -> float:
    """Bytes of a batch's scores, each user with each item, in float32.

    Args:
        batch: Pairs in it.
    """
    return batch * batch * FLOAT32_BYTES


FULL_ITEMS = assumed(100e3, "items", "a corpus whose whole softmax a card can hold")


def full_bytes(items: float = FULL_ITEMS) -> float:
    """Bytes of a batch's scores with every item of a corpus, in float32.

    Args:
        items: Items in all.
    """
    return BATCH * items * FLOAT32_BYTES


def nats(contestants: float = BATCH) -> float:
    """Information that picking one of so many takes, in nats.

    Args:
        contestants: The positive and its negatives.
    """
    return math.log(contestants)


def corpus_nats() -> float:
    """The same for one post of the whole index."""
    return nats(feed.indexed_posts())


BIG_BATCH = assumed(65_536, "pairs", "eight times the feed's batch")
QUEUE = assumed(1e6, "vectors", "of earlier batches, kept as negatives")
CACHE_FACTOR = 4 / 3  # a second forward pass beside one forward and two backward ones


def queue_bytes(kept: float = QUEUE) -> float:
    """Bytes of a queue of item vectors in float32.

    Args:
        kept: Vectors in it.
    """
    return embedding_bytes(kept, feed.EMBEDDING_DIM)


def queue_steps(kept: float = QUEUE) -> float:
    """Steps after which a vector leaves the queue.

    Args:
        kept: Vectors in it.
    """
    return kept / BATCH


# --------------------------------------------------------------------------- the bill

PASSES = 3  # forward, and twice as much backward


def _scores(negatives: float, passes: float = PASSES) -> float:
    """Operations of a pair's products with so many vectors."""
    return passes * dot_flops() * negatives


def dot_flops() -> float:
    """Operations of one product."""
    return 2 * feed.EMBEDDING_DIM


def full_flops(items: float = FULL_ITEMS) -> float:
    """Operations for one pair's scores with every item of a corpus, forward and backward.

    Args:
        items: Items in all.
    """
    return _scores(items)


def extra_flops(way: str) -> float:
    """Operations for one pair that a source of negatives adds.

    Args:
        way: A name of `bill_rows`.
    """
    post = PASSES * inference_flops(towers.post_tower_parameters())
    return {
        "Batch of 8,192": PASSES * inference_flops(feed.tower_parameters_dense()) + _scores(BATCH),
        "As many random posts": post + _scores(BATCH),
        # Kept vectors get no gradient: forward, and backward into the user's side only.
        "Queue of a million": _scores(QUEUE, 2),
        "Five hard ones, encoded": HARD * post + _scores(HARD),
    }[way]


def month_hours(flops_per_pair: float) -> float:
    """H100-hours for a month of the feed's pairs.

    Args:
        flops_per_pair: Operations for one.
    """
    pairs = towers.pairs_per_day() * feed.BACKFILL_DAYS
    return device_hours(pairs * flops_per_pair, feed.H100_PEAK_FLOPS, feed.TRAINING_UTILIZATION)


def mining_dollars() -> float:
    """Dollars to search the index once for each pair of a month, machines fully used."""
    pairs = towers.pairs_per_day() * feed.BACKFILL_DAYS
    core_ms = pairs * feed.ANN_SHARDS * feed.ANN_CORE_MS
    return core_ms / MS_PER_SECOND / SECONDS_PER_HOUR / feed.CORES * feed.CPU_PRICE


def bill_rows() -> list[list[str]]:
    """What each source of negatives adds to a month of training."""
    rows = [["It adds", "MFLOP a pair", "H100-hours", "$"]]
    for way in (
        "Batch of 8,192",
        "As many random posts",
        "Queue of a million",
        "Five hard ones, encoded",
    ):
        hours = month_hours(extra_flops(way))
        rows.append(
            [
                way + (", with both towers" if way.startswith("Batch") else ""),
                f"{extra_flops(way) / MILLION:,.1f}",
                f"{hours:,.1f}",
                f"{hours * feed.H100_PRICE:,.0f}",
            ]
        )
    return [*rows, ["A search for each pair, to find them", "", "", f"{mining_dollars():,.0f}"]]


# --------------------------------------------------------------------------- false negatives

BANDS = ((0, 10), (10, 20), (20, 50), (50, 100), (100, 200), (200, 500))


def _found(cut: float) -> float:
    """Share of the lab's future actions among so many retrieved."""
    return float(LAB["recall"][LAB["cuts"].index(int(cut))]) if cut else 0.0


def false_share(low: float = 0, high: float = 10) -> float:
    """Share of the lab's retrieved items between two ranks that are among a person's next actions.

    Args:
        low: Ranks up to this one are left out; 0 or one of the lab's cuts.
        high: Last rank; one of the lab's cuts.
    """
    return FUTURE * (_found(high) - _found(low)) / (high - low)


def random_false_share() -> float:
    """The same for items drawn at random."""
    return FUTURE / LAB["items"]


def any_false(low: float = 0, high: float = 10, drawn: float = HARD) -> float:
    """Probability that at least one of a few hard negatives from those ranks is false.

    Args:
        low: Ranks up to this one are left out.
        high: Last rank.
        drawn: Hard negatives.
    """
    return 1 - math.pow(1 - false_share(low, high), drawn)


def false_rows() -> list[list[str]]:
    """False negatives of the lab by rank from which they are drawn."""
    rows = [["Drawn from ranks", "False", "At least one of five", "Times random"]]
    for low, high in BANDS:
        share = false_share(low, high)
        rows.append(
            [
                f"{low + 1} to {high}",
                f"{100 * share:.2g} %",
                f"{100 * any_false(low, high):.2g} %",
                f"{share / random_false_share():.0f}",
            ]
        )
    anyone = 1 - math.pow(1 - random_false_share(), HARD)
    return [
        *rows,
        ["all, at random", f"{100 * random_false_share():.2g} %", f"{100 * anyone:.1g} %", "1"],
    ]


def week_actions() -> float:
    """Indexed posts that a person acts on in a week, on average."""
    return 7 * PAIRS / feed.DAILY_USERS


def false_at_most() -> float:
    """Share of the feed's band that a week's log can show as false, all actions being in it."""
    return week_actions() / (HARD_TO - HARD_FROM)


def twins(share: float = model.HEAD_Q, batch: float = BATCH) -> float:
    """Other pairs of a batch that have the same item as a pair with this item.

    Args:
        share: The item's share of all pairs.
        batch: Pairs in a batch.
    """
    return (batch - 1) * share


# --------------------------------------------------------------------------- counting in a stream

RATE = assumed(0.01, "learning rate", "of the running mean of gaps between two appearances")


def gap_error(rate: float = RATE) -> float:
    """Relative standard error of the running mean of gaps, for an item that comes at random.

    Args:
        rate: Weight of the newest gap.
    """
    return math.sqrt(rate / (2 - rate))


def step_gap_error(share: float = model.HEAD_Q, batch: float = BATCH) -> float:
    """Logits by which a gap counted in steps misses the expected count in a batch.

    Args:
        share: The item's share of all pairs.
        batch: Pairs in a batch.
    """
    in_a_batch = -math.expm1(batch * math.log1p(-share))
    return math.log(expected_in_batch(share, batch) / in_a_batch)


def appearances_to_adapt(times: float = 10, within: float = 0.1, rate: float = RATE) -> float:
    """Appearances until the mean gap has followed an item that became rarer.

    Args:
        times: How many times longer its gaps have become.
        within: Relative error that is accepted.
        rate: Weight of the newest gap.
    """
    return math.log((1 - 1 / times) / within) / -math.log(1 - rate)


def gap_error_logits(rate: float = RATE) -> float:
    """Logits by which a gap that is off by its standard error moves a score.

    Args:
        rate: Weight of the newest gap.
    """
    return math.log1p(gap_error(rate))


# --------------------------------------------------------------------------- sampled metrics

SAMPLED = assumed(100, "negatives", "drawn for each positive in many published evaluations")
STEADY_RANK = assumed(300, "rank", "where model A puts every positive")
SHARP_SHARE = assumed(0.2, "of positives", "that model B puts first")
LOST_RANK = assumed(6_000, "rank", "where B puts the others: half way down")


def sampled_hit(rank: float, top: int = 10, drawn: float = SAMPLED) -> float:
    """Probability that a positive is among the first ones when ranked with random negatives only.

    Args:
        rank: Its true place among all the lab's items.
        top: How many are looked at.
        drawn: Negatives drawn.
    """
    above, of = (rank - 1) / (LAB["items"] - 1), int(drawn)
    return sum(math.comb(of, n) * above**n * (1 - above) ** (of - n) for n in range(min(top, of)))


def sampled_steady() -> float:
    """Sampled recall at ten of model A."""
    return sampled_hit(STEADY_RANK)


def sampled_sharp() -> float:
    """Sampled recall at ten of model B."""
    return SHARP_SHARE * sampled_hit(1) + (1 - SHARP_SHARE) * sampled_hit(LOST_RANK)


def half_rank(drawn: float = SAMPLED) -> float:
    """True rank of a positive that counts as found half of the time.

    Args:
        drawn: Negatives drawn.
    """
    low, high = 1.0, float(LAB["items"])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sampled_hit(middle, drawn=drawn) > 0.5 else (low, middle)
    return low


def lab_sampled_at_least() -> float:
    """Least recall at ten that the lab's retrieval would get against a hundred random items."""
    return sum((_found(high) - _found(low)) * sampled_hit(high) for low, high in BANDS)


def lab_recall(cut: float = 10) -> float:
    """The lab's true recall.

    Args:
        cut: One of the lab's cuts.
    """
    return _found(cut)


TEST_USERS = assumed(10e3, "users", "whose later actions an offline evaluation looks up")


def exact_card_seconds(users: float = TEST_USERS) -> float:
    """Seconds of an H100 to score the feed's whole index for some users.

    Args:
        users: Users of the evaluation.
    """
    flops = users * feed.indexed_posts() * 2 * feed.EMBEDDING_DIM
    return flops / (feed.H100_PEAK_FLOPS * feed.TRAINING_UTILIZATION)


def recall_points(users: float = TEST_USERS) -> float:
    """Per cent points, either way, to which recall is known at most, with one positive for each.

    Args:
        users: Users of the evaluation.
    """
    return 196 * math.sqrt(0.25 / users)


# --------------------------------------------------------------------------- scale of the scores

PER_POSITIVE = assumed(4, "negatives a positive", "a common ratio with a log loss")


def odds_factor(per_positive: float = PER_POSITIVE, corpus: float | None = None) -> float:
    """How many times too high the odds are if so many of all items stand for the rest.

    Args:
        per_positive: Negatives drawn for each positive, evenly.
        corpus: Items in all; the feed's index if not given.
    """
    return (feed.indexed_posts() if corpus is None else corpus) / per_positive
