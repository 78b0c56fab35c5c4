"""The arithmetic of the start pages, recomputed by hand where a slip would matter."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest

from handbook.estimate import chapter
from handbook.project import find_project

rubric = chapter("start/levels-and-rubric")
panel = chapter("start/for-interviewers")
interview = chapter("start/the-interview")
plans = chapter("start/study-plans")

# What a plan has readers recall: the steps and the cases that it studies whole.
RECALLED = (
    "steps", "clarify", "frame", "data", "model", "evaluate", "serve", "monitor", "feed", "rag",
)  # fmt: skip


def test_a_level_moves_the_ladder_by_one_rung() -> None:
    assert [rubric.score(rung, rubric.MID_RUNG) for rung in range(6)] == [1, 2, 3, 4, 4, 4]
    assert [rubric.score(rung, rubric.SENIOR_RUNG) for rung in range(6)] == [1, 1, 2, 3, 4, 4]
    assert [rubric.score(rung, rubric.STAFF_RUNG) for rung in range(6)] == [1, 1, 1, 2, 3, 4]


def test_one_sheet_answers_for_three_levels() -> None:
    assert rubric.meeting_total() == 7 * 3
    assert rubric.highest_total() == 7 * 4
    assert rubric.worked_total(rubric.MID_RUNG) == 4 + 4 + 3 + 4 + 4 + 4 + 3
    assert rubric.worked_total() == 3 + 3 + 2 + 3 + 3 + 4 + 2
    assert rubric.worked_total(rubric.STAFF_RUNG) == 2 + 2 + 1 + 2 + 2 + 3 + 1
    assert rubric.lifted_total() == rubric.worked_total() + 1
    assert [rubric.even_total(rung) for rung in range(6)] == [7, 7, 14, 21, 28, 28]
    verdicts = [rubric.decision(rubric.WORKED, t) for t in rubric.LEVELS.values()]
    assert verdicts == ["Strong yes", "Yes", "No"]


@pytest.mark.parametrize(
    ("rungs", "verdict"),
    [
        ((3, 3, 3, 3, 3, 3, 2), "Yes"),
        ((3, 3, 3, 3, 3, 2, 2), "No"),
        ((4, 4, 3, 4, 3, 4, 1), "No"),
        ((4, 4, 4, 3, 3, 3, 3), "Strong yes"),
        ((4, 4, 4, 4, 4, 4, 2), "Yes"),
    ],
)
def test_a_total_needs_a_floor(rungs: tuple[int, ...], verdict: str) -> None:
    # At senior a score is the rung, up to four.
    assert rubric.decision(dict(zip(rubric.STEPS, rungs, strict=True))) == verdict


@pytest.mark.parametrize(
    ("rungs", "verdict"),
    [
        ((2, 2, 2, 2, 2, 2, 2), "Yes"),
        ((2, 2, 2, 2, 2, 2, 1), "Yes"),
        ((3, 3, 3, 3, 3, 3, 1), "Yes"),
        ((3, 3, 3, 3, 3, 1, 1), "No"),
        ((5, 5, 5, 5, 1, 1, 1), "No"),
        ((5, 5, 5, 5, 5, 5, 0), "No"),
    ],
)
def test_a_second_named_step_is_not_mended_at_mid_level(
    rungs: tuple[int, ...], verdict: str
) -> None:
    sheet = dict(zip(rubric.STEPS, rungs, strict=True))
    assert rubric.decision(sheet, rubric.MID_RUNG) == verdict


def test_a_step_that_was_not_covered_moves_the_cut_offs() -> None:
    # Six steps that meet the level have 18 of 24: a point under it, and three over it.
    assert rubric.highest_total(6) == 24
    assert rubric.cut_off() == 6 * 3 - 1
    assert rubric.cut_off(rubric.STRONG_TOTAL) == 6 * 3 + 3


def test_the_hour_is_spoken_for() -> None:
    assert panel.slot_minutes() == 5 + 45 + 7 + 3 == 60


def test_a_halo_costs_sheets() -> None:
    # Seven equal variances and 42 ordered pairs of steps, each with three tenths of one.
    assert panel.total_error() == pytest.approx(0.6 * math.sqrt(7 + 42 * 0.3))
    assert panel.error_without_halo() == pytest.approx(0.6 * math.sqrt(7))
    assert panel.halo_costs_sheets() == pytest.approx(19.6 / 7)
    assert panel.total_error(4) == pytest.approx(panel.total_error() / 2)
    # One and a half points below 21, in standard errors, read from a table of the normal.
    assert panel.refused_percent() == pytest.approx(28.6, abs=0.1)
    assert panel.refused_percent(4) == pytest.approx(12.9, abs=0.1)


def test_every_kind_of_round_fills_the_round() -> None:
    assert {sum(minutes) for minutes in interview.KINDS.values()} == {45.0}
    assert all(len(minutes) == 7 and min(minutes) > 0 for minutes in interview.KINDS.values())
    # The last four minutes are untouchable, whoever asks.
    assert all(minutes[-1] >= 4 for minutes in interview.KINDS.values())


def test_a_better_opening_scores_more_at_senior() -> None:
    assert [interview.clarify_score(version) for version in interview.RUNG] == [1, 2, 3]
    assert [interview.clarify_score(version, "Mid") for version in interview.RUNG] == [2, 3, 4]
    assert max(minute for board in interview.BOARD.values() for minute, _ in board) <= 6


def test_three_late_steps_hold_the_floor_and_miss_the_cut_off() -> None:
    assert interview.late_total() == 4 * 3 + 3 * 2 == rubric.YES_TOTAL - 2
    assert interview.late_total("Mid") == 7 * 3
    assert rubric.decision(dict(zip(rubric.STEPS, [4, 4, 3, 3, 2, 2, 2], strict=True))) == "Yes"


def test_plans_know_what_the_chapters_say_of_themselves() -> None:
    said = {}
    for page, (slug, name, *_) in plans.PAGES.items():
        text = (find_project().docs / slug / "index.md").read_text(encoding="utf-8")
        minutes = re.search(r"^minutes: (\d+)$", text, re.MULTILINE)
        assert minutes, slug
        questions = len(re.findall(r"^```quiz$", text, re.MULTILINE))
        said[page] = (slug, name, int(minutes[1]), questions)
    assert said == plans.PAGES, "copy it into PAGES, then run: handbook numbers --fix"


def test_every_plan_reads_every_step_and_ends_with_nothing_new() -> None:
    chosen = {*plans.BLOCKS, "staff"}
    for days, unread in ((plans.week_plan(), {"rag"}), (plans.month_plan(), set())):
        read = [page for day in days for task in day if task.kind == "Read" for page in task.topics]
        assert sorted(read) == sorted(set(plans.PAGES) - unread - chosen)
        assert not {page for task in days[-1] if task.kind == "Read" for page in task.topics}


def test_a_plan_leaves_room_for_the_longest_block() -> None:
    assert len(plans.BLOCKS) == 10
    for days, blocks in ((plans.week_plan(), 2), (plans.month_plan(), 3)):
        room = [task.minutes for day in days for task in day if "block of your" in task.text]
        assert room == [40.0] * blocks
        assert max(1.5 * plans.reading_minutes(page) for page in plans.BLOCKS) <= 40


def test_nothing_is_recalled_before_it_was_read() -> None:
    for days in (plans.week_plan(), plans.month_plan(), [plans.day_plan()]):
        seen: set[str] = set()
        for day in days:
            for task in day:
                if task.kind == "Read":
                    seen.update(task.topics)
                assert seen.issuperset(task.topics), task


def test_every_topic_of_the_month_comes_back_later_than_the_next_hour() -> None:
    for page in RECALLED:
        days = [
            number
            for number, day in enumerate(plans.month_plan(), 1)
            if any(page in task.topics for task in day)
        ]
        assert len(days) >= 3, page
        assert max(after - before for before, after in pairwise(days)) >= 2


def test_the_day_has_a_meal_and_ends_at_five() -> None:
    tasks, starts = plans.day_plan(), plans.day_starts()
    pauses = [
        after - before - task.minutes
        for (before, after), task in zip(pairwise(starts), tasks, strict=False)
    ]
    # Between the first round, the seventh block, and the chapter on serving.
    assert pauses == [10, 10, 10, 10, 10, 10, 45, 10, 10, 10, 10]
    assert tasks[6].kind == "Round"
    assert plans.day_end_hour() == pytest.approx(9 + (334 + 100 + 45) / 60)


@pytest.mark.parametrize("name", ["week_plan", "month_plan"])
def test_every_step_and_the_case_come_back_within_three_days(name: str) -> None:
    days = getattr(plans, name)()
    for page in RECALLED:
        if page == "rag" and name == "week_plan":
            continue
        visits = [
            number for number, day in enumerate(days, 1) if any(page in task.topics for task in day)
        ]
        assert 1 <= visits[1] - visits[0] <= 3, page
        # An empty page too, and not only a quiz on the same day.
        texts = [task.text for day in days for task in day if page in task.topics]
        assert any(text.startswith("from memory") for text in texts), page


def test_seven_days_hold_the_gap_and_the_delay_after_it() -> None:
    for share, gap in ((0.2, 7 / 6), (0.4, 2.0)):
        assert plans.gap_within_days(share) == pytest.approx(gap)
        assert gap / (7 - gap) == pytest.approx(share)


def test_sums_are_those_of_the_tables() -> None:
    for rows, hours in (
        (plans.day_rows(), plans.day_hours()),
        (plans.week_rows(), plans.week_hours()),
    ):
        minutes = [float(row[2]) for row in rows[1:]]
        assert sum(minutes[:-1]) == minutes[-1] == pytest.approx(hours * 60)
    weeks = [float(plans.month_rows(week)[-1][2]) for week in range(1, 5)]
    assert sum(weeks) == pytest.approx(plans.month_hours() * 60)
    assert plans.study_minutes("feed") >= 1.5 * plans.reading_minutes("feed")
    assert plans.week_gap_days() == pytest.approx(1.4)
    assert plans.year_gap_days(0.1) == pytest.approx(36.5)


def test_a_panel_of_four_sits_through_four_rounds_write_ups_and_debriefs() -> None:
    assert panel.panel_hours(1) == pytest.approx(110 / 60)
    assert panel.panel_hours(4) == pytest.approx(4 * 110 / 60)


def test_a_strict_interviewer_shows_against_the_mean_of_three_others() -> None:
    one = 0.36 * (7 * 0.7 + 49 * 0.3)
    assert panel.strictness_limit() == pytest.approx(1.96 * math.sqrt(one * (1 + 1 / 3) / 20), 1e-3)
