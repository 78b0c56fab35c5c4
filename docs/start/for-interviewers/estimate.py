"""The interviewer's arithmetic: the hour around a round, and how far one sheet can be off.

The error model is ours and labelled so. Each step's score is the true one plus an error; a part of
that error, severity and halo, is shared by all steps of one interviewer.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import assumed, chapter

rubric = chapter("start/levels-and-rubric")
framework = chapter("framework")

SLOT_MINUTES = assumed(60, "minutes", "the calendar entry")
HELLO_MINUTES = assumed(5, "minutes", "names, the clock, what is scored, which tool")
QUESTIONS_MINUTES = assumed(7, "minutes", "the candidate's own questions")
SLACK_MINUTES = assumed(3, "minutes", "late starts, a lost connection")
WRITE_UP_MINUTES = assumed(20, "minutes", "seven rungs with their evidence, and a decision")
DEBRIEF_MINUTES = assumed(30, "minutes", "one candidate, everybody who saw them")

STEP_ERROR = assumed(0.6, "points", "standard deviation of one step's score; measure your own")
SHARED_SHARE = assumed(0.3, "of the variance", "the same error in all steps: severity and halo")
WATCHED = assumed(20, "candidates", "enough of one interviewer's rounds to judge strictness by")
SHEETS = assumed(4, "sheets", "interviewers who score the same skills of one candidate")


def slot_minutes() -> float:
    """Minutes of the calendar entry that are spoken for."""
    return HELLO_MINUTES + framework.total_minutes() + QUESTIONS_MINUTES + SLACK_MINUTES


if slot_minutes() != SLOT_MINUTES:
    raise ValueError(f"the slot has {SLOT_MINUTES:g} minutes, its parts take {slot_minutes():g}")


def total_error(
    sheets: float = 1, shared: float = SHARED_SHARE, step_error: float = STEP_ERROR
) -> float:
    """Standard error of the total of seven steps, in points, averaged over independent sheets.

    Args:
        sheets: Interviewers who score independently.
        shared: Share of the variance that all steps of one interviewer have in common.
        step_error: Standard deviation of one step's score.
    """
    steps = len(rubric.STEPS)
    variance = step_error**2 * (steps + steps * (steps - 1) * shared)
    return math.sqrt(variance / sheets)


def error_without_halo(sheets: float = 1) -> float:
    """Standard error of the total if the errors of the steps were independent.

    Args:
        sheets: Interviewers who score independently.
    """
    return total_error(sheets, 0.0)


def halo_costs_sheets(shared: float = SHARED_SHARE) -> float:
    """Sheets with halo that it takes to be as exact as one without.

    Args:
        shared: Share of the variance that all steps of one interviewer have in common.
    """
    return (total_error(1, shared) / total_error(1, 0.0)) ** 2


def refused_percent(sheets: float = 1, true_total: float = rubric.meeting_total()) -> float:
    """Per cent of candidates who meet the level and whose total falls below the cut-off.

    Args:
        sheets: Interviewers who score independently.
        true_total: The total that the candidate deserves.
    """
    # Half a point below the cut-off: totals are whole numbers.
    edge = rubric.YES_TOTAL - 0.5
    return 100 * NormalDist(true_total, total_error(sheets)).cdf(edge)


def panel_hours(sheets: float = SHEETS) -> float:
    """Hours of interviewers for one candidate: the slot, the write-up and the debrief of each.

    Args:
        sheets: Interviewers who score independently.
    """
    return sheets * (SLOT_MINUTES + WRITE_UP_MINUTES + DEBRIEF_MINUTES) / 60


def strictness_limit(candidates: float = WATCHED, others: float = 3) -> float:
    """Points that a mean total is off the others' by chance alone in one case of twenty.

    Args:
        candidates: Rounds that are compared.
        others: Interviewers whose mean is compared with, for each candidate.
    """
    per_candidate = math.hypot(total_error(1), total_error(others))
    return NormalDist().inv_cdf(0.975) * per_candidate / math.sqrt(candidates)
