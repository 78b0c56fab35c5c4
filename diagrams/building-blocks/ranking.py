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
    history that is encoded once; the last step sees the list. Outcomes train retrieval and the
    ranker; the ranker's order trains the cheap model.
    """
    with Plane("Request", role="online"):
        found = Index("Retrieval", f"{feed.retrieved():,.0f}, with scores")
        cheap = Model("Cheap model", f"{feed.prerank_parameters() / 1e3:.0f} thousand weights")
        rank = Model(
            "Ranker",
            f"{feed.RANKED:.0f} posts, {feed.dense_parameter_count() / 1e6:.0f} million weights",
        )
        final = Job("Re-rank", f"sees the list: {feed.RERANKED:.0f} → 10", icon="mdi-sort-variant")
    with Plane("Features", role="data"):
        pair = Store("Of the pair", "all of a user's, one read")
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

    The best NDCG that is possible in the lab, in parts: what is in retrieval's own order, what the
    ranker adds, what it leaves of the candidates it has, and what retrieval never handed on.
    """
    return Chart(
        x="Part of the best order",
        y="Share of the possible (%)",
        series=[
            Bars(
                ["retrieval's order", "ranker adds", "ranker leaves", "never handed on"],
                [round(part) for part in block.parts_percent()],
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
    """Some 190 candidates are enough to make a history encoded once cheaper than attention.

    Operations of a request by way of combining features, forty fields of 64 values each. Dense
    layers are 1,024 and 512 wide; attention compares each candidate with 200 past actions.
    """
    ways = (
        ("full cross", 2 * block.cross_parameters(), "monitor"),
        ("dense", 2 * block.dense_network_parameters(), "data"),
        ("attention", block.target_attention_flops(), "model"),
        ("pairs", block.dot_flops(), "offline"),
    )
    ranked = [20, 50, 100, 200, 500, 1_000, 2_000]
    once = [feed.sequence_flops() / 1e9] * len(ranked)
    return Chart(
        x="Candidates",
        y="GFLOP a request",
        x_scale="log",
        y_scale="log",
        series=[
            *(
                Line(ranked, [number * flops / 1e9 for number in ranked], name, role=role)
                for name, flops, role in ways
            ),
            Line(ranked, once, "history once", role="online"),
        ],
        markers=[Marker(x=float(feed.RANKED), label=f"the feed's {feed.RANKED:.0f}")],
    )
