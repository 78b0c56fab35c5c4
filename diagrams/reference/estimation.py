"""Figures of the estimation page; every value comes from its estimate."""

from handbook.drawing import Bars, Box, Chart, Lane, Line, Marker, Span, Timeline, sketch
from handbook.estimate import chapter

estimation = chapter("reference/estimation")


@sketch
def chain():
    """Seven boxes from people to money: the work of one is measured, the others are multiplied.

    The photo application's numbers are filled in. The work of one comes from a load test, and the
    money is shared among the average's requests. Whoever doubts a box changes one assumption and
    multiplies again from there.
    """
    users = Box("Users", f"{estimation.USERS / 1e6:.0f} M a day")
    day = Box("Requests", f"{estimation.USERS * estimation.REQUESTS / 1e6:.0f} M a day")
    second = Box("Average", f"{estimation.average():,.0f} a second")
    peak = Box("Peak", f"{estimation.peak():,.0f} a second")
    work = Box("Work of one", f"{1 / estimation.PER_MACHINE * 1e3:.1f} ms of a server")
    servers = Box("Servers", f"{estimation.servers()} with a zone to spare")
    money = Box("Money", f"{estimation.photo_cents_per_thousand():.1f} cents a thousand")
    users >> day >> second >> peak >> work >> servers >> money


def latency():
    """A search within its 150 ms: branches run side by side, and only the slowest counts.

    Limits of the stages from the edge to the answer. Followed people and recent uploads are asked
    while similar photos are searched, so they cost nothing; the rest of the time is slack.
    """
    lanes, now = [], 0.0
    for stage in estimation.budget().stages:
        for name, length in stage.branches or ((stage.name, stage.p99_ms),):
            lane = name.replace("_", " ").capitalize()
            lanes.append(Lane(lane, [Span(now, now + length, f"{length:.0f}")]))
        now += stage.p99_ms
    end = Span(now, estimation.TARGET_MS, f"{estimation.slack_ms():.0f}", role="monitor")
    lanes.append(Lane("Slack", [end]))
    return Timeline(unit="ms", lanes=lanes)


def indexes():
    """The same photos in three indexes: from two servers to a fraction of one.

    Gigabytes for one copy. The line is what one server may give to an index; what a smaller index
    costs is recall, which has to be measured.
    """
    return Chart(
        x="Index",
        y="Gigabytes",
        series=[
            Bars(
                ["graph, float32", "graph, int8", "codes"],
                [
                    round(size / 1e9, 1)
                    for size in (
                        estimation.graph_bytes(),
                        estimation.graph_bytes(1),
                        estimation.code_index_bytes(),
                    )
                ],
                "one copy",
                role="data",
            )
        ],
        markers=[
            Marker(
                y=estimation.HOST_BYTES * estimation.HOST_SHARE / 1e9, label="one server's share"
            )
        ],
    )


def spread():
    """Independent errors cancel: four factors of two make four, not sixteen.

    How far a product may be off, in times up or down, against the number of factors, where each is
    known within a factor of two. The upper line lets all err the same way, the lower lets them err
    independently.
    """
    factors = list(range(1, 9))
    return Chart(
        x="Factors multiplied",
        y="Off by (times)",
        y_scale="log",
        series=[
            Line(
                factors,
                [estimation.worst_spread(n) for n in factors],
                "all the same way",
                role="monitor",
                dashed=True,
            ),
            Line(
                factors,
                [estimation.product_spread(n) for n in factors],
                "independent",
                role="online",
            ),
        ],
        markers=[Marker(x=estimation.FACTORS, label="a usual estimate")],
    )


def fanout():
    """A search that waits for forty shards meets a slow one a third of the time.

    Per cent of requests with at least one slow call, against the calls that a request waits for, if
    one call in a hundred, or one in a thousand, is slow.
    """
    calls = [1, 2, 4, 6, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200]
    return Chart(
        x="Calls that a request waits for",
        y="Requests with a slow call (%)",
        x_scale="log",
        series=[
            Line(
                calls,
                [estimation.late_percent(n, estimation.SLOW_SHARE) for n in calls],
                "1 in 100",
                role="monitor",
            ),
            Line(
                calls,
                [estimation.late_percent(n, estimation.SLOW_SHARE / 10) for n in calls],
                "1 in 1,000",
                role="online",
            ),
        ],
        markers=[
            Marker(
                x=estimation.SHARDS,
                label=f"{estimation.SHARDS:.0f} shards: {estimation.late_percent():.0f} %",
            )
        ],
    )


def cards():
    """Reading and writing need cards for different reasons, and both grow with the prompt.

    H100s for the coding helper at its peak against the length of a prompt. Reading grows with the
    tokens read; writing grows because longer caches leave room for fewer sequences.
    """
    tokens = [500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]
    return Chart(
        x="Tokens of a prompt",
        y="H100s at the peak",
        series=[
            Line(
                tokens,
                [estimation.prefill_cards(n) for n in tokens],
                "reading",
                role="online",
            ),
            Line(
                tokens,
                [estimation.decode_cards(n) for n in tokens],
                "writing",
                role="model",
            ),
        ],
        markers=[Marker(x=estimation.TOKENS_IN, label="the helper's prompt")],
    )
