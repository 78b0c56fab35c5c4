"""Figures of the data step: from a log line to a training row, and the assistant's data."""

from handbook.drawing import (
    Chart,
    Client,
    Edge,
    Event,
    Funnel,
    Index,
    Job,
    Join,
    Lane,
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
    Stream,
    Timeline,
)
from handbook.estimate import chapter

data = chapter("framework/3-data")
feed = chapter("case-studies/news-feed")
base = chapter("framework")


def row_path():
    """Thirty-one billion lines a day become under five billion rows, and each row is heavier.

    Each band is as wide as the logarithm of what is left of one day. A line has a few hundred
    bytes, a row carries the features as they were served.
    """
    line, row = data.LINE_BYTES, feed.EXAMPLE_BYTES / 1e3
    notes = {
        "Raw lines": f"{line:.0f} B each, {data.raw_bytes_per_day() / 1e12:.1f} TB",
        "Without repeats": f"one hour of ids is {data.dedup_state_bytes() / 1e9:.0f} GB",
        "Events of people": (
            f"{data.BOT_SHARE:.0%} bots, {data.IMPLAUSIBLE_SHARE:.1%} impossible; "
            f"{data.events_per_day() * line / 1e12:.1f} TB"
        ),
        "Impressions": "the other sixth are actions: labels",
        "Training rows": (
            f"{row:.0f} kB each, {feed.example_log_per_day_bytes() / 1e12:.1f} TB; "
            f"a tenth of negatives"
        ),
    }
    roles = {"Raw lines": "client", "Training rows": "model"}
    return Funnel(
        [
            Stage(name, left, note=notes[name], role=roles.get(name, "data"))
            for name, left in data.row_path()
        ],
        unit="a day",
    )


def as_of_join():
    """The last training row waits a day for its label, so validation starts a day later.

    The row takes the value that was readable at the impression, not the one that came three hours
    later. Its label is final when the one-day window closes; until then the split has its gap.
    """
    day = 24 * data.LABEL_DAYS
    end = day + 24 * data.VALIDATION_DAYS
    return Timeline(
        unit="h",
        lanes=[
            Lane(
                "Author's likes",
                [Event(-9, "7"), Event(3, "9: too late")],
                role="data",
            ),
            Lane("Impression", [Event(0, "the last of day 28")], role="client"),
            Lane("Label", [Span(0, day, "one-day window")], role="client"),
            Lane("Row", [Event(day, "7, label final")], role="offline"),
            Lane(
                "Split",
                [
                    Span(-12, 0, "train", role="offline"),
                    Span(0, day, "gap, day 29", role="monitor"),
                    Span(day, end, "validate, day 30", role="model"),
                ],
            ),
        ],
        joins=[Join("Author's likes", -9, "Row", day), Join("Impression", 0, "Row", day)],
        ticks=[(-12, "−12 h"), (0, "0"), (day, f"{day:.0f} h"), (end, f"{end:.0f} h")],
        axis="Hours after the last impression of the training days",
    )


def collisions():
    """Ids that share a row fall only slowly as the table grows.

    The share of ids with at least one other id in their row, for ids hashed into a table of so many
    rows per id. Ten rows per id still leave almost a tenth of them sharing.
    """
    ratios = [step / 4 for step in range(1, 81)]
    ids = feed.DAILY_USERS
    shares = [100 * data.colliding_share(ids, ratio * ids) for ratio in ratios]
    at_one = 100 * data.colliding_share(ids, ids)
    return Chart(
        x="Rows per id",
        y="Ids that share a row (%)",
        series=[Line(ratios, shares, "one hash function", role="model")],
        markers=[
            Marker(x=1, label=f"one row per id: {at_one:.0f} %"),
            Marker(
                x=10,
                label=f"ten rows per id: {100 * data.colliding_share(ids, 10 * ids):.1f} %",
            ),
        ],
    )


def missing():
    """Ask why a value is missing before you ask what to fill in.

    Four causes, four treatments. A value that cannot exist is encoded as such; one that serving
    could not read is trained on as serving saw it; one that somebody withheld stays unused; one
    that safety hangs on blocks the item.
    """
    value = Client("Value missing", "in a served row", icon="mdi-help-circle-outline")
    with Plane("Why?", role="data"):
        cannot = Store("Cannot exist", "never met this author", icon="mdi-account-off-outline")
        unread = Store(
            "Was not read",
            f"too late, {data.UNREAD_SHARE:.0%} of rows",
            icon="mdi-timer-off-outline",
        )
        withheld = Store("Was withheld", "no consent", icon="mdi-hand-back-right-off-outline")
        safety = Store("Safety needs it", "integrity score", icon="mdi-shield-alert-outline")
    with Plane("Then", role="model"):
        zero = Service("Zero + flag", "zero is the truth", icon="mdi-numeric-0-circle-outline")
        fill = Service(
            "Median + flag", "fitted on training", icon="mdi-format-vertical-align-center"
        )
        leave = Service("Do not use it", "nor what reveals it", icon="mdi-eye-off-outline")
        block = Service("Do not impute", "block the post", icon="mdi-cancel")
    value >> cannot >> zero
    value >> unread >> fill
    value >> withheld >> leave
    value >> safety >> block


def assistant_path():
    """Pages become passages once; conversations become labels a week later.

    Help pages are cut and indexed. Orders are never indexed: they are read for the customer who
    is signed in. Every answer is logged with the versions that made it, redacted, and labelled by
    outcome and by a judged sample, of which a part is held back.
    """
    with Plane("Knowledge", role="data"):
        pages = Store("Help pages", f"{data.HELP_PAGES:,.0f}", icon="mdi-file-document-outline")
        passages = Index(
            "Passages",
            f"{data.passages():,.0f}, {data.passage_vector_bytes() / 1e6:.0f} MB",
        )
        orders = Store("Orders", "by signed-in customer", icon="mdi-package-variant")
    with Plane("Online", role="online"):
        answer = Model("Answer", f"{base.answers_per_day() / 1e6:.1f} million a day")
    with Plane("Log and labels", role="offline"):
        redact = Job("Redact", f"finds {data.REDACTION_RECALL:.0%} of spans", icon="mdi-eraser")
        log = Stream("Transcripts", f"{data.transcript_bytes_per_day() / 1e9:.1f} GB a day")
        outcome = Queue("Outcome", f"after {data.REOPEN_DAYS:.0f} days", icon="mdi-timer-sand")
        judged = Monitor("Judged sample", f"{data.JUDGED_PER_DAY:.0f} a day", icon="mdi-gavel")
        held = Store("Evaluation set", "held back by customer", icon="mdi-lock-outline")
    pages >> Edge("cut, embed", kind="async") >> passages
    passages >> Edge(f"{base.PASSAGES:.0f} passages") >> answer
    orders >> Edge("one customer's") >> answer
    answer >> Edge("with versions", kind="async") >> redact
    redact >> Edge(kind="async") >> log
    log >> Edge("resolved?", kind="async") >> outcome
    log >> Edge("drawn at random", kind="async") >> judged
    outcome >> Edge(kind="async") >> held
    judged >> Edge(kind="async") >> held
