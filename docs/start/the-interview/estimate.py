"""The round's arithmetic: minutes by kind of round, and the same six minutes in three versions."""

from __future__ import annotations

from handbook.estimate import assumed, chapter

framework = chapter("framework")
rubric = chapter("start/levels-and-rubric")

STEPS = tuple(framework.CLOCK)

# Minutes of each step by the kind of company that asks; our recommendation, nobody's standard.
KINDS = {
    "Product company": tuple(float(minutes) for minutes in framework.CLOCK.values()),
    "ML platform": (7.0, 2.0, 5.0, 3.0, 4.0, 18.0, 6.0),
    "Startup": (6.0, 6.0, 8.0, 6.0, 5.0, 8.0, 6.0),
    "LLM application": (5.0, 5.0, 6.0, 7.0, 10.0, 8.0, 4.0),
}
for _kind, _minutes in KINDS.items():
    if sum(_minutes) != framework.ROUND_MINUTES:
        raise ValueError(f"{_kind}: {sum(_minutes):g} minutes of {framework.ROUND_MINUTES:g}")

# Three versions of the first step: questions that the candidate asks, numbers on the board when it
# ends, and the rung of the evidence; what stands on the board, by minute, is for the figure.
QUESTIONS = {"Weak": 0, "Solid": 5, "Strong": 6}
RUNG = {"Weak": 1, "Solid": 2, "Strong": 3}
BOARD = {
    "Weak": ((0.5, "two towers"), (0.5, "ranker"), (3.0, "cache"), (5.0, "safety model")),
    "Solid": (
        (0.5, "500 million users"),
        (1.5, "6 requests each"),
        (3.0, "100 ms"),
        (4.0, "strangers too"),
        (5.0, "new post: 1 min"),
        (6.0, "35 thousand/s"),
    ),
    "Strong": (
        (0.3, "the plan"),
        (1.3, "69 thousand/s at peak"),
        (2.6, "weekly sessions"),
        (3.6, "100 ms at p99"),
        (4.7, "non-goals"),
        (5.6, "6 billion posts"),
    ),
}
NUMBERS = {"Weak": 0, "Solid": 7, "Strong": 10}

QUIET_SECONDS = assumed(30, "seconds", "a pause that reads as thought, if you announce it")
PUSHBACK_MINUTES = assumed(2, "minutes", "one objection answered: restate, decide, condition")


def minutes(kind: str = "ML platform", step: str = "Serve") -> float:
    """Minutes of a step in a kind of round.

    Args:
        kind: The kind of round.
        step: The step's name.
    """
    return KINDS[kind][STEPS.index(step)]


def clarify_score(version: str = "Strong", level: str = "Senior") -> int:
    """Score of the first step for one version of the six minutes.

    Args:
        version: Which of the three.
        level: The level that the round is for.
    """
    return rubric.score(RUNG[version], rubric.LEVELS[level])


def late_total(level: str = "Senior", last: int = 3) -> int:
    """Total of a round whose last steps are complete and whose others meet the level.

    Args:
        level: The level that the round is for.
        last: How many steps at the end are no more than complete.
    """
    target = rubric.LEVELS[level]
    early = STEPS[: len(STEPS) - last]
    return rubric.total(
        {step: target if step in early else rubric.MID_RUNG for step in STEPS}, target
    )


def kind_rows() -> list[list[str]]:
    """Minutes by step and kind of round, as a table."""
    rows = [["Step", *KINDS]]
    for index, step in enumerate(STEPS):
        rows.append([step, *(f"{minutes[index]:.0f}" for minutes in KINDS.values())])
    return [*rows, ["**Together**", *(f"{sum(minutes):.0f}" for minutes in KINDS.values())]]


def version_rows() -> list[list[str]]:
    """The three versions of the first six minutes, as a table."""
    levels = list(rubric.LEVELS)
    rows = [["Version", "Questions asked", "Numbers on the board", "Rung"]]
    rows[0] += [f"{level} score" for level in levels]
    for version, rung in RUNG.items():
        scores = [str(clarify_score(version, level)) for level in levels]
        counted = [str(QUESTIONS[version]), str(NUMBERS[version])]
        rows.append([version, *counted, f"{rubric.RUNGS[rung]} ({rung})", *scores])
    return rows
