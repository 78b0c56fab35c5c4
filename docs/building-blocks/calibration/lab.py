"""Downsampled negatives: how far clicks are over-predicted, and what the correction leaves.

Made-up impressions with a known click probability, so an oracle can be scored beside the models.
Boosted trees learn from all impressions, from one negative in twenty, and from all with positives
weighted up; the second is corrected by the closed formula. Calibration error is compared with its
noise floor: what predictions that are exactly right would show on as many impressions.
"""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

SEED = 20261121
KEPT = 0.05  # share of negatives that are trained on
BINS = 20
UNITS = {"train": "impressions", "test": "impressions", "sampled_rows": "impressions"}
TREES = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 200,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
    "seed": SEED,
}


def impressions(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns features of shape (count, 12) and the true click probability of each impression."""
    x = rng.normal(size=(count, 12)).astype(np.float32)
    # An interaction and a threshold, so that a table of averages would not do.
    bent = 0.5 * x[:, 1] * x[:, 2] + 0.6 * (x[:, 3] > 1) - 0.4 * x[:, 4] ** 2
    logit = -4.6 + 0.7 * x[:, 0] + bent
    return x, 1 / (1 + np.exp(-logit))


def corrected(p: np.ndarray, kept: float = KEPT) -> np.ndarray:
    """Undoes the sampling of negatives: odds times the share that was kept."""
    return p / (p + (1 - p) / kept)


def reliability(p: np.ndarray, clicks: np.ndarray) -> np.ndarray:
    """Mean prediction and observed rate of bins with equally many impressions: (BINS, 2)."""
    order = np.array_split(np.argsort(p, kind="stable"), BINS)
    return np.array([[p[part].mean(), clicks[part].mean()] for part in order])


def calibration_error(p: np.ndarray, clicks: np.ndarray) -> float:
    """Mean gap between prediction and observation over those bins."""
    return float(np.abs(np.diff(reliability(p, clicks))).mean())


def noise_floor(p: np.ndarray, rng: np.random.Generator, draws: int) -> float:
    """The calibration error of predictions that are exactly right, on as many impressions."""
    return float(np.mean([calibration_error(p, rng.random(p.size) < p) for _ in range(draws)]))


def scores(name: str, p: np.ndarray, clicks: np.ndarray, rows: int) -> dict[str, float]:
    """Everything that the chapter quotes of one set of predictions."""
    rate = clicks.mean()
    entropy = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    return {
        f"{name}_rows": rows,
        f"{name}_over": float(p.mean() / rate),
        f"{name}_log_loss": log_loss(clicks, p),
        f"{name}_ne": log_loss(clicks, p) / entropy,
        f"{name}_auc": roc_auc_score(clicks, p),
        f"{name}_ece": calibration_error(p, clicks),
    }


def run(smoke: bool) -> dict[str, object]:
    """Trains three models and scores five sets of predictions on unseen impressions."""
    rng = np.random.default_rng(SEED)
    train, test = (150_000, 100_000) if smoke else (1_000_000, 500_000)
    rounds = 40 if smoke else 120
    x, p = impressions(train, rng)
    clicks = rng.random(train) < p
    unseen, oracle = impressions(test, rng)
    happened = rng.random(test) < oracle
    kept = clicks | (rng.random(train) < KEPT)

    def learnt(rows: np.ndarray, **more: float) -> np.ndarray:
        data = lgb.Dataset(x[rows], clicks[rows].astype(int))
        return lgb.train(TREES | more, data, rounds).predict(unseen, num_threads=1)

    everything = np.ones(train, bool)
    sampled = learnt(kept)
    mean = np.full(test, clicks.mean())
    return {
        "train": train,
        "test": test,
        "rate": happened.mean(),
        "rate_error": np.sqrt((1 - happened.mean()) / happened.sum()),
        "base_log_loss": log_loss(happened, mean),
        "bins_sampled": reliability(sampled, happened),
        "bins_corrected": reliability(corrected(sampled), happened),
        "floor": noise_floor(oracle, rng, 5 if smoke else 50),
        **scores("oracle", oracle, happened, 0),
        **scores("all", learnt(everything), happened, train),
        **scores("sampled", sampled, happened, int(kept.sum())),
        **scores("corrected", corrected(sampled), happened, int(kept.sum())),
        **scores("weighted", learnt(everything, scale_pos_weight=1 / KEPT), happened, train),
    }


def claims(found: dict[str, float]) -> dict[str, bool]:
    """What the chapter rests on."""
    learnt = ("all", "sampled", "corrected", "weighted")
    same_order = abs(found["corrected_auc"] - found["sampled_auc"]) < 1e-9
    lost = found["corrected_ne"] / found["all_ne"] - 1
    return {
        "uncorrected, clicks are over-predicted more than tenfold": found["sampled_over"] > 10,
        "corrected, the mean is as right as the oracle's within five per cent": (
            abs(found["corrected_over"] - found["oracle_over"]) < 0.05
        ),
        "the correction leaves the order, and so the AUC, as it was": same_order,
        "weighting positives up over-predicts as well": found["weighted_over"] > 10,
        "corrected, calibration error is below twice its noise floor": (
            found["corrected_ece"] < 2 * found["floor"]
        ),
        "a twentieth of the negatives costs under one per cent of normalised entropy": lost < 0.01,
        "nothing beats the oracle": found["oracle_ne"] < min(found[f"{m}_ne"] for m in learnt),
    }
