"""Figures of the chapter on ranking models; values from its estimate and its lab."""

from handbook.drawing import (
    Bars,
    Chart,
    Edge,
    Index,
    Job,
    Line,
    Marker,
    Model,
    Plane,
    Store,
    Stream,
)
from handbook.estimate import chapter

block = chapter("building-blocks/ranking-models")
feed = block.feed
lab = block.LAB


def stages():
    """Each stage sees what the one before cannot: the pair, then the list.

    Retrieval's candidates and scores pass a cheap model; the ranker adds features of the pair and a
    history that is encoded once; the last step sees the list; outcomes train all of them.
    """
    with Plane("Request", role="online"):
        found = Index("Retrieval", f"{feed.retrieved():,.0f}, with scores")
        cheap = Model("Cheap model", f"{feed.prerank_parameters() / 1e3:.0f} thousand weights")
        rank = Model(
            "Ranker", f"{feed.RANKED:.0f}, {feed.dense_parameter_count() / 1e6:.0f} million"
        )
        final = Job("Re-rank", f"sees the list: {feed.RERANKED:.0f} → 10", icon="mdi-sort-variant")
    with Plane("Features", role="data"):
        pair = Store("Of the pair", f"{feed.RANKED:.0f} lookups a request")
        history = Model("History", f"{block.HISTORY:.0f} actions, once")
    log = Stream("Outcomes", "with position and time")
    found >> Edge(step=1) >> cheap
    cheap >> Edge(step=2) >> rank
    rank >> Edge(step=3) >> final
    pair >> Edge("each candidate") >> rank
    history >> Edge("all candidates") >> rank
    final >> Edge("shown", kind="async") >> log


def losses():
    """A quarter is lost before the ranker sees anything, a third of the rest by the ranker.

    NDCG of the first ten in the lab: what is trending, retrieval's own order, the ranker's, the
    best order of what retrieval handed on, and the best order of everything.
    """
    return Chart(
        x="Order by",
        y="NDCG@10",
        series=[
            Bars(
                ["trending", "retrieval", "ranker", "best of 200", "best of all"],
                [
                    round(lab[f"ndcg_{name}"], 3)
                    for name in (
                        "trending",
                        "retrieval",
                        "two_stages",
                        "oracle_on_handed",
                        "oracle",
                    )
                ],
                "NDCG@10",
                role="model",
            )
        ],
    )


def kept():
    """Retrieval's curve is still steep where it stops: 500 items would keep 46 %, not 34.

    Share of a person's later actions that are among the first so many items of retrieval, in the
    lab's world of 12,000 items. What is not among them no ranker can show.
    """
    return Chart(
        x="Items handed on",
        y="Wanted items kept (%)",
        x_scale="log",
        series=[
            Line(lab["cuts"], [100 * each for each in lab["recall"]], "retrieval", role="online")
        ],
        markers=[Marker(x=lab["handed_on"], label=f"hands on {lab['handed_on']:.0f}")],
    )


def families():
    """All pairs of forty fields cost less than a hundredth of one full cross layer.

    Operations for 500 candidates by way of combining features, forty fields of 64 values each.
    Dense layers are 1,024 and 512 wide; attention compares each candidate with 200 past actions.
    """
    ways = (
        ("pairs", block.dot_flops()),
        ("thin cross", 2 * block.cross_parameters(block.CROSS_RANK)),
        ("attention", block.target_attention_flops()),
        ("dense", 2 * block.dense_network_parameters()),
        ("full cross", 2 * block.cross_parameters()),
    )
    return Chart(
        x="Way to combine features",
        y="GFLOP a request",
        series=[
            Bars(
                [name for name, _ in ways],
                [round(feed.RANKED * flops / 1e9, 2) for _, flops in ways],
                "500 candidates",
                role="data",
            )
        ],
    )
