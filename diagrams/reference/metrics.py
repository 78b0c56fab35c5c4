"""Figures of the metrics page; every number comes from its estimate."""

from handbook import metrics
from handbook.drawing import Chart, Edge, Job, Line, Marker, Monitor, Plane, Points, Service, Store
from handbook.estimate import chapter

page = chapter("reference/metrics")


def business():
    """An offline metric stands for an online number, and something else pays when it is overdone.

    Four common pairs, each with the guardrail that notices when the offline metric is bought too
    dearly. The values are those of the page's examples.
    """
    missed = f"{page.recall_at_k():.2f}: one of four is lost"
    wrong = page.COUNTS.false_positives
    with Plane("Offline", role="offline"):
        stage = Job("Recall at k", missed, icon="mdi-filter-outline")
        order = Job("NDCG at k", f"{page.ndcg():.2f}: best grade first", icon="mdi-sort-variant")
        money = Job("ECE, log loss", f"{page.overconfident_error():.3f} off", icon="mdi-bullseye")
        harm = Job("Recall at precision", f"{page.CAUGHT:.0f} of {page.FRAUDS:.0f} found")
    with Plane("Online", role="online"):
        found = Service("Sessions that succeed", "a result is used")
        back = Service("People who return", "sessions a user and week")
        revenue = Service("Revenue", "per 1,000 impressions")
        loss = Service("Losses left", "fraud, harm that is seen")
    with Plane("Guardrail", role="monitor"):
        slow = Monitor("p99 latency", f"{page.latency_ms():.0f} ms, p50 {page.latency_ms(50):.0f}")
        hides = Monitor("Hides, reports", "per 1,000 views")
        price = Monitor("Price paid", "advertisers' return")
        blocked = Monitor("Good users blocked", f"{wrong:.0f} of {page.FLAGGED:.0f} flags")
    # One kind for both steps: neither is a request.
    watched = Edge(kind="control")
    stage >> watched >> found >> watched >> slow
    order >> watched >> back >> watched >> hides
    money >> watched >> revenue >> watched >> price
    harm >> watched >> loss >> watched >> blocked


def confusion():
    """Each metric reads two or three of the four counts, so each is blind to something.

    Precision never looks at what was allowed, recall never at false alarms, and F1 never at the
    good payments that were let through. Balanced accuracy, the exception, reads all four through
    two rates, and is blind to how rare fraud is.
    """
    counts = page.COUNTS
    with Plane("Flagged", role="online"):
        hits = Store("TP", f"{counts.true_positives:,.0f} frauds stopped", icon="mdi-check")
        alarms = Store("FP", f"{counts.false_positives:,.0f} good, blocked", icon="mdi-close")
    with Plane("Allowed", role="data"):
        misses = Store("FN", f"{counts.false_negatives:,.0f} frauds through", icon="mdi-close")
        rest = Store("TN", f"{counts.true_negatives:,.0f} good, allowed", icon="mdi-check")
    f1 = Monitor("F1", f"{page.f_beta():.2f}", icon="mdi-scale-balance")
    precise = Job("Precision", f"80 of 200: {page.precision():.2f}", icon="mdi-bullseye")
    found = Job("Recall", f"80 of 100: {page.recall():.2f}", icon="mdi-magnify")
    false_rate = Job("False positive rate", f"{100 * page.false_positive_rate():.1f} % of 9,900")
    balanced = Monitor("Balanced accuracy", f"{page.balanced_accuracy():.2f}")
    [hits, alarms] >> precise >> f1
    [hits, misses] >> found >> f1
    [alarms, rest] >> false_rate >> balanced
    found >> balanced


def _thinned(points, steps=50):
    """The strictest threshold at each of some recalls: a curve needs no ten thousand points."""
    chosen = []
    for counts in points:
        if metrics.recall(counts) >= (len(chosen) + 1) / steps:
            chosen.append(counts)
    return [*chosen, points[-1]]


def roc():
    """The ROC curve does not know how rare positives are.

    Scores of negatives and positives are two bell curves two standard deviations apart. The curve,
    and the area under it, are the same whether half or a hundredth of the items are positive.
    """
    series = []
    for rate, label, dashed in (
        (page.EVEN, "half positive", False),
        (page.RARE, "a hundredth", True),
    ):
        points = _thinned(page.curve_points(float(rate)))
        xs = [0.0, *map(metrics.false_positive_rate, points)]
        ys = [0.0, *map(metrics.recall, points)]
        series.append(Line(xs, ys, f"{label}: {page.curve_auc(float(rate)):.2f}", dashed=dashed))
    guess = Line([0.0, 1.0], [0.0, 1.0], "guessing: 0.50", role="client", dashed=True)
    at = round(page.false_positives_at_recall(), 2)
    return Chart(
        x="False positive rate",
        y="Recall (true positive rate)",
        series=[*series, guess],
        markers=[Marker(x=at, label=f"recall 0.8 costs {100 * at:.0f} % of the negatives")],
    )


def precision_recall():
    """The same scores are excellent for a coin and poor for a rare event.

    Precision against recall for three base rates. At a recall of 0.8 the precision falls from
    almost nine in ten to one in sixteen, although the ROC curve has not moved.
    """
    rates = ((page.EVEN, "half positive"), (0.1, "a tenth"), (page.RARE, "a hundredth"))
    series = []
    for rate, label in rates:
        points = _thinned(page.curve_points(float(rate)))
        area = page.curve_average_precision(float(rate))
        xs, ys = list(map(metrics.recall, points)), list(map(metrics.precision, points))
        series.append(Line(xs, ys, f"{label}: {area:.2f}"))
    even, rare = page.precision_at_recall(0.8, 0.5), page.precision_at_recall()
    note = f"recall 0.8: precision {even:.2f} or {rare:.2f}"
    return Chart(x="Recall", y="Precision", series=series, markers=[Marker(x=0.8, label=note)])


def calibration():
    """Both models order alike; only one means what it says.

    Predicted against observed rate in ten bins. The overconfident model doubles the log-odds of
    the other: the same AUC, and bids that are wrong at both ends.
    """
    honest, sure = (metrics.reliability(*model) for model in (page.honest(), page.overconfident()))

    def points(bins, label):
        return Points([b.predicted for b in bins], [b.observed for b in bins], label)

    return Chart(
        x="Predicted probability",
        y="Observed rate",
        series=[
            points(honest, f"calibrated: AUC {page.honest_auc():.2f}, ECE 0.000"),
            points(
                sure,
                f"overconfident: AUC {page.overconfident_auc():.2f}, "
                f"ECE {page.overconfident_error():.3f}",
            ),
            Line([0.0, 1.0], [0.0, 1.0], "says what happens", role="client", dashed=True),
        ],
    )


def discounts():
    """A ranking metric is a belief about how far people read.

    What one relevant item counts at each place, relative to the first. Precision at 5 treats five
    places alike and forgets the sixth; at the second place MRR has already lost a half.
    """
    places = list(range(1, 9))  # even ticks at both widths
    weights = page.weights(len(places))
    return Chart(
        x="Place",
        y="Weight relative to place 1",
        series=[
            Line(
                places, weights["precision@5"], f"precision@{page.CUT:.0f}: 1.00 at 2", role="data"
            ),
            Line(places, weights["NDCG"], f"NDCG: {weights['NDCG'][1]:.2f} at 2"),
            Line(places, weights["RBP"], f"RBP 0.8: {weights['RBP'][1]:.2f} at 2", role="online"),
            Line(places, weights["MRR"], f"MRR: {weights['MRR'][1]:.2f} at 2", role="monitor"),
        ],
    )
