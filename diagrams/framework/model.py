"""Figures of the model step: rungs, compute, training, ablations, and the assistant's choices."""

from handbook.drawing import (
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
    Op,
    Plane,
    Service,
    Span,
    Stage,
    Timeline,
    model,
)
from handbook.estimate import chapter

step = chapter("framework/4-model")
feed = chapter("case-studies/news-feed")
base = chapter("framework")


def rungs():
    """Each rung is left on a measurement, and the last one costs less than the one before.

    Newest first gives way to a logistic regression when hides rise with supply, that to boosted
    trees and those to the network when normalised entropy falls by enough on several heads. Dollars
    are a month's, for eight heads and five hundred candidates at the feed's peak.
    """
    newest = Service("Newest first", "$0", icon="mdi-sort-clock-descending-outline")
    linear = Model("Logistic", f"${step.linear_dollars() / 1e3:.0f} k", role="data")
    trees = Model("Trees", f"${step.trees_dollars() / 1e3:.0f} k", role="offline")
    network = Model("Network", f"${feed.ranker_dollars() / 1e3:.0f} k")
    newest >> Edge("hides +20 %") >> linear
    linear >> Edge("entropy −1 %") >> trees
    trees >> Edge("−0.5 %, 3 heads") >> network


def compute():
    """The ranker sees one post in a million, and still does nearly all the arithmetic.

    Each band is as wide as the logarithm of what is left for one request. Scoring the whole index
    with the ranker would take over a million times the arithmetic.
    """
    ranked = feed.ranker_flops() / 1e9
    whole = step.whole_index_flops() / 1e15
    notes = {
        "Indexed posts": f"ranker on all: {whole:.0f} PFLOP",
        "Retrieved": f"a dot product is {2 * feed.EMBEDDING_DIM:.0f} FLOP",
        "After filters": f"pre-ranker, all together {step.prerank_flops() / 1e6:.0f} MFLOP",
        "Ranked": f"network, all together {ranked:.1f} GFLOP, eight heads",
        "Shown": "a rule over fifty, no network",
    }
    counts = [
        ("Indexed posts", feed.indexed_posts(), "data"),
        ("Retrieved", feed.retrieved(), "nearline"),
        ("After filters", feed.filtered(), "online"),
        ("Ranked", float(feed.RANKED), "model"),
        ("Shown", float(feed.POSTS_PER_REQUEST), "client"),
    ]
    return Funnel(
        [Stage(name, left, note=notes[name], role=role) for name, left, role in counts],
        unit="posts",
    )


def release():
    """Training is a quarter of a release; being allowed to serve takes the rest.

    A retrain on thirty days of examples, its calibration maps, the gate and the canary follow each
    other. The day that passes meanwhile costs one short pass, and the experiment starts after it.
    """
    train = feed.retrain_wall_hours(step.CLUSTER_CARDS)
    maps = train + step.RUN_HOURS
    gate = maps + step.GATE_HOURS
    end = step.release_hours()
    catch_up = feed.training_hours_per_day() / step.CLUSTER_CARDS
    return Timeline(
        unit="h",
        lanes=[
            Lane(
                "Retrain", [Span(0, train, f"{feed.retrain_hours():.0f} card-hours")], role="model"
            ),
            Lane("Maps", [Span(train, maps, "held-out requests")], role="offline"),
            Lane("Gate", [Span(maps, gate, "slices, latency")], role="monitor"),
            Lane("Canary", [Span(gate, end, "1 % of users, one day")], role="online"),
            Lane(
                "New day",
                [Event(24, f"one pass: {60 * catch_up:.0f} min on 64 cards")],
                role="nearline",
            ),
        ],
        ticks=[(0, "0"), (train, f"{train:.1f} h"), (gate, f"{gate:.1f} h"), (end, f"{end:.0f} h")],
        axis="Hours after the retrain starts",
    )


def seeds():
    """Two seeds tell you nothing; five resolve a tenth of a per cent.

    Half width of the 95 % interval for the difference of two configurations, by seeds of each,
    when runs of one configuration have a standard deviation of 0.05 % of entropy.
    """
    runs = list(range(2, 16))
    return Chart(
        x="Seeds of each configuration",
        y="Half width of the 95 % interval (% of entropy)",
        series=[
            Line(runs, [step.ablation_margin(n) for n in runs], "Student's t", role="model"),
        ],
        markers=[
            Marker(y=float(step.ABLATION_EFFECT), label="0.1 %"),
            Marker(
                x=float(step.SEEDS),
                label=f"{step.SEEDS:.0f} seeds: ± {step.ablation_margin():.3f} %",
            ),
        ],
    )


@model
def adapter():
    """An adapter trains half a per cent of the weights and leaves the rest as they were.

    The frozen matrix and the product of two thin ones are added. After training they can be merged
    into one matrix, so that serving costs nothing more.
    """
    width, hidden, rank = step.SMALL_WIDTH, step.SMALL_HIDDEN, step.LORA_RANK
    token = Layer("Token", f"{width:,.0f} values")
    with Plane("Frozen, 16 bits", role="data"):
        frozen = Layer("W", f"{width:,.0f} × {hidden:,.0f}")
    with Plane("Trained", role="model"):
        down = Layer("A", f"{width:,.0f} × {rank:.0f}")
        up = Layer("B, zero at first", f"{rank:.0f} × {hidden:,.0f}")
    add = Op("+")
    out = Layer("Output", f"{hidden:,.0f} values")
    token >> frozen >> add
    token >> down >> Edge(f"{rank:.0f}") >> up >> add
    add >> out


def adapt():
    """Facts come from retrieval, behaviour from tuning, price from a smaller model.

    Four rungs of adaptation with what the golden set must show before the next. Only the last two
    train anything.
    """
    with Plane("Nothing is trained", role="online"):
        prompt = Client(
            "Prompt", f"{base.INSTRUCTION_TOKENS:.0f} tokens", icon="mdi-text-box-outline"
        )
        retrieve = Index("Retrieve", f"{base.passage_tokens():,.0f} tokens more")
    with Plane("Weights change", role="model"):
        tune = Job(
            "Adapter", f"${step.label_dollars() / 1e3:.0f} k of people", icon="mdi-tune-variant"
        )
        distil = Job(
            "Distil", f"${step.teacher_dollars():.0f} of answers", icon="mdi-flask-outline"
        )
    prompt >> Edge("facts missing") >> retrieve
    retrieve >> Edge("form wrong") >> tune
    tune >> Edge("too dear") >> distil


def cost():
    """A model of your own gets cheaper with load; a hosted one costs the same a token.

    Dollars for a thousand answers by load, where one is today's, on logarithmic axes. Full cards
    come to three times the small hosted price, so the small open model pays only where it replaces
    the large one.
    """
    loads = [2 ** (step_ / 4) for step_ in range(-16, 17)]
    thousands = step.answers_per_month() / 1e3
    small = step.small_hosted_dollars() / thousands
    large = step.large_hosted_dollars() / thousands
    cross = step.break_even_load()
    return Chart(
        x="Load (multiples of today's)",
        y="$ per 1,000 answers",
        x_scale="log",
        y_scale="log",
        series=[
            Line(loads, [large for _ in loads], "large, hosted", role="online"),
            Line(loads, [small for _ in loads], "small, hosted", role="online"),
            Line(
                loads,
                [step.own_with_people_dollars(x) / x / thousands for x in loads],
                "own, people",
                role="model",
            ),
            Line(
                loads,
                [step.own_dollars(x) / x / thousands for x in loads],
                "own, cards only",
                role="data",
                dashed=True,
            ),
        ],
        markers=[Marker(x=cross, label=f"own beats large above {cross:.2f}")],
    )
