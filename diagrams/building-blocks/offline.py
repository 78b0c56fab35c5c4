"""Figures of the chapter on offline metrics; values from its estimate."""

from handbook.drawing import (
    Bars,
    Chart,
    Edge,
    Job,
    Lane,
    Line,
    Marker,
    Monitor,
    Plane,
    Span,
    Store,
    Stream,
    Timeline,
)
from handbook.estimate import chapter

block = chapter("building-blocks/offline-metrics")


def path():
    """From logged rows to a test, and back: experiments grade the metric.

    Rows are split by time, two models score the same users, an interval is put on the difference,
    gates decide which of many ideas get an experiment, and each experiment goes into a record.
    """
    with Plane("Rows", role="data"):
        log = Stream("Log", "probability, position")
        split = Job("Split by time", "week 6 is read once", icon="mdi-content-cut")
    with Plane("Offline: hours", role="offline"):
        choose = Job("Choose", "one week, many tries")
        pair = Monitor("Paired difference", f"{block.users_paired():,.0f} users see 0.002")
        gates = Monitor("Gates", f"{100 * block.tests_saved():.0f} % stop here")
    with Plane("Online: weeks", role="online"):
        test = Job("Experiment", f"{100 * block.prior_after_gate():.0f} % will work")
        record = Store(
            "Record", f"12: r = {block.correlation_low():.2f} to {block.correlation_high():.2f}"
        )
    log >> Edge(step=1, kind="async") >> split
    split >> Edge("week 5", step=2, kind="async") >> choose
    choose >> Edge("the best", step=3, kind="async") >> pair
    split >> Edge(kind="async") >> pair
    pair >> Edge(step=4, kind="async") >> gates
    gates >> Edge("pass", step=5, kind="async") >> test
    test >> Edge("lost ones too", step=6, kind="async") >> record
    record >> Edge(kind="control") >> choose


def splits():
    """One week to choose on, one that is opened once, and two groups that training never saw.

    Twenty-eight days of training on nine users in ten, a day until labels are final, a week on
    which everything is chosen, a week for the report. The report says apart how users do who were
    kept out of training, and users and items that first appear in the last week.
    """
    return Timeline(
        unit="d",
        lanes=[
            Lane("Train", [Span(0, 28, "nine users in ten", role="offline")]),
            Lane("Choose", [Span(29, 36, "all", role="model")]),
            Lane("Report, once", [Span(36, 43, "all", role="online")]),
            Lane("Kept-out users", [Span(36, 43, "a tenth", role="online")]),
            Lane("New users, items", [Span(36, 43, "new", role="online")]),
        ],
        ticks=[(0, "0"), (28, "28"), (36, "36"), (43, "43 d")],
        axis="Days; day 29 is the gap in which labels become final",
    )


def sampled():
    """The wrong model is ahead until a few hundred items are sampled.

    Recall at ten of two models in a catalogue of ten thousand, against the number of other items
    that the right one is ranked with. Model A has it at place five half of the time and far down
    otherwise, model B always at three hundred; exact values are at the right end.
    """
    sizes = [30, 60, 100, 150, 200, 230, 260, 290, 320, 350, 380, 420, 470, 550, 700, 1_000, 3_000]
    sizes.append(int(block.CATALOGUE) - 1)
    return Chart(
        x="Items sampled",
        y="Recall at ten (%)",
        x_scale="log",
        series=[
            Line(
                sizes,
                [100 * block.recall_sampled(model, size) for size in sizes],
                f"model {model}",
                role=role,
            )
            for model, role in (("A", "online"), ("B", "monitor"))
        ],
        markers=[Marker(x=block.honest_sample(), label=f"{block.honest_sample():.0f}")],
    )


def estimators():
    """Clipping fails where the new policy differs, and nothing is precise for rare rewards.

    Root of squared bias and squared standard error, in per cent of the new policy's true value, of
    five estimators on a hundred thousand logged rows, for a rare and for a common reward.
    """
    short = ["IPS", "SNIPS", "Clipped", "Model", "DR"]
    names = list(block.ESTIMATORS.values())
    return Chart(
        x="Estimator",
        y="Total error (% of the value)",
        series=[
            Bars(short, [block.total_percent(name, "likes") for name in names], "likes"),
            Bars(short, [block.total_percent(name, "contained") for name in names], "contained"),
        ],
    )


def launches():
    """With a dozen launches a correlation of 0.6 is hardly more than a sign.

    The 95 % interval of an observed correlation of 0.6 between offline and online change, against
    the number of launches in the record.
    """
    counts = [6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 40, 50, 70, 100]
    seen = float(block.OBSERVED)
    return Chart(
        x="Launches on record",
        y="Correlation",
        series=[
            Line(
                counts,
                [seen] * len(counts),
                "observed, with its interval",
                role="online",
                low=[block.correlation_low(seen, count) for count in counts],
                high=[block.correlation_high(seen, count) for count in counts],
            )
        ],
        markers=[
            Marker(x=12, label=f"12: from {block.correlation_low():.2f}"),
            Marker(y=0, label="none"),
        ],
    )
