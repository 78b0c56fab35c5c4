"""The arithmetic of one mock interview: its clock, its sheet, and the sums done on the board.

The numbers of the design are the news feed's own. What is here is what the candidate works out
aloud from them, and what the interviewer's sheet adds up to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from handbook.estimate import assumed, chapter

feed = chapter("case-studies/news-feed")
framework = chapter("framework")
rubric = chapter("start/levels-and-rubric")

STEPS = rubric.STEPS

# --------------------------------------------------------------------------- the round

# The minute at which each step of the transcript ends, and the rung that the page argues for.
ENDED = {
    "Clarify": 6,
    "Frame": 10,
    "Data": 17,
    "Model": 29.5,
    "Evaluate": 33,
    "Serve": 41,
    "Monitor": 45,
}
RUNGS = {
    "Clarify": 3,
    "Frame": 4,
    "Data": 3,
    "Model": 3,
    "Evaluate": 2,
    "Serve": 3,
    "Monitor": 3,
}


def began(step: str = "Evaluate") -> float:
    """Minute of the round at which a step began.

    Args:
        step: Its name.
    """
    place = STEPS.index(step)
    return ENDED[STEPS[place - 1]] if place else 0


def spent_minutes(step: str = "Evaluate") -> float:
    """Minutes that a step took.

    Args:
        step: Its name.
    """
    return ENDED[step] - began(step)


def planned_minutes(step: str = "Evaluate") -> float:
    """Minutes that the framework's clock gives a step.

    Args:
        step: Its name.
    """
    return framework.CLOCK[step]


def over_minutes(step: str = "Model") -> float:
    """Minutes that a step took beyond its share of the clock.

    Args:
        step: Its name.
    """
    return spent_minutes(step) - planned_minutes(step)


# --------------------------------------------------------------------------- the sheet


def total(level: str = "Senior") -> int:
    """Total of the sheet, read for a level.

    Args:
        level: Mid, Senior or Staff.
    """
    return rubric.total(RUNGS, rubric.LEVELS[level])


def changed_total(step: str = "Evaluate", rung: float = 3, level: str = "Senior") -> int:
    """Total of the sheet had one step reached another rung.

    Args:
        step: Which step.
        rung: The rung it would have reached.
        level: Mid, Senior or Staff.
    """
    return rubric.total({**RUNGS, step: rung}, rubric.LEVELS[level])


def sheet_rows() -> list[list[str]]:
    """The sheet as a table: when each step ended, its rung, and its score at each level."""
    rows = [["Step", "Ended", "Rung", *(f"{level} score" for level in rubric.LEVELS)]]
    for step in STEPS:
        minute, seconds = divmod(round(ENDED[step] * 60), 60)
        marks = [str(rubric.score(RUNGS[step], target)) for target in rubric.LEVELS.values()]
        rung = f"{rubric.RUNGS[RUNGS[step]]} ({RUNGS[step]})"
        rows.append([step, f"{minute}:{seconds:02d}", rung, *marks])
    totals = [str(total(level)) for level in rubric.LEVELS]
    rows.append([f"**Total of {rubric.highest_total():.0f}**", "", "", *totals])
    return [*rows, ["**Decision**", "", "", *(_decision(target) for target in _targets())]]


def _targets() -> Iterable[float]:
    return rubric.LEVELS.values()


def _decision(target: float) -> str:
    return rubric.decision(RUNGS, target)


# --------------------------------------------------------------------------- sums on the board


def rough_qps(seconds: float = 1e5) -> float:
    """Average requests a second if a day had that many seconds.

    Args:
        seconds: A round number near 86,400.
    """
    return feed.requests_per_day() / seconds


def headline_short(hides: bool = True) -> float:
    """Value of the annoying headline from likes, comments and, if wanted, hides.

    Args:
        hides: Whether hides count.
    """
    return _short(feed.HEADLINE_POST, hides)


def friend_short(hides: bool = True) -> float:
    """Value of the friend's post from likes, comments and, if wanted, hides.

    Args:
        hides: Whether hides count.
    """
    return _short(feed.FRIEND_POST, hides)


def _short(post: dict[str, float], hides: bool) -> float:
    heads = ("like", "comment", "hide") if hides else ("like", "comment")
    return math.fsum(feed.WEIGHTS[head] * post[head] for head in heads)


def vectors_alone_bytes() -> float:
    """Memory of the index without the links of its graph: one byte a value."""
    return feed.indexed_posts() * feed.EMBEDDING_DIM


def flops_for_all(posts: float | None = None) -> float:
    """Operations to pass posts through the heavy ranker, for one request.

    Args:
        posts: How many; the whole index where none is given.
    """
    number = feed.indexed_posts() if posts is None else posts
    return 2 * feed.candidate_parameters() * number


def cards_for_all() -> float:
    """Cards that one request would keep busy for a second if every indexed post were ranked."""
    return flops_for_all() / feed.card_flops_per_s()


def catalogue_ms(posts: float = 10_000) -> float:
    """Milliseconds for one card to rank a whole small catalogue.

    Args:
        posts: How many posts it has.
    """
    return flops_for_all(posts) / feed.card_flops_per_s() * 1_000


def catalogue_cards() -> float:
    """Cards that ranking a small catalogue whole would keep busy under the network's peak load."""
    return feed.peak_qps() * catalogue_ms() / 1_000


def cards_busy() -> float:
    """Cards busy with ranking at the peak, if none of them ever waited."""
    return feed.peak_qps() * feed.ranker_flops() / feed.card_flops_per_s()


def cards_with_headroom() -> float:
    """Cards for ranking at the peak, loaded to six tenths."""
    return cards_busy() / feed.LOAD_TARGET


def embedding_dollars() -> float:
    """Dollars a month for the machines that gather id embeddings."""
    return feed.embedding_machines() * feed.CPU_PRICE * feed.BILLED_HOURS


def ranking_path_dollars() -> float:
    """Dollars a month for ranking: the cards and the embedding servers."""
    return feed.ranker_dollars() + embedding_dollars()


def paging_dollars() -> float:
    """Dollars a month of those that ranking once a session saves."""
    return ranking_path_dollars() * (1 - feed.ranked_request_share())


# --------------------------------------------------------------------------- the wrong formula


def share_of_rows(rate: float = feed.COMMENT_RATE) -> float:
    """Share of the kept rows that have an action, every one of which is kept.

    Args:
        rate: The action's rate in all impressions.
    """
    return rate / feed.kept_share()


def formula_gives(rate: float = feed.COMMENT_RATE) -> float:
    """Rate that the formula for a single head makes of that share.

    Args:
        rate: The action's rate in all impressions.
    """
    return feed.corrected(share_of_rows(rate))


def formula_off_by(rate: float = feed.COMMENT_RATE) -> float:
    """True rate for each unit of what the formula gives.

    Args:
        rate: The action's rate in all impressions.
    """
    return rate / formula_gives(rate)


# --------------------------------------------------------------------------- the unknown spread

GUESSED_SD = assumed(14, "sessions a week", "as wide as the mean; the candidate's guess")
THUMB = assumed(16, "times variance over difference squared", "80 % power at 5 %, rounded up")
WRONG_BY = assumed(3, "times", "how far off the candidate lets the guess be")


def sessions_per_week() -> float:
    """Sessions of a daily user in a week."""
    return feed.REQUESTS_PER_USER / feed.PAGES_PER_SESSION * 7


def poisson_sd() -> float:
    """Spread of weekly sessions if all users were alike and visits came at random."""
    return math.sqrt(sessions_per_week())


def spread_ratio(spread: float = GUESSED_SD) -> float:
    """The spread divided by the difference to be found.

    Args:
        spread: Standard deviation of weekly sessions.
    """
    return spread / feed.detectable_sessions()


def thumb_users_per_arm(spread: float = GUESSED_SD) -> float:
    """Users in each arm by the rule of thumb.

    Args:
        spread: Standard deviation of weekly sessions.
    """
    return THUMB * spread_ratio(spread) ** 2


def known_users_per_arm() -> float:
    """Users in each arm by the rule of thumb, with the spread that the interviewer gives."""
    return thumb_users_per_arm(feed.SESSIONS_SD)


def worst_users_per_arm(wrong_by: float = WRONG_BY) -> float:
    """Users in each arm if the spread were that many times the guess.

    Args:
        wrong_by: How many times.
    """
    return thumb_users_per_arm(GUESSED_SD * wrong_by)


def worst_share() -> float:
    """Share of the daily users in two such arms."""
    return 2 * worst_users_per_arm() / feed.DAILY_USERS
