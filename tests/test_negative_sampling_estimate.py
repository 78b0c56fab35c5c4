"""The arithmetic of the chapter on negative sampling, by hand, by drawing and by gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

from handbook.estimate import chapter, results

block = chapter("building-blocks/negative-sampling")
lab = results("building-blocks/ranking-models")


def test_the_bill_of_a_month() -> None:
    pairs, card = 2.4e9 * 30, 989e12 * 0.1 * 3_600
    batch = 3 * 2 * (180_864 + 377_472 + 8_192 * 128)
    random_posts = 3 * 2 * (377_472 + 8_192 * 128)
    hard = 5 * 3 * 2 * (377_472 + 128)
    for way, flops in (
        ("Batch of 8,192", batch),
        ("As many random posts", random_posts),
        ("Queue of a million", 2 * 2 * 1e6 * 128),
        ("Five hard ones, encoded", hard),
    ):
        assert block.extra_flops(way) == pytest.approx(flops)
        assert block.month_hours(flops) == pytest.approx(pairs * flops / card, rel=1e-3)
    assert block.month_hours(batch) == pytest.approx(block.towers.tower_card_hours())
    assert block.mining_dollars() == pytest.approx(pairs * 6e-3 / 3_600 / 32 * 1.5)


def test_an_uncorrected_batch_learns_probability_over_share() -> None:
    """Gradient steps on expected counts end where the shift says, and at log p with log Q."""
    rng = np.random.default_rng(1)
    wanted = np.array([0.5, 0.3, 0.15, 0.05])
    share = np.array([0.7, 0.1, 0.15, 0.05])
    for corrected in (False, True):
        score = np.zeros(4)
        for step in range(3_000):
            taken = rng.choice(4, size=64, p=share)
            logits = score[taken] - (np.log(share[taken]) if corrected else 0)
            weight = np.exp(logits - logits.max())
            model = np.bincount(taken, weight / weight.sum(), 4)
            score += 3 / (10 + step / 10) * (wanted - model)
        learnt = score - score[3]
        truth = np.log(wanted / wanted[3]) - (0 if corrected else np.log(share / share[3]))
        assert learnt == pytest.approx(truth, abs=0.25), corrected
    assert block.shift() == pytest.approx(math.log(100))
    assert block.shift(0.75) == pytest.approx(0.75 * math.log(100))
    assert block.shift(0) == 0


def test_the_usual_form_counts_a_rare_positive_too_often() -> None:
    """The corrected positive outweighs its place in the whole sum; draws of the rest do not."""
    rng = np.random.default_rng(2)
    items, batch = 2_000, 256
    share = 1 / np.arange(1, items + 1)
    share /= share.sum()
    scores = rng.normal(size=items)
    positive = items - 1
    others = np.delete(np.arange(items), positive)
    now = np.exp(scores[positive]) / np.exp(scores).sum()
    odds = now / (1 - now)
    rest = []
    for _ in range(400):
        drawn = rng.choice(items, size=batch, p=share)
        drawn = drawn[drawn != positive]
        rest.append((np.exp(scores[drawn]) / (batch * share[drawn])).sum())
    assert np.mean(rest) == pytest.approx(np.exp(scores[others]).sum(), rel=0.05)
    usual = np.exp(scores[positive]) / (batch * share[positive])
    found = usual / (usual + np.mean(rest))
    expected = block.usual_probability(share[positive], now, batch)
    assert found == pytest.approx(expected, rel=0.06)
    assert expected > 3 * now
    assert block.usual_probability(share[positive], now, batch, False) == pytest.approx(now)
    assert odds / (1 + odds) == pytest.approx(now)


def test_pull_by_hand() -> None:
    odds = 1e-4 / (1 - 1e-4) / (8_192 * 1e-8)
    assert block.pull_kept() == pytest.approx((1 / (1 + odds)) / (1 - 1e-4))
    assert block.pull_kept(1e-2) == pytest.approx(1, abs=1e-3)


def test_posts_that_are_never_drawn() -> None:
    rng = np.random.default_rng(3)
    assert block.never_at_random() == pytest.approx(math.exp(-1e9 / 600e6))
    # The same law with 20,000 posts: what counts is the mean of the least popular one.
    posts = 20_000
    least = 1e9 / (600e6 * (math.log(600e6) + 0.5772156649))
    means = least * posts / np.arange(1, posts + 1)
    never = (rng.poisson(means) == 0).mean()
    assert block.never_in_batch() == pytest.approx(never, abs=0.01)
    assert block.never_in_batch(7) < block.never_in_batch()


def test_reach_by_drawing() -> None:
    rng = np.random.default_rng(4)
    above = rng.random((2_000, 100)) < 5_999_999 / 600e6
    assert above.any(axis=1).mean() == pytest.approx(block.reach(6e6, 100), abs=0.025)
    assert block.reach(1) == 0
    assert block.even_rank() == 600e6 / 8_192
    assert block.reach() == pytest.approx(1 - math.exp(-8_192 * 4_999 / 600e6), rel=1e-3)


def test_a_hard_band_reaches_nobody_in_front_of_it_and_everybody_behind() -> None:
    rng = np.random.default_rng(9)
    drawn = rng.integers(1_001, 10_001, size=(20_000, 5))  # ranks 1,001 to 10,000
    assert (drawn < 5_000).any(axis=1).mean() == pytest.approx(block.hard_reach(), abs=0.01)
    assert block.hard_reach(600) == block.hard_reach(1_001) == 0
    assert block.hard_reach(10_001) == block.hard_reach(1e6) == 1
    assert block.reach(5_000, block.random_equal()) == pytest.approx(block.hard_reach())


def test_a_batch_knows_the_popular_rivals() -> None:
    """Twenty thousand posts by 1/k, a taste of three logits, and batches drawn by popularity."""
    rng = np.random.default_rng(10)
    posts, rank, batch = 20_000, 200, 512
    share = 1 / np.arange(1, posts + 1)
    share /= share.sum()
    drawn, different = [], []
    for _ in range(200):
        score = np.log(share) + 3 * rng.normal(size=posts)
        rivals = np.argsort(-score)[: rank - 1]
        batched = rng.choice(posts, size=batch - 1, p=share)
        hits = batched[np.isin(batched, rivals)]
        drawn.append(hits.size)
        different.append(np.unique(hits).size)
    assert block.batch_above(rank, batch, posts) == pytest.approx(np.mean(drawn), rel=0.1)
    assert block.rivals_in_batch(rank, batch, posts) == pytest.approx(np.mean(different), rel=0.1)
    # The feed's batch is never silent, and leaves nearly all rivals unmentioned.
    assert block.batch_above() > 1_000
    assert block.rivals_in_batch() < 0.1 * block.MISSED


def test_what_a_weeks_log_can_call_false() -> None:
    assert block.week_actions() == pytest.approx(1e9 / 500e6 * 7)
    assert block.false_at_most() == pytest.approx(14 / 9_000)
    assert block.false_at_most() < block.false_share(200, 500)


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_error_of_the_sum_by_drawing(spread: float) -> None:
    rng = np.random.default_rng(5)
    sums = np.exp(spread * rng.normal(size=(3_000, 400))).mean(axis=1)
    assert sums.std() / sums.mean() == pytest.approx(block.sum_error(400, spread), rel=0.1)
    assert block.sum_error(block.drawn_for_error(spread), spread) == pytest.approx(0.1)


def test_memory_of_a_batch_and_of_a_queue() -> None:
    assert block.logits_bytes() == 8_192**2 * 4
    assert block.logits_bytes(65_536) == 64 * block.logits_bytes()
    assert block.queue_bytes() == 1e6 * 128 * 4
    assert math.exp(block.corpus_nats() - block.nats()) == pytest.approx(600e6 / 8_192)
    assert block.queue_steps() == pytest.approx(122.07, abs=0.01)


def test_false_negatives_of_the_lab() -> None:
    recall = dict(zip(lab["cuts"], lab["recall"], strict=True))
    assert block.false_share() == pytest.approx(recall[10])
    assert block.false_share(200, 500) == pytest.approx(10 * (recall[500] - recall[200]) / 300)
    assert block.any_false(50, 100) == pytest.approx(
        1 - (1 - 10 * (recall[100] - recall[50]) / 50) ** 5
    )
    found = sum((high - low) * block.false_share(low, high) for low, high in block.BANDS)
    assert found == pytest.approx(10 * recall[500])
    assert block.random_false_share() == 10 / 12_000


def test_counting_gaps_in_a_stream() -> None:
    rng = np.random.default_rng(6)
    mean = np.full(2_000, 50.0)
    for _ in range(600):
        mean += block.RATE * (rng.geometric(1 / 50, size=mean.size) - mean)
    assert mean.mean() == pytest.approx(50, rel=0.01)
    assert mean.std() / 50 == pytest.approx(block.gap_error(), rel=0.07)
    times, gap = 0, 1.0
    while gap < 9:
        gap += block.RATE * (10 - gap)
        times += 1
    assert times == math.ceil(block.appearances_to_adapt())


def test_a_gap_in_steps_cannot_see_a_post_that_is_in_each_batch() -> None:
    rng = np.random.default_rng(8)
    in_batch = rng.binomial(256, 0.01, size=20_000)
    gap = in_batch.size / (in_batch > 0).sum()
    missed = math.log(in_batch.mean()) - math.log(1 / gap)
    assert block.step_gap_error(0.01, 256) == pytest.approx(missed, abs=0.02)
    assert block.step_gap_error() == pytest.approx(math.log(81.92), abs=1e-6)
    assert block.step_gap_error(1e-8) == pytest.approx(0, abs=1e-3)


def test_sampled_metrics_by_drawing() -> None:
    rng = np.random.default_rng(7)
    above = rng.random((20_000, 100)) < 999 / 11_999
    assert (above.sum(axis=1) < 10).mean() == pytest.approx(block.sampled_hit(1_000), abs=0.01)
    assert block.sampled_hit(1) == 1
    assert block.sampled_hit(block.half_rank()) == pytest.approx(0.5)


def test_sampling_turns_the_order_of_two_models_round() -> None:
    exact_steady, exact_sharp = 0.0, float(block.SHARP_SHARE)
    assert exact_sharp > exact_steady
    assert block.sampled_steady() > 4 * block.sampled_sharp()
    assert block.lab_sampled_at_least() > 7 * block.lab_recall()


def test_exact_ranks_are_cheap() -> None:
    assert block.exact_card_seconds() == pytest.approx(1e4 * 600e6 * 256 / 98.9e12)


def test_odds_of_a_log_loss_on_drawn_negatives() -> None:
    """A rate of 1 in 10,000 with four of 10,000 items drawn looks like one in five."""
    odds = 1 / 9_999 * block.odds_factor(4, 9_999)
    assert odds == pytest.approx(1 / 4)


def test_mixing_leaves_few_posts_undrawn() -> None:
    """The integral of exp(-a/x) is exp(-a) - a E1(a); E1(0.0802) is 2.025 by its series."""
    a = 1e9 / (600e6 * (math.log(600e6) + 0.5772))
    e1 = -0.5772 - math.log(a) + a - a**2 / 4 + a**3 / 18
    mixed = (math.exp(-a) - a * e1) * math.exp(-1e9 / 600e6)
    assert block.never_mixed() == pytest.approx(mixed, rel=1e-3)


def test_whole_softmax_of_a_small_corpus() -> None:
    """A matrix of 8,192 by 100,000 float32 scores; a product of 128 values, thrice."""
    assert block.full_bytes() == 8_192 * 100_000 * 4
    assert block.full_flops() == 3 * 2 * 128 * 100_000
    strongest_pull = block.HARD * block.HARD_WEIGHT
    assert strongest_pull == pytest.approx(0.1)


def test_recall_over_ten_thousand_people_is_known_to_a_point() -> None:
    # The worst case is one half: the standard error of a share, twice but a little less.
    assert block.recall_points() == pytest.approx(1.96 * 100 * math.sqrt(0.5 * 0.5 / 10_000))
    assert block.recall_points() < 1
