"""The plans' arithmetic: tasks, days and their minutes, from what the chapters say of themselves.

Reading time is each chapter's own `minutes`; studying takes longer by a stated factor. So a plan
follows when a chapter grows, and no day's sum is typed by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handbook.estimate import (
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    MINUTES_PER_HOUR,
    assumed,
    chapter,
    sourced,
)

framework = chapter("framework")

STUDY_FACTOR = assumed(1.5, "times the reading time", "notes, derivations, a look at the figures")
QUIZ_MINUTES = assumed(2, "minutes a question", "decide, say why, read every explanation")
RECALL_MINUTES = assumed(10, "minutes", "one chapter from memory on an empty page, then corrected")
SCORE_MINUTES = assumed(15, "minutes", "listen to the recording and fill in the sheet")
PAPER_MINUTES = assumed(20, "minutes", "three numbers recomputed by hand")
SKETCH_MINUTES = assumed(10, "minutes", "the whiteboard from memory, by the clock")
RECAP_MINUTES = assumed(15, "minutes", "one page: the recap of a case study")
REPAIR_MINUTES = assumed(45, "minutes", "the weakest step: its chapter's method again, aloud twice")
LOGISTICS_MINUTES = assumed(15, "minutes", "tool, camera, paper, the first two minutes by heart")
BREAK_MINUTES = assumed(10, "minutes", "between two blocks of the one-day plan")
MEAL_MINUTES = assumed(45, "minutes", "after the first round of the one-day plan, for the break")
FIRST_HOUR = assumed(9, "o'clock", "when the one-day plan begins")

_RIDGE = "https://digitalcommons.usf.edu/psy_facpub/1766"
_RIDGE_TITLE = "Cepeda et al., Spacing effects in learning, Psychological Science 19(11), 2008"
WEEK_GAP_LOW = sourced(0.20, "of the delay", _RIDGE, _RIDGE_TITLE, "2026-11-21")
WEEK_GAP_HIGH = sourced(0.40, "of the delay", _RIDGE, _RIDGE_TITLE, "2026-11-21")
YEAR_GAP_LOW = sourced(0.05, "of the delay", _RIDGE, _RIDGE_TITLE, "2026-11-21")
YEAR_GAP_HIGH = sourced(0.10, "of the delay", _RIDGE, _RIDGE_TITLE, "2026-11-21")

# What each chapter says of itself: its folder, its name here, its `minutes`, its quiz questions. A
# test compares them with the chapters.
PAGES = {
    "interview": ("start/the-interview", "The interview", 19, 6),
    "rubric": ("start/levels-and-rubric", "Levels and rubric", 18, 6),
    "steps": ("framework", "The seven steps", 18, 7),
    "clarify": ("framework/1-clarify", "Clarify", 21, 8),
    "frame": ("framework/2-frame", "Frame", 21, 8),
    "data": ("framework/3-data", "Data", 24, 8),
    "model": ("framework/4-model", "Model", 24, 7),
    "evaluate": ("framework/5-evaluate", "Evaluate", 24, 8),
    "serve": ("framework/6-serve", "Serve", 26, 8),
    "monitor": ("framework/7-monitor", "Monitor", 25, 8),
    "feed": ("case-studies/news-feed", "News feed", 36, 8),
    "rag": ("case-studies/enterprise-rag", "Enterprise RAG", 38, 9),
    "ads": ("case-studies/ad-click-prediction", "Ad clicks", 36, 9),
    "harm": ("case-studies/harmful-content", "Harmful content", 36, 9),
    "senior": ("mock-interviews/news-feed-senior", "A senior round, written out", 32, 7),
    "staff": ("mock-interviews/enterprise-rag-staff", "A staff round, written out", 32, 7),
    "towers": ("building-blocks/embeddings-and-two-tower", "Two towers", 24, 7),
    "negatives": ("building-blocks/negative-sampling", "Negative sampling", 22, 7),
    "neighbours": ("building-blocks/approximate-nearest-neighbours", "Nearest neighbours", 22, 7),
    "ranking": ("building-blocks/ranking-models", "Ranking models", 21, 8),
    "calibration": ("building-blocks/calibration", "Calibration", 16, 8),
    "stores": ("building-blocks/feature-stores-and-skew", "Feature stores", 20, 7),
    "offline": ("building-blocks/offline-metrics", "Offline metrics", 20, 7),
    "experiments": ("building-blocks/online-experiments", "Online experiments", 21, 8),
    "answers": ("building-blocks/retrieval-augmented-generation", "Retrieval for answers", 24, 7),
    "inference": ("building-blocks/llm-inference", "LLM inference", 24, 8),
}
# Which of these is read depends on the role, so a plan leaves room for the longest.
BLOCKS = tuple(page for page, (slug, *_) in PAGES.items() if slug.startswith("building-blocks/"))
THIRD = ("ads", "harm")
KINDS = ("Read", "Recall", "Round")


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Attributes:
        kind: `Read`, `Recall` (quizzes too) or `Round`.
        text: What to do, in Markdown.
        minutes: How long it takes.
        topics: The pages it is about, by their short names.
    """

    kind: str
    text: str
    minutes: float
    topics: tuple[str, ...] = ()


# --------------------------------------------------------------------------- from the chapters


def reading_minutes(page: str = "feed") -> float:
    """Minutes that a chapter gives as its reading time.

    Args:
        page: Its short name.
    """
    return float(PAGES[page][2])


def quiz_questions(page: str = "feed") -> int:
    """Quiz questions of a chapter.

    Args:
        page: Its short name.
    """
    return PAGES[page][3]


def study_minutes(page: str = "feed", factor: float = STUDY_FACTOR) -> float:
    """Minutes to study a chapter, rounded up to five.

    Args:
        page: Its short name.
        factor: Studying over reading.
    """
    return 5 * math.ceil(reading_minutes(page) * factor / 5)


def round_minutes() -> float:
    """Minutes of one practice round with its scoring."""
    return framework.total_minutes() + SCORE_MINUTES


# --------------------------------------------------------------------------- tasks


def _link(page: str, anchor: str = "", title: str = "") -> str:
    slug, name, *_ = PAGES[page]
    return f"[{title or name}](../../{slug}/index.md{anchor})"


def _read(*pages: str) -> list[Task]:
    return [Task("Read", _link(page), study_minutes(page), (page,)) for page in pages]


def _quiz(*pages: str) -> list[Task]:
    names = " and ".join(_link(page, "#quiz") for page in pages)
    questions = sum(quiz_questions(page) for page in pages)
    return [Task("Recall", f"quiz of {names}", questions * QUIZ_MINUTES, pages)]


def _learn(*pages: str) -> list[Task]:
    return _read(*pages) + _quiz(*pages)


def _recall(*pages: str) -> list[Task]:
    names = ", ".join(PAGES[page][1] for page in pages)
    return [Task("Recall", f"from memory: {names}", RECALL_MINUTES * len(pages), pages)]


def _round(prompt: str) -> list[Task]:
    sheet = "[score it](../levels-and-rubric/index.md#sheet)"
    text = f"[round aloud](#how-to-practise-aloud): {prompt}; {sheet}"
    return [Task("Round", text, round_minutes())]


def _block(which: str) -> list[Task]:
    subject = "[block of your subject](../../building-blocks/index.md#in-which-order)"
    return [Task("Read", f"the {which} {subject}", max(study_minutes(page) for page in BLOCKS))]


def _third() -> list[Task]:
    text = " or ".join(_link(page) for page in THIRD)
    return [Task("Read", text, max(study_minutes(page) for page in THIRD), THIRD)]


def _do(kind: str, text: str, minutes: float, *topics: str) -> list[Task]:
    return [Task(kind, text, float(minutes), topics)]


def day_plan() -> list[Task]:
    """The one-day plan, block by block."""
    revision = _link("steps", "#revise-from-this", "what to revise from")
    board = _link("feed", "#recap", "its whiteboard")
    return [
        *_read("interview"),
        *_learn("steps"),
        *_do("Recall", f"{revision} by hand", RECALL_MINUTES, "steps"),
        *_recap("feed"),
        *_do("Recall", f"{board} from memory", SKETCH_MINUTES, "feed"),
        *_round("a feed of short videos"),
        *_read("serve", "monitor"),
        *_round("search suggestions while typing"),
        *_recall("steps"),
        *_logistics(),
    ]


def week_plan() -> list[list[Task]]:
    """The one-week plan, day by day."""
    return [
        _read("interview", "rubric") + _learn("steps", "clarify"),
        _learn("frame", "data") + _recall("steps"),
        _learn("model", "evaluate") + _recall("clarify") + _block("first"),
        _learn("serve", "monitor") + _recall("frame", "data") + _recap("ads"),
        _learn("feed") + _recall("model") + _block("second") + _recap("harm"),
        _read("senior")
        + _round("an assistant for a shop's customers")
        + _repair()
        + _recall("evaluate"),
        _round("fraud at payment, with a listener")
        + _recall("steps", "serve", "monitor", "feed")
        + _numbers()
        + _logistics(),
    ]


def month_plan() -> list[list[Task]]:
    """The four-week plan: twenty days, five a week."""
    board = _link("feed", "#recap", "the feed's whiteboard")
    return [
        _read("interview", "rubric"),
        _learn("steps") + _learn("clarify"),
        _learn("frame") + _recall("steps"),
        _learn("data") + _recall("clarify"),
        _learn("model") + _recall("frame"),
        _learn("evaluate") + _recall("data"),
        _learn("serve") + _recall("model", "clarify"),
        _learn("monitor") + _recall("evaluate"),
        _block("first") + _block("second") + _recall("serve"),
        _round("a feed of short videos") + _recall("monitor", "steps"),
        _read("feed") + _repair(),
        _quiz("feed")
        + _numbers()
        + _do("Recall", f"{board} from memory", SKETCH_MINUTES, "feed")
        + _block("third"),
        _read("senior") + _quiz("senior") + _recall("frame", "data"),
        _round("an assistant for a shop's customers") + _recall("feed"),
        _read("rag") + _recall("model", "evaluate"),
        _round("fraud at payment, with a listener") + _quiz("rag") + _recall("serve", "monitor"),
        _third() + _repair(),
        _round("the feed again: half the latency, no history") + _recall("clarify", "rag"),
        _round("your own product, with a listener who interrupts") + _recall("data"),
        _recall("steps", "feed", "rag") + _logistics(),
    ]


def _recap(page: str) -> list[Task]:
    return _do("Read", _link(page, "#recap", f"recap of {PAGES[page][1]}"), RECAP_MINUTES, page)


def _numbers() -> list[Task]:
    numbers = _link("feed", "#size-it", "three of the feed's numbers")
    return _do("Recall", f"{numbers} on paper", PAPER_MINUTES, "feed")


def _repair() -> list[Task]:
    return _do("Recall", "[the weakest step](#by-weakness) of the sheet, repaired", REPAIR_MINUTES)


def _logistics() -> list[Task]:
    return _do(
        "Read", "[tool, camera, paper, first two minutes](#the-day-itself)", LOGISTICS_MINUTES
    )


# --------------------------------------------------------------------------- sums


def minutes_of(tasks: Iterable[Task], kind: str = "") -> float:
    """Minutes of some tasks.

    Args:
        tasks: The tasks.
        kind: Only those of this kind; all where empty.
    """
    return sum(task.minutes for task in tasks if kind in ("", task.kind))


def day_hours() -> float:
    """Hours of work in the one-day plan, without breaks."""
    return minutes_of(day_plan()) / MINUTES_PER_HOUR


def day_starts() -> list[float]:
    """Minutes from the beginning of the one-day plan to that of each block."""
    plan = day_plan()
    rounds = [number for number, task in enumerate(plan) if task.kind == "Round"]
    starts = [0.0]
    for number, task in enumerate(plan[:-1]):
        pause = MEAL_MINUTES if number == rounds[0] else BREAK_MINUTES
        starts.append(starts[-1] + task.minutes + pause)
    return starts


def day_end_hour() -> float:
    """Hour of the clock at which the one-day plan ends, with its breaks and its meal."""
    return FIRST_HOUR + (day_starts()[-1] + day_plan()[-1].minutes) / MINUTES_PER_HOUR


def week_hours() -> float:
    """Hours of the one-week plan."""
    return sum(minutes_of(day) for day in week_plan()) / MINUTES_PER_HOUR


def month_hours() -> float:
    """Hours of the four-week plan."""
    return sum(minutes_of(day) for day in month_plan()) / MINUTES_PER_HOUR


def longest_day_minutes() -> float:
    """Minutes of the longest day of the four-week plan."""
    return max(minutes_of(day) for day in month_plan())


def recall_percent() -> float:
    """Per cent of the four-week plan's minutes that are recall or rounds."""
    tasks = [task for day in month_plan() for task in day]
    return 100 * (1 - minutes_of(tasks, "Read") / minutes_of(tasks))


def week_gap_days(share: float = WEEK_GAP_LOW, delay: float = DAYS_PER_WEEK) -> float:
    """Days until the review that served best for a test a week later.

    Args:
        share: Best gap as a share of the delay.
        delay: Days from the review to the test.
    """
    return share * delay


def gap_within_days(share: float = WEEK_GAP_LOW, days: float = DAYS_PER_WEEK) -> float:
    """Days until the review, where these days hold the gap and the delay after it.

    Args:
        share: Best gap as a share of the delay after it.
        days: Days from the first reading to the test.
    """
    return days * share / (1 + share)


def year_gap_days(share: float = YEAR_GAP_LOW, delay: float = DAYS_PER_YEAR) -> float:
    """Days until the review that served best for a test a year later.

    Args:
        share: Best gap as a share of the delay.
        delay: Days from the review to the test.
    """
    return share * delay


# --------------------------------------------------------------------------- tables


def day_rows() -> list[list[str]]:
    """The one-day plan as a table."""
    rows = [["Block", "Do", "Minutes"]]
    for number, task in enumerate(day_plan(), 1):
        rows.append([str(number), task.text, f"{task.minutes:.0f}"])
    return [*rows, ["", "**Together**", f"{minutes_of(day_plan()):.0f}"]]


def week_rows() -> list[list[str]]:
    """The one-week plan as a table."""
    return _rows(week_plan())


def month_rows(week: int = 1) -> list[list[str]]:
    """One week of the four-week plan as a table.

    Args:
        week: Which, from 1 to 4.
    """
    return _rows(month_plan()[5 * week - 5 : 5 * week], 5 * week - 4)


def _rows(days: Sequence[Sequence[Task]], first: int = 1) -> list[list[str]]:
    rows = [["Day", "Do", "Minutes"]]
    for number, day in enumerate(days, first):
        rows.append([str(number), "; ".join(t.text for t in day), f"{minutes_of(day):.0f}"])
    total = sum(minutes_of(day) for day in days)
    return [*rows, ["", "**Together**", f"{total:.0f}"]]
