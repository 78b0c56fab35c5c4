"""The chapter on feature stores, against sums and simulations of its own."""

from __future__ import annotations

import math
import random

import pytest

from handbook.estimate import chapter

block = chapter("building-blocks/feature-stores-and-skew")


def test_only_readable_likes_are_joined() -> None:
    # Shown at 300 s: four likes had happened, the last one was still in a tunnel.
    assert [block.likes_at(300, how) for how in ("today", "event", "readable")] == [4, 4, 3]
    assert [block.likes_at(20, how) for how in ("today", "event", "readable")] == [4, 1, 0]


def _auc(scores: list[float], labels: list[int]) -> float:
    """By ranks, ties at their mean."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and scores[order[end]] == scores[order[at]]:
            end += 1
        for place in order[at:end]:
            ranks[place] = (at + end + 1) / 2
        at = end
    positives = sum(labels)
    won = sum(rank for rank, label in zip(ranks, labels, strict=True) if label)
    return (won - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count += 1
        left += rng.expovariate(1)
    return count


def test_the_leak_is_what_a_simulation_finds() -> None:
    rng = random.Random(3)
    before, after, halves, labels = [], [], [], []
    for _ in range(150_000):
        draw = rng.random()
        mean, rate = (0.05, 0.01) if draw < 0.7 else (0.5, 0.05) if draw < 0.95 else (4.0, 0.2)
        half = rng.randrange(2)
        label = int(rng.random() < rate * (1.6 if half else 0.4))
        count = _poisson(rng, mean)
        before.append((count, half))
        after.append((count + label, half))
        halves.append(half)
        labels.append(label)
    told = {key: block._learnt(True)[key] for key in {*before, *after}}
    honest = {key: block._learnt(False)[key] for key in set(before)}
    for scores, found in (
        ([honest[key] for key in before], block.leak_auc("honest", "honest")),
        ([told[key] for key in after], block.leak_auc("leaking", "leaking")),
        ([told[key] for key in before], block.leak_auc("leaking", "honest")),
    ):
        assert _auc(scores, labels) == pytest.approx(found, abs=0.012)
    assert block.like_rate() == pytest.approx(0.7 * 0.01 + 0.25 * 0.05 + 0.05 * 0.2)
    zero = sum(label for (count, _), label in zip(before, labels, strict=True) if not count)
    assert block.blind_likes() == pytest.approx(zero / sum(labels), abs=0.015)
    said = sum(told[key] for key in before)
    assert block.leak_ratio() == pytest.approx(said / sum(labels), abs=0.03)


def test_ages_and_what_a_ttl_loses() -> None:
    ages = [3 + 24 * (n + 0.5) / 1_000 for n in range(1_000)]
    assert block.mean_age_hours() == pytest.approx(sum(ages) / 1_000)
    assert block.expired_percent() == pytest.approx(
        100 * sum(age > 24 for age in ages) / 1_000, abs=0.1
    )
    assert block.expired_percent(24, 1) == 100
    assert block.expired_percent(60, 1) == 0
    assert block.worst_age_hours(24, 3, 1) == 51


def test_late_events_agree_with_the_data_step() -> None:
    assert 1 - block.arrived(60) == pytest.approx(0.02, rel=1e-3)
    steps = 6_000
    missing = sum(1 - block.arrived(60 * (n + 0.5) / steps) for n in range(steps)) / steps
    assert block.missing_percent() == pytest.approx(100 * missing, rel=1e-3)


def test_one_request_asks_most_partitions() -> None:
    assert block.requested_keys() == pytest.approx(3 + 2 * 500 * 0.2)
    rng = random.Random(5)
    asked = [len({rng.randrange(58) for _ in range(203)}) for _ in range(2_000)]
    assert block.machines_asked() == pytest.approx(sum(asked) / 2_000, abs=0.1)
    assert block.any_late_percent() == pytest.approx(100 * (1 - 0.99**56.3), abs=0.1)
    assert block.feed.feature_machines_for_memory() > 2 * block.feed.feature_machines_for_load()


def test_history_is_longer_than_what_is_kept() -> None:
    assert block.history_needed_days() == 90 + 28 > block.data.LOG_DAYS
    assert block.backfill_hours() == pytest.approx(118 * 28.8e9 / (100 * 100_000) / 3_600)
    assert block.backfill_dollars() == pytest.approx(100 * 94.4 * 1.5)
    assert block.wait_days() == 29
    assert block.audit_dollars() == pytest.approx(1.5e9 * 4_000 * 7 / 1e9 * 0.02)


def test_thresholds() -> None:
    assert 0.999 ** block.rows_to_exclude() <= 0.05 < 0.999 ** (block.rows_to_exclude() - 1)
    assert block.default_alarm_percent() == pytest.approx(1 + 300 * math.sqrt(0.0099 / 1e4))


def test_distributions_do_not_see_the_worst_skews() -> None:
    lost = {kind: block.lost_percent(kind) for kind in block.KINDS}
    psi = {kind: block.outcome(kind)["psi"] for kind in block.KINDS}
    hidden = ("Other entity in 5 %", "Sign flipped in 5 %", "Stale, all rows")
    for kind in hidden:
        assert psi[kind] < block.psi_limit()
        assert lost[kind] > max(lost["Default in 5 %"], lost["log2 for ln, all rows"])
    assert block.psi_limit() < psi["Default in 5 %"] < 0.1 < psi["log2 for ln, all rows"]
    # Most of what a stale value loses is the missing news, not the mismatch.
    assert 0 < lost["Stale, all rows"] - lost["Stale, but trained so"] < 3
    assert lost["None"] == 0


def test_a_wrong_logarithm_is_one_factor_on_the_log_odds() -> None:
    rng = random.Random(9)
    pairs = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(40_000)]

    def mean(factor: float) -> float:
        scores = [1 / (1 + math.exp(3.5 - factor * one - 0.7 * two)) for one, two in pairs]
        return sum(scores) / len(scores)

    found = block.outcome("log2 for ln, all rows")["ratio"]
    assert found == pytest.approx(mean(1 / math.log(2)) / mean(1), rel=0.02)


def test_a_platform_pays_from_so_many_teams() -> None:
    assert block.teams_to_pay() * 0.2 == pytest.approx(4)
    assert block.teams_to_pay(2) * 0.2 == pytest.approx(2)


def test_disks_lose_to_memory_at_these_reads() -> None:
    # 14.1 million reads; 50,000 a machine, 60 % load, half as many machines on top.
    keys = 69_444.4 * (3 + 2 * 500 * 0.2)
    assert block.disk_machines() == math.ceil(math.ceil(keys / 30_000) * 1.5)
    assert block.disk_reads_per_s() == pytest.approx(175 * 50_000 * 0.6 / 1.5)


def test_a_request_waits_for_its_slowest_machine() -> None:
    each = block.machine_quantile_percent() / 100
    assert each ** block.machines_asked() == pytest.approx(0.99)


def test_a_cache_adds_half_of_its_expiry() -> None:
    # A key that is asked every tenth of a second, and loaded anew when its minute is over.
    ages = [(tenth % 600) / 10 for tenth in range(60_000)]
    assert block.cache_age_seconds() == pytest.approx(sum(ages) / len(ages), abs=0.1)


def test_writes_do_not_bind_either() -> None:
    # 500 million x 6 requests a day, twice the mean at the peak, 8 posts seen, 1.2 events each.
    events = 3e9 / 86_400 * 2 * 8 * 1.2
    assert block.writes_per_s() == pytest.approx(events * 9)
    keys = 69_444.4 * 203 + events * 9
    assert block.machines_for_load() == math.ceil(math.ceil(keys / 300_000) * 1.5)
    assert block.machines_for_load() < 175
    assert block.store_dollars() == pytest.approx(175 * 1.5 * 730)
    assert block.store_share() == pytest.approx(191_625 / 707_046, rel=1e-3)
    assert block.hot_key_percent() == pytest.approx(13.9, abs=0.05)


def test_the_slot_holds_its_stages_and_a_hedge() -> None:
    assert sum(int(row[1]) for row in block.slot_rows()[1:]) == 15
    # Both the first answer and the hedge are late once in a hundred times.
    rng = random.Random(23)
    lacking = sum(
        any(rng.random() < 0.01 and rng.random() < 0.01 for _ in range(56)) for _ in range(40_000)
    )
    assert block.hedged_gap_percent() == pytest.approx(100 * lacking / 40_000, abs=0.15)
