"""Calibration: what sampling does to a probability, what it costs, and what it takes to see it."""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import assumed, chapter, results

LAB = results("building-blocks/calibration")
feed = chapter("case-studies/news-feed")
monitor = chapter("framework/7-monitor")

# --------------------------------------------------------------------------- sampling

CLICK_RATE = assumed(0.01, "of impressions", "a click rate of display advertising, to compute with")
KEPT = assumed(0.05, "of negatives", "one in twenty, as in the lab")


def trained_on(rate: float = CLICK_RATE, kept: float = KEPT) -> float:
    """Probability that a model learns where only a share of the negatives is kept.

    Args:
        rate: True probability.
        kept: Share of the negatives that is kept.
    """
    return rate / (rate + (1 - rate) * kept)


def over_factor(rate: float = CLICK_RATE, kept: float = KEPT) -> float:
    """How many times too high the prediction is.

    Args:
        rate: True probability.
        kept: Share of the negatives that is kept.
    """
    return trained_on(rate, kept) / rate


def corrected(predicted: float, kept: float = KEPT) -> float:
    """The true probability from one that was learnt on kept negatives.

    Args:
        predicted: What the model says.
        kept: Share of the negatives that was kept.
    """
    return predicted / (predicted + (1 - predicted) / kept)


def factor_rows() -> list[list[str]]:
    """How many times too high, by true rate and kept share."""
    rates, shares = (0.001, 0.01, 0.1, 0.3), (0.5, 0.1, 0.05, 0.01)
    rows = [["True rate", *(f"{100 * each:g} % kept" for each in shares)]]
    return rows + [
        [f"{100 * rate:g} %", *(f"{over_factor(rate, kept):.1f} ×" for kept in shares)]
        for rate in rates
    ]


# --------------------------------------------------------------------------- an auction

BID_A = assumed(2.0, "$ a click", "advertiser A")
BID_B = assumed(3.0, "$ a click", "advertiser B")
RATE_A = assumed(0.02, "of impressions", "A's true click rate here")
RATE_B = assumed(0.012, "of impressions", "B's true click rate here")
BID_C = assumed(50.0, "$ a thousand impressions", "advertiser C, who pays for being seen")
INFLATED = assumed(1.5, "times", "every predicted click rate is too high by half")
RESERVE = assumed(25.0, "$ a thousand impressions", "below it nothing is shown")


def thousand(bid: float = BID_A, rate: float = RATE_A, factor: float = 1.0) -> float:
    """Dollars that a thousand impressions are thought to bring.

    Args:
        bid: Dollars a click.
        rate: True click rate.
        factor: How many times too high it is predicted.
    """
    return 1_000 * bid * rate * factor


def price_a_click(factor: float = 1.0, rival: float | None = None) -> float:
    """What A pays for a click in a second-price auction that it wins.

    Args:
        factor: How many times too high every click rate is predicted.
        rival: Value of a thousand impressions to the next bidder; B's, predicted, if not given.
    """
    value = thousand(BID_B, RATE_B, factor) if rival is None else rival
    return value / (1_000 * RATE_A * factor)


def mixed_price(factor: float = INFLATED, bid_b: float = BID_B) -> float:
    """What A pays a click when C takes part as well, who does not bid by clicks.

    Args:
        factor: How many times too high every click rate is predicted.
        bid_b: What B bids a click; 0 if B stays away.
    """
    return price_a_click(factor, max(thousand(bid_b, RATE_B, factor), BID_C))


def honest_revenue() -> float:
    """Dollars of a thousand impressions when C wins and pays what A's are worth."""
    return thousand()


def inflated_revenue(factor: float = INFLATED, bid_b: float = BID_B) -> float:
    """Dollars of a thousand impressions when A wins by inflated rates and clicks come as they do.

    Args:
        factor: How many times too high every click rate is predicted.
        bid_b: What B bids a click; 0 if B stays away.
    """
    return 1_000 * RATE_A * mixed_price(factor, bid_b)


def lost_percent(factor: float = INFLATED, bid_b: float = BID_B) -> float:
    """Per cent of revenue that the inflation costs on these impressions.

    Args:
        factor: How many times too high every click rate is predicted.
        bid_b: What B bids a click; 0 if B stays away.
    """
    return 100 * (1 - inflated_revenue(factor, bid_b) / honest_revenue())


def reserve_floor(factor: float = INFLATED) -> float:
    """True value of a thousand impressions that passes the reserve price.

    Args:
        factor: How many times too high every click rate is predicted.
    """
    return RESERVE / factor


# --------------------------------------------------------------------------- seeing it

BINS = assumed(20, "bins", "with equally many impressions, as in the lab")


def clicks_for(margin: float = 0.05) -> float:
    """Clicks after which a ratio of observed to predicted is known to a relative margin.

    Clicks are rare, so their number spreads by its own square root.

    Args:
        margin: Half width of the 95 % interval, as a share.
    """
    return (NormalDist().inv_cdf(0.975) / margin) ** 2


def impressions_for(margin: float = 0.05, rate: float = CLICK_RATE) -> float:
    """Impressions that give so many clicks.

    Args:
        margin: Half width of the 95 % interval, as a share.
        rate: Click rate.
    """
    return clicks_for(margin) / rate


def noise_floor(
    impressions: float = LAB["test"], rate: float = LAB["rate"], bins: float = BINS
) -> float:
    """Mean calibration error of predictions that are exactly right, by the normal approximation.

    Args:
        impressions: In all bins together.
        rate: Mean rate; bins are taken as if all had it.
        bins: Bins with equally many impressions.
    """
    return math.sqrt(2 / math.pi) * math.sqrt(rate * (1 - rate) * bins / impressions)


def floor_relative_percent(impressions: float = 10_000) -> float:
    """The same as per cent of the rate, for a slice.

    Args:
        impressions: Of the slice.
    """
    return 100 * noise_floor(impressions, CLICK_RATE) / CLICK_RATE


def map_numbers() -> float:
    """Numbers that a map of steps is kept in: where each step ends, and what it says."""
    return 2 * BINS


def bucket_days(
    rate: float = CLICK_RATE, impressions_per_day: float = 1e6, bins: float = BINS
) -> float:
    """Days until each bin of a map has the clicks that a tenth either way takes.

    Args:
        rate: Click rate.
        impressions_per_day: Of the slice whose map is fitted.
        bins: Bins of the map, with equally many clicks.
    """
    return bins * clicks_for(0.1) / (rate * impressions_per_day)
