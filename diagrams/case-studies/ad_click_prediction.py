"""Figures of the ad click prediction chapter; every number comes from its estimate."""

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

ads = chapter("case-studies/ad-click-prediction")
block = chapter("building-blocks/calibration")


def serving():
    """Seven steps answer an ad request, and only one of them needs accelerators.

    The feed asks the ad service, which reads the user's record and consent, lets the retrieval
    search all eligible ads exactly, filters and pre-ranks. The network fetches rows of crosses
    from the embedding servers and holds the ads' own rows on its cards. The auction multiplies
    calibrated probabilities by effective bids from pacing. Two ads are checked again, joined with
    their creatives and returned; outcomes flow back to pacing, user records and training.
    """
    feed = Client("Feed", f"asks for {ads.SLOTS:.0f} ads")
    with Plane("Online serving", role="online"):
        service = Service("Ad service", f"{ads.service_machines():.0f} machines, pre-ranks")
        shortlist = Index("Retrieval", f"{ads.eligible_ads():,.0f} eligible, exact")
        network = Model("Network", f"{ads.SCORED:.0f} ads, {ads.cards():.0f} cards")
        auction = Service("Auction, slots", "V = b p − γ h", icon="mdi-gavel")
        check = Service(
            "Check, creatives", "policy and pause again", icon="mdi-shield-check-outline"
        )
    with Plane("State", role="data"):
        users = Store("User records", f"{ads.user_store_bytes() / 1e12:.1f} TB, consent, caps")
        rows = Store(
            "Id rows", f"{ads.table_bytes() / 1e9:.0f} GB on each of {ads.embedding_machines():.0f}"
        )
        pacing = Store("Budgets, pacing", "effective bids, seconds old", icon="mdi-cash-multiple")
    with Plane("Nearline", role="nearline"):
        log = Stream("Event log", f"{ads.events_per_s() / 1e3:.0f} k events/s")
        jobs = Job("Stream jobs", "fraud, labels, spend")
    feed >> Edge("consent", step=1) >> service
    users >> Edge(step=2) >> service
    service >> Edge("bitmaps", step=3) >> shortlist
    shortlist >> Edge("2,000 to 500", step=4) >> network
    rows >> Edge("one call", step=5) >> network
    network >> Edge("p", step=6) >> auction
    pacing >> auction
    auction >> Edge("two ads", step=7) >> check
    feed >> Edge(kind="async") >> log
    log >> Edge(kind="async") >> jobs
    jobs >> Edge(kind="async") >> pacing
    jobs >> Edge("history", kind="async") >> users


def funnel():
    """Five million ads become two, and targeting does most of it before any model looks.

    Each band is as wide as the logarithm of what is left. The milliseconds are the step's share of
    the request; gateway, user context, features and creatives come to them.
    """
    flops = ads.candidate_flops() / 1e6
    notes = {
        "Active ads": f"{ads.PREDICATES:.0f} bitmaps of {ads.ACTIVE_ADS / 8e3:.0f} kB",
        "Eligible": f"exact product, {ads.scan_core_ms():.1f} core-ms",
        "Shortlisted": "four lists, bid times a rough rate",
        "Pre-ranked": "a small network, calibrated",
        "Shown": f"an ad costs {flops:.1f} MFLOP; then the auction",
    }
    roles = {"Active ads": "data", "Shown": "model"}
    return Funnel(
        [
            Stage(name, left, ms=ms, note=notes[name], role=roles.get(name, "online"))
            for name, left, ms in ads.funnel_stages()
        ],
        unit="ads",
        budget_ms=ads.BUDGET_MS,
        around_ms=ads.used_ms() - sum(ms or 0 for _, _, ms in ads.funnel_stages()),
        around="gateway, user context, features, creatives",
    )


def coverage():
    """After a day two in five conversions are missing, and over half of a day-old campaign's.

    Share of conversions known against time, for one click and for all clicks of a campaign that
    began then. The campaign lags, because most of its clicks are younger than itself.
    """
    hours = [0.25, 0.5, 1, 2, 4, 8, 16, 24, 48, 96, 168, 336, 720]
    return Chart(
        x="Hours since the click, or the campaign's start",
        y="Conversions known (%)",
        x_scale="log",
        series=[
            Line(
                hours,
                [100 * ads.conversion_coverage(each) for each in hours],
                "one click",
                role="online",
            ),
            Line(
                hours,
                [100 * ads.campaign_coverage(each) for each in hours],
                "a whole campaign",
                role="monitor",
            ),
        ],
        markers=[
            Marker(x=24, label=f"{ads.conversion_coverage():.0%}, {ads.campaign_coverage():.0%}")
        ],
    )


def delays():
    """Each label has its own clock, and each model waits for the clocks it needs.

    Clicks arrive in seconds, some in half an hour; conversions in hours and days. The stream trains
    at once and corrects in closed form; the nightly build waits a day; conversions that fit
    calibration are a week old; the attribution window closes after thirty days.
    """
    minute, hour, day = 1, 60, 1440
    return Timeline(
        unit="min",
        scale="log",
        ticks=[
            (minute, "1 min"),
            (hour, "1 h"),
            (day, "1 day"),
            (7 * day, "1 week"),
            (30 * day, "30 d"),
        ],
        axis="Time after the impression (logarithmic)",
        lanes=[
            Lane(
                "Clicks",
                [Span(0, 10, f"{ads.click_coverage():.0%} in 10 min")],
                role="client",
            ),
            Lane(
                "Conversions",
                [
                    Span(0, day, f"{ads.conversion_coverage():.0%} in a day"),
                    Event(7 * day, f"{ads.conversion_coverage(168):.0%}"),
                ],
                role="client",
            ),
            Lane(
                "Stream",
                [Event(ads.STREAM_STEP_MIN, "trained: odds are the rate")],
                role="nearline",
            ),
            Lane(
                "Nightly build",
                [Span(0, day, "waits for clicks"), Event(day + 240, "built")],
                role="offline",
            ),
            Lane("Calibration", [Span(0, 7 * day, "conversions a week old")], role="model"),
            Lane(
                "Attribution",
                [Span(0, 30 * day, "window of thirty days")],
                role="data",
            ),
        ],
    )


@model
def network():
    """Crosses beside a deep tower, three heads, and two corrections after them.

    Ad rows lie on the card, cross and user rows are fetched. The candidate attends to the history.
    The slot adds to the score, sampling is undone by one factor, which conversions do not
    need, and a map per head ends in a probability that may be multiplied by money.
    """
    with Plane("Inputs", role="data"):
        rows = Layer("Id rows", f"26 × {ads.ID_DIM:.0f}")
        dense = Layer("Dense features", f"{ads.DENSE_FEATURES:.0f} to {ads.BOTTOM_WIDTH:.0f}")
        history = Layer("History", f"{ads.HISTORY_ACTIONS:.0f} actions, {ads.HISTORY_WIDTH:.0f}")
    cross = Layer("Cross layers × 3", f"{ads.cross_parameters() / 1e6:.2f} M parameters")
    deep = Layer("Deep tower", f"{ads.deep_parameters() / 1e6:.2f} M parameters")
    heads = Layer("Heads × 3", "click, conversion, hide")
    slot = Layer("Slot", "fixed at scoring")
    add = Op("+")
    shift = Layer("w · exp", "conversion: sigmoid")
    fitted = Layer("Map × 3", f"{block.BINS:.0f} steps, every few hours")
    [rows, dense, history] >> cross
    [rows, dense, history] >> deep
    cross >> Edge(f"{ads.input_width():,.0f}") >> heads
    deep >> Edge("256") >> heads
    heads >> add
    slot >> add
    add >> shift >> fitted


def collisions():
    """Rows of their own for heavy pairs do what over twenty times the memory would.

    Share of lookups that land in a shared row, against the memory of a hashed table. The marker
    stands at the memory of the table with owned rows, where under a tenth do.
    """
    powers = [28, 29, 30, 31, 32, 33, 34, 35]
    owned = ads.admitted_lookups_colliding()
    return Chart(
        x="Memory of the table (GB)",
        y="Lookups in a shared row (%)",
        x_scale="log",
        series=[
            Line(
                [ads.hashed_bytes(2**power) / 1e9 for power in powers],
                [100 * ads.colliding_share(ads.CROSS_IDS, 2**power) for power in powers],
                "all hashed",
                role="data",
            ),
            Line(
                [ads.hashed_bytes(2**power) / 1e9 for power in powers],
                [100 * owned for _ in powers],
                "owned rows, hashed tail",
                role="model",
                dashed=True,
            ),
        ],
        markers=[
            Marker(
                x=ads.admitted_bytes() / 1e9,
                label=f"{ads.admitted_bytes() / 1e9:.0f} GB: {owned:.0%}",
            )
        ],
    )


def learning():
    """The stream keeps the weights young, the night keeps them honest.

    Served features and outcomes meet a fraud filter first. The stream trains at once and passes a
    light gate; the nightly build has settled labels and restarts the stream; held-out users fit the
    map. What people change passes the full gate, with budgets split.
    """
    with Plane("Logs", role="data"):
        served = Stream("Served features", "one negative in twenty")
        outcome = Stream("Outcomes", "seconds to thirty days")
    fraud = Monitor(
        "Fraud filter", f"strikes {ads.INVALID_CLICKS:.0%} of clicks", icon="mdi-filter"
    )
    with Plane("Nearline", role="nearline"):
        stream = Job("Stream trainer", f"{ads.stream_examples_per_s():,.0f} examples/s")
        light = Monitor("Light gate", f"every {ads.STREAM_STEP_MIN:.0f} min", icon="mdi-gate")
    with Plane("Offline", role="offline"):
        build = Job("Nightly build", "one-day clicks, delay model")
        weekly = Job("Full retrain", f"{ads.pass_hours():.0f} card-hours")
        held = Job("Maps", f"held-out {ads.HOLDOUT_SHARE:.0%}, {ads.map_hours():.1f} h")
    full = Monitor("Full gate", "budget split", icon="mdi-gate")
    live = Model("Live network", "weights + map + hash seed")
    outcome >> Edge(kind="async") >> fraud
    served >> Edge(kind="async") >> fraud
    fraud >> Edge(kind="async") >> stream
    fraud >> Edge(kind="async") >> build
    fraud >> Edge(kind="async") >> held
    stream >> Edge(kind="async") >> light
    build >> Edge("restarts", kind="async") >> stream
    build >> Edge(kind="async") >> weekly
    weekly >> Edge(kind="async") >> full
    light >> Edge("steps", kind="control") >> live
    full >> Edge("releases", kind="control") >> live
    held >> Edge("with them", kind="control") >> live


def interference():
    """The more budgets are spent out, the more a user test measures what was only moved.

    Lift of revenue against the share from campaigns that spend all they have, when the new model
    spends a tenth more where nothing stops it. Arms with shared budgets show ten per cent always;
    the launch, and a test with split budgets, follow the falling line.
    """
    shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    return Chart(
        x="Revenue from exhausted budgets (%)",
        y="Lift of revenue (%)",
        series=[
            Line(
                [100 * each for each in shares],
                [ads.measured_lift_percent(each) for each in shares],
                "user split, shared budgets",
                role="monitor",
                dashed=True,
            ),
            Line(
                [100 * each for each in shares],
                [ads.true_lift_percent(each) for each in shares],
                "launch, and budget split",
                role="online",
            ),
        ],
        markers=[
            Marker(
                x=100 * ads.LIMITED_SHARE,
                label=f"+{ads.measured_lift_percent():.0f} % and +{ads.true_lift_percent():.0f} %",
            )
        ],
    )


@sketch
def whiteboard():
    """What you draw by hand: seven boxes, the corrections where they belong.

    The minute beside a box is when it should stand in a round of 45 minutes. The auction comes
    early, because it says what the score has to be.
    """
    request = Box("Request", "23 k/s, 100 ms", minute=6)
    shortlist = Box("Shortlist", "5 M to 500", minute=18)
    net = Box("Network", "10 ms, 3 heads", minute=24)
    scale = Box("w · exp, map", "p is money", minute=28)
    auction = Box("Auction", "V = b · p, pacing", minute=9)
    labels = Box("Labels", "delay, fraud", minute=14)
    train = Box("Stream, gate", "15 min", minute=33)
    request >> shortlist >> net >> scale >> auction >> labels >> train
    train >> "weights" >> net
