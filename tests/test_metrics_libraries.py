"""The metrics of the handbook against those of scikit-learn and SciPy, on random data with ties."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics as sk

from handbook import metrics

RNG = np.random.default_rng(20261121)
LABELS = (RNG.random(400) < 0.3).astype(int)
# Two digits, so that many scores are equal: ties are where implementations differ.
SCORES = np.round(np.clip(RNG.normal(0.4 + 0.2 * LABELS, 0.25), 0.01, 0.99), 2)
FLAGGED = (SCORES >= 0.5).astype(int)
COUNTS = metrics.confusion(LABELS.tolist(), SCORES.tolist(), 0.5)
ACTUAL = RNG.gamma(2.0, 3.0, 200) + 0.5
GUESSED = ACTUAL + RNG.normal(size=200)
RATERS = RNG.integers(3, size=(2, 150))

SCORED = {
    "auc_roc": (metrics.auc_roc, sk.roc_auc_score),
    "average_precision": (metrics.average_precision, sk.average_precision_score),
    "log_loss": (metrics.log_loss, sk.log_loss),
    "brier_score": (metrics.brier_score, sk.brier_score_loss),
}
DECIDED = {
    "accuracy": (metrics.accuracy, sk.accuracy_score),
    "precision": (metrics.precision, sk.precision_score),
    "recall": (metrics.recall, sk.recall_score),
    "f1": (metrics.f_beta, sk.f1_score),
    "balanced": (metrics.balanced_accuracy, sk.balanced_accuracy_score),
    "mcc": (metrics.matthews_correlation, sk.matthews_corrcoef),
}
FORECAST = {
    "mae": (metrics.mean_absolute_error, sk.mean_absolute_error),
    "rmse": (metrics.root_mean_squared_error, sk.root_mean_squared_error),
    "mape": (metrics.mean_absolute_percentage_error, sk.mean_absolute_percentage_error),
}


@pytest.mark.parametrize("name", SCORED)
def test_metrics_of_scores(name: str) -> None:
    ours, theirs = SCORED[name]
    assert ours(LABELS.tolist(), SCORES.tolist()) == pytest.approx(
        theirs(LABELS, SCORES), rel=1e-12
    )


@pytest.mark.parametrize("name", DECIDED)
def test_metrics_of_decisions(name: str) -> None:
    ours, theirs = DECIDED[name]
    assert ours(COUNTS) == pytest.approx(theirs(LABELS, FLAGGED), rel=1e-12)


@pytest.mark.parametrize("name", FORECAST)
def test_metrics_of_forecasts(name: str) -> None:
    ours, theirs = FORECAST[name]
    assert ours(ACTUAL.tolist(), GUESSED.tolist()) == pytest.approx(theirs(ACTUAL, GUESSED))


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_f_beta(beta: float) -> None:
    assert metrics.f_beta(COUNTS, beta) == pytest.approx(sk.fbeta_score(LABELS, FLAGGED, beta=beta))


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_pinball_loss(quantile: float) -> None:
    ours = metrics.pinball_loss(ACTUAL.tolist(), GUESSED.tolist(), quantile)
    assert ours == pytest.approx(sk.mean_pinball_loss(ACTUAL, GUESSED, alpha=quantile))


def test_kappa() -> None:
    ours = metrics.cohen_kappa(*(each.tolist() for each in RATERS))
    assert ours == pytest.approx(sk.cohen_kappa_score(*RATERS))


def test_ndcg_with_grades_as_gains() -> None:
    grades = RNG.integers(4, size=30)
    order = RNG.permutation(30)
    ours = metrics.ndcg(order.tolist(), dict(enumerate(grades.tolist())), 10)
    places = np.empty(30)
    places[order] = -np.arange(30)
    assert ours == pytest.approx(sk.ndcg_score([2.0**grades - 1], [places], k=10))


def test_distances_of_distributions() -> None:
    p, q = RNG.dirichlet(np.ones(8), size=2)
    assert metrics.kl_divergence(p.tolist(), q.tolist()) == pytest.approx(stats.entropy(p, q))
    ours = metrics.js_divergence(p.tolist(), q.tolist())
    assert ours == pytest.approx(jensenshannon(p, q, base=2) ** 2)


def test_kolmogorov_smirnov() -> None:
    old, new = RNG.normal(size=300), RNG.normal(0.2, 1.1, size=250)
    ours = metrics.kolmogorov_smirnov(old.tolist(), new.tolist())
    assert ours == pytest.approx(stats.ks_2samp(old, new).statistic)


def test_intervals() -> None:
    ours = metrics.wilson_interval(82, 200)
    theirs = stats.binomtest(82, 200).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert metrics.sample_ratio_p_value(50_300, 49_700) == pytest.approx(
        stats.chisquare([50_300, 49_700]).pvalue
    )
