"""Figures of the first step; every number comes from an estimate."""

from itertools import pairwise

from handbook.drawing import (
    Box,
    Cache,
    Chart,
    Client,
    Edge,
    Event,
    Index,
    Job,
    Lane,
    Line,
    Marker,
    Model,
    Plane,
    Service,
    Span,
    Timeline,
    sketch,
)
from handbook.estimate import chapter

clarify = chapter("framework/1-clarify")
framework = chapter("framework")
feed = chapter("case-studies/news-feed")


def classes():
    """Four waits over six powers of ten: who waits decides more than what is asked.

    Each bar is the time from the question to the answer. Autocomplete answers before the next key,
    the feed before a person notices, the assistant starts within a second and streams. The digest
    has a night, because nobody waits for it.
    """
    first, last = framework.FIRST_TOKEN_MS, clarify.assistant_seconds() * 1000
    night = clarify.digest_window_ms()
    return Timeline(
        unit="ms",
        scale="log",
        axis="Time until the answer (logarithmic)",
        ticks=[
            (10, "10 ms"),
            (100, "100 ms"),
            (1_000, "1 s"),
            (10_000, "10 s"),
            (600_000, "10 min"),
            (night, f"{framework.BATCH_WINDOW_HOURS:.0f} h"),
        ],
        lanes=[
            Lane(
                "Autocomplete",
                [Span(0, clarify.KEYSTROKE_MS, f"{clarify.KEYSTROKE_MS:.0f} ms: look it up")],
                role="nearline",
            ),
            Lane(
                "News feed",
                [Span(0, feed.BUDGET_MS, f"{feed.BUDGET_MS:.0f} ms: rank {feed.RANKED:.0f}")],
                role="online",
            ),
            Lane(
                "Assistant",
                [
                    Span(0, first, "first word: 1 s", role="model"),
                    Event(last, f"last word, {last / 1000:.0f} s", role="model"),
                ],
                role="model",
            ),
            Lane(
                "Weekly digest",
                [Span(0, night, f"one night: {framework.digest_scores() / 1e9:.0f} billion pairs")],
                role="offline",
            ),
        ],
    )


def questions():
    """Three questions choose among five designs.

    First who waits, then for what, then how many items there are to choose from, and for how many
    requests. Each leaf carries the number that the running examples put there.
    """
    waits = Client("1. Who waits?", "ask this first", icon="mdi-account-clock-outline")
    what = Client("2. For what?", "a key, a page, a text", icon="mdi-timer-outline")
    many = Client("3. How many items?", "and at what load", icon="mdi-counter")
    batch = Job("Batch", f"{framework.digest_machines():.0f} machines, a night")
    lookup = Cache("Precomputed lookup", f"{clarify.KEYSTROKE_MS:.0f} ms, no big model")
    write = Model("Retrieve, then write", f"{framework.input_tokens():,.0f} tokens in")
    with Plane(f"A page, 100 ms, {feed.peak_qps() / 1e3:.0f} k/s", role="online"):
        scan = Service(
            "Score them all", f"to {clarify.scannable_items() / 1e6:.1f} million, exactly"
        )
        index = Index("Index, then rank", f"{feed.indexed_posts() / 1e6:.0f} million posts")
    waits >> Edge("nobody") >> batch
    waits >> Edge("a person") >> what
    what >> Edge("a key") >> lookup
    what >> Edge("a text") >> write
    what >> Edge("a page") >> many
    many >> Edge("few") >> scan
    many >> Edge("many") >> index


@sketch
def board():
    """The board after six minutes: six boxes, each with a number or a name on it.

    The number beside a box is the minute at which it stands. The feed's answers are filled in, in
    the order in which they are asked.
    """
    size, wait = clarify.part_end("Size") - 0.5, clarify.part_end("Size")
    users, posts = feed.DAILY_USERS / 1e6, feed.eligible_posts() / 1e9
    load = f"{feed.average_qps() / 1e3:.0f} k/s, peak {feed.peak_qps() / 1e3:.0f} k/s"
    boxes = [
        Box("Goal", "weekly sessions", minute=_minute(clarify.part_end("Goal"))),
        Box("Size", f"{users:.0f} M users, {posts:.0f} B posts", minute=_minute(size)),
        Box(
            "Wait",
            f"p99 {feed.BUDGET_MS:.0f} ms, fresh {feed.INDEX_DELAY_S:.0f} s",
            minute=_minute(wait),
        ),
        Box("Risk", "policy filter, EU", minute=_minute(clarify.part_end("Risk"))),
        Box("Load", load, minute=_minute(clarify.part_end("Load"))),
        Box("Not", "ads, moderation, media", minute=_minute(clarify.part_end("Board"))),
    ]
    for before, after in pairwise(boxes):
        before >> after


def _minute(value):
    return int(value) if value == int(value) else value


def scan():
    """How many items there are decides between a scan and an index, and load moves the line.

    Servers needed to compare each request with every item, at the feed's peak and at a hundredth of
    it. The dashed line is what the feed's index takes for all of its items at the peak.
    """
    items = [10**power * step for power in range(4, 9) for step in (1, 2, 5)] + [1e9]
    series = [
        Line(
            items,
            [clarify.scan_machines(count, share) for count in items],
            label,
            role=role,
        )
        for share, label, role in (
            (1.0, f"scan at {feed.peak_qps() / 1e3:.0f} k/s", "monitor"),
            (0.01, f"scan at {feed.peak_qps() / 100:,.0f}/s", "nearline"),
        )
    ]
    return Chart(
        x="Items to choose from",
        y="Servers",
        x_scale="log",
        y_scale="log",
        series=series,
        markers=[
            Marker(y=feed.ann_machines(), label=f"index: {feed.ann_machines():.0f}"),
            Marker(x=feed.indexed_posts(), label="the feed's indexed posts"),
        ],
    )


def ceiling():
    """What the assistant may cost falls with each wrong answer, whatever the model.

    Dollars saved a day, less what wrong answers cost, against the share of conversations that need
    no person. At one wrong answer in ten contained conversations nothing is left.
    """
    shares = [step / 20 for step in range(21)]
    series = [
        Line(
            [100 * share for share in shares],
            [clarify.net_dollars_per_day(wrong, share) / 1000 for share in shares],
            label,
            role=role,
        )
        for wrong, label, role in (
            (0.0, "none wrong", "online"),
            (0.02, "2 % wrong", "nearline"),
            (0.05, "5 % wrong", "data"),
            (0.10, "10 % wrong", "monitor"),
        )
    ]
    return Chart(
        x="Contained conversations (%)",
        y="Saved a day (thousand $)",
        series=series,
        markers=[Marker(x=100 * framework.CONTAINED_SHARE, label="the goal")],
    )
