"""Figures of the chapter on embeddings and two towers; values from its estimate."""

from handbook.drawing import (
    Bars,
    Chart,
    Client,
    Edge,
    Index,
    Job,
    Lane,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Span,
    Store,
    Timeline,
)
from handbook.estimate import chapter

block = chapter("building-blocks/embeddings-and-two-tower")
feed = block.feed


def path():
    """The two sides run at different times and must come from the same training.

    A post is encoded once and its content kept; the small tower over it is cheap to run again. The
    user's tower runs at each request. Both carry the version of the pair, and so does the index.
    """
    with Plane("Training", role="offline"):
        pairs = Store("Pairs", "user then, post acted on")
        train = Job("Train the pair", f"batch of {feed.TOWER_BATCH:,.0f}, − log Q")
    with Plane("Posts, once", role="data"):
        encoder = Model("Content encoder", f"{block.encode_hours():.0f} card-hours for all")
        kept = Store("Content vectors", f"{block.kept_content_bytes() / 1e9:.0f} GB kept")
        post = Model("Post tower v7", f"{block.retower_core_hours():.1f} core-hours for all")
        index = Index("Index v7", f"{feed.index_bytes() / 1e9:.0f} GB, int8")
    with Plane("Each request", role="online"):
        app = Client("User", "history, id, context")
        user = Model("User tower v7", f"{2 * block.user_tower_parameters() / 1e6:.2f} MFLOP")
        ranker = Job("Ranker", f"{block.ranker_flops_per_pair() / 1e6:.0f} MFLOP a pair")
    watch = Monitor("Recall by slice", "head, tail, under a day")
    encoder >> Edge(kind="async") >> kept >> Edge(kind="async") >> post
    post >> Edge(kind="async") >> index
    pairs >> Edge(kind="async") >> train
    train >> Edge("v7", kind="control") >> post
    train >> Edge("v7", kind="control") >> user
    app >> Edge(step=1) >> user >> Edge("one vector", step=2) >> index
    index >> Edge(f"{feed.ANN_CANDIDATES:.0f} posts", step=3) >> ranker
    index >> Edge(kind="control") >> watch


def tables():
    """Even with its dictionary, wide rows for one per cent of ids take a third of the memory.

    Gigabytes in float16 for a billion ids, with 16 GB for a dictionary where a scheme needs one.
    One hash makes 86 % of ids equal to another one, two hashes four ids in all, the others none.
    """
    return Chart(
        x="Scheme",
        y="Memory (GB)",
        series=[
            Bars(
                ["Own row", "One hash", "Two hashes", "Wide 1 %", "Quotient"],
                [
                    round(size / 1e9)
                    for size in (
                        block.own_row_bytes() + block.dictionary_bytes(),
                        feed.table_bytes(),
                        feed.table_bytes(),
                        block.mixed_bytes() + block.dictionary_bytes(),
                        block.quotient_remainder_bytes() + block.dictionary_bytes(),
                    )
                ],
                "a billion ids, 64 values",
                role="data",
            )
        ],
    )


def widths():
    """Ten times as many posts find more than twice the width, but a graph works six times as hard.

    Share of the widest model's best hundred posts that a narrower one hands on, out of 600 million,
    if scores are normal and directions lose weight as a power law. Dashed: the feed's width.
    """
    xs = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512]
    return Chart(
        x="Values in a vector",
        y="Best hundred found (%)",
        x_scale="log",
        series=[
            Line(
                xs,
                [100 * block.found_share(width, handed_on) for width in xs],
                f"{handed_on:,} handed on",
                role=role,
            )
            for handed_on, role in ((6_000, "online"), (600, "model"), (200, "monitor"))
        ],
        markers=[Marker(x=128, label=f"128: {100 * block.found_share():.0f} %")],
    )


def switch():
    """A new pair of towers takes traffic only when its own index is whole.

    Hours from the start of training. Vectors of all posts take minutes, the graph over four hours,
    and until the canary ends both pairs and both indexes are held, so that the way back is short.
    """
    trained = float(block.TUNE_HOURS)
    made = trained + block.retower_hours()
    built = made + block.build_hours()
    ready = block.ready_hours()
    end = ready + float(block.model.CANARY_HOURS)
    return Timeline(
        unit="h",
        lanes=[
            Lane("Train", [Span(0, trained, "both towers")], role="offline"),
            Lane("Build v8", [Span(made, built, "four shards at once")], role="data"),
            Lane("Check", [Span(built, ready, "recall by slice")], role="monitor"),
            Lane("v7 serves", [Span(0, end, "tower v7 asks index v7 only")], role="online"),
            Lane("v8 serves", [Span(ready, end, "canary, one day")], role="online"),
        ],
        ticks=[
            (0, "0"),
            (built, f"{built:.1f} h"),
            (end, f"{end:.1f} h"),
        ],
        axis="Hours after training starts",
    )
