"""Figures of the monitoring step: when signals speak, how loud chance is, and what to do first."""

from handbook.drawing import (
    Chart,
    Client,
    Edge,
    Event,
    Job,
    Lane,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Service,
    Span,
    Store,
    Stream,
    Timeline,
)
from handbook.estimate import chapter

monitor = chapter("framework/7-monitor")
base = chapter("framework")
data = chapter("framework/3-data")
feed = chapter("case-studies/news-feed")
serve = chapter("framework/6-serve")

HOUR, DAY = 60, 24 * 60


def signals():
    """The signals that arrive in time do not measure what you care about.

    Each lane ends when its signal can first be believed, on a logarithmic axis: machines speak
    within a minute, inputs within minutes, labels after their window, and goals after weeks.
    """

    def lane(name, start, end, label, role):
        return Lane(name, [Span(start, end, "", role=role), Event(end, label, role=role)])

    page = monitor.seconds_to_page() / 60
    question = monitor.CANARY_RUNS * HOUR
    window, reports = feed.JOIN_WINDOW_MIN, monitor.minutes_for_margin(feed.REPORT_RATE)
    return Timeline(
        unit="min",
        lanes=[
            lane("Feed: outage", 0.1, page, f"{page * 60:.0f} s", "online"),
            lane("Feed: defaults", 0.1, 10, "10 min", "data"),
            lane("Feed: likes", 0.1, window, f"{window:.0f} min window", "client"),
            lane("Feed: reports", 0.1, reports, f"{reports / HOUR:.0f} h, small slice", "client"),
            lane("Feed: sessions", 0.1, feed.TEST_DAYS * DAY, "two weeks", "model"),
            lane("Assistant: cost", 0.1, 1, "1 min", "online"),
            lane("Assistant: fixed questions", 0.1, question, "three hourly runs", "data"),
            lane("Assistant: judged", 0.1, DAY, "a day's sample", "monitor"),
            lane("Assistant: reopened", 0.1, data.REOPEN_DAYS * DAY, "7 days", "client"),
        ],
        scale="log",
        ticks=[(0.1, "6 s"), (1, "1 min"), (HOUR, "1 h"), (DAY, "1 day"), (7 * DAY, "1 week")],
        axis="Time after something broke",
    )


def noise_floor():
    """Chance passes the rule of thumb in small slices and is invisible in large ones.

    PSI of two samples of one and the same distribution in ten bins, on average and once in a
    hundred tests, by rows in each. Moving a twentieth of all rows stays below the rule.
    """
    rows = [100 * 10 ** (step / 8) for step in range(33)]

    def level(height, label, role):
        return Line(rows, [height] * len(rows), label, role, dashed=True)

    return Chart(
        x="Rows in each of two samples",
        y="PSI without any drift",
        series=[
            Line(rows, [monitor.psi_noise(n) for n in rows], "once in a hundred tests", "monitor"),
            Line(rows, [monitor.psi_mean(n) for n in rows], "on average", "data"),
            level(monitor.RULE_OF_THUMB, "rule of thumb", "client"),
            level(monitor.psi_of_shift(), f"{monitor.SHIFT:.0%} of rows moved", "online"),
        ],
        x_scale="log",
        y_scale="log",
        markers=[
            Marker(x=monitor.rows_for_rule(), label=f"{monitor.rows_for_rule():.0f} rows"),
        ],
    )


def cadence():
    """Retraining every three days costs least here; monthly costs three times as much.

    Dollars a day for training and for what an ageing model loses, by days between trainings. The
    loss saturates at three per cent of log loss; a backtest on your data gives your curve.
    """
    days = [0.7 + step / 4 for step in range(118)]
    training = [monitor.retrain_dollars() / x for x in days]
    loss = [100 * monitor.mean_loss(x) * monitor.LOSS_DOLLARS for x in days]
    together = [monitor.cadence_dollars_per_day(x) for x in days]
    return Chart(
        x="Days between trainings",
        y="Dollars a day",
        series=[
            Line(days, together, "together", role="model"),
            Line(days, loss, "loss", role="monitor", dashed=True),
            Line(days, training, "training", role="offline", dashed=True),
        ],
        markers=[
            Marker(
                x=monitor.best_cadence_days(),
                label=f"least: {monitor.best_cadence_days():.1f} days",
            ),
            Marker(x=7, label="weekly"),
        ],
    )


def loop():
    """Two equally good groups of authors: luck becomes fate, unless training corrects for it.

    A toy. One group starts with 55 per cent of impressions; each retraining favours what was shown.
    A little exploration hardly slows it. Correcting for what was shown, which takes exploration,
    stops it.
    """
    rounds = list(range(int(monitor.LOOP_ROUNDS) + 1))

    def line(explore, gain, label, role, dashed=False):
        shares = [100 * monitor.loop_share(n, explore, gain) for n in rounds]
        return Line(rounds, shares, label, role=role, dashed=dashed)

    return Chart(
        x="Retrainings",
        y="Impressions of the luckier group (%)",
        series=[
            line(0.0, monitor.LOOP_GAIN, "no exploration", "monitor"),
            line(feed.EXPLORE_SHARE, monitor.LOOP_GAIN, "2% exploration", "nearline", True),
            line(feed.EXPLORE_SHARE, 1.0, "and corrected", "online"),
        ],
    )


def ten_minutes():
    """The first ten minutes: say it, stop the harm, keep the evidence; causes come later.

    One person leads, one acts, one tells others. The last good version goes back by minute five,
    before anybody knows why. Training on the broken window is blocked at once.
    """
    back = monitor.ROLLBACK_MINUTES
    return Timeline(
        unit="min",
        lanes=[
            Lane("Lead", [Event(0, "alarm"), Span(0, 1, "names roles", role="monitor")]),
            Lane("Look", [Span(1, 3, "what changed, which slice", role="data")]),
            Lane("Act", [Span(3, back, "roll back or degrade", role="online")]),
            Lane("Hold", [Span(3, 10, "training and ramps blocked", role="offline")]),
            Lane("Tell", [Span(2, 4, "status page", role="client"), Event(10, "next at 40")]),
            Lane("Check", [Span(back, 10, "signal back to normal?", role="monitor")]),
        ],
        ticks=[(0, "0"), (3, "3"), (back, f"{back:.0f}"), (10, "10")],
        axis="Minutes after the alarm",
    )


def assistant_watch():
    """Four watchers of one assistant, and a judge that is watched as well.

    Fixed questions run every hour against the live version. A judge model reads a random sample;
    people read some of the same, and their verdicts correct the judge's rate.
    """
    customer = Client("Customers", f"{base.CONVERSATIONS_PER_DAY:,.0f} conversations a day")
    with Plane("Live", role="online"):
        live = Service("Assistant", "prompt, model, index: one version")
        fixed = Job(
            "Fixed questions",
            f"{monitor.CANARY_QUESTIONS:.0f} an hour",
            icon="mdi-format-list-checks",
        )
    with Plane("Log", role="data"):
        log = Stream("Transcripts", "versions, passages, cost")
    with Plane("Watch", role="monitor"):
        counters = Monitor("Counters", "hand-overs, cost, refusals")
        judge = Model("Judge model", f"{monitor.JUDGED_PER_DAY:,.0f} answers a day")
        people = Client("People", f"{data.JUDGED_PER_DAY:.0f} conversations a day")
        rate = Store("Corrected rate", f"± {100 * monitor.corrected_total_error():.1f} points")
    customer >> live
    fixed >> Edge("same every hour") >> live
    live >> Edge(kind="async") >> log
    log >> Edge("all", kind="async") >> counters
    log >> Edge("random", kind="async") >> judge
    log >> Edge("random", kind="async") >> people
    judge >> Edge("flags", kind="async") >> rate
    people >> Edge("judge's errors", kind="async") >> rate
    counters >> Edge("roll back", kind="control") >> live
