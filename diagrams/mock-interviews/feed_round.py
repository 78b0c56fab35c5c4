"""Figures of the mock interview on the news feed: its clock, three boards, its sheet."""

from handbook.drawing import Bars, Box, Chart, Event, Lane, Marker, Span, Timeline, sketch
from handbook.estimate import chapter

feed = chapter("case-studies/news-feed")
framework = chapter("framework")
rubric = chapter("start/levels-and-rubric")
played = chapter("mock-interviews/news-feed-senior")


def clock():
    """One step runs over, the next one pays, and the end stays where it was.

    The seven steps as planned and as they were played, in minutes of the round, with the moments
    that decided it. The wrong formula made the model late; evaluation gave the minutes back, and
    serving began when it should.
    """
    plan = [
        Span(framework.start_minute(step), framework.end_minute(step), step)
        for step in played.STEPS
    ]
    round_ = [Span(played.began(step), played.ENDED[step], step) for step in played.STEPS]
    moments = [
        Event(8.7, "who sets weights"),
        Event(25, "wrong formula"),
        Event(31, "“I don't know”"),
        Event(34.8, "“worthless?”"),
    ]
    return Timeline(
        unit="min",
        lanes=[
            Lane("Plan", plan, role="client"),
            Lane("Round", round_, role="online"),
            Lane("Moments", moments, role="monitor"),
        ],
        axis="Minute of the round",
    )


@sketch
def board_10():
    """Minute 10: numbers, a goal, and not one box of architecture.

    The load and the promise in one corner, what is predicted in the middle, and what judges it at
    the right. The baseline is there from the start, with what would make anybody leave it.
    """
    load = Box("Load", f"{feed.peak_qps() / 1e3:.0f} k/s at the peak", minute=2)
    posts = Box(
        "Posts",
        f"{feed.eligible_posts() / 1e9:.0f} B, {feed.indexed_posts() / 1e6:.0f} M strangers'",
        minute=3,
    )
    promise = Box("Promise", f"p99 {feed.BUDGET_MS:.0f} ms, hide: next request", minute=5)
    baseline = Box("Baseline", "newest first", minute=6)
    heads = Box("Predict", "P(action), hides too", minute=8)
    referee = Box("Referee", "sessions; survey, quarterly", minute=10)
    load >> posts >> promise >> baseline
    baseline >> "hides +1/5" >> heads >> "Σ β p" >> referee


@sketch
def board_20():
    """Minute 20: rows first, then two stages with a count on every box.

    What was seen becomes a row after its window, and a share of it is there to explore. Four
    sources bring posts, a filter and a small model cut them, one ranker orders what is left. The
    index has its memory beside it.
    """
    log = Box("Seen, logged", "features as served", minute=11)
    rows = Box(
        "Rows",
        f"{feed.examples_per_day() / 1e9:.1f} B a day, {feed.JOIN_WINDOW_MIN:.0f} min, 1 d",
        minute=12,
    )
    explore = Box("Explore", f"{feed.EXPLORE_SHARE * 100:.0f} % of views", minute=15)
    sources = Box("4 sources", f"to {feed.retrieved():,.0f}", minute=18)
    index = Box("Index", f"{feed.index_bytes() / 1e9:.0f} GB, 4 shards", minute=20)
    cut = Box("Filter, pre-rank", f"to {feed.RANKED:.0f}", minute=19)
    ranker = Box(
        "Ranker", f"{feed.RERANKED:.0f} kept, {feed.POSTS_PER_REQUEST:.0f} shown", minute=19
    )
    log >> rows
    explore >> sources
    index >> sources
    sources >> cut >> ranker


@sketch
def board_35():
    """Minute 35: the same path, now with milliseconds and a way around the ranker.

    The path of one request with its limits, parallel branches counted once, and the arrow that
    passes the ranker by when it is gone. The rest of the promise is slack.
    """
    context_ms = feed.stage_ms("Gateway, authentication, internal network") + feed.stage_ms(
        "User context"
    )
    cut_ms = feed.stage_ms("Merge and filter") + feed.stage_ms("Pre-rank")
    rank_ms = feed.stage_ms("Feature fetch") + feed.stage_ms("Rank")
    end_ms = feed.stage_ms("Re-rank and policy check") + feed.stage_ms("Hydrate and serialise")
    user = Box("Gateway, user", f"{context_ms:.0f} ms", minute=33)
    sources = Box("4 sources", f"{feed.stage_ms('Candidate sources'):.0f} ms, slowest", minute=33)
    cut = Box("Filter, pre-rank", f"{cut_ms:.0f} ms, CPU", minute=34)
    ranker = Box("Features, ranker", f"{rank_ms:.0f} ms, 500 posts", minute=34)
    end = Box("Spread, fetch", f"{end_ms:.0f} ms, 50 to 10", minute=34)
    total = Box("Sum", f"{feed.used_ms():.0f} of {feed.BUDGET_MS:.0f} ms", minute=35)
    user >> sources >> cut >> ranker >> end >> total
    cut >> "no ranker" >> end


def sheet():
    """At the level or above it in six steps, and one short: a yes at senior.

    The rung of the evidence in each step, with the rungs that senior and staff ask for. Framing
    reaches the higher line; evaluation misses the lower one.
    """
    return Chart(
        x="Step",
        y=f"Rung (senior asks {rubric.SENIOR_RUNG:.0f}, staff {rubric.STAFF_RUNG:.0f})",
        series=[Bars(list(played.RUNGS), list(played.RUNGS.values()), "this round")],
        markers=[
            Marker(y=rubric.SENIOR_RUNG),
            Marker(y=rubric.STAFF_RUNG),
        ],
    )
