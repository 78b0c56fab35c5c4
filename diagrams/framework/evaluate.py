"""Figures of the evaluation step: the map of metrics, two disagreements, samples, decisions."""

from handbook.drawing import (
    Bars,
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
    Timeline,
)
from handbook.estimate import chapter

step = chapter("framework/5-evaluate")
serve = chapter("framework/6-serve")
feed = chapter("case-studies/news-feed")
base = chapter("framework")


def metric_map():
    """Offline chooses in hours, online decides in weeks, the business answers in quarters.

    Every arrow is an assumption that an experiment has to renew. Guardrails do not choose anything;
    each can veto, if its margin is one that the test can see.
    """
    with Plane("Offline, hours", role="offline"):
        recall = Job(
            "Model recall", f"target {feed.MODEL_RECALL_TARGET:.2f} at 600", icon="mdi-magnify"
        )
        entropy = Job("Entropy, calibration", "eight heads, by slice", icon="mdi-chart-bell-curve")
        golden = Job("Golden set", f"{step.golden_paired():,.0f} questions", icon="mdi-gavel")
    with Plane("Online, weeks", role="online"):
        sessions = Service("Weekly sessions", f"{feed.users_per_arm() / 1e6:.1f} M users per arm")
        solved = Service(
            "Resolved, 7 days", f"{step.resolved_conversations() / 1e3:.0f} k chats per arm"
        )
    with Plane("Guardrails", role="monitor"):
        hides = Monitor("Hides", f"at most +{feed.HIDES_MARGIN:.0%}")
        wrong = Monitor("Forbidden promises", f"under {step.WORST_SHARE:.1%}")
    with Plane("Business, quarters", role="client"):
        stay = Client("People who stay", "long-term holdout", icon="mdi-account-heart-outline")
        time = Client(
            "Agents' time",
            f"${step.point_dollars_per_month() / 1e3:.0f} k a point",
            icon="mdi-headset",
        )
    recall >> sessions
    entropy >> sessions
    golden >> solved
    sessions >> stay
    solved >> time
    hides >> Edge("veto") >> sessions
    wrong >> Edge("veto") >> solved


def calibration_case():
    """The better ranker is worth less than the old one once its likes are far too high.

    Value per thousand shown posts by the factor on the odds of a like. The AUC of the new head is
    the same at every point of its line; sampling negatives at one in ten puts it at the right edge.
    """
    factors = [1 + k / 4 for k in range(37)]
    new, old = step.like_auc(), step.old_auc()
    return Chart(
        x="Factor on the odds of a like",
        y="Value per 1,000 posts shown",
        series=[
            Line(
                factors,
                [step.shown_value(True, factor) for factor in factors],
                f"new, AUC {new:.2f}",
                role="model",
            ),
            Line(
                factors,
                [step.shown_value(False) for _ in factors],
                f"old, AUC {old:.2f}",
                role="data",
                dashed=True,
            ),
        ],
        markers=[Marker(x=step.break_even_factor(), label="equal value")],
    )


def judge_case():
    """The judge passes more of the longer answers, people pass fewer.

    Share of two hundred answers of each system that passes. The judge fails fewer of the bad
    answers when they are long.
    """
    systems = ["Old, short", "New, long"]
    return Chart(
        x="System",
        y="Answers that pass (%)",
        series=[
            Bars(
                systems,
                [100 * step.judge_rate(new) for new in (False, True)],
                "judge",
                role="model",
            ),
            Bars(
                systems,
                [100 * step.human_rate(new) for new in (False, True)],
                "people",
                role="client",
            ),
        ],
    )


def sample_size():
    """Half the effect takes four times the users.

    Users in each arm by the smallest relative change of weekly sessions that is found four times in
    five, without and with the week before as a covariate.
    """
    changes = [0.1 * 10 ** (k / 10) for k in range(14)]
    correlation = float(feed.CUPED_CORRELATION)
    return Chart(
        x="Smallest change found (% of the mean)",
        y="Users in each arm (millions)",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                changes, [step.feed_users(x / 100) / 1e6 for x in changes], "plain", role="monitor"
            ),
            Line(
                changes,
                [step.feed_users(x / 100, correlation) / 1e6 for x in changes],
                "with CUPED",
                role="online",
            ),
        ],
        markers=[
            Marker(
                x=100 * feed.DETECTABLE,
                label=(
                    f"{100 * feed.DETECTABLE:.1f} %: {feed.users_per_arm() / 1e6:.2f} or "
                    f"{feed.users_per_arm_cuped() / 1e6:.2f} million"
                ),
            )
        ],
    )


def golden():
    """Two hundred examples cannot tell 82 % from 85 %.

    Difference of two systems that is found four times in five, by the size of the golden set.
    Asking both systems the same questions needs fewer than half as many.
    """
    sizes = [round(50 * 10 ** (k / 8)) for k in range(17)]
    paired, unpaired = step.golden_paired(), step.golden_unpaired()
    return Chart(
        x="Questions",
        y="Smallest difference found (points)",
        x_scale="log",
        series=[
            Line(sizes, [step.found_unpaired(n) for n in sizes], "different", role="monitor"),
            Line(sizes, [step.found_paired(n) for n in sizes], "the same", role="online"),
        ],
        markers=[
            Marker(
                y=100 * (step.GOLDEN_NEW - step.GOLDEN_OLD),
                label=f"3 points: {paired:,.0f} or {unpaired:,.0f}",
            )
        ],
    )


def experiment():
    """The sample is there in two days, the answer in three weeks.

    The assistant's test, a tenth of customers in each arm. Whole weeks because
    Mondays differ, and a week more because a contained conversation may come back.
    """
    enough, end = step.resolved_days(), 14
    decide = step.decision_day()
    canary = f"{100 * serve.WIDE_CANARY:.0f} %, one day"
    return Timeline(
        unit="day",
        lanes=[
            Lane("Canary", [Span(-1, 0, canary)], role="monitor"),
            Lane("Sample", [Event(enough, f"large enough, day {enough:.1f}")], role="data"),
            Lane("Test", [Span(0, end, "two whole weeks")], role="online"),
            Lane("Comes back?", [Span(end, decide, "7 days")], role="nearline"),
            Lane("Decision", [Event(decide, "one look")], role="offline"),
        ],
        ticks=[(-1, "−1"), (0, "0"), (7, "7"), (end, "14"), (decide, f"{decide:.0f}")],
        axis="Days",
    )


def disagree():
    """Ask the cheap question first: is the test sound, are the inputs the same, is the score?

    Four questions in the order of what they cost, each with what to do if the answer is no. Only
    after the fourth is the metric itself to blame, and then the offline metric is what changes.
    """
    start = Model("Offline up, online not", "or a guardrail fell", role="client")
    with Plane("Ask in this order", role="data"):
        sound = Store("Is the test sound?", "ratio, power, one look", icon="mdi-scale-balance")
        same = Store("Same inputs?", "served against logged", icon="mdi-compare-horizontal")
        scale = Store("Same scale?", "calibration of each head", icon="mdi-tune")
        region = Store("Labels where it goes?", "share never shown before", icon="mdi-map-outline")
    with Plane("If not", role="monitor"):
        again = Service("Mend, run again", "never only longer", icon="mdi-restart")
        skew = Service("Repair the skew", "do not retrain", icon="mdi-wrench-outline")
        maps = Service("Fit the maps", "on held-out data", icon="mdi-chart-bell-curve")
        explore = Service(
            "Explore, reweigh",
            f"{feed.EXPLORE_SHARE:.0%} of views",
            icon="mdi-dice-multiple-outline",
        )
    metric = Monitor("Change the metric", "it rewards what hurts", icon="mdi-target")
    start >> sound
    sound >> Edge("yes") >> same >> Edge("yes") >> scale >> Edge("yes") >> region
    sound >> Edge("no") >> again
    same >> Edge("no") >> skew
    scale >> Edge("no") >> maps
    region >> Edge("no") >> explore
    region >> Edge("yes") >> metric
