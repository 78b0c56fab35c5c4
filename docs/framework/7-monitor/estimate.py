"""The monitoring step's arithmetic: noise of alarms, budgets of errors, the price of old models.

Loads, rates and prices come from the news feed's chapter, the assistant's from the framework and
from the serving step. Here is what decides whether an alarm means anything: how much a statistic
moves by chance, how many alarms chance raises in a week, and how late a signal speaks.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    MINUTES_PER_HOUR,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    any_slow,
    assumed,
    chapter,
    sample_size_per_arm,
    sourced,
)

base = chapter("framework")
feed = chapter("case-studies/news-feed")
data = chapter("framework/3-data")
serve = chapter("framework/6-serve")
model = chapter("framework/4-model")

# --------------------------------------------------------------------------- noise of a statistic

BINS = assumed(10, "bins", "tenths of the reference week")
SMALL_SAMPLE = assumed(500, "rows a side", "what a small slice has in an hour")
LARGE_SAMPLE = assumed(1e6, "rows a side", "a sample of an hour of the feed")
RULE_OF_THUMB = sourced(
    0.1,
    "of PSI",
    "https://scholarworks.wmich.edu/dissertations/3208",
    "B. Yurdakul, Statistical Properties of Population Stability Index, 2018",
    "2026-11-21",
)
ALARM_LEVEL = assumed(0.01, "false alarms per test", "stricter than the usual 5 %, and too high")
SHIFT = assumed(0.05, "of rows", "moved from the lowest tenth to the highest")


def chi_square_quantile(quantile: float, degrees: float) -> float:
    """Quantile of the chi-square distribution, after Wilson and Hilferty (1931).

    Args:
        quantile: Such as 0.99.
        degrees: Degrees of freedom.
    """
    spread = 2 / (9 * degrees)
    return degrees * math.pow(1 - spread + NormalDist().inv_cdf(quantile) * math.sqrt(spread), 3)


def psi_mean(rows: float = SMALL_SAMPLE, bins: float = BINS) -> float:
    """PSI that two samples of one distribution show on average.

    Args:
        rows: Rows in each of the two samples.
        bins: Bins.
    """
    return (bins - 1) * 2 / rows


def psi_noise(rows: float = SMALL_SAMPLE, bins: float = BINS, level: float = ALARM_LEVEL) -> float:
    """PSI that chance exceeds at this level only, for two samples of one distribution.

    Args:
        rows: Rows in each of the two samples.
        bins: Bins.
        level: False alarms per test.
    """
    return chi_square_quantile(1 - level, bins - 1) * 2 / rows


def rows_for_rule(rule: float = RULE_OF_THUMB) -> float:
    """Rows a side below which chance alone passes the rule of thumb once in a hundred tests.

    Args:
        rule: The threshold of PSI.
    """
    return chi_square_quantile(1 - ALARM_LEVEL, BINS - 1) * 2 / rule


def psi_of_shift(share: float = SHIFT, bins: float = BINS) -> float:
    """PSI when a share of all rows moves from the lowest bin to the highest.

    Args:
        share: Share of rows that moves; less than a bin holds.
        bins: Bins of equal size.
    """
    each = 1 / bins
    return share * math.log((each + share) / each) - share * math.log((each - share) / each)


def ks_threshold(rows: float = LARGE_SAMPLE, level: float = ALARM_LEVEL) -> float:
    """Largest gap of two distribution functions that chance allows (Kolmogorov, Smirnov).

    Args:
        rows: Rows in each of the two samples.
        level: False alarms per test.
    """
    return math.sqrt(-math.log(level / 2) / 2) * math.sqrt(2 / rows)


# --------------------------------------------------------------------------- many alarms

FEATURES = feed.DENSE_FEATURES
CHECKS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK
WANTED_FALSE = assumed(1, "false alarms a week", "what a team can look into, for this kind")
SLICES = assumed(50, "slices", "country, language, app version, source")
STATISTICS = assumed(3, "statistics per feature", "share missing, median, PSI")
SCRAPE_SECONDS = assumed(60, "seconds", "between two values of a series")


def false_alarms(level: float = ALARM_LEVEL, checks: float = CHECKS_PER_WEEK) -> float:
    """False alarms a week when every feature is tested at each check.

    Args:
        level: False alarms per test.
        checks: Checks a week.
    """
    return FEATURES * checks * level


def false_alarms_daily() -> float:
    """The same with one check a day."""
    return false_alarms(ALARM_LEVEL, DAYS_PER_WEEK)


def false_alarms_twice(level: float = ALARM_LEVEL) -> float:
    """The same hourly, if two checks in a row must agree and are independent.

    Args:
        level: False alarms per test.
    """
    return false_alarms(level * level)


def level_needed(wanted: float = WANTED_FALSE) -> float:
    """False alarms per test that leave so many a week.

    Args:
        wanted: False alarms a week.
    """
    return wanted / (FEATURES * CHECKS_PER_WEEK)


def deviations_needed() -> float:
    """The same level as a number of standard deviations, two-sided."""
    return NormalDist().inv_cdf(1 - level_needed() / 2)


def alarm_rows() -> list[list[str]]:
    """Rules for an alarm with the false alarms that each raises."""
    return [
        ["Rule", "Tests a week", "False alarms a week"],
        [
            "Every feature, every hour, at 1 %",
            f"{FEATURES * CHECKS_PER_WEEK:,.0f}",
            f"{false_alarms():,.0f}",
        ],
        [
            "Every feature, once a day, at 1 %",
            f"{FEATURES * 7:,.0f}",
            f"{false_alarms_daily():,.0f}",
        ],
        [
            "Hourly, two checks in a row, were they independent",
            f"{FEATURES * CHECKS_PER_WEEK:,.0f}",
            f"{false_alarms_twice():,.1f}",
        ],
        [
            f"Hourly, at {deviations_needed():.1f} standard deviations",
            f"{FEATURES * CHECKS_PER_WEEK:,.0f}",
            f"{WANTED_FALSE:.0f}",
        ],
    ]


def series_count() -> float:
    """Time series of feature statistics by slice."""
    return FEATURES * SLICES * STATISTICS


def series_points_per_day() -> float:
    """Values that those series take on a day."""
    return series_count() * HOURS_PER_DAY * SECONDS_PER_HOUR / SCRAPE_SECONDS


# --------------------------------------------------------------------------- calibration

CALIBRATION_MARGIN = assumed(0.05, "of the rate", "a ratio from 0.95 to 1.05 passes")
SMALL_SLICE = assumed(0.001, "of traffic", "a small language")


def impressions_for_margin(
    rate: float = feed.LIKE_RATE, margin: float = CALIBRATION_MARGIN
) -> float:
    """Impressions until predicted over observed is known to the margin, at 95 %.

    Args:
        rate: Actions per impression.
        margin: Half width of the interval, relative.
    """
    z = NormalDist().inv_cdf(0.975)
    return (z / margin) ** 2 * (1 - rate) / rate * serve.CLUSTERING


def minutes_for_margin(rate: float = feed.LIKE_RATE, share: float = SMALL_SLICE) -> float:
    """Minutes of average traffic until a slice has shown so many.

    Args:
        rate: Actions per impression.
        share: Share of traffic in the slice.
    """
    per_minute = feed.viewed_per_day() / HOURS_PER_DAY / MINUTES_PER_HOUR
    return impressions_for_margin(rate) / (per_minute * share)


def calibration_rows() -> list[list[str]]:
    """How soon calibration is known, by head, for everybody and for a small slice."""
    heads = [
        ("Like", feed.LIKE_RATE),
        ("Comment", feed.COMMENT_RATE),
        ("Hide", feed.HIDE_RATE),
        ("Report", feed.REPORT_RATE),
    ]
    rows = [["Head", "Rate", "Impressions for ± 5 %", "All traffic", "A slice of 0.1 %"]]
    return rows + [
        [
            name,
            f"{100 * rate:g} %",
            f"{impressions_for_margin(rate) / 1e6:,.2f} million",
            _span(minutes_for_margin(rate, 1)),
            _span(minutes_for_margin(rate)),
        ]
        for name, rate in heads
    ]


def _span(minutes: float) -> str:
    if minutes < 2:
        return f"{minutes * SECONDS_PER_MINUTE:,.0f} s"
    if minutes < 2 * MINUTES_PER_HOUR:
        return f"{minutes:,.0f} min"
    hours = minutes / MINUTES_PER_HOUR
    return f"{hours:,.0f} h" if hours < 2 * HOURS_PER_DAY else f"{hours / HOURS_PER_DAY:,.0f} days"


# --------------------------------------------------------------------------- error budgets

AVAILABLE = assumed(0.999, "of requests", "answered, at any level above an error")
IN_TIME = assumed(0.99, "of requests", "within the budget: what p99 means")
PAGE_BURN = sourced(
    14.4,
    "times the even pace",
    "https://sre.google/workbook/alerting-on-slos/",
    "Google, The Site Reliability Workbook, chapter 5, 2018",
    "2026-11-21",
)
SLOW_BURN = sourced(
    6,
    "times the even pace",
    "https://sre.google/workbook/alerting-on-slos/",
    "Google, The Site Reliability Workbook, chapter 5, 2018",
    "2026-11-21",
)


def budget_requests(objective: float = AVAILABLE) -> float:
    """Feed requests a month that may fail.

    Args:
        objective: Share of requests that must succeed.
    """
    return feed.requests_per_day() * DAYS_PER_MONTH * (1 - objective)


def budget_minutes(objective: float = AVAILABLE) -> float:
    """Minutes a month that everything may fail.

    Args:
        objective: Share of requests that must succeed.
    """
    return DAYS_PER_MONTH * HOURS_PER_DAY * MINUTES_PER_HOUR * (1 - objective)


def burnt(burn: float = PAGE_BURN, hours: float = 1) -> float:
    """Share of a month's budget that is gone after some hours at this burn rate.

    Args:
        burn: Times the even pace.
        hours: How long.
    """
    return burn * hours / (DAYS_PER_MONTH * HOURS_PER_DAY)


def hours_to_empty(burn: float = PAGE_BURN) -> float:
    """Hours until the month's budget is gone at this burn rate.

    Args:
        burn: Times the even pace.
    """
    return DAYS_PER_MONTH * HOURS_PER_DAY / burn


def error_rate_at(burn: float = PAGE_BURN, objective: float = AVAILABLE) -> float:
    """Share of requests that fail at this burn rate.

    Args:
        burn: Times the even pace.
        objective: Share of requests that must succeed.
    """
    return burn * (1 - objective)


def seconds_to_page(window_hours: float = 1) -> float:
    """Seconds from a full outage until the long window passes its threshold.

    Args:
        window_hours: Length of the window.
    """
    return error_rate_at() * window_hours * SECONDS_PER_HOUR


# --------------------------------------------------------------------------- blast radius

DETECT_MINUTES = assumed(10, "minutes", "from the first bad answer to the alarm")
ROLLBACK_MINUTES = assumed(5, "minutes", "the last good version is still loaded beside")
RELEASE_HOURS = model.release_hours()
HASTY_HOURS = RELEASE_HOURS - model.CANARY_HOURS


def bad_answers(share: float = 1.0, minutes: float | None = None) -> float:
    """Feed pages that a bad model answers before it is gone, at the average load.

    Args:
        share: Share of traffic that it gets.
        minutes: Until it is gone; detection and rollback where not given.
    """
    lasted = DETECT_MINUTES + ROLLBACK_MINUTES if minutes is None else minutes
    return feed.average_qps() * share * lasted * SECONDS_PER_MINUTE


def canary_bad_answers() -> float:
    """The same in a canary of one in a hundred."""
    return bad_answers(serve.CANARY_SHARE)


def retrain_bad_answers() -> float:
    """The same for everybody if only a new model helps, trained and gated but without a canary."""
    return bad_answers(1.0, DETECT_MINUTES + HASTY_HOURS * MINUTES_PER_HOUR)


# --------------------------------------------------------------------------- old models

STALE_LOSS = assumed(0.03, "of log loss", "what a very old model loses; a backtest tells yours")
STALE_DAYS = assumed(10, "days", "to lose about two thirds of that")
LOSS_DOLLARS = assumed(2_000, "$ a day per 1 % of log loss", "from past experiments; ask yours")
DROP = assumed(0.01, "of log loss", "a sudden loss, such as a new app version")
CADENCES = (1.0, 2.0, 3.0, 7.0, 14.0, 30.0)


def loss_at_age(days: float) -> float:
    """Log loss above that of a fresh model, as a share.

    Args:
        days: Age of the model.
    """
    return STALE_LOSS * (1 - math.exp(-days / STALE_DAYS))


def mean_loss(interval_days: float = 7) -> float:
    """The same on average, when the model is replaced at such intervals.

    Args:
        interval_days: Days between two trainings.
    """
    turns = interval_days / STALE_DAYS
    return STALE_LOSS * (1 - (1 - math.exp(-turns)) / turns)


def retrain_dollars() -> float:
    """Cost of one training on a month of data."""
    return feed.retrain_hours() * feed.H100_PRICE


def cadence_dollars_per_day(interval_days: float = 7) -> float:
    """Cost a day of training at such intervals and of the loss in between.

    Args:
        interval_days: Days between two trainings.
    """
    return retrain_dollars() / interval_days + mean_loss(interval_days) * 100 * LOSS_DOLLARS


def best_cadence_days() -> float:
    """Days between trainings at which that cost is least, in steps of a tenth."""
    return min((step / 10 for step in range(5, 601)), key=cadence_dollars_per_day)


def cadence_rows() -> list[list[str]]:
    """Cadences with loss and cost as a table."""
    rows = [["Retrain every", "Mean loss", "Training, $ a day", "Loss, $ a day", "Together"]]
    return rows + [
        [
            f"{days:.0f} days" if days > 1 else "day",
            f"{100 * mean_loss(days):.2f} %",
            f"{retrain_dollars() / days:,.0f}",
            f"{mean_loss(days) * 100 * LOSS_DOLLARS:,.0f}",
            f"{cadence_dollars_per_day(days):,.0f}",
        ]
        for days in CADENCES
    ]


def trigger_days() -> float:
    """Days from a sudden loss to a new model: a day of labels, and a release."""
    return 1 + RELEASE_HOURS / HOURS_PER_DAY


def schedule_days(interval_days: float = 7) -> float:
    """The same on average if one waits for the schedule, and releases then.

    Args:
        interval_days: Days between two trainings.
    """
    return interval_days / 2 + RELEASE_HOURS / HOURS_PER_DAY


# --------------------------------------------------------------------------- feedback loop

HEAD_START = assumed(0.55, "of impressions", "one of two equally good groups of authors, by luck")
LOOP_GAIN = assumed(1.2, "exponent", "a toy: shown more, so learnt better, so shown more")
LOOP_ROUNDS = assumed(20, "retrainings", "about five months of weekly ones")


def loop_share(rounds: float = LOOP_ROUNDS, explore: float = 0.0, gain: float = LOOP_GAIN) -> float:
    """Share of impressions of the luckier of two equally good groups after some retrainings.

    Args:
        rounds: Retrainings.
        explore: Share of impressions dealt evenly.
        gain: 1 if training corrects for what was shown; above 1 if it does not.
    """
    share = float(HEAD_START)
    for _ in range(round(rounds)):
        ahead, behind = math.pow(share, gain), math.pow(1 - share, gain)
        share = (1 - explore) * ahead / (ahead + behind) + explore / 2
    return share


# --------------------------------------------------------------------------- the assistant

UNGROUNDED = assumed(0.03, "of answers", "say something that no passage supports, when all is well")
UNGROUNDED_BAD = assumed(0.05, "of answers", "a level at which somebody must act")
JUDGED_PER_DAY = assumed(2_000, "answers a day", "read by a judge model, drawn at random")
JUDGE_TOKENS = assumed(4_000, "tokens per verdict", "the passages, the answer, a rubric, a verdict")
SENSITIVITY = assumed(0.9, "of ungrounded answers", "the judge flags; measured on anchors")
SPECIFICITY = assumed(0.98, "of grounded answers", "the judge passes; measured on anchors")
SPECIFICITY_LATER = assumed(0.95, "of grounded answers", "after its provider changed the judge")
CANARY_QUESTIONS = assumed(200, "questions", "fixed, with facts that the answer must contain")
CHANGED = assumed(0.02, "of answers", "a silent change of the model makes this many wrong")
CANARY_NOISE = assumed(0.005, "of answers", "wrong by chance when nothing has changed")
CANARY_RUNS = assumed(3, "runs in a row", "in which the same question must fail")


def judged_sample() -> float:
    """Judged answers on each side that find the rise from the usual to the bad level."""
    return sample_size_per_arm(UNGROUNDED, UNGROUNDED_BAD / UNGROUNDED - 1)


def judged_sample_with_errors() -> float:
    """The same for a judge that errs: it must tell two flagged rates apart."""
    usual = flagged()
    return sample_size_per_arm(usual, flagged(UNGROUNDED_BAD) / usual - 1)


def day_against_week_power() -> float:
    """Probability that a day's verdicts, set against a week's, show the rise to the bad level."""
    usual, bad = flagged(), flagged(UNGROUNDED_BAD)
    spread = usual * (1 - usual) / DAYS_PER_WEEK + bad * (1 - bad)
    seen = (bad - usual) / math.sqrt(spread / JUDGED_PER_DAY)
    return NormalDist().cdf(seen - NormalDist().inv_cdf(0.975))


def corrected_error(answers: float = JUDGED_PER_DAY) -> float:
    """Half width of the 95 % interval of the corrected rate, judge's errors taken as known.

    Args:
        answers: Answers judged.
    """
    seen = flagged()
    spread = math.sqrt(seen * (1 - seen) / answers)
    return NormalDist().inv_cdf(0.975) * spread / (SENSITIVITY + SPECIFICITY - 1)


def sensitivity_error(days: float = DAYS_PER_WEEK) -> float:
    """Half width of the 95 % interval of the judge's sensitivity, from what people judged too.

    Args:
        days: Days of people's verdicts.
    """
    ungrounded = ungrounded_seen(days)
    spread = math.sqrt(SENSITIVITY * (1 - SENSITIVITY) / ungrounded)
    return NormalDist().inv_cdf(0.975) * spread


def ungrounded_seen(days: float = DAYS_PER_WEEK) -> float:
    """Ungrounded answers among those that people judge in some days.

    Args:
        days: Days of people's verdicts.
    """
    return data.JUDGED_PER_DAY * days * UNGROUNDED


def sensitivity_share() -> float:
    """Half width of the corrected rate's interval that is due to the judge's sensitivity."""
    return UNGROUNDED * sensitivity_error() / (SENSITIVITY + SPECIFICITY - 1)


def corrected_total_error(answers: float = JUDGED_PER_DAY) -> float:
    """Half width of the 95 % interval of the corrected rate, the judge's errors estimated too.

    The three errors are independent, so their squares add (first-order propagation).

    Args:
        answers: Answers judged.
    """
    informed = SENSITIVITY + SPECIFICITY - 1
    from_specificity = (1 - UNGROUNDED) * specificity_error() / informed
    return math.hypot(corrected_error(answers), from_specificity, sensitivity_share())


def judge_dollars_per_day(answers: float = JUDGED_PER_DAY) -> float:
    """Cost of a day's verdicts, at what the assistant pays for its own tokens.

    Args:
        answers: Answers judged.
    """
    return answers * JUDGE_TOKENS * serve.dollars_per_million_tokens() / 1e6


def specificity_error(days: float = DAYS_PER_WEEK) -> float:
    """Half width of the 95 % interval of the judge's specificity, from what people judged too.

    Args:
        days: Days of people's verdicts.
    """
    grounded = data.JUDGED_PER_DAY * days * (1 - UNGROUNDED)
    spread = math.sqrt(SPECIFICITY * (1 - SPECIFICITY) / grounded)
    return NormalDist().inv_cdf(0.975) * spread


def flagged(rate: float = UNGROUNDED, specificity: float = SPECIFICITY) -> float:
    """Share of answers that the judge flags.

    Args:
        rate: Share that is ungrounded in truth.
        specificity: Share of grounded answers that it passes.
    """
    return SENSITIVITY * rate + (1 - specificity) * (1 - rate)


def flagged_later() -> float:
    """The same after the judge has changed and nothing else."""
    return flagged(UNGROUNDED, SPECIFICITY_LATER)


def corrected(observed: float | None = None, specificity: float = SPECIFICITY_LATER) -> float:
    """True rate behind a flagged rate (Rogan and Gladen, 1978).

    Args:
        observed: Share flagged; that of the changed judge where not given.
        specificity: Share of grounded answers that the judge passes.
    """
    seen = flagged_later() if observed is None else observed
    return (seen - (1 - specificity)) / (SENSITIVITY + specificity - 1)


def wrongly_read() -> float:
    """True rate that one would read off the changed judge with the old correction."""
    return corrected(flagged_later(), SPECIFICITY)


def canary_found() -> float:
    """Chance that at least one of the fixed questions fails after the silent change."""
    return any_slow(CHANGED, CANARY_QUESTIONS)


def canary_false_alarms_per_week() -> float:
    """Alarms by chance in a week of hourly runs, if a question must fail several runs in a row."""
    return CHECKS_PER_WEEK * CANARY_QUESTIONS * math.pow(CANARY_NOISE, CANARY_RUNS)


def canary_false_alarms_at_once() -> float:
    """The same if one failure of one question is enough."""
    return CHECKS_PER_WEEK * CANARY_QUESTIONS * CANARY_NOISE


def canary_dollars_per_week() -> float:
    """Cost of running the fixed questions every hour for a week."""
    return CHECKS_PER_WEEK * CANARY_QUESTIONS * serve.dollars_per_answer()


def bad_answer_conversations(minutes: float = 60) -> float:
    """Conversations that begin while a fault lasts, at the average load.

    Args:
        minutes: How long it lasts.
    """
    return base.CONVERSATIONS_PER_DAY / HOURS_PER_DAY / MINUTES_PER_HOUR * minutes


def escalation_point_dollars_per_day() -> float:
    """Agents' time that one more hand-over in a hundred costs a day."""
    return base.CONVERSATIONS_PER_DAY * 0.01 * base.agent_dollars_per_conversation()


def judge_share_of_cost() -> float:
    """Verdicts' share of the assistant's monthly bill."""
    return judge_dollars_per_day() * DAYS_PER_MONTH / serve.assistant_dollars_per_month()


# --------------------------------------------------------------------------- cost of watching

SHADOW_SHARE = assumed(0.01, "of traffic", "scored again by a candidate or a recomputation")
FEED_STATISTICS_SHARE = assumed(0.001, "of requests", "whose features are compared in full")


def shadow_dollars_per_day() -> float:
    """Machines and cards that score a share of the feed's requests a second time."""
    return feed.requests_per_day() * SHADOW_SHARE * serve.online_dollars_per_list()


def compared_rows_per_day() -> float:
    """Candidates a day whose served features are compared with recomputed ones."""
    return feed.requests_per_day() * FEED_STATISTICS_SHARE * feed.RANKED
