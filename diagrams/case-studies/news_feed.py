"""Figures of the news feed chapter; every number comes from its estimate."""

from handbook.drawing import (
    Box,
    Chart,
    Client,
    Edge,
    Event,
    Funnel,
    Index,
    Job,
    Lane,
    Layer,
    Line,
    Marker,
    Model,
    Monitor,
    Op,
    Plane,
    Service,
    Span,
    Stage,
    Store,
    Stream,
    Timeline,
    model,
    sketch,
)
from handbook.estimate import chapter

feed = chapter("case-studies/news-feed")


def serving():
    """Two stages answer a request; a nearline loop keeps what they read fresh.

    The feed service reads the user's context from the features, asks four sources at once, filters
    and pre-ranks what they return, and hands the survivors to the ranker, which gathers id vectors
    from the embedding servers. Ten posts are hydrated and answered. Events flow back through stream
    jobs into features and, with new posts, into the vector index, so that a hide counts on the next
    request and a post is found within a minute.
    """
    app = Client("Mobile app", "scroll, like, hide")
    with Plane("Nearline", role="nearline"):
        log = Stream("Event log", f"{feed.events_per_s() / 1e3:,.0f} k events/s")
        jobs = Job("Stream jobs", "join, count, embed")
        features = Store("Features", f"{feed.online_features_bytes() / 1e12:.1f} TB, 3 copies")
    with Plane("Online serving", role="online"):
        api = Service("Feed service", "reads user context first")
        index = Index("Vector index", f"{feed.ANN_CANDIDATES:.0f} posts, 4 shards")
        authors = Store("By author", f"{feed.in_network_candidates():.0f} posts, 2 days")
        lists = Store("Topics, new", "300 posts", icon="mdi-format-list-bulleted")
        prerank = Model("Filter, pre-rank", f"{feed.retrieved():,.0f} to {feed.RANKED:.0f}")
        ranker = Model("Ranker", f"{feed.ranker_accelerators():.0f} cards, 8 heads")
        tables = Store("Id vectors", f"{feed.embedding_machines():.0f} machines")
        rerank = Service("Re-rank, policy", "50 to 10", icon="mdi-shield-check-outline")
        documents = Store("Documents", f"{feed.document_machines():.0f} machines")
    app >> Edge("GET /feed", step=1) >> api
    api >> Edge(step=2) >> index
    api >> authors
    api >> lists
    index >> Edge(step=3) >> prerank
    authors >> prerank
    lists >> prerank
    prerank >> Edge("500 posts", step=4) >> ranker
    features >> Edge("one batch") >> ranker
    tables >> ranker
    ranker >> Edge("top 50", step=5) >> rerank
    rerank >> Edge("ten") >> documents
    app >> Edge(kind="async") >> log
    log >> Edge(kind="async") >> jobs
    jobs >> Edge("seconds", kind="async") >> features
    jobs >> Edge("new posts", kind="async") >> index


def funnel():
    """Six billion eligible posts become ten, and the cost of looking at one rises at each step.

    Each band is as wide as the logarithm of what is left. The milliseconds are the stage's share
    of the budget; gateway, user context and hydration come to them.
    """
    flops = 2 * feed.candidate_parameters() / 1e6
    row_bytes = feed.embedding_bytes_per_request() / feed.RANKED / 1e3
    notes = {
        "Eligible posts": "thirty days of posts",
        "Retrieved": "four sources at once, the slowest counts",
        "After filters": "seen, blocked, policy, duplicates",
        "Pre-ranked": "vectors and a dozen counters a post",
        "Ranked, top": f"a post costs {flops:.0f} MFLOP and {row_bytes:.1f} kB of rows",
        "Shown": "authors, threads and topics spread",
    }
    roles = {"Eligible posts": "data", "Ranked, top": "model"}
    return Funnel(
        [
            Stage(name, left, ms=ms, note=notes[name], role=roles.get(name, "online"))
            for name, left, ms in feed.funnel_stages()
        ],
        unit="posts",
        budget_ms=feed.BUDGET_MS,
        around_ms=feed.used_ms() - sum(ms or 0 for _, _, ms in feed.funnel_stages()),
        around="gateway, user context, hydration",
    )


def labels():
    """A label is late, and each kind of label by its own measure.

    Bars for likes, comments and shares end when nine in ten have arrived. The stream closes its
    window before that for shares; the nightly build waits a day and corrects what the stream
    took for a negative.
    """
    hour, day = 60, 1440
    window, live = feed.JOIN_WINDOW_MIN, feed.model_freshness_min()
    arrivals = [
        Lane(
            name,
            [
                Span(
                    0,
                    feed.delay_quantile_min(mean),
                    f"nine in ten, {feed.delay_quantile_min(mean):.0f} min",
                    role="client",
                )
            ],
        )
        for name, mean in (
            ("Likes", feed.LIKE_DELAY_MIN),
            ("Comments", feed.COMMENT_DELAY_MIN),
            ("Shares", feed.SHARE_DELAY_MIN),
        )
    ]
    return Timeline(
        unit="min",
        scale="log",
        ticks=[(1, "1 min"), (10, "10 min"), (hour, "1 h"), (day, "1 day"), (7 * day, "1 week")],
        axis="Time after the impression (logarithmic)",
        lanes=[
            Lane("Impression", [Event(0, "shown, features logged")], role="client"),
            *arrivals,
            Lane(
                "Stream",
                [Span(0, window, "join window"), Event(live, f"model live, {live:.0f} min")],
                role="nearline",
            ),
            Lane(
                "Nightly build",
                [Span(0, day, "one-day window"), Event(day + 4 * hour, "rebuilt")],
                role="offline",
            ),
            Lane("Weekly model", [Event(7 * day, "retrained")], role="model"),
        ],
    )


@model
def two_tower():
    """Two towers meet only in a dot product, so the post's side is computed once.

    The user's tower runs on each request. The post's tower runs at publication, and its output
    goes to the index. The popularity correction belongs to the loss, not to the score.
    """
    with Plane("User, each request", role="online"):
        history = Layer("History", f"200 actions, {feed.POOLED_HISTORY:.0f}")
        user = Layer("Id, context", f"{feed.TABLE_DIM:.0f} + {feed.CONTEXT_WIDTH:.0f}")
        user_dense = Layer(
            "Dense + ReLU", f"{feed.user_tower_input():.0f} to {feed.TOWER_WIDTH:.0f}"
        )
        user_norm = Layer("Dense + L2", f"{feed.EMBEDDING_DIM:.0f}")
    with Plane("Post, once", role="offline"):
        content = Layer("Text, image", f"{feed.CONTENT_WIDTH:.0f}")
        author = Layer("Author, topic", f"{feed.TABLE_DIM:.0f} + {feed.TOPIC_WIDTH:.0f}")
        post_dense = Layer(
            "Dense + ReLU", f"{feed.post_tower_input():.0f} to {feed.TOWER_WIDTH:.0f}"
        )
        post_norm = Layer("Dense + L2", f"{feed.EMBEDDING_DIM:.0f}, int8")
    dot = Op("u·v")
    loss = Layer("Batch softmax", f"− log Q, {feed.TOWER_BATCH:,.0f} pairs")
    [history, user] >> user_dense >> user_norm >> Edge("u") >> dot
    [content, author] >> post_dense >> post_norm >> Edge("v") >> dot
    dot >> Edge("÷ τ") >> loss


@model
def ranker():
    """One network, eight answers: experts are shared, gates choose, position stays outside.

    Everything that depends on the candidate passes the cross layers and the experts. Position
    enters only through its own small tower, which gets "missing" at serving. Calibrated
    probabilities are added with positive and negative weights.
    """
    with Plane("Inputs", role="data"):
        ids = Layer("Id vectors", f"{feed.EMBEDDING_IDS:.0f} × {feed.TABLE_DIM:.0f}")
        dense = Layer("Dense features", f"{feed.DENSE_FEATURES:.0f}")
        history = Layer("History encoder", f"{feed.SEQUENCE_DIM:.0f}, once a request")
    cross = Layer("Cross layers × 3", f"{feed.cross_parameters() / 1e6:.1f} M parameters")
    experts = Layer("Experts × 8", f"{feed.expert_parameters() / 1e6:.1f} M parameters")
    with Plane("Heads", role="online"):
        gate = Layer("Gate × 8", "softmax over experts")
        tower = Layer("Tower × 8", f"{feed.EXPERT_OUT:.0f} to {feed.TOWER_HIDDEN:.0f} to 1")
    bias = Layer("Bias tower", "position; fixed online")
    add = Op("σ(+)")
    calibrate = Layer("Calibration map", "one per head, held-out data")
    value = Layer("Value", "Σ β p, hide −20, report −100")
    [ids, dense, history] >> cross
    cross >> Edge(f"{feed.INPUT_WIDTH:,.0f}") >> experts
    cross >> gate
    experts >> tower
    gate >> tower
    tower >> add
    bias >> add
    add >> calibrate >> value


def training():
    """The stream keeps the model fresh, the nightly build keeps it right.

    Both read what was logged while serving. The stream learns from a short window at once; the
    nightly build waits a day for late labels, and only from it are the weekly model and the
    calibration made. What people change passes the full gate; a step of the stream passes a light
    one and can be reverted.
    """
    with Plane("Logs", role="data"):
        served = Stream(
            "Features as served", f"{feed.example_log_per_day_bytes() / 1e12:.1f} TB a day"
        )
        actions = Stream("Actions, surveys", "late by minutes to hours")
    with Plane("Offline", role="offline"):
        build = Job("Nightly build", "one-day window, weights 1/w")
        weekly = Job("Weekly trainer", f"{feed.retrain_hours():.0f} H100-hours")
        towers = Job("Tower trainer", "then re-embed the index")
        maps = Job("Calibration maps", "held-out requests")
    with Plane("Nearline", role="nearline"):
        join = Job("Stream join", f"window {feed.JOIN_WINDOW_MIN:.0f} min")
        online = Job("Stream trainer", f"weights 1/w, {feed.STREAM_STEP_MIN:.0f} min")
        light = Monitor("Light gate", "loss, rates, revert", icon="mdi-gate")
    gate = Monitor("Full gate", "entropy, slices, latency", icon="mdi-gate")
    registry = Store("Registry", "model + maps + schema", icon="mdi-archive-outline")
    ranker = Model("Ranker, index", "canary 1 %, then test")
    served >> Edge(kind="async") >> join
    actions >> Edge(kind="async") >> join
    join >> Edge(kind="async") >> online
    served >> Edge(kind="async") >> build
    actions >> Edge(kind="async") >> build
    build >> Edge(kind="async") >> weekly
    build >> Edge(kind="async") >> towers
    weekly >> Edge(kind="async") >> maps
    online >> Edge(kind="async") >> light
    light >> Edge("steps", kind="control") >> registry
    [towers, maps] >> Edge(kind="async") >> gate
    gate >> Edge("passes", kind="control") >> registry
    registry >> Edge("deploy as one unit", kind="async") >> ranker


def monitoring():
    """Each alarm sits where its failure starts, and each has a lever.

    What is shown becomes data, data becomes a model, and the model decides what is shown. Three
    monitors watch that circle at different speeds: seconds for features and latency, hours for
    labels and calibration, weeks for harm and concentration.
    """
    explore = Service(
        "Exploration", f"{feed.EXPLORE_SHARE:.0%} of views", icon="mdi-dice-multiple-outline"
    )
    show = Service("Feed", f"{feed.viewed_per_day() / 1e9:.0f} billion views a day")
    people = Client("People", "see, act, stay away")
    data = Stream("Labels", "only for what was shown")
    train = Job("Training", "copies what worked")
    seconds = Monitor("In seconds", "p99, defaults")
    hours = Monitor("In hours", "label delay, calibration, recall")
    weeks = Monitor("In weeks", "hides, survey, top authors")
    degrade = Service("Degrade", "five levels", role="client", icon="mdi-stairs-down")
    rollback = Service("Roll back", "model + maps", role="client", icon="mdi-undo-variant")
    weights = Service("Weights", "people decide", role="client", icon="mdi-scale-balance")
    explore >> Edge("odds logged") >> show
    show >> Edge("ten posts") >> people
    people >> Edge("actions", kind="async") >> data
    data >> Edge(kind="async") >> train
    train >> Edge("new order", kind="async") >> show
    show >> Edge(kind="control") >> seconds >> Edge(kind="control") >> degrade
    people >> Edge(kind="control") >> weeks >> Edge(kind="control") >> weights
    data >> Edge(kind="control") >> hours >> Edge(kind="control") >> rollback


def capacity():
    """Cards grow with load times candidates, so the candidate count is a hardware decision.

    Ranking cards for three candidate counts, and all machines without accelerators at the
    chapter's count. Utilisation and the spare zone are those of the chapter.
    """
    cards, machines = feed.ranker_accelerators(), feed.cpu_machines()
    loads = [10_000 * step for step in range(1, 16)]
    series = [
        Line(
            loads,
            [feed.accelerators_at(load, candidates) for load in loads],
            f"cards at {candidates:,.0f}",
            role=role,
        )
        for candidates, role in ((250, "nearline"), (500, "model"), (1000, "monitor"))
    ]
    series.append(
        Line(
            loads,
            [feed.cpu_machines_at(load) for load in loads],
            "machines at 500",
            role="data",
            dashed=True,
        )
    )
    return Chart(
        x="Peak load (requests/s)",
        y="Cards or machines",
        series=series,
        markers=[
            Marker(
                x=round(feed.peak_qps()),
                label=f"design: {cards:.0f} cards, {machines:.0f} machines",
            )
        ],
    )


@sketch
def whiteboard():
    """What you draw by hand: seven boxes and one loop.

    The minute beside a box is when it should stand in a round of 45 minutes. Labels come before
    the models that learn from them.
    """
    request = Box("Request", "69 k/s, 100 ms", minute=6)
    sources = Box("4 sources", "6 B to 1,500", minute=20)
    prerank = Box("Filter, pre-rank", "to 500", minute=22)
    heavy = Box("Ranker", "8 heads, Σ β p", minute=25)
    rerank = Box("Re-rank", "50 to 10", minute=27)
    log = Box("Log, labels", "30 min, 1 day", minute=15)
    train = Box("Train, watch", "stream + weekly", minute=43)
    request >> sources >> prerank >> heavy >> rerank >> log >> train
    train >> "weights" >> heavy
