"""The arithmetic of the harmful content chapter, recomputed by hand where a slip would matter."""

from __future__ import annotations

import inspect
import math
from datetime import date

import pytest

from handbook.estimate import Quantity, chapter

harm = chapter("case-studies/harmful-content")
feed = chapter("case-studies/news-feed")


def test_load_is_that_of_the_news_feed() -> None:
    assert harm.posts_per_day() == feed.posts_per_day() == 200e6
    assert harm.peak_posts_per_s() == pytest.approx(200e6 / 86_400 * 2)
    assert harm.pictures_per_day() == 200e6 * 0.75 + 200e6 * 0.1 * 16
    assert harm.views_per_post() == 24e9 / 200e6
    assert harm.violating_posts() == pytest.approx(200e6 * 0.001)


def test_precision_falls_with_prevalence() -> None:
    assert harm.precision_at() == pytest.approx(0.0008 / (0.0008 + 0.999 * 0.01))
    assert harm.precision_rare() < harm.precision_at() / 9
    allowed = harm.false_rate_needed()
    assert harm.precision_at(0.001, 0.8, allowed) == pytest.approx(harm.WANTED_PRECISION)


def test_half_on_enriched_data_means_one_in_a_thousand_on_the_stream() -> None:
    weight_positive = 0.0003 / 0.25
    weight_negative = 0.9997 / 0.75
    by_weights = 0.5 * weight_positive / (0.5 * weight_positive + 0.5 * weight_negative)
    assert harm.corrected_probability() == pytest.approx(by_weights)


def test_every_violating_post_goes_somewhere() -> None:
    found = (
        harm.hash_true()
        + harm.gate_true()
        + harm.full_true()
        + harm.judge_true()
        + harm.person_true()
        + harm.report_true()
    )
    assert found + harm.never_found() == pytest.approx(harm.violating_posts())
    assert found == pytest.approx(harm.acted_true())
    in_band = harm.judge_true() + harm.judge_missed() + harm.queue_true()
    assert in_band == pytest.approx(harm.band_true())


def test_every_benign_post_of_the_band_goes_somewhere() -> None:
    cleared = harm.band_benign() * harm.JUDGE_CLEARS
    queued = harm.queue_posts() - harm.queue_true()
    assert cleared + queued + harm.judge_wrong() == pytest.approx(harm.band_benign())


def test_prevalence_by_views_by_hand() -> None:
    def seen(hours: float) -> float:
        return 1 - math.exp(-hours / 6)

    lives = 70_000 * seen(1 / 60) + 30_000 * seen(1 / 12) + 21_600 * seen(2)
    lives += 8_520 * seen(12) + 19_880
    assert harm.left_total() == pytest.approx(lives)
    assert harm.prevalence_by_views() == pytest.approx(0.001 * lives / 200_000)
    assert harm.stratified_prevalence() == pytest.approx(harm.prevalence_by_views(), rel=0.01)


def test_proactive_rate_hardly_moves_when_twice_as_much_is_missed() -> None:
    assert harm.proactive_rate() == pytest.approx(1 - 8_520 / 180_120)
    assert harm.proactive_rate() - harm.proactive_missed_doubled() < 0.01
    assert harm.missed_doubled() > 1.5 * harm.prevalence_by_views()


def test_bands_find_every_hash_within_the_distance() -> None:
    # Sixteen bands with two differing bits each would be 32 bits, more than a match may have.
    assert harm.BANDS * (harm.nearest_band_distance() + 1) > harm.HASH_DISTANCE
    assert harm.buckets_per_lookup() == 16 * 17
    assert harm.hash_candidates() == pytest.approx(272 * 10e6 / 65_536)


def test_model_parameters_by_hand() -> None:
    block = 12 * 12 * 768**2
    picture = block + 768 * 768 + 768
    fusion = 12 * 4 * 768**2
    context = (200 + 1) * 768 + (768 + 1) * 768
    heads = 12 * ((768 + 1) * 256 + 256 + 1)
    assert harm.model_parameters() == block + 250_000 * 768 + picture + fusion + context + heads
    flops = 2 * block * (192 + 25.6) + 2 * picture * 197 * 2.35 + 2 * fusion * 288
    assert harm.full_flops() == pytest.approx(flops + 2 * (context + heads))


def test_cards_by_hand() -> None:
    peak = 200e6 / 86_400 * 2
    assert harm.full_cards() == math.ceil(peak * harm.full_flops() / (121e12 * 0.25) / 0.6 * 1.5)
    reading = 2 * 8e9 * (250 + 256 * 2.35) + 2 * 4e8 * 1_024 * 2.35
    assert harm.prefill_flops() == pytest.approx(reading)
    cases = 1.8e6 / 86_400 * 2
    busy = cases * reading / (989e12 * 0.4) + cases * 80 / harm.decode_tokens_per_s()
    assert harm.judge_cards() == math.ceil(busy / 0.6 * 1.5)


def test_judge_prices() -> None:
    tokens = 1_200 + 250 + 256 * 2.35
    assert harm.hosted_dollars_per_case() == pytest.approx((tokens * 0.1 + 80 * 0.5) / 1e6)
    assert harm.judge_dollars() == harm.judge_cards() * 3.0 * 730


def test_people_by_hand() -> None:
    seconds = harm.queue_posts() * 60 + 40_000 * 60 + 8_000 * 180 + harm.appeals_per_day() * 180
    seconds += 0.1 * (harm.queue_posts() + 40_000) * 60
    seconds += harm.sampled_posts_per_day() * 180 + 3_000 * 180
    assert harm.review_hours() == pytest.approx(seconds / 3_600)
    staff = math.ceil(seconds / 3_600 * 1.15 / 5.5 / (5 / 7 * 0.88))
    assert harm.reviewers() == staff
    assert harm.people_dollars() == pytest.approx(staff * 40 * 365 / 7 / 12 * 30)


def test_thresholds_balance_costs() -> None:
    p = harm.upper_threshold()
    assert (1 - p) * harm.WRONG_REMOVAL == pytest.approx(harm.dollars_per_review())
    q = harm.lower_threshold()
    assert q * harm.VIEW_HARM * 1_000 == pytest.approx(harm.dollars_per_review())
    meet = harm.never_reviewed_views()
    assert harm.lower_threshold(meet) == pytest.approx(p)
    # Where all three meet, acting, reading and leaving cost the same; below, only two are left.
    assert harm.act_without_review(meet) == pytest.approx(p)
    few = harm.act_alone_few()
    assert (1 - few) * harm.WRONG_REMOVAL == pytest.approx(few * harm.VIEW_HARM * 10)
    assert few > p
    # What lies above a threshold is better than the threshold, on average.
    assert p < harm.JUDGE_PRECISION < harm.WANTED_PRECISION


def test_queue_by_hand() -> None:
    assert harm.waiting_posts() == pytest.approx(harm.queue_posts() / 24 * 2)
    assert harm.off_peak_factor() == pytest.approx((24 - 2 * 4) / 20)
    assert harm.backlog() == pytest.approx(harm.queue_posts() / 24 * 4 * 0.85)
    assert harm.drain_hours() == pytest.approx(0.85 * 4 / 0.35)
    assert harm.longest_wait_hours() == pytest.approx(0.85 * 4 / 1.15)


def test_strata_cover_all_views_and_save_labels() -> None:
    assert sum(weight for weight, _ in harm.STRATA.values()) == pytest.approx(1)
    assert sum(harm.allocation(name) for name in harm.STRATA) == pytest.approx(50_000)
    spread = sum(w * math.sqrt(r * (1 - r)) for w, r in harm.STRATA.values())
    rate = sum(w * r for w, r in harm.STRATA.values())
    assert harm.stratified_labels() == pytest.approx((1.95996 * spread / (0.1 * rate)) ** 2, 1e-4)
    assert harm.random_labels() > 5 * harm.stratified_labels()


def test_a_judge_that_misses_finds_fewer_positives_and_widens_the_interval() -> None:
    found = {name: 0.9 * rate for name, (_, rate) in harm.STRATA.items()}
    read = {name: found[name] + (1 - rate) * 0.005 for name, (_, rate) in harm.STRATA.items()}
    by_hand = sum(harm.allocation(name) * share for name, share in read.items())
    assert harm.judge_positives() == pytest.approx(by_hand)
    # People confirm what it flags, so each stratum's finds are binomial with the share found.
    variance = sum(
        weight**2 * found[name] * (1 - found[name]) / (7 * harm.allocation(name))
        for name, (weight, _) in harm.STRATA.items()
    )
    estimate = sum(weight * found[name] for name, (weight, _) in harm.STRATA.items())
    sampled = 1.95996 * math.sqrt(variance) / estimate
    assert harm.weekly_margin_found() == pytest.approx(sampled, rel=0.01)
    assert harm.weekly_margin_whole() == pytest.approx(
        math.hypot(sampled, 1.95996 * math.sqrt(0.1 / 0.9 / 1_000)), rel=0.01
    )


def test_overturns_say_little_about_errors() -> None:
    right, wrong = harm.acted_true() * 0.03, harm.acted_wrong() * 0.2
    assert harm.appeals_per_day() == pytest.approx(right + wrong)
    assert harm.overturn_rate() == pytest.approx((wrong * 0.95 + right * 0.02) / (right + wrong))
    assert harm.overturn_rate() > 5 * harm.wrong_share()
    assert harm.overturn_rate_easy() < harm.overturn_rate() / 2


def test_the_gate_fits_and_branches_count_once() -> None:
    assert harm.used_ms() == 20 + 15 + 80 + 60 + 10 + 40
    assert harm.used_ms() + harm.slack_ms() == harm.BUDGET_MS
    assert harm.limits() == 4 + 4 + 2


def test_the_full_models_path_fits_its_minute() -> None:
    assert harm.full_path_seconds() == 20 + 15 + 10 + 2 + 3
    assert harm.full_path_seconds() <= harm.FULL_SECONDS


def test_a_seat_at_which_somebody_reads_takes_more_people_than_one_that_is_staffed() -> None:
    weeks_hours = 7 * 24
    assert harm.seat_people() == pytest.approx(weeks_hours / (40 * 0.88))
    assert harm.reading_seat_people() == pytest.approx(weeks_hours / (5 * 5.5 * 0.88))


def test_levers_do_not_add() -> None:
    apart = harm.larger_judge_saving_share() + harm.grouping_saving_share()
    assert harm.larger_judge_saving_share() < harm.both_levers_share() < apart


def test_bill_adds_up() -> None:
    assert harm.cost_per_month() == pytest.approx(
        sum(dollars for *_, dollars in harm.tiers()) + harm.people_dollars()
    )
    monthly_posts = 200e6 * 730 / 24
    assert harm.cost_per_1000_posts() == pytest.approx(harm.cost_per_month() / monthly_posts * 1e3)


def test_inputs_say_where_they_come_from() -> None:
    inputs = [value for value in vars(harm).values() if isinstance(value, Quantity)]
    inputs += harm.PREVALENCE.values()
    assert all(value.note and value.unit for value in inputs)


def test_every_function_says_what_it_returns() -> None:
    functions = [
        value
        for value in vars(harm).values()
        if inspect.isfunction(value) and value.__module__ == harm.__name__
    ]
    assert all(function.__doc__ for function in functions)


def test_the_log_outlives_every_six_months() -> None:
    spans = []
    for month in range(1, 13):
        start = date(2027, month, 1)
        end = date(2027 + (month + 5) // 12, (month + 5) % 12 + 1, 1)
        spans.append((end - start).days)
    assert max(spans) == harm.LOG_DAYS


def test_spread_waits_let_fewer_views_pass() -> None:
    # Average of 1 - exp(-t / 6) over exponential waits of mean 2 h, summed in steps of a second.
    step = 1 / 3_600
    mean = sum(
        (1 - math.exp(-t * step / 6)) * math.exp(-t * step / 2) / 2 * step for t in range(200_000)
    )
    assert harm.seen_before_spread() == pytest.approx(mean, rel=1e-3)
    assert harm.seen_before_spread() < harm.seen_before_person()
