"""The arithmetic of the second step: thresholds from costs, the feed's value, when a model pays."""

from __future__ import annotations

import math

from handbook.estimate import (
    DAYS_PER_YEAR,
    assumed,
    chapter,
)

framework = chapter("framework")
clarify = chapter("framework/1-clarify")
data = chapter("framework/3-data")
feed = chapter("case-studies/news-feed")
model = chapter("framework/4-model")

MONTHS_PER_YEAR = 12

# --------------------------------------------------------------------------- thresholds from costs


def threshold(false_alarm: float, miss: float) -> float:
    """Probability of the event from which it pays to act.

    Args:
        false_alarm: What acting costs over not acting when the event does not come, in dollars.
        miss: What not acting costs over acting when it does, in dollars.
    """
    return false_alarm / (false_alarm + miss)


PERSON_DOLLARS = framework.agent_dollars_per_conversation()


def escalation_threshold(wrong_dollars: float = clarify.WRONG_ANSWER_DOLLARS) -> float:
    """Probability of a wrong answer from which a person takes over.

    A person is paid whether or not the answer would have been wrong, so a miss costs the wrong
    answer less the person.

    Args:
        wrong_dollars: What a wrong answer costs.
    """
    return threshold(PERSON_DOLLARS, wrong_dollars - PERSON_DOLLARS)


def careless_threshold(wrong_dollars: float = clarify.WRONG_ANSWER_DOLLARS) -> float:
    """The same with the formula on whole costs, which counts the person twice.

    Args:
        wrong_dollars: What a wrong answer costs.
    """
    return threshold(PERSON_DOLLARS, wrong_dollars)


def answer_threshold_percent(answers: float = framework.ANSWERS_PER_CONVERSATION) -> float:
    """Per cent at which each answer may be wrong, if the conversation may be at the threshold.

    Args:
        answers: Answers of a conversation, wrong independently of each other.
    """
    return 100 * (1 - math.pow(1 - escalation_threshold(), 1 / answers))


DECLINE_DOLLARS = assumed(5, "$ for one", "a call, a retry, some customers who do not come back")
MARGIN = assumed(0.1, "of the amount", "what the shop earns on a payment and loses by declining it")
CHARGEBACK_DOLLARS = assumed(20, "$ for one", "fee and handling of a disputed payment")
SMALL_PAYMENT = assumed(20, "$", "a cheap basket")
LARGE_PAYMENT = assumed(1_000, "$", "a dear one")


def fraud_threshold(amount: float = SMALL_PAYMENT) -> float:
    """Probability of fraud from which a payment is declined.

    Args:
        amount: Its amount, in dollars.
    """
    return threshold(DECLINE_DOLLARS + MARGIN * amount, amount + CHARGEBACK_DOLLARS)


# --------------------------------------------------------------------------- what a threshold costs

SPREAD = assumed(
    8.7, "shape", "spreads the chance of a wrong answer so that the goal is met at the threshold"
)


def answered_share(at: float = 0.1, spread: float = SPREAD) -> float:
    """Share of conversations whose chance of a wrong answer is below a threshold.

    The chance is taken to follow a beta distribution with first parameter one: most conversations
    are easy, few are hopeless.

    Args:
        at: The threshold.
        spread: The second parameter; the larger, the easier the conversations.
    """
    return 1 - math.pow(1 - at, spread)


def answered_wrong_share(at: float = 0.1, spread: float = SPREAD) -> float:
    """Share of all conversations that are answered, and wrongly.

    Args:
        at: The threshold.
        spread: The second parameter of the distribution.
    """
    mean = 1 / (spread + 1)
    above = math.pow(1 - at, spread) - spread * mean * math.pow(1 - at, spread + 1)
    return mean - above


def solved_share(at: float = 0.1) -> float:
    """Share of all conversations that are answered, and rightly.

    Args:
        at: The threshold.
    """
    return answered_share(at) - answered_wrong_share(at)


def solving_threshold(goal: float = framework.CONTAINED_SHARE) -> float:
    """Threshold at which as many conversations are answered rightly as the goal says.

    Args:
        goal: Share of all conversations.
    """
    return next(at / 1_000 for at in range(1_000) if solved_share(at / 1_000) >= goal)


def wrong_among_answered_percent(at: float = 0.1) -> float:
    """Per cent of answered conversations that are answered wrongly.

    Args:
        at: The threshold.
    """
    return 100 * answered_wrong_share(at) / answered_share(at)


def conversation_dollars(
    at: float = 0.1, wrong_dollars: float = clarify.WRONG_ANSWER_DOLLARS
) -> float:
    """Cost of a conversation with people and wrong answers, in dollars.

    Args:
        at: The threshold.
        wrong_dollars: What a wrong answer costs.
    """
    escalated = 1 - answered_share(at)
    return escalated * PERSON_DOLLARS + answered_wrong_share(at) * wrong_dollars


def best_dollars(wrong_dollars: float = clarify.WRONG_ANSWER_DOLLARS) -> float:
    """Cost of a conversation at the threshold that the costs give, in dollars.

    Args:
        wrong_dollars: What a wrong answer costs.
    """
    return conversation_dollars(escalation_threshold(wrong_dollars), wrong_dollars)


def saved_per_conversation() -> float:
    """What the assistant saves on a conversation at the best threshold, in dollars."""
    return PERSON_DOLLARS - best_dollars()


def overconfident_dollars_per_day(factor: float = 2) -> float:
    """What it costs a day when wrong answers are likelier than the score says, in dollars.

    Args:
        factor: True chance for each unit of the stated one.
    """
    extra = conversation_dollars(escalation_threshold() * factor) - best_dollars()
    return extra * framework.CONVERSATIONS_PER_DAY


# --------------------------------------------------------------------------- when a model pays


def team_dollars_per_day() -> float:
    """What the people cost who build and run a model of their own, a day, in dollars."""
    return model.people_dollars() * MONTHS_PER_YEAR / DAYS_PER_YEAR


def break_even_conversations() -> float:
    """Conversations a day below which the team costs more than the assistant saves."""
    return team_dollars_per_day() / saved_per_conversation()


def judged_break_even_conversations() -> float:
    """The same where the saving also pays for the daily sample that people judge."""
    judges = data.judge_dollars(data.JUDGED_PER_DAY)
    return (team_dollars_per_day() + judges) / saved_per_conversation()


INTENTS = assumed(200, "intents", "what customers of a large shop ask, at one level of detail")
TEMPLATES = assumed(20, "templates", "what a small team can write and keep right")


def template_percent(templates: float = TEMPLATES, intents: float = INTENTS) -> float:
    """Per cent of conversations that the commonest intents cover, if intents follow Zipf's law.

    Args:
        templates: Intents that have a template, the commonest first.
        intents: Intents in all.
    """
    return 100 * _harmonic(templates) / _harmonic(intents)


def _harmonic(count: float) -> float:
    return math.fsum(1 / rank for rank in range(1, round(count) + 1))


def large_cents_per_answer() -> float:
    """What an answer of the large hosted model costs, in cents."""
    return 100 * model.large_hosted_dollars() / model.answers_per_month()


def small_cents_per_answer() -> float:
    """What an answer of the small hosted model costs, in cents."""
    return 100 * model.small_hosted_dollars() / model.answers_per_month()


def smaller_model_dollars_per_day() -> float:
    """What the small hosted model saves a day against the large one, in dollars."""
    month = model.large_hosted_dollars() - model.small_hosted_dollars()
    return month / model.answers_per_month() * framework.answers_per_day()


def label_days() -> float:
    """Days in which that saving pays for the answers that a small model is tuned on."""
    return model.label_dollars() / smaller_model_dollars_per_day()


STEP_RIGHT = assumed(0.95, "of steps", "a step of an agent that goes as it should")
STEPS = assumed(5, "steps", "find the order, read the policy, decide, act, answer")


def chain_percent(steps: float = STEPS, right: float = STEP_RIGHT) -> float:
    """Per cent of conversations in which every step goes as it should, independently.

    Args:
        steps: Steps in a row.
        right: Share of single steps that do.
    """
    return 100 * math.pow(right, steps)


# --------------------------------------------------------------------------- the feed's value

BASE_RATES = {
    "like": feed.LIKE_RATE,
    "comment": feed.COMMENT_RATE,
    "share": feed.SHARE_RATE,
    "long read": feed.LONG_READ_RATE,
    "follow author": feed.FOLLOW_RATE,
    "hide": feed.HIDE_RATE,
    "report": feed.REPORT_RATE,
}


def points_per_thousand(action: str = "like") -> float:
    """Points that an action brings to a thousand mean impressions: weight times base rate.

    Args:
        action: The name of a head with a base rate.
    """
    return 1_000 * feed.WEIGHTS[action] * BASE_RATES[action]


def weight_rows() -> list[list[str]]:
    """Weight times base rate for each head with one, as a table."""
    rows = [["Head", "Weight", "Base rate", "Points in 1,000 impressions"]]
    for action, rate in BASE_RATES.items():
        points = f"{points_per_thousand(action):+.0f}"
        rows.append([action, f"{feed.WEIGHTS[action]:g}", f"{100 * rate:g} %", points])
    return rows


def lead(without: str = "") -> float:
    """Points by which the friend's post leads the headline.

    Args:
        without: A head whose weight is set to zero; none where empty.
    """
    return math.fsum(
        weight * (feed.FRIEND_POST[action] - feed.HEADLINE_POST[action])
        for action, weight in feed.WEIGHTS.items()
        if action != without
    )


def smallest_lead() -> float:
    """The lead that is left when the head that matters most is dropped."""
    return min(lead(action) for action in feed.WEIGHTS)


def lead_without_complaints() -> float:
    """The lead without hides and reports, which leaves the survey as the only counter-signal."""
    return engagement_lead() + feed.WEIGHTS["worth it"] * (
        feed.FRIEND_POST["worth it"] - feed.HEADLINE_POST["worth it"]
    )


def engagement_lead() -> float:
    """The lead when only welcome actions count."""
    return feed.friend_engagement() - feed.headline_engagement()


def flipping_hide_weight() -> float:
    """Weight of a hide at which the two posts are worth the same, without reports and survey."""
    return engagement_lead() / (feed.HEADLINE_POST["hide"] - feed.FRIEND_POST["hide"])
