"""The arithmetic of the evaluation step: experiments, peeking, replays, judges, two disagreements.

The feed's metrics and their spread come from its own chapter, the assistant's load and the price
of a person's time from the framework's. Both disagreements are made up and computed: one by a
simulation with a fixed seed, one from counts.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from handbook.estimate import (
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    any_slow,
    assumed,
    chapter,
    sample_size_mean_per_arm,
    sample_size_per_arm,
)

feed = chapter("case-studies/news-feed")
base = chapter("framework")
data = chapter("framework/3-data")

_NORMAL = NormalDist()
Z_95 = _NORMAL.inv_cdf(0.975)

# --------------------------------------------------------------------------- case one: the feed
# Posts have a true chance of a like and of a hide. Two rankers order them by like − β × hide; the
# new one sees likes more sharply, but its like head was trained on sampled negatives and nobody
# mapped its probabilities back.

SIM_REQUESTS = assumed(1_500, "requests", "enough that the differences below are not luck")
SIM_POSTS = assumed(50, "posts a request", "what the last stage chooses from")
SIM_SHOWN = assumed(10, "posts a request", "the prompt")
LIKE_LOGIT = assumed(-3.7, "logit", "a mean like rate of a few per cent, as in the feed")
LIKE_SPREAD = assumed(1.0, "logits", "how widely posts differ in likes")
HIDE_LOGIT = assumed(-6.2, "logit", "a mean hide rate of a few per thousand, as in the feed")
HIDE_SPREAD = assumed(1.0, "logits", "how widely posts differ in hides")
LIKE_HIDE_CORRELATION = assumed(0.5, "correlation", "what provokes is liked and hidden more")
OLD_NOISE = assumed(0.8, "logits", "error of the old like head")
NEW_NOISE = assumed(0.4, "logits", "error of the new like head: it is better")
HIDE_NOISE = assumed(0.4, "logits", "error of the hide head, the same in both")
HIDE_WEIGHT = assumed(20, "likes", "what a hide costs, as in the feed's value")
NEGATIVES_KEPT = assumed(0.1, "of negatives", "the new head's training sample; never undone")


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _normals(count: int, seed: int = 20_261_121) -> list[float]:
    # Park and Miller's minimal standard generator: short, and the same on every machine.
    state, draws = seed, []
    for _ in range(count):
        state = 16_807 * state % 2_147_483_647
        draws.append(_NORMAL.inv_cdf(state / 2_147_483_647))
    return draws


@lru_cache
def _posts() -> tuple[tuple[float, float, float, float, float], ...]:
    """True like and hide logits, the heads' like logits old and new, the hide head's."""
    draws = _normals(5 * int(SIM_REQUESTS * SIM_POSTS))
    rest = math.sqrt(1 - LIKE_HIDE_CORRELATION**2)
    rows = []
    for a, b, c, d, e in zip(*[iter(draws)] * 5, strict=True):
        like = LIKE_LOGIT + LIKE_SPREAD * a
        hide = HIDE_LOGIT + HIDE_SPREAD * (LIKE_HIDE_CORRELATION * a + rest * b)
        heads = (like + OLD_NOISE * c, like + NEW_NOISE * d, hide + HIDE_NOISE * e)
        rows.append((like, hide, *heads))
    return tuple(rows)


@lru_cache
def _shown(new: bool, odds_factor: float) -> tuple[float, float]:
    """Mean true like and hide rate of the shown posts."""
    posts, size, kept = _posts(), int(SIM_POSTS), int(SIM_SHOWN)
    column, shift = (3 if new else 2), math.log(odds_factor)
    likes = hides = 0.0
    for start in range(0, len(posts), size):
        request = posts[start : start + size]
        request = sorted(
            request,
            key=lambda row: HIDE_WEIGHT * _sigmoid(row[4]) - _sigmoid(row[column] + shift),
        )
        for row in request[:kept]:
            likes += _sigmoid(row[0])
            hides += _sigmoid(row[1])
    shown = len(posts) / size * kept
    return likes / shown, hides / shown


def inflation(kept: float = NEGATIVES_KEPT) -> float:
    """Factor on the odds of a like when negatives are sampled and never weighed back.

    Args:
        kept: Share of negatives kept.
    """
    return 1 / kept


@lru_cache
def _auc(new: bool) -> float:
    column = 3 if new else 2
    rows = sorted(_posts(), key=lambda row: row[column])
    below = area = positives = negatives = 0.0
    for row in rows:
        p = _sigmoid(row[0])
        area += p * (below + (1 - p) / 2)
        below += 1 - p
        positives += p
        negatives += 1 - p
    return area / (positives * negatives)


def like_auc(new: bool = True) -> float:
    """AUC of a like head over all posts, each counted with its true chance of a like.

    Args:
        new: The new head, not the old one.
    """
    return _auc(bool(new))


def old_auc() -> float:
    """AUC of the old like head."""
    return like_auc(False)


def likes_per_thousand(new: bool = True, odds_factor: float = 1.0) -> float:
    """Likes per thousand shown posts.

    Args:
        new: The new head, not the old one.
        odds_factor: How far the head's odds of a like are too high.
    """
    return 1e3 * _shown(bool(new), float(odds_factor))[0]


def hides_per_thousand(new: bool = True, odds_factor: float = 1.0) -> float:
    """Hides per thousand shown posts.

    Args:
        new: The new head, not the old one.
        odds_factor: How far the head's odds of a like are too high.
    """
    return 1e3 * _shown(bool(new), float(odds_factor))[1]


def shown_value(new: bool = True, odds_factor: float = 1.0) -> float:
    """Value per thousand shown posts: likes minus the weighted hides.

    Args:
        new: The new head, not the old one.
        odds_factor: How far the head's odds of a like are too high.
    """
    likes, hides = _shown(bool(new), float(odds_factor))
    return 1e3 * (likes - HIDE_WEIGHT * hides)


def hides_old() -> float:
    """Hides per thousand shown posts under the old ranker."""
    return hides_per_thousand(False)


def hides_inflated() -> float:
    """Hides per thousand shown posts under the new ranker, uncorrected."""
    return hides_per_thousand(True, inflation())


def hides_change() -> float:
    """Relative change of hides, new and uncorrected against old."""
    return hides_inflated() / hides_old() - 1


def hides_mapped_change() -> float:
    """Relative change of hides, new and mapped back against old."""
    return hides_per_thousand(True) / hides_old() - 1


def likes_change() -> float:
    """Relative change of likes, new and uncorrected against old."""
    return likes_per_thousand(True, inflation()) / likes_per_thousand(False) - 1


def value_change() -> float:
    """Relative change of value, new and uncorrected against old."""
    return shown_value(True, inflation()) / shown_value(False) - 1


def value_mapped_change() -> float:
    """Relative change of value, new and mapped back against old."""
    return shown_value(True) / shown_value(False) - 1


@lru_cache
def _break_even() -> float:
    old, low, high = shown_value(False), 1.0, inflation()
    for _ in range(8):
        middle = (low + high) / 2
        if shown_value(True, middle) > old:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def break_even_factor() -> float:
    """Factor on the odds of a like at which the better head is worth no more than the old one."""
    return _break_even()


def case_one_rows() -> list[list[str]]:
    """The old ranker, the new one and the new one mapped back, as a table."""
    rows = [["Ranker", "AUC of likes", "Likes", "Hides", "Value"]]
    for name, new, factor in (
        ("Old", False, 1.0),
        ("New, like odds ten times too high", True, inflation()),
        ("New, mapped back", True, 1.0),
    ):
        rows.append(
            [
                name,
                f"{like_auc(new):.3f}",
                f"{likes_per_thousand(new, factor):.1f}",
                f"{hides_per_thousand(new, factor):.2f}",
                f"{shown_value(new, factor):+.1f}",
            ]
        )
    return rows


# --------------------------------------------------------------------------- case two: the judge

HUMAN_LABELS = assumed(200, "answers of each system", "read by people, drawn at random")
OLD_PASS_PASS = assumed(156, "answers", "old system: people and judge pass")
OLD_PASS_FAIL = assumed(8, "answers", "old system: people pass, the judge fails")
OLD_FAIL_PASS = assumed(11, "answers", "old system: people fail, the judge passes")
OLD_FAIL_FAIL = assumed(25, "answers", "old system: both fail")
NEW_PASS_PASS = assumed(152, "answers", "new system, longer answers: both pass")
NEW_PASS_FAIL = assumed(8, "answers", "new system: people pass, the judge fails")
NEW_FAIL_PASS = assumed(22, "answers", "new system: people fail, the judge is taken in")
NEW_FAIL_FAIL = assumed(18, "answers", "new system: both fail")
JUDGED = assumed(5_000, "answers of each system", "the judge is cheap")

OLD = (OLD_PASS_PASS, OLD_PASS_FAIL, OLD_FAIL_PASS, OLD_FAIL_FAIL)
NEW = (NEW_PASS_PASS, NEW_PASS_FAIL, NEW_FAIL_PASS, NEW_FAIL_FAIL)
for _table in (OLD, NEW):
    if sum(_table) != HUMAN_LABELS:
        raise ValueError(f"the four counts add to {sum(_table):g}, not {HUMAN_LABELS:g}")


def _counts(new: bool) -> tuple[float, ...]:
    return NEW if new else OLD


def human_rate(new: bool = True) -> float:
    """Share of answers that people pass.

    Args:
        new: The new system, not the old one.
    """
    both, human, _, _ = _counts(new)
    return (both + human) / HUMAN_LABELS


def judge_rate(new: bool = True) -> float:
    """Share of answers that the judge passes.

    Args:
        new: The new system, not the old one.
    """
    both, _, judge, _ = _counts(new)
    return (both + judge) / HUMAN_LABELS


def old_human_rate() -> float:
    """Share of the old system's answers that people pass."""
    return human_rate(False)


def old_judge_rate() -> float:
    """Share of the old system's answers that the judge passes."""
    return judge_rate(False)


def agreement(new: bool = True) -> float:
    """Share of answers on which judge and people agree.

    Args:
        new: The new system, not the old one.
    """
    both, _, _, neither = _counts(new)
    return (both + neither) / HUMAN_LABELS


def chance_agreement(new: bool = True) -> float:
    """Agreement of two raters with these pass rates who draw at random.

    Args:
        new: The new system, not the old one.
    """
    human, judge = human_rate(new), judge_rate(new)
    return human * judge + (1 - human) * (1 - judge)


def kappa(new: bool = True) -> float:
    """Cohen's kappa of judge and people: agreement beyond chance.

    Args:
        new: The new system, not the old one.
    """
    chance = chance_agreement(new)
    return (agreement(new) - chance) / (1 - chance)


def old_agreement() -> float:
    """Agreement on the old system's answers."""
    return agreement(False)


def old_kappa() -> float:
    """Cohen's kappa on the old system's answers."""
    return kappa(False)


def sensitivity(new: bool = True) -> float:
    """Share of good answers that the judge passes.

    Args:
        new: The new system, not the old one.
    """
    both, human, _, _ = _counts(new)
    return both / (both + human)


def specificity(new: bool = True) -> float:
    """Share of bad answers that the judge fails.

    Args:
        new: The new system, not the old one.
    """
    _, _, judge, neither = _counts(new)
    return neither / (judge + neither)


def old_specificity() -> float:
    """Share of the old system's bad answers that the judge fails."""
    return specificity(False)


def wrong_borrowed_rate() -> float:
    """The new system's rate, corrected with the judge's errors on the old system's answers."""
    return (judge_rate(True) + specificity(False) - 1) / (
        sensitivity(False) + specificity(False) - 1
    )


def corrected_error(new: bool = True, judged: float = JUDGED) -> float:
    """Standard error of the corrected rate, from the judged sample and the human labels.

    The delta method on (judge + specificity − 1) / (sensitivity + specificity − 1), with the
    errors of both estimated on the human labels.

    Args:
        new: The new system, not the old one.
        judged: Answers that the judge alone reads.
    """
    both, human, judge, neither = _counts(new)
    p, se, sp, theta = judge_rate(new), sensitivity(new), specificity(new), human_rate(new)
    variance = (
        p * (1 - p) / judged
        + theta**2 * se * (1 - se) / (both + human)
        + (1 - theta) ** 2 * sp * (1 - sp) / (judge + neither)
    )
    return math.sqrt(variance) / (se + sp - 1)


def corrected_margin() -> float:
    """Half width of the 95 % interval of the old system's corrected rate, in points."""
    return 100 * Z_95 * corrected_error(False)


def plain_margin(answers: float = HUMAN_LABELS, rate: float = 0.82) -> float:
    """Half width of Wilson's 95 % interval from people alone, in points.

    Args:
        answers: Answers that people read.
        rate: Share that passes.
    """
    low, high = wilson(rate, answers)
    return 50 * (high - low)


def judge_correlation(new: bool = True) -> float:
    """Correlation of the judge's verdicts with the people's (the phi coefficient).

    Args:
        new: The new system, not the old one.
    """
    both, human, judge, neither = _counts(new)
    margins = (both + human) * (judge + neither) * (both + judge) * (human + neither)
    return (both * neither - human * judge) / math.sqrt(margins)


def combined_margin(new: bool = False, judged: float = JUDGED) -> float:
    """Half width of the 95 % interval from labels and verdicts together, in points.

    A. N. Angelopoulos, J. C. Duchi, T. Zrnic, "PPI++: Efficient Prediction-Powered Inference",
    https://arxiv.org/abs/2311.01453, with the weight that makes the variance smallest: the judge's
    mean on many answers corrects the labels by what it explains of them.

    Args:
        new: The new system, not the old one.
        judged: Further answers that the judge alone reads.
    """
    explained = judge_correlation(new) ** 2 * judged / (judged + HUMAN_LABELS)
    rate = human_rate(new)
    return 100 * Z_95 * math.sqrt(rate * (1 - rate) / HUMAN_LABELS * (1 - explained))


def judge_error() -> float:
    """Standard error of the difference of the judge's pass rates on the large samples."""
    rates = (judge_rate(False), judge_rate(True))
    return math.sqrt(sum(rate * (1 - rate) / JUDGED for rate in rates))


def judge_z() -> float:
    """That difference in standard errors: certain, and wrong."""
    return (judge_rate(True) - judge_rate(False)) / judge_error()


def wrong_answers_per_day() -> float:
    """Further wrong answers a day if the new system serves everybody."""
    return base.answers_per_day() * (human_rate(False) - human_rate(True))


def case_two_rows() -> list[list[str]]:
    """People and judge on both systems, as a table."""
    rows = [
        ["System", "Judge passes", "People pass", "Agreement", "Kappa", "Bad answers that it fails"]
    ]
    for name, new in (("Old, short", False), ("New, long", True)):
        rows.append(
            [
                name,
                f"{100 * judge_rate(new):.1f} %",
                f"{100 * human_rate(new):.1f} %",
                f"{100 * agreement(new):.1f} %",
                f"{kappa(new):.2f}",
                f"{100 * specificity(new):.0f} %",
            ]
        )
    return rows


def specificity_z() -> float:
    """Fall of the judge's specificity, in standard errors of the difference."""
    variance = 0.0
    for new in (False, True):
        _, _, judge, neither = _counts(new)
        share = specificity(new)
        variance += share * (1 - share) / (judge + neither)
    return (specificity(False) - specificity(True)) / math.sqrt(variance)


def human_difference_margin() -> float:
    """Half width of the 95 % interval of the difference between the people's rates, in points."""
    variance = sum(human_rate(new) * (1 - human_rate(new)) / HUMAN_LABELS for new in (False, True))
    return 100 * Z_95 * math.sqrt(variance)


# --------------------------------------------------------------------------- golden sets

GOLDEN_OLD = assumed(0.82, "of answers", "right today")
GOLDEN_NEW = assumed(0.85, "of answers", "hoped for")
ONLY_OLD = assumed(0.04, "of questions", "that only the old system gets right")
WORST_SHARE = assumed(0.001, "of answers", "a forbidden promise; the most that policy accepts")


def wilson(rate: float = GOLDEN_OLD, answers: float = HUMAN_LABELS) -> tuple[float, float]:
    """Wilson's 95 % interval for a share.

    Args:
        rate: The observed share.
        answers: Answers that were read.
    """
    z2 = Z_95**2
    centre = (rate + z2 / (2 * answers)) / (1 + z2 / answers)
    spread = Z_95 * math.sqrt(rate * (1 - rate) / answers + z2 / (4 * answers**2))
    half = spread / (1 + z2 / answers)
    return centre - half, centre + half


def wilson_low() -> float:
    """Lower end of Wilson's interval at today's rate on the human labels."""
    return wilson()[0]


def wilson_high() -> float:
    """Upper end of Wilson's interval at today's rate on the human labels."""
    return wilson()[1]


def golden_unpaired() -> float:
    """Questions for each system to tell the two rates apart, with different questions."""
    return float(sample_size_per_arm(GOLDEN_OLD, GOLDEN_NEW / GOLDEN_OLD - 1))


def golden_paired(only_old: float = ONLY_OLD, gain: float = GOLDEN_NEW - GOLDEN_OLD) -> float:
    """Questions to tell two rates apart when both systems answer the same ones.

    R. J. Connor, Biometrics 43(1), 1987, for McNemar's test, two-sided at 5 % with 80 % power.

    Args:
        only_old: Share of questions that only the worse system gets right.
        gain: Difference of the two rates.
    """
    discordant = 2 * only_old + gain
    z_alpha, z_power = _NORMAL.inv_cdf(0.975), _NORMAL.inv_cdf(0.8)
    root = z_alpha * math.sqrt(discordant) + z_power * math.sqrt(discordant - gain**2)
    return math.ceil((root / gain) ** 2)


Z_FOUND = Z_95 + _NORMAL.inv_cdf(0.8)


def found_unpaired(questions: float = HUMAN_LABELS) -> float:
    """Difference found four times in five at 5 %, with different questions, in points.

    Args:
        questions: Questions for each system.
    """
    variance = GOLDEN_OLD * (1 - GOLDEN_OLD) + GOLDEN_NEW * (1 - GOLDEN_NEW)
    return 100 * Z_FOUND * math.sqrt(variance / questions)


def found_paired(questions: float = HUMAN_LABELS) -> float:
    """Difference found four times in five at 5 %, with the same questions, in points.

    Args:
        questions: Questions that both systems answer.
    """
    gain = GOLDEN_NEW - GOLDEN_OLD
    return 100 * Z_FOUND * math.sqrt((2 * ONLY_OLD + gain - gain**2) / questions)


def clean_answers(share: float = WORST_SHARE) -> float:
    """Answers in a row without the failure that exclude such a share at 95 %.

    Args:
        share: The largest share accepted.
    """
    return math.ceil(math.log(0.05) / math.log(1 - share))


# --------------------------------------------------------------------------- experiments

RESOLVED_CHANGE = assumed(0.01, "of conversations", "one point; worth more than the model's bill")
ARM_SHARE = assumed(0.1, "of customers", "in each arm of the assistant's test")
CHAT_REPEAT = assumed(
    1.3,
    "conversations in two weeks",
    "of the customer behind a conversation, that one included: averaged over conversations",
)
CHAT_CORRELATION = assumed(0.3, "correlation", "between conversations of one customer")
NEW_CONTAINED = assumed(0.63, "of conversations", "a variant that is harder to escape from")
NEW_REOPENED = assumed(0.18, "of contained conversations", "come back under that variant")
LOOKS = assumed(14, "looks", "one a day for two weeks")
SLICES = assumed(20, "slices", "languages, devices and ages of accounts, looked at one by one")
SLICE_SHARE = assumed(0.01, "of users", "a small language")
UNEVEN = assumed(
    0.501, "of both arms", "users counted in the larger one, where halves were planned"
)


def resolved_independent() -> float:
    """Conversations in each arm for one point of resolved, if all were independent."""
    return float(sample_size_per_arm(resolved(), RESOLVED_CHANGE / resolved()))


def design_effect(per_unit: float = CHAT_REPEAT, correlation: float = CHAT_CORRELATION) -> float:
    """Factor on the sample when several rows come from one randomised customer.

    Customers differ in how often they come, so the mean is taken over rows: the sum of the squared
    counts over the sum of the counts. The mean over customers is smaller and says too little.

    Args:
        per_unit: Rows of the customer behind a row, that one included.
        correlation: Between the rows of one customer.
    """
    return 1 + (per_unit - 1) * correlation


def resolved_conversations() -> float:
    """Conversations in each arm for one point of resolved, customers who come twice allowed for."""
    return resolved_independent() * design_effect()


def resolved_days(arm_share: float = ARM_SHARE) -> float:
    """Days until an arm has them.

    Args:
        arm_share: Share of customers in one arm.
    """
    return resolved_conversations() / (base.CONVERSATIONS_PER_DAY * arm_share)


def decision_day(weeks: float = 2) -> float:
    """Day of the decision: whole weeks, and the week in which a conversation may come back.

    Args:
        weeks: Whole weeks that the test runs.
    """
    return weeks * DAYS_PER_WEEK + data.REOPEN_DAYS


def resolved(
    contained: float = base.CONTAINED_SHARE, reopened: float = data.REOPENED_SHARE
) -> float:
    """Share of conversations that are contained and stay closed.

    Args:
        contained: Share without a person.
        reopened: Share of those that come back.
    """
    return contained * (1 - reopened)


def new_resolved() -> float:
    """The same under the variant that is harder to escape from."""
    return resolved(NEW_CONTAINED, NEW_REOPENED)


def feed_users(change: float = feed.DETECTABLE, correlation: float = 0.0) -> float:
    """Users in each arm to find a relative change of weekly sessions.

    Args:
        change: Relative change of the mean.
        correlation: Of the week before with the week in the test; 0 without CUPED.
    """
    users = sample_size_mean_per_arm(feed.SESSIONS_SD, feed.SESSIONS_MEAN * change)
    return users * (1 - correlation**2)


def slice_users(share: float = SLICE_SHARE) -> float:
    """Users in each arm of the whole test, so that one small slice can see the same change.

    Args:
        share: The slice's share of users.
    """
    return feed.users_per_arm() / share


def any_slice_significant(slices: float = SLICES) -> float:
    """Probability that at least one of several slices looks significant when nothing changed.

    Args:
        slices: Slices tested at 5 %, independent of each other.
    """
    return any_slow(0.05, slices)


def ratio_z(share: float = UNEVEN) -> float:
    """Standard errors by which an uneven split of the feed's test misses its planned halves.

    Args:
        share: Of both arms' users, counted in the larger one.
    """
    return (share - 0.5) / math.sqrt(0.25 / (2 * feed.users_per_arm()))


def false_positive_rate(looks: float = LOOKS, z: float = Z_95) -> float:
    """Probability that a test without any effect crosses the line at one of several looks.

    Armitage, McPherson and Rowe's recursion: the density of the running sum, restricted to
    where no look has crossed, is carried from look to look on a grid.

    Args:
        looks: Equally spaced looks.
        z: Standard errors beyond which a look stops the test.
    """
    return _crossed(int(looks), float(z))


@lru_cache
def _crossed(looks: int, z: float) -> float:
    cells = 160
    bound = z
    width = 2 * bound / cells
    grid = [-bound + (k + 0.5) * width for k in range(cells)]
    density = [_NORMAL.pdf(x) * width for x in grid]
    for look in range(2, looks + 1):
        bound = z * math.sqrt(look)
        new_width = 2 * bound / cells
        new_grid = [-bound + (k + 0.5) * new_width for k in range(cells)]
        scale = new_width / math.sqrt(2 * math.pi)
        density = [
            scale
            * sum(d * math.exp(-((y - x) ** 2) / 2) for x, d in zip(grid, density, strict=True))
            for y in new_grid
        ]
        grid = new_grid
    return 1 - sum(density)


def bonferroni_z(looks: float = LOOKS) -> float:
    """Standard errors to ask for at each look if the level is shared equally.

    Args:
        looks: Looks planned.
    """
    return _NORMAL.inv_cdf(1 - 0.05 / looks / 2)


def bonferroni_rate() -> float:
    """Probability of a false alarm with that stricter line."""
    return false_positive_rate(float(LOOKS), bonferroni_z())


def experiment_rows() -> list[list[str]]:
    """Sample sizes of four experiments, as a table."""
    daily, chats = feed.DAILY_USERS, base.CONVERSATIONS_PER_DAY

    def row(metric: str, change: str, arm: float, share: float) -> list[str]:
        return [metric, change, f"{arm:,.0f}", f"{100 * share:.1f} %"]

    chats_per_arm = resolved_conversations()
    return [
        ["Metric", "Smallest change", "In each arm", "Share of a day's traffic, per arm"],
        row(
            "Feed: weekly sessions",
            f"{100 * feed.DETECTABLE:.1f} % of the mean",
            feed.users_per_arm(),
            feed.arm_share(),
        ),
        row(
            "The same with CUPED",
            f"{100 * feed.DETECTABLE:.1f} % of the mean",
            feed.users_per_arm_cuped(),
            feed.users_per_arm_cuped() / daily,
        ),
        row(
            "Feed: users who like, a day",
            f"{100 * base.LIKE_LIFT:.0f} % of {100 * base.LIKE_RATE:.0f} %",
            base.users_per_arm(),
            base.users_per_arm() / daily,
        ),
        row(
            "Assistant: resolved in seven days",
            f"1 point of {100 * resolved():.0f} %",
            chats_per_arm,
            chats_per_arm / chats,
        ),
    ]


# --------------------------------------------------------------------------- replaying the log

REPLAY_ACTIONS = assumed(50, "posts", "from which the exploration slot draws, each as likely")
REPLAY_RATE = feed.LIKE_RATE
REPLAY_EVENTS = assumed(1e6, "exploration impressions", "an hour's slice of them, or one language")


def exploration_per_day() -> float:
    """Exploration impressions a day."""
    return feed.viewed_per_day() * feed.EXPLORE_SHARE


def ips_error(events: float = REPLAY_EVENTS, actions: float = REPLAY_ACTIONS) -> float:
    """Relative standard error of IPS for a new deterministic choice, from a uniform log.

    Args:
        events: Logged impressions.
        actions: Posts that the log drew from.
    """
    second_moment = actions * REPLAY_RATE
    return math.sqrt((second_moment - REPLAY_RATE**2) / events) / REPLAY_RATE


def online_error(events: float = REPLAY_EVENTS) -> float:
    """Relative standard error of the same rate when the new choice is shown.

    Args:
        events: Impressions.
    """
    return math.sqrt((1 - REPLAY_RATE) / REPLAY_RATE / events)


def replay_factor() -> float:
    """Events that a replay needs for each that an experiment needs."""
    return (ips_error() / online_error()) ** 2


def replay_matches(events: float = REPLAY_EVENTS, actions: float = REPLAY_ACTIONS) -> float:
    """Logged impressions in which the log happened to choose as the new policy does.

    Args:
        events: Logged impressions.
        actions: Posts that the log drew from.
    """
    return events / actions


def slate_matches(slots: float = 3) -> float:
    """Matches left if a day's exploration were lists and each of their slots had to agree.

    Args:
        slots: Views in a list, each drawn anew from the same posts.
    """
    return exploration_per_day() / slots / REPLAY_ACTIONS**slots


def point_dollars_per_month() -> float:
    """Dollars a month of people's time for one point of resolved conversations."""
    chats = base.CONVERSATIONS_PER_DAY * HOURS_PER_MONTH / HOURS_PER_DAY * RESOLVED_CHANGE
    return chats * base.agent_dollars_per_conversation()
