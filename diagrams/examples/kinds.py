"""One small figure of each kind that is not boxes and planes."""

from __future__ import annotations

from handbook.drawing import (
    Box,
    Chart,
    Event,
    Funnel,
    Join,
    Lane,
    Line,
    Marker,
    Span,
    Stage,
    Timeline,
    sketch,
)


def funnel():
    """Four stages turn a billion videos into ten.

    Each stage sees fewer videos and spends more time on each of them, so that the total stays
    within the budget of one request.
    """
    return Funnel(
        [
            Stage("Catalogue", 1e9, note="everything that may be shown", role="data"),
            Stage("Retrieval", 1000, ms=12, note="nearest neighbours and followed channels"),
            Stage("Light ranker", 200, ms=8, note="a small tree model, features in memory"),
            Stage("Heavy ranker", 50, ms=35, note="one batch through a deep network", role="model"),
            Stage("Re-ranking", 10, ms=5, note="variety, freshness, policy"),
        ],
        unit="videos",
        budget_ms=80,
        around_ms=12,
        around="gateway, user context, answer",
    )


def chart():
    """A busy server answers late long before it is full.

    The mean time in a queue with one server grows as 1 / (1 - load). Doubling the servers behind
    one queue moves the bend to the right; it does not take it away.
    """
    loads = [step / 50 for step in range(48)]
    service_ms = 10.0
    one = [service_ms / (1 - load) for load in loads]
    two = [service_ms / (1 - load**2) for load in loads]
    return Chart(
        x="Load (share of capacity)",
        y="Mean time in the system (ms)",
        series=[Line(loads, one, "one server"), Line(loads, two, "two servers, one queue")],
        markers=[Marker(x=0.7, label="plan for at most this much")],
    )


def timeline():
    """A training row waits for its label, and takes features as they were.

    The row can only be written when the attribution window has closed. Its features are those of
    the impression, logged at that moment: reading them later would leak the future.
    """
    return Timeline(
        unit="min",
        lanes=[
            Lane("Impression", [Event(0, "ad shown, features logged")]),
            Lane("Clicks", [Event(9, "click"), Span(0, 30, "attribution window", role="client")]),
            Lane("Feature store", [Event(5, "count + 1"), Event(20, "count + 1")], role="data"),
            Lane(
                "Training set",
                [Span(30, 38, "late events"), Event(40, "row written", role="offline")],
                role="nearline",
            ),
        ],
        joins=[
            Join("Impression", 0, "Training set", 40),
            Join("Clicks", 9, "Training set", 40),
        ],
        axis="Minutes after the impression",
    )


@sketch
def whiteboard():
    """Fraud scoring in six boxes, as it would stand on a whiteboard.

    The numbers are the minutes of a 45-minute interview at which each box is drawn.
    """
    pay = Box("Payment", "500 a second", minute=4)
    rules = Box("Rules", "block the obvious", minute=8)
    features = Box("Features", "counts a card, a shop", minute=14)
    model = Box("Model", "boosted trees", minute=20)
    decision = Box("Decision", "allow, ask, block", minute=27)
    labels = Box("Labels", "chargebacks, weeks late", minute=33)
    pay >> rules >> features >> model >> decision >> "outcome" >> labels
    labels >> "retrain" >> model
