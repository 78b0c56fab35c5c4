"""What the labs measured, drawn from their stored results."""

from handbook.drawing import Chart, Line, Marker, Points
from handbook.estimate import results

calibration = results("building-blocks/calibration")
experiments = results("building-blocks/online-experiments")
ranking = results("building-blocks/ranking-models")
serving = results("building-blocks/llm-inference")


def reliability():
    """Trained on one negative in twenty, a model says 54 % where 6 % click; corrected, it is right.

    Observed click rate against the mean prediction in twenty bins with equally many impressions.
    The correction moves every point onto the diagonal and leaves their order.
    """
    sampled, corrected = calibration["bins_sampled"], calibration["bins_corrected"]
    ends = [0.001, 0.6]
    return Chart(
        x="Predicted (%)",
        y="Observed (%)",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                [100 * p for p, _ in sampled],
                [100 * o for _, o in sampled],
                "as trained",
                role="monitor",
            ),
            Points(
                [100 * p for p, _ in corrected],
                [100 * o for _, o in corrected],
                "corrected",
                role="online",
            ),
            Line(
                [100 * e for e in ends],
                [100 * e for e in ends],
                "right",
                role="client",
                dashed=True,
            ),
        ],
    )


def peeking():
    """Who stops at the first significant day errs in more than one test in five.

    Per cent of tests without any effect that have been called significant by each day, when a test
    for one look is read every day. Dashed: the error that was promised.
    """
    found = experiments["null_peeking_by_day"]
    last = len(found)
    return Chart(
        x="Day",
        y="False alarms so far (%)",
        series=[
            Line(
                list(range(1, last + 1)),
                [100 * each for each in found],
                "a look a day",
                role="monitor",
            ),
            Line([1, last], [5, 5], "promised: 5 %", role="client", dashed=True),
        ],
    )


def goodput():
    """Where answers are long, pages carry nearly three times the load of reserved memory.

    Per cent of answers in time against the load, as a share of the highest that was tried. The line
    across is nine in ten. Long answers with reserved memory fall below it first, with pages last;
    long prompts fare alike with both. Static batches are late at every load.
    """
    lines = [
        ("writer", "continuous", "reserved", "nearline", 25),
        ("writer", "paged", "pages", "online", 58),
        ("assistant", "paged", "long prompts", "client", 68),
    ]
    series = [
        Line(
            [100 * rate / serving[f"{load}_rates"][-1] for rate in serving[f"{load}_rates"]],
            [100 * good for good in serving[f"{load}_{kind}_good"]],
            label,
            role=role,
            dashed=load == "assistant",
            at=at,
        )
        for load, kind, label, role, at in lines
    ]
    return Chart(
        x="Load (% of the highest tried)",
        y="Answers in time (%)",
        series=series,
        markers=[Marker(y=90)],
    )


def neighbours():
    """Among 12,000 items an approximate search that misses 3 % takes as long as an exact one.

    Share of the fifty nearest items that is missed against the milliseconds of a query, as the
    search looks at 50 to 800 nodes. The line is exact search in one matrix product.
    """
    return Chart(
        x="Milliseconds a query",
        y="Neighbours missed (%)",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                ranking["ann_ms"],
                [100 * (1 - each) for each in ranking["ann_recall"]],
                "approximate",
                role="online",
            )
        ],
        markers=[Marker(x=ranking["exact_ms"], label="exact")],
    )
