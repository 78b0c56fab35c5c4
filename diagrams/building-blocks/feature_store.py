"""Figures of the chapter on feature stores and skew; values from its estimate."""

from handbook.drawing import (
    Chart,
    Edge,
    Event,
    Job,
    Join,
    Lane,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Points,
    Store,
    Stream,
    Timeline,
)
from handbook.estimate import chapter

block = chapter("building-blocks/feature-stores-and-skew")
feed, data = block.feed, block.data


def paths():
    """One definition, two stores, and a log that says what was really served.

    Events feed a daily job and a stream job. Both write values with two times for joins; the
    stream job writes to the online store as well, and the daily job's values are loaded into it.
    The ranker logs what it was given; labels join that log, and a sample of it is compared with
    what the offline store says.
    """
    with Plane("Compute", role="nearline"):
        events = Stream("Events", f"{data.events_per_day() / 1e9:.1f} billion a day")
        batch = Job("Daily job", f"{block.DAILY_RUN_H:.0f} to {block.worst_age_hours():.0f} h old")
        stream = Job("Stream job", f"{block.STREAM_S:.0f} s old")
    with Plane("Stores", role="data"):
        offline = Store("Offline store", "happened, readable")
        online = Store(
            "Online store",
            f"{feed.online_features_bytes() / 1e12:.1f} TB, {feed.feature_machines():.0f} machines",
        )
    with Plane("Serving", role="online"):
        ranker = Model(
            "Ranker", f"{block.requested_keys():.0f} keys, {block.machines_asked():.0f} machines"
        )
        log = Stream("Log as served", f"{data.feature_buffer_bytes() / 1e12:.0f} TB a day")
    with Plane("Training", role="offline"):
        rows = Job("Training rows", f"new ones after {block.wait_days():.0f} days")
        compare = Monitor("Compare rows", f"{block.audit_bytes_per_day() / 1e12:.0f} TB a day")
    events >> Edge(kind="async") >> batch >> Edge(kind="async") >> offline
    events >> Edge(kind="async") >> stream >> Edge(kind="async") >> online
    offline >> Edge("load", kind="async") >> online
    stream >> Edge(kind="async") >> offline
    online >> Edge("read") >> ranker >> Edge(kind="async") >> log
    log >> Edge("labels", kind="async") >> rows
    offline >> Edge("new features", kind="async") >> rows
    log >> Edge("sample", kind="control") >> compare
    offline >> Edge("recompute", kind="control") >> compare


def readable():
    """What counts is when a like could be read, not when it happened.

    Likes of one post, the moments at which their count was readable, and four impressions with the
    count that serving could give. The last like comes from a phone that was offline for an hour.
    """
    happened = [like for like, _ in block.LIKES]
    seen = [second for _, second in block.LIKES if second <= max(block.IMPRESSIONS)]
    shown = block.IMPRESSIONS
    return Timeline(
        unit="s",
        lanes=[
            Lane("Liked", [Event(second, f"{second} s") for second in happened], role="client"),
            Lane(
                "Count",
                [Event(second, f"{place + 1}") for place, second in enumerate(seen)],
                role="data",
            ),
            Lane(
                "Shown",
                [Event(second, f"{block.likes_at(second, 'readable')}") for second in shown],
                role="online",
            ),
        ],
        joins=[Join("Liked", happened[place], "Count", at) for place, at in enumerate(seen)],
        axis="Seconds; the like at 290 is readable an hour later",
    )


def arrived():
    """After a minute one event in twenty is missing, after an hour still one in fifty.

    Share of events that have not arrived, against the time since they happened. One in twenty comes
    from a phone that was offline, with a mean delay of about an hour.
    """
    minutes = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 1, 2, 5, 10, 20, 40, 60, 120, 240]
    missing = [100 * (1 - block.arrived(at)) for at in minutes]
    return Chart(
        x="Minutes since the event",
        y="Not yet arrived (%)",
        x_scale="log",
        y_scale="log",
        series=[Line(minutes, missing, "events", role="nearline")],
        markers=[
            Marker(x=1, label=f"1 min: {100 * (1 - block.arrived(1)):.1f} %"),
            Marker(x=60, label=f"1 h: {100 * (1 - block.arrived(60)):.0f} %"),
        ],
    )


def blind():
    """The alarm for distributions rings for the mildest skew and sleeps through the worst.

    Value lost by each skew of one feature, against the PSI that it causes. Values that are stale,
    belong to somebody else or have a flipped sign keep their distribution.
    """
    named = {
        "Stale, all rows": "stale",
        "Sign flipped in 5 %": "flipped, 5 %",
        "Other entity in 5 %": "other entity, 5 %",
        "Default in 5 %": "default, 5 %",
        "log2 for ln, all rows": "log2 for ln",
    }
    return Chart(
        x="PSI of the feature",
        y="Value lost (%)",
        series=[
            Points(
                [block.outcome(kind)["psi"] for kind in named],
                [block.lost_percent(kind) for kind in named],
                "skews",
                role="monitor",
                names=list(named.values()),
            )
        ],
        markers=[Marker(x=block.monitor.RULE_OF_THUMB, label="usual alarm")],
    )
