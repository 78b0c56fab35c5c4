"""Figures of the chapter on negative sampling; values from its estimate and the ranking lab."""

from handbook.drawing import Chart, Edge, Job, Line, Marker, Op, Plane, Store, Stream
from handbook.estimate import chapter

block = chapter("building-blocks/negative-sampling")
feed = block.feed


def sources():
    """Each source of negatives has a probability of its own, and the loss must know it.

    Pairs of a batch serve each other as negatives, random posts of the index and a queue of earlier
    vectors join them, and their expected counts are taken off. Hard ones have no known probability
    and get a loss of their own.
    """
    with Plane("Where they come from", role="data"):
        pairs = Stream("Batch", f"{feed.TOWER_BATCH:,.0f} pairs, by popularity")
        random = Store("Index, at random", f"1 in {feed.indexed_posts() / 1e6:.0f} million each")
        queue = Store(
            "Queue of vectors",
            f"{block.queue_steps():.0f} steps, {block.queue_bytes() / 1e6:.0f} MB",
        )
        hard = Store("Band by rank", f"{block.HARD_FROM + 1:,.0f} to {block.HARD_TO:,.0f}")
    with Plane("Loss", role="model"):
        counts = Job("Count gaps", f"± {100 * block.gap_error():.0f} % a share")
        mask = Job("Mask", "own item, other positives", icon="mdi-eye-off")
        softmax = Op("log Σ")
        pairwise = Job("Pairwise term", f"{block.HARD:.0f} a pair, small weight")
    pairs >> Edge("ids") >> counts
    pairs >> mask
    random >> mask
    queue >> mask
    counts >> Edge("− log Q") >> softmax
    mask >> softmax
    hard >> pairwise


def reaches():
    """As many random negatives as a batch bring a positive to rank 70,000 and then fall silent.

    Probability that at least one negative of a step is scored above the positive, against the rank
    of the positive among 600 million posts. Five from ranks 1,001 to 10,000 reach where no such
    number does, and nobody in front of their band.
    """
    ranks = [10.0 ** (n / 4) for n in range(8, 33)]
    first, last = float(block.HARD_FROM), float(block.HARD_TO)
    near = [first + (last - first) * share for share in (0, 0.02, 0.06, 0.12, 0.2, 0.4, 0.7, 1)]
    lines = [
        Line(
            ranks,
            [100 * block.reach(rank, drawn) for rank in ranks],
            label,
            role=role,
            at=float(block.even_rank(drawn)),
        )
        for drawn, label, role in (
            (100, "100 random", "monitor"),
            (float(block.RANDOM), "8,192 random", "online"),
        )
    ]
    hard = Line(
        near,
        [100 * block.hard_reach(rank) for rank in near],
        "5 hard",
        role="offline",
        dashed=True,
        at=float(block.HARD_TO) * 0.3,
    )
    return Chart(
        x="Rank of the positive",
        y="Steps with a negative above it (%)",
        x_scale="log",
        series=[*lines, hard],
        markers=[Marker(x=float(feed.ANN_CANDIDATES), label="600")],
    )


def false():
    """The nearer a negative, the more often it is a positive that nobody has seen yet.

    Probability that at least one of so many negatives of a pair is among the person's next ten
    actions, against the last rank of the band from which they are drawn, in the lab.
    """
    ends = [high for _, high in block.BANDS]
    return Chart(
        x="Band of ranks that ends at",
        y="Pairs with a false negative (%)",
        x_scale="log",
        series=[
            Line(
                ends,
                [100 * block.any_false(low, high, drawn) for low, high in block.BANDS],
                label,
                role=role,
            )
            for drawn, label, role in (
                (20, "20 a pair", "monitor"),
                (5, "5 a pair", "online"),
                (1, "one a pair", "data"),
            )
        ],
    )


def sampled():
    """Against a hundred random items, rank 1,000 of 12,000 counts as found more often than not.

    Probability that a positive is among the first ten when it is ranked with random items only,
    against its true rank among all. Recall at ten asks for the dashed line.
    """
    items = int(block.LAB["items"])
    ranks = [1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 700, 1_000, 1_400, 2_000, 3_000, 5_000, items]
    return Chart(
        x="True rank among 12,000 items",
        y="Counted as found (%)",
        x_scale="log",
        series=[
            Line(
                ranks,
                [100 * block.sampled_hit(rank, drawn=drawn) for rank in ranks],
                f"with {drawn:,}",
                role=role,
                at=block.half_rank(drawn),
            )
            for drawn, role in ((100, "monitor"), (1_000, "online"))
        ],
        markers=[Marker(x=10, label="exact")],
    )
