"""Online experiments: how large, how long, and how far a result may be believed."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist

from handbook.estimate import assumed, chapter, results, sample_size_mean_per_arm
from handbook.metrics import sample_ratio_p_value

LAB = results("building-blocks/online-experiments")
feed = chapter("case-studies/news-feed")
framework = chapter("framework")
evaluate = chapter("framework/5-evaluate")

_NORMAL = NormalDist()
Z_95, Z_80 = _NORMAL.inv_cdf(0.975), _NORMAL.inv_cdf(0.8)

# --------------------------------------------------------------------------- how large


def rule_of_sixteen(deviation: float = feed.SESSIONS_SD, change: float | None = None) -> float:
    """Users an arm by 16 x variance / change squared.

    Args:
        deviation: Standard deviation of one user's metric.
        change: Smallest difference worth finding; the feed's where none is given.
    """
    found = feed.detectable_sessions() if change is None else change
    return 16 * deviation**2 / found**2


def exact_users() -> float:
    """The same without the rule: two-sided 5 %, 80 % power."""
    change = feed.detectable_sessions()
    return sample_size_mean_per_arm(feed.SESSIONS_SD, change)


CORRELATION = assumed(0.7, "correlation", "of a user's sessions with the week before")


def cuped_share(correlation: float = CORRELATION) -> float:
    """Share of the users that CUPED leaves necessary.

    Args:
        correlation: Between the metric and the covariate.
    """
    return 1 - correlation**2


TRIGGERED = assumed(0.1, "of users", "ever meet the changed screen")


def diluted_factor(triggered: float = TRIGGERED) -> float:
    """How many times the users it takes if everybody is analysed instead of those who met it.

    Args:
        triggered: Share of users who meet the change.
    """
    # Everybody: the effect is a tenth, so a hundred times as many; of whom a tenth were needed.
    return 1 / triggered**2 * triggered


def whole_weeks(days: float) -> int:
    """Weeks that a test runs which needs so many days, since weekdays differ.

    Args:
        days: Until enough users have entered.
    """
    return math.ceil(days / 7)


VISITS = assumed(20, "impressions per user", "in the test")
ALIKE = assumed(0.1, "correlation", "between impressions of one user")


def ratio_variance_factor(visits: float = VISITS, alike: float = ALIKE) -> float:
    """How many times too small the variance is if impressions are taken as independent.

    Args:
        visits: Impressions of one user.
        alike: Correlation between them.
    """
    return 1 + (visits - 1) * alike


def false_alarm_percent(factor: float | None = None) -> float:
    """Per cent of tests without effect that are then called significant at 5 %.

    Args:
        factor: How many times too small the variance is.
    """
    by = ratio_variance_factor() if factor is None else factor
    return 200 * (1 - _NORMAL.cdf(Z_95 / math.sqrt(by)))


CITY = assumed(10_000, "users", "a cluster, if cities are randomised")
CITY_ALIKE = assumed(0.005, "correlation", "between users of one city")


def cluster_factor(size: float = CITY, alike: float = CITY_ALIKE) -> float:
    """How many times the users that a test by clusters needs.

    Args:
        size: Users of a cluster.
        alike: Correlation between them.
    """
    return 1 + (size - 1) * alike


def power_factor(power: float = 0.9) -> float:
    """How many times the users that another power than 80 % takes.

    Args:
        power: Probability that the effect is found.
    """
    return ((Z_95 + _NORMAL.inv_cdf(power)) / (Z_95 + Z_80)) ** 2


def unequal_factor(share: float = 0.1) -> float:
    """How many times the users in all if the arms are unequal.

    Args:
        share: Of all users in the smaller arm.
    """
    return (1 / share + 1 / (1 - share)) / 4


# --------------------------------------------------------------------------- is it sound

EXPECTED_ARM = assumed(1_000_000, "users", "planned in each arm")
LOST = assumed(0.01, "of the treated arm", "lost because the new page logs later")


def srm_p(lost: float = LOST) -> float:
    """Probability that chance alone makes the arms so unequal.

    Args:
        lost: Share of the treated arm that does not arrive in the data.
    """
    return sample_ratio_p_value(EXPECTED_ARM, EXPECTED_ARM * (1 - lost))


METRICS = assumed(20, "metrics", "on the dashboard, none of which moved")


def any_of(metrics: float = METRICS) -> float:
    """Probability that at least one of so many independent metrics is significant by chance.

    Args:
        metrics: How many.
    """
    return 1 - 0.95**metrics


GUARDRAILS = assumed(3, "guardrails", "each of which must be shown not to be worse")


def all_pass(power: float = 0.8, guardrails: float = GUARDRAILS) -> float:
    """Probability that a change which harms nothing passes every guardrail, if independent.

    Args:
        power: Of each guardrail's test.
        guardrails: How many.
    """
    return power**guardrails


def power_for_each(together: float = 0.8, guardrails: float = GUARDRAILS) -> float:
    """Power that each guardrail's test needs so that all pass with a probability.

    Args:
        together: That probability.
        guardrails: How many.
    """
    return together ** (1 / guardrails)


def margin_factor() -> float:
    """Users of a one-sided test at 5 % over those of a two-sided one, both at 80 % power."""
    return ((_NORMAL.inv_cdf(0.95) + Z_80) / (Z_95 + Z_80)) ** 2


def margin_rule() -> float:
    """What takes the place of 16 in the rule when a guardrail's margin is the change."""
    return 2 * (_NORMAL.inv_cdf(0.95) + Z_80) ** 2


# --------------------------------------------------------------------------- two planned looks

CELLS = 400  # of the integral over the first look


def _missed(last: float, drift: float) -> float:
    """Probability that neither of two looks, halfway and at the end, is significant.

    Args:
        last: Standard errors that the last look asks for; the first asks for the root of two more.
        drift: The effect in standard errors of the last look.
    """
    root = math.sqrt(2)
    first = last * root
    width = 2 * first / CELLS
    missed = 0.0
    for cell in range(CELLS):
        seen = -first + (cell + 0.5) * width
        # The last look is the sum of two halves over the root of two.
        above = last * root - seen - drift / root
        below = -last * root - seen - drift / root
        inside = _NORMAL.cdf(above) - _NORMAL.cdf(below)
        missed += _NORMAL.pdf(seen - drift / root) * inside * width
    return missed


@functools.cache
def last_boundary() -> float:
    """Standard errors that the last of two looks asks for, at 5 % over both.

    P. C. O'Brien, T. R. Fleming, "A Multiple Testing Procedure for Clinical Trials", 1979,
    https://doi.org/10.2307/2530245: the first of two equally spaced looks asks for the root of two
    times as much.
    """
    low, high = Z_95, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _missed(middle, 0) < 0.95 else (low, middle)
    return high


def first_boundary() -> float:
    """Standard errors that the first of two looks asks for."""
    return last_boundary() * math.sqrt(2)


def lab_drift() -> float:
    """The lab's effect in standard errors of its last day."""
    users = LAB["per_day"] * LAB["days"]
    return LAB["effect"] * math.sqrt(users / 2)


def two_looks_power() -> float:
    """Probability that a test of the lab's size with two planned looks finds the lab's effect."""
    return 1 - _missed(last_boundary(), lab_drift())


def found_halfway() -> float:
    """Share of those found that the first of the two looks finds."""
    half = lab_drift() / math.sqrt(2)
    at_once = 1 - _NORMAL.cdf(first_boundary() - half) + _NORMAL.cdf(-first_boundary() - half)
    return at_once / two_looks_power()


# --------------------------------------------------------------------------- how far to believe


def exaggeration(power: float = 0.2) -> float:
    """How many times too large a significant estimate is on average, counted with its sign.

    Args:
        power: Probability that the true effect is found.
    """
    # The effect in standard errors that gives this power; the other tail hardly counts.
    effect = Z_95 + _NORMAL.inv_cdf(power)
    found = 1 - _NORMAL.cdf(Z_95 - effect)
    wrong = _NORMAL.cdf(-Z_95 - effect)
    mean = effect * (found + wrong) + _NORMAL.pdf(Z_95 - effect) - _NORMAL.pdf(Z_95 + effect)
    return mean / (found + wrong) / effect


PRIOR = assumed(0.1, "of ideas", "that really move the metric; from past experiments")


def false_share(prior: float = PRIOR, power: float = 0.8) -> float:
    """Share of significant wins that are none, at a one-sided 2.5 %.

    Args:
        prior: Share of ideas that work.
        power: Probability that one which works is found.
    """
    return (1 - prior) * 0.025 / ((1 - prior) * 0.025 + prior * power)


HOLDOUT = assumed(0.01, "of users", "kept on last quarter's product")


def holdout_percent(share: float = HOLDOUT) -> float:
    """Smallest relative change of weekly sessions that the holdout sees, against everybody else.

    Args:
        share: Of the feed's daily users.
    """
    users = feed.DAILY_USERS * share
    change = (Z_95 + Z_80) * feed.SESSIONS_SD / math.sqrt(users)
    return 100 * change / feed.SESSIONS_MEAN


# --------------------------------------------------------------------------- a shared market


def bias_points() -> float:
    """Percentage points by which a test by riders overstates the lab's effect."""
    return 100 * (LAB["market_by_rider"] - LAB["market_truth"])


LAB_WEEKS = assumed(2, "weeks", "that one test in the lab's market runs")


def switchback_power() -> float:
    """Probability that a switchback of the lab's length finds the true effect."""
    return 1 - _NORMAL.cdf(Z_95 - LAB["market_truth"] / LAB["market_switchback_spread"])


def switchback_weeks() -> float:
    """Weeks of switching one market until that probability is 80 %."""
    needed = (Z_95 + Z_80) * LAB["market_switchback_spread"] / LAB["market_truth"]
    return LAB_WEEKS * needed**2


def switchback_whole_weeks() -> int:
    """The same in whole weeks, since weekdays differ."""
    return math.ceil(switchback_weeks())


def bell(x: float, mean: float, spread: float) -> float:
    """Density of a normal distribution, for drawing.

    Args:
        x: Where.
        mean: Its mean.
        spread: Its standard deviation.
    """
    return NormalDist(mean, spread).pdf(x)
