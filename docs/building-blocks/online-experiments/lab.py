"""Experiments: one look, many looks, always-valid looks; CUPED; and a market that interferes.

All data are made up, so the true effect is known: it is the oracle's row. Looking every day and
stopping at the first significant one is compared with one look at the end and with the mixture
sequential probability ratio test, under no effect and under one. CUPED subtracts what the weeks
before predict. In a market where riders share drivers, a test by riders is compared with one that
switches the whole market from hour to hour.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

SEED = 20261121
DAYS = 14
PER_DAY = 500  # users that join each arm on a day
EFFECT = 0.05  # of a standard deviation
TAU = 0.05  # the mixture's scale: effects that the always-valid test is tuned for
ALPHA = 0.05
UNITS = {"days": "days", "per_day": "users", "tests": "tests", "hours": "hours"}


def daily_z(tests: int, effect: float, rng: np.random.Generator) -> np.ndarray:
    """Mean differences after each day, in standard deviations of one user: (tests, DAYS)."""
    noise = rng.normal(size=(tests, DAYS)) * np.sqrt(2 / PER_DAY)
    return np.cumsum(effect + noise, axis=1) / np.arange(1, DAYS + 1)


def looks(difference: np.ndarray) -> dict[str, float]:
    """Share of tests that each way of looking calls significant, and the day it does so."""
    users = PER_DAY * np.arange(1, DAYS + 1)
    variance = 2 / users  # of the difference
    fixed = np.abs(difference) > norm.ppf(1 - ALPHA / 2) * np.sqrt(variance)
    ratio = np.sqrt(variance / (variance + TAU**2)) * np.exp(
        difference**2 * TAU**2 / (2 * variance * (variance + TAU**2))
    )
    always = ratio > 1 / ALPHA
    found = {"fixed": fixed[:, -1].mean()}
    for name, hits in (("peeking", fixed), ("always", always)):
        stopped = hits.any(axis=1)
        found[name] = stopped.mean()
        found[f"{name}_day"] = (hits.argmax(axis=1)[stopped] + 1).mean()
        found[f"{name}_said"] = difference[stopped, hits.argmax(axis=1)[stopped]].mean()
    return found | {"peeking_by_day": [fixed[:, : d + 1].any(axis=1).mean() for d in range(DAYS)]}


def cuped(tests: int, rng: np.random.Generator) -> dict[str, float]:
    """Variance of the estimated effect with and without the covariate, for several weeks of it."""
    users, found = 2_000, {}
    for weeks in (1, 4):
        plain, adjusted, correlation = [], [], []
        for _ in range(tests):
            habit = rng.gamma(2.0, 2.0, 2 * users)
            before = rng.poisson(habit[:, None] * np.ones(weeks)).mean(axis=1)
            after = rng.poisson(habit).astype(float)
            after[users:] += EFFECT * after.std()
            theta = np.cov(before, after)[0, 1] / before.var()
            less = after - theta * (before - before.mean())
            plain.append(after[users:].mean() - after[:users].mean())
            adjusted.append(less[users:].mean() - less[:users].mean())
            correlation.append(np.corrcoef(before, after)[0, 1])
        found[f"cuped_variance_{weeks}"] = np.var(adjusted) / np.var(plain)
        found[f"cuped_predicted_{weeks}"] = 1 - np.mean(correlation) ** 2
        found[f"cuped_shift_{weeks}"] = np.mean(adjusted) / np.mean(plain) - 1
    return found


def trips(asked: np.ndarray, drivers: np.ndarray) -> np.ndarray:
    """Trips of each arm when both draw on the same drivers: (hours, 2), short supply is shared."""
    served = np.minimum(1, drivers[:, None] / np.maximum(asked.sum(axis=1, keepdims=True), 1))
    return asked * served


def market(days: int, rng: np.random.Generator) -> dict[str, float]:
    """Relative effect on trips of a change that makes riders ask more often, by design."""
    hours, lift, riders = 24 * days, 0.10, 1_000
    rhythm = 1 + 0.5 * np.sin(np.arange(hours) * 2 * np.pi / 24)
    drivers = rng.poisson(0.35 * riders, hours)

    def asked(treated: np.ndarray) -> np.ndarray:
        """Requests of (control, treated) riders where a share of the riders is treated."""
        rates = 0.3 * riders * rhythm[:, None] * np.stack([1 - treated, (1 + lift) * treated], 1)
        return rng.poisson(rates)

    everybody = trips(asked(np.ones(hours)), drivers).sum()
    nobody = trips(asked(np.zeros(hours)), drivers).sum()
    by_rider = trips(asked(np.full(hours, 0.5)), drivers).sum(axis=0)
    on = rng.permutation(np.arange(hours) % 2).astype(float)
    switched = trips(asked(on), drivers).sum(axis=1)
    return {
        "truth": everybody / nobody - 1,
        "by_rider": by_rider[1] / by_rider[0] - 1,
        "switchback": switched[on == 1].mean() / switched[on == 0].mean() - 1,
    }


def run(smoke: bool) -> dict[str, object]:
    """Repeats each experiment often enough to know how often it errs."""
    rng = np.random.default_rng(SEED)
    tests, weeks = (20_000, 300) if smoke else (400_000, 4_000)
    null, alternative = (looks(daily_z(tests, effect, rng)) for effect in (0.0, EFFECT))
    markets = [market(14, rng) for _ in range(weeks)]
    found = {f"null_{name}": value for name, value in null.items()}
    found |= {f"effect_{name}": value for name, value in alternative.items()}
    for name in ("truth", "by_rider", "switchback"):
        values = [each[name] for each in markets]
        found |= {f"market_{name}": np.mean(values), f"market_{name}_spread": np.std(values)}
    plan = {"tests": tests, "days": DAYS, "per_day": PER_DAY, "effect": EFFECT, "markets": weeks}
    return plan | found | cuped(100 if smoke else 6_000, rng)


def claims(found: dict[str, float]) -> dict[str, bool]:
    """What the chapter rests on."""
    truth = found["market_truth"]
    off_riders, off_switched = (
        abs(found[f"market_{name}"] - truth) for name in ("by_rider", "switchback")
    )
    spread = found["market_switchback_spread"] / found["market_by_rider_spread"]
    return {
        "one look errs as often as it was told to": abs(found["null_fixed"] - ALPHA) < 0.006,
        "looking every day errs more than three times as often": found["null_peeking"] > 3 * ALPHA,
        "the always-valid test errs no more often than told": found["null_always"] < ALPHA,
        "it finds fewer effects than one look at the end": found["effect_always"]
        < found["effect_fixed"],
        "who stops early overstates the effect": found["effect_always_said"] > 1.1 * EFFECT,
        "CUPED leaves one minus the squared correlation": all(
            abs(found[f"cuped_variance_{w}"] - found[f"cuped_predicted_{w}"]) < 0.15 for w in (1, 4)
        ),
        "more weeks before help more": found["cuped_variance_4"] < found["cuped_variance_1"],
        "a test by riders overstates the effect at least twofold": found["market_by_rider"]
        > 2 * found["market_truth"],
        "switching the market errs less on average": off_switched < 0.2 * off_riders,
        "and varies more than twice as much": spread > 2,
    }
