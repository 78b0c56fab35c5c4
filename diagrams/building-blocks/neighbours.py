"""Figures of the chapter on nearest neighbours; values from its estimate."""

from handbook.drawing import (
    Chart,
    Edge,
    Index,
    Job,
    Line,
    Marker,
    Monitor,
    Plane,
    Service,
    Store,
    Stream,
)
from handbook.estimate import chapter

block = chapter("building-blocks/approximate-nearest-neighbours")
feed = block.feed


def cost():
    """A scan's price grows with the items, a graph's hardly: cards move the crossing far right.

    Dollars of a million queries at the feed's load, for 128 values in int8, against the number of
    vectors. The graph keeps a list of 256 and costs more for each shard that is needed; the dashed
    line is the feed.
    """
    sizes = [1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8, 1.5e8, 3e8, 6e8, 1e9]
    many = [n for n in sizes if n >= 1e6]  # fewer do not keep a card busy
    return Chart(
        x="Vectors",
        y="Dollars a million queries",
        x_scale="log",
        y_scale="log",
        series=[
            Line(sizes, [block.scan_dollars(n) for n in sizes], "scan, servers", role="monitor"),
            Line(many, [block.card_dollars(n) for n in many], "scan, cards", role="model"),
            Line(sizes, [block.search_dollars(n) for n in sizes], "graph", role="online"),
        ],
        markers=[Marker(x=block.ITEMS, label="feed")],
    )


def rescoring():
    """One bit a value needs hundreds of times the candidates, four bits hardly any more.

    Share of the true top six hundred of 600 million random vectors that is found after the fetched
    candidates are scored again in full, for the best code possible of so many bits a value, and for
    plain signs.
    """
    factors = [1, 1.5, 2, 3, 5, 8, 12, 20, 50, 100, 200, 500, 1_000, 2_000]
    codes = (
        ("4 bits", block.kept_correlation(4), "online"),
        ("2 bits", block.kept_correlation(2), "data"),
        ("1 bit", block.kept_correlation(1), "model"),
        ("sign", block.sign_correlation(), "monitor"),
    )
    return Chart(
        x="Fetched, as a multiple of what is wanted",
        y="Found after scoring again (%)",
        x_scale="log",
        series=[
            Line(
                factors,
                [100 * block.rescored_recall(n * block.WANTED, kept) for n in factors],
                name,
                role=role,
            )
            for name, kept, role in codes
        ],
        markers=[Marker(y=95, label="95 %")],
    )


def filters():
    """A filter after the search needs a list that grows as one over the share that passes.

    Of a hundred items wanted, how many a filter leaves on average, for lists of three lengths; the
    filter is independent of nearness. Right of the marker a graph keeps a passing link a node.
    """
    shares = [10 ** (-3 + n / 12) for n in range(37)]
    return Chart(
        x="Share that passes (%)",
        y="Left of 100 wanted",
        x_scale="log",
        series=[
            Line(
                [100 * share for share in shares],
                [100 * block.post_filter_recall(share, fetched) for share in shares],
                f"{fetched:,.0f} fetched",
                role=role,
            )
            for fetched, role in ((200, "monitor"), (block.WANTED, "data"), (5_000, "online"))
        ],
        markers=[Marker(x=100 / (2 * block.LINKS), label="a link each")],
    )


def versions():
    """An index belongs to one encoder: both are built, checked and switched as a pair.

    New vectors fill a second index while the first one serves. Inserts reach both, recall is
    compared with exact search, and one switch changes the index and the query's tower together.
    """
    query = Service("Search", "tower and index: one version")
    with Plane("Build", role="offline"):
        items = Store("Items", f"{block.ITEMS / 1e6:.0f} million")
        encode = Job("Encode anew", f"{block.embed_card_hours():.0f} card-hours")
        build = Job("Build a shard", f"{block.build_hours():.1f} h on a machine")
    fresh = Stream("New posts", f"{feed.index_inserts_per_s():.0f}/s, both encoders")
    with Plane("Indexes", role="online"):
        old = Index("Version 1", f"{feed.shard_total_bytes() / 1e9:.0f} GB a shard")
        new = Index("Version 2", f"{feed.shard_total_bytes() / 1e9:.0f} GB beside it")
    gate = Monitor("Gate", f"recall {feed.ANN_RECALL_TARGET:.2f} against exact")
    (
        items
        >> Edge(kind="async")
        >> encode
        >> Edge(kind="async")
        >> build
        >> Edge(kind="async")
        >> new
    )
    fresh >> Edge(kind="async") >> old
    fresh >> Edge(kind="async") >> new
    query >> Edge("today") >> old
    new >> Edge(kind="control") >> gate
    gate >> Edge("switch", kind="control") >> query
