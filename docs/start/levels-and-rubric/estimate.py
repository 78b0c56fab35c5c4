"""The rubric's arithmetic: rungs of evidence, scores against a level, totals and decisions.

Evidence is written down once, as a rung from 0 to 5 for each of the seven steps. A level asks for a
rung of its own, so one sheet gives a score for every level.
"""

from __future__ import annotations

from collections.abc import Mapping

from handbook.estimate import assumed, chapter

framework = chapter("framework")

LOWEST_SCORE = assumed(1, "points", "no evidence, or wrong")
MEETS = assumed(3, "points", "what the level asks for, without help")
HIGHEST_SCORE = assumed(4, "points", "what the next level is asked for")
HIGHEST_RUNG = assumed(5, "rungs", "absent, named, complete, defended, owned, advanced")

MID_RUNG = assumed(2, "rungs", "mid-level: the step's output, complete")
SENIOR_RUNG = assumed(3, "rungs", "senior: the output, defended with numbers and alternatives")
STAFF_RUNG = assumed(4, "rungs", "staff: the output, and who owns it over years")

YES_TOTAL = assumed(20, "points", "one step may be a point short of meeting the level")
STRONG_TOTAL = assumed(24, "points", "three steps beyond the level, none below")
MOST_NAMED = assumed(1, "steps", "below complete for a yes; a 2 at mid-level, so no 1 catches it")

LEVELS = {"Mid": MID_RUNG, "Senior": SENIOR_RUNG, "Staff": STAFF_RUNG}
RUNGS = ("Absent", "Named", "Complete", "Defended", "Owned", "Advanced")
COMPLETE = RUNGS.index("Complete")
STEPS = tuple(framework.CLOCK)

# The worked sheet: the rung of each step that the page argues for.
WORKED = {
    "Clarify": 3,
    "Frame": 3,
    "Data": 2,
    "Model": 3,
    "Evaluate": 3,
    "Serve": 4,
    "Monitor": 2,
}


def score(rung: float, target: float = SENIOR_RUNG) -> int:
    """Score of one step, from 1 to 4, against the rung that a level asks for.

    Args:
        rung: The evidence, from 0 to 5.
        target: The rung that scores "meets".
    """
    return round(min(max(rung - target + MEETS, LOWEST_SCORE), HIGHEST_SCORE))


def total(rungs: Mapping[str, float], target: float = SENIOR_RUNG) -> int:
    """Sum of the seven scores.

    Args:
        rungs: The rung of each step.
        target: The rung that scores "meets".
    """
    return sum(score(rungs[step], target) for step in STEPS)


def even_total(rung: float, target: float = SENIOR_RUNG) -> int:
    """Total of a round whose seven steps stand on one rung.

    Args:
        rung: The evidence of each step, from 0 to 5.
        target: The rung that scores "meets".
    """
    return total(dict.fromkeys(STEPS, rung), target)


def highest_total(steps: float = len(STEPS), highest: float = HIGHEST_SCORE) -> float:
    """The highest total: every step beyond the level.

    Args:
        steps: How many are scored.
        highest: The most that a step can have.
    """
    return steps * highest


def meeting_total(steps: float = len(STEPS), meets: float = MEETS) -> float:
    """The total of a round that meets the level in every step.

    Args:
        steps: How many are scored.
        meets: The score that meets the level.
    """
    return steps * meets


def cut_off(total: float = YES_TOTAL, missing: float = 1, meets: float = MEETS) -> float:
    """The points that a decision takes where the interviewer left steps out.

    Args:
        total: What it takes of all seven steps.
        missing: How many steps were not covered.
        meets: What each of them would have scored at the level.
    """
    return total - missing * meets


def decision(rungs: Mapping[str, float], target: float = SENIOR_RUNG) -> str:
    """What the rungs of the seven steps say about one level.

    Args:
        rungs: The rung of each step, from 0 to 5.
        target: The rung that scores "meets".
    """
    points = total(rungs, target)
    lowest = score(min(rungs.values()), target)
    if points >= STRONG_TOTAL and lowest >= MEETS:
        return "Strong yes"
    named = sum(rung < COMPLETE for rung in rungs.values())
    if points >= YES_TOTAL and lowest > LOWEST_SCORE and named <= MOST_NAMED:
        return "Yes"
    return "No"


def worked_scores(target: float = SENIOR_RUNG) -> dict[str, int]:
    """The worked sheet's scores against a level.

    Args:
        target: The rung that scores "meets".
    """
    return {step: score(WORKED[step], target) for step in STEPS}


def worked_total(target: float = SENIOR_RUNG) -> int:
    """Total of the worked sheet.

    Args:
        target: The rung that scores "meets".
    """
    return total(WORKED, target)


def lifted_total(step: str = "Data", rung: float = SENIOR_RUNG) -> int:
    """Total of the worked sheet at senior level if one step had reached another rung.

    Args:
        step: Which step.
        rung: The rung it would have reached.
    """
    return total({**WORKED, step: rung})


def ladder_rows() -> list[list[str]]:
    """What a rung scores at each level, as a table."""
    rows = [["Rung", *(f"{level} score" for level in LEVELS)]]
    for rung, name in enumerate(RUNGS):
        rows.append([f"{name} ({rung})", *(str(score(rung, target)) for target in LEVELS.values())])
    return rows


def worked_rows() -> list[list[str]]:
    """The worked sheet as a table: rungs, scores at each level, totals, decisions."""
    rows = [["Step", "Rung", *(f"{level} score" for level in LEVELS)]]
    for step in STEPS:
        marks = [str(score(WORKED[step], target)) for target in LEVELS.values()]
        rows.append([step, f"{RUNGS[WORKED[step]]} ({WORKED[step]})", *marks])
    totals = [str(total(WORKED, target)) for target in LEVELS.values()]
    verdicts = [decision(WORKED, target) for target in LEVELS.values()]
    rows.append([f"**Total of {highest_total():.0f}**", "", *totals])
    return [*rows, ["**Decision**", "", *verdicts]]
