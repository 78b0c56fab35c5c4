"""Figures of the chapter on online experiments; values from its estimate and its lab."""

from handbook.drawing import Chart, Client, Edge, Job, Line, Marker, Monitor, Plane, Store, Stream
from handbook.estimate import chapter, results

block = chapter("building-blocks/online-experiments")
lab = results("building-blocks/online-experiments")


def path():
    """From a hash to a decision: unequal arms stop everything before an effect is read.

    A hash of user and experiment assigns, the first exposure is logged where the change can be met,
    metrics are joined to it, and arms are counted before CUPED and the one look at the end.
    """
    with Plane("Serving", role="online"):
        user = Client("User", "one arm for good")
        assign = Job("Assign", "hash of user and test")
        meets = Stream("Exposure log", "first time it is met")
    with Plane("Analysis", role="data"):
        join = Store("Users with metrics", "one row a user")
        ratio = Monitor("Sample ratio", f"1 % lost: 1 in {1 / block.srm_p() / 1e9:,.0f} bn")
        stop = Job("Stop", "find who is missing", icon="mdi-alert-octagon")
        adjust = Job("CUPED", f"leaves {100 * block.cuped_share():.0f} % of the users")
    with Plane("Decision", role="offline"):
        look = Job("One look", f"daily: {100 * lab['null_peeking']:.0f} % false", icon="mdi-eye")
        guard = Monitor("Guardrails", "margins that it can see")
        ship = Job("Ship or stop", "and keep a holdout", icon="mdi-flag-checkered")
    user >> Edge(step=1) >> assign
    assign >> Edge(step=2) >> meets
    meets >> Edge(step=3, kind="async") >> join
    join >> Edge(step=4, kind="async") >> ratio
    ratio >> Edge("lost", kind="control") >> stop
    ratio >> Edge("equal", step=5, kind="async") >> adjust
    adjust >> Edge(step=6, kind="async") >> look
    look >> Edge(step=7, kind="async") >> ship
    guard >> Edge("veto", kind="control") >> ship


def curse():
    """A significant result of a weak test is more than twice too large.

    How many times too large a significant estimate is on average, against the power of its test.
    At eighty per cent it is an eighth too large; at twenty it is more than double.
    """
    powers = [0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    return Chart(
        x="Power (%)",
        y="Times too large",
        series=[
            Line(
                [100 * power for power in powers],
                [block.exaggeration(power) for power in powers],
                "significant results",
                role="monitor",
            )
        ],
        markers=[
            Marker(x=20, label=f"20 %: {block.exaggeration(0.2):.1f}"),
            Marker(x=80, label=f"80 %: {block.exaggeration(0.8):.2f}"),
            Marker(y=1),
        ],
    )


def market():
    """The test by riders is precise and wrong, the switchback right and vague.

    Effects that repeated two-week tests report, drawn as bell curves of their means and standard
    deviations in the lab; the line is the effect if everybody had the change.
    """
    xs = [-4 + 0.25 * n for n in range(75)]
    lines = []
    for name, label, role in (
        ("by_rider", "by riders", "monitor"),
        ("switchback", "switchback", "online"),
    ):
        mean, spread = 100 * lab[f"market_{name}"], 100 * lab[f"market_{name}_spread"]
        heights = [100 * block.bell(x, mean, spread) for x in xs]
        lines.append(Line(xs, heights, label, role=role, dashed=name == "switchback"))
    return Chart(
        x="Reported effect on trips (%)",
        y="Tests per point (%)",
        series=lines,
        markers=[Marker(x=100 * lab["market_truth"], label="truth")],
    )
