"""Figures of the study plans: the day, the week, and when a chapter comes back."""

from handbook.drawing import Bars, Chart, Event, Lane, Span, Timeline
from handbook.estimate import chapter

plans = chapter("start/study-plans")

ROLES = {"Read": "client", "Recall": "data", "Round": "model"}


def day():
    """One day: two rounds aloud, and reading only around them.

    The blocks of the one-day plan by the clock, with a quarter of an hour between two of them.
    Reading, recalling and rounds each have a lane; the two rounds are the longest blocks.
    """
    lanes = {kind: [] for kind in plans.KINDS}
    hour = 0.0
    for task in plans.day_plan():
        end = hour + task.minutes / 60
        lanes[task.kind].append(Span(hour, end, f"{task.minutes:.0f}", role=ROLES[task.kind]))
        hour = end + float(plans.BREAK_MINUTES) / 60
    return Timeline(
        unit="h",
        lanes=[Lane(kind, items) for kind, items in lanes.items()],
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
            Bars(names, [plans.minutes_of(day, kind) for day in days], kind, ROLES[kind])
            for kind in plans.KINDS
        ],
    )


def spacing():
    """Four weeks: each chapter is recalled when it has begun to fade.

    For five topics the days on which they are read and on which they are recalled from memory;
    rounds use all of them. The first recall comes after a day or two, the next after about a week.
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
    names = ["Test a week later", "Test a year later"]
    low = [plans.week_gap_days(), plans.year_gap_days()]
    high = [
        plans.week_gap_days(plans.WEEK_GAP_HIGH),
        plans.year_gap_days(plans.YEAR_GAP_HIGH),
    ]
    return Chart(
        x="When the test comes",
        y="Best gap before the review (days)",
        series=[Bars(names, low, "lower end"), Bars(names, high, "upper end")],
    )
