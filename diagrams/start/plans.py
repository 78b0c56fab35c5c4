"""Figures of the study plans: the day, the week, and when a chapter comes back."""

from handbook.drawing import Bars, Chart, Event, Lane, Span, Timeline
from handbook.estimate import chapter

plans = chapter("start/study-plans")

ROLES = {"Read": "client", "Recall": "data", "Round": "model"}
# The quarter of an hour for tool and camera is of the first kind.
NAMES = {"Read": "Read, set up", "Recall": "Recall", "Round": "Round"}


def day():
    """One day: two rounds aloud, and reading only around them.

    The blocks of the one-day plan by the clock, with ten minutes between two of them and a meal
    after the first round. Reading, recalling and rounds each have a lane; the two rounds are the
    longest blocks.
    """
    lanes = {kind: [] for kind in plans.KINDS}
    for start, task in zip(plans.day_starts(), plans.day_plan(), strict=True):
        hour, end = start / 60, (start + task.minutes) / 60
        lanes[task.kind].append(Span(hour, end, f"{task.minutes:.0f}", role=ROLES[task.kind]))
    return Timeline(
        unit="h",
        lanes=[Lane(NAMES[kind], items) for kind, items in lanes.items()],
        axis="Hours after nine o'clock; minutes in or beside each block",
    )


def week():
    """One week: reading gives way to recall and rounds.

    Minutes of each day of the one-week plan by kind of work. The first days are mostly reading;
    the last two have a round each and nothing new.
    """
    days = plans.week_plan()
    names = [f"Day {number}" for number in range(1, len(days) + 1)]
    return Chart(
        x="Day of the week before the interview",
        y="Minutes",
        series=[
            Bars(names, [plans.minutes_of(day, kind) for day in days], NAMES[kind], ROLES[kind])
            for kind in plans.KINDS
        ],
    )


def spacing():
    """Four weeks: each chapter is recalled when it has begun to fade.

    For five topics the days on which they are read and on which they are recalled from memory;
    rounds use all of them. The first recall comes a day or two after the reading.
    """
    topics = ("steps", "clarify", "data", "serve", "feed")
    lanes = []
    for topic in topics:
        items = []
        for number, day in enumerate(plans.month_plan(), 1):
            kinds = {task.kind for task in day if topic in task.topics}
            # Read and quizzed on one day is one visit.
            shown = kinds - {"Recall"} if "Read" in kinds else kinds
            items += [Event(number, kind.lower(), role=ROLES[kind]) for kind in sorted(shown)]
        lanes.append(Lane(plans.PAGES[topic][1], items))
    rounds = [
        Event(number, "round", role=ROLES["Round"])
        for number, day in enumerate(plans.month_plan(), 1)
        if any(task.kind == "Round" for task in day)
    ]
    lanes.append(Lane("All of it", rounds))
    return Timeline(unit="day", lanes=lanes, axis="Day of twenty, five a week")


def gaps():
    """The later the test, the longer the best wait before a review.

    Days between learning and review that served best in an experiment of 2008, for a test one
    week and one year after the review: the lower and the upper end that its authors give.
    """
    names = ["Week after the review", "Year after the review"]
    # The shares of a year are given as about 5 and 10 %: no decimals.
    low = [plans.week_gap_days(), round(plans.year_gap_days())]
    high = [
        plans.week_gap_days(plans.WEEK_GAP_HIGH),
        round(plans.year_gap_days(plans.YEAR_GAP_HIGH)),
    ]
    return Chart(
        x="Test",
        y="Best gap before the review (days)",
        series=[Bars(names, low, "lower end"), Bars(names, high, "upper end")],
    )
