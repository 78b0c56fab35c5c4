"""The arithmetic of the second step, recomputed by hand."""

from __future__ import annotations

import math

import pytest

from handbook.estimate import chapter

frame = chapter("framework/2-frame")


def test_a_miss_costs_only_what_it_costs_beyond_the_person() -> None:
    assert frame.escalation_threshold() == pytest.approx(4 / (4 + 36))
    assert frame.careless_threshold() == pytest.approx(4 / 44)
    assert frame.escalation_threshold(100) == pytest.approx(0.04)


def test_four_answers_share_the_risk_of_their_conversation() -> None:
    one = frame.answer_threshold_percent() / 100
    assert 1 - (1 - one) ** 4 == pytest.approx(0.1)


def test_at_the_threshold_both_choices_cost_the_same() -> None:
    p = frame.escalation_threshold()
    assert p * frame.clarify.WRONG_ANSWER_DOLLARS == pytest.approx(frame.PERSON_DOLLARS)


def test_dear_payments_are_declined_sooner() -> None:
    assert frame.fraud_threshold(20) == pytest.approx(7 / 47)
    assert frame.fraud_threshold(1_000) == pytest.approx(105 / 1_125)


def _sum_over_the_spread(at: float, steps: int = 200_000) -> tuple[float, float]:
    """Share answered, and answered wrongly, summed in small steps over the density."""
    width = at / steps
    chances = [(step + 0.5) * width for step in range(steps)]
    density = [frame.SPREAD * math.pow(1 - p, frame.SPREAD - 1) for p in chances]
    wrong = sum(p * weight for p, weight in zip(chances, density, strict=True))
    return sum(density) * width, wrong * width


@pytest.mark.parametrize("at", [0.1, 0.2, 1.0])
def test_closed_forms_agree_with_sums(at: float) -> None:
    answered, wrong = _sum_over_the_spread(at)
    assert frame.answered_share(at) == pytest.approx(answered, rel=1e-6)
    assert frame.answered_wrong_share(at) == pytest.approx(wrong, rel=1e-6)


def test_the_threshold_meets_the_goal_and_is_the_cheapest() -> None:
    assert frame.answered_share() == pytest.approx(frame.framework.CONTAINED_SHARE, abs=1e-3)
    best = frame.best_dollars()
    assert best == pytest.approx(2.64, abs=0.005)
    assert all(frame.conversation_dollars(step / 100) >= best for step in range(101))
    assert frame.conversation_dollars(0) == pytest.approx(frame.PERSON_DOLLARS)
    assert min(frame.conversation_dollars(0.5), frame.conversation_dollars(1)) > 4


def test_net_saving_agrees_with_the_first_step() -> None:
    wrong = frame.wrong_among_answered_percent() / 100
    saved = frame.saved_per_conversation() * frame.framework.CONVERSATIONS_PER_DAY
    assert saved == pytest.approx(
        frame.clarify.net_dollars_per_day(wrong, frame.answered_share()), rel=1e-9
    )


def test_a_small_shop_does_not_pay_for_two_engineers() -> None:
    assert frame.break_even_conversations() == pytest.approx(30_000 * 12 / 365 / 1.3603, rel=1e-4)


def test_people_who_judge_are_paid_too() -> None:
    # 200 conversations a day, six minutes each, at $30 an hour, whatever the load.
    team = 30_000 * 12 / 365
    more = frame.judged_break_even_conversations()
    assert more == pytest.approx((team + 200 * 6 / 60 * 30) / 1.3603, rel=1e-4)


def test_rightly_answered_meets_the_goal_at_a_higher_threshold() -> None:
    at = frame.solving_threshold()
    answered, wrong = _sum_over_the_spread(at)
    assert answered - wrong == pytest.approx(0.6, abs=0.003)
    assert frame.solved_share() == pytest.approx(0.574, abs=0.001)
    assert frame.conversation_dollars(at) == pytest.approx(frame.best_dollars(), abs=0.01)


def test_templates_steps_and_labels() -> None:
    twenty = sum(1 / rank for rank in range(1, 21)) / sum(1 / rank for rank in range(1, 201))
    assert frame.template_percent() == pytest.approx(100 * twenty)
    assert frame.chain_percent() == pytest.approx(100 * 0.95**5)
    assert frame.large_cents_per_answer() == pytest.approx(2_800 * 2e-4 + 200 * 10e-4)
    assert frame.small_cents_per_answer() == pytest.approx(2_800 * 0.1e-4 + 200 * 0.5e-4)
    assert frame.smaller_model_dollars_per_day() == pytest.approx(1.2e6 * (0.0076 - 0.00038))
    assert frame.label_days() == pytest.approx(50_000 * 3 / 60 * 30 / 8_664)


def test_weights_times_rates_and_the_two_posts() -> None:
    assert frame.points_per_thousand("comment") == pytest.approx(60)
    assert frame.points_per_thousand("report") == pytest.approx(-10)
    assert frame.lead() == pytest.approx(1.132 - 0.030)
    assert frame.smallest_lead() == pytest.approx(1.102 - 4 * 0.15)
    assert frame.engagement_lead() == pytest.approx(0.382 - 0.630)
    assert frame.lead_without_complaints() == pytest.approx(1.182 - 0.830)


def test_posts_tie_at_the_flipping_weight() -> None:
    weight = frame.flipping_hide_weight()
    assert weight == pytest.approx(-0.248 / 0.028)
    assert 0.630 + weight * 0.03 == pytest.approx(0.382 + weight * 0.002)
