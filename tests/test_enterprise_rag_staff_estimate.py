"""The staff round's own arithmetic, by hand: the forgotten half, its consequences, the sheet."""

from __future__ import annotations

import pytest

from handbook.estimate import chapter

rag = chapter("case-studies/enterprise-rag")
staff = chapter("mock-interviews/enterprise-rag-staff")
rubric = chapter("start/levels-and-rubric")


def test_reading_a_prompt_is_what_the_candidate_computes_at_the_board() -> None:
    assert staff.weights_flops() == 2 * 32.8e9 * 4_000
    assert 0.08 < rag.prefill_flops() / staff.weights_flops() - 1 < 0.1, "a bit under a tenth"
    assert rag.prefill_ms() == pytest.approx(287e12 / (0.4 * 989e12) * 1e3, rel=2e-3)


def test_thirty_milliseconds_were_true_of_another_system_and_impossible_here() -> None:
    assert staff.remembered_ms() == pytest.approx(2 * 8e9 * 700 / 395.6e12 * 1e3)
    assert abs(staff.remembered_ms() - staff.CLAIMED_PREFILL_MS) < 3
    assert 9 < staff.claimed_times_peak() < 11, "ten times the data sheet"
    assert staff.wrong_by() == pytest.approx(725 / 30, rel=1e-3)


def test_the_fleet_for_writing_is_overloaded_by_reading_and_writing() -> None:
    assert staff.reading_busy() == pytest.approx(12.5 * 0.7248, rel=1e-3)
    assert staff.writing_busy() == pytest.approx(12.5 * 350 / 817, rel=1e-3)
    assert staff.load_on_writing_fleet() == pytest.approx((9.06 + 5.36) / 14, rel=1e-3)
    assert staff.load_on_writing_fleet() > 1
    assert staff.reading_with_spare() <= rag.prefill_cards() < staff.reading_with_spare() + 1
    assert staff.writing_with_spare() <= rag.decode_cards() < staff.writing_with_spare() + 1


def test_the_wrong_number_turns_the_recommendation_round() -> None:
    assert staff.writing_dollars() == 14 * 3 * 730
    assert staff.reading_dollars() == 23 * 3 * 730
    assert staff.seeming_saving() > 0 > -rag.constraint_dollars()
    swing = staff.seeming_saving() + rag.constraint_dollars()
    assert swing == pytest.approx(staff.reading_dollars()), "the swing is the forgotten half"


def test_the_first_table_is_the_chapter_s_with_reading_at_thirty() -> None:
    assert staff.first_used_ms() == 60 + 300 + 90 + 10 + 150 + 50 + 30 + 30 + 30
    assert staff.first_slack_ms() == 2_000 - 750


def test_eight_bits_halve_the_reading_and_keep_the_sign() -> None:
    assert staff.eight_bit_reading_cards() == 12, "22.65 / 2, rounded up"
    assert staff.eight_bit_dollars() == 26 * 3 * 730
    assert staff.eight_bit_dollars() > rag.hosted_per_month()


def test_growth_widens_the_gap_instead_of_closing_it() -> None:
    assert staff.grown_cards() == 46 + 27
    assert staff.grown_dollars() == 73 * 3 * 730
    assert staff.grown_gap() > rag.constraint_dollars()
    assert round(staff.grown_gap() / 1e3) == 68, "the quiz says it in words"
    assert staff.grown_cards(1) == rag.generator_cards()


def test_the_steps_end_when_the_transcript_says() -> None:
    ends = [staff.ended_at(step) for step in staff.TOOK]
    assert ends == [5.5, 9, 14, 18, 30.5, 38.5, 43]
    assert sum(staff.planned_minutes(step) for step in staff.TOOK) == 45
    assert staff.overrun_minutes() == 4.5
    with pytest.raises(ValueError, match="no step 'Lunch'"):
        staff.ended_at("Lunch")


def test_the_sheet_is_a_yes_at_the_cut_off_and_falls_with_one_rung() -> None:
    assert set(staff.RUNGS) == set(rubric.STEPS)
    assert staff.points() == 6 * 3 + 2 == rubric.YES_TOTAL
    assert staff.verdict() == "Yes"
    assert staff.verdict("Senior") == "Strong yes"
    assert staff.points("Staff", 3, 3) == 19
    assert staff.verdict("Staff", 3, 3) == "No"
    never = staff.UNREPAIRED
    assert (staff.points("Staff", never), staff.verdict("Staff", never)) == (18, "No")
    assert staff.verdict("Senior", never) == "Yes"
