"""The arithmetic of the evaluation step, recomputed by hand where a slip would matter."""

from __future__ import annotations

import itertools
import math

import pytest

from handbook.estimate import chapter

step = chapter("framework/5-evaluate")
feed = chapter("case-studies/news-feed")
base = chapter("framework")


def test_case_one_is_a_disagreement_and_calibration_mends_it() -> None:
    assert step.like_auc() > step.old_auc() + 0.02
    assert step.hides_change() > 0.3
    assert step.value_change() < -0.2
    assert step.value_mapped_change() > 0.3
    assert step.hides_mapped_change() < 0
    factor = step.break_even_factor()
    assert step.shown_value(True, factor - 0.5) > step.shown_value(False)
    assert step.shown_value(True, factor + 0.5) < step.shown_value(False)


def test_the_simulated_rates_are_those_of_the_feed() -> None:
    posts = step._posts()
    likes = sum(1 / (1 + math.exp(-row[0])) for row in posts) / len(posts)
    hides = sum(1 / (1 + math.exp(-row[1])) for row in posts) / len(posts)
    assert likes == pytest.approx(feed.LIKE_RATE, rel=0.3)
    assert hides == pytest.approx(feed.HIDE_RATE, rel=0.3)


def test_auc_counts_pairs() -> None:
    rows = step._posts()[:60]
    chance = [1 / (1 + math.exp(-row[0])) for row in rows]
    won = lost = 0.0
    for i, j in itertools.permutations(range(len(rows)), 2):
        weight = chance[i] * (1 - chance[j])
        won, lost = (won + weight, lost) if rows[i][3] > rows[j][3] else (won, lost + weight)
    own = sum(p * (1 - p) for p in chance)
    expected = (won + own / 2) / (won + lost + own)
    original = step._posts
    step._posts = lambda: rows
    try:
        assert step._auc.__wrapped__(True) == pytest.approx(expected)
    finally:
        step._posts = original


def test_kappa_by_hand() -> None:
    assert step.old_agreement() == pytest.approx(181 / 200)
    chance = 0.82 * 0.835 + 0.18 * 0.165
    assert step.old_kappa() == pytest.approx((0.905 - chance) / (1 - chance))
    assert step.kappa() == pytest.approx((0.85 - 0.722) / 0.278)


def test_a_correction_with_its_own_errors_returns_what_people_said() -> None:
    for new in (False, True):
        se, sp = step.sensitivity(new), step.specificity(new)
        corrected = (step.judge_rate(new) + sp - 1) / (se + sp - 1)
        assert corrected == pytest.approx(step.human_rate(new))
    assert step.wrong_borrowed_rate() > step.human_rate() + 0.05


def test_the_judge_is_certain_and_people_are_not() -> None:
    spread = math.sqrt((0.835 * 0.165 + 0.87 * 0.13) / 5000)
    assert step.judge_z() == pytest.approx(0.035 / spread)
    margin = 1.95996 * math.sqrt((0.82 * 0.18 + 0.8 * 0.2) / 200)
    assert step.human_difference_margin() == pytest.approx(100 * margin, rel=1e-4)
    assert step.human_difference_margin() > 2
    fall = 25 / 36 - 18 / 40
    error = math.sqrt((25 / 36) * (11 / 36) / 36 + 0.45 * 0.55 / 40)
    assert step.specificity_z() == pytest.approx(fall / error)


def test_wilson_solves_its_equation() -> None:
    for end in step.wilson(0.82, 200):
        assert abs(end - 0.82) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / 200))


def test_golden_sets() -> None:
    z = 1.959964 + 0.841621
    assert step.golden_unpaired() == math.ceil(z**2 * (0.82 * 0.18 + 0.85 * 0.15) / 0.03**2)
    root = 1.959964 * math.sqrt(0.11) + 0.841621 * math.sqrt(0.11 - 0.0009)
    assert step.golden_paired() == math.ceil((root / 0.03) ** 2)
    assert step.found_unpaired(step.golden_unpaired()) == pytest.approx(3, abs=0.01)
    assert step.found_paired(step.golden_paired()) == pytest.approx(3, abs=0.02)
    root = 1.959964 * math.sqrt(0.1) + 0.841621 * math.sqrt(0.1 - 0.0004)
    assert step.golden_paired(0.04, 0.02) == math.ceil((root / 0.02) ** 2)
    assert 0.999 ** step.clean_answers() <= 0.05 < 0.999 ** (step.clean_answers() - 1)


@pytest.mark.parametrize(("looks", "rate"), [(1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193)])
def test_peeking_agrees_with_armitage_mcpherson_and_rowe(looks: int, rate: float) -> None:
    assert step.false_positive_rate(looks) == pytest.approx(rate, abs=1e-3)


def test_a_stricter_line_keeps_the_promise() -> None:
    assert step.bonferroni_rate() < 0.05 < step.false_positive_rate()


def test_resolved() -> None:
    z = 1.959964 + 0.841621
    plain = z**2 * (0.54 * 0.46 + 0.55 * 0.45) / 0.01**2
    assert step.resolved_independent() == math.ceil(plain)
    assert step.resolved_conversations() == pytest.approx(math.ceil(plain) * 1.09)
    assert step.resolved_days() == pytest.approx(step.resolved_conversations() / 30_000)
    assert step.resolved() == pytest.approx(0.6 * 0.9)
    assert step.new_resolved() == pytest.approx(0.63 * 0.82)
    assert step.new_resolved() < step.resolved()


def test_replay_pays_in_variance() -> None:
    weight, rate, events = 50, 0.03, 1e6
    variance = (rate / weight * weight**2 - rate**2) / events
    assert step.ips_error() == pytest.approx(math.sqrt(variance) / rate)
    assert step.online_error() == pytest.approx(math.sqrt(rate * (1 - rate) / events) / rate)
    assert step.replay_factor() == pytest.approx((weight - rate) / (1 - rate))
    assert step.slate_matches() == pytest.approx(24e9 * 0.02 / 3 / 50**3)  # lists of three views


def test_labels_and_verdicts_together_say_more_than_either() -> None:
    phi = (156 * 25 - 8 * 11) / math.sqrt(164 * 36 * 167 * 33)
    assert step.judge_correlation(False) == pytest.approx(phi)
    # The variance of label − w·verdict + w·mean verdict, at the best weight found by trial.
    cross = phi * math.sqrt(0.82 * 0.18 * 0.835 * 0.165)
    variances = [
        (0.82 * 0.18 - 2 * w * cross + w**2 * 0.835 * 0.165) / 200 + w**2 * 0.835 * 0.165 / 5_000
        for w in (k / 1_000 for k in range(1_001))
    ]
    expected = 100 * 1.959964 * math.sqrt(min(variances))
    assert step.combined_margin() == pytest.approx(expected, rel=1e-4)
    assert step.combined_margin() < step.plain_margin() < step.corrected_margin()


def test_an_uneven_split_is_seen() -> None:
    users = 2 * feed.users_per_arm()
    excess = 0.501 * users - users / 2
    assert step.ratio_z() == pytest.approx(excess / math.sqrt(users / 4))


def test_the_design_effect_takes_the_mean_over_conversations() -> None:
    # 17.6 customers in 100 come twice, the others once: 1.18 conversations a customer, but whoever
    # is behind a conversation has 1.3 of them.
    once, twice = 14, 3
    rows = once + 2 * twice
    seen = (once + 4 * twice) / rows
    assert seen == pytest.approx(step.CHAT_REPEAT)
    # Variance of the sum of rows of unit variance, over that of as many independent ones.
    pairs = 2 * twice
    assert (rows + pairs * step.CHAT_CORRELATION) / rows == pytest.approx(step.design_effect())
