"""Figures of the framework: the steps, the clock, the loop, and the two running examples."""

from handbook.drawing import (
    Client,
    Edge,
    Index,
    Job,
    Lane,
    Model,
    Monitor,
    Plane,
    Queue,
    Service,
    Span,
    Store,
    Stream,
    Timeline,
)
from handbook.estimate import chapter

estimate = chapter("framework")
feed = chapter("case-studies/news-feed")


def seven_steps():
    """What you decide early is used late.

    Arrows show which answer of a step another step builds on. The business goal becomes the
    objective, the objective becomes labels and metrics, guardrails become alarms.
    """
    clarify = Service(
        "1. Clarify", "who, how big, how fast", role="client", icon="mdi-help-circle-outline"
    )
    frame = Service("2. Frame", "what is predicted", role="client", icon="mdi-target")
    data = Store("3. Data", "from which events")
    model = Model("4. Model", "simple, then a funnel", role="offline")
    evaluate = Job("5. Evaluate", "offline, then live", role="offline", icon="mdi-scale-balance")
    serve = Service("6. Serve", "in time, every time", role="online")
    monitor = Monitor("7. Monitor", "signal and action")
    clarify >> Edge("goal") >> frame
    clarify >> Edge("who waits, load") >> serve
    frame >> Edge("label") >> data
    frame >> Edge("metric") >> evaluate
    data >> Edge("rows") >> model
    model >> Edge("candidate") >> evaluate
    evaluate >> Edge("winner") >> serve
    evaluate >> Edge("guardrails") >> monitor
    serve >> Edge("logged scores") >> monitor


def clock():
    """The round by the clock: model and serving get the most, monitoring keeps its four minutes.

    Seven steps one after the other; each lane shows from which to which minute a step runs and
    what stands on the board when it ends.
    """
    boards = {
        "Clarify": ("client", "requirements with numbers"),
        "Frame": ("client", "predict Y, given X"),
        "Data": ("data", "labels and their delay"),
        "Model": ("model", "a baseline, then two stages"),
        "Evaluate": ("offline", "metrics, guardrails"),
        "Serve": ("online", "boxes, milliseconds"),
        "Monitor": ("monitor", "alarms, actions"),
    }
    lanes = [
        Lane(f"{number}. {step}", [_span(step, role, board)])
        for number, (step, (role, board)) in enumerate(boards.items(), 1)
    ]
    ends = [0.0, *(estimate.end_minute(step) for step in boards)]
    return Timeline(unit="min", lanes=lanes, ticks=[(minute, f"{minute:.0f}") for minute in ends])


def _span(step, role, board):
    start, end = estimate.start_minute(step), estimate.end_minute(step)
    return Span(start, end, f"{end - start:.0f} min: {board}", role=role)


def feed_and_digest():
    """The same posts and people, two designs: one answers in milliseconds, one works overnight.

    The feed computes when somebody asks. The digest scores everybody in a batch, stores the
    result, and sends it; nobody waits, so there is no peak and no tail.
    """
    with Plane(f"News feed: p99 {feed.BUDGET_MS:.0f} ms", role="online"):
        reader = Client("Reader", "is waiting")
        api = Service("Feed API", f"{feed.peak_qps():,.0f} requests/s at peak")
        candidates = Index(
            "Candidates", f"{feed.retrieved():,.0f} posts", icon="mdi-filter-outline"
        )
        ranker = Model("Ranker", f"{feed.RANKED:,.0f} posts")
    with Plane("Weekly digest: one night", role="offline"):
        schedule = Job("Sunday, 18:00", "starts the run", icon="mdi-calendar-clock")
        score = Job("Score everybody", f"{estimate.digest_machine_hours():,.0f} machine-hours")
        picks = Store("Ten posts each", f"{estimate.DIGEST_SUBSCRIBERS / 1e6:,.0f} million rows")
        mail = Queue("Send", "Monday morning", icon="mdi-email-outline")
    reader >> Edge("GET /feed", step=1) >> api
    api >> Edge(step=2) >> candidates
    candidates >> Edge(step=3) >> ranker
    schedule >> Edge(kind="async") >> score
    score >> Edge("best ten", kind="async") >> picks
    picks >> Edge(kind="async") >> mail


def loop():
    """The system makes its own training data, so somebody has to watch the loop.

    What is served is logged with the features it was scored with. Labels arrive later and are
    joined, a model is trained, and a gate decides. Monitoring can roll back without a training.
    """
    with Plane("Online", role="online"):
        product = Client("Product", "shows, people act")
        serve = Service("Serving", "scores every request")
    with Plane("Data", role="data"):
        log = Stream("Event log", "features, scores, actions")
        rows = Store("Training rows", "joined as of the impression", icon="mdi-table-clock")
    with Plane("Offline", role="offline"):
        train = Job("Train", "on days with complete labels")
        gate = Job("Gate", "better on the next such day?", icon="mdi-gate")
    watch = Monitor("Monitoring", "inputs, scores, outcomes")
    product >> Edge("request", step=1) >> serve
    serve >> Edge("scores", kind="async") >> log
    product >> Edge("late actions", kind="async") >> log
    log >> Edge("window closes", kind="async") >> rows
    rows >> Edge(kind="async") >> train
    train >> Edge("candidate", kind="async") >> gate
    gate >> Edge("new model", kind="control") >> serve
    log >> Edge(kind="control") >> watch
    watch >> Edge("roll back", kind="control") >> serve
