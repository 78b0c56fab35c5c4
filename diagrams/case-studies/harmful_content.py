"""Figures of the harmful content chapter; every number comes from its estimate."""

from handbook.drawing import (
    Bars,
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
    Plane,
    Queue,
    Service,
    Span,
    Stage,
    Store,
    Timeline,
    model,
    sketch,
)
from handbook.estimate import chapter

harm = chapter("case-studies/harmful-content")


def serving():
    """Two paths, one engine: a gate before publication, models, judge and people after it.

    The gate gathers hash matches and account features, scores, and asks the policy engine. What is
    published goes to the full model; what stays in doubt goes to the judge, and from there to
    people. The engine decides each time, and the log remembers with which rule and version.
    """
    app = Client("Author's app", "media uploaded early")
    with Plane("Before publication", role="online"):
        gate = Service("Gate", f"{harm.used_ms():.0f} of {harm.BUDGET_MS:.0f} ms")
        bank = Index("Hash bank", f"{harm.BANK_HASHES / 1e6:.0f} M entries")
        accounts = Store("Accounts, network", f"{harm.account_bytes() / 1e12:.1f} TB, 3 copies")
        small = Model("Gate model", f"{harm.gate_flops() / 1e9:.0f} GFLOP a post")
    engine = Service("Policy engine", "runs after each stage", icon="mdi-scale-balance")
    with Plane("After publication", role="nearline"):
        full = Model("Full model", f"all posts, {harm.full_cards()} cards")
        judge = Model("LLM judge", f"{harm.judge_share():.1%} of posts")
        people = Queue("Reviewers", f"{harm.human_cases() / 1e3:,.0f} k cases a day")
    with Plane("Memory", role="data"):
        log = Store("Decision log", f"{harm.LOG_DAYS:.0f} days, by rule")
        reasons = Service("Reasons, appeals", f"{harm.appeals_per_day():,.0f} appeals a day")
    app >> Edge("POST", step=1) >> gate
    gate >> Edge(step=2) >> bank
    gate >> accounts
    gate >> Edge(step=3) >> small
    small >> Edge("scores") >> engine
    engine >> Edge("published", step=4, kind="async") >> full
    full >> Edge("band", step=5, kind="async") >> judge
    judge >> Edge("doubt", step=6, kind="async") >> people
    engine >> Edge(step=7, kind="async") >> log
    people >> Edge("verdicts", kind="async") >> log
    log >> Edge(kind="async") >> reasons


def cascade():
    """Each stage reads a hundredth or a tenth of the one before, and people cost thousandfold.

    Each band is as wide as the logarithm of the posts that the stage reads. The judge reads the
    band between the thresholds and reported posts; people read what it doubts, and the reports that
    it passes on. Hash matches, the gate, the model and the judge act on posts of their own.
    """
    full = harm.monthly_cost(harm.full_cards(), harm.feed.L4_PRICE) / harm.DAYS_IN_MONTH
    notes = {
        "Full model": f"${full / harm.posts_per_day() * 1e3:.3f} for a thousand posts",
        "LLM judge": f"${harm.hosted_dollars_per_case() * 1e3:.2f} for a thousand cases",
        "People": f"${harm.dollars_per_review() * 1e3:,.0f} for a thousand cases",
        "Removed by people": f"{harm.queue_precision():.0%} of the models' queue violates",
    }
    roles = {"Full model": "nearline", "LLM judge": "model", "People": "client"}
    return Funnel(
        [
            Stage(name, left, note=notes[name], role=roles.get(name, "monitor"))
            for name, left in harm.cascade_stages()
        ],
        unit="posts a day",
    )


@model
def network():
    """One trunk, twelve answers: parts meet as tokens, and policies share what they learn.

    Text, text read from pictures and speech pass one encoder; each picture or frame passes another
    and is pooled to four tokens; author and network become one token. Fusion layers read them
    together. Eight heads answer for policies, four for context, and each has a calibration map.
    """
    with Plane("Parts, any may be missing", role="data"):
        text = Layer("Text, speech", f"{harm.TEXT_TOKENS:.0f}, {harm.TRANSCRIPT_TOKENS:.0f} tokens")
        picture = Layer("Pictures", f"{harm.pictures_per_post():.2f} a post")
        author = Layer("Author", f"{harm.CONTEXT_FEATURES:.0f} values")
    words = Layer("Text encoder", f"{harm.encoder_parameters() / 1e6:.0f} M + table")
    sight = Layer("Picture encoder", f"{harm.vision_parameters() / 1e6:.0f} M parameters")
    fusion = Layer("Fusion × 4", f"{harm.fusion_parameters() / 1e6:.0f} M parameters")
    with Plane("Heads", role="online"):
        policies = Layer("8 policies", "768 to 256 to 1")
        contexts = Layer("4 contexts", "condemns, reports …")
    maps = Layer("Sigmoid, calibration", "one map a head")
    text >> words >> fusion
    picture >> sight >> Edge("4 tokens") >> fusion
    author >> Edge("1 token") >> fusion
    fusion >> policies >> maps
    fusion >> contexts >> maps


def thresholds():
    """The more people will see a post, the less sure you must be to read it.

    Between the two curves a person reads. Above the upper one acting alone is cheaper than reading,
    below the lower one leaving it is. The dashed curve is where acting beats leaving when nobody
    can read. Valuations and the price of a review are those of the chapter.
    """
    meet = harm.never_reviewed_views()
    views = [meet, 30, 50, 100, 200, 500, 1_000, 3_000, 10_000, 30_000, 100_000]
    return Chart(
        x="Views still ahead (logarithmic)",
        y="Probability of a violation",
        series=[
            Line(views, [harm.upper_threshold()] * len(views), "act alone above", role="monitor"),
            Line(views, [harm.lower_threshold(v) for v in views], "read above", role="online"),
            Line(
                views,
                [harm.act_without_review(v) for v in views],
                "act above, if nobody can read",
                role="offline",
                dashed=True,
            ),
        ],
        x_scale="log",
        markers=[Marker(x=1_000, label=f"1,000 views: read from {harm.lower_threshold():.1%}")],
    )


def left():
    """Most harmful views belong to posts that nobody finds, not to the minute before a model acts.

    For each way in which violating posts are found in the end, its share of the views that are
    left, in per cent. Hash matches and the gate leave none.
    """
    names = ["Full model", "Judge", "Reviewer", "After a report", "Nobody"]
    lives = [*harm.left_by_channel()[2:], harm.never_found()]
    return Chart(
        x="What found the post in the end",
        y="Share of violating views (%)",
        series=[
            Bars(
                names,
                [round(100 * one / harm.left_total(), 1) for one in lives],
                "of the views that are left",
                role="monitor",
            )
        ],
    )


def clocks():
    """Every stage has a clock, and some are set by law.

    Machines act within five minutes, while one or two views in a hundred have come. People take
    hours. An order against terrorist content runs for an hour from its receipt, a valid request
    about intimate pictures for two days from its own; both are drawn from the same start.
    """
    minute, hour, day = 60, 3_600, 86_400
    two_hours = harm.QUEUE_HOURS * hour
    return Timeline(
        unit="s",
        scale="log",
        ticks=[(1, "1 s"), (minute, "1 min"), (hour, "1 h"), (day, "1 day"), (10 * day, "10 days")],
        axis="Time after publication, or after the order (logarithmic)",
        lanes=[
            Lane("Gate", [Event(harm.BUDGET_MS / 1_000, "0.3 s: no view")], role="online"),
            Lane(
                "Full model",
                [Span(0, harm.FULL_SECONDS, f"{harm.seen_before():.2%} of views")],
                role="nearline",
            ),
            Lane(
                "Judge",
                [Span(0, harm.JUDGE_SECONDS, f"{harm.seen_before_judge():.1%} of views")],
                role="model",
            ),
            Lane("Severe lane", [Span(0, harm.SEVERE_WAIT_MIN * minute, "15 min")], role="client"),
            Lane(
                "Review queue",
                [Span(0, two_hours, f"2 h, {harm.seen_before_person():.0%} of views")],
                role="client",
            ),
            Lane(
                "Law",
                [Event(hour, "1 h: order"), Event(2 * day, "48 h: request")],
                role="monitor",
            ),
        ],
    )


def loop():
    """Four paths bring errors back, and each sees other ones.

    Only the random sample of views sees what nobody found. Only the random audit of actions sees
    wrong actions that nobody contested. Appeals and reports see what people know and say.
    """
    views = Client("People", f"{harm.violating_views() / 1e6:.1f} M violating views a day")
    authors = Client("Authors", f"{harm.acted_wrong():,.0f} wrong actions a day")
    with Plane("Chosen by people", role="nearline"):
        reports = Queue("Reports", f"{harm.reports_per_day() / 1e6:.1f} M a day")
        appeals = Queue("Appeals", f"repair {harm.wrong_repaired():.0%} of errors")
    with Plane("Chosen at random", role="monitor"):
        sample = Monitor("Sample of views", f"± {harm.weekly_margin_whole():.0%} a week")
        audit = Monitor("Audit of actions", "wrongful share")
    with Plane("Change", role="offline"):
        train = Job("Labels, training", "weights 1/q")
        rules = Service("Rules, bank", "stop, reinstate", icon="mdi-scale-balance")
        maps = Job("Calibration maps", "random sample only")
    views >> Edge(kind="async") >> reports
    views >> Edge(kind="async") >> sample
    authors >> Edge(kind="async") >> appeals
    authors >> Edge(kind="async") >> audit
    reports >> Edge(kind="async") >> train
    sample >> Edge(kind="async") >> maps
    appeals >> Edge("by rule, by hash", kind="control") >> rules
    audit >> Edge("by language", kind="control") >> rules


@sketch
def whiteboard():
    """What you draw by hand: seven boxes and one loop.

    The minute beside a box is when it should stand in a round of 45 minutes. Measurement comes
    before the models, since it says what they are for.
    """
    post = Box("Post", "200 M a day, 0.1 % bad", minute=6)
    gate = Box("Hash + gate", "300 ms", minute=18)
    full = Box("Full model", "8 heads, 1 min", minute=23)
    engine = Box("Policy engine", "p, views, cost", minute=28)
    people = Box("Judge, people", "0.9 %, 0.1 %", minute=33)
    appeal = Box("Reasons, appeals", "log, undo", minute=38)
    measure = Box("Prevalence", "views, random sample", minute=12)
    post >> gate >> full >> engine >> people >> appeal >> measure
    measure >> "labels" >> full
